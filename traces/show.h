/* SPDX-License-Identifier: Apache-2.0 */
/* Records as lines of text, one for each instruction, for people and pagers. */
#ifndef P9_TRACES_SHOW_H
#define P9_TRACES_SHOW_H

#include <stdio.h>

#include "traces/source.h"

struct show {
    FILE *to;
    const struct isa *isa;
    u64 from, count; /* instructions of the trace, from 0: which ones */
    bool walks;      /* a line for each table entry too */
    u64 number;      /* of the next instruction */
};

/* The lines of one block.  False: nothing behind it is wanted, or what is written to takes no more. */
must_use bool show_block(struct show *s, const struct retire_block *block);

#endif
