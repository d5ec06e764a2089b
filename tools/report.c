/* SPDX-License-Identifier: Apache-2.0 */
/*
 * p9sim report: what a finished run has to say, in short.  The run wrote it down for people as the comments at the
 * head of stats.txt; this shows them, what the what-if settings came to, and where the whole report lies.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "tools/cli.h"

enum { LINE_MAX_BYTES = 1024 };

static bool begins(const char *line, const char *with)
{
    return !strncmp(line, with, strlen(with));
}

/* The file may have come from anywhere: nothing but text goes to the terminal. */
static void print_line(const char *line)
{
    for (; *line && *line != '\n'; line++) putchar((u8)*line < ' ' || *line == 0x7f ? '?' : *line);
    putchar('\n');
}

static bool show(const char *path, FILE *file)
{
    char line[LINE_MAX_BYTES];

    if (!fgets(line, sizeof line, file) || !begins(line, "# p9sim "))
        return p9_error("report: %s was not written by p9sim", path);
    print_line(line + 2);
    while (fgets(line, sizeof line, file)) {
        if (*line == '#') print_line(line + 1);
        else if (begins(line, "what_if.") || begins(line, "variant.") || begins(line, "invariants_")) print_line(line);
    }
    return !ferror(file) || p9_error("report: %s: %s", path, strerror(errno));
}

/* The tables of `p9sim nested --depth`, if this run was one. */
static bool show_tower(const char *dir)
{
    char path[4096], line[LINE_MAX_BYTES];
    FILE *file;
    bool ok;

    snprintf(path, sizeof path, "%.4000s/nested.txt", dir);
    if (access(path, F_OK)) return true;
    file = file_read(path);
    if (!file) return false;
    putchar('\n');
    while (fgets(line, sizeof line, file)) print_line(line);
    ok = !ferror(file) || p9_error("report: %s: %s", path, strerror(errno));
    fclose(file);
    return ok;
}

static int run(struct options *options)
{
    const char *dir = options->words.count ? options->words.item[0] : "p9out";
    char path[4096];
    struct stat st;
    FILE *file;
    bool ok;

    if ((size_t)snprintf(path, sizeof path, "%s/stats.txt", dir) >= sizeof path) {
        p9_error("report: this path is too long");
        return EXIT_BAD_INPUT;
    }
    if (access(path, F_OK)) {
        p9_error("report: %s: %s; give the --out directory of a finished run", path, strerror(errno));
        return EXIT_BAD_INPUT;
    }
    file = file_read(path);
    if (!file) return EXIT_BAD_INPUT;
    ok = show(path, file);
    fclose(file);
    ok = ok && show_tower(dir);
    snprintf(path, sizeof path, "%.4000s/report.html", dir);
    if (ok && !stat(path, &st)) printf("the whole report: %s\n", path);
    return ok ? EXIT_FINE : EXIT_BAD_INPUT;
}

static const struct cli_row *const tables[] = {NULL};

const struct command command_report = {
    .name = "report",
    .arguments = "[DIR]",
    .summary = "Show what a finished run has to say.",
    .details = "DIR is what --out named (default p9out). Figures for programs are in DIR/stats.json.\n",
    .tables = tables,
    .words_most = 1,
    .run = run,
};
