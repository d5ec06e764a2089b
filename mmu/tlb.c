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
 *
 * Walks never overlap here: a thread waits for each of its misses, and threads take turns by quantum.  So the number of
 * walkers (POWER9: two for data, one for fetches) and the merging of misses to one page would change nothing, and they
 * are no options.
 */
#include "mmu/model.h"
#include "mmu/story.h"

/* ---- the TLB ---- */
/* segment: HASH_* of the segment, which a TLB entry of a hashed page does not know. */
bool entry_allows(const struct xlate_ctx *ctx, const struct effective *e, const struct translation *t, u8 segment,
                  enum access access)
{
    u8 rights = xlate_rights(ctx, e->class, t->eaa | segment, t->key, t->partition_prot);
    bool real = e->class == CLASS_HV_REAL || e->class == CLASS_UV_REAL;

    if (!rights_allow(rights, access)) return false;
    if (access == ACCESS_FETCH) return real || t->attr != ATTR_NON_IDEMPOTENT;
    return access == ACCESS_LOAD || t->changed;
}

struct translation translation_of(const struct effective *e, const struct xlate *x)
{
    u64 offset = (1ULL << x->page_shift) - 1;

    return (struct translation){.ea = e->ea & ~offset,
                                .ra = x->ra & ~offset,
                                .gra = x->partition_shift ? x->gra & ~offset : 0,
                                .lpid = e->lpid,
                                .pid = e->pid,
                                .class = (u8)e->class,
                                .shift = x->page_shift,
                                .process_shift = x->process_shift,
                                .partition_shift = x->partition_shift,
                                .eaa = x->eaa,
                                .key = x->key,
                                .partition_prot = x->partition_prot,
                                .attr = x->attr,
                                .changed = x->changed};
}

static struct xarray *tlb_of(const struct tlb_model *model, const struct effective *key)
{
    return class_is_hash(key->class) ? &model->core->hash_tlb : &model->core->tlb;
}

bool tlb_look_up(const struct tlb_model *model, const struct effective *e, const struct effective *key, u8 segment,
                 enum access access, struct translation *t)
{
    struct xarray *tlb = tlb_of(model, key);
    struct counters *n = model->counters;
    u32 line;

    n->tlb_access++;
    while ((line = xarray_find(tlb, model->ctx, key)) != ASSOC_NONE) {
        if (likely(entry_allows(model->ctx, e, &tlb->entry[line], segment, access))) {
            n->tlb_hit++;
            assoc_touch(&tlb->tags, line);
            *t = tlb->entry[line];
            return true;
        }
        xarray_remove(tlb, line);
    }
    n->tlb_miss++;
    if (access == ACCESS_FETCH) n->itlb_miss++;
    else n->dtlb_miss++;
    return false;
}

static void tlb_fill(const struct tlb_model *model, struct xarray *tlb, const struct translation *t)
{
    u32 line = assoc_victim(&tlb->tags, xarray_index(t));

    if (tlb->tags.line[line].valid) xarray_remove(tlb, line);
    if (tlb->graves.tags.used)
        model->counters->tlb_refilled +=
            xarray_returns(tlb, model->ctx, t, core_instructions(model->mmu), model->config->needless_insns);
    xarray_fill(tlb, line, model->ctx, t);
}

static void count_dtlb(struct counters *n, const struct translation *t)
{
    n->dtlb_miss_4k += t->shift == 12;
    n->dtlb_miss_64k += t->shift == 16;
    n->dtlb_miss_2m += t->shift == 21;
    n->dtlb_miss_1g += t->shift == 30;
    n->dtlb_miss_16m += t->shift == 24;
    n->dtlb_miss_16g += t->shift == 34;
}

void tlb_keep(const struct tlb_model *model, const struct effective *key, const struct xlate *x, enum access access)
{
    struct translation t = translation_of(key, x);

    if (class_is_hash(key->class)) {
        t.gra = t.ea;
        t.eaa &= HASH_PP | HASH_GUARDED; /* of the page; the segment's are the SLB's */
    }
    if (access != ACCESS_FETCH) count_dtlb(model->counters, &t);
    tlb_fill(model, tlb_of(model, key), &t);
}

/* ---- small caches of tags ---- */
bool tag_known(struct assoc *a, u64 key0, u64 key1)
{
    u32 line = a->lines ? assoc_find(a, key0, key1) : ASSOC_NONE; /* pwc_entries 0: there is no such cache */

    if (line != ASSOC_NONE) assoc_touch(a, line);
    return line != ASSOC_NONE;
}

void tag_keep(struct assoc *a, u64 index, u64 key0, u64 key1)
{
    u32 line;

    if (!a->lines || assoc_find(a, key0, key1) != ASSOC_NONE) return;
    line = assoc_victim(a, index);
    if (a->line[line].valid) assoc_remove(a, line);
    assoc_fill(a, line, key0, key1);
}

/* What the charge of one walk knows. */
struct charge {
    const struct tlb_model *model;
    const struct walk_record *r;
    struct effective e;
    u64 owner;        /* LPID | PID of process scope */
    u64 reads, known; /* from storage; spared */
    u64 cycles;       /* of the former */
    u8 process_level; /* deepest process-scoped level that the PWC knows */
    u8 held[2];       /* by scope: levels that the PWC is known to have */
    bool prte_known, needs_pate;
};

static const u8 level_shift[PWC_LEVELS] = {39, 30, 21};

/* ---- one read, and who answered it ---- */
/* For whoever wants to know it step by step. */
inline_hot void note_source(const struct charge *c, const struct walk_step *s, enum walk_source source)
{
    if (unlikely(c->model->source)) c->model->source[s - c->r->step] = source;
}

inline_hot u64 from_storage(struct charge *c, const struct walk_step *s)
{
    u64 cycles = storage_read_cycles(c->model, s->entry_ra);

    c->reads++;
    c->cycles += cycles;
    return cycles;
}

inline_hot void read_step(struct charge *c, const struct walk_step *s, enum walk_source source)
{
    struct walk_tally *tally = c->model->tally;
    unsigned row = walk_row(s), column = walk_column(s);

    tally->reads[source][row][column]++;
    note_source(c, s, source);
    if (source == WALK_FROM_STORAGE) {
        tally->cycles[row][column] += from_storage(c, s);
    } else {
        c->known++;
    }
}

static void read_steps(struct charge *c, unsigned from, unsigned to, enum walk_source source)
{
    for (unsigned k = from; k < to; k++) read_step(c, &c->r->step[k], source);
}

/* What spares the process-table entry: a directory that came from it, or its own cache. */
static enum walk_source prte_source(const struct charge *c)
{
    return c->process_level ? WALK_FROM_WALK_CACHE : WALK_FROM_ENTRY_CACHE;
}

/* The partition-table entry: at most once for a walk, and only if nothing that was made from it is known. */
static void read_pate(struct charge *c, const struct walk_step *s, bool needed)
{
    struct walk_tally *tally = c->model->tally;
    struct assoc *pate = &c->model->core->pate;
    enum walk_source source = WALK_FROM_STORAGE;

    /* Of the host's only the process table hangs from it. */
    if (!needed) source = c->prte_known && !c->e.lpid ? prte_source(c) : WALK_FROM_WALK_CACHE;
    else if (tag_known(pate, 0, c->e.lpid)) source = WALK_FROM_ENTRY_CACHE;
    note_source(c, s, source);
    tally->partition_table[source]++;
    if (source != WALK_FROM_STORAGE) {
        c->known++;
        return;
    }
    tag_keep(pate, c->e.lpid, 0, c->e.lpid);
    tally->partition_table_cycles += from_storage(c, s);
}

/* ---- radix ---- */
/* Deepest directory level that is both on this walk's path and in the cache: steps[from..to) are one walk of a tree.
 * Bit n of c->held[partition]: the cache has level n. */
static u8 deepest_level(struct charge *c, bool partition, u64 owner, unsigned from, unsigned to)
{
    u8 deepest = 0;

    c->held[partition] = 0;

    for (unsigned k = from; k < to; k++) {
        const struct walk_step *s = &c->r->step[k];
        bool same = s->stage == (partition ? STAGE_PARTITION : STAGE_PROCESS);

        if (same && s->kind == WALK_PDE && s->level > deepest && s->level <= PWC_LEVELS) {
            u64 prefix = s->address >> level_shift[s->level - 1];
            if (!tag_known(&c->model->core->pwc[partition][s->level - 1], prefix, owner)) continue;
            deepest = s->level;
            c->held[partition] |= (u8)(1 << s->level);
        }
    }
    return deepest;
}

static void keep_directory(struct charge *c, bool partition, u64 owner, const struct walk_step *s)
{
    u64 prefix;

    if (s->kind != WALK_PDE || !s->level || s->level > PWC_LEVELS || !(s->entry & PTE_VALID)) return;
    if (c->held[partition] >> s->level & 1) return;
    prefix = s->address >> level_shift[s->level - 1];
    tag_keep(&c->model->core->pwc[partition][s->level - 1], prefix ^ owner, prefix, owner);
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
    struct xarray *tlb = &c->model->core->tlb;
    struct effective gra = {CLASS_GUEST_REAL, c->e.lpid, 0, last->address};
    bool by_tlb = c->model->config->tlb_guest_real && c->e.class != CLASS_GUEST_REAL;
    u32 line = by_tlb ? xarray_find(tlb, c->model->ctx, &gra) : ASSOC_NONE;
    u8 level;

    if (line != ASSOC_NONE) {
        assoc_touch(&tlb->tags, line);
        read_steps(c, from, to, WALK_FROM_TLB);
        return;
    }
    level = deepest_level(c, true, c->e.lpid, from, to);
    if (!level) c->needs_pate = true;
    if (c->e.class == CLASS_GUEST_REAL) c->process_level = level;
    for (unsigned k = from; k < to; k++) {
        read_step(c, &c->r->step[k], c->r->step[k].level > level ? WALK_FROM_STORAGE : WALK_FROM_WALK_CACHE);
        keep_directory(c, true, c->e.lpid, &c->r->step[k]);
    }
    if (by_tlb && complete && last->kind == WALK_PTE && last->entry & PTE_VALID && c->e.lpid) {
        struct translation t = guest_real_of(c, last);
        tlb_fill(c->model, tlb, &t);
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

static void charge_group(struct charge *c, unsigned from, unsigned to, bool complete)
{
    u8 nested_for = c->r->step[from].nested_for;

    if (group_needed(c, nested_for)) charge_partition(c, from, to, complete);
    else read_steps(c, from, to, nested_for ? WALK_FROM_WALK_CACHE : prte_source(c));
}

static void charge_process_step(struct charge *c, const struct walk_step *s)
{
    if (s->kind == WALK_PRTE) {
        read_step(c, s, c->prte_known ? prte_source(c) : WALK_FROM_STORAGE);
        if (c->prte_known) return;
        c->needs_pate = true;
        tag_keep(&c->model->core->prte, c->e.pid, 0, c->owner);
        return;
    }
    read_step(c, s, s->level > c->process_level ? WALK_FROM_STORAGE : WALK_FROM_WALK_CACHE);
    keep_directory(c, false, c->owner, s);
}

static void count_prefix(struct counters *n, u8 level)
{
    if (level == 0) n->pwc_miss++;
    else if (level == 1) n->pwc_l1_hit++;
    else if (level == 2) n->pwc_l2_hit++;
    else n->pwc_l3_hit++;
}

static void radix_charge(struct charge *c, bool complete)
{
    const struct walk_record *r = c->r;
    const struct walk_step *pate = NULL;

    if (c->e.class == CLASS_VIRTUAL) {
        c->process_level = deepest_level(c, false, c->owner, 0, r->count);
        c->prte_known = c->process_level || tag_known(&c->model->core->prte, 0, c->owner);
    }
    for (unsigned k = 0; k < r->count;) {
        const struct walk_step *s = &r->step[k];
        unsigned to = k + 1;

        if (s->kind == WALK_PATE) {
            pate = s;
        } else if (s->stage == STAGE_PARTITION) {
            to = end_of_group(r, k);
            charge_group(c, k, to, complete);
        } else {
            charge_process_step(c, s);
        }
        k = to;
    }
    if (pate) read_pate(c, pate, c->needs_pate || r->count == 1); /* 1: it led nowhere */
    count_prefix(c->model->counters, c->process_level);
}

/* ---- hash: one read for each group of eight entries that was searched, which is one line of storage ---- */
static void hash_charge(struct charge *c)
{
    struct walk_tally *tally = c->model->tally;

    for (unsigned k = 0; k < c->r->count; k++) {
        const struct walk_step *s = &c->r->step[k];

        if (s->kind == WALK_PATE) {
            read_pate(c, s, true);
            continue;
        }
        note_source(c, s, WALK_FROM_STORAGE);
        tally->group[s->level != 1]++;
        tally->group_cycles += from_storage(c, s);
    }
    c->model->counters->hash_walks++;
}

u64 walk_charge(const struct tlb_model *model, const struct effective *e, const struct walk_record *r, bool complete)
{
    struct charge c = {.model = model, .r = r, .e = *e, .owner = (u64)e->lpid << 32 | e->pid};
    struct counters *n = model->counters;

    if (class_is_hash(e->class)) hash_charge(&c);
    else radix_charge(&c, complete);
    n->walks++;
    n->walk_faults += !complete;
    n->walk_reads += c.reads;
    n->walk_reads_pwc += c.known;
    n->walk_cycles += c.cycles;
    model->tally->length[c.reads < WALK_LENGTHS ? c.reads : WALK_LENGTHS - 1]++;
    return c.cycles;
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
u64 pwc_kill(struct mmu_core *core, const struct kill *k)
{
    bool partition = k->partition_scope;
    u64 killed = 0;

    for (unsigned level = 0; level < PWC_LEVELS; level++) {
        if (partition || k->everything) killed += kill_tags(&core->pwc[1][level], k, false);
        if (!partition || k->everything) killed += kill_tags(&core->pwc[0][level], k, true);
    }
    return killed;
}

/* Where a partition's process table is hangs from its partition-table entry. */
u64 table_entries_kill(struct mmu_core *core, const struct kill *k)
{
    u64 killed = k->partition_scope || k->everything ? kill_tags(&core->pate, k, false) : 0;

    return killed + kill_tags(&core->prte, k, true);
}
