/* SPDX-License-Identifier: Apache-2.0 */
/* The exit table of a machine as part of its report; see hypervisor/exits.h for what the figures are. */
#include <stdlib.h>

#include "machine/machine_internal.h"

static int by_level(const void *a, const void *b)
{
    const struct report_exit *x = a, *y = b;
    int names = strcmp(x->reason, y->reason);

    if (x->level != y->level) return x->level < y->level ? -1 : 1;
    if (names) return names;
    return x->handled_by < y->handled_by ? -1 : x->handled_by > y->handled_by;
}

static int by_start(const void *a, const void *b)
{
    const struct exit_flow *x = a, *y = b;

    if (x->start != y->start) return x->start < y->start ? -1 : 1;
    return x->thread < y->thread ? -1 : x->thread > y->thread;
}

static struct report_exit row_of(const struct exit_row *row)
{
    const struct histogram *h = &row->time;

    return (struct report_exit){.level = row->level,
                                .handled_by = row->handled_by,
                                .reason = row->reason,
                                .symbol = row->symbol,
                                .text = row->text,
                                .count = h->count,
                                .open = row->open,
                                .cycles = h->sum,
                                .misses_after = row->after.erat,
                                .least = h->least,
                                .most = h->most,
                                .p50 = histogram_percentile(h, 50),
                                .p90 = histogram_percentile(h, 90),
                                .p99 = histogram_percentile(h, 99),
                                .first_leg_cycles = row->first_leg_cycles,
                                .host_tlbies = row->host_tlbies,
                                .cost = row->cost,
                                .after = row->after,
                                .after_instructions = row->after_instructions,
                                .after_cut = row->after_cut};
}

static void add_switches(const struct machine *m, struct report *r)
{
    const struct exits *x = &m->exits->exits;

    r->switches = (struct report_switches){
        .first_entries = x->first_entries, .lost = x->lost, .window = x->window, .soon = x->nested.soon};
    for (unsigned k = 0; k < PARTITIONS_MAX; k++) {
        r->switches.entries += x->party[k].entries;
        r->switches.exits += x->party[k].exits;
        r->switches.inside += x->party[k].inside;
        r->switches.disagreeing += !exits_agree(x, k);
    }
}

bool machine_report_exits(struct machine *m, struct report *r)
{
    struct exits *x = &m->exits->exits;

    for (unsigned k = 0; k < m->thread_count; k++) exit_watch_pause(m->exits, m->threads[k]);
    exits_settle(x);
    add_switches(m, r);
    if (!x->row_count && !r->switches.entries) return true;
    r->exits = calloc(x->row_count + 1, sizeof *r->exits);
    r->nested = calloc(EXIT_LEVELS, sizeof *r->nested);
    r->flows = calloc(x->flow_count + 1, sizeof *r->flows);
    if (!r->exits || !r->nested || !r->flows) return false;
    for (unsigned k = 0; k < x->row_count; k++)
        if (x->row[k]->time.count || x->row[k]->open) r->exits[r->exit_count++] = row_of(x->row[k]);
    qsort(r->exits, r->exit_count, sizeof *r->exits, by_level);
    memcpy(r->nested, x->nested.level, EXIT_LEVELS * sizeof *r->nested);
    r->nested_count = EXIT_LEVELS;
    for (unsigned k = 0; k < x->flow_count; k++) r->flows[r->flow_count++] = x->flow[k];
    qsort(r->flows, r->flow_count, sizeof *r->flows, by_start);
    return true;
}
