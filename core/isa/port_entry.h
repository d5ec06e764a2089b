/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the run loop must know of the ports: whether bodies jump to each other (optimised builds) or return after each
 * instruction (sanitizers and -O0, where the compiler keeps frames and a run would eat the stack).
 */
#ifndef P9_CORE_ISA_PORT_ENTRY_H
#define P9_CORE_ISA_PORT_ENTRY_H

#include <stdbool.h>

#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) && !defined(P9_NO_TAIL_CALLS)
#define PORT_TAIL_CALLS 1
#else
#define PORT_TAIL_CALLS 0
#endif

static inline bool run_threads(void)
{
    return PORT_TAIL_CALLS;
}

#endif
