/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A machine in a file: all of its state, main storage, and the images that a reboot of the guest needs.  docs/
 * CHECKPOINT.md says what is in it, and what another version or another configuration makes of it.
 *
 * A checkpoint may have a base: another checkpoint, without a base of its own, which holds the pages of main storage
 * that have not changed since.  It is needed whenever the other one is restored, and recognised by its content.
 */
#ifndef P9_MACHINE_CHECKPOINT_H
#define P9_MACHINE_CHECKPOINT_H

#include "machine/config.h"
#include "machine/machine.h"

/* Save the machine, which stands still.  base: a file, or NULL.  False after an error line; what was in the
 * file before is there still. */
must_use bool machine_checkpoint(struct machine *machine, const char *path, const char *base);

/* Save it at this moment; or, NULL, behind each callthru with which the guest asks for it (4101).  The path must
 * outlive the machine.  False after an error line: too many of them. */
struct when;
enum { CHECKPOINTS_MOST = 64 };
must_use bool machine_plan_checkpoint(struct machine *machine, const char *path, const struct when *when);
void machine_checkpoint_base(struct machine *machine, const char *base); /* for all of them */
/* The run is over. False if one of them could not be written, or its moment never came; a line has said so. */
must_use bool machine_checkpoints_written(struct machine *machine);

/* Of whoever runs the machine and knows more of it: state that is saved with it under this name (base/state.h).  Before
 * the run; all three must outlive the machine. At most two of them. */
struct state_table;
void machine_save_with(struct machine *machine, const char *name, const struct state_table *table, const void *self);

/* An opened file; it must outlive the machine that is made from it. */
struct saved_machine;

/* NULL after an error line.  base: where to find the base, if there is one; NULL: where it was. */
struct saved_machine *checkpoint_open(const char *path, const char *base);
void checkpoint_close(struct saved_machine *checkpoint);

/* The options that the machine had.  The limits of that run are none of this one. */
const struct config *checkpoint_config(const struct saved_machine *checkpoint);
/* What an option says is built into the machine: it cannot be another one afterwards. */
bool checkpoint_fixes(const struct option_row *row);

/* The machine, to go on with these options, which have the fixed ones as checkpoint_config() has them. NULL after an
 * error line. */
struct machine *machine_new_restored(struct saved_machine *checkpoint, const struct config *config,
                                     struct console *console, struct log *log);

bool checkpoint_has(const struct saved_machine *checkpoint, const char *name);
/* What machine_save_with() had named so.  False after an error line, also if there is nothing of that name. */
must_use bool checkpoint_restore_with(struct saved_machine *checkpoint, const char *name,
                                      const struct state_table *table, void *self);

/* The kernel, whose symbols name addresses; size 0: it has none.  False after an error line. */
must_use bool checkpoint_kernel(struct saved_machine *checkpoint, struct machine_blob *kernel);

/* Begin the console's log with what the guest had written until then. False after an error line. */
must_use bool checkpoint_write_log(const struct saved_machine *checkpoint, struct console *console);

/* What of the model starts empty because its configuration is another one, in words; "": nothing. */
const char *checkpoint_cold(const struct saved_machine *checkpoint);

#endif
