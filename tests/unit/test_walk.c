/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pure walk answers as the book says, and its list of steps is the one derived here.
 *
 * Native (effective LPID 0, no tree for LPID 0): PATE, PRTE, then one read per level.  4 KiB and 64 KiB leaves are at
 * level 4, 2 MiB at 3, 1 GiB at 2: 1 + 1 + {4, 4, 3, 2}.
 *
 * Nested: each process-scoped entry is at a guest real address, which costs a partition-scoped walk of P reads first;
 * so does the result.  With G process-scoped levels:  PATE 1 + PRTE (P + 1) + G (P + 1) + P.
 *   G 4, P 4:  1 + 5 + 20 + 4 = 30, of which 24 without the two table entries
 *   G 4, P 3:  1 + 4 + 16 + 3 = 24, 19 without
 *   G 3, P 3:  1 + 4 + 12 + 3 = 20, 15 without
 */
#include <stdlib.h>

#include "mmu/explain.h"
#include "tests/unit/mmu_world.h"
#include "tests/support/suite.h"

enum { PID = 7, LPID = 5 };

static struct world w;
static u64 process_table, tree, partition_tree;

static void host(void)
{
    world_open(&w, 64);
    process_table = world_host(&w);
    tree = world_tree(&w, 0);
    world_process(&w, process_table, PID, tree);
    w.ctx.pid = PID;
}

static void guest(unsigned partition_shift)
{
    world_open(&w, 64);
    process_table = world_guest(&w, LPID, partition_shift, &partition_tree);
    tree = world_tree(&w, GUEST);
    world_process(&w, process_table, PID, tree);
    w.ctx.pid = PID;
    w.ctx.lpid = LPID;
    w.ctx.msr &= ~MSR_HV;
}

static void close_world(void)
{
    world_close(&w);
}

static unsigned count_steps(enum walk_kind kind)
{
    unsigned n = 0;

    for (unsigned k = 0; k < w.steps; k++) n += w.step[k].kind == kind;
    return n;
}

START_TEST(a_native_walk_reads_one_entry_per_level)
{
    static const unsigned shifts[] = {12, 16, 21, 30}, reads[] = {6, 6, 5, 4};

    for (unsigned k = 0; k < 4; k++) {
        u64 ea = 0x123ULL << 39 | 1ULL << 30, size = 1ULL << shifts[k];
        struct xlate x;

        host();
        world_map(&w, tree, 0, ea, shifts[k], 0, L_ALL);
        x = world_walk(&w, ea + 0xabc, ACCESS_LOAD);
        ck_assert_int_eq(x.why, XL_OK);
        ck_assert_uint_eq(x.ra, 0xabc);
        ck_assert_uint_eq(1ULL << x.page_shift, size);
        ck_assert_uint_eq(x.process_shift, shifts[k]);
        ck_assert_uint_eq(x.partition_shift, 0);
        ck_assert_uint_eq(w.steps, reads[k]);
        ck_assert_int_eq(w.step[0].kind, WALK_PATE);
        ck_assert_int_eq(w.step[1].kind, WALK_PRTE);
        for (unsigned s = 2; s < w.steps; s++) {
            ck_assert_int_eq(w.step[s].stage, STAGE_PROCESS);
            ck_assert_uint_eq(w.step[s].level, s - 1);
            ck_assert_int_eq(w.step[s].kind, s == w.steps - 1 ? WALK_PTE : WALK_PDE);
        }
        close_world();
    }
}
END_TEST

START_TEST(a_nested_walk_reads_30_24_or_20_entries_cold)
{
    static const struct {
        unsigned process_shift, partition_shift, reads;
    } rows[] = {{12, 12, 30}, {16, 16, 30}, {12, 21, 24}, {21, 21, 20}};

    for (unsigned k = 0; k < 4; k++) {
        u64 ea = 0x40000000;
        struct xlate x;
        unsigned p = rows[k].partition_shift == 21 ? 3 : 4, at = 1;

        guest(rows[k].partition_shift);
        world_map(&w, tree, GUEST, ea, rows[k].process_shift, 0x200000 + GUEST, L_ALL);
        x = world_walk(&w, ea + 0x234, ACCESS_STORE);
        ck_assert_int_eq(x.why, XL_OK);
        ck_assert_uint_eq(x.ra, 0x200234);
        ck_assert_uint_eq(x.gra, 0x200234 + GUEST);
        ck_assert_uint_eq(w.steps, rows[k].reads);
        ck_assert_uint_eq(x.page_shift, rows[k].process_shift < rows[k].partition_shift ? rows[k].process_shift
                                                                                        : rows[k].partition_shift);
        /* The order: each process-scoped read after the partition-scoped walk of its address. */
        for (unsigned level = 0; level <= (rows[k].process_shift == 21 ? 3 : 4); level++) {
            for (unsigned s = 0; s < p; s++, at++) {
                ck_assert_int_eq(w.step[at].stage, STAGE_PARTITION);
                ck_assert_uint_eq(w.step[at].nested_for, level);
                ck_assert_uint_eq(w.step[at].level, s + 1);
            }
            ck_assert_int_eq(w.step[at].stage, STAGE_PROCESS);
            ck_assert_uint_eq(w.step[at++].level, level);
        }
        ck_assert_uint_eq(w.step[at].nested_for, 15);
        ck_assert_uint_eq(count_steps(WALK_PATE) + count_steps(WALK_PRTE), 2);
        close_world();
    }
}
END_TEST

START_TEST(the_process_table_entry_of_lpid_0_goes_through_its_partition_tree_if_it_has_one)
{
    u64 host_tree;

    host();
    host_tree = world_tree(&w, 0);
    world_partition(&w, 0, host_tree, process_table);
    world_map(&w, host_tree, 0, process_table, 12, process_table, L_ALL);
    world_map(&w, tree, 0, 0x1000, 12, 0x3000, L_ALL);
    ck_assert_int_eq(world_walk(&w, 0x1000, ACCESS_LOAD).why, XL_OK);
    ck_assert_uint_eq(w.steps, 1 + 4 + 1 + 4);
    close_world();
}
END_TEST

START_TEST(each_quadrant_has_its_partition_and_process)
{
    u64 kernel;
    u64 guest_user, guest_kernel;
    struct xlate x;

    guest(21);
    guest_user = tree;
    guest_kernel = world_tree(&w, GUEST);
    world_process(&w, process_table, 0, guest_kernel);
    world_map(&w, guest_user, GUEST, 0x1000, 12, 0x301000 + GUEST, L_ALL);
    world_map(&w, guest_kernel, GUEST, 0x1000, 12, 0x302000 + GUEST, L_ALL);
    process_table = world_host(&w);
    tree = world_tree(&w, 0);
    kernel = world_tree(&w, 0);
    world_process(&w, process_table, PID, tree);
    world_process(&w, process_table, 0, kernel);
    world_map(&w, tree, 0, 0x1000, 12, 0x303000, L_ALL);
    world_map(&w, kernel, 0, 0x1000, 12, 0x304000, L_ALL);

    ck_assert_uint_eq(world_walk(&w, Q0 | 0x1008, ACCESS_LOAD).ra, 0x301008);
    ck_assert_uint_eq(world_walk(&w, Q3 | 0x1008, ACCESS_LOAD).ra, 0x302008);
    ck_assert_int_eq(world_walk(&w, Q1 | 0x1008, ACCESS_LOAD).why, XL_BAD_EA);
    ck_assert_int_eq(world_walk(&w, Q2 | 0x1008, ACCESS_LOAD).why, XL_BAD_EA);
    w.ctx.msr |= MSR_HV;
    ck_assert_uint_eq(world_walk(&w, Q0 | 0x1008, ACCESS_LOAD).ra, 0x303008);
    x = world_walk(&w, Q1 | 0x1008, ACCESS_LOAD);
    ck_assert_uint_eq(x.ra, 0x301008);
    ck_assert_uint_eq(x.gra, 0x301008 + GUEST);
    ck_assert_uint_eq(world_walk(&w, Q2 | 0x1008, ACCESS_LOAD).ra, 0x302008);
    ck_assert_uint_eq(world_walk(&w, Q3 | 0x1008, ACCESS_LOAD).ra, 0x304008);
    ck_assert_int_eq(world_walk(&w, 1ULL << 52, ACCESS_LOAD).why, XL_BAD_EA);
    ck_assert_int_eq(world_walk(&w, Q3 | 1ULL << 61, ACCESS_LOAD).why, XL_BAD_EA);
    close_world();
}
END_TEST

START_TEST(real_modes_use_hrmor_urmor_or_the_partition_table)
{
    struct xlate x;

    guest(12);
    w.ctx.msr = MSR_HV;
    w.ctx.hrmor = 0x2000000;
    w.ctx.urmor = 0x3000000;
    ck_assert_uint_eq(world_walk(&w, 0x1234, ACCESS_FETCH).ra, 0x2001234);
    ck_assert_uint_eq(world_walk(&w, PPC_BIT(0) | 0x1234, ACCESS_FETCH).ra, 0x1234);
    ck_assert_uint_eq(world_walk(&w, 0x7000000000001234, ACCESS_LOAD).ra, 0x2001234);
    ck_assert_uint_eq(w.steps, 0);
    w.ctx.msr |= MSR_S;
    ck_assert_uint_eq(world_walk(&w, 0x1234, ACCESS_LOAD).ra, 0x3001234);
    w.ctx.msr = 0;
    x = world_walk(&w, GUEST + 0x1234, ACCESS_FETCH);
    ck_assert_int_eq(x.why, XL_OK);
    ck_assert_uint_eq(x.ra, 0x1234);
    ck_assert_uint_eq(x.gra, GUEST + 0x1234);
    ck_assert_uint_eq(w.steps, 1 + 4);
    ck_assert_uint_eq(world_walk(&w, 0xf000000000000000 | (GUEST + 0x1234), ACCESS_LOAD).ra, 0x1234);
    /* Relocation of fetches and of data are apart. */
    w.ctx.msr = MSR_HV | MSR_IR;
    ck_assert_uint_eq(world_walk(&w, 0x1234, ACCESS_LOAD).ra, 0x2001234);
    ck_assert_int_ne(world_walk(&w, 0x1234, ACCESS_FETCH).why, XL_OK);
    close_world();
}
END_TEST

START_TEST(rights_follow_the_encoded_access_authority_and_the_keys)
{
    enum { R = 1, W = 2, X = 4 };
    static const struct {
        unsigned leaf, problem, privileged, privileged_amr3, privileged_iamr1;
    } rows[] = {
        {L_READ, R, R, 0, R},
        {L_RW, R | W, R | W, 0, R | W},
        {L_EXEC, X, X, X, 0},
        {L_READ | L_EXEC, R | X, R | X, X, R},
        {L_PRIV | L_READ, 0, R, R, R},
        {L_PRIV | L_RW | L_EXEC, 0, R | W | X, R | W | X, R | W | X},
        {0, 0, 0, 0, 0},
    };

    for (unsigned k = 0; k < ARRAY_SIZE(rows); k++) {
        host();
        world_map(&w, tree, 0, 0x1000, 12, 0x5000, rows[k].leaf | L_R | L_C);
        for (unsigned who = 0; who < 4; who++) {
            const unsigned want[] = {rows[k].problem, rows[k].privileged, rows[k].privileged_amr3,
                                     rows[k].privileged_iamr1};
            w.ctx.msr = MSR_HV | MSR_IR | MSR_DR | (who ? 0 : MSR_PR);
            w.ctx.amr = who == 2 ? PPC_BITMASK(0, 1) : 0;
            w.ctx.iamr = who == 3 ? PPC_BIT(1) : 0;
            ck_assert_int_eq(world_walk(&w, 0x1000, ACCESS_LOAD).why, want[who] & R ? XL_OK : XL_PROTECTION);
            ck_assert_int_eq(world_walk(&w, 0x1000, ACCESS_STORE).why, want[who] & W ? XL_OK : XL_PROTECTION);
            ck_assert_int_eq(world_walk(&w, 0x1000, ACCESS_FETCH).why, want[who] & X ? XL_OK : XL_NO_EXECUTE);
        }
        close_world();
    }
}
END_TEST

START_TEST(each_amr_bit_forbids_its_own_access)
{
    host();
    world_map(&w, tree, 0, 0x1000, 12, 0x5000, L_ALL);
    w.ctx.amr = PPC_BIT(0);
    ck_assert_int_eq(world_walk(&w, 0x1000, ACCESS_LOAD).why, XL_OK);
    ck_assert_int_eq(world_walk(&w, 0x1000, ACCESS_STORE).why, XL_PROTECTION);
    w.ctx.amr = PPC_BIT(1);
    ck_assert_int_eq(world_walk(&w, 0x1000, ACCESS_LOAD).why, XL_PROTECTION);
    ck_assert_int_eq(world_walk(&w, 0x1000, ACCESS_STORE).why, XL_OK);
    close_world();
}
END_TEST

static void expect(u64 ea, enum access access, enum xlate_why why, enum stage stage, bool for_table)
{
    struct xlate x = world_walk(&w, ea, access);

    ck_assert_str_eq(xlate_why_name(x.why), xlate_why_name(why));
    ck_assert_int_eq(x.stage, stage);
    ck_assert_int_eq(x.for_table, for_table);
    ck_assert_uint_eq(x.rc_count, 0);
}

START_TEST(every_process_scoped_fault_is_told)
{
    u64 prte = 0, pde;

    host();
    prte = process_table + PID * 16;
    world_map(&w, tree, 0, 0x1000, 12, 0x5000, L_R | L_C | L_READ);
    expect(0x2000, ACCESS_LOAD, XL_NO_ENTRY, STAGE_PROCESS, false);
    expect(1ULL << 40, ACCESS_LOAD, XL_NO_ENTRY, STAGE_PROCESS, false);
    expect(0x1000, ACCESS_STORE, XL_PROTECTION, STAGE_PROCESS, false);
    expect(0x1000, ACCESS_FETCH, XL_NO_EXECUTE, STAGE_PROCESS, false);
    world_map(&w, tree, 0, 0x3000, 12, 0x5000, L_ALL | L_NI);
    expect(0x3000, ACCESS_FETCH, XL_NO_EXECUTE, STAGE_PROCESS, false);
    world_map(&w, tree, 0, 0x4000, 12, 1ULL << 45, L_ALL);
    expect(0x4000, ACCESS_LOAD, XL_NO_STORAGE, STAGE_REAL, false);
    w.ctx.pid = 256; /* the table has 256 entries */
    expect(0x1000, ACCESS_LOAD, XL_NO_ENTRY, STAGE_PROCESS, false);
    w.ctx.pid = PID + 1; /* an entry of zeros: RTS is wrong */
    expect(0x1000, ACCESS_LOAD, XL_BAD_CONFIG, STAGE_PROCESS, false);
    w.ctx.pid = PID;
    world_put(&w, prte, (tree & ~31ULL) | 12);
    expect(0x1000, ACCESS_LOAD, XL_BAD_CONFIG, STAGE_PROCESS, false);
    world_put(&w, prte, W_RTS52 | 1ULL << 50 | 13);
    expect(0x1000, ACCESS_LOAD, XL_NO_STORAGE, STAGE_REAL, false);
    world_put(&w, prte, tree);
    pde = world_root(tree, 0);
    world_put(&w, pde, world_get(&w, pde) | W_LEAF); /* a leaf of 512 GiB */
    expect(0x1000, ACCESS_LOAD, XL_BAD_CONFIG, STAGE_PROCESS, false);
    world_put(&w, pde, (world_get(&w, pde) & ~(W_LEAF | 31ULL)) | 5); /* NLS 5 below level 1 */
    expect(0x1000, ACCESS_LOAD, XL_BAD_CONFIG, STAGE_PROCESS, false);
    close_world();
}
END_TEST

START_TEST(a_directory_in_place_of_a_page_table_entry_is_a_bad_configuration)
{
    host();
    world_put(&w, world_entry(&w, tree, 0, 0x1000, 12), W_VALID | 0x100000 | 9);
    expect(0x1000, ACCESS_LOAD, XL_BAD_CONFIG, STAGE_PROCESS, false);
    close_world();
}
END_TEST

START_TEST(partition_table_faults_are_told)
{
    host();
    world_map(&w, tree, 0, 0x1000, 12, 0x5000, L_ALL);
    w.ctx.lpcr = 0; /* hash */
    expect(0x1000, ACCESS_LOAD, XL_NO_SEGMENT, STAGE_PROCESS, false);
    w.ctx.lpcr = W_LPCR;
    w.ctx.lpid = 300; /* beyond the table */
    expect(Q1 | 0x1000, ACCESS_LOAD, XL_BAD_CONFIG, STAGE_PARTITION, false);
    w.ctx.lpid = 3; /* HR = 0 */
    expect(Q1 | 0x1000, ACCESS_LOAD, XL_BAD_CONFIG, STAGE_PARTITION, false);
    w.ctx.lpid = 0;
    w.ctx.msr &= ~MSR_HV; /* a guest cannot be partition 0 */
    expect(0x1000, ACCESS_LOAD, XL_BAD_CONFIG, STAGE_PARTITION, false);
    w.ctx.msr |= MSR_HV;
    w.ctx.ptcr = 1ULL << 50;
    expect(0x1000, ACCESS_LOAD, XL_NO_STORAGE, STAGE_REAL, false);
    close_world();
}
END_TEST

/* Make the guest's 4 KiB page at gra behave otherwise. */
static void repaint(u64 gra, u64 flags, bool valid)
{
    u64 at = world_entry(&w, partition_tree, 0, gra, 12);

    world_put(&w, at, valid ? W_VALID | W_LEAF | (gra - GUEST) | flags : 0);
}

START_TEST(partition_scoped_faults_name_the_guest_real_address_and_whose_read_it_was)
{
    u64 pte, pte_page, page = 0x600000 + GUEST, prte_page;
    struct xlate x;

    guest(12);
    prte_page = process_table + GUEST;
    pte = world_map(&w, tree, GUEST, 0x1000, 12, page, L_ALL);
    pte_page = (pte & ~4095ULL) + GUEST;

    repaint(page, 0, false);
    expect(0x1010, ACCESS_LOAD, XL_NO_ENTRY, STAGE_PARTITION, false);
    x = world_walk(&w, 0x1010, ACCESS_LOAD);
    ck_assert_uint_eq(x.gra, page + 0x10);
    repaint(page, L_R | L_C | L_READ, true);
    expect(0x1010, ACCESS_STORE, XL_PROTECTION, STAGE_PARTITION, false);
    expect(0x1010, ACCESS_FETCH, XL_NO_EXECUTE, STAGE_PARTITION, false);
    ck_assert_int_eq(world_walk(&w, 0x1010, ACCESS_LOAD).why, XL_OK);
    repaint(page, L_ALL, true);

    repaint(pte_page, 0, false);
    expect(0x1010, ACCESS_STORE, XL_NO_ENTRY, STAGE_PARTITION, true);
    x = world_walk(&w, 0x1010, ACCESS_LOAD);
    ck_assert_uint_eq(x.gra, pte + GUEST);
    repaint(pte_page, L_R | L_C | L_EXEC, true);
    expect(0x1010, ACCESS_FETCH, XL_PROTECTION, STAGE_PARTITION, true);
    repaint(pte_page, L_ALL, true);

    repaint(prte_page, 0, false);
    expect(0x1010, ACCESS_LOAD, XL_NO_ENTRY, STAGE_PARTITION, true);
    x = world_walk(&w, 0x1010, ACCESS_LOAD);
    ck_assert_uint_eq(x.gra, prte_page + PID * 16);
    repaint(prte_page, L_ALL, true);

    /* The process-scoped rights are judged first. */
    world_put(&w, pte, W_VALID | W_LEAF | page | L_R | L_C | L_READ);
    repaint(page, 0, false);
    expect(0x1010, ACCESS_STORE, XL_PROTECTION, STAGE_PROCESS, false);
    /* And then its R and C, if software sets them. */
    w.ctx.rc_by_software = true;
    expect(0x1010, ACCESS_LOAD, XL_NO_ENTRY, STAGE_PARTITION, false);
    world_put(&w, pte, W_VALID | W_LEAF | page | L_READ);
    expect(0x1010, ACCESS_LOAD, XL_SET_RC, STAGE_PROCESS, false);
    close_world();
}
END_TEST

START_TEST(a_guest_real_address_beyond_the_tree_has_no_entry)
{
    guest(21);
    world_map(&w, tree, GUEST, 0x1000, 12, 1ULL << 53, L_ALL);
    expect(0x1000, ACCESS_LOAD, XL_NO_ENTRY, STAGE_PARTITION, false);
    close_world();
}
END_TEST

START_TEST(reference_and_change_are_results_of_the_walk)
{
    u64 pte;
    struct xlate x;

    host();
    pte = world_map(&w, tree, 0, 0x1000, 12, 0x5000, L_READ | L_RW);
    x = world_walk(&w, 0x1000, ACCESS_LOAD);
    ck_assert_uint_eq(x.rc_count, 1);
    ck_assert_uint_eq(x.rc[0].entry_ra, pte);
    ck_assert_uint_eq(x.rc[0].old, world_get(&w, pte));
    ck_assert_uint_eq(x.rc[0].set, L_R);
    ck_assert(!x.changed);
    x = world_walk(&w, 0x1000, ACCESS_STORE);
    ck_assert_uint_eq(x.rc_count, 1);
    ck_assert_uint_eq(x.rc[0].set, L_R | L_C);
    ck_assert(x.changed);
    w.ctx.rc_by_software = true;
    expect(0x1000, ACCESS_LOAD, XL_SET_RC, STAGE_PROCESS, false);
    world_put(&w, pte, world_get(&w, pte) | L_R);
    ck_assert_int_eq(world_walk(&w, 0x1000, ACCESS_LOAD).why, XL_OK);
    expect(0x1000, ACCESS_STORE, XL_SET_RC, STAGE_PROCESS, false);
    close_world();
}
END_TEST

START_TEST(setting_r_in_a_guests_table_is_a_store_in_partition_scope)
{
    u64 pte, pte_page, leaf_of_table, leaf_of_page;
    struct xlate x;

    guest(12);
    pte = world_map(&w, tree, GUEST, 0x1000, 12, 0x600000 + GUEST, L_READ | L_RW);
    pte_page = (pte & ~4095ULL) + GUEST;
    leaf_of_table = world_entry(&w, partition_tree, 0, pte_page, 12);
    leaf_of_page = world_entry(&w, partition_tree, 0, 0x600000 + GUEST, 12);
    repaint(pte_page, L_READ | L_RW, true);
    repaint(0x600000 + GUEST, L_READ | L_RW | L_R, true);
    x = world_walk(&w, 0x1000, ACCESS_STORE);
    ck_assert_int_eq(x.why, XL_OK);
    ck_assert_uint_eq(x.rc_count, 3);
    ck_assert_uint_eq(x.rc[0].entry_ra, leaf_of_table);
    ck_assert_uint_eq(x.rc[0].set, L_R | L_C);
    ck_assert_uint_eq(x.rc[1].entry_ra, pte);
    ck_assert_uint_eq(x.rc[1].set, L_R | L_C);
    ck_assert_uint_eq(x.rc[2].entry_ra, leaf_of_page);
    ck_assert_uint_eq(x.rc[2].set, L_C);
    repaint(pte_page, L_READ | L_R, true);
    expect(0x1000, ACCESS_LOAD, XL_PROTECTION, STAGE_PARTITION, true);
    w.ctx.rc_by_software = true;
    repaint(pte_page, L_READ | L_RW, true);
    expect(0x1000, ACCESS_LOAD, XL_SET_RC, STAGE_PARTITION, true);
    close_world();
}
END_TEST

START_TEST(attributes_of_both_scopes_meet_at_the_stricter)
{
    u64 pte;

    guest(12);
    pte = world_map(&w, tree, GUEST, 0x1000, 12, 0x600000 + GUEST, L_ALL);
    ck_assert_int_eq(world_walk(&w, 0x1000, ACCESS_LOAD).attr, ATTR_NORMAL);
    repaint(0x600000 + GUEST, L_ALL | L_TOL, true);
    ck_assert_int_eq(world_walk(&w, 0x1000, ACCESS_LOAD).attr, ATTR_TOLERANT);
    world_put(&w, pte, world_get(&w, pte) | L_NI);
    ck_assert_int_eq(world_walk(&w, 0x1000, ACCESS_LOAD).attr, ATTR_NON_IDEMPOTENT);
    close_world();
}
END_TEST

static bool never(void *self, struct bus_access a, u64 *value)
{
    (void)self, (void)a, (void)value;
    ck_abort_msg("a walk reads no device");
    return false;
}

START_TEST(a_device_page_translates_but_tables_in_a_device_are_not_read)
{
    static const struct device_ops ops = {.read = never};

    host();
    ck_assert(bus_attach(&w.bus, &(struct region){"device", 1ULL << 40, 65536, BUS_8, &ops, NULL}));
    world_map(&w, tree, 0, 0x1000, 12, 1ULL << 40, L_ALL | L_NI);
    ck_assert_int_eq(world_walk(&w, 0x1008, ACCESS_LOAD).why, XL_OK);
    ck_assert_uint_eq(world_walk(&w, 0x1008, ACCESS_LOAD).ra, (1ULL << 40) + 8);
    world_process(&w, process_table, PID, W_RTS52 | 1ULL << 40 | 13);
    expect(0x1000, ACCESS_LOAD, XL_NO_STORAGE, STAGE_REAL, false);
    w.ctx.msr = MSR_HV;
    ck_assert_int_eq(world_walk(&w, 1ULL << 40, ACCESS_LOAD).attr, ATTR_NON_IDEMPOTENT);
    expect(1ULL << 41, ACCESS_LOAD, XL_NO_STORAGE, STAGE_REAL, false);
    close_world();
}
END_TEST

START_TEST(explain_names_every_step_and_the_answer)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    unsigned lines = 0;

    guest(12);
    world_map(&w, tree, GUEST, 0x1000, 12, 0x600000 + GUEST, L_READ);
    mmu_explain(to, &w.ctx, (struct xlate_req){0x1234, ACCESS_LOAD, 8}, NULL);
    mmu_explain(to, &w.ctx, (struct xlate_req){0x2234, ACCESS_LOAD, 8}, NULL);
    mmu_explain(to, &w.ctx, (struct xlate_req){Q1, ACCESS_FETCH, 4}, NULL);
    fclose(to);
    for (const char *p = text; *p; p++) lines += *p == '\n';
    ck_assert_uint_eq(lines, (1 + 30 + 1 + 1) + (1 + 26 + 1) + 2);
    ck_assert_ptr_nonnull(strstr(text, "load at 0x1234: virtual mode, LPID 5 PID 7, privileged state"));
    ck_assert_ptr_nonnull(strstr(text, "real 0x600234 guest real 0x100600234 page 4K"));
    ck_assert_ptr_nonnull(strstr(text, "would set R in the entry"));
    ck_assert_ptr_nonnull(strstr(text, "fault: NO_ENTRY"));
    ck_assert_ptr_nonnull(strstr(text, "fault: BAD_EA"));
    free(text);
    close_world();
}
END_TEST

/* Storage of random bits, with a bias towards what looks like a table entry: any answer will do, a crash will not. */
START_TEST(random_tables_never_crash_the_walk)
{
    u64 state = 88172645463325252ULL, ok = 0;
    FILE *null = fopen("/dev/null", "w");

    world_open(&w, 2);
    for (unsigned round = 0; round < 40; round++) {
        for (u64 at = 0; at < w.ram.size_bytes; at += 8) {
            u64 v = state = state * 6364136223846793005ULL + 1442695040888963407ULL;

            v ^= v >> 29;
            if (round % 4) v = (v & 0x1fffff) | (v & 3ULL << 62) | (v >> 20 & 7 ? W_VALID : 0);
            if (round % 4 == 2) v = (v & ~31ULL) | 9;
            if (round % 4 == 3) v = (v & ~0xffULL & ~W_LEAF) | W_RTS52 | 13;
            if (round % 8 == 6 && v & 1ULL << 30) v |= W_LEAF | 0x187;
            world_put(&w, at, v);
        }
        for (unsigned n = 0; n < 3000; n++) {
            struct xlate x;

            state = state * 6364136223846793005ULL + 1442695040888963407ULL;
            w.ctx.msr = state & (MSR_HV | MSR_PR | MSR_IR | MSR_DR | MSR_S);
            w.ctx.lpcr = state & PPC_BIT(10) ? W_LPCR : state;
            w.ctx.ptcr = state >> 40;
            w.ctx.lpid = (u32)(state >> 33);
            w.ctx.pid = (u32)(state >> 21);
            x = world_walk(&w, state >> 3 & ~PPC_BITMASK(2, 11), (enum access)(n % 3));
            ck_assert_uint_le(w.steps, 40);
            ck_assert_uint_le(x.rc_count, RC_MAX);
            ok += x.why == XL_OK && w.steps > 2;
            if (n % 500 == 0) mmu_explain(null, &w.ctx, (struct xlate_req){state, (enum access)(n % 3), 8}, NULL);
        }
    }
    (void)ok;
    fclose(null);
    close_world();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("walk");
    TCase *c = tcase_create("walk");

    tcase_set_timeout(c, 60);
    tcase_add_test(c, a_native_walk_reads_one_entry_per_level);
    tcase_add_test(c, a_nested_walk_reads_30_24_or_20_entries_cold);
    tcase_add_test(c, the_process_table_entry_of_lpid_0_goes_through_its_partition_tree_if_it_has_one);
    tcase_add_test(c, each_quadrant_has_its_partition_and_process);
    tcase_add_test(c, real_modes_use_hrmor_urmor_or_the_partition_table);
    tcase_add_test(c, rights_follow_the_encoded_access_authority_and_the_keys);
    tcase_add_test(c, each_amr_bit_forbids_its_own_access);
    tcase_add_test(c, every_process_scoped_fault_is_told);
    tcase_add_test(c, a_directory_in_place_of_a_page_table_entry_is_a_bad_configuration);
    tcase_add_test(c, partition_table_faults_are_told);
    tcase_add_test(c, partition_scoped_faults_name_the_guest_real_address_and_whose_read_it_was);
    tcase_add_test(c, a_guest_real_address_beyond_the_tree_has_no_entry);
    tcase_add_test(c, reference_and_change_are_results_of_the_walk);
    tcase_add_test(c, setting_r_in_a_guests_table_is_a_store_in_partition_scope);
    tcase_add_test(c, attributes_of_both_scopes_meet_at_the_stricter);
    tcase_add_test(c, a_device_page_translates_but_tables_in_a_device_are_not_read);
    tcase_add_test(c, explain_names_every_step_and_the_answer);
    tcase_add_test(c, random_tables_never_crash_the_walk);
    suite_add_tcase(s, c);
    return run_suite(s);
}
