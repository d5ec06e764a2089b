/* SPDX-License-Identifier: Apache-2.0 */
/* What of the run loop is state (base/state.h): which pages are decoded, and in which of them each thread stands. */
#ifndef P9_CORE_RUN_ROWS_H
#define P9_CORE_RUN_ROWS_H

#include "base/state.h"
#include "core/run/code.h"

/* Decoded pages are recycled in the order in which they came, and a fetch slot is lost with its page, so the order is
 * state; the instructions are not, they are decoded again from main storage, which must have been restored.  A pool
 * with less room (code_pages) starts empty, and code->lost says so. */
extern const struct state_table code_state;

/* A page by its number in the pool, for fetch slots. */
u32 code_page_number(const void *code, const struct insn *page);
struct insn *code_page_by_number(const void *code, u64 number); /* NULL: no instructions there */
bool code_page_is_traced(const struct insn *page);              /* decoded for the traced port */

/* Thread and translation have been restored: connect the thread with what its map and its registers lead to. */
void thread_restored(struct thread *t);

/* What instructions of these pages were found to do (core/state/retire.h), which have been restored before. */
struct code_learning {
    struct code *code;
};
extern const struct state_table code_learning_state;

/* What a thread's ring holds: records that nobody has read yet.  Of a thread that is recorded, restored after it and
 * after decoded pages. */
extern const struct state_table retire_ring_state;

#endif
