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
#include "mmu/story.h"

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

/* ---- telling (story.h) ---- */

void mmu_tell(struct mmu *m, struct mmu_story *story)
{
    m->story = story;
}

static void begin_story(struct mmu_story *story)
{
    story->by = TRANSLATED_BY_ERAT;
    story->page_shift = 0;
    story->rc_count = 0;
}

static void tell_rc(struct mmu_story *story, const struct rc_update *rc)
{
    if (story->rc_count < STORY_RC) story->rc[story->rc_count++] = *rc;
}

/* The entry as the walk read it: the record has R and C already (record_rc). */
static u64 entry_as_read(const struct mmu_story *story, const struct walk_step *step)
{
    for (unsigned k = 0; k < story->rc_count; k++)
        if (story->rc[k].entry_ra == step->entry_ra) return story->rc[k].old;
    return step->entry;
}

/* source: who had each entry; NULL: storage. */
static void tell_walk(struct mmu_story *story, const struct walk_record *r, unsigned steps, const u8 *source)
{
    _Static_assert((int)STORY_STEPS == (int)STEPS_MAX, "a story has room for a walk");
    story->by = TRANSLATED_BY_WALK;
    for (unsigned k = 0; k < steps; k++) {
        struct walk_read *read = &story->read[story->reads++];

        read->step = r->step[k];
        read->step.entry = entry_as_read(story, &r->step[k]);
        read->source = source ? source[k] : WALK_FROM_STORAGE;
    }
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
        if (unlikely(m->story)) tell_rc(m->story, rc);
        ram_written(ram, rc->entry_ra, 8);
    }
    return true;
}

/* One page may hold a table and what is reached through it. */
static void join_rc(struct xlate *x, const struct xlate *tables)
{
    for (unsigned k = 0; k < tables->rc_count; k++) {
        bool known = false;

        for (unsigned n = 0; n < x->rc_count; n++)
            if (x->rc[n].entry_ra == tables->rc[k].entry_ra) known = x->rc[n].set |= tables->rc[k].set;
        if (!known && x->rc_count < RC_MAX) x->rc[x->rc_count++] = tables->rc[k];
    }
}

/* What the caches keep of this walk is what it leaves in storage: the walker's own leaves with the R and C just set. */
static void record_rc(struct walk_record *r, const struct xlate *x)
{
    for (unsigned k = 0; k < x->rc_count; k++)
        for (unsigned s = 0; s < r->count; s++)
            if (r->step[s].entry_ra == x->rc[k].entry_ra) r->step[s].entry |= x->rc[k].set;
}

/* tables: what was read before for the segment of a hashed page, whose R bits are set with the page's, or NULL.
 * r: NULL if nobody asks for the steps. */
static bool walk(struct mmu *m, const struct effective *e, const struct hash_address *at, enum access access,
                 const struct xlate *tables, struct walk_record *r, struct xlate *out)
{
    do {
        if (r) walk_record_start(r);
        if (unlikely(m->system->walker.walk) && class_has_tables(e->class))
            m->system->walker.walk(m->system->walker.self, e->ea, r ? &r->who : NULL, out);
        else walk_from(&m->ctx, e, at, access, r ? &r->who : NULL, out);
        if (unlikely(tables) && out->why == XL_OK) join_rc(out, tables);
        tables = NULL; /* if storage changed under us, once is enough */
    } while (out->why == XL_OK && !apply_rc(m, out));
    if (r) record_rc(r, out); /* a refused translation sets none */
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
        m->fetched_shift = x->page_shift;
        return;
    }
    if (unlikely(is_watched(m, ea))) return;
    flags = &m->ctx.bus->ram->page_flags[x->ra >> RAM_PAGE_SHIFT];
    if (access == ACCESS_LOAD) {
        slot_fill_data(m, line, ea, x, false);
    } else if (!(*flags & RAM_CODE) && x->changed) {
        slot_fill_data(m, line, ea, x, true);
        *flags |= RAM_WRITABLE_CACHED;
    }
}

void mmu_install_fetch(struct mmu *m, u64 ea, struct insn *page, bool traced)
{
    u32 line = ASSOC_NONE;

    if (!m->fetched || m->fetched_ea != (ea & HOST_PAGE_MASK) || m->fetched_ea == m->watch.fetch) return;
    if (m->config->model == MMU_MODEL_MMU) {
        struct effective e = xlate_effective(&m->ctx, ea, ACCESS_FETCH);
        line = xarray_find(&m->ierat.x, &m->ctx, &e);
        if (line == ASSOC_NONE) return;
    }
    slot_fill_fetch(m, line, ea, page, traced);
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

/* ---- the model ---- */
enum found { FOUND_NOT, FOUND_IN_TLB, FOUND_BY_WALK };

/* The TLB, and the walk if it does not know.  FOUND_NOT: *out says why. */
static enum found behind_erat(struct mmu *m, const struct tlb_question *q, const struct xlate *tables,
                              struct xlate *out, struct translation *t, u64 *stall_cycles)
{
    struct tlb_model model = model_of(m);
    enum found found = FOUND_IN_TLB;
    struct walk_record record;
    u8 source[STEPS_MAX];
    u64 cycles, reads;

    if (unlikely(m->story)) {
        memset(source, WALK_FROM_STORAGE, sizeof source);
        model.source = source;
        m->story->by = TRANSLATED_BY_TLB;
    }
    /* Whatever it answers: a walk begins when the look-up has failed. */
    if (!m->system->timed) *stall_cycles += m->config->tlb_hit_cycles;
    if (!tlb_look_up(&model, q->e, q->key, q->at ? q->at->rights : 0, q->req.access, t)) {
        found = walk(m, q->e, q->at, q->req.access, tables, &record, out) ? FOUND_BY_WALK : FOUND_NOT;
        reads = m->counters->walk_reads;
        cycles = walk_charge(&model, q->e, &record, found == FOUND_BY_WALK);
        *stall_cycles += cycles;
        if (unlikely(m->story)) tell_walk(m->story, &record, record.count, source);
        m->walked = true;
        m->last_walk = (struct hot_walk){.ea = q->req.ea,
                                         .cycles = cycles,
                                         .lpid = q->e->lpid,
                                         .pid = q->e->pid,
                                         .reads = (u32)(m->counters->walk_reads - reads),
                                         .shift = found == FOUND_BY_WALK ? out->page_shift : 0,
                                         .fetch = q->req.access == ACCESS_FETCH};
        if (found == FOUND_BY_WALK) {
            tlb_keep(&model, q->key, out, q->req.access);
            *t = translation_of(q->e, out);
        }
    }
    if (unlikely(m->system->what_ifs)) what_if_miss(m, q, found == FOUND_IN_TLB ? NULL : &record, out);
    return found;
}

struct segment {
    u64 vsid;
    bool is_new; /* from a table just now: an SLB entry is made of it if the translation succeeds, with the R bits */
};

/* No SLB entry: hardware asks the process's segment table. tables: what that walk was. */
static noinline_cold bool ask_segment_table(struct mmu *m, const struct effective *e, struct xlate *tables,
                                            struct segment *segment, u64 *stall_cycles)
{
    struct tlb_model model = model_of(m);
    struct walk_record record;
    u8 source[STEPS_MAX] = {0};
    struct hash_tables t = {.ctx = &m->ctx, .who = &record.who, .out = tables, .lpid = e->lpid, .for_segment = true};
    bool ok;

    walk_record_start(&record);
    segment->is_new = ok = hpt_open_tables(&t) && segment_walk(&t, e, &segment->vsid);
    if (unlikely(m->story)) model.source = source;
    *stall_cycles += segment_charge(&model, e, &record, record.count);
    if (unlikely(m->story) && record.count) tell_walk(m->story, &record, record.count, source);
    if (unlikely(m->system->what_ifs)) what_if_segment(m, e, &record);
    return ok;
}

/* False: there is none, and *out says why. */
static bool find_segment(struct mmu *m, const struct effective *e, enum access access, struct segment *segment,
                         struct xlate *out, u64 *stall_cycles)
{
    const struct cached_segment *cached;

    *out = xlate_start();
    segment->is_new = false;
    if (likely(hpt_segment(&m->ctx, e, &segment->vsid, out))) return true;
    if (out->why != XL_NO_SEGMENT) return false;
    if (unlikely(segment_table_is_asked(&m->ctx, e))) {
        *out = xlate_start();
        cached = segment_find(m, e);
        if (cached) {
            segment->vsid = cached->vsid;
            return true;
        }
    }
    ++*(access == ACCESS_FETCH ? &m->counters->islb_miss : &m->counters->dslb_miss);
    return segment_table_is_asked(&m->ctx, e) && ask_segment_table(m, e, out, segment, stall_cycles);
}

/*
 * An ERAT miss of a hashed page.  The SLB is asked first: without a segment (or if nothing may be fetched from it)
 * there is neither a TLB look-up nor a walk.
 */
static bool hash_miss(struct mmu *m, const struct effective *e, struct xlate_req req, struct xlate *out,
                      struct translation *t, u64 *stall_cycles)
{
    struct hash_address at;
    struct effective key;
    struct xlate tables;
    const struct tlb_question q = {e, &key, &at, req};
    enum found found;
    struct segment segment;
    u64 offset;

    if (!find_segment(m, e, req.access, &segment, out, stall_cycles) ||
        !hpt_address(&m->ctx, e, segment.vsid, req.access, &at, out)) {
        out->rc_count = 0;
        return false;
    }
    key = (struct effective){CLASS_HASH, e->lpid, at.tag, at.low};
    tables.rc_count = out->rc_count;
    memcpy(tables.rc, out->rc, out->rc_count * sizeof out->rc[0]);
    found = behind_erat(m, &q, tables.rc_count ? &tables : NULL, out, t, stall_cycles);
    if (found == FOUND_NOT) return false;
    offset = (1ULL << t->shift) - 1;
    if (found == FOUND_BY_WALK) {
        t->gra = at.low & ~offset;
        if (unlikely(segment.is_new)) segment_keep(m, e, segment.vsid);
        return true;
    }
    t->ea = e->ea & ~offset;
    t->class = (u8)e->class;
    t->pid = e->pid;
    t->eaa |= at.rights;
    if (!answer(m, e, t, out)) return false;
    if (unlikely(segment.is_new)) {
        segment_keep(m, e, segment.vsid);
        (void)apply_rc(m, &tables);
    }
    return true;
}

static bool radix_miss(struct mmu *m, const struct effective *e, struct xlate_req req, struct xlate *out,
                       struct translation *t, u64 *stall_cycles)
{
    const struct tlb_question q = {e, e, NULL, req};
    enum found found = behind_erat(m, &q, NULL, out, t, stall_cycles);

    return found == FOUND_BY_WALK || (found == FOUND_IN_TLB && answer(m, e, t, out));
}

/* Hypervisor and ultravisor real mode: no table, no TLB; or no translation at all. */
static bool real_miss(struct mmu *m, const struct effective *e, struct xlate_req req, struct xlate *out,
                      struct translation *t)
{
    if (unlikely(m->story)) m->story->by = TRANSLATED_REAL;
    if (!walk(m, e, NULL, req.access, NULL, NULL, out)) return false;
    *t = translation_of(e, out);
    return true;
}

/* Somebody counts what this thread misses just now (mmu_tally_misses). */
static void add_misses(struct mmu *m, u64 tlb_before, u64 pwc_before)
{
    m->missed_to->erat++;
    m->missed_to->tlb += m->counters->tlb_miss - tlb_before;
    m->missed_to->pwc += m->counters->pwc_miss - pwc_before;
}

static noinline_cold bool erat_miss(struct mmu *m, const struct effective *e, struct xlate_req req, struct xlate *out,
                                    u64 *stall_cycles)
{
    struct erat *erat = req.access == ACCESS_FETCH ? &m->ierat : &m->derat;
    u64 tlb_before = m->counters->tlb_miss, pwc_before = m->counters->pwc_miss;
    struct translation t;
    bool ok;

    if (req.access == ACCESS_FETCH) m->counters->ierat_miss++;
    else m->counters->derat_miss++;
    if (unlikely(m->story)) m->story->by = TRANSLATED_NOT; /* until somebody does */
    if (class_is_hash(e->class)) ok = hash_miss(m, e, req, out, &t, stall_cycles);
    else if (class_has_tables(e->class)) ok = radix_miss(m, e, req, out, &t, stall_cycles);
    else ok = real_miss(m, e, req, out, &t);
    if (unlikely(*m->instructions < m->missed_until)) add_misses(m, tlb_before, pwc_before);
    if (!ok) return false;
    if (req.access != ACCESS_FETCH) count_derat(m->counters, &t);
    install(m, erat_fill(m, erat, &t), req.ea, req.access, out);
    return true;
}

/* The model `none`: there are no arrays, so every table entry comes from storage. */
static bool walk_alone(struct mmu *m, const struct effective *e, enum access access, struct xlate *out)
{
    return walk(m, e, NULL, access, NULL, NULL, out);
}

static noinline_cold bool walk_and_tell(struct mmu *m, const struct effective *e, enum access access, struct xlate *out)
{
    struct walk_record record;
    bool ok = walk(m, e, NULL, access, NULL, &record, out);

    if (class_has_tables(e->class)) tell_walk(m->story, &record, record.count, NULL);
    else m->story->by = TRANSLATED_REAL;
    return ok;
}

static bool translate(struct mmu *m, const struct xlate_req req, struct xlate *out, u64 *stall_cycles)
{
    struct effective e = xlate_effective(&m->ctx, req.ea, req.access);
    struct erat *erat = req.access == ACCESS_FETCH ? &m->ierat : &m->derat;
    u32 line;

    if (m->config->model == MMU_MODEL_NONE) {
        if (!(unlikely(m->story) ? walk_and_tell : walk_alone)(m, &e, req.access, out)) return false;
        install(m, ASSOC_NONE, req.ea, req.access, out);
        return true;
    }
    while ((line = xarray_find(&erat->x, &m->ctx, &e)) != ASSOC_NONE) {
        if (likely(entry_allows(&m->ctx, &e, &erat->x.entry[line], 0, req.access))) {
            if (!answer(m, &e, &erat->x.entry[line], out)) return false;
            install(m, line, req.ea, req.access, out);
            return true;
        }
        erat_remove(m, erat, line);
    }
    return erat_miss(m, &e, req, out, stall_cycles);
}

const struct hot_walk *mmu_take_walk(struct mmu *m)
{
    if (likely(!m->walked)) return NULL;
    m->walked = false;
    return &m->last_walk;
}

bool mmu_translate(struct mmu *m, u64 ea, enum access access, unsigned size, struct xlate *out, u64 *stall_cycles)
{
    const struct xlate_req req = {ea, access, (u8)size};
    bool ok;

    if (unlikely(m->story)) begin_story(m->story);
    ok = translate(m, req, out, stall_cycles);
    if (unlikely(m->story) && ok) m->story->page_shift = out->page_shift;
    if (likely(ok)) return true;
    m->tally->fault[out->why]++;
    return false;
}
