/* SPDX-License-Identifier: Apache-2.0 */
/* See rows.h. */
#include "core/run/rows.h"

#include "core/state/context.h"
#include "mmu/state.h"

/* ---- decoded pages ---- */

struct saved_page {
    u64 ra;
    u8 variant, pcr_withheld;
    bool stale;
};
static const struct state_row page_rows[] = {
    STATE(struct saved_page, ra),
    STATE(struct saved_page, variant, .most = CODE_VARIANTS - 1),
    STATE(struct saved_page, pcr_withheld, .most = 15),
    STATE(struct saved_page, stale),
};
static const struct state_table page_state = STATE_TABLE(struct saved_page, page_rows);

u32 code_page_number(const void *self, const struct insn *page)
{
    const struct code *code = self;

    return (u32)(code_page_of((struct insn *)(uintptr_t)page) - code->pool);
}

struct insn *code_page_by_number(const void *self, u64 number)
{
    const struct code *code = self;

    return number < code->pages && !code->pool[number].stale ? code->pool[number].insn : NULL;
}

bool code_page_is_traced(const struct insn *page)
{
    return code_page_of((struct insn *)(uintptr_t)page)->variant >= CODE_TRACED_BE;
}

/* Where a thread stands in its page: the straight run that it is in the middle of, and what that has counted already,
 * for a machine that has no such page. */
static void save_run(struct state_writer *w, const struct thread *t)
{
    bool paused = t->paused != NULL;

    state_put_number(w, paused ? (u64)(t->run_start - t->page) : 0);
    state_put_number(w, paused ? (u64)(t->paused - t->page) : 0);
    state_put_number(w, paused ? t->paused->sums - t->run_start->sums : 0);
}

static bool restore_run(struct state_reader *r, struct code *code, struct thread *t)
{
    u64 start = state_get_below(r, PAGE_INSNS, "where a straight run begins");
    u64 at = state_get_below(r, PAGE_INSNS, "where a thread stands still"), sums = state_get_number(r);

    t->run_start = t->paused = NULL;
    if (!t->page) t->due = 0; /* so that it looks for one */
    if (at < start || (at > start && !code->lost && !t->page)) return state_refuse(r, "a straight run that goes back");
    if (at == start) return !r->failed;
    if (code->lost) { /* as if the run had ended there */
        t->completed += at - start;
        t->class_sums += sums;
        t->due = 0;
    } else {
        t->run_start = t->page + start;
        t->paused = t->page + at;
    }
    return !r->failed;
}

static void save_pool(struct state_writer *w, const void *self)
{
    const struct code *code = self;

    state_put_number(w, code->pages);
    state_put_number(w, code->hand);
    for (unsigned k = 0; k < code->thread_count; k++) {
        struct insn *page = code->threads[k]->page;
        state_put_number(w, page ? code_page_number(code, page) + 1 : 0);
    }
    for (unsigned k = 0; k < code->thread_count; k++) save_run(w, code->threads[k]);
    state_put_number(w, code->pages);
    for (unsigned k = 0; k < code->pages; k++) {
        const struct code_page *p = &code->pool[k];
        state_put(w, &page_state, &(struct saved_page){p->ra, p->variant, p->pcr_withheld, p->stale});
    }
}

static bool restore_page(struct state_reader *r, struct code *code)
{
    struct saved_page p;

    if (!state_get(r, &page_state, &p)) return false;
    if (p.ra % RAM_PAGE_SIZE || !ram_holds(code->ram, p.ra, RAM_PAGE_SIZE))
        return state_refuse(r, "instructions at 0x%llx, where there is no storage", (unsigned long long)p.ra);
    code_restore_page(code, p.ra, (enum code_variant)p.variant, p.pcr_withheld, p.stale);
    return true;
}

static bool restore_pool(struct state_reader *r, void *self)
{
    struct code *code = self;
    u64 pages, hand;

    code_reset(code);
    for (unsigned k = 0; k < code->thread_count; k++) code->threads[k]->page = NULL;
    pages = state_get_number(r);
    code->lost = pages > code->max_pages;
    hand = state_get_below(r, pages + 1, "the next page to recycle");
    for (unsigned k = 0; k < code->thread_count; k++) {
        u64 page = state_get_below(r, pages + 1, "the page of a thread");
        code->threads[k]->page = page && !code->lost ? code->pool[page - 1].insn : NULL;
    }
    for (unsigned k = 0; k < code->thread_count; k++)
        if (!restore_run(r, code, code->threads[k])) return false;
    if (code->lost) {
        r->at = r->end;
        return !r->failed;
    }
    if (state_get_number(r) != pages) return state_refuse(r, "a pool of other pages");
    for (u64 k = 0; k < pages; k++)
        if (!restore_page(r, code)) return false;
    code->hand = (unsigned)(pages ? hand % pages : 0);
    return true;
}

static const struct state_row rows[] = {
    STATE_DERIVED(struct code, isa),
    STATE_DERIVED(struct code, ram),
    STATE_DERIVED(struct code, mmus),
    STATE_DERIVED(struct code, bucket),
    STATE_CALL(struct code, pool, save_pool, restore_pool, .part = &page_state),
    STATE_WITH(struct code, pages),
    STATE_DERIVED(struct code, max_pages),
    STATE_WITH(struct code, hand),
    STATE_DERIVED(struct code, lost),
    STATE_DERIVED(struct code, threads),
    STATE_DERIVED(struct code, thread_count),
    STATE_DERIVED(struct code, leave),
    STATE_DERIVED(struct code, stale),
    STATE_DERIVED(struct code, illegal),
    STATE_DERIVED(struct code, pause),
    STATE_DERIVED(struct code, learn),
    STATE_DERIVED(struct code, facts), /* learned again */
    STATE_DERIVED(struct code, redecodes),
    STATE_DERIVED(struct code, redecodes_self),
    STATE_DERIVED(struct code, watched),
    STATE_DERIVED(struct code, watched_count),
};
const struct state_table code_state = STATE_TABLE(struct code, rows);

/* ---- threads ---- */

/* What page the thread stands in, decoded for which port, and of what size, if a slot still knows. */
static void page_restored(struct thread *t)
{
    unsigned n = (t->page_ea >> 12) & FETCH_SLOT_MASK;

    t->noting = t->page && code_page_is_traced(t->page);
    t->fetch_shift = (t->map.fetch[n].tag & ~HOST_TRACED) == t->page_ea ? t->map.shift[HOSTMAP_FETCH + n] : 12;
}

void thread_restored(struct thread *t)
{
    t->map = mmu_restored(t->mmu, &t->slb);
    page_restored(t);
    t->at = NULL;
    thread_watch_changed(t);
}
