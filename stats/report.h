/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run has to say, as data, and the files it is written to.  The machine fills struct report (machine_report());
 * nothing here knows a machine.  Strings belong to whoever filled it in, arrays are freed by report_free().
 *
 *     stats.txt   name value # text (unit)        stats.json    members: see docs/RESULTS.md
 *     report.html one self-contained file         timeline.json Chrome trace events: which level ran when
 *     config.txt  the effective options, to be fed back with --config
 *
 * Everything but the member `host` is the same, byte for byte, for the same images, options and input.
 */
#ifndef P9_STATS_REPORT_H
#define P9_STATS_REPORT_H

#include "base/emit.h"
#include "stats/counters.h"
#include "stats/exit_table.h"
#include "stats/hot.h"
#include "stats/sample.h"
#include "stats/timeline.h"
#include "stats/walk_tally.h"

struct report_option {
    const char *name, *unit, *range, *provenance, *source, *text;
    char value[32];  /* as --set takes it */
    char number[32]; /* as a JSON value: 1024, true, "mmu" */
    bool is_amount;  /* a number: */
    u64 amount;
    const char *could_be, *why; /* "16|128": what else it could be; NULL: nobody says */
};

/* The tree: parents stand before their children. */
struct report_partition {
    unsigned level;
    u32 lpid;
    s64 parent;                  /* place in the list; -1: none */
    u64 first_cycle, last_cycle; /* when it ran */
    u64 entries;
    bool ended;
    const char *what; /* "Linux 6.1.0-40-powerpc64le"; empty: unknown */
};

/* One partition in one privilege state; or one process of that. */
enum { REPORT_PROCESSES = 32 }; /* told one by one, for each partition and state; the others are summed */
struct report_account {
    unsigned partition; /* place in the list */
    unsigned level;
    u32 lpid;
    s64 parent; /* LPID of the partition that runs this one; -1: none */
    const char *state;
    s64 pid;       /* PIDR; -1: of several */
    unsigned pids; /* how many */
    struct counters counters;
    struct walk_tally walks;
};

/* A row of the exit table (stats/exit_table.h says what each figure is). */
struct report_exit {
    unsigned level, handled_by;
    const char *reason, *symbol, *text;
    u64 count, open; /* count: those that have ended; open: those that had not */
    u64 cycles;      /* until the guest ran again, idle and all */
    u64 misses_after;
    u64 least, most, p50, p90, p99; /* of cycles */
    u64 first_leg_cycles, host_tlbies;
    struct exit_cost cost;
    struct miss_tally after;
    u64 after_instructions, after_cut;
};

/* World switches by partition, added up. */
struct report_switches {
    u64 entries, exits, inside, first_entries, lost;
    u64 disagreeing; /* partitions whose entries are not exits and threads inside */
    u64 window;      /* instructions of the aftershock */
    u64 soon;        /* instructions of made_again_soon */
};

/* What was counted at one level of nesting, whoever it was counted for. */
struct region_level {
    struct counters counters;
    struct walk_tally walks;
};

/* Cycles that the model `core` would have timed with another value of one option; and had walks been free besides. */
struct variant_cycles {
    u64 timed, walks_free;
};

struct report_region {
    u64 tag, times;
    char name[48];             /* "" if the guest gave it none; letters, digits, "-._" */
    u64 first_begin, last_end; /* cycle at which it was first open, and last ended */
    u64 elapsed;               /* cycles of the thread that began and ended it; those not ended are not in it */
    bool open;                 /* not ended when the run was */
    struct counters counters;  /* the sum of the levels */
    struct walk_tally walks;
    struct region_level *levels; /* what each level of nesting did meanwhile; freed by report_free() */
    unsigned level_count;
    struct counters *what_if; /* of each what-if of the report, as many as it has when this was counted; freed too */
    unsigned what_if_count;
    struct variant_cycles *variant; /* the same of its variants */
    unsigned variant_count;
};

struct report_thread {
    u32 pir;
    u64 completed, cycles, idle_cycles;
};

struct report_mark {
    const char *name;
    u64 cycle, completed;
};

/* What other arrays would have done with the same ERAT misses: one variant. */
enum { REPORT_LEVELS = 8 };
struct report_what_if {
    char setting[64];                        /* "tlb_entries=256" */
    struct counters counters[REPORT_LEVELS]; /* by level of nesting; the last one and deeper */
    u64 look_up_cycles;                      /* of the variant's TLB */
    bool is_amount;                          /* the value is a number: */
    u64 amount;
};

/* What the model `core` would have made of the same instructions with another value of one option. */
struct report_variant {
    char option[40], value[32];
    struct variant_cycles level[REPORT_LEVELS]; /* of nesting; the last one and deeper */
};

struct recipe;          /* recipe.h */
struct results;         /* results.h */
struct report_tower;    /* tower.h */
struct report_embedded; /* report_embedded.h */
struct answer;          /* answer.h */
/* The pages, or the instructions, that cost the most cycles of walks. */
enum { REPORT_HOT = 20, REPORT_NAME = 96 };
struct report_hot_row {
    unsigned level;
    u32 lpid; /* of who made the access */
    const char *state;
    struct hot_row what;    /* account means nothing here */
    char name[REPORT_NAME]; /* "copy_page+0x40"; "" if nobody knows one */
};
struct report_hot {
    struct report_hot_row row[REPORT_HOT];
    unsigned count;
    u64 distinct;              /* rows that were counted apart to the end */
    u64 taken;                 /* rows that were taken away for others: figures are "at least" then (hot.h) */
    struct hot_row all, other; /* other: what was noted for none of the rows */
};

/* What was estimated (sample.h), in instructions of all threads together. */
struct report_sampling {
    u64 period, warm_up, window; /* period 0: nothing was sampled */
    struct sample_cell total, level[SAMPLE_LEVELS];
    struct sample_cell *account, *region; /* in the order of those lists; freed by report_free() */
};

/* Caches of one kind, all of the chip together, when the run ended. */
enum { REPORT_CACHES = 2 }; /* L2, L3 */
struct report_cache {
    const char *name; /* "L2" */
    u64 lines, held;  /* that there is room for; that are there, */
    u64 tables;       /* and of these, lines of which walks have read table entries */
};

/* What the host was asked, which equal runs may have differently: of stats.json alone. */
struct report_host {
    const char *date;             /* when it ended, "2026-11-30T21:55:07Z"; NULL: not told */
    const char *const *arguments; /* the command line */
    unsigned argument_count;
    const char *out;            /* the directory of the results */
    const char *restored;       /* the checkpoint that the machine came from, or NULL */
    const char *restored_empty; /* what of the model was empty because the checkpoint's was another one, or NULL */
    double seconds;
    u64 completed; /* instructions executed in these seconds, whatever the counters begin with */
    u64 memory_bytes;
};

/* A guest's kernel that gave up.  That it did, and at which level, it has told its hypervisor itself; or else nothing
 * is known but that its text came over the console, and it is of this level or a deeper one. */
enum { REPORT_PANIC_TEXT = 160 };
struct report_panic {
    u32 level;
    bool is_told; /* the former; it has a partition then: */
    u32 partition, lpid;
    bool is_printed; /* the text has come over the console */
    u64 cycle;       /* machine time, of the first that was heard of it */
    char words[REPORT_PANIC_TEXT];
};

struct report {
    const char *version;
    const char *commit;          /* base/commit.h */
    const struct recipe *recipe; /* what made it; belongs to whoever ran it; NULL: nobody said */
    struct report_host host;
    const char *end; /* "the guest powered off" */
    unsigned exit_status;
    u64 completed; /* of the threads: counted by the run loop, not by the counters */
    u64 cycles;    /* machine time */
    u64 core_mhz;
    enum report_model model;
    bool walks_are_free; /* of REPORT_CORE: walks took no time and read nothing (walk_free) */
    bool partly_timed;   /* of REPORT_CORE: it began at a moment, or in regions, or in windows: else as REPORT_MMU */
    struct report_sampling sampling;
    u64 look_up_cycles;     /* what one TLB look-up costs */
    u64 read_cycles;        /* and, by the model mmu, the read of one table entry */
    u64 quantum_cycles;     /* a turn of the run loop */
    u64 memory_bytes;       /* main storage */
    const char *incomplete; /* what the host had no memory to count; NULL: nothing is missing */

    struct report_option *options;
    struct report_thread *threads;
    struct report_partition *partitions;
    struct report_account *accounts;  /* by partition and state */
    struct report_account *processes; /* the same by process too, in the same order, the busiest first; or none */
    struct report_exit *exits;
    struct report_switches switches;
    struct nested_level *nested; /* by level of the guest; NULL: no guest ran */
    struct exit_flow *flows;     /* the exits with the most hypervisor cycles, by their start */
    struct report_region *regions;
    struct report_what_if *what_if;
    struct report_variant *variants;
    struct report_cache caches[REPORT_CACHES]; /* of REPORT_CORE */
    bool has_hot;                              /* false: nobody noted walks */
    struct report_hot hot_pages, hot_code;
    const char *fault_names[WALK_REASONS]; /* of struct walk_tally.fault; NULL: no such reason */
    const char *fault_texts[WALK_REASONS]; /* what they mean; may be NULL */
    struct report_mark *marks;
    const struct report_panic *panics; /* belong to the machine */
    unsigned option_count, thread_count, partition_count, account_count, process_count, exit_count, nested_count,
        flow_count, region_count, what_if_count, variant_count, mark_count, panic_count;
    struct timeline timeline;
    const struct report_tower *tower;       /* of a nested experiment; belongs to whoever ran it; NULL: none */
    const struct report_embedded *embedded; /* of the embedded one; likewise */
    const struct answer *answer;            /* as an experiment gives it, whose it is; NULL: made of levels and tower */
};

/* Sum over the accounts. */
struct counters report_total(const struct report *report);

/* Sums over the accounts of one level of nesting. False: it has none. */
bool report_level(const struct report *report, unsigned level, struct counters *counters, struct walk_tally *walks);
unsigned report_levels(const struct report *report); /* the deepest one + 1 */

/* Check every invariant; failed may be NULL, else it gets one JSON-able sentence per failure through say(). */
struct invariants {
    unsigned checked, failed;
};
struct invariants report_check(const struct report *report, void (*say)(void *self, const char *sentence), void *self);

/* The documents. */
void report_text(const struct report *report, struct emit *e);
void report_json(const struct report *report, struct emit *e);
void report_html(const struct report *report, struct emit *e);
void report_config(const struct report *report, struct emit *e);
void report_timeline(const struct report *report, struct emit *e);

/* A part of them, for other tables of the same figures too: the ASSUMED options that decide something in the model that
 * ran, in lines that begin with `margin`; nothing if there is none. */
void report_text_leans(const struct report *report, const char *margin, struct emit *e);

/* All of them; false after an error line. */
must_use bool report_write(const struct report *report, const struct results *to);

void report_free(struct report *report);

/* "level 2 panicked: sysrq triggered crash" */
void report_panic_tell(const struct report_panic *panic, char *out, size_t size);

const char *counter_unit_name(enum counter_unit unit); /* "events" */

#endif
