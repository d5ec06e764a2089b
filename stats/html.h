/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of report.html share: the page with its sums, and the pieces that every table and figure is made of.
 * html.c puts the page together, html_kit.c holds the pieces and the style, the html_*.c are the chapters.
 *
 * A figure is never colour alone: each shade and bar has its number beside it, and each drawing a table with the same
 * figures.
 */
#ifndef P9_STATS_HTML_H
#define P9_STATS_HTML_H

#include "stats/metrics.h"
#include "stats/report_parts.h"

enum { PAGE_LEVELS = 16 };

struct page_level {
    unsigned level; /* of nesting; the last one of the list holds the deeper ones too */
    struct counters counters;
    struct walk_tally walks;
};

struct page {
    const struct report *report;
    struct emit *e;
    struct counters total;
    struct page_level level[PAGE_LEVELS];
    unsigned levels;
};

extern const char html_style[];

void html_number(struct emit *e, u64 value); /* 1234567 as 1 234 567 */
void html_cell(struct emit *e, u64 value);
void html_text_cell(struct emit *e, const char *text);
void html_prose_cell(struct emit *e, const char *text);    /* of whole sentences */
void html_rate(struct emit *e, u64 events, u64 completed); /* for a thousand instructions */
void html_percent(struct emit *e, u64 part, u64 whole);
void html_meter(struct emit *e, u64 part, u64 whole); /* a cell: the number, and a bar for the eye only */

/* The first column names its row; a further one whose name begins with "<" holds text, set from the left. */
void html_head(struct emit *e, const char *caption, const char *const *columns, unsigned count);
void html_foot(struct emit *e);
/* A table whose further columns are the levels of nesting, and all of them together. */
void html_head_levels(const struct page *page, const char *caption, const char *first);

/* The plane of the walk, in words: its rows, its columns behind what names a row, and who had an entry. */
extern const char *const html_walk_rows[WALK_ROWS], *const html_walk_columns[WALK_COLUMNS + 1];
extern const char *const html_walk_sources[WALK_SOURCES];

/* What a partition is, under its LPID, where the experiment gave it a name. */
void html_partition_name(struct emit *e, const struct report *report, u32 lpid);

/* Under figures: how many ASSUMED values, and values that the user has set, they lean on, and where these are told; a
 * mask of enum report_lean. */
void html_leans(const struct page *page, unsigned lean);

/* The chapters that have files of their own, without their headings, and whether the run has what they show; html.c
 * lists them all. */
void html_answer(const struct page *page);
bool html_has_embedded(const struct page *page);
void html_embedded(const struct page *page);
bool html_has_tower(const struct page *page);
void html_tower(const struct page *page);
void html_costs(const struct page *page); /* of a run under any model but core, */
void html_stack(const struct page *page); /* and of one under core */
bool html_has_samples(const struct page *page);
void html_samples(const struct page *page);
bool html_has_translation(const struct page *page);
void html_translation(const struct page *page);
void html_levels(const struct page *page); /* accounts and rates by level */
bool html_has_misses(const struct page *page);
void html_page_sizes(const struct page *page);
void html_invalidations(const struct page *page);
bool html_has_walks(const struct page *page);
void html_walks(const struct page *page);
bool html_has_faults(const struct page *page);
void html_faults(const struct page *page);
bool html_has_hot(const struct page *page);
void html_hot(const struct page *page);
bool html_has_what_if(const struct page *page);
void html_what_if(const struct page *page);
bool html_has_exits(const struct page *page);
void html_exits(const struct page *page);
bool html_has_nested(const struct page *page);
void html_nested(const struct page *page);
void html_partitions(const struct page *page);
bool html_has_recipe(const struct page *page);
void html_recipe(const struct page *page);
void html_provenance(const struct page *page);

#endif
