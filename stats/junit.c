/* SPDX-License-Identifier: Apache-2.0 */
/* See junit.h.  XML has no way to write most control characters, so they become question marks. */
#include "stats/junit.h"

#include <string.h>

#include "base/file.h"
#include "base/log.h"

enum { PIECE = 256 };

/* Bytes of the sequence of UTF-8 that begins here, 0 if it is none. */
static size_t utf8_length(const u8 *c)
{
    size_t n = c[0] < 0x80                   ? 1
               : c[0] >= 0xc2 && c[0] < 0xe0 ? 2
               : (c[0] & 0xf0) == 0xe0       ? 3
               : (c[0] & 0xf8) == 0xf0       ? 4
                                             : 0;

    for (size_t k = 1; k < n; k++)
        if ((c[k] & 0xc0) != 0x80) return 0;
    return n;
}

static void put(struct emit *e, const char *text)
{
    char piece[PIECE];
    size_t n = 0;

    for (const u8 *c = (const u8 *)text; *c;) {
        size_t length = utf8_length(c);
        bool is_text = length && (*c >= ' ' || *c == '\n' || *c == '\t') && *c != 0x7f;

        if (is_text) memcpy(piece + n, c, length), n += length;
        else piece[n++] = '?';
        c += length ? length : 1;
        if (n + 8 < PIECE && *c) continue;
        piece[n] = 0;
        emit_escaped(e, piece);
        n = 0;
    }
}

void junit_case(struct junit *j, const char *class, const char *name, const char *failure, const char *text)
{
    struct emit *e = &j->cases;

    j->tests++;
    emit_text(e, "    <testcase classname=\"");
    put(e, class);
    emit_text(e, "\" name=\"");
    put(e, name);
    if (!failure) {
        emit_text(e, "\"/>\n");
        return;
    }
    j->failures++;
    emit_text(e, "\">\n      <failure message=\"");
    put(e, failure);
    emit_text(e, "\">");
    put(e, text);
    emit_text(e, "</failure>\n    </testcase>\n");
}

bool junit_save(struct junit *j, const char *suite, const char *path)
{
    struct emit all = {0};
    bool ok;

    emit_text(&all, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"%u\" failures=\"%u\">\n", j->tests,
              j->failures);
    emit_text(&all, "  <testsuite name=\"");
    put(&all, suite);
    emit_text(&all, "\" tests=\"%u\" failures=\"%u\">\n", j->tests, j->failures);
    if (j->cases.size) emit_bytes(&all, j->cases.bytes, j->cases.size);
    emit_text(&all, "  </testsuite>\n</testsuites>\n");
    if (j->cases.failed || all.failed) ok = p9_error("%s: the host has no memory for it", path);
    else ok = file_replace(path, all.bytes, all.size);
    emit_free(&all);
    emit_free(&j->cases);
    *j = (struct junit){.tests = 0};
    return ok;
}
