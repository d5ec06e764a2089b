/* SPDX-License-Identifier: Apache-2.0 */
/* p9sim suite: regression tests of runs, side by side; see experiment/suite.h. */
#define _GNU_SOURCE /* nftw() */
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "experiment/crew.h"
#include "experiment/suite.h"
#include "stats/junit.h"
#include "tools/cli.h"
#include "tools/terminal.h"

struct work {
    struct suite suite;
    struct suite_run run;
    pthread_mutex_t mutex; /* of the results */
    char program[PATH_MAX], folder[SUITE_PATH];
    unsigned told; /* tests that have been told of, in their order */
    bool is_ours;  /* the folder goes when all is done */
};

/* ---- what is said ---- */

static void tell_test(const struct suite_test *t, const struct suite_result *r)
{
    printf("%s %s: %s\n", r->end == SUITE_PASSED ? "ok    " : "FAILED", t->directory, t->description);
    if (r->end == SUITE_FAILED) printf("        %s\n", r->failure);
    if (r->text.bytes) fputs(r->text.bytes, stdout);
    if (r->end == SUITE_PASSED && r->accepted) printf("        accepted: %s\n", r->failure);
    fflush(stdout);
}

/* In the order of their names, as soon as all before are done too. */
static void tell(void *self, const char *what, unsigned done, unsigned all)
{
    struct work *w = self;

    (void)what, (void)done, (void)all;
    pthread_mutex_lock(&w->mutex);
    for (; w->told < w->suite.count && w->suite.result[w->told].end != SUITE_NOT_RUN; w->told++)
        tell_test(w->suite.test[w->told], &w->suite.result[w->told]);
    pthread_mutex_unlock(&w->mutex);
}

static unsigned count(const struct suite *s, enum suite_end end)
{
    unsigned n = 0;

    for (unsigned k = 0; k < s->count; k++) n += s->result[k].end == end;
    return n;
}

static void tell_all(const struct work *w)
{
    const struct suite *s = &w->suite;
    unsigned accepted = 0, left = count(s, SUITE_NOT_RUN);

    for (unsigned k = 0; k < s->count; k++) accepted += s->result[k].end == SUITE_PASSED && s->result[k].accepted;
    printf("%u %s: %u passed, %u failed", s->count, s->count == 1 ? "test" : "tests", count(s, SUITE_PASSED),
           count(s, SUITE_FAILED));
    if (left) printf(", %u not run", left);
    if (w->run.accept && accepted) printf("; of %u what came out is expected from now on", accepted);
    else if (w->run.accept) printf("; there was nothing to accept");
    putchar('\n');
    if (!w->is_ours) printf("results are in %s\n", w->folder);
}

static bool save_junit(const struct suite *s, const char *path)
{
    struct junit j = {.tests = 0};

    for (unsigned k = 0; k < s->count; k++) {
        const struct suite_test *t = s->test[k];
        const struct suite_result *r = &s->result[k];
        const char *slash = strrchr(t->directory, '/');
        char class[SUITE_PATH];

        snprintf(class, sizeof class, "%.*s", slash ? (int)(slash - t->directory) : 1, slash ? t->directory : ".");
        junit_case(&j, class, slash ? slash + 1 : t->directory,
                   r->end == SUITE_PASSED   ? NULL
                   : r->end == SUITE_FAILED ? r->failure
                                            : "it was not run",
                   r->text.bytes ? r->text.bytes : "");
    }
    return junit_save(&j, "p9sim suite", path);
}

/* ---- where it happens ---- */

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

/* A folder that goes again, or the one that the person wants to keep. */
static bool make_folder(struct work *w, const char *keep)
{
    const char *tmp = getenv("TMPDIR");
    char path[SUITE_PATH / 2], whole[PATH_MAX];

    if (keep && mkdir(keep, 0777) && errno != EEXIST) return p9_error("--keep %s: %s", keep, strerror(errno));
    snprintf(path, sizeof path, "%.900s/p9sim-suite.XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!keep && !mkdtemp(path)) return p9_error("%s: %s", path, strerror(errno));
    w->is_ours = !keep;
    if (!realpath(keep ? keep : path, whole) || strlen(whole) >= sizeof w->folder / 2)
        return p9_error("%s: %s", keep ? keep : path, errno ? strerror(errno) : "this path is too long");
    snprintf(w->folder, sizeof w->folder, "%.*s", (int)sizeof w->folder - 1, whole);
    return true;
}

static bool find_program(struct work *w)
{
    ssize_t n = readlink("/proc/self/exe", w->program, sizeof w->program - 1);

    return n > 0 || p9_error("suite: /proc/self/exe: %s", strerror(errno));
}

/* What a shell has set is not a test's: whoever wants it says so.  Images lie where they lie from any directory. */
static bool clean_environment(void)
{
    const struct cli_row *const tables[] = {cli_machine_rows, cli_firmware_rows};
    const char *images = getenv("P9SIM_IMAGES");
    char whole[PATH_MAX];

    for (unsigned k = 0; k < ARRAY_SIZE(tables); k++)
        for (const struct cli_row *row = tables[k]; row->name; row++)
            if (row->environment) unsetenv(row->environment);
    return !images || !*images || !realpath(images, whole) || !setenv("P9SIM_IMAGES", whole, 1) ||
           p9_error("suite: the host has no memory");
}

/* ---- the work ---- */

static bool do_one(void *owner, unsigned number)
{
    struct work *w = owner;
    struct suite_result result;
    bool ok = suite_test_run(&w->run, w->suite.test[number], number + 1, &result);

    pthread_mutex_lock(&w->mutex);
    w->suite.result[number] = result;
    pthread_mutex_unlock(&w->mutex);
    return ok;
}

static bool find_tests(struct work *w, const struct options *o)
{
    for (unsigned k = 0; k < o->words.count; k++)
        if (!suite_find(&w->suite, o->words.item[k])) return false;
    if (o->filter) suite_filter(&w->suite, o->filter);
    return w->suite.count || p9_error("--filter %s: no test has this in its name or description", o->filter);
}

static int run_tests(struct work *w, const struct options *o, u64 jobs)
{
    const struct crew crew = {(unsigned)jobs, &terminal_interrupted, tell, w};
    bool whole = crew_run(&crew, "testing", w->suite.count, do_one, w);

    tell(w, "", 0, 0);
    tell_all(w);
    if (o->junit && !save_junit(&w->suite, o->junit)) return EXIT_BAD_INPUT;
    return whole && !count(&w->suite, SUITE_FAILED) ? EXIT_FINE : EXIT_DIFFERS;
}

static int run(struct options *o)
{
    struct work *w = calloc(1, sizeof *w);
    u64 jobs = 0;
    int status = EXIT_BAD_INPUT;

    if (!w) p9_error("suite: the host has no memory");
    if (w && (!o->jobs || (cli_number("jobs", o->jobs, &jobs) && (jobs <= 64 || p9_error("--jobs: at most 64")))) &&
        find_tests(w, o) && clean_environment() && find_program(w) && make_folder(w, o->keep)) {
        pthread_mutex_init(&w->mutex, NULL);
        w->run = (struct suite_run){w->program, w->folder, o->accept, &terminal_interrupted};
        terminal_open(false);
        status = run_tests(w, o, jobs);
        terminal_close();
    }
    if (w && w->is_ours && *w->folder) nftw(w->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    if (w) suite_free(&w->suite);
    free(w);
    return status;
}

#define AT(field) offsetof(struct options, field)
static const struct cli_row rows[] = {
    {"jobs", "N", NULL, KIND_TEXT, AT(jobs), NULL,
     "run so many tests at once (without: as many as there are processors)"},
    {"junit", "FILE", NULL, KIND_TEXT, AT(junit), NULL, "write the results into FILE as JUnit's XML too"},
    {"accept", NULL, NULL, KIND_FLAG, AT(accept), NULL, "show what differs, and expect it from now on"},
    {"filter", "TEXT", NULL, KIND_TEXT, AT(filter), NULL, "run the tests alone that have TEXT in name or description"},
    {"keep", "DIR", NULL, KIND_TEXT, AT(keep), NULL, "keep what the runs leave in DIR/1, DIR/2 ..."},
    {.name = NULL},
};
static const struct cli_row *const tables[] = {rows, NULL};

const struct command command_suite = {
    .name = "suite",
    .arguments = "DIR...",
    .summary = "Run regression tests: compare runs with what is expected of them.",
    .details = "A test is a directory with a file `test` that says what to run; expected/ beside it has figures, a "
               "trace, or what\n"
               "was printed. DIR is one, or has some below it. docs/REGRESSION.md has the whole of it, and\n"
               "docs/examples/suite is one to begin with.\n"
               "Exit status: 0 all passed, 5 some failed, 1 a test that cannot be read.\n",
    .tables = tables,
    .words_least = 1,
    .words_most = LIST_MAX,
    .run = run,
};
