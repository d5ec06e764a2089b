/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a thread promises about its own fields, for developers' builds (base/assert.h): each [derived] field of thread.h
 * is computed afresh and compared.  Nothing of the thread is changed.  Local time must be exact: between straight runs.
 */
#ifndef P9_CORE_STATE_CHECK_H
#define P9_CORE_STATE_CHECK_H

#include "core/state/thread.h"

void thread_check(const struct thread *t);

#endif
