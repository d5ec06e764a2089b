/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Regression tests of runs.  A test is a directory with a file `test` that says what to run, and beside it what came
 * out when somebody last looked, `expected/`: figures (stats.txt, those that matter), a state trace (trace.gz), what
 * was printed (output.txt).  A run is a process of p9sim of its own, with the test's directory as its working directory
 * and its results in a folder that is made for it, so tests know nothing of each other and run side by side.
 *
 * The file has lines KEY = VALUE; empty ones and those that begin with # say nothing:
 *
 *     description   one line: what would be wrong if it failed
 *     run           words behind p9sim: bare loop.bin --model core.  'a b' and "a b" are one word, $NAME is of the
 *                   environment.  May be given again: more words
 *     compare       statistics, trace, output: which of them; if nothing is said statistics of run, bare, nested, exec,
 *                   and the output of everything else
 *     trace         state (if nothing is said) or state,values
 *     diff          words for `p9sim trace diff`: what may differ
 *     only          figures that expected/stats.txt has; all.*: totals and rates of the whole run, if nothing is said
 *     threshold     by how much a figure may differ (stats/difference.h); may be given again
 *     status        exit status of the run, 0 if nothing is said
 *     seconds       of the host that it may last, 60 if nothing is said
 */
#ifndef P9_EXPERIMENT_SUITE_H
#define P9_EXPERIMENT_SUITE_H

#include <signal.h>

#include "base/emit.h"
#include "stats/difference.h"

enum { SUITE_WORDS = 128, SUITE_PATH = 2048, SUITE_SECONDS_MAX = 1000000 };

struct suite_words {
    char *word[SUITE_WORDS];
    unsigned count;
};

struct suite_test {
    char directory[SUITE_PATH]; /* of its file `test`; it is the test's name as well */
    char *description;
    struct emit run, diff;          /* words, as they are written */
    bool statistics, trace, output; /* what is compared */
    bool values;                    /* the trace has values */
    unsigned status, seconds;
    struct tolerance tolerance;
};

/* What became of a test. */
enum suite_end { SUITE_NOT_RUN, SUITE_PASSED, SUITE_FAILED };
struct suite_result {
    enum suite_end end;
    bool accepted;     /* expected/ is another now */
    char failure[256]; /* in one line, if it failed; or what was accepted */
    struct emit text;  /* lines: what moved */
};

struct suite {
    struct suite_test **test;
    struct suite_result *result; /* of each */
    unsigned count;
    unsigned met; /* by suite_find(), those twice that two directories have */
};

/* The tests in and below a directory, by name. False after an error line: no test, or one that cannot be read. */
must_use bool suite_find(struct suite *suite, const char *directory);
void suite_free(struct suite *suite);
/* Keep those whose name or description has this text. */
void suite_filter(struct suite *suite, const char *text);

/* The file `test` of a directory; NULL after an error line. */
struct suite_test *suite_test_read(const char *directory);
void suite_test_free(struct suite_test *test);

/* Words as a test writes them; with `expand` $NAME is what the environment has.  Behind those that there are already.
 * False after an error line, which begins with `where`. */
must_use bool suite_split(struct suite_words *words, const char *text, bool expand, const char *where);
void suite_words_free(struct suite_words *words);

struct suite_run {
    const char *program; /* p9sim's file */
    const char *work;    /* a directory, by its whole path: folder `number` is made there */
    bool accept;         /* what came out is expected from now on */
    const volatile sig_atomic_t *interrupted;
};

/* Run a test and compare.  Safe from several threads, each with a number of its own.  False: it was interrupted;
 * *result is complete all the same. */
must_use bool suite_test_run(const struct suite_run *run, const struct suite_test *test, unsigned number,
                             struct suite_result *result);

/* ---- between the parts ---- */

/* A run that has ended as it should, about to be compared. */
struct suite_job {
    const struct suite_run *run;
    const struct suite_test *test;
    struct suite_result *result;
    char folder[SUITE_PATH]; /* of its own: out/, trace.gz, stdout, stderr */
    char whole[SUITE_PATH];  /* the test's directory by its whole path */
    struct emit failure;     /* what is wrong, parted by "; " */
    struct emit accepted;    /* what is another now */
};

/* Each notes what is wrong, and with run->accept makes it what is expected. */
void suite_judge_statistics(struct suite_job *job);
void suite_judge_trace(struct suite_job *job);
void suite_judge_output(struct suite_job *job);

void suite_wrong(struct suite_job *job, const char *fmt, ...) printf_like(2, 3); /* one more failure */
/* The first lines of a file, each behind eight blanks. */
void suite_quote(struct suite_job *job, const char *path, unsigned lines);

#endif
