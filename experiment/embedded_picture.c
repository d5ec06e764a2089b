/* SPDX-License-Identifier: Apache-2.0 */
/* What the tables of embedded_result.c say, put where report.html draws it; see embedded.h and report_embedded.h. */
#include <stdio.h>

#include "experiment/embedded.h"
#include "mmu/explain.h"
#include "mmu/mmu.h"
#include "mmu/price.h"
#include "stats/cpi.h"

static const u8 shifts[EMBEDDED_SIZES] = {12, 16, 21, 30};

/* Where it comes from. */
struct source {
    const struct embedded *e;
    const struct report *report;
    const struct embedded_ranges *ranges; /* NULL: none */
};

static struct report_ranged ranged(const struct source *s, int cell, enum embedded_figure figure)
{
    struct report_ranged out = {.is_there = cell >= 0};

    if (!out.is_there) return out;
    out.value = embedded_figure(s->e, s->report, (unsigned)cell, figure);
    out.has_range = s->ranges && s->ranges->of(s->ranges->self, (unsigned)cell, figure, &out.least, &out.greatest);
    return out;
}

static bool is_core(const struct source *s)
{
    return s->report->model == REPORT_CORE;
}

static struct embedded_cell nested_cell(u8 guest, u8 host)
{
    return (struct embedded_cell){
        .who = EMBEDDED_NESTED, .process_shift = 16, .guest_shift = guest, .partition_shift = host};
}

/* ---- maps ---- */

static void map_cell(const struct source *s, struct report_map *m, unsigned r, unsigned c, struct embedded_cell like)
{
    int cell = embedded_find(s->e, s->report, &like);

    m->cycles[r][c] = ranged(s, cell, is_core(s) ? EMBEDDED_FOR_WALKS : EMBEDDED_TRANSLATION);
    if (cell >= 0) m->reads[r][c] = embedded_figure(s->e, s->report, (unsigned)cell, EMBEDDED_READS);
}

/* Row 0 is the host, the others guests by the leaves of the host's partition-scoped tree. */
static void map_single(const struct source *s, struct report_map *m)
{
    m->title = "One cold load, by page sizes";
    m->caption = is_core(s) ? "Cycles that walks added to one load with nothing cached, and table entries read from "
                              "storage"
                            : "Cycles of translation of one load with nothing cached, and table entries read from "
                              "storage";
    m->corner = "Who, and pages of partition scope";
    m->rows = 1 + EMBEDDED_SIZES;
    for (unsigned r = 0; r < m->rows; r++) {
        if (r) snprintf(m->row[r], sizeof m->row[r], "guest on %s", page_size_name(shifts[r - 1]));
        else snprintf(m->row[r], sizeof m->row[r], "host");
        for (unsigned c = 0; c < EMBEDDED_SIZES; c++)
            map_cell(s, m, r, c,
                     (struct embedded_cell){.who = r ? EMBEDDED_GUEST : EMBEDDED_HOST,
                                            .phase = EMBEDDED_SINGLE_COLD,
                                            .process_shift = shifts[c],
                                            .partition_shift = r ? shifts[r - 1] : 0,
                                            .footprint_bytes = 4096});
    }
    for (unsigned c = 0; c < EMBEDDED_SIZES; c++)
        snprintf(m->column[c], sizeof m->column[c], "pages of %s", page_size_name(shifts[c]));
}

static void map_nested(const struct source *s, struct report_map *m)
{
    m->title = "A guest's guest with pages of 64K, by both hypervisors' pages";
    m->caption = is_core(s)
                     ? "Cycles that walks added to a load, and table entries read for it: each node of 64M once, "
                       "with nothing cached before"
                     : "Cycles of translation a load, and table entries read for it: each node of 64M once, with "
                       "nothing cached before";
    m->corner = "Pages of the host";
    m->rows = EMBEDDED_SIZES;
    for (unsigned h = 0; h < EMBEDDED_SIZES; h++) {
        snprintf(m->row[h], sizeof m->row[h], "nested on %s of the host", page_size_name(shifts[h]));
        snprintf(m->column[h], sizeof m->column[h], "its hypervisor's of %s", page_size_name(shifts[h]));
        for (unsigned g = 0; g < EMBEDDED_SIZES; g++) {
            struct embedded_cell like = nested_cell(shifts[g], shifts[h]);

            like.phase = EMBEDDED_COLD;
            like.footprint_bytes = 64 << 20;
            map_cell(s, m, h, g, like);
        }
    }
}

/* ---- lines ---- */

/* Pages of 64K on `below` everywhere: the host has no other pages, the guest one hypervisor, the nested one two. */
static struct embedded_cell chase(enum embedded_who who, enum embedded_phase phase, u8 below)
{
    return (struct embedded_cell){.who = who,
                                  .phase = phase,
                                  .process_shift = 16,
                                  .guest_shift = who == EMBEDDED_NESTED ? below : 0,
                                  .partition_shift = who == EMBEDDED_HOST ? 0 : below};
}

static u64 footprint(unsigned point)
{
    return 65536ULL << (2 * point);
}

static void drawing(const struct source *s, struct report_drawing *d, const char *title, enum embedded_phase phase,
                    u8 below)
{
    d->title = title;
    for (unsigned n = 0; n < REPORT_LINES; n++) {
        struct embedded_cell like = chase((enum embedded_who)n, phase, below);
        struct report_line *line = &d->line[n];

        embedded_name(&like, line->name, sizeof line->name);
        for (unsigned k = 0; k < REPORT_POINTS; k++) {
            int cell;

            like.footprint_bytes = footprint(k);
            cell = embedded_find(s->e, s->report, &like);
            line->all[k] = ranged(s, cell, is_core(s) ? EMBEDDED_ALL : EMBEDDED_TRANSLATION);
            if (is_core(s)) line->walks[k] = ranged(s, cell, EMBEDDED_FOR_WALKS);
        }
    }
}

static void drawings(const struct source *s, struct report_embedded *out)
{
    out->of_load = is_core(s) ? "cycles a load" : "translation cycles a load";
    for (unsigned k = 0; k < REPORT_POINTS; k++)
        embedded_name_footprint(footprint(k), out->footprint[k], sizeof out->footprint[k]);
    drawing(s, &out->drawing[0], "Warm, 64K at each scope", EMBEDDED_WARM, 16);
    drawing(s, &out->drawing[1], "Warm, 64K on 2M", EMBEDDED_WARM, 21);
    drawing(s, &out->drawing[2], "Cold, 64K at each scope", EMBEDDED_COLD, 16);
}

/* ---- misses ---- */

static void miss(const struct source *s, struct report_embedded *out, struct embedded_cell like)
{
    struct report_miss *m = &out->miss[out->misses];
    int cell = embedded_find(s->e, s->report, &like);
    const struct counters *c = cell < 0 ? NULL : &embedded_region(s->report, (unsigned)cell)->counters;
    char name[64], bytes[16];
    double misses;

    if (!c || !c->tlb_miss) return;
    misses = (double)c->tlb_miss;
    embedded_name(&like, name, sizeof name);
    embedded_name_footprint(like.footprint_bytes, bytes, sizeof bytes);
    if (like.phase == EMBEDDED_SINGLE_COLD) snprintf(m->name, sizeof m->name, "%s, one cold load", name);
    else snprintf(m->name, sizeof m->name, "%s, %s, warm", name, bytes);
    m->entries = (double)(c->walk_reads + c->walk_reads_pwc) / misses;
    m->reads = (double)c->walk_reads / misses;
    m->cycles = (double)c->walk_cycles / misses;
    m->longer = is_core(s) ? (double)cpi_cost_of_walks(c) / misses : 0;
    out->misses++;
}

static void misses(const struct source *s, struct report_embedded *out)
{
    static const struct {
        enum embedded_who who;
        u8 below;
    } running[REPORT_MISSES - 1] = {
        {EMBEDDED_GUEST, 16}, {EMBEDDED_GUEST, 21}, {EMBEDDED_NESTED, 16}, {EMBEDDED_NESTED, 21}};
    struct embedded_cell like = chase(EMBEDDED_GUEST, EMBEDDED_SINGLE_COLD, 16);

    like.footprint_bytes = 4096;
    miss(s, out, like);
    for (unsigned k = 0; out->misses && k < ARRAY_SIZE(running); k++) {
        like = chase(running[k].who, EMBEDDED_WARM, running[k].below);
        like.footprint_bytes = 256ULL << 20;
        miss(s, out, like);
    }
}

/* ---- the plane ---- */

enum { FOR_THE_PAGE = 15 }; /* walk_step.nested_for */

static struct report_step place_of(const struct walk_step *s, u8 source)
{
    static const char *const kinds[] = {[WALK_PATE] = "PATE", [WALK_PRTE] = "PRTE", [WALK_PDE] = "PDE",
                                        [WALK_PTE] = "PTE",   [WALK_PTEG] = "PTEG", [WALK_STEG] = "STEG"};
    struct report_step out = {.is_of_partition_table = s->kind == WALK_PATE, .source = source};

    if (s->level) snprintf(out.what, sizeof out.what, "%s L%u", kinds[s->kind], s->level);
    else snprintf(out.what, sizeof out.what, "%s", kinds[s->kind]);
    if (s->kind == WALK_PATE || s->kind == WALK_PRTE) return out;
    if (s->stage == STAGE_PARTITION) {
        out.row = s->nested_for == FOR_THE_PAGE ? WALK_ROWS - 1 : s->nested_for;
        out.column = s->level;
    } else {
        out.row = s->level;
    }
    return out;
}

bool embedded_nested_price(struct mmu *mmu, unsigned guest, unsigned host, struct mmu_price *price)
{
    const struct xlate_ctx before = *mmu_context(mmu);
    const struct embedded_access a = embedded_nested_access(guest, host);
    const struct price_question q = {.req = {a.ea, ACCESS_LOAD, 8}, .cold = true};
    struct xlate_ctx ctx = before;
    bool ok;

    ctx.msr = a.msr;
    ctx.lpid = a.lpid;
    ctx.pid = a.pid;
    mmu_set_context(mmu, &ctx);
    ok = mmu_price(mmu, &q, price);
    mmu_set_context(mmu, &before);
    return ok;
}

static void plane(const struct mmu_price *walk, struct report_embedded *out)
{
    const struct embedded_access a = embedded_nested_access(1, 1);
    const struct embedded_cell cell = nested_cell(a.guest_shift, a.host_shift);

    embedded_name(&cell, out->walk, sizeof out->walk);
    for (unsigned k = 0; k < walk->steps && k < REPORT_STEPS; k++)
        out->step[out->steps++] = place_of(&walk->step[k], walk->source[k]);
}

void embedded_picture(const struct embedded *e, const struct report *report, const struct mmu_price *walk,
                      const struct embedded_ranges *ranges, struct report_embedded *out)
{
    const struct source s = {e, report, ranges};

    *out = (struct report_embedded){
        .has_walks = is_core(&s), .has_ranges = ranges != NULL, .look_up_cycles = (double)report->look_up_cycles};
    map_single(&s, &out->map[0]);
    map_nested(&s, &out->map[1]);
    drawings(&s, out);
    misses(&s, out);
    plane(walk, out);
}

/* ---- names ---- */

void embedded_name_partitions(struct report_embedded *out, struct report *report)
{
    for (unsigned k = 0; k < EMBEDDED_SIZES; k++)
        snprintf(out->partition[EMBEDDED_FIRST_GUEST + k], sizeof *out->partition, "guest on %s",
                 page_size_name(shifts[k]));
    for (unsigned k = 0; k < EMBEDDED_SIZES * EMBEDDED_SIZES; k++) {
        const struct embedded_cell cell = nested_cell(shifts[k / EMBEDDED_SIZES], shifts[k % EMBEDDED_SIZES]);

        embedded_name(&cell, out->partition[EMBEDDED_FIRST_NESTED + k], sizeof *out->partition);
    }
    for (unsigned k = 0; k < report->partition_count; k++) {
        u32 lpid = report->partitions[k].lpid;

        if (lpid < REPORT_NAMED_PARTITIONS && out->partition[lpid][0])
            report->partitions[k].what = out->partition[lpid];
    }
}
