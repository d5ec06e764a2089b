/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CPI stack and what translation cost under the model core, for people in stats.txt and for programs in stats.json.
 * The figures themselves are counters and rates, which every account has; what is added here is their order.
 */
#include <stdio.h>

#include "stats/cpi.h"
#include "stats/report_parts.h"

static double percent(u64 part, u64 whole)
{
    return whole ? 100.0 * (double)part / (double)whole : 0;
}

/* All, then each level that has cycles. */
struct columns {
    struct counters of[REPORT_LEVELS + 1];
    unsigned level[REPORT_LEVELS + 1], count;
};

static struct columns columns_of(const struct report *r)
{
    struct columns c = {.of = {report_total(r)}, .count = 1};
    struct walk_tally walks;

    for (unsigned k = 0; k < report_levels(r) && c.count <= REPORT_LEVELS; k++) {
        if (!report_level(r, k, &c.of[c.count], &walks)) continue;
        c.level[c.count++] = k;
    }
    return c;
}

/* Of each column's busy cycles; the text and its name follow. */
static void text_shares(struct emit *e, const struct columns *c, const u64 *part, const char *name, const char *text)
{
    emit_text(e, "#");
    for (unsigned k = 0; k < c->count; k++)
        emit_text(e, k ? "%16.2f%%" : "%15.2f%%", percent(part[k], cpi_sum(&c->of[k])));
    emit_text(e, "  %s%s%s\n", name, *text ? ": " : "", text);
}

static void text_branch(struct emit *e, const struct columns *c, enum cpi_branch branch)
{
    u64 part[REPORT_LEVELS + 1];
    char name[64];

    for (unsigned k = 0; k < c->count; k++) part[k] = cpi_branch_cycles(&c->of[k], branch);
    text_shares(e, c, part, cpi_branch_text(branch), "");
    EACH_CPI_ROW(row)
    {
        if (row->branch != branch || branch == CPI_OF_COMPLETED || !cpi_cycles(&c->of[0], row)) continue;
        for (unsigned k = 0; k < c->count; k++) part[k] = cpi_cycles(&c->of[k], row);
        snprintf(name, sizeof name, "  %s", row->event);
        text_shares(e, c, part, name, row->text);
    }
}

void report_text_core(const struct report *r, struct emit *e)
{
    struct columns c = columns_of(r);

    if (r->model != REPORT_CORE) return;
    if (r->partly_timed)
        emit_text(e,
                  "# The model core timed %.2f%% of the cycles in which threads were not stopped; rates that are not "
                  "shares of its own figures are of all.\n#\n",
                  percent(cpi_sum(&c.of[0]), c.of[0].cycles - c.of[0].idle_cycles));
    emit_text(e, "# CPI stack: shares of the cycles in which threads were not stopped%s\n#%16s",
              r->partly_timed ? ", as far as they were timed" : "", "all");
    for (unsigned k = 1; k < c.count; k++) emit_text(e, "%10slevel %u", "", c.level[k]);
    emit_text(e, "\n");
    for (enum cpi_branch branch = 0; branch < CPI_BRANCHES; branch++) text_branch(e, &c, branch);
    emit_text(e, "#\n");
}

void report_text_caches(const struct report *r, struct emit *e)
{
    for (unsigned k = 0; k < REPORT_CACHES && r->model == REPORT_CORE; k++) {
        const struct report_cache *c = &r->caches[k];
        char name[64], text[96];

        snprintf(name, sizeof name, "cache.%s.held", c->name);
        snprintf(text, sizeof text, "Lines that the %ss held at the end, of %llu", c->name,
                 (unsigned long long)c->lines);
        report_text_line(e, name, c->held, text, "lines");
        snprintf(name, sizeof name, "cache.%s.tables", c->name);
        snprintf(text, sizeof text, "Of these, lines of which walks read table entries: %.2f%%",
                 percent(c->tables, c->held));
        report_text_line(e, name, c->tables, text, "lines");
    }
}

static void json_caches(const struct report *r, struct emit *e)
{
    emit_open(e, "caches", '[');
    for (unsigned k = 0; k < REPORT_CACHES; k++) {
        const struct report_cache *c = &r->caches[k];

        emit_open(e, NULL, '{');
        emit_string(e, "name", c->name);
        emit_u64(e, "lines", c->lines);
        emit_u64(e, "held", c->held);
        emit_u64(e, "tables", c->tables);
        emit_close(e, '}');
    }
    emit_close(e, ']');
}

void report_json_core(const struct report *r, struct emit *e)
{
    if (r->model != REPORT_CORE) return;
    emit_open(e, "cpi_stack", '[');
    EACH_CPI_ROW(row)
    {
        emit_open(e, NULL, '{');
        emit_string(e, "counter", row->counter);
        emit_string(e, "branch", cpi_branch_text(row->branch));
        emit_string(e, "text", row->text);
        emit_close(e, '}');
    }
    emit_close(e, ']');
    json_caches(r, e);
}
