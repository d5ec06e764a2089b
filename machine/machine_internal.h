/* SPDX-License-Identifier: Apache-2.0 */
/* What machine.c (runs) and machine_build.c (puts together, restarts) share; nobody else includes this. */
#ifndef P9_MACHINE_MACHINE_INTERNAL_H
#define P9_MACHINE_MACHINE_INTERNAL_H

#include "base/match.h"
#include "base/state.h"
#include "bus/clock.h"
#include "bus/ram.h"
#include "core/run/run.h"
#include "core/state/fabric.h"
#include "core/state/retire.h"
#include "hypervisor/account.h"
#include "hypervisor/exit_watch.h"
#include "hypervisor/partition.h"
#include "machine/board_powernv.h"
#include "machine/config.h"
#include "machine/machine.h"
#include "machine/when.h"
#include "mmu/mmu.h"
#include "stats/counters.h"
#include "stats/walk_tally.h"
#include "stats/hot.h"
#include "stats/report.h"
#include "stats/sample.h"

struct timing_account;

enum { MACHINE_MAX_THREADS = BOARD_MAX_CORES * THREADS_PER_CORE_MAX };

enum { MACHINE_MAX_REGIONS = 4096, MACHINE_MAX_MARKS = 64 };
struct totals {
    struct counters counters;
    struct walk_tally walks;
};

/* By level of nesting of who ran; the last level holds the deeper ones too. */
enum { MACHINE_LEVELS = 16 };
struct level_totals {
    struct totals *level;
    unsigned levels;
    struct counters *what_if; /* of each what-if, all levels together */
    unsigned what_ifs;
    struct variant_cycles *variant; /* of each variant, all levels together */
    unsigned variants;
};

/* What a region's name consists of, so that every document can show it as it is. */
#define REGION_NAME_CHARACTERS "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-._"
struct machine_region { /* between callthru 4096 and 4097 with this tag, summed over all times */
    u64 tag, times;
    bool open;
    char name[48];             /* "" or what callthru 4100 said */
    u64 first_begin, last_end; /* when it was first open, and last: of the thread that said so */
    u64 begun, elapsed;        /* time of the thread that said so, in cycles */
    struct level_totals at_begin, sum;
};

enum { MACHINE_MAX_STOPS = 64 };
struct machine_stop { /* a moment that somebody waits for (stops.c) */
    struct when when;
    bool reached;
    bool inside; /* the machine itself has something to do then: machine_run() goes on afterwards */
    u64 seen;    /* WHEN_PC: how often a thread has come there */
    u64 before;  /* WHEN_LEVEL_INSNS: what the level had executed before this run, if it goes on */
    struct match match;
};

/* The model `core` (core_model.c). */
enum core_gear { CORE_OFF, CORE_WARM, CORE_BETWEEN, CORE_ON };
struct machine_core {
    struct timing *timing; /* NULL: another model */
    enum core_gear gear;
    struct timing *twin;   /* the same with free walks (walk_twin); or NULL */
    struct core_clock {    /* of a thread: */
        u64 end, twin_end; /* where the last block ended, in its time and in the twin's */
    } clock[MACHINE_MAX_THREADS];
    struct counters unseen; /* what the twin counts */
    struct walk_tally unseen_walks;
    bool waits, by_regions; /* it is on from the moment of stop on; while a region is open */
    bool resumed;           /* a run that was restored: what came before was not timed, or by other numbers */
    unsigned stop;
    struct retire_sink both;           /* gives records to it, */
    struct retire_sink *reader;        /* and to this; may be NULL */
    bool reads;                        /* machine_trace() asked for records, whoever gets them */
    enum core_gear saved;              /* of a restored run: in which it was when it was saved */
    struct machine_variants *variants; /* models that only watch (variants.c); NULL: none */
};

/* Sampled measurement (sampling.c).  Instructions are those of all threads together. */
struct sampling {
    u64 period, warm_up, window; /* period 0: nothing is sampled */
    u64 position;                /* instructions while the model was to be on, up to */
    u64 completed;               /* where all threads had completed so many */
    bool on;                     /* the model is to be on */
    bool open;                   /* a window is being measured, */
    u64 number;                  /* of this period */
    struct sampled_thread {
        u64 pace;            /* at which its time passes between windows (struct thread) */
        u64 completed, busy; /* instructions and cycles in which it was not stopped, when the window began */
    } thread[MACHINE_MAX_THREADS];
    bool starved; /* the host had no memory for somebody */
    struct sample_cell total, level[SAMPLE_LEVELS];
    struct sample_cell *family; /* by struct account.number */
    struct sample_cell *region; /* by place in the machine's list */
    u32 families, regions;
    struct sample_unit *account_before, *region_before; /* what they had counted when the window began, */
    u32 accounts_before, regions_before;                /* by place in the machine's lists */
};

/* Has the kernel of level 0 panicked?  See panic.c. */
enum { PANIC_TEXT = 160 };
struct panic_watch {
    char line[PANIC_TEXT];         /* what the guest has written of its line so far, */
    u64 length;                    /* so many characters */
    char text[PANIC_TEXT];         /* the last words that somebody printed; "": nobody did */
    bool watching;                 /* whether they are level 0's is not known yet: */
    bool asked;                    /* firmware has asked for a restart or for power off since */
    u64 begun;                     /* when they were printed, in cycles of machine time */
    u64 alone_since;               /* since when programs and guests have not run */
    u64 executed;                  /* by them, when they ran last */
    u64 idle[MACHINE_MAX_THREADS]; /* cycles in which each thread had slept by then */
};

/* Of guests' kernels, as far as there is room; guest_panic.c. */
enum { GUEST_PANICS = 16 };
struct guest_panics {
    struct report_panic list[GUEST_PANICS];
    u32 count;
};

enum { COMPANIONS = 2 };

struct machine {
    const struct config *config;
    struct console *console;
    struct log *log;

    struct isa *isa;
    struct ram ram;
    struct clock clock;
    struct bus bare_bus; /* of a machine without a board */
    struct bus *bus;
    struct board *board; /* NULL: bare */
    struct code code;
    struct mmu_system *mmus;
    struct fabric fabric;
    struct account_book accounts;
    struct partition_tree partitions;
    struct hot hot; /* where walks go */
    struct exit_watch *exits;
    struct run_services services;
    u64 records; /* number of the next record of any thread (core/state/retire.h) */
    struct machine_core core;
    struct sampling sampling;               /* of it */
    struct machine_reading *reading;        /* who reads records for a while; NULL: nobody */
    struct pipeline_log *pipeline_log;      /* of it; NULL: none is wanted */
    struct profile *profile;                /* of it; NULL: none is wanted */
    const struct timing_watcher *log_steps; /* of the log, while it is on */
    struct rng bare_rng;

    struct thread *threads[MACHINE_MAX_THREADS];
    unsigned thread_count;

    struct machine_powernv powernv; /* the images, for a restart */
    bool restoring;                 /* main storage comes from elsewhere: the images are not placed */
    bool (*bring_images)(struct machine *machine, void *self); /* NULL, or: the bytes of images are not there before */
    void *bring_self;
    u64 initrd_ra;
    struct machine_bare bare;

    u64 now;                          /* machine time in cycles: where the last window ended */
    u64 window_end;                   /* of the window that is open; 0: none is */
    struct thread *whose_turn;        /* in the middle of its turn, running or standing still; or NULL */
    u64 place[MACHINE_MAX_THREADS];   /* during a window: the local time before which a thread does nothing (turns.c) */
    bool places_known;                /* false: it was restored in the middle of a turn */
    const struct thread *last_to_run; /* reservations of the others have lapsed */
    u64 quantum, core_mhz, cycles_to_tb;
    enum machine_end end;
    int exit_code;
    const char *death;
    bool reboot_wanted;
    struct panic_watch panic;
    struct guest_panics guest_panics;
    u64 completed_at_reset;         /* instructions before the counters were last reset (callthru 4098) */
    struct machine_region *regions; /* room for a power of two of them */
    unsigned region_count;
    bool levels_starved; /* the host had no memory for a region, or for what levels had counted at some moment */
    struct machine_what_if {
        char setting[64];
        bool is_amount; /* its value is a number: */
        u64 look_up_cycles, amount;
    } what_if[WHAT_IF_MOST];
    unsigned what_if_count;
    struct partition_watcher switches;           /* every world switch: switches.c */
    struct timeline timeline;                    /* who ran when */
    u64 slice_start[MACHINE_MAX_THREADS];        /* where the slice begins that runs on each thread */
    struct report_mark marks[MACHINE_MAX_MARKS]; /* with names of their own */
    unsigned mark_count;
    bool marks_starved; /* the host had no memory for the name of one */
    struct machine_stop stops[MACHINE_MAX_STOPS];
    unsigned stop_count;
    bool stop_came;                         /* one of them has been reached, and nobody has looked yet */
    bool reached_now;                       /* some of them, since machine_run() began */
    struct run_stop bound;                  /* stops_bound(): instructions left to all threads, and the latest cycle */
    bool stops_count_levels;                /* somebody waits for instructions of a level: */
    u64 level_insns[MACHINE_LEVELS];        /* executed by each since then, */
    u64 level_since[MACHINE_MAX_THREADS];   /* up to here of each thread, */
    unsigned level_of[MACHINE_MAX_THREADS]; /* which runs this level */
    struct checkpoint_plan {
        const char *path;
        unsigned stop; /* number of its moment, or CHECKPOINT_CALLED */
        bool done;
    } * checkpoints;
    unsigned checkpoint_count;
    const char *checkpoint_base;
    bool checkpoint_called, checkpoint_failed;
    struct machine_companion { /* whose state is saved with the machine's */
        const char *name;
        const struct state_table *table;
        const void *self;
    } companion[COMPANIONS]; /* those without a table are nobody's */
    bool typed;              /* the serial port took a character when this turn began, and may take another */
};

/* The sum over all accounts, exact now. */
struct totals machine_totals(struct machine *machine);

/* The same by level, into new memory; false if the host has none. */
must_use bool machine_level_totals(struct machine *machine, struct level_totals *now);
/* sum += now - before; false if the host has no memory for levels that sum had not seen yet. */
must_use bool level_totals_add_since(struct level_totals *sum, const struct level_totals *now,
                                     const struct level_totals *before);
void level_totals_free(struct level_totals *totals);
void machine_free_regions(struct machine *machine);
void machine_free_marks(struct machine *machine);

/* The rows of the machine itself (rows.c), and of where a thread belongs: partition and account. */
extern const struct state_table machine_state, thread_place_state;
struct thread_place {
    struct machine *machine;
    unsigned thread;
};

/* Look at world switches from now on. */
void machine_watch_switches(struct machine *machine);

/* Let the threads run until the local time of each is m->window_end (turns.c).  False: the machine stands still in the
 * middle of that, because of m->bound or a thread that was halted; call again to go on. */
bool machine_take_turns(struct machine *machine);

/* ---- stops.c ---- */
/* As machine_stop_at(), for the machine itself, which looks with machine_reached() whenever it stands still. */
must_use bool machine_stop_inside(struct machine *machine, const struct when *when, unsigned *number);
/* How far such a moment has come; and a run that goes on waits for it from there on.  False after an error line. */
struct machine_stop machine_stop_so_far(const struct machine *machine, unsigned number);
must_use bool machine_stop_goes_on(struct machine *machine, const struct machine_stop *so_far, unsigned *number);
/* Where the next turn of a thread ends at the latest. */
struct run_stop machine_stops_next(struct machine *machine, const struct thread *t);
/* What all threads together may run, into machine->bound. */
void machine_stops_bound(struct machine *machine, const struct machine_limits *limits);
/* The machine stands still, or a window has ended: which of the moments that are counted have come? */
void machine_stops_look(struct machine *machine);
/* Somebody is told: a region begins or ends; run_services.arrived and .context. */
void machine_stops_region(struct machine *machine, const struct machine_region *region, bool ends, struct thread *t);
bool machine_stops_arrived(void *machine, struct thread *t, u64 ea);
void machine_stops_context(void *machine, struct thread *t);

/* ---- panic.c ---- */
/* The guest has written a character to the serial port. */
void machine_panic_hear(struct machine *machine, u8 c);
/* A window has ended.  If it is certain now that level 0 has panicked, machine->end says so. */
void machine_panic_look(struct machine *machine);
extern const struct state_table panic_state;

/* ---- guest_panic.c ---- */
/* A guest calls: does its kernel give up? */
void machine_guest_calls(struct machine *machine, const struct guest_exit *exit);
/* It does, with these words. */
void machine_guest_told(struct machine *machine, const struct partition *from, u64 cycle, const char *words);
/* A panic was printed that is not level 0's. */
void machine_guest_printed(struct machine *machine, const char *text);
extern const struct state_table guest_panics_state;

/* Between two turns: write the checkpoints that are due (checkpoint.c). */
void machine_write_checkpoints(struct machine *machine);
/* The guest asks for one. False: nobody has said where to. */
bool machine_call_checkpoint(struct machine *machine, struct thread *t);

/* Developers' builds: look whether everything between two windows is as it must be (machine_check.c). */
void machine_check(struct machine *machine);
/* What does not hold of the machine between two instructions, or NULL: all of it, so this takes some milliseconds. */
const char *machine_contradiction(struct machine *machine);

/* ---- core_model.c ---- */
/* If that is the model, it is on. False after an error line. */
must_use bool machine_open_core_model(struct machine *machine);
void machine_close_core_model(struct machine *machine);
void machine_resume_core_model(struct machine *machine); /* restored from another model or base_cpi: this run's holds */
must_use bool machine_set_gear(struct machine *machine, enum core_gear gear); /* false after an error line */
/* The sink of all threads, if `reader` (may be NULL) is to have their records. */
struct retire_sink *machine_sink(struct machine *machine, struct retire_sink *reader);
/* Who read records (machine_trace()) has all of them, and gets no more. */
void machine_read_no_more(struct machine *machine);
/* Between two turns, or where the machine stands still: into the gear that is wanted now. */
void machine_change_gear(struct machine *machine);

/* The model begins to keep time: what the instruction to come has accessed already has been charged. */
void machine_charge_no_fetch(struct machine *machine, unsigned thread);

/* ---- core_rows.c ---- */
struct mmu_cold;
void machine_save_core(struct machine *machine, struct state_writer *w);
/* Before threads are restored; and when all is, but the model.  False: r->why. */
must_use bool machine_restore_gear(struct machine *machine, struct state_reader *r);
must_use bool machine_restore_core(struct machine *machine, struct state_reader *r, struct mmu_cold *cold);
/* What does not hold between the model and the threads, or NULL. */
const char *machine_core_contradiction(struct machine *machine);
struct core_accounts {
    struct machine *machine;
};
extern const struct state_table when_state, machine_stop_state, machine_core_state, core_accounts_state;

/* ---- sampling.c ---- */
/* As the options say, before the model is opened. */
void machine_open_sampling(struct machine *machine);
void machine_close_sampling(struct machine *machine);
void machine_resume_sampling(struct machine *machine); /* a restored machine begins a sample of its own */
/* Counters have begun again from zero, and so do the estimates. */
void machine_sampling_forget(struct machine *machine);
/* Instructions of all threads until the gear may have to change; UINT64_MAX: it will not by itself. */
u64 machine_sampling_left(const struct machine *machine);
/* As machine_change_gear(): the gear that is wanted now if the model is to be on, as `on` says, under sampling. */
enum core_gear machine_sampling_gear(struct machine *machine, bool on);
/* Into report->sampling; accounts and regions are there already. False: the host has no memory. */
must_use bool machine_report_sampling(struct machine *machine, struct report *report);

/* ---- variants.c ---- */
/* The model has timed this block: it took so many cycles. */
void machine_time_variants(struct machine *machine, const struct retire_block *block, u64 cycles);
void machine_flush_variants(struct machine *machine); /* they have seen all of it: before counts or facts are used */
void machine_begin_stretch(struct machine *machine);  /* what follows is looked at from its beginning */
void machine_warm_variants(struct machine *machine, const struct retire_block *block);
void machine_set_stream_of_variants(struct machine *machine, unsigned thread, u64 dscr);
unsigned machine_variant_count(const struct machine *machine);
struct variant_cycles machine_variant_sum(const struct machine *machine, unsigned variant); /* of all levels */
void machine_report_variant(const struct machine *machine, unsigned variant, struct report_variant *to);
void machine_clear_variants(struct machine *machine); /* they count from nothing */
void machine_close_variants(struct machine *machine);
/* An account to be counted in by models that nobody asks for counts; self: the machine. */
void machine_account_unseen(void *self, unsigned thread, struct timing_account *out);

/* ---- machine_build.c ---- */
/* Keep records from now on, and give them to machine_sink(reader). False after an error line. */
must_use bool machine_trace_on(struct machine *machine, struct retire_sink *reader);
/* Cycles of an instruction (struct thread) where nobody times it. */
u64 machine_pace(const struct config *config);

/* ---- reading.c ---- */
/* The machine stands still: does reading begin here, or end? */
void machine_look_at_reading(struct machine *machine);
void machine_close_reading(struct machine *machine);

/* ---- pipeline_log.c ---- */
/* The machine stands still: does the log begin here, or end? */
void machine_look_at_pipeline_log(struct machine *machine);
void machine_close_pipeline_log(struct machine *machine);

/* ---- profile.c ---- */
/* The log of the pipeline hears of every instruction from now on; NULL: it does not any more. */
void machine_watch_steps(struct machine *machine, const struct timing_watcher *log);
void machine_forget_profile(struct machine *machine); /* it counts from nothing */
void machine_close_profile(struct machine *machine);

/* Records that did not fill a block go to whoever reads them (machine.c). */
void machine_hand_over_records(struct machine *machine);

/* Could a decrementer end this thread's stop? */
bool machine_is_woken_by_timers(struct thread *t);

/* For the report: a window has ended, or the run in the middle of one; who ran in it, and the marks it reached. */
void machine_note_window(struct machine *machine);

/* The exit table and the translation events of guests, as of now (machine_exits.c). False: no memory. */
must_use bool machine_report_exits(struct machine *machine, struct report *report);

/* The bytes of the images are there from now on; false after an error line. */
must_use bool machine_bring_images(struct machine *machine);

/* A machine whose main storage is zero and that is to be restored. NULL after an error line. */
struct machine *machine_new_empty(const struct config *config, const struct machine_powernv *powernv,
                                  const struct machine_bare *bare, struct console *console, struct log *log);

/* Reset everything and load the images again; false after an error line. */
must_use bool machine_restart(struct machine *machine);

#endif
