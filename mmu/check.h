/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the translation model promises itself (base/assert.h): each function looks at everything it is given and says
 * what is not as it must be, or NULL.  They are slow and write nothing; developers' builds assert them, and what has
 * been restored from a file is asked once.
 */
#ifndef P9_MMU_CHECK_H
#define P9_MMU_CHECK_H

#include "mmu/mmu.h"

struct assoc;
struct xarray;

/* Every array, every context, every host-side slot: a slot mirrors the ERAT line that it is linked to, and nothing else
 * is filled. */
const char *mmu_check(const struct mmu_system *system);

/* The current context is the one that these registers make, and `map` shows its tables. */
const char *mmu_check_context(const struct mmu *mmu, const struct xlate_ctx *ctx, const struct hostmap *map);

/* A fetch from ea reaches the decoded page of real address ra: if a slot says so, so does the ERAT line behind it. */
const char *mmu_check_fetch(const struct mmu *mmu, u64 ea, u64 ra);

/* ---- inside the floor ---- */
const char *assoc_check(const struct assoc *a);    /* its lists, its chains, and that no tag is there twice */
const char *xarray_check(const struct xarray *x);  /* tags say what the entries say */
const char *contexts_check(const struct mmu *mmu); /* all of this thread */

#endif
