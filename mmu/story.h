/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How one access was translated, for whoever keeps records (core/state/retire.h): by which array, and if it took a
 * walk, every table entry of it and who had that entry.  The model tells it while it translates; it costs nothing when
 * nobody listens, and a listener changes nothing that is counted.
 */
#ifndef P9_MMU_STORY_H
#define P9_MMU_STORY_H

#include "mmu/xlate.h"
#include "stats/walk_tally.h"

struct mmu;

enum translated_by {
    TRANSLATED_NOT,     /* not asked for (a hint), or an ERAT miss that came to nothing before a table (no segment) */
    TRANSLATED_BY_ERAT, /* the host-side table or the modelled ERAT; of the model `none`: it was translated before */
    TRANSLATED_BY_TLB,
    TRANSLATED_BY_WALK,
    TRANSLATED_REAL, /* an ERAT miss of hypervisor or ultravisor real mode, which reads no table */
};

struct walk_read {
    struct walk_step step; /* the entry as it was read, before R and C were set in it */
    u8 source;             /* enum walk_source (stats/walk_tally.h): only those from storage were read */
};

/* The cell of the plane of the walk (stats/walk_tally.h) that a step of a radix tree belongs to. */
inline_hot unsigned walk_row(const struct walk_step *s)
{
    unsigned wanted = s->stage == STAGE_PARTITION ? s->nested_for : s->level;

    return wanted < WALK_ROWS ? wanted : WALK_ROWS - 1; /* nested_for 15: the page itself */
}
inline_hot unsigned walk_column(const struct walk_step *s)
{
    if (s->stage != STAGE_PARTITION) return 0;
    return s->level < WALK_COLUMNS ? s->level : WALK_COLUMNS - 1;
}

/* A walk of segment tables stands before the walk for the page: does this step belong to it?  behind: one before it
 * does, so that the process-table entry that it began with was the segment's. */
inline_hot bool walk_is_for_segment(const struct walk_step *s, bool behind)
{
    bool nested = (s->kind == WALK_PTEG || s->kind == WALK_PATE) && s->nested_for;

    return s->kind == WALK_STEG || nested || (behind && s->kind == WALK_PRTE);
}

/* The steps of a walk are at most STORY_STEPS, and a hashed page may need one for its segment before. */
enum { STORY_STEPS = 64, STORY_RC = 2 * RC_MAX };
struct mmu_story {
    struct walk_read *read; /* the listener's: room for 2 * STORY_STEPS behind `reads`, which it keeps */
    u32 reads;              /* entries told so far */
    u8 by, page_shift;      /* enum translated_by; of the last translation, 0 if it was refused */
    u8 rc_count;            /* what it wrote into table entries */
    struct rc_update rc[STORY_RC];
};

/* From now on every mmu_translate() of this thread tells its story.  NULL: nobody listens. */
void mmu_tell(struct mmu *mmu, struct mmu_story *story);

#endif
