/* SPDX-License-Identifier: Apache-2.0 */
/* Members of a header of hexadecimal fields, a name and data, each padded to 4 bytes; see archive.h. */
#include "loader/archive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum { HEADER_BYTES = 110, MODE_FOLDER = 040755, MODE_FILE = 0100000 };

static bool append(struct archive *a, const void *bytes, u64 size)
{
    u64 grown_size = a->size + size;
    u8 *grown;

    if (size > a->max_bytes || grown_size > a->max_bytes)
        return p9_error("%s: the ramdisk is larger than %llu MiB; give the machine more memory with --mem", a->name,
                        (unsigned long long)a->max_bytes >> 20);
    if (!size) return true;
    grown = realloc(a->bytes, grown_size);
    if (!grown) return p9_error("%s: the host has no memory for the ramdisk", a->name);
    memcpy(grown + a->size, bytes, size);
    a->bytes = grown;
    a->size = grown_size;
    return true;
}

static bool pad(struct archive *a, u64 multiple)
{
    static const u8 zeros[ARCHIVE_ALIGN];

    return append(a, zeros, -a->size & (multiple - 1));
}

/* No inode numbers: Linux looks at those of files with several names alone. */
static bool member(struct archive *a, const char *name, u32 mode, const u8 *bytes, u64 size)
{
    char header[HEADER_BYTES + 1];

    if (size > UINT32_MAX) return p9_error("%s: a file of 4 GiB or more does not fit into a ramdisk", name);
    snprintf(header, sizeof header, "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X", 0, mode, 0, 0, 1, 0,
             (u32)size, 0, 0, 0, 0, (u32)strlen(name) + 1, 0);
    return append(a, header, HEADER_BYTES) && append(a, name, strlen(name) + 1) && pad(a, 4) &&
           append(a, bytes, size) && pad(a, 4);
}

bool archive_file(struct archive *a, const char *name, u32 permissions, const u8 *bytes, u64 size)
{
    return member(a, name, MODE_FILE | permissions, bytes, size);
}

bool archive_folder(struct archive *a, const char *name)
{
    return member(a, name, MODE_FOLDER, NULL, 0);
}

bool archive_end(struct archive *a)
{
    return member(a, "TRAILER!!!", 0, NULL, 0);
}

bool archive_append(struct archive *a, const u8 *bytes, u64 size)
{
    return pad(a, ARCHIVE_ALIGN) && append(a, bytes, size);
}

void archive_close(struct archive *a)
{
    free(a->bytes);
    *a = (struct archive){.name = a->name, .max_bytes = a->max_bytes};
}
