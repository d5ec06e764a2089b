/* SPDX-License-Identifier: Apache-2.0 */
/* Names for addresses: whose an address is, what a page holds, and files that are not what they should be. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "loader/symbols.h"
#include "tests/support/elf.h"
#include "tests/support/suite.h"

static struct elf_file file;
static struct symbols symbols;

static bool read_at(u64 offset, u32 *added)
{
    struct image image;
    bool ok;

    ck_assert(image_from(&image, "test.elf", file.bytes, sizeof file.bytes, IMAGE_AS_IT_IS, 1 << 20));
    ok = symbols_read(&symbols, &image, offset, added);
    image_close(&image);
    return ok;
}

static bool read_it(void)
{
    u32 added;

    return read_at(0, &added);
}

static void open_it(void)
{
    symbols = (struct symbols){0};
    elf_start(&file);
    elf_symbol(&file, "outer", STB_GLOBAL, STT_FUNC, 0x10100, 0x100);
    elf_symbol(&file, "inner", STB_LOCAL, STT_NOTYPE, 0x10140, 0);
    elf_symbol(&file, "label", STB_GLOBAL, STT_NOTYPE, 0x10300, 0);
    elf_symbol(&file, "local", STB_LOCAL, STT_FUNC, 0x10400, 0x40);
    elf_symbol(&file, "global", STB_GLOBAL, STT_FUNC, 0x10400, 0x40);
    elf_symbol(&file, "outside", STB_GLOBAL, STT_FUNC, 0x20000, 0x40);
    elf_symbol(&file, "file.c", STB_LOCAL, STT_FILE, 0x10500, 0);
}

static void close_it(void)
{
    symbols_close(&symbols);
}

static void is_named(u64 address, const char *name)
{
    char text[SYMBOL_TEXT];

    symbols_name(&symbols, address, text);
    ck_assert_str_eq(text, name);
}

START_TEST(an_address_belongs_to_the_symbol_that_holds_it)
{
    ck_assert(read_it());
    is_named(0x10100, "outer");
    is_named(0x1013c, "outer+0x3c");
    is_named(0x10144, "outer+0x44"); /* not the label inside it */
    is_named(0x101fc, "outer+0xfc");
    is_named(0x10400, "global"); /* before the local one at the same place */
}
END_TEST

START_TEST(a_label_reaches_to_the_next_symbol_and_nothing_reaches_beyond_its_section)
{
    ck_assert(read_it());
    is_named(0x10300, "label");
    is_named(0x103fc, "label+0xfc");
    is_named(0x10200, ""); /* behind outer, and what precedes it is no label of here */
    is_named(0x10440, "");
    is_named(0x100fc, "");
    is_named(0x20000, ""); /* a symbol outside its section is none */
    is_named(~0ULL, "");
}
END_TEST

START_TEST(a_file_can_be_moved_and_files_add_up)
{
    u32 added;

    ck_assert(read_it() && read_at(0xc000000000000000ULL, &added));
    ck_assert_uint_eq(added, 5);
    is_named(0xc000000000010104ULL, "outer+0x4");
    is_named(0x10104, "outer+0x4");
    ck_assert(symbols_add(&symbols, "mine", 0x5000, 16));
    is_named(0x500f, "mine+0xf");
    is_named(0x5010, "");
}
END_TEST

START_TEST(a_page_is_named_by_its_first_and_its_last_symbol)
{
    char text[SYMBOL_TEXT];

    ck_assert(read_it());
    symbols_span(&symbols, 0x10000, 0x10fff, text);
    ck_assert_str_eq(text, "outer..global");
    symbols_span(&symbols, 0x10100, 0x1013f, text);
    ck_assert_str_eq(text, "outer");
    symbols_span(&symbols, 0x30000, 0x30fff, text);
    ck_assert_str_eq(text, "");
    symbols_span(&symbols, 0x0, 0xfff, text);
    ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(a_name_is_printable_and_of_bounded_length)
{
    char text[SYMBOL_TEXT], longest[128];

    memset(longest, 'x', sizeof longest);
    longest[127] = 0;
    elf_symbol(&file, "bad\x1b[2J\n\xff", STB_GLOBAL, STT_FUNC, 0x10800, 16);
    elf_symbol(&file, longest, STB_GLOBAL, STT_FUNC, 0x10900, 16);
    ck_assert(read_it());
    is_named(0x10800, "bad?[2J??");
    symbols_name(&symbols, 0x10908, text);
    ck_assert_uint_eq(strlen(text), 72 + strlen("+0x8"));
}
END_TEST

START_TEST(a_stripped_file_has_no_symbols_and_is_no_error)
{
    u32 added = 7;

    put_be32(file.bytes + ELF_SECTIONS_AT + 2 * 64 + 4, SHT_PROGBITS);
    ck_assert(read_at(0, &added));
    ck_assert_uint_eq(added, 0);
    is_named(0x10100, "");
}
END_TEST

START_TEST(what_is_damaged_is_refused)
{
    static const struct {
        unsigned at;
        u32 value;
    } spoils[] = {
        {40 + 4, 0x7fffffff},                                /* where the table of sections is */
        {ELF_SECTIONS_AT + 2 * 64 + 24 + 4, 1 << 20},        /* where the symbols are */
        {ELF_SECTIONS_AT + 2 * 64 + 32, 1},                  /* how many bytes of them */
        {ELF_SECTIONS_AT + 2 * 64 + 56 + 4, 7},              /* bytes of one symbol */
        {ELF_SECTIONS_AT + 2 * 64 + 40, 9},                  /* whose names */
        {ELF_SYMBOLS_AT + ELF_SYMBOL_BYTES, 9999},           /* a name */
        {ELF_SYMBOLS_AT + ELF_SYMBOL_BYTES + 4, 0x12000063}, /* a section of a symbol */
        {16, 62},                                            /* not for POWER: in the half word behind the type */
    };

    for (unsigned k = 0; k < ARRAY_SIZE(spoils); k++) {
        open_it();
        put_be32(file.bytes + spoils[k].at, spoils[k].value);
        ck_assert_msg(!read_it(), "spoil %u was taken", k);
        symbols_close(&symbols);
    }
    open_it();
    file.bytes[0] = 0;
    ck_assert(!read_it());
}
END_TEST

int main(void)
{
    Suite *s = suite_create("symbols");
    TCase *c = tcase_create("symbols");

    tcase_add_checked_fixture(c, open_it, close_it);
    tcase_add_test(c, an_address_belongs_to_the_symbol_that_holds_it);
    tcase_add_test(c, a_label_reaches_to_the_next_symbol_and_nothing_reaches_beyond_its_section);
    tcase_add_test(c, a_file_can_be_moved_and_files_add_up);
    tcase_add_test(c, a_page_is_named_by_its_first_and_its_last_symbol);
    tcase_add_test(c, a_name_is_printable_and_of_bounded_length);
    tcase_add_test(c, a_stripped_file_has_no_symbols_and_is_no_error);
    tcase_add_test(c, what_is_damaged_is_refused);
    suite_add_tcase(s, c);
    return run_suite(s);
}
