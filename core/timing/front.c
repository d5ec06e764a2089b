/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The front end: groups of instructions are fetched, one a cycle by all threads of the core together - up to
 * fetch_width of them that follow each other in one block of storage - as far ahead of dispatch as the fetch queue
 * allows.  A new line of storage is asked for from the caches, a new page is translated if the ERAT does not have it.
 * A taken branch ends its group; where the next one comes from, and how much later, the predictors say.
 *
 * What would have been fetched on a wrong path is not; the right path begins when the branch has been executed.
 */
#include "core/timing/lane.h"
#include "stats/counters.h"

/* A line of instructions that the L1I does not have. */
static u64 wait_for_line(struct lane *l, const struct memory_answer *line)
{
    static const u8 why[SERVED_COUNT] = {[SERVED_L1] = CPI_noslot_fetch,
                                         [SERVED_L2] = CPI_noslot_ic_l2,
                                         [SERVED_L3] = CPI_noslot_ic_l3,
                                         [SERVED_OTHER] = CPI_noslot_ic_l3miss,
                                         [SERVED_MEMORY] = CPI_noslot_ic_l3miss};
    struct counters *c = l->account.counters;

    l->front = l->front == CPI_noslot_br_mpred ? CPI_noslot_br_mpred_icmiss : why[line->from];
    c->l1i_miss++;
    c->fetch_from_l2 += line->from <= SERVED_L2;
    c->fetch_from_l3 += line->from == SERVED_L3;
    c->fetch_from_other += line->from == SERVED_OTHER;
    c->fetch_from_memory += line->from == SERVED_MEMORY;
    return line->when;
}

static u64 translate(struct lane *l, const struct retire *r, const struct retire_block *block, u64 when)
{
    const struct retire_access *a = lane_fetch_access(r, block);
    struct moments m;

    if (!a) return when;
    l->fetch_missed = when;
    l->fetch_translated = lsu_translate(l, r, a, block, when, true, &m);
    l->fetch_walk_from = m.walk_from;
    l->fetch_walk_to = m.walk_to;
    return l->fetch_translated;
}

/* Of a new line: when its instructions are there. */
static u64 fetch_line(struct lane *l, const struct retire *r, const struct retire_block *block, u64 when)
{
    const struct timing *t = l->core->timing;
    bool first = !t->config.translate_after_icache_miss;
    struct memory_answer line;
    u64 at;

    if (first) when = translate(l, r, block, when);
    if (r->ra == ~0ULL) return first ? when : translate(l, r, block, when);
    l->line = line_of(r->ra);
    line = memory_fetch(t->memory, l->core->number, r->ra, when);
    at = line.when > when || line.from != SERVED_L1 ? wait_for_line(l, &line) : when;
    return at > when && !first ? translate(l, r, block, at) : at;
}

void front_begin_group(struct lane *l, const struct retire *r, const struct retire_block *block)
{
    u64 at = front_earliest(l, l->placed);

    if (l->complete_at >= l->share_at && l->core->timing->threads > 1) lane_count_sharers(l);
    front_open_group(l);
    if (unlikely(l->core->sharers > 1)) at = booking_take(&l->core->fetches, at);
    if (line_of(r->ra) != l->line || lane_fetch_access(r, block)) at = fetch_line(l, r, block, at);
    l->fetch_at = at;
    l->next_fetch = at + 1;
    l->fetch_left = front_group_length(l, r);
}

struct branch_outcome front_predict(struct lane *l, const struct op *op, const struct retire *r)
{
    const bool taken = r->flags & RETIRE_TAKEN, is_in_word = op->branch <= BRANCH_ALWAYS;
    const struct branch b = {.ea = r->cia,
                             .target = is_in_word && !taken ? op_branch_target(r->facts, r->cia) : r->nia,
                             .kind = (enum branch_kind)op->branch,
                             .hint = (enum branch_hint)op->hint,
                             .conditional = op->conditional,
                             .call = op->call,
                             .taken = taken};

    return branch_predict(l->core->branches, l->in_core, &b);
}

bool front_branch(struct lane *l, const struct op *op, const struct retire *r, u64 finish)
{
    const struct timing_config *c = &l->core->timing->config;
    struct branch_outcome outcome = front_predict(l, op, r);

    if (unlikely(outcome.mispredicted)) {
        l->account.counters->branch_mispredicted++;
        l->account.counters->branch_target_wrong += outcome.target_wrong;
        l->next_fetch = finish + c->mispredict_cycles - c->front_cycles;
        l->redirect = CPI_noslot_br_mpred;
        return true;
    }
    if (!(r->flags & RETIRE_TAKEN)) return false;
    l->next_fetch = l->fetch_at + 1 + outcome.bubble;
    return true;
}

void front_restart(struct lane *l, u64 when, enum cpi why)
{
    l->next_fetch = later(l->next_fetch, when - l->core->timing->config.front_cycles);
    l->redirect = (u8)why;
    l->fetch_left = 0;
}
