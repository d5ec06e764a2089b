/* SPDX-License-Identifier: Apache-2.0 */
/* Two tables of walks; see hot.h. */
#include "stats/hot.h"

#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "stats/rows.h"

enum { ROWS_FIRST = 768 }; /* a power of two times this are HOT_ROWS_MAX */

static void table_close(struct hot_table *t)
{
    free(t->row);
    free(t->heap);
    free(t->place);
    hash_close(&t->index);
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

static u64 hash_of(const struct hot_row *key)
{
    u64 h = hash_mix(hash_mix(0, key->address), (u64)key->account << 32 | key->pid);

    return h ^ ((u64)key->lpid << 16 | (u64)key->shift << 1 | key->fetch);
}

static u64 hash_of_number(const void *self, u32 row)
{
    const struct hot_table *t = self;

    return hash_of(&t->row[row]);
}

static bool is_key(const void *self, u32 row, const void *key)
{
    const struct hot_table *t = self;
    const struct hot_row *a = &t->row[row], *b = key;

    return a->address == b->address && a->account == b->account && a->pid == b->pid && a->lpid == b->lpid &&
           a->shift == b->shift && a->fetch == b->fetch;
}

static bool grow(struct hot_table *t)
{
    u32 room = t->room ? 2 * t->room : ROWS_FIRST;
    struct hot_row *row = realloc(t->row, room * sizeof *row);

    if (!row) return false;
    t->row = row;
    t->room = room;
    return true;
}

static bool has_room(struct hot_table *t)
{
    bool ok = (t->used < t->room || grow(t)) && hash_room(&t->index, t->used, hash_of_number, t);

    t->starved |= !ok;
    return ok;
}

/* ---- the heap ---- */

static bool is_less(const struct hot_table *t, u32 a, u32 b)
{
    u64 x = t->row[a].cycles + t->row[a].error, y = t->row[b].cycles + t->row[b].error;

    return x < y || (x == y && a < b);
}

/* The row at this place may have grown. */
static void sink(struct hot_table *t, u32 at)
{
    u32 row = t->heap[at];

    for (;;) {
        u32 child = 2 * at + 1;

        if (child + 1 < t->used && is_less(t, t->heap[child + 1], t->heap[child])) child++;
        if (child >= t->used || !is_less(t, t->heap[child], row)) break;
        t->heap[at] = t->heap[child];
        t->place[t->heap[at]] = at;
        at = child;
    }
    t->heap[at] = row;
    t->place[row] = at;
}

static bool make_heap(struct hot_table *t)
{
    t->heap = malloc(t->used * sizeof *t->heap);
    t->place = malloc(t->used * sizeof *t->place);
    if (!t->heap || !t->place) {
        free(t->heap);
        free(t->place);
        t->heap = t->place = NULL;
        return false;
    }
    for (u32 k = 0; k < t->used; k++) t->heap[k] = t->place[k] = k;
    for (u32 k = t->used / 2; k--;) sink(t, k);
    return true;
}

/* ---- counting ---- */

static void add(struct hot_row *to, const struct hot_row *what)
{
    to->walks += what->walks;
    to->reads += what->reads;
    to->cycles += what->cycles;
}

/* The row with the fewest cycles is somebody else's now. */
static u32 take_least(struct hot_table *t, const struct hot_row *key, u64 hash)
{
    u32 row = t->heap[0];
    u64 error = t->row[row].cycles + t->row[row].error;

    add(&t->other, &t->row[row]);
    hash_remove(&t->index, hash_of_number(t, row), row, hash_of_number, t);
    t->row[row] = *key;
    t->row[row].error = error;
    hash_add(&t->index, hash, row);
    t->taken++;
    return row;
}

/* A row for who has none; HASH_NONE: the host has no memory for it. */
static u32 new_row(struct hot_table *t, const struct hot_row *key, u64 hash)
{
    if (t->starved) return HASH_NONE;
    if (t->used == t->most) {
        if (t->heap || make_heap(t)) return take_least(t, key, hash);
        t->starved = true;
    }
    if (t->starved || !has_room(t)) return HASH_NONE;
    t->row[t->used] = *key;
    hash_add(&t->index, hash, t->used);
    return t->used++;
}

static void count(struct hot_row *row, const struct hot_walk *walk)
{
    row->walks++;
    row->reads += walk->reads;
    row->cycles += walk->cycles;
}

static void note(struct hot_table *t, const struct hot_row *key, const struct hot_walk *walk)
{
    u64 hash = hash_of(key);
    u32 row = hash_find(&t->index, hash, is_key, t, key);

    if (unlikely(row == HASH_NONE)) row = new_row(t, key, hash);
    count(row == HASH_NONE ? &t->other : &t->row[row], walk);
    if (t->heap && row != HASH_NONE) sink(t, t->place[row]);
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

        if (row->error > row->cycles) continue;
        if (n == most && (!n || !comes_before(row, &out[n - 1]))) continue;
        if (n < most) n++;
        else at = n - 1;
        for (; at && comes_before(row, &out[at - 1]); at--) out[at] = out[at - 1];
        out[at] = *row;
    }
    return n;
}

/* ---- state ---- */

static const struct state_row row_rows[] = {
    STATE(struct hot_row, address),
    STATE(struct hot_row, account),
    STATE(struct hot_row, lpid),
    STATE(struct hot_row, pid),
    STATE(struct hot_row, shift, .most = 63),
    STATE(struct hot_row, fetch),
    STATE(struct hot_row, walks),
    STATE(struct hot_row, reads),
    STATE(struct hot_row, cycles),
    STATE(struct hot_row, error),
};
static const struct state_table hot_row_state = STATE_TABLE(struct hot_row, row_rows);

static void save_list(struct state_writer *w, const void *self)
{
    const struct hot_table *t = self;

    state_put_list(w, &hot_row_state, t->row, t->used);
}

/* One by one, as they came: room and index are what they were. */
static bool restore_list(struct state_reader *r, void *self)
{
    struct hot_table *t = self;
    u64 count = state_get_count(r, &hot_row_state, t->most);
    struct hot_row row;

    t->used = 0;
    hash_close(&t->index);
    free(t->heap);
    free(t->place);
    t->heap = t->place = NULL;
    for (u64 k = 0; k < count; k++) {
        if (!state_get(r, &hot_row_state, &row)) return false;
        if (hash_find(&t->index, hash_of(&row), is_key, t, &row) != HASH_NONE)
            return state_refuse(r, "two rows of one page or instruction");
        if (!has_room(t)) return state_refuse(r, "the host has no memory for it");
        t->row[t->used] = row;
        hash_add(&t->index, hash_of(&row), t->used++);
    }
    return !r->failed;
}

static const struct state_row table_rows[] = {
    STATE_CALL(struct hot_table, row, save_list, restore_list),
    STATE_WITH(struct hot_table, index),
    STATE_WITH(struct hot_table, used),
    STATE_WITH(struct hot_table, room),
    STATE_DERIVED(struct hot_table, most), /* hot_open() */
    STATE_DERIVED(struct hot_table, heap), /* made when it is needed */
    STATE_DERIVED(struct hot_table, place),
    STATE(struct hot_table, taken),
    STATE(struct hot_table, starved),
    STATE_PART(struct hot_table, other, struct hot_row, hot_row_state),
    STATE_PART(struct hot_table, all, struct hot_row, hot_row_state),
};
static const struct state_table hot_table_state = STATE_TABLE(struct hot_table, table_rows);

static const struct state_row rows[] = {
    STATE_PART(struct hot, pages, struct hot_table, hot_table_state),
    STATE_PART(struct hot, code, struct hot_table, hot_table_state),
};
const struct state_table hot_state = STATE_TABLE(struct hot, rows);

static bool accounts_below(const struct hot_table *t, u32 accounts)
{
    for (u32 k = 0; k < t->used; k++)
        if (t->row[k].account >= accounts) return false;
    return true;
}

bool hot_accounts_below(const struct hot *hot, u32 accounts)
{
    return accounts_below(&hot->pages, accounts) && accounts_below(&hot->code, accounts);
}
