/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tower: skiboot, Linux, KVM-HV and QEMU boot guests of guests on stock images, every level runs nestbench, and all
 * power off one after the other.  The init of tools/initramfs says on the console which level is where ("p9sim: level 1
 * up"); the tower reads along, notes at each such line what every level has done so far, and picks up what nestbench
 * prints.  From that and from the machine's report it fills in stats/tower.h.
 *
 * What the guests print is only believed as far as it names a level of this tower: it decides what the tables say and
 * which level is to blame, nothing else.
 */
#ifndef P9_EXPERIMENT_TOWER_H
#define P9_EXPERIMENT_TOWER_H

#include "machine/machine.h"
#include "stats/tower.h"

struct console;
struct state_table;

struct tower_plan {
    unsigned depth;              /* 0..TOWER_DEPTH_MAX */
    const char *const *workload; /* names of nestbench's measures or sets of them; "none": only boot */
    unsigned workload_count;     /* 0: a short list */
    const char *backing;         /* of the guests' memory: a word of enum tower_backing, or NULL: thp */
    const char *append;          /* more words for the kernel's command line, or NULL */
};

/* The memory that a tower wants if nobody says how much, and the least that can carry it. */
u64 tower_memory_bytes(unsigned depth);
u64 tower_least_memory_bytes(unsigned depth);

/* The kernel's command line. False after an error line (a workload that cannot be a name, too many of them; no such
 * backing). */
must_use bool tower_bootargs(const struct tower_plan *plan, struct emit *out);

enum tower_end { TOWER_FINE, TOWER_WANTS_MEMORY, TOWER_BAD_WORKLOAD, TOWER_DIED, TOWER_LIMIT, TOWER_STOPPED };

struct tower {
    struct report_tower result;
    struct machine *machine;
    struct console *console;
    struct region_level before[TOWER_LEVELS]; /* what each level had done when the stretch that runs now began */
    u64 begun;
    enum tower_kind kind; /* of the stretch that runs now, */
    unsigned level;       /* and the level that it is of */
    char panic[120];      /* the last one that was printed; whose it is, the machine knows, or the level above says */
    bool ended[TOWER_LEVELS], failed;
    enum tower_end failure; /* if failed */
};
/* Restored into one that watches; the depth is the one that was saved. */
extern const struct state_table tower_state;

/* Read along with the machine's console; before the run. The tower is large: keep it off the stack. */
void tower_watch(struct tower *tower, const struct tower_plan *plan, struct machine *machine, struct console *console);

/* The stretch that has run up to here ends, another one begins. */
void tower_turn(struct tower *tower, enum tower_kind kind, unsigned level);

/* "level 1 comes up" */
void tower_where(const struct tower *tower, char *out, size_t size);

/* The run is over: fills in the last stretch and result.verdict, and says how it is to be judged. `text` is how the
 * machine itself says it ended. */
enum tower_end tower_judge(struct tower *tower, enum machine_end end, const char *text);

/* Take the regions that belong to nestbench's lines out of the report, and hang the result into it. */
void tower_complete(struct tower *tower, struct report *report);

/* tower_translation.c.  Before the run: make each plausible value of a parameter behind the ERATs a what-if of it, and
 * under the model `core` each of a parameter of its time a variant.  False after an error line. */
must_use bool tower_vary(struct machine *machine, const struct config *config);
/* A part of tower_complete(): how many times level 0's cycles a measure takes if a TLB look-up and a table read cost
 * what plausible.def says that they could, with the arrays of the run and with those of each of its what-ifs. */
void tower_weigh(struct report_tower *tower, const struct report *report);

/* The tables for people, and all of it as comma-separated values and JSON. */
void tower_table(const struct report *report, struct emit *out);
void tower_translation_table(const struct report_tower *tower, struct emit *out); /* a part of it */
void tower_uncertainty_table(const struct report *report,
                             struct emit *out); /* a part of it; nothing without variants */
void tower_uncertainty_csv(const struct report *report, struct emit *out);
void tower_uncertainty_json(const struct report *report, const struct tower_measure *measure, unsigned level,
                            struct emit *out); /* a member of the cell */
void tower_csv(const struct report_tower *tower, struct emit *out);
void tower_json(const struct report *report, struct emit *out);

#endif
