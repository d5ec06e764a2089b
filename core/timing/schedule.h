/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How an instruction uses the core: which units, for how long, what of a cycle's dispatch, and what it waits for beside
 * its operands.  Tables alone (unit.def, serial.def, schedule.def, with the source of each number); whoever keeps time
 * asks once for each decoded instruction and books what the answer says.
 *
 * A POWER9 splits some instructions into two or three operations.  A schedule has
 *
 *     the first operation        `width` units of kind `unit`, for `busy` cycles
 *     those behind or beside it  `times` units of kind `then`, each `after` cycles later than the one before;
 *                                after = 0: they are independent of each other and may go in any order
 *     the address of an update   one ALU at any time from the issue of the first on, if `update` is not 0
 *
 * and `latency` is the time from the issue of the first to the result of the last.
 *
 * Four ALUs and four DPs do not make eight operations a cycle: each slice issues one of them (unit_rows[].exec), and a
 * store's data goes the same way.
 */
#ifndef P9_CORE_TIMING_SCHEDULE_H
#define P9_CORE_TIMING_SCHEDULE_H

#include "core/isa/decode.h"
#include "core/state/retire.h"

/* Of an SMT4 core and a cycle: dispatch slots; issue ports to the units, and for addresses of loads and stores. */
enum { DISPATCH_SLOTS = 6, EXEC_PORTS = 4, AGEN_PORTS = 4 };

enum unit {
#define UNIT(name, count, exec, agen, text) UNIT_##name,
#include "core/timing/unit.def"
#undef UNIT
    UNIT_KINDS
};
struct unit_row {
    const char *name;
    u8 count;      /* of the core */
    u8 exec, agen; /* issue ports of one operation */
    const char *text;
};
extern const struct unit_row unit_rows[UNIT_KINDS];

/* Which slots.  A superslice has a slot for each of its slices and a third one for either. */
enum dispatch_rule {
    DISPATCH_ANY,
    DISPATCH_EVEN,       /* both slices of a superslice */
    DISPATCH_PAIR,       /* both slices of a superslice, for each of its pairs */
    DISPATCH_RESTRICTED, /* all three of a superslice, for each of its threes; a rest is any */
    DISPATCH_BRANCH,     /* of two that lead to the branch unit; a rest is any */
    DISPATCH_ALONE,      /* nothing else in the same cycle */
};

enum serial {
#define SERIAL(name, text) SERIAL_##name,
#include "core/timing/serial.def"
#undef SERIAL
    SERIAL_KINDS
};

/* Whom the numbers of a schedule come from.  In the words of machine/config.def LLVM's and GCC's are DERIVED, and those
 * SEEN on hardware CONFIRMED. */
enum schedule_source { SOURCE_ASSUMED, SOURCE_GCC, SOURCE_LLVM, SOURCE_SEEN };

struct schedule {
    const char *name;
    u8 unit, width; /* the first operation: enum unit, and units taken at once (1, 2) */
    u8 latency;     /* cycles, of the whole instruction; at least 1 */
    u8 busy;        /* cycles for which the first operation keeps its units; issue ports it takes for one. At least 1 */
    u8 slots;       /* of dispatch, 1 to 10 */
    u8 rule;        /* enum dispatch_rule */
    u8 then, times; /* operations behind the first: enum unit (UNIT_NONE: there are none), how many */
    u8 after;       /* cycles from the issue of one to that of the next */
    u8 data;        /* of a store: EXEC_PORTS that its data takes, one cycle */
    u8 update;      /* cycles until the updated base register can be used; 0: there is none */
    u8 serial;      /* enum serial */
    u8 source;      /* enum schedule_source */
    const char *text;
};

/* Every schedule, for those who report or check them. */
extern const struct schedule schedules[];
extern const unsigned schedule_count;

/* How the instruction of these facts is scheduled: its word, row and issue class decide, whether or not it was learned.
 * Never NULL; what is no instruction (ROW_NONE) takes a slot and no unit. */
const struct schedule *schedule_of(const struct isa *isa, const struct insn_facts *facts);

#endif
