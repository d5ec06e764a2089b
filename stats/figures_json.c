/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The figures of a stats.json; see figures.h.  The document is read once from its begin to its end, and nothing of it
 * is kept but the way to where the reader is and whose figures these are: p9sim writes level, lpid, state, pid, tag and
 * name in front of the counters.  Members that nobody knows are read over.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "stats/figures.h"

enum { DEPTH_MAX = 64, KEY_MAX = 96, SCALAR_MAX = 96 };

struct whose { /* of the element of a list that is being read */
    char level[SCALAR_MAX], lpid[SCALAR_MAX], state[SCALAR_MAX], pid[SCALAR_MAX], tag[SCALAR_MAX], name[SCALAR_MAX];
};

struct scan {
    const char *at, *begin, *end, *document;
    char key[DEPTH_MAX][KEY_MAX]; /* the way here; "" for elements of lists */
    unsigned depth;
    struct whose whose;
    struct emit *out;
};

static bool scan_value(struct scan *s);

static bool wrong(const struct scan *s, const char *what)
{
    return p9_error("%s: byte %zu: %s", s->document, (size_t)(s->at - s->begin), what);
}

static char next(struct scan *s)
{
    while (s->at < s->end && strchr(" \t\r\n", *s->at) && *s->at) s->at++;
    return s->at < s->end ? *s->at : 0;
}

static bool take(struct scan *s, char c)
{
    if (next(s) != c) return false;
    s->at++;
    return true;
}

/* What is a string in the book of JSON, without its escapes; what is longer than the room is cut. */
static bool scan_string(struct scan *s, char *out, size_t size)
{
    size_t n = 0;

    if (!take(s, '"')) return wrong(s, "a string is missing");
    for (; s->at < s->end && *s->at != '"'; s->at++) {
        if (*s->at == '\\' && s->at + 1 < s->end) s->at++;
        if ((u8)*s->at < ' ') return wrong(s, "a control character in a string");
        if (n + 1 < size) out[n++] = *s->at;
    }
    out[n] = 0;
    return take(s, '"') || wrong(s, "the document ends within a string");
}

/* ---- what is a figure ---- */

/* A line of its own, if it can be one. */
static void line(struct scan *s, const char *place, const char *what, const char *value)
{
    if (!*what || what[strcspn(what, " .\t#")] || !*value || value[strspn(value, "+-.0123456789eE")]) return;
    emit_text(s->out, "%s%s %s\n", place, what, value);
}

static void figure_of_account(struct scan *s, const char *what, const char *value)
{
    const struct whose *w = &s->whose;
    char place[4 * SCALAR_MAX + 32];

    if (!strcmp(w->pid, "null"))
        snprintf(place, sizeof place, "level%s.lpid%s.%s.others.", w->level, w->lpid, w->state);
    else snprintf(place, sizeof place, "level%s.lpid%s.%s.pid%s.", w->level, w->lpid, w->state, w->pid);
    if (strcmp(value, "0") != 0) line(s, place, what, value); /* zeros are left out, as in stats.txt */
}

static void figure_of_region(struct scan *s, const char *what, const char *value)
{
    const struct whose *w = &s->whose;
    char place[SCALAR_MAX + 32];

    if (*w->name && strcmp(w->name, "null") != 0) snprintf(place, sizeof place, "region.%s.", w->name);
    else snprintf(place, sizeof place, "region%s.", w->tag);
    if (strcmp(value, "0") != 0) line(s, place, what, value);
}

static void figure_of_level(struct scan *s, const char *what, const char *value)
{
    char place[SCALAR_MAX + 32];

    snprintf(place, sizeof place, "level%s.", s->whose.level);
    line(s, place, what, value);
}

static void note_whose(struct scan *s, const char *key, const char *value)
{
    const struct {
        const char *key;
        char *to;
    } members[] = {{"level", s->whose.level}, {"lpid", s->whose.lpid}, {"state", s->whose.state},
                   {"pid", s->whose.pid},     {"tag", s->whose.tag},   {"name", s->whose.name}};

    for (unsigned k = 0; k < ARRAY_SIZE(members); k++) {
        if (strcmp(members[k].key, key) != 0) continue;
        snprintf(members[k].to, SCALAR_MAX, "%s", value);
        for (char *c = members[k].to; *c; c++) /* a name is one word of a line */
            if ((u8)*c <= ' ') *c = '_';
    }
}

static bool is_at(const struct scan *s, const char *first, const char *second, unsigned depth)
{
    return s->depth == depth && !strcmp(s->key[0], first) && (!second || !strcmp(s->key[1], second));
}

/* A number, a word or a string; key[depth - 1] is its own. */
static void scalar(struct scan *s, const char *value)
{
    const char *key = s->depth ? s->key[s->depth - 1] : "";

    if (is_at(s, "total", NULL, 3) && !strcmp(key, "value")) line(s, "", s->key[1], value);
    else if (is_at(s, "metrics", "total", 3)) line(s, "", key, value);
    else if (is_at(s, "run", NULL, 2) && (!strcmp(key, "exit_status") || !strcmp(key, "guest_seconds")))
        line(s, "", key, value);
    else if (is_at(s, "metrics", "levels", 4) && strcmp(key, "level") != 0) figure_of_level(s, key, value);
    else if (is_at(s, "accounts", NULL, 4) && !strcmp(s->key[2], "counters")) figure_of_account(s, key, value);
    else if (is_at(s, "regions", NULL, 4) && !strcmp(s->key[2], "counters")) figure_of_region(s, key, value);
    else if (s->depth == 3 || is_at(s, "metrics", "levels", 4)) note_whose(s, key, value);
}

/* ---- the document ---- */

static bool scan_scalar(struct scan *s)
{
    char value[SCALAR_MAX];
    size_t n = 0;

    if (next(s) == '"') {
        if (!scan_string(s, value, sizeof value)) return false;
        scalar(s, value);
        return true;
    }
    while (s->at < s->end && *s->at && strchr("+-.0123456789eEtruefalsn", *s->at)) {
        if (n + 1 < sizeof value) value[n++] = *s->at;
        s->at++;
    }
    value[n] = 0;
    if (!n) return wrong(s, "is not JSON, as p9sim writes it");
    scalar(s, value);
    return true;
}

static bool scan_members(struct scan *s, char bracket)
{
    char close = bracket == '{' ? '}' : ']';

    if (s->depth == DEPTH_MAX) return wrong(s, "nested too deep");
    if (take(s, close)) return true;
    s->depth++;
    do {
        char *key = s->key[s->depth - 1];

        *key = 0;
        if (bracket == '{' && !scan_string(s, key, KEY_MAX)) return false;
        if (bracket == '{' && !take(s, ':')) return wrong(s, "a colon is missing");
        if (bracket == '[' && s->depth <= 3) s->whose = (struct whose){.level = ""};
        if (!scan_value(s)) return false;
    } while (take(s, ','));
    s->depth--;
    return take(s, close) || wrong(s, "a bracket is missing; is the file whole?");
}

/* Its recursion ends at DEPTH_MAX. NOLINTNEXTLINE(misc-no-recursion) */
static bool scan_value(struct scan *s)
{
    char c = next(s);

    if (c != '{' && c != '[') return scan_scalar(s);
    s->at++;
    return scan_members(s, c);
}

bool figures_of_json(const char *bytes, size_t size, const char *name, struct emit *out)
{
    struct scan s = {.at = bytes, .begin = bytes, .end = bytes + size, .document = name, .out = out};

    if (!scan_value(&s)) return false;
    return next(&s) == 0 && s.at == s.end ? true : wrong(&s, "something stands behind the document");
}
