/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree of partitions; see partition.h for what it is and nesting.h for whose child a partition is.  A partition
 * begins when its LPID is entered and
 *
 *   - the LPID is not known: the child of whoever's request the entry answers, of L0 if it answers none;
 *   - it answers a request for a guest that is known by another LPID or not at all: another partition under this LPID.
 *
 * It ends when L0 clears its partition-table entry, which hardware must be told (tlbie with RIC = 2, III 5.9.3.3). What
 * a guest calls its own guests ends in the same way, but hardware sees a hypercall: H_TLB_INVALIDATE or
 * H_RPT_INVALIDATE, by then the entry in the guest's own partition table is clear; or H_SET_PARTITION_TABLE, when that
 * kernel starts anew.
 */
#include "hypervisor/partition.h"

#include <stdlib.h>

#include "bus/bus.h"
#include "core/state/interrupt.h"
#include "core/state/thread.h"
#include "hypervisor/guest_storage.h"
#include "hypervisor/rows.h"
#include "mmu/walk.h"

enum { SEARCHES_MOST = 8 };

static struct partition *make(struct partition_tree *tree, u32 lpid, struct partition *parent, u64 cycle)
{
    struct partition *p = tree->count < PARTITIONS_MAX ? calloc(1, sizeof *p) : NULL;

    if (!p && !tree->count) return NULL;
    tree->starved |= !p && tree->count < PARTITIONS_MAX;
    if (p) {
        if (tree->count == PARTITIONS_MAX - 1) parent = partition_l0(tree); /* of many */
        while (parent && parent->level >= PARTITION_DEEPEST) parent = parent->parent;
        *p = (struct partition){.id = tree->count,
                                .lpid = lpid,
                                .level = parent ? parent->level + 1 : 0,
                                .parent = parent,
                                .first_cycle = cycle,
                                .last_cycle = cycle};
        tree->list[tree->count++] = p;
    } else {
        p = tree->list[tree->count - 1];
    }
    tree->of_lpid[lpid] = p;
    tree->changes++;
    return p;
}

bool partition_tree_open(struct partition_tree *tree)
{
    *tree = (struct partition_tree){0};
    return make(tree, 0, NULL, 0) != NULL;
}

void partition_tree_close(struct partition_tree *tree)
{
    for (unsigned k = 0; k < tree->count; k++) free(tree->list[k]);
    *tree = (struct partition_tree){0};
}

void partition_watch(struct partition_tree *tree, struct partition_watcher *watcher)
{
    struct partition_watcher **end = &tree->watchers;

    while (*end) end = &(*end)->next;
    watcher->next = NULL;
    *end = watcher;
}

/* ---- ends ---- */

static void end(struct partition_tree *tree, u32 lpid)
{
    struct partition *p = tree->of_lpid[lpid];

    if (!p || !lpid) return;
    tree->of_lpid[lpid] = NULL;
    p->ended = true;
    tree->changes++;
    nesting_ended(&tree->nesting, p);
}

void partition_invalidated(struct thread *t, u32 lpid)
{
    u64 at, entry;

    lpid %= PARTITION_LPIDS;
    if (!t->partitions || !t->partitions->of_lpid[lpid] || !table_entry(t->spr.PTCR, lpid, &at)) return;
    if (ram_load(t->bus->ram, at, &entry, sizeof entry) && !entry) end(t->partitions, lpid);
}

/* A guest has invalidated what is known of its guest: does it still have one of that number? */
static void number_invalidated(struct thread *t, struct partition *p, u32 number)
{
    u64 at, entry;

    if (!nesting_knows(&t->partitions->nesting, p, number) || !p->table || !table_entry(p->table, number, &at)) return;
    if (guest_load(t, at, &entry, sizeof entry) && !entry) nesting_forget(&t->partitions->nesting, p, number);
}

/* ---- requests ---- */

static void look_for_banner(struct thread *t, struct partition *p)
{
    if (p->searches++ < SEARCHES_MOST && guest_banner(t, p->what, sizeof p->what)) t->partitions->changes++;
}

void partition_name_l0(struct partition_tree *tree, const struct ram *ram)
{
    struct partition *l0 = partition_l0(tree);

    if (!l0->what[0] && l0->searches++ < SEARCHES_MOST && host_banner(ram, l0->what, sizeof l0->what)) tree->changes++;
}

/* What its kernel asked for says something about the tree. */
static void called(struct thread *t, struct partition *p, const struct guest_exit *exit)
{
    struct nesting *nesting = &t->partitions->nesting;

    switch (exit->call.kind) {
    case GUEST_CALL_ENTER: nesting_asked(nesting, p, &exit->call.request); break;
    case GUEST_CALL_SET_TABLE:
        p->table = exit->call.table;
        nesting_forget_all(nesting, p);
        break;
    case GUEST_CALL_INVALIDATE: number_invalidated(t, p, exit->call.number); break;
    case GUEST_CALL_OTHER: break;
    }
    /* a kernel has moved to where it stays and turns translation on */
    if (exit->reason == EXIT_H_REGISTER_PROC_TBL) look_for_banner(t, p);
}

/* ---- world switches ---- */

static void leave(struct thread *t)
{
    struct partition *from = t->partition;
    bool hypercall = t->interrupt == INTERRUPT_SYSTEM_CALL && t->fault.lev == 1 && !(interrupt_saved(t).image & MSR_PR);
    struct guest_exit exit = {.thread = t,
                              .from = from,
                              .interrupt = t->interrupt,
                              .reason = exit_reason_of(t->interrupt, t->fault.lev, t->gpr[3]),
                              .cycle = thread_time(t),
                              .completed = t->completed};

    if (exit.cycle > from->last_cycle) from->last_cycle = exit.cycle;
    t->partition = partition_l0(t->partitions);
    if (hypercall) {
        exit.call = guest_call_of(t, exit.reason);
        called(t, from, &exit);
    }
    for (struct partition_watcher *w = t->partitions->watchers; w; w = w->next)
        if (w->left) w->left(w->self, &exit);
}

/* Whose is the LPID that this thread enters? */
static struct partition *resolve(struct thread *t, u32 lpid, u64 cycle)
{
    struct partition_tree *tree = t->partitions;
    struct partition *p = tree->of_lpid[lpid];
    struct nest_name *name = NULL;

    if (tree->nesting.waiting_count) {
        struct nest_registers registers = nest_registers_of(t->gpr, t->spr.PIDR, t->spr.HSRR0);
        name = nesting_answered(&tree->nesting, t->pir, &registers, t->spr.SRR0 & ~3ULL, lpid);
    }
    if (name) {
        if (!p || name->guest != p) p = make(tree, lpid, nesting_parent(name), cycle);
        nesting_set_guest(name, p);
    }
    return p ? p : make(tree, lpid, partition_l0(tree), cycle);
}

static void enter(struct thread *t, u32 lpid)
{
    u64 cycle = thread_time(t);
    struct partition *p = resolve(t, lpid, cycle);
    struct guest_entry entry = {.thread = t, .to = p, .cycle = cycle, .completed = t->completed};

    if (!p->entries++ && p->level == 1) partition_name_l0(t->partitions, t->bus->ram);
    if (cycle > p->last_cycle) p->last_cycle = cycle;
    t->partition = p;
    for (struct partition_watcher *w = t->partitions->watchers; w; w = w->next)
        if (w->entered) w->entered(w->self, &entry);
}

void partition_cross(struct thread *t, u32 lpid)
{
    if (t->guest_lpid) leave(t);
    t->guest_lpid = lpid % PARTITION_LPIDS;
    if (t->guest_lpid) enter(t, t->guest_lpid);
}

/* A reset takes the threads out of their guests before it ends these. */
void partition_restart(struct partition_tree *tree, struct thread *const *threads, unsigned count)
{
    for (unsigned k = 0; k < count; k++) {
        if (!threads[k]->guest_lpid) continue;
        threads[k]->interrupt = INTERRUPT_SYSTEM_RESET;
        leave(threads[k]);
        threads[k]->guest_lpid = 0;
    }
    for (u32 lpid = 1; lpid < PARTITION_LPIDS; lpid++) end(tree, lpid);
}

/* ---- state ---- */

void partition_put(struct state_writer *w, const struct partition *p)
{
    state_put_number(w, p ? p->id + 1 : 0);
}

bool partition_get(struct state_reader *r, const struct partition_tree *tree, struct partition **p)
{
    u64 number = state_get_below(r, tree->count + 1ULL, "a partition");

    *p = number ? tree->list[number - 1] : NULL;
    return !r->failed;
}

static bool partition_restored(struct state_reader *r, void *self)
{
    const struct partition *p = self;

    for (const char *c = p->what; c < p->what + sizeof p->what; c++) {
        if (!*c) return true;
        if (*c < ' ' || *c > '~') break;
    }
    return state_refuse(r, "a partition with a name that no kernel has");
}

static const struct state_row partition_rows[] = {
    STATE_DERIVED(struct partition, id),    STATE(struct partition, lpid, .most = PARTITION_LPIDS - 1),
    STATE_DERIVED(struct partition, level), STATE_WITH(struct partition, parent), /* its number, before the partition */
    STATE(struct partition, first_cycle),   STATE(struct partition, last_cycle),
    STATE(struct partition, entries),       STATE(struct partition, ended),
    STATE(struct partition, table),         STATE(struct partition, what),
    STATE(struct partition, searches),
};
const struct state_table partition_state =
    STATE_TABLE(struct partition, partition_rows, .restored = partition_restored);

/* Parents before children, the latest of each LPID that has one, and what guests call their guests. */
static void save_tree(struct state_writer *w, const void *self)
{
    const struct partition_tree *tree = self;
    unsigned lpids = 0;

    state_put_number(w, tree->count);
    for (unsigned k = 0; k < tree->count; k++) {
        partition_put(w, tree->list[k]->parent);
        state_put(w, &partition_state, tree->list[k]);
    }
    for (u32 lpid = 0; lpid < PARTITION_LPIDS; lpid++) lpids += tree->of_lpid[lpid] != NULL;
    state_put_number(w, lpids);
    for (u32 lpid = 0; lpid < PARTITION_LPIDS; lpid++) {
        if (!tree->of_lpid[lpid]) continue;
        state_put_number(w, lpid);
        partition_put(w, tree->of_lpid[lpid]);
    }
    nesting_save(w, &tree->nesting);
}

/* One more, whose parent is there already; the first one is L0, which alone has none. */
static bool restore_partition(struct state_reader *r, struct partition_tree *tree)
{
    struct partition *parent, *p = tree->list[tree->count];

    if (!partition_get(r, tree, &parent)) return false;
    if (!parent != !tree->count || (parent && parent->level >= PARTITION_DEEPEST))
        return state_refuse(r, "a partition that is no child of one before it");
    if (!p) p = tree->list[tree->count] = calloc(1, sizeof *p);
    if (!p) return state_refuse(r, "the host has no memory for it");
    p->id = tree->count++;
    p->parent = parent;
    p->level = parent ? parent->level + 1 : 0;
    return state_get(r, &partition_state, p);
}

static bool restore_tree(struct state_reader *r, void *self)
{
    struct partition_tree *tree = self;
    u64 count, lpids, lpid;

    memset(tree->of_lpid, 0, sizeof tree->of_lpid);
    for (; tree->count > 1; tree->count--) {
        free(tree->list[tree->count - 1]);
        tree->list[tree->count - 1] = NULL;
    }
    count = state_get_count(r, NULL, PARTITIONS_MAX);
    if (!count) return state_refuse(r, "a tree without its root");
    tree->count = 0;
    for (u64 k = 0; k < count; k++) {
        if (restore_partition(r, tree)) continue;
        if (!tree->count) tree->count = 1; /* L0 is there all the same */
        return false;
    }
    lpids = state_get_count(r, NULL, PARTITION_LPIDS);
    for (u64 k = 0; k < lpids; k++) {
        lpid = state_get_below(r, PARTITION_LPIDS, "LPID");
        if (!partition_get(r, tree, &tree->of_lpid[lpid])) return false;
    }
    return nesting_restore(r, &tree->nesting, tree);
}

static const struct state_row rows[] = {
    STATE_CALL(struct partition_tree, list, save_tree, restore_tree),
    STATE_WITH(struct partition_tree, count),
    STATE_WITH(struct partition_tree, of_lpid),
    STATE_WITH(struct partition_tree, nesting),
    STATE_DERIVED(struct partition_tree, watchers),
    STATE(struct partition_tree, starved),
    STATE(struct partition_tree, changes),
};
const struct state_table partition_tree_state = STATE_TABLE(struct partition_tree, rows);
