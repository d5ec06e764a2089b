/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One program, measured at one level of a tower: reads along with the console what the starter says (starter.h), hands
 * on what the program prints, and makes a table of what the program cost.
 *
 * The guest is believed as far as it tells of itself: a program that prints the starter's words ends its own run, with
 * a status of its own making.
 */
#ifndef P9_EXPERIMENT_EXEC_H
#define P9_EXPERIMENT_EXEC_H

#include <stdio.h>

#include "machine/machine.h"
#include "stats/report.h"

struct console;

enum exec_stage { EXEC_BOOTS, EXEC_RUNS, EXEC_ENDED, EXEC_REFUSED, EXEC_LOST };
enum { EXEC_WORD_MAX = 16384, EXEC_VERDICT = 300 };

struct exec {
    const char *program; /* for messages */
    unsigned level;
    enum exec_stage stage;
    u32 status; /* EXEC_ENDED: of wait(2); EXEC_REFUSED: the errno of execve */
    struct console *console;
    FILE *to; /* what the program prints; NULL: nowhere */
    /* Told once, before the program's first instruction, for each file that is mapped: so much of it lies so much
     * higher than it was linked for. */
    void (*mapped)(void *self, const char *path, u64 begin, u64 file_offset);
    void *self;
    char lost[EXEC_VERDICT];  /* EXEC_LOST: why it was not even started */
    char word[EXEC_WORD_MAX]; /* of the starter, as it comes */
    size_t matched, word_length;
    unsigned returns; /* carriage returns that may belong to the end of a line: serial drivers write some */
    bool in_word;
};

/* Read along: before the run, with program, level, to, mapped and self filled in. */
void exec_watch(struct exec *exec, struct console *console);

/* How it ended, for people, and as what: 0 the program ended with 0; 1 it failed, or was not started; 2 the run was
 * stopped or reached a limit before its end.  machine_text is how the machine says that it ended. */
enum exec_end { EXEC_FINE, EXEC_FAILED, EXEC_UNFINISHED };
enum exec_end exec_judge(const struct exec *exec, enum machine_end end, const char *machine_text, char *out,
                         size_t size);

/* What it cost, for people. */
void exec_table(const struct exec *exec, const struct report *report, struct emit *out);

#endif
