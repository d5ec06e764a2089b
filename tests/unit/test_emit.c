/* SPDX-License-Identifier: Apache-2.0 */
/* Documents are well formed whatever text goes into them. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/emit.h"
#include "tests/support/suite.h"

static struct emit e;

static void done(void)
{
    emit_free(&e);
}

START_TEST(json_has_commas_between_members_and_nowhere_else)
{
    emit_open(&e, NULL, '{');
    emit_u64(&e, "a", 1);
    emit_open(&e, "b", '[');
    emit_close(&e, ']');
    emit_open(&e, "c", '[');
    emit_u64(&e, NULL, UINT64_MAX);
    emit_null(&e, NULL);
    emit_bool(&e, NULL, true);
    emit_fixed(&e, NULL, 1.0 / 3, 3);
    emit_fixed(&e, NULL, NAN, 3);
    emit_close(&e, ']');
    emit_open(&e, "d", '{');
    emit_open(&e, "deep", '{');
    emit_u64(&e, "x", 1);
    emit_u64(&e, "y", 2);
    emit_close(&e, '}');
    emit_close(&e, '}');
    emit_close(&e, '}');
    ck_assert_str_eq(e.bytes,
                     "{\n  \"a\": 1,\n  \"b\": [],\n  \"c\": [\n    18446744073709551615,\n    null,\n    true,\n"
                     "    0.333,\n    null\n  ],\n  \"d\": {\n    \"deep\": {\"x\": 1, \"y\": 2}\n  }\n}\n");
}
END_TEST

START_TEST(json_strings_are_escaped_and_valid_utf8)
{
    emit_string(&e, NULL, "a\"b\\c\n\x7f \xc3\xa4 \xff\xc3 \xed\xa0\x80");
    ck_assert_str_eq(e.bytes, "\"a\\\"b\\\\c\\u000a\\u007f \xc3\xa4 \\ufffd\\ufffd \\ufffd\\ufffd\\ufffd\"");
}
END_TEST

START_TEST(html_text_cannot_become_markup)
{
    emit_escaped(&e, "<b a='1'>\"&\xc3\xa4\xff");
    ck_assert_str_eq(e.bytes, "&#60;b a=&#39;1&#39;&#62;&#34;&#38;\xc3\xa4&#xfffd;");
}
END_TEST

START_TEST(a_zero_has_no_sign_however_it_came_about)
{
    static const double zeros[] = {0, -0.0, -0.004, -0.0049999, 0.004};

    for (unsigned k = 0; k < ARRAY_SIZE(zeros); k++) {
        emit_text(&e, "%.2f %+.2f ", emit_rounded(zeros[k], 2), emit_rounded(zeros[k], 2));
        ck_assert_str_eq(e.bytes, "0.00 +0.00 ");
        emit_free(&e);
    }
    emit_fixed(&e, NULL, -0.0000004, 6);
    emit_text(&e, " %.0f %.2f %.2f %.3f", emit_rounded(-0.4, 0), emit_rounded(-0.006, 2),
              emit_rounded(-1e300, 2) < 0 ? 1.0 : 0, emit_rounded(-0.001, 3));
    ck_assert_str_eq(e.bytes, "0.000000 0 -0.01 1.00 -0.001");
}
END_TEST

START_TEST(a_long_text_grows_the_buffer)
{
    for (unsigned k = 0; k < 10000; k++) emit_text(&e, "%08u", k);
    ck_assert_uint_eq(e.size, 80000);
    ck_assert_mem_eq(e.bytes + 79992, "00009999", 9);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("emit");
    TCase *tests = tcase_create("emit");

    tcase_add_checked_fixture(tests, NULL, done);
    tcase_add_test(tests, json_has_commas_between_members_and_nowhere_else);
    tcase_add_test(tests, json_strings_are_escaped_and_valid_utf8);
    tcase_add_test(tests, html_text_cannot_become_markup);
    tcase_add_test(tests, a_zero_has_no_sign_however_it_came_about);
    tcase_add_test(tests, a_long_text_grows_the_buffer);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
