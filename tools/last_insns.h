/* SPDX-License-Identifier: Apache-2.0 */
/* The last instructions before a guest's death: --log-insns N. */
#ifndef P9_TOOLS_LAST_INSNS_H
#define P9_TOOLS_LAST_INSNS_H

#include "tools/session.h"

struct last_insns;

/* As the options say, before the run; *last is NULL if they want none.  False after an error line. */
must_use bool last_insns_plan(const struct options *options, struct machine *machine, struct last_insns **last);
/* The guest has died: they go to stderr.  NULL: there are none. */
void last_insns_show(struct last_insns *last, struct session *session);
void last_insns_close(struct last_insns *last);

#endif
