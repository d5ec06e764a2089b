/* SPDX-License-Identifier: Apache-2.0 */
/* Time and turns: the part of the machine that runs.  How it is put together is machine_build.c. */
#include "machine/machine_internal.h"

#include "base/assert.h"
#include "core/run/run.h"
#include "core/state/context.h"
#include "core/state/fabric.h"
#include "core/state/timer.h"
#include "machine/console.h"

enum { PROGRESS_CYCLES = 1 << 22 };

static u64 tb_of_cycles(const struct machine *m, u64 cycles)
{
    return (u64)((u128)cycles * m->cycles_to_tb >> 32);
}

/* The first cycle at which the timebase has reached tb. */
static u64 cycles_of_tb(const struct machine *m, u64 tb)
{
    u128 scaled;

    if (tb > UINT64_MAX >> 8) return UINT64_MAX;
    scaled = ((u128)tb << 32) + m->cycles_to_tb - 1;
    return (u64)(scaled / m->cycles_to_tb);
}

/* A stopped thread whose timer ran out at the very end of the last window does not know it yet: look, or the machine
 * would sleep until the timer's next turn. */
static bool is_runnable(struct thread *t)
{
    if (t->held || t->checkstop) return false;
    if (!t->stopped) return true;
    timer_check(t);
    return thread_wakes(t);
}

/* Nobody runs: when does the next thing happen?  UINT64_MAX: only the console can wake the machine. */
static u64 next_event_cycles(const struct machine *m)
{
    u64 next = m->clock.next_deadline_tb == ALARM_NEVER ? UINT64_MAX : cycles_of_tb(m, m->clock.next_deadline_tb);

    for (unsigned k = 0; k < m->thread_count; k++) {
        struct thread *t = m->threads[k];
        u64 at = t->held || t->checkstop || !machine_is_woken_by_timers(t) ? UINT64_MAX : timer_next_deadline_cycles(t);
        if (at > m->now && at < next) next = at; /* one that has passed is pending, and does not wake this thread */
    }
    return next;
}

static bool anybody_runs(const struct machine *m)
{
    for (unsigned k = 0; k < m->thread_count; k++)
        if (is_runnable(m->threads[k])) return true;
    return false;
}

/* Idle: jump to the next event.  At a terminal idle time passes as it does for the person who types, so that the
 * guest's clock does not race ahead; scripted runs never wait. */
static u64 idle_target(struct machine *m)
{
    u64 target = next_event_cycles(m), now = m->now;

    if (target <= now) return now + 1;
    if (console_is_interactive(m->console)) {
        double wanted = (double)(target - now) / ((double)m->core_mhz * 1e6), spent;
        if (target == UINT64_MAX || wanted > 1.0) wanted = 1.0;
        spent = console_wait(m->console, wanted);
        if (target == UINT64_MAX || spent < wanted) target = now + (u64)(spent * (double)m->core_mhz * 1e6) + 1;
        return target;
    }
    if (target == UINT64_MAX && !m->typed && !(m->board && console_await(m->console))) {
        m->end = MACHINE_GUEST_DIED;
        m->death = "every thread is stopped and nothing is left that could wake one";
        return now + 1;
    }
    return target == UINT64_MAX ? now + m->quantum : target;
}

/* A character a turn goes to the serial port, if it takes one.  Without a board the program takes its characters itself
 * (callthru 60). */
static void poll_console(struct machine *m)
{
    int c = m->board && board_wants_input(m->board) ? console_get(m->console) : -1;

    m->typed = c >= 0 && board_input(m->board, (u8)c);
    if (console_wants_stop(m->console) && m->end == MACHINE_RUNNING) m->end = MACHINE_STOPPED;
}

static void look_for_dead(struct machine *m)
{
    for (unsigned k = 0; k < m->thread_count && m->end == MACHINE_RUNNING; k++)
        if (m->threads[k]->checkstop) {
            m->end = MACHINE_GUEST_DIED;
            m->death = m->threads[k]->death ? m->threads[k]->death : "checkstop";
        }
}

/* The guest has asked for it. */
static void restart(struct machine *m)
{
    if (m->config->no_reboot) {
        m->end = MACHINE_OFF;
        return;
    }
    if (log_guest_begin(m->log, LOG_INFO)) {
        log_say(m->log, LOG_INFO, "the guest restarts the machine after %.6f s of guest time", machine_seconds(m));
        log_guest_end(m->log);
    }
    if (!machine_restart(m)) m->end = MACHINE_GUEST_DIED;
}

/* Everybody has come to the end of the window. */
static void close_window(struct machine *m)
{
    m->now = m->window_end;
    m->window_end = 0;
    clock_advance(&m->clock, tb_of_cycles(m, m->now));
    poll_console(m);
    look_for_dead(m);
    if (m->panic.watching) machine_panic_look(m);
    machine_note_window(m);
    if (P9_ASSERTS) machine_check(m);
    if (m->end == MACHINE_RUNNING && m->reboot_wanted) restart(m);
}

/* A thread that stood still (held, stopped for good) has no local time of its own: it follows the machine. */
static void catch_up(struct machine *m)
{
    for (unsigned k = 0; k < m->thread_count; k++) fabric_stand_still(m->threads[k], m->now);
}

/* The records of the last instructions, which did not fill a block, and how long threads have been idle since. */
void machine_hand_over_records(struct machine *m)
{
    for (unsigned k = 0; k < m->thread_count; k++) {
        thread_record_idle(m->threads[k]);
        retire_drain(m->threads[k]->ring);
    }
}

static bool limit_reached(const struct machine *m, const struct machine_limits *limits)
{
    return machine_completed(m) >= limits->max_insns || machine_cycles(m) >= limits->max_cycles;
}

/* Go on until something says that the machine stands still. */
static void run_on(struct machine *m, const struct machine_limits *limits)
{
    if (!m->window_end) m->window_end = anybody_runs(m) ? m->now + m->quantum : idle_target(m);
    machine_stops_bound(m, limits);
    if (machine_take_turns(m)) {
        close_window(m);
        catch_up(m);
    }
    machine_stops_look(m);
}

static bool wants_to_be_told(const struct machine *m, const struct machine_progress *progress, u64 tell_at)
{
    return progress && progress->tell && (m->now >= tell_at || (progress->asked && *progress->asked));
}

enum machine_end machine_run(struct machine *m, const struct machine_limits *limits,
                             const struct machine_progress *progress)
{
    u64 tell_at = m->now + PROGRESS_CYCLES;

    machine_stops_look(m); /* what is so already */
    machine_change_gear(m);
    while (m->end == MACHINE_RUNNING && !m->reached_now && !limit_reached(m, limits)) {
        machine_look_at_pipeline_log(m);
        machine_look_at_reading(m);
        if (m->whose_turn) m->whose_turn->halt = false;
        run_on(m, limits);
        machine_write_checkpoints(m);
        machine_change_gear(m);
        if (wants_to_be_told(m, progress, tell_at)) {
            progress->tell(progress->self, m);
            tell_at = m->now + PROGRESS_CYCLES;
        }
    }
    machine_hand_over_records(m);
    machine_look_at_pipeline_log(m);
    machine_look_at_reading(m);
    if (m->end != MACHINE_RUNNING) return m->end;
    if (!m->reached_now) return MACHINE_LIMIT;
    m->reached_now = false;
    return MACHINE_REACHED;
}

void machine_finish(struct machine *m)
{
    if (m->window_end) machine_note_window(m);
}

u64 machine_completed(const struct machine *m)
{
    u64 sum = 0;

    for (unsigned k = 0; k < m->thread_count; k++) sum += thread_completed(m->threads[k]);
    return sum;
}

/* In the middle of a window it is later than where the last one ended. */
u64 machine_cycles(const struct machine *m)
{
    u64 local = m->whose_turn ? thread_cycles(m->whose_turn) : m->now;

    return local > m->now ? local : m->now;
}
double machine_seconds(const struct machine *m)
{
    return (double)machine_cycles(m) / ((double)m->core_mhz * 1e6);
}
int machine_exit_code(const struct machine *m)
{
    return m->exit_code;
}
const char *machine_death(const struct machine *m)
{
    return m->death;
}
bool machine_panicked(const struct machine *m)
{
    return m->death == m->panic.text;
}
bool machine_wants_reboot(const struct machine *m)
{
    return m->reboot_wanted;
}
unsigned machine_thread_count(const struct machine *m)
{
    return m->thread_count;
}
struct thread *machine_thread(struct machine *m, unsigned n)
{
    return m->threads[n];
}

struct thread *machine_standing(struct machine *m)
{
    return m->whose_turn ? m->whose_turn : m->threads[0];
}

struct account_book *machine_accounts(struct machine *m)
{
    for (unsigned k = 0; k < m->thread_count; k++) thread_settle_account(m->threads[k]);
    return &m->accounts;
}

const struct ram *machine_ram(const struct machine *m)
{
    return &m->ram;
}

u64 machine_state_hash(const struct machine *m)
{
    static const u8 zeros[RAM_PAGE_SIZE];
    u64 hash = STATE_HASH_START;

    for (unsigned k = 0; k < m->thread_count; k++) hash = state_hash(hash, &thread_state, m->threads[k]);
    if (m->board) hash = state_hash(hash, &board_state, m->board);
    for (u64 ra = 0; ra < m->ram.size_bytes; ra += RAM_PAGE_SIZE) {
        if (!memcmp(m->ram.host + ra, zeros, RAM_PAGE_SIZE)) continue;
        hash = state_hash_bytes(hash, &ra, sizeof ra);
        hash = state_hash_bytes(hash, m->ram.host + ra, RAM_PAGE_SIZE);
    }
    return hash;
}
