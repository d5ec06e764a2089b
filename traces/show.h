/* SPDX-License-Identifier: Apache-2.0 */
/* Records as lines of text, one for each instruction, for people and pagers; or as a commit log (commit.h). */
#ifndef P9_TRACES_SHOW_H
#define P9_TRACES_SHOW_H

#include <stdio.h>

#include "traces/filter.h"
#include "traces/source.h"
#include "traces/words.h"

enum { SHOW_NAME = 96 };
struct show {
    FILE *to;
    struct words *words;
    u64 from, count; /* from instruction `from` of the trace on, counted from 0, so many that the picker takes */
    bool walks;      /* a line for each table entry too */
    bool commit;     /* the lines of a commit log; the trace has values */
    bool by_itself;  /* nobody knows what was before: changes of context are told where they stand, and no others */
    /* Names an address, "copy_page+0x40", or leaves out[] empty; NULL: nobody knows names. */
    void (*name)(void *self, u64 address, char out[SHOW_NAME]);
    void *self;
    u64 number, shown;    /* of the next instruction; instructions so far */
    struct picker picker; /* which of them; picker.contexts: where the trace begins */

    struct trace_context told; /* what the last line of context has said, and of whom */
    unsigned told_thread;
    bool has_told;
};

/* The lines of one block.  False: nothing behind it is wanted, or what is written to takes no more. */
must_use bool show_block(struct show *s, const struct retire_block *block);

#endif
