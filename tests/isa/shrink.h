/* SPDX-License-Identifier: Apache-2.0 */
/* A difference with fewer operands: what does not matter becomes zero, what matters becomes simple. */
#ifndef P9_TESTS_ISA_SHRINK_H
#define P9_TESTS_ISA_SHRINK_H

#include "tests/isa/ours.h"
#include "tests/isa/runner.h"

/* *c differs; afterwards it is a simpler case that differs, with both outcomes. */
void shrink(struct runner *r, struct stub *stub, bool le, struct isa_case *c, struct isa_case *ours,
            struct isa_case *theirs);

#endif
