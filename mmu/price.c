/* SPDX-License-Identifier: Apache-2.0 */
/* A walk with a price tag on each step; see price.h. */
#include "mmu/price.h"

#include <stdlib.h>

#include "base/log.h"
#include "mmu/model.h"

static u8 level_of_leaf(u8 shift)
{
    return shift >= 30 ? 2 : shift >= 21 ? 3 : 4;
}

/* Bits of the address that an entry of this level leaves to the tables below, or to the page. */
static u8 shift_of_level(u8 level, u8 leaf_shift)
{
    static const u8 shifts[] = {52, 39, 30, 21};

    return level < level_of_leaf(leaf_shift) ? shifts[level] : leaf_shift;
}

/* ---- a walk as it would be with other leaves ---- */
struct rewriting {
    const struct walk_record *from;
    struct walk_record *to;
};

static void put_step(struct rewriting *w, struct walk_step s)
{
    if (w->to->count < STEPS_MAX) w->to->step[w->to->count++] = s;
}

/* This step again as an entry of that level. */
static struct walk_step at_level(struct walk_step s, u8 level, u8 leaf_shift)
{
    bool leaf = level == level_of_leaf(leaf_shift);

    s.level = level;
    s.kind = leaf ? WALK_PTE : WALK_PDE;
    s.shift = shift_of_level(level, leaf_shift);
    s.entry = leaf ? s.entry | PTE_VALID | PTE_LEAF : (s.entry | PTE_VALID) & ~PTE_LEAF;
    return s;
}

static bool is_tree_step(const struct walk_step *s, enum stage stage)
{
    return s->stage == stage && s->level && s->kind != WALK_PTEG && s->kind != WALK_STEG;
}

/* The partition-scoped steps for the table that lies behind step `at` of process scope, for the next level. */
static void put_new_group(struct rewriting *w, unsigned at, u8 level)
{
    unsigned first = at;

    while (first && w->from->step[first - 1].stage == STAGE_PARTITION && w->from->step[first - 1].kind != WALK_PATE)
        first--;
    for (; first < at; first++) {
        struct walk_step s = w->from->step[first];

        s.nested_for = level;
        s.address += (u64)1 << w->from->step[at - 1].shift; /* the guest page behind */
        put_step(w, s);
    }
}

static void assume_process_leaf(struct rewriting *w, u8 shift)
{
    u8 wanted = level_of_leaf(shift);

    for (unsigned k = 0; k < w->from->count; k++) {
        const struct walk_step *s = &w->from->step[k];

        if (s->stage == STAGE_PARTITION && s->nested_for < WALK_ROWS && s->nested_for > wanted) continue;
        if (!is_tree_step(s, STAGE_PROCESS)) {
            put_step(w, *s);
            continue;
        }
        if (s->level > wanted) continue;
        put_step(w, at_level(*s, s->level, shift));
        if (s->kind != WALK_PTE) continue;
        for (u8 level = (u8)(s->level + 1); level <= wanted; level++) {
            put_new_group(w, k, level);
            put_step(w, at_level(*s, level, shift));
        }
    }
}

static void assume_partition_leaf(struct rewriting *w, u8 shift)
{
    u8 wanted = level_of_leaf(shift);

    for (unsigned k = 0; k < w->from->count; k++) {
        const struct walk_step *s = &w->from->step[k];

        if (!is_tree_step(s, STAGE_PARTITION)) {
            put_step(w, *s);
            continue;
        }
        if (s->level > wanted) continue;
        put_step(w, at_level(*s, s->level, shift));
        for (u8 level = (u8)(s->level + 1); s->kind == WALK_PTE && level <= wanted; level++)
            put_step(w, at_level(*s, level, shift));
    }
}

static void assume(struct walk_record *r, const struct price_question *q)
{
    struct walk_record as_it_is = *r;
    struct rewriting w = {&as_it_is, r};

    if (q->process_shift) {
        r->count = 0;
        assume_process_leaf(&w, q->process_shift);
        as_it_is = *r;
    }
    if (q->partition_shift) {
        r->count = 0;
        assume_partition_leaf(&w, q->partition_shift);
    }
}

/* ---- a copy of a core ---- */
static void copy_core(struct mmu_core *to, const struct mmu_core *from)
{
    xarray_copy(&to->tlb, &from->tlb);
    xarray_copy(&to->hash_tlb, &from->hash_tlb);
    for (unsigned k = 0; k < 2 * PWC_LEVELS; k++)
        assoc_copy(&to->pwc[k / PWC_LEVELS][k % PWC_LEVELS], &from->pwc[k / PWC_LEVELS][k % PWC_LEVELS]);
    assoc_copy(&to->pate, &from->pate);
    assoc_copy(&to->prte, &from->prte);
}

static bool erat_has(const struct mmu *m, const struct effective *e, enum access access)
{
    const struct erat *erat = access == ACCESS_FETCH ? &m->ierat : &m->derat;
    u32 line = xarray_find(&erat->x, &m->ctx, e);

    return line != ASSOC_NONE && entry_allows(&m->ctx, e, &erat->x.entry[line], 0, access);
}

/* Without reading anything: what the SLB has, or hardware's part of it. */
static bool segment_is_at_hand(const struct mmu *m, const struct effective *e, u64 *vsid)
{
    struct xlate out = xlate_start();
    const struct cached_segment *cached;

    if (hpt_segment(&m->ctx, e, vsid, &out)) return true;
    cached = out.why == XL_NO_SEGMENT && segment_table_is_asked(&m->ctx, e) ? segment_find(m, e) : NULL;
    if (cached) *vsid = cached->vsid;
    return cached;
}

/* What the TLB is asked for by this access, if it gets that far. */
struct tlb_request {
    bool is_made, segment_known; /* segment_known: else it is what storage says */
    struct effective key;
    u8 segment; /* its rights */
};

static struct tlb_request tlb_request_of(const struct tlb_model *model, const struct effective *e, enum access access)
{
    struct tlb_request r = {.is_made = class_has_tables(e->class), .key = *e};
    struct xlate out = xlate_start();
    struct hash_tables tables = {.ctx = model->ctx, .out = &out, .lpid = e->lpid};
    struct hash_address h;
    u64 vsid;

    if (!class_is_hash(e->class)) return r;
    r.segment_known = segment_is_at_hand(model->mmu, e, &vsid);
    r.is_made = (r.segment_known || (segment_table_is_asked(model->ctx, e) && hpt_open_tables(&tables) &&
                                     segment_walk(&tables, e, &vsid))) &&
                hpt_address(model->ctx, e, vsid, access, &h, &out);
    if (!r.is_made) return r;
    r.key = (struct effective){CLASS_HASH, e->lpid, h.tag, h.low};
    r.segment = h.rights;
    return r;
}

/* The part for the segment, and then the page's, which asks for the partition-table entry again. */
static u64 charge_both(struct tlb_model *model, const struct effective *e, const struct walk_record *r, bool known,
                       struct mmu_price *price)
{
    unsigned steps = segment_steps(r);
    struct walk_record page = *r;
    u8 source[STEPS_MAX];
    u64 cycles = 0;

    model->source = price->source;
    if (!known) cycles = segment_charge(model, e, r, steps);
    for (unsigned k = 1; known && k < steps; k++) price->source[k] = WALK_FROM_ENTRY_CACHE;
    memmove(&page.step[1], &page.step[steps], (r->count - steps) * sizeof page.step[0]);
    page.count = r->count - steps + 1;
    if (page.count == 1 && price->result.why != XL_OK) return cycles; /* it did not come to that */
    model->source = source;
    cycles += walk_charge(model, e, &page, price->result.why == XL_OK);
    model->source = price->source;
    if (known) price->source[0] = source[0];
    memcpy(&price->source[steps], &source[1], page.count - 1);
    return cycles;
}

static void price_walk(const struct mmu *m, struct tlb_model *model, const struct price_question *q,
                       struct mmu_price *price)
{
    struct effective e = xlate_effective(&m->ctx, q->req.ea, q->req.access);
    struct tlb_request r = tlb_request_of(model, &e, q->req.access);
    struct walk_record record;
    struct translation t;

    if (!q->cold) {
        price->in_erat = erat_has(m, &e, q->req.access);
        price->in_tlb = r.is_made && tlb_look_up(model, &e, &r.key, r.segment, q->req.access, &t);
    }
    price->look_up_cycles = r.is_made ? m->config->tlb_hit_cycles : 0;
    walk_record_start(&record);
    price->result = mmu_walk(&m->ctx, q->req, &record.who);
    assume(&record, q);
    model->source = price->source;
    if (segment_steps(&record)) price->cycles = charge_both(model, &e, &record, r.segment_known && !q->cold, price);
    else if (class_has_tables(e.class)) price->cycles = walk_charge(model, &e, &record, price->result.why == XL_OK);
    price->reads = model->counters->walk_reads + model->counters->segment_reads;
    price->steps = record.count;
    memcpy(price->step, record.step, record.count * sizeof record.step[0]);
}

bool mmu_price(const struct mmu *m, const struct price_question *q, struct mmu_price *price)
{
    struct counters *counters = calloc(1, sizeof *counters);
    struct walk_tally *tally = calloc(1, sizeof *tally);
    struct mmu_core core = {0};
    struct tlb_model model = {m, &core, m->config, counters, tally, &m->ctx, NULL};
    bool modelled = m->config->model == MMU_MODEL_MMU;
    bool ok = modelled && counters && tally && core_open(&core, m->config, m->config->seed);

    *price = (struct mmu_price){.steps = 0};
    if (ok) {
        if (!q->cold) copy_core(&core, m->core);
        price_walk(m, &model, q, price);
    }
    if (modelled) core_close(&core);
    free(tally);
    free(counters);
    return ok || (modelled && p9_error("walk: the host has no memory for a copy of the translation arrays"));
}
