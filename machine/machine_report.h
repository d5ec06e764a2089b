/* SPDX-License-Identifier: Apache-2.0 */
/* What a machine has to say when it has run: fills struct report of stats/report.h. */
#ifndef P9_MACHINE_MACHINE_REPORT_H
#define P9_MACHINE_MACHINE_REPORT_H

#include "machine/machine.h"

struct config;
struct report;
struct region_level;

/* Everything but end, exit_status and host_seconds, which the caller knows; false after an error line (no memory). */
must_use bool machine_report(struct machine *machine, struct report *report);

/* What each level of nesting has counted up to now: a list of *count, to be freed; NULL if the host has no memory. */
struct region_level *machine_levels(struct machine *machine, unsigned *count);

/* "L0 (LPID 0) hypervisor" of the first thread that executes, or "idle". */
void machine_who_runs(const struct machine *machine, char *out, size_t size);

/* The tree of partitions that live, on one line: "L0 Linux 6.1.0; L1 LPID 1, ...; L2 LPID 2 of 1, ...". It has changed
 * if this number has. */
void machine_tree(const struct machine *machine, char *out, size_t size);
u64 machine_tree_changes(const struct machine *machine);

unsigned machine_deepest_level(const struct machine *machine); /* of the partitions that live; 0: only the host */

#endif
