/* SPDX-License-Identifier: Apache-2.0 */
/* See context.h. */
#include "traces/context.h"

#include "base/power.h"

enum trace_state context_state(const struct trace_context *c)
{
    if (c->msr & MSR_PR) return STATE_PROBLEM;
    if (!(c->msr & MSR_HV)) return STATE_OS;
    return c->msr & MSR_S ? STATE_ULTRAVISOR : STATE_HYPERVISOR;
}

const char *context_state_name(enum trace_state state)
{
    static const char *const names[TRACE_STATES] = {"ultravisor", "hypervisor", "os", "problem"};

    return names[state];
}

u32 context_lpid(const struct trace_context *c)
{
    return c->msr & MSR_HV ? 0 : c->lpid;
}

unsigned contexts_thread(const struct retire *r)
{
    return r->thread < CONTEXT_THREADS ? r->thread : 0;
}

static struct trace_context context_of(const struct retire *r)
{
    return (struct trace_context){.msr = r->context.msr,
                                  .lpid = r->context.lpid,
                                  .pid = r->context.pid,
                                  .partition = r->context.partition,
                                  .level = r->context.level};
}

void contexts_begin(struct contexts *c, unsigned thread, const struct retire *context)
{
    if (thread < CONTEXT_THREADS) c->thread[thread] = (struct thread_context){.now = context_of(context)};
}

void contexts_begin_at(struct contexts *c, const struct trace_source *source)
{
    struct retire context;

    c->at_once = source->lacks & TRACE_LACKS_STATE;
    for (unsigned k = 0; k < CONTEXT_THREADS && trace_context(source, k, &context); k++) contexts_begin(c, k, &context);
}

static void change_to(struct thread_context *t, struct trace_context to)
{
    to.change = t->now.change + 1;
    t->now = to;
}

static void settle(struct thread_context *t)
{
    if (t->is_coming) change_to(t, t->coming);
    t->is_coming = t->interrupted = false;
}

const struct trace_context *contexts_meet(struct contexts *c, const struct retire_block *block, size_t k)
{
    struct thread_context *t = &c->thread[contexts_thread(&block->record[k])];

    if ((t->is_coming || t->interrupted) && block->order + k != t->order + 1) settle(t);
    return &t->now;
}

void contexts_pass(struct contexts *c, const struct retire_block *block, size_t k)
{
    const struct retire *r = &block->record[k];
    struct thread_context *t = &c->thread[contexts_thread(r)];

    t->order = block->order + k;
    switch ((enum retire_kind)r->kind) {
    case RETIRE_INSN: settle(t); break;
    case RETIRE_INTERRUPT:
        settle(t);
        change_to(t, t->now);
        t->now.msr = r->interrupt.msr;
        t->interrupted = true;
        break;
    case RETIRE_CONTEXT:
        t->coming = context_of(r);
        t->is_coming = true;
        if (t->interrupted || c->at_once) settle(t);
        break;
    default: break;
    }
}
