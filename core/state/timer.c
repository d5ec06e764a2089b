/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Book III chapter 7: time base, decrementers, PURR, SPURR, VTB, and TFMR, the core's side of time-of-day.
 *
 * DEC counts down once per tick; the exception exists while its high-order bit is 1 (7.3: it comes into existence when
 * the bit becomes 1 and ceases to exist when it becomes 0).  dec_deadline is the tick at which a counter without width
 * would read -1, so
 *
 *     DEC = dec_deadline - 1 - now        as a number of 32 bits, or 56 sign-extended if LPCR[LD]
 *
 * HDEC counts alike, with 56 bits always, but its exception is an edge: the high-order bit becoming 1, by counting or
 * by mtspr, makes it, and only the interrupt (or a stop that ends with a system reset) unmakes it; PENDING_HDECREMENTER
 * is the latch.  Like POWER8, POWER9 makes none while LPCR[HDICE] = 0: KVM sets that bit before it writes HDEC.  (7.4
 * leaves room for this; the witnesses are Linux and kvm-unit-tests, see docs/DIVERGENCES.md.)
 *
 * A 32-bit DEC becomes positive again 2^31 ticks after it went negative, as the real one does.  PURR and SPURR advance
 * with the ticks in which the thread was not stopped: a thread of this model has its cycles to itself.  VTB advances
 * always.
 */
#include "core/state/timer.h"

#include "core/state/context.h"
#include "core/state/interrupt.h"
#include "core/state/pmu.h"
#include "core/state/spr_hooks.h"

enum { DEC_BITS = 32, LARGE_DEC_BITS = 56 };

static u64 ticks_of(const struct thread *t, u64 cycles)
{
    return (u64)((u128)cycles * t->cycles_to_tb >> 32);
}

u64 timer_ticks(const struct thread *t)
{
    return ticks_of(t, thread_time(t));
}
u64 timer_tb(const struct thread *t)
{
    return timer_ticks(t) + (u64)t->tb_offset;
}

static unsigned dec_bits(const struct thread *t)
{
    return (t->spr.LPCR & LPCR_LD) ? LARGE_DEC_BITS : DEC_BITS;
}
static s64 dec_now(const struct thread *t, u64 deadline, unsigned bits)
{
    return sign_extend(deadline - 1 - timer_ticks(t), bits);
}

static void set_pending(struct thread *t, u32 bit, bool on)
{
    if (on && !(t->pending & bit)) thread_raise(t, bit);
    else if (!on) t->pending &= ~bit;
}

/* Ticks until the high-order bit changes. */
static u64 ticks_to_change(s64 value, unsigned bits)
{
    return (u64)(value >= 0 ? value : value + (s64)(1ULL << (bits - 1))) + 1;
}

u64 timer_cycles_at(const struct thread *t, u64 ticks)
{
    u128 cycles;

    if (!t->cycles_to_tb) return TIMER_NEVER;
    cycles = (((u128)ticks << 32) + t->cycles_to_tb - 1) / t->cycles_to_tb;
    return cycles >> 64 ? TIMER_NEVER : (u64)cycles;
}

/* In a stop that ends with a system reset HDEC is not heard: its exception is no reason to wake, and is lost. */
static bool hears_hdec(const struct thread *t)
{
    return (t->spr.LPCR & LPCR_HDICE) && !(t->stopped && stop_exits_by_reset(t));
}

/* After any change of DEC, HDEC or LPCR[LD], and when the deadline has come: what is pending, and the next deadline. */
void timer_update(struct thread *t)
{
    unsigned bits = dec_bits(t);
    s64 dec = dec_now(t, t->dec_deadline, bits), hdec = dec_now(t, t->hdec_deadline, LARGE_DEC_BITS);
    u64 to_dec = ticks_to_change(dec, bits), to_hdec = ticks_to_change(hdec, LARGE_DEC_BITS);

    set_pending(t, PENDING_DECREMENTER, dec < 0);
    if (hdec < 0 && !t->hdec_was_negative && hears_hdec(t)) thread_raise(t, PENDING_HDECREMENTER);
    t->hdec_was_negative = hdec < 0;
    t->timer_deadline = timer_cycles_at(t, timer_ticks(t) + (to_dec < to_hdec ? to_dec : to_hdec));
}

void timer_reset(struct thread *t)
{
    u64 now = timer_ticks(t);

    t->tb_offset = -(s64)now;
    t->dec_deadline = now + (1ULL << 31);
    t->hdec_deadline = now + (1ULL << 55);
    t->hdec_was_negative = false;
    t->vtb_base = now;
    t->purr_base = t->spurr_base = ticks_of(t, thread_time(t) - t->idle_cycles);
    t->tfmr_sync_ticks = now;
    t->spr.IC = (u64)-t->completed;
    timer_update(t);
}

void timer_check(struct thread *t)
{
    if (thread_time(t) >= t->timer_deadline) timer_update(t);
}

u64 timer_next_deadline_cycles(const struct thread *t)
{
    return t->timer_deadline;
}

/* One hook a line reads as a table. */
/* clang-format off */
/* ---- registers ---- */
#define UNUSED_ROW (void)row
static enum spr_result changed(struct thread *t)
{
    timer_update(t);
    thread_attend(t); /* the run loop's limit depends on the deadline */
    return SPR_CONTEXT;
}

HOOK_GET(dec)
{
    s64 value = dec_now(t, t->dec_deadline, dec_bits(t));

    UNUSED_ROW;
    return (t->spr.LPCR & LPCR_LD) ? (u64)value : (u32)value;
}
HOOK_PUT(dec)
{
    UNUSED_ROW;
    t->dec_deadline = timer_ticks(t) + 1 + (u64)sign_extend(value, dec_bits(t));
    return changed(t);
}
HOOK_GET(hdec) { UNUSED_ROW; return (u64)dec_now(t, t->hdec_deadline, LARGE_DEC_BITS); }
HOOK_PUT(hdec)
{
    UNUSED_ROW;
    timer_check(t); /* the edge of the count that ends here */
    t->hdec_deadline = timer_ticks(t) + 1 + (u64)sign_extend(value, LARGE_DEC_BITS);
    return changed(t);
}

HOOK_GET(tb) { UNUSED_ROW; return timer_tb(t); }
HOOK_GET(tbu) { UNUSED_ROW; return timer_tb(t) >> 32; }
static enum spr_result set_tb(struct thread *t, u64 mask, u64 value)
{
    u64 old = timer_tb(t);

    t->tb_offset = (s64)((u64)t->tb_offset + ((old & ~mask) | (value & mask)) - old);
    pmu_time_changed(t);
    return SPR_DONE;
}
HOOK_PUT(tbl) { UNUSED_ROW; return set_tb(t, 0xffffffffULL, value); }
HOOK_PUT(tbu) { UNUSED_ROW; return set_tb(t, ~0xffffffffULL, value << 32); }
HOOK_PUT(tbu40) { UNUSED_ROW; return set_tb(t, ~0xffffffULL, value); }

static u64 busy_ticks(const struct thread *t) { return ticks_of(t, thread_time(t) - t->idle_cycles); }
HOOK_GET(purr) { UNUSED_ROW; return busy_ticks(t) - t->purr_base; }
HOOK_PUT(purr) { UNUSED_ROW; t->purr_base = busy_ticks(t) - value; return SPR_DONE; }
HOOK_GET(spurr) { UNUSED_ROW; return busy_ticks(t) - t->spurr_base; }
HOOK_PUT(spurr) { UNUSED_ROW; t->spurr_base = busy_ticks(t) - value; return SPR_DONE; }
HOOK_GET(vtb) { UNUSED_ROW; return timer_ticks(t) - t->vtb_base; }
HOOK_PUT(vtb) { UNUSED_ROW; t->vtb_base = timer_ticks(t) - value; return SPR_DONE; }
/* The field of IC is what must be added to the completed instructions. */
HOOK_GET(ic) { UNUSED_ROW; return t->completed + t->spr.IC; }
HOOK_PUT(ic) { UNUSED_ROW; t->spr.IC = value - t->completed; return SPR_DONE; }

/*
 * TFMR: a state machine that firmware steps until the core's time base runs with the chip's time of day.
 *
 *     state           on                                  next
 *     any but error   write with LOAD_TOD_MOD             2 not set       (1, sending the modulus, is over at once)
 *     2 not set       write with MOVE_CHIP_TOD_TO_TB      6 wait for the sync pulse
 *     6 wait          the next sync pulse                 7 wait for the value
 *     7 wait          timer_load_tod()                    8 running, MOVE_CHIP_TOD_TO_TB cleared
 *     any             write with CLEAR_TB_ERRORS          0 reset
 *     other           MOVE_CHIP_TOD_TO_TB, or both        9 error, FW_CONTROL_ERROR
 *
 * A sync pulse comes every 2 microseconds.  The ticks of the model never stop, whatever the state says.
 */
#define TFMR_CONTROL (PPC_BITMASK(0, 24) | PPC_BIT(40))
#define TFMR_ECLIPZ PPC_BIT(14)
#define TFMR_LOAD_TOD_MOD PPC_BIT(16)
#define TFMR_MOVE_TOD PPC_BIT(18)
#define TFMR_CLEAR_ERRORS PPC_BIT(24)
#define TFMR_STATE PPC_BITMASK(28, 31)
#define TFMR_LAST_STATE PPC_BITMASK(32, 35)
#define TFMR_TB_VALID PPC_BIT(41)
#define TFMR_SYNC_OCCURRED PPC_BIT(42)
#define TFMR_FW_CONTROL_ERROR PPC_BIT(46)
enum { TB_RESET = 0, TB_NOT_SET = 2, TB_WAIT_SYNC = 6, TB_WAIT_VALUE = 7, TB_RUNNING = 8, TB_ERROR = 9 };
enum { SYNC_PULSE_SHIFT = 10 }; /* 1024 ticks */

static u64 with_state(u64 tfmr, unsigned state)
{
    tfmr = SETFIELD(TFMR_LAST_STATE, tfmr, GETFIELD(TFMR_STATE, tfmr));
    tfmr = SETFIELD(TFMR_STATE, tfmr, state);
    return state == TB_RUNNING ? tfmr | TFMR_TB_VALID : tfmr & ~TFMR_TB_VALID;
}

static void share_tfmr(struct thread *t, u64 tfmr)
{
    t->spr.TFMR = tfmr;
    for (unsigned n = 0; n < t->threads_in_core; n++)
        if (t->sibling[n]) t->sibling[n]->spr.TFMR = tfmr;
}

static bool sync_pulse_came(const struct thread *t)
{
    return timer_ticks(t) >> SYNC_PULSE_SHIFT != t->tfmr_sync_ticks >> SYNC_PULSE_SHIFT;
}

HOOK_GET(tfmr)
{
    u64 tfmr = t->spr.TFMR;

    UNUSED_ROW;
    if (sync_pulse_came(t)) {
        tfmr |= TFMR_SYNC_OCCURRED;
        if (GETFIELD(TFMR_STATE, tfmr) == TB_WAIT_SYNC) tfmr = with_state(tfmr, TB_WAIT_VALUE);
        share_tfmr(t, tfmr);
    }
    return tfmr | TFMR_ECLIPZ;
}

HOOK_PUT(tfmr)
{
    u64 state = GETFIELD(TFMR_STATE, t->spr.TFMR);
    u64 tfmr = (t->spr.TFMR & ~TFMR_CONTROL & ~TFMR_SYNC_OCCURRED) | (value & TFMR_CONTROL);
    bool load = value & TFMR_LOAD_TOD_MOD, move = value & TFMR_MOVE_TOD;

    UNUSED_ROW;
    t->tfmr_sync_ticks = timer_ticks(t);
    tfmr &= ~(value & TFMR_FW_CONTROL_ERROR);
    if (value & TFMR_CLEAR_ERRORS) {
        tfmr &= ~(TFMR_CLEAR_ERRORS | TFMR_LOAD_TOD_MOD | TFMR_MOVE_TOD | TFMR_FW_CONTROL_ERROR);
        tfmr = with_state(tfmr, TB_RESET);
    } else if (load && !move && state != TB_ERROR) {
        tfmr = with_state(tfmr & ~TFMR_LOAD_TOD_MOD, TB_NOT_SET);
    } else if (move && !load && (state == TB_WAIT_SYNC || state == TB_WAIT_VALUE)) {
        tfmr |= TFMR_MOVE_TOD; /* under way already */
    } else if (move && !load && state == TB_NOT_SET) {
        tfmr = with_state(tfmr, TB_WAIT_SYNC);
    } else if (move || load) {
        tfmr = with_state(tfmr & ~(TFMR_LOAD_TOD_MOD | TFMR_MOVE_TOD), TB_ERROR) | TFMR_FW_CONTROL_ERROR;
    }
    share_tfmr(t, tfmr);
    return SPR_DONE;
}

void timer_load_tod(struct thread *t, u64 tod)
{
    u64 tfmr = t->spr.TFMR, state = GETFIELD(TFMR_STATE, tfmr);

    if (state != TB_WAIT_SYNC && state != TB_WAIT_VALUE) return;
    share_tfmr(t, with_state(tfmr & ~TFMR_MOVE_TOD, TB_RUNNING));
    t->tb_offset = (s64)(tod - timer_ticks(t));
    for (unsigned n = 0; n < t->threads_in_core; n++)
        if (t->sibling[n]) t->sibling[n]->tb_offset = t->tb_offset;
}
