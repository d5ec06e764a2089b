/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arrays of translations, and the ERAT: such an array whose lines own host-side slots.
 *
 * Tag: effective page address | secure | class | size, and LPID | PID.  The EA keeps its quadrant, so aliases of one
 * translation (EA of quadrant 0 and 3 with PID 0) are two entries.  A look-up probes only the page sizes that are
 * present.
 */
#include "mmu/model.h"

#include <stdlib.h>

#include "base/assert.h"
#include "mmu/check.h"

bool xarray_open(struct xarray *x, u32 lines, u32 ways, enum replacement policy, u64 seed)
{
    *x = (struct xarray){0};
    if (!assoc_open(&x->tags, lines, ways, policy, seed)) return false;
    x->entry = calloc(x->tags.lines, sizeof *x->entry);
    return x->entry != NULL;
}

bool xarray_open_graves(struct xarray *x)
{
    x->graves.when = calloc(GRAVES, sizeof *x->graves.when);
    return assoc_open(&x->graves.tags, GRAVES, 0, REPLACE_FIFO, 0) && x->graves.when;
}

void xarray_close(struct xarray *x)
{
    assoc_close(&x->tags);
    assoc_close(&x->graves.tags);
    free(x->graves.when);
    free(x->entry);
    *x = (struct xarray){0};
}

void xarray_reset(struct xarray *x)
{
    assoc_reset(&x->tags);
    assoc_reset(&x->graves.tags);
    memset(x->by_size, 0, sizeof x->by_size);
}

void xarray_copy(struct xarray *to, const struct xarray *from)
{
    assoc_copy(&to->tags, &from->tags);
    memcpy(to->entry, from->entry, from->tags.lines * sizeof *from->entry);
    memcpy(to->by_size, from->by_size, sizeof to->by_size);
}

static unsigned size_number(u8 shift)
{
    unsigned n = 0;

    while (n < PAGE_SIZES - 1 && page_shifts[n] != shift) n++;
    return n;
}

#define TAG_SECURE 0x100ULL
static u64 tag_of(bool secure, u64 ea, unsigned size, u8 class)
{
    u64 page = ea >> page_shifts[size] << page_shifts[size];

    return page | (secure ? TAG_SECURE : 0) | (u64) class << 4 | size;
}

static u64 owner_of(u32 lpid, u32 pid)
{
    return (u64)lpid << 32 | pid;
}

u32 xarray_find(const struct xarray *x, const struct xlate_ctx *ctx, const struct effective *e)
{
    for (unsigned size = 0; size < PAGE_SIZES; size++)
        if (x->by_size[size]) {
            u32 line =
                assoc_find(&x->tags, tag_of(ctx->msr & MSR_S, e->ea, size, (u8)e->class), owner_of(e->lpid, e->pid));
            if (line != ASSOC_NONE) return line;
        }
    return ASSOC_NONE;
}

void xarray_remove(struct xarray *x, u32 line)
{
    x->by_size[size_number(x->entry[line].shift)]--;
    assoc_remove(&x->tags, line);
}

/* Which set: low bits of the page number, stirred by the owner (the hash of POWER9's TLB is not published: ASSUMED). */
u64 xarray_index(const struct translation *t)
{
    return ((t->ea & EA_IN_TREE) >> t->shift) ^ t->pid ^ t->lpid;
}

u32 xarray_fill(struct xarray *x, u32 line, const struct xlate_ctx *ctx, const struct translation *t)
{
    unsigned size = size_number(t->shift);

    x->entry[line] = *t;
    x->by_size[size]++;
    assoc_fill(&x->tags, line, tag_of(ctx->msr & MSR_S, t->ea, size, t->class), owner_of(t->lpid, t->pid));
    return line;
}

/* ---- entries that come back ---- */
u64 core_instructions(const struct mmu *m)
{
    const struct mmu_system *s = m->system;
    unsigned per_core = s->threads / s->cores, first = (unsigned)(m->core - s->core) * per_core;
    u64 sum = 0;

    for (unsigned n = first; n < first + per_core; n++) sum += *s->mmu[n].instructions;
    return sum;
}

void xarray_bury(struct xarray *x, u32 line, u64 now)
{
    struct graveyard *g = &x->graves;
    const u64 *key = x->tags.line[line].key;
    u32 grave;

    if (!g->tags.lines) return;
    grave = assoc_find(&g->tags, key[0], key[1]);
    if (grave == ASSOC_NONE) grave = assoc_victim(&g->tags, 0);
    if (g->tags.line[grave].valid) assoc_remove(&g->tags, grave);
    assoc_fill(&g->tags, grave, key[0], key[1]);
    g->when[grave] = g->latest = now;
}

bool xarray_returns(struct xarray *x, const struct xlate_ctx *ctx, const struct translation *t, u64 now, u64 window)
{
    struct graveyard *g = &x->graves;
    u32 grave;

    if (!g->tags.used || now - g->latest > window) return false;
    grave = assoc_find(&g->tags, tag_of(ctx->msr & MSR_S, t->ea, size_number(t->shift), t->class),
                       owner_of(t->lpid, t->pid));
    if (grave == ASSOC_NONE) return false;
    assoc_remove(&g->tags, grave);
    return now - g->when[grave] <= window;
}

void erat_remove(struct mmu *m, struct erat *erat, u32 line)
{
    line_empty_slots(m, erat, line);
    xarray_remove(&erat->x, line);
}

u32 erat_fill(struct mmu *m, struct erat *erat, const struct translation *t)
{
    u32 line = assoc_victim(&erat->x.tags, xarray_index(t));

    if (erat->x.tags.line[line].valid) erat_remove(m, erat, line);
    m->fills++;
    if (erat->x.graves.tags.used)
        m->counters->erat_refilled += xarray_returns(&erat->x, &m->ctx, t, *m->instructions, m->config->needless_insns);
    return xarray_fill(&erat->x, line, &m->ctx, t);
}

void erat_reset(struct mmu *m, struct erat *erat)
{
    for (u32 line = 0; line < erat->x.tags.lines; line++)
        if (erat->x.tags.line[line].valid) erat_remove(m, erat, line);
    xarray_reset(&erat->x);
}

/*
 * The lines that an invalidation of few pages of one process names, found by their tags in every quadrant instead of by
 * looking at all lines; *count is how many.  False if it is not of that kind, or so large that looking is cheaper.
 */
bool xarray_probe(const struct xarray *x, const struct kill *k, u32 found[PROBE_MAX], u32 *count)
{
    *count = 0;
    if (k->everything || k->partition_scope || k->user_only || k->hash) return false;
    if (k->any_lpid || k->any_pid || k->any_address) return false;
    if (k->last - k->first >= PROBE_PAGES << 12) return false;
    for (unsigned size = 0; size < PAGE_SIZES; size++) {
        u64 step = 1ULL << page_shifts[size];

        for (u64 ea = k->first & ~(step - 1); x->by_size[size] && ea <= k->last; ea += step)
            for (u64 q = 0; q < 8; q++) {
                u32 line =
                    assoc_find(&x->tags, tag_of(q & 4, ea | q << 62, size, CLASS_VIRTUAL), owner_of(k->lpid, k->pid));
                if (line != ASSOC_NONE) found[(*count)++] = line;
            }
    }
    return true;
}

/* By virtual address: its four highest bits are not looked at, so at most more is dropped. */
static bool kill_names_hash(const struct kill *k, const struct translation *t)
{
    u64 first = k->hash == KILL_HASH_EA ? t->ea : t->gra, last = first + (1ULL << t->shift) - 1;

    switch (k->hash) {
    case KILL_NO_HASH: return false;
    case KILL_HASH_CLASS_1: return t->eaa & HASH_CLASS_1;
    case KILL_HASH_GUESTS: return t->lpid != 0;
    default: break;
    }
    if (!k->any_lpid && t->lpid != k->lpid) return false;
    if (k->hash == KILL_HASH_EA && (t->class != CLASS_HASH || (!k->any_pid && t->pid != k->pid))) return false;
    return k->hash == KILL_HASH || (first <= k->last && last >= k->first);
}

/* Does the invalidation name this translation?  Overlap of addresses is enough, whatever the sizes. */
bool kill_names(const struct kill *k, const struct translation *t)
{
    u64 first, last;

    if (k->everything) return true;
    if (class_is_hash(t->class)) return kill_names_hash(k, t);
    if (k->no_radix) return false;
    if (t->class != CLASS_VIRTUAL && t->class != CLASS_GUEST_REAL) return false;
    if (!k->any_lpid && t->lpid != k->lpid) return false;
    if (k->partition_scope) {
        if (!t->partition_shift) return false;
        first = t->gra;
    } else {
        if (t->class != CLASS_VIRTUAL) return false;
        if (k->user_only && !t->pid) return false;
        if (!k->any_pid && t->pid != k->pid) return false;
        first = t->ea & EA_IN_TREE;
    }
    last = first + (1ULL << t->shift) - 1;
    return k->any_address || (first <= k->last && last >= k->first);
}

const char *xarray_check(const struct xarray *x)
{
    u32 by_size[PAGE_SIZES] = {0};

    MUST_HOLD_OF(assoc_check(&x->tags));
    MUST_HOLD_OF(assoc_check(&x->graves.tags));
    for (u32 n = 0; n < x->tags.lines; n++) {
        const struct assoc_line *line = &x->tags.line[n];
        const struct translation *t = &x->entry[n];
        unsigned size = size_number(t->shift);

        if (!line->valid) continue;
        by_size[size]++;
        MUST_HOLD(page_shifts[size] == t->shift && t->shift <= 34);
        MUST_HOLD(line->key[0] == tag_of(line->key[0] & TAG_SECURE, t->ea, size, t->class));
        MUST_HOLD(line->key[1] == owner_of(t->lpid, t->pid));
        MUST_HOLD(!((t->ea | t->ra) & ((1ULL << t->shift) - 1)));
    }
    MUST_HOLD(!memcmp(by_size, x->by_size, sizeof by_size));
    return NULL;
}
