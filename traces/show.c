/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See show.h.
 *
 *          0  c000000000826e14  7d24302a  ldx     r9,r4,r6          load c00000007f5d1a10 = 7f5d1a10 64K
 *
 * and with names a column for them behind the address.  What is no instruction stands between them as a comment, "#
 * interrupt DECREMENTER from ...".  A line of context stands in front of the first line that it is true of.
 */
#include "traces/show.h"

#include <inttypes.h>

#include "traces/commit.h"
#include "traces/events.h"

static const char *page_name(unsigned shift)
{
    switch (shift) {
    case 12: return "4K";
    case 16: return "64K";
    case 21: return "2M";
    case 24: return "16M";
    case 30: return "1G";
    default: return "page";
    }
}

static const char *access_name(const struct retire_access *a)
{
    static const char *const names[] = {"fetch", "load", "store", "reserve", "conditional store", "cache", "hint"};

    return a->kind < ARRAY_SIZE(names) ? names[a->kind] : "access";
}

static void show_access(const struct show *s, const struct retire_access *a)
{
    fprintf(s->to, "  %s %" PRIx64, access_name(a), a->ea);
    if (a->by == TRANSLATED_NOT || a->flags & ACCESS_REFUSED) return;
    fprintf(s->to, " = %" PRIx64 " %s", a->ra, page_name(a->page_shift));
    if (a->by == TRANSLATED_BY_TLB) fputs(", TLB", s->to);
    if (a->reads) fprintf(s->to, ", walk of %u", a->reads);
}

static void show_step(const struct show *s, const struct walk_step *step)
{
    static const char *const kinds[] = {"PATE", "PRTE", "PDE", "PTE", "PTEG", "STEG"};
    bool partition = step->stage == STAGE_PARTITION;

    fprintf(s->to, "#%*s%s %s L%u for %" PRIx64 " at %" PRIx64 "\n", partition ? 22 : 20, "",
            partition ? "partition" : "process", step->kind < ARRAY_SIZE(kinds) ? kinds[step->kind] : "entry",
            step->level, step->address, step->entry_ra);
}

/* A name that is longer than its column keeps its end, where the offset is. */
static void show_name_column(const struct show *s, u64 address)
{
    enum { COLUMN = 32 };
    char name[SHOW_NAME] = "";
    size_t n;

    if (!s->name) return;
    s->name(s->self, address, name);
    n = strlen(name);
    fprintf(s->to, "%-*s  ", COLUMN, n > COLUMN ? name + n - COLUMN : name);
}

static void show_target(const struct show *s, u64 address)
{
    char name[SHOW_NAME] = "";

    fprintf(s->to, "  -> %" PRIx64, address);
    if (s->name) s->name(s->self, address, name);
    if (*name) fprintf(s->to, " <%s>", name);
}

static void show_insn(const struct show *s, const struct retire *r, const struct retire_block *block)
{
    fprintf(s->to, "%10" PRIu64 "  %016" PRIx64 "  ", s->number, r->cia);
    show_name_column(s, r->cia);
    fprintf(s->to, "%08" PRIx32 "  %-30s", r->facts->word, words_text(s->words, r->facts->word, r->cia));
    for (unsigned k = 0; k < r->accesses; k++) show_access(s, &block->access[r->access + k]);
    if (r->flags & RETIRE_FAULTED) fputs("  did not complete", s->to);
    else if (r->flags & RETIRE_WAITED) fputs("  waits", s->to);
    else if (r->nia != r->cia + 4) show_target(s, r->nia);
    fputc('\n', s->to);
    if (!s->walks) return;
    for (unsigned k = 0; k < r->accesses; k++) {
        const struct retire_access *a = &block->access[r->access + k];
        for (unsigned n = 0; n < a->reads; n++) show_step(s, &block->read[a->read + n].step);
    }
}

static bool is_wanted(const struct show *s)
{
    return s->number >= s->from && s->shown < s->count;
}

static bool is_told(const struct show *s, const struct retire *r)
{
    const struct trace_context *a = &s->told, *b = &s->picker.at;

    return s->has_told && s->told_thread == contexts_thread(r) && a->lpid == b->lpid && a->pid == b->pid &&
           a->level == b->level && context_state(a) == context_state(b);
}

/* In which context what follows happens, if that was not said. */
static void tell_context(struct show *s, const struct retire *r)
{
    const struct trace_context *c = &s->picker.at;

    if (is_told(s, r)) return;
    fprintf(s->to, "# thread %u, ", contexts_thread(r));
    if (!s->picker.contexts.at_once)
        fprintf(s->to, "%s state, level %" PRIu32 ", ", context_state_name(context_state(c)), c->level);
    fprintf(s->to, "lpid %" PRIu32 " pid %" PRIu32 "\n", context_lpid(c), c->pid);
    s->told = *c;
    s->told_thread = contexts_thread(r);
    s->has_told = true;
}

static void show_line(struct show *s, const struct retire *r, const struct retire_block *block)
{
    char text[EVENT_TEXT];

    if (r->kind == RETIRE_CONTEXT && !s->by_itself) return; /* tell_context() does */
    if (!s->by_itself) tell_context(s, r);
    if (r->kind == RETIRE_INSN) {
        show_insn(s, r, block);
        return;
    }
    event_text(r, text);
    fprintf(s->to, "#           %s\n", text);
}

static void show_commit(struct show *s, const struct retire_block *block, size_t k)
{
    char line[COMMIT_MOST];

    if (block->record[k].kind == RETIRE_CONTEXT && (s->picker.filter.words || s->picker.every)) return;
    fwrite(line, 1, commit_line(s->words, &s->picker.at, block, k, line), s->to);
}

bool show_block(struct show *s, const struct retire_block *block)
{
    for (size_t k = 0; k < block->count; k++) {
        const struct retire *r = &block->record[k];
        bool takes = picker_takes(&s->picker, block, k) && is_wanted(s);

        if (takes && s->commit) show_commit(s, block, k);
        else if (takes) show_line(s, r, block);
        if (r->kind != RETIRE_INSN) continue;
        s->number++;
        s->shown += takes;
    }
    return s->shown < s->count && !ferror(s->to);
}
