/* SPDX-License-Identifier: Apache-2.0 */
/* The plane of the walk as a heat map for each level of nesting, walks by their reads, faults by cause; see html.h. */
#include "stats/html.h"

#include <inttypes.h>
#include <stdio.h>

const char *const html_walk_rows[WALK_ROWS] = {"Process-table entry", "Process level 1", "Process level 2",
                                               "Process level 3",     "Process level 4", "The page itself"};
const char *const html_walk_columns[WALK_COLUMNS + 1] = {"Wanted by process scope", "The entry itself",
                                                         "Partition level 1",       "Partition level 2",
                                                         "Partition level 3",       "Partition level 4"};
const char *const html_walk_sources[WALK_SOURCES] = {"storage", "walk cache", "TLB", "entry cache"};

/* Shades 0..9 by the root of the share, so that small cells differ from empty ones. */
static unsigned shade(u64 reads, u64 most)
{
    unsigned step = 1;

    if (!reads) return 0;
    while (step < 9 && (double)step * step * (double)most < 81.0 * (double)reads) step++;
    return step;
}

static const char *const served_names[WALK_SERVED] = {"L2", "L3", "other caches", "memory"};

/* What one place of the plane says. */
struct place {
    u64 by_source[WALK_SOURCES], cycles;
    u64 served[WALK_SERVED]; /* of a model with caches */
};

/* One place of the plane: reads from storage, which cache had them, and their cycles; then what else had the entry. */
static void place(struct emit *e, const struct place *at, u64 most)
{
    const u64 *by_source = at->by_source, cycles = at->cycles;

    emit_text(e, "<td class=\"heat h%u\"><b>", shade(by_source[WALK_FROM_STORAGE], most));
    html_number(e, by_source[WALK_FROM_STORAGE]);
    emit_text(e, "</b>");
    if (cycles) {
        emit_text(e, "<small>");
        html_number(e, cycles);
        emit_text(e, " cycles</small>");
    }
    for (unsigned k = 0; k < WALK_SERVED; k++) {
        if (!at->served[k]) continue;
        emit_text(e, "<small>%s ", served_names[k]);
        html_number(e, at->served[k]);
        emit_text(e, "</small>");
    }
    for (unsigned k = WALK_FROM_STORAGE + 1; k < WALK_SOURCES; k++) {
        if (!by_source[k]) continue;
        emit_text(e, "<small>%s ", html_walk_sources[k]);
        html_number(e, by_source[k]);
        emit_text(e, "</small>");
    }
    emit_text(e, "</td>");
}

static unsigned columns_in_use(const struct walk_tally *w)
{
    unsigned columns = 1;

    for (unsigned s = 0; s < WALK_SOURCES; s++)
        for (unsigned row = 0; row < WALK_ROWS; row++)
            for (unsigned column = columns; column < WALK_COLUMNS; column++)
                if (w->reads[s][row][column]) columns = column + 1;
    return columns;
}

static u64 most_reads(const struct walk_tally *w)
{
    u64 most = w->partition_table[WALK_FROM_STORAGE];

    for (unsigned row = 0; row < WALK_ROWS; row++)
        for (unsigned column = 0; column < WALK_COLUMNS; column++)
            if (w->reads[WALK_FROM_STORAGE][row][column] > most) most = w->reads[WALK_FROM_STORAGE][row][column];
    return most;
}

/* What a walk of this level meant, in a sentence. */
static void summary(const struct page *p, const struct page_level *l)
{
    const struct counters *c = &l->counters;
    bool core = p->report->model == REPORT_CORE;
    double value;

    emit_text(p->e, "<p>");
    html_number(p->e, c->walks);
    emit_text(p->e, " walks wanted ");
    html_number(p->e, c->walk_reads + c->walk_reads_pwc);
    emit_text(p->e, " table entries:");
    for (unsigned k = 0; k < WALK_SOURCES; k++) {
        u64 reads = walk_tally_reads(&l->walks, k);
        emit_text(p->e, "%s ", k ? "," : "");
        html_number(p->e, reads);
        emit_text(p->e, " %s %s (", k ? "from the" : "from", html_walk_sources[k]);
        html_percent(p->e, reads, c->walk_reads + c->walk_reads_pwc);
        emit_text(p->e, ")");
    }
    if (metric_value(METRIC_reads_per_walk, c, p->report->look_up_cycles, &value))
        emit_text(p->e, ". A walk read %.3f entries from storage", value);
    if (!report_is_sampled(p->report) && metric_value(METRIC_cycles_per_walk, c, p->report->look_up_cycles, &value))
        emit_text(p->e, " and %s %.2f cycles on average", core ? "took" : "cost", value);
    if (core && !report_is_sampled(p->report) &&
        metric_value(METRIC_exposed_cycles_per_walk, c, p->report->look_up_cycles, &value))
        emit_text(p->e, ", of which completion waited for %.2f", value);
    emit_text(p->e, ".</p>\n");
}

static struct place place_of(const struct walk_tally *w, unsigned row, unsigned column)
{
    struct place at = {.cycles = w->cycles[row][column]};

    for (unsigned k = 0; k < WALK_SOURCES; k++) at.by_source[k] = w->reads[k][row][column];
    for (unsigned k = 0; k < WALK_SERVED; k++) at.served[k] = w->served[k][row][column];
    return at;
}

static struct place partition_table_of(const struct walk_tally *w)
{
    struct place at = {.cycles = w->partition_table_cycles};

    memcpy(at.by_source, w->partition_table, sizeof at.by_source);
    memcpy(at.served, w->partition_table_served, sizeof at.served);
    return at;
}

static void whole_row(const struct page *p, const char *name, const struct place *at, unsigned columns, u64 most)
{
    emit_text(p->e, "<tr><th scope=row>%s</th>", name);
    place(p->e, at, most);
    for (unsigned column = 1; column < columns; column++) emit_text(p->e, "<td>-</td>");
    emit_text(p->e, "</tr>\n");
}

/* Cycles, and where they were served, are known of both kinds together; a part of the cycles is told by the reads. */
static void group_rows(const struct page *p, const struct walk_tally *w, unsigned columns, u64 most)
{
    struct place first = {.by_source = {w->group[0]}}, second = {.by_source = {w->group[1]}};

    first.cycles = (u64)((double)w->group_cycles * (double)w->group[0] / (double)(w->group[0] + w->group[1]));
    second.cycles = w->group_cycles - first.cycles;
    memcpy(first.served, w->group_served, sizeof first.served);
    whole_row(p,
              p->report->model == REPORT_CORE ? "Hash table: primary groups (served: both kinds)"
                                              : "Hash table: primary groups",
              &first, columns, most);
    whole_row(p, "Hash table: secondary groups", &second, columns, most);
}

static void matrix(const struct page *p, const struct page_level *l)
{
    const struct walk_tally *w = &l->walks;
    const struct place table = partition_table_of(w);
    unsigned columns = columns_in_use(w);
    u64 most = most_reads(w);
    char caption[200];

    emit_text(p->e, "<h3>Level %u</h3>\n", l->level);
    summary(p, l);
    snprintf(
        caption, sizeof caption,
        "Level %u: table entries by their place in the walk. Large: read from storage; below it their cycles, %sand "
        "how many another place had",
        l->level, p->report->model == REPORT_CORE ? "which cache or memory served them, " : "");
    html_head(p->e, caption, html_walk_columns, columns + 1);
    for (unsigned row = 0; row < WALK_ROWS; row++) {
        emit_text(p->e, "<tr><th scope=row>%s</th>", html_walk_rows[row]);
        for (unsigned column = 0; column < columns; column++) {
            const struct place at = place_of(w, row, column);

            if (row == WALK_ROWS - 1 && !column) emit_text(p->e, "<td>-</td>"); /* the page is data, no entry */
            else place(p->e, &at, most);
        }
        emit_text(p->e, "</tr>\n");
    }
    whole_row(p, "Partition-table entry", &table, columns, most);
    if (w->group[0] || w->group[1]) group_rows(p, w, columns, most);
    html_foot(p->e);
}

static void lengths(const struct page *p)
{
    emit_text(p->e, "<h3 id=lengths>Walks by number of reads</h3>\n");
    html_head_levels(p, "How many walks read so many table entries from storage; bars: share of the level's walks",
                     "Reads from storage");
    for (unsigned n = 0; n < WALK_LENGTHS; n++) {
        u64 sum = 0;

        for (unsigned k = 0; k < p->levels; k++) sum += p->level[k].walks.length[n];
        if (!sum) continue;
        emit_text(p->e, "<tr><th scope=row>%u%s</th>", n, n == WALK_LENGTHS - 1 ? " or more" : "");
        for (unsigned k = 0; k < p->levels; k++)
            html_meter(p->e, p->level[k].walks.length[n], p->level[k].counters.walks);
        if (p->levels > 1) html_cell(p->e, sum);
        emit_text(p->e, "</tr>\n");
    }
    html_foot(p->e);
}

bool html_has_faults(const struct page *p)
{
    u64 sum = 0;

    for (unsigned k = 0; k < p->levels; k++)
        for (unsigned why = 0; why < WALK_REASONS; why++) sum += p->level[k].walks.fault[why];
    return sum != 0;
}

void html_faults(const struct page *p)
{
    html_head_levels(p, "Faults by cause, also those that needed no walk", "Cause");
    for (unsigned why = 0; why < WALK_REASONS; why++) {
        u64 sum = 0;

        for (unsigned k = 0; k < p->levels; k++) sum += p->level[k].walks.fault[why];
        if (!sum || !p->report->fault_names[why]) continue;
        emit_text(p->e, "<tr><th scope=row>");
        emit_escaped(p->e, p->report->fault_names[why]);
        if (p->report->fault_texts[why]) {
            emit_text(p->e, " <span class=soft>");
            emit_escaped(p->e, p->report->fault_texts[why]);
            emit_text(p->e, "</span>");
        }
        emit_text(p->e, "</th>");
        for (unsigned k = 0; k < p->levels; k++) html_cell(p->e, p->level[k].walks.fault[why]);
        if (p->levels > 1) html_cell(p->e, sum);
        emit_text(p->e, "</tr>\n");
    }
    html_foot(p->e);
}

bool html_has_walks(const struct page *p)
{
    return p->total.walks != 0;
}

void html_walks(const struct page *p)
{
    emit_text(p->e,
              "<p>A radix walk of a guest is two-dimensional: each entry of "
              "its own tables, and the page, has a guest real address that the partition's tables translate first. "
              "Rows: what process scope wants. First column: that entry; the others: the partition-scoped levels read "
              "on the way to it. The stronger the shade, the more reads from storage (by the root of the number). "
              "The host's own programs fill the first column only.</p>\n");
    for (unsigned k = 0; k < p->levels; k++)
        if (p->level[k].counters.walks) matrix(p, &p->level[k]);
    html_leans(p, LEAN_ALL);
    lengths(p);
    html_leans(p, LEAN_ERAT | LEAN_TLB | LEAN_WALK);
}
