/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a walk would cost, also with leaves that the tables do not have.
 *
 * Entries on the path of one load (Book III 5.7.10), p levels of the process-scoped tree and h of the partition-scoped
 * one (4 for leaves of 4 and 64 KiB, 3 for 2 MiB, 2 for 1 GiB): the host p + 2, a guest (p + 1) * (h + 1) + h + 1.
 * So an assumed leaf must give what tables with that leaf give.  That prices are what then comes is a property that
 * test_mmu_models.c checks in every run.
 */
#include <check.h>
#include <stdlib.h>

#include "mmu/explain.h"
#include "mmu/price.h"
#include "tests/unit/mmu_world.h"
#include "tests/support/suite.h"

static const u8 shifts[] = {12, 16, 21, 30};
static struct world w;
static struct mmu_system *s;
static struct mmu *mmu;

static unsigned levels(u8 shift)
{
    return shift <= 16 ? 4 : shift == 21 ? 3 : 2;
}

/* A guest (host: partition 0) with leaves of these sizes, its process the current one. */
static void start(u8 process, u8 partition)
{
    struct mmu_config config = mmu_config_default();
    u64 tree, table, process_tree, offset = partition ? GUEST : 0;

    world_open(&w, 64);
    if (partition) {
        table = world_guest(&w, 1, partition, &tree);
        w.ctx.lpid = 1;
        w.ctx.msr = MSR_IR | MSR_DR;
    } else {
        table = world_host(&w);
    }
    w.ctx.pid = 7;
    process_tree = world_tree(&w, offset);
    world_process(&w, table, 7, process_tree);
    world_map(&w, process_tree, offset, 0x40000000, process, offset, L_ALL);
    s = mmu_system_new(&config, &w.bus, 1, 1);
    ck_assert_ptr_nonnull(s);
    mmu = mmu_of_thread(s, 0);
    mmu_set_context(mmu, &w.ctx);
}

static void stop(void)
{
    mmu_system_free(s);
    world_close(&w);
}

static struct mmu_price ask(bool cold, u8 process, u8 partition)
{
    const struct price_question q = {
        .req = {0x40000000, ACCESS_LOAD, 8}, .cold = cold, .process_shift = process, .partition_shift = partition};
    static struct mmu_price price;

    ck_assert(mmu_price(mmu, &q, &price));
    return price;
}

static unsigned on_the_path(u8 process, u8 partition)
{
    unsigned p = levels(process), h = partition ? levels(partition) : 0;

    return h ? (p + 1) * (h + 1) + h + 1 : p + 2;
}

START_TEST(assumed_leaves_have_the_path_that_such_tables_have)
{
    for (unsigned k = 0; k < 4 * 4 * 4; k++) {
        u8 process = shifts[k & 3], partition = shifts[k >> 2 & 3], other = shifts[k >> 4];

        start(process, partition);
        ck_assert_uint_eq(ask(true, 0, 0).steps, on_the_path(process, partition));
        ck_assert_uint_eq(ask(true, other, 0).steps, on_the_path(other, partition));
        ck_assert_uint_eq(ask(true, 0, other).steps, on_the_path(process, other));
        ck_assert_uint_eq(ask(true, other, process).steps, on_the_path(other, process));
        stop();
        start(process, 0);
        ck_assert_uint_eq(ask(true, other, 0).steps, on_the_path(other, 0));
        ck_assert_uint_eq(ask(true, other, 0).reads, on_the_path(other, 0));
        stop();
    }
}
END_TEST

START_TEST(asking_changes_nothing_and_a_walk_that_was_made_is_known)
{
    struct mmu_price before, after;
    struct xlate x;
    u64 stall = 0;

    start(16, 16);
    before = ask(false, 0, 0);
    after = ask(false, 0, 0);
    ck_assert(!before.in_erat && !before.in_tlb);
    ck_assert_uint_eq(before.reads, after.reads);
    ck_assert_uint_eq(before.reads, ask(true, 0, 0).reads);
    ck_assert(mmu_translate(mmu, 0x40000000, ACCESS_LOAD, 8, &x, &stall));
    ck_assert_uint_eq(stall, before.look_up_cycles + before.cycles);
    after = ask(false, 0, 0);
    ck_assert(after.in_erat && after.in_tlb);
    ck_assert_uint_lt(after.reads, before.reads);
    ck_assert_uint_eq(ask(true, 0, 0).reads, before.reads);
    stop();
}
END_TEST

START_TEST(the_explanation_names_the_source_of_each_entry)
{
    struct mmu_price price;
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);

    start(16, 21);
    price = ask(true, 0, 0);
    mmu_explain(to, &w.ctx, (struct xlate_req){0x40000000, ACCESS_LOAD, 8}, &price);
    mmu_explain_price(to, "cold", &price);
    fclose(to);
    ck_assert_ptr_nonnull(strstr(text, "[storage]"));
    ck_assert_ptr_nonnull(strstr(text, "cold: "));
    ck_assert_ptr_nonnull(strstr(text, " of 24 table entries read from storage"));
    free(text);
    stop();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("price");
    TCase *c = tcase_create("price");

    tcase_add_test(c, assumed_leaves_have_the_path_that_such_tables_have);
    tcase_add_test(c, asking_changes_nothing_and_a_walk_that_was_made_is_known);
    tcase_add_test(c, the_explanation_names_the_source_of_each_entry);
    suite_add_tcase(suite, c);
    return run_suite(suite);
}
