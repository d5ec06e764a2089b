/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each form of tlbie, tlbiel and slbia drops what it names, and not what it does not name.
 *
 * Two cores of two threads.  On every thread the same translations are live, each a page of its own:
 *
 *   name      LPID PID   made by                          page
 *   HOST_1    0    1     HV, PIDR 1, quadrant 0           4 KiB
 *   HOST_2    0    2     HV, PIDR 2, quadrant 0           64 KiB
 *   HOST_K    0    0     HV, quadrant 3                   2 MiB
 *   GUEST_1   5    1     guest, PIDR 1, quadrant 0        4 KiB, guest real in a 2 MiB leaf
 *   GUEST_K   5    0     guest, quadrant 3                2 MiB of 2 MiB
 *   GUEST_R   5    -     guest, relocation off            2 MiB leaf
 *
 * A row of the table below is one instruction and the set that must go; the rest must stay in the modelled ERAT and,
 * what was translated, in the TLB.  (The model `none` may drop more: a slot does not know its guest real address.)
 */
#include <stdlib.h>

#include "stats/counters.h"
#include "tests/unit/mmu_world.h"
#include "tests/support/suite.h"

enum { HOST_1, HOST_2, HOST_K, GUEST_1, GUEST_K, GUEST_R, PLACES, THREADS = 4 };
enum { IS_PID = 1 << 10, IS_LPID = 2 << 10, IS_ALL = 3 << 10, AP_64K = 5 << 5, AP_2M = 1 << 5 };
#define BIT(n) (1u << (n))
#define EA_1 0x0000000000011000ULL
#define EA_2 0x0000000000050000ULL
#define EA_K (Q3 | 0x0000000000400000ULL)
#define GRA_1 (GUEST + 0x1001000ULL)
#define GRA_K (GUEST + 0x1200000ULL)

static struct world w;
static struct mmu_system *machine;
static struct counters n;
static struct hostmap map[THREADS];

static const struct {
    u64 msr, ea;
    u32 lpid, pid;
} places[PLACES] = {
    [HOST_1] = {MSR_HV | MSR_IR | MSR_DR, EA_1, 0, 1}, [HOST_2] = {MSR_HV | MSR_IR | MSR_DR, EA_2, 0, 2},
    [HOST_K] = {MSR_HV | MSR_IR | MSR_DR, EA_K, 0, 2}, [GUEST_1] = {MSR_IR | MSR_DR, EA_1, 5, 1},
    [GUEST_K] = {MSR_IR | MSR_DR, EA_K, 5, 1},         [GUEST_R] = {0, GRA_1 & ~0xfffffULL, 5, 1},
};

static void build(void)
{
    u64 partition_tree, host, guest, tree;

    world_open(&w, 64);
    host = world_host(&w);
    guest = world_guest(&w, 5, 21, &partition_tree);
    for (u32 pid = 0; pid < 3; pid++) {
        tree = world_tree(&w, 0);
        world_process(&w, host, pid, tree);
        if (pid == 1) world_map(&w, tree, 0, EA_1, 12, 0x901000, L_ALL);
        if (pid == 2) world_map(&w, tree, 0, EA_2, 16, 0x910000, L_ALL);
        if (pid == 0) world_map(&w, tree, 0, EA_K, 21, 0xa00000, L_ALL);
        tree = world_tree(&w, GUEST);
        world_process(&w, guest, pid, tree);
        if (pid == 1) world_map(&w, tree, GUEST, EA_1, 12, GRA_1, L_ALL);
        if (pid == 0) world_map(&w, tree, GUEST, EA_K, 21, GRA_K, L_ALL);
    }
}

static void go_to(unsigned thread, unsigned place)
{
    struct xlate_ctx ctx = w.ctx;

    ctx.msr = places[place].msr;
    ctx.lpid = places[place].lpid;
    ctx.pid = places[place].pid;
    map[thread] = mmu_set_context(mmu_of_thread(machine, thread), &ctx);
}

static void start(struct mmu_config config)
{
    build();
    machine = mmu_system_new(&config, &w.bus, 2, 2);
    ck_assert_ptr_nonnull(machine);
    for (unsigned t = 0; t < THREADS; t++) {
        struct mmu *m = mmu_of_thread(machine, t);

        mmu_set_counters(m, &n, NULL, 0);
        for (unsigned place = 0; place < PLACES; place++) {
            struct xlate x;
            u64 stall = 0;

            go_to(t, place);
            ck_assert(mmu_translate(m, places[place].ea, ACCESS_LOAD, 8, &x, &stall));
        }
    }
    n = (struct counters){0};
}

static void finish(void)
{
    mmu_system_free(machine);
    world_close(&w);
}

/* Places whose slot thread t has lost. */
static unsigned lost(unsigned t)
{
    unsigned gone = 0;

    for (unsigned place = 0; place < PLACES; place++) {
        u64 ea = places[place].ea;

        go_to(t, place);
        if (map[t].load[(ea >> 12) & HOST_SLOT_MASK].tag != (ea & HOST_PAGE_MASK)) gone |= BIT(place);
    }
    return gone;
}

/* Places that thread t can translate no longer without a walk: neither ERAT nor TLB.  GUEST_R comes first, because the
 * walks of the others leave the very guest-real entry that it needs. */
static unsigned walks_needed(unsigned t)
{
    unsigned needed = 0;

    for (unsigned place = PLACES; place-- > 0;) {
        struct xlate x;
        u64 stall = 0, before = n.walks;

        go_to(t, place);
        ck_assert(mmu_translate(mmu_of_thread(machine, t), places[place].ea, ACCESS_LOAD, 8, &x, &stall));
        if (n.walks != before) needed |= BIT(place);
    }
    return needed;
}

#define EVERY_GUEST (BIT(GUEST_1) | BIT(GUEST_K) | BIT(GUEST_R))
#define EVERY_ONE (BIT(PLACES) - 1)
static const struct row {
    const char *name;
    u64 rb;
    u32 pid, rs_lpid;
    u8 ric, prs, r, hv;
    u32 lpidr;
    unsigned gone;
} rows[] = {
    {"process page, host", EA_1, 1, 0, 0, 1, 1, 1, 0, BIT(HOST_1)},
    {"process page, LPID from RS", EA_1, 1, 5, 0, 1, 1, 1, 0, BIT(GUEST_1)},
    {"process page, a guest's RS has no LPID", EA_1, 1, 0, 0, 1, 1, 0, 5, BIT(GUEST_1)},
    {"process page, other PID", EA_1, 2, 0, 0, 1, 1, 1, 0, 0},
    {"process page of 64K", EA_2 | AP_64K, 2, 0, 0, 1, 1, 1, 0, BIT(HOST_2)},
    {"process page of 2M in quadrant 3", EA_K | AP_2M, 0, 0, 0, 1, 1, 1, 0, BIT(HOST_K)},
    {"4K inside a larger page", EA_2 + 0x3000, 2, 0, 0, 1, 1, 1, 0, BIT(HOST_2)},
    {"64K around a smaller page", (EA_1 & ~0xffffULL) | AP_64K, 1, 0, 0, 1, 1, 1, 0, BIT(HOST_1)},
    {"partition page under a translation", GRA_K | AP_2M, 0, 5, 0, 0, 1, 1, 0, BIT(GUEST_K)},
    {"partition page under two", (GRA_1 & ~0x1fffffULL) | AP_2M, 0, 5, 0, 0, 1, 1, 0, BIT(GUEST_1) | BIT(GUEST_R)},
    {"partition page, other LPID", GRA_K | AP_2M, 0, 6, 0, 0, 1, 1, 0, 0},
    {"PID", IS_PID, 1, 0, 0, 1, 1, 1, 0, BIT(HOST_1)},
    {"PID 0 is the kernel", IS_PID, 0, 5, 2, 1, 1, 1, 0, BIT(GUEST_K)},
    {"LPID, process scope", IS_LPID, 0, 0, 0, 1, 1, 1, 0, BIT(HOST_1) | BIT(HOST_2) | BIT(HOST_K)},
    {"LPID, process scope, guest", IS_LPID, 0, 5, 2, 1, 1, 1, 0, BIT(GUEST_1) | BIT(GUEST_K)},
    {"LPID, partition scope", IS_LPID, 0, 5, 2, 0, 1, 1, 0, EVERY_GUEST},
    {"all, partition scope", IS_ALL, 0, 0, 0, 0, 1, 1, 0, EVERY_GUEST},
    {"all, process scope", IS_ALL, 0, 0, 0, 1, 1, 1, 0, EVERY_ONE & ~BIT(GUEST_R)},
    {"all, process scope, with tables", IS_ALL, 0, 0, 2, 1, 1, 1, 0, EVERY_ONE & ~BIT(GUEST_R)},
    {"all, by a guest, is its partition", IS_ALL, 0, 0, 0, 1, 1, 0, 5, BIT(GUEST_1) | BIT(GUEST_K)},
    {"all, hash, is not of these", IS_ALL, 0, 0, 2, 0, 0, 1, 0, 0},
    {"all, hash, process scope", IS_ALL, 0, 0, 2, 1, 0, 1, 0, 0},
    {"PID, by a guest", IS_PID, 1, 0, 0, 1, 1, 0, 5, BIT(GUEST_1)},
    {"PID, by a guest of another partition", IS_PID, 1, 5, 0, 1, 1, 0, 6, 0},
    {"LPID, by a guest", IS_LPID, 0, 0, 2, 1, 1, 0, 5, BIT(GUEST_1) | BIT(GUEST_K)},
    {"PID above 20 bits is the low 20", IS_PID, 0x100001, 0, 0, 1, 1, 1, 0, BIT(HOST_1)},
    {"LPID above 12 bits is the low 12", IS_LPID, 0, 0x1005, 0, 0, 1, 1, 0, EVERY_GUEST},
    {"LPID 0 has no partition scope", IS_LPID, 0, 0, 2, 0, 1, 1, 0, 0},
    {"1G around everything of the process", 2 << 5, 1, 5, 0, 1, 1, 1, 0, BIT(GUEST_1)},
    {"an AP that is none is every page", EA_1 | 7 << 5, 2, 0, 0, 1, 1, 1, 0, BIT(HOST_2)},
    {"reserved: partition scope by PID is by LPID", IS_PID, 1, 5, 0, 0, 1, 1, 0, EVERY_GUEST},
    {"reserved: tables by address", EA_1, 1, 0, 2, 1, 1, 1, 0, BIT(HOST_1)},
    {"reserved: a cluster of radix is by address", EA_1, 1, 0, 3, 1, 1, 1, 0, BIT(HOST_1)},
    {"hash by LPID is not of these", IS_LPID, 0, 5, 2, 0, 0, 1, 0, 0},
    {"page-walk cache, partition", IS_LPID, 0, 5, 1, 0, 1, 1, 0, 0},
    {"page-walk cache, everything", IS_ALL, 0, 0, 1, 1, 1, 1, 0, 0},
    {"page-walk cache only", IS_PID, 1, 0, 1, 1, 1, 1, 0, 0},
};

static struct tlbie_op op_of(const struct row *r, bool local)
{
    return (struct tlbie_op){.rb = r->rb,
                             .rs = (u64)r->pid << 32 | r->rs_lpid,
                             .ric = r->ric,
                             .prs = r->prs,
                             .r = r->r,
                             .local = local,
                             .hv = r->hv,
                             .lpid = local && r->hv ? r->rs_lpid : r->lpidr};
}

START_TEST(tlbie_drops_what_it_names_on_every_thread)
{
    for (unsigned k = 0; k < ARRAY_SIZE(rows); k++) {
        struct tlbie_op op = op_of(&rows[k], false);

        start(mmu_config_default());
        mmu_tlbie(mmu_of_thread(machine, 1), &op);
        ck_assert_uint_eq(n.tlbie, 1);
        for (unsigned t = 0; t < THREADS; t++) ck_assert_msg(lost(t) == rows[k].gone, "%s", rows[k].name);
        for (unsigned t = 0; t < THREADS; t += 2) ck_assert_msg(walks_needed(t) == rows[k].gone, "%s", rows[k].name);
        ck_assert_uint_eq(n.erat_killed, (u64)THREADS * (unsigned)__builtin_popcount(rows[k].gone));
        finish();
    }
}
END_TEST

START_TEST(tlbie_drops_at_least_that_without_a_model)
{
    for (unsigned k = 0; k < ARRAY_SIZE(rows); k++) {
        struct tlbie_op op = op_of(&rows[k], false);
        struct mmu_config config = mmu_config_default();

        config.model = MMU_MODEL_NONE;
        start(config);
        mmu_tlbie(mmu_of_thread(machine, 1), &op);
        for (unsigned t = 0; t < THREADS; t++) {
            /* A slot is 4 KiB: the one in a larger page that is named by another of its parts may stay. */
            unsigned must = k == 6 ? 0 : rows[k].gone, may = rows[k].prs ? rows[k].gone : rows[k].gone | EVERY_GUEST;

            if (rows[k].rs_lpid == 6) may = 0;
            ck_assert_msg((lost(t) & must) == must, "%s", rows[k].name);
            ck_assert_msg(!(lost(t) & ~may), "%s", rows[k].name);
        }
        finish();
    }
}
END_TEST

START_TEST(tlbiel_drops_the_same_on_its_own_thread_only)
{
    for (unsigned k = 0; k < ARRAY_SIZE(rows); k++) {
        struct tlbie_op op = op_of(&rows[k], true);
        bool by_class = op.rb & IS_ALL;

        start(mmu_config_default());
        for (u64 class = 0; class < (by_class ? 128 : 1); class ++) {
            if (by_class) op.rb = (op.rb & IS_ALL) | class << 12;
            mmu_tlbie(mmu_of_thread(machine, 1), &op);
        }
        ck_assert_uint_eq(n.tlbiel, by_class ? 128 : 1);
        for (unsigned t = 0; t < THREADS; t++)
            ck_assert_msg(lost(t) == (t == 1 ? rows[k].gone : 0), "%s", rows[k].name);
        ck_assert_msg(walks_needed(1) == rows[k].gone, "%s", rows[k].name);
        ck_assert_uint_eq(walks_needed(2), 0);
        finish();
    }
}
END_TEST

START_TEST(as_power9_does_the_erat_waits_for_slbia)
{
    static const struct {
        unsigned ih, gone;
    } forms[] = {{3, BIT(HOST_1) | BIT(HOST_2) | BIT(GUEST_1)}, {6, EVERY_GUEST}, {7, EVERY_ONE}, {0, EVERY_ONE}};
    struct mmu_config config = mmu_config_default();

    config.tlbiel_spares_erat = true;
    for (unsigned k = 0; k < ARRAY_SIZE(forms); k++) {
        struct tlbie_op op = {.rs = 1ULL << 32, .prs = true, .r = true, .local = true, .hv = true};

        start(config);
        for (u64 class = 0; class < 128; class ++) {
            op.rb = IS_PID | class << 12;
            mmu_tlbie(mmu_of_thread(machine, 0), &op);
        }
        ck_assert_uint_eq(lost(0), 0);
        ck_assert_uint_eq(n.tlb_killed, 1);
        mmu_slbia(mmu_of_thread(machine, 0), forms[k].ih);
        ck_assert_uint_eq(lost(0), forms[k].gone);
        ck_assert_uint_eq(lost(1), 0);
        ck_assert_uint_eq(n.slbia, 1);
        ck_assert_uint_eq(walks_needed(0), forms[k].gone & BIT(HOST_1)); /* slbia leaves the TLB */
        finish();
    }
}
END_TEST

/* A flush of the page-walk cache costs the next walk of that process all its levels; RIC 2 also its table entry. */
START_TEST(ric_says_which_caches_of_the_walker_go)
{
    static const struct {
        u8 ric, reads;
    } forms[] = {{0, 1}, {1, 4}, {2, 5}};

    for (unsigned k = 0; k < ARRAY_SIZE(forms); k++) {
        struct tlbie_op op = {.rb = IS_PID, .rs = 1ULL << 32, .ric = 0, .prs = true, .r = true, .hv = true};

        start(mmu_config_default());
        mmu_tlbie(mmu_of_thread(machine, 0), &op);
        op.ric = forms[k].ric;
        mmu_tlbie(mmu_of_thread(machine, 0), &op);
        n = (struct counters){0};
        ck_assert_uint_eq(walks_needed(0), BIT(HOST_1));
        ck_assert_uint_eq(n.walk_reads, forms[k].reads);
        finish();
    }
}
END_TEST

/* tlbie by the hypervisor names the partition in RS, tlbiel the one in LPIDR, whatever RS says (III 5.9.3.3). */
START_TEST(tlbiel_is_of_the_partition_in_lpidr)
{
    struct tlbie_op op = {
        .rb = EA_1, .rs = 1ULL << 32 | 0, .prs = true, .r = true, .local = true, .hv = true, .lpid = 5};

    start(mmu_config_default());
    mmu_tlbie(mmu_of_thread(machine, 0), &op);
    ck_assert_uint_eq(lost(0), BIT(GUEST_1));
    ck_assert_uint_eq(lost(1) | lost(2) | lost(3), 0);
    finish();
}
END_TEST

/* Writing PIDR, LPIDR or PTCR invalidates nothing in the TLB (III 5.7.9, 5.9.2); of PTCR the thread's ERATs forget. */
START_TEST(registers_invalidate_nothing_in_the_tlb)
{
    struct xlate_ctx ctx;

    start(mmu_config_default());
    ctx = *mmu_context(mmu_of_thread(machine, 0));
    for (u32 id = 0; id < 8; id++) {
        ctx.pid = ctx.lpid = id;
        mmu_set_context(mmu_of_thread(machine, 0), &ctx);
    }
    ck_assert_uint_eq(lost(0), 0);
    ctx.ptcr ^= 1;
    mmu_set_context(mmu_of_thread(machine, 0), &ctx);
    ck_assert_uint_eq(lost(0), EVERY_ONE);
    ck_assert_uint_eq(lost(1), 0);
    ck_assert_uint_eq(walks_needed(0), 0);
    ck_assert_uint_eq(n.tlb_killed + n.erat_killed + n.pwc_killed, 0);
    finish();
}
END_TEST

/*
 * Threads 0 and 1 share a core.  Thread 1 changes its PID (or LPID); then a tlbie of PID 1 does not reach the ERAT of
 * thread 0, and reaches thread 1, the other core and every TLB.  The next tlbie reaches all; what was missed stays
 * until one of PID 0, at whatever address.
 */
START_TEST(with_the_erratum_an_erat_waits_for_a_tlbie_of_pid_0)
{
    struct mmu_config config = mmu_config_default();
    struct tlbie_op op = {.rb = EA_1, .rs = 1ULL << 32, .prs = true, .r = true, .hv = true};
    struct tlbie_op extra = {.rb = 0x7000, .prs = true, .r = true, .hv = true};

    config.erratum_tlbie_erat = true;
    start(config);
    mmu_tlbie(mmu_of_thread(machine, 2), &(struct tlbie_op){.rb = IS_PID, .rs = 9ULL << 32, .prs = 1, .r = 1, .hv = 1});
    go_to(1, HOST_2);
    go_to(1, HOST_1);
    mmu_tlbie(mmu_of_thread(machine, 2), &op);
    ck_assert_uint_eq(lost(0), 0);
    ck_assert_uint_eq(n.tlb_killed, 2);
    mmu_tlbie(mmu_of_thread(machine, 2), &extra);
    ck_assert_uint_eq(lost(0) & BIT(HOST_1), BIT(HOST_1));
    ck_assert_uint_eq(walks_needed(0) & BIT(HOST_1), BIT(HOST_1));
    finish();
    config.erratum_tlbie_erat = false;
    start(config);
    go_to(1, HOST_2);
    go_to(1, HOST_1);
    mmu_tlbie(mmu_of_thread(machine, 2), &op);
    ck_assert_uint_eq(lost(0), BIT(HOST_1));
    finish();
}
END_TEST

/* HOST_1 is killed at 1000 and filled again at 1000 + window: counted; one instruction later it is not. */
START_TEST(what_comes_back_within_the_window_was_needlessly_killed)
{
    const struct tlbie_op op = {.rb = EA_1, .rs = 1ULL << 32, .prs = true, .r = true, .hv = true};

    for (u64 late = 0; late < 2; late++) {
        struct mmu_config config = mmu_config_default();
        u64 time[THREADS] = {1000, 1000, 1000, 1000};

        config.needless_insns = 50;
        start(config);
        for (unsigned t = 0; t < THREADS; t++) mmu_set_clock(mmu_of_thread(machine, t), &time[t]);
        mmu_tlbie(mmu_of_thread(machine, 3), &op);
        time[0] += config.needless_insns + late; /* the other thread of the core stands still */
        walks_needed(0);
        walks_needed(0);
        ck_assert_uint_eq(n.erat_refilled, !late);
        ck_assert_uint_eq(n.tlb_refilled, !late);
        ck_assert_uint_eq(n.derat_killed, THREADS);
        ck_assert_uint_eq(n.tlbie_address, 1);
        ck_assert_uint_eq(n.tlbie_process, 1);
        finish();
    }
}
END_TEST

START_TEST(flush_all_leaves_nothing)
{
    start(mmu_config_default());
    mmu_flush_all(machine);
    for (unsigned t = 0; t < THREADS; t++) ck_assert_uint_eq(lost(t), EVERY_ONE);
    ck_assert_uint_eq(walks_needed(0), EVERY_ONE);
    finish();
}
END_TEST

/* Any operand at all, from the guest's hand. */
START_TEST(no_operand_is_harmful)
{
    u64 random = 1;

    for (unsigned model = 0; model < 2; model++) {
        struct mmu_config config = mmu_config_default();

        config.model = model ? MMU_MODEL_MMU : MMU_MODEL_NONE;
        start(config);
        for (unsigned k = 0; k < 3000; k++) {
            struct tlbie_op op;

            random = random * 6364136223846793005ULL + 1442695040888963407ULL;
            op = (struct tlbie_op){.rb = random ^ random << 31,
                                   .rs = random >> 7,
                                   .ric = random >> 40 & 3,
                                   .prs = random >> 42 & 1,
                                   .r = random >> 43 & 1,
                                   .local = random >> 44 & 1,
                                   .hv = random >> 45 & 1,
                                   .lpid = (u32)(random >> 50)};
            mmu_tlbie(mmu_of_thread(machine, k % THREADS), &op);
            if (k % 16 == 0) mmu_slbia(mmu_of_thread(machine, k % THREADS), random >> 20 & 7);
            if (k % 8 == 0) walks_needed(k / 8 % THREADS);
        }
        finish();
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("invalidate");
    TCase *c = tcase_create("invalidate");

    tcase_set_timeout(c, 60);
    tcase_add_test(c, tlbie_drops_what_it_names_on_every_thread);
    tcase_add_test(c, tlbie_drops_at_least_that_without_a_model);
    tcase_add_test(c, tlbiel_drops_the_same_on_its_own_thread_only);
    tcase_add_test(c, as_power9_does_the_erat_waits_for_slbia);
    tcase_add_test(c, ric_says_which_caches_of_the_walker_go);
    tcase_add_test(c, tlbiel_is_of_the_partition_in_lpidr);
    tcase_add_test(c, registers_invalidate_nothing_in_the_tlb);
    tcase_add_test(c, with_the_erratum_an_erat_waits_for_a_tlbie_of_pid_0);
    tcase_add_test(c, what_comes_back_within_the_window_was_needlessly_killed);
    tcase_add_test(c, flush_all_leaves_nothing);
    tcase_add_test(c, no_operand_is_harmful);
    suite_add_tcase(s, c);
    return run_suite(s);
}
