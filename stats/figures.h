/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The figures of a finished run, read back from what it left: stats.txt, which has all of them, or stats.json, of which
 * totals, rates, accounts and regions are taken, under the names that stats.txt has for them.  Comments, and what of
 * stats.json is the host's, are no figures.  The files may have come from anywhere.
 *
 * A name is a place and what is counted there, parted by its last dot: "level1.walk_share", "region.chase.tlb_miss".
 * Without a dot the place is all of the run.
 */
#ifndef P9_STATS_FIGURES_H
#define P9_STATS_FIGURES_H

#include "base/emit.h"

enum { FIGURES_FILE_MAX = 64 << 20 /* bytes of a file; larger ones are refused */ };

struct figure {
    const char *name, *value; /* as the file has them; the value is a number */
    const char *about;        /* text and unit behind "#", or "" */
    double number;            /* of value */
    u64 whole;                /* of value, if is_whole: digits alone, below 2^64 */
    bool is_whole;
    bool is_apart; /* its name is NAME~2, and allocated by itself */
};

struct figures {
    struct figure *item; /* by name (strcmp), each name once: a second one is NAME~2 and so on */
    size_t count;
    char *bytes; /* that they point into */
};

/* path: a file, or an --out directory, whose stats.txt is read.  False after an error line; *figures can be freed all
 * the same. */
must_use bool figures_read(struct figures *figures, const char *path);
void figures_free(struct figures *figures);

/* The lines of a stats.txt.  bytes: allocated, size of them and a 0 behind, and the figures' from now on.  name: for
 * error lines. */
must_use bool figures_parse(struct figures *figures, char *bytes, size_t size, const char *name);

const struct figure *figures_find(const struct figures *figures, const char *name);

/* Where the last part of a name begins. */
size_t figure_place_length(const char *name); /* 6 of "level1.walk_share"; 0: all of the run */
const char *figure_what(const char *name);    /* "walk_share" */

/* What of a stats.json is a figure, as lines "NAME VALUE".  False after an error line. */
must_use bool figures_of_json(const char *bytes, size_t size, const char *name, struct emit *out);

#endif
