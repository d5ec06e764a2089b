/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where QEMU is known to be wrong, or the book leaves a result undefined: what is not compared, and why.  Each entry is
 * as narrow as its cause - the rows, the operands, the versions, the bits; docs/DIVERGENCES.md has the words.
 */
#ifndef P9_TESTS_ISA_DEVIATIONS_H
#define P9_TESTS_ISA_DEVIATIONS_H

#include "core/isa/disasm.h"
#include "tests/isa/case.h"

/* A case before and after, for QEMU of a version (7, 10) in a byte order. */
struct view {
    const struct insn_row *row;
    const struct insn *i;
    unsigned version;
    bool le;
    const struct isa_case *in;
    struct isa_case *ours, *theirs;
};

/* Rows whose cases QEMU user mode cannot run at all: NULL, or why. */
const char *qemu_lacks(const struct insn_row *r);
/* An alignment interrupt is due: the operand of this row must be aligned and is not (II 4.6, III 6.5.8: reservations,
 * quadwords and atomics; multiples and strings in little-endian mode). */
bool must_be_aligned(const struct isa *isa, const struct isa_case *in, bool le);
/* What QEMU is given instead of the case, where that makes its answer comparable. */
void prepare_for_qemu(const struct isa *isa, struct isa_case *c);
/* Make equal what is known to differ. */
void reconcile(struct view *v);

#endif
