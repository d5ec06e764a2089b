/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statistics check themselves: each row is a sum of counters that must equal, or not exceed, another.  Rows hold for
 * every account as well as for the total, because one event's counters are always one account's.
 */
#include <inttypes.h>
#include <stdio.h>

#include "stats/cpi.h"
#include "stats/report.h"
#include "stats/tower.h"

enum { TERMS = 6, WHOSE = 96 };
enum relation { EQUAL, AT_MOST };
struct rule {
    const char *text;
    enum relation relation;
    size_t left[TERMS], right[TERMS]; /* offset + 1 in struct counters; 0: no more */
};

#define C(field) (offsetof(struct counters, field) + 1)
static const struct rule rules[] = {
    {"tlb_access = tlb_hit + tlb_miss", EQUAL, {C(tlb_access)}, {C(tlb_hit), C(tlb_miss)}},
    {"tlb_miss = itlb_miss + dtlb_miss", EQUAL, {C(tlb_miss)}, {C(itlb_miss), C(dtlb_miss)}},
    {"walks = tlb_miss", EQUAL, {C(walks)}, {C(tlb_miss)}},
    {"tlb_access <= ierat_miss + derat_miss", AT_MOST, {C(tlb_access)}, {C(ierat_miss), C(derat_miss)}},
    {"segment_walks <= islb_miss + dslb_miss", AT_MOST, {C(segment_walks)}, {C(islb_miss), C(dslb_miss)}},
    {"walk_faults <= walks", AT_MOST, {C(walk_faults)}, {C(walks)}},
    {"derat_miss by page size <= derat_miss",
     AT_MOST,
     {C(derat_miss_4k), C(derat_miss_64k), C(derat_miss_2m), C(derat_miss_1g), C(derat_miss_16m), C(derat_miss_16g)},
     {C(derat_miss)}},
    {"dtlb_miss by page size <= dtlb_miss",
     AT_MOST,
     {C(dtlb_miss_4k), C(dtlb_miss_64k), C(dtlb_miss_2m), C(dtlb_miss_1g), C(dtlb_miss_16m), C(dtlb_miss_16g)},
     {C(dtlb_miss)}},
    {"page-walk cache hits, misses and hash walks <= walks",
     AT_MOST,
     {C(pwc_miss), C(pwc_l1_hit), C(pwc_l2_hit), C(pwc_l3_hit), C(hash_walks)},
     {C(walks)}},
    {"tlbie = by address + PID + LPID + all",
     EQUAL,
     {C(tlbie)},
     {C(tlbie_address), C(tlbie_pid), C(tlbie_lpid), C(tlbie_all)}},
    {"tlbie = process + partition + hash", EQUAL, {C(tlbie)}, {C(tlbie_process), C(tlbie_partition), C(tlbie_hash)}},
    {"tlbiel = by address + PID + LPID + all",
     EQUAL,
     {C(tlbiel)},
     {C(tlbiel_address), C(tlbiel_pid), C(tlbiel_lpid), C(tlbiel_all)}},
    {"tlbiel = process + partition + hash",
     EQUAL,
     {C(tlbiel)},
     {C(tlbiel_process), C(tlbiel_partition), C(tlbiel_hash)}},
    {"tlbi_walk_cache + tlbi_tables <= tlbie + tlbiel",
     AT_MOST,
     {C(tlbi_walk_cache), C(tlbi_tables)},
     {C(tlbie), C(tlbiel)}},
    {"erat_killed = derat_killed + ierat_killed", EQUAL, {C(erat_killed)}, {C(derat_killed), C(ierat_killed)}},
    {"erat_refilled <= derat_miss + ierat_miss", AT_MOST, {C(erat_refilled)}, {C(derat_miss), C(ierat_miss)}},
    {"idle_cycles <= cycles", AT_MOST, {C(idle_cycles)}, {C(cycles)}},
};

/* Of the model core. */
static const struct rule core_rules[] = {
    {"l1d_miss = data from L2 + L3 + other caches + memory",
     EQUAL,
     {C(l1d_miss)},
     {C(data_from_l2), C(data_from_l3), C(data_from_other), C(data_from_memory)}},
    {"l1i_miss = fetches from L2 + L3 + other caches + memory",
     EQUAL,
     {C(l1i_miss)},
     {C(fetch_from_l2), C(fetch_from_l3), C(fetch_from_other), C(fetch_from_memory)}},
    {"walk_exposed <= translation_exposed", AT_MOST, {C(walk_exposed)}, {C(translation_exposed)}},
    {"translation_exposed <= translation_cycles", AT_MOST, {C(translation_exposed)}, {C(translation_cycles)}},
    {"branch_target_wrong <= branch_mispredicted", AT_MOST, {C(branch_target_wrong)}, {C(branch_mispredicted)}},
};
#undef C

struct checker {
    struct invariants result;
    void (*say)(void *self, const char *sentence);
    void *self;
};

static void judge(struct checker *c, bool holds, const char *text, const char *whose, u64 left, u64 right)
{
    char sentence[256];

    c->result.checked++;
    if (holds) return;
    c->result.failed++;
    snprintf(sentence, sizeof sentence, "%s (%s): %" PRIu64 " against %" PRIu64, text, whose, left, right);
    if (c->say) c->say(c->self, sentence);
}

static u64 sum_of(const struct counters *counters, const size_t terms[TERMS])
{
    u64 sum = 0;

    for (unsigned k = 0; k < TERMS && terms[k]; k++)
        sum += *(const u64 *)(const void *)((const char *)counters + terms[k] - 1);
    return sum;
}

static void judge_rules(struct checker *c, const struct rule *list, size_t count, const struct counters *counters,
                        const char *whose)
{
    for (size_t k = 0; k < count; k++) {
        u64 left = sum_of(counters, list[k].left), right = sum_of(counters, list[k].right);
        judge(c, list[k].relation == EQUAL ? left == right : left <= right, list[k].text, whose, left, right);
    }
}

static void judge_counters(struct checker *c, const struct counters *counters, const char *whose)
{
    judge_rules(c, rules, ARRAY_SIZE(rules), counters, whose);
}

static u64 sum_cells(const u64 *cell, unsigned count)
{
    u64 sum = 0;

    for (unsigned k = 0; k < count; k++) sum += cell[k];
    return sum;
}

/* The plane of the walk and the flat counters tell the same. */
static void judge_walks(struct checker *c, const struct counters *n, const struct walk_tally *t, const char *whose)
{
    u64 spared = 0, walks = sum_cells(t->length, WALK_LENGTHS), faults = sum_cells(t->fault, WALK_REASONS);
    u64 reads = walk_tally_reads(t, WALK_FROM_STORAGE), cycles = walk_tally_cycles(t);

    for (unsigned k = WALK_FROM_STORAGE + 1; k < WALK_SOURCES; k++) spared += walk_tally_reads(t, k);
    judge(c, reads == n->walk_reads, "reads of the walk matrix = walk_reads", whose, reads, n->walk_reads);
    judge(c, spared == n->walk_reads_pwc, "spared reads of the walk matrix = walk_reads_pwc", whose, spared,
          n->walk_reads_pwc);
    judge(c, cycles == n->walk_cycles, "cycles of the walk matrix = walk_cycles", whose, cycles, n->walk_cycles);
    judge(c, walks == n->walks, "walks by number of reads = walks", whose, walks, n->walks);
    judge(c, faults >= n->walk_faults, "translation faults by cause >= walk_faults", whose, faults, n->walk_faults);
}

/* What is known of the costs fits into the cycles: the rest is the instructions' own.  Under core a cost may be hidden
 * behind other work; what completion waited for is what counts. */
static void judge_cycles(struct checker *c, const struct report *r, const struct counters *n, const char *whose)
{
    bool core = r->model == REPORT_CORE;
    u64 known = n->idle_cycles + (core ? n->translation_exposed : n->walk_cycles + n->tlb_access * r->look_up_cycles);

    judge(c, known <= n->cycles,
          core ? "cycles idle and of translation that was waited for <= cycles"
               : "cycles idle, for TLB look-ups and for walks <= cycles",
          whose, known, n->cycles);
}

/* ---- the model core ---- */

/* Where the reads from storage were served: in the plane of the walk as in the counters, and all of them.  The walk for
 * an instruction's fetch is counted when it is made, where it was served when the instruction has been executed: what
 * is counted may begin and end between the two. */
enum { READS_UNDER_WAY = 64 }; /* of one instruction at either end, at most */
static void judge_served(struct checker *c, const struct report *r, const struct counters *n,
                         const struct walk_tally *t, const char *whose)
{
    const u64 flat[WALK_SERVED] = {n->walk_reads_l2, n->walk_reads_l3, n->walk_reads_other, n->walk_reads_memory};
    u64 sum = sum_cells(flat, WALK_SERVED), reads = n->walk_reads, slack = (u64)r->thread_count * READS_UNDER_WAY;

    if (r->walks_are_free) judge(c, !sum, "no table read is served anywhere (walk_free)", whose, sum, 0);
    else
        judge(c, sum <= reads + slack && (r->partly_timed || reads <= sum + slack),
              "walk_reads = table reads from L2 + L3 + other caches + memory, but for instructions under way", whose,
              reads, sum);
    for (unsigned k = 0; k < WALK_SERVED; k++) {
        u64 cells = walk_tally_served(t, k);
        judge(c, cells == flat[k], "reads of the walk matrix by where they were served = walk_reads_...", whose, cells,
              flat[k]);
    }
}

static void judge_core(struct checker *c, const struct report *r, const struct counters *n, const struct walk_tally *t,
                       const char *whose)
{
    u64 stack = cpi_sum(n), busy = n->cycles - n->idle_cycles;

    if (r->model != REPORT_CORE) return;
    if (r->partly_timed) judge(c, stack <= busy, "sum of the CPI stack <= cycles - idle_cycles", whose, stack, busy);
    else judge(c, stack == busy, "sum of the CPI stack = cycles - idle_cycles", whose, stack, busy);
    judge_rules(c, core_rules, ARRAY_SIZE(core_rules), n, whose);
    judge_served(c, r, n, t, whose);
}

static void judge_regions(struct checker *c, const struct report *r)
{
    char whose[WHOSE];

    for (unsigned k = 0; k < r->region_count; k++) {
        const struct report_region *region = &r->regions[k];

        snprintf(whose, sizeof whose, "region %" PRIu64 " %s", region->tag, region->name);
        judge_core(c, r, &region->counters, &region->walks, whose);
        for (unsigned level = 0; level < region->level_count; level++) {
            snprintf(whose, sizeof whose, "region %" PRIu64 " %s, level %u", region->tag, region->name, level);
            judge_core(c, r, &region->levels[level].counters, &region->levels[level].walks, whose);
        }
    }
}

static void judge_levels(struct checker *c, const struct report *r)
{
    for (unsigned level = 0; level < report_levels(r); level++) {
        struct counters n;
        struct walk_tally walks;
        char whose[WHOSE];

        if (!report_level(r, level, &n, &walks)) continue;
        snprintf(whose, sizeof whose, "level %u", level);
        judge_core(c, r, &n, &walks, whose);
    }
}

/* Whoever noted walks by address missed none. */
static void judge_hot(struct checker *c, const struct hot_row *all, const struct counters *n, const char *how)
{
    judge(c, all->walks == n->walks, "walks by address = walks", how, all->walks, n->walks);
    judge(c, all->reads == n->walk_reads, "reads of walks by address = walk_reads", how, all->reads, n->walk_reads);
    judge(c, all->cycles == n->walk_cycles, "cycles of walks by address = walk_cycles", how, all->cycles,
          n->walk_cycles);
}

bool report_level(const struct report *report, unsigned level, struct counters *counters, struct walk_tally *walks)
{
    bool any = false;

    *counters = (struct counters){0};
    *walks = (struct walk_tally){0};
    for (unsigned k = 0; k < report->account_count; k++) {
        const struct report_account *a = &report->accounts[k];
        if (a->level != level) continue;
        any = true;
        counters_add(counters, &a->counters);
        walk_tally_add(walks, &a->walks);
    }
    return any;
}

unsigned report_levels(const struct report *report)
{
    unsigned levels = 0;

    for (unsigned k = 0; k < report->account_count; k++)
        if (report->accounts[k].level >= levels) levels = report->accounts[k].level + 1;
    return levels;
}

struct counters report_total(const struct report *report)
{
    struct counters total = {0};

    for (unsigned k = 0; k < report->account_count; k++) counters_add(&total, &report->accounts[k].counters);
    return total;
}

static void judge_of_tower(void *self, bool holds, const char *text, const char *whose, u64 left, u64 right)
{
    judge(self, holds, text, whose, left, right);
}

/* Exits and entries, and that L0's work on exits is part of its cycles. */
static void judge_exits(struct checker *c, const struct report *r)
{
    const struct report_switches *s = &r->switches;
    u64 counted = s->lost, first_legs = 0, ended = 0;
    struct counters l0;
    struct walk_tally walks;

    if (!r->nested_count) return; /* no guest ran */
    for (unsigned k = 0; k < r->exit_count; k++) {
        const struct report_exit *x = &r->exits[k];
        u64 parts = x->cost.idle_cycles + x->cost.elsewhere_cycles;

        counted += x->count + x->open;
        ended += x->count;
        first_legs += x->first_leg_cycles;
        for (unsigned level = 0; level < EXIT_LEVELS; level++) parts += x->cost.cycles[level];
        judge(c, parts == x->cycles, "cycles of exits = those of each level, idle and elsewhere", x->reason, parts,
              x->cycles);
    }
    judge(c, !s->disagreeing, "entries = exits + threads inside, for each partition", "exits", s->disagreeing, 0);
    judge(c, s->exits == counted, "exits = rows of the exit table", "exits", s->exits, counted);
    judge(c, s->entries == ended + s->first_entries, "entries = exits that ended + first entries", "exits", s->entries,
          ended + s->first_entries);
    if (!report_level(r, 0, &l0, &walks)) return;
    judge(c, first_legs + l0.idle_cycles <= l0.cycles, "L0's cycles until its next entry, and idle <= L0's cycles",
          "exits", first_legs + l0.idle_cycles, l0.cycles);
}

static bool same_counters(const struct counters *a, const struct counters *b)
{
    return !memcmp(a, b, sizeof *a); /* nothing but u64 */
}

/* The tree is one, and everybody's accounts are of one of its partitions. */
static void judge_tree(struct checker *c, const struct report *r)
{
    char whose[64];

    for (unsigned k = 0; k < r->partition_count; k++) {
        const struct report_partition *p = &r->partitions[k];
        bool has_parent = p->parent >= 0 && p->parent < (s64)k;
        snprintf(whose, sizeof whose, "partition %u", k);
        judge(c, has_parent || (!k && p->parent < 0), "every partition but the first has a parent before it", whose,
              (u64)p->parent, k);
        judge(c, p->level == (has_parent ? r->partitions[p->parent].level + 1 : 0), "level = level of the parent + 1",
              whose, p->level, has_parent ? r->partitions[p->parent].level + 1 : 0);
        judge(c, p->first_cycle <= p->last_cycle, "it was first entered before it was last left", whose, p->first_cycle,
              p->last_cycle);
    }
    for (unsigned k = 0; r->partition_count && k < r->account_count; k++) {
        const struct report_account *a = &r->accounts[k];
        bool is_there = a->partition < r->partition_count;
        snprintf(whose, sizeof whose, "level %u, LPID %u, %s", a->level, a->lpid, a->state);
        judge(c, is_there && r->partitions[a->partition].level == a->level, "level of an account = its partition's",
              whose, a->level, is_there ? r->partitions[a->partition].level : 0);
    }
}

/* Processes lie behind each other in the order of the accounts that they are parts of. */
static void judge_processes(struct checker *c, const struct report *r)
{
    unsigned at = 0;

    for (unsigned k = 0; r->process_count && k < r->account_count; k++) {
        const struct report_account *a = &r->accounts[k];
        struct counters sum = {0};
        struct walk_tally walks = {0};
        char whose[64];
        for (; at < r->process_count && r->processes[at].partition == a->partition &&
               !strcmp(r->processes[at].state, a->state);
             at++) {
            counters_add(&sum, &r->processes[at].counters);
            walk_tally_add(&walks, &r->processes[at].walks);
        }
        snprintf(whose, sizeof whose, "level %u, LPID %u, %s", a->level, a->lpid, a->state);
        judge(c, same_counters(&sum, &a->counters) && !memcmp(&walks, &a->walks, sizeof walks),
              "sum over processes = account, in each counter and each cell of the walk matrix", whose, sum.completed,
              a->counters.completed);
    }
    if (r->process_count)
        judge(c, at == r->process_count, "every process belongs to an account", "total", at, r->process_count);
}

struct invariants report_check(const struct report *report, void (*say)(void *self, const char *sentence), void *self)
{
    struct checker c = {.say = say, .self = self};
    struct counters total = report_total(report);
    u64 idle = 0, of_threads = 0;

    judge_counters(&c, &total, "total");
    for (unsigned k = 0; k < report->account_count; k++) {
        const struct report_account *a = &report->accounts[k];
        char whose[64];
        snprintf(whose, sizeof whose, "level %u, LPID %u, %s", a->level, a->lpid, a->state);
        judge_counters(&c, &a->counters, whose);
        judge_walks(&c, &a->counters, &a->walks, whose);
        judge_cycles(&c, report, &a->counters, whose);
        judge_core(&c, report, &a->counters, &a->walks, whose);
    }
    for (unsigned k = 0; k < report->thread_count; k++) {
        of_threads += report->threads[k].completed;
        idle += report->threads[k].idle_cycles > report->threads[k].cycles;
    }
    judge_levels(&c, report);
    judge_regions(&c, report);
    judge_tree(&c, report);
    judge_processes(&c, report);
    judge(&c, total.completed == report->completed, "sum over accounts = instructions that the threads completed",
          "total", total.completed, report->completed);
    if (report->has_hot) {
        judge_hot(&c, &report->hot_pages.all, &total, "by page");
        judge_hot(&c, &report->hot_code.all, &total, "by instruction");
    }
    if (report->thread_count)
        judge(&c, report->completed <= of_threads, "instructions counted <= instructions of all threads", "total",
              report->completed, of_threads);
    judge(&c, total.guest_exits <= total.guest_entries, "exits from guests <= entries", "total", total.guest_exits,
          total.guest_entries);
    judge(&c, total.guest_entries - total.guest_exits <= report->thread_count,
          "entries into guests that were not left <= threads", "total", total.guest_entries - total.guest_exits,
          report->thread_count);
    tower_check(report, judge_of_tower, &c);
    judge_exits(&c, report);
    judge(&c, !idle, "no thread was idle for longer than it existed", "threads", idle, 0);
    return c.result;
}
