/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who asked for the partition that is entered: KVM-HV's nested protocol as far as hardware sees it.
 *
 * A hypervisor that is itself a guest, R, runs its guest by the hypercall H_ENTER_NESTED(state, registers).  `state`
 * names the guest by a number of R's own (R's "LPID") and says which of its virtual processors (a token); `registers`
 * is everything that this processor will have when it goes on.  L0 knows only the guests of the guests it runs itself
 * (level 1): for them it enters a partition under an LPID of its own.  When a deeper guest C, child of R, asks, L0
 * hands the hypercall to R as it would any other interrupt of C, and R carries it out by asking in turn - with a number
 * of R's, but the same registers.  So a request climbs the tree until it comes from level 1, and then an LPID is
 * entered:
 *
 *     C: H_ENTER_NESTED(m, registers)      C calls its guest m
 *     R: H_ENTER_NESTED(n, registers)      n of R stands for m of C
 *     L0: hrfid, LPIDR = Z, registers      Z is n of R, hence m of C: a child of C
 *
 * The registers join the three, whatever else goes on meanwhile: other virtual processors, other guests, a thread that
 * is preempted, a virtual processor that goes on at another thread.  When two requests have the very same registers
 * (two guests at their very first instruction), the thread that asked and the order of asking decide.  Once n is known
 * to stand for m it does so until R gives n up (its partition-table entry for n becomes zero, or there is a new table):
 * later requests for n need not follow one of C's, because R also goes on with it after interrupts that it handled
 * itself.
 *
 * A request is over when it has been joined to another or to an entry, or when the same virtual processor is asked for
 * again.  Everything is bounded: when a list is full, the longest unused makes room.
 */
#ifndef P9_HYPERVISOR_NESTING_H
#define P9_HYPERVISOR_NESTING_H

#include "base/bits.h"

struct partition;

enum { NEST_NAMES = 512, NEST_REQUESTS = 256 };

/* The registers, in short: a hash of the 32 general ones and PIDR, and where execution goes on. */
struct nest_registers {
    u64 hash, nia;
    bool unknown; /* the caller's storage could not be read: the thread alone decides */
};

struct nest_registers nest_registers_of(const u64 gpr[32], u64 pid, u64 nia);

struct nest_request {
    u32 number, token;
    u32 thread; /* PIR */
    struct nest_registers registers;
};

struct nest_name {
    struct partition *of; /* who uses this number; NULL: a free place */
    u32 number;
    struct nest_name *stands_for; /* the number of a child of `of`; NULL: this guest is of's own */
    struct partition *guest;      /* NULL: not entered yet */
    u64 order;                    /* of its last use */
};

struct nest_waiting {
    struct nest_name *name; /* NULL: a free place */
    struct nest_request request;
    u64 order;
};

struct nesting {
    struct nest_name names[NEST_NAMES];
    struct nest_waiting waiting[NEST_REQUESTS];
    unsigned waiting_count;
    u64 order;
};

/* `by` has asked for one of its guests. */
void nesting_asked(struct nesting *nesting, struct partition *by, const struct nest_request *request);

/* The thread goes on with these registers, at nia or other_nia (of the two save registers one is not the guest's), in a
 * partition: on whose request?  NULL: nobody's of level 1.  The request is over. */
struct nest_name *nesting_answered(struct nesting *nesting, u32 thread, const struct nest_registers *registers,
                                   u64 other_nia, u32 lpid);

/* Whose child it is that goes by this name. */
struct partition *nesting_parent(const struct nest_name *name);
/* This is the guest, by this name and by those that it stands for. */
void nesting_set_guest(struct nest_name *name, struct partition *guest);

/* The number means nobody any more; all numbers of a partition; a partition has ended. */
bool nesting_knows(const struct nesting *nesting, const struct partition *of, u32 number);
void nesting_forget(struct nesting *nesting, const struct partition *of, u32 number);
void nesting_forget_all(struct nesting *nesting, const struct partition *of);
void nesting_ended(struct nesting *nesting, const struct partition *partition);

#endif
