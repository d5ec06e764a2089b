/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See tracing.h.  A state trace is of all hardware threads.  A qtrace is of one, so each thread has a file: FILE if
 * there is one, else FILE.0, FILE.1 ...
 */
#include "tools/tracing.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/state/thread.h"
#include "machine/trace_start.h"
#include "machine/when.h"
#include "traces/qtrace_sink.h"
#include "traces/state_sink.h"
#include "traces/stream.h"

enum format { FORMAT_STATE, FORMAT_QTRACE };

struct tracing {
    struct retire_sink sink; /* of all threads */
    enum format format;
    char path[4096], comment[512];
    struct state_sink *state; /* of the format of that name */
    struct trace_counted before;
    bool failed, counted; /* of the state trace: a part could not be written; its last part is */
    unsigned threads, files;
    struct traced_file {
        char path[4200];
        struct stream_writer *stream;
        struct qtrace_sink qtrace; /* of that format: of one thread */
    } file[];
};

/* ---- records ---- */

static u64 take(struct retire_sink *sink, const struct retire_block *block)
{
    struct tracing *t = (struct tracing *)sink;
    struct retire_sink *to = t->state ? state_sink_of(t->state) : &t->file[retire_thread(block)].qtrace.sink;

    return to->take(to, block);
}

static void begin_qtrace(struct tracing *t, struct machine *m)
{
    for (unsigned k = 0; k < t->files; k++) {
        const struct thread *thread = machine_thread(m, k);
        const struct qtrace_context context = {
            .msr = thread->msr, .ptcr = thread->spr.PTCR, .lpid = (u32)thread->spr.LPIDR, .pid = (u32)thread->spr.PIDR};

        qtrace_sink_open(&t->file[k].qtrace, t->file[k].stream, k, t->comment, &context);
    }
}

static void begin_state(struct tracing *t, struct machine *m)
{
    for (unsigned k = 0; k < t->threads; k++) {
        const struct retire context = machine_context(m, k);

        state_sink_context(t->state, k, &context);
    }
    t->failed = !machine_put_start(t->state, m, &t->before);
}

static void end_state(struct tracing *t, struct machine *m)
{
    if (t->counted) return;
    t->counted = true;
    t->failed |= !machine_put_counted(t->state, m, &t->before);
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

    if (t->state) begin_state(t, m);
    else begin_qtrace(t, m);
}

static void ends(void *self, struct machine *m)
{
    struct tracing *t = self;

    if (t->state) end_state(t, m);
}

/* ---- options ---- */

/* "FILE[,format=FORMAT]" */
static bool read_name(struct tracing *t, const char *text)
{
    static const char *const formats[] = {"state", "state,values", "qtrace"};
    const char *comma = strstr(text, ",format=");
    size_t length = comma ? (size_t)(comma - text) : strlen(text);
    unsigned n = 0;

    while (comma && n < ARRAY_SIZE(formats) && strcmp(comma + strlen(",format="), formats[n]) != 0) n++;
    if (n == ARRAY_SIZE(formats))
        return p9_error("--trace %.200s: there is no such format; there are state, state,values and qtrace", text);
    if (!length || length >= sizeof t->path) return p9_error("--trace %.200s: write FILE[,format=FORMAT]", text);
    snprintf(t->path, sizeof t->path, "%.*s", (int)length, text);
    t->format = n == 2 ? FORMAT_QTRACE : FORMAT_STATE;
    t->sink.values = n == 1;
    return true;
}

static bool create(struct tracing *t)
{
    t->files = t->format == FORMAT_QTRACE ? t->threads : 1;
    for (unsigned k = 0; k < t->files; k++) {
        struct traced_file *file = &t->file[k];

        if (t->files == 1) snprintf(file->path, sizeof file->path, "%s", t->path);
        else snprintf(file->path, sizeof file->path, "%s.%u", t->path, k);
        file->stream = stream_create(file->path, true);
        if (!file->stream) return false;
    }
    if (t->format == FORMAT_STATE) t->state = state_sink_open(t->file[0].stream, t->threads, t->sink.values);
    return t->format != FORMAT_STATE || t->state;
}

static bool plan(struct session *s, struct machine *m, struct tracing *t)
{
    const struct options *o = s->options;
    const struct machine_reader reader = {.sink = &t->sink, .begins = begins, .ends = ends, .self = t};
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
    t = calloc(1, sizeof *t + threads * sizeof t->file[0]);
    if (!t) return p9_error("--trace: the host has no memory");
    *tracing = t;
    t->sink.take = take;
    t->threads = threads;
    snprintf(t->comment, sizeof t->comment,
             "p9sim " P9_VERSION "; walks have up to 24 of the 30 entries of a nested translation: not the "
             "partition-table entry, nor the process-table entry and where that lies");
    return read_name(t, s->options->trace) && plan(s, m, t);
}

static bool close_files(struct tracing *t)
{
    bool whole = true;

    state_sink_close(t->state);
    for (unsigned k = 0; k < t->files; k++)
        if (t->file[k].stream) whole &= stream_finish(t->file[k].stream);
    return whole;
}

bool tracing_finish(struct tracing *t, struct machine *m)
{
    bool whole;

    if (!t) return true;
    if (t->state && machine_has_read(m)) end_state(t, m);
    for (unsigned k = 0; !t->state && machine_has_read(m) && k < t->files; k++) qtrace_sink_close(&t->file[k].qtrace);
    whole = close_files(t);
    if (!machine_has_read(m))
        whole = p9_error("%s: the moment at which it was to begin never came; it is empty", t->path);
    whole &= !t->failed;
    free(t);
    return whole;
}

void tracing_abandon(struct tracing *t)
{
    if (t && !close_files(t)) p9_error("%s: is not whole", t->path);
    free(t);
}
