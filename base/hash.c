/* SPDX-License-Identifier: Apache-2.0 */
/* How an index of rows grows; see hash.h. */
#include "base/hash.h"

#include <stdlib.h>

#include "base/assert.h"

enum { CELLS_FIRST = 1024 };

void hash_add(struct hash_index *h, u64 hash, u32 row)
{
    P9_ASSERT(row < h->cells / 2); /* rows are numbered from 0 on, so at least half of the cells are empty */
    *hash_cell(h, hash, NULL, NULL, NULL) = row + 1;
}

bool hash_room(struct hash_index *h, u32 rows, hash_of_row *of_row, const void *owner)
{
    struct hash_index wider = {.cells = h->cells ? 2 * h->cells : CELLS_FIRST};

    if (rows < h->cells / 2) return true;
    wider.cell = wider.cells ? calloc(wider.cells, sizeof *wider.cell) : NULL; /* 0: more than a u32 can number */
    if (!wider.cell) return false;
    for (u32 row = 0; row < rows; row++) hash_add(&wider, of_row(owner, row), row);
    free(h->cell);
    *h = wider;
    return true;
}

/* Whoever lies behind the gap moves into it, unless its search begins behind the gap. */
void hash_remove(struct hash_index *h, u64 hash, u32 row, hash_of_row *of_row, const void *owner)
{
    u32 last = h->cells - 1, gap = hash_place(hash, h->cells);

    while (h->cell[gap] != row + 1) gap = (gap + 1) & last;
    for (u32 at = (gap + 1) & last; h->cell[at]; at = (at + 1) & last) {
        u32 begin = hash_place(of_row(owner, h->cell[at] - 1), h->cells);

        if (((at - begin) & last) < ((at - gap) & last)) continue;
        h->cell[gap] = h->cell[at];
        gap = at;
    }
    h->cell[gap] = 0;
}

void hash_close(struct hash_index *h)
{
    free(h->cell);
    *h = (struct hash_index){0};
}
