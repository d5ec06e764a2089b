/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the run loop share; nobody else includes this. */
#ifndef P9_CORE_RUN_RUN_INTERNAL_H
#define P9_CORE_RUN_RUN_INTERNAL_H

#include "core/run/run.h"
#include "mmu/xlate.h"

/* ---- count.c ---- */
/* The packed class counts enter the active account; at least once every 2^21 instructions. */
void count_unpack(struct thread *t);

/* ---- fetch.c ---- */
/* Make t->page the page of t->nia and say for which port it is decoded; false if the fetch raised an interrupt
 * (described in t->fault). */
bool fetch_enter_page(struct thread *t, enum code_variant *variant);
/* Where the gear would have gone on by itself, had t->limit been t->due; NULL: it would have come back. */
const struct insn *fetch_carry_on(struct thread *t);
/* The slot of instruction i leads to the pause stub: stand still here?  Then t->paused and t->nia are set. */
bool fetch_pauses_at(struct thread *t, const struct insn *i);

/* ---- context.c ---- */
/* What thread_context_changed() chose is what it would choose now; what does not hold, or NULL. */
const char *context_check(const struct thread *t);

/* t->nia lies in another page: that one, if a fetch slot knows it, decoded for the traced port. */
bool fetch_follow_traced(struct thread *t);

/* ---- record.c ---- */
/* As run_stepwise(), for a thread that is recorded and that no trace interrupt can hit, if record_goes_on(). */
enum next run_recorded(struct thread *t, const struct insn *i);
/* In the page that it is in, it runs so. */
bool record_goes_on(const struct thread *t);
/* Instruction i at cia was executed and answered n. */
void record_step(struct thread *t, const struct insn *i, u64 cia, enum next n);
/* The fetch at t->nia was translated, or refused, its table entries told from number `read` on. */
void record_fetch(struct thread *t, u32 read, const struct xlate *x);
void record_refused_fetch(struct thread *t); /* there is no instruction at t->nia */
void record_context(struct thread *t);
enum next record_learn(struct thread *t, const struct insn *i); /* the stub of instructions not learned yet */

/* ---- stepwise.c ---- */
/* Run from instruction i of t->page until the straight run ends; every body returns here.  Leaves like the fast gear:
 * JUMP (counted, t->nia set) or FAULT (t->at). */
enum next run_stepwise(struct thread *t, const struct insn *i);
/* A trace interrupt may come in this page. */
bool stepwise_may_trace(const struct thread *t);

#endif
