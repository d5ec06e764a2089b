/* SPDX-License-Identifier: Apache-2.0 */
/* A walk told to a reader: which table, index, entry and value, level, scope, permission, result or fault. */
#ifndef P9_MMU_EXPLAIN_H
#define P9_MMU_EXPLAIN_H

#include <stdio.h>

#include "mmu/xlate.h"

void mmu_explain(FILE *to, const struct xlate_ctx *ctx, struct xlate_req req);

#endif
