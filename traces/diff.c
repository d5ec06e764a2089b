/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See diff.h.  A is walked record by record; for each one that is compared B gives its next one.  What came before the
 * place is kept as copies of the last records of each block, and made into text only when it is shown.
 */
#include "traces/diff.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/near.h"
#include "traces/block_copy.h"
#include "traces/diff_parts.h"
#include "traces/show.h"

struct side {
    struct retire_block block;
    size_t at;       /* the next record of the block */
    u64 number;      /* of the next instruction */
    bool one_thread; /* only records of that thread are taken */
};

struct kept {
    struct block_copy copy;
    u64 number; /* of its first instruction */
};

struct diff {
    struct diff_options o;
    struct trace_source *source; /* B */
    struct side a, b;
    struct diff_rules rules;
    unsigned passed_kinds, passed_flags; /* records that are not compared */
    enum diff_is is;
    struct kept *kept; /* a ring of o.context copies, none of them empty */
    u64 keeps;         /* copies so far */
    struct words *words;
};

/* ---- what is compared ---- */

#define KIND(kind) (1U << (kind))
#define ALL_EVENTS (KIND(RETIRE_KINDS) - 1 - KIND(RETIRE_INSN))
const struct diff_word diff_words[] = {
    {"events", ALL_EVENTS},                                             /* whatever is no instruction */
    {"interrupts", KIND(RETIRE_INTERRUPT) | KIND(RETIRE_EVENT_BRANCH)}, /* interrupts, event-based branches */
    {"returns", KIND(RETIRE_RETURN)},                                   /* returns from them */
    /* changes of MSR, LPIDR, PIDR, partition, and of what else translation depends on */
    {"context", KIND(RETIRE_CONTEXT) | KIND(RETIRE_REGISTER) | KIND(RETIRE_SEGMENT)},
    {"invalidations", KIND(RETIRE_INVALIDATION)}, /* tlbie and its kin */
    {"barriers", KIND(RETIRE_BARRIER)},           /* sync and its kin */
    {"rc", KIND(RETIRE_RC)},                      /* R and C that were set in table entries */
    {"dma", KIND(RETIRE_DMA)},                    /* what devices read and wrote */
    {"idle", KIND(RETIRE_IDLE)},                  /* how long threads stood still */
    {"dscr", KIND(RETIRE_STREAM)},                /* writes of DSCR */
    {"faults", DIFF_FAULTS},                      /* instructions that did not complete */
    {"waits", DIFF_WAITS},                        /* instructions that waited for other threads */
    {"sources", DIFF_SOURCES},                    /* who had the entries of a walk */
    {"walks", DIFF_WALKS},                        /* who translated an access, and the entries of its walk */
    {"real", DIFF_REAL | DIFF_WALKS},             /* real addresses, and walks */
    {"registers", DIFF_REGISTERS},                /* which registers an instruction reads and writes */
    {"values", DIFF_VALUES},                      /* what registers and storage held */
    {.name = NULL},
};

static const struct diff_word *find_word(const char *text, size_t length)
{
    for (const struct diff_word *w = diff_words; w->name; w++)
        if (strlen(w->name) == length && !strncmp(w->name, text, length)) return w;
    return NULL;
}

bool diff_read_words(const char *list, unsigned *ignore)
{
    for (*ignore = 0;; list++) {
        size_t length = strcspn(list, ",");
        const struct diff_word *word = find_word(list, length);
        char typed[NEAR_LETTERS];
        struct near near;

        if (word) {
            *ignore |= word->bits;
            list += length;
            if (!*list) return true;
            continue;
        }
        snprintf(typed, sizeof typed, "%.*s", (int)length, list);
        near = near_to(typed);
        for (const struct diff_word *w = diff_words; w->name; w++) near_offer(&near, w->name);
        return p9_error("--ignore: there is nothing called \"%s\"%s; see `p9sim help trace diff`", typed,
                        near_words(&near));
    }
}

/* What either side does not say is not asked of the other one. */
static void make_rules(struct diff *d)
{
    unsigned a = d->o.lacks_a, b = d->source->lacks, either = a | b, ignore = d->o.ignore;

    d->rules = (struct diff_rules){
        .common = a != b,
        .registers = !(either & TRACE_LACKS_REGISTERS || ignore & DIFF_REGISTERS),
        .real = !(ignore & DIFF_REAL),
        .walks = !(ignore & DIFF_WALKS),
        .sources = !(either & TRACE_LACKS_ENTRIES || ignore & DIFF_SOURCES),
    };
    d->passed_kinds = ignore & ALL_EVENTS;
    if ((a ^ b) & TRACE_LACKS_STATE) d->passed_kinds = ALL_EVENTS;
    if (ignore & DIFF_FAULTS || either & TRACE_LACKS_STATE) d->passed_flags |= RETIRE_FAULTED;
    if (ignore & DIFF_WAITS || either & TRACE_LACKS_STATE) d->passed_flags |= RETIRE_WAITED;
    if ((a ^ b) & TRACE_LACKS_STATE && d->o.thread == DIFF_ALL_THREADS) d->o.thread = 0; /* the other one has one */
    d->a.one_thread = d->o.thread != DIFF_ALL_THREADS && !(a & TRACE_LACKS_STATE);
    d->b.one_thread = d->o.thread != DIFF_ALL_THREADS && !(b & TRACE_LACKS_STATE);
}

static bool is_passed(const struct diff *d, const struct side *s, const struct retire *r)
{
    return d->passed_kinds >> r->kind & 1 || (r->kind == RETIRE_INSN && r->flags & d->passed_flags) ||
           (s->one_thread && r->thread != d->o.thread);
}

static void go_on(struct side *s)
{
    s->number += s->block.record[s->at].kind == RETIRE_INSN;
    s->at++;
}

/* To the next record of the block that is compared; false: there is none. */
static bool find_next(const struct diff *d, struct side *s)
{
    while (s->at < s->block.count && is_passed(d, s, &s->block.record[s->at])) go_on(s);
    return s->at < s->block.count;
}

static bool find_next_of_b(struct diff *d)
{
    while (!find_next(d, &d->b)) {
        if (!d->source->next(d->source, &d->b.block)) {
            d->b.block.count = d->b.at = 0;
            return false;
        }
        d->b.at = 0;
    }
    return true;
}

/* ---- what came before ---- */

static u64 count_insns(const struct retire_block *block, size_t from, size_t to)
{
    u64 count = 0;

    for (size_t k = from; k < to; k++) count += block->record[k].kind == RETIRE_INSN;
    return count;
}

/* A's block is over: its last records are kept. */
static bool keep(struct diff *d)
{
    const struct retire_block *block = &d->a.block;
    size_t first = block->count > d->o.context ? block->count - d->o.context : 0;
    struct kept *to;

    if (!d->o.context || !block->count) return true;
    to = &d->kept[d->keeps % d->o.context];
    if (!block_copy(&to->copy, block, first, block->count - first)) return false;
    to->number = d->a.number - count_insns(block, first, block->count);
    d->keeps++;
    return true;
}

/* Records of a block as lines; the first instruction among them has this number. */
static void show(const struct diff *d, const struct retire_block *block, size_t from, size_t to, u64 number, bool walks)
{
    struct block_copy part = {0};
    struct show s = {
        .to = d->o.to, .words = d->words, .count = ~0ULL, .walks = walks, .by_itself = true, .number = number};

    if (block_copy(&part, block, from, to - from) && !show_block(&s, &part.block)) fflush(d->o.to);
    block_copy_free(&part);
}

static void show_kept(const struct diff *d, size_t wanted)
{
    u64 first = d->keeps;
    size_t have = 0;

    while (first && d->keeps - first < d->o.context && have < wanted)
        have += d->kept[--first % d->o.context].copy.block.count;
    for (; first < d->keeps; first++) {
        const struct kept *k = &d->kept[first % d->o.context];
        size_t skipped = have > wanted ? have - wanted : 0;

        show(d, &k->copy.block, skipped, k->copy.block.count, k->number + count_insns(&k->copy.block, 0, skipped),
             false);
        have = wanted;
    }
}

static void show_context(const struct diff *d)
{
    const struct side *a = &d->a;
    size_t from = a->at > d->o.context ? a->at - d->o.context : 0;

    if (a->at < d->o.context) show_kept(d, d->o.context - a->at);
    show(d, &a->block, from, a->at, a->number - count_insns(&a->block, from, a->at), false);
}

/* ---- the report ---- */

static void show_side(const struct diff *d, const char *which, const char *name, const struct side *s, bool ends)
{
    const struct retire *r = &s->block.record[s->at];
    char symbol[128] = "";

    fprintf(d->o.to, "%s: %s\n", which, name);
    if (ends) {
        fprintf(d->o.to, "# ends here, behind %" PRIu64 " instructions\n", s->number);
        return;
    }
    if (r->kind != RETIRE_INSN) diff_show_event(d->o.to, r);
    else show(d, &s->block, s->at, s->at + 1, s->number, true);
    if (r->kind == RETIRE_INSN && d->o.name) d->o.name(d->o.self, r->cia, symbol);
    if (*symbol) fprintf(d->o.to, "# in %s\n", symbol);
}

static void describe_place(const struct diff *d, char *out, size_t size)
{
    const struct retire *r = d->a.at < d->a.block.count ? &d->a.block.record[d->a.at] : NULL;

    if (!r && d->b.at < d->b.block.count) r = &d->b.block.record[d->b.at];
    snprintf(out, size, "%s instruction %" PRIu64 " of A, %" PRIu64 " of B, thread %d",
             r && r->kind == RETIRE_INSN ? "at" : "before", d->a.number, d->b.number,
             r && r->thread != RETIRE_NO_THREAD ? r->thread : 0);
}

/* a_ends, b_ends: what is there of the other side has no match; else lines say what differs. */
static enum diff_is report(struct diff *d, bool a_ends, bool b_ends, const struct diff_lines *lines)
{
    FILE *to = d->o.to;
    char place[128];

    describe_place(d, place, sizeof place);
    fprintf(to, "the same so far: %" PRIu64 " instructions\n", d->a.number);
    show_context(d);
    show_side(d, "A", d->o.name_a, &d->a, a_ends);
    show_side(d, "B", d->o.name_b, &d->b, b_ends);
    fprintf(to, "differs %s:\n", place);
    if (a_ends || b_ends) fprintf(to, "  %s ends here, %s goes on\n", a_ends ? "A" : "B", a_ends ? "B" : "A");
    for (unsigned k = 0; lines && k < lines->count && k < DIFF_LINES; k++) fprintf(to, "  %s\n", lines->line[k]);
    if (lines && lines->count > DIFF_LINES) fprintf(to, "  and %u more\n", lines->count - DIFF_LINES);
    return d->is = DIFF_PARTED;
}

/* ---- the face ---- */

static enum diff_is b_has_ended(struct diff *d)
{
    if (d->source->failed) return d->is = DIFF_FAILED;
    if (d->o.b_may_end) return d->is = DIFF_B_ENDED;
    return report(d, false, true, NULL);
}

enum diff_is diff_take(struct diff *d, const struct retire_block *block)
{
    struct side *a = &d->a, *b = &d->b;
    struct diff_lines lines;

    if (d->is != DIFF_SAME) return d->is;
    a->block = *block;
    for (a->at = 0; find_next(d, a); go_on(a), go_on(b)) {
        if (!find_next_of_b(d)) return b_has_ended(d);
        d->rules.values = block->value && b->block.value && !(d->o.ignore & DIFF_VALUES);
        if (!diff_is_same(&d->rules, (struct diff_at){.block = block, .k = a->at},
                          (struct diff_at){.block = &b->block, .k = b->at}) &&
            diff_find(&d->rules, (struct diff_at){.block = block, .k = a->at},
                      (struct diff_at){.block = &b->block, .k = b->at}, &lines))
            return report(d, false, false, &lines);
    }
    return d->is = keep(d) ? DIFF_SAME : DIFF_FAILED;
}

enum diff_is diff_end(struct diff *d, bool a_may_end)
{
    if (d->is != DIFF_SAME) return d->is;
    d->a.block.count = d->a.at = 0;
    if (!find_next_of_b(d)) return d->is = d->source->failed ? DIFF_FAILED : DIFF_SAME;
    return a_may_end ? (d->is = DIFF_A_ENDED) : report(d, true, false, NULL);
}

u64 diff_same(const struct diff *d)
{
    return d->a.number;
}

struct diff *diff_open(const struct diff_options *options, struct trace_source *b)
{
    struct diff *d = calloc(1, sizeof *d);

    if (d) d->kept = calloc(options->context + 1ULL, sizeof *d->kept);
    if (d) d->words = words_open(options->isa);
    if (!d || !d->kept || !d->words) {
        if (d) words_close(d->words);
        if (d) free(d->kept);
        free(d);
        p9_error("the host has no memory to compare traces");
        return NULL;
    }
    d->o = *options;
    d->source = b;
    d->a.number = d->b.number = options->begin;
    make_rules(d);
    return d;
}

void diff_close(struct diff *d)
{
    if (!d) return;
    for (unsigned k = 0; k < d->o.context; k++) block_copy_free(&d->kept[k].copy);
    free(d->kept);
    words_close(d->words);
    free(d);
}
