/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a program cost, as a table: a column for its own instructions (the problem state of its level), for the rest of
 * its level (its kernel), for each level above, and for all of them together; see exec.h.
 *
 * All but the first column are the region's.  The first is an account of the whole report, which begins with the region
 * because the starter has the counters reset; the starter's last hundred instructions are in it.
 */
#include <inttypes.h>
#include <string.h>

#include "experiment/exec.h"
#include "experiment/starter.h"
#include "stats/cpi.h"
#include "stats/metrics.h"

enum { LEFT = 44, WIDTH = 14, COLUMNS_MAX = 12, CPI_ROWS = 8, STACK_WIDTH = 11 };

struct column {
    char head[16];
    struct counters counters;
};

struct table {
    const struct report *report;
    struct column column[COLUMNS_MAX];
    unsigned columns, whole; /* the column of all */
};

static const struct report_region *region_of(const struct report *r)
{
    for (unsigned k = 0; k < r->region_count; k++)
        if (!strcmp(r->regions[k].name, STARTER_REGION) && r->regions[k].times) return &r->regions[k];
    return NULL;
}

static struct counters of_program(const struct report *r, unsigned level)
{
    struct counters sum = {0};

    for (unsigned k = 0; k < r->account_count; k++)
        if (r->accounts[k].level == level && !strcmp(r->accounts[k].state, "problem"))
            counters_add(&sum, &r->accounts[k].counters);
    return sum;
}

/* What is left of a level; more than there was (the starter's few) leaves nothing. */
static struct counters rest_of(struct counters whole, const struct counters *part)
{
    struct counters rest = whole;

    EACH_COUNTER(row) {
        u64 of_whole = counter_get(&whole, row), of_part = counter_get(part, row);
        u64 *left = (u64 *)(void *)((char *)&rest + row->offset);
        *left = of_whole > of_part ? of_whole - of_part : 0;
    }
    return rest;
}

static void add_column(struct table *t, const char *head, const struct counters *counters)
{
    struct column *c = &t->column[t->columns];

    if (t->columns == COLUMNS_MAX) return;
    snprintf(c->head, sizeof c->head, "%s", head);
    c->counters = *counters;
    t->columns++;
}

static void fill(struct table *t, const struct exec *e, const struct report_region *region)
{
    struct counters program = of_program(t->report, e->level), own = {0}, kernel;

    if (e->level < region->level_count) own = region->levels[e->level].counters;
    kernel = rest_of(own, &program);
    add_column(t, "program", &program);
    add_column(t, "its kernel", &kernel);
    for (unsigned level = e->level; level-- > 0;) {
        char head[] = "level 0";
        head[sizeof head - 2] = (char)('0' + level);
        if (level < region->level_count) add_column(t, head, &region->levels[level].counters);
    }
    t->whole = t->columns;
    add_column(t, "all", &region->counters);
}

/* ---- lines ---- */

enum { OF_LEVEL = 1, /* of who runs guests: not at level 0 */ OF_CORE = 2, OF_TRANSLATION = 4 };
enum line_kind { LINE_COUNT, LINE_BUSY, LINE_METRIC, LINE_SHARE };
static const struct {
    const char *text;
    enum line_kind kind;
    size_t counter;
    enum metric_index metric;
    unsigned flags;
} lines[] = {
    {"instructions", LINE_COUNT, offsetof(struct counters, completed), 0, 0},
    {"cycles, idle ones left out", LINE_BUSY, 0, 0, 0},
    {"idle cycles", LINE_COUNT, offsetof(struct counters, idle_cycles), 0, 0},
    {"cycles per instruction", LINE_METRIC, 0, METRIC_cycles_per_instruction, 0},
    {"translation, percent of the cycles", LINE_SHARE, 0, 0, OF_TRANSLATION},
    {"ERAT misses per 1000 instructions", LINE_METRIC, 0, METRIC_erat_miss_per_1000, OF_TRANSLATION},
    {"TLB misses per 1000 instructions", LINE_METRIC, 0, METRIC_tlb_miss_per_1000, OF_TRANSLATION},
    {"TLB misses", LINE_COUNT, offsetof(struct counters, tlb_miss), 0, OF_TRANSLATION},
    {"table reads for each TLB miss", LINE_METRIC, 0, METRIC_reads_per_walk, OF_TRANSLATION},
    {"cycles of walks", LINE_COUNT, offsetof(struct counters, walk_cycles), 0, OF_TRANSLATION},
    {"cycles of walks that completion waited for", LINE_COUNT, offsetof(struct counters, walk_exposed), 0, OF_CORE},
    {"exits from guests", LINE_COUNT, offsetof(struct counters, guest_exits), 0, OF_LEVEL},
};

static bool value_of(const struct table *t, const struct counters *c, unsigned line, double *value)
{
    u64 look_up = t->report->look_up_cycles;

    switch (lines[line].kind) {
    case LINE_COUNT: *value = (double)*(const u64 *)(const void *)((const char *)c + lines[line].counter); return true;
    case LINE_BUSY: *value = (double)(c->cycles - c->idle_cycles); return true;
    case LINE_METRIC: return metric_value(lines[line].metric, c, look_up, value);
    default:
        return metric_value(t->report->model == REPORT_CORE ? METRIC_translation_exposed_share
                                                            : METRIC_translation_share,
                            c, look_up, value);
    }
}

static void put_line(const struct table *t, unsigned line, struct emit *out)
{
    bool is_count = lines[line].kind == LINE_COUNT || lines[line].kind == LINE_BUSY;

    emit_text(out, "  %-*s", LEFT - 2, lines[line].text);
    for (unsigned k = 0; k < t->columns; k++) {
        double value;
        if (value_of(t, &t->column[k].counters, line, &value)) emit_text(out, "%*.*f", WIDTH, is_count ? 0 : 2, value);
        else emit_text(out, "%*s", WIDTH, "-");
    }
    emit_text(out, "\n");
}

static void put_stack_row(const struct table *t, const struct cpi_row *row, struct emit *out)
{
    for (unsigned k = 0; k < t->columns; k++) {
        const struct counters *c = &t->column[k].counters;
        u64 sum = cpi_sum(c);

        emit_text(out, "%*.1f", STACK_WIDTH, sum ? 100.0 * (double)cpi_cycles(c, row) / (double)sum : 0.0);
    }
    emit_text(out, "  %s\n", row->text);
}

/* The rows of the CPI stack that have the most cycles of all, in that order. */
static void put_stack(const struct table *t, struct emit *out)
{
    const struct counters *all = &t->column[t->whole].counters;
    u64 above = UINT64_MAX;

    emit_text(out, "\nWhere the cycles went, percent of each column's\n");
    for (unsigned k = 0; k < t->columns; k++) emit_text(out, "%*s", STACK_WIDTH, t->column[k].head);
    emit_text(out, "\n");
    for (unsigned shown = 0; shown < CPI_ROWS;) {
        u64 most = 0;

        EACH_CPI_ROW(row) if (cpi_cycles(all, row) < above && cpi_cycles(all, row) > most) most = cpi_cycles(all, row);
        if (!most) return;
        EACH_CPI_ROW(row)
        {
            if (cpi_cycles(all, row) != most) continue;
            put_stack_row(t, row, out);
            shown++;
        }
        above = most;
    }
}

static void put_twin(const struct table *t, struct emit *out)
{
    u64 saved = cpi_cost_of_walks(&t->column[t->whole].counters);

    if (saved) emit_text(out, "Had walks been free, all of it would have taken %" PRIu64 " cycles fewer.\n", saved);
}

/* Without a model of translation there is nothing to tell of it. */
static bool is_shown(const struct report *r, const struct exec *e, unsigned line)
{
    if ((lines[line].flags & OF_CORE) && r->model != REPORT_CORE) return false;
    if ((lines[line].flags & OF_LEVEL) && !e->level) return false;
    return r->model != REPORT_NONE || !(lines[line].flags & OF_TRANSLATION);
}

void exec_table(const struct exec *e, const struct report *r, struct emit *out)
{
    const struct report_region *region = region_of(r);
    struct table t = {.report = r};
    bool is_core = r->model == REPORT_CORE;

    if (!region || e->stage != EXEC_ENDED) return;
    fill(&t, e, region);
    emit_text(out, "What %s cost at level %u, from its first instruction to its end: %.6f ms of guest time\n\n%*s",
              e->program, e->level, (double)region->elapsed / (double)r->core_mhz / 1e3, LEFT, "");
    for (unsigned k = 0; k < t.columns; k++) emit_text(out, "%*s", WIDTH, t.column[k].head);
    emit_text(out, "\n");
    for (unsigned line = 0; line < ARRAY_SIZE(lines); line++)
        if (is_shown(r, e, line)) put_line(&t, line, out);
    if (r->sampling.period)
        emit_text(out, "Cycles are of a sample: `p9sim report` has the estimates and their intervals.\n");
    if (is_core) put_stack(&t, out);
    if (is_core) put_twin(&t, out);
}
