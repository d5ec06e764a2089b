/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A name that does not exist is most often one that does, mistyped.  Names are offered one after the other; the nearest
 * one, if it is near enough to have been meant, goes into the message:
 *
 *     struct near near = near_to("tlb_entrie");
 *     EACH_OPTION(row) near_offer(&near, row->name);
 *     p9_error("there is no option \"%s\"%s", "tlb_entrie", near_words(&near));     ... (did you mean tlb_entries?)
 */
#ifndef P9_BASE_NEAR_H
#define P9_BASE_NEAR_H

#include "base/bits.h"

enum { NEAR_LETTERS = 64 }; /* longer names are compared as far as this */

struct near {
    const char *typed;
    const char *best;  /* the nearest of those offered, which must live as long; NULL: none is near enough */
    unsigned distance; /* of it */
    char words[NEAR_LETTERS + 40];
};

struct near near_to(const char *typed);

/* Of several that are as near the first one offered stays. */
void near_offer(struct near *near, const char *name);

/* " (did you mean NAME?)", or "". */
const char *near_words(struct near *near);

/* How many letters must be put in, taken out, replaced, or exchanged with their neighbour to make one of the other. */
unsigned near_distance(const char *a, const char *b);

#endif
