/* SPDX-License-Identifier: Apache-2.0 */
/* See output.h. */
#include "traces/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "traces/stream.h"

enum { PATH_BYTES = 4200, BUFFER = 2 * OUTPUT_MOST };

struct output {
    struct stream_writer *stream;               /* NULL: standard output */
    char path[PATH_BYTES], written[PATH_BYTES]; /* written: the name that it has meanwhile */
    bool renames, failed;
    size_t size;
    char buffer[BUFFER]; /* of standard output */
};

/* ---- standard output ---- */

static void flush(struct output *o)
{
    if (!o->failed && o->size && fwrite(o->buffer, 1, o->size, stdout) != o->size) o->failed = true;
    o->size = 0;
}

static bool close_standard(struct output *o)
{
    flush(o);
    if (fflush(stdout)) o->failed = true;
    return !o->failed || p9_error("standard output: cannot be written: %s", strerror(errno));
}

/* ---- files ---- */

static bool ends_in(const char *path, const char *what)
{
    size_t size = strlen(path), end = strlen(what);

    return size > end && !strcmp(path + size - end, what);
}

static bool is_plain(const char *path)
{
    struct stat st;

    return lstat(path, &st) || S_ISREG(st.st_mode);
}

static struct stream_writer *create_beside(struct output *o, const char *path)
{
    int fd;

    snprintf(o->written, sizeof o->written, "%.4150s.%ld", path, (long)getpid());
    fd = open(o->written, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0) p9_error("%s: %s", path, strerror(errno));
    return fd >= 0 ? stream_create_on(fd, path, ends_in(path, ".gz")) : NULL;
}

static bool create(struct output *o, const char *path)
{
    if (strlen(path) + 32 > sizeof o->path) return p9_error("%.100s...: the name is too long", path);
    o->renames = is_plain(path);
    snprintf(o->path, sizeof o->path, "%s", path);
    o->stream = o->renames ? create_beside(o, path) : stream_create(path, ends_in(path, ".gz"));
    if (!o->stream && o->renames) unlink(o->written);
    return o->stream;
}

static bool close_file(struct output *o, bool whole)
{
    bool ok = stream_finish(o->stream);

    if (ok && whole && o->renames && rename(o->written, o->path))
        ok = p9_error("%s: cannot be written: %s", o->path, strerror(errno));
    if (o->renames && (!ok || !whole)) unlink(o->written);
    return ok;
}

/* ---- both ---- */

struct output *output_open(const char *path)
{
    struct output *o = calloc(1, sizeof *o);

    if (!o) p9_error("the host has no memory for an export");
    if (!o || !path || create(o, path)) return o;
    free(o);
    return NULL;
}

char *output_room(struct output *o, size_t size)
{
    if (o->stream) return (char *)stream_room(o->stream, size);
    if (o->size + size > sizeof o->buffer) flush(o);
    return o->buffer + o->size;
}

void output_take(struct output *o, size_t size)
{
    if (o->stream) stream_take(o->stream, size);
    else o->size += size;
}

void output_text(struct output *o, const char *format, ...)
{
    va_list arguments;
    int size;

    va_start(arguments, format);
    size = vsnprintf(output_room(o, OUTPUT_MOST), OUTPUT_MOST, format, arguments);
    va_end(arguments);
    if (size > 0) output_take(o, size < OUTPUT_MOST ? (size_t)size : OUTPUT_MOST - 1);
}

void output_bytes(struct output *o, const void *bytes, size_t size)
{
    for (const char *at = bytes; size;) {
        size_t part = size < OUTPUT_MOST ? size : OUTPUT_MOST;

        memcpy(output_room(o, part), at, part);
        output_take(o, part);
        at += part;
        size -= part;
    }
}

bool output_has_failed(struct output *o)
{
    return o->stream ? stream_has_failed(o->stream) : o->failed;
}

bool output_close(struct output *o, bool whole)
{
    bool ok = o->stream ? close_file(o, whole) : close_standard(o);

    free(o);
    return ok;
}

/* ---- numbers ---- */

char *output_hex(char *to, u64 value)
{
    unsigned digits = value ? (67 - (unsigned)__builtin_clzll(value)) / 4 : 1;

    for (unsigned k = digits; k--; value >>= 4) to[k] = "0123456789abcdef"[value & 15];
    return to + digits;
}

char *output_decimal(char *to, u64 value)
{
    char digit[20];
    unsigned count = 0;

    do digit[count++] = (char)('0' + value % 10);
    while (value /= 10);
    while (count) *to++ = digit[--count];
    return to;
}
