/* SPDX-License-Identifier: Apache-2.0 */
/* See os_term.h.  The guest wrote all of it: what cannot be read, or is otherwise, is another call. */
#include "hypervisor/os_term.h"

#include "base/power.h"
#include "core/state/interrupt.h"
#include "core/state/thread.h"
#include "hypervisor/guest_storage.h"

/* The words of an RTAS call, big-endian: token, how many arguments and results, and these. */
struct rtas_words {
    u8 token[4], arguments[4], results[4], argument[4];
};

static const char opening[] = "OS panic: ";

/* A byte at a time: the text may end right before a page that is not there. */
static bool read_text(const struct thread *t, u64 gra, char *text, size_t size)
{
    size_t n = 0;

    for (; n + 1 < size; n++) {
        if (!guest_load(t, gra + n, &text[n], 1)) return false;
        if (text[n] < ' ' || text[n] > '~') break;
    }
    text[n] = 0;
    return true;
}

bool guest_gives_up(const struct thread *t, enum exit_reason reason, char *words, size_t size)
{
    char begin[sizeof opening];
    struct rtas_words call;
    u64 text;

    if (reason != EXIT_H_RTAS || interrupt_saved(t).image & MSR_PR || !guest_load(t, t->gpr[4], &call, sizeof call) ||
        get_be32(call.arguments) != 1 || get_be32(call.results) != 1)
        return false;
    text = get_be32(call.argument);
    return read_text(t, text, begin, sizeof begin) && !strcmp(begin, opening) &&
           read_text(t, text + strlen(opening), words, size);
}
