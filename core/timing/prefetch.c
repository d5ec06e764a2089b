/* SPDX-License-Identifier: Apache-2.0 */
/* Data prefetch streams of a core; see prefetch.h. */
#include "core/timing/prefetch.h"

/* Data Stream Control Register - Power ISA 3.0B, Book II 4.2. */
#define DSCR_SNSE PPC_BIT(59)         /* stride-N stream enable */
#define DSCR_DPFD PPC_BITMASK(61, 63) /* default prefetch depth */

enum { FARTHEST = 2 * STREAM_STRIDE_MAX }; /* lines from a stream that may belong to it */

void streams_reset(struct streams *s, const struct memory_config *config)
{
    *s = (struct streams){.count = config->streams,
                          .depth_default = config->stream_depth,
                          .l1_lines = config->stream_l1_lines,
                          .l2_lines = config->stream_l2_lines,
                          .boundary_lines = (u32)(config->stream_boundary >> LINE_SHIFT),
                          .stride = config->stream_stride};
}

u32 streams_depth(const struct streams *s, u64 dscr)
{
    /* default, none, shallowest, shallow, medium, deep, deeper, deepest */
    static const u8 lines[8] = {0, 0, 2, 4, 8, 12, 16, 24};
    u64 depth = GETFIELD(DSCR_DPFD, dscr);

    return depth ? lines[depth] : s->depth_default;
}

/* Steps from the line that stay on this side of the boundary, at most `wanted`. */
static u32 steps_inside(const struct streams *s, u64 line, s64 step, u32 wanted)
{
    u64 offset = line & (s->boundary_lines - 1);
    u64 inside = step > 0 ? (s->boundary_lines - 1 - offset) / (u64)step : offset / (u64)-step;

    return inside < wanted ? (u32)inside : wanted;
}

static u32 least(u32 a, u32 b)
{
    return a < b ? a : b;
}

/* The stream looks `depth` lines ahead; what has been asked for is not asked for again, except once for each level. */
static struct stream_wish look_ahead(const struct streams *s, struct stream *stream)
{
    u32 depth = steps_inside(s, stream->line, stream->step, stream->depth), near = least(depth, s->l2_lines);
    u32 far_first = (stream->asked_l3 > near ? stream->asked_l3 : near) + 1;
    struct stream_wish wish = {.line = stream->line,
                               .step = stream->step,
                               .l1 = least(depth, s->l1_lines),
                               .l2_first = stream->asked_l2 + 1,
                               .l2_last = near,
                               .l3_first = far_first,
                               .l3_last = depth};

    if (near > stream->asked_l2) stream->asked_l2 = near;
    if (depth > stream->asked_l3) stream->asked_l3 = depth;
    return wish;
}

/* It has reached the line, `steps` further. */
static void advance(struct streams *s, struct stream *stream, u64 line, u32 steps, u32 depth)
{
    stream->line = line;
    stream->used = s->clock;
    stream->depth = least(stream->depth * 2, depth);
    stream->asked_l2 -= least(stream->asked_l2, steps);
    stream->asked_l3 -= least(stream->asked_l3, steps);
}

static void confirm(struct streams *s, struct stream *stream, s64 step)
{
    s->confirmed++;
    stream->step = step;
    stream->depth = 1;
    stream->asked_l2 = stream->asked_l3 = 0;
}

/* Steps that the line is ahead of the stream, 0: it does not belong to it. */
static u32 steps_ahead(const struct stream *stream, u64 line)
{
    s64 distance = (s64)(line - stream->line);

    return distance == stream->step ? 1 : distance == 2 * stream->step ? 2 : 0;
}

/* The line and the last one of the candidate make it a stream with this step; 0: they do not. */
static s64 step_found(const struct streams *s, struct stream *candidate, u64 line, bool stride)
{
    s64 distance = (s64)(line - candidate->line), before = candidate->distance;

    if (!distance || distance > STREAM_STRIDE_MAX || distance < -STREAM_STRIDE_MAX) return 0;
    if (distance == 1 || distance == -1) return distance;
    if (!stride) return 0;
    candidate->line = line;
    candidate->distance = distance;
    candidate->used = s->clock;
    return distance == before ? distance : 0;
}

static struct stream *oldest(struct streams *s)
{
    struct stream *found = s->stream;

    for (u32 k = 1; k < s->count; k++)
        if (s->stream[k].used < found->used) found = &s->stream[k];
    return found;
}

/* It continues this stream or candidate, which has gone on to it then; the answer is how many steps, or 0. */
static u32 continues(struct streams *s, struct stream *stream, u64 line, bool stride)
{
    s64 step;

    if (stream->step) return steps_ahead(stream, line);
    step = step_found(s, stream, line, stride);
    if (step) confirm(s, stream, step);
    return step != 0;
}

bool streams_use(struct streams *s, unsigned thread, u64 line, struct stream_wish *wish)
{
    u64 dscr = s->dscr[thread];
    u32 depth = streams_depth(s, dscr), steps;
    bool stride = s->stride || (dscr & DSCR_SNSE), seen = false;

    if (!depth) return false;
    s->clock++;
    for (struct stream *stream = s->stream; stream < s->stream + s->count; stream++) {
        if (line - stream->line + FARTHEST > 2 * FARTHEST || !stream->used) continue;
        steps = continues(s, stream, line, stride);
        if (steps) {
            advance(s, stream, line, steps, depth);
            *wish = look_ahead(s, stream);
            return true;
        }
        seen |= stream->line == line;
    }
    if (!seen && s->count) {
        s->allocated++;
        *oldest(s) = (struct stream){.line = line, .used = s->clock};
    }
    return false;
}
