/* SPDX-License-Identifier: Apache-2.0 */
/* Two outcomes of one case: are they the same, and if not, where they part. */
#ifndef P9_TESTS_ISA_COMPARE_H
#define P9_TESTS_ISA_COMPARE_H

#include "core/isa/disasm.h"
#include "tests/isa/case.h"

bool same_result(const struct isa_case *a, const struct isa_case *b);
/* Where the cases of a row parted: a line of summary. */
struct parts {
    unsigned count;
    bool outcome, address, storage, gpr, vsr, other;
    u64 fpscr, cr, xer, vscr; /* all bits that ever differed */
};
void parts_note(struct parts *p, const struct isa_case *a, const struct isa_case *b);
void parts_show(const struct parts *p, const char *name);
/* The operands that the word names, and CR, XER and FPSCR. */
void show_inputs(const struct isa *isa, const struct isa_case *in);
/* The word as text, its operands, and each register and doubleword of storage that differs. */
void show_difference(const struct isa *isa, const struct isa_case *in, const struct isa_case *a,
                     const struct isa_case *b, const char *who);

#endif
