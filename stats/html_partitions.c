/* SPDX-License-Identifier: Apache-2.0 */
/* Who ran: the tree of partitions, the accounts of their privilege states, and the processes that ran longest. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "stats/html.h"
#include "stats/report_parts.h"

enum { PROCESSES_SHOWN = 20 };

void html_partition_name(struct emit *e, const struct report *r, u32 lpid)
{
    const char *name = report_partition_name(r, lpid);

    if (!*name) return;
    emit_text(e, " <span class=name>");
    emit_escaped(e, name);
    emit_text(e, "</span>");
}

/* ---- the tree ---- */

static void seconds_cell(const struct report *r, struct emit *e, u64 cycles)
{
    emit_text(e, "<td>%.6f</td>", report_seconds(r, cycles));
}

static void branch(const struct report *r, struct emit *e, unsigned n)
{
    const struct report_partition *p = &r->partitions[n];
    struct counters sum = {0};

    for (unsigned k = 0; k < r->account_count; k++)
        if (r->accounts[k].partition == n) counters_add(&sum, &r->accounts[k].counters);
    emit_text(e, "<tr><th scope=row style=\"padding-left:%.1fem\">L%u</th><td>%u</td>", 0.4 + 1.2 * (double)p->level,
              p->level, p->lpid);
    if (p->parent < 0) emit_text(e, "<td>-</td>");
    else emit_text(e, "<td>L%u, LPID %u</td>", r->partitions[p->parent].level, r->partitions[p->parent].lpid);
    html_text_cell(e, p->what[0] ? p->what : "unknown");
    seconds_cell(r, e, p->first_cycle);
    seconds_cell(r, e, p->last_cycle);
    html_cell(e, p->entries);
    html_cell(e, sum.completed);
    html_cell(e, sum.cycles);
    emit_text(e, "</tr>\n");
    for (unsigned k = n + 1; k < r->partition_count; k++)
        if (r->partitions[k].parent == (s64)n) branch(r, e, k); /* no deeper than the tree: 16 */
}

static void tree(const struct report *r, struct emit *e)
{
    static const char *const columns[] = {"Level",       "LPID",    "<Guest of",    "<What it is", "First ran, s",
                                          "Last ran, s", "Entries", "Instructions", "Cycles"};

    if (!r->partition_count) return;
    html_head(e, "The tree of partitions, recovered from LPIDR, hypercalls and returns", columns, ARRAY_SIZE(columns));
    branch(r, e, 0);
    html_foot(e);
}

/* ---- accounts ---- */

static void account_cells(struct emit *e, const struct counters *c)
{
    html_cell(e, c->completed);
    html_cell(e, c->cycles);
    html_cell(e, c->idle_cycles);
    html_cell(e, c->derat_miss + c->ierat_miss);
    html_cell(e, c->tlb_miss);
    html_cell(e, c->walk_reads);
    html_cell(e, c->walk_cycles);
    emit_text(e, "</tr>\n");
}

static void states(const struct report *r, struct emit *e)
{
    static const char *const columns[] = {"Who",         "LPID",       "Instructions", "Cycles",          "Idle cycles",
                                          "ERAT misses", "TLB misses", "Walk reads",   "Cycles for walks"};

    html_head(e, "Partitions and their privilege states", columns, ARRAY_SIZE(columns));
    for (unsigned k = 0; k < r->account_count; k++) {
        emit_text(e, "<tr><th scope=row>level %u, ", r->accounts[k].level);
        emit_escaped(e, r->accounts[k].state);
        html_partition_name(e, r, r->accounts[k].lpid);
        emit_text(e, "</th><td>%u</td>", r->accounts[k].lpid);
        account_cells(e, &r->accounts[k].counters);
    }
    html_foot(e);
}

/* ---- processes ---- */

static int by_cycles(const void *a, const void *b)
{
    const struct report_account *x = *(const struct report_account *const *)a;
    const struct report_account *y = *(const struct report_account *const *)b;

    if (x->counters.cycles != y->counters.cycles) return x->counters.cycles > y->counters.cycles ? -1 : 1;
    return x < y ? -1 : 1; /* of one list */
}

static void processes(const struct report *r, struct emit *e)
{
    static const char *const columns[] = {
        "Who",         "LPID",        "<PID",       "Instructions", "Cycles",
        "Idle cycles", "ERAT misses", "TLB misses", "Walk reads",   "Cycles for walks"};
    const struct report_account **list = calloc(r->process_count + 1, sizeof *list);

    e->failed |= !list;
    if (list && r->process_count) {
        for (unsigned k = 0; k < r->process_count; k++) list[k] = &r->processes[k];
        qsort(list, r->process_count, sizeof *list, by_cycles);
        emit_text(e, "<p>A process is known by PIDR, the number that its kernel gave its address space; a kernel works "
                     "under the number of the process that ran last.");
        if (r->process_count > PROCESSES_SHOWN)
            emit_text(e, " The %u of %u that took the most cycles; stats.json has more.", (unsigned)PROCESSES_SHOWN,
                      r->process_count);
        emit_text(e, "</p>\n");
        html_head(e, "Processes in each partition and state", columns, ARRAY_SIZE(columns));
        for (unsigned k = 0; k < r->process_count && k < PROCESSES_SHOWN; k++) {
            char pid[32];
            if (list[k]->pid >= 0) snprintf(pid, sizeof pid, "%" PRId64, list[k]->pid);
            else snprintf(pid, sizeof pid, "%u others", list[k]->pids);
            emit_text(e, "<tr><th scope=row>level %u, ", list[k]->level);
            emit_escaped(e, list[k]->state);
            html_partition_name(e, r, list[k]->lpid);
            emit_text(e, "</th><td>%u</td>", list[k]->lpid);
            html_text_cell(e, pid);
            account_cells(e, &list[k]->counters);
        }
        html_foot(e);
    }
    free(list);
}

void html_partitions(const struct page *p)
{
    tree(p->report, p->e);
    states(p->report, p->e);
    processes(p->report, p->e);
}
