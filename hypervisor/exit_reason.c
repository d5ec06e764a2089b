/* SPDX-License-Identifier: Apache-2.0 */
/* See exit_reason.h. */
#include "hypervisor/exit_reason.h"

#include "core/state/interrupt.h"

const struct exit_reason_row exit_reason_rows[EXIT_REASONS] = {
#define EXIT(name_, interrupt_, symbol_, text_) {#name_, symbol_, text_},
#define EXIT_FOUND(name_, symbol_, text_) {#name_, symbol_, text_},
#include "hypervisor/exits.def"
#undef EXIT
#undef EXIT_FOUND
#define HCALL(name_, number_, section_) {#name_, "SYSCALL", section_},
#include "hypervisor/hcall.def"
#undef HCALL
#define UCALL(name_, number_, section_) {#name_, "", section_},
#include "hypervisor/ucall.def"
#undef UCALL
};

enum exit_reason exit_reason_named(const char *name)
{
    unsigned k = 0;

    while (k < EXIT_REASONS && strcmp(exit_reason_rows[k].name, name) != 0) k++;
    return (enum exit_reason)k;
}

static enum exit_reason hypercall(u64 number)
{
    switch (number) {
#define HCALL(name_, number_, section_)                                                                                \
    case number_:                                                                                                      \
        return EXIT_##name_;
#include "hypervisor/hcall.def"
#undef HCALL
    default: return EXIT_UNKNOWN_HYPERCALL;
    }
}

static enum exit_reason ultracall(u64 number)
{
    switch (number) {
#define UCALL(name_, number_, section_)                                                                                \
    case number_:                                                                                                      \
        return EXIT_##name_;
#include "hypervisor/ucall.def"
#undef UCALL
    default: return EXIT_UNKNOWN_ULTRACALL;
    }
}

enum exit_reason exit_reason_of(unsigned interrupt, unsigned lev, u64 number)
{
    if (interrupt == INTERRUPT_SYSTEM_CALL) return lev == 2 ? ultracall(number) : hypercall(number);
    switch (interrupt) {
#define EXIT(name_, interrupt_, symbol_, text_)                                                                        \
    case INTERRUPT_##interrupt_:                                                                                       \
        return EXIT_##name_;
#define EXIT_FOUND(name_, symbol_, text_)
#include "hypervisor/exits.def"
#undef EXIT
#undef EXIT_FOUND
    default: return EXIT_OTHER;
    }
}
