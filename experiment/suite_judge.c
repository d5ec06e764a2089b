/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What came out beside what is expected; see suite.h.  What is expected is replaced only by what has been shown to
 * differ, and only if the run ended as it should.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "experiment/child.h"
#include "experiment/suite.h"

enum { PATH_ROOM = SUITE_PATH + 64, PART = 1 << 16, DIFF_LINES = 40, FILE_MOST = 1 << 30 };

struct pair {
    char expected[PATH_ROOM], now[PATH_ROOM];
};

static struct pair pair_of(const struct suite_job *job, const char *expected, const char *now)
{
    struct pair p;

    snprintf(p.expected, sizeof p.expected, "%s/expected/%s", job->whole, expected);
    snprintf(p.now, sizeof p.now, "%s/%s", job->folder, now);
    return p;
}

static bool is_expected(const struct pair *p)
{
    return !access(p->expected, F_OK);
}

/* ---- what is accepted ---- */

static bool save(struct suite_job *job, const struct pair *p, const void *bytes, size_t size)
{
    char directory[PATH_ROOM];

    snprintf(directory, sizeof directory, "%s/expected", job->whole);
    if (mkdir(directory, 0777) && errno != EEXIST) return p9_error("%s: %s", directory, strerror(errno));
    return file_replace(p->expected, bytes, size);
}

static void note_accepted(struct suite_job *job, const char *fmt, ...) printf_like(2, 3);
static void note_accepted(struct suite_job *job, const char *fmt, ...)
{
    char text[200];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    emit_text(&job->accepted, "%s%s", job->accepted.size ? "; " : "", text);
}

static bool copy_file(struct suite_job *job, const struct pair *p)
{
    FILE *file = file_read(p->now);
    struct emit all = {0};
    char part[PART];
    size_t n;
    bool ok = file;

    while (ok && (n = fread(part, 1, sizeof part, file)) > 0) {
        emit_bytes(&all, part, n);
        ok = (!all.failed && all.size <= FILE_MOST) || p9_error("%s: is too large to be kept with a test", p->now);
    }
    ok = ok && (!ferror(file) || p9_error("%s: %s", p->now, strerror(errno))) && save(job, p, all.bytes, all.size);
    if (file) fclose(file);
    emit_free(&all);
    return ok;
}

/* A file that differs, or is not expected yet. */
static void differs(struct suite_job *job, const struct pair *p, const char *what, bool is_new)
{
    if (!job->run->accept && is_new) suite_wrong(job, "%s: nothing is expected yet (--accept)", what);
    else if (!job->run->accept) suite_wrong(job, "%s: it differs", what);
    else if (!copy_file(job, p)) suite_wrong(job, "%s: cannot be accepted", what);
    else note_accepted(job, "%s%s", what, is_new ? " (new)" : "");
}

/* ---- figures ---- */

static void put_figure(struct emit *out, const struct figure *f)
{
    emit_text(out, "%-40s %s\n", f->name, f->value);
}

static void accept_figures(struct suite_job *job, const struct pair *p, const struct figures *now, size_t moved)
{
    struct emit out = {0};
    unsigned count = 0;

    emit_text(&out, "# What is expected of this test, by p9sim suite --accept.\n");
    for (size_t k = 0; k < now->count; k++)
        if (tolerance_wants(&job->test->tolerance, now->item[k].name)) put_figure(&out, &now->item[k]), count++;
    if (!count) suite_wrong(job, "statistics: the run has none of the figures that `only` names");
    else if (out.failed || !save(job, p, out.bytes, out.size)) suite_wrong(job, "statistics: cannot be accepted");
    else if (moved) note_accepted(job, "statistics (%zu figures moved)", moved);
    else note_accepted(job, "statistics (%u figures, new)", count);
    emit_free(&out);
}

static void compare_figures(struct suite_job *job, const struct pair *p, const struct figures *now)
{
    struct figures expected;
    struct differences d = {.count = 0};

    if (figures_read(&expected, p->expected) && differences_find(&d, &expected, now, &job->test->tolerance)) {
        differences_table(&d, "expected", "now", "        ", &job->result->text);
        if (!d.compared) suite_wrong(job, "statistics: expected/stats.txt has none of the figures that `only` names");
        else if (d.count && job->run->accept) accept_figures(job, p, now, d.moved);
        else if (d.count) suite_wrong(job, "statistics: %zu of %zu figures moved", d.moved, d.compared);
    } else {
        suite_wrong(job, "statistics: what is expected cannot be read");
    }
    differences_free(&d);
    figures_free(&expected);
}

void suite_judge_statistics(struct suite_job *job)
{
    struct pair p = pair_of(job, "stats.txt", "out/stats.txt");
    struct figures now;

    if (!figures_read(&now, p.now)) suite_wrong(job, "statistics: the run has left none");
    else if (is_expected(&p)) compare_figures(job, &p, &now);
    else if (job->run->accept) accept_figures(job, &p, &now, 0);
    else suite_wrong(job, "statistics: nothing is expected yet (--accept)");
    figures_free(&now);
}

/* ---- files ---- */

enum sameness { SAME, DIFFERENT, UNREADABLE };

static enum sameness compare_streams(FILE *a, FILE *b)
{
    static _Thread_local char part[2][PART];

    for (;;) {
        size_t n = fread(part[0], 1, PART, a), m = fread(part[1], 1, PART, b);

        if (ferror(a) || ferror(b)) return UNREADABLE;
        if (n != m || memcmp(part[0], part[1], n) != 0) return DIFFERENT;
        if (!n) return SAME;
    }
}

static enum sameness compare_files(const struct pair *p)
{
    FILE *a = file_read(p->expected), *b = a ? file_read(p->now) : NULL;
    enum sameness is = a && b ? compare_streams(a, b) : UNREADABLE;

    if (a) fclose(a);
    if (b) fclose(b);
    return is;
}

/* The first line of each that the other has not, where it stands. */
static void quote_first_difference(struct suite_job *job, const struct pair *p)
{
    FILE *a = fopen(p->expected, "re"), *b = fopen(p->now, "re");
    char line[2][256];
    struct emit *out = &job->result->text;

    for (unsigned number = 1; a && b; number++) {
        bool has_a = fgets(line[0], sizeof line[0], a), has_b = fgets(line[1], sizeof line[1], b);

        if (has_a && has_b && !strcmp(line[0], line[1])) continue;
        for (unsigned k = 0; k < 2; k++) {
            for (char *c = line[k]; *c; c++)
                if ((u8)*c < ' ' || *c == 0x7f) *c = *c == '\n' ? 0 : '?';
            if (k ? has_b : has_a) emit_text(out, "        line %u %s: %s\n", number, k ? "now" : "expected", line[k]);
            else emit_text(out, "        line %u %s: it ends before\n", number, k ? "now" : "expected");
        }
        break;
    }
    if (a) fclose(a);
    if (b) fclose(b);
}

void suite_judge_output(struct suite_job *job)
{
    struct pair p = pair_of(job, "output.txt", "stdout");
    enum sameness is = is_expected(&p) ? compare_files(&p) : DIFFERENT;

    if (is == UNREADABLE) suite_wrong(job, "output: cannot be read");
    if (is != DIFFERENT) return;
    if (is_expected(&p)) quote_first_difference(job, &p);
    differs(job, &p, "output", !is_expected(&p));
}

/* ---- traces ---- */

/* The same records may be packed otherwise, and a test may say what is not to be compared: p9sim trace diff knows. */
static enum sameness compare_records(struct suite_job *job, struct pair *p)
{
    struct suite_words w = {.count = 0};
    char out[PATH_ROOM], err[PATH_ROOM], expected[] = "expected/trace.gz";
    const struct child child = {job->run->program,  (const char *const *)w.word, job->whole, out, err,
                                job->test->seconds, job->run->interrupted};
    enum child_end end = CHILD_NOT_STARTED;
    int number = 0;

    snprintf(out, sizeof out, "%s/diff", job->folder);
    snprintf(err, sizeof err, "%s/diff-stderr", job->folder);
    if (suite_split(&w, "p9sim trace diff", false, "diff") &&
        (!job->test->diff.size || suite_split(&w, job->test->diff.bytes, true, "diff")) && w.count + 3 <= SUITE_WORDS) {
        unsigned own = w.count;

        w.word[w.count++] = expected;
        w.word[w.count++] = p->now;
        w.word[w.count] = NULL;
        end = child_run(&child, &number);
        w.count = own;
    }
    suite_words_free(&w);
    if (end == CHILD_EXITED && number == 0) return SAME;
    suite_quote(job, out, DIFF_LINES);
    suite_quote(job, err, DIFF_LINES);
    return DIFFERENT;
}

void suite_judge_trace(struct suite_job *job)
{
    struct pair p = pair_of(job, "trace.gz", "trace.gz");
    enum sameness is = is_expected(&p) ? compare_files(&p) : DIFFERENT;

    if (is == DIFFERENT && is_expected(&p)) is = compare_records(job, &p);
    if (is == UNREADABLE) suite_wrong(job, "trace: cannot be read");
    if (job->run->interrupted && *job->run->interrupted) return; /* nobody knows */
    if (is == DIFFERENT) differs(job, &p, "trace", !is_expected(&p));
}
