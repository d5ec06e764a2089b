/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walks of a trace that says where table entries lie, but not what they hold (qtrace).  So nobody can walk again; what
 * the model is told is the walk that the trace had for the page last.  It is the part of a walk that the format has:
 * of a nested one 24 entries of 30, without the partition-table entry, the process-table entry and the four that
 * translate where that lies.  A page whose walk the trace never had is walked for without reading anything, and counted
 * (replay_result.unknown).
 *
 * What the model asks of entries besides - that they are valid, and where a leaf leads - follows from the entry behind:
 * the frame of a table is where its entry was read, the page's is where the access went.
 */
#include <stdlib.h>

#include "base/hash.h"
#include "base/power.h"
#include "traces/replay_parts.h"

enum { PLACES = 1 << 15, STEPS_KEPT = 24 };

struct kept_walk {
    u64 page; /* effective, + 1; 0: a free place */
    u32 lpid, pid;
    unsigned steps;
    struct walk_step step[STEPS_KEPT];
};
struct replay_walks {
    const struct retire_access *now; /* what is translated */
    const struct walk_read *read;    /* of the block that it is of */
    struct replay_thread *thread;
    u64 *unknown;
    struct kept_walk place[PLACES];
};

/* ---- steps as the model wants them ---- */

static u8 shift_of(const struct walk_step *s, u8 page_shift)
{
    static const u8 shift[] = {0, 39, 30, 21};

    if (s->level < ARRAY_SIZE(shift)) return shift[s->level];
    return page_shift >= 16 ? 16 : 12;
}

/* Is it the last one of its tree: does something else follow? */
static bool is_leaf(const struct kept_walk *w, unsigned k)
{
    if (w->step[k].stage == STAGE_PROCESS) {
        for (unsigned n = k + 1; n < w->steps; n++)
            if (w->step[n].stage == STAGE_PROCESS) return false;
        return true;
    }
    return k + 1 == w->steps || w->step[k + 1].stage == STAGE_PROCESS || w->step[k + 1].level <= w->step[k].level;
}

static void complete(struct kept_walk *w, const struct retire_access *a)
{
    for (unsigned k = 0; k < w->steps; k++) {
        struct walk_step *s = &w->step[k];
        bool leaf = is_leaf(w, k);
        u64 to = k + 1 < w->steps ? w->step[k + 1].entry_ra : a->ra;

        s->address &= PPC_BIT(11) - 1;
        s->shift = shift_of(s, a->page_shift);
        s->kind = leaf ? WALK_PTE : WALK_PDE;
        s->entry = PTE_VALID;
        if (leaf)
            s->entry |= PTE_LEAF | PTE_R | PTE_C | PTE_EAA_RW | PTE_EAA_EXEC | (to >> s->shift << s->shift & PTE_RPN);
    }
}

/* ---- what the trace had last for each page ---- */

static struct kept_walk *place_of(struct replay_walks *w, u64 page, u32 lpid, u32 pid)
{
    return &w->place[hash_place(hash_mix(hash_mix(page, lpid), pid), PLACES)];
}

/* Of a page that every process has: the quadrant of the kernel. */
static u32 pid_of(const struct replay_thread *t, u64 ea)
{
    return ea >> 62 == 3 ? 0 : t->ctx.pid;
}

static const struct kept_walk *find(struct replay_walks *w, u64 ea)
{
    const struct replay_thread *t = w->thread;
    const struct retire_access *a = w->now;
    u32 pid = pid_of(t, ea);
    struct kept_walk *k = place_of(w, ea >> 12, t->ctx.lpid, pid);

    if (!a->reads) return k->page == (ea >> 12) + 1 && k->lpid == t->ctx.lpid && k->pid == pid ? k : NULL;
    *k = (struct kept_walk){.page = (ea >> 12) + 1, .lpid = t->ctx.lpid, .pid = pid};
    for (; k->steps < a->reads && k->steps < STEPS_KEPT; k->steps++)
        k->step[k->steps] = w->read[a->read + k->steps].step;
    complete(k, a);
    return k;
}

static void walk(void *self, u64 ea, struct observer *who, struct xlate *out)
{
    struct replay_walks *w = self;
    const struct retire_access *a = w->now;
    const struct kept_walk *k = find(w, ea);
    bool nested = w->thread->ctx.lpid != 0;

    *w->unknown += !k;
    for (unsigned n = 0; who && k && n < k->steps; n++) who->step(who, &k->step[n]);
    *out = (struct xlate){.why = XL_OK,
                          .stage = nested ? STAGE_PARTITION : STAGE_PROCESS,
                          .ra = a->ra,
                          .gra = nested ? ea & (PPC_BIT(11) - 1) : 0,
                          .page_shift = a->page_shift,
                          .process_shift = a->page_shift,
                          .partition_shift = nested ? a->page_shift : 0,
                          .prot = PROT_ALL,
                          .eaa = PROT_ALL,
                          .partition_prot = PROT_ALL,
                          .changed = true};
}

/* ---- for replay.c ---- */

bool replay_is_real(const struct retire_access *a)
{
    return !a->reads && a->ra == (a->ea & PPC_BITMASK(4, 63));
}

void replay_walk_of(struct trace_replay *r, struct replay_thread *t, const struct retire_access *a,
                    const struct retire_block *block)
{
    r->walks->now = a;
    r->walks->read = block->read;
    r->walks->thread = t;
}

bool replay_open_walks(struct trace_replay *r)
{
    r->walks = calloc(1, sizeof *r->walks);
    if (!r->walks) return false;
    r->walks->unknown = &r->result.unknown;
    mmu_set_walker(r->mmus, &(struct mmu_walker){walk, r->walks});
    return true;
}
