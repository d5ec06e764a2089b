/* SPDX-License-Identifier: Apache-2.0 */
/* See contexts.h. */
#include "traces/contexts.h"

#include "base/power.h"
#include "traces/source.h"

void contexts_open(struct contexts *c, const struct trace_source *source)
{
    memset(c, 0, sizeof *c);
    c->at_once = source->lacks & TRACE_LACKS_STATE;
}

static struct trace_context context_from(const struct retire *r)
{
    return (struct trace_context){.msr = r->context.msr,
                                  .lpid = r->context.msr & MSR_HV ? 0 : r->context.lpid,
                                  .pid = r->context.pid,
                                  .partition = r->context.partition,
                                  .level = r->context.level};
}

static void move_to(struct context_thread *t, const struct trace_context *to)
{
    u32 change = t->now.change + 1;

    t->now = *to;
    t->now.change = change;
}

void contexts_begin(struct contexts *c, const struct trace_source *source)
{
    for (unsigned k = 0; source->begins && k < CONTEXTS_THREADS; k++) {
        const struct retire *context = source->begins(source, k);
        struct trace_context now;

        if (!context) return;
        now = context_from(context);
        move_to(&c->thread[k], &now);
    }
}

static void read_context(struct context_thread *t, const struct retire *r, bool at_once)
{
    t->coming = context_from(r);
    t->is_coming = !t->interrupted && !at_once;
    if (!t->is_coming) move_to(t, &t->coming);
}

const struct trace_context *contexts_move(struct context_thread *t, const struct retire *r, bool at_once)
{
    if (r->kind == RETIRE_INSN) {
        t->was = t->now;
        t->interrupted = t->is_coming = false;
        move_to(t, &t->coming);
        return &t->was;
    }
    if (r->kind == RETIRE_CONTEXT) read_context(t, r, at_once);
    else if (r->kind == RETIRE_INTERRUPT || r->kind == RETIRE_EVENT_BRANCH) t->interrupted = true;
    return &t->now;
}
