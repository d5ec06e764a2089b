/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Basic blocks through p9sim's timing model and through llvm-mca -mcpu=pwr9: cycles of one repetition in the steady
 * state.  Made blocks of three kinds, and real ones of the POWER C library and its mathematics.
 *
 *     mca_blocks [SEED]   compares, and fails if the median of the ratios is more than 5 % from one, if more than one
 *                         block of ten is more than 20 % from it, or a chain (where latencies count) more than 5 %;
 *                         prints those far from one with what explains them
 *     mca_blocks -l       prints every block
 *
 * llvm-mca has LLVM's scheduling tables and a simple core around them: it certifies that instructions use our core as
 * they use LLVM's, not that either is a POWER9.  It has one window, of 44 micro-operations from dispatch to retirement;
 * our completion table gets its size (window_of()).  It does not fetch, and takes dispatch slots when it issues.
 *
 * Exit 77 (skipped) if there is no LLVM.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/config.h"
#include "tests/timing/core.h"
#include "tests/timing/mca.h"

enum { ICT_LEAST = 16 };
enum { MADE = 100, FOUND = 150, BLOCKS = 3 * MADE + 2 * FOUND, WORDS = BLOCKS * BLOCK_INSNS };
static const struct {
    const char *path;
    unsigned stride; /* so that FOUND blocks go through all of the text */
} programs[] = {{"/usr/powerpc64le-linux-gnu/lib/libm.so.6", 97}, {"/usr/powerpc64le-linux-gnu/lib/libc.so.6", 290}};

/* Why both may rightly differ.  The first three are shown by computing what would be without; of the others it is known
 * only that the block contains them. */
enum cause {
    BY_DISPATCH = 1, /* ours dispatches in order, so that slots stay empty: these alone take longer than llvm-mca */
    BY_HALVES = 2,   /* to LLVM some instructions write a GPR's lower half alone, so its reader waits for both halves */
    BY_WINDOW = 4,   /* a window a quarter smaller or larger makes the difference */
    BY_IMPLICIT = 8, /* CR, CA, OV: LLVM gives a result that no operand names a latency of 1 */
    BY_UPDATE = 16,  /* the base register of a store with update: likewise */
    BY_ROW = 32,     /* an instruction of deviation.def */
    SHOWN = BY_DISPATCH | BY_HALVES | BY_WINDOW,
};
static const char *const cause_names[] = {"dispatch", "halves", "window", "CR-or-CA", "update", "row"};

struct result {
    const struct block *block;
    double ours, theirs;
    unsigned causes;
};
static struct block block[BLOCKS];
static struct result result[BLOCKS];
static unsigned blocks;

/* ---- the blocks ---- */

static void collect(const struct isa *isa, u64 seed)
{
    for (unsigned kind = BLOCK_CHAIN; kind <= BLOCK_MIXED; kind++, blocks += MADE)
        blocks_make(isa, (enum block_kind)kind, seed + kind, block + blocks, MADE);
    for (unsigned k = 0; k < ARRAY_SIZE(programs); k++) {
        unsigned found = blocks_find(isa, programs[k].path, programs[k].stride, block + blocks, FOUND);

        if (!found) printf("no blocks of %s: no such file, or no objdump\n", programs[k].path);
        blocks += found;
    }
}

/* Drop those with an instruction that LLVM does not know. */
static unsigned drop(char (*text)[MCA_TEXT], unsigned *first)
{
    unsigned kept = 0, at = 0, to = 0, dropped = 0;

    for (unsigned n = 0; n < blocks; n++) {
        bool known = true;

        for (unsigned k = 0; k < block[n].count; k++) known = known && *text[at + k];
        if (known) {
            memmove(text[to], text[at], block[n].count * sizeof *text);
            block[kept] = block[n];
            first[kept++] = to;
            to += block[n].count;
        } else {
            dropped++;
        }
        at += block[n].count;
    }
    first[kept] = to;
    blocks = kept;
    return dropped;
}

/* ---- llvm-mca ---- */

static bool ask_mca(void)
{
    static char text[WORDS][MCA_TEXT];
    static u32 word[WORDS];
    static unsigned first[BLOCKS + 1];
    static double cycles[BLOCKS];
    char why[MCA_WHY];
    unsigned words = 0, dropped;

    for (unsigned n = 0; n < blocks; n++)
        for (unsigned k = 0; k < block[n].count; k++) word[words++] = block[n].word[k];
    if (!mca_texts(word, words, text)) return printf("llvm-mc does not answer as it used to\n"), false;
    dropped = drop(text, first);
    if (dropped) printf("%u blocks have instructions that LLVM does not know\n", dropped);
    if (!mca_blocks(text, first, blocks, cycles, why)) return printf("llvm-mca: %s\n", why), false;
    for (unsigned n = 0; n < blocks; n++) result[n] = (struct result){.block = &block[n], .theirs = cycles[n]};
    return true;
}

/* ---- p9sim ---- */

/* A block with what was learned of it. */
struct subject {
    const struct isa *isa;
    struct learned insn[BLOCK_INSNS];
    unsigned count;
};

/* Entries of our completion table that hold as many repetitions of the block as llvm-mca's window does. */
static unsigned window_of(const struct subject *b)
{
    enum { MICRO_OP_BUFFER = 44 };
    unsigned uops = 0, entries = 0;

    for (unsigned k = 0; k < b->count; k++) {
        const struct schedule *s = schedule_of(b->isa, &b->insn[k].facts);

        uops += mca_uops(s);
        entries += 1 + s->times;
    }
    return (MICRO_OP_BUFFER * entries + uops / 2) / uops;
}

static double cycles_of(struct subject *b, unsigned window)
{
    struct config options;
    struct timing_config config;

    config_default(&options);
    config = config_timing(&options);
    config.ict = window > ICT_LEAST ? window : ICT_LEAST;
    return core_cycles(&config, b->isa, b->insn, b->count);
}

/* What the block contains that LLVM's tables have differently. */
static unsigned contains(const struct subject *b)
{
    const u32 implicit = NAMED_CA | NAMED_OV | NAMED_SO;
    unsigned causes = 0, cr = 0, named = 0;

    for (unsigned k = 0; k < 2 * b->count; k++) { /* twice: results of one repetition are operands of the next */
        const struct insn_facts *f = &b->insn[k % b->count].facts;
        const struct schedule *s = schedule_of(b->isa, f);

        if ((f->cr_in & cr) || (f->named_in & named)) causes |= BY_IMPLICIT;
        if (s->update && (f->is & IS_STORE)) causes |= BY_UPDATE;
        if (s->source != SOURCE_LLVM) causes |= BY_ROW;
        if (f->gpr_out) cr |= f->cr_out; /* a compare's field is a named operand */
        named |= f->named_out & implicit;
    }
    return causes;
}

/* Cycles of a repetition if nothing but dispatch slots held it up, filled in order. */
static double dispatch_cycles(const struct subject *b)
{
    enum { TIMES = 100 };
    unsigned cycles = 0, used = 0;

    for (unsigned k = 0; k < TIMES * b->count; k++) {
        const struct schedule *s = schedule_of(b->isa, &b->insn[k % b->count].facts);

        if (used + s->slots > DISPATCH_SLOTS || s->rule == DISPATCH_ALONE) cycles++, used = 0;
        used += s->slots;
        for (; used > DISPATCH_SLOTS; used -= DISPATCH_SLOTS) cycles++;
        if (s->rule == DISPATCH_ALONE) used = DISPATCH_SLOTS;
    }
    return (double)cycles / TIMES;
}

/* The same if no write of a GPR ended the dependence on the one before. */
static double cycles_of_halves(const struct subject *b, unsigned window)
{
    struct subject half = *b;

    for (unsigned k = 0; k < b->count; k++) {
        struct insn_facts *f = &half.insn[k].facts;
        if (schedule_of(b->isa, f)->unit != UNIT_NONE) f->gpr_in |= f->gpr_out;
    }
    return cycles_of(&half, window);
}

static unsigned causes_of(struct subject *b, double ours, double theirs)
{
    const double near = 0.05;
    unsigned window = window_of(b), causes = contains(b);

    if (ours > (1 + near) * theirs) {
        if (dispatch_cycles(b) > (1 + near) * theirs) causes |= BY_DISPATCH;
        if (cycles_of(b, window * 5 / 4) < (1 + near) * theirs) causes |= BY_WINDOW;
    } else if (ours < (1 - near) * theirs) {
        if (cycles_of_halves(b, window) > (1 - near) * theirs) causes |= BY_HALVES;
        if (cycles_of(b, window * 3 / 4) > (1 - near) * theirs) causes |= BY_WINDOW;
    }
    return causes;
}

static bool ask_core(const struct isa *isa)
{
    static struct stub stub;
    struct subject b = {.isa = isa};

    for (struct result *r = result; r < result + blocks; r++) {
        b.count = r->block->count;
        for (unsigned k = 0; k < b.count; k++)
            if (!learn(&stub, isa, r->block->word[k], &b.insn[k]))
                return printf("%s: instruction %u cannot be learned\n", r->block->name, k), false;
        r->ours = cycles_of(&b, window_of(&b));
        if (r->ours < 0) return false;
        r->causes = causes_of(&b, r->ours, r->theirs);
    }
    return true;
}

/* ---- the comparison ---- */

static double ratio(const struct result *r)
{
    return r->ours / r->theirs;
}

static int by_ratio(const void *a, const void *b)
{
    double x = ratio(a), y = ratio(b);

    return x < y ? -1 : x > y;
}

static double distance(double x)
{
    return fabs(x - 1);
}

static void print_causes(unsigned causes)
{
    for (unsigned k = 0; k < ARRAY_SIZE(cause_names); k++)
        if (causes >> k & 1) printf(" %s", cause_names[k]);
    printf("\n");
}

static void print_block(const struct result *r)
{
    printf("%-28s %2u  %8.2f %8.2f  %5.2f ", r->block->name, r->block->count, r->ours, r->theirs, ratio(r));
    print_causes(r->causes);
}

/* How many results, of a kind or of all, are at most so far from one. */
static unsigned within(double most, unsigned kind, unsigned *of)
{
    unsigned count = 0;

    *of = 0;
    for (unsigned n = 0; n < blocks; n++) {
        if (kind < BLOCK_KINDS && result[n].block->kind != kind) continue;
        count += distance(ratio(&result[n])) <= most;
        ++*of;
    }
    return count;
}

static double median(unsigned kind)
{
    unsigned of, at = 0;

    within(0, kind, &of);
    for (unsigned n = 0; n < blocks; n++)
        if ((kind == BLOCK_KINDS || result[n].block->kind == kind) && at++ == of / 2) return ratio(&result[n]);
    return 0;
}

/* How the ratios are distributed, and how many of those far from one are explained. */
static void print_distribution(void)
{
    static const double limits[] = {0.5, 0.8, 0.9, 0.95, 1.05, 1.1, 1.2, 2};
    unsigned at = 0, far = 0, shown = 0, contained = 0;

    printf("ratio up to");
    for (unsigned k = 0; k <= ARRAY_SIZE(limits); k++) {
        unsigned count = 0;

        for (; at < blocks && (k == ARRAY_SIZE(limits) || ratio(&result[at]) <= limits[k]); at++) count++;
        if (k < ARRAY_SIZE(limits)) printf("  %.2f: %u", limits[k], count);
        else printf("  more: %u\n", count);
    }
    for (unsigned n = 0; n < blocks; n++) {
        if (distance(ratio(&result[n])) <= 0.2) continue;
        far++;
        shown += (result[n].causes & SHOWN) != 0;
        contained += result[n].causes && !(result[n].causes & SHOWN);
    }
    printf("%u are more than 20 %% from one: %u explained, %u with what LLVM has differently, %u neither\n", far, shown,
           contained, far - shown - contained);
}

/* Results are in the order of their ratios. */
static bool report(void)
{
    unsigned of, far, chains, right_chains;

    for (unsigned kind = 0; kind <= BLOCK_KINDS; kind++) {
        unsigned near = within(0.05, kind, &of), wide = within(0.2, kind, &of);

        if (!of) continue;
        printf("%-12s %3u blocks: median ratio %.3f, within 5 %%: %3.0f %%, within 20 %%: %3.0f %%\n",
               kind < BLOCK_KINDS ? block_kind_names[kind] : "all", of, median(kind), 100.0 * near / of,
               100.0 * wide / of);
    }
    print_distribution();
    right_chains = within(0.05, BLOCK_CHAIN, &chains);
    far = blocks - within(0.2, BLOCK_KINDS, &of);
    return distance(median(BLOCK_KINDS)) <= 0.05 && far * 10 <= of && right_chains == chains;
}

int main(int argc, char **argv)
{
    bool list = argc > 1 && !strcmp(argv[1], "-l"), fine;
    struct isa *isa;

    if (!mca_exists()) return printf("no llvm-mca for POWER9: skipped\n"), 77;
    isa = isa_new();
    if (!isa) return printf("no memory\n"), 1;
    collect(isa, argc > 1 && !list ? strtoull(argv[1], NULL, 0) : 2026);
    if (!ask_mca() || !ask_core(isa)) return 1;
    qsort(result, blocks, sizeof *result, by_ratio);
    for (unsigned n = 0; n < blocks; n++)
        if (list || distance(ratio(&result[n])) > 0.2) print_block(&result[n]);
    fine = report();
    isa_free(isa);
    return !fine;
}
