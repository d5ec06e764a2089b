/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `p9sim exec` puts into the guest beside the program: a first program of the level that runs it (/init, for the
 * busybox of tools/images), and the starter, a small static program for ppc64le that marks the region.  Neither needs
 * a compiler or more of the images than busybox.
 *
 * The starter is the first process. It starts the program by fork and execve and holds it before its first instruction
 * (ptrace). Then it tells the console where the program lies, resets the counters, begins the region "exec", lets go,
 * waits for the end and ends the region. So the region is what the level does from the program's first instruction to
 * the moment at which its parent knows of its end: dynamic linking, page faults, system calls and the exit are in it,
 * fork and execve are not.
 *
 * Its words on the console are strings that terminals hide (APC), so they need no line of their own:
 *
 *     ESC _ p9:libraries LF, what ldd prints, ESC \   of /init, ahead of the starter
 *     ESC _ p9:start LF, /proc/PID/maps, ESC \        the program is about to run
 *     ESC _ p9:end XXXXXXXX ESC \                     it has ended, with this status of wait(2); without a start
 *                                                     execve has failed, and the exit status is errno
 */
#ifndef P9_EXPERIMENT_STARTER_H
#define P9_EXPERIMENT_STARTER_H

#include "base/emit.h"

#define STARTER_OPEN "\033_p9:" /* what its words begin and end with */
#define STARTER_CLOSE "\033\\"
#define STARTER_PATH "p9/starter" /* where they lie in the guest */
#define STARTER_INPUT "p9/input"
#define STARTER_LIBRARIES "lib64"
#define STARTER_REGION "exec"

/* The ELF file of the starter.  False after an error line (no memory, or a defect of its text). */
must_use bool starter_program(struct emit *out);

/* The text of /init: what a level needs, then the starter with these words (the program is the first one); they are
 * quoted, whatever is in them.  Addresses are not randomized, so that ld.so of glibc can say beforehand where it will
 * map the libraries. */
enum starter_linking { STARTER_STATIC, STARTER_DYNAMIC, STARTER_GLIBC };
void starter_init(const char *const *words, unsigned count, enum starter_linking linking, struct emit *out);

#endif
