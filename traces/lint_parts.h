/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the folder: what the rules of lint.def keep in mind, and how each part of a record is asked. */
#ifndef P9_TRACES_LINT_PARTS_H
#define P9_TRACES_LINT_PARTS_H

#include "traces/lint.h"
#include "traces/state_format.h"

enum {
    LINT_PAGES = 1 << 14, /* translations kept */
    LINT_RC = 24,         /* R and C updates of an instruction that are kept until its record comes */
    LINT_PARTITIONS = 4096,
    LINT_NO_LEVEL = 0xff,
};

struct lint_thread {
    bool has_next, has_msr, has_return, is_interrupted, is_waiting; /* is_waiting: privilege was given up by what? */
    u64 next;                                                       /* where the last record has led */
    u64 msr, coming_msr;                                            /* in force; what the last interrupt said */
    u64 from, to;                                                   /* of the return whose instruction is to come */
    u32 lpid, pid;
    u64 time;
    u64 context; /* a hash of what translation depends on */
    unsigned rc_count;
    u64 rc[LINT_RC];
};

struct lint_page {
    u64 page, context, ra_page;
};

struct lint {
    FILE *to;
    const char *path;
    const struct isa *isa;
    const struct trace_source *source;
    unsigned lacks; /* and LINT_NEEDS_ALL, from the first block on that says so */
    bool is_asked[LINT_RULES];
    u64 most, told, number; /* number: of the instruction that is looked at */
    u64 cia;
    u64 checked[LINT_RULES], violated[LINT_RULES];
    u64 order; /* behind the last record */
    u64 epoch; /* counts what may have changed translations */
    struct lint_thread thread[STATE_THREADS];
    u8 level[LINT_PARTITIONS];
    u8 *bytes; /* of a row of the instruction table: of its one element; 0: it is not said */
    u8 *is;    /* enum fact_is */
    u8 *leads; /* of a row: enum lint_leads */
    struct lint_page page[LINT_PAGES];
};

/* Where an instruction that completed may lead. */
enum lint_leads { LEADS_ON, LEADS_TO_TARGET, LEADS_ANYWHERE };

/* One line: rule did not hold. */
void lint_violation(struct lint *l, enum lint_rule rule, const char *fmt, ...) printf_like(3, 4);

/* Asks, if the trace can be asked: is it so?  The line that follows is only made if it is not. */
#define LINT(l, rule, holds, ...)                                                                                      \
    do {                                                                                                               \
        if (!(l)->is_asked[rule]) break;                                                                               \
        (l)->checked[rule]++;                                                                                          \
        if (unlikely(!(holds))) lint_violation((l), (rule), __VA_ARGS__);                                              \
    } while (0)

void lint_accesses(struct lint *l, struct lint_thread *t, const struct retire *r, const struct retire_block *block);
void lint_walk(struct lint *l, const struct retire_access *a, const struct retire_block *block);
/* Sizes of the elements that rows load or store. */
unsigned lint_bytes_of(const struct insn_row *row);

#endif
