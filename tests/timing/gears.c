/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model `core` begins to keep time at any instruction (--model core@WHEN), also at one whose fetch has walked when
 * nobody timed the thread yet: what was charged by then is not charged again.
 */
#include <check.h>

#include "machine/machine.h"
#include "machine/machine_report.h"
#include "machine/when.h"
#include "tests/support/suite.h"
#include "tests/timing/guest.h"
#include "tests/timing/kernel.h"

static void begin_at(void *self, struct machine *m)
{
    ck_assert(machine_core_at(m, &(struct when){.kind = WHEN_INSNS, .value = *(const u64 *)self}));
}

static void tells_each_walk_once(void *self, struct machine *m)
{
    struct report r = {.end = "test"};
    struct counters all = {0};

    ck_assert(machine_report(m, &r));
    for (size_t k = 0; k < r.account_count; k++) counters_add(&all, &r.accounts[k].counters);
    ck_assert_msg(r.hot_code.all.walks == all.walks, "begun at instruction %u: %u walks by address, %u in all",
                  (unsigned)*(const u64 *)self, (unsigned)r.hot_code.all.walks, (unsigned)all.walks);
    ck_assert_uint_eq(r.hot_code.all.reads, all.walk_reads);
    ck_assert_uint_eq(r.hot_code.all.cycles, all.walk_cycles);
    report_free(&r);
}

START_TEST(a_walk_is_told_once_wherever_the_model_begins)
{
    const struct guest g = {.kernel = KERNEL_CHASE,
                            .translation = GUEST_NESTED,
                            .process_shift = 12,
                            .partition_shift = 12,
                            .footprint = 1 << 20,
                            .step = 4096,
                            .turns = 10};
    struct config config;

    guest_config(&config);
    for (u64 at = 1; at < 120; at++)
        guest_run_seen(&config, &g, &(struct guest_eyes){begin_at, tells_each_walk_once, &at});
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("gears");
    TCase *tests = tcase_create("gears");

    tcase_add_test(tests, a_walk_is_told_once_wherever_the_model_begins);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
