/* SPDX-License-Identifier: Apache-2.0 */
/* See ours.h. */
#include "tests/isa/ours.h"

/* The window of the case ends where the stub's storage ends. */
enum { WINDOW = STUB_SIZE - CASE_STORAGE };

static void state_in(struct stub *stub, const struct isa_case *c, unsigned k, bool mapped, bool le)
{
    struct thread *t = &stub->thread;

    stub_reset(stub, le);
    stub->base = CASE_PAGE_END - STUB_SIZE;
    stub->cia = CASE_CIA(k);
    stub->mapped = mapped;
    memcpy(stub->storage + WINDOW, c->storage, CASE_STORAGE);
    memcpy(t->gpr, c->gpr, sizeof t->gpr);
    t->lr = c->lr, t->ctr = c->ctr;
    t->spr.TAR = c->tar, t->spr.VRSAVE = c->vrsave;
    t->spr.FSCR = t->spr.HFSCR = ~0ULL >> 8;
    for (unsigned n = 0; n < 8; n++) t->cr[n] = c->cr >> (28 - 4 * n) & 15;
    t->so = c->xer >> 31 & 1, t->ov = c->xer >> 30 & 1, t->ca = c->xer >> 29 & 1;
    t->ov32 = c->xer >> 19 & 1, t->ca32 = c->xer >> 18 & 1;
    t->xer_rest = c->xer & PPC_BITMASK(46, 63);
    for (unsigned n = 0; n < 64; n++) VSR_D(t->vsr[n], 0) = c->vsr[n][0], VSR_D(t->vsr[n], 1) = c->vsr[n][1];
    t->fpscr = c->fpscr;
    t->vscr = (u32)c->vscr;
    t->msr |= MSR_FE0 | MSR_FE1; /* as QEMU user mode has them */
}

static void state_out(const struct stub *stub, struct isa_case *c)
{
    const struct thread *t = &stub->thread;

    memcpy(c->storage, stub->storage + WINDOW, CASE_STORAGE);
    memcpy(c->gpr, t->gpr, sizeof t->gpr);
    c->lr = t->lr, c->ctr = t->ctr, c->cr = 0;
    c->tar = t->spr.TAR, c->vrsave = t->spr.VRSAVE;
    for (unsigned n = 0; n < 8; n++) c->cr = c->cr << 4 | t->cr[n];
    c->xer =
        (u64)t->so << 31 | (u64)t->ov << 30 | (u64)t->ca << 29 | (u64)t->ov32 << 19 | (u64)t->ca32 << 18 | t->xer_rest;
    for (unsigned n = 0; n < 64; n++) c->vsr[n][0] = VSR_D(t->vsr[n], 0), c->vsr[n][1] = VSR_D(t->vsr[n], 1);
    c->fpscr = t->fpscr;
    c->vscr = t->vscr;
}

/* What Linux makes of an interrupt. */
static enum case_outcome outcome_of_fault(unsigned fault)
{
    switch (fault) {
    case STUB_TRAP: return CASE_TRAPPED;
    case STUB_ALIGNMENT: return CASE_MISALIGNED;
    case STUB_STORAGE: return CASE_REFUSED;
    case STUB_FP_ENABLED: return CASE_FP_EXCEPTION;
    default: return CASE_ILLEGAL;
    }
}

/* The system call that does not exist (make.c gives its number): the kernel returns ENOSYS. */
static void no_such_call(struct isa_case *c, bool vectored)
{
    enum { NO_SUCH_CALL = 38 };

    c->gpr[3] = vectored ? 0 - (u64)NO_SUCH_CALL : NO_SUCH_CALL;
    if (!vectored) c->cr |= 1u << 28;
    c->outcome = CASE_WENT_ON;
}

void run_ours(struct stub *stub, const struct isa *isa, struct isa_case *c, unsigned k, unsigned port, bool le)
{
    enum stub_outcome outcome = STUB_DONE;
    u64 at = CASE_CIA(k);

    state_in(stub, c, k, port != PORT_traced || (k & 1), le);
    if (c->before) {
        stub->cia -= 4;
        outcome = stub_execute(stub, isa, c->before, port);
        stub->cia += 4;
    }
    if (outcome == STUB_FAULTED) at -= 4;
    else outcome = stub_execute(stub, isa, c->word, port);
    state_out(stub, c);
    c->address = c->at = 0;
    if (outcome == STUB_FAULTED && stub->thread.fault.row == STUB_SYSTEM_CALL) {
        no_such_call(c, c->word & 1);
    } else if (outcome == STUB_FAULTED) {
        c->outcome = outcome_of_fault(stub->thread.fault.row);
        c->at = at;
        if (c->outcome == CASE_REFUSED) c->address = stub->fault_ea < CASE_PAGE_END ? CASE_PAGE_END : stub->fault_ea;
    } else {
        c->outcome = outcome == STUB_JUMPED && stub->thread.nia != CASE_CIA(k) + 4 ? CASE_BRANCHED : CASE_WENT_ON;
    }
}
