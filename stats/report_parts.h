/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the writers of the documents share: report_text.c and report_json.c put stats.txt and stats.json together, and a
 * chapter that has both lines and members (report_exits.c) keeps them beside each other in a file of its own. To add
 * one: a file report_X.c, its two functions here, and a call of each where the chapter belongs.
 */
#ifndef P9_STATS_REPORT_PARTS_H
#define P9_STATS_REPORT_PARTS_H

#include "stats/report.h"

double report_seconds(const struct report *r, u64 cycles); /* of guest time */

/* "name value # text (unit)" */
void report_text_line(struct emit *e, const char *name, u64 value, const char *text, const char *unit);

/* ---- what figures lean on (report_leans.c) ---- */
/* Kinds of figures by what of the model decides them. */
enum report_lean { LEAN_ERAT = 1, LEAN_TLB = 2, LEAN_WALK = 4, LEAN_CYCLES = 8 };
enum { LEAN_ALL = LEAN_ERAT | LEAN_TLB | LEAN_WALK | LEAN_CYCLES };
enum { LEAN_MISSES = LEAN_ERAT | LEAN_TLB, LEAN_READS = LEAN_MISSES | LEAN_WALK }; /* of the TLB; of table entries */

/* A mask of the kinds that this option decides in this run; 0: none. */
unsigned report_lean_of(const struct report *r, const struct report_option *option);
/* Is any option that decides a figure of these kinds (a mask) ASSUMED? */
bool report_is_assumed(const struct report *r, unsigned lean);
const char *report_figures_of(const struct report_option *option); /* "table reads, cycles"; "-": none */

/* Chapters: text_ writes lines, json_ one member of the object at the top. */
void report_text_answer(const struct report *r, struct emit *e); /* comments: answer.h in words */
void report_json_answer(const struct report *r, struct emit *e);
void report_text_core(const struct report *r, struct emit *e);          /* comments */
void report_text_sample_people(const struct report *r, struct emit *e); /* comments */
void report_text_sample(const struct report *r, struct emit *e);
void report_json_sample(const struct report *r, struct emit *e);
void report_text_caches(const struct report *r, struct emit *e); /* lines */
void report_json_core(const struct report *r, struct emit *e);   /* two members */
void report_json_exits(const struct report *r, struct emit *e);
void report_text_hot(const struct report *r, struct emit *e);
void report_json_hot(const struct report *r, struct emit *e);
void report_json_partitions(const struct report *r, struct emit *e);
void report_text_tree(const struct report *r, struct emit *e); /* a comment */
void report_text_partitions(const struct report *r, struct emit *e);
void report_text_processes(const struct report *r, struct emit *e);
/* "level1.lpid3.os."; an LPID that was several partitions of that level: "level1.lpid3.partition7.os." */
void report_account_name(const struct report *r, const struct report_account *account, char *out, size_t size);
/* What the embedded experiment calls the partition of this LPID; "": it has no name. */
const char *report_partition_name(const struct report *r, u32 lpid);
void report_text_exits_table(const struct report *r, struct emit *e); /* for people: comments */
void report_text_exits(const struct report *r, struct emit *e);
void report_json_nested(const struct report *r, struct emit *e);
void report_text_nested(const struct report *r, struct emit *e);

/* ---- top pages and code addresses, for whoever prints them ---- */
/* What a table noted for others than the rows of the report. */
struct hot_row report_hot_rest(const struct report_hot *hot);
/* The rows certainly have a tenth of all cycles of walks; a table of which they have less says nothing. */
bool report_hot_is_worth_showing(const struct report_hot *hot);

/* ---- estimates, for whoever prints them (report_sample.c) ---- */
bool report_is_sampled(const struct report *r);
unsigned report_metrics_of(const struct report *r); /* whose rates and shares it has, for metric_is_of() */
/* Each cell that has instructions, all of them together first: its name in front of figures ("level0.", "" for all). */
typedef void report_sample_seen(void *self, const char *name, const struct sample_cell *cell);
void report_each_sample(const struct report *r, report_sample_seen *see, void *self);
/* Of all its instructions, in cycles. False: no window had any of them. */
must_use bool report_sample_cycles(const struct sample_cell *cell, struct sample_estimate *out);

/* ---- exits, for whoever prints them ---- */
u64 report_exit_hypervisor_cycles(const struct report_exit *x); /* of all levels above the guest */

struct exit_sums { /* of a level's exits */
    u64 count, cycles, hypervisor_cycles;
    struct miss_tally after; /* in the windows behind exits */
    u64 after_instructions;
    struct miss_tally steady; /* outside of them: the level's counters less that */
    u64 steady_instructions;
};
struct exit_sums report_exit_sums(const struct report *r, unsigned level);
double report_exit_rate(u64 misses, u64 instructions); /* per 1000 */
/* The level's rows, those with the most hypervisor cycles first; list has room for exit_count. */
unsigned report_exit_list(const struct report *r, unsigned level, const struct report_exit **list);

void report_json_cost(struct emit *e, const struct exit_cost *cost);
void report_json_misses(struct emit *e, const char *name, const struct miss_tally *m, u64 instructions);

/* The plain figures of struct nested_level. */
struct nested_figure {
    const char *name, *unit, *text;
    size_t offset;
};
extern const struct nested_figure report_nested_figures[];
extern const unsigned report_nested_figure_count;
u64 report_nested_get(const struct nested_level *l, const struct nested_figure *f);
bool report_nested_level_used(const struct report *r, unsigned level);
const char *report_fault_kind_name(enum fault_kind kind);

#endif
