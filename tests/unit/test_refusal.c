/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compute, access, then commit: every row is executed against storage that refuses each access, with facilities taken
 * away, and as an unprivileged program.  Whatever ends in a fault must have left the thread exactly as it was.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/slow_stub.h"
#include "tests/support/suite.h"

static struct isa *isa;
static struct stub before, after;

static void setup(void)
{
    isa = isa_new();
}
static void teardown(void)
{
    isa_free(isa);
}

static u64 draw(u64 *seed)
{
    *seed ^= *seed << 13, *seed ^= *seed >> 7, *seed ^= *seed << 17;
    return *seed * 0x2545f4914f6cdd1dULL;
}

static void fill(struct stub *stub, u64 *seed)
{
    struct thread *t = &stub->thread;

    for (unsigned k = 0; k < 32; k++) t->gpr[k] = k & 1 ? draw(seed) : STUB_BASE + (draw(seed) & 0xff0);
    for (unsigned k = 0; k < 64; k++) t->vsr[k].d[0] = draw(seed), t->vsr[k].d[1] = draw(seed);
    for (unsigned k = 0; k < 8; k++) t->cr[k] = draw(seed) & 15;
    t->so = draw(seed) & 1, t->ov = draw(seed) & 1, t->ca = draw(seed) & 1, t->ov32 = draw(seed) & 1;
    t->xer_rest = draw(seed) & 127;
    t->lr = draw(seed), t->ctr = draw(seed);
    t->reserved = true;
    t->reserve_ra = STUB_BASE;
}

/* What a fault may touch: where the answer of an access comes in, the fault itself, the record, the loop's own notes.
 */
static void forget_notes(struct thread *t)
{
    memset(&t->fault, 0, sizeof t->fault);
    memset(t->slow_value, 0, sizeof t->slow_value);
    t->at = NULL;
    t->page_ea = 0;
    t->run_start = NULL;
    t->completed = t->class_sums = 0;
}

/* The state a row is tried in; STUB_NO_FAULT: any fault will do. */
struct state {
    u64 msr_off, msr_on;
    enum stub_fault fault;
};

/* How many of 60 words of the row faulted; each as the state says, and with nothing changed. */
static unsigned try_row(unsigned row, unsigned port, struct state state)
{
    const struct pattern *p = isa_pattern(isa, row);
    u64 seed = 0x9e3779b97f4a7c15ULL * (row + 1) + port;
    unsigned faults = 0;

    for (unsigned k = 0; k < 60; k++) {
        u32 word = ((u32)(draw(&seed) >> 16) & ~p->mask & ~p->reserved) | p->value;
        bool le = port == PORT_fast_le || (port == PORT_traced && (k & 1));

        if (isa_find(isa, word) != row) continue;
        stub_reset(&before, le);
        fill(&before, &seed);
        before.refuse = true;
        before.thread.msr = (before.thread.msr & ~state.msr_off) | state.msr_on;
        after = before;
        stub_copied(&after);
        if (stub_execute(&after, isa, word, port) != STUB_FAULTED) continue;
        faults++;
        if (state.fault)
            ck_assert_msg(after.thread.fault.row == state.fault, "%s (%08x) ends in fault %u, not %u",
                          isa_row(isa, row)->name, word, after.thread.fault.row, state.fault);
        after.thread.map = before.thread.map, after.thread.ring = before.thread.ring;
        after.thread.page = before.thread.page;
        forget_notes(&before.thread);
        forget_notes(&after.thread);
        ck_assert_msg(!memcmp(&before.thread, &after.thread, sizeof before.thread),
                      "%s (%08x) faulted and changed the thread", isa_row(isa, row)->name, word);
        ck_assert(!memcmp(before.storage, after.storage, sizeof before.storage));
    }
    return faults;
}

START_TEST(a_refused_access_changes_nothing)
{
    for (unsigned row = 0; row < isa_row_count(isa); row++) {
        unsigned class = isa_row(isa, row)->issue_class;
        if (isa_row(isa, row)->flags & (PRIVILEGED | HYPERVISOR)) continue;
        if (class == CLASS_SYS || class == CLASS_SPR) continue;
        unsigned faults = try_row(row, (unsigned)_i, (struct state){0});
        if (class == CLASS_LD || class == CLASS_ST)
            ck_assert_msg(faults, "%s never faults though no access is possible", isa_row(isa, row)->name);
    }
}
END_TEST

/* mfspr and mtspr ask the register's row; nothing else may refuse problem state. */
START_TEST(only_privileged_rows_are_privileged)
{
    u64 seed = 0x2545f4914f6cdd1dULL;

    for (unsigned row = 0; row < isa_row_count(isa); row++) {
        const struct insn_row *r = isa_row(isa, row);
        const struct pattern *p = isa_pattern(isa, row);
        if ((r->flags & (PRIVILEGED | HYPERVISOR)) || !strcmp(r->name, "mfspr") || !strcmp(r->name, "mtspr")) continue;
        for (unsigned k = 0; k < 20; k++) {
            u32 word = ((u32)(draw(&seed) >> 16) & ~p->mask & ~p->reserved) | p->value;
            if (isa_find(isa, word) != row) continue;
            stub_reset(&after, k & 1);
            fill(&after, &seed);
            if (stub_execute(&after, isa, word, PORT_traced) != STUB_FAULTED) continue;
            ck_assert_msg(after.thread.fault.row != STUB_PRIVILEGED, "%s (%08x) is privileged", r->name, word);
        }
    }
}
END_TEST

START_TEST(a_missing_facility_changes_nothing)
{
    const u32 facilities = NEEDS_FP | NEEDS_VEC | NEEDS_VSX | NEEDS_VSX_OR_VEC | NEEDS_FP_OR_VEC;

    for (unsigned row = 0; row < isa_row_count(isa); row++) {
        if (!(isa_row(isa, row)->flags & facilities)) continue;
        unsigned faults = try_row(row, (unsigned)_i, (struct state){MSR_FP | MSR_VEC | MSR_VSX, 0, STUB_UNAVAILABLE});
        ck_assert_msg(faults >= 3, "%s works without its facility", isa_row(isa, row)->name);
    }
}
END_TEST

START_TEST(a_privileged_instruction_in_problem_state_changes_nothing)
{
    for (unsigned row = 0; row < isa_row_count(isa); row++) {
        if (!(isa_row(isa, row)->flags & (PRIVILEGED | HYPERVISOR))) continue;
        unsigned faults = try_row(row, (unsigned)_i, (struct state){0, 0, STUB_PRIVILEGED});
        ck_assert_msg(faults >= 3, "%s works in problem state", isa_row(isa, row)->name);
    }
}
END_TEST

/* Supervisor state of a partition: MSR[PR] = 0, MSR[HV] = 0 (what a guest gets is decided in fault.c). */
START_TEST(a_hypervisor_instruction_in_a_guest_changes_nothing)
{
    for (unsigned row = 0; row < isa_row_count(isa); row++) {
        if (!(isa_row(isa, row)->flags & HYPERVISOR)) continue;
        unsigned faults = try_row(row, (unsigned)_i, (struct state){MSR_PR, 0, STUB_HYPERVISOR});
        ck_assert_msg(faults >= 3, "%s works in a guest", isa_row(isa, row)->name);
    }
}
END_TEST

/* The cache-inhibited loads and stores, in the state that may execute them. */
START_TEST(a_refused_access_of_the_hypervisor_changes_nothing)
{
    for (unsigned row = 0; row < isa_row_count(isa); row++) {
        unsigned class = isa_row(isa, row)->issue_class;
        if (!(isa_row(isa, row)->flags & HYPERVISOR) || (class != CLASS_LD && class != CLASS_ST)) continue;
        ck_assert_msg(try_row(row, (unsigned)_i, (struct state){MSR_PR, MSR_HV, STUB_NO_FAULT}) >= 3,
                      "%s never faults though no access is possible", isa_row(isa, row)->name);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("refusal");
    TCase *cases = tcase_create("rows");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 120);
    tcase_add_loop_test(cases, a_refused_access_changes_nothing, 0, PORT_COUNT);
    tcase_add_test(cases, only_privileged_rows_are_privileged);
    tcase_add_loop_test(cases, a_missing_facility_changes_nothing, 0, PORT_COUNT);
    tcase_add_loop_test(cases, a_privileged_instruction_in_problem_state_changes_nothing, 0, PORT_COUNT);
    tcase_add_loop_test(cases, a_hypervisor_instruction_in_a_guest_changes_nothing, 0, PORT_COUNT);
    tcase_add_loop_test(cases, a_refused_access_of_the_hypervisor_changes_nothing, 0, PORT_COUNT);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
