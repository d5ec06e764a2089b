/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The exit table joined to the machine: what a world switch looks like in a thread's registers, told to exits.c.
 * What it asks of tables is read without a trace.
 */
#ifndef P9_HYPERVISOR_EXIT_WATCH_H
#define P9_HYPERVISOR_EXIT_WATCH_H

#include "hypervisor/exits.h"

struct bus;
struct mmu;

struct exit_watch {
    struct exits exits;
    struct machine_tables tables;
    struct partition_watcher watcher;
    struct mmu *mmu; /* of the thread that switches now */
};

/* window, soon: as exits_open().  NULL: the host has no memory. */
struct exit_watch *exit_watch_new(struct partition_tree *tree, struct bus *bus, u64 window, u64 soon);
/* After the last switch; the tree no longer asks. */
void exit_watch_free(struct exit_watch *watch);

/* After a restore, of each thread whose translation has been restored: what follows the last exit goes on being
 * counted.
 */
void exit_watch_resume(struct exit_watch *watch, struct thread *thread);

/* For a report: this thread's window and episode end here. */
void exit_watch_pause(struct exit_watch *watch, struct thread *thread);

#endif
