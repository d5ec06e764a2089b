/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Has the kernel of level 0 panicked? A kernel says so on the console, and firmware that gives up does, but the
 * consoles of guests come out of the same serial port: their QEMU writes there what they print. So a text is a
 * suspicion only, and what level 0 does afterwards decides.
 *
 *   A panicked kernel   never runs a program or a guest again.  One hardware thread spins in it without sleeping, until
 *                       it asks firmware for a restart, if it was told to (panic=SECONDS).
 *   A live one          lets the QEMU that wrote the text go on, which is a program, and then others.  When it has
 *                       nothing to do all its threads sleep.
 *
 * It is certain that level 0 lives when a program or a guest has run more than GRACE_NS behind the text: so long other
 * hardware threads may take until the one that panics has stopped them.  It is certain that it has panicked when
 * firmware is asked for a restart or for power off before that, or when neither programs nor guests have run for
 * SPIN_NS and a thread has not slept meanwhile - all in guest time, so that equal runs end alike.
 */
#include "core/run/run.h"
#include "machine/machine_internal.h"

enum { GRACE_NS = 5000000, SPIN_NS = 200000000 };
#define NOT_COUNTED UINT64_MAX

static const char *const last_words[] = {"Kernel panic - not syncing: ", "assert failed at "};

static u64 cycles_of(const struct machine *m, u64 ns)
{
    return ns * m->core_mhz / 1000;
}

/* ---- the text ---- */

static void suspect(struct machine *m, const char *words)
{
    struct panic_watch *p = &m->panic;

    if (p->watching) return; /* what comes first says why */
    snprintf(p->text, sizeof p->text, "%s", words);
    p->watching = true;
    p->asked = false;
    p->begun = p->alone_since = machine_cycles(m);
    p->executed = NOT_COUNTED;
}

/* A kernel ends with "---[ end Kernel panic - not syncing: ... ]---", which is no other one's. */
void machine_panic_hear(struct machine *m, u8 c)
{
    struct panic_watch *p = &m->panic;

    if (c != '\n') {
        if (c >= ' ' && c < 0x7f && p->length < sizeof p->line - 1) p->line[p->length++] = (char)c;
        return;
    }
    p->line[p->length] = 0;
    p->length = 0;
    if (strstr(p->line, "end Kernel panic")) return;
    for (unsigned k = 0; k < ARRAY_SIZE(last_words); k++) {
        const char *at = strstr(p->line, last_words[k]);
        if (at) suspect(m, at);
    }
}

/* ---- what follows ---- */

/* Instructions of level 0's programs and of guests. */
static u64 executed_by_others(struct machine *m)
{
    u64 sum = 0;

    for (unsigned k = 0; k < m->thread_count; k++) thread_settle_account(m->threads[k]);
    for (unsigned k = 0; k < m->accounts.count; k++) {
        const struct account *a = m->accounts.list[k];
        if (a->level || a->state == ACCOUNT_PROBLEM) sum += a->counters.completed;
    }
    return sum;
}

static bool somebody_spins(const struct machine *m)
{
    for (unsigned k = 0; k < m->thread_count; k++)
        if (m->threads[k]->idle_cycles == m->panic.idle[k]) return true;
    return false;
}

static void note_others(struct machine *m)
{
    struct panic_watch *p = &m->panic;
    u64 executed = executed_by_others(m);

    if (executed == p->executed) return;
    if (p->executed != NOT_COUNTED) p->alone_since = m->now;
    p->executed = executed;
    for (unsigned k = 0; k < m->thread_count; k++) p->idle[k] = m->threads[k]->idle_cycles;
}

void machine_panic_look(struct machine *m)
{
    struct panic_watch *p = &m->panic;

    note_others(m);
    if (p->alone_since > p->begun + cycles_of(m, GRACE_NS)) {
        p->watching = false;
        machine_guest_printed(m, p->text);
    } else if (p->asked || (m->now > p->alone_since + cycles_of(m, SPIN_NS) && somebody_spins(m))) {
        p->watching = false;
        m->end = MACHINE_GUEST_DIED;
        m->death = p->text;
    }
}

/* ---- state ---- */

static bool restored(struct state_reader *r, void *self)
{
    const struct panic_watch *p = self;

    return (memchr(p->line, 0, sizeof p->line) && memchr(p->text, 0, sizeof p->text)) ||
           state_refuse(r, "a panic without an end");
}

static const struct state_row rows[] = {
    STATE(struct panic_watch, line),        STATE(struct panic_watch, length, .most = PANIC_TEXT - 1),
    STATE(struct panic_watch, text),        STATE(struct panic_watch, watching),
    STATE(struct panic_watch, asked),       STATE(struct panic_watch, begun),
    STATE(struct panic_watch, alone_since), STATE(struct panic_watch, executed),
    STATE(struct panic_watch, idle),
};
const struct state_table panic_state = STATE_TABLE(struct panic_watch, rows, .restored = restored);
