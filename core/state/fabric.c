/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Doorbells, Book III chapter 11.  A message: type in bits 32:36 (5 is the only one of server processors), broadcast in
 * 37:38 (0: one thread, 1 and 2: the threads of the sub-processor or core of the addressed thread), PROCIDTAG in 44:63
 * for msgsnd, TIRTAG in 57:63 for msgsndp.
 */
#include "core/state/fabric.h"

#include "base/assert.h"
#include "base/power.h"

#define MESSAGE_TYPE PPC_BITMASK(32, 36)
#define MESSAGE_BROADCAST PPC_BITMASK(37, 38)
#define MESSAGE_PIR PPC_BITMASK(44, 63)
#define MESSAGE_TIR PPC_BITMASK(57, 63)
enum { TYPE_DOORBELL = 5 };

static const struct state_row rows[] = {
    STATE_DERIVED(struct fabric, threads),
    STATE_DERIVED(struct fabric, count),
    STATE_DERIVED(struct fabric, running), /* between turns nobody is */
    STATE(struct fabric, told_at),
    STATE(struct fabric, told),
    STATE_DERIVED(struct fabric, ordered_at), /* the first one who asks may begin anew */
};
const struct state_table fabric_state = STATE_TABLE(struct fabric, rows);

static bool is_doorbell(u64 message)
{
    return GETFIELD(MESSAGE_TYPE, message) == TYPE_DOORBELL;
}

struct thread *fabric_thread(const struct fabric *fabric, u32 pir)
{
    for (unsigned n = 0; fabric && n < fabric->count; n++)
        if (fabric->threads[n]->pir == pir) return fabric->threads[n];
    return NULL;
}

/* No two of these instructions happen against the order of their local times. */
static void check_order(const struct thread *t)
{
    u64 now = thread_time(t);

    if (!t->fabric || !t->in_company) return;
    P9_ASSERT(now >= t->fabric->ordered_at);
    t->fabric->ordered_at = now;
}

bool fabric_in_order(struct thread *t)
{
    if (!t->in_company || thread_time(t) <= t->others_at) {
        if (P9_ASSERTS) check_order(t);
        return true;
    }
    t->turn = TURN_WAITS;
    thread_attend(t);
    return false;
}

void fabric_stand_still(struct thread *t, u64 cycles)
{
    u64 local = thread_time(t);

    if (local >= cycles) return;
    t->stall_cycles += cycles - local;
    t->idle_cycles += cycles - local;
}

void fabric_told(struct thread *to)
{
    struct thread *from = to->fabric ? to->fabric->running : NULL;

    if (!from || from == to) return;
    to->fabric->told = true;
    to->fabric->told_at = thread_time(from);
    if (to->stopped || to->held) fabric_stand_still(to, to->fabric->told_at);
    from->turn = TURN_OVER;
    thread_attend(from);
}

void fabric_raise(struct thread *to, u32 bit)
{
    thread_raise(to, bit);
    fabric_told(to);
}

/* To the thread with the PIR in the message, or to all of its core. */
static void send(struct thread *from, u64 message, u32 bit)
{
    struct thread *to = fabric_thread(from->fabric, (u32)GETFIELD(MESSAGE_PIR, message));

    if (!is_doorbell(message) || !to) return;
    if (!GETFIELD(MESSAGE_BROADCAST, message)) {
        fabric_raise(to, bit);
        return;
    }
    for (unsigned n = 0; n < to->threads_in_core; n++)
        if (to->sibling[n]) fabric_raise(to->sibling[n], bit);
}

void fabric_msgsnd(struct thread *from, u64 message)
{
    send(from, message, PENDING_HDOORBELL);
}

void fabric_msgsndu(struct thread *from, u64 message)
{
    if (from->spr.SMFCTRL & SMFCTRL_E) send(from, message, PENDING_UDOORBELL);
}

void fabric_msgsndp(struct thread *from, u64 message)
{
    if (is_doorbell(message) && !GETFIELD(MESSAGE_TIR, message)) thread_raise(from, PENDING_DOORBELL);
}

void fabric_msgclr(struct thread *t, u64 message)
{
    if (is_doorbell(message)) t->pending &= ~(u32)PENDING_HDOORBELL;
}

void fabric_msgclrp(struct thread *t, u64 message)
{
    if (is_doorbell(message)) t->pending &= ~(u32)PENDING_DOORBELL;
}

void fabric_msgclru(struct thread *t, u64 message)
{
    if (is_doorbell(message)) t->pending &= ~(u32)PENDING_UDOORBELL;
}
