/* SPDX-License-Identifier: Apache-2.0 */
/*
 * With which words a guest's kernel gives up.  A pseries kernel that panics tells its hypervisor by the RTAS call
 * ibm,os-term (PAPR), whose one argument is a text.  QEMU's RTAS is a hypercall, H_RTAS, with the address of the
 * call's words in r4: so hardware sees whose kernel it is, whatever becomes of what that kernel prints.
 *
 * Which number the call has is the device tree's choice.  It is known by its text, which Linux begins with "OS panic: "
 * (arch/powerpc/kernel/rtas.c); no other call with one argument has the address of such a text.
 */
#ifndef P9_HYPERVISOR_OS_TERM_H
#define P9_HYPERVISOR_OS_TERM_H

#include "hypervisor/exit_reason.h"

struct thread;

/* The thread has just taken a system call with LEV = 1 from a guest (as guest_call_of() wants it).  reason: the call.
 * True: the guest's kernel gives up, and these are its words, without what they begin with, cut to what there is room
 * for; bytes that are no printable ASCII end them. */
must_use bool guest_gives_up(const struct thread *t, enum exit_reason reason, char *words, size_t size);

#endif
