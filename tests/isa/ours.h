/* SPDX-License-Identifier: Apache-2.0 */
/* Executes a case with our own rows: through any port, in either byte order. */
#ifndef P9_TESTS_ISA_OURS_H
#define P9_TESTS_ISA_OURS_H

#include "tests/isa/case.h"
#include "tests/support/slow_stub.h"

/* In place, as the harness does it.  k is its place in the batch.  PORT_traced runs in the order that `le` says. */
void run_ours(struct stub *stub, const struct isa *isa, struct isa_case *c, unsigned k, unsigned port, bool le);

#endif
