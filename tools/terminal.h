/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal and the signals of this process: one per process, so they belong to the program, not to a machine. */
#ifndef P9_TOOLS_TERMINAL_H
#define P9_TOOLS_TERMINAL_H

#include <signal.h>
#include <stdbool.h>

/*
 * Catch the signals that end a process: the first SIGINT, SIGTERM or SIGHUP only sets the flag, so that the run ends in
 * order and its results are written; a second one, or a crash, gives the terminal back and ends at once.  With raw, put
 * the terminal on stdin into raw mode; returns its descriptor, or -1 if there is none.
 */
int terminal_open(bool raw);
void terminal_close(void);

extern volatile sig_atomic_t terminal_interrupted;

#endif
