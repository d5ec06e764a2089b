/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How p9sim speaks to the person at the terminal: one line per message on stderr, "p9sim: ..." in front.  An error line
 * says which file or option, what is wrong, and what to do.  Nothing here decides about the run: callers return false
 * or an exit status after the line is out.  A struct log belongs to one machine, so two machines in a process do not
 * mix their "said that already" counts.
 */
#ifndef P9_BASE_LOG_H
#define P9_BASE_LOG_H

#include <stdio.h>

#include "base/bits.h"
#include "base/compiler.h"

enum log_level { LOG_QUIET, LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

struct log {
    FILE *to;             /* NULL: discard */
    enum log_level level; /* messages above this level are dropped */
    u32 guest_said;       /* messages that the guest has caused so far; no further ones after LOG_GUEST_MAX */
};

enum {
    LOG_GUEST_MAX = 50,
    LOG_TEXT = 1024, /* bytes of an error line that does not go to stderr; what is longer is cut */
};

/* One line to stderr: "p9sim: " + text.  For host-side problems (bad files, options). Always returns false, so that
 * `return p9_error(...)` reads well. */
bool p9_error(const char *fmt, ...) printf_like(1, 2);

/* Where the error lines of this thread of the host go instead, without "p9sim: " and the end of the line; NULL: to
 * stderr, as in the beginning.  For p9sim as a library (include/p9sim.h), whose user owns stderr. */
typedef void log_take(const char *text);
void log_errors_to(log_take *take);

/* A message of one machine's run. */
void log_say(struct log *log, enum log_level level, const char *fmt, ...) printf_like(3, 4);

/* The guest did something odd (unknown SCOM, access to nothing): at most LOG_GUEST_MAX messages per run, then silence.
 * Whatever a guest can cause to be said, again and again, is said this way. */
void log_guest(struct log *log, const char *fmt, ...) printf_like(2, 3);

/* The same for a message of several lines: each by log_say() between these two, if the first one says so. */
must_use bool log_guest_begin(struct log *log, enum log_level level);
void log_guest_end(struct log *log);

#endif
