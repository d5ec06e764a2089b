/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The output directory of a run.  It belongs to one run at a time: it is locked from results_open() to results_close()
 * (the host forgets the lock of a process that was killed).  When a run begins, results_clear() removes what earlier
 * ones have left, by the names of results.def and those of files that were never finished, so that all that lies there
 * is of one run; other files stay.  A document is written under another name, ".stats.json.PID", and renamed, so that
 * nobody reads half of one.  No name is followed to where a symbolic link leads.
 */
#ifndef P9_STATS_RESULTS_H
#define P9_STATS_RESULTS_H

#include "base/bits.h"
#include "base/compiler.h"

struct emit;

enum result {
#define RESULT(row, name) RESULT_##row,
#include "stats/results.def"
#undef RESULT
    RESULT_COUNT
};
const char *result_name(enum result which);

struct results {
    char *dir; /* as it was given, for messages; NULL: there is none */
    int fd;    /* of the directory */
};

/* Make the directory if need be and lock it. False after an error line; *results can be closed all the same. */
must_use bool results_open(struct results *results, const char *dir);
void results_close(struct results *results);

bool results_in_use(const char *dir); /* a run writes there now */

/* Each is false, or -1, after an error line. */
must_use bool results_clear(const struct results *results);
must_use int results_create(const struct results *results, enum result which);  /* one that grows: a descriptor */
must_use bool results_remove(const struct results *results, enum result which); /* it need not be there */
must_use bool results_save(const struct results *results, enum result which, const struct emit *document);

#endif
