/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Partition-scoped translation as events, in stats.txt and stats.json: hypervisor storage interrupts by what became of
 * them, shadow entries, the parent's invalidations - and beside them what a guest does without any exit, from its
 * accounts.  exit_table.h says what each figure is.
 */
#include <inttypes.h>
#include <stdio.h>

#include "stats/report_parts.h"

#define FIGURE(member, name, unit, text)                                                                               \
    {                                                                                                                  \
        name, unit, text, offsetof(struct nested_level, member)                                                        \
    }
const struct nested_figure report_nested_figures[] = {
    FIGURE(data, "hdsi", "events", "Hypervisor data storage interrupts"),
    FIGURE(instruction, "hisi", "events", "Hypervisor instruction storage interrupts"),
    FIGURE(for_table, "faults_for_table", "events", "Of both: on the walk's read of a process-scoped table"),
    FIGURE(handled_by[0], "faults_by_l0_alone", "events", "Faults that L0 ended alone"),
    FIGURE(made, "entries_made", "events", "Faults after which L0's table had an entry that it lacked"),
    FIGURE(upgraded, "entries_upgraded", "events", "Faults after which L0's entry allowed what it had refused"),
    FIGURE(emulated, "emulated", "events", "Faults whose instruction was emulated"),
    FIGURE(injected, "injected", "events", "Faults after which the guest went on elsewhere, at a vector of its own"),
    FIGURE(unchanged, "unchanged", "events", "Faults after which the instruction ran again on the same entry, or none"),
    FIGURE(parent_had, "parent_had", "events",
           "DERIVED: the parent's table held the page at the fault, only L0's shadow lacked it"),
    FIGURE(parent_forbade, "parent_forbade", "events",
           "DERIVED: the parent's table held the page and forbade the access"),
    FIGURE(parent_had_not, "parent_had_not", "events", "DERIVED: the parent's table lacked the page too"),
    FIGURE(parent_unknown, "parent_unknown", "events", "The parent's table is not known or not radix"),
    FIGURE(parent_had_and_alone, "parent_had_and_l0_alone", "events", "DERIVED, it held the page: L0 ended it alone"),
    FIGURE(parent_lacked_and_reflected, "parent_lacked_and_reflected", "events",
           "DERIVED, it forbade or lacked it: a hypervisor below L0 ran"),
    FIGURE(parent_reads, "parent_table_reads", "events",
           "DERIVED: entries of the parent's table that L0 reads, one walk for each fault"),
    FIGURE(made_first, "pages_made_first", "events", "Pages that got an entry for the first time"),
    FIGURE(made_again, "pages_made_again", "events", "Pages that got one again"),
    FIGURE(made_again_soon, "pages_made_again_soon", "events",
           "Of these: within needless_insns instructions of the guest after the invalidation"),
    FIGURE(made_again_unseen, "pages_made_again_unseen", "events", "Of these: L0 had taken it away unseen"),
    FIGURE(killed, "pages_killed", "events", "Entries that an invalidation by hypercall took away"),
    FIGURE(alive, "pages_alive", "events", "Entries that were there at the end, as far as was seen"),
    FIGURE(unlisted, "pages_unlisted", "events", "Entries made for which the list had no room"),
    FIGURE(calls, "invalidation_calls", "events",
           "H_TLB_INVALIDATE and H_RPT_INVALIDATE that named guests of this level"),
    FIGURE(calls_address, "invalidation_calls_address", "events", "Of these: by address"),
    FIGURE(calls_all, "invalidation_calls_all", "events", "Of these: everything of a guest, or of all"),
    FIGURE(calls_tlbies, "invalidation_tlbies", "events", "tlbie executed until the caller went on"),
};
#undef FIGURE
const unsigned report_nested_figure_count = ARRAY_SIZE(report_nested_figures);

const char *report_fault_kind_name(enum fault_kind kind)
{
    static const char *const names[] = {"by_l0_alone", "reflected", "emulated", "other"};

    return names[kind];
}

bool report_nested_level_used(const struct report *r, unsigned level)
{
    return level < r->nested_count && (r->nested[level].data || r->nested[level].instruction || r->nested[level].calls);
}

u64 report_nested_get(const struct nested_level *l, const struct nested_figure *f)
{
    return *(const u64 *)(const void *)((const char *)l + f->offset);
}

void report_text_nested(const struct report *r, struct emit *e)
{
    for (unsigned level = 1; level < EXIT_LEVELS; level++) {
        char name[128];
        if (!report_nested_level_used(r, level)) continue;
        for (unsigned k = 0; k < report_nested_figure_count; k++) {
            const struct nested_figure *f = &report_nested_figures[k];
            snprintf(name, sizeof name, "nested.level%u.%s", level, f->name);
            report_text_line(e, name, report_nested_get(&r->nested[level], f), f->text, f->unit);
        }
        for (unsigned k = 0; k < FAULT_KINDS; k++) {
            const struct fault_episodes *f = &r->nested[level].episodes[k];
            snprintf(name, sizeof name, "nested.level%u.instructions_%s", level, report_fault_kind_name(k));
            report_text_line(e, name, f->time.count, "Instructions that faulted, with all their faults", "events");
            snprintf(name, sizeof name, "nested.level%u.instructions_%s.cycles", level, report_fault_kind_name(k));
            report_text_line(e, name, f->time.sum, "Cycles from the first fault until the instruction ran", "cycles");
        }
    }
}

static void json_episodes(struct emit *e, const struct fault_episodes *f, const char *name)
{
    emit_open(e, name, '{');
    emit_u64(e, "count", f->time.count);
    emit_u64(e, "exits", f->exits);
    emit_u64(e, "cycles", f->time.sum);
    emit_u64(e, "min", f->time.least);
    emit_u64(e, "max", f->time.most);
    emit_u64(e, "p50", histogram_percentile(&f->time, 50));
    emit_u64(e, "p90", histogram_percentile(&f->time, 90));
    emit_u64(e, "p99", histogram_percentile(&f->time, 99));
    report_json_cost(e, &f->cost);
    emit_close(e, '}');
}

/* What the level did in its own process-scoped tables, without an exit. */
static void json_own(const struct report *r, struct emit *e, unsigned level)
{
    struct counters c;
    struct walk_tally walks;

    if (!report_level(r, level, &c, &walks)) c = (struct counters){0};
    emit_open(e, "own", '{');
    emit_u64(e, "data_storage", c.data_storage);
    emit_u64(e, "instruction_storage", c.instruction_storage);
    emit_u64(e, "tlbie_process", c.tlbie_process);
    emit_u64(e, "tlbiel_process", c.tlbiel_process);
    emit_close(e, '}');
}

void report_json_nested(const struct report *r, struct emit *e)
{
    emit_open(e, "nested", '[');
    for (unsigned level = 1; level < EXIT_LEVELS; level++) {
        const struct nested_level *l;

        if (!report_nested_level_used(r, level)) continue; /* without guests there are no levels at all */
        l = &r->nested[level];
        emit_open(e, NULL, '{');
        emit_u64(e, "level", level);
        for (unsigned k = 0; k < report_nested_figure_count; k++)
            emit_u64(e, report_nested_figures[k].name, report_nested_get(l, &report_nested_figures[k]));
        emit_open(e, "faults_handled_by", '[');
        for (unsigned k = 0; k < level; k++) emit_u64(e, NULL, l->handled_by[k]);
        emit_close(e, ']');
        emit_open(e, "instructions", '{');
        for (unsigned k = 0; k < FAULT_KINDS; k++) json_episodes(e, &l->episodes[k], report_fault_kind_name(k));
        emit_close(e, '}');
        emit_open(e, "invalidation_cost", '{');
        report_json_cost(e, &l->calls_cost);
        emit_close(e, '}');
        json_own(r, e, level);
        emit_close(e, '}');
    }
    emit_close(e, ']');
}
