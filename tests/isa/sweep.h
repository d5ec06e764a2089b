/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of the sweep (words.c) and the table of agreed differences (difference.c).  sweep.c puts them before GNU
 * objdump.
 */
#ifndef P9_TESTS_ISA_SWEEP_H
#define P9_TESTS_ISA_SWEEP_H

#include "core/isa/disasm.h"

/* ---- words ---- */

struct sweep {
    const struct isa *isa;
    u64 seed;
    unsigned draws; /* random ones per extended opcode and per row */
    unsigned every; /* only each so many-th word; 1: all */
    u64 number;     /* of the next one */
    /* Takes a full batch and forgets it; false ends the sweep. */
    bool (*take)(struct sweep *sweep, void *self);
    void *self;
    u32 *words;
    size_t count, capacity;
};

/* Every primary opcode with every value of bits 21-31, and every row; see words.c.  False if take() said so. */
must_use bool sweep_run(struct sweep *sweep);
/* All 2**26 words of one primary opcode. */
must_use bool sweep_primary(struct sweep *sweep, unsigned primary);

/* ---- differences ---- */

enum difference_kind {
    DIFFERENCE_OURS,   /* an instruction to us, ".long" to objdump; the name is that of our row */
    DIFFERENCE_THEIRS, /* ".long" to us; the name is objdump's mnemonic */
    DIFFERENCE_TEXT,   /* both print an instruction, not the same text; the name is that of our row */
};
struct difference {
    enum difference_kind kind;
    const char *name;
    u32 mask, value; /* only words whose bits under the mask have this value */
    const char *reason;
};
extern const struct difference differences[];
extern const unsigned difference_count;

/* The first line of the table that covers the word, or difference_count. */
unsigned difference_find(enum difference_kind kind, const char *name, u32 word);

#endif
