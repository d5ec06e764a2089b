/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a word is an instruction, and how its text reads: we against GNU objdump, over every extended opcode.
 *
 *     isa_sweep [-n draws] [-p primary | -p all] [-e every] [-v]
 *
 * Batches of words go through a file into one objdump each and come back line by line.  Where the two may differ is two
 * rules and one table.  A word with a reserved bit set is for objdump no instruction, while the processor ignores the
 * bit (Book I 1.3.3); decimal quadwords in odd registers see is_odd_pair().  Everything else is a line of difference.c
 * with its reason (docs/DIVERGENCES.md), and a line that no word needs fails.  What we print must assemble
 * back to the word.  Batches alternate between the byte orders.
 *
 * -p sweeps all 2**26 words of one primary opcode instead (or of each in turn), -v lists the differences with their
 * counts; -e takes only each so many-th word, and then lines may be left over.  Exit 77 (skipped) if there is no
 * objdump for POWER.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/isa/sweep.h"

#define OBJDUMP "powerpc64le-linux-gnu-objdump"
enum { BATCH = 1 << 20, SHOWN_PER_NAME = 3, NAMES = 2048 };

struct comparison {
    struct isa *isa;
    char path[40];
    bool little_endian;
    u64 words, instructions, refused, odd_pairs, returned, failures;
    u64 *used; /* by line of the table of differences */
    struct {
        char name[32];
        u64 count;
    } shown[NAMES];
    unsigned names;
};

static bool write_words(const struct comparison *c, const struct sweep *sweep)
{
    FILE *file = fopen(c->path, "wb");
    u8 bytes[4];

    if (!file) return false;
    for (size_t k = 0; k < sweep->count; k++) {
        put_be32(bytes, c->little_endian ? __builtin_bswap32(sweep->words[k]) : sweep->words[k]);
        fwrite(bytes, 1, 4, file);
    }
    return fclose(file) == 0;
}

/* The text of an objdump line ("  10:\t<text>"), trailing blanks removed; NULL if it is another line. */
static char *text_of(char *line)
{
    char *text = strstr(line, ":\t");
    size_t length;

    if (!text) return NULL;
    text += 2;
    length = strcspn(text, "\n");
    while (length && text[length - 1] == ' ') length--;
    text[length] = 0;
    return text;
}

/* objdump prints decimal quadwords in odd registers, which are invalid forms (Book I 5.6), as if they were even. */
static bool is_odd_pair(const struct comparison *c, u32 word, u64 cia, const char *theirs)
{
    char text[100];

    for (u32 k = 1; k < 8; k++) {
        u32 low = (k & 1) << 21 | (k >> 1 & 1) << 16 | (k >> 2) << 11;
        if (word >> 26 != 63 || (word & low) != low) continue;
        isa_disassemble(c->isa, word & ~low, cia, text, sizeof text);
        if (!strcmp(text, theirs)) return true;
    }
    return false;
}

/* Counts one difference under a name; the first few of each are printed. */
static void complain(struct comparison *c, const char *name, u32 word, const char *ours, const char *theirs)
{
    unsigned k = 0;

    c->failures++;
    while (k < c->names && strcmp(c->shown[k].name, name)) k++;
    if (k == c->names && c->names < NAMES) snprintf(c->shown[c->names++].name, sizeof c->shown[k].name, "%s", name);
    if (k < c->names && c->shown[k].count++ < SHOWN_PER_NAME)
        printf("%-12s %08x  ours: %-32s objdump: %s\n", name, word, ours, theirs);
}

/* What we print is read back: the word again, but for its reserved bits. */
static void check_return(struct comparison *c, unsigned row, u32 word, u64 cia, const char *text)
{
    char back_text[16] = "not read";
    u32 back = 0;

    c->returned++;
    if (isa_assemble(c->isa, text, cia, &back)) {
        /* The hint that has no letter: BO's "a" bit where only "t" counts (Book I 2.4). */
        u32 silent = word >> 26 == 16 || word >> 26 == 19 ? 1u << 21 : 0;
        if (!((back ^ word) & ~isa_pattern(c->isa, row)->reserved & ~silent)) return;
        snprintf(back_text, sizeof back_text, "%08x", back);
    }
    complain(c, "(return)", word, text, back_text);
}

static void compare_word(struct comparison *c, u32 word, u64 cia, const char *theirs)
{
    char ours[100], mnemonic[32];
    bool is_ours, is_theirs = strncmp(theirs, ".long", 5);
    unsigned row = isa_find(c->isa, word), line;
    enum difference_kind kind = DIFFERENCE_TEXT;
    const char *name = row == ROW_NONE ? mnemonic : isa_row(c->isa, row)->name;

    isa_disassemble(c->isa, word, cia, ours, sizeof ours);
    is_ours = row != ROW_NONE;
    c->words++;
    if (is_ours) check_return(c, row, word, cia, ours);
    if (!strcmp(ours, theirs)) {
        c->instructions += is_ours;
        return;
    }
    if (is_ours && !is_theirs && (word & isa_pattern(c->isa, row)->reserved)) {
        c->refused++;
        return;
    }
    if (!is_ours && is_odd_pair(c, word, cia, theirs)) {
        c->odd_pairs++;
        return;
    }
    snprintf(mnemonic, sizeof mnemonic, "%.*s", (int)strcspn(theirs, " "), theirs);
    if (!is_ours) kind = DIFFERENCE_THEIRS;
    else if (!is_theirs) kind = DIFFERENCE_OURS;
    line = difference_find(kind, name, word);
    if (line < difference_count) c->used[line]++;
    else complain(c, name, word, ours, theirs);
}

static bool take(struct sweep *sweep, void *self)
{
    struct comparison *c = self;
    char line[300], command[200];
    size_t at = 0;
    FILE *theirs;

    c->little_endian = !c->little_endian;
    if (!write_words(c, sweep)) return printf("cannot write %s\n", c->path), false;
    snprintf(command, sizeof command,
             OBJDUMP " -D -z --no-show-raw-insn -b binary -m powerpc:common64 -E%c -M power9 %s",
             c->little_endian ? 'L' : 'B', c->path);
    theirs = popen(command, "r");
    if (!theirs) return printf("cannot run %s\n", command), false;
    while (at < sweep->count && fgets(line, sizeof line, theirs)) {
        char *text = text_of(line);
        if (!text) continue;
        compare_word(c, sweep->words[at], at * 4, text);
        at++;
    }
    pclose(theirs);
    if (at == sweep->count) return true;
    printf("objdump answered %zu of %zu words\n", at, sweep->count);
    c->failures++;
    return false;
}

static bool run(struct sweep *sweep, const char *primary)
{
    if (!primary) return sweep_run(sweep);
    if (strcmp(primary, "all")) return sweep_primary(sweep, (unsigned)atoi(primary) & 63);
    for (unsigned k = 0; k < 64; k++)
        if (!sweep_primary(sweep, k)) return false;
    return true;
}

/* Every line of the table must be needed; with -v also how often. */
static void report(struct comparison *c, bool whole, bool verbose)
{
    printf("%" PRIu64 " words: %" PRIu64 " instructions with one text, %" PRIu64 " assembled back, %" PRIu64
           " with reserved bits, %" PRIu64 " odd pairs\n",
           c->words, c->instructions, c->returned, c->refused, c->odd_pairs);
    for (unsigned k = 0; k < difference_count; k++) {
        const struct difference *d = &differences[k];
        if (verbose) printf("%10" PRIu64 "  %-8s %s\n", c->used[k], d->name, d->reason);
        if (!whole || c->used[k]) continue;
        printf("%s: no word needs this difference: %s\n", d->name, d->reason);
        c->failures++;
    }
    for (unsigned k = 0; k < c->names; k++) printf("%10" PRIu64 "  %s\n", c->shown[k].count, c->shown[k].name);
    printf("%" PRIu64 " failures\n", c->failures);
}

int main(int argc, char **argv)
{
    struct comparison c = {.isa = isa_new(), .path = "/tmp/p9sim-sweep-XXXXXX"};
    struct sweep sweep = {.isa = c.isa, .seed = 0x853c49e6748fea9bULL, .draws = 20, .every = 1};
    const char *primary = NULL;
    bool done, verbose = false;
    int fd, option;

    while ((option = getopt(argc, argv, "n:p:e:v")) != -1) {
        if (option == 'n') sweep.draws = (unsigned)strtoul(optarg, NULL, 0);
        else if (option == 'p') primary = optarg;
        else if (option == 'e') sweep.every = (unsigned)strtoul(optarg, NULL, 0);
        else if (option == 'v') verbose = true;
        else return 1;
    }
    if (!sweep.every) return 1;
    if (system(OBJDUMP " --version >/dev/null 2>&1") != 0) return printf("no " OBJDUMP ": skipped\n"), 77;
    sweep.take = take;
    sweep.self = &c;
    sweep.capacity = BATCH;
    sweep.words = malloc(BATCH * sizeof *sweep.words);
    c.used = calloc(difference_count, sizeof *c.used);
    fd = mkstemp(c.path);
    if (!c.isa || !sweep.words || !c.used || fd < 0) return printf("out of memory, or no room in /tmp\n"), 1;
    close(fd);
    printf("seed %#" PRIx64 ", %u draws\n", sweep.seed, sweep.draws);
    done = run(&sweep, primary);
    unlink(c.path);
    report(&c, !primary && sweep.every == 1, verbose);
    free(sweep.words);
    free(c.used);
    isa_free(c.isa);
    return done && !c.failures ? 0 : 1;
}
