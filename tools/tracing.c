/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See tracing.h.  A state trace and a commit log are of all hardware threads.  A qtrace is of one, so each thread has a
 * file: FILE if there is one, else FILE.0, FILE.1 ...
 */
#include "tools/tracing.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/state/thread.h"
#include "machine/trace_start.h"
#include "machine/when.h"
#include "tools/filtering.h"
#include "traces/commit.h"
#include "traces/qtrace_sink.h"
#include "traces/sieve.h"
#include "traces/state_sink.h"
#include "traces/stream.h"

enum format { FORMAT_STATE, FORMAT_QTRACE, FORMAT_COMMIT };

struct tracing {
    struct retire_sink sink;  /* of all threads */
    struct retire_sink whole; /* what the sieve lets through, or all */
    struct sieve sieve;
    enum format format;
    char path[4096], only[512], comment[1024]; /* only: what was filtered, or empty */
    struct isa *isa;                           /* of a commit log, and */
    struct words *words;
    struct state_sink *state; /* of the format of that name */
    struct trace_counted before;
    bool failed, counted; /* of the state trace: a part could not be written; its last part is */
    bool muted;           /* the file is another process's */
    unsigned threads, files;
    struct traced_file {
        char path[4200];
        struct stream_writer *stream;
        struct qtrace_sink qtrace; /* of that format: of one thread */
    } file[];
};

/* ---- records ---- */

static u64 take_whole(struct retire_sink *sink, const struct retire_block *block)
{
    struct tracing *t = container_of(sink, struct tracing, whole);
    struct retire_sink *to = t->state ? state_sink_of(t->state) : &t->file[retire_thread(block)].qtrace.sink;

    return to->take(to, block);
}

static u64 take_commits(struct tracing *t, const struct retire_block *block)
{
    struct stream_writer *stream = t->file[0].stream;

    for (size_t k = 0; k < block->count; k++) {
        bool takes = picker_takes(&t->sieve.picker, block, k);

        if (!takes || (*t->only && block->record[k].kind == RETIRE_CONTEXT)) continue;
        stream_take(stream,
                    commit_line(t->words, &t->sieve.picker.at, block, k, (char *)stream_room(stream, COMMIT_MOST)));
    }
    return 0;
}

static u64 take(struct retire_sink *sink, const struct retire_block *block)
{
    struct tracing *t = container_of(sink, struct tracing, sink);

    if (t->format == FORMAT_COMMIT) return take_commits(t, block);
    if (!*t->only) return t->whole.take(&t->whole, block);
    sieve_take(&t->sieve, block);
    return 0;
}

/* Only a qtrace must be told: records of the others say where they stood. */
static void gap(void *self, unsigned thread, const struct trace_context *now)
{
    struct tracing *t = self;
    struct qtrace_sink *qtrace = &t->file[thread].qtrace;
    const struct qtrace_context context = {.msr = now->msr, .ptcr = qtrace->ptcr, .lpid = now->lpid, .pid = now->pid};

    if (t->format == FORMAT_QTRACE) qtrace_sink_gap(qtrace, &context);
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

static void begin_contexts(struct tracing *t, struct machine *m)
{
    for (unsigned k = 0; k < t->threads; k++) {
        const struct retire context = machine_context(m, k);

        contexts_begin(&t->sieve.picker.contexts, k, &context);
        if (t->state) state_sink_context(t->state, k, &context);
    }
    if (t->state) t->failed = !machine_put_start(t->state, m, &t->before);
}

static void end_state(struct tracing *t, struct machine *m)
{
    if (t->counted) return;
    t->counted = true;
    t->failed |= !machine_put_counted(t->state, m, &t->before);
}

static void begin_commits(struct tracing *t)
{
    struct stream_writer *stream = t->file[0].stream;

    stream_take(stream, commit_begin(*t->only ? t->only : NULL, (char *)stream_room(stream, COMMIT_MOST)));
}

static u64 drop(struct retire_sink *sink, const struct retire_block *block)
{
    (void)sink, (void)block;
    return 0;
}

void tracing_mute(struct tracing *t)
{
    if (!t) return;
    t->sink.take = drop;
    t->muted = true;
}

static void begins(void *self, struct machine *m)
{
    struct tracing *t = self;

    if (t->muted) return;
    begin_contexts(t, m);
    if (t->format == FORMAT_QTRACE) begin_qtrace(t, m);
    if (t->format == FORMAT_COMMIT) begin_commits(t);
}

static void ends(void *self, struct machine *m)
{
    struct tracing *t = self;

    if (t->state && !t->muted) end_state(t, m);
}

/* ---- options ---- */

/* "FILE[,format=FORMAT]" */
static bool read_name(struct tracing *t, const char *text)
{
    static const char *const formats[] = {"state", "state,values", "qtrace", "commit"};
    const char *comma = strstr(text, ",format=");
    size_t length = comma ? (size_t)(comma - text) : strlen(text);
    unsigned n = 0;

    while (comma && n < ARRAY_SIZE(formats) && strcmp(comma + strlen(",format="), formats[n]) != 0) n++;
    if (n == ARRAY_SIZE(formats))
        return p9_error("--trace %.200s: there is no such format; there are state, state,values, qtrace and "
                        "commit",
                        text);
    if (!length || length >= sizeof t->path) return p9_error("--trace %.200s: write FILE[,format=FORMAT]", text);
    snprintf(t->path, sizeof t->path, "%.*s", (int)length, text);
    t->format = n == 2 ? FORMAT_QTRACE : n == 3 ? FORMAT_COMMIT : FORMAT_STATE;
    t->sink.values = n == 1 || n == 3;
    return true;
}

/* "N,M" */
static bool read_sample(struct tracing *t, const char *text)
{
    struct picker *p = &t->sieve.picker;
    size_t length = strcspn(text, ",");
    char every[32];

    snprintf(every, sizeof every, "%.*s", length < sizeof every ? (int)length : (int)sizeof every - 1, text);
    if (!text[length]) return p9_error("--trace-sample %.60s: write N,M: of every N instructions the first M", text);
    if (!cli_number("trace-sample", every, &p->every) || !cli_number("trace-sample", text + length + 1, &p->first))
        return false;
    return (p->first && p->first <= p->every) ||
           p9_error("--trace-sample %.60s: of every N instructions at least 1 and at most N", text);
}

static void add_only(struct tracing *t, const char *option, const char *text)
{
    size_t n = strlen(t->only);

    snprintf(t->only + n, sizeof t->only - n, "%s%s %s", n ? " " : "filtered: ", option, text);
}

static bool plan_sieve(struct session *s, struct tracing *t)
{
    const struct options *o = s->options;
    struct sieve *sieve = &t->sieve;

    sieve->to = &t->whole;
    sieve->gap = gap;
    sieve->self = t;
    if (o->trace_only.count) session_unpack_names(s);
    if (!filtering_read(&sieve->picker.filter, "--trace-only", &o->trace_only, &s->symbols)) return false;
    if (o->trace_sample && !read_sample(t, o->trace_sample)) return false;
    for (unsigned k = 0; k < o->trace_only.count; k++) add_only(t, "--trace-only", o->trace_only.item[k]);
    if (o->trace_sample) add_only(t, "--trace-sample", o->trace_sample);
    return true;
}

static bool is_packed(const struct tracing *t)
{
    size_t n = strlen(t->path);

    return t->format != FORMAT_COMMIT || (n > 3 && !strcmp(t->path + n - 3, ".gz"));
}

static bool create(struct tracing *t)
{
    t->files = t->format == FORMAT_QTRACE ? t->threads : 1;
    for (unsigned k = 0; k < t->files; k++) {
        struct traced_file *file = &t->file[k];

        if (t->files == 1) snprintf(file->path, sizeof file->path, "%s", t->path);
        else snprintf(file->path, sizeof file->path, "%s.%u", t->path, k);
        file->stream = stream_create(file->path, is_packed(t));
        if (!file->stream) return false;
    }
    if (t->format == FORMAT_STATE) t->state = state_sink_open(t->file[0].stream, t->threads, t->sink.values);
    if (t->state && *t->only) state_sink_has_gaps(t->state);
    if (t->format == FORMAT_COMMIT) {
        t->isa = isa_new();
        t->words = t->isa ? words_open(t->isa) : NULL;
        if (!t->words) return p9_error("--trace: the host has no memory");
    }
    return (t->format != FORMAT_STATE || t->state) && (t->format != FORMAT_COMMIT || t->words);
}

static bool plan(struct session *s, struct machine *m, struct tracing *t)
{
    const struct options *o = s->options;
    const struct machine_reader reader = {.sink = &t->sink, .begins = begins, .ends = ends, .self = t};
    struct when from, until;

    if (o->trace_from && !session_when(s, "--trace-from", o->trace_from, &from)) return false;
    if (o->trace_until && !session_when(s, "--trace-until", o->trace_until, &until)) return false;
    if (!plan_sieve(s, t)) return false;
    if (*t->only) {
        size_t n = strlen(t->comment);

        snprintf(t->comment + n, sizeof t->comment - n, "; %s", t->only);
    }
    return create(t) && machine_plan_reading(m, &reader, o->trace_from ? &from : NULL, o->trace_until ? &until : NULL);
}

/* Options of a trace that nobody asked for. */
static bool is_for_nothing(const struct options *o)
{
    if (o->trace_from || o->trace_until)
        return p9_error("--trace-from and --trace-until say when --trace FILE is written");
    return !(o->trace_only.count || o->trace_sample) ||
           p9_error("--trace-only and --trace-sample say what --trace FILE is to hold");
}

bool tracing_plan(struct session *s, struct machine *m, struct tracing **tracing)
{
    unsigned threads = machine_thread_count(m);
    struct tracing *t;

    *tracing = NULL;
    if (!s->options->trace) return is_for_nothing(s->options);
    t = calloc(1, sizeof *t + threads * sizeof t->file[0]);
    if (!t) return p9_error("--trace: the host has no memory");
    *tracing = t;
    t->sink.take = take;
    t->whole.take = take_whole;
    t->threads = threads;
    snprintf(t->comment, sizeof t->comment,
             "p9sim " P9_VERSION "; walks have up to 24 of the 30 entries of a nested translation: not the "
             "partition-table entry, nor the process-table entry and where that lies");
    return read_name(t, s->options->trace) && plan(s, m, t);
}

static bool close_files(struct tracing *t)
{
    bool whole = true;

    words_close(t->words);
    if (t->isa) isa_free(t->isa);
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
    for (unsigned k = 0; t->format == FORMAT_QTRACE && machine_has_read(m) && k < t->files; k++)
        qtrace_sink_close(&t->file[k].qtrace);
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
