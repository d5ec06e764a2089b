/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fixed-width types and bits as the Power ISA numbers them: bit 0 is the most significant bit of a 64-bit register.
 * PPC_BIT(n) is that bit of a doubleword, PPC_BIT32(n) of a word, PPC_BITMASK(b, e) the bits b..e (b <= e).  GETFIELD
 * and SETFIELD take such a mask, so the numbers in the code are the numbers in the book.
 */
#ifndef P9_BASE_BITS_H
#define P9_BASE_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/compiler.h"

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;
__extension__ typedef unsigned __int128 u128;
__extension__ typedef __int128 s128;

#define PPC_BIT(n) (0x8000000000000000ULL >> (n))
#define PPC_BIT32(n) (0x80000000U >> (n))
#define PPC_BITMASK(b, e) ((PPC_BIT(b) - PPC_BIT(e)) | PPC_BIT(b))
#define PPC_BITMASK32(b, e) ((PPC_BIT32(b) - PPC_BIT32(e)) | PPC_BIT32(b))
#define MASK_SHIFT(m) ((unsigned)__builtin_ctzll(m))
#define GETFIELD(m, v) (((v) & (m)) >> MASK_SHIFT(m))
#define SETFIELD(m, v, x) (((v) & ~(m)) | (((u64)(x) << MASK_SHIFT(m)) & (m)))

inline_hot u16 swap16(u16 v)
{
    return __builtin_bswap16(v);
}
inline_hot u32 swap32(u32 v)
{
    return __builtin_bswap32(v);
}
inline_hot u64 swap64(u64 v)
{
    return __builtin_bswap64(v);
}

inline_hot u32 rotl32(u32 v, unsigned n)
{
    return (v << (n & 31)) | (v >> (-n & 31));
}
inline_hot u64 rotl64(u64 v, unsigned n)
{
    return (v << (n & 63)) | (v >> (-n & 63));
}

/* Sign-extend the low `bits` bits of v (1..64). */
inline_hot s64 sign_extend(u64 v, unsigned bits)
{
    return (s64)(v << (64 - bits)) >> (64 - bits);
}

/* Big-endian storage to value and back, at any host alignment; the host itself may have either byte order. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define HOST_IS_LE 1
#else
#define HOST_IS_LE 0
#endif

inline_hot u16 get_be16(const void *p)
{
    u16 v;
    memcpy(&v, p, 2);
    return HOST_IS_LE ? swap16(v) : v;
}
inline_hot u32 get_be32(const void *p)
{
    u32 v;
    memcpy(&v, p, 4);
    return HOST_IS_LE ? swap32(v) : v;
}
inline_hot u64 get_be64(const void *p)
{
    u64 v;
    memcpy(&v, p, 8);
    return HOST_IS_LE ? swap64(v) : v;
}
inline_hot void put_be16(void *p, u16 v)
{
    v = HOST_IS_LE ? swap16(v) : v;
    memcpy(p, &v, 2);
}
inline_hot void put_be32(void *p, u32 v)
{
    v = HOST_IS_LE ? swap32(v) : v;
    memcpy(p, &v, 4);
}
inline_hot void put_be64(void *p, u64 v)
{
    v = HOST_IS_LE ? swap64(v) : v;
    memcpy(p, &v, 8);
}

/* A number of so many bytes (0 to 8), the lowest first. */
static inline void put_le(u8 *to, u64 value, unsigned bytes)
{
    for (unsigned k = 0; k < bytes; k++) to[k] = (u8)(value >> 8 * k);
}
static inline u64 get_le(const u8 *from, unsigned bytes)
{
    u64 value = 0;

    for (unsigned k = 0; k < bytes; k++) value |= (u64)from[k] << 8 * k;
    return value;
}

#endif
