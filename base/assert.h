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

/*
 * What must hold of state is asked of files as well, where an assertion would be wrong: of these conditions functions
 * are made that return the first one that does not hold, or NULL.  A restore refuses what does not hold, in every
 * build; a developers' build asserts it again and again while the machine runs.
 */
#define MUST_HOLD(condition)                                                                                           \
    do {                                                                                                               \
        if (unlikely(!(condition))) return #condition;                                                                 \
    } while (0)
#define MUST_HOLD_OF(what_does_not)                                                                                    \
    do {                                                                                                               \
        const char *not_so = (what_does_not);                                                                          \
        if (unlikely(not_so != NULL)) return not_so;                                                                   \
    } while (0)
#define P9_ASSERT_OF(what_does_not)                                                                                    \
    do {                                                                                                               \
        const char *not_so = P9_ASSERTS ? (what_does_not) : NULL;                                                      \
        if (P9_ASSERTS && unlikely(not_so != NULL)) assert_violated(__FILE__, __LINE__, not_so);                       \
    } while (0)

_Noreturn noinline_cold void assert_violated(const char *file, int line, const char *condition);

#endif
