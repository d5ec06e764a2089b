/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts of single instructions (core/state/retire.h: struct insn_facts), learned by executing each once in a thread
 * that has nothing but a page of storage.
 */
#ifndef P9_TESTS_TIMING_LEARN_H
#define P9_TESTS_TIMING_LEARN_H

#include "tests/support/slow_stub.h"

/* A learned instruction, and what it accesses besides. */
struct learned {
    struct insn_facts facts;
    u8 accesses;
    struct retire_access access[2];
};

/* False: it does not complete, or accesses more than two pieces of storage. */
must_use bool learn(struct stub *stub, const struct isa *isa, u32 word, struct learned *out);

#endif
