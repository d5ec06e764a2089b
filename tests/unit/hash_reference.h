/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hash translation with plain lists (those of mmu_reference.h): how a hashed page and a segment are found, what that is
 * charged, and what an invalidation names, written once more and only to be compared with mmu/.  Virtual addresses are
 * numbers of 128 bits.
 *
 *   ERAT       class, LPID, PID (with segment tables), page
 *   TLB        LPID, page of VA[14:77], "PID" the rest of the page's name: VA[10:13], B << 4, base page size << 8
 *   ref_entry  rights = pp | N or G << 3 | Ks Kp N C << 4 (the latter four are the segment's: not in the TLB),
 *              partition_rights = key, gra = VA
 */
#ifndef P9_TESTS_HASH_REFERENCE_H
#define P9_TESTS_HASH_REFERENCE_H

#include <stdlib.h>

#include "mmu/model.h"
#include "tests/unit/mmu_reference.h"
#include "tests/unit/segment_world.h"

enum { STEPS = 40, PER_WORLD = 100, DATA = 4 << 20, PIDS = 2, ESIDS = 4, PLACES = 300, LPID_SLB = 6, LPID_TABLE = 7 };
enum { PP = 7, NO_FETCH = 8, KS = 0x10, KP = 0x20, SEGMENT_N = 0x40, CLASS_1 = 0x80 };
static const struct hseg kinds[] = {
    {0x1001, false, 12}, {0x2002, false, 16}, {0x33333, true, 12}, {0x4444444444, false, 24}, {0x5555555, true, 16},
};
static const struct hseg VRMA = {0x1ffffff, true, 16};

struct known_segment {
    u64 ea, vsid;
    u32 lpid, pid;
};
static struct play {
    struct world w;
    struct mmu_config config;
    struct mmu_system *system;
    struct ref ref;
    struct slb slb[REF_THREADS];
    struct known_segment segment[REF_THREADS][64];
    unsigned segments[REF_THREADS];
    struct hpt hpt[2];
    struct stab stab[PIDS];
    struct counters n, total;
    u64 random, stall, number, accesses, answers, place[PLACES], original[PLACES];
    unsigned places;
} p;

static u64 dice(u64 sides)
{
    p.random = p.random * 6364136223846793005ULL + 1442695040888963407ULL;
    return (p.random >> 33) % sides;
}

#define SAME(a, b)                                                                                                     \
    do {                                                                                                               \
        if ((a) != (b))                                                                                                \
            ck_abort_msg("sequence %llu: " #a " is %llx, by the lists " #b " is %llx", (unsigned long long)p.number,   \
                         (unsigned long long)(a), (unsigned long long)(b));                                            \
    } while (0)

/* ---- the walk ---- */
struct answer {
    enum xlate_why why;
    enum stage stage;
    bool for_table, from_table;
    u64 segment, ra, va, vsid;
    struct ref_entry page;
    u64 rc_at[4], rc_set[4];
    unsigned rcs, reads, segment_reads;
};

static bool no(struct answer *o, enum stage stage, enum xlate_why why)
{
    o->stage = stage;
    o->why = why;
    return false;
}

static void set_bits(struct answer *o, u64 at, u64 set)
{
    unsigned k = 0;

    while (k < o->rcs && o->rc_at[k] != at) k++;
    if (k == o->rcs) o->rc_set[o->rcs++] = 0;
    o->rc_at[k] = at;
    o->rc_set[k] |= set & ~world_get(&p.w, at);
}

struct virtual_page {
    struct hseg in; /* vsid cut to what POWER9 has */
    u64 offset;     /* in the segment */
    u128 va;
};

static bool place_in(struct answer *o, u64 vsid, u64 ea, struct virtual_page *v)
{
    static const u8 bases[8] = {12, 0, 0, 0, 24, 16, 34, 0};
    bool big = vsid >> 62 & 1;
    u64 number = big ? vsid >> 24 & 0xfffffff : vsid >> 12 & 0xffffffffff;

    o->segment = vsid;
    v->in = (struct hseg){number, big, bases[(vsid >> 8 & 1) << 2 | (vsid >> 4 & 3)]};
    v->offset = ea % (1ULL << (big ? 40 : 28));
    v->va = (u128)number << (big ? 40 : 28) | v->offset;
    return v->in.base_shift || no(o, STAGE_PARTITION, XL_BAD_CONFIG);
}

/* log2 of the page size that L and LP mean; 0: none. */
static unsigned size_of(unsigned base, u64 d0, u64 d1)
{
    unsigned lp = d1 >> 12 & 0xff;

    if (!(d0 & H_L)) return base == 12 ? 12 : 0;
    if (base == 12) return lp % 16 == 7 ? 16 : lp == 0x38 ? 24 : 0;
    if (base == 16) return lp % 16 == 1 ? 16 : lp == 8 ? 24 : 0;
    return base == 24 && lp == 0 ? 24 : base == 34 && lp == 3 ? 34 : 0;
}

/* The entry's address, or 0; *groups: how many were read. */
static u64 search(u32 lpid, const struct virtual_page *v, unsigned *groups)
{
    unsigned cut = v->in.base_shift > 23 ? v->in.base_shift : 23;

    for (unsigned second = 0; second < 2; second++) {
        u64 group = hpt_group(&p.hpt[lpid - LPID_SLB], &v->in, v->offset, second);

        ++*groups;
        for (u64 at = group; at < group + 128; at += 16) {
            u64 d0 = world_get(&p.w, at), d1 = world_get(&p.w, at + 8);
            u128 ava = (u128)(d0 >> 7 & ((1ULL << 45) - 1)) << 23;

            if (!(d0 & H_V) || !(d0 & H_H) == (second == 1) || (d1 >> 58 & 3) != v->in.big) continue;
            if (ava >> cut == v->va >> cut && size_of(v->in.base_shift, d0, d1)) return at;
        }
    }
    return 0;
}

static bool table_at(struct answer *o, u32 lpid, u64 vsid, u64 offset, unsigned *groups, u64 *ra)
{
    struct virtual_page v;
    u64 at, page;

    if (!place_in(o, vsid, offset, &v)) return o->for_table = true, false;
    at = search(lpid, &v, groups);
    if (!at) return o->for_table = true, no(o, STAGE_PARTITION, XL_NO_ENTRY);
    page = 1ULL << size_of(v.in.base_shift, world_get(&p.w, at), world_get(&p.w, at + 8));
    *ra = (world_get(&p.w, at + 8) & PPC_BITMASK(7, 51)) / page * page + (u64)v.va % page;
    if (*ra >= p.w.ram.size_bytes) return o->for_table = true, no(o, STAGE_REAL, XL_NO_STORAGE);
    set_bits(o, at + 8, H_R);
    o->segment = 0;
    return true;
}

/* The partition-table entry is read, whatever it says; false if it is none of a hashed partition. */
static bool read_pate(struct ref_core *core, u32 lpid, struct answer *o, unsigned *reads)
{
    u64 pate0 = world_get(&p.w, p.w.patb + lpid * 16);

    *reads += !ref_knows(&p.ref, &core->pate, lpid, 0, 0);
    ref_keep_tag(&p.ref, &core->pate, lpid, 0, 0, lpid);
    return (!(pate0 >> 63) && (pate0 & 31) <= 28) || no(o, STAGE_PARTITION, XL_BAD_CONFIG);
}

static bool segment_from_table(struct ref_core *core, const struct ref_where *at, struct answer *o)
{
    u64 pate1 = world_get(&p.w, p.w.patb + at->lpid * 16 + 8), ra, d0, d1, size, vsid, offset;
    bool prte_known = ref_knows(&p.ref, &core->prte, at->lpid, at->pid, 0);
    unsigned groups = 0, unseen = 0;
    u128 origin;

    if (!read_pate(core, at->lpid, o, &o->segment_reads)) return false;
    if (at->pid * 16 >= 4096ULL << (pate1 & 31)) return no(o, STAGE_PROCESS, XL_NO_ENTRY);
    vsid = S_1T | (pate1 >> 25 & ((1ULL << 38) - 1)) << 24 | (pate1 >> 7 & 1) << 8 | (pate1 >> 5 & 3) << 4;
    if (!table_at(o, at->lpid, vsid, at->pid * 16, prte_known ? &unseen : &groups, &ra))
        return o->segment_reads += groups, false;
    o->segment_reads += groups + !prte_known;
    ref_keep_tag(&p.ref, &core->prte, at->lpid, at->pid, 0, at->pid);
    d0 = world_get(&p.w, ra);
    d1 = world_get(&p.w, ra + 8);
    if (!(d1 & 1)) return no(o, STAGE_PROCESS, XL_NO_SEGMENT);
    origin = ((u128)(d0 << 2 >> 2) << 4 | d1 >> 60) << 12;
    size = 4096ULL << (d1 >> 4 & 15);
    vsid = (d0 >> 62 & 1 ? S_1T | (u64)(origin >> 40) << 24 : (u64)(origin >> 28) << 12) | (d1 >> 3 & 1) << 8 |
           (d1 >> 1 & 3) << 4;
    vsid &= ~(1ULL << 63);
    offset = (u64)origin % (1ULL << (d0 >> 62 & 1 ? 40 : 28)) / size * size;
    for (unsigned k = 0; k < 4; k++) {
        unsigned shift = k & 1 ? 40 : 28;
        u64 number = at->ea >> shift, group = (k & 2 ? ~number : number) % (size / 128);

        groups = 0;
        if (!table_at(o, at->lpid, vsid, offset + group * 128, &groups, &ra)) return o->segment_reads += groups, false;
        o->segment_reads += groups + 1;
        for (u64 e = ra; e < ra + 128; e += 16) {
            u64 esid = world_get(&p.w, e), to = world_get(&p.w, e + 8);

            if (!(esid & SLB_VALID) || (to >> 62) != (shift == 40) || (esid ^ at->ea) >> shift) continue;
            o->vsid = to;
            return o->from_table = true;
        }
    }
    return no(o, STAGE_PROCESS, XL_NO_SEGMENT);
}

static bool find_segment(unsigned t, const struct ref_where *at, enum access access, struct answer *o)
{
    struct ref_core *core = &p.ref.core[t / REF_PER_CORE];
    struct counters *n = &p.ref.n;
    bool ok;

    if (at->class == REF_GUEST_REAL) {
        u64 pate0 = world_get(&p.w, p.w.patb + at->lpid * 16);

        if (pate0 >> 63 || (pate0 & 31) > 28) return no(o, STAGE_PARTITION, XL_BAD_CONFIG);
        o->vsid = o->segment = hseg_vsid(&VRMA, 0) ^ S_64K ^ ((pate0 >> 7 & 1) << 8 | (pate0 >> 5 & 3) << 4);
        return !(at->ea >> 40) || no(o, STAGE_PARTITION, XL_NO_ENTRY);
    }
    for (unsigned k = 0; k < 32; k++) {
        const struct slb_entry *e = &p.slb[t].entry[k];

        if (!(e->esid & SLB_VALID) || (e->esid ^ at->ea) >> (e->vsid >> 62 & 1 ? 40 : 28)) continue;
        o->vsid = e->vsid;
        return true;
    }
    for (unsigned k = 0; k < p.segments[t]; k++) {
        const struct known_segment *s = &p.segment[t][k];

        if (s->lpid != at->lpid || s->pid != at->pid || (s->ea ^ at->ea) >> (s->vsid >> 62 & 1 ? 40 : 28)) continue;
        o->vsid = s->vsid;
        return true;
    }
    ++*(access == ACCESS_FETCH ? &n->islb_miss : &n->dslb_miss);
    if (at->lpid != LPID_TABLE) return no(o, STAGE_PROCESS, XL_NO_SEGMENT);
    ok = segment_from_table(core, at, o);
    n->segment_walks++;
    n->segment_reads += o->segment_reads;
    n->segment_cycles += o->segment_reads * p.config.walk_read_cycles;
    p.ref.stall += o->segment_reads * p.config.walk_read_cycles;
    return ok;
}

static u8 flags_of_segment(u64 vsid)
{
    return (u8)((vsid & S_KS ? KS : 0) | (vsid & S_KP ? KP : 0) | (vsid & S_N ? SEGMENT_N : 0) |
                (vsid & S_CLASS ? CLASS_1 : 0));
}

static bool by_pp(const struct xlate_ctx *c, u8 rights, enum access access)
{
    unsigned pp = rights & PP;
    bool key = rights & (c->msr & MSR_PR ? KP : KS);

    if (access == ACCESS_STORE) return key ? pp == 2 : pp <= 2;
    return key ? pp >= 1 && pp <= 3 : pp <= 3 || pp == 6;
}

static bool by_key(const struct xlate_ctx *c, const struct ref_entry *e, enum access access)
{
    unsigned down = 62 - 2 * e->partition_rights;

    if (e->class == REF_GUEST_REAL) return true;
    return !((access == ACCESS_FETCH ? c->iamr : access == ACCESS_LOAD ? c->amr : c->amr >> 1) >> down & 1);
}

static bool allows(const struct xlate_ctx *c, const struct ref_entry *e, enum ref_class class, u8 segment,
                   enum access access)
{
    struct ref_entry here = *e;

    here.class = class;
    here.rights |= segment;
    if (!by_pp(c, here.rights, access) || !by_key(c, &here, access)) return false;
    if (access == ACCESS_FETCH) return !(here.rights & (NO_FETCH | SEGMENT_N)) && e->attr != ATTR_NON_IDEMPOTENT;
    return access == ACCESS_LOAD || e->changed;
}

static struct ref_entry *look(struct ref_list *l, const struct ref_entry *key, const struct xlate_ctx *c,
                              enum ref_class class, u8 segment, enum access access)
{
    struct ref_entry *e;

    while ((e = ref_find_page(l, key->class, key->lpid, key->pid, key->ea)) && !allows(c, e, class, segment, access))
        ref_remove(l, e);
    return e;
}

static u8 attr_of(u64 d1)
{
    u64 wimg = d1 & (H_W | H_I | H_M | H_G);

    return wimg == (H_W | H_I | H_M) ? ATTR_SAO
           : !(wimg & H_I)           ? ATTR_NORMAL
           : wimg & H_G              ? ATTR_NON_IDEMPOTENT
                                     : ATTR_TOLERANT;
}

/* The walk of a TLB miss, counted. */
static bool walk(unsigned t, const struct ref_where *at, const struct virtual_page *v, enum access access,
                 struct answer *o)
{
    const struct xlate_ctx *c = &p.ref.thread[t].ctx;
    struct counters *n = &p.ref.n;
    struct ref_entry *e = &o->page;
    u64 entry, d1, page;
    unsigned reads = 0, groups = 0;
    bool pp, key, ok = read_pate(&p.ref.core[t / REF_PER_CORE], at->lpid, o, &reads);

    entry = ok ? search(at->lpid, v, &groups) : 0;
    n->walks++;
    n->hash_walks++;
    n->walk_reads += reads + groups;
    n->walk_reads_pwc += !reads;
    n->walk_cycles += (reads + groups) * p.config.walk_read_cycles;
    p.ref.stall += (reads + groups) * p.config.walk_read_cycles;
    if (!ok) return false;
    if (!entry) return no(o, STAGE_PARTITION, XL_NO_ENTRY);
    d1 = world_get(&p.w, entry + 8);
    e->shift = e->process_shift = (u8)size_of(v->in.base_shift, world_get(&p.w, entry), d1);
    e->class = at->class;
    e->rights = (u8)((d1 & 3) | (d1 >> 63) << 2 | (d1 & (H_N | H_G) ? NO_FETCH : 0) | flags_of_segment(o->vsid));
    e->partition_rights = (u8)((d1 >> 60 & 3) << 3 | (d1 >> 9 & 7));
    e->attr = attr_of(d1);
    pp = by_pp(c, e->rights, access);
    key = by_key(c, e, access);
    if (access == ACCESS_FETCH && e->rights & NO_FETCH) return no(o, STAGE_PARTITION, XL_NO_EXECUTE);
    if (!pp || !key) return no(o, STAGE_PARTITION, pp ? XL_KEY : key ? XL_PROTECTION : XL_PROTECTION_KEY);
    page = 1ULL << e->shift;
    e->ra = (d1 & PPC_BITMASK(7, 51)) / page * page;
    o->ra = e->ra + (u64)v->va % page;
    if (o->ra >= p.w.ram.size_bytes) return no(o, STAGE_REAL, XL_NO_STORAGE);
    set_bits(o, entry + 8, H_R | (access == ACCESS_STORE ? H_C : 0));
    e->changed = d1 & H_C || access == ACCESS_STORE;
    return true;
}

static bool behind(unsigned t, const struct ref_where *at, enum access access, struct answer *o)
{
    struct ref_thread *thread = &p.ref.thread[t];
    struct ref_core *core = &p.ref.core[t / REF_PER_CORE];
    struct counters *n = &p.ref.n;
    struct virtual_page v;
    struct ref_entry key = {.class = REF_VIRTUAL, .lpid = at->lpid}, *e;
    bool walked;

    if (!find_segment(t, at, access, o)) return false;
    o->segment = o->vsid;
    if (access == ACCESS_FETCH && o->vsid & S_N) return no(o, STAGE_PARTITION, XL_NO_EXECUTE);
    if (!place_in(o, o->vsid, at->ea, &v)) return false;
    key.ea = (u64)v.va;
    key.pid = (u32)((u64)(v.va >> 64) & 15) | (v.in.big ? 0x10 : 0) | v.in.base_shift << 8;
    n->tlb_access++;
    p.ref.stall += p.config.tlb_hit_cycles;
    e = look(&core->tlb, &key, &thread->ctx, at->class, flags_of_segment(o->vsid), access);
    walked = !e;
    if (e) {
        n->tlb_hit++;
        ref_use(&p.ref, &core->tlb, e);
        o->page = *e;
        o->ra = e->ra + (u64)v.va % (1ULL << e->shift);
        o->page.rights |= flags_of_segment(o->vsid);
        if (o->ra >= p.w.ram.size_bytes) return no(o, STAGE_REAL, XL_NO_STORAGE);
    } else {
        n->tlb_miss++;
        ++*(access == ACCESS_FETCH ? &n->itlb_miss : &n->dtlb_miss);
        if (!walk(t, at, &v, access, o)) return n->walk_faults++, false;
    }
    n->rc_updates += 0;
    for (unsigned k = 0; k < o->rcs; k++) n->rc_updates += o->rc_set[k] != 0;
    o->page.gra = (u64)v.va >> o->page.shift << o->page.shift;
    if (walked) {
        key = o->page;
        key.class = REF_VIRTUAL;
        key.lpid = at->lpid;
        key.pid = (u32)((u64)(v.va >> 64) & 15) | (v.in.big ? 0x10 : 0) | v.in.base_shift << 8;
        key.ea = key.gra;
        key.rights &= PP | NO_FETCH;
        if (access != ACCESS_FETCH)
            ++*(key.shift == 12 ? &n->dtlb_miss_4k : key.shift == 16 ? &n->dtlb_miss_64k : &n->dtlb_miss_16m);
        ref_add(&p.ref, &core->tlb, key, (key.ea << 12 >> 12) >> key.shift ^ key.pid ^ key.lpid);
    }
    if (o->from_table) p.segment[t][p.segments[t]++] = (struct known_segment){at->ea, o->vsid, at->lpid, at->pid};
    return true;
}

static struct ref_where where(const struct xlate_ctx *c, u64 ea)
{
    if (c->msr & MSR_DR) return (struct ref_where){REF_VIRTUAL, c->lpid, c->lpid == LPID_TABLE ? c->pid : 0, ea, false};
    return (struct ref_where){REF_GUEST_REAL, c->lpid, 0, ea << 4 >> 4, false};
}

static bool expected(unsigned t, u64 ea, enum access access, struct answer *o)
{
    struct ref_thread *thread = &p.ref.thread[t];
    struct ref_list *erat = &thread->erat[access == ACCESS_FETCH];
    struct ref_where at = where(&thread->ctx, ea);
    const struct ref_entry key = {.class = at.class, .lpid = at.lpid, .pid = at.pid, .ea = at.ea};
    struct ref_entry *e = look(erat, &key, &thread->ctx, at.class, 0, access);
    struct counters *n = &p.ref.n;

    if (e) {
        o->page = *e;
        o->ra = e->ra + at.ea % (1ULL << e->shift);
        return o->ra < p.w.ram.size_bytes || no(o, STAGE_REAL, XL_NO_STORAGE);
    }
    ++*(access == ACCESS_FETCH ? &n->ierat_miss : &n->derat_miss);
    if (!behind(t, &at, access, o)) return false;
    o->page.class = at.class;
    o->page.lpid = at.lpid;
    o->page.pid = at.pid;
    o->page.ea = at.ea >> o->page.shift << o->page.shift;
    if (access != ACCESS_FETCH)
        ++*(o->page.shift == 12 ? &n->derat_miss_4k : o->page.shift == 16 ? &n->derat_miss_64k : &n->derat_miss_16m);
    ref_add(&p.ref, erat, o->page, (o->page.ea << 12 >> 12) >> o->page.shift ^ at.pid ^ at.lpid);
    return true;
}

/* ---- invalidation ---- */
struct aim {
    enum { BY_VA, BY_EA, BY_CLASS, BY_OWNER, GUESTS, EVERYTHING } by;
    bool any_lpid, any_pid;
    u32 lpid, pid;
    u64 first, last;
};

static bool names(const struct aim *a, const struct ref_entry *e, bool tlb)
{
    u64 start = a->by == BY_EA ? e->ea : e->gra, end = start + (1ULL << e->shift) - 1;

    if (a->by == EVERYTHING) return true;
    if (a->by == BY_CLASS) return e->rights & CLASS_1;
    if (a->by == GUESTS) return e->lpid;
    if (!a->any_lpid && e->lpid != a->lpid) return false;
    if (a->by == BY_EA && (tlb || e->class != REF_VIRTUAL || (!a->any_pid && e->pid != a->pid))) return false;
    return a->by == BY_OWNER || (start <= a->last && end >= a->first);
}

static u64 remove_named(struct ref_list *l, const struct aim *a, bool tlb, u32 every, u32 set)
{
    unsigned before = l->count;

    for (unsigned k = l->count; k-- > 0;)
        if (l->entry[k].set % every == set && names(a, &l->entry[k], tlb)) ref_remove(l, &l->entry[k]);
    return before - l->count;
}

static void remove_from_erats(unsigned t, const struct aim *a)
{
    u64 data = remove_named(&p.ref.thread[t].erat[0], a, false, 1, 0);
    u64 fetches = remove_named(&p.ref.thread[t].erat[1], a, false, 1, 0);

    p.ref.n.derat_killed += data;
    p.ref.n.ierat_killed += fetches;
    p.ref.n.erat_killed += data + fetches;
}

static void remove_segments(unsigned t, const struct aim *a)
{
    for (unsigned k = p.segments[t]; k-- > 0;) {
        struct known_segment *s = &p.segment[t][k];
        u64 size = 1ULL << (s->vsid >> 62 & 1 ? 40 : 28);

        if (a->by == BY_CLASS && !(s->vsid & S_CLASS)) continue;
        if (!a->any_lpid && s->lpid != a->lpid) continue;
        if (!a->any_pid && s->pid != a->pid) continue;
        if (a->by == BY_EA && ((s->ea & ~(size - 1)) > a->last || (s->ea | (size - 1)) < a->first)) continue;
        *s = p.segment[t][--p.segments[t]];
        p.ref.n.segments_killed++;
    }
}

static void remove_tags(struct ref_list *l, const struct aim *a, bool by_pid)
{
    for (unsigned k = l->count; k-- > 0;) {
        if ((!a->any_lpid && l->entry[k].lpid != a->lpid) || (by_pid && !a->any_pid && l->entry[k].pid != a->pid))
            continue;
        ref_remove(l, &l->entry[k]);
        p.ref.n.table_entries_killed++;
    }
}

/* R = 0 and IS = 0: base and actual page size in L, AP and LP (III 5.9.3.3). */
static void aim_at_page(struct aim *a, u64 rb)
{
    unsigned ap = rb >> 5 & 7, lp = rb >> 12 & 0xff, shift;
    u64 va = rb & ~0xfffULL;

    if (rb & 1) {
        shift = lp % 16 == 1 ? 16 : lp == 8 || lp == 0 ? 24 : lp == 3 ? 34 : 0;
        va = (rb & ~0xfffffULL) | (rb >> 4 & 15) << 16;
    } else {
        shift = ap == 0 ? 12 : ap == 5 ? 16 : ap == 4 ? 24 : ap == 6 ? 34 : 0;
    }
    if (!shift) return;
    a->by = BY_VA;
    a->first = va >> shift << shift;
    a->last = a->first + (1ULL << shift) - 1;
}

static void count_tlbie(const struct tlbie_op *op)
{
    struct counters *n = &p.ref.n;
    unsigned is = op->rb >> 10 & 3;
    u64 *kinds_of[2][4] = {{&n->tlbie_address, &n->tlbie_pid, &n->tlbie_lpid, &n->tlbie_all},
                           {&n->tlbiel_address, &n->tlbiel_pid, &n->tlbiel_lpid, &n->tlbiel_all}};

    ++*(op->local ? &n->tlbiel : &n->tlbie);
    ++*kinds_of[op->local][is == 3 && !op->hv ? 2 : is];
    if (!op->r) ++*(op->local ? &n->tlbiel_hash : &n->tlbie_hash);
    else if (op->prs) ++*(op->local ? &n->tlbiel_process : &n->tlbie_process);
    else ++*(op->local ? &n->tlbiel_partition : &n->tlbie_partition);
    n->tlbi_walk_cache += op->ric == 1;
    n->tlbi_tables += op->ric == 2;
    n->tlbi_reserved += op->r && (op->ric == 3 || (op->ric && !is) || (!op->prs && is == 1));
}

static void tlbie(unsigned t, const struct tlbie_op *op)
{
    unsigned is = op->rb >> 10 & 3;
    struct aim a = {.by = BY_OWNER,
                    .any_lpid = is == 3 && op->hv,
                    .any_pid = is >= 2 || !op->prs || !op->r,
                    .lpid = (op->hv && !op->local ? (u32)op->rs : op->lpid) & 0xfff,
                    .pid = op->rs >> 32 & 0xfffff};
    bool by_class = op->local && is;

    count_tlbie(op);
    if (!op->r && !is && op->ric != 3) aim_at_page(&a, op->rb);
    for (unsigned core = 0; core < REF_CORES; core++) {
        struct ref_core *c = &p.ref.core[core];

        if (op->local && core != t / REF_PER_CORE) continue;
        if (op->ric != 1 && !op->r)
            p.ref.n.tlb_killed +=
                remove_named(&c->tlb, &a, true, by_class ? 256 : 1, by_class ? op->rb >> 12 & 0xfff : 0);
        if (op->ric != 2) continue;
        struct aim owner = a;
        owner.by = BY_OWNER;
        if (!op->prs) remove_tags(&c->pate, &owner, false);
        remove_tags(&c->prte, &owner, true);
        for (unsigned k = 0; k < REF_PER_CORE; k++) remove_segments(core * REF_PER_CORE + k, &owner);
    }
    if (op->ric == 1 || op->r || (by_class && p.config.tlbiel_spares_erat)) return;
    for (unsigned k = 0; k < REF_THREADS; k++)
        if (!op->local || k == t) remove_from_erats(k, &a);
}

#endif
