/* SPDX-License-Identifier: Apache-2.0 */
/* Messages for people; see log.h.  Simulated results never depend on what is printed here. */
#include "base/log.h"

#include <stdarg.h>

static void put_line(FILE *to, const char *fmt, va_list args)
{
    fputs("p9sim: ", to);
    vfprintf(to, fmt, args);
    fputc('\n', to);
    fflush(to);
}

/* Of each thread of the host, since several of them may each run a machine. */
static _Thread_local log_take *taker;

void log_errors_to(log_take *take)
{
    taker = take;
}

bool p9_error(const char *fmt, ...)
{
    va_list args;
    char text[LOG_TEXT];

    va_start(args, fmt);
    if (taker) {
        vsnprintf(text, sizeof text, fmt, args);
        taker(text);
    } else {
        put_line(stderr, fmt, args);
    }
    va_end(args);
    return false;
}

void log_say(struct log *log, enum log_level level, const char *fmt, ...)
{
    va_list args;

    if (!log || !log->to || level > log->level) return;
    va_start(args, fmt);
    put_line(log->to, fmt, args);
    va_end(args);
}

bool log_guest_begin(struct log *log, enum log_level level)
{
    if (!log || log->guest_said == LOG_GUEST_MAX) return false;
    log->guest_said++;
    return log->to && level <= log->level;
}

void log_guest_end(struct log *log)
{
    if (log->guest_said == LOG_GUEST_MAX)
        log_say(log, LOG_WARNING, "the guest has caused %d messages; further ones are not printed", LOG_GUEST_MAX);
}

void log_guest(struct log *log, const char *fmt, ...)
{
    va_list args;

    if (!log_guest_begin(log, LOG_WARNING)) return;
    va_start(args, fmt);
    put_line(log->to, fmt, args);
    va_end(args);
    log_guest_end(log);
}
