/* SPDX-License-Identifier: Apache-2.0 */
/* Records of a repeated block; see core.h. */
#include "tests/timing/core.h"

#include "stats/counters.h"
#include "stats/walk_tally.h"

enum {
    CODE = 0x100000,   /* real and effective addresses are the same */
    CODE_WORDS = 4096, /* half of the L1I */
    DATA = 0x200000,
    DATA_STEP = 64, /* from access to access: no two of them share a sector of a line */
    PAGE_SHIFT = 16,
};

/* A run of records that are handed over as they come. */
struct feed {
    struct retire_sink *sink;
    const struct learned *insn;
    unsigned count; /* of the block */
    u64 time, completed;
    struct retire record[RETIRE_BLOCK];
    struct retire_access access[2 * RETIRE_BLOCK];
    unsigned records, accesses;
};

static void note_completed(void *self, const struct timing_step *step)
{
    ((struct feed *)self)->completed = step->completed;
}

static void hand_over(struct feed *f)
{
    f->time += f->sink->take(
        f->sink,
        &(struct retire_block){.record = f->record, .access = f->access, .count = f->records, .time = f->time});
    f->records = f->accesses = 0;
}

/* Instruction n of the block as number `slot` of the stretch. */
static void feed_insn(struct feed *f, unsigned n, unsigned slot)
{
    const struct learned *l = &f->insn[n];
    u64 cia = CODE + slot * 4;

    f->record[f->records++] = (struct retire){.cia = cia,
                                              .nia = cia + 4,
                                              .ra = cia,
                                              .facts = &l->facts,
                                              .access = (u16)f->accesses,
                                              .accesses = l->accesses,
                                              .kind = RETIRE_INSN,
                                              .fetch_shift = PAGE_SHIFT};
    for (unsigned k = 0; k < l->accesses; k++) {
        struct retire_access *a = &f->access[f->accesses++];

        *a = l->access[k];
        a->ea = a->ra = DATA + (2 * n + k) * DATA_STEP;
        a->by = TRANSLATED_BY_ERAT;
        a->page_shift = PAGE_SHIFT;
    }
    if (f->records == RETIRE_BLOCK) hand_over(f);
}

/* Once through the stretch: as many repetitions as fit. */
static void feed_stretch(struct feed *f)
{
    unsigned slot = 0;

    for (unsigned times = CODE_WORDS / f->count; times > 0; times--)
        for (unsigned n = 0; n < f->count; n++) feed_insn(f, n, slot++);
    hand_over(f);
}

static void account_of(void *self, unsigned thread, struct timing_account *out)
{
    (void)thread;
    *out = *(struct timing_account *)self;
}

double core_cycles(const struct timing_config *config, const struct isa *isa, struct learned *insn, unsigned count)
{
    enum { WARM = 2, MEASURED = 2 };
    static struct feed f;
    static struct counters counters;
    static struct walk_tally tally;
    struct timing_account account = {.counters = &counters, .tally = &tally};
    struct timing *t =
        timing_open(config, isa, 1, 1, &(struct timing_listener){.account = account_of, .self = &account});
    u64 start;

    if (!t) return -1;
    for (unsigned n = 0; n < count; n++) insn[n].facts.annotation = 0; /* those of another model's table */
    f = (struct feed){.sink = timing_sink(t), .insn = insn, .count = count};
    timing_watch(t, &(struct timing_watcher){.step = note_completed, .self = &f});
    for (unsigned k = 0; k < WARM; k++) feed_stretch(&f);
    start = f.completed;
    for (unsigned k = 0; k < MEASURED; k++) feed_stretch(&f);
    timing_close(t);
    return (double)(f.completed - start) / (MEASURED * (CODE_WORDS / count));
}
