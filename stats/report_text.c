/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stats.txt: one line per figure, "name value # text (unit)", so that a person reads it and a script of one line takes
 * a figure out of it. Lines that begin with "#" are for people only. A chapter with figures of its own writes its lines
 * through report_text_line() in a file of its own (report_parts.h).
 */
#include <inttypes.h>
#include <stdio.h>

#include "stats/metrics.h"
#include "stats/recipe.h"
#include "stats/report_parts.h"

void report_text_line(struct emit *e, const char *name, u64 value, const char *text, const char *unit)
{
    emit_text(e, "%-44s %20" PRIu64 " # %s (%s)\n", name, value, text, unit);
}

static void text_counters(const struct report *r, struct emit *e, const char *prefix, const struct counters *counters,
                          bool zeros)
{
    EACH_COUNTER_OF(row, r->model)
    {
        char name[128];
        if (!zeros && !counter_get(counters, row)) continue;
        snprintf(name, sizeof name, "%s%s", prefix, row->name);
        report_text_line(e, name, counter_get(counters, row), row->text, counter_unit_name(row->unit));
    }
}

/* ---- rates and shares, for people (as comments) and for programs ---- */

/* A column for each level of nesting that somebody ran at, and one for all. */
static void text_people(const struct report *r, struct emit *e, const struct counters *all)
{
    u64 look_up_cycles = r->look_up_cycles;
    struct counters of_level[REPORT_LEVELS];
    unsigned levels = 0;
    struct walk_tally walks;
    double value;

    emit_text(e, "#\n#%16s", "all");
    for (unsigned k = 0; k < report_levels(r) && levels < REPORT_LEVELS; k++) {
        if (!report_level(r, k, &of_level[levels], &walks)) continue;
        levels++;
        emit_text(e, "%10slevel %u", "", k);
    }
    emit_text(e, "\n#%16" PRIu64, all->completed);
    for (unsigned k = 0; k < levels; k++) emit_text(e, "%17" PRIu64, of_level[k].completed);
    emit_text(e, "  instructions\n#%16" PRIu64, all->cycles);
    for (unsigned k = 0; k < levels; k++) emit_text(e, "%17" PRIu64, of_level[k].cycles);
    emit_text(e, "  cycles\n");
    EACH_METRIC_OF(m, report_metrics_of(r))
    {
        if (!metric_value(m, all, look_up_cycles, &value)) continue;
        emit_text(e, "#%16.4f", value);
        for (unsigned k = 0; k < levels; k++)
            if (metric_value(m, &of_level[k], look_up_cycles, &value)) emit_text(e, "%17.4f", value);
            else emit_text(e, "%17s", "-");
        emit_text(e, "  %s: %s\n", metric_rows[m].unit, metric_rows[m].text);
    }
    emit_text(e, "#\n");
}

/* Those that have a value. */
static void text_metrics(const struct report *r, struct emit *e, const char *prefix, const struct counters *counters)
{
    double value;

    EACH_METRIC_OF(m, report_metrics_of(r))
    {
        char name[128];
        if (!metric_value(m, counters, r->look_up_cycles, &value)) continue;
        snprintf(name, sizeof name, "%s%s", prefix, metric_rows[m].name);
        emit_text(e, "%-44s %20.6f # %s (%s)\n", name, value, metric_rows[m].text, metric_rows[m].unit);
    }
}

static void text_what_if(struct emit *e, const struct report_what_if *w)
{
    struct counters sum = {0};
    char name[128];

    for (unsigned level = 0; level < REPORT_LEVELS; level++) counters_add(&sum, &w->counters[level]);
    snprintf(name, sizeof name, "what_if.%s.tlb_miss", w->setting);
    report_text_line(e, name, sum.tlb_miss, "TLB misses with this setting", "events");
    snprintf(name, sizeof name, "what_if.%s.walk_reads", w->setting);
    report_text_line(e, name, sum.walk_reads, "Table entries read from storage with this setting", "events");
    snprintf(name, sizeof name, "what_if.%s.translation_cycles", w->setting);
    report_text_line(e, name, sum.walk_cycles + sum.tlb_access * w->look_up_cycles,
                     "Cycles of TLB look-ups and walks with this setting", "cycles");
}

/* The first one is the model as it is. */
static void text_variant(struct emit *e, const struct report_variant *v)
{
    struct variant_cycles sum = {0};
    char name[128];

    for (unsigned level = 0; level < REPORT_LEVELS; level++) {
        sum.timed += v->level[level].timed;
        sum.walks_free += v->level[level].walks_free;
    }
    snprintf(name, sizeof name, "variant.%s%s%s.cycles", *v->option ? v->option : "as_it_is", *v->option ? "=" : "",
             v->value);
    report_text_line(e, name, sum.timed, "Cycles of what was looked at, with this setting of the model core", "cycles");
    snprintf(name, sizeof name, "variant.%s%s%s.cycles_walks_free", *v->option ? v->option : "as_it_is",
             *v->option ? "=" : "", v->value);
    report_text_line(e, name, sum.walks_free, "The same, had walks been free", "cycles");
}

void report_text(const struct report *r, struct emit *e)
{
    struct counters total = report_total(r);
    struct invariants checks = report_check(r, NULL, NULL);
    char name[128];

    emit_text(e, "# p9sim %s, %s: %s\n", r->version, r->commit, r->end);
    report_text_answer(r, e);
    report_text_made_by(r, e);
    text_people(r, e, &total);
    report_text_sample_people(r, e);
    report_text_core(r, e);
    report_text_leans(r, "# ", e);
    emit_text(e, "#\n");
    report_text_tree(r, e);
    report_text_exits_table(r, e);
    emit_text(e, "%-44s %20.9f # Guest time (seconds)\n", "guest_seconds", report_seconds(r, r->cycles));
    report_text_line(e, "exit_status", r->exit_status, "Exit status of p9sim", "number");
    text_counters(r, e, "", &total, true);
    text_metrics(r, e, "", &total);
    report_text_caches(r, e);
    for (unsigned level = 0; level < report_levels(r); level++) {
        struct counters counters;
        struct walk_tally walks;
        if (!report_level(r, level, &counters, &walks)) continue;
        snprintf(name, sizeof name, "level%u.", level);
        text_metrics(r, e, name, &counters);
    }
    for (unsigned k = 0; k < r->account_count; k++) {
        const struct report_account *a = &r->accounts[k];
        report_account_name(r, a, name, sizeof name);
        text_counters(r, e, name, &a->counters, false);
    }
    report_text_processes(r, e);
    report_text_partitions(r, e);
    for (unsigned k = 0; k < r->region_count; k++) {
        if (r->regions[k].name[0]) snprintf(name, sizeof name, "region.%s.", r->regions[k].name);
        else snprintf(name, sizeof name, "region%" PRIu64 ".", r->regions[k].tag);
        text_counters(r, e, name, &r->regions[k].counters, false);
    }
    report_text_sample(r, e);
    report_text_hot(r, e);
    report_text_exits(r, e);
    report_text_nested(r, e);
    for (unsigned k = 0; k < r->what_if_count; k++) text_what_if(e, &r->what_if[k]);
    for (unsigned k = 0; k < r->variant_count; k++) text_variant(e, &r->variants[k]);
    for (unsigned k = 0; k < r->mark_count; k++) {
        snprintf(name, sizeof name, "mark.%.80s.cycle", r->marks[k].name);
        report_text_line(e, name, r->marks[k].cycle, "When this mark was reached", "cycles");
    }
    report_text_line(e, "invariants_checked", checks.checked, "Relations between counters that were checked", "number");
    report_text_line(e, "invariants_failed", checks.failed, "Relations that do not hold: these figures are wrong",
                     "number");
}
