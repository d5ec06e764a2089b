/* SPDX-License-Identifier: Apache-2.0 */
/* A run that is held against a trace of an earlier one: --check-against FILE, --check-from WHEN. */
#ifndef P9_TOOLS_CHECKING_H
#define P9_TOOLS_CHECKING_H

#include "tools/session.h"

struct checking;

/* As the options say, before the run; *checking is NULL if they want none.  False after an error line. */
must_use bool checking_plan(struct session *session, struct machine *machine, struct checking **checking);
/* The run has ended so: says on stdout where it has parted from the trace, or in a line of the log how far it was the
 * same; may change how the end is told (text) and the exit status.  NULL: nothing is done. */
void checking_judge(struct checking *checking, enum machine_end end, char *text, size_t size, enum exit_status *status);
/* In a copy of the process: nothing of what follows is compared.  NULL: there is none. */
void checking_mute(struct checking *checking);
void checking_close(struct checking *checking);

#endif
