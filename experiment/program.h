/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program as lines of assembler text, so that a workload needs no cross compiler: `label:` names a place, `=label` in
 * an operand is its address, `.org N` moves on, `.word N` is a word; everything else is what isa_assemble() reads.
 */
#ifndef P9_EXPERIMENT_PROGRAM_H
#define P9_EXPERIMENT_PROGRAM_H

#include "base/bits.h"

/* Put the words of text, big-endian, into memory[0..size), which begins at real address 0.  False after an error line
 * that quotes the line (a defect of the program, not of the user's input). */
must_use bool program_assemble(const char *text, u8 *memory, u64 size);

/* Each label with its address and where the next one begins (or the text ends). */
void program_labels(const char *text, void (*tell)(void *self, const char *name, u64 from, u64 to), void *self);

#endif
