/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of the host that a person named, as text to read or as a place to write to.  Opening one never hangs: a named
 * pipe (FIFO) waits for its other end FILE_PARTNER_MS and is refused if nobody comes.  So /dev/stdin, <(command) and
 * >(command) of the shell work wherever these functions are used.  Once somebody is there, reading waits for what
 * comes, as with any program.  Images (loader/image.h) must be plain files: their size is asked for first.
 */
#ifndef P9_BASE_FILE_H
#define P9_BASE_FILE_H

#include <stdio.h>

#include "base/bits.h"
#include "base/compiler.h"

enum { FILE_PARTNER_MS = 2000 };

/* To read from its start to its end; NULL after an error line. */
FILE *file_read(const char *path);

/* The same as a descriptor, -1 after an error line, for whoever reads what comes when it comes. If a byte had to be
 * read to know that somebody is there it is in *early, else that is -1. */
int file_listen(const char *path, int *early);

/* A new file, or what is there, emptied; or a device, or a pipe.  A descriptor, -1 after an error line. */
int file_create(const char *path);

/* All of these bytes, and close fd.  False after an error line, which names the file and the reason. */
must_use bool file_put(int fd, const char *name, const void *bytes, size_t size);

/* The whole file anew, under another name first and then renamed, so that nobody reads half of it; a device or a pipe
 * is written as it is.  False after an error line; what was there is there then. */
must_use bool file_replace(const char *path, const void *bytes, size_t size);

#endif
