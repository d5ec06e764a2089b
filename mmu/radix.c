/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Radix translation (Book III 5.7.6 to 5.7.12).
 *
 *   partition table [LPID]  ->  PATE0: root of the partition-scoped tree    PATE1: process table (guest real address)
 *   process table [PID]     ->  PRTE0: root of the process-scoped tree
 *
 * One function walks a tree.  Process scope is that function with each table address first sent through partition
 * scope; in partition scope a table address is real already.  With effective LPID 0 the
 * process-scoped tables and the result are real addresses; only the process-table entry goes through the
 * partition-scoped tree of LPID 0, as the book has it (and POWER9 does) - unless that entry names no tree (RPDS = 0),
 * see docs/DIVERGENCES.md.
 *
 * POWER9 walks one shape: 52 bits of address; 13 bits of root index, 9, 9, then 9 (4 KiB) or 5 (64 KiB); leaves of
 * 1 GiB and 2 MiB at levels 2 and 3.  Anything else is BAD_CONFIG.
 *
 * Who refuses first (the order of 5.7.12): reading the process-scoped tables (each read through partition scope), then
 * the rights and the R and C bits of the process-scoped leaf, then the partition-scoped translation of the result.
 * Setting R or C in a process-scoped leaf is a store to that table as far as partition scope is concerned.
 */
#include "bus/bus.h"
#include "mmu/walk.h"

struct leaf {
    u64 entry_ra, entry, address; /* address: what was asked at this scope */
    u8 shift;
};

struct walker {
    const struct xlate_ctx *ctx;
    struct observer *who;
    struct walk_record *record; /* who, if all it does is to record */
    struct xlate *out;
    u64 pate0, pate1;
    u32 lpid, pid;
    bool nested;       /* process-scoped tables and results are guest real */
    struct leaf table; /* nested: partition-scoped leaf of the table entry read last */
};

struct tree {
    enum stage stage;
    u64 root, address;
    u8 nested_for;
};

static bool refuse(struct walker *w, enum stage stage, enum xlate_why why)
{
    w->out->why = why;
    w->out->stage = stage;
    return false;
}

inline_hot bool read_doubleword(struct walker *w, u64 ra, u64 *value)
{
    const struct ram *ram = w->ctx->bus->ram;

    if (!ram || !ram_holds(ram, ra, 8)) return refuse(w, STAGE_REAL, XL_NO_STORAGE);
    *value = get_be64(ram->host + ra);
    return true;
}

/* Field by field into the record: a step that is built and then copied costs a host more than reading the entry does.
 */
inline_hot void tell(struct walker *w, enum walk_kind kind, const struct tree *t, unsigned level, u64 entry_ra,
                     u64 entry, u64 second, unsigned shift)
{
    struct walk_record *r = w->record;
    struct walk_step other, *s = &other;

    if (!w->who) return;
    if (likely(r != NULL)) {
        if (r->count == STEPS_MAX) return;
        s = &r->step[r->count++];
    }
    s->kind = kind;
    s->stage = t->stage;
    s->level = (u8)level;
    s->nested_for = t->nested_for;
    s->entry_ra = entry_ra;
    s->entry = entry;
    s->second = second;
    s->address = t->address;
    s->shift = (u8)shift;
    s->absent = false;
    if (unlikely(r == NULL)) w->who->step(w->who, s);
}

static void note_rc(struct walker *w, u64 entry_ra, u64 entry, u64 set)
{
    struct xlate *x = w->out;

    for (unsigned k = 0; k < x->rc_count; k++)
        if (x->rc[k].entry_ra == entry_ra) {
            x->rc[k].set |= set;
            return;
        }
    x->rc[x->rc_count++] = (struct rc_update){entry_ra, entry, set};
}

/* Bits of index at the next level, or 0 if POWER9 does not walk that shape. */
inline_hot unsigned next_bits(unsigned next_level, u64 nls)
{
    if (nls == 9 || (nls == 5 && next_level == 4)) return (unsigned)nls;
    return 0;
}

inline_hot bool root_is_walkable(u64 root)
{
    u64 rts = GETFIELD(ROOT_RTS1, root) << 3 | GETFIELD(ROOT_RTS2, root);

    return rts + 31 == EA_BITS && GETFIELD(ROOT_RPDS, root) == ROOT_BITS;
}

static bool locate_nested(struct walker *w, u64 entry_address, u8 level, u64 *ra);

/* Compiled twice: with its tables at real addresses, and with tables of a guest. */
inline_hot bool walk_tree(struct walker *w, const struct tree *t, bool guest_tables, struct leaf *leaf)
{
    unsigned shift = EA_BITS, bits = ROOT_BITS;
    u64 base = t->root & ROOT_RPDB;

    if (!root_is_walkable(t->root)) return refuse(w, t->stage, XL_BAD_CONFIG);
    for (unsigned level = 1;; level++) {
        u64 index, entry, entry_ra;

        /* The book wants tables aligned to their size; hardware does not look at the low bits. */
        base &= ~((8ULL << bits) - 1);
        shift -= bits;
        index = (t->address >> shift) & ((1ULL << bits) - 1);
        entry_ra = base + index * 8;
        if (guest_tables && !locate_nested(w, entry_ra, (u8)level, &entry_ra)) return false;
        if (!read_doubleword(w, entry_ra, &entry)) return false;
        tell(w, entry & PTE_LEAF || level == 4 ? WALK_PTE : WALK_PDE, t, level, entry_ra, entry, 0, shift);
        if (!(entry & PTE_VALID)) return refuse(w, t->stage, XL_NO_ENTRY);
        if (entry & PTE_LEAF) {
            if (level == 1) return refuse(w, t->stage, XL_BAD_CONFIG);
            *leaf = (struct leaf){entry_ra, entry, t->address, (u8)shift};
            return true;
        }
        bits = level < 4 ? next_bits(level + 1, GETFIELD(PDE_NLS, entry)) : 0;
        if (!bits) return refuse(w, t->stage, XL_BAD_CONFIG);
        base = entry & PDE_NLB;
    }
}

inline_hot u64 leaf_address(const struct leaf *leaf)
{
    u64 offset = (1ULL << leaf->shift) - 1;

    return (leaf->entry & PTE_RPN & ~offset) | (leaf->address & offset);
}

inline_hot u8 leaf_attr(const struct leaf *leaf)
{
    return (u8)GETFIELD(PTE_ATT, leaf->entry);
}

/* Rights, then guarded storage, of one leaf.  Every refused fetch is "no execute", as hardware reports it. */
inline_hot bool leaf_permits(struct walker *w, enum stage stage, const struct leaf *leaf, u8 rights, enum access access)
{
    if (access == ACCESS_FETCH && (leaf_attr(leaf) == ATTR_NON_IDEMPOTENT || !(rights & PROT_EXEC_OK)))
        return refuse(w, stage, XL_NO_EXECUTE);
    return rights_allow(rights, access) || refuse(w, stage, XL_PROTECTION);
}

/* R must be set for any access, C for a store: hardware sets them, or leaves that to software (5.7.12). */
inline_hot bool leaf_records(struct walker *w, enum stage stage, const struct leaf *leaf, bool store)
{
    u64 missing = (PTE_R | (store ? PTE_C : 0)) & ~leaf->entry;

    if (!missing) return true;
    if (w->ctx->rc_by_software) return refuse(w, stage, XL_SET_RC);
    note_rc(w, leaf->entry_ra, leaf->entry, missing);
    return true;
}

/* Guest real to real. The refused address is out->gra. */
static bool partition_scope(struct walker *w, u64 gra, enum access access, u8 nested_for, struct leaf *leaf)
{
    const struct tree tree = {.stage = STAGE_PARTITION, .root = w->pate0, .address = gra, .nested_for = nested_for};

    w->out->gra = gra;
    if (gra & ~EA_IN_TREE) return refuse(w, STAGE_PARTITION, XL_NO_ENTRY);
    return walk_tree(w, &tree, false, leaf) && leaf_permits(w, STAGE_PARTITION, leaf, leaf_prot(leaf->entry), access) &&
           leaf_records(w, STAGE_PARTITION, leaf, access == ACCESS_STORE);
}

/* The walk's own read of a process-scoped table entry. */
static bool locate_nested(struct walker *w, u64 entry_address, u8 level, u64 *ra)
{
    if (!partition_scope(w, entry_address, ACCESS_LOAD, level, &w->table)) {
        w->out->for_table = true;
        return false;
    }
    *ra = leaf_address(&w->table);
    return true;
}

static bool table_refuses(struct walker *w, enum xlate_why why)
{
    w->out->for_table = true;
    w->out->gra = w->table.address;
    return refuse(w, STAGE_PARTITION, why);
}

/* R and C of the process-scoped leaf; if its table is guest real, writing it is a store in partition scope. */
static bool process_leaf_records(struct walker *w, const struct leaf *leaf, bool store)
{
    unsigned before = w->out->rc_count;

    if (!leaf_records(w, STAGE_PROCESS, leaf, store)) return false;
    if (!w->nested || w->out->rc_count == before) return true;
    if (!rights_allow(leaf_prot(w->table.entry), ACCESS_STORE)) return table_refuses(w, XL_PROTECTION);
    if (!(w->table.entry & PTE_C)) note_rc(w, w->table.entry_ra, w->table.entry, PTE_C);
    return true;
}

static bool read_partition_entry(struct walker *w)
{
    u64 ra;

    if (!table_entry(w->ctx->ptcr, w->lpid, &ra)) return refuse(w, STAGE_PARTITION, XL_BAD_CONFIG);
    if (!read_doubleword(w, ra, &w->pate0) || !read_doubleword(w, ra + 8, &w->pate1)) return false;
    tell(w, WALK_PATE, &(struct tree){.stage = STAGE_PARTITION, .address = w->lpid}, 0, ra, w->pate0, w->pate1, 0);
    if (!(w->pate0 & PATE0_HR)) return refuse(w, STAGE_PARTITION, XL_BAD_CONFIG);
    return true;
}

static bool read_process_entry(struct walker *w, u64 *prte0)
{
    u64 ra;

    if (w->pate1 & TABLE_BASE & (table_bytes(w->pate1) - 1)) return refuse(w, STAGE_PROCESS, XL_BAD_CONFIG);
    if (!table_entry(w->pate1, w->pid, &ra)) return refuse(w, STAGE_PROCESS, XL_NO_ENTRY);
    if ((w->nested || w->pate0 & ROOT_RPDS) && !locate_nested(w, ra, 0, &ra)) return false;
    if (!read_doubleword(w, ra, prte0)) return false;
    tell(w, WALK_PRTE, &(struct tree){.stage = STAGE_PROCESS, .address = w->pid}, 0, ra, *prte0, 0, 0);
    return true;
}

static bool process_scope(struct walker *w, u64 ea, enum access access, struct leaf *leaf)
{
    struct tree tree = {.stage = STAGE_PROCESS, .address = ea & EA_IN_TREE};
    struct xlate *x = w->out;

    if (!read_process_entry(w, &tree.root)) return false;
    if (!(w->nested ? walk_tree(w, &tree, true, leaf) : walk_tree(w, &tree, false, leaf))) return false;
    x->eaa = leaf_prot(leaf->entry);
    x->process_shift = leaf->shift;
    x->attr = leaf_attr(leaf);
    return leaf_permits(w, STAGE_PROCESS, leaf, xlate_rights(w->ctx, CLASS_VIRTUAL, x->eaa, 0, PROT_ALL), access) &&
           process_leaf_records(w, leaf, access == ACCESS_STORE);
}

/* Where both scopes say how the storage behaves, the stricter wins. */
static u8 stricter_attr(u8 a, u8 b)
{
    static const u8 rank[] = {[ATTR_NORMAL] = 0, [ATTR_SAO] = 1, [ATTR_TOLERANT] = 2, [ATTR_NON_IDEMPOTENT] = 3};

    return rank[a] > rank[b] ? a : b;
}

static bool translate(struct walker *w, const struct effective *e, enum access access)
{
    struct xlate *x = w->out;
    struct leaf leaf;
    u64 c_bits = PTE_C;

    x->gra = x->ra = e->ea;
    if (!read_partition_entry(w)) return false;
    if (e->class == CLASS_VIRTUAL) {
        if (!process_scope(w, e->ea, access, &leaf)) return false;
        c_bits &= leaf.entry;
        x->ra = leaf_address(&leaf);
        x->page_shift = leaf.shift;
    }
    x->gra = 0;
    if (w->nested) {
        u64 gra = x->ra;

        if (!partition_scope(w, gra, access, 15, &leaf)) return false;
        c_bits &= leaf.entry;
        x->ra = leaf_address(&leaf);
        x->attr = stricter_attr(x->attr, leaf_attr(&leaf));
        x->partition_prot = leaf_prot(leaf.entry) & PROT_ALL;
        x->partition_shift = leaf.shift;
        if (e->class == CLASS_GUEST_REAL || leaf.shift < x->page_shift) x->page_shift = leaf.shift;
    }
    x->stage = w->nested ? STAGE_PARTITION : STAGE_PROCESS;
    x->changed = c_bits || access == ACCESS_STORE;
    x->prot = xlate_rights(w->ctx, e->class, x->eaa, 0, x->partition_prot);
    return true;
}

void radix_walk(const struct xlate_ctx *ctx, const struct effective *e, enum access access, struct observer *who,
                struct xlate *out)
{
    struct walker w = {.ctx = ctx,
                       .who = who,
                       .record = walk_record_of(who),
                       .out = out,
                       .lpid = e->lpid,
                       .pid = e->pid,
                       .nested = e->lpid != 0 || e->class == CLASS_GUEST_REAL};

    (void)translate(&w, e, access);
}
