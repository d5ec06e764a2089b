/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See unpack.h. zlib, liblzma and libzstd are fed in pieces and drained in pieces, and each step answers with a word of
 * enum step: that is all that differs between them.
 */
#include "loader/unpack.h"

#include <lzma.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/log.h"

enum { CHUNK_BYTES = 1 << 20, GZIP_WINDOW = 15 + 16 };
/* What liblzma may ask for: `xz -9` needs 65 MiB. libzstd has a limit of its own, a window of 128 MiB. */
static const u64 XZ_MEMORY_BYTES = 256ULL << 20;

enum step { STEP_MORE, STEP_END, STEP_CUT, STEP_DAMAGED, STEP_NO_MEMORY };

/* Where an unpacker is: what is left of the file, and room for what comes out. */
struct flow {
    const u8 *in;
    u64 in_size;
    u8 *out;
    u64 out_size;
};

struct unpacker {
    union {
        z_stream gzip;
        lzma_stream xz;
        ZSTD_DStream *zstd;
    };
};

struct format {
    const char *name;
    const u8 *magic;
    size_t magic_size;
    bool (*begin)(struct unpacker *u); /* false: no memory */
    enum step (*step)(struct unpacker *u, struct flow *f);
    void (*end)(struct unpacker *u);
};

static const u8 gzip_magic[] = {0x1f, 0x8b, 8};
static const u8 xz_magic[] = {0xfd, '7', 'z', 'X', 'Z', 0};
static const u8 zstd_magic[] = {0x28, 0xb5, 0x2f, 0xfd};

static bool begins_as(const u8 *magic, size_t magic_size, const u8 *bytes, u64 size)
{
    return size >= magic_size && !memcmp(bytes, magic, magic_size);
}

/* ---- gzip ----------------------------------------------------------------------------------------------------------
 */

static bool gzip_begin(struct unpacker *u)
{
    u->gzip = (z_stream){0};
    return inflateInit2(&u->gzip, GZIP_WINDOW) == Z_OK;
}

static void gzip_end(struct unpacker *u)
{
    inflateEnd(&u->gzip);
}

static enum step gzip_step(struct unpacker *u, struct flow *f)
{
    z_stream *z = &u->gzip;
    int status;

    z->next_in = (Bytef *)(uintptr_t)f->in;
    z->avail_in = (uInt)(f->in_size < CHUNK_BYTES ? f->in_size : CHUNK_BYTES); /* zlib counts in 32 bits */
    z->next_out = f->out;
    z->avail_out = (uInt)(f->out_size < CHUNK_BYTES ? f->out_size : CHUNK_BYTES);
    status = inflate(z, Z_NO_FLUSH);
    f->in_size -= (u64)(z->next_in - f->in);
    f->in = z->next_in;
    f->out_size -= (u64)(z->next_out - f->out);
    f->out = z->next_out;
    switch (status) {
    case Z_OK:
    case Z_BUF_ERROR: return STEP_MORE;
    case Z_MEM_ERROR: return STEP_NO_MEMORY;
    case Z_STREAM_END: break;
    default: return STEP_DAMAGED;
    }
    if (!begins_as(gzip_magic, sizeof gzip_magic, f->in, f->in_size)) return STEP_END;
    return inflateReset(z) == Z_OK ? STEP_MORE : STEP_DAMAGED;
}

/* ---- xz ------------------------------------------------------------------------------------------------------------
 */

static bool xz_begin(struct unpacker *u)
{
    u->xz = (lzma_stream)LZMA_STREAM_INIT;
    return lzma_stream_decoder(&u->xz, XZ_MEMORY_BYTES, 0) == LZMA_OK;
}

static void xz_end(struct unpacker *u)
{
    lzma_end(&u->xz);
}

/* One stream is over; zeros may lie between it and another one (format 1.1, 2.2 Stream Padding). */
static enum step xz_next(struct unpacker *u, struct flow *f)
{
    u64 zeros = 0;

    while (zeros < f->in_size && !f->in[zeros]) zeros++;
    if (!begins_as(xz_magic, sizeof xz_magic, f->in + zeros, f->in_size - zeros)) return STEP_END;
    f->in += zeros;
    f->in_size -= zeros;
    return lzma_stream_decoder(&u->xz, XZ_MEMORY_BYTES, 0) == LZMA_OK ? STEP_MORE : STEP_NO_MEMORY;
}

static enum step xz_step(struct unpacker *u, struct flow *f)
{
    lzma_stream *z = &u->xz;
    lzma_ret status;

    z->next_in = f->in;
    z->avail_in = f->in_size;
    z->next_out = f->out;
    z->avail_out = f->out_size;
    status = lzma_code(z, LZMA_RUN);
    *f = (struct flow){z->next_in, z->avail_in, z->next_out, z->avail_out};
    switch (status) {
    case LZMA_OK: return STEP_MORE;
    case LZMA_STREAM_END: return xz_next(u, f);
    case LZMA_BUF_ERROR: return STEP_CUT;
    case LZMA_MEM_ERROR:
    case LZMA_MEMLIMIT_ERROR: return STEP_NO_MEMORY;
    default: return STEP_DAMAGED;
    }
}

/* ---- zstd ----------------------------------------------------------------------------------------------------------
 */

static bool zstd_begin(struct unpacker *u)
{
    u->zstd = ZSTD_createDStream();
    return u->zstd != NULL;
}

static void zstd_end(struct unpacker *u)
{
    ZSTD_freeDStream(u->zstd);
}

/* Another frame, or one that is to be skipped (0x184d2a50 to ...5f). */
static bool zstd_follows(const struct flow *f)
{
    static const u8 skipped[] = {0x2a, 0x4d, 0x18};

    return begins_as(zstd_magic, sizeof zstd_magic, f->in, f->in_size) ||
           (f->in_size > sizeof skipped && f->in[0] >> 4 == 5 && !memcmp(f->in + 1, skipped, sizeof skipped));
}

/* The library answers 0 when a frame is complete. */
static enum step zstd_step(struct unpacker *u, struct flow *f)
{
    ZSTD_inBuffer in = {f->in, f->in_size, 0};
    ZSTD_outBuffer out = {f->out, f->out_size, 0};
    size_t status = ZSTD_decompressStream(u->zstd, &out, &in);

    *f = (struct flow){f->in + in.pos, f->in_size - in.pos, f->out + out.pos, f->out_size - out.pos};
    if (!ZSTD_isError(status)) return status || zstd_follows(f) ? STEP_MORE : STEP_END;
    return ZSTD_getErrorCode(status) == ZSTD_error_frameParameter_windowTooLarge ||
                   ZSTD_getErrorCode(status) == ZSTD_error_memory_allocation
               ? STEP_NO_MEMORY
               : STEP_DAMAGED;
}

/* ---- all of them ---------------------------------------------------------------------------------------------------
 */

static const struct format formats[] = {
    {"gzip", gzip_magic, sizeof gzip_magic, gzip_begin, gzip_step, gzip_end},
    {"xz", xz_magic, sizeof xz_magic, xz_begin, xz_step, xz_end},
    {"zstd", zstd_magic, sizeof zstd_magic, zstd_begin, zstd_step, zstd_end},
};

static const struct format *format_of(const u8 *bytes, u64 size)
{
    for (const struct format *f = formats; f < formats + ARRAY_SIZE(formats); f++)
        if (begins_as(f->magic, f->magic_size, bytes, size)) return f;
    return NULL;
}

bool unpack_knows(const u8 *bytes, u64 size)
{
    return format_of(bytes, size) != NULL;
}

static bool make_room(struct unpacked *out)
{
    u64 room = out->room ? out->room * 2 : CHUNK_BYTES;
    u8 *grown;

    if (out->size < out->room) return true;
    grown = realloc(out->bytes, room);
    if (!grown) return false;
    out->bytes = grown;
    out->room = room;
    return true;
}

/* Until it ends, is found to be too large (STEP_MORE), or goes wrong. A step that neither takes nor gives anything is
 * one that waits for more of the file. */
static enum step pour(const struct format *format, struct unpacker *u, const u8 *bytes, u64 size, u64 max_bytes,
                      struct unpacked *out)
{
    struct flow f = {.in = bytes, .in_size = size};
    enum step step = STEP_MORE;

    while (step == STEP_MORE && out->size <= max_bytes) {
        u64 before = f.in_size, size_before = out->size;

        if (!make_room(out)) return STEP_NO_MEMORY;
        f.out = out->bytes + out->size;
        f.out_size = out->room - out->size;
        step = format->step(u, &f);
        out->size = out->room - f.out_size;
        if (step == STEP_MORE && f.in_size == before && out->size == size_before) return STEP_CUT;
    }
    return step;
}

bool unpack(const char *name, const u8 *bytes, u64 size, u64 max_bytes, struct unpacked *out)
{
    static const char *const troubles[] = {[STEP_CUT] = "is cut short",
                                           [STEP_DAMAGED] = "is damaged",
                                           [STEP_NO_MEMORY] = "does not fit into the host's memory"};
    const struct format *format = format_of(bytes, size);
    struct unpacker u;
    enum step step;

    if (!format->begin(&u)) return p9_error("%s: the host has no memory to read it", name);
    step = pour(format, &u, bytes, size, max_bytes, out);
    format->end(&u);
    if (out->size > max_bytes)
        return p9_error("%s: more than %llu MiB; is it the right file?", name, (unsigned long long)max_bytes >> 20);
    if (step != STEP_END)
        return p9_error("%s: the %s data %s; fetch or make it again", name, format->name, troubles[step]);
    return out->size || p9_error("%s: unpacks to nothing", name);
}
