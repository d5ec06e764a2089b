/* SPDX-License-Identifier: Apache-2.0 */
/* One regression test: its run, and what is made of it; see suite.h. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "experiment/child.h"
#include "experiment/suite.h"

enum { QUOTED_LINES = 8, QUOTED_BYTES = 300 };

/* ---- what is said of it ---- */

void suite_wrong(struct suite_job *job, const char *fmt, ...)
{
    char text[256];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    emit_text(&job->failure, "%s%s", job->failure.size ? "; " : "", text);
}

/* Nothing but text goes to the terminal, and nothing that is another name each time: the folder is "now". */
static void quote_line(struct suite_job *job, char *line)
{
    char *folder = strstr(line, job->folder), *end = line + strlen(line);

    while (end > line && end[-1] == ' ') *--end = 0;
    for (char *c = line; *c; c++)
        if ((u8)*c < ' ' || *c == 0x7f) *c = *c == '\t' ? ' ' : '?';
    if (folder)
        emit_text(&job->result->text, "        %.*snow%s\n", (int)(folder - line), line, folder + strlen(job->folder));
    else emit_text(&job->result->text, "        %s\n", line);
}

void suite_quote(struct suite_job *job, const char *path, unsigned lines)
{
    FILE *file = fopen(path, "re");
    char line[QUOTED_BYTES];
    unsigned said = 0;

    while (file && said < lines && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        quote_line(job, line);
        said++;
    }
    if (file && fgets(line, sizeof line, file)) emit_text(&job->result->text, "        ...\n");
    if (file) fclose(file);
}

/* Error lines of this thread belong to the test that it runs. */
static _Thread_local struct suite_job *current;
static void take_error(const char *text)
{
    emit_text(&current->result->text, "        %s\n", text);
}

/* ---- the run ---- */

static bool add_word(struct suite_words *w, const char *fmt, ...) printf_like(2, 3);
static bool add_word(struct suite_words *w, const char *fmt, ...)
{
    char text[SUITE_PATH + 64];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (w->count + 1 >= SUITE_WORDS) return p9_error("run: more than %d words", SUITE_WORDS - 2);
    w->word[w->count] = strdup(text);
    return w->word[w->count++] || p9_error("run: the host has no memory");
}

/* p9sim, the subcommand, where results go, and the other words: `exec` wants options in front of its program. */
static bool words_of(const struct suite_job *job, struct suite_words *all)
{
    struct suite_words own = {.count = 0};
    const struct suite_test *t = job->test;
    bool ok = suite_split(&own, t->run.bytes, true, "run") && add_word(all, "p9sim") &&
              add_word(all, "%s", own.count ? own.word[0] : "");

    if (ok && t->statistics) ok = add_word(all, "--out") && add_word(all, "%s/out", job->folder);
    if (ok && (t->statistics || t->trace)) ok = add_word(all, "--quiet");
    if (ok && t->trace)
        ok = add_word(all, "--trace") &&
             add_word(all, "%s/trace.gz,format=%s", job->folder, t->values ? "state,values" : "state");
    for (unsigned k = 1; ok && k < own.count; k++) ok = add_word(all, "%s", own.word[k]);
    suite_words_free(&own);
    return ok;
}

static enum child_end run_words(const struct suite_job *job, struct suite_words *words, int *number)
{
    char out[SUITE_PATH + 16], err[SUITE_PATH + 16];
    const struct child child = {.program = job->run->program,
                                .arguments = (const char *const *)words->word,
                                .directory = job->whole,
                                .out = out,
                                .err = err,
                                .seconds = job->test->seconds,
                                .interrupted = job->run->interrupted};

    snprintf(out, sizeof out, "%s/stdout", job->folder);
    snprintf(err, sizeof err, "%s/stderr", job->folder);
    words->word[words->count] = NULL;
    return child_run(&child, number);
}

static void judge_end(struct suite_job *job, enum child_end end, int number)
{
    char err[SUITE_PATH + 16];

    switch (end) {
    case CHILD_EXITED:
        if ((unsigned)number == job->test->status) return;
        suite_wrong(job, "exit status %d, not %u", number, job->test->status);
        break;
    case CHILD_KILLED: suite_wrong(job, "p9sim was ended by signal %d (%s)", number, strsignal(number)); break;
    case CHILD_TOO_LONG: suite_wrong(job, "not over after %u seconds", job->test->seconds); break;
    case CHILD_NOT_STARTED: suite_wrong(job, "%s: %s", job->run->program, strerror(number)); break;
    case CHILD_INTERRUPTED: return;
    }
    snprintf(err, sizeof err, "%s/stderr", job->folder);
    suite_quote(job, err, QUOTED_LINES);
}

static void compare(struct suite_job *job)
{
    if (job->test->statistics) suite_judge_statistics(job);
    if (job->test->output) suite_judge_output(job);
    if (job->test->trace) suite_judge_trace(job);
}

/* False: it was interrupted. */
static bool run_and_compare(struct suite_job *job)
{
    struct suite_words words = {.count = 0};
    enum child_end end = CHILD_EXITED;
    int number;
    bool ok = words_of(job, &words);

    if (ok) end = run_words(job, &words, &number);
    else suite_wrong(job, "its words cannot be made");
    suite_words_free(&words);
    if (ok) judge_end(job, end, number);
    if (ok && !job->failure.size && end != CHILD_INTERRUPTED) compare(job);
    return end != CHILD_INTERRUPTED && !(job->run->interrupted && *job->run->interrupted);
}

static bool make_folder(struct suite_job *job, unsigned number)
{
    char whole[PATH_MAX];

    if (!realpath(job->test->directory, whole) || strlen(whole) >= sizeof job->whole)
        return p9_error("%s: %s", job->test->directory, errno ? strerror(errno) : "this path is too long");
    snprintf(job->whole, sizeof job->whole, "%.*s", (int)sizeof job->whole - 1, whole);
    if ((size_t)snprintf(job->folder, sizeof job->folder, "%s/%u", job->run->work, number) >= sizeof job->folder)
        return p9_error("%.80s...: this path is too long", job->run->work);
    return !mkdir(job->folder, 0777) || errno == EEXIST || p9_error("%s: %s", job->folder, strerror(errno));
}

static void conclude(struct suite_job *job)
{
    struct suite_result *r = job->result;
    bool memory = !job->failure.failed && !job->accepted.failed && !r->text.failed;
    const char *what = !memory ? "the host has no memory" : job->failure.size ? job->failure.bytes : "";

    r->end = *what ? SUITE_FAILED : SUITE_PASSED;
    r->accepted = memory && job->accepted.size;
    if (r->accepted && !*what) what = job->accepted.bytes;
    snprintf(r->failure, sizeof r->failure, "%s", what);
}

bool suite_test_run(const struct suite_run *run, const struct suite_test *test, unsigned number,
                    struct suite_result *result)
{
    struct suite_job *job = calloc(1, sizeof *job);
    bool ok = true;

    *result = (struct suite_result){.end = SUITE_FAILED, .failure = "the host has no memory"};
    if (!job) return true;
    *job = (struct suite_job){.run = run, .test = test, .result = result};
    current = job;
    log_errors_to(take_error);
    if (make_folder(job, number)) ok = run_and_compare(job);
    else suite_wrong(job, "it has no folder to work in");
    log_errors_to(NULL);
    if (ok) conclude(job);
    else result->end = SUITE_NOT_RUN;
    emit_free(&job->failure);
    emit_free(&job->accepted);
    free(job);
    return ok;
}
