/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal, the signals and the standard descriptors of this process: one of each per process, so they belong to
 * the program, not to a machine. */
#ifndef P9_TOOLS_TERMINAL_H
#define P9_TOOLS_TERMINAL_H

#include <signal.h>
#include <stdbool.h>

/*
 * First of all: descriptors 0, 1 and 2 are taken, by /dev/null where the process was started without (`>&-`), or the
 * next file that is opened would get the messages.  A file that grows beyond the limit of the process (ulimit -f) is an
 * error of the write (EFBIG), as a full disk is, not a signal.  SIGUSR1 only sets a flag, from here on to the end.
 */
void terminal_hold_descriptors(void);

/*
 * Catch the signals that end a process: the first SIGINT, SIGTERM or SIGHUP only sets the flag to its number, so that
 * the run ends in order and its results are written; a second one, or any other deadly one at a terminal, gives the
 * terminal back and ends at once.  With raw, put the terminal on stdin into raw mode; returns its descriptor, or -1 if
 * there is none.
 */
int terminal_open(bool raw);
void terminal_close(void);

extern volatile sig_atomic_t terminal_interrupted; /* 0: not yet */
const char *terminal_signal_name(void);            /* "SIGTERM" */
extern volatile sig_atomic_t terminal_snapshot;    /* SIGUSR1 came: the results so far are wanted */

#endif
