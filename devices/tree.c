/* SPDX-License-Identifier: Apache-2.0 */
/* See tree.h. */
#include "devices/tree.h"

#include <libfdt.h>
#include <stdio.h>

#include "base/log.h"

static void note(struct tree *tree, int error)
{
    if (!tree->error) tree->error = error;
}

void tree_start(struct tree *tree, void *fdt, size_t size)
{
    *tree = (struct tree){.fdt = fdt};
    note(tree, fdt_create(fdt, (int)size));
    note(tree, fdt_finish_reservemap(fdt));
    tree_begin(tree, "");
}

bool tree_finish(struct tree *tree)
{
    tree_end(tree);
    note(tree, fdt_finish(tree->fdt));
    return !tree->error || p9_error("board: device tree: %s", fdt_strerror(tree->error));
}

void tree_begin(struct tree *tree, const char *name)
{
    note(tree, fdt_begin_node(tree->fdt, name));
}

static void begin(struct tree *tree, const char *name, const char *space, u64 unit)
{
    char full[64];

    snprintf(full, sizeof full, "%s@%s%llx", name, space, (unsigned long long)unit);
    tree_begin(tree, full);
}

void tree_begin_at(struct tree *tree, const char *name, u64 unit)
{
    begin(tree, name, "", unit);
}

void tree_begin_isa(struct tree *tree, const char *name, u64 port)
{
    begin(tree, name, "i", port);
}

void tree_end(struct tree *tree)
{
    note(tree, fdt_end_node(tree->fdt));
}

void tree_flag(struct tree *tree, const char *name)
{
    note(tree, fdt_property(tree->fdt, name, NULL, 0));
}

void tree_text(struct tree *tree, const char *name, const char *value)
{
    note(tree, fdt_property_string(tree->fdt, name, value));
}

void tree_cell(struct tree *tree, const char *name, u32 value)
{
    note(tree, fdt_property_u32(tree->fdt, name, value));
}

void tree_bytes(struct tree *tree, const char *name, const void *p, size_t size)
{
    note(tree, fdt_property(tree->fdt, name, p, (int)size));
}

void tree_cells(struct tree *tree, const char *name, const u32 *values, unsigned count)
{
    u8 raw[64 * 4];

    for (unsigned k = 0; k < count && k < 64; k++) put_be32(raw + 4 * k, values[k]);
    tree_bytes(tree, name, raw, 4 * (size_t)count);
}

void tree_interrupt(struct tree *tree, const struct line *line)
{
    tree_cell(tree, "interrupts", line->n);
    tree_cell(tree, "interrupt-parent", tree->interrupt_parent);
}
