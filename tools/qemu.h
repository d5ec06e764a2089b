/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What fingers that know QEMU type: `-m 4G -smp 4,threads=2 -kernel FILE -append TEXT -nographic` work as they do
 * there; options that have no counterpart here are refused in a line that says what there is instead.  The words become
 * our options before anything else looks at them.
 */
#ifndef P9_TOOLS_QEMU_H
#define P9_TOOLS_QEMU_H

#include "base/bits.h"
#include "base/compiler.h"

struct command;

struct qemu_words {
    char **item; /* those that are made new, and the others as they were */
    int count;
    char *made[64];
    unsigned made_count;
    bool starved; /* the host has no memory for them */
};

/* Into words, to be freed even if it fails.  False after an error line: one of usage, unless words->starved. */
must_use bool qemu_words(struct qemu_words *words, const struct command *command, int argc, char **argv);
void qemu_words_free(struct qemu_words *words);

#endif
