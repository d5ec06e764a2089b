/* SPDX-License-Identifier: Apache-2.0 */
/* p9sim dis: instruction words to text. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/log.h"
#include "core/isa/disasm.h"
#include "tools/cli.h"

enum { TEXT_BYTES = 128, LINE_BYTES = 256 };

/* A word of up to eight hexadecimal digits, 0x in front or not. */
static bool parse_word(const char *text, u32 *word)
{
    char *end;
    unsigned long value;

    errno = 0;
    value = strtoul(text, &end, 16);
    *word = (u32)value;
    return !errno && end != text && !*end && value <= UINT32_MAX && *text != '-' && *text != '+';
}

static void print_word(const struct isa *isa, u32 word, u64 at, bool with_address)
{
    char text[TEXT_BYTES];

    isa_disassemble(isa, word, at, text, sizeof text);
    if (with_address) printf("%16" PRIx64 ":  %08" PRIx32 "  %s\n", at, word, text);
    else printf("%s\n", text);
}

/* One hexadecimal word a line in, one line of text out: a filter for comparisons. */
static bool disassemble_file(const struct isa *isa, const char *path, u64 at)
{
    FILE *f = strcmp(path, "-") ? file_read(path) : stdin;
    char line[LINE_BYTES];
    bool ok = true;

    if (!f) return false;
    for (unsigned number = 1; ok && fgets(line, sizeof line, f); number++, at += 4) {
        char *start = line + strspn(line, " \t");
        u32 word;
        start[strcspn(start, " \t\r\n")] = 0;
        ok = parse_word(start, &word) ||
             p9_error("%s:%u: \"%.40s\" is not a word of eight hexadecimal digits", path, number, start);
        if (ok) print_word(isa, word, at, false);
    }
    if (ok && ferror(f)) ok = p9_error("%s: cannot be read", path);
    if (f != stdin) fclose(f);
    return ok;
}

static bool disassemble_words(const struct isa *isa, const struct text_list *words, u64 at)
{
    for (unsigned k = 0; k < words->count; k++, at += 4) {
        u32 word;
        if (!parse_word(words->item[k], &word))
            return p9_error("dis: \"%.40s\" is not a word of eight hexadecimal digits", words->item[k]);
        print_word(isa, word, at, true);
    }
    return true;
}

static int run(struct options *options)
{
    struct isa *isa;
    u64 at = 0;
    bool ok;

    if (options->pc && !cli_number("pc", options->pc, &at)) return EXIT_BAD_INPUT;
    if (!options->file && !options->words.count) {
        p9_error("dis: give words or --file; see `p9sim help dis`");
        return EXIT_USAGE;
    }
    isa = isa_new();
    if (!isa) return EXIT_BAD_INPUT;
    ok = (!options->file || disassemble_file(isa, options->file, at)) && disassemble_words(isa, &options->words, at);
    isa_free(isa);
    return ok ? EXIT_FINE : EXIT_BAD_INPUT;
}

#define AT(field) offsetof(struct options, field)
static const struct cli_row rows[] = {
    {"file", "FILE", NULL, KIND_TEXT, AT(file), NULL,
     "a file (- is stdin) with a hexadecimal word a line; only text out"},
    {"pc", "ADDR", NULL, KIND_TEXT, AT(pc), NULL, "address of the first word, for branch targets (default 0)"},
    {.name = NULL},
};
static const struct cli_row *const tables[] = {rows, NULL};

const struct command command_dis = {
    .name = "dis",
    .arguments = "WORD... | --file FILE",
    .summary = "Disassemble instruction words.",
    .tables = tables,
    .words_most = LIST_MAX,
    .run = run,
};
