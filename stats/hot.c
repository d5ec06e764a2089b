/* SPDX-License-Identifier: Apache-2.0 */
/* Two hash tables of walks; see hot.h. */
#include "stats/hot.h"

#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"

enum { SLOTS_FIRST = 1024 };

static void table_close(struct hot_table *t)
{
    free(t->row);
    free(t->slot);
    *t = (struct hot_table){.most = t->most};
}

void hot_open(struct hot *hot, u32 most_rows)
{
    *hot = (struct hot){{.most = most_rows}, {.most = most_rows}};
}

void hot_close(struct hot *hot)
{
    table_close(&hot->pages);
    table_close(&hot->code);
}

/* Multiplication by an odd number with bits everywhere; the upper half is the mixed one. */
static u32 hash_of(const struct hot_row *key)
{
    u64 h = (key->address >> 2) * 0x9e3779b97f4a7c15ULL;

    h = (h ^ h >> 32 ^ ((u64)key->account << 32 | key->pid)) * 0xc2b2ae3d27d4eb4fULL;
    h = (h ^ h >> 32 ^ ((u64)key->lpid << 16 | (u64)key->shift << 1 | key->fetch)) * 0x9e3779b97f4a7c15ULL;
    return (u32)(h >> 32);
}

static bool same_key(const struct hot_row *a, const struct hot_row *b)
{
    return a->address == b->address && a->account == b->account && a->pid == b->pid && a->lpid == b->lpid &&
           a->shift == b->shift && a->fetch == b->fetch;
}

/* The slot of this key, or the empty one where it belongs. */
static u32 *slot_of(const struct hot_table *t, const struct hot_row *key)
{
    u32 k = hash_of(key) & (t->slots - 1);

    while (t->slot[k] && !same_key(&t->row[t->slot[k] - 1], key)) k = (k + 1) & (t->slots - 1);
    return &t->slot[k];
}

/* Twice the room; three quarters of the slots are used at most. */
static bool grow(struct hot_table *t)
{
    u32 slots = t->slots ? 2 * t->slots : SLOTS_FIRST, *slot = calloc(slots, sizeof *slot);
    struct hot_row *row = slot ? realloc(t->row, (size_t)slots / 4 * 3 * sizeof *row) : NULL;

    if (row) t->row = row;
    if (!row) {
        free(slot);
        t->starved = true;
        return false;
    }
    free(t->slot);
    t->slot = slot;
    t->slots = slots;
    for (u32 k = 0; k < t->used; k++) *slot_of(t, &t->row[k]) = k + 1;
    return true;
}

static struct hot_row *row_of(struct hot_table *t, const struct hot_row *key)
{
    u32 *slot = t->slots ? slot_of(t, key) : NULL;

    if (likely(slot && *slot)) return &t->row[*slot - 1];
    if (t->full) return &t->other;
    if (t->used == t->most || (t->used == t->slots / 4 * 3 && !grow(t))) {
        t->full = true;
        return &t->other;
    }
    *slot_of(t, key) = t->used + 1;
    t->row[t->used] = *key;
    return &t->row[t->used++];
}

static void count(struct hot_row *row, const struct hot_walk *walk)
{
    row->walks++;
    row->reads += walk->reads;
    row->cycles += walk->cycles;
}

static void note(struct hot_table *t, const struct hot_row *key, const struct hot_walk *walk)
{
    count(row_of(t, key), walk);
    count(&t->all, walk);
}

void hot_note(struct hot *hot, const struct hot_place *place, const struct hot_walk *walk)
{
    u64 offset = (1ULL << (walk->shift ? walk->shift : 12)) - 1;
    struct hot_row page = {.address = walk->ea & ~offset,
                           .account = place->account,
                           .lpid = walk->lpid,
                           .pid = walk->pid,
                           .shift = walk->shift,
                           .fetch = walk->fetch};
    struct hot_row code = {.address = place->cia, .account = place->account, .pid = place->pid, .fetch = walk->fetch};

    note(&hot->pages, &page, walk);
    note(&hot->code, &code, walk);
}

/* ---- the top ---- */
#define ORDER(field, up)                                                                                               \
    if (a->field != b->field) return (a->field < b->field) == (up)
static bool comes_before(const struct hot_row *a, const struct hot_row *b)
{
    ORDER(cycles, false);
    ORDER(walks, false);
    ORDER(address, true);
    ORDER(account, true);
    ORDER(lpid, true);
    ORDER(pid, true);
    ORDER(shift, true);
    return a->fetch < b->fetch;
}

unsigned hot_top(const struct hot_table *t, struct hot_row *out, unsigned most)
{
    unsigned n = 0;

    for (u32 k = 0; k < t->used; k++) {
        const struct hot_row *row = &t->row[k];
        unsigned at = n;

        if (n == most && (!n || !comes_before(row, &out[n - 1]))) continue;
        if (n < most) n++;
        else at = n - 1;
        for (; at && comes_before(row, &out[at - 1]); at--) out[at] = out[at - 1];
        out[at] = *row;
    }
    return n;
}
