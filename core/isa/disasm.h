/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instruction words to text and back, both driven by the syntax strings of INSN() and by one table of extended
 * mnemonics (disasm_alias.def).  The text is what GNU objdump -M power9 prints.
 *
 * The syntax language.  The mnemonic ends at the first space; in it
 *     %o 'o' if OE     %r '.' if Rc     %l 'l' if LK     %a 'a' if AA
 *     %c the condition that BO and BI name (lt ge eq ...)     %h the static hint of BO ('+', '-' or nothing)
 * After it come operands.  A name is a field of the pattern and shows the whole operand that this field belongs to (sh
 * shows sh and sh5 together); its kind follows from the name:
 *     RT RA ...       r3            RA0          r3, or 0 for register 0 (the "RA or zero" of the book)
 *     FRT FRA ...     f3            VRT VRA ...  v3
 *     XT XS XA XB XC  vs35 (fields T TX, S SX, A AX, B BX, C CX)
 *     VXT VXS         v3 for vs35
 *     BF BFA          cr1           BI BT BA BB BC   eq or 4*cr1+eq
 *     CRF             cr1: the CR field of BI
 *     LI BD           0x100, the target     NB  1 to 32
 *     anything else   the number in decimal
 * "31-ME" is the number 31 minus the operand.  A '#' behind a name makes it a plain number.  [...] is dropped if every
 * operand in it is zero.  Spaces after a comma are for the reader; everything else stands for itself.
 */
#ifndef P9_CORE_ISA_DISASM_H
#define P9_CORE_ISA_DISASM_H

#include "core/isa/decode.h"

/* The text of `word` at address cia: "add     r3,r4,r5"; ".long 0x..." for what is no instruction. */
void isa_disassemble(const struct isa *isa, u32 word, u64 cia, char *out, size_t size);

/* The word for one line of such text (any spacing); reserved bits are zero.  False if the text is no instruction. */
must_use bool isa_assemble(const struct isa *isa, const char *text, u64 cia, u32 *word);

/* ---- shared by both directions and by the table tests ---- */

struct alias {
    const struct insn_row *row;
    const char *condition; /* "RA=0", "RB=RS", "SH=31-MB", "BO&30=12"; several with commas */
    const char *syntax;
};
extern const struct alias isa_aliases[];
extern const unsigned isa_alias_count;

/* One operand of a syntax string. */
enum operand_kind {
    OPERAND_PLAIN,
    OPERAND_GPR,
    OPERAND_GPR_OR_ZERO,
    OPERAND_FPR,
    OPERAND_VR,
    OPERAND_VSR,
    OPERAND_CR_FIELD,
    OPERAND_CR_BIT,
    OPERAND_CR_OF_BI,
    OPERAND_TARGET,
    OPERAND_COUNT32,
    OPERAND_HIGH_VR
};
struct operand {
    const struct field *field;
    enum operand_kind kind;
    size_t length; /* of its name in the syntax */
};

/* Reads the operand at s; false if it names nothing. */
must_use bool operand_read(const char *s, struct operand *out);
/* Its value in a decoded instruction and back. */
s64 operand_value(const struct operand *o, const struct insn *i);
void operand_set(const struct operand *o, struct insn *i, s64 value);

/* A condition of an alias, one term at a time: field & mask = constant - other. */
struct alias_term {
    struct operand left, right; /* right.field may be NULL */
    s64 mask, constant;
    bool minus; /* constant - right */
};
/* Reads the term at *s and moves behind it; false at the end of the text or if it cannot be read. */
must_use bool alias_term_read(const char **s, struct alias_term *out);
s64 alias_term_wanted(const struct alias_term *term, const struct insn *i);

#endif
