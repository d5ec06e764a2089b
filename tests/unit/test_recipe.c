/* SPDX-License-Identifier: Apache-2.0 */
/* What made a run goes into text and comes back, into a checkpoint and comes back; what is no such text is refused. */
#include <stdlib.h>

#include "base/emit.h"
#include "base/state.h"
#include "stats/recipe.h"
#include "tests/support/suite.h"

#define DIGEST_A "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define DIGEST_B "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"

static struct recipe some(void)
{
    struct recipe r = {.subcommand = "run"};

    ck_assert(recipe_image(&r, "kernel", "", 45846320, DIGEST_A, "/a place/vmlinux"));
    ck_assert(recipe_image(&r, "symbols", "@0x10000", 7, DIGEST_B, NULL));
    ck_assert(recipe_image(&r, "symbols", "", UINT64_MAX, DIGEST_A, "/b"));
    ck_assert(recipe_option(&r, "append", "two \"words\" # \\ and\na line \x01\x7f \xc3\xa4 ="));
    ck_assert(recipe_option(&r, "le", ""));
    ck_assert(recipe_option(&r, "expect", "a=b"));
    return r;
}

static struct emit text_of(const struct recipe *r)
{
    struct emit e = {0};

    recipe_lines(r, "", &e);
    return e;
}

static bool same_text(const struct recipe *a, const struct recipe *b)
{
    struct emit x = text_of(a), y = text_of(b);
    bool same = x.size == y.size && !memcmp(x.bytes, y.bytes, x.size);

    emit_free(&x);
    emit_free(&y);
    return same;
}

START_TEST(what_is_written_is_what_is_read)
{
    struct recipe r = some(), back = {.subcommand = ""};
    struct emit e = text_of(&r);

    ck_assert(recipe_read(&back, e.bytes, e.size, "text"));
    ck_assert_str_eq(back.subcommand, "run");
    ck_assert_uint_eq(back.images, 3);
    ck_assert_uint_eq(back.options, 3);
    for (unsigned k = 0; k < 3; k++) {
        ck_assert_str_eq(back.image[k].role, r.image[k].role);
        ck_assert_str_eq(back.image[k].note, r.image[k].note);
        ck_assert_str_eq(back.image[k].digest, r.image[k].digest);
        ck_assert_uint_eq(back.image[k].bytes, r.image[k].bytes);
        ck_assert_ptr_null(back.image[k].path);
        ck_assert_str_eq(back.option[k].name, r.option[k].name);
        ck_assert_str_eq(back.option[k].value, r.option[k].value);
    }
    ck_assert_ptr_null(strstr(e.bytes, "vmlinux"));
    emit_free(&e);
    recipe_free(&r);
    recipe_free(&back);
}
END_TEST

START_TEST(lines_of_others_are_passed_over)
{
    static const char text[] = "# run.subcommand = bare\nmem = 2G\n\n  run.subcommand = walk \t\r\nmarks = 1.5\n"
                               "option.append=\"x\"\nimage.kernel = 5 bytes, sha256 " DIGEST_A "  @4";
    struct recipe r = {.subcommand = ""};

    ck_assert(recipe_read(&r, text, sizeof text - 1, "text"));
    ck_assert_str_eq(r.subcommand, "walk");
    ck_assert_uint_eq(r.images, 1);
    ck_assert_str_eq(r.image[0].note, "@4");
    ck_assert_uint_eq(r.options, 1);
    ck_assert_str_eq(r.option[0].value, "x");
    recipe_free(&r);
}
END_TEST

START_TEST(what_is_not_whole_is_refused_wherever_it_is_cut)
{
    struct recipe r = some();
    struct emit e = text_of(&r);
    static const char digest[] = "sha256 ";

    for (size_t n = 0; n < e.size; n++) {
        struct recipe part = {.subcommand = ""};
        const char *line = e.bytes + n;

        while (line > e.bytes && line[-1] != '\n') line--;
        bool whole = recipe_read(&part, e.bytes, n, "text");
        /* An image without its note, and a line without its end, are whole; so is what is too short to be one. */
        const char *is = strstr(line, digest);
        bool long_enough = !strncmp(line, "image.", 6) && is && e.bytes + n >= is + sizeof digest - 1 + 64;
        if (!strncmp(line, "image.", 6) && n - (size_t)(line - e.bytes) >= 6) ck_assert_int_eq(whole, long_enough);
        recipe_free(&part);
    }
    emit_free(&e);
    recipe_free(&r);
}
END_TEST

START_TEST(one_holds_another_if_all_of_it_is_there_in_order)
{
    struct recipe whole = some(), part = {.subcommand = "run"}, other = {.subcommand = "run"};

    ck_assert(recipe_holds(&whole, &whole) && recipe_holds(&whole, &part) && !recipe_holds(&part, &whole));
    ck_assert(recipe_image(&part, "symbols", "", UINT64_MAX, DIGEST_A, "/another place"));
    ck_assert(recipe_option(&part, "le", "") && recipe_option(&part, "expect", "a=b"));
    ck_assert(recipe_holds(&whole, &part));
    ck_assert(recipe_option(&part, "le", ""));
    ck_assert(!recipe_holds(&whole, &part)); /* once more than it is there */
    ck_assert(recipe_image(&other, "symbols", "", 7, DIGEST_B, NULL));
    ck_assert(!recipe_holds(&whole, &other)); /* another note */
    recipe_free(&whole);
    recipe_free(&part);
    recipe_free(&other);
}
END_TEST

static bool saved_and_restored(const struct recipe *r, struct recipe *back, size_t cut)
{
    struct state_writer w = {0};
    struct state_bytes bytes;
    struct state_reader reader;
    bool ok;

    state_put_object(&w, "recipe", &recipe_state, r);
    ck_assert(state_written(&w, &bytes));
    ok = state_open(&reader, bytes.at, bytes.size - cut) && state_get_object(&reader, "recipe", &recipe_state, back);
    state_close(&reader);
    state_bytes_free(&bytes);
    return ok;
}

START_TEST(a_checkpoint_keeps_it_with_its_paths_and_its_origin)
{
    struct recipe r = some(), back = {.subcommand = ""};

    r.origin = calloc(1, sizeof *r.origin);
    *r.origin = some();
    ck_assert(saved_and_restored(&r, &back, 0));
    ck_assert(same_text(&r, &back) && same_text(r.origin, back.origin));
    ck_assert_str_eq(back.image[0].path, "/a place/vmlinux");
    ck_assert_ptr_null(back.origin->origin);
    recipe_free(&back);
    ck_assert(!saved_and_restored(&r, &back, 1));
    recipe_free(&back);
    recipe_free(&r);
    ck_assert(saved_and_restored(&r, &back, 0)); /* an empty one */
    ck_assert(!back.images && !back.options && !*back.subcommand && !back.origin);
    recipe_free(&back);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("recipe");
    TCase *tests = tcase_create("what made a run");

    tcase_add_test(tests, what_is_written_is_what_is_read);
    tcase_add_test(tests, lines_of_others_are_passed_over);
    tcase_add_test(tests, what_is_not_whole_is_refused_wherever_it_is_cut);
    tcase_add_test(tests, one_holds_another_if_all_of_it_is_there_in_order);
    tcase_add_test(tests, a_checkpoint_keeps_it_with_its_paths_and_its_origin);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
