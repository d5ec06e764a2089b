/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a program of Linux on POWER (ppc64le) needs to run: its loader and its shared libraries, by name.  The file is
 * untrusted.
 */
#ifndef P9_LOADER_NEEDS_H
#define P9_LOADER_NEEDS_H

#include "loader/image.h"

enum { NEEDS_MAX = 64, NEEDS_NAME = 128 };

struct needs {
    char loader[NEEDS_NAME];             /* "/lib64/ld64.so.2"; "": it is linked statically */
    char library[NEEDS_MAX][NEEDS_NAME]; /* "libc.so.6": names without a slash */
    unsigned count;
};

/* False after an error line: no ELF file, of another machine, byte order or size of words, no program, damaged, more
 * libraries than NEEDS_MAX. */
must_use bool needs_read(const struct image *image, struct needs *out);

/* The same question without a line: is it a program or library for ppc64le? */
bool needs_fits(const struct image *image);

/* The file is mapped so that file_offset lies at `address`: by how much has it been moved from where it was linked for?
 * False: no segment of it has that byte. */
must_use bool needs_moved_by(const struct image *image, u64 address, u64 file_offset, u64 *offset);

#endif
