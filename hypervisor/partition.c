/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of partitions; see partition.h. */
#include "hypervisor/partition.h"

#include <stdlib.h>

#include "core/state/interrupt.h"
#include "core/state/thread.h"

static struct partition *make(struct partition_tree *tree, u32 lpid, struct partition *parent, u64 cycle)
{
    struct partition *p = tree->count < PARTITIONS_MAX ? calloc(1, sizeof *p) : NULL;

    if (!p) return tree->count ? tree->list[tree->count - 1] : NULL;
    *p = (struct partition){.id = tree->count,
                            .lpid = lpid,
                            .level = parent ? parent->level + 1 : 0,
                            .parent = parent,
                            .first_cycle = cycle,
                            .last_cycle = cycle};
    tree->list[tree->count++] = p;
    tree->of_lpid[lpid] = p;
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

static void leave(struct thread *t)
{
    struct guest_exit exit = {.thread = t,
                              .from = t->partition,
                              .interrupt = t->interrupt,
                              .is_hypercall = t->interrupt == INTERRUPT_SYSTEM_CALL,
                              .hypercall = t->gpr[3],
                              .cycle = t->completed + t->stall_cycles,
                              .completed = t->completed};

    t->partition->last_cycle = exit.cycle;
    t->partition = partition_l0(t->partitions);
    for (struct partition_watcher *w = t->partitions->watchers; w; w = w->next)
        if (w->left) w->left(w->self, &exit);
}

static void enter(struct thread *t, u32 lpid)
{
    struct partition_tree *tree = t->partitions;
    u64 cycle = t->completed + t->stall_cycles;
    struct partition *p = tree->of_lpid[lpid];
    struct guest_entry entry;

    if (!p) p = make(tree, lpid, partition_l0(tree), cycle);
    p->entries++;
    p->last_cycle = cycle;
    t->partition = p;
    entry = (struct guest_entry){.thread = t, .to = p, .cycle = cycle, .completed = t->completed};
    for (struct partition_watcher *w = tree->watchers; w; w = w->next)
        if (w->entered) w->entered(w->self, &entry);
}

void partition_cross(struct thread *t, u32 lpid)
{
    if (t->partition != partition_l0(t->partitions)) leave(t);
    if (lpid) enter(t, lpid % PARTITION_LPIDS);
}
