/* SPDX-License-Identifier: Apache-2.0 */
/* See sieve.h. */
#include "traces/sieve.h"

struct stretch {
    size_t from;
    struct trace_context context; /* in which it begins */
};

/* Records from `from` up to `to`, as a block. */
static void hand_on(struct sieve *s, const struct retire_block *block, const struct stretch *from, size_t to)
{
    struct retire_block part = *block;
    unsigned thread = contexts_thread(&block->record[from->from]);
    size_t k = from->from;
    u32 value = k && block->value_end ? block->value_end[k - 1] : 0;

    part.record += k;
    part.count = to - k;
    part.order += k;
    if (k) part.kept = 0;
    if (block->value_end) {
        for (size_t n = k; n < to; n++) s->value_end[n - k] = block->value_end[n] - value;
        part.value += value;
        part.value_end = s->value_end;
    }
    if (s->lost[thread] && s->gap) s->gap(s->self, thread, &from->context);
    s->lost[thread] = false;
    s->to->take(s->to, &part);
}

/* These always go on, since the context behind them holds at once. */
static bool is_interrupt(const struct retire *r)
{
    return r->kind == RETIRE_INTERRUPT || r->kind == RETIRE_EVENT_BRANCH;
}

void sieve_take(struct sieve *s, const struct retire_block *block)
{
    struct stretch stretch = {0};
    bool open = false;

    for (size_t k = 0; k < block->count; k++) {
        bool takes = picker_takes(&s->picker, block, k) || is_interrupt(&block->record[k]);

        if (takes && !open) stretch = (struct stretch){k, s->picker.at};
        if (!takes && open) hand_on(s, block, &stretch, k);
        if (!takes && block->record[k].kind == RETIRE_INSN) s->lost[contexts_thread(&block->record[k])] = true;
        open = takes;
    }
    if (open) hand_on(s, block, &stretch, block->count);
}
