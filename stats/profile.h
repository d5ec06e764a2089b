/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cycles by the instruction that took them: each cycle is the one's whose completion waited for it, and so are the
 * exposed cycles of walks.  Exact, not sampled.  Instructions are told apart by address, account and process; those of
 * one page lie in one block, because code stays in a page for a while and finding the block is then one comparison.
 *
 * Memory is bounded: blocks beyond PROFILE_PAGES share one "other", so sums stay what they are.
 */
#ifndef P9_STATS_PROFILE_H
#define P9_STATS_PROFILE_H

#include "base/emit.h"
#include "base/hash.h"

enum { PROFILE_SLOTS = 1024, PROFILE_PAGE = 4096, PROFILE_PAGES = 32768 };

struct profile_page {
    u64 ea;           /* of its first instruction */
    u32 account, pid; /* as struct hot_place has them */
    u64 cycles[PROFILE_SLOTS];
    u64 *walks; /* as many; NULL: none was exposed */
};

struct profile {
    struct profile_page **list, *last; /* last: that was used last */
    struct hash_index index;
    u32 used, room, most;
    bool starved; /* the host had no memory for more; newcomers go to other */
    u64 other_cycles, other_walks;
};

void profile_open(struct profile *p, u32 most_pages); /* takes no memory until something is noted */
void profile_close(struct profile *p);                /* gives it back; what is noted then counts from nothing */

/* walks: of the cycles, those that a walk exposed. */
void profile_note_elsewhere(struct profile *p, u64 cia, u32 account, u32 pid, u64 cycles, u64 walks);
static inline void profile_note(struct profile *p, u64 cia, u32 account, u32 pid, u64 cycles, u64 walks)
{
    struct profile_page *page = p->last;

    if (likely(page && (cia ^ page->ea) < PROFILE_PAGE && page->account == account && page->pid == pid && !walks))
        page->cycles[cia / 4 % PROFILE_SLOTS] += cycles;
    else profile_note_elsewhere(p, cia, account, pid, cycles, walks);
}

/* What would end a frame is left out of a name. */
void profile_clean_name(char *name);

/* Whose frames stand before an instruction's own, "level 1;LPID 3;os", and what it is called. */
struct profile_names {
    void (*account)(void *self, u32 account, char *out, size_t size);
    void (*symbol)(void *self, u64 address, char *out, size_t size); /* "copy_page"; "": nobody knows */
    void *self;
};
/* Folded stacks, one a line, "frame;frame;symbol cycles", sorted, for tools that draw flame graphs: of the cycles, or
 * of the exposed cycles of walks alone.  An address without a name is told by its page. */
void profile_fold(const struct profile *p, bool of_walks, const struct profile_names *names, struct emit *e);

#endif
