/* SPDX-License-Identifier: Apache-2.0 */
/* What the regions of the embedded experiment say, as tables; see embedded.h. */
#include <inttypes.h>
#include <stdio.h>

#include "experiment/embedded.h"
#include "mmu/explain.h"
#include "stats/cpi.h"

static const char *const who_names[] = {"host", "guest", "nested"};
static const char *const phase_names[] = {"single_cold", "single_walk", "touch", "cold", "warm"};

const struct report_region *embedded_region(const struct report *report, unsigned cell)
{
    for (unsigned k = 0; k < report->region_count; k++)
        if (report->regions[k].tag == cell && report->regions[k].times) return &report->regions[k];
    return NULL;
}

/* ---- figures, for each load ---- */

double embedded_figure(const struct embedded *e, const struct report *report, unsigned cell,
                       enum embedded_figure figure)
{
    const struct counters *c = &embedded_region(report, cell)->counters;
    double loads = (double)e->cell[cell].loads;

    switch (figure) {
    case EMBEDDED_TRANSLATION: return (double)(c->walk_cycles + c->tlb_access * report->look_up_cycles) / loads;
    case EMBEDDED_FOR_WALKS: return (double)cpi_cost_of_walks(c) / loads;
    case EMBEDDED_AS_MMU:
        return (double)(c->tlb_access * report->look_up_cycles + c->walk_reads * report->read_cycles) / loads;
    case EMBEDDED_READS: return (double)c->walk_reads / loads;
    default: return (double)c->cycles / loads;
    }
}

/* ---- tables ---- */

int embedded_find(const struct embedded *e, const struct report *report, const struct embedded_cell *like)
{
    for (unsigned k = 0; k < e->cells; k++) {
        const struct embedded_cell *c = &e->cell[k];

        if (c->who == like->who && c->phase == like->phase && c->process_shift == like->process_shift &&
            c->guest_shift == like->guest_shift && c->partition_shift == like->partition_shift &&
            c->footprint_bytes == like->footprint_bytes)
            return embedded_region(report, k) ? (int)k : -1;
    }
    return -1;
}

unsigned embedded_host_of(const struct embedded *e, unsigned cell)
{
    const struct embedded_cell *c = &e->cell[cell];

    for (unsigned k = 0; k < e->cells; k++) {
        const struct embedded_cell *h = &e->cell[k];
        if (h->who == EMBEDDED_HOST && h->phase == c->phase && h->process_shift == c->process_shift &&
            h->footprint_bytes == c->footprint_bytes)
            return k;
    }
    return cell;
}

void embedded_name_footprint(u64 bytes, char *out, size_t size)
{
    unsigned step = bytes >> 30 ? 30 : bytes >> 20 ? 20 : 10;

    snprintf(out, size, "%" PRIu64 "%c", bytes >> step, "KMG"[step / 10 - 1]);
}

static void head_line(struct emit *out, const char *first)
{
    emit_text(out, "%-34s", first);
    for (unsigned k = 0; k < EMBEDDED_FOOTPRINTS; k++) {
        char name[16];
        embedded_name_footprint(65536ULL << (2 * k), name, sizeof name);
        emit_text(out, "%9s", name);
    }
    emit_text(out, "\n");
}

void embedded_name(const struct embedded_cell *cell, char *out, size_t size)
{
    const char *process = page_size_name(cell->process_shift), *host = page_size_name(cell->partition_shift);

    if (cell->who == EMBEDDED_HOST) snprintf(out, size, "host, pages of %s", process);
    else if (cell->who == EMBEDDED_GUEST) snprintf(out, size, "guest, pages of %s on %s", process, host);
    else snprintf(out, size, "nested, %s on %s on %s", process, page_size_name(cell->guest_shift), host);
}

static void cost_line(const struct embedded *e, const struct report *report, struct embedded_cell like,
                      enum embedded_figure of, struct emit *out)
{
    char name[64];

    embedded_name(&like, name, sizeof name);
    emit_text(out, "  %-32s", name);
    for (unsigned k = 0; k < EMBEDDED_FOOTPRINTS; k++) {
        int cell;

        like.footprint_bytes = 65536ULL << (2 * k);
        cell = embedded_find(e, report, &like);
        if (cell < 0) emit_text(out, "%9s", "-");
        else emit_text(out, "%9.*f", of != EMBEDDED_ALL, embedded_figure(e, report, (unsigned)cell, of));
    }
    emit_text(out, "\n");
}

static const u8 shifts[EMBEDDED_SIZES] = {12, 16, 21, 30};

static void cost_table(const struct embedded *e, const struct report *report, const char *title,
                       enum embedded_phase phase, enum embedded_figure of, struct emit *out)
{
    head_line(out, title);
    for (unsigned p = 0; p < EMBEDDED_SIZES && phase != EMBEDDED_TOUCH; p++)
        cost_line(e, report, (struct embedded_cell){.phase = phase, .process_shift = shifts[p]}, of, out);
    for (unsigned p = 0; p < EMBEDDED_SIZES && phase != EMBEDDED_TOUCH; p++)
        for (unsigned h = 0; h < EMBEDDED_SIZES; h++)
            cost_line(
                e, report,
                (struct embedded_cell){
                    .who = EMBEDDED_GUEST, .phase = phase, .process_shift = shifts[p], .partition_shift = shifts[h]},
                of, out);
    for (unsigned g = 0; g < EMBEDDED_SIZES; g++)
        for (unsigned h = 0; h < EMBEDDED_SIZES; h++)
            cost_line(e, report,
                      (struct embedded_cell){.who = EMBEDDED_NESTED,
                                             .phase = phase,
                                             .process_shift = 16,
                                             .guest_shift = shifts[g],
                                             .partition_shift = shifts[h]},
                      of, out);
    emit_text(out, "\n");
}

/* One cold load: entries on its path / read when everything is cold / read with only the table entries known. */
static void single_line(const struct embedded *e, const struct report *report, struct embedded_cell like,
                        struct emit *out)
{
    emit_text(out, "  %-12s", page_size_name(like.process_shift));
    for (unsigned k = 0; k < 1 + EMBEDDED_SIZES; k++) {
        int cold, walk;
        char text[64] = "-";

        like.who = k ? EMBEDDED_GUEST : EMBEDDED_HOST;
        like.partition_shift = k ? shifts[k - 1] : 0;
        like.phase = EMBEDDED_SINGLE_COLD;
        cold = embedded_find(e, report, &like);
        like.phase = EMBEDDED_SINGLE_WALK;
        walk = embedded_find(e, report, &like);
        if (cold >= 0 && walk >= 0) {
            const struct counters *c = &embedded_region(report, (unsigned)cold)->counters;

            snprintf(text, sizeof text, "%" PRIu64 "/%" PRIu64 "/%" PRIu64, c->walk_reads + c->walk_reads_pwc,
                     c->walk_reads, embedded_region(report, (unsigned)walk)->counters.walk_reads);
        }
        emit_text(out, "%15s", text);
    }
    emit_text(out, "\n");
}

/* ---- one TLB miss ---- */

static void miss_line(const struct embedded *e, const struct report *report, struct embedded_cell like,
                      struct emit *out)
{
    char name[64], footprint[32];
    const struct counters *c;
    double misses;
    int cell;

    like.phase = EMBEDDED_WARM;
    cell = embedded_find(e, report, &like);
    if (cell < 0 || !embedded_region(report, (unsigned)cell)->counters.tlb_miss) return;
    c = &embedded_region(report, (unsigned)cell)->counters;
    misses = (double)c->tlb_miss;
    embedded_name(&like, name, sizeof name);
    embedded_name_footprint(like.footprint_bytes, footprint, sizeof footprint);
    emit_text(out, "  %-30s%6s%10.1f%10.1f%9.2f%8.2f%8.2f%8.2f\n", name, footprint,
              (double)cpi_cost_of_walks(c) / misses, (double)c->walk_cycles / misses, (double)c->walk_reads / misses,
              (double)c->walk_reads_l2 / misses, (double)c->walk_reads_l3 / misses,
              (double)(c->walk_reads_other + c->walk_reads_memory) / misses);
}

/* At each level, with pages of 64K and with 2M below the program's. */
static const struct embedded_cell miss_rows[] = {
    {.who = EMBEDDED_HOST, .process_shift = 16},
    {.who = EMBEDDED_GUEST, .process_shift = 16, .partition_shift = 16},
    {.who = EMBEDDED_GUEST, .process_shift = 16, .partition_shift = 21},
    {.who = EMBEDDED_NESTED, .process_shift = 16, .guest_shift = 16, .partition_shift = 16},
    {.who = EMBEDDED_NESTED, .process_shift = 16, .guest_shift = 21, .partition_shift = 21},
};

/* What one costs. */
static void miss_table(const struct embedded *e, const struct report *report, struct emit *out)
{
    static const u64 footprints[] = {256ULL << 20, 4ULL << 30};

    emit_text(out,
              "One TLB miss of a chase, warm             over  the run    walk's   entries   of these, served by\n"
              "                                                  longer    cycles      read      L2      L3  beyond\n");
    for (unsigned f = 0; f < ARRAY_SIZE(footprints); f++)
        for (unsigned k = 0; k < ARRAY_SIZE(miss_rows); k++) {
            struct embedded_cell like = miss_rows[k];

            like.footprint_bytes = footprints[f];
            miss_line(e, report, like, out);
        }
    emit_text(out, "\n");
}

static void answer_row(const struct embedded *e, const struct report *report, struct embedded_cell like,
                       struct answer *answer)
{
    const struct report_region *region;
    char name[64], footprint[32];
    int cell;

    like.phase = EMBEDDED_WARM;
    cell = embedded_find(e, report, &like);
    region = cell < 0 ? NULL : embedded_region(report, (unsigned)cell);
    if (!region || !region->counters.tlb_miss) return;
    embedded_name(&like, name, sizeof name);
    embedded_name_footprint(like.footprint_bytes, footprint, sizeof footprint);
    answer_add(answer, report, (unsigned)like.who, &region->counters, &region->walks, "%s, chasing through %s", name,
               footprint);
}

void embedded_answer(const struct embedded *e, const struct report *report, struct answer *answer)
{
    *answer = (struct answer){0};
    for (unsigned k = 0; k < ARRAY_SIZE(miss_rows); k++) {
        struct embedded_cell like = miss_rows[k];

        like.footprint_bytes = 4ULL << 30;
        answer_row(e, report, like, answer);
    }
}

/* What the figures lean on. */
static void provenance(const struct report *report, struct emit *out)
{
    if (report->model == REPORT_CORE) {
        emit_text(
            out,
            "Cycles are those of the model core. Those for walks are what a load would have taken less had walks been "
            "free, by a\nsecond model beside this one; those of translation are from the look-up in the TLB on, "
            "whether or not something\nelse went on meanwhile. What the model mmu charges is the same for each "
            "look-up and for each entry read.\n");
        report_text_leans(report, "", out);
        return;
    }
    emit_text(out, "Cycles are the model's: one for each instruction, and per miss what these options say.\n");
    for (unsigned k = 0; k < report->option_count; k++) {
        const struct report_option *o = &report->options[k];
        if (!strcmp(o->provenance, "CHOICE") || (strncmp(o->name, "tlb_", 4) && strncmp(o->name, "pwc_", 4) &&
                                                 strncmp(o->name, "derat_", 6) && strcmp(o->name, "walk_read_cycles")))
            continue;
        emit_text(out, "  %-18s %-8s %s\n", o->name, o->value, o->provenance);
    }
}

void embedded_table(const struct embedded *e, const struct report *report, struct emit *out)
{
    emit_text(out,
              "Table entries of one cold load: on its path / read with nothing cached before / read with the "
              "partition- and\nprocess-table entries cached (what the walk itself learns spares it some)\n\n"
              "  %-12s%15s%15s%15s%15s%15s\n",
              "pages of", "host", "guest on 4K", "on 64K", "on 2M", "on 1G");
    for (unsigned p = 0; p < EMBEDDED_SIZES; p++)
        single_line(e, report, (struct embedded_cell){.process_shift = shifts[p], .footprint_bytes = 4096}, out);
    emit_text(out, "\n");
    if (report->model == REPORT_CORE) {
        miss_table(e, report, out);
        cost_table(e, report, "Cycles a load for walks, warm", EMBEDDED_WARM, EMBEDDED_FOR_WALKS, out);
        cost_table(e, report, "Cycles a load for walks, cold", EMBEDDED_COLD, EMBEDDED_FOR_WALKS, out);
    }
    cost_table(e, report, "Translation cycles a load, warm", EMBEDDED_WARM, EMBEDDED_TRANSLATION, out);
    cost_table(e, report, "Translation cycles a load, cold", EMBEDDED_COLD, EMBEDDED_TRANSLATION, out);
    if (report->model == REPORT_CORE) {
        cost_table(e, report, "As the model mmu charges, warm", EMBEDDED_WARM, EMBEDDED_AS_MMU, out);
        cost_table(e, report, "As the model mmu charges, cold", EMBEDDED_COLD, EMBEDDED_AS_MMU, out);
    }
    cost_table(e, report, "All cycles of a first touch", EMBEDDED_TOUCH, EMBEDDED_ALL, out);
    provenance(report, out);
}

void embedded_csv_cell(const struct embedded *e, unsigned k, struct emit *out)
{
    const struct embedded_cell *c = &e->cell[k];

    emit_text(out, "%u,%s,%s,%s,%s,%s,%" PRIu64 ",%" PRIu64 ",%" PRIu64, k, who_names[c->who], phase_names[c->phase],
              page_size_name(c->process_shift), page_size_name(c->guest_shift), page_size_name(c->partition_shift),
              c->footprint_bytes, c->nodes, c->loads);
}

void embedded_csv(const struct embedded *e, const struct report *report, struct emit *out)
{
    emit_text(out,
              EMBEDDED_CSV_CELL
              ",instructions,cycles,"
              "derat_miss,tlb_hit,tlb_miss,walk_reads,walk_reads_pwc,walk_cycles,translation_cycles_per_load%s\n",
              report->model == REPORT_CORE ? ",cycles_per_load_for_walks,cycles_per_load_as_mmu_charges" : "");
    for (unsigned k = 0; k < e->cells; k++) {
        const struct report_region *r = embedded_region(report, k);
        const struct counters *n;

        if (!r) continue;
        n = &r->counters;
        embedded_csv_cell(e, k, out);
        emit_text(out,
                  ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64
                  ",%.3f",
                  n->completed, n->cycles, n->derat_miss, n->tlb_hit, n->tlb_miss, n->walk_reads, n->walk_reads_pwc,
                  n->walk_cycles, embedded_figure(e, report, k, EMBEDDED_TRANSLATION));
        if (report->model == REPORT_CORE)
            emit_text(out, ",%.3f,%.3f", embedded_figure(e, report, k, EMBEDDED_FOR_WALKS),
                      embedded_figure(e, report, k, EMBEDDED_AS_MMU));
        emit_text(out, "\n");
    }
}
