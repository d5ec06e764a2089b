/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What made the results of a run, besides the options of the machine: the subcommand, the files that it read, and what
 * it was told.  A file is known by its size and SHA-256, never by its path, so two runs of equal files have the same
 * recipe wherever these lie.  Paths are kept beside them, for the host's part of stats.json alone.
 *
 * As text it is lines of config.txt, told from those of machine options by the dot in their names:
 *
 *     run.subcommand = run
 *     image.kernel = 45846320 bytes, sha256 66992858584dc89c...
 *     image.symbols = 81920 bytes, sha256 5d41402abc4b2a76... @0x10000
 *     option.append = "console=hvc0 \"quoted\"\x0a"
 *
 * Nothing here knows which options and files there are: tools/cli.h does.
 */
#ifndef P9_STATS_RECIPE_H
#define P9_STATS_RECIPE_H

#include "base/bits.h"
#include "base/compiler.h"
#include "base/digest.h"

struct emit;
struct state_table;

enum { RECIPE_NAME = 32, RECIPE_NOTE = 64, RECIPE_LINE = 16384 };

struct recipe_image {
    char role[RECIPE_NAME]; /* the option that named it, or "program" */
    char note[RECIPE_NOTE]; /* what follows the file's name, "@0x10000"; "" for most */
    char digest[DIGEST_TEXT];
    u64 bytes;
    char *path; /* absolute if the host could tell; NULL: unknown */
};

struct recipe_option {
    char name[RECIPE_NAME]; /* without the dashes */
    char *value;            /* "" of one that takes no value */
};

struct recipe {
    char subcommand[RECIPE_NAME]; /* "": nobody said */
    struct recipe_image *image;   /* in the order in which they were added */
    struct recipe_option *option;
    unsigned images, options;
    struct recipe *origin; /* of a restored machine that goes on in another way: what its checkpoint was made by */
};

/* All zeros is an empty one.  False after an error line: the host has no memory.  Text is copied. */
must_use bool recipe_image(struct recipe *recipe, const char *role, const char *note, u64 bytes, const char *digest,
                           const char *path);
must_use bool recipe_option(struct recipe *recipe, const char *name, const char *value);

/* As lines of config.txt, without the origin; "margin" begins each. */
void recipe_lines(const struct recipe *recipe, const char *margin, struct emit *e);

/* Is this a name of such a line? "image.kernel" */
bool recipe_owns(const char *name);

/* Add what the lines of such a text say; others are passed over.  where: for messages.  False after an error line. */
must_use bool recipe_read(struct recipe *recipe, const char *text, size_t size, const char *where);

/* Does `whole` have all images and options that `part` has? The order of those of one name counts. */
bool recipe_holds(const struct recipe *whole, const struct recipe *part);

/* How many images of that role, or options of that name, there are. */
unsigned recipe_count(const struct recipe *recipe, const char *name);

void recipe_free(struct recipe *recipe); /* to an empty one */

extern const struct state_table recipe_state; /* all of it, with its origin */

/* Chapters of the documents (report.h). */
struct report;
void report_text_made_by(const struct report *report, struct emit *e); /* comments */
void report_json_made_by(const struct report *report, struct emit *e); /* a member */

#endif
