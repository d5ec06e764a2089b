/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random instruction words, fast: a page of 1024 costs some microseconds.  Uniform words are what a guest that jumps
 * into its data executes; the other kinds are biased to what means something, because of uniform words most are
 * refused.
 */
#ifndef P9_TESTS_WORD_SOURCE_H
#define P9_TESTS_WORD_SOURCE_H

#include "core/isa/decode.h"

enum word_kind {
    WORDS_UNIFORM,
    WORDS_OPCODES, /* a primary opcode that has many rows, the rest uniform */
    WORDS_ROWS,    /* a row, its operands uniform; every row as often as any other */
    WORDS_STORAGE, /* half of them loads and stores, the others rows */
    WORDS_SYSTEM,  /* half of them SPRs and instructions of Book III, the others rows */
    WORDS_COMPUTE, /* rows that neither access storage nor branch nor need privilege: long runs without an interrupt */
    WORDS_MIXED,   /* each of the above */
    WORD_KINDS
};

enum { WORD_ROWS_MAX = 2048 };
struct word_template {
    u32 value, free, reserved;
    u8 branch; /* 1: has LI, 2: has BD - kept near */
};
struct word_source {
    u64 state;
    unsigned rows, storage_count, system_count, compute_count;
    struct word_template row[WORD_ROWS_MAX];
    u16 storage[WORD_ROWS_MAX], system[WORD_ROWS_MAX], compute[WORD_ROWS_MAX];
};

void word_source_open(struct word_source *s, const struct isa *isa, u64 seed);

/* splitmix64: every seed, 0 too, gives a good sequence. */
static inline u64 word_source_next(struct word_source *s)
{
    u64 z = s->state += 0x9e3779b97f4a7c15ULL;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
    return z ^ z >> 31;
}

u32 word_source_word(struct word_source *s, enum word_kind kind);

#endif
