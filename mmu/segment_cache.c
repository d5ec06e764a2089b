/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SLB entries that hardware makes from segment tables (Book III 5.7.8): 28 of a thread's 32, because four are left
 * to software when LPCR[UPRT] = 1 (5.9.3.1, slbmte).  Tagged by LPID and PID, so that nothing is lost when those
 * change; the oldest gives way (ASSUMED).  slbie, slbia, slbieg, slbiag and every tlbie that names cached table entries
 * (RIC = 2) drop them; a table that software changes without these goes on in its old meaning, as on hardware.
 *
 * A walk of a segment table is not a page walk: it has counters of its own (segment_walks, segment_reads,
 * segment_cycles) and no place in the walk plane.  The process- and partition-table entries that it needs go through
 * the caches of those; page table groups read to locate the tables are always read (ASSUMED: their translations are
 * kept in no TLB).
 */
#include "mmu/model.h"
#include "mmu/story.h"
#include "mmu/slb.h"

static unsigned shift_of(const struct cached_segment *s)
{
    return slb_segment_shift(s->vsid);
}

const struct cached_segment *segment_find(const struct mmu *m, const struct effective *e)
{
    for (unsigned n = 0; n < SEGMENTS_CACHED; n++) {
        const struct cached_segment *s = &m->segment[n];
        if (s->valid && s->lpid == e->lpid && s->pid == e->pid && !((s->ea ^ e->ea) >> shift_of(s))) return s;
    }
    return NULL;
}

void segment_keep(struct mmu *m, const struct effective *e, u64 vsid)
{
    unsigned place = m->next_segment;

    for (unsigned n = 0; n < SEGMENTS_CACHED && m->segment[place].valid; n++)
        if (!m->segment[n].valid) place = n;
    m->segment[place] =
        (struct cached_segment){.valid = true, .ea = e->ea, .vsid = vsid, .lpid = e->lpid, .pid = e->pid};
    if (place == m->next_segment) m->next_segment = (place + 1) % SEGMENTS_CACHED;
    m->segments_cached = true;
}

static bool is_named(const struct segment_kill *k, const struct cached_segment *s)
{
    u64 first = s->ea >> shift_of(s) << shift_of(s), last = first + (1ULL << shift_of(s)) - 1;

    if (!s->valid || (k->class_1 && !(s->vsid & SLB_CLASS))) return false;
    if (!k->any_lpid && s->lpid != k->lpid) return false;
    if (!k->any_pid && s->pid != k->pid) return false;
    return first <= k->last && last >= k->first;
}

u64 segments_kill(struct mmu *m, const struct segment_kill *k)
{
    u64 killed = 0;

    if (likely(!m->segments_cached)) return 0;
    m->segments_cached = false;
    for (unsigned n = 0; n < SEGMENTS_CACHED; n++) {
        bool named = is_named(k, &m->segment[n]);

        killed += named;
        m->segment[n].valid &= !named;
        m->segments_cached |= m->segment[n].valid;
    }
    return killed;
}

unsigned segment_steps(const struct walk_record *r)
{
    unsigned last = 0;

    for (unsigned k = 0; k < r->count; k++)
        if (walk_is_for_segment(&r->step[k], last)) last = k + 1;
    return last;
}

/* The process-table entry and what leads to it. */
static bool is_for_process_table(const struct walk_step *s)
{
    return s->kind == WALK_PRTE || s->nested_for == 1;
}

u64 segment_charge(const struct tlb_model *model, const struct effective *e, const struct walk_record *r,
                   unsigned steps)
{
    u64 owner = (u64)e->lpid << 32 | e->pid, reads = 0, cycles = 0;
    bool prte_known = tag_known(&model->core->prte, 0, owner);

    for (unsigned k = 0; k < steps; k++) {
        const struct walk_step *s = &r->step[k];
        bool known =
            s->kind == WALK_PATE ? tag_known(&model->core->pate, 0, e->lpid) : is_for_process_table(s) && prte_known;

        if (model->source) model->source[k] = known ? WALK_FROM_ENTRY_CACHE : WALK_FROM_STORAGE;
        reads += !known;
        if (!known) cycles += storage_read_cycles(model, s->entry_ra);
        if (s->kind == WALK_PATE) tag_keep(&model->core->pate, e->lpid, 0, e->lpid);
        if (s->kind == WALK_PRTE) tag_keep(&model->core->prte, e->pid, 0, owner);
    }
    model->counters->segment_walks++;
    model->counters->segment_reads += reads;
    model->counters->segment_cycles += cycles;
    return cycles;
}
