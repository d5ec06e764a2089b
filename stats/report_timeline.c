/* SPDX-License-Identifier: Apache-2.0 */
/* timeline.json: which level of nesting ran when, in the Trace Event Format that chrome://tracing and Perfetto open. */
#include <stdio.h>

#include "stats/report_parts.h"

/* Trace Event Format: times are microseconds; a process per machine, a track per thread. */
static double microseconds(const struct report *r, u64 cycles)
{
    return (double)cycles / (double)r->core_mhz;
}

static void timeline_names(const struct report *r, struct emit *e)
{
    for (unsigned k = 0; k < r->thread_count; k++) {
        char name[48];
        snprintf(name, sizeof name, "core %u thread %u", r->threads[k].pir >> 2, r->threads[k].pir & 3);
        emit_open(e, NULL, '{');
        emit_string(e, "ph", "M");
        emit_string(e, "name", "thread_name");
        emit_u64(e, "pid", 0);
        emit_u64(e, "tid", r->threads[k].pir);
        emit_open(e, "args", '{');
        emit_string(e, "name", name);
        emit_close(e, '}');
        emit_close(e, '}');
    }
}

void report_timeline(const struct report *r, struct emit *e)
{
    emit_open(e, NULL, '{');
    emit_string(e, "displayTimeUnit", "ms");
    emit_open(e, "traceEvents", '[');
    timeline_names(r, e);
    for (unsigned k = 0; k < r->timeline.count; k++) {
        const struct timeline_slice *s = &r->timeline.slice[k];
        char name[64];
        snprintf(name, sizeof name, "L%u %s", s->level, s->state);
        emit_open(e, NULL, '{');
        emit_string(e, "ph", "X");
        emit_string(e, "name", name);
        emit_fixed(e, "ts", microseconds(r, s->start), 3);
        emit_fixed(e, "dur", microseconds(r, s->end - s->start), 3);
        emit_u64(e, "pid", 0);
        emit_u64(e, "tid", s->thread);
        emit_open(e, "args", '{');
        emit_u64(e, "lpid", s->lpid);
        emit_close(e, '}');
        emit_close(e, '}');
    }
    for (unsigned k = 0; k < r->mark_count; k++) {
        emit_open(e, NULL, '{');
        emit_string(e, "ph", "i");
        emit_string(e, "name", r->marks[k].name);
        emit_fixed(e, "ts", microseconds(r, r->marks[k].cycle), 3);
        emit_u64(e, "pid", 0);
        emit_u64(e, "tid", 0);
        emit_string(e, "s", "g");
        emit_close(e, '}');
    }
    emit_close(e, ']');
    emit_close(e, '}');
}
