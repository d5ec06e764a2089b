/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Data prefetch streams of a core: from lines that loads were the first to use, which lines will be next?
 *
 * A line that continues no stream starts a candidate; its neighbour, above or below, makes it a stream in that
 * direction.  Each further line of the stream doubles how far ahead it looks, from 2 lines up to the depth that
 * DSCR[DPFD] asks for.  A line may be left out (fuzzy confirmation).  With DSCR[SNSE] two equal distances between lines
 * make a stream of that stride.  POWER9's PMU names all of these; how they are done, and the numbers, are ASSUMED, but
 * that with the default DSCR five lines in a row bring the next eleven to the L2 and the twelfth to the L3 was
 * measured.
 *
 * What a stream wants is an answer, and whether it is possible is up to memory.c.  Streams see real addresses, so they
 * end at a boundary beyond which the next page may be elsewhere.  (Hardware follows effective addresses.)  Streams that
 * software sets up (dcbt with TH != 0) and streams of stores are not modelled.
 */
#ifndef P9_TIMING_PREFETCH_H
#define P9_TIMING_PREFETCH_H

#include "core/timing/memory.h"

enum { STREAMS_MAX = 64, STREAM_DEPTH_MAX = 64, STREAM_STRIDE_MAX = 31 };

struct stream {
    u64 line;               /* the last one of it that was used */
    u64 used;               /* when, by the clock of the streams; 0: there is no stream here */
    s64 step;               /* lines; 0: a candidate */
    s64 distance;           /* of a candidate, from the line before */
    u32 depth;              /* steps that it looks ahead */
    u32 asked_l2, asked_l3; /* steps ahead of `line` that have been asked for */
};

struct streams {
    struct stream stream[STREAMS_MAX];
    u32 count; /* of them in use, 0..STREAMS_MAX */
    u32 depth_default, l1_lines, l2_lines, boundary_lines;
    bool stride;
    u64 clock;
    u64 allocated, confirmed;
    u64 dscr[MEMORY_THREADS];
};

/* Lines that a stream wants: `line` + k * `step`, for k = 1..l1 into the L1D, l2_first..l2_last into the L2, and
 * l3_first..l3_last into the L3.  Of an empty range the last is less than the first. */
struct stream_wish {
    u64 line;
    s64 step;
    u32 l1, l2_first, l2_last, l3_first, l3_last;
};

void streams_reset(struct streams *s, const struct memory_config *config);

/* Lines ahead that this DSCR asks for. */
u32 streams_depth(const struct streams *s, u64 dscr);

/* A load of this thread was the first to use the line since it came to the L1D, or missed it.  False: no wish. */
bool streams_use(struct streams *s, unsigned thread, u64 line, struct stream_wish *wish);

#endif
