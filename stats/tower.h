/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `p9sim nested --depth` measured, as data: the tower of guests, each level running the next one, cut into
 * stretches (level k comes up, works, ends) and into the measures that nestbench made at each level.  Whoever runs a
 * tower (experiment/tower.c) fills it in; the report shows it (html_tower.c) and checks that its sums hold (tower.c).
 *
 * A guest at level k runs on top of k hypervisors, so every figure is split by the level that executed: index j of
 * `level` is what level j did meanwhile.
 */
#ifndef P9_STATS_TOWER_H
#define P9_STATS_TOWER_H

#include "base/emit.h"
#include "stats/report.h"
#include "stats/spread.h"

enum { TOWER_DEPTH_MAX = 8, TOWER_LEVELS = TOWER_DEPTH_MAX + 1, TOWER_MEASURES = 160, TOWER_NAME = 48 };
enum { TOWER_STRETCHES = 3 * TOWER_LEVELS };

/* Of level k: the level below starts it until its init says so; what it does itself until it starts the next level, or
 * powers off; from the end of the next level to its own. */
enum tower_kind { TOWER_BOOT, TOWER_WORK, TOWER_END, TOWER_KINDS };

struct tower_stretch {
    enum tower_kind kind;
    unsigned level_of;
    u64 begin, end; /* machine time in cycles */
    struct counters level[TOWER_LEVELS];
};

/* One measure at one level. */
struct tower_cell {
    u64 ops, ticks;      /* as nestbench printed them: operations, and how long they took by the guest's timebase */
    bool is_measured;    /* ops is not 0, and the region of it is there */
    char skipped[80];    /* why nestbench could not make it here; "": it could, or never got there */
    u64 footprint_kib;   /* as nestbench printed it; 0: it has none */
    bool tells_huge;     /* it asked for huge pages, and */
    u64 huge_kib;        /* has so much of its storage in them */
    u64 elapsed, cycles; /* of the region: of the thread that marked it; of all threads */
    struct counters sum, level[TOWER_LEVELS];
    const struct report_region *region; /* where that is from; of the report */
    struct walk_tally walks;            /* of all levels */
    double least_times, greatest_times; /* cycles of level 0 that it may cost, with other prices; 0: nobody knows */
};

struct tower_measure {
    char name[TOWER_NAME];
    struct tower_cell cell[TOWER_LEVELS];
};

/* The pages with which the level below backs the memory of a guest; the words of `--backing`. */
enum tower_backing { BACKING_NOT_SAID, BACKING_BASE, BACKING_THP, BACKING_HUGETLBFS, BACKINGS };
const char *tower_backing_name(enum tower_backing backing); /* "thp"; NULL: nobody said */
enum tower_backing tower_backing_of(const char *name);      /* BACKING_NOT_SAID: there is none of that name */

struct tower_level {
    bool is_up;
    u64 memory_mib; /* as the level below gave it; L0: all there is */
    enum tower_backing backing;
};

struct report_tower {
    unsigned depth;
    char verdict[256]; /* a clause: "every level came up and ended" */
    struct tower_level level[TOWER_LEVELS];
    struct tower_stretch stretch[TOWER_STRETCHES];
    struct tower_measure measure[TOWER_MEASURES];
    unsigned stretch_count, measure_count;
    bool varied;                                               /* the ranges are over what-ifs as well */
    u64 core_mhz, quantum_cycles, look_up_cycles, read_cycles; /* of the run, to read the cycles by */
};

/* The stretch in which a level came up; NULL: it did not. */
const struct tower_stretch *tower_boot(const struct report_tower *tower, unsigned level);
const char *tower_kind_name(enum tower_kind kind); /* "boot" */

/* What was done by every level together. */
struct counters tower_sum(const struct counters level[TOWER_LEVELS]);

/* Quotients for people and programs; false where there is nothing to divide by. */
enum tower_figure {
    TOWER_CYCLES,      /* an operation, idle ones and all: how long it took */
    TOWER_INSNS,       /* an operation */
    TOWER_TRANSLATION, /* cycles of it, an operation: as charged; of the model `core` from miss to translation */
    TOWER_EXPOSED,     /* of these, cycles that completion waited for: of the model `core` */
    TOWER_AS_MMU,      /* of translation, as the model mmu charges: for each look-up and each read alike */
    TOWER_SPARED,      /* cycles fewer, were walks free: of the model `core` with walk_twin */
    TOWER_LOOK_UPS,    /* of the TLB, an operation */
    TOWER_MISSES,      /* of the TLB, an operation */
    TOWER_ENTRIES,     /* on the path of a walk, whoever had them: a TLB miss */
    TOWER_READS,       /* of table entries, a TLB miss */
    TOWER_FROM_L2,     /* of these, by who served them: of the model `core` */
    TOWER_FROM_L3,
    TOWER_FROM_OTHER,
    TOWER_FROM_MEMORY,
    TOWER_WALK_CYCLES, /* an operation */
    TOWER_MISS_CYCLES, /* of a TLB miss: the look-up that fails, and the walk, overlapped or not */
    TOWER_EXITS,       /* from guests to the hypervisor, an operation */
    TOWER_OWN_SHARE,   /* percent of the busy cycles that the level itself executed, not those below */
    TOWER_FIGURES
};
bool tower_value(const struct report_tower *tower, const struct tower_measure *measure, unsigned level,
                 enum tower_figure figure, double *value);
/* Entries on the path of a walk that this source had, a TLB miss. */
bool tower_source_value(const struct tower_measure *measure, unsigned level, enum walk_source source, double *value);
const char *tower_figure_name(enum tower_figure figure); /* "exits_per_op" */
const char *tower_figure_text(enum tower_figure figure); /* "Exits an operation" */

/* How far a figure of an operation could be off, by the variants of the run (tower_range.c). */
enum tower_ranged {
    RANGED_CYCLES, /* how long it took, idle and all */
    RANGED_WALKS,  /* cycles fewer, were walks free */
    RANGED_TIMES,  /* its cycles by those of level 0, under each variant by that variant's own */
    RANGED_FIGURES
};
enum { TOWER_POINTS = 256 };
struct tower_range {
    struct spread spread;
    struct spread_point point[TOWER_POINTS]; /* of each variant */
    unsigned points;
};
/* False: it was not looked at with variants. */
bool tower_range(const struct report *report, const struct tower_measure *measure, unsigned level,
                 enum tower_ranged what, struct tower_range *range);
const char *tower_ranged_name(enum tower_ranged what); /* "cycles_per_op" */
const char *tower_ranged_text(enum tower_ranged what); /* "cycles" */
/* Does a value of this option move a figure of any measure by one part in SPREAD_NOTHING? */
bool tower_is_moved_by(const struct report *report, const char *option);

/* Percent of the busy cycles that translation cost: as charged; of the model `core` what completion waited for, of the
 * cycles that it timed.  False if there are none. */
bool tower_translation_share(const struct report_tower *tower, const struct counters *sum, double *value);

/* Ticks of the timebase in so many cycles. */
u64 tower_ticks(const struct report_tower *tower, u64 cycles);

/* The sums that must hold; judge() gets each once. */
void tower_check(const struct report *report,
                 void (*judge)(void *self, bool holds, const char *text, const char *whose, u64 left, u64 right),
                 void *self);

#endif
