/* SPDX-License-Identifier: Apache-2.0 */
/* What the three files of deviations.h share: kinds of rows, and the parts of reconcile(). */
#ifndef P9_TESTS_ISA_DEVIATIONS_FLOAT_H
#define P9_TESTS_ISA_DEVIATIONS_FLOAT_H

#include "core/isa/fpscr.h"
#include "tests/isa/decimal.h"
#include "tests/isa/deviations.h"
#include "tests/isa/make.h"

static inline bool starts(const char *s, const char *prefix)
{
    return !strncmp(s, prefix, strlen(prefix));
}

bool is_single(const char *name); /* rounds to single and holds it in double format */
bool is_estimate(const char *name);
bool negates(const char *name); /* fnmadd and its kin */
bool rounds(const struct insn_row *r);

void reconcile_float(struct view *v);
void reconcile_estimate(struct view *v);

#endif
