/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walks; see lint.h.  The entries of a walk of radix tables are followed as hardware follows them (Book III 5.7.6 to
 * 5.7.10), from the entries alone: each names the table of the next one, the leaf of the host's tables says where an
 * entry or page of the guest lies.  Of an access's walk whose entries a format does not hold there is still where they
 * lie: at the index in their table that the address says.  Hashed tables have no such order: of them only the
 * alignment of entries is asked.
 */
#include <inttypes.h>

#include "base/power.h"
#include "traces/lint_parts.h"

enum { EA_BITS = 52, ROOT_BITS = 13, INDEX_BITS = 9, LAST_BITS = 5, LEVELS = 4, FOR_PAGE = 15, HASHED_BYTES = 16 };
enum {
    STEPS_MOST = 2 + 5 * LEVELS + 2 * LEVELS
}; /* a PATE, a PRTE, the host's of both and of five, the guest's four */
#define EA_IN_TREE (PPC_BIT(11) - 1)

struct tree {     /* one walk through one tree */
    bool is_open; /* the next level's table is known */
    unsigned level, shift, bits;
    u64 base, address;
    bool has_leaf;
    u64 leaf; /* what it has translated its address to */
};

struct follow {
    struct lint *l;
    const struct retire_access *a;
    bool has_entries;
    struct tree host, guest;
    bool has_host_root, has_guest_root, is_hash, is_after_host;
    u64 host_root, guest_root;
    unsigned host_for; /* nested_for of the walk through the host's tables */
};

static void open_tree(struct tree *t, u64 root, u64 address)
{
    *t = (struct tree){.is_open = true, .level = 1, .shift = EA_BITS - ROOT_BITS, .bits = ROOT_BITS};
    t->base = root & ROOT_RPDB & ~((8ULL << ROOT_BITS) - 1);
    t->address = address;
}

/* Where the entry at this level has to lie, as the tree has it. */
static u64 entry_place(const struct tree *t)
{
    return t->base + (t->address >> t->shift & ((1ULL << t->bits) - 1)) * 8;
}

static void take_entry(struct tree *t, u64 entry)
{
    u64 offset = (1ULL << t->shift) - 1;

    t->is_open = false;
    t->has_leaf = entry & PTE_VALID && entry & PTE_LEAF;
    if (t->has_leaf) t->leaf = (entry & PTE_RPN & ~offset) | (t->address & offset);
    if (!(entry & PTE_VALID) || t->has_leaf || t->level == LEVELS) return;
    t->bits = (unsigned)GETFIELD(PDE_NLS, entry);
    if (t->bits != INDEX_BITS && (t->bits != LAST_BITS || t->level != LEVELS - 1)) return;
    t->base = entry & PDE_NLB & ~((8ULL << t->bits) - 1);
    t->shift -= t->bits;
    t->level++;
    t->is_open = true;
}

/* By the address alone: the low bits of where an entry of this level lies. */
static bool is_at_index(const struct walk_step *s)
{
    static const u8 shifts[LEVELS + 1] = {0, 39, 30, 21, 12};
    unsigned bits = s->level == 1 ? ROOT_BITS : INDEX_BITS;
    u64 index = s->address >> shifts[s->level];

    if ((s->entry_ra >> 3 & ((1U << bits) - 1)) == (index & ((1U << bits) - 1))) return true;
    return s->level == LEVELS &&
           (s->entry_ra >> 3 & ((1U << LAST_BITS) - 1)) == (s->address >> 16 & ((1U << LAST_BITS) - 1));
}

static void lint_index(struct follow *f, const struct walk_step *s)
{
    struct lint *l = f->l;

    if (s->level < 1 || s->level > LEVELS) return;
    LINT(l, LINT_index, is_at_index(s), "the entry of level %u for %" PRIx64 " is told to lie at %" PRIx64, s->level,
         s->address, s->entry_ra);
}

/* An entry of a tree; place: where it has to be. */
static void lint_entry(struct follow *f, struct tree *t, const struct walk_step *s, u64 place)
{
    struct lint *l = f->l;

    LINT(l, LINT_table, t->is_open && s->level == t->level && s->entry_ra == place,
         "the entry of level %u for %" PRIx64 " lies at %" PRIx64 ", not where the one before has its table: %" PRIx64,
         s->level, s->address, s->entry_ra, t->is_open ? place : 0);
    take_entry(t, s->entry);
}

static void host_step(struct follow *f, const struct walk_step *s)
{
    bool begins = s->level == 1 || !f->is_after_host || f->host_for != s->nested_for || f->host.address != s->address;

    if (begins && f->has_host_root) open_tree(&f->host, f->host_root, s->address);
    f->host.address = s->address;
    f->host_for = s->nested_for;
    f->is_after_host = true;
    if (f->has_entries && f->has_host_root) lint_entry(f, &f->host, s, entry_place(&f->host));
    else f->host.has_leaf = false;
}

/* An entry of the guest's tables, or of the host's own for a process: guest: where it lies as its tables name it. */
static void lint_place_in_guest(struct follow *f, const struct walk_step *s, u64 guest)
{
    struct lint *l = f->l;

    LINT(l, LINT_nested, f->host_for == s->level && f->host.address == guest,
         "the entry of level %u for %" PRIx64 " lies at %" PRIx64 " of the guest, but the host has translated %" PRIx64,
         s->level, s->address, guest, f->host.address);
    if (f->host.has_leaf)
        LINT(l, LINT_nested, f->host.leaf == s->entry_ra,
             "the entry of level %u for %" PRIx64 " lies at %" PRIx64 ", but the host's tables say %" PRIx64, s->level,
             s->address, s->entry_ra, f->host.leaf);
}

static void guest_step(struct follow *f, const struct walk_step *s)
{
    struct lint *l = f->l;
    struct tree *t = &f->guest;

    if (s->level == 1 && f->has_guest_root) open_tree(t, f->guest_root, s->address & EA_IN_TREE);
    if (f->is_after_host && t->is_open && f->has_entries) lint_place_in_guest(f, s, entry_place(t));
    else if (f->is_after_host)
        LINT(l, LINT_nested, f->host_for == s->level && !((f->host.address ^ s->entry_ra) & 0xfff),
             "the entry of level %u for %" PRIx64 " lies at %" PRIx64 ", but the host has translated %" PRIx64,
             s->level, s->address, s->entry_ra, f->host.address);
    if (f->has_entries && f->has_guest_root) lint_entry(f, t, s, f->is_after_host ? s->entry_ra : entry_place(t));
    f->is_after_host = false;
}

static void process_entry(struct follow *f, const struct walk_step *s)
{
    struct lint *l = f->l;

    if (f->is_after_host && f->host.has_leaf)
        LINT(l, LINT_nested, f->host_for == 0 && f->host.leaf == s->entry_ra,
             "the process-table entry lies at %" PRIx64 ", but the host's tables say %" PRIx64, s->entry_ra,
             f->host.leaf);
    f->guest_root = s->entry;
    f->has_guest_root = true;
    f->is_after_host = false;
}

static void follow_step(struct follow *f, const struct walk_step *s)
{
    struct lint *l = f->l;

    switch (s->kind) {
    case WALK_PATE:
        f->host_root = s->entry;
        f->has_host_root = s->entry & PATE0_HR;
        break;
    case WALK_PRTE: process_entry(f, s); break;
    case WALK_PDE:
    case WALK_PTE:
        lint_index(f, s);
        if (s->stage == STAGE_PARTITION) host_step(f, s);
        else guest_step(f, s);
        break;
    default:
        f->is_hash = true;
        LINT(l, LINT_index, s->entry_ra % HASHED_BYTES == 0, "a hashed entry lies at %" PRIx64, s->entry_ra);
    }
}

/* The page itself: what the last tree says. */
static void lint_answer(struct follow *f)
{
    struct lint *l = f->l;
    const struct tree *last = f->is_after_host ? &f->host : &f->guest;

    if (f->is_hash || !l->is_asked[LINT_answer] || f->a->flags & ACCESS_REFUSED) return;
    LINT(l, LINT_answer, last->has_leaf && last->leaf == f->a->ra,
         "the walk for %" PRIx64 " leads to %" PRIx64 ", but the access is to %" PRIx64, f->a->ea,
         last->has_leaf ? last->leaf : 0, f->a->ra);
    if (f->is_after_host && f->has_guest_root)
        LINT(l, LINT_nested, f->host_for == FOR_PAGE && f->guest.has_leaf && f->host.address == f->guest.leaf,
             "the guest's tables say %" PRIx64 " of %" PRIx64 ", but the host has translated %" PRIx64,
             f->guest.has_leaf ? f->guest.leaf : 0, f->a->ea, f->host.address);
}

void lint_walk(struct lint *l, const struct retire_access *a, const struct retire_block *block)
{
    struct follow f = {.l = l, .a = a, .has_entries = !(l->lacks & TRACE_LACKS_ENTRIES)};
    const struct walk_read *read = block->read + a->read;
    bool sane = true;

    for (unsigned k = 0; k < a->reads; k++) {
        const struct walk_step *s = &read[k].step;
        bool is_tree = s->kind == WALK_PDE || s->kind == WALK_PTE;

        f.is_hash |= s->kind == WALK_PTEG || s->kind == WALK_STEG;
        sane &= !is_tree || (s->level >= 1 && s->level <= LEVELS && s->entry_ra % 8 == 0 && s->stage != STAGE_REAL);
    }
    LINT(l, LINT_walk, sane && (f.is_hash || a->reads <= STEPS_MOST),
         "the walk for %" PRIx64 " has %u entries, or one of no level or place", a->ea, a->reads);
    if (!sane) return;
    for (unsigned k = 0; k < a->reads; k++) follow_step(&f, &read[k].step);
    lint_answer(&f);
}
