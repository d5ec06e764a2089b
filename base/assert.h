/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must be true, checked in developers' builds (-DP9_ASSERTS=ON, part of the preset asan).  A condition says what
 * the simulator promises itself - that derived fields follow what they are derived from, that a mirror shows what it
 * mirrors - and is never about what a guest, an image or a file may hold: no input can make it false, so a violation is
 * a bug of the simulator.  It prints file, line and condition, and aborts.
 *
 * Elsewhere the condition is compiled, so that it cannot rot, but not evaluated: it costs nothing, and must not do
 * anything. A check too long for an expression is a function of its own, called under `if (P9_ASSERTS)`.
 */
#ifndef P9_BASE_ASSERT_H
#define P9_BASE_ASSERT_H

#include "base/compiler.h"

#if !defined(P9_ASSERTS) && defined(__clang_analyzer__)
#define P9_ASSERTS 1 /* clang-tidy: what is only asserted is used */
#endif
#ifndef P9_ASSERTS
#define P9_ASSERTS 0
#endif

#define P9_ASSERT(condition)                                                                                           \
    do {                                                                                                               \
        if (P9_ASSERTS && unlikely(!(condition))) assert_violated(__FILE__, __LINE__, #condition);                     \
    } while (0)

_Noreturn noinline_cold void assert_violated(const char *file, int line, const char *condition);

#endif
