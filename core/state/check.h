/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a thread promises about its own fields (base/assert.h): each [derived] field of thread.h is computed afresh and
 * compared; what does not hold, or NULL.  Nothing of the thread is changed.
 */
#ifndef P9_CORE_STATE_CHECK_H
#define P9_CORE_STATE_CHECK_H

#include "core/state/thread.h"

const char *thread_check(const struct thread *t);

#endif
