/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host-side tables: where a load, store or fetch finds host memory with one compare.  They are a mirror of the
 * modelled ERATs: a slot is filled only while the modelled ERAT holds the translation, and evicting or invalidating the
 * ERAT entry empties its slots, so a hit here *is* a modelled ERAT hit.
 *
 *   load/store:  slot = map[(ea >> 12) & HOST_SLOT_MASK];  hit if (ea & (~0xfff | (size - 1))) == slot.tag
 *                The low bits of the compare refuse an unaligned access in the same breath.
 *                host address = ea + slot.addend
 *   fetch:       hit if (ea & ~0xfff) == slot.tag;  page = decoded instructions
 *
 * HOST_NO_PAGE has a bit that neither a page address nor the low bits of the compare have, so no access equals it (an
 * odd tag would be hit by an unaligned access to the first bytes of page 0).  Pages that somebody watches - MMIO, a
 * page with decoded code (stores), guarded storage for fetch - are simply never put in.
 *
 * HOST_TRACED in the tag of a fetch slot: the page is decoded for the traced port, which alone compares with that bit.
 */
#ifndef P9_MMU_HOSTMAP_H
#define P9_MMU_HOSTMAP_H

#include "base/bits.h"

enum { HOST_SLOTS = 512, HOST_SLOT_MASK = HOST_SLOTS - 1, FETCH_SLOTS = 256, FETCH_SLOT_MASK = FETCH_SLOTS - 1 };
/* Where stores and fetches begin in hostmap.shift. */
enum { HOSTMAP_STORE = HOST_SLOTS, HOSTMAP_FETCH = 2 * HOST_SLOTS };
#define HOST_PAGE_MASK (~0xfffULL)
#define HOST_NO_PAGE 0x800ULL
#define HOST_TRACED 0x400ULL

struct host_slot {
    u64 tag;
    uintptr_t addend;
};

struct fetch_slot {
    u64 tag;
    struct insn *page;
};

/* The tables of the context that runs now; they change on every context switch, nothing is flushed. */
struct hostmap {
    struct host_slot *load, *store;
    struct fetch_slot *fetch;
    const u8 *shift; /* page size in bits of each slot, loads first, then stores, then fetches: for records */
};

#endif
