/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the folder: one gzip member of a trace's file (RFC 1952), with the field by which stream.c finds its way. */
#ifndef P9_TRACES_MEMBER_H
#define P9_TRACES_MEMBER_H

#include "base/bits.h"
#include "base/compiler.h"

struct libdeflate_compressor;

enum { MEMBER_FIELD = 12, MEMBER_HEAD = 10 + 2 + 4 + MEMBER_FIELD }; /* bytes before its deflate data */

/* Bytes that a member of so many bytes can take. */
size_t member_room(size_t size);
/* The member of these bytes in `to`, which has room for member_room(size); how many bytes it is. */
size_t member_pack(struct libdeflate_compressor *c, const u8 *bytes, size_t size, u64 mark, u8 *to, size_t room);
/* From its first MEMBER_HEAD bytes: its size and mark; false: it has no such field. */
bool member_read(const u8 head[MEMBER_HEAD], u32 *size, u64 *mark);

#endif
