/* SPDX-License-Identifier: Apache-2.0 */
/* A machine's accounts, threads, regions and options as a report; see machine_report.h. */
#include "machine/machine_report.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/commit.h"
#include "core/timing/timing.h"
#include "machine/config.h"
#include "machine/console.h"
#include "machine/machine_internal.h"
#include "mmu/xlate.h"
#include "stats/report.h"

_Static_assert((int)XL_WHY_COUNT <= (int)WALK_REASONS && (int)REPORT_LEVELS == (int)WHAT_IF_LEVELS,
               "room in the report");
_Static_assert((int)REPORT_NONE == (int)MODEL_NONE && (int)REPORT_MMU == (int)MODEL_MMU &&
                   (int)REPORT_CORE == (int)MODEL_CORE,
               "the same models");

static void *list_of(unsigned count, size_t size)
{
    return calloc(count ? count : 1, size);
}

static bool is_amount(const struct option_row *row)
{
    return row->type == OPTION_SIZE || row->type == OPTION_COUNT;
}

/* The value as JSON: numbers and truth values as such, what has letters as a string. */
static void json_value(const struct option_row *row, u64 value, char *out, size_t size)
{
    char text[CONFIG_VALUE_MAX];

    config_format(row, value, text);
    if (row->type == OPTION_FLAG) snprintf(out, size, "%s", value ? "true" : "false");
    else if (is_amount(row)) snprintf(out, size, "%" PRIu64, value);
    else if (row->type == OPTION_SECONDS || row->type == OPTION_DECIMAL) snprintf(out, size, "%.31s", text);
    else snprintf(out, size, "\"%.29s\"", text);
}

static bool add_options(const struct config *config, struct report *r)
{
    r->options = list_of(option_row_count, sizeof *r->options);
    if (!r->options) return false;
    EACH_OPTION(row) {
        struct report_option *o = &r->options[r->option_count++];
        const struct plausible *plausible = plausible_find(row->name);
        *o = (struct report_option){.name = row->name,
                                    .unit = row->unit,
                                    .source = row->source,
                                    .text = row->text,
                                    .provenance = config_provenance(config, row),
                                    .is_amount = is_amount(row),
                                    .amount = config_get(config, row),
                                    .could_be = plausible ? plausible->values : NULL,
                                    .why = plausible ? plausible->why : NULL};
        config_format(row, config_get(config, row), o->value);
        json_value(row, config_get(config, row), o->number, sizeof o->number);
    }
    return true;
}

static bool add_threads(const struct machine *m, struct report *r)
{
    r->threads = list_of(m->thread_count, sizeof *r->threads);
    if (!r->threads) return false;
    for (unsigned k = 0; k < m->thread_count; k++) {
        const struct thread *t = m->threads[k];
        r->threads[r->thread_count++] = (struct report_thread){
            .pir = t->pir, .completed = thread_completed(t), .cycles = thread_cycles(t), .idle_cycles = t->idle_cycles};
    }
    return true;
}

static bool add_partitions(const struct machine *m, struct report *r)
{
    r->partitions = list_of(m->partitions.count, sizeof *r->partitions);
    if (!r->partitions) return false;
    for (unsigned k = 0; k < m->partitions.count; k++) {
        const struct partition *p = m->partitions.list[k];
        r->partitions[r->partition_count++] = (struct report_partition){.level = p->level,
                                                                        .lpid = p->lpid,
                                                                        .parent = p->parent ? (s64)p->parent->id : -1,
                                                                        .first_cycle = p->first_cycle,
                                                                        .last_cycle = p->last_cycle,
                                                                        .entries = p->entries,
                                                                        .ended = p->ended,
                                                                        .what = p->what};
    }
    if (r->partitions[0].last_cycle < machine_cycles(m)) r->partitions[0].last_cycle = machine_cycles(m);
    return true;
}

/* By partition and state; in each the busiest process first, and what has no PID of its own last. */
static int by_level(const void *a, const void *b)
{
    const struct report_account *x = a, *y = b;

    if (x->level != y->level) return x->level < y->level ? -1 : 1;
    if (x->lpid != y->lpid) return x->lpid < y->lpid ? -1 : 1;
    if (x->partition != y->partition) return x->partition < y->partition ? -1 : 1;
    if (x->state != y->state) return strcmp(x->state, y->state);
    if ((x->pid < 0) != (y->pid < 0)) return x->pid < 0 ? 1 : -1;
    if (x->counters.cycles != y->counters.cycles) return x->counters.cycles > y->counters.cycles ? -1 : 1;
    return x->pid < y->pid ? -1 : x->pid > y->pid;
}

static struct report_account account_of(const struct account *a)
{
    return (struct report_account){.partition = a->partition->id,
                                   .level = a->level,
                                   .lpid = a->partition->lpid,
                                   .parent = a->partition->parent ? (s64)a->partition->parent->lpid : -1,
                                   .state = account_state_name(a->state),
                                   .pid = a->pid == ACCOUNT_OTHERS ? -1 : (s64)a->pid,
                                   .pids = 1,
                                   .counters = a->counters,
                                   .walks = a->walks};
}

static void merge(struct report_account *to, const struct report_account *from)
{
    to->pid = -1;
    to->pids += from->pids;
    counters_add(&to->counters, &from->counters);
    walk_tally_add(&to->walks, &from->walks);
}

/* From the sorted list of all: the sum of each partition and state, and its first processes with the sum of the rest.
 */
static bool add_accounts(const struct machine *m, struct report *r)
{
    struct report_account *all = list_of(m->accounts.count, sizeof *all);
    unsigned in_family = 0;

    r->accounts = list_of(m->accounts.count, sizeof *r->accounts);
    r->processes = list_of(m->accounts.count, sizeof *r->processes);
    if (!all || !r->accounts || !r->processes) {
        free(all);
        return false;
    }
    for (unsigned k = 0; k < m->accounts.count; k++) all[k] = account_of(m->accounts.list[k]);
    qsort(all, m->accounts.count, sizeof *all, by_level);
    for (unsigned k = 0; k < m->accounts.count; k++) {
        const struct report_account *family = r->account_count ? &r->accounts[r->account_count - 1] : NULL;
        if (!family || family->partition != all[k].partition || family->state != all[k].state) {
            r->accounts[r->account_count++] = all[k];
            in_family = 0;
        } else {
            merge(&r->accounts[r->account_count - 1], &all[k]);
        }
        if (in_family++ <= REPORT_PROCESSES) r->processes[r->process_count++] = all[k];
        else merge(&r->processes[r->process_count - 1], &all[k]);
    }
    free(all);
    return true;
}

/* A region's sums, with what it has counted so far if it is open. */
static bool add_region(const struct machine_region *from, const struct level_totals *now, struct report_region *to)
{
    struct level_totals sum = {0}, nothing = {0};
    bool ok = level_totals_add_since(&sum, &from->sum, &nothing) &&
              (!from->open || level_totals_add_since(&sum, now, &from->at_begin));

    *to = (struct report_region){.tag = from->tag,
                                 .times = from->times,
                                 .first_begin = from->first_begin,
                                 .last_end = from->last_end,
                                 .elapsed = from->elapsed,
                                 .open = from->open};
    memcpy(to->name, from->name, sizeof to->name);
    to->levels = list_of(sum.levels, sizeof *to->levels);
    ok = ok && to->levels;
    for (unsigned k = 0; ok && k < sum.levels; k++) {
        to->levels[to->level_count++] = (struct region_level){sum.level[k].counters, sum.level[k].walks};
        counters_add(&to->counters, &sum.level[k].counters);
        walk_tally_add(&to->walks, &sum.level[k].walks);
    }
    to->what_if = sum.what_if;
    to->what_if_count = sum.what_ifs;
    sum.what_if = NULL;
    to->variant = sum.variant;
    to->variant_count = sum.variants;
    sum.variant = NULL;
    level_totals_free(&sum);
    return ok;
}

struct region_level *machine_levels(struct machine *m, unsigned *count)
{
    struct level_totals now = {0};
    struct region_level *levels = machine_level_totals(m, &now) ? list_of(now.levels, sizeof *levels) : NULL;

    for (unsigned k = 0; levels && k < now.levels; k++)
        levels[k] = (struct region_level){now.level[k].counters, now.level[k].walks};
    m->levels_starved |= !levels;
    *count = levels ? now.levels : 0;
    level_totals_free(&now);
    return levels;
}

static bool add_regions(struct machine *m, struct report *r)
{
    struct level_totals now = {0};
    bool ok = machine_level_totals(m, &now);

    r->regions = list_of(m->region_count, sizeof *r->regions);
    ok = ok && r->regions;
    for (unsigned k = 0; ok && k < m->region_count; k++)
        ok = add_region(&m->regions[k], &now, &r->regions[r->region_count++]);
    level_totals_free(&now);
    return ok;
}

static bool add_what_ifs(const struct machine *m, struct report *r)
{
    r->what_if = list_of(m->what_if_count, sizeof *r->what_if);
    if (!r->what_if) return false;
    for (unsigned k = 0; k < m->what_if_count; k++) {
        struct report_what_if *w = &r->what_if[r->what_if_count++];

        snprintf(w->setting, sizeof w->setting, "%s", m->what_if[k].setting);
        w->look_up_cycles = m->what_if[k].look_up_cycles;
        w->is_amount = m->what_if[k].is_amount;
        w->amount = m->what_if[k].amount;
        for (unsigned level = 0; level < REPORT_LEVELS; level++)
            w->counters[level] = *mmu_what_if_counters(m->mmus, k, level);
    }
    return true;
}

static bool add_variants(const struct machine *m, struct report *r)
{
    unsigned count = machine_variant_count(m);

    r->variants = list_of(count, sizeof *r->variants);
    if (!r->variants) return false;
    while (r->variant_count < count) {
        machine_report_variant(m, r->variant_count, &r->variants[r->variant_count]);
        r->variant_count++;
    }
    return true;
}

static void add_top(const struct machine *m, const struct hot_table *table, struct report_hot *hot)
{
    struct hot_row top[REPORT_HOT];

    hot->count = hot_top(table, top, REPORT_HOT);
    hot->distinct = table->used;
    hot->taken = table->taken;
    hot->all = table->all;
    hot->other = table->other;
    for (unsigned k = 0; k < hot->count; k++) {
        const struct account *a = m->accounts.list[top[k].account];
        hot->row[k] = (struct report_hot_row){
            .level = a->level, .lpid = a->partition->lpid, .state = account_state_name(a->state), .what = top[k]};
    }
}

/* The report owns what it holds: copies. */
static bool add_timeline(const struct machine *m, struct report *r)
{
    r->marks = list_of(m->mark_count, sizeof *r->marks);
    if (!timeline_copy(&r->timeline, &m->timeline) || !r->marks) return false;
    for (unsigned k = 0; k < m->mark_count; k++) r->marks[r->mark_count++] = m->marks[k];
    return true;
}

/* What decides no more than how long things take under the model core. */
static bool vary(struct machine *m, const struct option_row *row, const struct config *config)
{
    char value[CONFIG_VALUE_MAX];

    config_format(row, config_get(config, row), value);
    return machine_vary(m, row->name, value);
}

bool machine_what_if(struct machine *m, const char *setting)
{
    size_t length = strcspn(setting, "= ");
    struct config config = *m->config;
    const struct option_row *row;
    struct mmu_config variant;
    char name[sizeof m->what_if[0].setting];

    if (strlen(setting) >= sizeof name) return p9_error("--what-if %.40s...: write NAME=VALUE[,VALUE...]", setting);
    snprintf(name, sizeof name, "%.*s", (int)length, setting);
    if (!config_assign(&config, setting, "--what-if")) return false;
    row = option_find(name);
    if (row && m->config->model == MODEL_CORE && option_is_of_timing(row)) return vary(m, row, &config);
    if (!row || !option_is_of_mmu(row))
        return p9_error("--what-if %s: %s is no option of the translation model (tlb_*, pwc_*, pate_entries, "
                        "prte_entries, *_cycles)",
                        setting, name);
    if (!config_check(&config)) return false;
    variant = config_mmu(&config);
    if (!mmu_what_if(m->mmus, &variant)) return false;
    snprintf(m->what_if[m->what_if_count].setting, sizeof m->what_if[0].setting, "%s", setting);
    m->what_if[m->what_if_count].look_up_cycles = variant.tlb_hit_cycles;
    m->what_if[m->what_if_count].is_amount = is_amount(row);
    m->what_if[m->what_if_count++].amount = config_get(&config, row);
    return true;
}

/* What was done without because the host had no memory, all of it or a part. */
static const char *what_is_incomplete(const struct machine *m)
{
    if (m->accounts.starved) return "processes apart";
    if (m->partitions.starved) return "partitions apart";
    if (m->exits->exits.starved || m->exits->exits.nested.starved) return "exits";
    if (m->hot.pages.starved || m->hot.code.starved) return "pages and instructions apart";
    if (m->timeline.starved) return "the timeline";
    if (m->marks_starved) return "marks";
    if (m->sampling.starved) return "windows of the sample";
    return m->levels_starved ? "regions and levels" : NULL;
}

static void add_caches(const struct machine *m, struct report *r)
{
    static const char *const names[REPORT_CACHES] = {"L2", "L3"};

    for (unsigned k = 0; m->core.timing && k < REPORT_CACHES; k++) {
        struct memory_space space = timing_cache_space(m->core.timing, (enum served_by)(SERVED_L2 + k));
        r->caches[k] = (struct report_cache){names[k], space.lines, space.held, space.tables};
    }
}

bool machine_report(struct machine *m, struct report *r)
{
    for (unsigned k = 0; k < m->thread_count; k++) thread_settle_account(m->threads[k]);
    machine_flush_variants(m);
    if (m->board) partition_name_l0(&m->partitions, &m->ram);
    r->version = P9_VERSION;
    r->commit = p9_commit;
    r->incomplete = what_is_incomplete(m);
    r->completed = machine_completed(m) - m->completed_at_reset;
    r->cycles = machine_cycles(m);
    r->core_mhz = m->core_mhz;
    r->model = (enum report_model)m->config->model;
    r->walks_are_free = m->config->walk_free;
    r->partly_timed = m->core.waits || m->core.by_regions || m->core.resumed || m->sampling.period;
    r->look_up_cycles = m->config->tlb_hit_cycles;
    r->read_cycles = m->config->walk_read_cycles;
    r->quantum_cycles = m->config->quantum_cycles;
    r->memory_bytes = m->config->mem;
    r->panics = machine_guest_panics(m, &r->panic_count);
    r->host.memory_bytes = ram_touched_bytes(&m->ram);
    for (unsigned k = 0; k < XL_WHY_COUNT; k++) {
        r->fault_names[k] = xlate_why_name(k);
        r->fault_texts[k] = xlate_why_text(k);
    }
    add_caches(m, r);
    r->has_hot = m->config->model != MODEL_NONE;
    add_top(m, &m->hot.pages, &r->hot_pages);
    add_top(m, &m->hot.code, &r->hot_code);
    if (add_options(m->config, r) && add_threads(m, r) && add_partitions(m, r) && add_accounts(m, r) &&
        add_regions(m, r) && add_what_ifs(m, r) && add_variants(m, r) && add_timeline(m, r) &&
        machine_report_exits(m, r) && machine_report_sampling(m, r))
        return true;
    return p9_error("report: the host has no memory for it");
}

void machine_who_runs(const struct machine *m, char *out, size_t size)
{
    snprintf(out, size, "idle");
    for (unsigned k = 0; k < m->thread_count; k++) {
        const struct thread *t = m->threads[k];
        if (t->held || t->stopped || t->checkstop) continue;
        snprintf(out, size, "L%u (LPID %u) %s", t->partition->level, t->partition->lpid,
                 account_state_name(account_state_of(t->msr)));
        return;
    }
}

unsigned machine_deepest_level(const struct machine *m)
{
    unsigned deepest = 0;

    for (unsigned k = 0; k < m->partitions.count; k++) {
        const struct partition *p = m->partitions.list[k];
        if (!p->ended && p->level > deepest) deepest = p->level;
    }
    return deepest;
}

u64 machine_tree_changes(const struct machine *m)
{
    return m->partitions.changes;
}

void machine_tree(const struct machine *m, char *out, size_t size)
{
    size_t at = 0;

    for (unsigned k = 0; k < m->partitions.count && at + 1 < size; k++) {
        const struct partition *p = m->partitions.list[k];
        char of[24] = "", lpid[24] = "";

        if (p->ended) continue;
        if (p->level) snprintf(lpid, sizeof lpid, " LPID %u", p->lpid);
        if (p->level > 1) snprintf(of, sizeof of, " of %u", p->parent->lpid);
        at += (size_t)snprintf(out + at, size - at, "%sL%u%s%s%s%s", k ? "; " : "", p->level, lpid, of,
                               p->what[0] ? " " : "", p->what);
    }
}
