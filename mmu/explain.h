/* SPDX-License-Identifier: Apache-2.0 */
/* A walk told to a reader: which table, index, entry and value, level, scope, permission, result or fault. */
#ifndef P9_MMU_EXPLAIN_H
#define P9_MMU_EXPLAIN_H

#include <stdio.h>

#include "mmu/xlate.h"

struct mmu_price;

/* "4K", "64K", "2M", "16M", "1G", "16G" for the log2 of a page size; "-" for anything else. */
const char *page_size_name(u8 shift);

/* price: what the model of a machine says of the same access (each step's source and cost), or NULL. */
void mmu_explain(FILE *to, const struct xlate_ctx *ctx, struct xlate_req req, const struct mmu_price *price);

/* One line: "cold: 17 of 30 table entries read from storage, 255 cycles after 20 of the TLB look-up". */
void mmu_explain_price(FILE *to, const char *what, const struct mmu_price *price);

#endif
