/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What we ask of the compiler: branch hints, results that must be looked at, functions that must be inlined.
 */
#ifndef P9_BASE_COMPILER_H
#define P9_BASE_COMPILER_H

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define must_use __attribute__((warn_unused_result))
#define inline_hot static inline __attribute__((always_inline))
#define noinline_cold __attribute__((noinline, cold))
#define printf_like(fmt, args) __attribute__((format(printf, fmt, args)))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define container_of(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

#endif
