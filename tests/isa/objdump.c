/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our text of instructions against GNU objdump: many words of every row in one file, one run of objdump, line by line.
 * Usage: isa_objdump [words per row].  Exit 77 (skipped) if there is no powerpc64le objdump.
 *
 * Where the two may differ is listed here and in docs/DIVERGENCES.md; anything else fails.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/isa/disasm.h"

#define OBJDUMP "powerpc64le-linux-gnu-objdump"

/* Rows of which objdump refuses forms whose result or operand the book leaves undefined; we execute and show them. */
static const char *const refused[] = {"bc",    "bclr",  "bcctr",  "bctar", "mtocrf", "mfocrf",
                                      "lmw",   "lswi",  "dcbf",   "sync",  "wait",   "lfdp",
                                      "lfdpx", "stfdp", "stfdpx", "mftb",  "mftbu",  "callthru"};

static bool may_refuse(const char *name)
{
    for (unsigned k = 0; k < ARRAY_SIZE(refused); k++)
        if (!strcmp(name, refused[k])) return true;
    return false;
}

/* objdump also names special-purpose registers of other processors. */
static bool is_unnamed_spr(const char *ours)
{
    return !strncmp(ours, "mfspr ", 6) || !strncmp(ours, "mtspr ", 6);
}

/* objdump shows the target of an absolute branch with a negative displacement in 32 bits; the address has 64. */
static bool is_negative_absolute(u32 word)
{
    return (word >> 26 == 16 || word >> 26 == 18) && (word & 2) && (word & 0x02008000);
}

static u64 draw(u64 *seed)
{
    *seed ^= *seed << 13, *seed ^= *seed >> 7, *seed ^= *seed << 17;
    return *seed * 0x2545f4914f6cdd1dULL;
}

/* Operands that make extended mnemonics: sparse ones, equal registers, rotate counts that belong together. */
static u32 directed_word(u64 *seed, unsigned kind)
{
    u32 word = (u32)(draw(seed) >> 16), n = draw(seed) & 31, m = draw(seed) & 63;

    switch (kind & 15) {
    case 1:
    case 3: return word & (u32)draw(seed) & (u32)draw(seed);
    case 5: return (word & 0xffff0001) | n << 11 | (31 - n) << 1;                  /* slwi */
    case 7: return (word & 0xffff0001) | ((32 - n) & 31) << 11 | n << 6 | 31 << 1; /* srwi */
    case 9:
        return (word & 0xffff001d) | ((64 - m) & 31) << 11 | (64 - m) >> 5 << 1 | (m & 31) << 6 | (m & 32); /* srdi */
    case 11:
        return (word & 0xffff001d) | (m & 31) << 11 | m >> 5 << 1 | ((63 - m) & 31) << 6 | ((63 - m) & 32); /* sldi */
    case 13: return (word & 0xffe007ff) | n << 16 | n << 11;
    case 15: return (word & 0xfc0007ff) | n << 21 | n << 16 | n << 11;
    default: return word;
    }
}

struct sample {
    u32 word;
    unsigned row;
};

static struct sample *make_samples(const struct isa *isa, unsigned each, size_t *count)
{
    unsigned rows = isa_row_count(isa);
    struct sample *samples = malloc((size_t)rows * each * sizeof *samples);
    u64 seed = 0x853c49e6748fea9bULL;

    *count = 0;
    if (!samples) return NULL;
    for (unsigned row = 0; row < rows; row++) {
        const struct pattern *p = isa_pattern(isa, row);
        for (unsigned k = 0; k < each; k++) {
            u32 word = (directed_word(&seed, k) & ~p->mask & ~p->reserved) | p->value;
            if (isa_find(isa, word) == row) samples[(*count)++] = (struct sample){word, row};
        }
    }
    return samples;
}

static bool write_words(const char *path, const struct sample *samples, size_t count)
{
    FILE *file = fopen(path, "wb");
    u8 bytes[4];

    if (!file) return false;
    for (size_t k = 0; k < count; k++) {
        put_be32(bytes, samples[k].word);
        fwrite(bytes, 1, 4, file);
    }
    return fclose(file) == 0;
}

/* The text of an objdump line ("  10:\t<bytes>\t<text>"), trailing blanks removed; NULL if it is another line. */
static char *text_of(char *line)
{
    char *text = strstr(line, ":\t");
    size_t length;

    if (text) text = strchr(text + 2, '\t');
    if (!text) return NULL;
    text++;
    length = strcspn(text, "\n");
    while (length && text[length - 1] == ' ') length--;
    text[length] = 0;
    return text;
}

static unsigned compare(const struct isa *isa, FILE *theirs, const struct sample *samples, size_t count)
{
    char line[300], ours[100];
    unsigned differences = 0, of_row = 0;
    size_t at = 0;

    while (at < count && fgets(line, sizeof line, theirs)) {
        char *text = text_of(line);
        const char *name = isa_row(isa, samples[at].row)->name;
        if (!text) continue;
        if (!at || samples[at].row != samples[at - 1].row) of_row = 0;
        isa_disassemble(isa, samples[at].word, at * 4, ours, sizeof ours);
        if (strcmp(text, ours) && !(may_refuse(name) && !strncmp(text, ".long", 5)) &&
            !is_negative_absolute(samples[at].word) && !is_unnamed_spr(ours) && (differences++, of_row++ < 3))
            printf("%-10s %08x  ours: %-32s objdump: %s\n", name, samples[at].word, ours, text);
        at++;
    }
    if (at < count) {
        printf("objdump answered %zu of %zu words\n", at, count);
        differences++;
    }
    return differences;
}

int main(int argc, char **argv)
{
    struct isa *isa = isa_new();
    char path[] = "/tmp/p9sim-objdump-XXXXXX", command[200];
    struct sample *samples;
    unsigned differences;
    size_t count;
    FILE *theirs;
    int fd;

    if (!isa) return 1;
    if (system(OBJDUMP " --version >/dev/null 2>&1") != 0) return printf("no " OBJDUMP ": skipped\n"), 77;
    samples = make_samples(isa, argc > 1 ? (unsigned)atoi(argv[1]) : 160, &count);
    fd = mkstemp(path);
    if (!samples || fd < 0 || !write_words(path, samples, count)) return printf("cannot write %s\n", path), 1;
    close(fd);
    snprintf(command, sizeof command, OBJDUMP " -D -z -b binary -m powerpc:common64 -EB -M power9 %s", path);
    theirs = popen(command, "r");
    if (!theirs) return 1;
    differences = compare(isa, theirs, samples, count);
    pclose(theirs);
    unlink(path);
    printf("%u rows, %zu words, %u differences\n", isa_row_count(isa), count, differences);
    free(samples);
    isa_free(isa);
    return differences ? 1 : 0;
}
