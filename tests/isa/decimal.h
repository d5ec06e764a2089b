/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operands for the decimal floating-point rows of isa_qemu: random bits would nearly always be numbers that have
 * nothing to do with each other, so these are drawn to meet - near exponents, ties, full and short coefficients, both
 * ends of the range, NaNs with payloads, second spellings of declets.
 */
#ifndef P9_TESTS_ISA_DECIMAL_H
#define P9_TESTS_ISA_DECIMAL_H

#include "core/isa/disasm.h"
#include "tests/isa/case.h"

bool is_decimal(const struct insn_row *r);
/* Fill the operands of a decimal row and FPSCR[DRN]. */
void fill_decimal_float(struct isa_case *c, const struct insn_row *r, const struct insn *i, u64 *seed);
/* QEMU is known to be wrong here (docs/DIVERGENCES.md): compare only our ports with each other. */
bool decimal_differs(const struct isa_case *c, const struct insn_row *r, const struct insn *i);
/* Where what QEMU did wrong can be told apart from the result. */
void forget_decimal_defects(const struct isa_case *in, struct isa_case *theirs, const struct insn_row *r,
                            const struct insn *i);

#endif
