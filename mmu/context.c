/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contexts of a thread and their host-side tables.  A context is everything on which the meaning of an effective
 * address and the rights to it depend, packed into one key:
 *
 *   PID 32 | LPID 16 | HV S PR IR DR HR UPRT 7 | AMR[0:1] 2 | IAMR[1] 1 | LE 1 | ISL 1 | PCR 4
 *
 * In hash translation all keys of AMR and IAMR count, so they are compared beside the key, and the PID only if there
 * are segment tables (LPCR[UPRT]).  The SLB is not part of it: whatever an SLB entry made possible is found by slbie
 * and slbia.
 *
 * What does not matter is left out of the key, so that an interrupt entry finds its context again: PID and LPID with
 * relocation off, AMR and IAMR in problem state.  LE and PCR are in it because a fetch slot leads to instructions
 * decoded in one byte order and for one version of the architecture.  Switching is a look into a small cache of
 * pointers; a context that was never seen takes the one that was not current for the longest time.
 */
#include <stdlib.h>

#include "base/assert.h"
#include "base/hash.h"
#include "bus/bus.h"
#include "mmu/check.h"
#include "mmu/model.h"

static bool is_context(const struct context *c, u64 key, const struct xlate_ctx *id)
{
    return c->key == key && c->id.amr == id->amr && c->id.iamr == id->iamr;
}

static u64 key_of(const struct xlate_ctx *ctx, struct xlate_ctx *id)
{
    bool hash = !(ctx->lpcr & LPCR_HR);
    u64 relocated = ctx->msr & (MSR_IR | MSR_DR), flags;

    *id = (struct xlate_ctx){.msr = ctx->msr & (MSR_HV | MSR_S | MSR_PR | MSR_IR | MSR_DR),
                             .lpcr = ctx->lpcr & (LPCR_HR | LPCR_UPRT | LPCR_ISL)};
    if (relocated || !(ctx->msr & MSR_HV)) id->lpid = ctx->lpid;
    if (relocated && (!hash || ctx->lpcr & LPCR_UPRT)) id->pid = ctx->pid;
    if (hash) {
        if (ctx->msr & MSR_DR) id->amr = ctx->amr;
        if (ctx->msr & MSR_IR) id->iamr = ctx->iamr;
    } else if (!(ctx->msr & MSR_PR)) {
        if (ctx->msr & MSR_DR) id->amr = ctx->amr & PPC_BITMASK(0, 1);
        if (ctx->msr & MSR_IR) id->iamr = ctx->iamr & PPC_BIT(1);
    }
    flags = GETFIELD(MSR_HV, id->msr) | GETFIELD(MSR_S, id->msr) << 1 | GETFIELD(MSR_PR, id->msr) << 2 |
            GETFIELD(MSR_IR, id->msr) << 3 | GETFIELD(MSR_DR, id->msr) << 4 | GETFIELD(LPCR_HR, id->lpcr) << 5 |
            GETFIELD(LPCR_UPRT, id->lpcr) << 6 | GETFIELD(MSR_LE, ctx->msr) << 10 | GETFIELD(LPCR_ISL, id->lpcr) << 11 |
            (u64)(ctx->decoding & 0xf) << 12;
    if (!hash) flags |= (id->amr >> 62) << 7 | (id->iamr >> 62) << 9;
    return (u64)id->pid | (u64)(id->lpid & 0xffff) << 32 | flags << 48;
}

/* ---- slots ---- */
static struct slot_link *link_of(struct mmu *m, u32 slot)
{
    return &m->context[slot / CONTEXT_SLOTS]->link[slot % CONTEXT_SLOTS];
}

static u64 *tag_of_slot(struct context *c, u32 n)
{
    if (n < SLOT_STORE) return &c->load[n].tag;
    if (n < SLOT_FETCH) return &c->store[n - SLOT_STORE].tag;
    return &c->fetch[n - SLOT_FETCH].tag;
}

void slot_empty(struct mmu *m, struct context *c, u32 n)
{
    struct slot_link *l = &c->link[n];

    *tag_of_slot(c, n) = HOST_NO_PAGE;
    c->filled[n / 64] &= ~(1ULL << n % 64);
    if (l->line == ASSOC_NONE) return;
    if (l->previous != SLOT_NONE) link_of(m, l->previous)->next = l->next;
    else (n < SLOT_FETCH ? &m->derat : &m->ierat)->slots[l->line] = l->next;
    if (l->next != SLOT_NONE) link_of(m, l->next)->previous = l->previous;
    l->line = ASSOC_NONE;
}

void line_empty_slots(struct mmu *m, struct erat *erat, u32 line)
{
    while (erat->slots[line] != SLOT_NONE) {
        u32 slot = erat->slots[line];
        slot_empty(m, m->context[slot / CONTEXT_SLOTS], slot % CONTEXT_SLOTS);
    }
}

static void slot_take(struct mmu *m, struct erat *erat, u32 line, u32 n)
{
    struct context *c = m->current;
    struct slot_link *l = &c->link[n];
    u32 slot = c->number * CONTEXT_SLOTS + n;

    if (*tag_of_slot(c, n) != HOST_NO_PAGE) slot_empty(m, c, n);
    c->clean = false;
    c->filled[n / 64] |= 1ULL << n % 64;
    m->fills++;
    if (line == ASSOC_NONE) return;
    *l = (struct slot_link){erat->slots[line], SLOT_NONE, line};
    if (l->next != SLOT_NONE) link_of(m, l->next)->previous = slot;
    erat->slots[line] = slot;
}

static u32 filter_hash(u64 what)
{
    return hash_place(what, FILTER_BITS);
}
static void filter_add(struct filter *f, u64 what)
{
    f->word[filter_hash(what) / 64] |= 1ULL << filter_hash(what) % 64;
}
static bool filter_may_hold(const struct filter *f, u64 what)
{
    return f->word[filter_hash(what) / 64] >> filter_hash(what) % 64 & 1;
}

void slot_fill_data(struct mmu *m, u32 line, u64 ea, const struct xlate *x, bool store)
{
    struct context *c = m->current;
    u32 n = (u32)(ea >> 12) & HOST_SLOT_MASK;
    u64 tag = ea & HOST_PAGE_MASK, page = x->ra & HOST_PAGE_MASK;
    uintptr_t addend = (uintptr_t)m->ctx.bus->ram->host + (uintptr_t)page - (uintptr_t)tag;

    slot_take(m, &m->derat, line, n + (store ? SLOT_STORE : 0));
    *(store ? &c->store[n] : &c->load[n]) = (struct host_slot){tag, addend};
    c->shift[n + (store ? SLOT_STORE : 0)] = x->page_shift;
    if (store) filter_add(&c->stores, addend + (uintptr_t)tag);
}

void slot_fill_fetch(struct mmu *m, u32 line, u64 ea, struct insn *page, bool traced)
{
    u32 n = (u32)(ea >> 12) & FETCH_SLOT_MASK;

    slot_take(m, &m->ierat, line, n + SLOT_FETCH);
    m->current->fetch[n] = (struct fetch_slot){(ea & HOST_PAGE_MASK) | (traced ? HOST_TRACED : 0), page};
    m->current->shift[n + SLOT_FETCH] = m->fetched_shift;
    filter_add(&m->current->fetches, (uintptr_t)page);
}

/* Empty the slots that point to a host address; the filter is exact again then. */
static void drop_in(struct mmu *m, struct context *c, uintptr_t to, bool stores)
{
    struct filter *filter = stores ? &c->stores : &c->fetches, now = {{0}};

    if (c->clean || !filter_may_hold(filter, to)) return;
    for (u32 n = 0; n < (stores ? (u32)HOST_SLOTS : (u32)FETCH_SLOTS); n++) {
        u64 tag = stores ? c->store[n].tag : c->fetch[n].tag;
        uintptr_t points = stores ? (uintptr_t)tag + c->store[n].addend : (uintptr_t)c->fetch[n].page;

        if (tag == HOST_NO_PAGE) continue;
        if (points == to) slot_empty(m, c, n + (stores ? SLOT_STORE : SLOT_FETCH));
        else filter_add(&now, points);
    }
    *filter = now;
}

void contexts_drop_stores(struct mmu *m, u64 ra)
{
    for (u32 k = 0; k < m->context_count; k++)
        drop_in(m, m->context[k], (uintptr_t)m->system->bus->ram->host + ra, true);
}

void contexts_drop_fetches(struct mmu *m, const struct insn *page)
{
    for (u32 k = 0; k < m->context_count; k++) drop_in(m, m->context[k], (uintptr_t)page, false);
}

/* ---- watched pages ---- */
static void empty_if_watched(struct mmu *m, struct context *c, u32 n, u64 page, u64 ignored)
{
    u64 tag = *tag_of_slot(c, n);

    if (tag != HOST_NO_PAGE && (tag & HOST_PAGE_MASK & ~ignored) == page) slot_empty(m, c, n);
}

void mmu_watch(struct mmu *m, const struct mmu_watch *watch)
{
    m->watch = *watch;
    for (u32 k = 0; k < m->context_count; k++) {
        struct context *c = m->context[k];

        for (unsigned w = 0; w < 2; w++) {
            u32 n = (u32)(watch->data[w] >> 12) & HOST_SLOT_MASK;

            empty_if_watched(m, c, n, watch->data[w], PPC_BIT(0));
            empty_if_watched(m, c, n + SLOT_STORE, watch->data[w], PPC_BIT(0));
        }
        empty_if_watched(m, c, ((u32)(watch->fetch >> 12) & FETCH_SLOT_MASK) + SLOT_FETCH, watch->fetch, 0);
    }
}

/* ---- contexts ---- */
void context_empty(struct mmu *m, struct context *c)
{
    if (c->clean) return;
    for (u32 w = 0; w < CONTEXT_SLOTS / 64; w++)
        while (c->filled[w]) slot_empty(m, c, w * 64 + (u32)__builtin_ctzll(c->filled[w]));
    c->stores = c->fetches = (struct filter){{0}};
    c->clean = true;
}

void contexts_empty(struct mmu *m)
{
    for (u32 k = 0; k < m->context_count; k++) context_empty(m, m->context[k]);
    m->fetched = false;
}

struct context *context_make(struct mmu *m)
{
    struct context *c = calloc(1, sizeof *c);

    if (!c) return NULL;
    c->number = m->context_count;
    c->clean = true;
    for (u32 n = 0; n < CONTEXT_SLOTS; n++) {
        *tag_of_slot(c, n) = HOST_NO_PAGE;
        c->link[n].line = ASSOC_NONE;
    }
    return m->context[m->context_count++] = c;
}

void contexts_free(struct mmu *m)
{
    contexts_empty(m);
    for (u32 k = 0; k < m->context_count; k++) free(m->context[k]);
    m->context_count = 0;
    m->current = NULL;
    memset(m->cache, 0, sizeof m->cache);
}

/* A new one while there is room (and memory), else the one that was not current for the longest time. */
static struct context *recycle_context(struct mmu *m)
{
    struct context *oldest = NULL;

    if (m->context_count < m->config->contexts) oldest = context_make(m);
    if (oldest) return oldest;
    for (u32 k = 0; k < m->context_count; k++)
        if (!oldest || m->context[k]->used < oldest->used) oldest = m->context[k];
    if (oldest) context_empty(m, oldest);
    return oldest;
}

/* NULL: the host has no memory for the very first one. */
static noinline_cold struct context *search_context(struct mmu *m, u64 key, const struct xlate_ctx *id)
{
    struct context *c;

    for (u32 k = 0; k < m->context_count; k++)
        if (is_context(m->context[k], key, id) && m->context[k]->used) return m->context[k];
    c = recycle_context(m);
    if (!c) return NULL;
    c->key = key;
    c->id = *id;
    return c;
}

struct hostmap mmu_set_context(struct mmu *m, const struct xlate_ctx *ctx)
{
    struct xlate_ctx id;
    u64 key = key_of(ctx, &id);
    struct context *c = m->current;

    if (unlikely(ctx->ptcr != m->ctx.ptcr || ctx->hrmor != m->ctx.hrmor || ctx->urmor != m->ctx.urmor)) {
        /* Tags do not hold these; software writes them once, before it relies on them. */
        erat_reset(m, &m->derat);
        erat_reset(m, &m->ierat);
        (void)segments_kill(m, &(struct segment_kill){.any_lpid = true, .any_pid = true, .last = ~0ULL});
        contexts_empty(m);
    }
    if (unlikely(m->config->erratum_tlbie_erat)) m->moved |= ctx->pid != m->ctx.pid || ctx->lpid != m->ctx.lpid;
    m->ctx = *ctx;
    m->ctx.rc_by_software |= m->config->rc_by_software;
    if (!c || !is_context(c, key, &id)) {
        u64 mixed = ctx->lpcr & LPCR_HR ? key : key ^ id.amr * 31 ^ rotl64(id.iamr, 7);
        struct context **cached = &m->cache[hash_place(mixed, CONTEXT_CACHE)];

        if (!*cached || !is_context(*cached, key, &id)) *cached = search_context(m, key, &id);
        c = m->current = *cached;
        if (unlikely(!c)) return (struct hostmap){0}; /* the thread is being made, and will not be */
        c->used = ++m->clock;
        m->fetched = false;
    }
    return (struct hostmap){c->load, c->store, c->fetch, c->shift};
}

const struct xlate_ctx *mmu_context(const struct mmu *m)
{
    return &m->ctx;
}

/* ---- invalidation without an ERAT (model none) ---- */
/*
 * Which slots of a context an invalidation names, decided once per quadrant.  A slot knows its effective page, so
 * process scope and guest real mode are exact; a partition-scoped address names every virtual page of the partition.
 * A hashed page's virtual address is known below 256 MiB only, its segment's class not at all.
 */
#define SMALL_SEGMENT (1ULL << 28)
struct aim {
    bool quadrant[4], by_address, hash;
};

static struct aim aim_at(const struct kill *k, const struct context *c, bool fetch)
{
    struct aim aim = {.by_address = !k->any_address && !k->everything};

    for (u64 q = 0; q < 4; q++) {
        struct effective e = xlate_effective(&c->id, q << 62, fetch ? ACCESS_FETCH : ACCESS_LOAD);
        bool nested = e.class == CLASS_GUEST_REAL || (e.class == CLASS_VIRTUAL && e.lpid);
        struct translation t = {.lpid = e.lpid,
                                .pid = e.pid,
                                .class = (u8)e.class,
                                .shift = 12,
                                .partition_shift = nested ? 12 : 0,
                                .eaa = HASH_CLASS_1};
        struct kill anywhere = *k;

        anywhere.any_address = true;
        aim.hash = class_is_hash(e.class);
        if (aim.hash) {
            if (anywhere.hash == KILL_HASH_VA || anywhere.hash == KILL_HASH_EA) anywhere.hash = KILL_HASH;
            if (k->hash != KILL_HASH_VA && k->hash != KILL_HASH_EA) aim.by_address = false;
        }
        aim.quadrant[q] = kill_names(&anywhere, &t);
        if (k->partition_scope && e.class == CLASS_VIRTUAL && aim.quadrant[q]) aim.by_address = false;
    }
    return aim;
}

static bool aim_hits(const struct aim *aim, const struct kill *k, u64 tag)
{
    u64 page = tag & EA_IN_TREE & HOST_PAGE_MASK;

    if (tag == HOST_NO_PAGE || !aim->quadrant[tag >> 62]) return false;
    if (aim->hash && k->hash == KILL_HASH_EA) return tag >= k->first && tag <= k->last;
    if (aim->hash && aim->by_address)
        return !((tag ^ k->first) & (SMALL_SEGMENT - 1) & ~(k->last - k->first) & HOST_PAGE_MASK);
    return !aim->by_address || (page <= k->last && page + 4095 >= k->first);
}

/* Of the slots [first, first + count), 64 of which share a word of `filled`.  An address range is in few places: the
 * index is the low bits of the page number. */
static void empty_aimed(struct mmu *m, struct context *c, const struct kill *k, u32 first, u32 count)
{
    struct aim aim;
    u64 any = 0, pages;

    for (u32 w = first / 64; w < (first + count) / 64; w++) any |= c->filled[w];
    if (!any) return;
    aim = aim_at(k, c, first == SLOT_FETCH);
    if (!aim.quadrant[0] && !aim.quadrant[1] && !aim.quadrant[2] && !aim.quadrant[3]) return;
    pages = (k->last >> 12) - (k->first >> 12) + 1;
    if (aim.by_address && pages <= 64) {
        for (u64 p = k->first >> 12; p <= k->last >> 12; p++) {
            u32 n = first + (u32)(p % count);
            if (aim_hits(&aim, k, *tag_of_slot(c, n))) slot_empty(m, c, n);
        }
        return;
    }
    for (u32 w = first / 64; w < (first + count) / 64; w++)
        for (u64 rest = c->filled[w]; rest; rest &= rest - 1) {
            u32 n = w * 64 + (u32)__builtin_ctzll(rest);
            if (aim_hits(&aim, k, *tag_of_slot(c, n))) slot_empty(m, c, n);
        }
}

static bool is_clean(const struct context *c)
{
    u64 any = 0;

    for (u32 w = 0; w < CONTEXT_SLOTS / 64; w++) any |= c->filled[w];
    return !any;
}

void contexts_kill(struct mmu *m, const struct kill *k)
{
    for (u32 number = 0; number < m->context_count; number++) {
        struct context *c = m->context[number];

        if (c->clean) continue;
        empty_aimed(m, c, k, 0, HOST_SLOTS);
        empty_aimed(m, c, k, SLOT_STORE, HOST_SLOTS);
        empty_aimed(m, c, k, SLOT_FETCH, FETCH_SLOTS);
        c->clean = is_clean(c);
    }
}

/* ---- what must hold ---- */

/* What a filled slot leads to is what its ERAT line says, and the line knows the slot. */
static const char *check_mirror(const struct mmu *m, const struct context *c, u32 n, uintptr_t points)
{
    const struct erat *erat = n < SLOT_FETCH ? &m->derat : &m->ierat;
    const struct slot_link *l = &c->link[n];
    u32 slot = c->number * CONTEXT_SLOTS + n;
    const struct translation *t;
    struct effective e;
    u64 tag, ra;

    if (m->config->model == MMU_MODEL_NONE) {
        MUST_HOLD(l->line == ASSOC_NONE);
        return NULL;
    }
    MUST_HOLD(l->line < erat->x.tags.lines && erat->x.tags.line[l->line].valid);
    MUST_HOLD(l->previous == SLOT_NONE
                  ? erat->slots[l->line] == slot
                  : m->context[l->previous / CONTEXT_SLOTS]->link[l->previous % CONTEXT_SLOTS].next == slot);
    t = &erat->x.entry[l->line];
    tag = n < SLOT_STORE   ? c->load[n].tag
          : n < SLOT_FETCH ? c->store[n - SLOT_STORE].tag
                           : c->fetch[n - SLOT_FETCH].tag & ~HOST_TRACED;
    e = xlate_effective(&c->id, tag, n < SLOT_STORE ? ACCESS_LOAD : n < SLOT_FETCH ? ACCESS_STORE : ACCESS_FETCH);
    MUST_HOLD(e.class == t->class && e.lpid == t->lpid && e.pid == t->pid);
    MUST_HOLD((e.ea ^ t->ea) >> t->shift == 0);
    if (n >= SLOT_FETCH) return NULL; /* decoded pages are not known here */
    ra = t->ra | (tag & ((1ULL << t->shift) - 1));
    MUST_HOLD(points == (uintptr_t)m->system->bus->ram->host + ra);
    MUST_HOLD(n < SLOT_STORE || t->changed);
    return NULL;
}

static const char *check_slot(const struct mmu *m, const struct context *c, u32 n)
{
    u64 filled = *tag_of_slot((struct context *)c, n), tag = n < SLOT_FETCH ? filled : filled & ~HOST_TRACED;
    u64 page = tag & ~PPC_BIT(0);
    const struct ram *ram = m->system->bus->ram;
    uintptr_t points;

    MUST_HOLD((tag != HOST_NO_PAGE) == (c->filled[n / 64] >> n % 64 & 1));
    if (tag == HOST_NO_PAGE) {
        MUST_HOLD(c->link[n].line == ASSOC_NONE);
        return NULL;
    }
    MUST_HOLD(!c->clean && !(tag & ~HOST_PAGE_MASK));
    if (n < SLOT_FETCH) {
        const struct host_slot *slot = n < SLOT_STORE ? &c->load[n] : &c->store[n - SLOT_STORE];
        u64 ra = (u64)(slot->addend + (uintptr_t)tag - (uintptr_t)ram->host);

        points = slot->addend + (uintptr_t)tag;
        MUST_HOLD((tag >> 12 & HOST_SLOT_MASK) == n % HOST_SLOTS);
        MUST_HOLD(page != m->watch.data[0] && page != m->watch.data[1]);
        MUST_HOLD(ram_holds(ram, ra, RAM_PAGE_SIZE));
        if (n >= SLOT_STORE) {
            MUST_HOLD(filter_may_hold(&c->stores, points));
            MUST_HOLD(!(ram->page_flags[ra >> RAM_PAGE_SHIFT] & RAM_CODE));
            MUST_HOLD(ram->page_flags[ra >> RAM_PAGE_SHIFT] & RAM_WRITABLE_CACHED);
        }
    } else {
        points = (uintptr_t)c->fetch[n - SLOT_FETCH].page;
        MUST_HOLD((tag >> 12 & FETCH_SLOT_MASK) == n - SLOT_FETCH);
        MUST_HOLD(tag != m->watch.fetch);
        MUST_HOLD(filter_may_hold(&c->fetches, points));
    }
    MUST_HOLD_OF(check_mirror(m, c, n, points));
    return NULL;
}

/* Whatever a line lists is a slot of its own. */
static const char *check_lists(const struct mmu *m, const struct erat *erat)
{
    for (u32 line = 0; line < erat->x.tags.lines; line++) {
        MUST_HOLD(erat->x.tags.line[line].valid || erat->slots[line] == SLOT_NONE);
        for (u32 slot = erat->slots[line]; slot != SLOT_NONE;) {
            const struct slot_link *l = &m->context[slot / CONTEXT_SLOTS]->link[slot % CONTEXT_SLOTS];

            MUST_HOLD(l->line == line);
            slot = l->next;
        }
    }
    return NULL;
}

const char *contexts_check(const struct mmu *m)
{
    MUST_HOLD(m->context_count <= m->config->contexts && m->current);
    for (u32 k = 0; k < m->context_count; k++) {
        MUST_HOLD(m->context[k]->number == k && m->context[k]->used <= m->clock);
        for (u32 n = 0; n < CONTEXT_SLOTS; n++) MUST_HOLD_OF(check_slot(m, m->context[k], n));
    }
    if (m->config->model == MMU_MODEL_NONE) return NULL;
    MUST_HOLD_OF(check_lists(m, &m->derat));
    MUST_HOLD_OF(check_lists(m, &m->ierat));
    return NULL;
}

const char *mmu_check_fetch(const struct mmu *m, u64 ea, u64 ra)
{
    u32 n = (u32)(ea >> 12) & FETCH_SLOT_MASK, line = m->current->link[SLOT_FETCH + n].line;
    const struct translation *t;

    if ((m->current->fetch[n].tag & ~HOST_TRACED) != (ea & HOST_PAGE_MASK) || m->config->model == MMU_MODEL_NONE)
        return NULL;
    t = &m->ierat.x.entry[line];
    MUST_HOLD((t->ra | (ea & HOST_PAGE_MASK & ((1ULL << t->shift) - 1))) == ra);
    return NULL;
}

const char *mmu_check_context(const struct mmu *m, const struct xlate_ctx *ctx, const struct hostmap *map)
{
    const struct context *c = m->current;
    struct xlate_ctx id;

    MUST_HOLD(is_context(c, key_of(ctx, &id), &id));
    MUST_HOLD(is_context(c, key_of(&m->ctx, &id), &id));
    MUST_HOLD(map->load == c->load && map->store == c->store && map->fetch == c->fetch && map->shift == c->shift);
    MUST_HOLD(ctx->lpcr == m->ctx.lpcr && ctx->ptcr == m->ctx.ptcr);
    MUST_HOLD(ctx->hrmor == m->ctx.hrmor && ctx->urmor == m->ctx.urmor);
    MUST_HOLD(ctx->lpid == m->ctx.lpid && ctx->pid == m->ctx.pid);
    MUST_HOLD(ctx->amr == m->ctx.amr && ctx->iamr == m->ctx.iamr);
    MUST_HOLD(ctx->slb == m->ctx.slb && ctx->bus == m->ctx.bus);
    return NULL;
}
