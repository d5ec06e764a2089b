/* SPDX-License-Identifier: Apache-2.0 */
/* See guest_tables.h.  Guests write what they like into these tables: every address is checked, every loop is bounded.
 */
#include "hypervisor/guest_tables.h"

#include "bus/bus.h"
#include "hypervisor/guest_storage.h"
#include "mmu/walk.h"

enum { LEAST_SHIFT = 12, TREE_LEVELS = 4 };

struct last_step {
    struct observer who; /* first */
    struct walk_step step;
    unsigned entries;
    bool in_tree;
};

static void note(struct observer *who, const struct walk_step *step)
{
    struct last_step *last = (struct last_step *)who;

    if (step->kind == WALK_PATE) return;
    last->step = *step;
    last->entries++;
    last->in_tree = true;
}

static struct table_leaf leaf_of(u64 entry, unsigned shift, unsigned reads)
{
    struct table_leaf leaf = {.is_known = true, .reads = (u8)reads};

    if ((entry & (PTE_VALID | PTE_LEAF)) != (PTE_VALID | PTE_LEAF)) return leaf;
    leaf.valid = true;
    leaf.shift = (u8)shift;
    leaf.prot = leaf_prot(entry) & PROT_ALL;
    return leaf;
}

/* A guest in real mode: partition scope alone. */
static struct xlate_ctx context_of(const struct machine_tables *m, u32 lpid)
{
    return (struct xlate_ctx){.lpcr = LPCR_HR, .ptcr = m->ptcr, .lpid = lpid, .bus = m->bus};
}

static struct table_leaf partition(struct guest_tables *self, u32 lpid, u64 gra)
{
    const struct xlate_ctx ctx = context_of((struct machine_tables *)self, lpid);
    struct last_step last = {.who = {note}};
    struct xlate x = mmu_walk(&ctx, (struct xlate_req){.ea = gra, .access = ACCESS_LOAD, .size = 1}, &last.who);

    if (!last.in_tree) return (struct table_leaf){.is_known = x.why == XL_NO_ENTRY};
    return leaf_of(last.step.entry, last.step.shift, last.entries);
}

/* A doubleword of guest real storage, big-endian as tables are. */
static bool read8(struct machine_tables *m, u32 lpid, u64 gra, u64 *value)
{
    const struct xlate_ctx ctx = context_of(m, lpid);
    u8 bytes[8];

    if (!guest_read(&ctx, gra & ~7ULL, bytes, sizeof bytes)) return false;
    *value = get_be64(bytes);
    return true;
}

static struct table_leaf nested(struct guest_tables *self, u32 lpid, u64 ptcr, u32 for_lpid, u64 gra)
{
    struct machine_tables *m = (struct machine_tables *)self;
    u64 at, base, entry;
    unsigned shift = EA_BITS, bits;

    if (!table_entry(ptcr, for_lpid, &at) || !read8(m, lpid, at, &entry) || !(entry & PATE0_HR))
        return (struct table_leaf){0};
    base = entry & ROOT_RPDB;
    bits = (unsigned)GETFIELD(ROOT_RPDS, entry);
    if (gra >> EA_BITS) return (struct table_leaf){.is_known = true};
    for (unsigned level = 1; level <= TREE_LEVELS; level++) {
        if (!bits || bits + LEAST_SHIFT > shift) return (struct table_leaf){0};
        shift -= bits;
        if (!read8(m, lpid, base + ((gra >> shift) & ((1ULL << bits) - 1)) * 8, &entry)) return (struct table_leaf){0};
        if (!(entry & PTE_VALID) || entry & PTE_LEAF) return leaf_of(entry, shift, level);
        base = entry & PDE_NLB;
        bits = (unsigned)GETFIELD(PDE_NLS, entry);
    }
    return (struct table_leaf){0};
}

void machine_tables_init(struct machine_tables *tables, struct bus *bus)
{
    *tables = (struct machine_tables){.face = {partition, nested}, .bus = bus};
}
