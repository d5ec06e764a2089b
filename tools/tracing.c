/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See tracing.h.  A qtrace is of one hardware thread, so each thread has a file: FILE if there is one, else FILE.0,
 * FILE.1 ...
 */
#include "tools/tracing.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/state/thread.h"
#include "machine/when.h"
#include "traces/qtrace_sink.h"
#include "traces/stream.h"

struct tracing {
    struct retire_sink sink; /* of all threads */
    char path[4096], comment[512];
    unsigned threads;
    struct traced_thread {
        char path[4200];
        struct stream_writer *stream;
        struct qtrace_sink qtrace;
    } thread[];
};

/* ---- records ---- */

static u64 take(struct retire_sink *sink, const struct retire_block *block)
{
    struct tracing *t = (struct tracing *)sink;
    struct retire_sink *of_thread = &t->thread[retire_thread(block)].qtrace.sink;

    return of_thread->take(of_thread, block);
}

static u64 drop(struct retire_sink *sink, const struct retire_block *block)
{
    (void)sink, (void)block;
    return 0;
}

void tracing_mute(struct tracing *t)
{
    if (t) t->sink.take = drop;
}

static void begins(void *self, struct machine *m)
{
    struct tracing *t = self;

    for (unsigned k = 0; k < t->threads; k++) {
        const struct thread *thread = machine_thread(m, k);
        const struct qtrace_context context = {
            .msr = thread->msr, .ptcr = thread->spr.PTCR, .lpid = (u32)thread->spr.LPIDR, .pid = (u32)thread->spr.PIDR};

        qtrace_sink_open(&t->thread[k].qtrace, t->thread[k].stream, k, t->comment, &context);
    }
}

/* ---- options ---- */

/* "FILE[,format=qtrace]" */
static bool read_name(struct tracing *t, const char *text)
{
    const char *comma = strstr(text, ",format=");
    size_t length = comma ? (size_t)(comma - text) : strlen(text);

    if (comma && strcmp(comma, ",format=qtrace") != 0)
        return p9_error("--trace %.200s: there is no such format; there is qtrace", text);
    if (!length || length >= sizeof t->path) return p9_error("--trace %.200s: write FILE[,format=FORMAT]", text);
    snprintf(t->path, sizeof t->path, "%.*s", (int)length, text);
    return true;
}

static bool create(struct tracing *t)
{
    for (unsigned k = 0; k < t->threads; k++) {
        struct traced_thread *of = &t->thread[k];

        if (t->threads == 1) snprintf(of->path, sizeof of->path, "%s", t->path);
        else snprintf(of->path, sizeof of->path, "%s.%u", t->path, k);
        of->stream = stream_create(of->path, true);
        if (!of->stream) return false;
    }
    return true;
}

static bool plan(struct session *s, struct machine *m, struct tracing *t)
{
    const struct options *o = s->options;
    const struct machine_reader reader = {.sink = &t->sink, .begins = begins, .self = t};
    struct when from, until;

    if (o->trace_from && !session_when(s, "--trace-from", o->trace_from, &from)) return false;
    if (o->trace_until && !session_when(s, "--trace-until", o->trace_until, &until)) return false;
    return create(t) && machine_plan_reading(m, &reader, o->trace_from ? &from : NULL, o->trace_until ? &until : NULL);
}

bool tracing_plan(struct session *s, struct machine *m, struct tracing **tracing)
{
    unsigned threads = machine_thread_count(m);
    struct tracing *t;

    *tracing = NULL;
    if (!s->options->trace)
        return !(s->options->trace_from || s->options->trace_until) ||
               p9_error("--trace-from and --trace-until say when --trace FILE is written");
    t = calloc(1, sizeof *t + threads * sizeof t->thread[0]);
    if (!t) return p9_error("--trace: the host has no memory");
    *tracing = t;
    t->sink.take = take;
    t->threads = threads;
    snprintf(t->comment, sizeof t->comment,
             "p9sim " P9_VERSION "; walks have up to 24 of the 30 entries of a nested translation: not the "
             "partition-table entry, nor the process-table entry and where that lies");
    return read_name(t, s->options->trace) && plan(s, m, t);
}

static bool close_streams(struct tracing *t)
{
    bool whole = true;

    for (unsigned k = 0; k < t->threads; k++) {
        if (t->thread[k].stream) whole &= stream_finish(t->thread[k].stream);
        t->thread[k].stream = NULL;
    }
    return whole;
}

bool tracing_finish(struct tracing *t, const struct machine *m)
{
    bool whole;

    if (!t) return true;
    for (unsigned k = 0; machine_has_read(m) && k < t->threads; k++) qtrace_sink_close(&t->thread[k].qtrace);
    whole = close_streams(t);
    if (!machine_has_read(m))
        whole = p9_error("%s: the moment at which it was to begin never came; it is empty", t->path);
    free(t);
    return whole;
}

void tracing_abandon(struct tracing *t)
{
    if (t && !close_streams(t)) p9_error("%s: is not whole", t->path);
    free(t);
}
