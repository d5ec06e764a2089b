/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An archive ("newc", cpio(5)) in memory, as Linux unpacks it into its first file system: folders, files and links in
 * the order in which they are added.  Several archives may follow each other; of two files of one name the later one
 * stays.  No time, owner or inode number of the host gets into one, so the same content is the same bytes.
 */
#ifndef P9_LOADER_ARCHIVE_H
#define P9_LOADER_ARCHIVE_H

#include "base/bits.h"
#include "base/compiler.h"

enum { ARCHIVE_ALIGN = 512 }; /* where an archive begins behind another one */

struct archive {
    const char *name; /* for messages; the caller keeps it alive */
    u8 *bytes;
    u64 size, max_bytes;
};

/* Each is false after an error line: no memory of the host, more than max_bytes, a file of 4 GiB or more.  Names are
 * paths without a slash in front; permissions are those of chmod. */
must_use bool archive_file(struct archive *archive, const char *name, u32 permissions, const u8 *bytes, u64 size);
must_use bool archive_folder(struct archive *archive, const char *name);
must_use bool archive_end(struct archive *archive); /* the mark behind the last member */

/* Bytes as they are: an archive that somebody else has made, behind the next multiple of ARCHIVE_ALIGN. */
must_use bool archive_append(struct archive *archive, const u8 *bytes, u64 size);

void archive_close(struct archive *archive);

#endif
