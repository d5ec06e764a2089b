/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See checking.h.  The run is side A of a comparison (traces/diff.h), one more reader of its records; the file is B.
 * The trace's first record must be what happens first from --check-from on, so that is what --trace-from was when it
 * was written.  Where they part the machine stands still: not at the instruction, but behind the block of records in
 * which it is, because asking after each instruction would change the times of a model that is timed by blocks.
 */
#include "tools/checking.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/isa/decode.h"
#include "machine/when.h"
#include "traces/ahead.h"
#include "traces/diff.h"

enum { CONTEXT = 10 };

/* The file, whose first block was looked at before the run. */
struct looked_at {
    struct trace_source source, *from;
    struct retire_block first;
    bool has_first;
};

struct checking {
    struct retire_sink sink;
    struct looked_at b;
    struct session *session;
    struct machine *machine;
    struct isa *isa;
    struct diff *diff;
    enum diff_is is;
    FILE *to; /* the report goes into text, until the guest has said all */
    char *text;
    size_t size;
};

/* ---- the file ---- */

static bool next(struct trace_source *source, struct retire_block *block)
{
    struct looked_at *b = (struct looked_at *)source;
    bool is_there;

    if (b->has_first) {
        *block = b->first;
        b->has_first = false;
        return true;
    }
    is_there = b->from->next(b->from, block);
    source->failed = b->from->failed;
    return is_there;
}

static bool open_file(struct checking *c, const char *path)
{
    struct looked_at *b = &c->b;

    b->from = trace_open(path, c->isa, 0);
    if (!b->from) return false;
    b->from = trace_ahead(b->from);
    b->source = (struct trace_source){.next = next, .format = b->from->format, .lacks = b->from->lacks};
    b->has_first = b->from->next(b->from, &b->first);
    if (b->from->failed) return false;
    if (b->from->lacks & TRACE_LACKS_STATE && machine_thread_count(c->machine) > 1)
        return p9_error("--check-against %s: a %s is of one hardware thread, this machine has %u; take a state trace",
                        path, b->from->format, machine_thread_count(c->machine));
    c->sink.values = b->has_first && b->first.value;
    return true;
}

/* ---- records ---- */

static u64 take(struct retire_sink *sink, const struct retire_block *block)
{
    struct checking *c = (struct checking *)sink;

    if (c->is != DIFF_SAME) return 0;
    c->is = diff_take(c->diff, block);
    if (c->is == DIFF_B_ENDED) machine_read_enough(c->machine);
    else if (c->is != DIFF_SAME) machine_stand_still(c->machine);
    return 0;
}

static u64 drop(struct retire_sink *sink, const struct retire_block *block)
{
    (void)sink, (void)block;
    return 0;
}

void checking_mute(struct checking *c)
{
    if (c) c->sink.take = drop;
}

/* ---- before the run ---- */

static void name_of(void *self, u64 address, char out[128])
{
    struct session *s = self;
    char name[SYMBOL_TEXT];

    session_unpack_names(s);
    symbols_name(&s->symbols, address, name);
    snprintf(out, 128, "%s", name);
}

static bool plan(struct session *s, struct machine *m, struct checking *c)
{
    const struct options *o = s->options;
    const struct machine_reader reader = {.sink = &c->sink, .self = c};
    struct diff_options d = {.name_a = "this run",
                             .name_b = o->check_against,
                             .context = CONTEXT,
                             .thread = DIFF_ALL_THREADS,
                             .b_may_end = true,
                             .name = name_of,
                             .self = s};
    struct when from;

    if (o->check_from && !session_when(s, "--check-from", o->check_from, &from)) return false;
    d.isa = c->isa = isa_new();
    if (!c->isa || !open_file(c, o->check_against)) return false;
    d.to = c->to = open_memstream(&c->text, &c->size);
    if (!c->to) return p9_error("--check-against: the host has no memory");
    c->diff = diff_open(&d, &c->b.source);
    return c->diff && machine_plan_reading(m, &reader, o->check_from ? &from : NULL, NULL);
}

bool checking_plan(struct session *s, struct machine *m, struct checking **checking)
{
    const struct options *o = s->options;
    struct checking *c;

    *checking = NULL;
    if (!o->check_against) return !o->check_from || p9_error("--check-from says when --check-against FILE begins");
    if (o->trace) return p9_error("--check-against: a run reads a trace or writes one (--trace), not both");
    c = calloc(1, sizeof *c);
    if (!c) return p9_error("--check-against: the host has no memory");
    *checking = c;
    c->sink.take = take;
    c->session = s;
    c->machine = m;
    return plan(s, m, c);
}

/* ---- behind it ---- */

/* A run that was ended from outside may end before the trace does. */
static bool may_end(enum machine_end end)
{
    return end == MACHINE_LIMIT || end == MACHINE_STOPPED || end == MACHINE_REACHED;
}

void checking_judge(struct checking *c, enum machine_end end, char *text, size_t size, enum exit_status *status)
{
    const char *path = c ? c->session->options->check_against : NULL;

    if (!c) return;
    if (!machine_has_read(c->machine)) {
        p9_error("--check-against %s: the moment at which it was to begin never came", path);
        *status = EXIT_BAD_INPUT;
        return;
    }
    if (c->is == DIFF_SAME) c->is = diff_end(c->diff, may_end(end));
    fflush(c->to);
    if (c->is == DIFF_FAILED) *status = EXIT_BAD_INPUT;
    if (c->is == DIFF_PARTED) {
        fwrite(c->text, 1, c->size, stdout);
        fflush(stdout);
        snprintf(text, size, "parted from %.200s behind %" PRIu64 " instructions of it", path, diff_same(c->diff));
        *status = EXIT_DIFFERS;
    }
    if (c->is == DIFF_SAME || c->is == DIFF_A_ENDED || c->is == DIFF_B_ENDED)
        log_say(&c->session->log, LOG_INFO, "%" PRIu64 " instructions as in %s%s", diff_same(c->diff), path,
                c->is == DIFF_A_ENDED ? ", which goes on" : "");
}

void checking_close(struct checking *c)
{
    if (!c) return;
    diff_close(c->diff);
    if (c->to) fclose(c->to);
    free(c->text);
    if (c->b.from) c->b.from->close(c->b.from);
    if (c->isa) isa_free(c->isa);
    free(c);
}
