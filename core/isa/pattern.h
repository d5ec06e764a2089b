/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pattern language of INSN(): the field line of the ISA book in one string.
 *
 *     "31 RT RA RB OE 266 Rc"         a named field has the width its name implies (field.def)
 *     "31 TO RA RB 4 /"               each '/' is one reserved bit: ignored by decode, 0 in the assembler
 *     "60 T 17:5 B 347 BX TX"         n:w is the number n in w bits
 *
 * The first number is the primary opcode (6 bits).  At most one other number may stand without a width; it is exactly
 * as wide as what is left of 32.  Split fields (TX, sh5, d1, the halves of spr) are fields of their own with an insert
 * position in the same operand, so nothing is a special case.
 */
#ifndef P9_CORE_ISA_PATTERN_H
#define P9_CORE_ISA_PATTERN_H

#include "base/bits.h"

struct field {
    const char *name;
    u8 width;     /* bits in the instruction word */
    u8 insert;    /* bit position (from the right) at which they enter the operand */
    u8 slot;      /* byte offset in struct insn; imm is 4 bytes wide */
    u8 sign_bits; /* 0: unsigned; else the operand is sign-extended from this many bits */
    u8 is_imm;
};

struct pattern_piece {
    const struct field *field;
    u8 shift; /* from the right of the word */
};

struct pattern {
    u32 mask, value, reserved;
    struct pattern_piece piece[10];
    u8 pieces;
};

extern const struct field fields[];
extern const unsigned field_count;

/* Parse; false with *why set to a static text if the pattern is not 32 bits, names an unknown field, ... */
must_use bool pattern_parse(const char *text, struct pattern *out, const char **why);

const struct field *field_named(const char *name, size_t length);

#endif
