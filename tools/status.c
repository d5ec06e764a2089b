/* SPDX-License-Identifier: Apache-2.0 */
/*
 * p9sim status: how far a run is, or how it ended.  A run locks its --out directory and keeps progress.json there until
 * its results are written: so one that is locked runs, one that has the file and is not locked died before its end, and
 * one with results and without the file has ended.  Of a file of --progress-file its process says whether it lives.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "stats/results.h"
#include "tools/cli.h"

enum { FILE_BYTES = 8192, LINE_BYTES = 4096, VALUE_BYTES = 600 };

struct document {
    char text[FILE_BYTES];
};

/* ---- reading what p9sim wrote: one member a line ---- */

/* False: the file is not there, or cannot be read (an error line). */
static bool read_document(const char *path, struct document *d)
{
    FILE *file = access(path, F_OK) ? NULL : file_read(path);
    size_t n = file ? fread(d->text, 1, sizeof d->text - 1, file) : 0;

    d->text[n] = 0;
    if (file) fclose(file);
    return n > 0;
}

/* A number, or a string without its quotes; "" of null.  The file may have come from anywhere: nothing but text is
 * handed on. */
static void take_value(const char *at, char value[VALUE_BYTES])
{
    bool is_string = *at == '"';
    size_t n = 0;

    for (at += is_string; *at && *at != '\n' && *at != (is_string ? '"' : ',') && n < VALUE_BYTES - 1; at++) {
        if (*at == '\\' && at[1]) at++; /* what it stands for is no text, or is itself */
        value[n++] = (u8)*at < ' ' || *at == 0x7f ? '?' : *at;
    }
    value[n] = 0;
    if (!is_string && !strcmp(value, "null")) *value = 0;
}

/* The value of the first member of that name; "" if there is none. */
static const char *value_of(const struct document *d, const char *member, char value[VALUE_BYTES])
{
    char key[64];
    const char *at;

    snprintf(key, sizeof key, "\n  \"%s\": ", member);
    at = strstr(d->text, key);
    *value = 0;
    if (at) take_value(at + strlen(key), value);
    return value;
}

/* ---- what is said ---- */

static void print_member(const struct document *d, const char *member, const char *before, const char *behind)
{
    char value[VALUE_BYTES];

    if (*value_of(d, member, value)) printf("  %s%s%s\n", before, value, behind);
}

static void print_progress(const struct document *d)
{
    char a[VALUE_BYTES], b[VALUE_BYTES], c[VALUE_BYTES];

    printf("  %s s of guest time, %s instructions, %s MIPS\n", value_of(d, "guest_seconds", a),
           value_of(d, "instructions", b), value_of(d, "mips", c));
    if (*value_of(d, "percent", a) && *value_of(d, "remaining_seconds", b))
        printf("  %s %% of its limit; about %s s left\n", a, b);
    print_member(d, "where", "", "");
    print_member(d, "runs", "runs: ", "");
    print_member(d, "partitions", "partitions: ", "");
}

static int running(const char *path, const struct document *d)
{
    char pid[VALUE_BYTES];

    printf("%s: running", path);
    if (!d) puts(", and has told nothing yet");
    else if (*value_of(d, "pid", pid)) printf(", process %s\n", pid);
    if (d) print_progress(d);
    return EXIT_FINE;
}

static int died(const char *path, const struct document *d)
{
    char pid[VALUE_BYTES];

    printf("%s: process %s died before its end\n", path, value_of(d, "pid", pid));
    print_progress(d);
    return EXIT_BAD_INPUT;
}

static int finished(const char *path, const char *end, const char *exit_status)
{
    printf("%s: finished: %s (exit status %s)\n", path, end, exit_status);
    return EXIT_FINE;
}

static int no_run(const char *path)
{
    p9_error("status: %s: there is no run of p9sim; give its --out directory or --progress-file", path);
    return EXIT_BAD_INPUT;
}

/* ---- a directory ---- */

/* Of the member "run" of stats.json, which stands at its end. */
static bool read_end(FILE *file, char end[VALUE_BYTES], char exit_status[VALUE_BYTES])
{
    static const char end_key[] = "    \"end\": ", status_key[] = "    \"exit_status\": ";
    char line[LINE_BYTES];
    bool behind = false;

    *end = *exit_status = 0;
    while (fgets(line, sizeof line, file)) {
        behind |= !strcmp(line, "  \"run\": {\n");
        if (behind && !strncmp(line, end_key, strlen(end_key))) take_value(line + strlen(end_key), end);
        if (behind && !strncmp(line, status_key, strlen(status_key)))
            take_value(line + strlen(status_key), exit_status);
    }
    return *end && *exit_status;
}

static int status_of_results(const char *dir, const char *path)
{
    char end[VALUE_BYTES], exit_status[VALUE_BYTES];
    FILE *file = access(path, F_OK) ? NULL : file_read(path);
    bool known = file && read_end(file, end, exit_status);

    if (file) fclose(file);
    return known ? finished(dir, end, exit_status) : no_run(dir);
}

/* ---- a directory, and a file ---- */

static int status_of_directory(const char *dir)
{
    char progress[4200], stats[4200];
    bool runs, tells;
    struct document d;

    snprintf(progress, sizeof progress, "%.4000s/%s", dir, result_name(RESULT_PROGRESS_JSON));
    snprintf(stats, sizeof stats, "%.4000s/%s", dir, result_name(RESULT_STATS_JSON));
    runs = results_in_use(dir); /* first: one that ends now has left its results by then */
    tells = read_document(progress, &d);
    if (runs) return running(dir, tells ? &d : NULL);
    return tells ? died(dir, &d) : status_of_results(dir, stats);
}

static int status_of_file(const char *path)
{
    char state[VALUE_BYTES], pid[VALUE_BYTES], end[VALUE_BYTES];
    struct document d;
    long number;

    if (!read_document(path, &d) || !*value_of(&d, "state", state) || !*value_of(&d, "pid", pid)) return no_run(path);
    number = strtol(pid, NULL, 10);
    if (!strcmp(state, "finished")) return finished(path, value_of(&d, "end", end), value_of(&d, "exit_status", pid));
    if (number <= 0) return no_run(path);
    return kill((pid_t)number, 0) && errno == ESRCH ? died(path, &d) : running(path, &d);
}

static int run(struct options *options)
{
    const char *path = options->words.count ? options->words.item[0] : "p9out";
    struct stat st;

    if (stat(path, &st)) {
        p9_error("status: %s: %s; give the --out directory of a run or its --progress-file", path, strerror(errno));
        return EXIT_BAD_INPUT;
    }
    return S_ISDIR(st.st_mode) ? status_of_directory(path) : status_of_file(path);
}

static const struct cli_row *const tables[] = {NULL};

const struct command command_status = {
    .name = "status",
    .arguments = "[DIR | FILE]",
    .summary = "Tell how far a run is, or how it ended.",
    .details = "DIR is the --out directory of the run (default p9out), FILE its --progress-file.\n"
               "Exit status: 0 it runs or has finished, 1 it died before its end, or there is no run.\n",
    .tables = tables,
    .words_most = 1,
    .run = run,
};
