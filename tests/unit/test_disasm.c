/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text of instructions, both directions.  tests/isa compares the text of every row with objdump; here are the round
 * trip through the assembler and the cases that a person would look up.
 */
#include <check.h>
#include <stdio.h>
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

static const struct {
    u32 word;
    const char *text;
} known[] = {
    /* at address 0x1000 */
    {0x7c642a14, "add     r3,r4,r5"},
    {0x7c642e15, "addo.   r3,r4,r5"},
    {0x38600001, "li      r3,1"},
    {0x3863ffff, "addi    r3,r3,-1"},
    {0x60000000, "nop"},
    {0x4e800020, "blr"},
    {0x4e800421, "bctrl"},
    {0x48000010, "b       0x1010"},
    {0x4bfffff1, "bl      0xff0"},
    {0x4182fffc, "beq     0xffc"},
    {0x409e0008, "bne     cr7,0x1008"},
    {0x41fe0008, "beq+    cr7,0x1008"},
    {0x4200fff8, "bdnz    0xff8"},
    {0x2c030000, "cmpwi   r3,0"},
    {0x2fa3ffff, "cmpdi   cr7,r3,-1"},
    {0x7c832378, "mr      r3,r4"},
    {0x786327c6, "rldicr  r3,r3,36,31"},
    {0x78631f24, "sldi    r3,r3,3"},
    {0x80610008, "lwz     r3,8(r1)"},
    {0x80600008, "lwz     r3,8(0)"},
    {0x7c60222e, "lhzx    r3,0,r4"},
    {0xf821ff91, "stdu    r1,-112(r1)"},
    {0x7c001828, "lwarx   r0,0,r3"},
    {0x7c001829, "lwarx   r0,0,r3,1"},
    {0x7c00192d, "stwcx.  r0,0,r3"},
    {0x7c2004ac, "lwsync"},
    {0x7fe00008, "trap"},
    {0x4c000004, "lnia    r0"},
    {0x4f5e7042, "crnor   4*cr6+eq,4*cr7+eq,4*cr3+eq"},
    {0x00000000, ".long 0x0"},
};

START_TEST(the_text_is_what_objdump_prints)
{
    char text[100];

    isa_disassemble(isa, known[_i].word, 0x1000, text, sizeof text);
    ck_assert_str_eq(text, known[_i].text);
}
END_TEST

START_TEST(assembling_the_text_gives_the_word_back)
{
    char text[100];
    u32 back;
    unsigned tried = 0;

    for (unsigned row = 0; row < isa_row_count(isa); row++) {
        const struct pattern *p = isa_pattern(isa, row);
        u64 seed = 0x9e3779b97f4a7c15ULL * (row + 1);
        for (unsigned k = 0; k < 60; k++) {
            u32 word;
            seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
            word = (u32)(seed >> 16) & (k % 3 ? ~0U : (u32)(seed >> 40));
            word = (word & ~p->mask & ~p->reserved) | p->value;
            if (isa_find(isa, word) != row) continue;
            isa_disassemble(isa, word, 0x7000, text, sizeof text);
            ck_assert_msg(isa_assemble(isa, text, 0x7000, &back), "%08x \"%s\" is not read", word, text);
            if (word >> 26 == 16 || word >> 26 == 19) back |= word & 1 << 21; /* BO's old hint bit has no letter */
            ck_assert_msg(back == word, "%08x \"%s\" became %08x", word, text, back);
            tried++;
        }
    }
    ck_assert_uint_gt(tried, 30 * isa_row_count(isa));
}
END_TEST

/* A word of the row that fulfils the condition of the alias, other operands drawn; false if the row cannot. */
static bool word_of_alias(unsigned row, const struct alias *alias, u64 *seed, u32 *word)
{
    const struct pattern *p = isa_pattern(isa, row);
    const char *s = alias->condition;
    struct alias_term term;
    struct insn i = {0};

    *seed ^= *seed << 13, *seed ^= *seed >> 7, *seed ^= *seed << 17;
    *word = ((u32)(*seed >> 16) & ~p->mask & ~p->reserved) | p->value;
    if (isa_decode(isa, *word, &i) != row) return false;
    while (alias_term_read(&s, &term))
        operand_set(&term.left, &i, (operand_value(&term.left, &i) & ~term.mask) | alias_term_wanted(&term, &i));
    *word = p->value;
    for (unsigned k = 0; k < p->pieces; k++) {
        const struct field *f = p->piece[k].field;
        u32 value = f->is_imm ? (u32)i.imm : ((const u8 *)&i)[f->slot];
        *word |= (value >> f->insert & ((1U << f->width) - 1)) << p->piece[k].shift;
    }
    return true;
}

START_TEST(every_extended_mnemonic_is_shown_by_some_word)
{
    for (unsigned k = 0; k < isa_alias_count; k++) {
        const struct alias *alias = &isa_aliases[k];
        char text[100], mnemonic[32];
        bool shown = false;
        u64 seed = 0x2545f4914f6cdd1dULL + k;
        unsigned row = 0;
        u32 word;

        while (isa_row(isa, row) != alias->row) row++;
        snprintf(mnemonic, sizeof mnemonic, "%.*s", (int)strcspn(alias->syntax, " %"), alias->syntax);
        for (unsigned n = 0; n < 500 && !shown; n++) {
            if (!word_of_alias(row, alias, &seed, &word)) continue;
            isa_disassemble(isa, word, 0, text, sizeof text);
            shown = !strncmp(text, mnemonic, strlen(mnemonic));
        }
        ck_assert_msg(shown, "%s if %s: \"%s\" is never shown", alias->row->name, alias->condition, alias->syntax);
    }
}
END_TEST

START_TEST(base_mnemonics_assemble_as_well)
{
    u32 word;

    ck_assert(isa_assemble(isa, "or r3, r4, r4", 0, &word) && word == 0x7c832378);
    ck_assert(isa_assemble(isa, "  addi 3,0,1 ", 0, &word) && word == 0x38600001);
    ck_assert(isa_assemble(isa, "bc 12,2,0x10", 0x10, &word) && word == 0x41820000);
    ck_assert(isa_assemble(isa, "cmp cr1,1,r3,r4", 0, &word) && word == 0x7ca32000);
}
END_TEST

START_TEST(what_does_not_fit_is_refused)
{
    u32 word;

    ck_assert(!isa_assemble(isa, "addi r3,r4,40000", 0, &word));
    ck_assert(!isa_assemble(isa, "add r3,r4", 0, &word));
    ck_assert(!isa_assemble(isa, "add r3,r4,r32", 0, &word));
    ck_assert(!isa_assemble(isa, "frobnicate r3", 0, &word));
    ck_assert(!isa_assemble(isa, "ld r3,2(r1)", 0, &word));
    ck_assert(!isa_assemble(isa, "b 0x4000000", 0, &word));
    ck_assert(!isa_assemble(isa, "", 0, &word));
}
END_TEST

START_TEST(a_short_buffer_cuts_the_text)
{
    char text[8];

    isa_disassemble(isa, 0x7c642a14, 0, text, sizeof text);
    ck_assert_str_eq(text, "add    ");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("disasm");
    TCase *cases = tcase_create("text");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 60);
    tcase_add_loop_test(cases, the_text_is_what_objdump_prints, 0, ARRAY_SIZE(known));
    tcase_add_test(cases, assembling_the_text_gives_the_word_back);
    tcase_add_test(cases, every_extended_mnemonic_is_shown_by_some_word);
    tcase_add_test(cases, base_mnemonics_assemble_as_well);
    tcase_add_test(cases, what_does_not_fit_is_refused);
    tcase_add_test(cases, a_short_buffer_cuts_the_text);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
