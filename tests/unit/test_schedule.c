/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every row of the instruction table is scheduled, by what its row, its form and its operands say; and all that
 * schedule.def says has an effect.  (That names are rows and stand once is the compiler's: core/timing/schedule.c.
 * About the numbers llvm-mca is asked: tests/timing.)
 */
#include <check.h>
#include <stdlib.h>

#include "core/isa/disasm.h"
#include "core/timing/schedule.c"
#include "tests/support/suite.h"

static struct isa *isa;

static void setup(void)
{
    isa = isa_new();
}
static void teardown(void)
{
    isa_free(isa);
}

static struct insn_facts facts_of(u32 word)
{
    unsigned row = isa_find(isa, word);

    ck_assert_uint_ne(row, ROW_NONE);
    return (struct insn_facts){.word = word, .row = (u16)row, .issue_class = (u8)isa_row(isa, row)->issue_class};
}

static const struct schedule *ask(const char *text)
{
    u32 word;
    struct insn_facts facts;

    ck_assert_msg(isa_assemble(isa, text, 0, &word), "%s", text);
    facts = facts_of(word);
    return schedule_of(isa, &facts);
}

/* The bit of the word that makes a record form; 0 if the row has none. */
static u32 record_bit(unsigned row)
{
    const struct pattern *p = isa_pattern(isa, row);

    for (unsigned k = 0; k < p->pieces; k++)
        if (!strcmp(p->piece[k].field->name, "Rc") || !strcmp(p->piece[k].field->name, "Rcv"))
            return 1u << p->piece[k].shift;
    return 0;
}

static struct insn_facts facts_of_row(unsigned row, bool record)
{
    u32 word = isa_pattern(isa, row)->value | (record ? record_bit(row) : 0);

    return (struct insn_facts){.word = word, .row = (u16)row, .issue_class = (u8)isa_row(isa, row)->issue_class};
}

START_TEST(every_row_has_a_schedule_of_units_that_the_core_has)
{
    for (unsigned row = 0; row < isa_row_count(isa); row++)
        for (unsigned record = 0; record < 2; record++) {
            struct insn_facts facts = facts_of_row(row, record);
            const struct schedule *s = schedule_of(isa, &facts);

            ck_assert_msg(s >= schedules && s < schedules + schedule_count, "%s", isa_row(isa, row)->name);
        }
    for (const struct schedule *s = schedules; s < schedules + schedule_count; s++) {
        const struct unit_row *unit = &unit_rows[s->unit], *then = &unit_rows[s->then];

        ck_assert_msg(s->unit == UNIT_NONE ? s->width == 1 : s->width >= 1 && s->width <= unit->count, "%s", s->name);
        ck_assert_msg((s->then == UNIT_NONE) == (s->times == 0), "%s", s->name);
        ck_assert_msg(s->then == UNIT_NONE || s->after > 0 || s->times <= then->count, "%s", s->name);
        ck_assert_msg(s->after * s->times < s->latency && s->busy >= 1 && s->busy <= s->latency, "%s", s->name);
        ck_assert_msg(s->slots >= 1 && s->serial < SERIAL_KINDS && *s->text, "%s", s->name);
        ck_assert_msg(s->data == 0 || s->unit == UNIT_LS, "%s", s->name);
    }
}
END_TEST

START_TEST(what_the_table_says_of_a_row_differs_from_what_it_would_have_without)
{
    for (unsigned row = 0; row < ROWS; row++) {
        const struct insn_row *r = isa_row(isa, row);
        unsigned plain = of_row[row] ? of_row[row] - 1u : of_class[r->issue_class][0];
        unsigned record = of_row[row] ? of_row[row] - 1u : of_class[r->issue_class][1];

        if (of_row[row])
            ck_assert_msg(plain != of_class[r->issue_class][0] ||
                              (record_bit(row) && record != of_class[r->issue_class][1]),
                          "%s is scheduled as its class", r->name);
        if (of_record[row]) {
            ck_assert_msg(record_bit(row), "%s has no record form", r->name);
            ck_assert_msg(of_record[row] - 1u != record, "%s: its record form is scheduled as without", r->name);
        }
    }
    for (unsigned k = 0; k < ARRAY_SIZE(of_word); k++) {
        const struct insn_row *r = isa_row(isa, of_word[k].row);

        ck_assert_msg(!(isa_pattern(isa, of_word[k].row)->mask & of_word[k].mask), "%s: bits of the opcode", r->name);
        ck_assert_msg(!(of_word[k].value & ~of_word[k].mask), "%s: bits outside of the mask", r->name);
        ck_assert_msg(of_word[k].schedule !=
                          (of_row[of_word[k].row] ? of_row[of_word[k].row] - 1 : of_class[r->issue_class][0]),
                      "%s", r->name);
    }
}
END_TEST

START_TEST(every_schedule_is_that_of_some_row)
{
    static bool used[SCHEDULES];

    for (unsigned row = 0; row < ROWS; row++)
        for (unsigned record = 0; record < (record_bit(row) ? 2 : 1); record++) {
            struct insn_facts facts = facts_of_row(row, record);
            used[schedule_of(isa, &facts) - schedules] = true;
        }
    for (unsigned k = 0; k < ARRAY_SIZE(of_word); k++) used[of_word[k].schedule] = true;
    for (unsigned k = 0; k < SCHEDULES; k++) ck_assert_msg(used[k], "nothing is scheduled as %s", schedules[k].name);
}
END_TEST

/* Rc in the last bit, but for VSX compares (bit 21), whose class is scheduled alike in both forms. */
START_TEST(the_form_decides)
{
    ck_assert_str_eq(ask("add r3,r4,r5")->name, "ALU_2");
    ck_assert_str_eq(ask("addo. r3,r4,r5")->name, "ALU_2");
    ck_assert_str_eq(ask("addc r3,r4,r5")->name, "ALU_2");
    ck_assert_str_eq(ask("addc. r3,r4,r5")->name, "ALU_AND_ALU_2");
    ck_assert_str_eq(ask("rlwinm r3,r4,5,6,7")->name, "ALU_2R");
    ck_assert_str_eq(ask("rlwinm. r3,r4,5,6,7")->name, "ALU_ALU_4R");
    ck_assert_str_eq(ask("sld r3,r4,r5")->name, "ALU_2");
    ck_assert_str_eq(ask("sld. r3,r4,r5")->name, "ALU_ALU_4");
    ck_assert_str_eq(ask("divwo. r3,r4,r5")->name, "DIV_16_ALU");
    ck_assert_str_eq(ask("fsel. f1,f2,f3,f4")->name, "DP_AND_ALU_7R");
    ck_assert_str_eq(ask("xvcmpeqdp. vs1,vs2,vs3")->name, "VX_3");
    ck_assert_str_eq(ask("bl 0x100")->name, "BRANCH"); /* LK is where others have Rc */
}
END_TEST

START_TEST(operands_decide_where_they_make_another_instruction)
{
    ck_assert_uint_eq(ask("nop")->unit, UNIT_NONE);
    ck_assert_uint_eq(ask("ori r3,r4,0")->unit, UNIT_ALU);
    ck_assert_uint_eq(ask("ori r31,r31,0")->serial, SERIAL_EXECUTION);
    ck_assert_uint_eq(ask("hwsync")->serial, SERIAL_SYNC);
    ck_assert_uint_eq(ask("lwsync")->serial, SERIAL_LWSYNC);
    ck_assert_uint_eq(ask("ptesync")->serial, SERIAL_PTESYNC);
    ck_assert_uint_eq(ask("mtmsrd r3")->serial, SERIAL_CONTEXT);
    ck_assert_uint_eq(ask("mtmsrd r3,1")->serial, SERIAL_SPR_WRITE);
    ck_assert_uint_eq(ask("mtspr 17,r3")->serial, SERIAL_SPR_WRITE); /* DSCR */
    ck_assert_uint_eq(ask("mfspr r3,17")->serial, SERIAL_SPR_READ);
    ck_assert_uint_eq(ask("mtspr 319,r3")->serial, SERIAL_MMU_SPR); /* LPIDR: both halves of the number count */
    ck_assert_uint_eq(ask("mtspr 1,r3")->serial, SERIAL_NONE);      /* XER */
    ck_assert_uint_eq(ask("mtspr 815,r3")->latency, 5);             /* TAR */
    ck_assert_uint_eq(ask("mtctr r3")->latency, 5);
    ck_assert_uint_eq(ask("mflr r3")->unit, UNIT_BR);
    ck_assert_uint_eq(ask("mftb r3,268")->serial, SERIAL_TIME);
}
END_TEST

/* lfsu: load, convert, write the address: three operations; stdu: address and data, and the update beside them. */
START_TEST(cracked_instructions_have_all_their_operations)
{
    const struct schedule *lfsu = ask("lfsu f1,8(r3)"), *stdu = ask("stdu r1,-32(r1)"), *mfcr = ask("mfcr r3");

    ck_assert_uint_eq(lfsu->unit, UNIT_LS);
    ck_assert_uint_eq(lfsu->then, UNIT_ALU);
    ck_assert_uint_eq(lfsu->after, 4);
    ck_assert_uint_eq(lfsu->latency, 7);
    ck_assert_uint_eq(lfsu->update, 2);
    ck_assert_uint_eq(stdu->data, 1);
    ck_assert_uint_eq(stdu->update, 2);
    ck_assert_uint_eq(stdu->then, UNIT_NONE);
    ck_assert_uint_eq(mfcr->times, 2);
    ck_assert_uint_eq(mfcr->after, 2);
    ck_assert_uint_eq(mfcr->latency, 6);
}
END_TEST

START_TEST(what_is_no_instruction_takes_no_unit)
{
    struct insn_facts none = {.row = ROW_NONE};

    ck_assert_uint_eq(schedule_of(isa, &none)->unit, UNIT_NONE);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("schedule");
    TCase *c = tcase_create("schedule");

    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, every_row_has_a_schedule_of_units_that_the_core_has);
    tcase_add_test(c, what_the_table_says_of_a_row_differs_from_what_it_would_have_without);
    tcase_add_test(c, every_schedule_is_that_of_some_row);
    tcase_add_test(c, the_form_decides);
    tcase_add_test(c, operands_decide_where_they_make_another_instruction);
    tcase_add_test(c, cracked_instructions_have_all_their_operations);
    tcase_add_test(c, what_is_no_instruction_takes_no_unit);
    suite_add_tcase(s, c);
    return run_suite(s);
}
