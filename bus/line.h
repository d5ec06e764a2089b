/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One interrupt wire.  A device gets a struct line and raises or lowers it; what stands at the other end - an interrupt
 * controller, a thread, a test - it never learns.  A line with set == NULL leads nowhere.
 */
#ifndef P9_BUS_LINE_H
#define P9_BUS_LINE_H

#include "base/bits.h"

struct line {
    void (*set)(void *to, unsigned n, bool level);
    void *to;
    unsigned n;
};

static inline void line_set(const struct line *line, bool level)
{
    if (line->set) line->set(line->to, line->n, level);
}

#endif
