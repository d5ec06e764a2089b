/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the translation model promises itself, for developers' builds (base/assert.h): each function looks at everything
 * it is given and aborts where something is not as it must be.  They are slow, write nothing, and are called under `if
 * (P9_ASSERTS)`.
 */
#ifndef P9_MMU_CHECK_H
#define P9_MMU_CHECK_H

#include "mmu/mmu.h"

struct assoc;
struct xarray;

/* Every array, every context, every host-side slot: a slot mirrors the ERAT line that it is linked to, and nothing else
 * is filled. */
void mmu_check(const struct mmu_system *system);

/* The current context is the one that these registers make, and `map` shows its tables. */
void mmu_check_context(const struct mmu *mmu, const struct xlate_ctx *ctx, const struct hostmap *map);

/* A fetch from ea reaches the decoded page of real address ra: if a slot says so, so does the ERAT line behind it. */
void mmu_check_fetch(const struct mmu *mmu, u64 ea, u64 ra);

/* ---- inside the floor ---- */
void assoc_check(const struct assoc *a);    /* its lists, its chains, and that no tag is there twice */
void xarray_check(const struct xarray *x);  /* tags say what the entries say */
void contexts_check(const struct mmu *mmu); /* all of this thread */

#endif
