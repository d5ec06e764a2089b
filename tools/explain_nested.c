/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the embedded experiment ends with: one TLB miss of a guest's guest.  First every table entry on the way and who
 * had it, then where their number comes from, what they cost by source, and what larger leaves would change.  All of it
 * is read off the walk and its price; nothing here knows how many there should be.
 */
#include <stdio.h>

#include "experiment/embedded.h"
#include "mmu/explain.h"
#include "mmu/mmu.h"
#include "mmu/price.h"
#include "tools/explain.h"

/* The entries on the path by what they are for. */
struct path {
    unsigned partition_entry, process_entry, process_entry_at; /* _at: to translate where it lies */
    unsigned levels, levels_at, page_at;
    unsigned all;
};

enum { FOR_THE_PAGE = 15 }; /* walk_step.nested_for */

static struct path path_of(const struct mmu_price *p)
{
    struct path n = {.all = p->steps};

    for (unsigned k = 0; k < p->steps; k++) {
        const struct walk_step *s = &p->step[k];

        if (s->kind == WALK_PATE) n.partition_entry++;
        else if (s->kind == WALK_PRTE) n.process_entry++;
        else if (s->stage != STAGE_PARTITION) n.levels++;
        else if (s->nested_for == FOR_THE_PAGE) n.page_at++;
        else if (s->nested_for) n.levels_at++;
        else n.process_entry_at++;
    }
    return n;
}

static unsigned without_table_entries(const struct path *n)
{
    return n->levels + n->levels_at + n->page_at;
}

static void tell_path(const struct mmu_price *p)
{
    struct path n = path_of(p);

    printf("\nWhere the %u entries come from:\n"
           "  %4u  partition-table entry\n"
           "  %4u  process-table entry, and %u to translate the guest real address where it lies\n"
           "  %4u  levels of the program's own tree, and %u to translate where they lie\n"
           "  %4u  to translate the guest real address of the page itself\n"
           "%u without the entries of the two tables, which a running system has cached.\n",
           n.all, n.partition_entry, n.process_entry, n.process_entry_at, n.levels, n.levels_at, n.page_at,
           without_table_entries(&n));
}

static void tell_sources(const struct mmu_price *p)
{
    static const char *const who[] = {"storage", "the page-walk cache", "the TLB (guest real to real)",
                                      "the caches of table entries"};
    u64 by[WALK_SOURCES] = {0};

    for (unsigned k = 0; k < p->steps; k++) by[p->source[k]]++;
    printf("\nWho had them, when nothing was cached before this miss (it learns on its way):\n");
    for (unsigned k = 0; k < WALK_SOURCES; k++)
        printf("  %4llu  %s: %llu cycles\n", (unsigned long long)by[k], who[k],
               (unsigned long long)(k == WALK_FROM_STORAGE ? p->cycles : 0));
}

static bool tell_leaves(const struct mmu *mmu, struct price_question q, const char *what)
{
    struct mmu_price price;
    struct path n;

    if (!mmu_price(mmu, &q, &price)) return false;
    n = path_of(&price);
    printf("  %-46s %7u %14u %9llu %7llu\n", what, n.all, without_table_entries(&n), (unsigned long long)price.reads,
           (unsigned long long)price.cycles);
    return true;
}

bool explain_nested_miss(struct thread *t)
{
    struct embedded_access a = embedded_nested_access(1, 1);
    struct price_question q = {.req = {a.ea, ACCESS_LOAD, 8}, .cold = true};
    struct xlate_ctx ctx = *mmu_context(t->mmu);
    struct mmu_price price;

    ctx.msr = a.msr;
    ctx.lpid = a.lpid;
    ctx.pid = a.pid;
    mmu_set_context(t->mmu, &ctx);
    if (!mmu_price(t->mmu, &q, &price)) return false;
    printf(
        "\nOne TLB miss of the guest's guest, explained: a load from its page of %s, which its hypervisor - a guest\n"
        "itself - put on %s and the host on %s. The host merges both into one tree, LPID %u, which every access\n"
        "below is translated by. In brackets: who had the entry.\n\n",
        page_size_name(a.process_shift), page_size_name(a.guest_shift), page_size_name(a.host_shift), a.lpid);
    mmu_explain(stdout, &ctx, q.req, &price);
    tell_path(&price);
    tell_sources(&price);
    printf("\nWith other leaves:%30s %7s %14s %9s %7s\n", "", "entries", "without tables", "from", "cycles");
    printf("%48s %7s %14s %9s\n", "", "in all", "(PATE, PRTE)", "storage");
    if (!tell_leaves(t->mmu, q, "as it is")) return false;
    q.partition_shift = 21;
    if (!tell_leaves(t->mmu, q, "2M below it (partition scope)")) return false;
    q.process_shift = 21;
    if (!tell_leaves(t->mmu, q, "2M on both")) return false;
    printf("Cycles are those of the walk; the TLB look-up before it costs %llu more.\n",
           (unsigned long long)price.look_up_cycles);
    printf("\n`p9sim help walk` explains any access of any run in this way.\n");
    return true;
}
