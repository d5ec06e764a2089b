/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records that outlive the block in which they came: a copy of them with all that they point to.  Its room grows to
 * what the largest copy needs and is used again, so copying block after block takes no memory.
 */
#ifndef P9_TRACES_BLOCK_COPY_H
#define P9_TRACES_BLOCK_COPY_H

#include "base/compiler.h"
#include "core/state/retire.h"

struct block_copy {
    struct retire_block block; /* what was copied; its pointers are into the room below */
    struct retire *record;
    struct insn_facts *facts; /* of each record */
    struct retire_access *access;
    struct walk_read *read;
    struct retire_value *value;
    u32 *value_end;
    size_t records, accesses, reads, values; /* room */
};

/* Records first to first + count - 1 of a block, instead of what was there; order and time are those of the block, as
 * if it began there.  {0} is a copy of nothing.  False after an error line: the host has no memory. */
must_use bool block_copy(struct block_copy *to, const struct retire_block *from, size_t first, size_t count);
void block_copy_free(struct block_copy *copy);

#endif
