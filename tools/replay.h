/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run is made of (stats/recipe.h): written down while it begins, and read back from the config.txt of an earlier
 * run, so that `--config` repeats that one.  Files are found by their content: where they were, or in the images
 * directory under their usual names; one that has become another file is refused.
 */
#ifndef P9_TOOLS_REPLAY_H
#define P9_TOOLS_REPLAY_H

#include "loader/initrd.h"
#include "stats/recipe.h"
#include "tools/cli.h"

struct machine;

enum { REPLAY_PATHS = 256 };
struct replay {
    struct recipe made; /* of this run */
    bool noted;         /* its options are in it */

    const char *path; /* of --config; NULL: there is none */
    char *text;
    size_t size;
    struct recipe wanted;    /* what it says of an earlier run of this subcommand */
    char *was[REPLAY_PATHS]; /* where the files of that run were, as far as it is known */
    unsigned were;
    char *found[REPLAY_PATHS]; /* names that options point to */
    unsigned found_count;
};

/* Of the command line: read the file of --config, or nothing (NULL).  False after an error line. */
must_use bool replay_open(struct options *options, const char *config_path);
void replay_close(struct options *options);

/* Where the file is that the earlier run had as wanted.image[n]; NULL after an error line. */
must_use const char *replay_find(const struct options *options, unsigned n);
/* The options live as long as this: "first", "first,then" or "first" and "then" in one. */
must_use const char *replay_joined(const struct options *options, const char *first, const char *between,
                                   const char *then);

/* Of the run.  Its options, as they are now: before anything changes them; later calls do nothing. */
must_use bool replay_note(const struct options *options);
/* A file that it read; note: what follows its name, or "". */
must_use bool replay_image(const struct options *options, const char *role, const struct image *image,
                           const char *note);
/* An argument of the program that it runs: each in its turn. */
#define REPLAY_ARGUMENT "argument"
must_use bool replay_argument(const struct options *options, const char *word);
must_use bool replay_initrd(const struct options *options, const struct initrd_parts *parts);

/* Everything is noted and the machine is there: a restored machine that goes on as it was is what it was made of, one
 * that goes on in another way is the checkpoint's.  From here on it is saved with the machine. */
must_use bool replay_settle(const struct options *options, struct machine *machine);

#endif
