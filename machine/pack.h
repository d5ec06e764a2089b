/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of named sections, compressed: what a checkpoint is written into (checkpoint.h).
 *
 *   file      "p9sim-ck", u32 version, section...; the last one is "end"
 *   section   name of 8 bytes, u64 size, u32 CRC of these 16 bytes; then its blocks, of PACK_BLOCK bytes each but for
 *             the last one
 *   block     u32 stored (PACK_PLAIN: as it is, else raw deflate), u32 CRC of what is stored, so many bytes
 *   "end"     of 8 bytes: the name of the file, CRCs of everything before it mixed into one number
 *
 * Numbers are little-endian.  Blocks know nothing of each other, so two threads of the host share the work, and the
 * same content is always the same file.  It is written under another name and renamed when all of it is on its way to
 * the disk: whoever reads sees the old file or the new one.
 *
 * A reader has the whole file in memory and believes none of it: a block is inflated only into the room that its
 * section has left, and a section may claim no more than deflate could have made of what is there.
 */
#ifndef P9_MACHINE_PACK_H
#define P9_MACHINE_PACK_H

#include "base/bits.h"

enum { PACK_VERSION = 1, PACK_BLOCK = 256 << 10 };
#define PACK_PLAIN 0x80000000U

/* ---- writing ---- */

struct pack_writer {
    const char *path;
    char *temporary;
    int fd;
    u64 identity;
    bool failed; /* and said so */
};

/* Each is false after an error line; then pack_abandon(). */
must_use bool pack_create(struct pack_writer *w, const char *path);
must_use bool pack_section(struct pack_writer *w, const char *name, const void *bytes, u64 size);

/* The same of bytes that lie in pieces: fill() copies the block from `at` on, of `size` bytes, to `to`; it is called by
 * two threads at a time. */
struct pack_source {
    void (*fill)(const void *self, u64 at, size_t size, u8 *to);
    const void *self;
};
must_use bool pack_section_from(struct pack_writer *w, const char *name, const struct pack_source *source, u64 size);

must_use bool pack_finish(struct pack_writer *w); /* the file is there */
void pack_abandon(struct pack_writer *w);         /* what was there before stays; after pack_finish() nothing */

/* ---- reading ---- */

enum { PACK_SECTIONS = 16 };
struct pack_reader {
    const char *path;
    u8 *bytes;
    u64 size, bytes_room, identity;
    struct pack_found {
        const u8 *name;
        u64 size;
        size_t first; /* of its blocks */
    } section[PACK_SECTIONS];
    unsigned sections;
    const u8 **block; /* all of them, one behind the other */
    size_t blocks, room;
};

/* Each is false after an error line.  pack_close() is fine in any case. */
must_use bool pack_open(struct pack_reader *r, const char *path); /* every CRC has been looked at */
must_use bool pack_open_bytes(struct pack_reader *r, const char *name, const void *bytes, u64 size); /* copies them */
void pack_close(struct pack_reader *r);

bool pack_has(const struct pack_reader *r, const char *name);
u64 pack_size(const struct pack_reader *r, const char *name); /* 0: there is none */
/* A section of at most `most` bytes in new memory; *bytes is NULL if it has none. */
must_use bool pack_read(const struct pack_reader *r, const char *name, u64 most, u8 **bytes, u64 *size);
/* Block after block, in any order, by two threads: take() gets each with its place in the section. False ends it. */
struct pack_sink {
    bool (*take)(void *self, u64 at, const u8 *bytes, size_t size);
    void *self;
};
must_use bool pack_read_to(const struct pack_reader *r, const char *name, const struct pack_sink *sink);

#endif
