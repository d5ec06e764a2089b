/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The instruction table read as a whole: what every row must satisfy, whichever chapter it stands in.  A new
 * instruction is checked here without anybody adding a line.
 */
#include <check.h>
#include <ctype.h>
#include <stdlib.h>

#include "core/isa/disasm.h"
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

static bool overlap(unsigned a, unsigned b)
{
    const struct pattern *p = isa_pattern(isa, a), *q = isa_pattern(isa, b);
    return ((p->value ^ q->value) & p->mask & q->mask) == 0;
}

START_TEST(every_pattern_reads_as_32_bits)
{
    struct pattern p;
    const char *why;

    ck_assert_ptr_nonnull(isa);
    for (unsigned row = 0; row < isa_row_count(isa); row++)
        ck_assert_msg(pattern_parse(isa_row(isa, row)->pattern, &p, &why), "%s: %s", isa_row(isa, row)->name, why);
}
END_TEST

START_TEST(rows_overlap_only_where_one_refines_the_other)
{
    for (unsigned a = 0; a < isa_row_count(isa); a++)
        for (unsigned b = a + 1; b < isa_row_count(isa); b++) {
            int wider = __builtin_popcount(isa_pattern(isa, a)->mask);
            int narrower = __builtin_popcount(isa_pattern(isa, b)->mask);
            unsigned special = wider > narrower ? a : b;
            if (!overlap(a, b)) continue;
            ck_assert_msg(wider != narrower && (isa_row(isa, special)->flags & REFINES), "%s and %s share words",
                          isa_row(isa, a)->name, isa_row(isa, b)->name);
        }
}
END_TEST

START_TEST(a_row_that_refines_overlaps_a_broader_one)
{
    for (unsigned a = 0; a < isa_row_count(isa); a++) {
        bool found = false;
        if (!(isa_row(isa, a)->flags & REFINES)) continue;
        for (unsigned b = 0; b < isa_row_count(isa); b++)
            found |= b != a && overlap(a, b) &&
                     __builtin_popcount(isa_pattern(isa, b)->mask) < __builtin_popcount(isa_pattern(isa, a)->mask);
        ck_assert_msg(found, "%s refines nothing", isa_row(isa, a)->name);
    }
}
END_TEST

/* Which operands (slot of struct insn) does the pattern have? Opcode letters of the mnemonic count as operands. */
static bool pattern_has(const struct pattern *p, const struct field *f)
{
    for (unsigned k = 0; k < p->pieces; k++)
        if (p->piece[k].field->slot == f->slot && p->piece[k].field->is_imm == f->is_imm) return true;
    return false;
}

static bool syntax_has(const char *syntax, const struct field *f)
{
    static const struct {
        const char *field, *letter;
    } letters[] = {{"OE", "%o"}, {"Rc", "%r"}, {"Rcv", "%r"}, {"LK", "%l"}, {"AA", "%a"}};
    struct operand o;

    for (unsigned k = 0; k < ARRAY_SIZE(letters); k++)
        if (!strcmp(f->name, letters[k].field)) return strstr(syntax, letters[k].letter) != NULL;
    for (const char *s = syntax + strcspn(syntax, " "); *s;) {
        if (!isalpha((unsigned char)*s)) {
            s++;
            continue;
        }
        if (!operand_read(s, &o)) return false;
        if (o.field->slot == f->slot && o.field->is_imm == f->is_imm) return true;
        s += o.length;
    }
    return false;
}

START_TEST(the_syntax_names_the_operands_of_the_pattern_and_the_reverse)
{
    for (unsigned row = 0; row < isa_row_count(isa); row++) {
        const struct pattern *p = isa_pattern(isa, row);
        const char *name = isa_row(isa, row)->name, *syntax = isa_row(isa, row)->syntax;
        struct operand o;

        for (unsigned k = 0; k < p->pieces; k++)
            ck_assert_msg(syntax_has(syntax, p->piece[k].field), "%s: %s is not in \"%s\"", name,
                          p->piece[k].field->name, syntax);
        for (const char *s = syntax + strcspn(syntax, " "); *s; s++) {
            if (!isalpha((unsigned char)*s)) continue;
            ck_assert_msg(operand_read(s, &o), "%s: \"%s\" names no field", name, s);
            ck_assert_msg(pattern_has(p, o.field), "%s: %s is not in the pattern", name, o.field->name);
            s += o.length - 1;
        }
    }
}
END_TEST

START_TEST(every_word_of_a_pattern_decodes_to_its_row)
{
    for (unsigned row = 0; row < isa_row_count(isa); row++) {
        const struct pattern *p = isa_pattern(isa, row);
        unsigned hits = 0;
        u64 seed = 88172645463325252ULL + row;

        for (unsigned k = 0; k < 200; k++) {
            seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
            unsigned found = isa_find(isa, ((u32)(seed >> 20) & ~p->mask) | p->value);
            if (found == row) hits++;
            else if (found != ROW_NONE) ck_assert(isa_row(isa, found)->flags & REFINES);
        }
        ck_assert_msg(hits, "%s is never found", isa_row(isa, row)->name);
    }
}
END_TEST

static bool row_has_field(unsigned row, const char *name)
{
    const struct pattern *p = isa_pattern(isa, row);

    for (unsigned k = 0; k < p->pieces; k++)
        if (!strcmp(p->piece[k].field->name, name)) return true;
    return false;
}

START_TEST(every_field_is_in_a_pattern)
{
    for (unsigned k = 0; k < field_count; k++) {
        bool found = false;
        for (unsigned row = 0; row < isa_row_count(isa) && !found; row++) found = row_has_field(row, fields[k].name);
        ck_assert_msg(found, "no row has the field %s", fields[k].name);
    }
}
END_TEST

/* A register of a facility that can be switched off is named only by rows that ask for the facility. */
START_TEST(a_row_that_names_a_register_asks_for_its_facility)
{
    const u32 vsx = NEEDS_VSX | NEEDS_VSX_OR_VEC | NEEDS_FP_OR_VEC;
    static const struct {
        const char *field;
        u32 facility;
    } rules[] = {
        {"FRT", NEEDS_FP},  {"FRS", NEEDS_FP},  {"FRA", NEEDS_FP},  {"FRB", NEEDS_FP},  {"FRC", NEEDS_FP},
        {"FRTp", NEEDS_FP}, {"FRSp", NEEDS_FP}, {"FRAp", NEEDS_FP}, {"FRBp", NEEDS_FP}, {"VRT", NEEDS_VEC},
        {"VRS", NEEDS_VEC}, {"VRA", NEEDS_VEC}, {"VRB", NEEDS_VEC}, {"VRC", NEEDS_VEC}, {"TX", 0},
        {"SX", 0},          {"AX", 0},          {"BX", 0},          {"CX", 0},
    };

    for (unsigned k = 0; k < ARRAY_SIZE(rules); k++)
        for (unsigned row = 0; row < isa_row_count(isa); row++)
            if (row_has_field(row, rules[k].field))
                ck_assert_msg(isa_row(isa, row)->flags & (rules[k].facility | vsx), "%s names %s",
                              isa_row(isa, row)->name, rules[k].field);
}
END_TEST

START_TEST(a_flag_about_a_register_stands_where_the_register_is)
{
    static const struct {
        u32 flags;
        size_t slot;
    } rules[] = {
        {UPDATES_RA | INVALID_IF_RA_IS_RT | INVALID_IF_RA_ODD, offsetof(struct insn, ra)},
        {INVALID_IF_RA_IS_RT | INVALID_IF_RT_ODD | INVALID_IF_RB_IS_RT, offsetof(struct insn, rt)},
        {INVALID_IF_RB_ODD | INVALID_IF_RB_IS_RT, offsetof(struct insn, rb)},
    };

    for (unsigned k = 0; k < ARRAY_SIZE(rules); k++)
        for (unsigned row = 0; row < isa_row_count(isa); row++) {
            const struct pattern *p = isa_pattern(isa, row);
            bool found = !(isa_row(isa, row)->flags & rules[k].flags);
            for (unsigned n = 0; n < p->pieces; n++) found |= p->piece[n].field->slot == rules[k].slot;
            ck_assert_msg(found, "%s: a flag about a register that it has not", isa_row(isa, row)->name);
        }
}
END_TEST

/* The privilege column of the book's list of instructions (appendix F, "P" and "H"), from the descriptions in Book III;
 * mfspr and mtspr ask the register's row, attn and callthru are no instructions of the book. */
START_TEST(privileged_are_those_that_book_iii_says)
{
    static const char *const supervisor[] = {"mtmsr",     "mtmsrd",  "mfmsr",   "rfid",   "rfscv",   "slbie",
                                             "slbieg",    "slbia",   "slbiag",  "slbmte", "slbmfev", "slbmfee",
                                             "slbfee_",   "slbsync", "tlbie",   "tlbiel", "tlbsync", "treclaim_",
                                             "trechkpt_", "msgsndp", "msgclrp", "stop"};
    static const char *const hypervisor[] = {"hrfid",   "urfid",   "msgsnd", "msgclr", "msgsndu",
                                             "msgclru", "msgsync", "lbzcix", "lhzcix", "lwzcix",
                                             "ldcix",   "stbcix",  "sthcix", "stwcix", "stdcix"};
    unsigned found = 0;

    for (unsigned row = 0; row < isa_row_count(isa); row++) {
        u32 wanted = 0;
        for (unsigned k = 0; k < ARRAY_SIZE(supervisor); k++)
            if (!strcmp(isa_row(isa, row)->name, supervisor[k])) wanted = PRIVILEGED, found++;
        for (unsigned k = 0; k < ARRAY_SIZE(hypervisor); k++)
            if (!strcmp(isa_row(isa, row)->name, hypervisor[k])) wanted = HYPERVISOR, found++;
        ck_assert_msg((isa_row(isa, row)->flags & (PRIVILEGED | HYPERVISOR)) == wanted, "privilege of %s",
                      isa_row(isa, row)->name);
    }
    ck_assert_uint_eq(found, ARRAY_SIZE(supervisor) + ARRAY_SIZE(hypervisor));
}
END_TEST

START_TEST(reserved_bits_do_not_matter)
{
    /* eieio, isync and add-to-minus-one with every reserved bit set (ISA I 1.3.3: ignored by the processor) */
    ck_assert_uint_eq(isa_find(isa, 0x7c0006ac), isa_find(isa, 0x7ffffead));
    ck_assert_uint_eq(isa_find(isa, 0x4c00012c), isa_find(isa, 0x4ffff92d));
    ck_assert_uint_eq(isa_find(isa, 0x7c6401d4), isa_find(isa, 0x7c64f9d4));
}
END_TEST

START_TEST(invalid_forms_are_no_instruction)
{
    ck_assert_uint_eq(isa_find(isa, 0x7c652a28), ROW_NONE); /* lqarx r3,r5,r5 */
    ck_assert_uint_ne(isa_find(isa, 0x84600000), ROW_NONE); /* lwzu r3,0(0): POWER9 executes it (open.def) */
    ck_assert_uint_ne(isa_find(isa, 0x84630000), ROW_NONE); /* lwzu r3,0(r3) as well */
    ck_assert_uint_ne(isa_find(isa, 0x94630000), ROW_NONE); /* stwu r3,0(r3) is valid */
    ck_assert_uint_eq(isa_find(isa, 0xe0600000), ROW_NONE); /* lq r3 */
    ck_assert_uint_eq(isa_find(isa, 0x00000000), ROW_NONE);
    ck_assert_uint_eq(isa_find(isa, 0xfc22048e), ROW_NONE); /* mffs f1 with a reserved 2 in bits 11:15 */
}
END_TEST

START_TEST(split_and_signed_fields_are_put_together)
{
    struct insn i = {0};

    isa_decode(isa, 0x786327c6, &i); /* rldicr r3,r3,36,31: sh5 set */
    ck_assert_uint_eq(i.sh, 36);
    ck_assert_uint_eq(i.me, 31);
    isa_decode(isa, 0x4bfffffd, &i); /* bl .-4 */
    ck_assert_int_eq(i.imm, -4);
    isa_decode(isa, 0xe861fff8, &i); /* ld r3,-8(r1) */
    ck_assert_int_eq(i.imm, -8);
    isa_decode(isa, 0x6063ffff, &i); /* ori r3,r3,65535 */
    ck_assert_int_eq(i.imm, 65535);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("decode");
    TCase *table = tcase_create("table");

    tcase_add_checked_fixture(table, setup, teardown);
    tcase_set_timeout(table, 60);
    tcase_add_test(table, every_pattern_reads_as_32_bits);
    tcase_add_test(table, rows_overlap_only_where_one_refines_the_other);
    tcase_add_test(table, a_row_that_refines_overlaps_a_broader_one);
    tcase_add_test(table, the_syntax_names_the_operands_of_the_pattern_and_the_reverse);
    tcase_add_test(table, every_word_of_a_pattern_decodes_to_its_row);
    tcase_add_test(table, every_field_is_in_a_pattern);
    tcase_add_test(table, a_row_that_names_a_register_asks_for_its_facility);
    tcase_add_test(table, a_flag_about_a_register_stands_where_the_register_is);
    tcase_add_test(table, privileged_are_those_that_book_iii_says);
    tcase_add_test(table, reserved_bits_do_not_matter);
    tcase_add_test(table, invalid_forms_are_no_instruction);
    tcase_add_test(table, split_and_signed_fields_are_put_together);
    suite_add_tcase(suite, table);
    return run_suite(suite);
}
