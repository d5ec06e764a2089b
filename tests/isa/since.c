/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In which version of the architecture a row came (the flags SINCE_*, which PCR asks about): we against GNU objdump,
 * whose tables know what each processor decodes: power6 2.05, power7 2.06, power8 2.07, power9 3.0.
 *
 * Of each row that problem state may execute, words with random operands are given to objdump as each of the four.  The
 * version is that of the first processor as which objdump reads all of them.  A row of which some words are read
 * earlier is an older instruction with forms that came later, unless it says otherwise (`exceptions`, with the reason).
 * Exit 77 (skipped) if there is no objdump for POWER.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/isa/decode.h"

#define OBJDUMP "powerpc64le-linux-gnu-objdump"
enum { DRAWS = 16, VERSIONS = 4, TRIES = 100000 };

static const struct exception {
    const char *row;
    unsigned version; /* what we say: 5, 6, 7 or 30 */
    const char *reason;
} exceptions[] = {
    {"lq", 7, "older, but privileged until 2.07"},
    {"stq", 7, "older, but privileged until 2.07"},
    {"bctar", 7, "objdump reads some hints as power9 only"},
    {"vabsdub", 30, "objdump has it as power8, whose 2.07 does not"},
    {"vabsduh", 30, "objdump has it as power8, whose 2.07 does not"},
    {"vabsduw", 30, "objdump has it as power8, whose 2.07 does not"},
    {"wait", 30, "of 2.06's embedded category before"},
    {"lxv", 30, "shares its primary opcode with the phased-out stfdp"},
    {"stxv", 30, "shares its primary opcode with the phased-out stfdp"},
    {"lxsd", 30, "shares its primary opcode with the phased-out lfdp"},
    {"lxssp", 30, "shares its primary opcode with the phased-out lfdp"},
    {"stxsd", 30, "shares its primary opcode with the phased-out stfdp"},
    {"stxssp", 30, "shares its primary opcode with the phased-out stfdp"},
};

static bool write_words(const struct isa *isa, FILE *to)
{
    u64 random = 0x9e3779b97f4a7c15ULL;

    for (unsigned row = 0; row < isa_row_count(isa); row++) {
        const struct pattern *p = isa_pattern(isa, row);
        for (unsigned n = 0, tries = 0; n < DRAWS; tries++) {
            u32 word;
            u8 bytes[4];

            random = random * 6364136223846793005ULL + 1442695040888963407ULL;
            word = ((u32)(random >> 32) & ~p->mask & ~p->reserved) | p->value;
            if (isa_find(isa, word) != row && tries < TRIES) continue;
            put_be32(bytes, word);
            if (fwrite(bytes, 1, 4, to) != 4) return false;
            n++;
        }
    }
    return fflush(to) == 0;
}

/* How many of each row's words this processor has. */
static bool ask(const char *path, const char *machine, unsigned rows, u8 *known)
{
    char command[200], line[300];
    unsigned at = 0;
    FILE *answer;

    snprintf(command, sizeof command, OBJDUMP " -D -z --no-show-raw-insn -b binary -m powerpc:common64 -EB -M %s %s",
             machine, path);
    answer = popen(command, "r");
    if (!answer) return false;
    while (at < rows * DRAWS && fgets(line, sizeof line, answer)) {
        const char *text = strstr(line, ":\t");
        if (text) known[at++ / DRAWS] += strncmp(text + 2, ".long", 5) != 0;
    }
    pclose(answer);
    return at == rows * DRAWS;
}

/* Whether the PCR bit that takes away what came after `version` takes this row. */
static unsigned our_version(const struct insn_row *row)
{
    if (isa_is_withheld(row, WITHHELD_AFTER_2_07)) return 30;
    if (isa_is_withheld(row, WITHHELD_AFTER_2_06)) return 7;
    return isa_is_withheld(row, WITHHELD_AFTER_2_05) ? 6 : 5;
}

static unsigned their_version(u8 *const *known, unsigned row)
{
    static const unsigned versions[VERSIONS] = {5, 6, 7, 30};

    if (known[0][row]) return 5;
    for (unsigned k = 1; k < VERSIONS; k++)
        if (known[k][row] == DRAWS) return versions[k];
    return 5;
}

int main(void)
{
    static const char *const machines[VERSIONS] = {"power6", "power7", "power8", "power9"};
    struct isa *isa = isa_new();
    char path[] = "/tmp/p9sim-since-XXXXXX";
    unsigned rows, failures = 0, counts[31] = {0};
    u8 *known[VERSIONS];
    FILE *words;
    int fd;

    if (system(OBJDUMP " --version >/dev/null 2>&1") != 0) return printf("no " OBJDUMP ": skipped\n"), 77;
    fd = mkstemp(path);
    words = fd < 0 ? NULL : fdopen(fd, "wb");
    if (!isa || !words || !write_words(isa, words)) return printf("no memory, or no room in /tmp\n"), 1;
    fclose(words);
    rows = isa_row_count(isa);
    for (unsigned k = 0; k < VERSIONS; k++) {
        known[k] = calloc(rows, 1);
        if (!known[k] || !ask(path, machines[k], rows, known[k])) return printf("objdump does not answer\n"), 1;
    }
    unlink(path);
    for (unsigned n = 0; n < rows; n++) {
        const struct insn_row *row = isa_row(isa, n);
        unsigned ours = our_version(row), theirs = their_version(known, n);

        if (row->flags & (PRIVILEGED | HYPERVISOR)) continue; /* PCR is about problem state */
        for (unsigned k = 0; k < sizeof exceptions / sizeof exceptions[0]; k++)
            if (!strcmp(row->name, exceptions[k].row)) {
                if (theirs == exceptions[k].version) {
                    printf("%s: objdump needs no exception\n", row->name);
                    failures++;
                }
                theirs = exceptions[k].version;
            }
        counts[ours]++;
        if (ours == theirs) continue;
        printf("%s: 2.%02u by its flags, 2.%02u by objdump\n", row->name, ours, theirs);
        failures++;
    }
    printf("%u rows to 2.05, %u came with 2.06, %u with 2.07, %u with 3.0; %u failures\n", counts[5], counts[6],
           counts[7], counts[30], failures);
    for (unsigned k = 0; k < VERSIONS; k++) free(known[k]);
    isa_free(isa);
    return failures != 0;
}
