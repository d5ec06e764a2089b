/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host-side slot lives exactly as long as the modelled ERAT entry behind it, and the counters count the model, not
 * the host.  Derivations stand above each test.  ERATs here have four entries, FIFO; pages of 4 KiB at EA n * 4096.
 */
#include <stdlib.h>

#include "stats/counters.h"
#include "tests/unit/mmu_world.h"
#include "tests/support/suite.h"

enum { PID = 7 };

static struct world w;
static struct mmu_config config;
static struct mmu_system *system_of_test;
static struct mmu *mmu;
static struct hostmap map;
static struct counters n;
static u64 tree, process_table;

static void use(struct xlate_ctx ctx)
{
    map = mmu_set_context(mmu, &ctx);
}

static void start(void)
{
    world_open(&w, 64);
    process_table = world_host(&w);
    tree = world_tree(&w, 0);
    world_process(&w, process_table, PID, tree);
    w.ctx.pid = PID;
    for (u64 page = 0; page < 2048; page++) world_map(&w, tree, 0, page << 12, 12, (8 << 20) + (page << 12), L_ALL);
    n = (struct counters){0};
    system_of_test = mmu_system_new(&config, &w.bus, 1, 1);
    ck_assert_ptr_nonnull(system_of_test);
    mmu = mmu_of_thread(system_of_test, 0);
    mmu_set_counters(mmu, &n, NULL, 0);
    use(w.ctx);
}

static void small_erats(void)
{
    config = mmu_config_default();
    config.derat_entries = config.ierat_entries = 4;
    start();
}

static void finish(void)
{
    mmu_system_free(system_of_test);
    world_close(&w);
}

static u64 reach(u64 ea, enum access access)
{
    struct xlate x;
    u64 stall = 0;

    ck_assert(mmu_translate(mmu, ea, access, 8, &x, &stall));
    return stall;
}

static bool has_load(u64 ea)
{
    return map.load[(ea >> 12) & HOST_SLOT_MASK].tag == (ea & HOST_PAGE_MASK);
}
static bool has_store(u64 ea)
{
    return map.store[(ea >> 12) & HOST_SLOT_MASK].tag == (ea & HOST_PAGE_MASK);
}

START_TEST(evicting_an_erat_entry_empties_its_slots_and_no_others)
{
    small_erats();
    for (u64 page = 0; page < 4; page++) {
        reach(page << 12, ACCESS_LOAD);
        reach(page << 12, ACCESS_STORE);
    }
    ck_assert_uint_eq(n.derat_miss, 4);
    ck_assert(has_load(0) && has_store(0));
    reach(4 << 12, ACCESS_LOAD);
    ck_assert(!has_load(0) && !has_store(0));
    for (u64 page = 1; page < 4; page++) ck_assert(has_load(page << 12) && has_store(page << 12));
    ck_assert(has_load(4 << 12) && !has_store(4 << 12));
    ck_assert_uint_eq(n.derat_miss, 5);
    ck_assert_uint_eq(n.derat_miss_4k, 5);
    finish();
}
END_TEST

/* Pages 0 and 512 share a slot but not an ERAT entry: going to and fro misses twice in the model, then never. */
START_TEST(a_host_side_conflict_that_is_an_erat_hit_counts_nothing)
{
    small_erats();
    reach(0, ACCESS_LOAD);
    reach(512 << 12, ACCESS_LOAD);
    ck_assert(!has_load(0));
    for (unsigned k = 0; k < 10; k++) {
        ck_assert_uint_eq(reach(0, ACCESS_LOAD), 0);
        ck_assert(has_load(0));
        ck_assert_uint_eq(reach(512 << 12, ACCESS_LOAD), 0);
        ck_assert(has_load(512 << 12));
    }
    ck_assert_uint_eq(n.derat_miss, 2);
    ck_assert_uint_eq(n.tlb_access, 2);
    finish();
}
END_TEST

/*
 * Cold: a TLB look-up of 20 cycles that fails, then PATE, PRTE, 4 levels = 6 reads of 15 cycles.  The next page's
 * directories are all known: 1 read.  A page that left the ERAT but is in the TLB costs the look-up and no walk.
 */
static u64 walk_of(u64 reads)
{
    return config.tlb_hit_cycles + reads * config.walk_read_cycles;
}

START_TEST(misses_are_charged_by_what_hardware_would_have_read)
{
    small_erats();
    ck_assert_uint_eq(reach(0, ACCESS_LOAD), walk_of(6));
    ck_assert_uint_eq(n.pwc_miss, 1);
    ck_assert_uint_eq(reach(1 << 12, ACCESS_LOAD), walk_of(1));
    ck_assert_uint_eq(n.pwc_l3_hit, 1);
    for (u64 page = 2; page < 5; page++) reach(page << 12, ACCESS_LOAD);
    ck_assert_uint_eq(reach(0, ACCESS_LOAD), config.tlb_hit_cycles);
    ck_assert_uint_eq(n.derat_miss, 6);
    ck_assert_uint_eq(n.tlb_hit, 1);
    ck_assert_uint_eq(n.walks, 5);
    ck_assert_uint_eq(n.dtlb_miss_4k, 5);
    ck_assert_uint_eq(n.walk_reads, 6 + 4 * 1);
    ck_assert_uint_eq(n.walk_reads_pwc, 4 * 5);
    ck_assert_uint_eq(n.walk_cycles, 10 * config.walk_read_cycles);
    /* The page 2 MiB further has levels 1 and 2 in common. */
    ck_assert_uint_eq(reach(512 << 12, ACCESS_LOAD), walk_of(2));
    ck_assert_uint_eq(n.pwc_l2_hit, 1);
    finish();
}
END_TEST

/*
 * A guest with 2 MiB partition-scoped leaves, cold: the walker's addresses are the process table, four process-scoped
 * tables (all in the guest's first 32 MiB, mapped by few leaves) and the page.  Without guest-real entries in the TLB
 * and with a page-walk cache of one directory per level nothing can be more than 24 reads, and with them it must be
 * less.
 */
START_TEST(nested_walks_profit_from_what_the_walker_translated_before)
{
    u64 cold[2];

    for (unsigned k = 0; k < 2; k++) {
        u64 partition_tree, table, user;

        config = mmu_config_default();
        config.tlb_guest_real = k;
        start();
        table = world_guest(&w, 5, 21, &partition_tree);
        user = world_tree(&w, GUEST);
        world_process(&w, table, PID, user);
        world_map(&w, user, GUEST, 0x1000, 12, GUEST + 0x800000, L_ALL);
        world_map(&w, user, GUEST, 0x2000, 12, GUEST + 0x801000, L_ALL);
        w.ctx.msr &= ~MSR_HV;
        w.ctx.lpid = 5;
        use(w.ctx);
        ck_assert_uint_eq(reach(0x1000, ACCESS_LOAD), walk_of(n.walk_reads));
        cold[k] = n.walk_reads;
        ck_assert_uint_eq(n.walk_reads + n.walk_reads_pwc, 24);
        /* Warm: one process-scoped leaf; with guest-real entries no partition-scoped read at all. */
        ck_assert_uint_eq(reach(0x2000, ACCESS_LOAD), walk_of(k ? 1 : 3));
        finish();
    }
    ck_assert_uint_lt(cold[1], cold[0]);
    ck_assert_uint_lt(cold[0], 24);
}
END_TEST

/* User page (EAA[0] = 0): the kernel may load it, then AMR forbids; both use one ERAT entry. */
START_TEST(a_hit_is_judged_anew_for_each_privilege)
{
    struct xlate_ctx user, kernel, locked;
    struct xlate x;
    u64 stall = 0;

    small_erats();
    world_map(&w, tree, 0, 0x1000, 12, 0x900000, L_ALL | L_PRIV);
    user = kernel = locked = w.ctx;
    user.msr |= MSR_PR;
    locked.amr = PPC_BITMASK(0, 1);
    use(user);
    reach(0x2000, ACCESS_LOAD);
    use(kernel);
    ck_assert(!has_load(0x2000));
    reach(0x2000, ACCESS_LOAD);
    reach(0x1000, ACCESS_LOAD);
    ck_assert_uint_eq(n.derat_miss, 2);
    use(locked);
    ck_assert(!has_load(0x2000));
    reach(0x1000, ACCESS_LOAD);
    ck_assert_uint_eq(n.derat_miss, 2);
    ck_assert(!mmu_translate(mmu, 0x2000, ACCESS_LOAD, 8, &x, &stall));
    ck_assert_int_eq(x.why, XL_PROTECTION);
    use(user);
    ck_assert(!mmu_translate(mmu, 0x1000, ACCESS_LOAD, 8, &x, &stall));
    finish();
}
END_TEST

START_TEST(a_store_slot_waits_for_the_c_bit_and_the_load_slot_for_r)
{
    u64 pte;

    small_erats();
    pte = world_map(&w, tree, 0, 0x1000, 12, 0x900000, L_RW);
    reach(0x1000, ACCESS_LOAD);
    ck_assert_uint_eq(world_get(&w, pte) & (L_R | L_C), L_R);
    ck_assert(has_load(0x1000) && !has_store(0x1000));
    reach(0x1000, ACCESS_STORE);
    ck_assert_uint_eq(world_get(&w, pte) & (L_R | L_C), L_R | L_C);
    ck_assert(has_store(0x1000));
    ck_assert_uint_eq(n.rc_updates, 2);
    ck_assert(w.ram.page_flags[0x900] & RAM_WRITABLE_CACHED);
    finish();
}
END_TEST

START_TEST(code_pages_devices_and_uncached_pages_get_no_slot)
{
    static const struct device_ops ops = {0};
    static char decoded[2];

    small_erats();
    ck_assert(bus_attach(&w.bus, &(struct region){"device", 1ULL << 40, 65536, BUS_8, &ops, NULL}));
    world_map(&w, tree, 0, 0x1000, 12, 1ULL << 40, L_ALL);
    world_map(&w, tree, 0, 0x2000, 12, 0x900000, L_ALL | L_NI);
    world_map(&w, tree, 0, 0x3000, 12, 0x901000, L_ALL | L_SAO);
    for (u64 ea = 0x1000; ea < 0x4000; ea += 0x1000) {
        reach(ea, ACCESS_LOAD);
        reach(ea, ACCESS_STORE);
    }
    ck_assert(!has_load(0x1000) && !has_store(0x1000) && !has_load(0x2000) && !has_store(0x2000));
    ck_assert(has_load(0x3000) && has_store(0x3000));
    ck_assert_uint_eq(n.derat_miss, 3);
    reach(0x3000, ACCESS_FETCH);
    mmu_install_fetch(mmu, 0x3000, (struct insn *)(void *)&decoded[1], false);
    ck_assert_uint_eq(map.fetch[3].tag, 0x3000);
    mmu_code_page(system_of_test, 0x901000);
    w.ram.page_flags[0x901] |= RAM_CODE;
    ck_assert(has_load(0x3000) && !has_store(0x3000));
    reach(0x3000, ACCESS_STORE);
    ck_assert(!has_store(0x3000));
    mmu_forget_fetch(system_of_test, (const struct insn *)(const void *)&decoded[0]);
    ck_assert_uint_eq(map.fetch[3].tag, 0x3000);
    mmu_forget_fetch(system_of_test, (const struct insn *)(const void *)&decoded[1]);
    ck_assert_uint_eq(map.fetch[3].tag, HOST_NO_PAGE);
    finish();
}
END_TEST

START_TEST(a_fetch_slot_is_refused_unless_the_ierat_holds_the_page)
{
    static char decoded;

    small_erats();
    mmu_install_fetch(mmu, 0x1000, (struct insn *)(void *)&decoded, false);
    ck_assert_uint_eq(map.fetch[1].tag, HOST_NO_PAGE);
    reach(0x1000, ACCESS_FETCH);
    mmu_install_fetch(mmu, 0x2000, (struct insn *)(void *)&decoded, false);
    ck_assert_uint_eq(map.fetch[2].tag, HOST_NO_PAGE);
    mmu_install_fetch(mmu, 0x1000, (struct insn *)(void *)&decoded, false);
    ck_assert_uint_eq(map.fetch[1].tag, 0x1000);
    for (u64 page = 2; page < 6; page++) reach(page << 12, ACCESS_FETCH);
    ck_assert_uint_eq(map.fetch[1].tag, HOST_NO_PAGE);
    ck_assert_uint_eq(n.ierat_miss, 5);
    finish();
}
END_TEST

/* A switch to and fro finds everything again; more contexts than there are tables only cost host time. */
START_TEST(a_storm_of_context_switches_counts_nothing)
{
    config = mmu_config_default();
    config.contexts = 8;
    start();
    for (u32 pid = 1; pid < 40; pid++) world_process(&w, process_table, pid, tree);
    for (unsigned round = 0; round < 5; round++)
        for (u32 pid = 1; pid < 40; pid++) {
            w.ctx.pid = pid;
            use(w.ctx);
            reach(0x5000, ACCESS_LOAD);
            ck_assert(has_load(0x5000));
        }
    ck_assert_uint_eq(n.derat_miss, 39); /* 39 of 64 entries: each process once */
    w.ctx.pid = 39;
    use(w.ctx);
    ck_assert(has_load(0x5000));
    w.ctx.msr = MSR_HV; /* an interrupt entry and its return */
    use(w.ctx);
    ck_assert(!has_load(0x5000));
    w.ctx.msr |= MSR_IR | MSR_DR;
    use(w.ctx);
    ck_assert(has_load(0x5000));
    w.ctx.hrmor = 1 << 20; /* tags do not hold it: everything of the thread goes */
    use(w.ctx);
    ck_assert(!has_load(0x5000));
    finish();
}
END_TEST

START_TEST(a_fault_is_counted_as_a_miss_and_a_walk_and_fills_nothing)
{
    struct xlate x;
    u64 stall = 0;

    small_erats();
    ck_assert(!mmu_translate(mmu, 1 << 30, ACCESS_LOAD, 8, &x, &stall));
    ck_assert(!mmu_translate(mmu, 1 << 30, ACCESS_LOAD, 8, &x, &stall));
    ck_assert(!mmu_translate(mmu, Q3 | 1ULL << 55, ACCESS_LOAD, 8, &x, &stall));
    ck_assert_int_eq(x.why, XL_BAD_EA);
    ck_assert_uint_eq(n.derat_miss, 3);
    ck_assert_uint_eq(n.walk_faults, 2);
    ck_assert_uint_eq(n.tlb_miss, 2);
    ck_assert_uint_eq(n.dtlb_miss_4k + n.derat_miss_4k, 0);
    finish();
}
END_TEST

START_TEST(impossible_sizes_are_refused)
{
    struct mmu_config bad;

    world_open(&w, 2);
    bad = mmu_config_default(), bad.derat_entries = 0;
    ck_assert_ptr_null(mmu_system_new(&bad, &w.bus, 1, 1));
    bad = mmu_config_default(), bad.tlb_entries = 1000, bad.tlb_ways = 7;
    ck_assert_ptr_null(mmu_system_new(&bad, &w.bus, 1, 1));
    bad = mmu_config_default(), bad.erat_replacement = REPLACE_PLRU, bad.derat_entries = 65;
    ck_assert_ptr_null(mmu_system_new(&bad, &w.bus, 1, 1));
    bad = mmu_config_default(), bad.contexts = 0;
    ck_assert_ptr_null(mmu_system_new(&bad, &w.bus, 1, 1));
    world_close(&w);
}
END_TEST

START_TEST(after_a_reset_the_same_run_counts_the_same)
{
    struct counters first;

    small_erats();
    for (u64 page = 0; page < 100; page++) reach((page * 7 % 50) << 12, ACCESS_LOAD);
    first = n;
    n = (struct counters){0};
    mmu_system_reset(system_of_test);
    ck_assert(!has_load(0));
    for (u64 page = 0; page < 100; page++) reach((page * 7 % 50) << 12, ACCESS_LOAD);
    ck_assert_mem_eq(&first, &n, sizeof n);
    finish();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("erat");
    TCase *c = tcase_create("erat");

    tcase_add_test(c, evicting_an_erat_entry_empties_its_slots_and_no_others);
    tcase_add_test(c, a_host_side_conflict_that_is_an_erat_hit_counts_nothing);
    tcase_add_test(c, misses_are_charged_by_what_hardware_would_have_read);
    tcase_add_test(c, nested_walks_profit_from_what_the_walker_translated_before);
    tcase_add_test(c, a_hit_is_judged_anew_for_each_privilege);
    tcase_add_test(c, a_store_slot_waits_for_the_c_bit_and_the_load_slot_for_r);
    tcase_add_test(c, code_pages_devices_and_uncached_pages_get_no_slot);
    tcase_add_test(c, a_fetch_slot_is_refused_unless_the_ierat_holds_the_page);
    tcase_add_test(c, a_storm_of_context_switches_counts_nothing);
    tcase_add_test(c, a_fault_is_counted_as_a_miss_and_a_walk_and_fills_nothing);
    tcase_add_test(c, impossible_sizes_are_refused);
    tcase_add_test(c, after_a_reset_the_same_run_counts_the_same);
    suite_add_tcase(s, c);
    return run_suite(s);
}
