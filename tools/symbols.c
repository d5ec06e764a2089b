/* SPDX-License-Identifier: Apache-2.0 */
/* Names for the addresses of a report: of the image that runs, and of the files of --symbols. */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "machine/checkpoint.h"
#include "tools/filtering.h"
#include "tools/replay.h"
#include "tools/session.h"

enum { SYMBOL_FILE_MAX = 1 << 30 };

/* "FILE" or "FILE@OFFSET": what follows the last "@" must be a number, so a name with "@" wants an offset. */
static bool split(const char *spec, char path[4096], u64 *offset)
{
    const char *at = strrchr(spec, '@');
    size_t length = at ? (size_t)(at - spec) : strlen(spec);

    if (!length || length >= 4096) return p9_error("--symbols %.100s: write FILE or FILE@OFFSET", spec);
    snprintf(path, 4096, "%.*s", (int)length, spec);
    return !at || cli_number("symbols", at + 1, offset);
}

static bool read_file(const struct options *o, struct symbols *symbols, const char *spec)
{
    char path[4096];
    struct image image;
    u64 offset = 0;
    u32 added;
    bool ok;

    if (!split(spec, path, &offset) || !image_open(&image, path, IMAGE_UNPACK, SYMBOL_FILE_MAX)) return false;
    ok = replay_image(o, "symbols", &image, spec + strlen(path)) && symbols_read(symbols, &image, offset, &added);
    if (ok && !added) ok = p9_error("--symbols %.100s: has no symbol table (stripped?)", path);
    image_close(&image);
    return ok;
}

bool symbols_of_files(const struct options *o, struct symbols *symbols)
{
    for (unsigned k = 0; k < o->symbols.count; k++)
        if (!read_file(o, symbols, o->symbols.item[k])) return false;
    return true;
}

bool session_symbols(struct session *s, const struct image *image)
{
    u32 added;
    bool wanted = s->options->out || s->options->checkpoint.count || s->options->at || s->options->folded ||
                  s->options->konata || s->options->check_against || s->options->trace ||
                  s->options->log_insns; /* a WHEN may name one */

    if (wanted && image && image->kind == IMAGE_ELF && !symbols_read(&s->symbols, image, 0, &added)) return false;
    return symbols_of_files(s->options, &s->symbols);
}

static void name_page(struct symbols *symbols, struct report_hot_row *row)
{
    u64 offset = (1ULL << (row->what.shift ? row->what.shift : 12)) - 1;

    symbols_span(symbols, row->what.address, row->what.address | offset, row->name);
}

/* The kernel of a restored machine lies packed in its file, so its names are looked for when they are needed, in the
 * order in which they are taken without a restore. */
void session_unpack_names(struct session *s)
{
    struct machine_blob kernel = {0};
    bool whole, elf;
    struct image image;

    if (!s->options->restored || s->unpacked_names) return;
    whole = checkpoint_kernel(s->options->restored, &kernel);
    elf = kernel.size > SELFMAG && !memcmp(kernel.bytes, ELFMAG, SELFMAG);
    image = (struct image){.name = kernel.name,
                           .bytes = (u8 *)(uintptr_t)kernel.bytes, /* which nobody writes to */
                           .size = kernel.size,
                           .kind = elf ? IMAGE_ELF : IMAGE_FLAT};
    s->unpacked_names = true;
    symbols_close(&s->symbols);
    if (!whole || !session_symbols(s, &image)) symbols_close(&s->symbols); /* a line has said why there are no names */
}

void session_name(struct session *s, struct report *report)
{
    struct report_hot *pages = &report->hot_pages, *code = &report->hot_code;

    session_unpack_names(s);
    _Static_assert((int)REPORT_NAME >= (int)SYMBOL_TEXT, "room for a name");
    for (unsigned k = 0; k < pages->count; k++) name_page(&s->symbols, &pages->row[k]);
    for (unsigned k = 0; k < code->count; k++) symbols_name(&s->symbols, code->row[k].what.address, code->row[k].name);
}

bool session_find(struct session *s, const char *name, u64 *address)
{
    session_unpack_names(s);
    return symbols_find(&s->symbols, name, address);
}
