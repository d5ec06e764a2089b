/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WHEN: a moment of a run, as options that say when are given it.
 *
 *   N                 behind instruction N of all threads together (5M, 0x1000)
 *   1.5s              when guest time has come to so many seconds
 *   pc=ADDR, pc=NAME  before the instruction at an effective address, or at a symbol, in whatever partition and
 * process; with #K behind it: when it comes there for the K-th time text=TEXT         behind the instruction with which
 * the console has printed TEXT (escapes as in --expect) region=NAME       behind the instruction that begins the region
 * of that name (callthru 4100) or tag; region=NAME:end level=K           when a partition of level K runs for the first
 * time insn-in=K:N       behind instruction N of those that level K has executed lpid=N, pid=N     when a guest with
 * that LPID, a process with that PID first runs state=NAME        when a thread first is in that state: ultravisor,
 * hypervisor, os, problem
 *
 * Every moment is one between two instructions, the same in every port and with every model that leaves the guest's
 * course alone; of several threads, between two instructions of the one whose turn it is.
 */
#ifndef P9_MACHINE_WHEN_H
#define P9_MACHINE_WHEN_H

#include "base/bits.h"

enum when_kind {
    WHEN_INSNS,
    WHEN_SECONDS,
    WHEN_PC,
    WHEN_TEXT,
    WHEN_REGION,
    WHEN_LEVEL,
    WHEN_LEVEL_INSNS,
    WHEN_LPID,
    WHEN_PID,
    WHEN_STATE
};
enum { WHEN_TEXT_MAX = 256 };
struct when {
    enum when_kind kind;
    bool at_end;              /* of the region */
    u64 value;                /* instructions, ns, address, level, LPID, PID, enum account_state */
    u64 count;                /* WHEN_PC: the how-manieth time, from 1; WHEN_LEVEL_INSNS: instructions */
    char text[WHEN_TEXT_MAX]; /* TEXT with escapes read, or the region's NAME */
    size_t length;            /* of TEXT */
};

/* Who knows addresses by name; find may be NULL. */
struct when_symbols {
    bool (*find)(void *self, const char *name, u64 *address);
    void *self;
};

/* From text; false after an error line that names `option`. */
must_use bool when_parse(struct when *when, const char *option, const char *text, const struct when_symbols *symbols);

/* "FILE@WHEN", split at the first '@': the file's name goes to path. */
must_use bool when_parse_file(struct when *when, const char *option, const char *text, char path[4096],
                              const struct when_symbols *symbols);

/* The page of help: what a WHEN can be. */
extern const char when_help[];

#endif
