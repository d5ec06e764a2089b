/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names of the ways from a guest into a hypervisor: the rows of exits.def, and each hypercall and ultracall as a
 * reason of its own.  There is a fixed number of them, whatever numbers a guest puts into r3.
 */
#ifndef P9_HYPERVISOR_EXIT_REASON_H
#define P9_HYPERVISOR_EXIT_REASON_H

#include "base/bits.h"

enum exit_reason {
#define EXIT(name, ...) EXIT_##name,
#define EXIT_FOUND(name, ...) EXIT_##name,
#include "hypervisor/exits.def"
#undef EXIT
#undef EXIT_FOUND
#define HCALL(name, ...) EXIT_##name,
#include "hypervisor/hcall.def"
#undef HCALL
#define UCALL(name, ...) EXIT_##name,
#include "hypervisor/ucall.def"
#undef UCALL
    EXIT_REASONS
};

struct exit_reason_row {
    const char *name;
    const char *symbol; /* of `perf kvm stat`; "" if it has none */
    const char *text;   /* a sentence; of a call the section that describes it */
};
extern const struct exit_reason_row exit_reason_rows[EXIT_REASONS];

/* The one of this name; EXIT_REASONS: there is none. */
enum exit_reason exit_reason_named(const char *name);

/* interrupt: enum interrupt; lev: of sc; number: r3 at sc 1 and sc 2. */
enum exit_reason exit_reason_of(unsigned interrupt, unsigned lev, u64 number);

#endif
