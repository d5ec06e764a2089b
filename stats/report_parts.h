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

/* Chapters: text_ writes lines, json_ one member of the object at the top. */
void report_json_exits(const struct report *r, struct emit *e);
void report_text_hot(const struct report *r, struct emit *e);
void report_json_hot(const struct report *r, struct emit *e);

#endif
