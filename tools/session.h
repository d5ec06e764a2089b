/* SPDX-License-Identifier: Apache-2.0 */
/* What `run`, `bare` and `walk` have in common: console, output directory, limits, progress, closing line, status. */
#ifndef P9_TOOLS_SESSION_H
#define P9_TOOLS_SESSION_H

#include "base/log.h"
#include "loader/elf.h"
#include "loader/image.h"
#include "loader/initrd.h"
#include "loader/symbols.h"
#include "machine/console.h"
#include "machine/machine.h"
#include "stats/report.h"
#include "stats/results.h"
#include "tools/cli.h"
#include "tools/progress.h"

/* Somebody who knows more about the run than how the machine ended; each function may be NULL. */
struct session_judge {
    /* May change how the end is told (text) and the exit status. */
    void (*judge)(void *self, enum machine_end end, char *text, size_t size, enum exit_status *status);
    bool (*complete)(void *self, struct report *report); /* before it is written; false after an error line */
    bool (*written)(void *self, const struct report *report, const struct results *to);
    void (*where)(void *self, char *out, size_t size); /* for the progress line */
    void *self;
};

struct session {
    const struct options *options;
    struct console *console;
    struct log log;
    struct results results; /* --out, locked; without: none */
    struct image input;
    struct symbols symbols; /* names for the report, and for a WHEN */
    bool unpacked_names;    /* the kernel's of a restored machine are among them */
    struct progress progress;
    struct machine *machine;           /* while it runs */
    const struct session_judge *judge; /* NULL: none */
    char *checkpoint[LIST_MAX];        /* files of --checkpoint */
    unsigned checkpoints;
    char konata[4096];         /* file of --konata */
    struct tracing *tracing;   /* of --trace; NULL: none */
    struct last_insns *last;   /* of --log-insns; NULL: none */
    struct checking *checking; /* of --check-against; NULL: none */
    int folded[2];             /* files of --folded: cycles, exposed walks; -1: none */
};

/* Console, --out directory, terminal, signals. False after an error line. */
must_use bool session_open(struct session *session, const struct options *options);

/* Before the run: names from an image that the machine runs (NULL, or one that is no ELF file: it has none) and from
 * the files of --symbols; after it: give them to the report. False after an error line. */
must_use bool session_symbols(struct session *session, const struct image *image);
void session_unpack_names(struct session *session); /* of a restored machine: its kernel's are there from then on */
void session_name(struct session *session, struct report *report);
/* Where a symbol lies; false: it is not known. */
must_use bool session_find(struct session *session, const char *name, u64 *address);

/* Those of the files of --symbols alone. False after an error line. */
must_use bool symbols_of_files(const struct options *options, struct symbols *symbols);

struct when;
/* A WHEN (machine/when.h) that was given with `option`; symbols are those of session_symbols(). */
must_use bool session_when(struct session *session, const char *option, const char *text, struct when *when);
/* Stand still at this WHEN (machine/when.h), given with `option`; symbols are those of session_symbols(). */
must_use bool session_stop_at(struct session *session, struct machine *machine, const char *option, const char *when,
                              unsigned *number);

/* Run to the end, write the results into --out if there is one - what earlier runs have left there goes first -, say
 * how it ended; the exit status of p9sim. */
enum exit_status session_run(struct session *session, struct machine *machine);
void session_close(struct session *session);

/* What it does at the end: the results of a machine that stands still.  And what SIGUSR1 asks for, while it runs
 * (snapshot.c). */
must_use bool session_write_results(struct session *session, struct machine *machine, const char *end,
                                    enum exit_status status);
void session_snapshot(struct session *session, struct machine *machine);

/* Images: NULL path leaves *blob empty; bytes stay valid until image_close. */
must_use bool session_image(struct image *image, const char *path, enum image_packing packing, u64 memory_bytes,
                            struct machine_blob *blob);

/* Where images are that nobody names. */
void session_images_directory(char *out, size_t size);

/* The firmware's images, from the options or the images directory. */
struct firmware {
    struct image bios, kernel, initrd, dtb;
    struct initrd_parts parts; /* of initrd */
    struct machine_powernv what;
    char path[3][4096], both[2 * 4096 + 2];
};
must_use bool session_firmware(struct firmware *firmware, const struct options *options);
void session_firmware_close(struct firmware *firmware);

/* A program to run bare. */
struct program {
    struct image image;
    struct machine_segment segments[ELF_SEGMENTS_MAX];
    struct machine_bare bare;
};
must_use bool session_program(struct program *program, const struct options *options, const char *path);
void session_program_close(struct program *program);

#endif
