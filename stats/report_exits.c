/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The exits from a partition to whoever runs it, in stats.txt and stats.json.  Columns are called as `perf kvm stat`
 * calls them: Samples, Samples% and Time% (of the level's exits), Min, Max, Avg - in cycles, from the exit until the
 * guest ran again.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "stats/report_parts.h"

u64 report_exit_hypervisor_cycles(const struct report_exit *x)
{
    u64 sum = 0;

    for (unsigned k = 0; k < x->level && k < EXIT_LEVELS; k++) sum += x->cost.cycles[k];
    return sum;
}

struct exit_sums report_exit_sums(const struct report *r, unsigned level)
{
    struct exit_sums s = {0};
    struct counters c;
    struct walk_tally walks;
    u64 erat, tlb, pwc;

    for (unsigned k = 0; k < r->exit_count; k++) {
        const struct report_exit *x = &r->exits[k];
        if (x->level != level) continue;
        s.count += x->count;
        s.cycles += x->cycles;
        s.hypervisor_cycles += report_exit_hypervisor_cycles(x);
        s.after.erat += x->after.erat;
        s.after.tlb += x->after.tlb;
        s.after.pwc += x->after.pwc;
        s.after_instructions += x->after_instructions;
    }
    if (!report_level(r, level, &c, &walks) || c.completed <= s.after_instructions) return s;
    erat = c.derat_miss + c.ierat_miss;
    tlb = c.tlb_miss;
    pwc = c.pwc_miss;
    s.steady_instructions = c.completed - s.after_instructions;
    s.steady =
        (struct miss_tally){erat > s.after.erat ? erat - s.after.erat : 0, tlb > s.after.tlb ? tlb - s.after.tlb : 0,
                            pwc > s.after.pwc ? pwc - s.after.pwc : 0};
    return s;
}

double report_exit_rate(u64 misses, u64 instructions)
{
    return instructions ? 1000.0 * (double)misses / (double)instructions : 0;
}

/* ---- stats.txt ---- */
enum { PEOPLE_ROWS = 12, LEAST_WINDOW = 100 };

static int by_hypervisor_cycles(const void *a, const void *b)
{
    const struct report_exit *x = *(const struct report_exit *const *)a, *y = *(const struct report_exit *const *)b;
    u64 cx = report_exit_hypervisor_cycles(x), cy = report_exit_hypervisor_cycles(y);

    if (cx != cy) return cx > cy ? -1 : 1;
    return x < y ? -1 : x > y; /* both lie in the report's list, which has an order */
}

unsigned report_exit_list(const struct report *r, unsigned level, const struct report_exit **list)
{
    unsigned count = 0;

    for (unsigned k = 0; k < r->exit_count; k++)
        if (r->exits[k].level == level) list[count++] = &r->exits[k];
    qsort(list, count, sizeof *list, by_hypervisor_cycles);
    return count;
}

static double percent(u64 part, u64 whole)
{
    return whole ? 100.0 * (double)part / (double)whole : 0;
}

static void people_row(struct emit *e, const struct report_exit *x, const struct exit_sums *s)
{
    emit_text(e, "# %-26.26s L%u %9" PRIu64 " %7.2f%% %6.2f%% %9" PRIu64 " %11" PRIu64 " %10.0f %10" PRIu64 " %9.0f",
              x->reason, x->handled_by, x->count, percent(x->count, s->count), percent(x->cycles, s->cycles), x->least,
              x->most, x->count ? (double)x->cycles / (double)x->count : 0, x->p99,
              x->count ? (double)report_exit_hypervisor_cycles(x) / (double)x->count : 0);
    /* Of windows that the next exit cuts off at once nothing can be said. */
    if (x->after_instructions >= x->count * LEAST_WINDOW)
        emit_text(e, " %9.1f\n", report_exit_rate(x->after.erat, x->after_instructions));
    else emit_text(e, " %9s\n", "-");
}

void report_text_exits_table(const struct report *r, struct emit *e)
{
    const struct report_exit **list = calloc(r->exit_count + 1, sizeof *list);

    e->failed |= !list;
    for (unsigned level = 1; list && level < EXIT_LEVELS; level++) {
        unsigned count = report_exit_list(r, level, list);
        struct exit_sums s = report_exit_sums(r, level);

        if (!count) continue;
        emit_text(e,
                  "# Exits of level %u in cycles until it ran again; the %u dearest of %u kinds.  Its ERAT misses per "
                  "1000 instructions: %.1f, in the %" PRIu64 " after an exit:\n",
                  level, count < PEOPLE_ROWS ? count : PEOPLE_ROWS, count,
                  report_exit_rate(s.steady.erat, s.steady_instructions), r->switches.window);
        emit_text(e, "# %-26s %s %9s %8s %7s %9s %11s %10s %10s %9s %9s\n", "VM-EXIT", "by", "Samples", "Samples%",
                  "Time%", "Min", "Max", "Avg", "p99", "hyperv.", "ERATafter");
        for (unsigned k = 0; k < count && k < PEOPLE_ROWS; k++) people_row(e, list[k], &s);
        emit_text(e, "#\n");
    }
    free(list);
}

void report_text_exits(const struct report *r, struct emit *e)
{
    static const char *const names[] = {"count", "cycles", "min", "max", "p50", "p90", "p99", "hypervisor_cycles"};
    static const char *const texts[] = {"Exits that ended",
                                        "Cycles until the guest ran again",
                                        "The shortest",
                                        "The longest",
                                        "Half of them took no longer",
                                        "Nine of ten took no longer",
                                        "Ninety-nine of a hundred took no longer",
                                        "Cycles of the guest's hypervisors until it ran again"};

    for (unsigned k = 0; k < r->exit_count; k++) {
        const struct report_exit *x = &r->exits[k];
        const u64 values[] = {x->count, x->cycles, x->least, x->most,
                              x->p50,   x->p90,    x->p99,   report_exit_hypervisor_cycles(x)};
        for (unsigned v = 0; v < ARRAY_SIZE(values); v++) {
            char name[128];
            snprintf(name, sizeof name, "exit.level%u.%s.by%u.%s", x->level, x->reason, x->handled_by, names[v]);
            report_text_line(e, name, values[v], texts[v], v ? "cycles" : "events");
        }
    }
}

/* ---- stats.json ---- */
void report_json_misses(struct emit *e, const char *name, const struct miss_tally *m, u64 instructions)
{
    emit_open(e, name, '{');
    emit_u64(e, "instructions", instructions);
    emit_u64(e, "erat_misses", m->erat);
    emit_u64(e, "tlb_misses", m->tlb);
    emit_u64(e, "pwc_misses", m->pwc);
    emit_close(e, '}');
}

void report_json_cost(struct emit *e, const struct exit_cost *cost)
{
    emit_open(e, "levels", '[');
    for (unsigned k = 0; k < EXIT_LEVELS; k++) {
        if (!cost->cycles[k] && !cost->instructions[k]) continue;
        emit_open(e, NULL, '{');
        emit_u64(e, "level", k);
        emit_u64(e, "cycles", cost->cycles[k]);
        emit_u64(e, "instructions", cost->instructions[k]);
        emit_close(e, '}');
    }
    emit_close(e, ']');
    emit_u64(e, "idle_cycles", cost->idle_cycles);
    emit_u64(e, "elsewhere_cycles", cost->elsewhere_cycles);
}

static void json_exit(struct emit *e, const struct report_exit *x, const struct exit_sums *s)
{
    double expected = report_exit_rate(s->steady.erat, s->steady_instructions) * (double)x->after_instructions / 1000;

    emit_open(e, NULL, '{');
    emit_u64(e, "level", x->level);
    emit_string(e, "reason", x->reason);
    emit_u64(e, "count", x->count);
    emit_u64(e, "handled_by", x->handled_by);
    emit_u64(e, "cycles", x->cycles);
    emit_u64(e, "misses_after", x->misses_after);
    emit_fixed(e, "misses_expected", expected, 1);
    emit_u64(e, "open", x->open);
    emit_fixed(e, "samples_percent", percent(x->count, s->count), 3);
    emit_fixed(e, "time_percent", percent(x->cycles, s->cycles), 3);
    emit_u64(e, "min", x->least);
    emit_u64(e, "max", x->most);
    emit_fixed(e, "avg", x->count ? (double)x->cycles / (double)x->count : 0, 1);
    emit_u64(e, "p50", x->p50);
    emit_u64(e, "p90", x->p90);
    emit_u64(e, "p99", x->p99);
    emit_u64(e, "hypervisor_cycles", report_exit_hypervisor_cycles(x));
    emit_u64(e, "first_leg_cycles", x->first_leg_cycles);
    emit_u64(e, "tlbies", x->host_tlbies);
    report_json_cost(e, &x->cost);
    report_json_misses(e, "after", &x->after, x->after_instructions);
    emit_u64(e, "after_cut", x->after_cut);
    emit_string(e, "perf", x->symbol && *x->symbol ? x->symbol : NULL);
    emit_string(e, "text", x->text);
    emit_close(e, '}');
}

static void json_switches(const struct report *r, struct emit *e)
{
    emit_open(e, "switches", '{');
    emit_u64(e, "entries", r->switches.entries);
    emit_u64(e, "exits", r->switches.exits);
    emit_u64(e, "inside", r->switches.inside);
    emit_u64(e, "first_entries", r->switches.first_entries);
    emit_u64(e, "lost", r->switches.lost);
    emit_u64(e, "aftershock_insns", r->switches.window);
    emit_open(e, "levels", '[');
    for (unsigned level = 1; level < EXIT_LEVELS; level++) {
        struct exit_sums s = report_exit_sums(r, level);
        if (!s.count) continue;
        emit_open(e, NULL, '{');
        emit_u64(e, "level", level);
        emit_u64(e, "exits", s.count);
        emit_u64(e, "cycles", s.cycles);
        emit_u64(e, "hypervisor_cycles", s.hypervisor_cycles);
        report_json_misses(e, "after", &s.after, s.after_instructions);
        report_json_misses(e, "steady", &s.steady, s.steady_instructions);
        emit_close(e, '}');
    }
    emit_close(e, ']');
    emit_close(e, '}');
}

void report_json_exits(const struct report *r, struct emit *e)
{
    struct exit_sums sums[EXIT_LEVELS];

    for (unsigned level = 0; level < EXIT_LEVELS; level++) sums[level] = report_exit_sums(r, level);
    emit_open(e, "exits", '[');
    for (unsigned k = 0; k < r->exit_count; k++) json_exit(e, &r->exits[k], &sums[r->exits[k].level]);
    emit_close(e, ']');
    json_switches(r, e);
}
