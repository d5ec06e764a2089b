/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `p9sim exec` takes into the guest: the program, the shared libraries that it needs, files that were asked for,
 * and what starts it (experiment/starter.h).  All of it is looked at before anything boots.
 */
#ifndef P9_TOOLS_EXEC_CARGO_H
#define P9_TOOLS_EXEC_CARGO_H

#include "loader/archive.h"
#include "loader/image.h"
#include "loader/symbols.h"
#include "tools/cli.h"

enum { CARGO_MAX = 256, CARGO_PATH = 512 };

struct cargo_file {
    char host[4096], guest[CARGO_PATH]; /* guest: without the slash in front */
    struct image image;
    u32 permissions;
    const char *role; /* in what is noted of the run: "program", "library", "file", "input" */
};

struct cargo {
    const struct options *options;
    struct cargo_file *file; /* the program is the first one */
    unsigned count;
    char loader[CARGO_PATH]; /* "lib64/ld64.so.2", or "" */
    bool is_elf;             /* the program: else it is a script */
    struct archive archive;
    struct symbols *symbols; /* get those of files whose place in memory is told; NULL: nobody wants them */
};

/* The name of a file without its folders. */
const char *last_part(const char *path);

/* options->words: the program and its arguments; level: how many guests of guests it is
 * handed down through.  False
 * after an error line that names the file, the library that is missing, or what is wrong. */
must_use bool cargo_open(struct cargo *cargo, const struct options *options, unsigned level);
void cargo_close(struct cargo *cargo);

/* The file of that guest path is mapped so that file_offset lies at begin: its symbols are known from now on. */
void cargo_mapped(void *cargo, const char *path, u64 begin, u64 file_offset);

#endif
