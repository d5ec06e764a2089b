/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far a run is: a line on standard error for people, a small JSON file for programs, and for `p9sim status`. All of
 * it is about the host as much as about the guest, so nothing of it is a result: the file in --out is gone when the
 * results are there.
 */
#ifndef P9_TOOLS_PROGRESS_H
#define P9_TOOLS_PROGRESS_H

#include "machine/machine.h"
#include "stats/results.h"
#include "tools/cli.h"

struct session_judge;

struct progress {
    const struct options *options;
    const struct results *results;     /* of --out, or without */
    const struct session_judge *judge; /* who knows where a tower is; or NULL */
    bool line, on_terminal;            /* a line is wanted; it is overwritten, or there is one every few seconds */
    bool file_failed;                  /* --progress-file could not be written, which was said */
    double started, looked, said;      /* host seconds, monotonic: when the run began, and when it was told last */
    u64 since_insns;                   /* what a restored machine had behind it then: instructions, */
    double since_seconds;              /* guest time */
    u64 tree_told;                     /* which tree of partitions the line has shown */
};

/* False after an error line: --progress-file is no place for a file. */
must_use bool progress_open(struct progress *progress, const struct options *options, const struct results *results);
/* The machine is ready to run; the judge (or NULL) knows where it is. */
void progress_begin(struct progress *progress, const struct machine *machine, const struct session_judge *judge);
/* Called often; does something once a second. */
void progress_tell(struct progress *progress, const struct machine *machine);
/* Something else is about to be written on standard error. */
void progress_clear_line(const struct progress *progress);
/* The run is over and its results are written: `end` says how, in words. */
void progress_end(struct progress *progress, const struct machine *machine, const char *end, enum exit_status status);

double progress_host_seconds(void); /* monotonic */

#endif
