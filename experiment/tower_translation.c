/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What translation has to do with the measures that have a footprint: one block of lines for each, a column for each
 * level. A line stands there only if some level has a figure for it that is more than zero as it is written, so a model
 * without a counter has no line of it, and a measure that never misses has few.  What a miss is made of is told where
 * one operation in a thousand has one.
 *
 * The ratio to level 0 has a range, because what is behind it is assumed: every plausible price of a TLB look-up with
 * every plausible price of a table read (plausible.def), at the counts of this run; at what they would be about if the
 * TLB kept no guest real addresses, which decides most; and, with tower_vary(), at those of other arrays behind the
 * same ERATs, one parameter at a time.  Nothing is run again, so other ERATs, and what time does to a guest's course,
 * are not in it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiment/tower.h"
#include "experiment/uncertainty.h"

enum { LEFT = 38, WIDTH = 13, PRICES = 8, MISSES_IN = 1000 };

/* ---- the range of a ratio ---- */

struct prices { /* what an option is, and what else it could be */
    u64 is, could_be[PRICES];
    unsigned count;
};

static const struct report_option *option_of(const struct report *r, const char *name)
{
    for (unsigned k = 0; k < r->option_count; k++)
        if (!strcmp(r->options[k].name, name)) return &r->options[k];
    return NULL;
}

/* What the user set is what it is. */
static bool is_set(const struct report *r, const char *name)
{
    const struct report_option *o = option_of(r, name);

    return o && !strcmp(o->provenance, "SET");
}

static struct prices prices_of(const struct report *r, const char *option)
{
    const struct report_option *o = option_of(r, option);
    const struct plausible *row = plausible_rows;
    struct prices p = {.count = 0};

    if (o) p.is = p.could_be[p.count++] = o->amount;
    if (is_set(r, option)) return p;
    while (row->option && strcmp(row->option, option) != 0) row++;
    for (const char *at = row->option ? row->values : ""; *at && p.count < PRICES; at += *at == '|') {
        char *end;
        p.could_be[p.count++] = strtoull(at, &end, 10);
        at = end;
    }
    return p;
}

/* Whose counts: those of the run, about what they would be if the TLB kept no guest real addresses, or a what-if's. */
enum { AS_IT_IS, NO_GUEST_REAL, WHAT_IFS };
struct counted {
    double look_ups, reads;
};

/* The walker's own translations that the TLB spared: each of them begins with level 1, and would read its leaf; that
 * they would leave the TLB room is not counted. */
static u64 spared_by_tlb(const struct tower_cell *c)
{
    u64 sum = 0;

    for (unsigned row = 0; row < WALK_ROWS; row++) sum += c->walks.reads[WALK_FROM_TLB][row][1];
    return sum;
}

static struct counted counted(const struct tower_cell *c, unsigned variant)
{
    const struct counters *n = variant < WHAT_IFS ? &c->sum : &c->region->what_if[variant - WHAT_IFS];
    u64 more = variant == NO_GUEST_REAL ? spared_by_tlb(c) : 0;

    return (struct counted){(double)n->tlb_access, (double)(n->walk_reads + n->segment_reads + more)};
}

/* Of an operation: what translation cost in this run is taken out, and what it would cost put in. */
static double cycles_at(const struct tower_cell *c, unsigned variant, const struct prices *look_up, u64 look_up_price,
                        const struct prices *read, u64 read_price)
{
    struct counted is = counted(c, AS_IT_IS), would_be = counted(c, variant);
    double more = would_be.look_ups * (double)look_up_price - is.look_ups * (double)look_up->is +
                  would_be.reads * (double)read_price - is.reads * (double)read->is;

    return ((double)c->elapsed + more) / (double)c->ops;
}

static void weigh(struct tower_cell *c, const struct tower_cell *base, unsigned variant, const struct prices *look_up,
                  const struct prices *read)
{
    for (unsigned k = 0; k < look_up->count; k++)
        for (unsigned n = 0; n < read->count; n++) {
            u64 a = look_up->could_be[k], b = read->could_be[n];
            double times = cycles_at(c, variant, look_up, a, read, b) / cycles_at(base, variant, look_up, a, read, b);

            if (!(c->greatest_times > 0) || times < c->least_times) c->least_times = times;
            if (times > c->greatest_times) c->greatest_times = times;
        }
}

/* Variants that both have counted: a tower that was restored may have measured level 0 without them. */
static unsigned what_ifs_of(const struct tower_cell *c, const struct tower_cell *base)
{
    unsigned here = c->region ? c->region->what_if_count : 0, there = base->region ? base->region->what_if_count : 0;

    return here < there ? here : there;
}

/* What the range is over, what-ifs aside. */
struct assumed {
    struct prices look_up, read;
    bool guest_real_is_set;
};

static void weigh_all(struct tower_cell *c, const struct tower_cell *base, const struct assumed *assumed)
{
    c->least_times = c->greatest_times = 0;
    if (!c->is_measured) return;
    for (unsigned variant = AS_IT_IS; variant < WHAT_IFS + what_ifs_of(c, base); variant++)
        if (variant != NO_GUEST_REAL || !assumed->guest_real_is_set)
            weigh(c, base, variant, &assumed->look_up, &assumed->read);
}

/* ---- what-ifs ---- */

static bool is_behind_the_erats(const char *option)
{
    static const char *const begins[] = {"tlb_", "pwc_", "pate_", "prte_"};

    for (unsigned k = 0; k < ARRAY_SIZE(begins); k++)
        if (!strncmp(option, begins[k], strlen(begins[k]))) return strcmp(option, "tlb_hit_cycles") != 0;
    return false;
}

static bool vary(struct machine *m, const struct plausible *row)
{
    char setting[64], value[CONFIG_VALUE_MAX];

    for (unsigned n = 0; plausible_value(row, n, value); n++) {
        snprintf(setting, sizeof setting, "%s=%s", row->option, value);
        if (!machine_what_if(m, setting)) return false;
    }
    return true;
}

static bool can_be_varied(const struct config *config, const char *option)
{
    const struct option_row *row = option_find(option);

    if (!strcmp(config_provenance(config, row), "SET")) return false; /* the user knows better */
    return is_behind_the_erats(option) || (config->model == MODEL_CORE && option_is_of_timing(row));
}

bool tower_vary(struct machine *m, const struct config *config)
{
    for (const struct plausible *row = plausible_rows; row->option; row++)
        if (can_be_varied(config, row->option) && !vary(m, row)) return false;
    return true;
}

/* With one hardware thread and each miss waited for, the time that passes is the sum of what was done.  Else nobody
 * could say what a price does to it: with several threads, or where translation overlaps with other things (model
 * `core`). */
static bool is_a_sum_of_prices(const struct report *r, const struct tower_cell *base)
{
    return r->thread_count == 1 && !base->sum.translation_cycles;
}

void tower_weigh(struct report_tower *t, const struct report *r)
{
    const struct assumed assumed = {prices_of(r, "tlb_hit_cycles"), prices_of(r, "walk_read_cycles"),
                                    is_set(r, "tlb_guest_real")};

    t->varied = r->what_if_count;
    for (unsigned k = 0; k < t->measure_count; k++) {
        const struct tower_cell *base = &t->measure[k].cell[0];

        if (!base->is_measured || !base->footprint_kib || !is_a_sum_of_prices(r, base)) continue;
        for (unsigned level = 1; level <= t->depth; level++) weigh_all(&t->measure[k].cell[level], base, &assumed);
    }
}

/* ---- the lines ---- */

struct line {
    const char *text;
    unsigned decimals;
    bool (*value)(const struct report_tower *t, const struct tower_measure *m, unsigned level, unsigned what,
                  double *value);
    unsigned what; /* for value() */
};

static bool figure(const struct report_tower *t, const struct tower_measure *m, unsigned level, unsigned what,
                   double *value)
{
    return tower_value(t, m, level, (enum tower_figure)what, value);
}

static bool misses(const struct tower_measure *m, unsigned level)
{
    return m->cell[level].sum.tlb_miss * MISSES_IN >= m->cell[level].ops;
}

static bool entries(const struct report_tower *t, const struct tower_measure *m, unsigned level, unsigned what,
                    double *value)
{
    return misses(m, level) && tower_value(t, m, level, (enum tower_figure)what, value);
}

static bool source(const struct report_tower *t, const struct tower_measure *m, unsigned level, unsigned what,
                   double *value)
{
    (void)t;
    return misses(m, level) && tower_source_value(m, level, (enum walk_source)what, value);
}

static bool times(const struct report_tower *t, const struct tower_measure *m, unsigned level, unsigned what,
                  double *value)
{
    double base;

    (void)what;
    if (!level || !tower_value(t, m, level, TOWER_CYCLES, value) || !tower_value(t, m, 0, TOWER_CYCLES, &base))
        return false;
    *value /= base;
    return base > 0;
}

static bool huge(const struct report_tower *t, const struct tower_measure *m, unsigned level, unsigned what,
                 double *value)
{
    const struct tower_cell *c = &m->cell[level];
    u64 in_use = c->huge_kib < c->footprint_kib ? c->huge_kib : c->footprint_kib; /* the arena may be larger */

    (void)t, (void)what;
    *value = c->footprint_kib ? 100.0 * (double)in_use / (double)c->footprint_kib : 0;
    return c->tells_huge;
}

static const struct line lines[] = {
    {"cycles", 1, figure, TOWER_CYCLES},
    {"times L0", 2, times, 0},
    {"for translation, of these", 1, figure, TOWER_TRANSLATION},
    {"  completion waited for", 1, figure, TOWER_EXPOSED},
    {"  spared, were walks free", 1, figure, TOWER_SPARED},
    {"  as the model mmu charges", 1, figure, TOWER_AS_MMU},
    {"TLB look-ups", 3, figure, TOWER_LOOK_UPS},
    {"TLB misses", 3, figure, TOWER_MISSES},
    {"entries on the path of a miss", 2, entries, TOWER_ENTRIES},
    {"  read from storage", 2, source, WALK_FROM_STORAGE},
    {"    the L2 had", 2, entries, TOWER_FROM_L2},
    {"    the L3 had", 2, entries, TOWER_FROM_L3},
    {"    another pair of cores had", 2, entries, TOWER_FROM_OTHER},
    {"    memory had", 2, entries, TOWER_FROM_MEMORY},
    {"  the walk cache had", 2, source, WALK_FROM_WALK_CACHE},
    {"  the TLB had", 2, source, WALK_FROM_TLB},
    {"  an entry cache had", 2, source, WALK_FROM_ENTRY_CACHE},
    {"percent of it in huge pages", 0, huge, 0},
};

static void left(struct emit *out, const char *text)
{
    emit_text(out, "    %-*s", LEFT - 4, text);
}

static void put_line(const struct report_tower *t, const struct tower_measure *m, const struct line *line,
                     struct emit *out)
{
    static const double tens[] = {1, 10, 100, 1000};
    double value[TOWER_LEVELS];
    bool is_there[TOWER_LEVELS], any = false;

    for (unsigned level = 0; level <= t->depth; level++) {
        is_there[level] = line->value(t, m, level, line->what, &value[level]);
        any |= is_there[level] && value[level] * tens[line->decimals] >= 0.5;
    }
    if (!any) return;
    left(out, line->text);
    for (unsigned level = 0; level <= t->depth; level++)
        if (is_there[level]) emit_text(out, "%*.*f", WIDTH, (int)line->decimals, value[level]);
        else emit_text(out, "%*s", WIDTH, "-");
    emit_text(out, "\n");
}

/* Behind the point: three figures in all. */
static int digits(double value)
{
    return value < 10 ? 2 : value < 100 ? 1 : 0;
}

/* Below "times L0". */
static void put_range(const struct report_tower *t, const struct tower_measure *m, struct emit *out)
{
    bool any = false;

    for (unsigned level = 1; level <= t->depth; level++) any |= m->cell[level].greatest_times > 0;
    if (!any) return;
    left(out, "  could be");
    for (unsigned level = 0; level <= t->depth; level++) {
        const struct tower_cell *c = &m->cell[level];
        char text[32] = "-";

        if (c->greatest_times > 0)
            snprintf(text, sizeof text, "%.*f..%.*f", digits(c->least_times), c->least_times, digits(c->greatest_times),
                     c->greatest_times);
        emit_text(out, "%*s", WIDTH, text);
    }
    emit_text(out, "\n");
}

static void put_measure(const struct report_tower *t, const struct tower_measure *m, u64 footprint_kib,
                        struct emit *out)
{
    emit_text(out, "  %s: %" PRIu64 " %s\n", m->name, footprint_kib >> 10 ? footprint_kib >> 10 : footprint_kib,
              footprint_kib >> 10 ? "MiB" : "KiB");
    for (unsigned k = 0; k < ARRAY_SIZE(lines); k++) {
        put_line(t, m, &lines[k], out);
        if (lines[k].value == times) put_range(t, m, out);
    }
}

static u64 footprint_of(const struct report_tower *t, const struct tower_measure *m)
{
    u64 kib = 0;

    for (unsigned level = 0; level <= t->depth; level++)
        if (m->cell[level].is_measured && m->cell[level].footprint_kib) kib = m->cell[level].footprint_kib;
    return kib;
}

static bool has_ranges(const struct report_tower *t)
{
    for (unsigned k = 0; k < t->measure_count; k++)
        for (unsigned level = 1; level <= t->depth; level++)
            if (t->measure[k].cell[level].greatest_times > 0) return true;
    return false;
}

#define WHAT_RANGES_ARE                                                                                                \
    "  could be: with any plausible price of a look-up and of a read (machine/plausible.def), and with a\n"            \
    "  TLB that keeps no guest real addresses (a read for each that it had)%s\n"

void tower_translation_table(const struct report_tower *t, struct emit *out)
{
    bool any = false;

    for (unsigned k = 0; k < t->measure_count; k++) {
        const struct tower_measure *m = &t->measure[k];
        u64 kib = footprint_of(t, m);

        if (!kib) continue;
        if (!any) {
            emit_text(out, "\n%-*s", LEFT, "Translation, for an operation");
            for (unsigned level = 0; level <= t->depth; level++) emit_text(out, "%*sL%u", WIDTH - 2, "", level);
            emit_text(out, "\n");
            any = true;
        }
        put_measure(t, m, kib, out);
    }
    if (any && has_ranges(t)) emit_text(out, WHAT_RANGES_ARE, t->varied ? "; and for each --what-if" : "");
}
