/* SPDX-License-Identifier: Apache-2.0 */
/* Where the cycles went, rates, misses by page size, invalidations: by level of nesting; see html.h. */
#include "stats/html.h"

#include <stdio.h>

/* ---- share of cycles ---- */
enum part { PART_INSTRUCTIONS, PART_TLB, PART_PROCESS, PART_PARTITION, PART_HASH, PART_IDLE, PARTS };
static const char *const part_names[PARTS] = {"Instructions",           "TLB look-ups", "Process-scoped reads",
                                              "Partition-scoped reads", "Hash groups",  "Idle"};

/* What is left of the cycles when the known costs are taken away is the instructions' own: one cycle each. */
static void parts_of(const struct counters *c, const struct walk_tally *w, u64 look_up_cycles, u64 part[PARTS])
{
    u64 known = 0;

    memset(part, 0, PARTS * sizeof *part);
    part[PART_TLB] = c->tlb_access * look_up_cycles;
    part[PART_PARTITION] = w->partition_table_cycles;
    for (unsigned row = 0; row < WALK_ROWS; row++) {
        part[PART_PROCESS] += w->cycles[row][0];
        for (unsigned column = 1; column < WALK_COLUMNS; column++) part[PART_PARTITION] += w->cycles[row][column];
    }
    part[PART_HASH] = w->group_cycles;
    part[PART_IDLE] = c->idle_cycles;
    for (unsigned k = 0; k < PARTS; k++) known += part[k];
    part[PART_INSTRUCTIONS] = c->cycles > known ? c->cycles - known : 0;
}

static void stack(struct emit *e, unsigned level, const u64 part[PARTS], u64 whole)
{
    emit_text(e, "<div>Level %u</div><div class=stack role=img aria-label=\"Level %u:", level, level);
    for (unsigned k = 0; k < PARTS; k++)
        if (part[k]) emit_text(e, " %s %.2f percent;", part_names[k], 100.0 * (double)part[k] / (double)whole);
    emit_text(e, "\">");
    for (unsigned k = 0; k < PARTS; k++)
        if (part[k])
            emit_text(e, "<span class=s%u style=\"width:%.3f%%\" title=\"%s %.2f %%\"></span>", k,
                      100.0 * (double)part[k] / (double)whole, part_names[k], 100.0 * (double)part[k] / (double)whole);
    emit_text(e, "</div>\n");
}

static void share_row(struct emit *e, const char *name, const u64 part[PARTS], u64 whole)
{
    emit_text(e, "<tr><th scope=row>%s</th>", name);
    html_cell(e, whole);
    for (unsigned k = 0; k < PARTS; k++) {
        emit_text(e, "<td>");
        html_percent(e, part[k], whole);
        emit_text(e, "</td>");
    }
    emit_text(e, "</tr>\n");
}

void html_costs(const struct page *p)
{
    const char *columns[PARTS + 2] = {"Level", "Cycles"};
    u64 part[PARTS], sum[PARTS] = {0}, whole = 0;

    for (unsigned k = 0; k < PARTS; k++) columns[k + 2] = part_names[k];
    emit_text(p->e, "<p>By level of nesting: 0 is the host, 1 its guests, 2 "
                    "their guests. Instructions are charged one cycle each.</p>\n<figure><figcaption>Share of each "
                    "level's cycles; the table below has the same figures.</figcaption>\n<ul class=keys>");
    for (unsigned k = 0; k < PARTS; k++)
        emit_text(p->e, "<li><span class=\"key s%u\"></span>%s</li>", k, part_names[k]);
    emit_text(p->e, "</ul>\n");
    for (unsigned k = 0; k < p->levels; k++) {
        const struct page_level *l = &p->level[k];
        if (!l->counters.cycles) continue;
        parts_of(&l->counters, &l->walks, p->report->look_up_cycles, part);
        stack(p->e, l->level, part, l->counters.cycles);
    }
    emit_text(p->e, "</figure>\n");
    html_head(p->e, "Cycles and their shares by level", columns, ARRAY_SIZE(columns));
    for (unsigned k = 0; k < p->levels; k++) {
        const struct page_level *l = &p->level[k];
        char name[32];

        parts_of(&l->counters, &l->walks, p->report->look_up_cycles, part);
        snprintf(name, sizeof name, "Level %u", l->level);
        share_row(p->e, name, part, l->counters.cycles);
        whole += l->counters.cycles;
        for (unsigned j = 0; j < PARTS; j++) sum[j] += part[j];
    }
    if (p->levels > 1) share_row(p->e, "All", sum, whole);
    html_foot(p->e);
    html_leans(p, LEAN_ALL);
}

/* ---- rates ---- */
static void metric_cell(struct emit *e, enum metric_index metric, const struct counters *c, u64 look_up_cycles)
{
    double value;

    if (metric_value(metric, c, look_up_cycles, &value)) emit_text(e, "<td>%.4f</td>", value);
    else emit_text(e, "<td>-</td>");
}

static void metrics(const struct page *p)
{
    html_head_levels(p, "Quotients of counters, by level of nesting", "Figure");
    EACH_METRIC_OF(m, report_metrics_of(p->report))
    {
        emit_text(p->e, "<tr><th scope=row title=\"%s\">", metric_rows[m].name);
        emit_escaped(p->e, metric_rows[m].text);
        emit_text(p->e, " <span class=soft>(");
        emit_escaped(p->e, metric_rows[m].unit);
        emit_text(p->e, ")</span></th>");
        for (unsigned k = 0; k < p->levels; k++) metric_cell(p->e, m, &p->level[k].counters, p->report->look_up_cycles);
        if (p->levels > 1) metric_cell(p->e, m, &p->total, p->report->look_up_cycles);
        emit_text(p->e, "</tr>\n");
    }
    html_foot(p->e);
    html_leans(p, LEAN_ALL);
}

/* ---- accounts by level ---- */

static u64 busy_of(const struct counters *c)
{
    return c->cycles - c->idle_cycles;
}

static void level_row(struct emit *e, const char *name, const struct counters *c, const struct counters *all)
{
    emit_text(e, "<tr><th scope=row>%s</th>", name);
    html_cell(e, c->completed);
    html_cell(e, busy_of(c));
    emit_text(e, "<td>");
    html_percent(e, busy_of(c), busy_of(all));
    emit_text(e, "</td>");
    html_cell(e, c->idle_cycles);
    html_cell(e, c->guest_exits);
    html_cell(e, c->derat_miss + c->ierat_miss);
    html_cell(e, c->tlb_miss);
    html_cell(e, c->walk_reads);
    html_cell(e, c->walk_cycles);
    emit_text(e, "</tr>\n");
}

void html_levels(const struct page *p)
{
    static const char *const columns[] = {"Level",    "Instructions", "Busy cycles", "Share of these", "Idle cycles",
                                          "VM exits", "ERAT misses",  "TLB misses",  "Table reads",    "Walk cycles"};
    char name[32];

    emit_text(p->e, "<p>Level 0 is the host, level 1 its guests, level 2 their guests.</p>\n");
    html_head(p->e, "What each level did", columns, ARRAY_SIZE(columns));
    for (unsigned k = 0; k < p->levels; k++) {
        snprintf(name, sizeof name, "Level %u", p->level[k].level);
        level_row(p->e, name, &p->level[k].counters, &p->total);
    }
    if (p->levels > 1) level_row(p->e, "All", &p->total, &p->total);
    html_foot(p->e);
    metrics(p);
}

/* ---- page sizes ---- */
static const struct {
    const char *name;
    size_t erat, tlb; /* offsets in struct counters */
} sizes[] = {
#define SIZE(name, suffix)                                                                                             \
    {                                                                                                                  \
        name, offsetof(struct counters, derat_miss_##suffix), offsetof(struct counters, dtlb_miss_##suffix)            \
    }
    SIZE("4 KiB", 4k),   SIZE("64 KiB", 64k), SIZE("2 MiB", 2m),
    SIZE("16 MiB", 16m), SIZE("1 GiB", 1g),   SIZE("16 GiB", 16g),
#undef SIZE
};

static u64 at(const struct counters *c, size_t offset)
{
    return *(const u64 *)(const void *)((const char *)c + offset);
}

static void size_row(struct emit *e, unsigned level, const char *size, const struct counters *c, u64 erat, u64 tlb)
{
    if (!erat && !tlb) return;
    emit_text(e, "<tr><th scope=row>Level %u, %s</th>", level, size);
    html_meter(e, erat, c->derat_miss);
    html_rate(e, erat, c->completed);
    html_meter(e, tlb, c->dtlb_miss);
    html_rate(e, tlb, c->completed);
    emit_text(e, "<td>");
    html_percent(e, tlb, erat);
    emit_text(e, "</td></tr>\n");
}

bool html_has_misses(const struct page *p)
{
    return p->total.derat_miss != 0;
}

void html_page_sizes(const struct page *p)
{
    static const char *const columns[] = {"Level, page size", "Data ERAT misses",      "Per 1000 instructions",
                                          "Data TLB misses",  "Per 1000 instructions", "ERAT misses not in the TLB"};

    emit_text(p->e, "<p>In a guest the size is the smaller one of its page and "
                    "of the partition-scoped page below it. A miss without a page is a fault or real mode. Bars: share "
                    "of the level's misses.</p>\n");
    html_head(p->e, "Data misses by page size", columns, ARRAY_SIZE(columns));
    for (unsigned k = 0; k < p->levels; k++) {
        const struct counters *c = &p->level[k].counters;
        u64 erat = c->derat_miss, tlb = c->dtlb_miss;

        for (unsigned s = 0; s < ARRAY_SIZE(sizes); s++) {
            size_row(p->e, p->level[k].level, sizes[s].name, c, at(c, sizes[s].erat), at(c, sizes[s].tlb));
            erat -= at(c, sizes[s].erat);
            tlb -= at(c, sizes[s].tlb);
        }
        size_row(p->e, p->level[k].level, "no page", c, erat, tlb);
    }
    html_foot(p->e);
    html_leans(p, LEAN_ERAT | LEAN_TLB);
}

/* ---- invalidations ---- */
void html_invalidations(const struct page *p)
{
    static const struct {
        const char *name;
        size_t offset;
    } rows[] = {
        {"tlbie instructions (every core)", offsetof(struct counters, tlbie)},
        {"tlbiel instructions (this core)", offsetof(struct counters, tlbiel)},
        {"slbia instructions", offsetof(struct counters, slbia)},
        {"By address, every core", offsetof(struct counters, tlbie_address)},
        {"By PID, every core", offsetof(struct counters, tlbie_pid)},
        {"By LPID, every core", offsetof(struct counters, tlbie_lpid)},
        {"With table entries too (RIC=2)", offsetof(struct counters, tlbi_tables)},
        {"TLB entries killed", offsetof(struct counters, tlb_killed)},
        {"ERAT entries killed", offsetof(struct counters, erat_killed)},
        {"Page-walk cache entries killed", offsetof(struct counters, pwc_killed)},
        {"Table entries killed", offsetof(struct counters, table_entries_killed)},
        {"TLB entries filled again soon (needless_insns)", offsetof(struct counters, tlb_refilled)},
        {"ERAT entries filled again soon", offsetof(struct counters, erat_refilled)},
    };

    emit_text(p->e, "<p>Counted at the level that executed the instruction, "
                    "whoever the entries belonged to.</p>\n");
    html_head_levels(p, "Invalidating instructions and what they killed", "What");
    for (unsigned k = 0; k < ARRAY_SIZE(rows); k++) {
        emit_text(p->e, "<tr><th scope=row>%s</th>", rows[k].name);
        for (unsigned l = 0; l < p->levels; l++) html_cell(p->e, at(&p->level[l].counters, rows[k].offset));
        if (p->levels > 1) html_cell(p->e, at(&p->total, rows[k].offset));
        emit_text(p->e, "</tr>\n");
    }
    html_foot(p->e);
    html_leans(p, LEAN_ERAT | LEAN_TLB | LEAN_WALK);
}
