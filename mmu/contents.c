/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the arrays of the model hold just now, as the walks that would find it again.  Whoever goes on from here with
 * other arrays and without main storage (a trace that is replayed) needs the table entries of what these ones need not
 * walk for.
 */
#include "mmu/model.h"

/* As if e were asked for in this context.  Whether it is allowed does not matter: the entries are the same. */
static void walk_again(const struct xlate_ctx *ctx, const struct effective *e, const struct hash_address *at,
                       struct observer *who)
{
    struct xlate out;

    if (class_has_tables(e->class)) walk_from(ctx, e, at, ACCESS_LOAD, who, &out);
}

/* A hashed page is in the TLB by its virtual address.  False: software has taken its entry away meanwhile. */
static bool walk_hashed(const struct xlate_ctx *ctx, const struct translation *t, struct observer *who)
{
    struct hash_address at = hpt_address_of(t->ea, t->pid);
    struct xlate out = xlate_start();
    struct hash_tables tables = {.ctx = ctx, .who = who, .out = &out, .lpid = t->lpid};
    struct hpte h;

    return hpt_open_tables(&tables) && hpt_find(&tables, &at, 0, &h);
}

static void walk_array(const struct xlate_ctx *ctx, const struct xarray *x, bool hashed, struct observer *who)
{
    for (u32 n = 0; n < x->tags.lines; n++) {
        const struct translation *t = &x->entry[n];
        const struct effective e = {(enum xlate_class)t->class, t->lpid, t->pid, t->ea};

        if (!x->tags.line[n].valid) continue;
        if (hashed) walk_hashed(ctx, t, who);
        else walk_again(ctx, &e, NULL, who);
    }
}

/* Of the model `none` the host-side slots are all that there is. */
static void walk_slots(const struct mmu *m, const struct context *c, struct observer *who)
{
    struct xlate_ctx ctx = m->ctx;

    ctx.msr = c->id.msr;
    ctx.lpcr = c->id.lpcr;
    ctx.lpid = c->id.lpid;
    ctx.pid = c->id.pid;
    for (u32 n = 0; n < CONTEXT_SLOTS; n++) {
        u64 tag = n < SLOT_STORE   ? c->load[n].tag
                  : n < SLOT_FETCH ? c->store[n - SLOT_STORE].tag
                                   : c->fetch[n - SLOT_FETCH].tag & ~HOST_TRACED;
        struct effective e;

        if (!(c->filled[n / 64] >> n % 64 & 1)) continue;
        e = xlate_effective(&ctx, tag, n < SLOT_FETCH ? ACCESS_LOAD : ACCESS_FETCH);
        walk_again(&ctx, &e, NULL, who);
    }
}

static void walk_thread(const struct mmu *m, struct observer *who)
{
    walk_array(&m->ctx, &m->derat.x, false, who);
    walk_array(&m->ctx, &m->ierat.x, false, who);
    for (u32 k = 0; m->config->model == MMU_MODEL_NONE && k < m->context_count; k++) walk_slots(m, m->context[k], who);
}

void mmu_walk_contents(const struct mmu_system *s, struct observer *who)
{
    struct xlate_ctx radix = s->mmu[0].ctx, hash = s->mmu[0].ctx;

    radix.lpcr |= LPCR_HR;
    hash.lpcr &= ~LPCR_HR;
    for (unsigned n = 0; n < s->cores; n++) {
        walk_array(&radix, &s->core[n].tlb, false, who);
        walk_array(&hash, &s->core[n].hash_tlb, true, who);
    }
    for (unsigned n = 0; n < s->threads; n++) walk_thread(&s->mmu[n], who);
}
