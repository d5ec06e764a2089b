/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The addresses of the instructions that QEMU says it executed: a log of `qemu-system-ppc64 -d exec,nochain
 * -singlestep` (one-insn-per-tb=on in newer ones), a line for each,
 *
 *     Trace 0: 0x7f2d7c000100 [0000000000000000/0000000000000010/9000000000000000/ff000201] symbol
 *
 * or of `-d cpu`, where a line "NIP 0000000000000010 ..." says it.  Other lines are passed over.  Packed by gzip or
 * not.
 */
#ifndef P9_TRACES_QEMU_LOG_H
#define P9_TRACES_QEMU_LOG_H

#include "base/bits.h"
#include "base/compiler.h"

struct qemu_log;

/* Of processor `cpu` alone. NULL after an error line. */
struct qemu_log *qemu_log_open(const char *path, unsigned cpu);
/* The next address.  False: the log has ended, or *failed after an error line. */
bool qemu_log_next(struct qemu_log *log, u64 *address, bool *failed);
u64 qemu_log_line(const struct qemu_log *log); /* of the last address, from 1 */
void qemu_log_close(struct qemu_log *log);

#endif
