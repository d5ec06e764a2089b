/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a trace in a file, in order and in constant memory. A writer packs them into gzip while it goes on: full
 * blocks are compressed by other threads of the host, each into a gzip member of its own, and members are written in
 * order. So the file is one that every gzip reads, what a killed run leaves is readable up to its last whole member,
 * and equal bytes make equal files, whatever the number of threads. Beside its own size a member carries what its owner
 * notes (`mark`), from which a reader finds its way without an index of its own.
 *
 * A reader takes gzip and plain files, from disks and from pipes.
 */
#ifndef P9_TRACES_STREAM_H
#define P9_TRACES_STREAM_H

#include "base/bits.h"
#include "base/compiler.h"

/* ---- writing ---- */

enum { STREAM_BLOCK = 1 << 20, STREAM_MOST = 128 << 10 }; /* bytes of a member; the most that are asked for at once */

struct stream_writer;

/* A new file, or what is there, emptied; or a pipe.  packed: gzip, else the bytes as they are.  NULL after an error
 * line. */
struct stream_writer *stream_create(const char *path, bool packed);
/* The same into a descriptor, which is the writer's now; path is what error lines name. */
struct stream_writer *stream_create_on(int fd, const char *path, bool packed);

/* Room for `size` bytes, at most STREAM_MOST, behind all that was taken; good until the next call. */
u8 *stream_room(struct stream_writer *w, size_t size);
/* So many of them are the stream's now. */
void stream_take(struct stream_writer *w, size_t size);
/* Of the room asked for with stream_room(): does it begin a member?  Then a mark may be noted for it, of which nothing
 * is known here. */
bool stream_is_at_start(const struct stream_writer *w);
void stream_mark(struct stream_writer *w, u64 mark);

/* Bytes taken so far. */
u64 stream_told(const struct stream_writer *w);

/* A write has failed: nothing more gets into the file, and stream_finish() will say why. */
bool stream_has_failed(struct stream_writer *w);

/* The rest is written and the file closed.  False after an error line (of this or an earlier moment); then the file
 * ends behind what could be written. */
must_use bool stream_finish(struct stream_writer *w);

/* ---- reading ---- */

struct stream_reader;

/* NULL after an error line.  A file that begins as gzip is unpacked. */
struct stream_reader *stream_open(const char *path);
void stream_close(struct stream_reader *r);

/* The next bytes: at least `size` (at most STREAM_MOST) of them unless the stream ends before; *have says how many lie
 * there.  NULL after an error line: what is there is no gzip, or damaged; the line says where. */
const u8 *stream_peek(struct stream_reader *r, size_t size, size_t *have);
/* Go on behind so many of them. */
void stream_skip(struct stream_reader *r, size_t size);
/* Where stream_peek() looks, in unpacked bytes from the start. */
u64 stream_at(const struct stream_reader *r);

/* Of a packed file on a disk that stream_create() has made: go on at the last member whose mark is `mark` or less
 * (marks rise). True: the reader stands there, and *found is its mark. False: it is no such file; nothing has
 * changed. */
bool stream_seek(struct stream_reader *r, u64 mark, u64 *found);

/* Of two such files of which nothing was taken yet, and whose first members are the same, byte by byte: both go on at
 * the last one that is, and *mark is its mark.  False: there is none; nothing has changed. */
bool stream_skip_same(struct stream_reader *a, struct stream_reader *b, u64 *mark);

/* Is it such a file? */
bool stream_is_marked(struct stream_reader *r);

/* ---- places, of which an index is made (index.h) ---- */

enum { STREAM_WINDOW = 32 << 10 }; /* bytes that deflate looks back */
enum stream_place_kind { STREAM_NOWHERE, STREAM_PLAIN, STREAM_MEMBER, STREAM_WITHIN };

/* Where reading can begin: a byte of a plain file, a member of a gzip file, or a block of deflate data within one. */
struct stream_place {
    u8 kind, bits;   /* enum stream_place_kind, STREAM_NOWHERE: none was met yet; bits of the byte before file_at */
    u64 at, file_at; /* unpacked bytes before it; where that is in the file */
    u32 window_size; /* STREAM_WITHIN: the unpacked bytes before it */
    u8 window[STREAM_WINDOW];
};

/* Fill in the next place that is met: *place is STREAM_NOWHERE until then, and is written while bytes are peeked. */
void stream_note_place(struct stream_reader *r, struct stream_place *place);
/* Go on at byte `at` of the unpacked stream, by a place that is not behind it.  False: the file cannot be entered there
 * (a pipe; nothing has changed), or after an error line.  The check sum of a member that is entered within is not
 * looked at. */
must_use bool stream_go(struct stream_reader *r, const struct stream_place *place, u64 at);

#endif
