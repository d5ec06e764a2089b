/* SPDX-License-Identifier: Apache-2.0 */
/* Documents in memory; see emit.h. */
#include "base/emit.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIRST_ROOM = 4096 };

static bool make_room(struct emit *e, size_t more)
{
    size_t room = e->room ? e->room : FIRST_ROOM;
    char *grown;

    if (e->failed) return false;
    while (room - e->size <= more && room < SIZE_MAX / 2) room *= 2;
    if (room == e->room) return true;
    grown = realloc(e->bytes, room);
    if (!grown) {
        e->failed = true;
        return false;
    }
    e->bytes = grown;
    e->room = room;
    return true;
}

void emit_bytes(struct emit *e, const void *bytes, size_t size)
{
    if (!make_room(e, size)) return;
    if (size) memcpy(e->bytes + e->size, bytes, size);
    e->size += size;
    e->bytes[e->size] = 0;
}

void emit_text(struct emit *e, const char *fmt, ...)
{
    va_list args, again;
    int n;

    va_start(args, fmt);
    va_copy(again, args);
    n = vsnprintf(NULL, 0, fmt, args);
    if (n >= 0 && make_room(e, (size_t)n)) {
        vsnprintf(e->bytes + e->size, (size_t)n + 1, fmt, again);
        e->size += (size_t)n;
    }
    va_end(again);
    va_end(args);
}

double emit_rounded(double value, unsigned decimals)
{
    char text[64]; /* of a greater value only the beginning, which is no zero */

    snprintf(text, sizeof text, "%.*f", (int)decimals, value);
    return text[strspn(text, "-0.")] ? value : 0;
}

/* ---- JSON ----------------------------------------------------------------------------------------------------------
 */

/* Length of the well-formed UTF-8 sequence at p (RFC 3629), 0 if there is none. The text ends with 0. */
static unsigned utf8_length(const u8 *p)
{
    static const struct {
        u8 first, last, second_from, second_to, length;
    } forms[] = {{0x01, 0x7f, 0, 0xff, 1},    {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
                 {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
                 {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4}};

    for (unsigned k = 0; k < ARRAY_SIZE(forms); k++) {
        if (*p < forms[k].first || *p > forms[k].last) continue;
        if (forms[k].length > 1 && (p[1] < forms[k].second_from || p[1] > forms[k].second_to)) return 0;
        for (unsigned n = 2; n < forms[k].length; n++)
            if ((p[n] & 0xc0) != 0x80) return 0;
        return forms[k].length;
    }
    return 0;
}

static void quoted(struct emit *e, const char *text)
{
    emit_bytes(e, "\"", 1);
    for (const u8 *p = (const u8 *)text; *p;) {
        unsigned n = utf8_length(p);
        if (!n) emit_text(e, "\\ufffd");
        else if (*p == '"' || *p == '\\') emit_text(e, "\\%c", *p);
        else if (*p < 0x20 || *p == 0x7f) emit_text(e, "\\u%04x", *p);
        else emit_bytes(e, p, n);
        p += n ? n : 1;
    }
    emit_bytes(e, "\"", 1);
}

/* Comma, line or space, and the key of what comes next. */
static void lead_in(struct emit *e, const char *key)
{
    unsigned level = e->depth < EMIT_DEPTH_MAX ? e->depth : EMIT_DEPTH_MAX - 1;
    unsigned lines = e->lines_to_depth ? e->lines_to_depth : 2;

    if (e->depth) {
        if (e->has_members[level]) emit_bytes(e, ",", 1);
        if (e->depth <= lines) emit_text(e, "\n%*s", (int)(2 * e->depth), "");
        else if (e->has_members[level]) emit_bytes(e, " ", 1);
    }
    e->has_members[level] = true;
    if (key) {
        quoted(e, key);
        emit_bytes(e, ": ", 2);
    }
}

void emit_open(struct emit *e, const char *key, char bracket)
{
    lead_in(e, key);
    emit_bytes(e, &bracket, 1);
    e->depth++;
    if (e->depth < EMIT_DEPTH_MAX) e->has_members[e->depth] = false;
}

void emit_close(struct emit *e, char bracket)
{
    unsigned lines = e->lines_to_depth ? e->lines_to_depth : 2;
    bool any = e->depth < EMIT_DEPTH_MAX && e->has_members[e->depth], own_line = e->depth <= lines;

    e->depth--;
    if (any && own_line) emit_text(e, "\n%*s", (int)(2 * e->depth), "");
    emit_bytes(e, &bracket, 1);
    if (!e->depth) emit_bytes(e, "\n", 1);
}

void emit_u64(struct emit *e, const char *key, u64 value)
{
    lead_in(e, key);
    emit_text(e, "%" PRIu64, value);
}

void emit_fixed(struct emit *e, const char *key, double value, unsigned decimals)
{
    lead_in(e, key);
    if (isfinite(value)) emit_text(e, "%.*f", (int)decimals, emit_rounded(value, decimals));
    else emit_text(e, "null");
}

void emit_string(struct emit *e, const char *key, const char *value)
{
    lead_in(e, key);
    if (value) quoted(e, value);
    else emit_text(e, "null");
}

void emit_bool(struct emit *e, const char *key, bool value)
{
    lead_in(e, key);
    emit_text(e, value ? "true" : "false");
}

void emit_value(struct emit *e, const char *key, const char *json)
{
    lead_in(e, key);
    emit_text(e, "%s", json);
}

void emit_null(struct emit *e, const char *key)
{
    emit_string(e, key, NULL);
}

/* ---- HTML ----------------------------------------------------------------------------------------------------------
 */

void emit_escaped(struct emit *e, const char *text)
{
    for (const u8 *p = (const u8 *)text; *p;) {
        unsigned n = utf8_length(p);
        if (!n) emit_text(e, "&#xfffd;");
        else if (strchr("&<>\"'", *p)) emit_text(e, "&#%u;", *p);
        else emit_bytes(e, p, n);
        p += n ? n : 1;
    }
}

void emit_free(struct emit *e)
{
    free(e->bytes);
    *e = (struct emit){0};
}
