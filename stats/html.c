/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The report for people: one HTML file that needs nothing else - no script, no font, no network - follows the reader's
 * light or dark setting, prints, and reads well to a screen reader (captions, header cells, one heading order).  It
 * holds no figure of the host, so that two equal runs give equal files.  The chapters about translation are html_*.c.
 */
#include <inttypes.h>
#include <stdio.h>

#include "stats/html.h"

static void failure(void *self, const char *sentence)
{
    emit_text(self, "<li class=bad>");
    emit_escaped(self, sentence);
    emit_text(self, "</li>\n");
}

static void invariants(const struct page *p)
{
    const struct report *r = p->report;
    struct emit *e = p->e;
    struct invariants checks = report_check(r, NULL, NULL);

    emit_text(e, "<p>%u relations between counters were checked, ", checks.checked);
    if (!checks.failed) {
        emit_text(e, "all of them hold.</p>\n");
        return;
    }
    emit_text(e, "<span class=bad>%u fail: what depends on these counters is wrong.</span></p>\n<ul>\n", checks.failed);
    report_check(r, failure, e);
    emit_text(e, "</ul>\n");
}

static unsigned counters_of(enum report_model model)
{
    unsigned count = 0;

    EACH_COUNTER_OF(row, model) count++;
    return count;
}

/* Some hundred rows: folded away, and in the file all the same. */
static void counters(const struct page *p)
{
    static const char *const columns[] = {"Counter", "Count", "Per 1000 instructions", "<PMU event", "<What it is"};

    emit_text(p->e, "<details><summary>%u counters</summary>\n", counters_of(p->report->model));
    html_head(p->e, "All counters, sum over everybody; SIM_ marks what real hardware does not count", columns,
              ARRAY_SIZE(columns));
    EACH_COUNTER_OF(row, p->report->model)
    {
        emit_text(p->e, "<tr><th scope=row>%s</th>", row->name);
        html_cell(p->e, counter_get(&p->total, row));
        html_rate(p->e, counter_get(&p->total, row), p->total.completed);
        html_text_cell(p->e, row->event);
        html_prose_cell(p->e, row->text);
        emit_text(p->e, "</tr>\n");
    }
    html_foot(p->e);
    emit_text(p->e, "</details>\n");
}

/* More regions than one looks through are folded away; they are in the file all the same. */
enum { REGIONS_SHOWN = 40 };

static bool has_regions(const struct page *p)
{
    return p->report->region_count != 0;
}

static void regions(const struct page *p)
{
    static const char *const columns[] = {"Tag",        "Times",          "Instructions",
                                          "Cycles",     "ERAT misses",    "TLB misses",
                                          "Walk reads", "Reads per walk", "Cycles for walks"};
    const struct report *r = p->report;
    struct emit *e = p->e;
    bool is_folded = r->region_count > REGIONS_SHOWN;

    if (is_folded) emit_text(e, "<details><summary>%u regions</summary>\n", r->region_count);
    html_head(e, "Between region begin and region end", columns, ARRAY_SIZE(columns));
    for (unsigned k = 0; k < r->region_count; k++) {
        const struct counters *c = &r->regions[k].counters;
        emit_text(e, "<tr><th scope=row>");
        if (r->regions[k].name[0]) emit_text(e, "%s", r->regions[k].name);
        else emit_text(e, "%" PRIu64, r->regions[k].tag);
        emit_text(e, "%s</th>", r->regions[k].open ? " (not ended)" : "");
        html_cell(e, r->regions[k].times);
        html_cell(e, c->completed);
        html_cell(e, c->cycles);
        html_cell(e, c->derat_miss + c->ierat_miss);
        html_cell(e, c->tlb_miss);
        html_cell(e, c->walk_reads);
        if (c->walks) emit_text(e, "<td>%.3f</td>", (double)c->walk_reads / (double)c->walks);
        else emit_text(e, "<td>-</td>");
        html_cell(e, c->walk_cycles);
        emit_text(e, "</tr>\n");
    }
    html_foot(e);
    if (is_folded) emit_text(e, "</details>\n");
}

static void threads(const struct page *p)
{
    static const char *const columns[] = {"Thread (PIR)", "Instructions", "Cycles", "Idle cycles"};
    const struct report *r = p->report;
    struct emit *e = p->e;

    html_head(e, "What each thread did", columns, ARRAY_SIZE(columns));
    for (unsigned k = 0; k < r->thread_count; k++) {
        emit_text(e, "<tr><th scope=row>%u</th>", r->threads[k].pir);
        html_cell(e, r->threads[k].completed);
        html_cell(e, r->threads[k].cycles);
        html_cell(e, r->threads[k].idle_cycles);
        emit_text(e, "</tr>\n");
    }
    html_foot(e);
}

static bool has_marks(const struct page *p)
{
    return p->report->mark_count != 0;
}

static void marks(const struct page *p)
{
    static const char *const columns[] = {"Mark", "Cycle", "Instructions before it"};
    const struct report *r = p->report;
    struct emit *e = p->e;

    html_head(e, "Texts that were waited for", columns, ARRAY_SIZE(columns));
    for (unsigned k = 0; k < r->mark_count; k++) {
        emit_text(e, "<tr><th scope=row>");
        emit_escaped(e, r->marks[k].name);
        emit_text(e, "</th>");
        html_cell(e, r->marks[k].cycle);
        html_cell(e, r->marks[k].completed);
        emit_text(e, "</tr>\n");
    }
    html_foot(e);
}

static bool is_of_core(const struct page *p)
{
    return p->report->model == REPORT_CORE;
}

static bool is_not_of_core(const struct page *p)
{
    return !is_of_core(p);
}

/* In the order of the page: the answer, what an experiment found, who paid, then what it was made of. */
static const struct chapter {
    const char *id, *name, *title;         /* name: in the contents */
    bool (*is_there)(const struct page *); /* NULL: always */
    void (*write)(const struct page *);
} chapters[] = {
    {"answer", "Answer", "What a TLB miss costs, and why", NULL, html_answer},
    {"embedded", "Experiment", "The embedded experiment", html_has_embedded, html_embedded},
    {"tower", "Tower", "The tower", html_has_tower, html_tower},
    {"sampling", "Sampling", "What the sample says of the whole run", html_has_samples, html_samples},
    {"levels", "Levels", "By level of nesting", NULL, html_levels},
    {"costs", "Cycles", "Where the cycles went", is_of_core, html_stack},
    {"translation", "Translation", "What translation cost", html_has_translation, html_translation},
    {"exits", "VM exits", "VM exits", html_has_exits, html_exits},
    {"nested", "Guest faults", "Faults of guests in their hypervisors' tables", html_has_nested, html_nested},
    {"accounts", "Who ran", "Who ran", NULL, html_partitions},
    {"walks", "Walks", "The plane of the walk", html_has_walks, html_walks},
    {"faults", "Faults", "Translation faults", html_has_faults, html_faults},
    {"sizes", "Page sizes", "Misses by page size", html_has_misses, html_page_sizes},
    {"whatif", "What if?", "What if?", html_has_what_if, html_what_if},
    {"hot", "Top pages and code", "Top pages and top code addresses", html_has_hot, html_hot},
    {"invalidations", "Invalidations", "Invalidations", NULL, html_invalidations},
    {"costs", "Cycles", "Where the cycles went", is_not_of_core, html_costs},
    {"regions", "Regions", "Regions that the guest named", has_regions, regions},
    {"marks", "Marks", "Marks", has_marks, marks},
    {"counters", "Counters", "Counters", NULL, counters},
    {"threads", "Threads", "Hardware threads", NULL, threads},
    {"checks", "Invariants", "Do the figures agree with each other?", NULL, invariants},
    {"made", "What made it", "What made these results", html_has_recipe, html_recipe},
    {"assumed", "Assumptions", "What these figures lean on", NULL, html_provenance},
};

static bool is_there(const struct chapter *c, const struct page *p)
{
    return !c->is_there || c->is_there(p);
}

static void contents(const struct page *p)
{
    emit_text(p->e, "<nav aria-label=Contents><ul>\n");
    for (const struct chapter *c = chapters; c < chapters + ARRAY_SIZE(chapters); c++)
        if (is_there(c, p)) emit_text(p->e, "<li><a href=\"#%s\">%s</a></li>\n", c->id, c->name);
    emit_text(p->e, "</ul></nav>\n");
}

static void write_chapters(const struct page *p)
{
    for (const struct chapter *c = chapters; c < chapters + ARRAY_SIZE(chapters); c++) {
        if (!is_there(c, p)) continue;
        emit_text(p->e, "<h2 id=%s>%s</h2>\n", c->id, c->title);
        c->write(p);
    }
}

/* Sums by level of nesting, levels that have no account left out. */
static struct page page_of(const struct report *r, struct emit *e)
{
    struct page p = {.report = r, .e = e, .total = report_total(r)};

    for (unsigned level = 0; level < report_levels(r); level++) {
        struct page_level sum = {.level = level};

        if (!report_level(r, level, &sum.counters, &sum.walks)) continue;
        if (p.levels < PAGE_LEVELS) {
            p.level[p.levels++] = sum;
            continue;
        }
        counters_add(&p.level[PAGE_LEVELS - 1].counters, &sum.counters);
        walk_tally_add(&p.level[PAGE_LEVELS - 1].walks, &sum.walks);
    }
    return p;
}

void report_html(const struct report *r, struct emit *e)
{
    struct page p = page_of(r, e);

    emit_text(e,
              "<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
              "<meta name=viewport content=\"width=device-width,initial-scale=1\">\n<title>p9sim report</title>\n"
              "<style>\n%s</style>\n</head>\n<body>\n<main>\n<h1>p9sim report</h1>\n<p class=soft>p9sim ",
              html_style);
    emit_escaped(e, r->version);
    emit_text(e, ", ");
    emit_escaped(e, r->commit);
    emit_text(e, " &#183; ");
    emit_escaped(e, r->end);
    emit_text(e, "</p>\n");
    contents(&p);
    write_chapters(&p);
    emit_text(e, "</main>\n</body>\n</html>\n");
}
