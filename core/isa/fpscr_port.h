/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The FPSCR as instructions reach it: fpscr.h, and the learning port hears of it (core/state/retire.h).  Included after
 * insn.h by the chapters of floating point, which read the register through fpscr_of() only.
 */
#ifndef P9_CORE_ISA_FPSCR_PORT_H
#define P9_CORE_ISA_FPSCR_PORT_H

#include "core/isa/fpscr.h"

inline_hot u64 fpscr_of(struct thread *t)
{
    port_reads(t, NAMED_FPSCR);
    return t->fpscr;
}

/* The instruction changes it, whichever way it takes. */
inline_hot struct thread *fpscr_changes(struct thread *t)
{
    port_reads(t, NAMED_FPSCR);
    port_writes(t, NAMED_FPSCR);
    return t;
}

#define fpscr_env(t) (port_reads(t, NAMED_FPSCR), fpscr_env(t))
#define fpscr_take_scalar(t, e) fpscr_take_scalar(fpscr_changes(t), e)
#define fpscr_take_vector(t, e) fpscr_take_vector(fpscr_changes(t), e)
#define fpscr_take_status(t, e) fpscr_take_status(fpscr_changes(t), e)
#define fpscr_set_fpcc(t, relation) fpscr_set_fpcc(fpscr_changes(t), relation)
#define fpscr_write(t, value, mask) fpscr_write(fpscr_changes(t), value, mask)
#define fpscr_set_bit(t, n, value) fpscr_set_bit(fpscr_changes(t), n, value)
#define fpscr_read_and_clear(t, field) fpscr_read_and_clear(fpscr_changes(t), field)

#endif
