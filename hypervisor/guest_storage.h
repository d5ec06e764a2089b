/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Storage as a guest sees it with relocation off: guest real addresses, through the partition-scoped tables of the
 * thread's LPIDR.  A question only: nothing is written, filled, counted or charged; what those tables do not map (yet)
 * cannot be read.
 */
#ifndef P9_HYPERVISOR_GUEST_STORAGE_H
#define P9_HYPERVISOR_GUEST_STORAGE_H

#include "base/bits.h"

struct thread;
struct ram;
struct xlate_ctx;

/* Copy from a guest real address, which ctx takes to real storage with relocation off (its MSR[IR, DR, HV] = 0); false:
 * some of it is not mapped to main storage. */
must_use bool guest_read(const struct xlate_ctx *ctx, u64 gra, void *to, u64 size_bytes);

/* The same of the partition that the thread's LPIDR names. */
must_use bool guest_load(const struct thread *t, u64 gra, void *to, u64 size_bytes);

/* Name the kernel that lies in low storage by its banner, "Linux 6.1.0-40-powerpc64le"; false: there is none. */
must_use bool guest_banner(const struct thread *t, char *out, size_t size);
/* Of real addresses: the host's. */
must_use bool host_banner(const struct ram *ram, char *out, size_t size);

#endif
