/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See progress.h.  A run has a known end only if it has a limit, and then the greater of its two shares is how far it
 * is; how long it will take yet is told from the pace so far.  What a tower of guests will take nobody knows, so of one
 * it is said which level it is at.
 */
#include "tools/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/emit.h"
#include "base/file.h"
#include "machine/machine_report.h"
#include "tools/session.h"

enum { LOOK_SECONDS = 1, PLAIN_SECONDS = 5, USUAL_WIDTH = 80, LINE_BYTES = 1024, OTHER_BYTES = 4096 + 32 };

double progress_host_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ---- how far it is ---- */

/* Of 1; less than 0: nobody knows. */
static double share_of(double done, double since, double most)
{
    if (most <= since) return -1;
    return done >= most ? 1 : (done - since) / (most - since);
}

static double share(const struct progress *p, const struct machine *m)
{
    const struct config *c = &p->options->config;
    double insns =
        c->max_insns ? share_of((double)machine_completed(m), (double)p->since_insns, (double)c->max_insns) : -1;
    double time = c->max_seconds ? share_of(machine_seconds(m), p->since_seconds, (double)c->max_seconds * 1e-9) : -1;

    return insns > time ? insns : time;
}

/* Host seconds until the limit; less than 0: nobody knows. */
static double remaining(double share, double spent)
{
    return share > 0 ? spent * (1 - share) / share : -1;
}

/* Simulated here, not by the run that saved a restored machine. */
static double mips(const struct progress *p, const struct machine *m, double spent)
{
    return spent > 0 ? (double)(machine_completed(m) - p->since_insns) / 1e6 / spent : 0;
}

static void where_it_is(const struct progress *p, char *out, size_t size)
{
    *out = 0;
    if (p->judge && p->judge->where) p->judge->where(p->judge->self, out, size);
}

/* ---- the line ---- */

static void describe(const struct progress *p, const struct machine *m, double spent, char *out, size_t size)
{
    char who[64], where[64], how_far[64] = "";
    double part = share(p, m), left = remaining(part, spent);

    machine_who_runs(m, who, sizeof who);
    where_it_is(p, where, sizeof where);
    if (part >= 0 && left >= 0) snprintf(how_far, sizeof how_far, "%.0f %%, %.0f s left: ", part * 100, left);
    snprintf(out, size, "p9sim: %s%.3f s, %.1f M instructions, %.1f MIPS, %s%s%s", how_far, machine_seconds(m),
             (double)machine_completed(m) / 1e6, mips(p, m, spent), where, *where ? ": " : "", who);
}

/* One that is as wide as the terminal would begin a line of its own. */
static unsigned width_of_terminal(void)
{
    struct winsize size;

    return !ioctl(STDERR_FILENO, TIOCGWINSZ, &size) && size.ws_col > 1 ? size.ws_col : USUAL_WIDTH;
}

static void tell_tree(struct progress *p, const struct machine *m)
{
    char tree[512];

    if (machine_tree_changes(m) == p->tree_told) return;
    p->tree_told = machine_tree_changes(m);
    machine_tree(m, tree, sizeof tree);
    fprintf(stderr, "\rp9sim: %s\033[K\n", tree);
}

static void tell_line(struct progress *p, const struct machine *m, double now)
{
    char line[LINE_BYTES];

    if (!p->line || (!p->on_terminal && now - p->said < PLAIN_SECONDS)) return;
    p->said = now;
    describe(p, m, now - p->started, line, sizeof line);
    if (p->on_terminal) {
        tell_tree(p, m);
        fprintf(stderr, "\r%.*s\033[K", (int)width_of_terminal() - 1, line);
    } else {
        fprintf(stderr, "%s\n", line);
    }
    fflush(stderr);
}

void progress_clear_line(const struct progress *p)
{
    if (p->line && p->on_terminal) fputs("\r\033[K", stderr);
}

/* ---- the file ---- */

static void emit_known(struct emit *e, const char *key, double value, unsigned decimals)
{
    if (value >= 0) emit_fixed(e, key, value, decimals);
    else emit_null(e, key);
}

/* end NULL: it runs. */
static void document(const struct progress *p, const struct machine *m, const char *end, enum exit_status status,
                     struct emit *e)
{
    double spent = progress_host_seconds() - p->started, part = share(p, m);
    char who[64], where[64], tree[512];

    machine_who_runs(m, who, sizeof who);
    machine_tree(m, tree, sizeof tree);
    where_it_is(p, where, sizeof where);
    emit_open(e, NULL, '{');
    emit_u64(e, "schema", 1);
    emit_string(e, "state", end ? "finished" : "running");
    emit_u64(e, "pid", (u64)getpid());
    emit_u64(e, "host_time", (u64)time(NULL));
    emit_fixed(e, "host_seconds", spent, 3);
    emit_u64(e, "instructions", machine_completed(m));
    emit_fixed(e, "guest_seconds", machine_seconds(m), 6);
    emit_fixed(e, "mips", mips(p, m, spent), 1);
    emit_known(e, "percent", part * 100, 1);
    emit_known(e, "remaining_seconds", end ? 0 : remaining(part, spent), 0);
    emit_string(e, "runs", who);
    emit_string(e, "where", *where ? where : NULL);
    emit_string(e, "partitions", tree);
    emit_u64(e, "level", machine_deepest_level(m));
    emit_string(e, "end", end);
    if (end) emit_u64(e, "exit_status", status);
    else emit_null(e, "exit_status");
    emit_close(e, '}');
}

/* Under another name first, so that nobody reads half of it. */
static bool save_beside(const char *path, char other[OTHER_BYTES], const struct emit *e)
{
    int fd;

    snprintf(other, OTHER_BYTES, "%.4095s.%ld", path, (long)getpid());
    fd = open(other, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0) return p9_error("--progress-file %s: %s", path, strerror(errno));
    if (file_put(fd, other, e->bytes, e->size)) return true;
    unlink(other);
    return false;
}

static bool save_as(const char *path, const struct emit *e)
{
    char other[OTHER_BYTES];

    if (!save_beside(path, other, e)) return false;
    if (!rename(other, path)) return true;
    p9_error("--progress-file %s: %s", path, strerror(errno));
    unlink(other);
    return false;
}

/* One that cannot be written is said once, and harms nobody else. */
static void save(struct progress *p, const struct machine *m, const char *end, enum exit_status status)
{
    const char *path = p->options->progress_file;
    bool into_out = p->results->dir && !end;
    struct emit e = {0};

    if (p->file_failed || (!path && !into_out)) return;
    document(p, m, end, status, &e);
    p->file_failed =
        e.failed || (path && !save_as(path, &e)) || (into_out && !results_save(p->results, RESULT_PROGRESS_JSON, &e));
    emit_free(&e);
}

/* ---- the run ---- */

/* A file can be made beside it, since that is how it is written. */
static bool is_place(const char *path)
{
    struct emit nothing = {.bytes = (char[]){""}};
    struct stat st;
    char other[OTHER_BYTES];

    if (!stat(path, &st) && !S_ISREG(st.st_mode)) return p9_error("--progress-file %s: is not a plain file", path);
    if (!save_beside(path, other, &nothing)) return false;
    unlink(other);
    return true;
}

bool progress_open(struct progress *p, const struct options *o, const struct results *results)
{
    bool on_stdio = !strcmp(o->console, "stdio"), on_terminal = isatty(STDERR_FILENO);

    *p = (struct progress){.options = o,
                           .results = results,
                           .on_terminal = on_terminal,
                           .line = !o->quiet && (o->progress || (on_terminal && !on_stdio))};
    p->started = p->looked = p->said = progress_host_seconds();
    return !o->progress_file || is_place(o->progress_file);
}

void progress_begin(struct progress *p, const struct machine *m, const struct session_judge *judge)
{
    p->judge = judge;
    p->started = p->looked = p->said = progress_host_seconds();
    p->since_insns = machine_completed(m);
    p->since_seconds = machine_seconds(m);
    save(p, m, NULL, EXIT_FINE);
}

void progress_tell(struct progress *p, const struct machine *m)
{
    double now = progress_host_seconds();

    if (now - p->looked < LOOK_SECONDS) return;
    p->looked = now;
    tell_line(p, m, now);
    save(p, m, NULL, EXIT_FINE);
}

void progress_end(struct progress *p, const struct machine *m, const char *end, enum exit_status status)
{
    if (p->results->dir && !results_remove(p->results, RESULT_PROGRESS_JSON)) return;
    save(p, m, end, status);
}
