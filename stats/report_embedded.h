/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the embedded experiment has to show in report.html: maps of page sizes, lines over the footprint, and one cold
 * walk of a guest's guest as a plane.  The experiment fills it with the figures that its tables have
 * (experiment/embedded_picture.c); html_embedded.c draws it and knows no experiment.
 */
#ifndef P9_STATS_REPORT_EMBEDDED_H
#define P9_STATS_REPORT_EMBEDDED_H

#include "base/bits.h"

/* A figure, and what else it could be with other values of the parameters (one at a time). */
struct report_ranged {
    bool is_there, has_range;
    double value, least, greatest;
};

/* Cycles of translation of a load, and the table entries that it read, by two page sizes. */
enum { REPORT_MAP_ROWS = 5, REPORT_MAP_COLUMNS = 4, REPORT_MAPS = 2 };
struct report_map {
    const char *title, *caption, *corner; /* corner: what the first column names */
    unsigned rows;
    char row[REPORT_MAP_ROWS][48];
    char column[REPORT_MAP_COLUMNS][48];
    struct report_ranged cycles[REPORT_MAP_ROWS][REPORT_MAP_COLUMNS];
    double reads[REPORT_MAP_ROWS][REPORT_MAP_COLUMNS];
};

/* Cycles a load over the footprint, a line for each of host, guest and guest's guest. */
enum { REPORT_LINES = 3, REPORT_POINTS = 9, REPORT_DRAWINGS = 3 };
struct report_line {
    char name[64];
    struct report_ranged all[REPORT_POINTS];
    struct report_ranged walks[REPORT_POINTS]; /* the part that free walks would spare; none under the model mmu */
};
struct report_drawing {
    const char *title;
    struct report_line line[REPORT_LINES];
};

/* One entry of a cold walk by its place in the plane (walk_tally.h), and who had it. */
enum { REPORT_STEPS = 64 };
struct report_step {
    bool is_of_partition_table; /* that has no place: it is needed before the plane is entered */
    u8 row, column, source;     /* source: enum walk_source */
    char what[16];              /* "PDE level 2" */
};

/* What one TLB miss is: of a load when nothing is cached, or on the mean of a chase. */
enum { REPORT_MISSES = 5 };
struct report_miss {
    char name[96];                 /* "guest, pages of 64K on 64K, 4G, warm" */
    double entries, reads, cycles; /* on the path, from storage, of the walk */
    double longer;                 /* cycles that the run took longer for it: of the model core */
};

enum { REPORT_NAMED_PARTITIONS = 32 };
struct report_embedded {
    bool has_walks; /* of the model core: lines have their part of walks */
    bool has_ranges;
    const char *of_load; /* what the lines show: "translation cycles a load" */
    char footprint[REPORT_POINTS][16];
    struct report_map map[REPORT_MAPS];
    struct report_drawing drawing[REPORT_DRAWINGS];
    struct report_step step[REPORT_STEPS];
    unsigned steps;
    char walk[64];                          /* whose cold walk that is: "nested, 64K on 64K on 64K" */
    struct report_miss miss[REPORT_MISSES]; /* the first one is cold */
    unsigned misses;
    double look_up_cycles;
    char partition[REPORT_NAMED_PARTITIONS][48]; /* what it is, by LPID; "": nothing to say */
};

#endif
