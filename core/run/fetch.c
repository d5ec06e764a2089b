/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From an address to decoded instructions: which page holds t->nia, decoded for which port, and the two ways out of a
 * page - the stubs that stand where there is no instruction to run, and the jump of the fast ports, which stays out of
 * the run loop as long as a fetch slot of the host-side tables knows the next page.
 */
#include "bus/bus.h"
#include "core/isa/port_entry.h"
#include "core/isa/slow.h"
#include "core/run/run_internal.h"
#include "core/run/watch.h"
#include "mmu/mmu.h"

/* ---- stubs: what a decoded page holds besides instructions ---- */

static enum next leave_at(struct thread *t, const struct insn *i)
{
    u64 here = t->page_ea + (u64)(i - t->page) * 4;

    insn_end_run(t, i);
    t->nia = here & t->ea_mask;
    t->at = i;
    return t->noting ? NO_INSN : slow_jump(t, i);
}

/* Past the last instruction of a page, and any instruction of a page that was written to: find the page anew. */
static enum next stub_leave(struct thread *t, const struct insn *i)
{
    return leave_at(t, i);
}

static enum next stub_illegal(struct thread *t, const struct insn *i)
{
    t->at = i;
    return fault_illegal(t, slow_word(t, i));
}

/* In the place of an instruction before which the thread may have to stand still. */
static enum next stub_pause(struct thread *t, const struct insn *i)
{
    if (!fetch_pauses_at(t, i)) return code_meaning(t->code, i)(t, i);
    return t->noting ? NO_INSN : JUMP;
}

bool fetch_pauses_at(struct thread *t, const struct insn *i)
{
    u64 cia = (t->page_ea + (u64)(i - t->page) * 4) & t->ea_mask;

    if (i != t->pause_at) {
        if (i == t->told) {
            t->told = NULL;
            return false;
        }
        t->arrived =
            t->services->arrived && code_is_watched(t->code, cia) && t->services->arrived(t->services->self, t, cia);
        if (!t->arrived) return false;
        t->halt = true;
    }
    t->paused = t->at = i;
    t->nia = cia;
    return true;
}

void run_install_stubs(struct code *code)
{
    code->pause = stub_pause;
    code->leave = stub_leave;
    code->stale = stub_leave;
    code->illegal = stub_illegal;
    code->learn = record_learn;
}

/* At t->nia, in t->page. */
static const struct insn *begin_run(struct thread *t)
{
    t->run_start = t->page + ((t->nia & 0xfff) >> 2);
    return t->run_start;
}

const struct insn *fetch_carry_on(struct thread *t)
{
    const struct fetch_slot *slot = &t->map.fetch[(t->nia >> 12) & FETCH_SLOT_MASK];
    const struct code_page *page;

    if (likely(t->completed >= t->due)) return NULL;
    page = code_page_of(t->page);
    if (page->stale) return NULL;
    if (t->nia - t->page_ea >= RAM_PAGE_SIZE) {
        if (page->variant >= CODE_TRACED_BE) return record_goes_on(t) && fetch_follow_traced(t) ? begin_run(t) : NULL;
        if (!run_threads() || slot->tag != (t->nia & HOST_PAGE_MASK)) return NULL;
        t->page = slot->page;
        t->page_ea = slot->tag;
    }
    return begin_run(t);
}

enum next slow_jump(struct thread *t, const struct insn *i)
{
    const struct fetch_slot *slot = &t->map.fetch[(t->nia >> 12) & FETCH_SLOT_MASK];

    if (t->completed >= t->limit || slot->tag != (t->nia & HOST_PAGE_MASK) || !run_threads()) return JUMP;
    t->page = slot->page;
    t->page_ea = slot->tag;
    i = t->page + ((t->nia & 0xfff) >> 2);
    t->run_start = i;
    return i->fn(t, i);
}

bool fetch_follow_traced(struct thread *t)
{
    unsigned n = (t->nia >> 12) & FETCH_SLOT_MASK;
    const struct fetch_slot *slot = &t->map.fetch[n];

    if (slot->tag != ((t->nia & HOST_PAGE_MASK) | HOST_TRACED)) return false;
    t->page = slot->page;
    t->page_ea = t->nia & HOST_PAGE_MASK;
    t->fetch_shift = t->map.shift[HOSTMAP_FETCH + n];
    return true;
}

/* ---- entering a page ---- */

/* Of the page at t->page_ea. */
static enum code_variant variant_of(const struct thread *t)
{
    bool slow =
        t->traced || t->ea_mask != ~0ULL || (t->msr & MSR_TE) || t->bhrb.on || watch_has_breakpoint(t, t->page_ea);

    if (slow) return t->le ? CODE_TRACED_LE : CODE_TRACED_BE;
    return t->le ? CODE_FAST_LE : CODE_FAST_BE;
}

bool fetch_enter_page(struct thread *t, enum code_variant *variant)
{
    const struct fetch_slot *slot = &t->map.fetch[(t->nia >> 12) & FETCH_SLOT_MASK];
    u32 read = t->ring->story.reads;
    struct code_page *page;
    struct xlate x;
    u64 stall = 0;
    bool ok;

    t->page_ea = t->nia & HOST_PAGE_MASK;
    *variant = variant_of(t);
    t->noting = *variant >= CODE_TRACED_BE;
    if (t->noting ? fetch_follow_traced(t) : slot->tag == t->page_ea) { /* what slots lead to */
        t->page = slot->page;
        return true;
    }
    ok = mmu_translate(t->mmu, t->nia, ACCESS_FETCH, 4, &x, &stall);
    thread_note_walk(t, t->nia);
    if (likely(t->pace)) thread_stall(t, stall);
    if (unlikely(t->traced)) record_fetch(t, read, &x);
    if (!ok) {
        if (unlikely(t->traced)) record_refused_fetch(t);
        return fault_storage(t, &x, t->nia, ACCESS_FETCH);
    }
    t->fetch_shift = x.page_shift;
    if (!ram_holds(t->bus->ram, x.ra & HOST_PAGE_MASK, RAM_PAGE_SIZE)) {
        if (unlikely(t->traced)) record_refused_fetch(t);
        log_guest(t->log, "thread %x: fetch from real address 0x%llx, where there is no storage", t->pir,
                  (unsigned long long)x.ra);
        return fault_machine_check(t, t->nia, ACCESS_FETCH);
    }
    page = code_page(t->code, x.ra & HOST_PAGE_MASK, *variant, t->pcr_withheld);
    t->page = page->insn;
    mmu_install_fetch(t->mmu, t->page_ea, t->page, t->noting);
    return true;
}
