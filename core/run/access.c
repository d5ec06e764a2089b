/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a storage access does when the host-side table does not answer (core/isa/slow.h): unaligned and page-crossing
 * accesses, first touches of a page, device registers, pages with decoded code, reservations.
 *
 * Alignment (Book III 6.5.8): POWER9 handles unaligned loads and stores to ordinary storage in hardware, so they are
 * simply done, in two parts if they cross a page.  To caching-inhibited storage - device registers, or main storage
 * that is mapped so - they interrupt, and so does dcbz there; what is aligned is done, a quadword in two halves.
 * Reservations, atomic operations, lq and stq need storage that is cached (6.5.3, DSISR bit 37) and check their own
 * alignment before they come here.
 */
#include "bus/bus.h"
#include "core/isa/slow.h"
#include "core/run/code.h"
#include "core/run/run.h"
#include "core/state/fabric.h"
#include "mmu/mmu.h"
#include "stats/counters.h"

enum { PAGE_OFFSET = RAM_PAGE_SIZE - 1, RESERVATION_GRANULE = 128, BLOCK = 128 };

struct target { /* where an access goes */
    u8 *host;   /* NULL: device registers */
    u64 ra;
    bool inhibited; /* caching-inhibited: device registers, or storage that is mapped so */
};

/* ---- noting (retire.h): only while the traced port runs ---- */

/* What an access is, besides its address and size. */
struct purpose {
    enum access access;
    enum retire_access_kind kind;
    bool probe; /* before the access itself, which comes from the same instruction */
    bool again; /* it has been noted */
    bool rest;  /* what lies behind the end of the page */
};
static const struct purpose loads = {.access = ACCESS_LOAD, .kind = ACCESSED_LOAD};
static const struct purpose stores = {.access = ACCESS_STORE, .kind = ACCESSED_STORE};

static struct retire_access *note(struct thread *t, u64 ea, unsigned size, const struct purpose *why)
{
    struct retire_access *a = retire_access(t->ring, ea, size, why->kind);

    if (why->access == ACCESS_STORE) a->flags |= ACCESS_AS_STORE;
    if (why->probe) a->flags |= ACCESS_PROBED;
    if (why->rest) a->flags |= ACCESS_CROSSED;
    return a;
}

static void note_target(struct thread *t, struct retire_access *a, const struct target *at)
{
    a->ra = at->ra;
    if (at->inhibited) a->flags |= ACCESS_INHIBITED;
    if (likely(!t->ring->values) || !at->host || a->kind == ACCESSED_CACHE || a->flags & ACCESS_PROBED) return;
    retire_storage_before(t->ring, a); /* of a probe that the access follows, the access has them */
}

/* It has just been translated, and its entries told from number `read` on; at: NULL, it was refused. */
static noinline_cold void note_translated(struct thread *t, u64 ea, unsigned size, const struct purpose *why, u32 read,
                                          const struct target *at)
{
    struct retire_access *a = note(t, ea, size, why);

    retire_translated(t->ring, a, read);
    if (at) note_target(t, a, at);
    else a->flags |= ACCESS_REFUSED;
}

/* The host-side table knew it. */
static void note_slot(struct thread *t, u64 ea, unsigned size, const struct purpose *why, const struct target *at)
{
    struct retire_access *a = note(t, ea, size, why);

    a->by = TRANSLATED_BY_ERAT;
    a->page_shift = t->map.shift[((ea >> 12) & HOST_SLOT_MASK) + (why->access == ACCESS_LOAD ? 0 : HOSTMAP_STORE)];
    note_target(t, a, at);
}

/* A real address that nobody translates (lbzcix and its kin). */
static void note_real(struct thread *t, u64 ea, u64 ra, unsigned size, const struct purpose *why)
{
    struct retire_access *a = note(t, ea, size, why);
    bool stored = ram_holds(t->bus->ram, ra, size);

    note_target(t, a, &(struct target){stored ? t->bus->ram->host + ra : NULL, ra, true});
}

/* ---- where an access goes ---- */

/* Translate; on failure the fault is described. */
static bool find(struct thread *t, u64 ea, const struct purpose *why, unsigned size, struct target *at)
{
    enum access access = why->access;
    struct xlate x;
    u64 stall = 0;
    u32 read = t->noting ? t->ring->story.reads : 0;
    bool ok = mmu_translate(t->mmu, ea, access, size, &x, &stall);

    if (likely(t->pace)) thread_stall(t, stall);
    thread_note_walk(t, t->page_ea + (u64)(t->at - t->page) * 4);
    *at = (struct target){0};
    if (!ok) {
        if (unlikely(t->noting)) note_translated(t, ea, size, why, read, NULL);
        return fault_storage(t, &x, ea, access);
    }
    at->ra = x.ra;
    if (ram_holds(t->bus->ram, x.ra, size)) at->host = t->bus->ram->host + x.ra;
    at->inhibited = !at->host || x.attr > ATTR_SAO;
    if (unlikely(t->noting) && !why->again) note_translated(t, ea, size, why, read, at);
    return true;
}

/* As find(), for an access that a watchpoint may refuse. */
static bool reach(struct thread *t, u64 ea, const struct purpose *why, unsigned size, struct target *at)
{
    return find(t, ea, why, size, at) &&
           watch_allows(t, ea, size, why->access == ACCESS_LOAD, why->access == ACCESS_STORE);
}

static bool is_inside_page(u64 ea, unsigned size)
{
    return (ea & PAGE_OFFSET) + size <= RAM_PAGE_SIZE;
}

/* The slot may hold the page although the aligned compare failed: an unaligned access inside one page. */
static u8 *slot_address(const struct host_slot *slot, u64 ea)
{
    return slot->tag == (ea & HOST_PAGE_MASK) ? (u8 *)((uintptr_t)ea + slot->addend) : NULL;
}

static bool nothing_answers(struct thread *t, u64 ea, u64 ra, unsigned size, enum access access)
{
    log_guest(t->log, "thread %x: %s of %u bytes at real address 0x%llx: nothing answers (machine check)", t->pir,
              access == ACCESS_LOAD ? "load" : "store", size, (unsigned long long)ra);
    return fault_machine_check(t, ea, access);
}

/* Devices and reservations are shared: see fabric.h. */
static bool in_order(struct thread *t)
{
    if (likely(!t->in_company)) return true;
    insn_end_run(t, t->at);
    if (!t->pace) thread_take_time(t);
    return fabric_in_order(t);
}

/* A quadword, which is aligned, is two accesses to the device. */
static bool device_load(struct thread *t, u64 ea, u64 ra, unsigned size, u8 *to)
{
    u64 value;

    if (size == 16) return device_load(t, ea, ra, 8, to) && device_load(t, ea + 8, ra + 8, 8, to + 8);
    if (!in_order(t)) return false;
    if (!bus_read(t->bus, t->pir, ra, size, &value)) return nothing_answers(t, ea, ra, size, ACCESS_LOAD);
    for (unsigned k = 0; k < size; k++) to[k] = (u8)(value >> 8 * (size - 1 - k));
    return true;
}

static bool device_store(struct thread *t, u64 ea, u64 ra, unsigned size, const u8 *from)
{
    u64 value = 0;

    if (size == 16) return device_store(t, ea, ra, 8, from) && device_store(t, ea + 8, ra + 8, 8, from + 8);
    for (unsigned k = 0; k < size; k++) value = value << 8 | from[k];
    if (!in_order(t)) return false;
    return bus_write(t->bus, t->pir, ra, size, value) || nothing_answers(t, ea, ra, size, ACCESS_STORE);
}

/* Where an access inside one page goes.  The store side keeps its real address, which decoded pages are told. */
inline_hot bool aim(struct thread *t, u64 ea, const struct purpose *why, unsigned size, struct target *at)
{
    const struct host_slot *map = why->access == ACCESS_LOAD ? t->map.load : t->map.store;

    at->host = slot_address(&map[(ea >> 12) & HOST_SLOT_MASK], ea);
    if (!at->host) return reach(t, ea, why, size, at);
    at->ra = (u64)(at->host - t->bus->ram->host);
    at->inhibited = false;
    if (unlikely(t->noting) && !why->again) note_slot(t, ea, size, why, at);
    return true;
}

static bool load_part(struct thread *t, u64 ea, const struct target *at, unsigned size, u8 *to)
{
    if (!at->host) return device_load(t, ea, at->ra, size, to);
    memcpy(to, at->host, size);
    return true;
}

static bool store_part(struct thread *t, u64 ea, const struct target *at, unsigned size, const u8 *from)
{
    if (!at->host) return device_store(t, ea, at->ra, size, from);
    memcpy(at->host, from, size);
    ram_written(t->bus->ram, at->ra, size);
    return true;
}

static u64 next_page(const struct thread *t, u64 ea)
{
    return ((ea & HOST_PAGE_MASK) + RAM_PAGE_SIZE) & t->ea_mask;
}

static void value_from_bytes(struct thread *t, const u8 *bytes, unsigned size)
{
    u64 half[2] = {0, 0}; /* most significant part first */

    if (likely(size == 8 || size == 16)) { /* most unaligned accesses are copies */
        u64 first = get_be64(bytes), last = size == 16 ? get_be64(bytes + 8) : first;

        t->slow_value[0] = t->le ? swap64(first) : last;
        t->slow_value[1] = size == 8 ? 0 : t->le ? swap64(last) : first;
        return;
    }
    if (size == 4) {
        t->slow_value[0] = t->le ? swap32(get_be32(bytes)) : get_be32(bytes);
        t->slow_value[1] = 0;
        return;
    }
    for (unsigned k = 0; k < size; k++) {
        u8 byte = bytes[t->le ? size - 1 - k : k];
        half[0] = half[0] << 8 | half[1] >> 56;
        half[1] = half[1] << 8 | byte;
    }
    t->slow_value[0] = half[1];
    t->slow_value[1] = half[0];
}

static void bytes_from_value(const struct thread *t, u8 *bytes, unsigned size, u64 low, u64 high)
{
    if (likely(size == 8 || size == 16)) {
        put_be64(bytes, t->le ? swap64(low) : size == 8 ? low : high);
        if (size == 16) put_be64(bytes + 8, t->le ? swap64(high) : low);
        return;
    }
    if (size == 4) {
        put_be32(bytes, t->le ? swap32((u32)low) : (u32)low);
        return;
    }
    for (unsigned k = 0; k < size; k++) {
        u8 byte = (u8)(k < 8 ? low >> 8 * k : high >> 8 * (k - 8));
        bytes[t->le ? k : size - 1 - k] = byte;
    }
}

/*
 * An access that crosses a page, as two parts.  Both pages must be reachable before a byte is moved, so that a fault
 * leaves nothing half done; and storage that is caching-inhibited takes nothing that is not aligned.
 */
struct parts {
    struct target at[2];
    unsigned first; /* bytes in the first page */
};
static bool split(struct thread *t, u64 ea, const struct purpose *why, unsigned size, struct parts *p)
{
    struct purpose rest = *why;

    p->first = RAM_PAGE_SIZE - (unsigned)(ea & PAGE_OFFSET);
    if (!aim(t, ea, why, p->first, &p->at[0])) return false;
    t->counters->derat_access_extra++;
    rest.rest = true;
    if (!aim(t, next_page(t, ea), &rest, size - p->first, &p->at[1])) return false;
    return !(p->at[0].inhibited || p->at[1].inhibited) || fault_alignment(t, ea, why->access == ACCESS_STORE);
}

static bool alignment_suits(struct thread *t, u64 ea, enum access access, unsigned size, const struct target *at)
{
    return likely(!at->inhibited) || !(ea & (size - 1)) || fault_alignment(t, ea, access == ACCESS_STORE);
}

bool slow_load(struct thread *t, u64 ea, unsigned size)
{
    u8 bytes[16] = {0};
    struct target at;
    struct parts p;

    if (likely(is_inside_page(ea, size))) {
        if (!aim(t, ea, &loads, size, &at) || !alignment_suits(t, ea, ACCESS_LOAD, size, &at)) return false;
        if (unlikely(!at.host) && !device_load(t, ea, at.ra, size, bytes)) return false;
        value_from_bytes(t, at.host ? at.host : bytes, size);
        return true;
    }
    if (!split(t, ea, &loads, size, &p) || !load_part(t, ea, &p.at[0], p.first, bytes)) return false;
    if (!load_part(t, next_page(t, ea), &p.at[1], size - p.first, bytes + p.first)) return false;
    value_from_bytes(t, bytes, size);
    return true;
}

static bool store(struct thread *t, u64 ea, unsigned size, u64 low, u64 high, const struct purpose *why)
{
    u8 bytes[16] = {0};
    struct target at;
    struct parts p;

    if (likely(is_inside_page(ea, size))) {
        if (!aim(t, ea, why, size, &at) || !alignment_suits(t, ea, ACCESS_STORE, size, &at)) return false;
        bytes_from_value(t, at.host ? at.host : bytes, size, low, high);
        if (unlikely(!at.host)) return device_store(t, ea, at.ra, size, bytes);
        ram_written(t->bus->ram, at.ra, size);
        return true;
    }
    bytes_from_value(t, bytes, size, low, high);
    if (!split(t, ea, why, size, &p) || !store_part(t, ea, &p.at[0], p.first, bytes)) return false;
    return store_part(t, next_page(t, ea), &p.at[1], size - p.first, bytes + p.first);
}

bool slow_store(struct thread *t, u64 ea, unsigned size, u64 low, u64 high)
{
    return store(t, ea, size, low, high, &stores);
}

bool load_and_reserve(struct thread *t, u64 ea, unsigned size)
{
    static const struct purpose reserves = {.access = ACCESS_LOAD, .kind = ACCESSED_RESERVE};
    struct target at;

    ea &= t->ea_mask;
    if (ea & (size - 1)) return fault_alignment(t, ea, false);
    if (!aim(t, ea, &reserves, size, &at)) return false;
    if (at.inhibited) return fault_storage_attribute(t, ea, ACCESS_LOAD);
    if (!in_order(t)) return false;
    value_from_bytes(t, at.host, size);
    t->reserved = true;
    t->reserve_ra = at.ra & ~(u64)(RESERVATION_GRANULE - 1);
    return true;
}

bool store_conditional(struct thread *t, u64 ea, unsigned size, u64 low, u64 high, bool *done)
{
    static const struct purpose conditional = {.access = ACCESS_STORE, .kind = ACCESSED_CONDITIONAL};
    static const struct purpose performed = {.access = ACCESS_STORE, .kind = ACCESSED_CONDITIONAL, .again = true};
    struct target at;

    ea &= t->ea_mask;
    *done = false;
    if (ea & (size - 1)) return fault_alignment(t, ea, true);
    if (!aim(t, ea, &conditional, size, &at)) return false;
    if (at.inhibited) return fault_storage_attribute(t, ea, ACCESS_STORE);
    if (t->reserved && t->reserve_ra == (at.ra & ~(u64)(RESERVATION_GRANULE - 1))) {
        *done = true;
        if (!store(t, ea, size, low, high, &performed)) return false;
        if (unlikely(t->noting)) t->ring->flags |= RETIRE_PERFORMED;
    }
    t->reserved = false;
    thread_reservation_ends(t);
    return true;
}

bool zero_block(struct thread *t, u64 ea)
{
    static const u8 zeros[BLOCK];
    struct target at;

    ea &= t->ea_mask & ~(u64)(BLOCK - 1);
    if (!aim(t, ea, &stores, BLOCK, &at)) return false;
    if (at.inhibited) return fault_alignment(t, ea, true);
    return store_part(t, ea, &at, BLOCK, zeros);
}

bool touch_block(struct thread *t, u64 ea, enum access access)
{
    const struct purpose touches = {.access = access, .kind = ACCESSED_CACHE};
    struct target at;

    t->counters->derat_access_extra++;
    return find(t, ea & t->ea_mask, &touches, 1, &at);
}

bool needs_caching(struct thread *t, u64 ea, unsigned size, enum access access)
{
    const struct purpose probes = {
        .access = access, .kind = access == ACCESS_LOAD ? ACCESSED_LOAD : ACCESSED_STORE, .probe = true};
    struct target at;

    if (!aim(t, ea & t->ea_mask, &probes, size, &at)) return false;
    return !at.inhibited || fault_storage_attribute(t, ea & t->ea_mask, access);
}

/* lbzcix and its kin (Book III 4.4.1) use the real address as it is: hypervisor real mode, cache-inhibited. */
bool load_cache_inhibited(struct thread *t, u64 ea, unsigned size)
{
    u64 ra = ea & 0x0fffffffffffffffULL;
    u8 bytes[8] = {0};

    if (ra & (size - 1)) return fault_alignment(t, ea, false);
    if (!watch_allows(t, ea, size, true, false)) return false;
    if (unlikely(t->noting)) note_real(t, ea, ra, size, &loads);
    if (ram_holds(t->bus->ram, ra, size)) memcpy(bytes, t->bus->ram->host + ra, size);
    else if (!device_load(t, ea, ra, size, bytes)) return false;
    value_from_bytes(t, bytes, size);
    return true;
}

bool store_cache_inhibited(struct thread *t, u64 ea, unsigned size, u64 value)
{
    u64 ra = ea & 0x0fffffffffffffffULL;
    u8 bytes[8] = {0};

    if (ra & (size - 1)) return fault_alignment(t, ea, true);
    if (!watch_allows(t, ea, size, false, true)) return false;
    if (unlikely(t->noting)) note_real(t, ea, ra, size, &stores);
    for (unsigned k = 0; k < size; k++) bytes[t->le ? k : size - 1 - k] = (u8)(value >> 8 * k);
    if (ram_holds(t->bus->ram, ra, size)) return ram_store(t->bus->ram, ra, bytes, size);
    return device_store(t, ea, ra, size, bytes);
}

u32 slow_word(const struct thread *t, const struct insn *i)
{
    const struct code_page *page = code_page_of(t->page);
    u32 word = get_be32(t->bus->ram->host + page->ra + (u64)(i - t->page) * 4);

    return page->variant == CODE_FAST_LE || page->variant == CODE_TRACED_LE ? swap32(word) : word;
}
