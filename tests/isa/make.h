/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Draws a case of a row: the word, every register, and the storage it will find.  Words that the book leaves undefined
 * are not drawn (the result would not be comparable), nor are words that would leave the harness.
 */
#ifndef P9_TESTS_ISA_MAKE_H
#define P9_TESTS_ISA_MAKE_H

#include "core/isa/disasm.h"
#include "tests/isa/case.h"

/* Case number k (its place in the batch: branches need to know where they are) of a row. */
void make_case(const struct isa *isa, unsigned row, unsigned k, u64 *seed, struct isa_case *c);

bool name_is(const char *name, const char *const *list);
bool pattern_has(const struct pattern *p, const char *field);

#endif
