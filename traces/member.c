/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See member.h.  The head, from byte 0:
 *
 *     1f 8b  08  04  0 0 0 0  00  ff    gzip, deflate, with fields, no time, of no particular system
 *     10 00                             bytes of fields
 *     'P' '9'  0c 00                    ours, 12 bytes:
 *     size x 4  mark x 8                of the whole member, and its owner's note; little-endian
 *
 * and behind the deflate data, as ever, the CRC and the size of what was packed.
 */
#include "traces/member.h"

#include <libdeflate.h>
#include <string.h>

enum { TAIL = 8 };

static const u8 begin[] = {0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 4 + MEMBER_FIELD, 0, 'P', '9', MEMBER_FIELD, 0};

size_t member_room(size_t size)
{
    return MEMBER_HEAD + libdeflate_deflate_compress_bound(NULL, size) + TAIL;
}

size_t member_pack(struct libdeflate_compressor *c, const u8 *bytes, size_t size, u64 mark, u8 *to, size_t room)
{
    size_t packed = libdeflate_deflate_compress(c, bytes, size, to + MEMBER_HEAD, room - MEMBER_HEAD - TAIL);

    memcpy(to, begin, sizeof begin);
    put_le(to + sizeof begin, MEMBER_HEAD + packed + TAIL, 4);
    put_le(to + sizeof begin + 4, mark, 8);
    put_le(to + MEMBER_HEAD + packed, libdeflate_crc32(0, bytes, size), 4);
    put_le(to + MEMBER_HEAD + packed + 4, size, 4);
    return MEMBER_HEAD + packed + TAIL;
}

bool member_read(const u8 head[MEMBER_HEAD], u32 *size, u64 *mark)
{
    if (memcmp(head, begin, sizeof begin) != 0) return false;
    *size = (u32)get_le(head + sizeof begin, 4);
    *mark = get_le(head + sizeof begin + 4, 8);
    return *size > MEMBER_HEAD + TAIL;
}
