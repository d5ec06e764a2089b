/* SPDX-License-Identifier: Apache-2.0 */
/* Which tests there are; see suite.h.  A directory with a file `test` is one, and nothing below it is looked at. */
#include "experiment/suite.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"

enum { DEPTH_MAX = 8, TESTS_MAX = 100000 };

static bool is_directory(const char *path)
{
    struct stat st;

    return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/* Links below are not followed: they may lead back. */
static bool is_own_directory(const char *path)
{
    struct stat st;

    return !lstat(path, &st) && S_ISDIR(st.st_mode);
}

static bool has_test(const char *directory)
{
    char path[SUITE_PATH + 8];
    struct stat st;

    snprintf(path, sizeof path, "%s/test", directory);
    return !stat(path, &st) && !S_ISDIR(st.st_mode);
}

static bool is_there(const struct suite *s, const char *directory)
{
    for (unsigned k = 0; k < s->count; k++)
        if (!strcmp(s->test[k]->directory, directory)) return true;
    return false;
}

static bool add(struct suite *s, const char *directory)
{
    struct suite_test **tests;
    struct suite_result *results;

    s->met++;
    if (is_there(s, directory)) return true;
    if (s->count == TESTS_MAX) return p9_error("%s: more than %d tests", directory, TESTS_MAX);
    tests = realloc(s->test, (s->count + 1) * sizeof(struct suite_test *));
    if (tests) s->test = tests;
    results = realloc(s->result, (s->count + 1) * sizeof *results);
    if (results) s->result = results;
    if (!tests || !results) return p9_error("%s: the host has no memory", directory);
    s->test[s->count] = suite_test_read(directory);
    if (!s->test[s->count]) return false;
    s->result[s->count++] = (struct suite_result){.end = SUITE_NOT_RUN};
    return true;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static bool look(struct suite *s, const char *directory, unsigned depth);

static bool look_below(struct suite *s, const char *directory, unsigned depth)
{
    struct dirent **entry;
    int count = scandir(directory, &entry, is_visible, alphasort);
    bool ok = count >= 0 || p9_error("%s: %s", directory, strerror(errno));

    for (int k = 0; k < count; k++) {
        char path[SUITE_PATH];
        bool fits = (size_t)snprintf(path, sizeof path, "%s/%s", directory, entry[k]->d_name) < sizeof path;

        free(entry[k]);
        if (!ok) continue;
        if (!fits) ok = p9_error("%.80s...: this path is too long", directory);
        else if (is_own_directory(path)) ok = look(s, path, depth + 1);
    }
    if (count >= 0) free(entry);
    return ok;
}

/* NOLINTNEXTLINE(misc-no-recursion): it ends at DEPTH_MAX */
static bool look(struct suite *s, const char *directory, unsigned depth)
{
    if (has_test(directory)) return add(s, directory);
    return depth == DEPTH_MAX || look_below(s, directory, depth);
}

bool suite_find(struct suite *s, const char *directory)
{
    char path[SUITE_PATH];
    size_t n = strlen(directory);
    unsigned before = s->met;

    while (n > 1 && directory[n - 1] == '/') n--;
    if (!n || n >= sizeof path / 2) return p9_error("suite: give directories of tests");
    snprintf(path, sizeof path, "%.*s", (int)n, directory);
    if (!is_directory(path))
        return p9_error("%s: %s; give a directory of tests", path, errno == ENOENT ? strerror(errno) : "is a file");
    if (!look(s, path, 0)) return false;
    return s->met > before ||
           p9_error("%s: there is no test: a directory with a file `test` (docs/REGRESSION.md)", path);
}

void suite_filter(struct suite *s, const char *text)
{
    unsigned kept = 0;

    for (unsigned k = 0; k < s->count; k++)
        if (strstr(s->test[k]->directory, text) || strstr(s->test[k]->description, text)) s->test[kept++] = s->test[k];
        else suite_test_free(s->test[k]);
    s->count = kept;
}

void suite_free(struct suite *s)
{
    for (unsigned k = 0; k < s->count; k++) {
        suite_test_free(s->test[k]);
        emit_free(&s->result[k].text);
    }
    free(s->test);
    free(s->result);
    *s = (struct suite){.count = 0};
}
