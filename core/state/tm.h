/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transactional memory (Book II chapter 5, Book III 3.2.2).  The architecture lets every transaction fail, and here
 * each does: tbegin. goes straight to its failure handler, and a transaction that software builds (trechkpt.) fails in
 * the instruction that would resume it.  So no instruction ever executes in Transactional state, and a transaction that
 * is suspended has always been recorded as failed.
 *
 * POWER9 from DD2.2 on (PVR) has no room for the checkpoints of four threads.  In a guest, what would make or use a
 * checkpoint is handed to the hypervisor by a soft patch interrupt, and the hypervisor can let a guest believe that it
 * is suspended (PSSCR bit 53, fake suspend): MSR[TS] says so, but there is no checkpoint.  Known from Linux
 * (arch/powerpc/kvm/book3s_hv_tm.c and its history), not from the book.
 */
#ifndef P9_CORE_STATE_TM_H
#define P9_CORE_STATE_TM_H

#include "core/state/thread.h"

/* The registers become the checkpoint, and the reverse. */
void tm_save_checkpoint(struct thread *t);
void tm_restore_checkpoint(struct thread *t);

/* TEXASR and TFIAR say why and where the transaction failed, unless they say it already (II 5.3.2). */
void tm_record_failure(struct thread *t, u64 cause, u64 address);

/* tbegin. outside a transaction: it began, and failed. */
void tm_begin_and_fail(struct thread *t, u64 address, bool rollback_only);

/* Transactional state was entered, which fails: the checkpoint comes back, and t->nia is the failure handler. */
void tm_fail(struct thread *t, u64 address);

/* What an instruction's image of MSR[TS] and MSR[TM] does (III 3.2.2). */
enum tm_way { TM_BY_RETURN, TM_BY_RFSCV, TM_BY_HRFID }; /* TM_BY_RETURN: rfid, rfebb, mtmsrd, tsr. */
enum tm_outcome {
    TM_ILLEGAL, /* TM Bad Thing */
    TM_FINE,    /* *ts_tm: the two fields as they will be */
    TM_ASSIST,  /* the hypervisor does it: soft patch interrupt */
};
must_use enum tm_outcome tm_change(const struct thread *t, enum tm_way way, u64 image, u64 *ts_tm);

/* In this state treclaim. and trechkpt. are the hypervisor's work. */
bool tm_is_assisted(const struct thread *t);

/* 0 || MSR[TS] || 0, as CR0 tells it. */
unsigned tm_state_as_cr(const struct thread *t);

#endif
