/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where two traces part: the first record in which they say something else.  One side, A, is handed over block by
 * block - from a file or by a machine that runs -, the other one, B, is a file that is read along.
 *
 * Records are compared in the order in which they stand in both, those of all hardware threads together; with `thread`
 * those of one alone.  What one side does not say (trace_source.lacks, values) is not compared.  Times and how records
 * are cut into blocks are the writer's, never compared.
 */
#ifndef P9_TRACES_DIFF_H
#define P9_TRACES_DIFF_H

#include <stdio.h>

#include "traces/source.h"

/* What is not compared: bits 0 to 15 are kinds of records (1 << enum retire_kind) that are passed over on both sides.
 */
enum diff_ignore {
    DIFF_FAULTS = 1 << 16,    /* instructions that did not complete */
    DIFF_WAITS = 1 << 17,     /* those that waited for other threads (they come again) */
    DIFF_SOURCES = 1 << 18,   /* who had the entries of a walk */
    DIFF_WALKS = 1 << 19,     /* which array translated an access, and all of its walk */
    DIFF_REAL = 1 << 20,      /* real addresses, of instructions and accesses, and walks */
    DIFF_REGISTERS = 1 << 21, /* the names of registers that instructions read and write */
    DIFF_VALUES = 1 << 22,
};

/* Words of a list, "idle,dma", as bits; there is a row for each in diff_words[].  False after an error line. */
struct diff_word {
    const char *name;
    unsigned bits;
};
extern const struct diff_word diff_words[]; /* ends with a row without name */
must_use bool diff_read_words(const char *list, unsigned *ignore);

enum { DIFF_CONTEXT_MOST = 10000, DIFF_ALL_THREADS = -1 };
struct diff_options {
    const struct isa *isa;
    const char *name_a, *name_b;
    unsigned lacks_a;
    unsigned ignore;  /* enum diff_ignore and kinds */
    unsigned context; /* records before the place, at most DIFF_CONTEXT_MOST */
    int thread;       /* this one alone, or DIFF_ALL_THREADS */
    u64 begin;        /* instructions of both that were the same and passed over (trace_skip_same()) */
    bool b_may_end;   /* before A does, as DIFF_B_ENDED; else they have parted then */
    FILE *to;         /* where the report goes */
    void (*name)(void *self, u64 address, char out[128]); /* of an address, "" if there is none; may be NULL */
    void *self;
};

struct diff;

/* B is read along, and stays the caller's.  NULL after an error line. */
struct diff *diff_open(const struct diff_options *options, struct trace_source *b);
void diff_close(struct diff *d);

enum diff_is {
    DIFF_SAME,    /* so far */
    DIFF_PARTED,  /* the report is written */
    DIFF_B_ENDED, /* with b_may_end: those of A were the same as all of B */
    DIFF_A_ENDED, /* as diff_end() was told: B has more */
    DIFF_FAILED,  /* after an error line: B cannot be read on, the host has no memory */
};

/* The next block of A.  What was answered once, but for DIFF_SAME, is the answer from then on. */
enum diff_is diff_take(struct diff *d, const struct retire_block *block);
/* A has ended; it may: DIFF_A_ENDED if B has more, else they have parted then. */
enum diff_is diff_end(struct diff *d, bool a_may_end);

/* Instructions of A that were the same, with those passed over. */
u64 diff_same(const struct diff *d);

#endif
