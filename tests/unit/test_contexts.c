/* SPDX-License-Identifier: Apache-2.0 */
/* Who runs, followed through records (traces/contexts.h): to which side of a change an instruction belongs. */
#include <check.h>

#include "base/power.h"
#include "tests/support/suite.h"
#include "traces/contexts.h"
#include "traces/source.h"

static struct contexts contexts;
static struct trace_source source;

static const struct trace_context *follow(unsigned kind, unsigned thread, u32 pid)
{
    const struct retire r = {
        .context = {.msr = MSR_PR, .lpid = 3, .pid = pid, .level = 1}, .kind = (u8)kind, .thread = (u16)thread};

    return contexts_follow(&contexts, &r);
}

static u32 pid_of_insn(unsigned thread)
{
    return follow(RETIRE_INSN, thread, 0)->pid;
}

START_TEST(what_an_instruction_changes_holds_behind_it)
{
    contexts_open(&contexts, &source);
    ck_assert_uint_eq(pid_of_insn(0), 0);
    follow(RETIRE_CONTEXT, 0, 7);
    ck_assert_uint_eq(pid_of_insn(0), 0);
    ck_assert_uint_eq(pid_of_insn(0), 7);
    ck_assert_uint_eq(contexts.thread[0].now.lpid, 3);
    ck_assert_uint_eq(contexts.thread[0].now.level, 1);
    ck_assert_uint_eq(contexts.thread[0].now.change, 1);
}
END_TEST

START_TEST(what_an_interrupt_changes_holds_at_once)
{
    contexts_open(&contexts, &source);
    follow(RETIRE_INTERRUPT, 0, 0);
    follow(RETIRE_CONTEXT, 0, 7);
    ck_assert_uint_eq(pid_of_insn(0), 7);
    follow(RETIRE_CONTEXT, 0, 8);
    ck_assert_uint_eq(pid_of_insn(0), 7);
    ck_assert_uint_eq(pid_of_insn(0), 8);
}
END_TEST

START_TEST(each_thread_has_its_own)
{
    contexts_open(&contexts, &source);
    follow(RETIRE_INTERRUPT, 0, 0);
    follow(RETIRE_CONTEXT, 0, 7);
    follow(RETIRE_INTERRUPT, 1, 0);
    follow(RETIRE_CONTEXT, 1, 8);
    ck_assert_uint_eq(pid_of_insn(0), 7);
    ck_assert_uint_eq(pid_of_insn(1), 8);
    ck_assert_uint_eq(pid_of_insn(CONTEXTS_THREADS + 5), 0);
}
END_TEST

START_TEST(the_header_of_a_qtrace_holds_at_once)
{
    const struct trace_source qtrace = {.lacks = TRACE_LACKS_STATE};

    contexts_open(&contexts, &qtrace);
    follow(RETIRE_CONTEXT, 0, 7);
    ck_assert_uint_eq(pid_of_insn(0), 7);
}
END_TEST

START_TEST(in_hypervisor_state_the_LPID_is_0)
{
    const struct retire r = {.context = {.msr = MSR_HV, .lpid = 3, .pid = 5}, .kind = RETIRE_CONTEXT};

    contexts_open(&contexts, &source);
    follow(RETIRE_INTERRUPT, 0, 0);
    contexts_follow(&contexts, &r);
    ck_assert_uint_eq(contexts.thread[0].now.lpid, 0);
    ck_assert_uint_eq(contexts.thread[0].now.pid, 5);
}
END_TEST

static const struct retire *begins(const struct trace_source *s, unsigned thread)
{
    static const struct retire there = {.context = {.msr = MSR_PR, .pid = 9}, .kind = RETIRE_CONTEXT};

    (void)s;
    return thread < 2 ? &there : NULL;
}

START_TEST(a_trace_says_who_there_was_before_it)
{
    const struct trace_source from = {.begins = begins};

    contexts_open(&contexts, &from);
    contexts_begin(&contexts, &from);
    ck_assert_uint_eq(pid_of_insn(1), 9);
    ck_assert_uint_eq(pid_of_insn(2), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("contexts");
    TCase *tests = tcase_create("contexts");

    tcase_add_test(tests, what_an_instruction_changes_holds_behind_it);
    tcase_add_test(tests, what_an_interrupt_changes_holds_at_once);
    tcase_add_test(tests, each_thread_has_its_own);
    tcase_add_test(tests, the_header_of_a_qtrace_holds_at_once);
    tcase_add_test(tests, in_hypervisor_state_the_LPID_is_0);
    tcase_add_test(tests, a_trace_says_who_there_was_before_it);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
