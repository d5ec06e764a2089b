/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Page tables are guest data: random, cyclic, overlapping, pointing outside main storage or at a device, of every kind
 * - radix of the host, nested radix, hashed page tables with SLB, hashed page tables with segment tables.  A case (one
 * seed) builds sound tables, spoils some of them, and then makes random accesses, changes and invalidations.
 *
 *   watched   a walk that is watched says what one that is not watched says, in at most MOST_STEPS steps
 *   exact     (half of the cases) every change is followed by an invalidation that names it: the model `mmu` with
 *             random arrays, the model `none` and the walk give the same answer, fault and R and C bits; main storage
 *             ends the same
 *   lazy      (the other half) changes wait for invalidations that come at random: what an access or a host-side slot
 *             says is what a walk said at some moment since the last invalidation that names it.  For a hashed page the
 *             moment of the segment and that of the page may differ, and any of its base pages may have been asked for.
 *             A fault is always one of now, unless the page reaches beyond storage.
 *
 *   random_tables [--seed N] [--cases N] [--seconds N] [--steps N]
 *
 * A case that fails says its seed.  Built with P9_FUZZ this is a libFuzzer target: the input is the source of all
 * choices, as long as it lasts.
 */
#include "base/assert.h"
#include "tests/fuzz/case_limits.h"
#include "tests/fuzz/random_tables.h"

/* ---- the machine ---- */
static void random_config(struct mmu_config *c)
{
    static const u32 sizes[] = {1, 2, 4, 8, 16, 64, 512}, ways[] = {0, 1, 2, 4};
    static const enum replacement policies[] = {REPLACE_FIFO, REPLACE_LRU, REPLACE_PLRU, REPLACE_RANDOM};

    *c = mmu_config_default();
    c->derat_entries = 4 * sizes[dice(5)];
    c->derat_ways = ways[dice(4)];
    c->ierat_entries = 4 * sizes[dice(4)];
    c->tlb_entries = 8 * sizes[dice(7)];
    c->tlb_ways = ways[dice(4)];
    c->tlb_replacement = policies[dice(3)];
    if (c->tlb_replacement == REPLACE_PLRU && !c->tlb_ways) c->tlb_ways = 4;
    c->pwc_entries = dice(4) ? 4 * sizes[dice(5)] : 0;
    c->pwc_replacement = policies[dice(2)];
    c->pate_entries = 1 + (u32)dice(4);
    c->prte_entries = 1 + (u32)dice(8);
    c->tlb_guest_real = dice(3);
    c->erat_replacement = policies[dice(2)];
    c->needless_insns = dice(2) * 100;
    c->contexts = 1 + (u32)dice(8);
    c->seed = dice(1000);
}

static void set_context(unsigned t, const struct xlate_ctx *c)
{
    for (unsigned k = 0; k < f.plays; k++) {
        struct play *p = &f.play[k];

        p->ctx[t] = *c;
        p->ctx[t].slb = &p->slb[t];
        p->ctx[t].bus = &p->w.bus;
        p->ctx[t].ptcr = p->w.ctx.ptcr;
        p->ctx[t].rc_by_software = f.rc_by_software;
        p->map[t] = mmu_set_context(p->mmu[t], &p->ctx[t]);
    }
}

static u32 random_lpid(void)
{
    static const u32 lpids[] = {HOST, GUEST_LPID, GUEST_LPID, SLB_LPID, STAB_LPID, STAB_LPID};

    return lpids[dice(ARRAY_SIZE(lpids))];
}

static void step_context(unsigned t)
{
    struct xlate_ctx c = {.lpid = dice(4) ? f.focus : random_lpid(), .pid = dice(3) ? 0 : (u32)dice(PIDS)};

    c.msr = (dice(3) ? MSR_HV : 0) | (dice(4) ? 0 : MSR_PR) | dice(2);
    c.msr |= dice(8) ? MSR_IR | MSR_DR : (dice(2) ? MSR_IR : 0) | (dice(2) ? MSR_DR : 0);
    c.lpcr = c.lpid == SLB_LPID ? 0 : c.lpid == STAB_LPID ? SEGMENT_LPCR : W_LPCR;
    c.amr = dice(8) ? 0 : any64();
    c.iamr = dice(4) ? 0 : any64() & 0x5555555555555555ULL;
    if (!dice(40)) c.pid = (u32)dice(1 << 20);
    set_context(t, &c);
}

/* A few leaves of one partition are asked for, and changed, much more often than the others. */
static const struct place *random_place(void)
{
    const struct place *l = NULL;

    for (unsigned n = 0; n < 8 && (!l || l->lpid != f.focus); n++) {
        u64 k = dice(f.places);
        l = &f.place[dice(4) ? k - k % 16 : k];
    }
    return l;
}

static u64 random_ea(unsigned t)
{
    const struct xlate_ctx *c = &f.play[0].ctx[t];
    const struct place *l = random_place();
    bool relocated = c->msr & MSR_DR;

    for (unsigned n = 0; n < 50 && (!l->shift || l->lpid != c->lpid || l->partition == relocated); n++)
        l = random_place();
    if (!dice(50)) return any64() & ~7ULL;
    if (c->lpid >= SLB_LPID)
        return ((dice(4) << (dice(4) ? 16 : 12 + dice(12))) | dice(2) << 12 | dice(1 << 9) << 3 |
                (dice(30) ? dice(ESIDS) : dice(40)) << 40) &
               (relocated ? ~0ULL : (1ULL << 41) - 1);
    return ((l->address + dice(1ULL << l->shift)) & ~7ULL) | (relocated ? (dice(4) ? dice(2) * 3 : dice(4)) << 62 : 0);
}

/* ---- what is legal ---- */
/* Everything of an answer that anyone can see: what a fault's registers are made from, or where the access goes. */
static bool same_answer(const struct xlate *a, const struct xlate *b)
{
    if (a->why != b->why || a->stage != b->stage) return false;
    if (a->why != XL_OK) return a->for_table == b->for_table && a->gra == b->gra && a->segment == b->segment;
    return a->ra == b->ra && a->attr == b->attr && a->page_shift == b->page_shift &&
           a->process_shift == b->process_shift && a->partition_shift == b->partition_shift;
}

struct counting {
    struct observer who;
    unsigned steps;
};
static void count_step(struct observer *who, const struct walk_step *step)
{
    ((struct counting *)(void *)who)->steps++;
    HOLDS(step->level <= 4 && step->entry_ra < MEGABYTES << 20);
}

static struct xlate walk_watched(const struct xlate_ctx *c, struct xlate_req req)
{
    struct counting who = {.who = {count_step}};
    struct xlate a = mmu_walk(c, req, &who.who), b = mmu_walk(c, req, NULL);

    HOLDS(who.steps <= MOST_STEPS);
    HOLDS(same_answer(&a, &b) && a.prot == b.prot && a.rc_count == b.rc_count && a.changed == b.changed);
    for (unsigned k = 0; k < a.rc_count; k++) HOLDS(!memcmp(&a.rc[k], &b.rc[k], sizeof a.rc[k]));
    return a;
}

/* Does the note end what was translated so?  at: virtual address of a hashed page. */
static bool tlbie_names(const struct tlbie_op *op, const struct effective *e, const struct hash_address *at,
                        const struct xlate *x)
{
    static const u8 aps[8] = {12, 21, 30, 64, 64, 16, 64, 64};
    unsigned is = op->rb >> 10 & 3, ap = aps[op->rb >> 5 & 7];
    u64 page = ap == 64 ? 0 : ~((1ULL << ap) - 1), address;
    u32 lpid = op->hv ? (u32)op->rs & 0xfff : op->lpid;

    if (op->ric == 1 || op->ric == 3 || op->local) return false;
    if (!(is == 3 && op->hv) && e->lpid != lpid) return false;
    if (at) return !op->r && is && op->ric != 3;
    if (!op->r) return false;
    if (op->prs && (e->class != CLASS_VIRTUAL || (is < 2 && e->pid != op->rs >> 32))) return false;
    if (!op->prs && !x->partition_shift) return false;
    if (is) return true;
    address = op->prs ? e->ea << 12 >> 12 : x->gra;
    return !((address ^ (op->prs ? op->rb << 12 >> 12 : op->rb << 4 >> 4)) & page & ~0xfffULL);
}

static bool segment_is_named(const struct note *n, unsigned t, const struct effective *e, u64 vsid)
{
    const struct segment_kill *k = &n->segment;
    u64 size = 1ULL << slb_segment_shift(vsid);

    if (n->kind == NOTE_TLBIE) {
        bool all = (n->op.rb >> 10 & 3) == 3 && n->op.hv;
        u32 lpid = n->op.hv ? (u32)n->op.rs & 0xfff : n->op.lpid;
        /* R = 1 drops segments too, but not what is in an ERAT already: that is a hash translation */
        return !n->op.local && !n->op.r && n->op.ric == 2 && (all || lpid == e->lpid) && (n->op.rb >> 10 & 3) >= 2;
    }
    if (n->thread != THREADS && n->thread != t) return false;
    if (k->class_1 && !(vsid & SLB_CLASS)) return false;
    if ((!k->any_lpid && k->lpid != e->lpid) || (!k->any_pid && k->pid != e->pid)) return false;
    return (e->ea & ~(size - 1)) <= k->last && (e->ea | (size - 1)) >= k->first;
}

/* Storage as it was `back` changes ago, while walk() asks; R and C that were set meanwhile come back afterwards. */
static void go_back(struct play *p, unsigned to, u64 saved[CHANGES])
{
    for (unsigned k = f.changes; k-- > to;) {
        saved[k] = world_get(&p->w, f.change[k].at);
        world_put(&p->w, f.change[k].at, f.change[k].old);
    }
}
static void come_back(struct play *p, unsigned from, const u64 saved[CHANGES])
{
    for (unsigned k = from; k < f.changes; k++) world_put(&p->w, f.change[k].at, saved[k]);
}

struct claim { /* what an access or a slot says */
    unsigned t;
    struct xlate_req req;
    const struct xlate *x;
    bool only_ra; /* a slot: x->ra is that of the page */
};

static bool agrees(const struct claim *c, const struct xlate *x)
{
    if (c->only_ra) return x->why == XL_OK && ((x->ra ^ c->x->ra) & HOST_PAGE_MASK) == 0;
    return same_answer(c->x, x);
}

struct place_in_page { /* of a hashed page: where the search began, and the bits of the address that it does not change
                        */
    const struct hash_address *at;
    u64 offset, mask;
};

static bool page_was_so(struct play *p, const struct claim *c, const struct effective *e,
                        const struct place_in_page *in, bool now_only)
{
    u64 saved[CHANGES];

    for (unsigned version = f.changes + 1; version-- > 0;) {
        struct xlate x;
        bool ended = false;

        if (now_only && version != f.changes) return false;
        go_back(p, version, saved);
        walk_from(&p->ctx[c->t], e, in ? in->at : NULL, c->req.access, NULL, &x);
        come_back(p, version, saved);
        if (in && (x.why == XL_OK || (x.why == XL_NO_STORAGE && x.process_shift))) {
            if (((1ULL << x.page_shift) - 1) < in->mask) continue; /* not that large */
            x.ra = (x.ra & ~in->mask) | in->offset;
            x.why = real_address_answers(&p->ctx[c->t], x.ra) ? XL_OK : XL_NO_STORAGE;
            x.stage = x.why == XL_OK ? STAGE_PROCESS : STAGE_REAL;
        }
        if (!agrees(c, &x)) continue;
        for (unsigned k = 0; k < f.notes && !ended; k++)
            ended = f.note[k].kind == NOTE_TLBIE && f.note[k].version > version &&
                    tlbie_names(&f.note[k].op, e, in ? in->at : NULL, &x);
        if (ended) continue;
        f.old_answers += version != f.changes;
        return true;
    }
    return false;
}

/* A page of many base pages has an entry for each of them; any of those may have brought it into the TLB. */
static bool any_base_page_was_so(struct play *p, const struct claim *c, const struct effective *e,
                                 const struct hash_address *at)
{
    static const u8 shifts[] = {16, 24};
    bool now_only = c->x->why != XL_OK && c->x->why != XL_NO_STORAGE;

    if (page_was_so(p, c, e, &(struct place_in_page){at, 0, 0}, now_only)) return true;
    for (unsigned k = 0; !now_only && k < ARRAY_SIZE(shifts); k++) {
        u64 mask = (1ULL << shifts[k]) - 1, first = at->low & ~mask;

        if (at->base_shift >= shifts[k] || (!c->only_ra && c->x->page_shift != shifts[k])) continue;
        for (u64 low = first; low <= (first | mask); low += 1ULL << at->base_shift) {
            struct hash_address other = *at;

            other.low = low;
            if (page_was_so(p, c, e, &(struct place_in_page){&other, at->low & mask, mask}, false)) return true;
        }
    }
    return false;
}

/* Any segment that the process has had since it was last invalidated, and then any page. */
static bool hashed_page_was_so(struct play *p, const struct claim *c, const struct effective *e)
{
    const struct xlate_ctx *ctx = &p->ctx[c->t];
    u64 saved[CHANGES], vsid;

    for (unsigned version = f.changes + 1; version-- > 0;) {
        struct xlate out = xlate_start();
        struct hash_tables tables = {.ctx = ctx, .out = &out, .lpid = e->lpid};
        struct hash_address at;
        bool ok, ended = false;

        if (hpt_segment(ctx, e, &vsid, &out)) {
            ok = true;
        } else if (out.why == XL_NO_SEGMENT && segment_table_is_asked(ctx, e)) {
            out = xlate_start();
            go_back(p, version, saved);
            ok = hpt_open_tables(&tables) && segment_walk(&tables, e, &vsid);
            come_back(p, version, saved);
        } else {
            ok = false;
        }
        if (!ok) {
            if (version == f.changes && agrees(c, &out)) return true;
            continue;
        }
        for (unsigned k = 0; k < f.notes && !ended; k++)
            ended = f.note[k].version > version && segment_is_named(&f.note[k], c->t, e, vsid);
        if (ended) continue;
        out = xlate_start();
        if (!hpt_address(ctx, e, vsid, c->req.access, &at, &out)) {
            if (agrees(c, &out)) return true;
            continue;
        }
        if (any_base_page_was_so(p, c, e, &at)) return true;
    }
    return false;
}

static bool could_be(struct play *p, const struct claim *c, const struct effective *e, const struct xlate *now)
{
    if (agrees(c, now)) return true;
    if (class_is_hash(e->class)) f.ambiguous = true;
    else if (!f.lazy) return false;
    if (class_is_hash(e->class)) return hashed_page_was_so(p, c, e);
    return page_was_so(p, c, e, NULL, c->x->why != XL_OK && c->x->why != XL_NO_STORAGE);
}

static void tell_answer(const char *who, const struct xlate *x)
{
    fprintf(stderr,
            "  %s %s stage %u table %u ra %" PRIx64 " gra %" PRIx64 " segment %" PRIx64 " attr %u shifts %u %u %u\n",
            who, xlate_why_name(x->why), x->stage, x->for_table, x->ra, x->gra, x->segment, x->attr, x->page_shift,
            x->process_shift, x->partition_shift);
}

static void must_be_legal(struct play *p, const struct claim *c)
{
    struct effective e = xlate_effective(&p->ctx[c->t], c->req.ea, c->req.access);
    struct xlate now = mmu_walk(&p->ctx[c->t], c->req, NULL);

    if (could_be(p, c, &e, &now)) return;
    fprintf(stderr, "  %s, access %u at %" PRIx64 ": class %u LPID %u PID %u thread %u, %u changes, %u notes\n",
            f.lazy ? "lazy" : "exact", c->req.access, c->req.ea, e.class, e.lpid, e.pid, c->t, f.changes, f.notes);
    tell_answer(c->only_ra ? "slot:" : "answer:", c->x);
    tell_answer("walk:", &now);
    fail("an answer that no hardware gives");
}

/* ---- accesses ---- */
static void judge_slot(struct play *p, unsigned t, u64 ea, enum access access)
{
    const struct host_slot *s =
        &(access == ACCESS_STORE ? p->map[t].store : p->map[t].load)[(ea >> 12) & HOST_SLOT_MASK];
    struct xlate said = {.why = XL_OK};
    const struct claim claim = {t, {ea, access, 8}, &said, true};

    if (access == ACCESS_FETCH || s->tag != (ea & HOST_PAGE_MASK)) return;
    said.ra = (uintptr_t)(ea & HOST_PAGE_MASK) + s->addend - (uintptr_t)p->w.ram.host;
    HOLDS(said.ra < MEGABYTES << 20);
    must_be_legal(p, &claim);
}

static void tell(struct play *p, unsigned t, struct xlate_req req)
{
    static struct mmu_price price;
    static char text[1 << 14];
    const struct price_question q = {.req = req, .cold = dice(2)};
    bool priced = mmu_price(p->mmu[t], &q, &price);
    FILE *to = fmemopen(text, sizeof text, "w");

    HOLDS(to != NULL);
    mmu_explain(to, &p->ctx[t], req, priced ? &price : NULL);
    fclose(to);
}

static void step_access(unsigned t)
{
    const struct xlate_req req = {random_ea(t), (enum access)dice(3), 8};
    struct xlate x[2];
    bool asked = !dice(40), ok[2] = {false, false};

    f.accesses++;
    for (unsigned k = 0; k < f.plays; k++) {
        struct play *p = &f.play[k];
        struct xlate want = walk_watched(&p->ctx[t], req), after;
        const struct claim claim = {t, req, &x[k], false};
        u64 stall = 0;

        judge_slot(p, t, req.ea, req.access);
        if (asked) tell(p, t, req);
        ok[k] = mmu_translate(p->mmu[t], req.ea, req.access, 8, &x[k], &stall);
        HOLDS(ok[k] == (x[k].why == XL_OK));
        must_be_legal(p, &claim);
        if (!f.lazy) {
            HOLDS(f.ambiguous || same_answer(&x[k], &want));
            after = mmu_walk(&p->ctx[t], req, NULL);
            HOLDS(f.ambiguous || !ok[k] || (after.why == XL_OK && !after.rc_count));
        }
        judge_slot(p, t, req.ea, req.access);
    }
    f.answers += ok[0];
    f.faults += !ok[0];
    f.why[x[0].why]++;
    if (f.plays == 2 && !f.ambiguous) HOLDS(same_answer(&x[0], &x[1]));
}

/* ---- invalidations ---- */
static void note(struct note n)
{
    n.version = f.changes;
    if (!f.lazy) return;
    if (f.notes == NOTES) fail("more invalidations than there are notes for");
    f.note[f.notes++] = n;
}

static void tlbie(unsigned t, const struct tlbie_op *op)
{
    for (unsigned k = 0; k < f.plays; k++) mmu_tlbie(f.play[k].mmu[t], op);
    note((struct note){.kind = NOTE_TLBIE, .op = *op});
}

static void forget_all(unsigned t)
{
    for (unsigned form = 0; form < 4; form++)
        tlbie(t, &(struct tlbie_op){.rb = 3 << 10, .ric = 2, .prs = form & 1, .r = form & 2, .hv = true});
    for (unsigned k = 0; k < THREADS; k++)
        for (unsigned n = 0; n < f.plays; n++) {
            if (dice(2)) mmu_slbia(f.play[n].mmu[k], 7);
            else mmu_slbia(f.play[n].mmu[k], 0);
        }
    for (unsigned n = 0; n < f.plays; n++) mmu_slbiag(f.play[n].mmu[t], STAB_LPID);
    f.changes = f.notes = 0;
}

static void slbieg(unsigned t, u64 ea, bool big, u32 lpid, u32 pid)
{
    u64 size = 1ULL << (big ? 40 : 28);

    for (unsigned k = 0; k < f.plays; k++) mmu_slbieg(f.play[k].mmu[t], ea | (big ? 1 << 25 : 0), lpid, pid);
    note((struct note){.kind = NOTE_SEGMENT,
                       .thread = THREADS,
                       .segment = {.lpid = lpid, .pid = pid, .first = ea & ~(size - 1), .last = ea | (size - 1)}});
}

static void slbia(unsigned t, unsigned ih)
{
    for (unsigned k = 0; k < f.plays; k++) {
        slb_drop_all(&f.play[k].slb[t], ih);
        mmu_slbia(f.play[k].mmu[t], ih);
    }
    if (ih != 7)
        note((struct note){.kind = NOTE_SEGMENT,
                           .thread = t,
                           .segment = {.any_lpid = true, .any_pid = true, .class_1 = ih == 3, .last = ~0ULL}});
}

static void step_invalidate(unsigned t)
{
    static const u32 lpids[] = {HOST, GUEST_LPID, SLB_LPID, STAB_LPID};
    static const u8 aps[] = {0, 0, 5, 1, 2, 7};
    const struct place *l = &f.place[dice(f.places)];
    u32 lpid = lpids[dice(4)], pid = (u32)dice(PIDS);
    struct tlbie_op op = {.rb = dice(4) << 10,
                          .rs = (u64)pid << 32 | lpid,
                          .ric = (u8)dice(4),
                          .prs = dice(2),
                          .r = dice(2),
                          .hv = dice(4),
                          .local = !dice(3),
                          .lpid = lpid};

    switch (dice(5)) {
    case 0: slbieg(t, dice(ESIDS) << 40, dice(2), STAB_LPID, pid); return;
    case 1: slbia(t, (unsigned)dice(8)); return;
    default: break;
    }
    if (!(op.rb >> 10)) op.rb |= (l->address & ~0xfffULL) | (u64)aps[dice(6)] << 5;
    if (!(op.rb >> 10 & 3) && !op.r) op.rb = any64() & ~(3ULL << 10);
    tlbie(t, &op);
}

/* What a sound program would do after this change, or more of it. */
static void invalidate(unsigned t, const struct place *l)
{
    struct tlbie_op op = {.rs = (u64)l->pid << 32 | l->lpid, .prs = !l->partition, .r = true, .hv = true};
    u64 ap = l->shift == 12 ? 0 : l->shift == 16 ? 5 : l->shift == 21 ? 1 : 2;

    if (!l->shift || l->hashed || l->lpid == HOST || dice(3)) {
        forget_all(t);
        return;
    }
    op.rb = l->address | ap << 5;
    if (dice(3)) op.rb = 2 << 10;
    tlbie(t, &op);
}

/* Leaves may be taken for something else by a spoilt table: then only everything will do. */
static bool tables_are_sound(void)
{
    for (unsigned k = 0; k < f.places; k++)
        if (!f.place[k].shift && world_get(&f.play[0].w, f.place[k].at) != f.place[k].original) return false;
    return true;
}

static void step_change(unsigned t)
{
    const struct place *l = random_place();
    u64 word, old;
    bool sound;

    for (unsigned n = 0; n < f.places && dice(f.places / 2); n++) /* repair something, so that not all ends in ruins */
        if (!f.place[n].shift && world_get(&f.play[0].w, f.place[n].at) != f.place[n].original) l = &f.place[n];
    word = l->shift ? another_word(l) : dice(8) ? l->original : another_word(l);
    old = world_get(&f.play[0].w, l->at);

    if (f.lazy) {
        if (f.changes == CHANGES || f.notes > NOTES / 2) forget_all(t);
        f.change[f.changes++] = (struct change){l->at, old};
        world_put(&f.play[0].w, l->at, word);
        if (!dice(3)) step_invalidate(t);
        return;
    }
    sound = tables_are_sound() && word >> 62 == 3;
    for (unsigned k = 0; k < f.plays; k++) world_put(&f.play[k].w, l->at, word);
    if (sound && tables_are_sound()) invalidate(t, l);
    else forget_all(t);
}

/* slbie before slbmte, as the book demands. */
static void step_segment(unsigned t)
{
    u64 ea = dice(ESIDS) << 40, flags = (dice(4) ? 0 : dice(4) * S_KP) | dice(2) * S_CLASS | (dice(12) ? 0 : S_N);
    const struct hseg *s = &kinds[dice(ARRAY_SIZE(kinds))];
    bool leave = dice(5) == 0, odd = dice(20) == 0;
    unsigned shift = 40;

    for (unsigned k = 0; k < f.plays; k++) {
        struct play *p = &f.play[k];

        shift = slb_drop(&p->slb[t], ea | 1 << 25);
        mmu_slbie(p->mmu[t], ea, shift);
        if (!leave) hseg_slb(&p->slb[t], (unsigned)(ea >> 40), ea, s, flags);
        if (!leave && odd) p->slb[t].entry[ea >> 40].vsid |= 0x30; /* L || LP that is none */
    }
    note(
        (struct note){.kind = NOTE_SEGMENT,
                      .thread = t,
                      .segment = {.any_lpid = true, .any_pid = true, .first = ea, .last = ea | ((1ULL << shift) - 1)}});
}

/* ---- cases ---- */
static void open_machine(struct play *p, const struct mmu_config *config)
{
    p->system = mmu_system_new(config, &p->w.bus, 2, THREADS / 2);
    HOLDS(p->system != NULL);
    for (unsigned t = 0; t < THREADS; t++) {
        p->mmu[t] = mmu_of_thread(p->system, t);
        mmu_set_counters(p->mmu[t], &p->counters, NULL, 0);
    }
}

static void check_end(void)
{
    const struct counters *n = &f.play[0].counters;

    HOLDS(n->tlb_access == n->tlb_hit + n->tlb_miss && n->tlb_miss == n->walks);
    HOLDS(n->segment_walks <= n->islb_miss + n->dslb_miss);
    if (f.plays == 2 && !f.ambiguous) HOLDS(!memcmp(f.play[0].w.ram.host, f.play[1].w.ram.host, MEGABYTES << 20));
}

static void run_case(unsigned steps)
{
    struct mmu_config config, none = mmu_config_default();

    f.places = f.changes = f.notes = 0;
    f.ambiguous = false;
    f.lazy = dice(2);
    f.focus = random_lpid();
    f.rc_by_software = !dice(8);
    f.plays = f.lazy ? 1 : 2;
    random_config(&config);
    none.model = MMU_MODEL_NONE;
    if (f.lazy && !dice(4)) config.model = MMU_MODEL_NONE;
    memset(f.play, 0, sizeof f.play);
    for (unsigned k = 0; k < f.plays; k++) {
        u64 random = f.random;
        size_t left = f.left;
        const u8 *bytes = f.bytes;

        build(&f.play[k]);
        open_machine(&f.play[k], k ? &none : &config);
        if (k + 1 == f.plays) break;
        f.random = random;
        f.left = left;
        f.bytes = bytes;
    }
    for (u64 k = dice(4) ? dice(30) : 0; k > 0; k--) { /* spoilt from the beginning */
        const struct place *l = &f.place[dice(f.places)];
        u64 word = another_word(l);
        for (unsigned n = 0; n < f.plays; n++) world_put(&f.play[n].w, l->at, word);
    }
    for (unsigned t = 0; t < THREADS; t++) {
        step_context(t);
        for (unsigned k = 0; k < ESIDS; k++) step_segment(t);
    }
    for (unsigned step = 0; step < steps; step++) {
        unsigned t = (unsigned)dice(THREADS), what = (unsigned)dice(100);

        if (what < 6) step_context(t);
        else if (what < 10) step_change(t);
        else if (what < 13) step_invalidate(t);
        else if (what < 16) step_segment(t);
        else step_access(t);
        if (f.notes > NOTES - 16) forget_all(t);
        for (unsigned k = 0; P9_ASSERTS && k < f.plays && step % 64 == 0; k++)
            P9_ASSERT_OF(mmu_check(f.play[k].system));
    }
    check_end();
    for (unsigned k = 0; k < f.plays; k++) {
        mmu_system_free(f.play[k].system);
        world_close(&f.play[k].w);
    }
    f.cases++;
}

#ifdef P9_FUZZ_TARGET
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    f.random = 1;
    f.bytes = data;
    f.left = size;
    run_case(300);
    return 0;
}
#else
static void on_alarm(int number)
{
    static const char text[] = "random_tables: a case takes too long\n";

    (void)number;
    if (write(2, text, sizeof text - 1) < 0) _exit(3);
    abort();
}

int main(int argc, char **argv)
{
    struct case_limits limits = {.seed = 1, .cases = UINT64_MAX, .seconds = 10, .steps = 2000};
    time_t start = time(NULL);

    if (!case_limits_read(&limits, "random_tables", argc, argv)) return 2;
    signal(SIGALRM, on_alarm);
    while (f.cases < limits.cases && (u64)(time(NULL) - start) < limits.seconds) {
        f.seed = limits.seed + f.cases;
        f.random = f.seed * 0x9e3779b97f4a7c15ULL;
        alarm(CASE_SECONDS);
        run_case((unsigned)limits.steps);
    }
    alarm(0);
    printf("random_tables: seeds %" PRIu64 " to %" PRIu64 ": %" PRIu64 " cases, %" PRIu64 " accesses, %" PRIu64
           " translated, %" PRIu64 " faults, %" PRIu64 " answers of the past\n",
           limits.seed, f.seed, f.cases, f.accesses, f.answers, f.faults, f.old_answers);
    for (unsigned k = 0; k < XL_WHY_COUNT; k++)
        printf("%s%s %" PRIu64, k ? ", " : "  ", xlate_why_name((enum xlate_why)k), f.why[k]);
    putchar('\n');
    return f.answers * 10 > f.accesses && f.faults * 10 > f.accesses ? 0 : 1;
}
#endif
