/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing a flattened device tree.  A device that firmware must find writes its node itself (device_ops.describe), and
 * a bridge lets the devices behind it write theirs inside its own; who puts the tree together (machine/board_tree.c)
 * opens and closes it.  These are libfdt's sequential calls with an error that sticks: nobody asks before the end.
 */
#ifndef P9_DEVICES_TREE_H
#define P9_DEVICES_TREE_H

#include "base/bits.h"
#include "base/compiler.h"
#include "bus/line.h"

struct tree {
    void *fdt;
    int error;            /* first libfdt error, 0 if none */
    u32 interrupt_parent; /* phandle of the controller whose devices describe themselves now */
};

/* Into so many bytes at fdt; the root node is open then.  tree_finish() closes it: false after an error line. */
void tree_start(struct tree *tree, void *fdt, size_t size);
must_use bool tree_finish(struct tree *tree);

void tree_begin(struct tree *tree, const char *name);
void tree_begin_at(struct tree *tree, const char *name, u64 unit);
void tree_begin_isa(struct tree *tree, const char *name, u64 port); /* of the LPC bus's IO space */
void tree_end(struct tree *tree);

void tree_flag(struct tree *tree, const char *name);
void tree_text(struct tree *tree, const char *name, const char *value);
void tree_cell(struct tree *tree, const char *name, u32 value);
void tree_bytes(struct tree *tree, const char *name, const void *p, size_t size);
void tree_cells(struct tree *tree, const char *name, const u32 *values, unsigned count); /* at most 64 */

/* A doubleword takes two cells. */
static inline u32 tree_high(u64 v)
{
    return (u32)(v >> 32);
}
static inline u32 tree_low(u64 v)
{
    return (u32)v;
}

/* "interrupts": the input of the interrupt controller that the line leads to, and who that is. */
void tree_interrupt(struct tree *tree, const struct line *line);

#define TREE_CELLS(tree, name, ...)                                                                                    \
    tree_cells(tree, name, (const u32[]){__VA_ARGS__}, sizeof((const u32[]){__VA_ARGS__}) / sizeof(u32))
/* list: "a\0b", of which the final NUL is part. */
#define TREE_STRINGS(tree, name, list) tree_bytes(tree, name, list, sizeof(list))

#endif
