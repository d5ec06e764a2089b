/* SPDX-License-Identifier: Apache-2.0 */
/* What board_powernv.c tells board_tree.c: the facts of the device tree that are not constants. */
#ifndef P9_MACHINE_BOARD_TREE_H
#define P9_MACHINE_BOARD_TREE_H

#include "machine/board_powernv.h"

/* Phandles of the tree; those of devices are told to them. */
enum { BOARD_PHANDLE_LPC = 1, BOARD_PHANDLE_CACHES = 0x100 }; /* L2 of pair k: this + 2k, its L3 one more */

struct board_tree {
    const struct board_config *config;
    u64 homer_base, occ_common_base; /* reserved areas at the top of main storage */
    const struct bus *bus;           /* of real addresses: devices write their nodes themselves */
};

must_use bool board_tree_write(const struct board_tree *tree, void *fdt, size_t size);

#endif
