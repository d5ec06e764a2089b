/* SPDX-License-Identifier: Apache-2.0 */
/* p9sim compare: what moved between two runs; see stats/difference.h. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/log.h"
#include "stats/difference.h"
#include "stats/junit.h"
#include "tools/cli.h"

static bool read_tolerance(const struct options *o, struct tolerance *t)
{
    *t = (struct tolerance){.thresholds = 0};
    for (unsigned k = 0; k < o->threshold.count; k++)
        if (!tolerance_threshold(t, o->threshold.item[k], "--threshold")) return false;
    for (unsigned k = 0; k < o->only.count; k++)
        if (!tolerance_only(t, o->only.item[k], "--only")) return false;
    return true;
}

static bool is_directory(const char *path)
{
    struct stat st;

    return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static bool ends_in_json(const char *path)
{
    size_t n = strlen(path);

    return n > 5 && !strcmp(path + n - 5, ".json");
}

/* Of a directory beside a stats.json the same document is taken: names of processes differ in the two. */
static bool read_run(struct figures *f, const char *path, const char *other)
{
    char inside[4096];

    if (!is_directory(path) || !ends_in_json(other)) return figures_read(f, path);
    if ((size_t)snprintf(inside, sizeof inside, "%s/stats.json", path) >= sizeof inside)
        return p9_error("compare: this path is too long");
    return figures_read(f, inside);
}

static void print(const struct differences *d, const struct options *o)
{
    struct emit e = {0};

    if (o->json) {
        differences_json(d, o->words.item[0], o->words.item[1], &e);
    } else {
        differences_table(d, "A", "B", "", &e);
        if (d->count)
            emit_text(&e, "%zu of %zu figures moved: A is %s, B is %s\n", d->moved, d->compared, o->words.item[0],
                      o->words.item[1]);
    }
    if (e.failed) p9_error("compare: the host has no memory for the table");
    else if (e.bytes) fputs(e.bytes, stdout);
    emit_free(&e);
}

static bool save_junit(const struct differences *d, const struct options *o)
{
    struct junit junit = {.tests = 0};
    struct emit table = {0}, message = {0};
    bool ok;

    differences_table(d, "A", "B", "", &table);
    emit_text(&message, "%zu of %zu figures moved", d->moved, d->compared);
    ok = !table.failed && !message.failed;
    if (ok)
        junit_case(&junit, o->words.item[0], o->words.item[1], d->count ? message.bytes : NULL,
                   table.bytes ? table.bytes : "");
    else p9_error("%s: the host has no memory for it", o->junit);
    emit_free(&table);
    emit_free(&message);
    return ok && junit_save(&junit, "p9sim compare", o->junit);
}

static int compare(const struct options *o, const struct figures *a, const struct figures *b, const struct tolerance *t)
{
    struct differences d;
    int status = EXIT_BAD_INPUT;

    if (differences_find(&d, a, b, t)) {
        if (t->onlys && !d.compared) p9_error("compare: --only names no figure of either run");
        else {
            print(&d, o);
            status = d.count ? EXIT_DIFFERS : EXIT_FINE;
        }
        if (status != EXIT_BAD_INPUT && o->junit && !save_junit(&d, o)) status = EXIT_BAD_INPUT;
    }
    differences_free(&d);
    return status;
}

static int run(struct options *o)
{
    struct tolerance *t = calloc(1, sizeof *t);
    struct figures a = {.count = 0}, b = {.count = 0};
    int status = EXIT_BAD_INPUT;

    if (!t) p9_error("compare: the host has no memory");
    if (t && read_tolerance(o, t) && read_run(&a, o->words.item[0], o->words.item[1]) &&
        read_run(&b, o->words.item[1], o->words.item[0]))
        status = compare(o, &a, &b, t);
    figures_free(&a);
    figures_free(&b);
    free(t);
    return status;
}

#define AT(field) offsetof(struct options, field)
static const struct cli_row rows[] = {
    {"threshold", "NAME=AMOUNT", NULL, KIND_LIST, AT(threshold), NULL,
     "say nothing of what moved by no more: tlb_miss=100, cycles=2%, 'level1.walk_*=1%', idle_cycles=any; default=1% "
     "for "
     "all that no other one names"},
    {"only", "NAMES", NULL, KIND_LIST, AT(only), NULL, "look at these figures alone: names, parted by commas"},
    {"json", NULL, NULL, KIND_FLAG, AT(json), NULL, "what moved as JSON instead of a table"},
    {"junit", "FILE", NULL, KIND_TEXT, AT(junit), NULL, "write the result into FILE as JUnit's XML too"},
    {.name = NULL},
};
static const struct cli_row *const tables[] = {rows, NULL};

const struct command command_compare = {
    .name = "compare",
    .arguments = "A B",
    .summary = "Show which figures of two runs differ.",
    .details = "A and B are --out directories of finished runs, or stats.txt or stats.json files of theirs. NAME may "
               "have * and ?:\n"
               "with a dot it is a whole name as stats.txt has it (all.tlb_miss: of the whole run), without one the "
               "last part of\n"
               "it, at every level and in every partition. The last NAME that fits counts. What the host contributed "
               "(time, date)\n"
               "is no figure. Of a stats.json totals, rates, accounts and regions are compared; a directory has all.\n"
               "Exit status: 0 nothing differs by more than it may, 5 something does, 1 a file that cannot "
               "be read.\n",
    .tables = tables,
    .words_least = 2,
    .words_most = 2,
    .run = run,
};
