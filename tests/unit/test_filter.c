/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which records are wanted: each word alone, several joined, what belongs to which instruction, samples; and that
 * contexts are followed where instructions are missing.
 */
#include <check.h>

#include "base/power.h"
#include "tests/support/suite.h"
#include "traces/sieve.h"

enum { MOST = 32 };
static struct insn_facts facts;
static struct retire record[MOST];
static struct retire_access access[MOST];
static struct retire_block block;

static void begin(void)
{
    memset(record, 0, sizeof record);
    memset(access, 0, sizeof access);
    block = (struct retire_block){.record = record, .access = access, .order = 100};
}

static void done(void) {}

/* ---- records by hand ---- */

static struct retire *add(enum retire_kind kind)
{
    struct retire *r = &record[block.count++];

    *r = (struct retire){.kind = (u8)kind};
    return r;
}

static struct retire *add_insn(u64 cia)
{
    struct retire *r = add(RETIRE_INSN);

    r->cia = cia;
    r->nia = cia + 4;
    r->facts = &facts;
    return r;
}

static void add_access(struct retire *r, enum retire_access_kind kind, u64 ea, u8 size, u8 by)
{
    size_t n = (size_t)(r - record);

    access[n] = (struct retire_access){.ea = ea, .size = size, .kind = (u8)kind, .by = by};
    r->access = (u16)n;
    r->accesses = 1;
}

static void add_context(u64 msr, u32 lpid, u32 pid, u32 level)
{
    struct retire *r = add(RETIRE_CONTEXT);

    r->context.msr = msr;
    r->context.lpid = lpid;
    r->context.pid = pid;
    r->context.level = level;
}

/* "1011": what is taken of each record. */
static const char *taken_by(const char *text, u64 every, u64 first)
{
    static char said[MOST + 1];
    static struct picker p;
    const struct retire host = {.context = {.msr = MSR_HV}, .kind = RETIRE_CONTEXT};

    p = (struct picker){.every = every, .first = first};
    if (text) ck_assert(filter_read(&p.filter, "--only", text, NULL));
    contexts_begin(&p.contexts, 0, &host);
    for (size_t k = 0; k < block.count; k++) said[k] = picker_takes(&p, &block, k) ? '1' : '0';
    said[block.count] = 0;
    return said;
}

START_TEST(an_address_is_one_or_a_range_without_its_end)
{
    add_insn(0x100);
    add_insn(0x104);
    add_insn(0x108);
    ck_assert_str_eq(taken_by("pc=0x104", 0, 0), "010");
    ck_assert_str_eq(taken_by("pc=0x100..0x108", 0, 0), "110");
    ck_assert_str_eq(taken_by("pc=0..0x100", 0, 0), "000");
    ck_assert_str_eq(taken_by(NULL, 0, 0), "111");
}
END_TEST

START_TEST(an_access_that_touches_a_byte_of_the_range_is_wanted_and_a_fetch_is_none)
{
    add_access(add_insn(0x100), ACCESSED_LOAD, 0xff8, 8, TRANSLATED_BY_ERAT);
    add_access(add_insn(0x104), ACCESSED_STORE, 0xffc, 8, TRANSLATED_BY_ERAT);
    add_access(add_insn(0x108), ACCESSED_FETCH, 0x1000, 4, TRANSLATED_BY_WALK);
    add_access(add_insn(0x10c), ACCESSED_STORE, 0x1fff, 1, TRANSLATED_BY_TLB);
    add_access(add_insn(0x110), ACCESSED_STORE, 0x2000, 8, TRANSLATED_BY_WALK);
    ck_assert_str_eq(taken_by("ea=0x1000..0x2000", 0, 0), "01010");
    ck_assert_str_eq(taken_by("ea=0x1003", 0, 0), "01000");
    ck_assert_str_eq(taken_by("walks", 0, 0), "00101");
    ck_assert_str_eq(taken_by("walks,ea=0x2000", 0, 0), "00001");
}
END_TEST

START_TEST(an_instruction_that_changes_its_context_still_belongs_to_the_old_one)
{
    add_insn(0x100);
    add_context(0, 3, 17, 1);
    add_insn(0x104);
    add_insn(0x108);
    ck_assert_str_eq(taken_by("lpid=3", 0, 0), "0101");
    ck_assert_str_eq(taken_by("pid=17,level=1,state=os", 0, 0), "0101");
    ck_assert_str_eq(taken_by("state=hypervisor", 0, 0), "1110");
    ck_assert_str_eq(taken_by("state=problem", 0, 0), "0100");
    ck_assert_str_eq(taken_by("thread=0", 0, 0), "1111");
    ck_assert_str_eq(taken_by("thread=1", 0, 0), "0100");
}
END_TEST

START_TEST(the_lpid_of_the_hypervisor_is_0_whatever_its_register_has)
{
    add_context(MSR_HV, 3, 0, 0);
    add_insn(0x100);
    add_insn(0x104);
    ck_assert_str_eq(taken_by("lpid=3", 0, 0), "100");
    ck_assert_str_eq(taken_by("lpid=0", 0, 0), "111");
}
END_TEST

START_TEST(the_context_behind_an_interrupt_holds_at_once)
{
    add_insn(0x100);
    add(RETIRE_INTERRUPT)->interrupt.msr = 0;
    add_context(0, 0, 0, 2);
    add_insn(0x500);
    ck_assert_str_eq(taken_by("level=2", 0, 0), "0011");
    ck_assert_str_eq(taken_by("level=0", 0, 0), "1110");
}
END_TEST

START_TEST(an_event_belongs_to_the_instruction_behind_it_and_an_interrupt_to_the_one_before)
{
    add(RETIRE_BARRIER);
    add_insn(0x100);
    add(RETIRE_INTERRUPT)->interrupt.msr = MSR_HV;
    add(RETIRE_RC);
    add_insn(0x104);
    add(RETIRE_IDLE);
    add(RETIRE_INTERRUPT)->interrupt.msr = MSR_HV;
    add_insn(0x500);
    ck_assert_str_eq(taken_by("pc=0x100", 0, 0), "11100000");
    ck_assert_str_eq(taken_by("pc=0x104", 0, 0), "00011010");
    ck_assert_str_eq(taken_by("pc=0x500", 0, 0), "00000001");
}
END_TEST

START_TEST(of_every_so_many_instructions_that_complete_the_first_are_wanted)
{
    for (unsigned k = 0; k < 7; k++) add_insn(4 * k);
    record[1].flags = RETIRE_FAULTED;
    ck_assert_str_eq(taken_by(NULL, 3, 1), "1000100");
    ck_assert_str_eq(taken_by(NULL, 3, 2), "1110110");
    ck_assert_str_eq(taken_by("pc=0x10", 3, 1), "0000100");
}
END_TEST

START_TEST(where_the_instruction_that_changed_it_is_missing_the_context_is_there)
{
    static struct contexts c;
    struct retire context = {.context = {.msr = MSR_HV}, .kind = RETIRE_CONTEXT};

    contexts_begin(&c, 0, &context);
    add_context(0, 3, 0, 0);
    add_insn(0x104);
    ck_assert_uint_eq(contexts_meet(&c, &block, 0)->lpid, 0);
    contexts_pass(&c, &block, 0);
    ck_assert_uint_eq(contexts_meet(&c, &block, 1)->lpid, 0); /* it is there */
    block.order++;
    ck_assert_uint_eq(contexts_meet(&c, &block, 1)->lpid, 3); /* it was another one, which is not */
}
END_TEST

/* ---- the sieve ---- */

static u64 orders[MOST], values[MOST];
static unsigned handed, gaps;

static u64 note(struct retire_sink *sink, const struct retire_block *b)
{
    (void)sink;
    for (size_t k = 0; k < b->count; k++) {
        orders[handed] = b->order + k;
        values[handed++] = b->value ? b->value[k ? b->value_end[k - 1] : 0].after[0] : 0;
    }
    return 0;
}

static void count_gap(void *self, unsigned thread, const struct trace_context *now)
{
    (void)self, (void)thread, (void)now;
    gaps++;
}

START_TEST(what_goes_on_has_its_order_and_its_values_and_a_gap_is_told_once)
{
    static struct sieve s;
    struct retire_sink to = {.take = note};
    struct retire_value value[MOST] = {0};
    u32 end[MOST];

    for (unsigned k = 0; k < 8; k++) {
        add_insn(4 * k);
        value[k].after[0] = 70 + k;
        end[k] = k + 1;
    }
    block.value = value;
    block.value_end = end;
    s = (struct sieve){.to = &to, .gap = count_gap};
    ck_assert(filter_read(&s.picker.filter, "--only", "pc=8..0x14", NULL));
    handed = gaps = 0;
    sieve_take(&s, &block);
    ck_assert_uint_eq(handed, 3);
    for (unsigned k = 0; k < 3; k++) {
        ck_assert_uint_eq(orders[k], 102 + k);
        ck_assert_uint_eq(values[k], 72 + k);
    }
    ck_assert_uint_eq(gaps, 1);
    block.order += 8;
    sieve_take(&s, &block);
    ck_assert_uint_eq(gaps, 2);
}
END_TEST

START_TEST(words_that_say_nothing_are_refused)
{
    static const char *const bad[] = {"",        "speed=3", "pc=",        "pc=8..8", "pc=main",
                                      "level=",  "level=x", "state=idle", "walks=1", "walks,walks",
                                      "lpid=1,", "ea=1..",  "pid=0x1g",   "pc=9..8", "thread=-1"};

    for (unsigned k = 0; k < ARRAY_SIZE(bad); k++) {
        struct filter f = {0};

        ck_assert_msg(!filter_read(&f, "--only", bad[k], NULL), "\"%s\" was taken", bad[k]);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("filter");
    TCase *t = tcase_create("filter");

    tcase_add_checked_fixture(t, begin, done);
    tcase_add_test(t, an_address_is_one_or_a_range_without_its_end);
    tcase_add_test(t, an_access_that_touches_a_byte_of_the_range_is_wanted_and_a_fetch_is_none);
    tcase_add_test(t, an_instruction_that_changes_its_context_still_belongs_to_the_old_one);
    tcase_add_test(t, the_lpid_of_the_hypervisor_is_0_whatever_its_register_has);
    tcase_add_test(t, the_context_behind_an_interrupt_holds_at_once);
    tcase_add_test(t, an_event_belongs_to_the_instruction_behind_it_and_an_interrupt_to_the_one_before);
    tcase_add_test(t, of_every_so_many_instructions_that_complete_the_first_are_wanted);
    tcase_add_test(t, where_the_instruction_that_changed_it_is_missing_the_context_is_there);
    tcase_add_test(t, what_goes_on_has_its_order_and_its_values_and_a_gap_is_told_once);
    tcase_add_test(t, words_that_say_nothing_are_refused);
    suite_add_tcase(s, t);
    return run_suite(s);
}
