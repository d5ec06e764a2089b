/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model's state as rows (base/state.h).  Each array is an object of its own, with its geometry before it: one whose
 * geometry is still the same comes back as it was - tags, what they remember, order of replacement - and any other
 * starts empty.  Chains of equal hashes are no state: they are made again, in the order in which they were.
 *
 * The host-side slots are state, too.  In the model `none` they alone know what was translated: a slot lives until an
 * invalidation names it, and whatever has none is walked again, with new reference and change bits.  In the model `mmu`
 * they mirror the ERATs and could be filled again one by one, but then `fills` would differ.  What is kept of a slot
 * is what the guest's machine is made of: effective and real address, or the number of the decoded page.
 */
#include <stdio.h>
#include <stdlib.h>

#include "bus/bus.h"
#include "mmu/model.h"
#include "mmu/state.h"

/* ---- arrays of tags ---- */

struct geometry {
    u32 lines, ways, policy;
};
static const struct state_row geometry_rows[] = {
    STATE(struct geometry, lines),
    STATE(struct geometry, ways),
    STATE(struct geometry, policy),
};
const struct state_table mmu_geometry_state = STATE_TABLE(struct geometry, geometry_rows);

static struct geometry geometry_of(const struct assoc *a)
{
    return (struct geometry){a->lines, a->lines ? a->ways : 0, a->lines ? (u32)a->policy : 0};
}

/* Per set, the ways from oldest to newest and the tree; then the valid lines, chain after chain. */
static void save_lines(struct state_writer *w, const void *self)
{
    const struct assoc *a = self;

    for (u32 s = 0; s < a->sets; s++)
        for (u32 n = a->oldest[s]; n != ASSOC_NONE; n = a->line[n].newer) state_put_numbers(w, &n, 4, 1);
    state_put_numbers(w, a->tree, 8, a->sets);
    state_put_number(w, a->used);
    for (u32 b = 0; b < a->buckets; b++)
        for (u32 n = a->bucket[b]; n != ASSOC_NONE; n = a->line[n].chain) {
            state_put_numbers(w, &n, 4, 1);
            state_put_numbers(w, a->line[n].key, 8, 2);
        }
}

/* The lines of a set, each once, in their order.  `valid` says here: it is in its place. */
static bool restore_set(struct state_reader *r, struct assoc *a, u32 set)
{
    u32 before = ASSOC_NONE;

    for (u32 k = 0; k < a->ways; k++) {
        struct assoc_line *line;
        u32 n;

        if (!state_get_numbers(r, &n, 4, 1)) return false;
        if (n / a->ways != set || n >= a->lines || a->line[n].valid)
            return state_refuse(r, "an array with a line in the wrong set");
        line = &a->line[n];
        *line = (struct assoc_line){.newer = ASSOC_NONE, .older = before, .chain = ASSOC_NONE, .valid = true};
        if (before == ASSOC_NONE) a->oldest[set] = n;
        else a->line[before].newer = n;
        before = a->newest[set] = n;
    }
    return true;
}

static bool restore_valid_lines(struct state_reader *r, struct assoc *a)
{
    u64 count = state_get_count(r, NULL, a->lines);
    u32 before = ASSOC_NONE, *tail = NULL;

    for (u64 k = 0; k < count; k++) {
        struct assoc_line *line;
        u32 n, *bucket;

        if (!state_get_numbers(r, &n, 4, 1)) return false;
        if (n >= a->lines || a->line[n].valid) return state_refuse(r, "an array with a line that cannot be");
        line = &a->line[n];
        line->valid = true;
        if (!state_get_numbers(r, line->key, 8, 2)) return false;
        bucket = &a->bucket[assoc_bucket(a, line->key[0], line->key[1])];
        if (tail == bucket) {
            a->line[before].chain = n;
        } else {
            line->chain = *bucket;
            *bucket = n;
        }
        tail = line->chain == ASSOC_NONE ? bucket : NULL;
        before = n;
    }
    a->used = (u32)count;
    return true;
}

static bool restore_lines(struct state_reader *r, void *self)
{
    struct assoc *a = self;

    if (!a->lines) return state_get_number(r) == 0 && !r->failed;
    for (u32 n = 0; n < a->lines; n++) a->line[n].valid = false;
    for (u32 s = 0; s < a->sets; s++)
        if (!restore_set(r, a, s)) return false;
    for (u32 n = 0; n < a->lines; n++) a->line[n].valid = false;
    for (u32 b = 0; b < a->buckets; b++) a->bucket[b] = ASSOC_NONE;
    return state_get_numbers(r, a->tree, 8, a->sets) && restore_valid_lines(r, a);
}

static const struct state_row assoc_rows[] = {
    STATE_DERIVED(struct assoc, sets),     STATE_DERIVED(struct assoc, ways),
    STATE_DERIVED(struct assoc, lines),    STATE_WITH(struct assoc, used),
    STATE_DERIVED(struct assoc, set_mask), STATE_DERIVED(struct assoc, way_shift),
    STATE_DERIVED(struct assoc, policy),   STATE_CALL(struct assoc, line, save_lines, restore_lines),
    STATE_WITH(struct assoc, oldest),      STATE_WITH(struct assoc, newest),
    STATE_WITH(struct assoc, tree),        STATE_WITH(struct assoc, bucket),
    STATE_DERIVED(struct assoc, buckets),  STATE_DERIVED(struct assoc, seed),
    STATE(struct assoc, random),
};
static const struct state_table assoc_state = STATE_TABLE(struct assoc, assoc_rows);

/* ---- arrays of translations ---- */

static bool translation_restored(struct state_reader *r, void *self)
{
    const struct translation *t = self;

    for (unsigned k = 0; k < PAGE_SIZES; k++)
        if (page_shifts[k] == t->shift) return true;
    return state_refuse(r, "a page of 2^%u bytes", t->shift);
}

static const struct state_row translation_rows[] = {
    STATE(struct translation, ea),
    STATE(struct translation, ra),
    STATE(struct translation, gra),
    STATE(struct translation, lpid),
    STATE(struct translation, pid),
    STATE(struct translation, class, .most = CLASS_VIRTUAL),
    STATE(struct translation, shift),
    STATE(struct translation, process_shift, .most = 63),
    STATE(struct translation, partition_shift, .most = 63),
    STATE(struct translation, eaa),
    STATE(struct translation, key, .most = 31),
    STATE(struct translation, partition_prot),
    STATE(struct translation, attr, .most = ATTR_TOLERANT),
    STATE(struct translation, changed),
};
static const struct state_table translation_state =
    STATE_TABLE(struct translation, translation_rows, .restored = translation_restored);

static void save_entries(struct state_writer *w, const void *self)
{
    const struct xarray *x = self;

    for (u32 n = 0; n < x->tags.lines; n++)
        if (x->tags.line[n].valid) state_put(w, &translation_state, &x->entry[n]);
}

static bool restore_entries(struct state_reader *r, void *self)
{
    struct xarray *x = self;

    memset(x->by_size, 0, sizeof x->by_size);
    for (u32 n = 0; n < x->tags.lines; n++) {
        if (!x->tags.line[n].valid) continue;
        if (!state_get(r, &translation_state, &x->entry[n])) return false;
        for (unsigned size = 0; size < PAGE_SIZES; size++) x->by_size[size] += page_shifts[size] == x->entry[n].shift;
    }
    return true;
}

/* A graveyard that the other configuration does not have (needless_insns) is forgotten, and one it did not have is
 * empty. */
static void save_graves(struct state_writer *w, const void *self)
{
    const struct graveyard *g = &((const struct xarray *)self)->graves;

    state_put_number(w, g->tags.lines);
    state_put_number(w, g->latest);
    if (!g->tags.lines) return;
    state_put(w, &assoc_state, &g->tags);
    for (u32 n = 0; n < g->tags.lines; n++)
        if (g->tags.line[n].valid) state_put_number(w, g->when[n]);
}

static bool restore_graves(struct state_reader *r, void *self)
{
    struct graveyard *g = &((struct xarray *)self)->graves;

    if (state_get_number(r) != g->tags.lines) {
        r->at = r->end;
        return true;
    }
    g->latest = state_get_number(r);
    if (!g->tags.lines) return true;
    if (!state_get(r, &assoc_state, &g->tags)) return false;
    for (u32 n = 0; n < g->tags.lines; n++)
        if (g->tags.line[n].valid) g->when[n] = state_get_number(r);
    return !r->failed;
}

static const struct state_row xarray_rows[] = {
    STATE_CALL(struct xarray, graves, save_graves, restore_graves, .part = &assoc_state),
    STATE_PART(struct xarray, tags, struct assoc, assoc_state),
    STATE_CALL(struct xarray, entry, save_entries, restore_entries,
               .part = &translation_state), /* behind the tags, which say how many */
    STATE_WITH(struct xarray, by_size),
};
const struct state_table mmu_xarray_state = STATE_TABLE(struct xarray, xarray_rows);

/* ---- contexts and their slots ---- */

#define CTX(member, ...) STATE(struct xlate_ctx, member, ##__VA_ARGS__)
static const struct state_row ctx_rows[] = {
    CTX(msr),
    CTX(lpcr),
    CTX(ptcr),
    CTX(hrmor),
    CTX(urmor),
    CTX(lpid),
    CTX(pid),
    CTX(amr),
    CTX(iamr),
    STATE_DERIVED(struct xlate_ctx, slb),
    STATE_DERIVED(struct xlate_ctx, bus),
    CTX(decoding, .most = 15),
    STATE_DERIVED(struct xlate_ctx, rc_by_software), /* of the configuration */
};
static const struct state_table ctx_state = STATE_TABLE(struct xlate_ctx, ctx_rows);

/* A slot by its number in its context.  where: the real address of the page, or the number of the decoded page, which
 * says itself for which port it is (HOST_TRACED); shift: its page size. */
struct slot {
    u32 n, line;
    u64 tag, where;
    u8 shift;
};
static const struct state_row slot_rows[] = {
    STATE(struct slot, n, .most = CONTEXT_SLOTS - 1),
    STATE(struct slot, line),
    STATE(struct slot, tag),
    STATE(struct slot, where),
    STATE(struct slot, shift, .most = 63),
};
static const struct state_table slot_state = STATE_TABLE(struct slot, slot_rows);

/* Who turns decoded pages into numbers and back, while slots are saved or restored. */
struct slots {
    struct mmu *mmu;
    const struct mmu_code_pages *pages;
    bool fit; /* the ERATs, or their absence, are those that the slots belong to */
};

static struct slot slot_of(const struct mmu *m, const struct mmu_code_pages *pages, const struct context *c, u32 n)
{
    u64 host = (uintptr_t)m->system->bus->ram->host;
    struct slot slot = {.n = n, .line = c->link[n].line, .shift = c->shift[n]};

    if (n < SLOT_FETCH) {
        const struct host_slot *s = n < SLOT_STORE ? &c->load[n] : &c->store[n - SLOT_STORE];
        slot.tag = s->tag;
        slot.where = s->tag + s->addend - host;
    } else {
        slot.tag = c->fetch[n - SLOT_FETCH].tag & ~HOST_TRACED;
        slot.where = pages->number_of(pages->self, c->fetch[n - SLOT_FETCH].page);
    }
    return slot;
}

static void save_context(struct state_writer *w, const struct slots *s, const struct context *c)
{
    u64 count = 0;

    state_put_number(w, c->key);
    state_put_number(w, c->used);
    state_put(w, &ctx_state, &c->id);
    for (u32 k = 0; k < CONTEXT_SLOTS / 64; k++) count += (u64)__builtin_popcountll(c->filled[k]);
    state_put_number(w, count);
    for (u32 k = 0; k < CONTEXT_SLOTS / 64; k++)
        for (u64 rest = c->filled[k]; rest; rest &= rest - 1) {
            struct slot slot = slot_of(s->mmu, s->pages, c, k * 64 + (u32)__builtin_ctzll(rest));
            state_put(w, &slot_state, &slot);
        }
}

static void save_contexts(struct state_writer *w, const void *self)
{
    const struct slots *s = self;
    const struct mmu *m = s->mmu;

    state_put_number(w, m->context_count);
    for (u32 k = 0; k < m->context_count; k++) save_context(w, s, m->context[k]);
    state_put_number(w, m->current->number);
}

static bool fill(struct state_reader *r, const struct slots *s, const struct slot *slot)
{
    struct mmu *m = s->mmu;
    struct erat *erat = slot->n < SLOT_FETCH ? &m->derat : &m->ierat;
    bool store = slot->n >= SLOT_STORE;
    u32 mask = slot->n < SLOT_FETCH ? HOST_SLOT_MASK : FETCH_SLOT_MASK;
    u32 first = slot->n < SLOT_STORE ? 0 : slot->n < SLOT_FETCH ? SLOT_STORE : SLOT_FETCH;
    struct ram *ram = m->system->bus->ram;

    if ((slot->tag & ~HOST_PAGE_MASK) || ((slot->tag >> 12) & mask) + first != slot->n)
        return state_refuse(r, "a slot that cannot hold 0x%llx", (unsigned long long)slot->tag);
    if (erat->x.tags.lines ? slot->line >= erat->x.tags.lines || !erat->x.tags.line[slot->line].valid
                           : slot->line != ASSOC_NONE)
        return state_refuse(r, "a slot without its ERAT entry");
    if (slot->n >= SLOT_FETCH) {
        struct insn *page = s->pages->page(s->pages->self, slot->where);
        if (!page) return state_refuse(r, "a slot that leads to no instructions");
        m->fetched_shift = slot->shift;
        slot_fill_fetch(m, slot->line, slot->tag, page, s->pages->is_traced(page));
        return true;
    }
    if ((slot->where & ~HOST_PAGE_MASK) || !ram_holds(ram, slot->where, RAM_PAGE_SIZE) ||
        (store && (ram->page_flags[slot->where >> RAM_PAGE_SHIFT] & RAM_CODE)))
        return state_refuse(r, "a slot that leads to no main storage");
    if (store) ram->page_flags[slot->where >> RAM_PAGE_SHIFT] |= RAM_WRITABLE_CACHED;
    slot_fill_data(m, slot->line, slot->tag, &(struct xlate){.ra = slot->where, .page_shift = slot->shift}, store);
    return true;
}

static bool restore_context(struct state_reader *r, const struct slots *s)
{
    struct mmu *m = s->mmu;
    struct context *c = context_make(m);
    struct slot slot;
    u64 count;

    if (!c) return state_refuse(r, "the host has no memory for its contexts");
    c->key = state_get_number(r);
    c->used = state_get_number(r);
    if (!state_get(r, &ctx_state, &c->id)) return false;
    count = state_get_count(r, &slot_state, CONTEXT_SLOTS);
    m->current = c;
    for (u64 k = 0; k < count; k++) {
        if (!state_get(r, &slot_state, &slot)) return false;
        if (s->fit && !fill(r, s, &slot)) return false;
    }
    return !r->failed;
}

/* Fewer contexts (host_contexts): the current one is all that is needed, without slots; any other is made anew. */
static bool restore_contexts(struct state_reader *r, void *self)
{
    struct slots *s = self;
    struct mmu *m = s->mmu;
    const struct xlate_ctx ctx = m->ctx;
    u64 count, current, fills = m->fills;
    u8 fetched_shift = m->fetched_shift;
    bool fetched = m->fetched;

    count = state_get_number(r);
    if (r->failed || !count) return state_refuse(r, "a thread without a context");
    contexts_free(m);
    if (count > m->config->contexts) {
        r->at = r->end;
        s->fit = false;
        return mmu_set_context(m, &ctx).load || state_refuse(r, "the host has no memory for its contexts");
    }
    for (u64 k = 0; k < count; k++)
        if (!restore_context(r, s)) return false;
    current = state_get_below(r, count, "the current context");
    m->current = m->context[current];
    m->fills = fills;
    m->fetched = fetched;
    m->fetched_shift = fetched_shift;
    return !r->failed;
}

static const struct state_row slots_rows[] = {
    STATE_CALL(struct slots, mmu, save_contexts, restore_contexts, .part = &slot_state),
    STATE_DERIVED(struct slots, pages),
    STATE_DERIVED(struct slots, fit),
};
const struct state_table mmu_slots_state = STATE_TABLE(struct slots, slots_rows);

/* ---- a thread ---- */

static const struct state_row segment_rows[] = {
    STATE(struct cached_segment, valid), STATE(struct cached_segment, ea),  STATE(struct cached_segment, vsid),
    STATE(struct cached_segment, lpid),  STATE(struct cached_segment, pid),
};
static const struct state_table segment_state = STATE_TABLE(struct cached_segment, segment_rows);

static const struct state_row watch_rows[] = {STATE(struct mmu_watch, data), STATE(struct mmu_watch, fetch)};
static const struct state_table watch_state = STATE_TABLE(struct mmu_watch, watch_rows);

static const struct state_row walk_rows[] = {
    STATE(struct hot_walk, ea),    STATE(struct hot_walk, cycles), STATE(struct hot_walk, lpid),
    STATE(struct hot_walk, pid),   STATE(struct hot_walk, reads),  STATE(struct hot_walk, shift, .most = 63),
    STATE(struct hot_walk, fetch),
};
static const struct state_table walk_state = STATE_TABLE(struct hot_walk, walk_rows);

#define DERIVED(member) STATE_DERIVED(struct mmu, member)
static const struct state_row mmu_rows[] = {
    DERIVED(system),
    DERIVED(core),
    DERIVED(config),
    DERIVED(counters),
    STATE_PART(struct mmu, ctx, struct xlate_ctx, ctx_state),
    DERIVED(current), /* contexts and ERATs are objects of their own */
    DERIVED(derat),
    DERIVED(ierat),
    STATE_PART(struct mmu, segment, struct cached_segment, segment_state),
    STATE(struct mmu, next_segment, .most = SEGMENTS_CACHED - 1),
    STATE(struct mmu, segments_cached),
    STATE(struct mmu, fetched),
    STATE(struct mmu, fetched_ea),
    STATE(struct mmu, fetched_shift, .most = 63),
    STATE(struct mmu, moved),
    STATE(struct mmu, missed),
    DERIVED(instructions),
    DERIVED(missed_until), /* whoever tallies says it again */
    DERIVED(missed_to),
    STATE(struct mmu, tlbies),
    STATE(struct mmu, fills),
    STATE(struct mmu, last_tlbiel),
    STATE(struct mmu, clock),
    DERIVED(context_count),
    DERIVED(context),
    DERIVED(cache),
    STATE_PART(struct mmu, watch, struct mmu_watch, watch_state),
    DERIVED(tally),
    STATE(struct mmu, walked),
    STATE_PART(struct mmu, last_walk, struct hot_walk, walk_state),
    DERIVED(story), /* whoever listens says it again */
    DERIVED(level),
    DERIVED(unowned),
    DERIVED(unowned_tally),
};
const struct state_table mmu_state = STATE_TABLE(struct mmu, mmu_rows);

/* ---- all of it ---- */

enum { NAME_BYTES = 80 };

static void name_of(char name[NAME_BYTES], const char *what, const char *whose, unsigned n)
{
    snprintf(name, NAME_BYTES, "mmu: %s of %s %u", what, whose, n);
}

static void save_array(struct state_writer *w, const char *what, const char *whose, unsigned n, const struct assoc *a,
                       const struct state_table *table, const void *self)
{
    const struct geometry g = geometry_of(a);
    char name[NAME_BYTES], before[NAME_BYTES + 16];

    if (!a->lines) return;
    name_of(name, what, whose, n);
    snprintf(before, sizeof before, "%s: geometry", name);
    state_put_object(w, before, &mmu_geometry_state, &g);
    state_put_object(w, name, table, self);
}

/* What was restored so far, and what starts empty. */
struct restoring {
    struct state_reader *r;
    struct mmu_cold *cold;
};

/* By its kind: what is in front of a comma. */
void mmu_note_cold(struct mmu_cold *cold, const char *what)
{
    size_t used = strlen(cold->what);
    char kind[40];

    snprintf(kind, sizeof kind, "%.*s", (int)strcspn(what, ","), what);
    if (strstr(cold->what, kind)) return;
    snprintf(cold->what + used, sizeof cold->what - used, "%s%s", used ? ", " : "", kind);
}

/* *warm: the array is as it was. */
static bool restore_array(const struct restoring *s, const char *what, const char *whose, unsigned n,
                          const struct assoc *a, const struct state_table *table, void *self, bool *warm)
{
    struct geometry then = {0}, now = geometry_of(a);
    char name[NAME_BYTES], before[NAME_BYTES + 16];

    *warm = false;
    name_of(name, what, whose, n);
    snprintf(before, sizeof before, "%s: geometry", name);
    if (state_has_object(s->r, before) && !state_get_object(s->r, before, &mmu_geometry_state, &then)) return false;
    *warm = !memcmp(&then, &now, sizeof now);
    if (*warm) return !now.lines || state_get_object(s->r, name, table, self);
    if (now.lines) mmu_note_cold(s->cold, what);
    return true;
}

static const struct {
    const char *name;
    size_t offset;
    bool translations;
} core_arrays[] = {
    {"TLB (radix)", offsetof(struct mmu_core, tlb), true},
    {"TLB (hash)", offsetof(struct mmu_core, hash_tlb), true},
    {"page-walk cache, process scope, level 1", offsetof(struct mmu_core, pwc[0][0]), false},
    {"page-walk cache, process scope, level 2", offsetof(struct mmu_core, pwc[0][1]), false},
    {"page-walk cache, process scope, level 3", offsetof(struct mmu_core, pwc[0][2]), false},
    {"page-walk cache, partition scope, level 1", offsetof(struct mmu_core, pwc[1][0]), false},
    {"page-walk cache, partition scope, level 2", offsetof(struct mmu_core, pwc[1][1]), false},
    {"page-walk cache, partition scope, level 3", offsetof(struct mmu_core, pwc[1][2]), false},
    {"partition-table entries", offsetof(struct mmu_core, pate), false},
    {"process-table entries", offsetof(struct mmu_core, prte), false},
};

static void save_core(struct state_writer *w, const struct mmu_core *core, unsigned n)
{
    for (unsigned k = 0; k < ARRAY_SIZE(core_arrays); k++) {
        const void *self = (const u8 *)core + core_arrays[k].offset;
        bool x = core_arrays[k].translations;
        const struct assoc *a = x ? &((const struct xarray *)self)->tags : self;

        save_array(w, core_arrays[k].name, "core", n, a, x ? &mmu_xarray_state : &assoc_state, self);
    }
}

static bool restore_core(const struct restoring *s, struct mmu_core *core, unsigned n)
{
    bool ok = true, warm;

    for (unsigned k = 0; ok && k < ARRAY_SIZE(core_arrays); k++) {
        void *self = (u8 *)core + core_arrays[k].offset;
        bool x = core_arrays[k].translations;
        const struct assoc *a = x ? &((const struct xarray *)self)->tags : self;

        ok = restore_array(s, core_arrays[k].name, "core", n, a, x ? &mmu_xarray_state : &assoc_state, self, &warm);
    }
    return ok;
}

static void save_thread(struct state_writer *w, struct mmu *m, const struct mmu_code_pages *pages, unsigned n)
{
    const struct slots slots = {.mmu = m, .pages = pages};
    char name[NAME_BYTES];

    name_of(name, "translation", "thread", n);
    state_put_object(w, name, &mmu_state, m);
    save_array(w, "D-ERAT", "thread", n, &m->derat.x.tags, &mmu_xarray_state, &m->derat.x);
    save_array(w, "I-ERAT", "thread", n, &m->ierat.x.tags, &mmu_xarray_state, &m->ierat.x);
    if (!pages) return;
    name_of(name, "contexts", "thread", n);
    state_put_object(w, name, &mmu_slots_state, &slots);
}

static bool restore_thread(const struct restoring *s, struct mmu *m, const struct mmu_code_pages *pages,
                           bool same_model, unsigned n)
{
    struct slots slots = {.mmu = m, .pages = pages};
    char name[NAME_BYTES];
    bool data, fetch;

    contexts_empty(m);
    name_of(name, "translation", "thread", n);
    if (!state_get_object(s->r, name, &mmu_state, m)) return false;
    mmu_tally_misses(m, NULL, 0);
    m->ctx.bus = m->system->bus;
    m->ctx.rc_by_software = m->config->rc_by_software;
    if (!restore_array(s, "D-ERAT", "thread", n, &m->derat.x.tags, &mmu_xarray_state, &m->derat.x, &data) ||
        !restore_array(s, "I-ERAT", "thread", n, &m->ierat.x.tags, &mmu_xarray_state, &m->ierat.x, &fetch))
        return false;
    if (!pages) return true;
    slots.fit = same_model && data && fetch && pages->complete;
    name_of(name, "contexts", "thread", n);
    if (!state_get_object(s->r, name, &mmu_slots_state, &slots)) return false;
    if (!slots.fit) mmu_note_cold(s->cold, "host-side tables");
    return true;
}

struct saved_system {
    u32 model;
};
static const struct state_row system_rows[] = {STATE(struct saved_system, model)};
const struct state_table mmu_system_state = STATE_TABLE(struct saved_system, system_rows);

void mmu_save(struct mmu_system *s, struct state_writer *w, const struct mmu_code_pages *pages)
{
    const struct saved_system system = {s->config.model};

    state_put_object(w, "mmu", &mmu_system_state, &system);
    for (unsigned n = 0; n < s->cores; n++) save_core(w, &s->core[n], n);
    for (unsigned n = 0; n < s->threads; n++) save_thread(w, &s->mmu[n], pages, n);
}

bool mmu_restore(struct mmu_system *s, struct state_reader *r, const struct mmu_code_pages *pages,
                 struct mmu_cold *cold)
{
    const struct restoring restoring = {r, cold};
    struct saved_system then;
    bool ok = state_get_object(r, "mmu", &mmu_system_state, &then);

    *cold = (struct mmu_cold){{0}};
    for (unsigned n = 0; ok && n < s->cores; n++) ok = restore_core(&restoring, &s->core[n], n);
    for (unsigned n = 0; ok && n < s->threads; n++)
        ok = restore_thread(&restoring, &s->mmu[n], pages, then.model == (u32)s->config.model, n);
    return ok;
}

struct hostmap mmu_restored(struct mmu *m, const struct slb *slb)
{
    m->ctx.slb = slb;
    return (struct hostmap){m->current->load, m->current->store, m->current->fetch, m->current->shift};
}
