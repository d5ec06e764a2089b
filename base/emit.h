/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A document in memory: text, JSON or HTML.  Running out of memory is remembered (failed); whoever writes the document
 * to a file reports it (stats/results.h).
 */
#ifndef P9_BASE_EMIT_H
#define P9_BASE_EMIT_H

#include <stdarg.h>

#include "base/bits.h"
#include "base/compiler.h"

enum { EMIT_DEPTH_MAX = 16 };

struct emit {
    char *bytes; /* size of them, and a 0 behind */
    size_t size, room;
    bool failed;
    unsigned depth; /* of JSON objects and arrays */
    bool has_members[EMIT_DEPTH_MAX];
    u16 lines_to_depth; /* members down to this depth get a line each; 0 is taken as 2 */
};

void emit_text(struct emit *e, const char *fmt, ...) printf_like(2, 3);
void emit_bytes(struct emit *e, const void *bytes, size_t size);
/* The value for "%.*f" with so many decimals (up to 15): what would be written as zero is one without a sign. */
double emit_rounded(double value, unsigned decimals);

/* JSON: key is NULL inside arrays and for the outermost value.  Strings are escaped; invalid UTF-8 becomes U+FFFD. */
void emit_open(struct emit *e, const char *key, char bracket); /* '{' or '[' */
void emit_close(struct emit *e, char bracket);                 /* '}' or ']' */
void emit_u64(struct emit *e, const char *key, u64 value);
void emit_fixed(struct emit *e, const char *key, double value, unsigned decimals);
void emit_string(struct emit *e, const char *key, const char *value); /* NULL: null */
void emit_bool(struct emit *e, const char *key, bool value);
void emit_value(struct emit *e, const char *key, const char *json); /* text that is JSON already: a number, true */
void emit_null(struct emit *e, const char *key);

/* HTML: text with & < > " ' escaped. */
void emit_escaped(struct emit *e, const char *text);

void emit_free(struct emit *e);

#endif
