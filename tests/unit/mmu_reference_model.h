/* SPDX-License-Identifier: Apache-2.0 */
/* The plain-list model, second part: what a walk is charged, an access, an invalidation.  See mmu_reference.h. */
#ifndef P9_TESTS_MMU_REFERENCE_MODEL_H
#define P9_TESTS_MMU_REFERENCE_MODEL_H

#include "tests/unit/mmu_reference.h"

static const u8 ref_level_shift[3] = {39, 30, 21};

struct ref_charge {
    struct ref *r;
    struct ref_core *core;
    const struct ref_where *at;
    const struct ref_walk *o;
    u8 process_level;
    bool prte_known, needs_pate;
    u64 reads;
};

static inline bool ref_directory_is_known(struct ref_charge *c, const struct ref_step *s)
{
    u64 prefix;

    if (s->kind != REF_DIRECTORY || s->level > 3) return false;
    prefix = s->address >> ref_level_shift[s->level - 1];
    return ref_knows(c->r, &c->core->directory[s->host][s->level - 1], c->at->lpid, s->host ? 0 : c->at->pid, prefix);
}

static inline void ref_keep_directory(struct ref_charge *c, const struct ref_step *s)
{
    u64 prefix, owner = s->host ? c->at->lpid : (u64)c->at->lpid << 32 | c->at->pid;

    if (s->kind != REF_DIRECTORY || s->level > 3 || !(s->entry & W_VALID)) return;
    prefix = s->address >> ref_level_shift[s->level - 1];
    ref_keep_tag(c->r, &c->core->directory[s->host][s->level - 1], c->at->lpid, s->host ? 0 : c->at->pid, prefix,
                 prefix ^ owner);
}

static inline void ref_add_tlb(struct ref *r, struct ref_core *core, struct ref_entry e, u64 index)
{
    r->n.tlb_refilled += ref_returns(r, &core->tlb, &e, ref_core_insns(r, (unsigned)(core - r->core)));
    ref_add(r, &core->tlb, e, index);
}

/* The partition-scoped walk steps [from, to): does the TLB spare it, and if not, from which level is it read? */
static inline void ref_charge_group(struct ref_charge *c, unsigned from, unsigned to)
{
    const struct ref_step *last = &c->o->step[to - 1];
    bool walker = c->r->config->tlb_guest_real && c->at->class == REF_VIRTUAL;
    struct ref_entry *e = NULL, made;
    u64 offset = (1ULL << last->shift) - 1;
    u8 level = 0;

    if (last->wanted == 0 ? c->prte_known : last->wanted < 15 && last->wanted <= c->process_level) return;
    if (walker) e = ref_find_page(&c->core->tlb, REF_GUEST_REAL, c->at->lpid, 0, last->address);
    if (e) {
        ref_use(c->r, &c->core->tlb, e);
        return;
    }
    for (unsigned k = from; k < to; k++)
        if (ref_directory_is_known(c, &c->o->step[k])) level = c->o->step[k].level;
    if (!level) c->needs_pate = true;
    if (c->at->class == REF_GUEST_REAL) c->process_level = level;
    for (unsigned k = from; k < to; k++) {
        c->reads += c->o->step[k].level > level;
        ref_keep_directory(c, &c->o->step[k]);
    }
    if (!walker || !c->at->lpid || c->o->why != XL_OK) return;
    made = (struct ref_entry){.class = REF_GUEST_REAL,
                              .lpid = c->at->lpid,
                              .ea = last->address & ~offset,
                              .gra = last->address & ~offset,
                              .ra = last->entry & PPC_BITMASK(7, 51) & ~offset,
                              .shift = last->shift,
                              .partition_shift = last->shift,
                              .rights = 7,
                              .partition_rights = ref_leaf_rights(last->entry) & 7,
                              .attr = (u8)(last->entry >> 4 & 3),
                              .changed = last->entry & L_C};
    for (unsigned k = 0; k < c->o->rcs; k++) /* as the walk leaves it in storage */
        if (c->o->rc[k].at == last->at && c->o->rc[k].set & L_C) made.changed = true;
    ref_add_tlb(c->r, c->core, made, made.ea >> made.shift ^ made.lpid);
}

static inline void ref_charge_all(struct ref_charge *c)
{
    const struct ref_walk *o = c->o;
    bool pate = false;

    if (c->at->class == REF_VIRTUAL) {
        for (unsigned k = 0; k < o->steps; k++)
            if (!o->step[k].host && ref_directory_is_known(c, &o->step[k])) c->process_level = o->step[k].level;
        c->prte_known = c->process_level || ref_knows(c->r, &c->core->prte, c->at->lpid, c->at->pid, 0);
    }
    for (unsigned k = 0, to; k < o->steps; k = to) {
        const struct ref_step *s = &o->step[k];

        to = k + 1;
        if (s->kind == REF_PATE) {
            pate = true;
        } else if (s->host) {
            while (to < o->steps && o->step[to].group == s->group) to++;
            ref_charge_group(c, k, to);
        } else if (s->kind == REF_PRTE) {
            if (c->prte_known) continue;
            c->reads++;
            c->needs_pate = true;
            ref_keep_tag(c->r, &c->core->prte, c->at->lpid, c->at->pid, 0, 0);
        } else {
            c->reads += s->level > c->process_level;
            ref_keep_directory(c, s);
        }
    }
    if (o->steps == 1) c->needs_pate = true; /* it led nowhere */
    if (!pate || !c->needs_pate || ref_knows(c->r, &c->core->pate, c->at->lpid, 0, 0)) return;
    ref_keep_tag(c->r, &c->core->pate, c->at->lpid, 0, 0, 0);
    c->reads++;
}

static inline void ref_count_size(u64 *n4k, u64 *n64k, u64 *n2m, u64 *n1g, u8 shift)
{
    ++*(shift == 12 ? n4k : shift == 16 ? n64k : shift == 21 ? n2m : n1g);
}

/* The walk of a TLB miss: charged, counted, kept. */
static inline bool ref_walks(struct ref *r, struct ref_core *core, const struct ref_where *at,
                             const struct xlate_ctx *x, enum access access, struct ref_walk *o)
{
    struct ref_charge c = {.r = r, .core = core, .at = at, .o = o};
    struct counters *n = &r->n;

    ref_walk(r, x, at, access, o);
    ref_charge_all(&c);
    n->walks++;
    n->walk_faults += o->why != XL_OK;
    n->walk_reads += c.reads;
    n->walk_reads_pwc += o->steps - c.reads;
    n->walk_cycles += c.reads * r->config->walk_read_cycles;
    r->stall += c.reads * r->config->walk_read_cycles;
    n->rc_updates += o->rcs;
    ++*(c.process_level == 0   ? &n->pwc_miss
        : c.process_level == 1 ? &n->pwc_l1_hit
        : c.process_level == 2 ? &n->pwc_l2_hit
                               : &n->pwc_l3_hit);
    if (o->why != XL_OK) return false;
    if (access != ACCESS_FETCH)
        ref_count_size(&n->dtlb_miss_4k, &n->dtlb_miss_64k, &n->dtlb_miss_2m, &n->dtlb_miss_1g, o->found.shift);
    ref_add_tlb(r, core, o->found, (o->found.ea << 12 >> 12) >> o->found.shift ^ at->pid ^ at->lpid);
    return true;
}

static inline struct ref_entry *ref_look(struct ref_list *l, const struct ref_where *at, const struct xlate_ctx *x,
                                         enum access access)
{
    struct ref_entry *e;

    while ((e = ref_find_page(l, at->class, at->lpid, at->pid, at->ea)) && !ref_allows(x, e, access)) ref_remove(l, e);
    return e;
}

/* An entry's answer; false: nobody is at that real address. */
static inline bool ref_answer(struct ref *r, const struct ref_where *at, const struct ref_entry *e, struct ref_walk *o)
{
    u64 offset = at->ea & ((1ULL << e->shift) - 1);

    *o = (struct ref_walk){
        .why = XL_OK, .found = *e, .ra = e->ra + offset, .gra = e->partition_shift ? e->gra + offset : 0};
    return ref_answers(r, o->ra) || ref_no(o, STAGE_REAL, XL_NO_STORAGE);
}

static inline bool ref_behind(struct ref *r, struct ref_core *core, const struct ref_where *at,
                              const struct xlate_ctx *x, enum access access, struct ref_walk *o)
{
    struct counters *n = &r->n;
    struct ref_entry *e;

    if (at->class == REF_REAL || at->class == REF_NOWHERE) {
        ref_walk(r, x, at, access, o);
        return o->why == XL_OK;
    }
    n->tlb_access++;
    r->stall += r->config->tlb_hit_cycles;
    e = ref_look(&core->tlb, at, x, access);
    if (e) {
        n->tlb_hit++;
        ref_use(r, &core->tlb, e);
        return ref_answer(r, at, e, o);
    }
    n->tlb_miss++;
    ++*(access == ACCESS_FETCH ? &n->itlb_miss : &n->dtlb_miss);
    return ref_walks(r, core, at, x, access, o);
}

static inline bool ref_access(struct ref *r, unsigned thread, u64 ea, enum access access, struct ref_walk *o)
{
    struct ref_thread *t = &r->thread[thread];
    struct ref_list *erat = &t->erat[access == ACCESS_FETCH];
    struct ref_where at = ref_where(&t->ctx, ea, access);
    struct ref_entry *e = at.class == REF_NOWHERE ? NULL : ref_look(erat, &at, &t->ctx, access);
    struct counters *n = &r->n;

    if (e) return ref_answer(r, &at, e, o);
    ++*(access == ACCESS_FETCH ? &n->ierat_miss : &n->derat_miss);
    if (!ref_behind(r, &r->core[thread / REF_PER_CORE], &at, &t->ctx, access, o)) return false;
    if (access != ACCESS_FETCH && at.class != REF_REAL)
        ref_count_size(&n->derat_miss_4k, &n->derat_miss_64k, &n->derat_miss_2m, &n->derat_miss_1g, o->found.shift);
    n->erat_refilled += ref_returns(r, erat, &o->found, t->insns);
    ref_add(r, erat, o->found, (o->found.ea << 12 >> 12) >> o->found.shift ^ at.pid ^ at.lpid);
    return true;
}

static inline void ref_context(struct ref *r, unsigned thread, const struct xlate_ctx *ctx)
{
    struct ref_thread *t = &r->thread[thread];

    /* Tags do not hold these: the same tag is another translation then, also of what was killed. */
    for (unsigned k = 0; k < 2 && (ctx->hrmor != t->ctx.hrmor || ctx->ptcr != t->ctx.ptcr); k++)
        t->erat[k].count = t->erat[k].graves = 0;
    t->ctx = *ctx;
}

/* ---- invalidation (III 5.9.3.3) ---- */
/* What one tlbie or tlbiel means. */
struct ref_aim {
    bool process, partition, radix, hash, any_lpid, any_pid, by_address;
    u32 lpid, pid;
    u64 first, bytes;
};

static inline struct ref_aim ref_aim(const struct tlbie_op *op)
{
    static const u64 sizes[8] = {1ULL << 12, 1ULL << 21, 1ULL << 30, 0, 0, 1ULL << 16, 0, 0};
    unsigned is = op->rb >> 10 & 3;
    u64 bytes = sizes[op->rb >> 5 & 7];
    struct ref_aim a = {.radix = op->r,
                        .hash = !op->r,
                        .process = op->prs,
                        .partition = !op->prs,
                        .lpid = (op->hv && !op->local ? (u32)op->rs : op->lpid) & 0xfff,
                        .pid = op->rs >> 32 & 0xfffff,
                        .any_lpid = is == 3 && op->hv,
                        .any_pid = is >= 2 || !op->prs || !op->r,
                        .by_address = is == 0 && op->r};

    if (!bytes) bytes = 1ULL << 52; /* an AP that is none names every page */
    a.bytes = bytes;
    a.first = (op->prs ? op->rb << 12 >> 12 : op->rb << 4 >> 4) / bytes * bytes;
    return a;
}

/* Radix only: there are no hashed entries in this model. */
static inline bool ref_names(const struct ref_aim *a, const struct ref_entry *e)
{
    u64 start;

    if (!a->radix || (e->class != REF_VIRTUAL && e->class != REF_GUEST_REAL)) return false;
    if (!a->any_lpid && e->lpid != a->lpid) return false;
    if (a->partition) {
        if (!e->partition_shift) return false;
        start = e->gra;
    } else {
        if (e->class != REF_VIRTUAL || (!a->any_pid && e->pid != a->pid)) return false;
        start = e->ea << 12 >> 12;
    }
    return !a->by_address || (start < a->first + a->bytes && start + (1ULL << e->shift) > a->first);
}

static inline u64 ref_kill(struct ref_list *l, const struct ref_aim *a, u32 every, u32 set, u64 now)
{
    unsigned before = l->count;

    for (unsigned k = l->count; k-- > 0;)
        if (l->entry[k].set % every == set && ref_names(a, &l->entry[k])) ref_bury(l, &l->entry[k], now);
    return before - l->count;
}

static inline u64 ref_kill_tags(struct ref_list *l, const struct ref_aim *a, bool by_pid)
{
    unsigned before = l->count;

    for (unsigned k = l->count; k-- > 0;) {
        struct ref_entry *e = &l->entry[k];
        if ((a->any_lpid || e->lpid == a->lpid) && (!by_pid || a->any_pid || e->pid == a->pid)) ref_remove(l, e);
    }
    return before - l->count;
}

static inline void ref_kill_core(struct ref *r, struct ref_core *core, const struct tlbie_op *op,
                                 const struct ref_aim *a)
{
    bool by_class = op->local && op->rb >> 10 & 3;

    if (op->ric != 1)
        r->n.tlb_killed += ref_kill(&core->tlb, a, by_class ? 128 : 1, by_class ? op->rb >> 12 & 0xfff : 0,
                                    ref_core_insns(r, (unsigned)(core - r->core)));
    for (unsigned level = 0; a->radix && (op->ric == 1 || op->ric == 2) && level < 3; level++)
        r->n.pwc_killed += ref_kill_tags(&core->directory[a->partition][level], a, a->process);
    if (op->ric != 2) return;
    if (a->partition) r->n.table_entries_killed += ref_kill_tags(&core->pate, a, false);
    r->n.table_entries_killed += ref_kill_tags(&core->prte, a, true);
}

static inline void ref_kill_thread(struct ref *r, unsigned thread, const struct ref_aim *a)
{
    struct ref_thread *t = &r->thread[thread];
    u64 data = ref_kill(&t->erat[0], a, 1, 0, t->insns), fetches = ref_kill(&t->erat[1], a, 1, 0, t->insns);

    r->n.derat_killed += data;
    r->n.ierat_killed += fetches;
    r->n.erat_killed += data + fetches;
}

static inline void ref_count(struct counters *n, const struct tlbie_op *op)
{
    unsigned is = op->rb >> 10 & 3;

    if (op->local) {
        n->tlbiel++;
        n->tlbiel_address += is == 0;
        n->tlbiel_pid += is == 1;
        n->tlbiel_lpid += is == 2 || (is == 3 && !op->hv);
        n->tlbiel_all += is == 3 && op->hv;
        n->tlbiel_hash += !op->r;
        n->tlbiel_process += op->r && op->prs;
        n->tlbiel_partition += op->r && !op->prs;
    } else {
        n->tlbie++;
        n->tlbie_address += is == 0;
        n->tlbie_pid += is == 1;
        n->tlbie_lpid += is == 2 || (is == 3 && !op->hv);
        n->tlbie_all += is == 3 && op->hv;
        n->tlbie_hash += !op->r;
        n->tlbie_process += op->r && op->prs;
        n->tlbie_partition += op->r && !op->prs;
    }
    n->tlbi_walk_cache += op->ric == 1;
    n->tlbi_tables += op->ric == 2;
    if (op->r) n->tlbi_reserved += op->ric == 3 || (is == 0 && op->ric) || (is == 1 && !op->prs);
}

static inline void ref_tlbie(struct ref *r, unsigned thread, const struct tlbie_op *op)
{
    struct ref_aim a = ref_aim(op);
    bool by_class = op->local && op->rb >> 10 & 3;

    ref_count(&r->n, op);
    for (unsigned k = 0; k < REF_CORES; k++)
        if (!op->local || k == thread / REF_PER_CORE) ref_kill_core(r, &r->core[k], op, &a);
    if (op->ric == 1 || (by_class && r->config->tlbiel_spares_erat)) return;
    for (unsigned k = 0; k < REF_THREADS; k++)
        if (!op->local || k == thread) ref_kill_thread(r, k, &a);
}

/* slbia: IH 3 the entries of user processes, 6 those of guests, else all, real ones too (III 5.9.3.1). */
static inline void ref_slbia(struct ref *r, unsigned thread, unsigned ih)
{
    r->n.slbia++;
    for (unsigned k = 0; k < 2; k++) {
        struct ref_list *l = &r->thread[thread].erat[k];

        for (unsigned j = l->count; j-- > 0;) {
            struct ref_entry *e = &l->entry[j];

            if (ih == 3 && (e->class != REF_VIRTUAL || !e->pid)) continue;
            if (ih == 6 && !e->partition_shift) continue;
            ref_bury(l, e, r->thread[thread].insns);
            r->n.erat_killed++;
            ++*(k ? &r->n.ierat_killed : &r->n.derat_killed);
        }
    }
}

#endif
