/* SPDX-License-Identifier: Apache-2.0 */
/* See qtrace_sink.h. */
#include "traces/qtrace_sink.h"

#include "base/power.h"
#include "traces/stream.h"

/* ---- walks ---- */

enum { NESTED_FOR_PAGE = 15, LEVELS = QTRACE_PTES };

/* Which of the walks through the host's tables a partition-scoped step belongs to; QTRACE_WALKS: none that the format
 * has room for (where the process-table entry lies). */
static unsigned walk_of(const struct walk_step *s, unsigned last)
{
    if (s->nested_for == NESTED_FOR_PAGE) return last;
    return s->nested_for >= 1 && s->nested_for <= last ? s->nested_for - 1U : QTRACE_WALKS;
}

static bool is_entry(const struct walk_step *s)
{
    return (s->kind == WALK_PDE || s->kind == WALK_PTE) && s->level >= 1 && s->level <= LEVELS;
}

/* The deepest level of process scope that was read: so many entries of the guest's tables. */
static unsigned process_levels(const struct walk_read *read, unsigned count)
{
    unsigned most = 0;

    for (unsigned k = 0; k < count; k++)
        if (is_entry(&read[k].step) && read[k].step.stage == STAGE_PROCESS && read[k].step.level > most)
            most = read[k].step.level;
    return most;
}

static void add_host(struct qtrace_walk *w, const struct walk_step *s, unsigned last)
{
    unsigned n = walk_of(s, last);

    if (n == QTRACE_WALKS) return;
    w->host_pte[n][s->level - 1] = s->entry_ra;
    w->guest_ra[n] = s->address;
    if (s->level > w->ptes) w->ptes = s->level;
}

/* An entry of the guest's tables lies where the walk before has said. */
static void add_guest(struct qtrace_walk *w, const struct walk_step *s)
{
    w->host_ra[s->level - 1] = s->entry_ra;
}

/* A walk of radix tables; a level that it did not need (a leaf higher up) is 0. */
static void walk_from(struct qtrace_walk *w, const struct walk_read *read, unsigned count)
{
    bool partition = false;
    unsigned levels = process_levels(read, count);

    for (unsigned k = 0; k < count; k++) {
        if (read[k].step.kind == WALK_PTEG || read[k].step.kind == WALK_STEG) return;
        partition |= is_entry(&read[k].step) && read[k].step.stage == STAGE_PARTITION;
    }
    if (!partition && !levels) return;
    memset(w, 0, sizeof *w);
    w->guest = !partition ? QTRACE_UNDEFINED : levels ? QTRACE_RADIX : QTRACE_REAL;
    for (unsigned k = 0; k < count; k++) {
        const struct walk_step *s = &read[k].step;

        if (!is_entry(s)) continue;
        if (!partition) w->host_pte[0][s->level - 1] = s->entry_ra;
        else if (s->stage == STAGE_PARTITION) add_host(w, s, levels);
        else add_guest(w, s);
    }
    w->walks = (u8)(partition && levels ? levels + 1 : 1);
    if (w->walks == 1) w->ptes = QTRACE_PTES;
}

/* ---- pages ---- */

/* Where an access is; no real address if it does not fit, or there is none. */
static void page_from(struct qtrace_sink *s, const struct retire_access *a, const struct retire_block *block,
                      struct qtrace_page *page)
{
    unsigned shift = a->page_shift ? a->page_shift : QTRACE_SHIFT;

    if (a->flags & ACCESS_REFUSED || a->by == TRANSLATED_NOT) return;
    if (a->ra >> shift > UINT32_MAX) {
        s->left_out++;
        return;
    }
    page->has_rpn = true;
    page->rpn = (u32)(a->ra >> shift);
    page->shift = (u8)shift;
    if (a->by == TRANSLATED_BY_WALK) walk_from(&page->walk, block->read + a->read, a->reads);
}

/* Of an instruction's page, if a reader does not know it from the one before. */
static void fetch_from(struct qtrace_sink *s, const struct retire *r, const struct retire_block *block, bool anew,
                       struct qtrace_page *page)
{
    unsigned shift = r->fetch_shift ? r->fetch_shift : QTRACE_SHIFT;
    const struct retire_access *a = &block->access[r->access];
    u32 rpn = (u32)(r->ra >> shift);

    if (r->ra >> shift > UINT32_MAX) {
        s->left_out++;
        return;
    }
    if (r->accesses && a->kind == ACCESSED_FETCH && a->by == TRANSLATED_BY_WALK)
        walk_from(&page->walk, block->read + a->read, a->reads);
    else if (!anew && rpn == s->rpn && shift == s->shift) return;
    page->has_rpn = true;
    page->rpn = s->rpn = rpn;
    page->shift = s->shift = (u8)shift;
}

/* ---- instructions ---- */

static const struct retire_access *data_of(const struct retire *r, const struct retire_block *block)
{
    for (unsigned k = 0; k < r->accesses; k++) {
        const struct retire_access *a = &block->access[r->access + k];
        if (a->kind != ACCESSED_FETCH && a->kind != ACCESSED_HINT) return a;
    }
    return NULL;
}

enum { OPCODE_BC = 16, OPCODE_XL = 19, BO_ALWAYS = 0x14 };

/* BO says "branch always": for `bc`, `bclr`, `bcctr` and `bctar`. */
static bool is_conditional(u32 word)
{
    unsigned opcode = word >> 26;

    return (opcode == OPCODE_BC || opcode == OPCODE_XL) && (word >> 21 & BO_ALWAYS) != BO_ALWAYS;
}

static u8 termination_of(const struct retire *r)
{
    u32 word = r->facts->word;
    unsigned extended = word >> 1 & 0x3ff;
    bool to_register = word >> 26 == OPCODE_XL && (extended == 16 || extended == 528 || extended == 560);

    if (word >> 26 == 18 || word >> 26 == OPCODE_BC || to_register)
        return is_conditional(word) ? QTRACE_CONDITIONAL : QTRACE_UNCONDITIONAL;
    return r->nia != r->cia + 4 ? QTRACE_EXCEPTION : QTRACE_WENT_ON;
}

static void put_header(struct qtrace_sink *s, const struct qtrace_insn *first)
{
    const struct qtrace_header h = {.has_iar = true,
                                    .iar = first->iar,
                                    .has_lpid = true,
                                    .lpid = s->hv ? 0 : s->lpid,
                                    .has_pid = true,
                                    .pid = s->pid,
                                    .has_ptcr = true,
                                    .ptcr = s->ptcr,
                                    .comment = s->comment,
                                    .comment_size = s->comment ? (u16)strlen(s->comment) : 0,
                                    .fetch = first->fetch};

    qtrace_put_header(&s->writer, &h);
    s->comment = NULL;
    s->gap = s->moved = false;
}

/* The last instruction was followed by this one; if it did not lead here by itself, an interrupt came between them. It
 * says so in front of a header too, because not every reader of the format looks at the header's address. */
static void lead_to(struct qtrace_writer *w, u64 iar)
{
    struct qtrace_insn *held = &w->slot[w->held];

    if (!w->holds) return;
    if (!held->termination && held->iar + 4 != iar) held->termination = QTRACE_EXCEPTION;
    held->nia = iar;
}

/* Nothing is said; the addresses of an earlier walk stay, because nobody looks at them without a walk. */
static void clear_page(struct qtrace_page *page)
{
    page->has_rpn = false;
    page->shift = page->guest_shift = 0;
    page->rpn = 0;
    page->walk.walks = 0;
}

static void take_insn(struct qtrace_sink *s, const struct retire *r, const struct retire_block *block)
{
    const struct retire_access *data = data_of(r, block);
    bool header = s->gap || s->moved || stream_is_at_start(s->writer.stream);
    struct qtrace_insn *i = qtrace_room(&s->writer);

    i->word = r->facts->word;
    i->iar = r->cia;
    i->nia = r->nia;
    i->termination = termination_of(r);
    i->has_ea = data;
    i->ea = data ? data->ea : 0;
    clear_page(&i->fetch);
    clear_page(&i->data);
    i->values = s->has_values ? &s->values : NULL;
    if (data) page_from(s, data, block, &i->data);
    fetch_from(s, r, block, header, &i->fetch);
    if (!s->gap) lead_to(&s->writer, i->iar);
    if (header) put_header(s, i);
    qtrace_put_made(&s->writer);
    s->taken++;
}

/* ---- what stands between them ---- */

static void take_invalidation(struct qtrace_sink *s, const struct retire *r)
{
    if (r->invalidation.what != INVALIDATE_TLBIE && r->invalidation.what != INVALIDATE_TLBIEL) return;
    s->values = (struct qtrace_values){.out = {[QTRACE_GPR] = 2}};
    s->values.entry[0] = (struct qtrace_register){.index = 0, .value = {r->invalidation.rb}};
    s->values.entry[1] = (struct qtrace_register){.index = 1, .value = {r->invalidation.rs}};
    s->has_values = true;
}

static void set_context(struct qtrace_sink *s, const struct qtrace_context *c)
{
    bool hv = c->msr & MSR_HV;
    u32 lpid = c->lpid, pid = c->pid;

    if (hv != s->hv || lpid != s->lpid || pid != s->pid) s->moved = true;
    s->hv = hv;
    s->lpid = lpid;
    s->pid = pid;
}

/* An interrupt's context holds for what comes; an instruction's stands before its record and holds behind it. */
static void take_context(struct qtrace_sink *s, const struct retire *r)
{
    const struct qtrace_context c = {.msr = r->context.msr, .lpid = r->context.lpid, .pid = r->context.pid};

    s->coming = c;
    s->is_coming = !s->interrupted;
    if (s->interrupted) set_context(s, &c);
}

static void behind_insn(struct qtrace_sink *s)
{
    s->has_values = s->interrupted = false;
    if (s->is_coming) set_context(s, &s->coming);
    s->is_coming = false;
}

static void take_record(struct qtrace_sink *s, const struct retire *r, const struct retire_block *block)
{
    switch ((enum retire_kind)r->kind) {
    case RETIRE_INSN:
        if (retire_completed(r)) take_insn(s, r, block);
        behind_insn(s);
        break;
    case RETIRE_CONTEXT: take_context(s, r); break;
    case RETIRE_INVALIDATION: take_invalidation(s, r); break;
    case RETIRE_INTERRUPT:
    case RETIRE_EVENT_BRANCH: s->interrupted = true; break;
    default: break;
    }
}

static u64 take(struct retire_sink *sink, const struct retire_block *block)
{
    struct qtrace_sink *s = (struct qtrace_sink *)sink;

    for (size_t k = 0; k < block->count; k++)
        if (block->record[k].thread == s->thread) take_record(s, &block->record[k], block);
    return 0;
}

void qtrace_sink_open(struct qtrace_sink *s, struct stream_writer *stream, unsigned thread, const char *comment,
                      const struct qtrace_context *context)
{
    *s = (struct qtrace_sink){.sink = {.take = take}, .thread = thread, .comment = comment};
    qtrace_begin(&s->writer, stream);
    qtrace_sink_gap(s, context);
}

void qtrace_sink_gap(struct qtrace_sink *s, const struct qtrace_context *context)
{
    s->ptcr = context->ptcr;
    s->is_coming = s->interrupted = s->has_values = false;
    set_context(s, context);
    s->gap = true;
}

void qtrace_sink_close(struct qtrace_sink *s)
{
    qtrace_end(&s->writer);
}
