/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last instructions of a run, kept while it goes on, for the moment at which it dies.  Of each record what a line
 * needs is copied - of a block only its end, which is all that could still be wanted -; text is made only if somebody
 * asks.
 */
#ifndef P9_TRACES_LAST_H
#define P9_TRACES_LAST_H

#include <stdio.h>

#include "base/compiler.h"
#include "traces/show.h"

struct last;

enum { LAST_MOST = 100000 };
/* Keeps `count` instructions (1 to LAST_MOST) with what stood between them.  NULL after an error line. */
struct last *last_open(unsigned count);
struct retire_sink *last_sink(struct last *l);
/* Before the first record: the context in which a thread is, as a record of that kind. */
void last_begin(struct last *l, unsigned thread, const struct retire *context);
/* As lines, the oldest first, numbered from so many before the end; how (show.h): to, words, name, self. */
void last_show(const struct last *l, const struct show *how);
void last_close(struct last *l);

#endif
