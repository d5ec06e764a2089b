/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stats.json: everything that a run has to say, for programs; docs/RESULTS.md describes each member. A chapter with
 * members of its own adds them in a file of its own (report_parts.h).
 */
#include <inttypes.h>
#include <stdio.h>

#include "stats/metrics.h"
#include "stats/recipe.h"
#include "stats/report_parts.h"

enum { SCHEMA = 1 };

static void json_command(const struct report_host *h, struct emit *e)
{
    emit_open(e, "command", '[');
    for (unsigned k = 0; k < h->argument_count; k++) emit_string(e, NULL, h->arguments[k]);
    emit_close(e, ']');
}

/* In the order of made_by.images; tools/replay.c reads them. */
static void json_paths(const struct recipe *recipe, struct emit *e)
{
    emit_open(e, "paths", '[');
    for (unsigned k = 0; k < recipe->images; k++) emit_string(e, NULL, recipe->image[k].path);
    emit_close(e, ']');
}

static void json_host(const struct report *r, struct emit *e)
{
    const struct report_host *h = &r->host;

    emit_open(e, "host", '{');
    emit_fixed(e, "seconds", h->seconds, 3);
    emit_fixed(e, "mips", h->seconds > 0 ? (double)h->completed / h->seconds / 1e6 : 0, 3);
    emit_u64(e, "memory_bytes", h->memory_bytes);
    if (h->restored) emit_string(e, "restored", h->restored);
    if (h->restored && h->restored_empty) emit_string(e, "empty", h->restored_empty);
    if (h->date) emit_string(e, "date", h->date);
    if (h->out) emit_string(e, "out", h->out);
    if (h->argument_count) json_command(h, e);
    if (r->recipe && r->recipe->images) json_paths(r->recipe, e);
    emit_close(e, '}');
}

static void json_config(const struct report *r, struct emit *e)
{
    emit_open(e, "config", '{');
    for (unsigned k = 0; k < r->option_count; k++) {
        const struct report_option *o = &r->options[k];
        emit_open(e, o->name, '{');
        emit_value(e, "value", o->number);
        emit_string(e, "source", o->provenance);
        emit_string(e, "from", o->source);
        emit_string(e, "unit", o->unit);
        emit_string(e, "text", o->text);
        if (o->could_be) emit_string(e, "could_be", o->could_be);
        emit_close(e, '}');
    }
    emit_close(e, '}');
}

static void json_total(const struct report *r, const struct counters *total, struct emit *e)
{
    emit_open(e, "total", '{');
    EACH_COUNTER_OF(row, r->model)
    {
        char code[16];
        snprintf(code, sizeof code, "0x%05x", row->code);
        emit_open(e, row->name, '{');
        emit_u64(e, "value", counter_get(total, row));
        emit_string(e, "unit", counter_unit_name(row->unit));
        emit_string(e, "event", row->event);
        emit_string(e, "code", row->code ? code : NULL);
        emit_string(e, "text", row->text);
        emit_close(e, '}');
    }
    emit_close(e, '}');
}

static void json_counters(const struct report *r, const struct counters *counters, struct emit *e)
{
    emit_open(e, "counters", '{');
    EACH_COUNTER_OF(row, r->model) emit_u64(e, row->name, counter_get(counters, row));
    emit_close(e, '}');
}

/* Numbers; null where nothing happened that could be divided by. */
static void json_quotients(const struct report *r, struct emit *e, const struct counters *counters)
{
    EACH_METRIC_OF(m, report_metrics_of(r))
    {
        double value;
        if (metric_value(m, counters, r->look_up_cycles, &value)) emit_fixed(e, metric_rows[m].name, value, 6);
        else emit_null(e, metric_rows[m].name);
    }
}

static void json_metrics(const struct report *r, struct emit *e, const struct counters *total)
{
    emit_open(e, "metrics", '{');
    emit_open(e, "about", '{');
    EACH_METRIC_OF(m, report_metrics_of(r))
    {
        emit_open(e, metric_rows[m].name, '{');
        emit_string(e, "unit", metric_rows[m].unit);
        emit_string(e, "text", metric_rows[m].text);
        emit_close(e, '}');
    }
    emit_close(e, '}');
    emit_open(e, "total", '{');
    json_quotients(r, e, total);
    emit_close(e, '}');
    emit_open(e, "levels", '[');
    for (unsigned level = 0; level < report_levels(r); level++) {
        struct counters counters;
        struct walk_tally walks;

        if (!report_level(r, level, &counters, &walks)) continue;
        emit_open(e, NULL, '{');
        emit_u64(e, "level", level);
        json_quotients(r, e, &counters);
        emit_close(e, '}');
    }
    emit_close(e, ']');
    emit_close(e, '}');
}

static void json_matrix(struct emit *e, const char *name, const u64 matrix[WALK_ROWS][WALK_COLUMNS])
{
    emit_open(e, name, '[');
    for (unsigned row = 0; row < WALK_ROWS; row++) {
        emit_open(e, NULL, '[');
        for (unsigned column = 0; column < WALK_COLUMNS; column++) emit_u64(e, NULL, matrix[row][column]);
        emit_close(e, ']');
    }
    emit_close(e, ']');
}

static void json_sources(struct emit *e, const char *name, const u64 reads[WALK_SOURCES])
{
    emit_open(e, name, '{');
    for (unsigned k = 0; k < WALK_SOURCES; k++) emit_u64(e, walk_source_name(k), reads[k]);
    emit_close(e, '}');
}

/* Of the reads from storage: which of the caches had them. */
static void json_served(const struct walk_tally *t, struct emit *e)
{
    emit_open(e, "served", '{');
    for (unsigned k = 0; k < WALK_SERVED; k++) {
        emit_open(e, walk_served_name(k), '{');
        json_matrix(e, "reads", t->served[k]);
        emit_u64(e, "partition_table", t->partition_table_served[k]);
        emit_u64(e, "hash_groups", t->group_served[k]);
        emit_close(e, '}');
    }
    emit_close(e, '}');
}

/* The members of a tally; the object around them is the caller's. */
static void json_tally(const struct report *r, const struct walk_tally *t, struct emit *e)
{
    emit_open(e, "reads", '{');
    for (unsigned k = 0; k < WALK_SOURCES; k++) json_matrix(e, walk_source_name(k), t->reads[k]);
    emit_close(e, '}');
    json_matrix(e, "cycles", t->cycles);
    json_sources(e, "partition_table", t->partition_table);
    emit_u64(e, "partition_table_cycles", t->partition_table_cycles);
    emit_open(e, "hash_groups", '{');
    emit_u64(e, "primary", t->group[0]);
    emit_u64(e, "secondary", t->group[1]);
    emit_u64(e, "cycles", t->group_cycles);
    emit_close(e, '}');
    if (r->model == REPORT_CORE) json_served(t, e);
    emit_open(e, "walks_by_reads", '[');
    for (unsigned k = 0; k < WALK_LENGTHS; k++) emit_u64(e, NULL, t->length[k]);
    emit_close(e, ']');
    emit_open(e, "faults", '{');
    for (unsigned k = 0; k < WALK_REASONS; k++)
        if (t->fault[k] && r->fault_names[k]) emit_u64(e, r->fault_names[k], t->fault[k]);
    emit_close(e, '}');
}

/* By process, if they are told apart. */
static void json_accounts(const struct report *r, struct emit *e)
{
    const struct report_account *list = r->process_count ? r->processes : r->accounts;
    unsigned count = r->process_count ? r->process_count : r->account_count;

    emit_open(e, "accounts", '[');
    for (unsigned k = 0; k < count; k++) {
        const struct report_account *a = &list[k];
        emit_open(e, NULL, '{');
        emit_u64(e, "partition", a->partition);
        emit_u64(e, "level", a->level);
        emit_u64(e, "lpid", a->lpid);
        if (a->parent >= 0) emit_u64(e, "parent", (u64)a->parent);
        else emit_null(e, "parent");
        emit_string(e, "state", a->state);
        if (a->pid >= 0) emit_u64(e, "pid", (u64)a->pid);
        else emit_null(e, "pid");
        if (a->pid < 0) emit_u64(e, "pids", a->pids);
        json_counters(r, &a->counters, e);
        emit_open(e, "walks", '{');
        json_tally(r, &a->walks, e);
        emit_close(e, '}');
        emit_close(e, '}');
    }
    emit_close(e, ']');
}

static void json_walks(const struct report *r, struct emit *e)
{
    emit_open(e, "walks", '{');
    emit_string(e, "rows",
                "process scope, what is wanted: the process-table entry, the entries of levels 1 to 4, the page");
    emit_string(e, "columns", "the entry itself, then the partition-scoped levels 1 to 4 that translate its address");
    emit_open(e, "levels", '[');
    for (unsigned level = 0; level < report_levels(r); level++) {
        struct walk_tally sum;
        struct counters counters;

        if (!report_level(r, level, &counters, &sum)) continue;
        emit_open(e, NULL, '{');
        emit_u64(e, "level", level);
        json_tally(r, &sum, e);
        emit_close(e, '}');
    }
    emit_close(e, ']');
    emit_close(e, '}');
}

/* What a what-if run is compared by. */
static void json_array(struct emit *e, const struct counters *c, u64 look_up_cycles)
{
    emit_u64(e, "tlb_access", c->tlb_access);
    emit_u64(e, "tlb_miss", c->tlb_miss);
    emit_u64(e, "walk_reads", c->walk_reads);
    emit_u64(e, "walk_cycles", c->walk_cycles);
    emit_u64(e, "translation_cycles", c->walk_cycles + c->tlb_access * look_up_cycles);
}

static void json_what_if(const struct report *r, struct emit *e)
{
    emit_open(e, "what_if", '[');
    for (unsigned k = 0; k < r->what_if_count; k++) {
        const struct report_what_if *w = &r->what_if[k];
        struct counters sum = {0};

        for (unsigned level = 0; level < REPORT_LEVELS; level++) counters_add(&sum, &w->counters[level]);
        emit_open(e, NULL, '{');
        emit_string(e, "setting", w->setting);
        json_array(e, &sum, w->look_up_cycles);
        emit_open(e, "levels", '[');
        for (unsigned level = 0; level < REPORT_LEVELS; level++) {
            if (!w->counters[level].tlb_access) continue;
            emit_open(e, NULL, '{');
            emit_u64(e, "level", level);
            json_array(e, &w->counters[level], w->look_up_cycles);
            emit_close(e, '}');
        }
        emit_close(e, ']');
        emit_close(e, '}');
    }
    emit_close(e, ']');
}

/* What each level did in a region: what is zero is left out. */
static void json_region_levels(const struct report_region *region, struct emit *e)
{
    emit_open(e, "levels", '[');
    for (unsigned k = 0; k < region->level_count; k++) {
        emit_open(e, NULL, '{');
        emit_u64(e, "level", k);
        EACH_COUNTER(row) {
            u64 value = counter_get(&region->levels[k].counters, row);
            if (value) emit_u64(e, row->name, value);
        }
        emit_close(e, '}');
    }
    emit_close(e, ']');
}

static void json_region_what_ifs(const struct report *r, const struct report_region *region, struct emit *e)
{
    if (!region->what_if_count) return;
    emit_open(e, "what_if", '[');
    for (unsigned k = 0; k < region->what_if_count && k < r->what_if_count; k++) {
        emit_open(e, NULL, '{');
        emit_string(e, "setting", r->what_if[k].setting);
        json_array(e, &region->what_if[k], r->what_if[k].look_up_cycles);
        emit_close(e, '}');
    }
    emit_close(e, ']');
}

/* Cycles of the model core with another value of one option; "": as it is. */
static void json_variant_name(const struct report_variant *v, struct emit *e)
{
    emit_string(e, "option", *v->option ? v->option : NULL);
    emit_string(e, "value", *v->option ? v->value : NULL);
}

static void json_variant_cycles(const struct variant_cycles *c, struct emit *e)
{
    emit_u64(e, "cycles", c->timed);
    emit_u64(e, "cycles_walks_free", c->walks_free);
}

static void json_variants(const struct report *r, struct emit *e)
{
    emit_open(e, "variants", '[');
    for (unsigned k = 0; k < r->variant_count; k++) {
        emit_open(e, NULL, '{');
        json_variant_name(&r->variants[k], e);
        emit_open(e, "levels", '[');
        for (unsigned level = 0; level < REPORT_LEVELS; level++) {
            if (!r->variants[k].level[level].timed) continue;
            emit_open(e, NULL, '{');
            emit_u64(e, "level", level);
            json_variant_cycles(&r->variants[k].level[level], e);
            emit_close(e, '}');
        }
        emit_close(e, ']');
        emit_close(e, '}');
    }
    emit_close(e, ']');
}

static void json_region_variants(const struct report *r, const struct report_region *region, struct emit *e)
{
    if (!region->variant_count) return;
    emit_open(e, "variants", '[');
    for (unsigned k = 0; k < region->variant_count && k < r->variant_count; k++) {
        emit_open(e, NULL, '{');
        json_variant_name(&r->variants[k], e);
        json_variant_cycles(&region->variant[k], e);
        emit_close(e, '}');
    }
    emit_close(e, ']');
}

static void json_regions(const struct report *r, struct emit *e)
{
    emit_open(e, "regions", '[');
    for (unsigned k = 0; k < r->region_count; k++) {
        char tag[24];
        snprintf(tag, sizeof tag, "%" PRIu64, r->regions[k].tag);
        emit_open(e, NULL, '{');
        emit_string(e, "tag", tag);
        if (r->regions[k].name[0]) emit_string(e, "name", r->regions[k].name);
        emit_u64(e, "times", r->regions[k].times);
        emit_bool(e, "open", r->regions[k].open);
        emit_u64(e, "elapsed", r->regions[k].elapsed);
        json_counters(r, &r->regions[k].counters, e);
        emit_open(e, "walks", '{');
        json_tally(r, &r->regions[k].walks, e);
        emit_close(e, '}');
        json_region_levels(&r->regions[k], e);
        json_region_what_ifs(r, &r->regions[k], e);
        json_region_variants(r, &r->regions[k], e);
        emit_close(e, '}');
    }
    emit_close(e, ']');
}

static void json_panic(const struct report *r, const struct report_panic *p, struct emit *e)
{
    emit_open(e, NULL, '{');
    emit_u64(e, "level", p->level);
    emit_bool(e, "level_is_exact", p->is_told);
    if (p->is_told) emit_u64(e, "partition", p->partition), emit_u64(e, "lpid", p->lpid);
    else emit_null(e, "partition"), emit_null(e, "lpid");
    emit_u64(e, "cycle", p->cycle);
    emit_fixed(e, "guest_seconds", report_seconds(r, p->cycle), 9);
    emit_string(e, "text", p->words);
    emit_close(e, '}');
}

static void json_run(const struct report *r, struct emit *e)
{
    emit_open(e, "run", '{');
    emit_string(e, "end", r->end);
    emit_u64(e, "exit_status", r->exit_status);
    emit_u64(e, "cycles", r->cycles);
    emit_fixed(e, "guest_seconds", report_seconds(r, r->cycles), 9);
    emit_open(e, "threads", '[');
    for (unsigned k = 0; k < r->thread_count; k++) {
        emit_open(e, NULL, '{');
        emit_u64(e, "pir", r->threads[k].pir);
        emit_u64(e, "completed", r->threads[k].completed);
        emit_u64(e, "cycles", r->threads[k].cycles);
        emit_u64(e, "idle_cycles", r->threads[k].idle_cycles);
        emit_close(e, '}');
    }
    emit_close(e, ']');
    emit_open(e, "marks", '[');
    for (unsigned k = 0; k < r->mark_count; k++) {
        emit_open(e, NULL, '{');
        emit_string(e, "name", r->marks[k].name);
        emit_u64(e, "cycle", r->marks[k].cycle);
        emit_u64(e, "completed", r->marks[k].completed);
        emit_close(e, '}');
    }
    emit_close(e, ']');
    emit_open(e, "panics", '[');
    for (unsigned k = 0; k < r->panic_count; k++) json_panic(r, &r->panics[k], e);
    emit_close(e, ']');
    emit_close(e, '}');
}

static void json_failure(void *self, const char *sentence)
{
    emit_string(self, NULL, sentence);
}

static void json_invariants(const struct report *r, struct emit *e)
{
    emit_open(e, "invariants", '{');
    emit_u64(e, "checked", report_check(r, NULL, NULL).checked);
    emit_open(e, "failed", '[');
    report_check(r, json_failure, e);
    emit_close(e, ']');
    emit_close(e, '}');
}

void report_json(const struct report *r, struct emit *e)
{
    struct counters total = report_total(r);

    emit_open(e, NULL, '{');
    emit_u64(e, "schema", SCHEMA);
    emit_string(e, "version", r->version);
    report_json_answer(r, e);
    json_host(r, e);
    report_json_made_by(r, e);
    json_config(r, e);
    json_total(r, &total, e);
    json_metrics(r, e, &total);
    report_json_core(r, e);
    report_json_sample(r, e);
    report_json_partitions(r, e);
    json_accounts(r, e);
    json_walks(r, e);
    json_what_if(r, e);
    if (r->variant_count) json_variants(r, e);
    report_json_exits(r, e);
    report_json_hot(r, e);
    report_json_nested(r, e);
    json_regions(r, e);
    json_invariants(r, e);
    json_run(r, e);
    emit_close(e, '}');
}
