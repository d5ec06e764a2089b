/* SPDX-License-Identifier: Apache-2.0 */
/* Two passes over the text: where the labels are, then the words; see program.h. */
#include "experiment/program.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "core/isa/disasm.h"

enum { LABELS_MAX = 64, LINE_MAX_CHARS = 128 };

struct label {
    char name[32];
    u64 address;
};
struct assembly {
    struct label label[LABELS_MAX];
    unsigned labels;
    u64 at;
};

/* The next line without comment and outer spaces; false at the end. */
static bool next_line(const char **text, char line[LINE_MAX_CHARS])
{
    size_t length = strcspn(*text, "\n"), used;

    if (!**text) return false;
    used = strcspn(*text, "#\n");
    if (used >= LINE_MAX_CHARS) used = LINE_MAX_CHARS - 1;
    memcpy(line, *text, used);
    line[used] = 0;
    while (used && isspace((unsigned char)line[used - 1])) line[--used] = 0;
    memmove(line, line + strspn(line, " "), used + 1 - strspn(line, " "));
    *text += length + ((*text)[length] == '\n');
    return true;
}

static bool find_label(const struct assembly *a, const char *name, size_t length, u64 *address)
{
    for (unsigned k = 0; k < a->labels; k++)
        if (strlen(a->label[k].name) == length && !memcmp(a->label[k].name, name, length)) {
            *address = a->label[k].address;
            return true;
        }
    return false;
}

/* "b =next" -> "b 0x4010" */
static bool resolve(const struct assembly *a, const char *line, char out[LINE_MAX_CHARS])
{
    const char *equals = strchr(line, '=');
    size_t length;
    u64 address;

    if (!equals) return snprintf(out, LINE_MAX_CHARS, "%s", line) < LINE_MAX_CHARS;
    length = strcspn(equals + 1, ", ");
    if (!find_label(a, equals + 1, length, &address)) return false;
    return snprintf(out, LINE_MAX_CHARS, "%.*s0x%llx%s", (int)(equals - line), line, (unsigned long long)address,
                    equals + 1 + length) < LINE_MAX_CHARS;
}

/* Lines that make no instruction. */
static bool is_directive(struct assembly *a, const char *line, bool first_pass)
{
    size_t length = strlen(line);

    if (!length) return true;
    if (!strncmp(line, ".org ", 5)) {
        a->at = strtoull(line + 5, NULL, 0);
        return true;
    }
    if (line[length - 1] != ':') return false;
    if (first_pass && a->labels < LABELS_MAX) {
        struct label *l = &a->label[a->labels++];
        snprintf(l->name, sizeof l->name, "%.*s", (int)(length - 1), line);
        l->address = a->at;
    }
    return true;
}

static bool put_line(const struct isa *isa, struct assembly *a, const char *line, u8 *memory, u64 size)
{
    char resolved[LINE_MAX_CHARS];
    u32 word;

    if (a->at + 4 > size) return p9_error("program: no room at 0x%llx", (unsigned long long)a->at);
    if (!strncmp(line, ".word ", 6)) word = (u32)strtoul(line + 6, NULL, 0);
    else if (!resolve(a, line, resolved) || !isa_assemble(isa, resolved, a->at, &word))
        return p9_error("program: cannot assemble \"%s\"", line);
    put_be32(memory + a->at, word);
    a->at += 4;
    return true;
}

void program_labels(const char *text, void (*tell)(void *self, const char *name, u64 from, u64 to), void *self)
{
    struct assembly a = {.at = 0};
    char line[LINE_MAX_CHARS];

    for (const char *s = text; next_line(&s, line);) a.at += is_directive(&a, line, true) ? 0 : 4;
    for (unsigned k = 0; k < a.labels; k++)
        tell(self, a.label[k].name, a.label[k].address, k + 1 < a.labels ? a.label[k + 1].address : a.at);
}

bool program_assemble(const char *text, u8 *memory, u64 size)
{
    struct assembly a = {.at = 0};
    struct isa *isa = isa_new();
    char line[LINE_MAX_CHARS];
    bool ok = isa != NULL;

    for (const char *s = text; ok && next_line(&s, line);) a.at += is_directive(&a, line, true) ? 0 : 4;
    a.at = 0;
    for (const char *s = text; ok && next_line(&s, line);)
        ok = is_directive(&a, line, false) || put_line(isa, &a, line, memory, size);
    isa_free(isa);
    return ok;
}
