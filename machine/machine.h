/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The machine: a board, its threads, and time.  One host thread runs everything: its threads run in turns that
 * keep them close in time (turns.c) until each has had a window of quantum_cycles, then machine time moves to the end
 * of the window, alarms fire and the console is looked at.  When every thread is stopped, time jumps to the next
 * deadline.  So a run is the same on every host.
 *
 * Images are kept, so that a guest's reboot starts again from the same bytes.
 */
#ifndef P9_MACHINE_MACHINE_H
#define P9_MACHINE_MACHINE_H

#include <signal.h>

#include "base/log.h"
#include "core/state/thread.h"

struct config;
struct console;
struct report;
struct report_panic;
struct machine;
struct retire_sink;

struct machine_blob {
    const char *name; /* file name for messages */
    const u8 *bytes;
    u64 size; /* 0: absent */
};

struct machine_powernv {
    struct machine_blob bios, kernel, initrd, dtb; /* dtb: used instead of the board's own tree */
    const char *bootargs;
    const char *dump_dtb; /* file to write the tree to, or NULL */
};

struct machine_segment {
    struct machine_blob blob;
    u64 ra, memory_size; /* memory_size >= blob.size: the rest is zero */
};

enum bare_state { BARE_USER, BARE_OS, BARE_HYPERVISOR, BARE_ULTRAVISOR };
struct machine_bare {
    const struct machine_segment *segments;
    unsigned segment_count;
    u64 entry;
    bool le;
    enum bare_state state;
};

enum machine_end {
    MACHINE_RUNNING,
    MACHINE_OFF,        /* powered off, or callthru exit 0 */
    MACHINE_GUEST_DIED, /* checkstop, panic of level 0, callthru exit with another status */
    MACHINE_LIMIT,      /* max_insns or max_seconds */
    MACHINE_REACHED,    /* a moment of machine_stop_at(); to be run on */
    MACHINE_STOPPED,    /* the person at the console, or --expect ...=stop */
};

/* Each returns NULL / false after an error line. The config, console and log must outlive the machine. */
struct machine *machine_new_powernv(const struct config *config, const struct machine_powernv *what,
                                    struct console *console, struct log *log);
struct machine *machine_new_bare(const struct config *config, const struct machine_bare *what, struct console *console,
                                 struct log *log);
void machine_free(struct machine *machine);

/* Count what another value of one option, "tlb_entries=256", would have made of the same ERAT misses: see
 * mmu_what_if(); or, if it is an option of the model `core` and that is on, machine_vary(). Before the run. False after
 * an error line. */
must_use bool machine_what_if(struct machine *machine, const char *setting);

/* Beside the model `core` runs another one that differs from it in this option ("memory_ns", "110"), and a third that
 * differs in it and whose walks are free.  They read the same records in a time of their own and feed nothing back, so
 * what they count differs from what the machine counts by that option alone.  Before the run, in a machine of one
 * hardware thread.  False after an error line. */
must_use bool machine_vary(struct machine *machine, const char *option, const char *value);

/* From now on keep records of what happens (core/state/retire.h) and hand them to sink (NULL: they are made and
 * dropped); those that do not fill a block when machine_run() returns.  Nothing simulated can tell, unless the sink
 * answers with cycles.  False after an error line: the host has no memory. */
must_use bool machine_trace(struct machine *machine, struct retire_sink *sink);

/* Somebody who reads records between two moments of a run. */
struct machine_reader {
    struct retire_sink *sink;
    void (*begins)(void *self, struct machine *machine); /* the first moment has come; may be NULL */
    void (*ends)(void *self, struct machine *machine);   /* the other one; may be NULL */
    void *self;
};
/* Hand records to him as machine_trace() does, from one moment (NULL: the beginning) to another (NULL: the end).
 * Before the run, once.  False after an error line. */
struct when;
must_use bool machine_plan_reading(struct machine *machine, const struct machine_reader *reader,
                                   const struct when *from, const struct when *until);
/* The context in which a thread is, as a record of it (RETIRE_CONTEXT). */
struct retire machine_context(const struct machine *machine, unsigned thread);
bool machine_has_read(const struct machine *machine); /* the first moment has come */
/* For a reader while he takes a block: he has read enough, and gets no more from where the machine next stands still;
 * or nobody should go on, so machine_run() answers MACHINE_STOPPED a block of records later at most. */
void machine_read_enough(struct machine *machine);
void machine_stand_still(struct machine *machine);

/* The model `core` begins at this moment; until then the machine runs as with the model `mmu`, and with the option
 * `warm` keeps caches and predictors warm.  NULL: whenever a region is open (callthru 4096, 4097).  Before the run;
 * false after an error line.  A machine that was restored goes on waiting for what it waited for; another moment takes
 * its place. */
must_use bool machine_core_at(struct machine *machine, const struct when *when);
/* From now on, whatever a machine that was restored waits for.  False after an error line. */
must_use bool machine_core_always(struct machine *machine);

struct machine_limits {
    u64 max_insns;  /* of all threads together; UINT64_MAX: none */
    u64 max_cycles; /* machine time; UINT64_MAX: none */
};
struct machine_progress {
    void (*tell)(void *self, const struct machine *machine); /* about every 2^22 cycles; may be NULL */
    void *self;
    const volatile sig_atomic_t *asked; /* not 0: to be told now, too; may be NULL */
};
/* Run on from where the machine stands still.  It does so exactly behind instruction max_insns, where a straight run
 * ends (or in the middle of idle time) at max_cycles, and at the moments of machine_stop_at(); nothing simulated can
 * tell. */
enum machine_end machine_run(struct machine *machine, const struct machine_limits *limits,
                             const struct machine_progress *progress);

/* The run is over, in the middle of a window as it may be: the timeline and the marks are told up to here. */
void machine_finish(struct machine *machine);

/* Stand still at this moment, once; *number is how machine_reached() asks for it (may be NULL).  False after an error
 * line: too many of them. */
struct when;
must_use bool machine_stop_at(struct machine *machine, const struct when *when, unsigned *number);
bool machine_reached(const struct machine *machine, unsigned number);

/* Keep when each instruction between two moments passed the stages of the pipeline, for a file in Konata's format that
 * machine_pipeline_log_written() writes when the run is over.  A run that ends before the second moment ends the log.
 * False after an error line: the model is not core, the file cannot be made. */
must_use bool machine_plan_pipeline_log(struct machine *machine, const char *path, const struct when *from,
                                        const struct when *to);
must_use bool machine_pipeline_log_written(struct machine *machine);

/* Count the cycles of each instruction from now on; false after an error line: the model is not core.  When the run is
 * over: folded stacks of them (stats/profile.h), or of the exposed cycles of walks alone; false: the host had no memory
 * for all of it. */
struct emit;
struct machine_symbols {
    void (*name)(void *self, u64 address, char *out, size_t size); /* "": nobody knows one; may be NULL */
    void *self;
};
must_use bool machine_profile(struct machine *machine);
must_use bool machine_fold(struct machine *machine, bool of_walks, const struct machine_symbols *symbols,
                           struct emit *e);

/* Facts for reports and progress lines. */
u64 machine_completed(const struct machine *machine);     /* instructions, all threads */
u64 machine_cycles(const struct machine *machine);        /* machine time */
double machine_seconds(const struct machine *machine);    /* guest time */
int machine_exit_code(const struct machine *machine);     /* callthru exit status */
const char *machine_death(const struct machine *machine); /* why the guest died, or NULL */
bool machine_panicked(const struct machine *machine);     /* that is what level 0's kernel or firmware printed */
/* Kernels of guests that have given up so far, the earliest first (stats/report.h). */
const struct report_panic *machine_guest_panics(const struct machine *machine, unsigned *count);
bool machine_wants_reboot(const struct machine *machine); /* it is off because of the option no_reboot */
unsigned machine_thread_count(const struct machine *machine);
struct thread *machine_thread(struct machine *machine, unsigned n);
struct thread *machine_standing(struct machine *machine); /* in the middle of its turn; between turns the first one */
struct account_book *machine_accounts(struct machine *machine); /* exact up to now */
const struct ram *machine_ram(const struct machine *machine);
u64 machine_state_hash(
    const struct machine *machine); /* of registers, devices and touched storage: FNV-1a, for equivalence tests */

/* Changes from outside, while the machine stands still; threads are numbered as by machine_thread().  General
 * registers, LR, CTR and what else the run loop derives nothing from may be stored into the thread.
 *
 * Storage: false, and nothing is written, if a byte does not lie there.  Decoded instructions and reservations go. */
must_use bool machine_write(struct machine *machine, u64 ra, const void *from, u64 size);
void machine_set_pc(struct machine *machine, unsigned thread, u64 ea);   /* a multiple of 4 */
void machine_set_msr(struct machine *machine, unsigned thread, u64 msr); /* bits that do not exist are dropped */
/* mtspr in the thread's present state, whether or not it may access the register; false: the register refuses. */
struct spr_row;
must_use bool machine_set_spr(struct machine *machine, unsigned thread, const struct spr_row *row, u64 value);

#endif
