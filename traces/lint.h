/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must hold of a trace, whoever wrote it: control goes where instructions lead, addresses belong together, walks
 * stay in their tables, privilege comes by interrupts alone.  A reader of records like any other; each rule is a row of
 * lint.def.  What a format does not say is not asked (enum trace_lacks).
 */
#ifndef P9_TRACES_LINT_H
#define P9_TRACES_LINT_H

#include <stdio.h>

#include "traces/source.h"

enum lint_rule {
#define LINT_RULE(name, needs, text) LINT_##name,
#include "traces/lint.def"
#undef LINT_RULE
    LINT_RULES
};
enum { LINT_NEEDS_ALL = 1 << 16 };
struct lint_rule_row {
    const char *name;
    unsigned needs; /* enum trace_lacks, LINT_NEEDS_ALL */
    const char *text;
};
extern const struct lint_rule_row lint_rules[LINT_RULES];

struct lint;

/* Findings go to `to`, one line each, the first `most` of them; path is what they call the file.  Of a trace that has
 * left out parts of what happened (source->has_gaps) what needs all of it is not asked.  NULL after an error line. */
struct lint *lint_open(FILE *to, const char *path, const struct isa *isa, const struct trace_source *source, u64 most);
void lint_close(struct lint *lint);

void lint_block(struct lint *lint, const struct retire_block *block);
/* Of a qtrace, what its records do not tell any more: the termination codes.  It reads the file a second time; false
 * after an error line. */
must_use bool lint_terminations(struct lint *lint, bool as_qtlib);

u64 lint_violations(const struct lint *lint);
/* A table: of each rule how often it was asked and how often it did not hold, or what the format lacks. */
void lint_summary(const struct lint *lint);

#endif
