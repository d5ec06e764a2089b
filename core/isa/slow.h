/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The slow half of the ports: what an access does when the host-side table does not answer.  Implemented in core/run
 * (it knows the bus, the decoded pages and the model); declared here because the semantics call it.  Each returns false
 * with t->fault set if the access cannot be done.
 */
#ifndef P9_CORE_ISA_SLOW_H
#define P9_CORE_ISA_SLOW_H

#include "core/state/thread.h"
#include "mmu/xlate.h"

/* Load `size` (1 2 4 8 16) bytes, any alignment, in the current byte order; value in t->slow_value. */
must_use bool slow_load(struct thread *t, u64 ea, unsigned size);
must_use bool slow_store(struct thread *t, u64 ea, unsigned size, u64 low, u64 high);

/* lbarx.. lqarx: size 1 2 4 8 16; alignment is checked (alignment interrupt). Value in t->slow_value. */
must_use bool load_and_reserve(struct thread *t, u64 ea, unsigned size);
/* stbcx.. stqcx.: *done says whether the store was performed; the reservation is gone in any case. */
must_use bool store_conditional(struct thread *t, u64 ea, unsigned size, u64 low, u64 high, bool *done);

/* dcbz: zero the 128-byte block that contains ea. */
must_use bool zero_block(struct thread *t, u64 ea);
/* Translate and check permission as a one-byte access of this kind, without accessing (dcbst, dcbf, icbi, probes). */
must_use bool touch_block(struct thread *t, u64 ea, enum access access);

/* True if the operand may be accessed so and lies in storage that is cached; else a data storage interrupt, DSISR bit
 * 37 (lq, stq, atomic memory operations, copy).  Aligned operands only. */
must_use bool needs_caching(struct thread *t, u64 ea, unsigned size, enum access access);

/* The data address watchpoint lets the access pass (III 8.3.2).  Every function here asks by itself, except
 * touch_block: cache management never matches. */
must_use bool watch_allows(struct thread *t, u64 ea, unsigned size, bool load, bool store);

/* Cache-inhibited forms (lwzcix ...): real address access in hypervisor real mode; value in t->slow_value[0]. */
must_use bool load_cache_inhibited(struct thread *t, u64 ea, unsigned size);
must_use bool store_cache_inhibited(struct thread *t, u64 ea, unsigned size, u64 value);

/* Mambo's callthru word 0x000eaeb0 (interface.md), and darn's source of random doublewords. */
enum next slow_callthru(struct thread *t);
u64 port_random(struct thread *t);

/* Of a thread that is timed (pace 0): what its records took up to here enters its local time. */
void thread_take_time(struct thread *t);

/* The instruction word of a decoded instruction of the current page (for HEIR). */
u32 slow_word(const struct thread *t, const struct insn *i);

/* A taken branch that leaves the page, or the limit is reached: finds the new page or returns JUMP to the run loop. The
 * run is already counted. */
enum next slow_jump(struct thread *t, const struct insn *i);

#endif
