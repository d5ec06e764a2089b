/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The TLB of a core, and what a walk costs.
 *
 * The walk itself always reads every table from storage, so the page-walk cache cannot make a translation wrong; it
 * only decides which of those reads hardware would have made.  The model (POWER9 names the levels and the prefix rule
 * through its PMU events; the rest is ASSUMED, after what IBM's trace tools say of POWER10):
 *
 *   - a directory entry of level 1, 2 or 3 is kept per scope: process scope by (LPID, PID, EA), partition scope by
 *     (LPID, guest real address); the deepest that is known is where the walk starts;
 *   - process-table and partition-table entries have small caches of their own;
 *   - the TLB also keeps guest real -> real of what the walker itself had to translate (tlb_guest_real).
 */
#include "mmu/model.h"

static void record_step(struct observer *who, const struct walk_step *step)
{
    struct walk_record *r = (struct walk_record *)(void *)who;

    if (r->count < STEPS_MAX) r->step[r->count++] = *step;
}

void walk_record_start(struct walk_record *r)
{
    r->who.step = record_step;
    r->count = 0;
}

void tlb_fill(struct mmu *m, struct xarray *tlb, const struct translation *t)
{
    u32 line = assoc_victim(&tlb->tags, xarray_index(t));

    if (tlb->tags.line[line].valid) xarray_remove(tlb, line);
    xarray_fill(tlb, line, &m->ctx, t);
}

/* ---- small caches of tags ---- */
static bool tag_known(struct assoc *a, u64 key0, u64 key1)
{
    u32 line = assoc_find(a, key0, key1);

    if (line != ASSOC_NONE) assoc_touch(a, line);
    return line != ASSOC_NONE;
}

static void tag_keep(struct assoc *a, u64 index, u64 key0, u64 key1)
{
    u32 line;

    if (assoc_find(a, key0, key1) != ASSOC_NONE) return;
    line = assoc_victim(a, index);
    if (a->line[line].valid) assoc_remove(a, line);
    assoc_fill(a, line, key0, key1);
}

/* What the charge of one walk knows. */
struct charge {
    struct mmu *m;
    const struct walk_record *r;
    struct effective e;
    u64 owner; /* LPID | PID of process scope */
    u64 reads;
    u8 process_level; /* deepest process-scoped level that the PWC knows */
    bool prte_known, needs_pate;
};

static const u8 level_shift[PWC_LEVELS] = {39, 30, 21};

/* Deepest directory level that is both on this walk's path and in the cache: steps[from..to) are one walk of a tree. */
static u8 deepest_level(struct charge *c, bool partition, u64 owner, unsigned from, unsigned to)
{
    u8 deepest = 0;

    for (unsigned k = from; k < to; k++) {
        const struct walk_step *s = &c->r->step[k];
        bool same = s->stage == (partition ? STAGE_PARTITION : STAGE_PROCESS);

        if (same && s->kind == WALK_PDE && s->level > deepest && s->level <= PWC_LEVELS) {
            u64 prefix = s->address >> level_shift[s->level - 1];
            if (tag_known(&c->m->core->pwc[partition][s->level - 1], prefix, owner)) deepest = s->level;
        }
    }
    return deepest;
}

static void keep_directory(struct charge *c, bool partition, u64 owner, const struct walk_step *s)
{
    u64 prefix;

    if (s->kind != WALK_PDE || !s->level || s->level > PWC_LEVELS || !(s->entry & PTE_VALID)) return;
    prefix = s->address >> level_shift[s->level - 1];
    tag_keep(&c->m->core->pwc[partition][s->level - 1], prefix ^ owner, prefix, owner);
}

/* Guest real -> real of a partition-scoped leaf. */
static struct translation guest_real_of(const struct charge *c, const struct walk_step *leaf)
{
    u64 offset = (1ULL << leaf->shift) - 1, gra = leaf->address & ~offset;

    return (struct translation){.ea = gra,
                                .gra = gra,
                                .ra = leaf->entry & PTE_RPN & ~offset,
                                .lpid = c->e.lpid,
                                .class = CLASS_GUEST_REAL,
                                .shift = leaf->shift,
                                .partition_shift = leaf->shift,
                                .eaa = PROT_ALL,
                                .partition_prot = leaf_prot(leaf->entry) & PROT_ALL,
                                .attr = (u8)GETFIELD(PTE_ATT, leaf->entry),
                                .changed = leaf->entry & PTE_C};
}

/* One walk of the partition-scoped tree, steps[from..to): which of them hardware reads. */
static void charge_partition(struct charge *c, unsigned from, unsigned to, bool complete)
{
    const struct walk_step *last = &c->r->step[to - 1];
    struct effective gra = {CLASS_GUEST_REAL, c->e.lpid, 0, last->address};
    bool by_tlb = c->m->config->tlb_guest_real && c->e.class != CLASS_GUEST_REAL;
    u32 line = by_tlb ? xarray_find(&c->m->core->tlb, &c->m->ctx, &gra) : ASSOC_NONE;
    u8 level;

    if (line != ASSOC_NONE) {
        assoc_touch(&c->m->core->tlb.tags, line);
        return;
    }
    level = deepest_level(c, true, c->e.lpid, from, to);
    if (!level) c->needs_pate = true;
    if (c->e.class == CLASS_GUEST_REAL) c->process_level = level;
    for (unsigned k = from; k < to; k++) {
        if (c->r->step[k].level > level) c->reads++;
        keep_directory(c, true, c->e.lpid, &c->r->step[k]);
    }
    if (by_tlb && complete && last->kind == WALK_PTE && last->entry & PTE_VALID && c->e.lpid) {
        struct translation t = guest_real_of(c, last);
        tlb_fill(c->m, &c->m->core->tlb, &t);
    }
}

/* Is this partition-scoped walk needed, or is what it leads to known already? */
static bool group_needed(const struct charge *c, u8 nested_for)
{
    if (nested_for == 15) return true;
    if (nested_for == 0) return !c->prte_known;
    return nested_for > c->process_level;
}

static unsigned end_of_group(const struct walk_record *r, unsigned from)
{
    unsigned to = from + 1;

    while (to < r->count && r->step[to].stage == STAGE_PARTITION && r->step[to].level > r->step[to - 1].level) to++;
    return to;
}

static void charge_process_step(struct charge *c, const struct walk_step *s)
{
    if (s->kind == WALK_PRTE) {
        if (c->prte_known) return;
        c->reads++;
        c->needs_pate = true;
        tag_keep(&c->m->core->prte, c->e.pid, 0, c->owner);
        return;
    }
    if (s->level > c->process_level) c->reads++;
    keep_directory(c, false, c->owner, s);
}

static void count_prefix(struct counters *n, u8 level)
{
    if (level == 0) n->pwc_miss++;
    else if (level == 1) n->pwc_l1_hit++;
    else if (level == 2) n->pwc_l2_hit++;
    else n->pwc_l3_hit++;
}

/*
 * Hash: one read for each group of eight entries that was searched - it is one line of storage - and one for the
 * partition-table entry if it is not known.
 */
static u64 hash_charge(struct mmu *m, const struct effective *e, const struct walk_record *r)
{
    u64 reads = 0, cycles;

    for (unsigned k = 0; k < r->count; k++) {
        if (r->step[k].kind == WALK_PATE) {
            if (tag_known(&m->core->pate, 0, e->lpid)) continue;
            tag_keep(&m->core->pate, e->lpid, 0, e->lpid);
        }
        reads++;
    }
    cycles = reads * m->config->walk_read_cycles;
    m->counters->hash_walks++;
    m->counters->walk_reads += reads;
    m->counters->walk_reads_pwc += r->count - reads;
    m->counters->walk_cycles += cycles;
    return cycles;
}

/* Count and fill the caches; the answer is the cycles.  complete: the walk translated. */
u64 walk_charge(struct mmu *m, const struct effective *e, const struct walk_record *r, bool complete)
{
    struct charge c = {.m = m, .r = r, .e = *e, .owner = (u64)e->lpid << 32 | e->pid};
    struct counters *n = m->counters;
    u64 cycles;

    if (class_is_hash(e->class)) return hash_charge(m, e, r);
    if (e->class == CLASS_VIRTUAL) {
        c.process_level = deepest_level(&c, false, c.owner, 0, r->count);
        c.prte_known = c.process_level || tag_known(&m->core->prte, 0, c.owner);
    }
    for (unsigned k = 0; k < r->count;) {
        const struct walk_step *s = &r->step[k];
        unsigned to = k + 1;

        if (s->kind != WALK_PATE && s->stage == STAGE_PARTITION) {
            to = end_of_group(r, k);
            if (group_needed(&c, s->nested_for)) charge_partition(&c, k, to, complete);
        } else if (s->kind != WALK_PATE) {
            charge_process_step(&c, s);
        }
        k = to;
    }
    if (r->count && c.needs_pate && !tag_known(&m->core->pate, 0, e->lpid)) {
        c.reads++;
        tag_keep(&m->core->pate, e->lpid, 0, e->lpid);
    }
    cycles = c.reads * m->config->walk_read_cycles;
    count_prefix(n, c.process_level);
    n->walk_reads += c.reads;
    n->walk_reads_pwc += r->count - c.reads;
    n->walk_cycles += cycles;
    return cycles;
}

/* ---- invalidation ---- */
static u64 kill_tags(struct assoc *a, const struct kill *k, bool by_pid)
{
    u64 killed = 0;

    for (u32 line = 0; line < a->lines && a->used; line++) {
        u32 lpid = (u32)(a->line[line].key[1] >> (by_pid ? 32 : 0)), pid = (u32)a->line[line].key[1];

        if (!a->line[line].valid) continue;
        if (!k->everything && ((!k->any_lpid && lpid != k->lpid) || (by_pid && !k->any_pid && pid != k->pid))) continue;
        assoc_remove(a, line);
        killed++;
    }
    return killed;
}

/* Directories and table entries have no address to be named by: PID and LPID decide. */
u64 pwc_kill(struct mmu_core *core, const struct kill *k, bool directories, bool table_entries)
{
    bool partition = k->partition_scope;
    u64 killed = 0;

    for (unsigned level = 0; directories && level < PWC_LEVELS; level++) {
        if (partition || k->everything) killed += kill_tags(&core->pwc[1][level], k, false);
        if (!partition || k->everything) killed += kill_tags(&core->pwc[0][level], k, true);
    }
    if (!table_entries) return killed;
    if (partition || k->everything) kill_tags(&core->pate, k, false);
    kill_tags(&core->prte, k, true); /* where a partition's process table is hangs from its partition-table entry */
    return killed;
}
