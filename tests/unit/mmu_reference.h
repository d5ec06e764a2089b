/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A second translation model, for radix and real mode, written only to be compared with the first: every array is a
 * plain list of entries, every search looks at all of them, and nothing is mirrored anywhere.  Its rules:
 *
 *   ERAT    per thread, for data and for fetches; an entry is (class, LPID, PID, page with its quadrant).  The smallest
 *           page that holds the address is asked first.  An entry that does not give the right, or is not changed when
 *           a store asks, is dropped, and the next is asked.  A miss asks the TLB, if tables are involved.
 *   TLB     per core, in the same way; a miss walks.  Sets: page number ^ PID ^ LPID, modulo their number.
 *   victim  an empty line, or the oldest of the set: oldest filled (FIFO), oldest filled or used (LRU).  Hits in the
 *           ERAT are not seen, so the ERAT is FIFO.
 *   walk    reads every entry, in the order of Book III 5.7.10, but what is known is spared: all down to the deepest
 *           directory that is known (per scope; process scope by PID and LPID, partition scope by LPID), the
 *           process-table entry if a directory or its own cache knows it, a whole partition-scoped walk if the TLB
 *           knows the guest real page or if what it leads to is spared, and the partition-table entry unless a root or
 *           a process table was needed and its cache does not know it.  Valid directories, table entries and (if the
 *           walk succeeds) guest real pages are kept as they are read.
 *   killed  entries are remembered with the time of their array - instructions of the threads that share it - and one
 *           that is filled again within needless_insns is counted.
 */
#ifndef P9_TESTS_MMU_REFERENCE_H
#define P9_TESTS_MMU_REFERENCE_H

#include "stats/counters.h"
#include "tests/unit/mmu_world.h"

enum { REF_GRAVES = 512, REF_LINES = 128, REF_STEPS = 64, REF_CORES = 2, REF_THREADS = 4, REF_PER_CORE = 2 };
enum ref_class { REF_NOWHERE, REF_REAL, REF_GUEST_REAL, REF_VIRTUAL, REF_TAG };

struct ref_entry {
    enum ref_class class;
    u32 lpid, pid, set;
    u64 ea, ra, gra, stamp; /* REF_TAG: ea is the prefix */
    u8 shift, process_shift, partition_shift, rights, partition_rights, attr;
    bool changed;
};
struct ref_list {
    struct ref_entry entry[REF_LINES];
    unsigned count, sets, ways;
    bool lru;
    struct ref_entry grave[REF_GRAVES]; /* stamp: when */
    unsigned graves;
};
struct ref_core {
    struct ref_list tlb, directory[2][3], pate, prte;
};
struct ref_thread {
    struct ref_list erat[2]; /* data, fetches */
    struct xlate_ctx ctx;
    u64 insns;
};
struct ref {
    const struct mmu_config *config;
    struct world *w;
    struct ref_core core[REF_CORES];
    struct ref_thread thread[REF_THREADS];
    struct counters n;
    u64 now, stall;
};

/* ---- lists ---- */
static inline void ref_list_open(struct ref_list *l, u32 lines, u32 ways, enum replacement policy)
{
    *l = (struct ref_list){.ways = ways ? ways : lines, .lru = policy == REPLACE_LRU};
    l->sets = l->ways ? lines / l->ways : 0;
}

static inline void ref_remove(struct ref_list *l, struct ref_entry *e)
{
    *e = l->entry[--l->count];
}

static inline struct ref_entry *ref_grave_of(struct ref_list *l, const struct ref_entry *e)
{
    for (unsigned k = 0; k < l->graves; k++) {
        struct ref_entry *g = &l->grave[k];
        if (g->class == e->class && g->lpid == e->lpid && g->pid == e->pid && g->ea == e->ea && g->shift == e->shift)
            return g;
    }
    return NULL;
}

static inline void ref_bury(struct ref_list *l, struct ref_entry *e, u64 now)
{
    struct ref_entry *g = ref_grave_of(l, e);

    if (!g) g = &l->grave[l->graves++];
    if (l->graves == REF_GRAVES) ck_abort_msg("too many graves for the test");
    *g = *e;
    g->stamp = now;
    ref_remove(l, e);
}

/* Does it come back soon? */
static inline bool ref_returns(const struct ref *r, struct ref_list *l, const struct ref_entry *e, u64 now)
{
    struct ref_entry *g = ref_grave_of(l, e);
    bool soon = g && now - g->stamp <= r->config->needless_insns && r->config->needless_insns;

    if (g) *g = l->grave[--l->graves];
    return soon;
}

static inline u64 ref_core_insns(const struct ref *r, unsigned core)
{
    return r->thread[core * REF_PER_CORE].insns + r->thread[core * REF_PER_CORE + 1].insns;
}

static inline void ref_use(struct ref *r, const struct ref_list *l, struct ref_entry *e)
{
    if (l->lru) e->stamp = ++r->now;
}

static inline void ref_add(struct ref *r, struct ref_list *l, struct ref_entry e, u64 index)
{
    struct ref_entry *oldest = NULL;
    unsigned in_set = 0;

    if (!l->sets) return;
    e.set = (u32)(index % l->sets);
    e.stamp = ++r->now;
    for (unsigned k = 0; k < l->count; k++) {
        if (l->entry[k].set != e.set) continue;
        in_set++;
        if (!oldest || l->entry[k].stamp < oldest->stamp) oldest = &l->entry[k];
    }
    if (in_set == l->ways) ref_remove(l, oldest);
    if (l->count == REF_LINES) ck_abort_msg("too many entries for the test");
    l->entry[l->count++] = e;
}

static inline struct ref_entry *ref_find_page(struct ref_list *l, enum ref_class class, u32 lpid, u32 pid, u64 ea)
{
    struct ref_entry *best = NULL;

    for (unsigned k = 0; k < l->count; k++) {
        struct ref_entry *e = &l->entry[k];

        if (e->class != class || e->lpid != lpid || e->pid != pid || (e->ea ^ ea) >> e->shift) continue;
        if (!best || e->shift < best->shift) best = e;
    }
    return best;
}

static inline struct ref_entry *ref_find_tag(struct ref_list *l, u32 lpid, u32 pid, u64 prefix)
{
    for (unsigned k = 0; k < l->count; k++)
        if (l->entry[k].lpid == lpid && l->entry[k].pid == pid && l->entry[k].ea == prefix) return &l->entry[k];
    return NULL;
}

static inline bool ref_knows(struct ref *r, struct ref_list *l, u32 lpid, u32 pid, u64 prefix)
{
    struct ref_entry *e = ref_find_tag(l, lpid, pid, prefix);

    if (e) ref_use(r, l, e);
    return e;
}

static inline void ref_keep_tag(struct ref *r, struct ref_list *l, u32 lpid, u32 pid, u64 prefix, u64 index)
{
    struct ref_entry e = {.class = REF_TAG, .lpid = lpid, .pid = pid, .ea = prefix};

    if (!ref_find_tag(l, lpid, pid, prefix)) ref_add(r, l, e, index);
}

/* ---- what an address is (III 5.7.2) ---- */
struct ref_where {
    enum ref_class class;
    u32 lpid, pid;
    u64 ea;
    bool bad_partition;
};

static inline struct ref_where ref_where(const struct xlate_ctx *c, u64 ea, enum access access)
{
    bool hv = c->msr & MSR_HV, on = c->msr & (access == ACCESS_FETCH ? MSR_IR : MSR_DR);
    unsigned quadrant = (unsigned)(ea >> 62);

    if (!on && hv) return (struct ref_where){.class = REF_REAL, .ea = ea};
    if (!hv && !c->lpid) /* LPID 0 is the hypervisor's; a bad address comes before that */
        return (struct ref_where){.bad_partition = !on || !(ea << 2 >> 54 || quadrant == 1 || quadrant == 2)};
    if (!on) return (struct ref_where){.class = REF_GUEST_REAL, .lpid = c->lpid, .ea = ea << 4 >> 4};
    if (ea << 2 >> 54 || (!hv && (quadrant == 1 || quadrant == 2))) return (struct ref_where){.class = REF_NOWHERE};
    return (struct ref_where){.class = REF_VIRTUAL,
                              .lpid = hv && (quadrant == 0 || quadrant == 3) ? 0 : c->lpid,
                              .pid = quadrant >= 2 ? 0 : c->pid,
                              .ea = ea};
}

/* ---- rights (III 5.7.10.3) ---- */
enum { REF_R = 1, REF_W = 2, REF_X = 4, REF_PRIVILEGED = 8 };

static inline u8 ref_leaf_rights(u64 leaf)
{
    return (u8)((leaf & (L_READ | L_RW) ? REF_R : 0) | (leaf & L_RW ? REF_W : 0) | (leaf & L_EXEC ? REF_X : 0) |
                (leaf & L_PRIV ? REF_PRIVILEGED : 0));
}

static inline bool ref_process_allows(const struct xlate_ctx *c, u8 rights, enum access access)
{
    bool problem = c->msr & MSR_PR, theirs = !(rights & REF_PRIVILEGED) && !problem;

    if (problem && rights & REF_PRIVILEGED) return false;
    switch (access) {
    case ACCESS_FETCH: return rights & REF_X && !(theirs && c->iamr >> 62 & 1);
    case ACCESS_LOAD: return rights & REF_R && !(theirs && c->amr >> 62 & 1);
    default: return rights & REF_W && !(theirs && c->amr >> 63);
    }
}

static inline bool ref_partition_allows(u8 rights, enum access access)
{
    return rights & (access == ACCESS_FETCH ? REF_X : access == ACCESS_LOAD ? REF_R : REF_W);
}

static inline bool ref_allows(const struct xlate_ctx *c, const struct ref_entry *e, enum access access)
{
    if (e->class == REF_REAL) return true;
    if (e->process_shift && !ref_process_allows(c, e->rights, access)) return false;
    if (e->partition_shift && !ref_partition_allows(e->partition_rights, access)) return false;
    if (access == ACCESS_FETCH) return e->attr != ATTR_NON_IDEMPOTENT;
    return access == ACCESS_LOAD || e->changed;
}

/* ---- the walk ---- */
struct ref_leaf {
    u64 at, entry, address;
    u8 shift;
};
struct ref_step {
    enum { REF_PATE, REF_PRTE, REF_DIRECTORY, REF_LEAF } kind;
    bool host; /* partition scope */
    u8 level, wanted, shift;
    unsigned group; /* partition scope: which of the walks */
    u64 address, entry, at;
};
struct ref_walk {
    enum xlate_why why;
    enum stage stage;
    bool for_table, nested;
    struct ref_entry found;
    u64 ra, gra;
    struct ref_step step[REF_STEPS];
    unsigned steps, groups;
    struct ref_leaf table;
    struct {
        u64 at, set;
    } rc[8];
    unsigned rcs;
};

static inline bool ref_no(struct ref_walk *o, enum stage stage, enum xlate_why why)
{
    o->why = why;
    o->stage = stage;
    return false;
}

static inline bool ref_read(struct ref *r, struct ref_walk *o, u64 at, u64 *value)
{
    if (!ram_holds(&r->w->ram, at, 8)) return ref_no(o, STAGE_REAL, XL_NO_STORAGE);
    *value = world_get(r->w, at);
    return true;
}

static inline void ref_set(struct ref_walk *o, u64 at, u64 set)
{
    unsigned k = 0;

    while (k < o->rcs && o->rc[k].at != at) k++;
    if (k == o->rcs) o->rc[o->rcs++].set = 0;
    o->rc[k].at = at;
    o->rc[k].set |= set;
}

static inline bool ref_guest_real(struct ref *r, struct ref_walk *o, const struct xlate_ctx *c, u64 root, u64 gra,
                                  enum access access, u8 wanted, struct ref_leaf *leaf);

static inline u64 ref_target(const struct ref_leaf *l)
{
    u64 page = 1ULL << l->shift;

    return (l->entry & PPC_BITMASK(7, 51)) / page * page + l->address % page;
}

/* host_root: where partition scope begins, if the table addresses must go through it (then step.host is false). */
static inline bool ref_tree(struct ref *r, struct ref_walk *o, const struct xlate_ctx *c, u64 root,
                            const u64 *host_root, struct ref_step s, struct ref_leaf *leaf)
{
    u64 table = root & PPC_BITMASK(4, 55);
    unsigned shift = 39, bits = 13;
    enum stage stage = s.host ? STAGE_PARTITION : STAGE_PROCESS;

    if ((root >> 61 & 3) != 2 || (root >> 5 & 7) != 5 || (root & 31) != 13) return ref_no(o, stage, XL_BAD_CONFIG);
    for (s.level = 1;; s.level++) {
        s.at = table / (8ULL << bits) * (8ULL << bits) + (s.address >> shift) % (1ULL << bits) * 8;
        if (host_root) {
            if (!ref_guest_real(r, o, c, *host_root, s.at, ACCESS_LOAD, s.level, &o->table))
                return o->for_table = true, false;
            s.at = ref_target(&o->table);
        }
        if (!ref_read(r, o, s.at, &s.entry)) return false;
        s.kind = s.entry & W_LEAF || s.level == 4 ? REF_LEAF : REF_DIRECTORY;
        s.shift = (u8)shift;
        o->step[o->steps++] = s;
        if (!(s.entry & W_VALID)) return ref_no(o, stage, XL_NO_ENTRY);
        if (s.entry & W_LEAF) break;
        bits = s.entry & 31;
        if (s.level == 4 || !(bits == 9 || (bits == 5 && s.level == 3))) return ref_no(o, stage, XL_BAD_CONFIG);
        table = s.entry & PPC_BITMASK(4, 55);
        shift -= bits;
    }
    if (s.level == 1) return ref_no(o, stage, XL_BAD_CONFIG);
    *leaf = (struct ref_leaf){s.at, s.entry, s.address, s.shift};
    return true;
}

static inline bool ref_records(struct ref_walk *o, const struct xlate_ctx *c, enum stage stage,
                               const struct ref_leaf *l, bool store)
{
    u64 missing = (L_R | (store ? L_C : 0)) & ~l->entry;

    if (missing && c->rc_by_software) return ref_no(o, stage, XL_SET_RC);
    if (missing) ref_set(o, l->at, missing);
    return true;
}

static inline bool ref_guest_real(struct ref *r, struct ref_walk *o, const struct xlate_ctx *c, u64 root, u64 gra,
                                  enum access access, u8 wanted, struct ref_leaf *leaf)
{
    struct ref_step s = {.host = true, .wanted = wanted, .address = gra, .group = ++o->groups};

    o->gra = gra;
    if (gra >> 52) return ref_no(o, STAGE_PARTITION, XL_NO_ENTRY);
    if (!ref_tree(r, o, c, root, NULL, s, leaf)) return false;
    if (access == ACCESS_FETCH && (!(leaf->entry & L_EXEC) || (leaf->entry & L_TOL) == L_NI))
        return ref_no(o, STAGE_PARTITION, XL_NO_EXECUTE);
    if (!ref_partition_allows(ref_leaf_rights(leaf->entry), access)) return ref_no(o, STAGE_PARTITION, XL_PROTECTION);
    return ref_records(o, c, STAGE_PARTITION, leaf, access == ACCESS_STORE);
}

static inline bool ref_process(struct ref *r, struct ref_walk *o, const struct xlate_ctx *c, const struct ref_where *at,
                               const u64 pate[2], enum access access, struct ref_leaf *leaf)
{
    u64 size = 4096ULL << (pate[1] & 31), table = pate[1] & PPC_BITMASK(4, 51), prte, ra = table + at->pid * 16;
    struct ref_step s = {.kind = REF_PRTE};

    if (table % size) return ref_no(o, STAGE_PROCESS, XL_BAD_CONFIG);
    if (at->pid * 16 >= size) return ref_no(o, STAGE_PROCESS, XL_NO_ENTRY);
    if (o->nested || pate[0] & 31) {
        if (!ref_guest_real(r, o, c, pate[0], ra, ACCESS_LOAD, 0, &o->table)) return o->for_table = true, false;
        ra = ref_target(&o->table);
    }
    if (!ref_read(r, o, ra, &prte)) return false;
    o->step[o->steps++] = s;
    s.address = at->ea << 12 >> 12;
    if (!ref_tree(r, o, c, prte, o->nested ? &pate[0] : NULL, s, leaf)) return false;
    o->found.rights = ref_leaf_rights(leaf->entry);
    o->found.process_shift = leaf->shift;
    o->found.attr = (u8)(leaf->entry >> 4 & 3);
    if (access == ACCESS_FETCH &&
        (o->found.attr == ATTR_NON_IDEMPOTENT || !ref_process_allows(c, o->found.rights, access)))
        return ref_no(o, STAGE_PROCESS, XL_NO_EXECUTE);
    if (!ref_process_allows(c, o->found.rights, access)) return ref_no(o, STAGE_PROCESS, XL_PROTECTION);
    if (!ref_records(o, c, STAGE_PROCESS, leaf, access == ACCESS_STORE)) return false;
    if (!o->nested || (leaf->entry & L_R && (access != ACCESS_STORE || leaf->entry & L_C))) return true;
    /* the leaf is written: a store to guest real storage */
    if (!(o->table.entry & L_RW)) {
        o->for_table = true;
        o->gra = o->table.address;
        return ref_no(o, STAGE_PARTITION, XL_PROTECTION);
    }
    if (!(o->table.entry & L_C)) ref_set(o, o->table.at, L_C);
    return true;
}

static inline bool ref_both_scopes(struct ref *r, struct ref_walk *o, const struct xlate_ctx *c,
                                   const struct ref_where *at, enum access access)
{
    static const u8 strictness[] = {0, 1, 3, 2}; /* normal, strong order, non-idempotent, tolerant */
    u64 size = 4096ULL << (c->ptcr & 31), ra = (c->ptcr & PPC_BITMASK(4, 51)) + at->lpid * 16, pate[2];
    struct ref_leaf leaf = {0};
    bool changed = true;

    if (at->lpid * 16 >= size) return ref_no(o, STAGE_PARTITION, XL_BAD_CONFIG);
    if (!ref_read(r, o, ra, &pate[0]) || !ref_read(r, o, ra + 8, &pate[1])) return false;
    o->step[o->steps++] = (struct ref_step){.kind = REF_PATE, .host = true};
    if (!(pate[0] >> 63)) return ref_no(o, STAGE_PARTITION, XL_BAD_CONFIG);
    o->nested = at->lpid || at->class == REF_GUEST_REAL;
    o->ra = at->ea;
    o->found.shift = 64;
    if (at->class == REF_VIRTUAL) {
        if (!ref_process(r, o, c, at, pate, access, &leaf)) return false;
        changed = leaf.entry & L_C;
        o->ra = ref_target(&leaf);
        o->found.shift = leaf.shift;
    }
    if (o->nested) {
        if (!ref_guest_real(r, o, c, pate[0], o->ra, access, 15, &leaf)) return false;
        changed = changed && leaf.entry & L_C;
        o->ra = ref_target(&leaf);
        if (strictness[leaf.entry >> 4 & 3] > strictness[o->found.attr]) o->found.attr = leaf.entry >> 4 & 3;
        o->found.partition_rights = ref_leaf_rights(leaf.entry) & 7;
        o->found.partition_shift = leaf.shift;
        if (leaf.shift < o->found.shift) o->found.shift = leaf.shift;
    }
    o->found.changed = changed || access == ACCESS_STORE;
    return true;
}

static inline bool ref_answers(const struct ref *r, u64 ra)
{
    return ram_holds(&r->w->ram, ra, 1) || bus_find(&r->w->bus, ra, 1);
}

static inline void ref_walk(struct ref *r, const struct xlate_ctx *c, const struct ref_where *at, enum access access,
                            struct ref_walk *o)
{
    u64 offset;

    *o = (struct ref_walk){.why = XL_OK};
    if (at->class == REF_REAL) {
        u64 hrmor = at->ea >> 63 ? 0 : c->hrmor;

        o->ra = at->ea << 4 >> 4 | hrmor;
        o->found.shift = 12;
        o->found.changed = true;
        if (!ram_holds(&r->w->ram, o->ra, 1)) o->found.attr = ATTR_NON_IDEMPOTENT;
    } else if (at->class == REF_NOWHERE) {
        ref_no(o, at->bad_partition ? STAGE_PARTITION : STAGE_PROCESS, at->bad_partition ? XL_BAD_CONFIG : XL_BAD_EA);
    } else {
        ref_both_scopes(r, o, c, at, access);
    }
    if (o->why == XL_OK && !ref_answers(r, o->ra)) ref_no(o, STAGE_REAL, XL_NO_STORAGE);
    if (o->why != XL_OK) {
        o->rcs = 0;
        return;
    }
    offset = (1ULL << o->found.shift) - 1;
    o->found.class = at->class;
    o->found.lpid = at->lpid;
    o->found.pid = at->pid;
    o->found.ea = at->ea & ~offset;
    o->found.ra = o->ra & ~offset;
    o->found.gra = o->found.partition_shift ? o->gra & ~offset : 0;
}

#endif
