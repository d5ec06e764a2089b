/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every parameter of the model `core`, made worse step by step (parameter.def), under programs that feel them all: no
 * step makes a program faster by more than 2 %, and each parameter is felt by one of them.  Within these 2 %, and
 * beyond in the anomalies that are listed, it happens, in hardware as here: what comes later meets other things in its
 * way.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/suite.h"
#include "tests/timing/guest.h"
#include "tests/timing/kernel.h"

static const struct parameter {
    const char *option, *values; /* NULL: exempt */
} parameters[] = {
#define WORSE(option, values) {#option, values},
#define EXEMPT(option, reason) {#option, NULL},
#define ANOMALY(option, value, program, percent)
#include "tests/timing/parameter.def"
#undef WORSE
#undef EXEMPT
#undef ANOMALY
};
static const struct anomaly {
    const char *option, *value, *program;
    u32 percent;
} anomalies[] = {
#define WORSE(option, values)
#define EXEMPT(option, reason)
#define ANOMALY(option, value, program, percent) {#option, value, program, percent},
#include "tests/timing/parameter.def"
#undef WORSE
#undef EXEMPT
#undef ANOMALY
};

/* ---- programs ---- */

/* Branches from page to page, more than an L1I has sets for, and back; and lines of nops in a row, more than
 * it holds. */
static char page_chain[16384], straight[65536];

static void write_code(void)
{
    enum { FIRST = 0x20000, STEP = 0x1040, PAGES = 120, NOPS = 12000 };
    size_t n = (size_t)snprintf(page_chain, sizeof page_chain, "loop:\n b 0x%x\n", FIRST);

    for (unsigned k = 0; k < PAGES; k++)
        n += (size_t)snprintf(page_chain + n, sizeof page_chain - n, ".org 0x%x\n b 0x%x\n", FIRST + k * STEP,
                              FIRST + (k + 1) * STEP);
    snprintf(page_chain + n, sizeof page_chain - n, ".org 0x%x\n bdz =out\n b =loop\nout:\n", FIRST + PAGES * STEP);
    n = (size_t)snprintf(straight, sizeof straight, "loop:\n");
    for (unsigned k = 0; k < NOPS; k++) n += (size_t)snprintf(straight + n, sizeof straight - n, " nop\n");
    snprintf(straight + n, sizeof straight - n, " bdz =out\n b =loop\nout:\n");
}

static const struct program {
    const char *name;
    struct guest guest;
} programs[] = {
    {"chase", {KERNEL_CHASE, GUEST_HOST, 12, 0, 8 << 20, 4096, 2000}},
    {"lines", {KERNEL_CHASE, GUEST_REAL, 16, 0, 64 << 10, 128, 3000}},
    {"update", {KERNEL_UPDATE, GUEST_NESTED, 12, 16, 16 << 20, 8192, 2000}},
    {"stream", {KERNEL_STREAM, GUEST_HOST, 16, 0, 4 << 20, 128, 3000}},
    {"words", {KERNEL_STREAM, GUEST_HOST, 16, 0, 1 << 20, 32, 3000}},
    {"mixture", {KERNEL_MIXTURE, GUEST_NESTED, 12, 12, 4 << 20, 4096, 1500}},
    {"arithmetic", {KERNEL_ARITHMETIC, GUEST_REAL, 16, 0, 64 << 10, 128, 1000}},
    {"branches", {KERNEL_BRANCHES, GUEST_REAL, 16, 0, 64 << 10, 128, 1000}},
    {"system", {KERNEL_SYSTEM, GUEST_REAL, 16, 0, 64 << 10, 128, 200}},
    {"pages", {page_chain, GUEST_HOST, 12, 0, 64 << 10, 4096, 60}},
    {"straight", {straight, GUEST_REAL, 16, 0, 64 << 10, 128, 4}},
};
enum { PROGRAMS = ARRAY_SIZE(programs), PARAMETERS = ARRAY_SIZE(parameters), VALUES_MOST = 8 };

/* Made once, for all tests. */
static struct guest_image images[PROGRAMS];
static u64 normal[PROGRAMS]; /* cycles with the default values */

static void open_programs(void)
{
    struct config config;

    write_code();
    guest_config(&config);
    for (unsigned p = 0; p < PROGRAMS; p++) {
        guest_open(&images[p], &programs[p].guest);
        normal[p] = guest_run_image(&config, &images[p]).cycles;
    }
}

static void close_programs(void)
{
    for (unsigned p = 0; p < PROGRAMS; p++) guest_close(&images[p]);
}

/* ---- steps ---- */

struct step {
    char value[16];
    u64 cycles[PROGRAMS];
};

static void run_all(const char *option, struct step *s)
{
    struct config config;

    const struct option_row *row = option_find(option);

    guest_config(&config);
    ck_assert(config_set(&config, option, s->value, "parameter.def") && config_check(&config));
    for (unsigned p = 0; p < PROGRAMS; p++)
        s->cycles[p] =
            config_get(&config, row) == row->fallback ? normal[p] : guest_run_image(&config, &images[p]).cycles;
}

static unsigned run_steps(const struct parameter *p, struct step *step)
{
    unsigned count = 0;

    for (const char *at = p->values; *at; at += strcspn(at, " "), at += strspn(at, " ")) {
        snprintf(step[count].value, sizeof step[count].value, "%.*s", (int)strcspn(at, " "), at);
        run_all(p->option, &step[count++]);
        ck_assert_uint_lt(count, VALUES_MOST);
    }
    return count;
}

/* Per cent by which a program may be faster with this value. */
static u32 allowance(const char *option, const char *value, const char *program)
{
    for (unsigned k = 0; k < ARRAY_SIZE(anomalies); k++) {
        const struct anomaly *a = &anomalies[k];

        if (!strcmp(a->option, option) && !strcmp(a->value, value) && !strcmp(a->program, program)) return a->percent;
    }
    return 2;
}

static unsigned tell_faster(const struct parameter *parameter, const struct step *a, const struct step *b)
{
    unsigned found = 0;

    for (unsigned p = 0; p < PROGRAMS; p++) {
        u32 most = allowance(parameter->option, b->value, programs[p].name);

        if (b->cycles[p] * 100 >= a->cycles[p] * (100 - most)) continue;
        printf("%s: %s instead of %s makes %s faster: %llu cycles instead of %llu, %.1f %%\n", parameter->option,
               b->value, a->value, programs[p].name, (unsigned long long)b->cycles[p], (unsigned long long)a->cycles[p],
               100.0 * (double)b->cycles[p] / (double)a->cycles[p] - 100);
        found++;
    }
    fflush(stdout); /* the test may fail now */
    return found;
}

START_TEST(making_a_parameter_worse_makes_no_program_faster)
{
    const struct parameter *parameter = &parameters[_i];
    struct step step[VALUES_MOST] = {0};
    unsigned count, faster = 0;
    bool is_felt = false;

    if (!parameter->values) return;
    count = run_steps(parameter, step);
    ck_assert_uint_gt(count, 1);
    for (unsigned k = 1; k < count; k++) faster += tell_faster(parameter, &step[k - 1], &step[k]);
    for (unsigned p = 0; p < PROGRAMS; p++) is_felt |= step[0].cycles[p] < step[count - 1].cycles[p];
    ck_assert_msg(is_felt, "%s: no program feels it", parameter->option);
    ck_assert_msg(!faster, "%s: faster", parameter->option);
}
END_TEST

static bool has_row(const char *option)
{
    for (unsigned k = 0; k < PARAMETERS; k++)
        if (!strcmp(parameters[k].option, option)) return true;
    return false;
}

START_TEST(every_option_of_the_model_has_a_row)
{
    const struct option_row *last = option_find("tage_cycles");

    for (const struct option_row *row = option_find("fetch_width"); row <= last; row++)
        ck_assert_msg(has_row(row->name), "%s has no row in parameter.def", row->name);
    for (unsigned k = 0; k < PARAMETERS; k++) ck_assert_ptr_nonnull(option_find(parameters[k].option));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("parameters");
    TCase *tests = tcase_create("parameters");

    tcase_add_unchecked_fixture(tests, open_programs, close_programs);
    tcase_add_loop_test(tests, making_a_parameter_worse_makes_no_program_faster, 0, PARAMETERS);
    tcase_add_test(tests, every_option_of_the_model_has_a_row);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
