/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the folder: two records that stand at the same place of two traces, and in words what of them differs. */
#ifndef P9_TRACES_DIFF_PARTS_H
#define P9_TRACES_DIFF_PARTS_H

#include <stdio.h>

#include "traces/source.h"

/* What is compared. */
struct diff_rules {
    bool common; /* one side is of a format that says little: only what that says */
    bool registers, values, real, walks, sources;
};

enum { DIFF_LINES = 12, DIFF_LINE = 240 };
struct diff_lines {
    unsigned count; /* of differences: the first DIFF_LINES of them are there */
    char line[DIFF_LINES][DIFF_LINE];
};

/* A record of a block. */
struct diff_at {
    const struct retire_block *block;
    size_t k;
    unsigned passed; /* of its accesses: the first ones that are not compared */
};

/* Quickly: do they say the same? */
bool diff_is_same(const struct diff_rules *rules, struct diff_at a, struct diff_at b);
/* What they say differently; 0: nothing that the rules compare. */
unsigned diff_find(const struct diff_rules *rules, struct diff_at a, struct diff_at b, struct diff_lines *lines);

/* One line more, as printf has it. */
void diff_tell(struct diff_lines *lines, const char *fmt, ...) printf_like(2, 3);

/* ---- diff_names.c ---- */

enum { DIFF_NAME = 48 };
/* "r9", "vs3", "cr0", "LR", "SPRN": the register that a value is of. */
void diff_register_name(unsigned kind, unsigned number, char out[DIFF_NAME]);
/* Of registers that one side's facts name and the other's do not. */
void diff_find_registers(const struct insn_facts *a, const struct insn_facts *b, struct diff_lines *lines);
const char *diff_access_name(unsigned kind);
/* "partition-scoped PTE of level 4, for the process-scoped level 2" */
void diff_step_name(const struct walk_step *s, char out[96]);
/* "an interrupt", for people. */
const char *diff_kind_name(unsigned kind);
/* What number k of retire_numbers() is called, of a record of that kind. */
const char *diff_number_name(unsigned kind, unsigned k);
/* A record that is no instruction as a line. */
void diff_show_event(FILE *to, const struct retire *r);

#endif
