/* SPDX-License-Identifier: Apache-2.0 */
/* Runs cases under QEMU user mode, and says whether a case came out as ours did. */
#ifndef P9_TESTS_ISA_RUNNER_H
#define P9_TESTS_ISA_RUNNER_H

#include "core/isa/disasm.h"
#include "tests/isa/case.h"

struct runner {
    const struct isa *isa;
    const char *qemu, *harness; /* names without "le" and "-le", "-be" */
    unsigned version;           /* 7, 10 */
    char version_text[80];
};

/* Fill in version; false if the programs are not there. */
bool find_version(struct runner *r);
/* In place; false if QEMU did not survive. */
bool run_qemu(struct runner *r, struct isa_case *cases, size_t count, bool le);
/* Halve the batch until one case is left that stops QEMU, and print it. */
void show_crash(struct runner *r, const struct isa_case *in, size_t count, bool le);
/* Ours and theirs are the same, apart from known deviations (which are made equal in both). */
bool agrees(const struct runner *r, const struct isa_case *in, struct isa_case *ours, struct isa_case *theirs, bool le);

#endif
