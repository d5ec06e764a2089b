/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Basic blocks to compare timing models with: straight runs of instructions, to be repeated without end.
 *
 * Some are made: instructions of one kind that depend on each other, that do not, or of all kinds with random
 * registers.  The seed decides everything.  Others are found: the straight runs between the branches of a program, a
 * sample of them, so a real mix of instructions with real dependences.
 *
 * A block has no branch, nothing that serialises, and nothing that only privileged state may do.
 */
#ifndef P9_TESTS_TIMING_BLOCK_H
#define P9_TESTS_TIMING_BLOCK_H

#include "core/isa/decode.h"

enum { BLOCK_INSNS = 40, BLOCK_NAME = 48 };
enum block_kind { BLOCK_CHAIN, BLOCK_INDEPENDENT, BLOCK_MIXED, BLOCK_FOUND, BLOCK_KINDS };
extern const char *const block_kind_names[BLOCK_KINDS];

struct block {
    char name[BLOCK_NAME];
    enum block_kind kind;
    unsigned count;
    u32 word[BLOCK_INSNS];
};

/* `count` blocks of a kind that is made. */
void blocks_make(const struct isa *isa, enum block_kind kind, u64 seed, struct block *block, unsigned count);

/* Every stride-th straight run of at least four instructions in the text of a POWER program (ELF, little-endian), each
 * once, as far as there is room.  Returns how many; 0 if there is no such file or no objdump. */
unsigned blocks_find(const struct isa *isa, const char *path, unsigned stride, struct block *block, unsigned room);

#endif
