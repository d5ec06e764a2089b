/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From an instruction word to its row and operands.  The tables are built from the INSN blocks when a machine starts
 * (about a thousand patterns, a few milliseconds) and never change; a struct isa may be shared by machines.
 */
#ifndef P9_CORE_ISA_DECODE_H
#define P9_CORE_ISA_DECODE_H

#include "core/isa/insn.h"
#include "core/isa/pattern.h"

enum { ROW_NONE = 0xffff };

struct isa;

/* NULL (after an error line) if a pattern cannot be read or memory is short. */
struct isa *isa_new(void);
void isa_free(struct isa *isa);

unsigned isa_row_count(const struct isa *isa);
const struct insn_row *isa_row(const struct isa *isa, unsigned row);
const struct pattern *isa_pattern(const struct isa *isa, unsigned row);

/* Does PCR, as thread.h's enum pcr_withheld packs it, make the row an illegal instruction (III 2.5)? */
bool isa_is_withheld(const struct insn_row *row, unsigned withheld);

/* The row of a word, or ROW_NONE.  Invalid forms of a row (flags INVALID_IF_*) give ROW_NONE as well. */
unsigned isa_find(const struct isa *isa, u32 word);

/* Fill *out (fn left alone, sums left alone): operands and row.  Returns the row or ROW_NONE. */
unsigned isa_decode(const struct isa *isa, u32 word, struct insn *out);

#endif
