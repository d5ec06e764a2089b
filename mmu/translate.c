/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model's answer to one access that the host-side table did not answer: ERAT, TLB, walk, and the fills on the way
 * back.
 *
 * An entry that is found but does not give the right asked for, or has no C bit for a store, is dropped and the tables
 * are asked: hardware fetches the PTE again before it faults (which is why software needs no invalidation when it only
 * adds rights).  That counts as a miss of that array.  So every miss is one TLB look-up (translations only, not
 * hypervisor real mode), every TLB miss is one walk, and hits are accesses minus misses.
 */
#include "bus/bus.h"
#include "mmu/model.h"

/* segment: HASH_* of the segment, which a TLB entry of a hashed page does not know. */
static bool entry_allows(const struct mmu *m, const struct effective *e, const struct translation *t, u8 segment,
                         enum access access)
{
    u8 rights = xlate_rights(&m->ctx, e->class, t->eaa | segment, t->key, t->partition_prot);
    bool real = e->class == CLASS_HV_REAL || e->class == CLASS_UV_REAL;

    if (!rights_allow(rights, access)) return false;
    if (access == ACCESS_FETCH) return real || t->attr != ATTR_NON_IDEMPOTENT;
    return access == ACCESS_LOAD || t->changed;
}

/* False: a page may reach beyond main storage. */
static bool answer(const struct mmu *m, const struct effective *e, const struct translation *t, struct xlate *out)
{
    u64 offset = e->ea & ((1ULL << t->shift) - 1);

    out->why = XL_OK;
    out->stage = t->partition_shift ? STAGE_PARTITION : t->process_shift ? STAGE_PROCESS : STAGE_REAL;
    out->for_table = false;
    out->ra = t->ra + offset;
    out->gra = t->partition_shift ? t->gra + offset : 0;
    out->page_shift = t->shift;
    out->process_shift = t->process_shift;
    out->partition_shift = t->partition_shift;
    out->eaa = t->eaa;
    out->partition_prot = t->partition_prot;
    out->key = t->key;
    out->segment = 0;
    out->prot = xlate_rights(&m->ctx, e->class, t->eaa, t->key, t->partition_prot);
    out->attr = t->attr;
    out->changed = t->changed;
    out->rc_count = 0;
    if (likely(real_address_answers(&m->ctx, out->ra))) return true;
    out->why = XL_NO_STORAGE;
    out->stage = STAGE_REAL;
    return false;
}

static struct translation translation_of(const struct effective *e, const struct xlate *x)
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

/* R and C, by compare-and-swap as hardware does it; false if an entry is no longer what the walk read. */
static bool apply_rc(struct mmu *m, const struct xlate *x)
{
    struct ram *ram = m->ctx.bus->ram;

    for (unsigned k = 0; k < x->rc_count; k++) {
        const struct rc_update *rc = &x->rc[k];
        u64 *at = (u64 *)(void *)(ram->host + rc->entry_ra), expected, desired;

        put_be64(&expected, rc->old);
        put_be64(&desired, rc->old | rc->set);
        if (!__atomic_compare_exchange_n(at, &expected, desired, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
            return false;
        m->counters->rc_updates++;
        ram_written(ram, rc->entry_ra, 8);
    }
    return true;
}

static bool walk(struct mmu *m, u64 ea, enum access access, unsigned size, struct walk_record *r, struct xlate *out)
{
    const struct xlate_req req = {ea, access, (u8)size};

    do {
        walk_record_start(r);
        *out = mmu_walk(&m->ctx, req, &r->who);
    } while (out->why == XL_OK && !apply_rc(m, out));
    return out->why == XL_OK;
}

/* The page may be reached directly: main storage that behaves like storage. */
static bool page_is_plain(const struct mmu *m, const struct xlate *x)
{
    const struct ram *ram = m->ctx.bus->ram;

    return x->attr <= ATTR_SAO && ram && ram_holds(ram, x->ra & HOST_PAGE_MASK, RAM_PAGE_SIZE);
}

static bool is_watched(const struct mmu *m, u64 ea)
{
    u64 page = ea & HOST_PAGE_MASK & ~PPC_BIT(0);

    return page == m->watch.data[0] || page == m->watch.data[1];
}

static void install(struct mmu *m, u32 line, u64 ea, enum access access, const struct xlate *x)
{
    u8 *flags;

    if (access == ACCESS_FETCH) m->fetched = false;
    if (!page_is_plain(m, x)) return;
    if (access == ACCESS_FETCH) {
        m->fetched = true;
        m->fetched_ea = ea & HOST_PAGE_MASK;
        return;
    }
    if (unlikely(is_watched(m, ea))) return;
    flags = &m->ctx.bus->ram->page_flags[x->ra >> RAM_PAGE_SHIFT];
    if (access == ACCESS_LOAD) {
        slot_fill_data(m, line, ea, x->ra, false);
    } else if (!(*flags & RAM_CODE) && x->changed) {
        slot_fill_data(m, line, ea, x->ra, true);
        *flags |= RAM_WRITABLE_CACHED;
    }
}

void mmu_install_fetch(struct mmu *m, u64 ea, struct insn *page)
{
    u32 line = ASSOC_NONE;

    if (!m->fetched || m->fetched_ea != (ea & HOST_PAGE_MASK) || m->fetched_ea == m->watch.fetch) return;
    if (m->config->model == MMU_MODEL_MMU) {
        struct effective e = xlate_effective(&m->ctx, ea, ACCESS_FETCH);
        line = xarray_find(&m->ierat.x, &m->ctx, &e);
        if (line == ASSOC_NONE) return;
    }
    slot_fill_fetch(m, line, ea, page);
}

/* ---- counting ---- */
static void count_derat(struct counters *n, const struct translation *t)
{
    if (!class_has_tables(t->class)) return;
    n->derat_miss_4k += t->shift == 12;
    n->derat_miss_64k += t->shift == 16;
    n->derat_miss_2m += t->shift == 21;
    n->derat_miss_1g += t->shift == 30;
    n->derat_miss_16m += t->shift == 24;
    n->derat_miss_16g += t->shift == 34;
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

/* ---- the model ---- */
/* key: what the TLB is asked for - the effective address, or the virtual one of a hashed page. */
static bool by_tlb(struct mmu *m, struct xarray *tlb, const struct effective *e, const struct effective *key,
                   u8 segment, enum access access, struct translation *t)
{
    u32 line;

    m->counters->tlb_access++;
    while ((line = xarray_find(tlb, &m->ctx, key)) != ASSOC_NONE) {
        if (likely(entry_allows(m, e, &tlb->entry[line], segment, access))) {
            m->counters->tlb_hit++;
            assoc_touch(&tlb->tags, line);
            *t = tlb->entry[line];
            return true;
        }
        xarray_remove(tlb, line);
    }
    m->counters->tlb_miss++;
    if (access == ACCESS_FETCH) m->counters->itlb_miss++;
    else m->counters->dtlb_miss++;
    return false;
}

static noinline_cold bool by_walk(struct mmu *m, const struct effective *e, u64 ea, enum access access, unsigned size,
                                  struct xlate *out, u64 *stall_cycles)
{
    bool tables = class_has_tables(e->class);
    struct walk_record record;
    bool ok = walk(m, ea, access, size, &record, out);

    if (tables) {
        m->counters->walks++;
        m->counters->walk_faults += !ok;
        *stall_cycles += walk_charge(m, e, &record, ok);
    }
    return ok;
}

/*
 * An ERAT miss of a hashed page.  The SLB is asked first: without a segment (or if nothing may be fetched from it)
 * there is neither a TLB look-up nor a walk.
 */
static bool hash_miss(struct mmu *m, const struct effective *e, u64 ea, enum access access, unsigned size,
                      struct xlate *out, struct translation *t, u64 *stall_cycles)
{
    struct xarray *tlb = &m->core->hash_tlb;
    struct hash_address h = {0};
    struct effective key;
    u64 offset;

    *out = (struct xlate){.why = XL_OK};
    if (!hpt_address(&m->ctx, e, access, &h, out)) {
        if (out->why == XL_NO_SEGMENT) ++*(access == ACCESS_FETCH ? &m->counters->islb_miss : &m->counters->dslb_miss);
        *out = mmu_walk(&m->ctx, (struct xlate_req){ea, access, (u8)size}, NULL);
        return false;
    }
    key = (struct effective){CLASS_HASH, e->lpid, h.tag, h.low};
    if (by_tlb(m, tlb, e, &key, h.rights, access, t)) {
        *stall_cycles += m->config->tlb_hit_cycles;
        offset = (1ULL << t->shift) - 1;
        t->ea = e->ea & ~offset;
        t->class = (u8)e->class;
        t->pid = e->pid;
        t->eaa |= h.rights;
        return answer(m, e, t, out);
    }
    if (!by_walk(m, e, ea, access, size, out, stall_cycles)) return false;
    offset = (1ULL << out->page_shift) - 1;
    *t = translation_of(&key, out);
    t->gra = t->ea;
    t->eaa &= HASH_PP | HASH_GUARDED;
    if (access != ACCESS_FETCH) count_dtlb(m->counters, t);
    tlb_fill(m, tlb, t);
    *t = translation_of(e, out);
    t->gra = h.low & ~offset;
    return true;
}

static noinline_cold bool erat_miss(struct mmu *m, const struct effective *e, u64 ea, enum access access, unsigned size,
                                    struct xlate *out, u64 *stall_cycles)
{
    struct erat *erat = access == ACCESS_FETCH ? &m->ierat : &m->derat;
    bool tables = class_has_tables(e->class);
    struct translation t;

    if (access == ACCESS_FETCH) m->counters->ierat_miss++;
    else m->counters->derat_miss++;
    if (class_is_hash(e->class)) {
        if (!hash_miss(m, e, ea, access, size, out, &t, stall_cycles)) return false;
    } else if (tables && by_tlb(m, &m->core->tlb, e, e, 0, access, &t)) {
        *stall_cycles += m->config->tlb_hit_cycles;
        if (!answer(m, e, &t, out)) return false;
    } else {
        if (!by_walk(m, e, ea, access, size, out, stall_cycles)) return false;
        t = translation_of(e, out);
        if (tables) {
            if (access != ACCESS_FETCH) count_dtlb(m->counters, &t);
            tlb_fill(m, &m->core->tlb, &t);
        }
    }
    if (access != ACCESS_FETCH) count_derat(m->counters, &t);
    install(m, erat_fill(m, erat, &t), ea, access, out);
    return true;
}

bool mmu_translate(struct mmu *m, u64 ea, enum access access, unsigned size, struct xlate *out, u64 *stall_cycles)
{
    struct effective e = xlate_effective(&m->ctx, ea, access);
    struct erat *erat = access == ACCESS_FETCH ? &m->ierat : &m->derat;
    u32 line;

    if (m->config->model == MMU_MODEL_NONE) {
        struct walk_record record;

        if (!walk(m, ea, access, size, &record, out)) return false;
        install(m, ASSOC_NONE, ea, access, out);
        return true;
    }
    while ((line = xarray_find(&erat->x, &m->ctx, &e)) != ASSOC_NONE) {
        if (likely(entry_allows(m, &e, &erat->x.entry[line], 0, access))) {
            if (!answer(m, &e, &erat->x.entry[line], out)) return false;
            install(m, line, ea, access, out);
            return true;
        }
        erat_remove(m, erat, line);
    }
    return erat_miss(m, &e, ea, access, size, out, stall_cycles);
}
