/* SPDX-License-Identifier: Apache-2.0 */
/* What only so many can have at a time; see booking.h. */
#include "core/timing/booking.h"

void booking_reset(struct booking *b, u32 slot_millicycles)
{
    *b = (struct booking){.slot_millicycles = slot_millicycles};
}

/* The word of these 64 slots; NULL: it stands for later ones already. */
static u64 *word_of(struct booking *b, u64 number)
{
    u32 at = number % BOOKING_WORDS;

    if (b->number[at] > number) return NULL;
    if (b->number[at] < number) {
        b->number[at] = number;
        b->taken[at] = 0;
    }
    return &b->taken[at];
}

u64 booking_take(struct booking *b, u64 when)
{
    u64 slot = b->slot_millicycles ? when * 1000 / b->slot_millicycles : 0, start;
    u32 words = BOOKING_WORDS;

    if (!b->slot_millicycles || unlikely(when > BOOKING_LATEST)) return when;
    for (; words; words--, slot = (slot | 63) + 1) {
        u64 *taken = word_of(b, slot / 64), vacant;

        if (!taken) return when;
        vacant = ~*taken & ~0ULL << (slot & 63);
        if (!vacant) continue;
        slot = (slot & ~63ULL) + (u32)__builtin_ctzll(vacant);
        *taken |= 1ULL << (slot & 63);
        break;
    }
    start = (slot * b->slot_millicycles + 999) / 1000;
    return start > when ? start : when;
}

void room_reset(struct room *r, u32 entries)
{
    *r = (struct room){.entries = entries};
}

u32 room_find(const struct room *r, u64 *when)
{
    u32 first = 0, later = r->entries;

    for (u32 k = 0; k < r->entries; k++) {
        if (r->until[k] <= *when) return k;
        if (r->from[k] > *when && (later == r->entries || r->from[k] > r->from[later])) later = k;
        if (r->until[k] < r->until[first]) first = k;
    }
    if (later < r->entries) return later;
    *when = r->until[first];
    return first;
}
