/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program of the host that is run to its end, or to the end of its time, with its output in files.  Several threads
 * may each have one.  Descriptors of ours are closed in it (they are all O_CLOEXEC); it reads nothing.
 */
#ifndef P9_EXPERIMENT_CHILD_H
#define P9_EXPERIMENT_CHILD_H

#include <signal.h>

#include "base/bits.h"
#include "base/compiler.h"

struct child {
    const char *program;                      /* its file */
    const char *const *arguments;             /* the first is its name; NULL behind the last */
    const char *directory;                    /* where it starts */
    const char *out, *err;                    /* files of its standard output and error, made anew */
    unsigned seconds;                         /* of the host, then it is killed */
    const volatile sig_atomic_t *interrupted; /* becoming non-zero ends it; may be NULL */
};

enum child_end { CHILD_EXITED, CHILD_KILLED, CHILD_TOO_LONG, CHILD_INTERRUPTED, CHILD_NOT_STARTED };

/* number: its exit status, or the signal that killed it, or why it was not started (errno). */
enum child_end child_run(const struct child *child, int *number);

#endif
