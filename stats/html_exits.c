/* SPDX-License-Identifier: Apache-2.0 */
/*
 * World switches in report.html: the exit table of each level, what the misses behind an exit come to, and the
 * translation events of guests; see html.h, and exit_table.h for what each figure is.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "stats/html.h"
#include "stats/report_parts.h"

static void average_cell(struct emit *e, u64 sum, u64 count)
{
    if (count) html_cell(e, (sum + count / 2) / count);
    else emit_text(e, "<td>-</td>");
}

static void share_cell(struct emit *e, u64 part, u64 whole)
{
    emit_text(e, "<td>");
    html_percent(e, part, whole);
    emit_text(e, "</td>");
}

/* What each hypervisor above the guest spent on one, on the average; columns: how many the table has. */
static void cost_cells(struct emit *e, const struct exit_cost *cost, unsigned level, u64 count, unsigned columns)
{
    for (unsigned k = 0; k < columns; k++)
        if (k < level) average_cell(e, cost->cycles[k], count);
        else emit_text(e, "<td></td>");
}

/* Room for "L0 ...", and their names. */
enum { COLUMNS_MAX = 12 + EXIT_LEVELS };
static unsigned name_hypervisors(const char *columns[COLUMNS_MAX], unsigned at, unsigned hypervisors)
{
    static const char *const names[EXIT_LEVELS] = {"L0, average",  "L1, average",  "L2, average",  "L3, average",
                                                   "L4, average",  "L5, average",  "L6, average",  "L7, average",
                                                   "L8, average",  "L9, average",  "L10, average", "L11, average",
                                                   "L12, average", "L13, average", "L14, average", "L15, average"};

    for (unsigned k = 0; k < hypervisors; k++) columns[at++] = names[k];
    return at;
}

/* ---- the exit table ---- */
static void exit_row(struct emit *e, const struct report_exit *x, const struct exit_sums *s, u64 most)
{
    emit_text(e, "<tr><th scope=row title=\"");
    emit_escaped(e, x->text ? x->text : "");
    emit_text(e, "\">");
    emit_escaped(e, x->reason);
    emit_text(e, "</th><td>L%u</td>", x->handled_by);
    html_cell(e, x->count);
    share_cell(e, x->count, s->count);
    share_cell(e, x->cycles, s->cycles);
    average_cell(e, x->cycles, x->count);
    cost_cells(e, &x->cost, x->level, x->count, x->level);
    html_meter(e, report_exit_hypervisor_cycles(x), most);
    html_cell(e, x->least);
    html_cell(e, x->p50);
    html_cell(e, x->p90);
    html_cell(e, x->p99);
    html_cell(e, x->most);
    emit_text(e, "</tr>\n");
}

static void exit_table(const struct page *p, unsigned level, const struct report_exit *const *list, unsigned count,
                       const struct exit_sums *s)
{
    static const char *const times[] = {"Hypervisors, all", "Min Time", "p50", "p90", "p99", "Max Time"};
    const char *columns[COLUMNS_MAX] = {"VM-EXIT", "Handled by", "Samples", "Samples%", "Time%", "Avg time"};
    unsigned named = name_hypervisors(columns, 6, level);
    char caption[128];

    for (unsigned k = 0; k < ARRAY_SIZE(times); k++) columns[named++] = times[k];
    snprintf(caption, sizeof caption, "VM exits of level %u: cycles until the same virtual processor ran again", level);
    html_head(p->e, caption, columns, named);
    for (unsigned k = 0; k < count; k++) exit_row(p->e, list[k], s, report_exit_hypervisor_cycles(list[0]));
    html_foot(p->e);
}

/* ---- the aftershock ---- */
/* Windows that the next exit cut off at once tell nothing. */
enum { LEAST_WINDOW = 100 };
static void rate_cell(struct emit *e, u64 misses, u64 instructions, u64 windows)
{
    if (instructions && instructions >= windows * LEAST_WINDOW)
        emit_text(e, "<td>%.3f</td>", report_exit_rate(misses, instructions));
    else emit_text(e, "<td>-</td>");
}

static void after_row(struct emit *e, const char *name, unsigned by, const struct miss_tally *m, u64 instructions,
                      u64 windows)
{
    emit_text(e, "<tr><th scope=row>");
    emit_escaped(e, name);
    if (by < EXIT_LEVELS) emit_text(e, ", by L%u", by);
    emit_text(e, "</th>");
    html_cell(e, instructions);
    rate_cell(e, m->erat, instructions, windows);
    rate_cell(e, m->tlb, instructions, windows);
    rate_cell(e, m->pwc, instructions, windows);
    emit_text(e, "</tr>\n");
}

static void after_table(const struct page *p, unsigned level, const struct report_exit *const *list, unsigned count,
                        const struct exit_sums *s)
{
    static const char *const columns[] = {"After", "Instructions", "ERAT misses", "TLB misses",
                                          "Walks without PWC hit"};
    char caption[160];

    if (!s->after_instructions) return;
    snprintf(caption, sizeof caption,
             "Level %u: misses per 1000 instructions, in the %" PRIu64 " instructions after an exit", level,
             p->report->switches.window);
    html_head(p->e, caption, columns, ARRAY_SIZE(columns));
    after_row(p->e, "Steady state: all that is in no window", EXIT_LEVELS, &s->steady, s->steady_instructions, 0);
    after_row(p->e, "All exits", EXIT_LEVELS, &s->after, s->after_instructions, 0);
    for (unsigned k = 0; k < count; k++)
        if (list[k]->after_instructions)
            after_row(p->e, list[k]->reason, list[k]->handled_by, &list[k]->after, list[k]->after_instructions,
                      list[k]->count);
    html_foot(p->e);
}

bool html_has_exits(const struct page *p)
{
    return p->report->exit_count != 0;
}

void html_exits(const struct page *p)
{
    const struct report *r = p->report;
    const struct report_exit **list = calloc(r->exit_count + 1, sizeof *list);

    p->e->failed |= !list;
    if (!list) return;
    emit_text(p->e, "<p>");
    html_number(p->e, r->switches.exits);
    emit_text(p->e, " VM exits and ");
    html_number(p->e, r->switches.entries);
    emit_text(p->e,
              " entries. An exit lasts until the same virtual processor runs again; \"handled by\" is the deepest "
              "of its hypervisors that ran before: L0 is L0 alone. Hypervisors: cycles of all of them, without "
              "idle time and without guests that ran in between.</p>\n");
    for (unsigned level = 1; level < EXIT_LEVELS; level++) {
        unsigned count = report_exit_list(r, level, list);
        struct exit_sums s = report_exit_sums(r, level);

        if (!count) continue;
        emit_text(p->e, "<h3>Level %u</h3>\n", level);
        exit_table(p, level, list, count, &s);
        after_table(p, level, list, count, &s);
    }
    free(list);
    html_leans(p, LEAN_ALL);
}

/* ---- translation events ---- */
static void events_table(const struct page *p, const unsigned *levels, unsigned count)
{
    const char *columns[EXIT_LEVELS + 1] = {"What"};
    char names[EXIT_LEVELS][16];

    for (unsigned k = 0; k < count; k++) {
        snprintf(names[k], sizeof names[k], "Level %u", levels[k]);
        columns[k + 1] = names[k];
    }
    html_head(p->e, "Hypervisor storage interrupts and shadow entries, by level of the guest", columns, count + 1);
    for (unsigned f = 0; f < report_nested_figure_count; f++) {
        const struct nested_figure *figure = &report_nested_figures[f];
        emit_text(p->e, "<tr><th scope=row title=\"%s\">", figure->name);
        emit_escaped(p->e, figure->text);
        emit_text(p->e, "</th>");
        for (unsigned k = 0; k < count; k++) html_cell(p->e, report_nested_get(&p->report->nested[levels[k]], figure));
        emit_text(p->e, "</tr>\n");
    }
    html_foot(p->e);
}

static void episodes_table(const struct page *p, const unsigned *levels, unsigned count)
{
    static const char *const kinds[FAULT_KINDS] = {"L0 alone made the entry", "a hypervisor below L0 ran", "emulated",
                                                   "other"};
    const char *columns[COLUMNS_MAX] = {"Level, kind", "Instructions", "Exits each", "Min",
                                        "p50",         "p99",          "Max",        "Average"};
    unsigned deepest = levels[count - 1];

    html_head(p->e, "Instructions that faulted: cycles from the first fault until it was let run for good", columns,
              name_hypervisors(columns, 8, deepest));
    for (unsigned k = 0; k < count; k++)
        for (unsigned kind = 0; kind < FAULT_KINDS; kind++) {
            const struct fault_episodes *f = &p->report->nested[levels[k]].episodes[kind];
            if (!f->time.count) continue;
            emit_text(p->e, "<tr><th scope=row>Level %u, %s</th>", levels[k], kinds[kind]);
            html_cell(p->e, f->time.count);
            emit_text(p->e, "<td>%.2f</td>", (double)f->exits / (double)f->time.count);
            html_cell(p->e, f->time.least);
            html_cell(p->e, histogram_percentile(&f->time, 50));
            html_cell(p->e, histogram_percentile(&f->time, 99));
            html_cell(p->e, f->time.most);
            average_cell(p->e, f->time.sum, f->time.count);
            cost_cells(p->e, &f->cost, levels[k], f->time.count, deepest);
            emit_text(p->e, "</tr>\n");
        }
    html_foot(p->e);
}

/* What a guest does to its own translations without anybody's help, beside what traps. */
static void own_table(const struct page *p, const unsigned *levels, unsigned count)
{
    static const char *const columns[] = {"Level",
                                          "Data storage interrupts",
                                          "Instruction storage interrupts",
                                          "tlbie, process scope",
                                          "tlbiel, process scope",
                                          "Invalidations by hypercall, for it"};

    html_head(p->e, "The guest's own page faults and invalidations, without exit; and those of its hypervisor", columns,
              ARRAY_SIZE(columns));
    for (unsigned k = 0; k < count; k++) {
        struct counters c;
        struct walk_tally walks;

        if (!report_level(p->report, levels[k], &c, &walks)) continue;
        emit_text(p->e, "<tr><th scope=row>%u</th>", levels[k]);
        html_cell(p->e, c.data_storage);
        html_cell(p->e, c.instruction_storage);
        html_cell(p->e, c.tlbie_process);
        html_cell(p->e, c.tlbiel_process);
        html_cell(p->e, p->report->nested[levels[k]].calls);
        emit_text(p->e, "</tr>\n");
    }
    html_foot(p->e);
}

bool html_has_nested(const struct page *p)
{
    for (unsigned level = 1; level < EXIT_LEVELS; level++)
        if (report_nested_level_used(p->report, level)) return true;
    return false;
}

void html_nested(const struct page *p)
{
    unsigned levels[EXIT_LEVELS], count = 0;

    for (unsigned level = 1; level < EXIT_LEVELS; level++)
        if (report_nested_level_used(p->report, level)) levels[count++] = level;
    emit_text(p->e,
              "<p>A guest below the first level runs on a shadow: a table of L0's, made from the one that its "
              "hypervisor keeps. A fault that the hypervisor's table could have answered is L0's alone; the others are "
              "reflected first. DERIVED figures come from a walk of that table at the moment of the fault, not from "
              "watching L0 read it.</p>\n");
    events_table(p, levels, count);
    episodes_table(p, levels, count);
    own_table(p, levels, count);
    html_leans(p, LEAN_ALL);
}
