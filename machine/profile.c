/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who hears of each instruction that the model core places: the log of the pipeline, and the profile of cycles by
 * instruction (stats/profile.h), which are added to what the account of the thread is just then.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "core/timing/timing.h"
#include "machine/machine_internal.h"
#include "stats/profile.h"

/* A program's addresses are of its PID; the upper half of the kernel's belongs to every one. */
static u32 pid_of(const struct thread *t, u64 cia)
{
    return (t->msr & MSR_IR) && !(cia >> 62) ? (u32)t->spr.PIDR : 0;
}

static void count_cycles(struct machine *m, const struct timing_step *s)
{
    const struct thread *t = m->threads[s->record->thread];

    if (!s->cycles) return; /* it completed beside its elder */
    profile_note(m->profile, s->record->cia, t->account->number, pid_of(t, s->record->cia), s->cycles, s->walk_exposed);
}

static void step(void *self, const struct timing_step *s)
{
    struct machine *m = self;

    if (m->profile) count_cycles(m, s);
    if (m->log_steps) m->log_steps->step(m->log_steps->self, s);
}

void machine_watch_steps(struct machine *m, const struct timing_watcher *log)
{
    m->log_steps = log;
    timing_watch(m->core.timing, &(struct timing_watcher){m->profile || log ? step : NULL, m});
}

bool machine_profile(struct machine *m)
{
    if (!m->core.timing) return p9_error("--folded: only --model core knows what each instruction took");
    m->profile = calloc(1, sizeof *m->profile);
    if (!m->profile) return p9_error("--folded: the host has no memory");
    profile_open(m->profile, PROFILE_PAGES);
    machine_watch_steps(m, m->log_steps);
    return true;
}

/* ---- names ---- */

struct namer {
    const struct machine *machine;
    const struct machine_symbols *symbols;
};

static void name_account(void *self, u32 number, char *out, size_t size)
{
    const struct account *a = ((struct namer *)self)->machine->accounts.list[number];
    const struct partition *p = a->partition;

    snprintf(out, size, "level %u;LPID %" PRIu32 "%s%s;%s", a->level, p->lpid, p->what[0] ? " " : "", p->what,
             account_state_name(a->state));
}

static void name_symbol(void *self, u64 address, char *out, size_t size)
{
    const struct machine_symbols *symbols = ((struct namer *)self)->symbols;

    *out = 0;
    if (symbols->name) symbols->name(symbols->self, address, out, size);
    profile_clean_name(out);
}

bool machine_fold(struct machine *m, bool of_walks, const struct machine_symbols *symbols, struct emit *e)
{
    struct namer namer = {m, symbols};

    if (m->board) partition_name_l0(&m->partitions, &m->ram);
    profile_fold(m->profile, of_walks, &(struct profile_names){name_account, name_symbol, &namer}, e);
    return !e->failed && !m->profile->starved;
}

void machine_forget_profile(struct machine *m)
{
    if (m->profile) profile_close(m->profile);
}

void machine_close_profile(struct machine *m)
{
    machine_forget_profile(m);
    free(m->profile);
    m->profile = NULL;
}
