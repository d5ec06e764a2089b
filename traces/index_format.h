/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the folder: the bytes of an index (index.h); numbers are little-endian.  Head, windows, entries. */
#ifndef P9_TRACES_INDEX_FORMAT_H
#define P9_TRACES_INDEX_FORMAT_H

#include "traces/index.h"

#define INDEX_MAGIC "p9index\n"
#define INDEX_SUFFIX ".p9idx"
enum {
    INDEX_VERSION = 1,
    INDEX_HEAD = 48,  /* magic, version, flags, 6 of zero; size and digest of the trace; where entries are; how many */
    INDEX_ENTRY = 80, /* bytes of an entry */
    INDEX_MOST = 1 << 20,    /* entries */
    INDEX_SAMPLE = 64 << 10, /* bytes at the trace's start and end that the digest is of */
};

struct index_head {
    u8 flags;
    u64 size, digest; /* of the trace */
    u64 table, count; /* where the entries are in the index, and how many */
};

/* Of the index of the trace at path; the caller frees it.  NULL: the host has no memory for it. */
char *index_name(const char *path, const char *suffix);

/* Size and digest of the trace at path as it is now; false: it is no plain file, or cannot be read. */
bool index_take_file(const char *path, struct index_head *head);

#endif
