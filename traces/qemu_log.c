/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See qemu_log.h.  QEMU writes the line of a block before it executes it; if something stops it before ("Stopped
 * execution of TB chain before"), it will write the line again, so the address is held until the next line is seen.
 * What the log is made of is decided by the first line that says an address.
 */
#include "traces/qemu_log.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "traces/stream.h"

#define STOPPED "Stopped execution of TB chain before"
enum { LINE = 4096 };
enum says { SAYS_NOTHING, SAYS_TRACE, SAYS_NIP, SAYS_STOPPED };

struct qemu_log {
    struct stream_reader *stream;
    const char *path;
    unsigned cpu;
    enum says made_of;
    u64 line, held_line, told_line, held;
    bool holds;
    char text[LINE];
};

struct qemu_log *qemu_log_open(const char *path, unsigned cpu)
{
    struct qemu_log *log = calloc(1, sizeof *log);

    if (log) log->stream = stream_open(path);
    else p9_error("%s: the host has no memory for it", path);
    if (log && log->stream) {
        log->path = path;
        log->cpu = cpu;
        return log;
    }
    free(log);
    return NULL;
}

void qemu_log_close(struct qemu_log *log)
{
    if (!log) return;
    stream_close(log->stream);
    free(log);
}

/* The next line, as much of it as there is room for.  False: the end, or *failed. */
static bool read_line(struct qemu_log *log, bool *failed)
{
    size_t have, kept = 0;
    bool any = false;

    for (;;) {
        const u8 *bytes = stream_peek(log->stream, 1, &have), *end;
        size_t n, room = LINE - 1 - kept;

        if (!bytes) return !(*failed = true);
        if (!have) break;
        any = true;
        end = memchr(bytes, '\n', have);
        n = end ? (size_t)(end - bytes) : have;
        memcpy(log->text + kept, bytes, n < room ? n : room);
        kept += n < room ? n : room;
        stream_skip(log->stream, n + (end != NULL));
        if (end) break;
    }
    log->text[kept] = 0;
    log->line += any;
    return any;
}

/* "Trace 0: 0x... [X/PC/...": the number behind the first '/'. */
static bool read_trace(const struct qemu_log *log, u64 *address)
{
    const char *begin = strchr(log->text, '['), *slash = begin ? strchr(begin, '/') : NULL;
    char *end;

    if (!slash || strtoul(log->text + strlen("Trace "), NULL, 10) != log->cpu) return false;
    *address = strtoull(slash + 1, &end, 16);
    return end > slash + 1;
}

static enum says look(const struct qemu_log *log, u64 *address)
{
    char *end;

    if (!strncmp(log->text, "Trace ", 6)) return read_trace(log, address) ? SAYS_TRACE : SAYS_NOTHING;
    if (!strncmp(log->text, STOPPED, strlen(STOPPED))) return SAYS_STOPPED;
    if (strncmp(log->text, "NIP ", 4) != 0) return SAYS_NOTHING;
    *address = strtoull(log->text + 4, &end, 16);
    return end > log->text + 4 ? SAYS_NIP : SAYS_NOTHING;
}

bool qemu_log_next(struct qemu_log *log, u64 *address, bool *failed)
{
    u64 now = 0;

    *failed = false;
    while (read_line(log, failed)) {
        enum says says = look(log, &now);

        if (says == SAYS_STOPPED) log->holds = false;
        if (says != SAYS_TRACE && says != SAYS_NIP) continue;
        if (log->made_of == SAYS_NOTHING) log->made_of = says;
        if (says != log->made_of) continue;
        *address = log->held;
        log->told_line = log->held_line;
        log->held = now;
        log->held_line = log->line;
        if (log->holds) return true;
        log->holds = true;
    }
    if (*failed) return false;
    if (log->made_of == SAYS_NOTHING)
        return !(*failed =
                     !p9_error("%s: no line of it says an address, as -d exec,nochain or -d cpu make them", log->path));
    *address = log->held;
    log->told_line = log->held_line;
    if (!log->holds) return false;
    log->holds = false;
    return true;
}

u64 qemu_log_line(const struct qemu_log *log)
{
    return log->told_line;
}
