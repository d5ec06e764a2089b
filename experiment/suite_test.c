/* SPDX-License-Identifier: Apache-2.0 */
/* The file `test` of a regression test; see suite.h.  Each key is a row. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/near.h"
#include "experiment/suite.h"

enum { LINE_BYTES = 4096, LINES_MAX = 1000, WHERE_BYTES = SUITE_PATH + 64 };

/* ---- words ---- */

static bool add_word(struct suite_words *w, struct emit *word, const char *where)
{
    emit_bytes(word, "", 0);
    if (word->failed) return p9_error("%s: the host has no memory", where);
    if (w->count == SUITE_WORDS) {
        emit_free(word);
        return p9_error("%s: more than %d words", where, SUITE_WORDS);
    }
    w->word[w->count++] = word->bytes ? word->bytes : strdup("");
    *word = (struct emit){.size = 0};
    return w->word[w->count - 1] || p9_error("%s: the host has no memory", where);
}

/* $NAME or ${NAME} at *at, which is moved to its last character. */
static bool expand_name(const char **at, struct emit *word, const char *where)
{
    bool braces = (*at)[1] == '{';
    const char *name = *at + 1 + braces, *value;
    size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
    char text[128];

    if (!n || n >= sizeof text || (braces && name[n] != '}'))
        return p9_error("%s: write $NAME or ${NAME} for what the environment has", where);
    snprintf(text, sizeof text, "%.*s", (int)n, name);
    value = getenv(text);
    if (!value) return p9_error("%s: $%s is not set in the environment", where, text);
    emit_text(word, "%s", value);
    *at = name + n - !braces;
    return true;
}

static bool take_word(const char **at, bool expand, struct emit *word, const char *where)
{
    char quote = 0;
    const char *c = *at;

    for (; *c && (quote || (*c != ' ' && *c != '\t')); c++)
        if (quote ? *c == quote : *c == '\'' || *c == '"') quote = quote ? 0 : *c;
        else if (*c != '$' || quote == '\'' || !expand) emit_bytes(word, c, 1);
        else if (!expand_name(&c, word, where)) return false;
    *at = c;
    return !quote || p9_error("%s: a quote is open at the end", where);
}

bool suite_split(struct suite_words *w, const char *text, bool expand, const char *where)
{
    struct emit word = {0};
    bool ok = true;

    for (text += strspn(text, " \t"); ok && *text; text += strspn(text, " \t"))
        ok = take_word(&text, expand, &word, where) && add_word(w, &word, where);
    emit_free(&word);
    return ok;
}

void suite_words_free(struct suite_words *w)
{
    for (unsigned k = 0; k < w->count; k++) free(w->word[k]);
    w->count = 0;
}

/* ---- keys ---- */

static bool set_description(struct suite_test *t, const char *value, const char *where)
{
    if (t->description) return p9_error("%s: a test has one description, of one line", where);
    t->description = strdup(value);
    return t->description || p9_error("%s: the host has no memory", where);
}

/* Where results go is the suite's to say. */
static bool add_run(struct suite_test *t, const char *value, const char *where)
{
    struct suite_words words = {.count = 0};
    bool ok = suite_split(&words, value, false, where);

    for (unsigned k = 0; ok && k < words.count; k++)
        if (!strcmp(words.word[k], "--out") || !strncmp(words.word[k], "--out=", 6) ||
            !strcmp(words.word[k], "--trace") || !strncmp(words.word[k], "--trace=", 8))
            ok = p9_error("%s: leave out %s: say what is compared (compare = statistics, trace)", where, words.word[k]);
    suite_words_free(&words);
    if (ok) emit_text(&t->run, "%s%s", t->run.size ? " " : "", value);
    return ok && (!t->run.failed || p9_error("%s: the host has no memory", where));
}

static bool add_diff(struct suite_test *t, const char *value, const char *where)
{
    struct suite_words words = {.count = 0};
    bool ok = suite_split(&words, value, false, where);

    suite_words_free(&words);
    if (ok) emit_text(&t->diff, "%s%s", t->diff.size ? " " : "", value);
    return ok && (!t->diff.failed || p9_error("%s: the host has no memory", where));
}

static bool set_compare(struct suite_test *t, const char *value, const char *where)
{
    const struct {
        const char *name;
        bool *is;
    } known[] = {{"statistics", &t->statistics}, {"trace", &t->trace}, {"output", &t->output}};

    for (const char *at = value; *at; at += strspn(at, ", \t")) {
        size_t n = strcspn(at, ", \t");
        unsigned k = 0;

        while (k < ARRAY_SIZE(known) && (strlen(known[k].name) != n || strncmp(known[k].name, at, n) != 0)) k++;
        if (k == ARRAY_SIZE(known)) return p9_error("%s: what can be compared is statistics, trace, output", where);
        *known[k].is = true;
        at += n;
    }
    return true;
}

static bool set_trace(struct suite_test *t, const char *value, const char *where)
{
    t->values = !strcmp(value, "state,values");
    return t->values || !strcmp(value, "state") || p9_error("%s: write state or state,values", where);
}

static bool set_only(struct suite_test *t, const char *value, const char *where)
{
    return tolerance_only(&t->tolerance, value, where);
}

static bool add_threshold(struct suite_test *t, const char *value, const char *where)
{
    return tolerance_threshold(&t->tolerance, value, where);
}

static bool read_number(const char *value, unsigned least, unsigned most, unsigned *number, const char *where)
{
    unsigned long n;
    char *end;

    errno = 0;
    n = strtoul(value, &end, 10);
    if (*value < '0' || *value > '9' || *end || errno || n < least || n > most)
        return p9_error("%s: write a number, %u to %u", where, least, most);
    *number = (unsigned)n;
    return true;
}

static bool set_status(struct suite_test *t, const char *value, const char *where)
{
    return read_number(value, 0, 255, &t->status, where);
}

static bool set_seconds(struct suite_test *t, const char *value, const char *where)
{
    return read_number(value, 1, SUITE_SECONDS_MAX, &t->seconds, where);
}

static const struct {
    const char *name;
    bool (*set)(struct suite_test *test, const char *value, const char *where);
} keys[] = {
    {"description", set_description},
    {"run", add_run},
    {"compare", set_compare},
    {"trace", set_trace},
    {"diff", add_diff},
    {"only", set_only},
    {"threshold", add_threshold},
    {"status", set_status},
    {"seconds", set_seconds},
};

static bool set_key(struct suite_test *t, const char *name, const char *value, const char *where)
{
    struct near near = near_to(name);

    for (unsigned k = 0; k < ARRAY_SIZE(keys); k++) {
        if (!strcmp(keys[k].name, name))
            return *value ? keys[k].set(t, value, where) : p9_error("%s: %s has no value", where, name);
        near_offer(&near, keys[k].name);
    }
    return p9_error("%s: there is no \"%.60s\"%s", where, name, near_words(&near));
}

/* ---- the file ---- */

static bool take_line(struct suite_test *t, char *line, const char *where)
{
    char *end = line + strlen(line), *equals = strchr(line, '=');

    while (end > line && strchr(" \t\r\n", end[-1])) *--end = 0;
    line += strspn(line, " \t");
    if (!*line || *line == '#') return true;
    if (!equals || equals < line) return p9_error("%s: write KEY = VALUE", where);
    *equals++ = 0;
    for (end = equals - 1; end > line && strchr(" \t", end[-1]);) *--end = 0;
    return set_key(t, line, equals + strspn(equals, " \t"), where);
}

static bool runs_a_machine(const char *words)
{
    static const char *const commands[] = {"run", "bare", "nested", "exec"};
    size_t n = strcspn(words, " \t");

    for (unsigned k = 0; k < ARRAY_SIZE(commands); k++)
        if (strlen(commands[k]) == n && !strncmp(words, commands[k], n)) return true;
    return false;
}

static bool complete(struct suite_test *t, const char *path)
{
    if (!t->description) return p9_error("%s: description = is missing: one line that says what is tested", path);
    if (!t->run.size) return p9_error("%s: run = is missing: the words behind p9sim", path);
    if (!t->statistics && !t->trace && !t->output) {
        t->statistics = runs_a_machine(t->run.bytes);
        t->output = !t->statistics;
    }
    if ((t->statistics || t->trace) && !runs_a_machine(t->run.bytes))
        return p9_error("%s: run, bare, nested and exec leave statistics and a trace; of others compare the output",
                        path);
    if (!t->seconds) t->seconds = 60;
    return t->tolerance.onlys || tolerance_only(&t->tolerance, "all.*", path);
}

static bool read_lines(struct suite_test *t, FILE *file, const char *path)
{
    char line[LINE_BYTES], where[WHERE_BYTES];
    bool ok = true;

    for (unsigned number = 1; ok && fgets(line, sizeof line, file); number++) {
        snprintf(where, sizeof where, "%s: line %u", path, number);
        if (number > LINES_MAX || (strlen(line) == sizeof line - 1 && line[sizeof line - 2] != '\n'))
            return p9_error("%s: more than %d lines, or than %d bytes in one", where, LINES_MAX, LINE_BYTES - 2);
        ok = take_line(t, line, where);
    }
    return ok && (!ferror(file) || p9_error("%s: %s", path, strerror(errno)));
}

struct suite_test *suite_test_read(const char *directory)
{
    struct suite_test *t = calloc(1, sizeof *t);
    char path[SUITE_PATH + 8];
    FILE *file;
    bool ok;

    if (!t) p9_error("%s: the host has no memory", directory);
    if (!t) return NULL;
    snprintf(t->directory, sizeof t->directory, "%s", directory);
    snprintf(path, sizeof path, "%s/test", directory);
    t->tolerance.new_is_fine = true;
    file = file_read(path);
    ok = file && read_lines(t, file, path) && complete(t, path);
    if (file) fclose(file);
    if (ok) return t;
    suite_test_free(t);
    return NULL;
}

void suite_test_free(struct suite_test *t)
{
    if (!t) return;
    free(t->description);
    emit_free(&t->run);
    emit_free(&t->diff);
    free(t);
}
