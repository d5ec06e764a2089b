/* SPDX-License-Identifier: Apache-2.0 */
/* What is no instruction, as words: the same in every text that is made of records. */
#ifndef P9_TRACES_EVENTS_H
#define P9_TRACES_EVENTS_H

#include "core/state/retire.h"

enum { EVENT_TEXT = 192 };

/* "interrupt DECREMENTER from 00... to 00... msr 90..."; of an instruction nothing. */
void event_text(const struct retire *r, char out[EVENT_TEXT]);

#endif
