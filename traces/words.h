/* SPDX-License-Identifier: Apache-2.0 */
/* Text of instruction words that come again and again, as in a trace: each is made once while it stays in a table. */
#ifndef P9_TRACES_WORDS_H
#define P9_TRACES_WORDS_H

#include "core/isa/decode.h"

enum { WORD_TEXT = 128 };
struct words; /* of an instruction set that stays its caller's */

/* NULL: the host has no memory. */
struct words *words_open(const struct isa *isa);
/* The text of a word at its address (core/isa/disasm.h), good until the next call. */
const char *words_text(struct words *w, u32 word, u64 cia);
void words_close(struct words *w); /* NULL: nothing */

#endif
