/* SPDX-License-Identifier: Apache-2.0 */
/* Text, JSON, configuration and timeline of a run; see report.h.  The HTML is html.c. */
#include "stats/report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "stats/metrics.h"

enum { SCHEMA = 1 };

const char *counter_unit_name(enum counter_unit unit)
{
    static const char *const names[] = {"events", "cycles", "instructions"};

    return names[unit];
}

u64 report_hit_cycles(const struct report *r)
{
    for (unsigned k = 0; k < r->option_count; k++)
        if (!strcmp(r->options[k].name, "tlb_hit_cycles")) return strtoull(r->options[k].value, NULL, 10);
    return 0;
}

static double seconds_of(const struct report *r, u64 cycles)
{
    return (double)cycles / ((double)r->core_mhz * 1e6);
}

/* ---- stats.txt -----------------------------------------------------------------------------------------------------
 */

static void text_line(struct emit *e, const char *name, u64 value, const char *text, const char *unit)
{
    emit_text(e, "%-44s %20" PRIu64 " # %s (%s)\n", name, value, text, unit);
}

static void text_counters(struct emit *e, const char *prefix, const struct counters *counters, bool zeros)
{
    EACH_COUNTER(row)
    {
        char name[128];
        if (!zeros && !counter_get(counters, row)) continue;
        snprintf(name, sizeof name, "%s%s", prefix, row->name);
        text_line(e, name, counter_get(counters, row), row->text, counter_unit_name(row->unit));
    }
}

/* ---- rates and shares, for people (as comments) and for programs ---- */

/* A column for each level of nesting that somebody ran at, and one for all. */
static void text_people(const struct report *r, struct emit *e, const struct counters *all)
{
    u64 hit_cycles = report_hit_cycles(r);
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
    for (unsigned m = 0; m < METRICS; m++) {
        if (!metric_value(m, all, hit_cycles, &value)) continue;
        emit_text(e, "#%16.4f", value);
        for (unsigned k = 0; k < levels; k++)
            if (metric_value(m, &of_level[k], hit_cycles, &value)) emit_text(e, "%17.4f", value);
            else emit_text(e, "%17s", "-");
        emit_text(e, "  %s: %s\n", metric_rows[m].unit, metric_rows[m].text);
    }
    emit_text(e, "#\n");
}

/* Those that have a value. */
static void text_metrics(const struct report *r, struct emit *e, const char *prefix, const struct counters *counters)
{
    double value;

    for (unsigned m = 0; m < METRICS; m++) {
        char name[128];
        if (!metric_value(m, counters, report_hit_cycles(r), &value)) continue;
        snprintf(name, sizeof name, "%s%s", prefix, metric_rows[m].name);
        emit_text(e, "%-44s %20.6f # %s (%s)\n", name, value, metric_rows[m].text, metric_rows[m].unit);
    }
}

static void text_variant(struct emit *e, const struct report_what_if *w)
{
    struct counters sum = {0};
    char name[128];

    for (unsigned level = 0; level < REPORT_LEVELS; level++) counters_add(&sum, &w->counters[level]);
    snprintf(name, sizeof name, "what_if.%s.tlb_miss", w->setting);
    text_line(e, name, sum.tlb_miss, "TLB misses with this setting", "events");
    snprintf(name, sizeof name, "what_if.%s.walk_reads", w->setting);
    text_line(e, name, sum.walk_reads, "Table entries read from storage with this setting", "events");
    snprintf(name, sizeof name, "what_if.%s.translation_cycles", w->setting);
    text_line(e, name, sum.walk_cycles + sum.tlb_hit * w->hit_cycles, "Cycles of TLB hits and walks with this setting",
              "cycles");
}

void report_text(const struct report *r, struct emit *e)
{
    struct counters total = report_total(r);
    struct invariants checks = report_check(r, NULL, NULL);
    char name[128];

    emit_text(e, "# p9sim %s: %s\n", r->version, r->end);
    text_people(r, e, &total);
    emit_text(e, "%-44s %20.9f # Guest time (seconds)\n", "guest_seconds", seconds_of(r, r->cycles));
    text_line(e, "exit_status", r->exit_status, "Exit status of p9sim", "number");
    text_counters(e, "", &total, true);
    text_metrics(r, e, "", &total);
    for (unsigned level = 0; level < report_levels(r); level++) {
        struct counters counters;
        struct walk_tally walks;
        if (!report_level(r, level, &counters, &walks)) continue;
        snprintf(name, sizeof name, "level%u.", level);
        text_metrics(r, e, name, &counters);
    }
    for (unsigned k = 0; k < r->account_count; k++) {
        const struct report_account *a = &r->accounts[k];
        snprintf(name, sizeof name, "level%u.lpid%u.%s.", a->level, a->lpid, a->state);
        text_counters(e, name, &a->counters, false);
    }
    for (unsigned k = 0; k < r->region_count; k++) {
        snprintf(name, sizeof name, "region%" PRIu64 ".", r->regions[k].tag);
        text_counters(e, name, &r->regions[k].counters, false);
    }
    for (unsigned k = 0; k < r->what_if_count; k++) text_variant(e, &r->what_if[k]);
    for (unsigned k = 0; k < r->mark_count; k++) {
        snprintf(name, sizeof name, "mark.%.80s.cycle", r->marks[k].name);
        text_line(e, name, r->marks[k].cycle, "When this mark was reached", "cycles");
    }
    text_line(e, "invariants_checked", checks.checked, "Relations between counters that were checked", "number");
    text_line(e, "invariants_failed", checks.failed, "Relations that do not hold: these figures are wrong", "number");
}

/* ---- stats.json ----------------------------------------------------------------------------------------------------
 */

static void json_host(const struct report *r, struct emit *e)
{
    emit_open(e, "host", '{');
    emit_fixed(e, "seconds", r->host_seconds, 3);
    emit_fixed(e, "mips", r->host_seconds > 0 ? (double)r->completed / r->host_seconds / 1e6 : 0, 3);
    emit_u64(e, "memory_bytes", r->host_memory_bytes);
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
        emit_close(e, '}');
    }
    emit_close(e, '}');
}

static void json_total(const struct counters *total, struct emit *e)
{
    emit_open(e, "total", '{');
    EACH_COUNTER(row)
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

static void json_counters(const struct counters *counters, struct emit *e)
{
    emit_open(e, "counters", '{');
    EACH_COUNTER(row) emit_u64(e, row->name, counter_get(counters, row));
    emit_close(e, '}');
}

/* Numbers; null where nothing happened that could be divided by. */
static void json_quotients(const struct report *r, struct emit *e, const struct counters *counters)
{
    for (unsigned m = 0; m < METRICS; m++) {
        double value;
        if (metric_value(m, counters, report_hit_cycles(r), &value)) emit_fixed(e, metric_rows[m].name, value, 6);
        else emit_null(e, metric_rows[m].name);
    }
}

static void json_metrics(const struct report *r, struct emit *e, const struct counters *total)
{
    emit_open(e, "metrics", '{');
    emit_open(e, "about", '{');
    for (unsigned m = 0; m < METRICS; m++) {
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
    emit_open(e, "walks_by_reads", '[');
    for (unsigned k = 0; k < WALK_LENGTHS; k++) emit_u64(e, NULL, t->length[k]);
    emit_close(e, ']');
    emit_open(e, "faults", '{');
    for (unsigned k = 0; k < WALK_REASONS; k++)
        if (t->fault[k] && r->fault_names[k]) emit_u64(e, r->fault_names[k], t->fault[k]);
    emit_close(e, '}');
}

static void json_accounts(const struct report *r, struct emit *e)
{
    emit_open(e, "accounts", '[');
    for (unsigned k = 0; k < r->account_count; k++) {
        const struct report_account *a = &r->accounts[k];
        emit_open(e, NULL, '{');
        emit_u64(e, "level", a->level);
        emit_u64(e, "lpid", a->lpid);
        if (a->parent >= 0) emit_u64(e, "parent", (u64)a->parent);
        else emit_null(e, "parent");
        emit_string(e, "state", a->state);
        json_counters(&a->counters, e);
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
static void json_variant(struct emit *e, const struct counters *c, u64 hit_cycles)
{
    emit_u64(e, "tlb_access", c->tlb_access);
    emit_u64(e, "tlb_miss", c->tlb_miss);
    emit_u64(e, "walk_reads", c->walk_reads);
    emit_u64(e, "walk_cycles", c->walk_cycles);
    emit_u64(e, "translation_cycles", c->walk_cycles + c->tlb_hit * hit_cycles);
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
        json_variant(e, &sum, w->hit_cycles);
        emit_open(e, "levels", '[');
        for (unsigned level = 0; level < REPORT_LEVELS; level++) {
            if (!w->counters[level].tlb_access) continue;
            emit_open(e, NULL, '{');
            emit_u64(e, "level", level);
            json_variant(e, &w->counters[level], w->hit_cycles);
            emit_close(e, '}');
        }
        emit_close(e, ']');
        emit_close(e, '}');
    }
    emit_close(e, ']');
}

static void json_exits(const struct report *r, struct emit *e)
{
    emit_open(e, "exits", '[');
    for (unsigned k = 0; k < r->exit_count; k++) {
        const struct report_exit *x = &r->exits[k];
        emit_open(e, NULL, '{');
        emit_u64(e, "level", x->level);
        emit_string(e, "reason", x->reason);
        emit_u64(e, "count", x->count);
        emit_u64(e, "handled_by", x->handled_by);
        emit_u64(e, "cycles", x->cycles);
        emit_u64(e, "misses_after", x->misses_after);
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
        emit_u64(e, "times", r->regions[k].times);
        emit_bool(e, "open", r->regions[k].open);
        json_counters(&r->regions[k].counters, e);
        emit_open(e, "walks", '{');
        json_tally(r, &r->regions[k].walks, e);
        emit_close(e, '}');
        emit_close(e, '}');
    }
    emit_close(e, ']');
}

static void json_run(const struct report *r, struct emit *e)
{
    emit_open(e, "run", '{');
    emit_string(e, "end", r->end);
    emit_u64(e, "exit_status", r->exit_status);
    emit_u64(e, "cycles", r->cycles);
    emit_fixed(e, "guest_seconds", seconds_of(r, r->cycles), 9);
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
    json_host(r, e);
    json_config(r, e);
    json_total(&total, e);
    json_metrics(r, e, &total);
    json_accounts(r, e);
    json_walks(r, e);
    json_what_if(r, e);
    json_exits(r, e);
    json_regions(r, e);
    json_invariants(r, e);
    json_run(r, e);
    emit_close(e, '}');
}

/* ---- config.txt ----------------------------------------------------------------------------------------------------
 */

void report_config(const struct report *r, struct emit *e)
{
    emit_text(e, "# The options of this run, for --config.\n");
    for (unsigned k = 0; k < r->option_count; k++) {
        const struct report_option *o = &r->options[k];
        emit_text(e, "\n# %s%s%s%s\n# %s: %s\n%s = %s\n", o->text, *o->unit ? " (" : "", o->unit, *o->unit ? ")" : "",
                  o->provenance, o->source, o->name, o->value);
    }
}

/* ---- timeline.json -------------------------------------------------------------------------------------------------
 */

/* Trace Event Format: times are microseconds; a process per machine, a track per thread. */
static double microseconds(const struct report *r, u64 cycles)
{
    return (double)cycles / (double)r->core_mhz;
}

static void timeline_names(const struct report *r, struct emit *e)
{
    for (unsigned k = 0; k < r->thread_count; k++) {
        char name[48];
        snprintf(name, sizeof name, "core %u thread %u", r->threads[k].pir >> 2, r->threads[k].pir & 3);
        emit_open(e, NULL, '{');
        emit_string(e, "ph", "M");
        emit_string(e, "name", "thread_name");
        emit_u64(e, "pid", 0);
        emit_u64(e, "tid", r->threads[k].pir);
        emit_open(e, "args", '{');
        emit_string(e, "name", name);
        emit_close(e, '}');
        emit_close(e, '}');
    }
}

void report_timeline(const struct report *r, struct emit *e)
{
    emit_open(e, NULL, '{');
    emit_string(e, "displayTimeUnit", "ms");
    emit_open(e, "traceEvents", '[');
    timeline_names(r, e);
    for (unsigned k = 0; k < r->timeline.count; k++) {
        const struct timeline_slice *s = &r->timeline.slice[k];
        char name[64];
        snprintf(name, sizeof name, "L%u %s", s->level, s->state);
        emit_open(e, NULL, '{');
        emit_string(e, "ph", "X");
        emit_string(e, "name", name);
        emit_fixed(e, "ts", microseconds(r, s->start), 3);
        emit_fixed(e, "dur", microseconds(r, s->end - s->start), 3);
        emit_u64(e, "pid", 0);
        emit_u64(e, "tid", s->thread);
        emit_open(e, "args", '{');
        emit_u64(e, "lpid", s->lpid);
        emit_close(e, '}');
        emit_close(e, '}');
    }
    for (unsigned k = 0; k < r->mark_count; k++) {
        emit_open(e, NULL, '{');
        emit_string(e, "ph", "i");
        emit_string(e, "name", r->marks[k].name);
        emit_fixed(e, "ts", microseconds(r, r->marks[k].cycle), 3);
        emit_u64(e, "pid", 0);
        emit_u64(e, "tid", 0);
        emit_string(e, "s", "g");
        emit_close(e, '}');
    }
    emit_close(e, ']');
    emit_close(e, '}');
}

/* ---- files ---------------------------------------------------------------------------------------------------------
 */

bool report_make_dir(const char *dir)
{
    char path[4096];
    struct stat st;
    size_t n = strlen(dir);

    if (!n || n >= sizeof path) return p9_error("--out: %s", n ? "this path is too long" : "give a directory");
    for (size_t k = 1; k <= n; k++) {
        if (dir[k] != '/' && dir[k]) continue;
        memcpy(path, dir, k);
        path[k] = 0;
        if (mkdir(path, 0777) && errno != EEXIST) return p9_error("--out %s: %s", dir, strerror(errno));
    }
    if (!stat(dir, &st) && !S_ISDIR(st.st_mode)) return p9_error("--out %s: is a file; give a directory", dir);
    if (access(dir, W_OK | X_OK)) return p9_error("--out %s: %s", dir, strerror(errno));
    return true;
}

bool report_write(const struct report *report, const char *dir)
{
    static const struct {
        const char *name;
        void (*fill)(const struct report *, struct emit *);
    } files[] = {{"config.txt", report_config},
                 {"stats.txt", report_text},
                 {"stats.json", report_json},
                 {"timeline.json", report_timeline},
                 {"report.html", report_html}};

    if (!report_make_dir(dir)) return false;
    for (unsigned k = 0; k < ARRAY_SIZE(files); k++) {
        struct emit e = {0};
        bool ok;
        files[k].fill(report, &e);
        ok = emit_save(&e, dir, files[k].name);
        emit_free(&e);
        if (!ok) return false;
    }
    return true;
}

void report_free(struct report *r)
{
    free(r->options);
    free(r->threads);
    free(r->accounts);
    free(r->exits);
    free(r->regions);
    free(r->what_if);
    free(r->marks);
    timeline_free(&r->timeline);
    *r = (struct report){0};
}
