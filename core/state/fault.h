/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fault is a value: these functions describe in t->fault what the current instruction raised and return FAULT (or
 * false, where an access asks); nothing is delivered here.  interrupt_take() turns the value into register contents.
 */
#ifndef P9_CORE_STATE_FAULT_H
#define P9_CORE_STATE_FAULT_H

#include "core/state/thread.h"
#include "mmu/xlate.h"

/* Illegal instruction or invalid form: Hypervisor Emulation Assistance interrupt with HEIR = word (III 6.5.18). */
enum next fault_illegal(struct thread *t, u32 word);

/* Program interrupt: privileged instruction in problem state, trap, enabled floating-point exception (III 6.5.9). */
enum next fault_privileged(struct thread *t);
enum next fault_trap(struct thread *t);
enum next fault_fp_enabled(struct thread *t);
/* The same, found by an instruction that made MSR[FE0] or [FE1] 1 and completed: SRR0 is t->nia, SRR1[47] = 1. */
enum next fault_fp_waiting(struct thread *t);
/* A state of MSR[TS] that does not exist, or an instruction that TM forbids there (III 6.5.9). */
enum next fault_tm_bad_thing(struct thread *t);
/* The hypervisor does what the processor cannot (tm.h): the word goes into HEIR, HSRR0 names the next instruction. */
enum next fault_soft_patch(struct thread *t, u32 word);
/* Single step, branch trace, breakpoint: raised by the run loop after an instruction (III 6.5.15). */
enum next fault_trace(struct thread *t, u64 srr1);

/* Hypervisor-privileged instruction in a guest: program interrupt, or HEAI with the word in HEIR if LPCR[EVIRT]. */
enum next fault_hypervisor(struct thread *t, u32 word);

/* Facility interrupts: MSR[FP], MSR[VEC], MSR[VSX] off (0x800, 0xF20, 0xF40). */
enum next fault_fp_unavailable(struct thread *t);
enum next fault_vec_unavailable(struct thread *t);
enum next fault_vsx_unavailable(struct thread *t);

/* (Hypervisor) Facility Unavailable with the cause number of FSCR/HFSCR (0xF60 / 0xF80; III 6.5.30, 6.5.31). */
enum next fault_facility(struct thread *t, unsigned cause);
enum next fault_hypervisor_facility(struct thread *t, unsigned cause);

/* System calls; lev of sc is 0..3, of scv 0..127.  They complete: the return address is cia + 4. */
enum next fault_system_call(struct thread *t, unsigned lev);
enum next fault_system_call_vectored(struct thread *t, unsigned lev);

/* Storage access: alignment (III 6.5.8) and what a translation said.  Return false so that an access can hand it on. */
bool fault_alignment(struct thread *t, u64 ea, bool store);
bool fault_storage(struct thread *t, const struct xlate *x, u64 ea, enum access access);

/* The data address watchpoint matched at this byte (III 6.5.3: DSISR bit 41). */
bool fault_watchpoint(struct thread *t, u64 ea, bool store);

/* A reservation or atomic access to storage that does not permit it (device registers): DSISR bit 37. */
bool fault_storage_attribute(struct thread *t, u64 ea, enum access access);

/* The bus did not answer, or storage is broken: machine check with DAR = ea. */
bool fault_machine_check(struct thread *t, u64 ea, enum access access);

#endif
