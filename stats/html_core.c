/* SPDX-License-Identifier: Apache-2.0 */
/* The model core: the CPI stack of each level of nesting, and what translation cost; see html.h. */
#include "stats/cpi.h"
#include "stats/html.h"

#include <stdio.h>

static double percent(u64 part, u64 whole)
{
    return whole ? 100.0 * (double)part / (double)whole : 0;
}

/* ---- a bar of several parts for each level ---- */

struct bars {
    const char *title;
    const char *const *names; /* of the parts */
    const u8 *pattern;        /* of each: a class s0..s5 */
    unsigned parts;
    void (*cut)(const struct counters *c, u64 *part); /* into parts, */
    u64 (*whole)(const struct counters *c);           /* which sum to this */
};
enum { PARTS_MOST = 6 };

static void bar(struct emit *e, const struct bars *b, const struct page_level *l)
{
    u64 part[PARTS_MOST], whole = b->whole(&l->counters);

    b->cut(&l->counters, part);
    emit_text(e, "<div>Level %u</div><div class=stack role=img aria-label=\"Level %u:", l->level, l->level);
    for (unsigned k = 0; k < b->parts; k++)
        if (part[k]) emit_text(e, " %s %.2f percent;", b->names[k], percent(part[k], whole));
    emit_text(e, "\">");
    for (unsigned k = 0; k < b->parts; k++)
        if (part[k])
            emit_text(e, "<span class=s%u style=\"width:%.3f%%\" title=\"%s %.2f %%\"></span>", b->pattern[k],
                      percent(part[k], whole), b->names[k], percent(part[k], whole));
    emit_text(e, "</div>\n");
}

static void draw(const struct page *p, const struct bars *b)
{
    emit_text(p->e, "<figure><figcaption>%s; the table below has the same figures.</figcaption>\n<ul class=keys>",
              b->title);
    for (unsigned k = 0; k < b->parts; k++)
        emit_text(p->e, "<li><span class=\"key s%u\"></span>%s</li>", b->pattern[k], b->names[k]);
    emit_text(p->e, "</ul>\n");
    for (unsigned k = 0; k < p->levels; k++)
        if (b->whole(&p->level[k].counters)) bar(p->e, b, &p->level[k]);
    emit_text(p->e, "</figure>\n");
}

/* ---- the CPI stack ---- */

static void cut_stack(const struct counters *c, u64 *part)
{
    for (enum cpi_branch b = 0; b < CPI_BRANCHES; b++) part[b] = cpi_branch_cycles(c, b);
}

/* A share of the busy cycles, and what it makes of the cycles per instruction, if all instructions were timed. */
static void share_cell(const struct page *p, u64 part, const struct counters *c)
{
    struct emit *e = p->e;

    emit_text(e, "<td class=meter>");
    html_percent(e, part, cpi_sum(c));
    if (part && c->completed && !p->report->partly_timed)
        emit_text(e, " <small>%.4f</small>", (double)part / (double)c->completed);
    emit_text(e, "<span class=bar aria-hidden=true style=\"width:%.1f%%\"></span></td>", percent(part, cpi_sum(c)));
}

static void stack_row(const struct page *p, const struct cpi_row *row)
{
    if (!cpi_cycles(&p->total, row)) return;
    emit_text(p->e, "<tr><th scope=row title=\"%s\">%s <span class=name>", row->counter, row->event);
    emit_escaped(p->e, row->text);
    emit_text(p->e, "</span></th>");
    for (unsigned k = 0; k < p->levels; k++)
        share_cell(p, cpi_cycles(&p->level[k].counters, row), &p->level[k].counters);
    if (p->levels > 1) share_cell(p, cpi_cycles(&p->total, row), &p->total);
    emit_text(p->e, "</tr>\n");
}

static void stack_branch(const struct page *p, enum cpi_branch branch)
{
    if (!cpi_branch_cycles(&p->total, branch)) return;
    emit_text(p->e, "<tr class=base><th scope=row><span class=\"key s%u\"></span>%s</th>", (unsigned)branch,
              cpi_branch_text(branch));
    for (unsigned k = 0; k < p->levels; k++)
        share_cell(p, cpi_branch_cycles(&p->level[k].counters, branch), &p->level[k].counters);
    if (p->levels > 1) share_cell(p, cpi_branch_cycles(&p->total, branch), &p->total);
    emit_text(p->e, "</tr>\n");
    EACH_CPI_ROW(row) if (row->branch == branch) stack_row(p, row);
}

static void cycles_row(const struct page *p, const char *name, u64 (*of)(const struct counters *c))
{
    emit_text(p->e, "<tr class=base><th scope=row>%s</th>", name);
    for (unsigned k = 0; k < p->levels; k++) html_cell(p->e, of(&p->level[k].counters));
    if (p->levels > 1) html_cell(p->e, of(&p->total));
    emit_text(p->e, "</tr>\n");
}

static void tell_how_much(const struct page *p)
{
    emit_text(p->e, "<p>The model core timed ");
    html_percent(p->e, cpi_sum(&p->total), p->total.cycles - p->total.idle_cycles);
    emit_text(p->e,
              " of the cycles in which threads were not stopped; the rest %s. The stack is of what was timed, rates "
              "that are not shares of its own figures are of all.</p>\n",
              report_is_sampled(p->report) ? "passed at the pace of the windows" : "was charged as the model mmu does");
}

void html_stack(const struct page *p)
{
    static const u8 pattern[CPI_BRANCHES] = {0, 1, 2, 3, 4, 5};
    const char *names[CPI_BRANCHES];

    _Static_assert((int)CPI_BRANCHES <= (int)PARTS_MOST, "a pattern for each branch");
    for (enum cpi_branch b = 0; b < CPI_BRANCHES; b++) names[b] = cpi_branch_text(b);
    emit_text(p->e,
              "<p>By level of nesting: 0 is the host, 1 its guests, 2 their guests. Each cycle in which a thread was "
              "not stopped belongs to one row: to the completion of an instruction, or to what the oldest one, or the "
              "front end, waited for. Names are those of POWER9's events (<code>perf list</code>); SIM_ marks what "
              "hardware does not count. Rows that nobody spent a cycle on are left out.</p>\n");
    if (p->report->partly_timed) tell_how_much(p);
    draw(p, &(struct bars){.title = "CPI stack: share of each level's cycles in which threads were not stopped",
                           .names = names,
                           .pattern = pattern,
                           .parts = CPI_BRANCHES,
                           .cut = cut_stack,
                           .whole = cpi_sum});
    html_head_levels(p,
                     p->report->partly_timed
                         ? "CPI stack: shares of the cycles"
                         : "CPI stack: shares of the cycles, and small the cycles for each instruction",
                     "Waiting for");
    for (enum cpi_branch b = 0; b < CPI_BRANCHES; b++) stack_branch(p, b);
    cycles_row(p, "Cycles of the stack", cpi_sum);
    html_foot(p->e);
    html_leans(p, LEAN_ALL);
}

/* ---- what translation cost ---- */

enum { HOW_WALKS, HOW_ELSE, HOW_HIDDEN, HOWS };

static u64 translation_of(const struct counters *c)
{
    return c->translation_cycles;
}
static u64 exposed_of(const struct counters *c)
{
    return c->translation_exposed;
}
static u64 walk_exposed_of(const struct counters *c)
{
    return c->walk_exposed;
}
static u64 hidden_of(const struct counters *c)
{
    return c->translation_cycles > c->translation_exposed ? c->translation_cycles - c->translation_exposed : 0;
}
static u64 tlb_miss_of(const struct counters *c)
{
    return c->tlb_miss;
}

static void cut_translation(const struct counters *c, u64 *part)
{
    part[HOW_WALKS] = c->walk_exposed;
    part[HOW_ELSE] = c->translation_exposed - c->walk_exposed;
    part[HOW_HIDDEN] = hidden_of(c);
}

static void metric_row(const struct page *p, enum metric_index metric)
{
    double value;

    if (!metric_is_of(metric, report_metrics_of(p->report))) return;
    emit_text(p->e, "<tr><th scope=row title=\"%s\">", metric_rows[metric].name);
    emit_escaped(p->e, metric_rows[metric].text);
    emit_text(p->e, " <span class=soft>(%s)</span></th>", metric_rows[metric].unit);
    for (unsigned k = 0; k <= p->levels; k++) {
        const struct counters *c = k < p->levels ? &p->level[k].counters : &p->total;

        if (k == p->levels && p->levels == 1) continue; /* all are that level */
        if (metric_value(metric, c, p->report->look_up_cycles, &value)) emit_text(p->e, "<td>%.3f</td>", value);
        else emit_text(p->e, "<td>-</td>");
    }
    emit_text(p->e, "</tr>\n");
}

static void cache_space(const struct page *p)
{
    static const char *const columns[] = {"Cache", "Room for", "Lines held", "Of tables", "Share of what is held"};

    html_head(p->e, "Lines in the caches when the run ended; of tables: walks read entries of them", columns,
              ARRAY_SIZE(columns));
    for (unsigned k = 0; k < REPORT_CACHES; k++) {
        const struct report_cache *c = &p->report->caches[k];

        emit_text(p->e, "<tr><th scope=row>%s</th>", c->name);
        html_cell(p->e, c->lines);
        html_cell(p->e, c->held);
        html_meter(p->e, c->tables, c->held);
        emit_text(p->e, "<td>");
        html_percent(p->e, c->tables, c->held);
        emit_text(p->e, "</td></tr>\n");
    }
    html_foot(p->e);
}

bool html_has_translation(const struct page *p)
{
    return p->report->model == REPORT_CORE && p->total.translation_cycles;
}

void html_translation(const struct page *p)
{
    static const char *const names[HOWS] = {"Exposed: walks", "Exposed: look-ups, waiting for a walker",
                                            "Overlapped with other work"};
    static const u8 pattern[HOWS] = {3, 2, 5};
    static const enum metric_index metrics[] = {
        METRIC_translation_exposed_share, METRIC_walk_exposed_share,      METRIC_translation_exposed_part,
        METRIC_cycles_per_walk,           METRIC_exposed_cycles_per_walk, METRIC_exposed_cycles_per_tlb_miss,
        METRIC_walks_cost_share,          METRIC_walks_cost_per_tlb_miss, METRIC_walk_reads_l2_share,
        METRIC_walk_reads_l3_share,       METRIC_walk_reads_other_share,  METRIC_walk_reads_memory_share};

    emit_text(
        p->e,
        "<p>A translation takes from the ERAT miss until the access can go on. What of that time completion waited "
        "for is exposed, the rest was overlapped with the completion of other instructions. Where a program waits for "
        "one thing after the other, the run would have been shorter by what is exposed; where it is limited by how "
        "much "
        "can be under way at a time, it would not. %s</p>\n",
        p->total.cycles_walks_free ? "What walks did cost was found by a second model beside this one, in which they "
                                     "are free."
                                   : "What walks did cost, --set walk_twin=on finds out.");
    draw(p, &(struct bars){.title = "Time that translations took, by level",
                           .names = names,
                           .pattern = pattern,
                           .parts = HOWS,
                           .cut = cut_translation,
                           .whole = translation_of});
    html_head_levels(p, "What translation cost, in cycles and as quotients", "Figure");
    cycles_row(p, "Cycles that translations took", translation_of);
    cycles_row(p, "Exposed", exposed_of);
    cycles_row(p, "Exposed, of walks", walk_exposed_of);
    cycles_row(p, "Overlapped", hidden_of);
    if (p->total.cycles_walks_free) cycles_row(p, "Shorter by, were walks free", cpi_cost_of_walks);
    cycles_row(p, "TLB misses", tlb_miss_of);
    for (unsigned k = 0; k < ARRAY_SIZE(metrics); k++) metric_row(p, metrics[k]);
    html_foot(p->e);
    cache_space(p);
    html_leans(p, LEAN_ALL);
}
