/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The translation model against the plain lists of mmu_reference.h, after each step of random sequences: what an access
 * answers, what it costs, every counter, R and C in storage, and what every array holds.
 *
 * One sequence is 40 steps of four threads on two cores: accesses of all kinds, context switches, changes of leaves,
 * directories, process- and partition-table entries (mostly without the invalidation that the book demands, so that
 * stale entries are compared too), tlbie and tlbiel in every form with operands that make no sense among them, slbia.
 * The arrays are small, of random shape, with FIFO or LRU replacement.  Tree-PLRU and random replacement are
 * test_assoc's, hash translation is test_mmu_models'.
 *
 * Before that, every form of tlbie and tlbiel is executed once on the same well-filled arrays.
 *
 * usage: test_reference [SEQUENCES [SEED]]; ctest runs a few thousand, the `long` one 100,000.
 */
#include <stdio.h>
#include <stdlib.h>

#include "mmu/model.h"
#include "tests/unit/mmu_reference_model.h"
#include "tests/support/suite.h"

enum { STEPS = 40, SEQUENCES_PER_WORLD = 100, DATA = 4 << 20, SIZE_MB = 8, PLACES_MOST = 400 };
#define DEVICE 0x6000000000ULL
#define NOWHERE 0x5000000000ULL

struct place { /* a doubleword of a table, and how it is painted */
    u64 at, original, gra;
    u8 shift;
    bool leaf, guest, partition;
};

static struct play {
    struct world w;
    struct mmu_config config;
    struct mmu_system *system;
    struct ref ref;
    struct counters n, total;
    u64 accesses, answers, random, stall, number;
    struct place place[PLACES_MOST];
    unsigned places;
} p;

static u64 dice(u64 sides)
{
    p.random = p.random * 6364136223846793005ULL + 1442695040888963407ULL;
    return (p.random >> 33) % sides;
}

/* ---- tables ---- */
static u64 random_leaf(const struct place *l)
{
    static const u64 rights[] = {L_READ,        L_RW,          L_READ | L_EXEC, L_RW | L_EXEC, L_RW | L_EXEC,
                                 L_RW | L_EXEC, L_RW | L_EXEC, L_RW | L_EXEC,   L_EXEC};
    u64 flags = rights[dice(ARRAY_SIZE(rights))], page = 1ULL << l->shift, target = DATA + dice(DATA);

    if (!dice(30)) return dice(2) ? 0 : l->original & ~W_VALID;
    if (!dice(3) && !l->partition) flags |= L_PRIV;
    if (!dice(12)) flags |= dice(3) * 0x10 + 0x10;
    if (dice(3)) flags |= L_R;
    if (flags & L_R && dice(3)) flags |= L_C;
    if (l->partition) target = l->gra - GUEST;
    else if (!dice(24)) target = dice(2) ? DEVICE : NOWHERE;
    if (l->guest) target += GUEST;
    return W_VALID | W_LEAF | (target / page * page & PPC_BITMASK(7, 51)) | flags;
}

static void add_place(struct place l)
{
    ck_assert_uint_lt(p.places, PLACES_MOST);
    l.original = l.leaf ? random_leaf(&l) : world_get(&p.w, l.at);
    world_put(&p.w, l.at, l.original);
    p.place[p.places++] = l;
}

static void build_process(u64 table, bool guest, u32 pid)
{
    static const struct {
        u64 base;
        u8 shift, count;
    } areas[] = {{0, 12, 8}, {0x10000000, 16, 4}, {0x40000000, 21, 2}, {0x80000000, 30, 1}};
    u64 offset = guest ? GUEST : 0, tree = world_tree(&p.w, offset);

    world_process(&p.w, table, pid, tree);
    add_place((struct place){.at = table + pid * 16});
    for (unsigned a = 0; a < ARRAY_SIZE(areas); a++)
        for (u64 n = 0; n < areas[a].count; n++) {
            u64 ea = areas[a].base + (n << areas[a].shift);
            add_place((struct place){.at = world_entry(&p.w, tree, offset, ea, areas[a].shift),
                                     .shift = areas[a].shift,
                                     .leaf = true,
                                     .guest = guest});
        }
    add_place((struct place){.at = world_entry(&p.w, tree, offset, 0, 21)}); /* directories of levels 3 and 2 */
    add_place((struct place){.at = world_entry(&p.w, tree, offset, areas[1].base, 30)});
}

/* Guest real GUEST.. is all of main storage: the tables' part in leaves of one size, the data's in leaves of another.
 */
static u64 build_partition(void)
{
    static const u8 sizes[] = {12, 16, 21};
    u64 table = world_alloc(&p.w, 4096), tree = world_tree(&p.w, 0);
    u8 tables = sizes[dice(2) + 1], data = sizes[dice(3)];

    world_partition(&p.w, 5, tree, table + GUEST);
    if (!dice(6)) { /* one leaf of 1 GiB */
        world_map(&p.w, tree, 0, GUEST, 30, 0, L_ALL);
        return table;
    }
    for (u64 ra = 0; ra < DATA; ra += 1ULL << tables)
        world_map(&p.w, tree, 0, ra + GUEST, tables, ra, dice(2) ? L_ALL : L_RW | L_EXEC);
    for (u64 ra = DATA, n = 0; ra < 2 * DATA; ra += 1ULL << data, n++) {
        struct place l = {.gra = ra + GUEST, .shift = data, .leaf = true, .partition = true};

        l.at = world_entry(&p.w, tree, 0, l.gra, data);
        if (n < 64) add_place(l);
        else world_put(&p.w, l.at, random_leaf(&l));
    }
    return table;
}

static void build(void)
{
    static const struct device_ops ops = {0};
    u64 host, guest;

    p.places = 0;
    world_open(&p.w, SIZE_MB);
    ck_assert(bus_attach(&p.w.bus, &(struct region){"device", DEVICE, 1 << 21, BUS_8, &ops, NULL}));
    host = world_host(&p.w);
    if (!dice(4)) { /* the hypervisor's process table goes through a partition-scoped tree of its own */
        u64 tree = world_tree(&p.w, 0);

        world_map(&p.w, tree, 0, 0, 21, 0, L_ALL);
        world_partition(&p.w, 0, tree, host);
    }
    guest = build_partition();
    for (u32 pid = 0; pid < 3; pid++) {
        build_process(host, false, pid);
        build_process(guest, true, pid);
    }
    for (u32 lpid = 0; lpid < 6; lpid += 5) add_place((struct place){.at = p.w.patb + lpid * 16});
    ck_assert_uint_le(p.w.next, DATA);
}

/* ---- comparison ---- */
/* ck_assert() tells the library of each assertion; here there are hundreds in a step. */
#define TRUE_OR(holds, ...)                                                                                            \
    do {                                                                                                               \
        if (!(holds)) ck_abort_msg(__VA_ARGS__);                                                                       \
    } while (0)
#define SAME(a, b)                                                                                                     \
    TRUE_OR((a) == (b), "sequence %llu: " #a " is %llx, by the lists " #b " is %llx", (unsigned long long)p.number,    \
            (unsigned long long)(a), (unsigned long long)(b))

static u8 class_of(enum ref_class class)
{
    return class == REF_REAL ? CLASS_HV_REAL : class == REF_GUEST_REAL ? CLASS_GUEST_REAL : CLASS_VIRTUAL;
}

static const struct ref_entry *twin_of(const struct ref_list *l, const struct translation *t, u32 set)
{
    for (unsigned k = 0; k < l->count; k++) {
        const struct ref_entry *e = &l->entry[k];
        if (e->ea == t->ea && e->shift == t->shift && e->set == set && e->lpid == t->lpid && e->pid == t->pid &&
            class_of(e->class) == t->class)
            return e;
    }
    return NULL;
}

static void compare_translations(const struct xarray *x, const struct ref_list *l, const char *name)
{
    unsigned seen = 0;

    for (u32 line = 0; line < x->tags.lines; line++) {
        const struct translation *t = &x->entry[line];
        const struct ref_entry *e;

        if (!x->tags.line[line].valid) continue;
        e = twin_of(l, t, line / x->tags.ways);
        TRUE_OR(e, "sequence %llu: %s holds EA %llx, LPID %u, PID %u, size 2^%u, which the lists do not hold",
                (unsigned long long)p.number, name, (unsigned long long)t->ea, t->lpid, t->pid, t->shift);
        SAME(t->ra, e->ra);
        SAME(t->gra, e->gra);
        SAME(t->attr, e->attr);
        SAME(t->changed, e->changed);
        SAME(t->process_shift, e->process_shift);
        SAME(t->partition_shift, e->partition_shift);
        seen++;
    }
    TRUE_OR(seen == l->count, "sequence %llu: %s holds %u entries, the list %u", (unsigned long long)p.number, name,
            seen, l->count);
}

static void compare_tags(const struct assoc *a, const struct ref_list *l, bool by_pid)
{
    unsigned seen = 0;

    for (unsigned k = 0; k < l->count; k++) {
        const struct ref_entry *e = &l->entry[k];
        u32 line = assoc_find(a, e->ea, by_pid ? (u64)e->lpid << 32 | e->pid : e->lpid);
        TRUE_OR(line != ASSOC_NONE, "sequence %llu: a directory or table entry is missing",
                (unsigned long long)p.number);
        SAME(line / a->ways, e->set);
    }
    for (u32 line = 0; line < a->lines; line++) seen += a->line[line].valid;
    SAME(seen, l->count);
}

static void compare(void)
{
    EACH_COUNTER(row)
        TRUE_OR(counter_get(&p.n, row) == counter_get(&p.ref.n, row), "sequence %llu: %s is %llu, by the lists %llu",
                (unsigned long long)p.number, row->name, (unsigned long long)counter_get(&p.n, row),
                (unsigned long long)counter_get(&p.ref.n, row));
    SAME(p.stall, p.ref.stall);
    for (unsigned c = 0; c < REF_CORES; c++) {
        const struct mmu_core *core = &p.system->core[c];
        const struct ref_core *lists = &p.ref.core[c];

        compare_translations(&core->tlb, &lists->tlb, "TLB");
        for (unsigned k = 0; k < 6; k++) compare_tags(&core->pwc[k / 3][k % 3], &lists->directory[k / 3][k % 3], k < 3);
        compare_tags(&core->pate, &lists->pate, false);
        compare_tags(&core->prte, &lists->prte, true);
    }
    for (unsigned t = 0; t < REF_THREADS; t++) {
        compare_translations(&p.system->mmu[t].derat.x, &p.ref.thread[t].erat[0], "data ERAT");
        compare_translations(&p.system->mmu[t].ierat.x, &p.ref.thread[t].erat[1], "instruction ERAT");
    }
}

/* ---- steps ---- */
static void step_context(unsigned t)
{
    static const u32 lpids[] = {0, 0, 0, 5, 5, 5, 5, 5, 5, 6};
    struct xlate_ctx c = p.w.ctx;

    c.msr = dice(2) ? MSR_HV : 0;
    c.lpid = c.msr ? lpids[dice(10)] : dice(20) ? 5 : lpids[dice(10)];
    c.pid = (u32)dice(3);
    if (dice(6)) c.msr |= MSR_IR | MSR_DR;
    else c.msr |= dice(2) ? MSR_IR : dice(2) ? MSR_DR : 0;
    if (c.msr & MSR_DR && !dice(3)) c.msr |= MSR_PR;
    if (!dice(6)) c.amr = dice(4) << 62;
    if (!dice(6)) c.iamr = dice(4) << 62;
    c.hrmor = dice(30) ? p.ref.thread[t].ctx.hrmor : dice(2) * 0x100000;
    c.rc_by_software = p.config.rc_by_software;
    mmu_set_context(mmu_of_thread(p.system, t), &c);
    ref_context(&p.ref, t, &c);
}

static u64 random_ea(unsigned t)
{
    static const u64 areas[] = {0, 0, 0, 0x10000000, 0x40000000, 0x80000000, 0x123456000};
    static const u64 spans[] = {8 << 12, 8 << 12, 8 << 12, 4 << 16, 2 << 21, 8 << 20, 4096};
    unsigned a = (unsigned)dice(dice(20) ? 6 : 7);
    bool hv = p.ref.thread[t].ctx.msr & MSR_HV;
    u64 ea = areas[a] + dice(spans[a]);

    if (p.ref.thread[t].ctx.msr & MSR_DR ? !dice(40) : dice(4)) ea = (hv ? dice(2) << 63 : GUEST) + dice(2 * DATA);
    else if (!dice(3)) ea |= (hv || !dice(8) ? dice(4) : 3) << 62;
    if (!dice(60)) ea ^= 1ULL << (52 + dice(10));
    return ea & ~7ULL;
}

static void step_access(unsigned t)
{
    static const enum access accesses[] = {ACCESS_LOAD, ACCESS_LOAD, ACCESS_STORE, ACCESS_FETCH};
    enum access access = accesses[dice(4)];
    u64 ea = random_ea(t);
    struct ref_walk o = {0};
    struct xlate x;
    bool expected = ref_access(&p.ref, t, ea, access, &o);
    u64 entries[ARRAY_SIZE(o.rc)];

    for (unsigned k = 0; k < o.rcs; k++) entries[k] = world_get(&p.w, o.rc[k].at) | o.rc[k].set;
    SAME(mmu_translate(mmu_of_thread(p.system, t), ea, access, 8, &x, &p.stall), expected);
    SAME(x.why, o.why);
    p.accesses++;
    p.answers += expected;
    for (unsigned k = 0; k < o.rcs; k++) SAME(world_get(&p.w, o.rc[k].at), entries[k]);
    if (!expected) {
        SAME(x.stage, o.stage);
        SAME(x.for_table, o.for_table);
        if (o.stage == STAGE_PARTITION && o.why != XL_BAD_CONFIG) SAME(x.gra, o.gra);
        return;
    }
    SAME(x.ra, o.ra);
    if (o.found.partition_shift) SAME(x.gra, o.gra);
    SAME(x.page_shift, o.found.shift);
    SAME(x.process_shift, o.found.process_shift);
    SAME(x.partition_shift, o.found.partition_shift);
    SAME(x.attr, o.found.attr);
}

static void step_invalidate(unsigned t)
{
    static const u32 lpids[] = {0, 5, 5, 6};
    static const u8 aps[] = {0, 0, 5, 1, 2, 7};
    struct tlbie_op op = {.ric = dice(3) ? 0 : (u8)dice(4),
                          .prs = dice(3) != 0,
                          .r = dice(8) != 0,
                          .local = dice(2),
                          .hv = dice(4) != 0,
                          .lpid = lpids[dice(4)]};
    u64 is = dice(3) ? 0 : dice(4), ea = random_ea(t);

    if (!op.prs) ea = GUEST + dice(2 * DATA);
    op.rb = is << 10 | (ea & ~0xfffULL) | (u64)aps[dice(6)] << 5;
    if (is && op.local) op.rb = is << 10 | dice(40) << 12;
    op.rs = dice(3) << 32 | lpids[dice(4)];
    mmu_tlbie(mmu_of_thread(p.system, t), &op);
    ref_tlbie(&p.ref, t, &op);
}

static void step_tables(void)
{
    const struct place *l = &p.place[dice(p.places)];
    u64 now = l->original;

    if (l->leaf) now = random_leaf(l);
    else if (dice(2)) now = dice(3) ? 0 : dice(2) ? now ^ 0x1a : now | W_LEAF; /* another NLS; a leaf */
    world_put(&p.w, l->at, now);
}

static void step(void)
{
    unsigned t = (unsigned)dice(REF_THREADS), what = (unsigned)dice(100);

    p.ref.thread[t].insns += dice(10);
    if (what < 12) {
        step_context(t);
    } else if (what < 18) {
        step_tables();
    } else if (what < 32) {
        step_invalidate(t);
    } else if (what < 34) {
        unsigned ih = (unsigned)dice(8);
        mmu_slbia(mmu_of_thread(p.system, t), ih);
        ref_slbia(&p.ref, t, ih);
    } else {
        step_access(t);
    }
    compare();
}

/* ---- sequences ---- */
static void choose_config(void)
{
    static const u32 ways[] = {0, 1, 2, 4}, sizes[] = {4, 8, 16, 32};
    struct mmu_config *c = &p.config;

    *c = mmu_config_default();
    c->derat_entries = sizes[dice(3)];
    c->derat_ways = ways[dice(4)];
    c->ierat_entries = sizes[dice(2)];
    c->ierat_ways = ways[dice(3)];
    c->tlb_halved = dice(2);
    c->tlb_entries = sizes[dice(4)] << c->tlb_halved;
    c->tlb_ways = ways[dice(4)];
    c->pwc_entries = dice(5) ? sizes[dice(3)] : 0;
    c->pwc_ways = ways[dice(4)];
    c->pate_entries = 1 + (u32)dice(2);
    c->prte_entries = 1 + (u32)dice(4);
    c->tlb_guest_real = dice(4) != 0;
    c->tlb_replacement = dice(2) ? REPLACE_LRU : REPLACE_FIFO;
    c->pwc_replacement = dice(2) ? REPLACE_LRU : REPLACE_FIFO;
    c->tlbiel_spares_erat = dice(2);
    c->rc_by_software = !dice(8);
    c->needless_insns = dice(4) * 20;
    c->contexts = 4;
}

static void empty_lists(void)
{
    const struct mmu_config *c = &p.config;

    p.ref = (struct ref){.config = c, .w = &p.w};
    for (unsigned k = 0; k < REF_CORES; k++) {
        struct ref_core *core = &p.ref.core[k];

        ref_list_open(&core->tlb, c->tlb_entries >> c->tlb_halved, c->tlb_ways, c->tlb_replacement);
        for (unsigned j = 0; j < 6; j++)
            ref_list_open(&core->directory[j / 3][j % 3], c->pwc_entries, c->pwc_ways, c->pwc_replacement);
        ref_list_open(&core->pate, c->pate_entries, 0, c->pwc_replacement);
        ref_list_open(&core->prte, c->prte_entries, 0, c->pwc_replacement);
    }
    for (unsigned t = 0; t < REF_THREADS; t++) {
        ref_list_open(&p.ref.thread[t].erat[0], c->derat_entries, c->derat_ways, REPLACE_FIFO);
        ref_list_open(&p.ref.thread[t].erat[1], c->ierat_entries, c->ierat_ways, REPLACE_FIFO);
    }
}

static void start_sequence(void)
{
    for (unsigned k = 0; k < p.places; k++)
        world_put(&p.w, p.place[k].at, p.place[k].leaf ? random_leaf(&p.place[k]) : p.place[k].original);
    mmu_system_reset(p.system);
    empty_lists();
    p.n = (struct counters){0};
    p.stall = 0;
    for (unsigned t = 0; t < REF_THREADS; t++) {
        mmu_set_counters(mmu_of_thread(p.system, t), &p.n, NULL, 0);
        mmu_set_clock(mmu_of_thread(p.system, t), &p.ref.thread[t].insns);
        step_context(t);
    }
}

static void sequence(void)
{
    start_sequence();
    for (unsigned k = 0; k < STEPS; k++) step();
    counters_add(&p.total, &p.n);
}

/* The sequences were worth it: a good part of the accesses translates, and every way to an answer was taken. */
static void every_event_occurred(void)
{
    const struct counters *n = &p.total;
    u64 events[] = {n->derat_miss_4k, n->derat_miss_64k, n->derat_miss_2m, n->derat_miss_1g, n->ierat_miss,
                    n->tlb_hit,       n->itlb_miss,      n->walk_faults,   n->walk_reads,    n->walk_reads_pwc,
                    n->pwc_miss,      n->pwc_l1_hit,     n->pwc_l2_hit,    n->pwc_l3_hit,    n->rc_updates,
                    n->tlbie,         n->tlbiel,         n->slbia,         n->tlb_killed,    n->erat_killed,
                    n->pwc_killed,    n->tlb_refilled,   n->erat_refilled, n->tlbi_reserved, n->table_entries_killed};

    for (unsigned k = 0; k < ARRAY_SIZE(events); k++) ck_assert_msg(events[k] > p.number / 20, "event %u is rare", k);
    ck_assert_uint_gt(p.answers * 3, p.accesses);
}

static u64 sequences = 3000, seed = 1;

START_TEST(after_every_step_the_arrays_hold_what_the_lists_hold)
{
    p.random = seed;
    for (p.number = 0; p.number < sequences;) {
        build();
        choose_config();
        p.system = mmu_system_new(&p.config, &p.w.bus, REF_CORES, REF_PER_CORE);
        ck_assert_ptr_nonnull(p.system);
        for (unsigned k = 0; k < SEQUENCES_PER_WORLD && p.number < sequences; k++, p.number++) sequence();
        mmu_system_free(p.system);
        world_close(&p.w);
    }
    every_event_occurred();
}
END_TEST

/* Of the n-th form: RIC, PRS, R, IS, HV, local, PID, LPID, and whether an address is named that was used. */
static struct tlbie_op form(unsigned n)
{
    static const u32 lpids[] = {0, 5};
    struct tlbie_op op = {.ric = n & 3, .prs = n >> 2 & 1, .r = n >> 3 & 1, .hv = n >> 6 & 1, .local = n >> 7 & 1};
    u64 is = n >> 4 & 3;

    op.lpid = lpids[n >> 8 & 1];
    op.rs = (u64)((n >> 9) % 3) << 32 | lpids[n >> 8 & 1];
    op.rb = is << 10 | (is ? (u64)(n * 7 % 128) << 12 : op.prs ? n % 8 << 12 : GUEST + DATA + (n % 64 << 16) + 0xa0);
    return op;
}

/* The same well-filled arrays for each form, of a TLB with as many sets as POWER9 has classes. */
START_TEST(every_form_of_tlbie_kills_what_the_lists_kill)
{
    u64 killed[2] = {0, 0};

    p.random = 20;
    build();
    choose_config();
    p.config.tlb_halved = true;
    p.config.tlb_entries = 512;
    p.config.tlb_ways = 2;
    p.config.pwc_entries = 32;
    p.config.rc_by_software = p.config.tlbiel_spares_erat = false;
    p.config.pate_entries = p.config.prte_entries = 8;
    p.system = mmu_system_new(&p.config, &p.w.bus, REF_CORES, REF_PER_CORE);
    for (p.number = 0; p.number < 256 * 6; p.number++) {
        struct tlbie_op op = form((unsigned)p.number);
        unsigned t = p.number % REF_THREADS;

        p.random = 4;
        start_sequence();
        for (unsigned k = 0; k < 120; k++) {
            if (k % 8 == 0) step_context(k / 8 % REF_THREADS);
            step_access(k / 8 % REF_THREADS);
        }
        compare();
        mmu_tlbie(mmu_of_thread(p.system, t), &op);
        ref_tlbie(&p.ref, t, &op);
        compare();
        killed[op.local] += p.n.tlb_killed + p.n.erat_killed + p.n.pwc_killed + p.n.table_entries_killed;
    }
    ck_assert_uint_gt(killed[0], 5000);
    ck_assert_uint_gt(killed[1], 2000);
    mmu_system_free(p.system);
    world_close(&p.w);
}
END_TEST

int main(int argc, char **argv)
{
    Suite *s = suite_create("reference");
    TCase *c = tcase_create("sequences");

    if (argc > 1) sequences = strtoull(argv[1], NULL, 0);
    if (argc > 2) seed = strtoull(argv[2], NULL, 0);
    tcase_set_timeout(c, 3000);
    tcase_add_test(c, every_form_of_tlbie_kills_what_the_lists_kill);
    tcase_add_test(c, after_every_step_the_arrays_hold_what_the_lists_hold);
    suite_add_tcase(s, c);
    return run_suite(s);
}
