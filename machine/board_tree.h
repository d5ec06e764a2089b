/* SPDX-License-Identifier: Apache-2.0 */
/* What board_powernv.c tells board_tree.c: the facts of the device tree that are not constants. */
#ifndef P9_MACHINE_BOARD_TREE_H
#define P9_MACHINE_BOARD_TREE_H

#include "machine/board_powernv.h"

struct board_tree {
    const struct board_config *config;
    u64 homer_base, occ_common_base; /* reserved areas at the top of main storage */
    bool (*describe_xive)(void *self, void *fdt);
    void *xive;
};

must_use bool board_tree_write(const struct board_tree *tree, void *fdt, size_t size);

#endif
