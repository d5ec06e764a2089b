/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions about partition-scoped tables, on tables in storage: the one that hardware uses for LPID 1, whose guest
 * real GUEST.. is main storage, and the one that this guest keeps for its own LPID 77.
 */
#include "hypervisor/guest_tables.h"

#include <check.h>

#include "tests/support/suite.h"
#include "tests/unit/mmu_world.h"

enum { MINE = 77 };
static struct world w;
static struct machine_tables m;
static u64 tree, nested_tree, nested_partition_table; /* the last two: real addresses of what the guest keeps */

static void start(void)
{
    world_open(&w, 64);
    world_guest(&w, 1, 16, &tree);
    machine_tables_init(&m, &w.bus);
    m.ptcr = w.ctx.ptcr;
    nested_partition_table = world_alloc(&w, 4096);
    nested_tree = world_tree(&w, GUEST);
    world_put(&w, nested_partition_table + MINE * 16, W_VALID | nested_tree);
}
static void stop(void)
{
    world_close(&w);
}

static struct table_leaf nested(u64 gra)
{
    return m.face.nested(&m.face, 1, nested_partition_table + GUEST, MINE, gra);
}

START_TEST(the_partition_s_table_answers_with_page_size_and_rights)
{
    struct table_leaf leaf = m.face.partition(&m.face, 1, GUEST + 0x12345);

    ck_assert(leaf.is_known && leaf.valid);
    ck_assert_uint_eq(leaf.shift, 16);
    ck_assert_uint_eq(leaf.prot, PROT_ALL);
    ck_assert_uint_eq(leaf.reads, 4);
}
END_TEST

START_TEST(an_absent_page_is_known_to_be_absent)
{
    struct table_leaf leaf = m.face.partition(&m.face, 1, 2 * GUEST);

    ck_assert(leaf.is_known && !leaf.valid);
    leaf = m.face.partition(&m.face, 1, 0xf000000000000000ULL >> 4);
    ck_assert(!leaf.valid);
}
END_TEST

START_TEST(a_page_that_may_not_be_read_is_there_with_its_rights)
{
    world_map(&w, tree, 0, 2 * GUEST, 16, 0x10000, L_R | L_EXEC);
    struct table_leaf leaf = m.face.partition(&m.face, 1, 2 * GUEST + 8);

    ck_assert(leaf.valid);
    ck_assert_uint_eq(leaf.prot, PROT_EXEC_OK);
}
END_TEST

START_TEST(a_partition_without_a_table_is_unknown)
{
    ck_assert(!m.face.partition(&m.face, 9, 0).is_known);
    ck_assert(!m.face.partition(&m.face, 4000, 0).is_known); /* behind the end of the partition table */
}
END_TEST

START_TEST(the_guest_s_own_table_is_read_through_the_partition_s)
{
    struct table_leaf leaf;

    world_map(&w, nested_tree, GUEST, 0x40000000, 21, 0, L_R | L_READ);
    leaf = nested(0x40000000 + 0x12345);
    ck_assert(leaf.is_known && leaf.valid);
    ck_assert_uint_eq(leaf.shift, 21);
    ck_assert_uint_eq(leaf.prot, PROT_READ_OK);
    ck_assert_uint_eq(leaf.reads, 3);
    leaf = nested(0x80000000);
    ck_assert(leaf.is_known && !leaf.valid);
    ck_assert_uint_eq(leaf.reads, 2);
}
END_TEST

START_TEST(what_a_guest_writes_into_its_table_can_be_nonsense)
{
    u64 pate = nested_partition_table + MINE * 16;
    const u64 roots[] = {0, ~0ULL, W_VALID, W_VALID | W_RTS52 | 31, W_VALID | 0x00fffffffffff00dULL, W_VALID | 13};

    for (unsigned k = 0; k < ARRAY_SIZE(roots); k++) {
        world_put(&w, pate, roots[k]);
        ck_assert(!nested(0x40000000).valid);
    }
    ck_assert(!m.face.nested(&m.face, 1, ~0ULL, MINE, 0).valid);
    ck_assert(!m.face.nested(&m.face, 1, nested_partition_table + GUEST, 0xffffffff, 0).is_known);
    /* A directory that leads back to itself has an end all the same. */
    world_put(&w, pate, W_VALID | nested_tree);
    for (u64 k = 0; k < 8192; k++)
        world_put(&w, world_root(nested_tree, GUEST) + k * 8, W_VALID | (world_root(nested_tree, 0)) | 9);
    ck_assert(!nested(0x40000000).valid);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("guest_tables");
    TCase *tests = tcase_create("guest_tables");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_test(tests, the_partition_s_table_answers_with_page_size_and_rights);
    tcase_add_test(tests, an_absent_page_is_known_to_be_absent);
    tcase_add_test(tests, a_page_that_may_not_be_read_is_there_with_its_rights);
    tcase_add_test(tests, a_partition_without_a_table_is_unknown);
    tcase_add_test(tests, the_guest_s_own_table_is_read_through_the_partition_s);
    tcase_add_test(tests, what_a_guest_writes_into_its_table_can_be_nonsense);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
