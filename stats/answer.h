/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What whoever opens a report asks first: what does a TLB miss cost, what share of the time is translation, and why?
 * One line for each level of nesting that ran, and in a tower for its largest chase at each level.  answer.c makes the
 * figures of the report, answer_tell.c puts them into sentences; stats.txt, report.html and stats.json show the same.
 *
 * Why is chosen by the figures.  Had nothing spared the walks anything, and nothing overlapped, a miss would have cost
 * the look-ups that belong to it and a read for every entry on its path.  That sum has four parts, which fill it
 * exactly: reads that a cache spared, time that other work overlapped, look-ups, reads.  The largest one is the answer.
 */
#ifndef P9_STATS_ANSWER_H
#define P9_STATS_ANSWER_H

#include "stats/report.h"

enum { ANSWER_LINES = 40, ANSWER_NAME = 96, ANSWER_SENTENCE = 320 };

/* A figure of the run.  least and greatest: what it could be with other plausible values of the model, as far as the
 * run has looked at them. */
struct answer_figure {
    bool is_there, has_range;
    double value, least, greatest;
};

enum answer_why {
    ANSWER_SPARED,     /* most of the entries on the path were in a cache of translations */
    ANSWER_OVERLAPPED, /* of the model `core`: other work went on meanwhile */
    ANSWER_LOOK_UPS,   /* of the TLB, after ERAT misses that hit there as well */
    ANSWER_READS,      /* of table entries, from storage */
    ANSWER_WHYS        /* nothing is to be explained */
};

/* Whoever pays.  Figures "a miss" are for one TLB miss, which is one walk. */
struct answer_line {
    char name[ANSWER_NAME];       /* as in "a TLB miss of level 1" */
    unsigned level;               /* of nesting */
    u64 misses, look_ups;         /* of the TLB */
    struct answer_figure cycles;  /* a miss: the look-up that fails, and the walk */
    struct answer_figure look_up; /* of these, */
    struct answer_figure walk;    /* and these */
    struct answer_figure waited;  /* cycles of the walk that completion waited for: of the model `core` */
    struct answer_figure spared;  /* cycles that all would have been shorter a miss, were walks free: with walk_twin */
    struct answer_figure entries; /* on the path of a walk, */
    struct answer_figure reads;   /* of these, read from storage */
    struct answer_figure had[WALK_SOURCES];   /* and all of them by who had them; [WALK_FROM_STORAGE] is reads */
    struct answer_figure served[WALK_SERVED]; /* reads by who served them: of the model `core` */
    struct answer_figure misses_per_1000;     /* instructions */
    struct answer_figure share; /* percent of the busy cycles: translation as charged, or that was waited for */
    struct answer_figure times; /* cycles of an operation by those at level 0: of a measure of a tower */
    unsigned longest;           /* reads of the longest walk; WALK_LENGTHS - 1: so many or more */
    unsigned usual;             /* three of four walks read so many or fewer, */
    double usual_percent;       /* namely this part of them */
    enum answer_why why;
    double why_share; /* of the sum above, 0..1 */
    double why_part;  /* of the time of translations, 0..1: overlapped; or look-ups, of what was not overlapped */
    char because[ANSWER_SENTENCE]; /* a clause; "": made of `why` by answer_because() */
};

struct answer {
    struct answer_line line[ANSWER_LINES];
    unsigned count;
    unsigned first_level;           /* line of the first level of the whole run; those before it are of measures */
    char sentence[ANSWER_SENTENCE]; /* instead of lines, or "" */
};

/* The answer of a report: the one that it carries (report.answer), or what its levels, and its tower, come to. */
void answer_of(const struct report *report, struct answer *answer);

/* One more line, of these counts; NULL if there is no room.  Its name is what the format makes. */
struct answer_line *answer_add(struct answer *answer, const struct report *report, unsigned level,
                               const struct counters *counters, const struct walk_tally *walks, const char *name, ...)
    printf_like(6, 7);

/* The why of a line as a clause, "" if there is nothing to explain. */
void answer_because(const struct answer_line *line, char *out, size_t size);
const char *answer_why_name(enum answer_why why); /* "spared" */

/* Sentences, with names of commands between backquotes, and with these bytes: behind a figure that leans on ASSUMED
 * values of the model, and around what is to be seen first. */
enum { ANSWER_MARK = 1, ANSWER_STRONG = 2, ANSWER_WEAK = 3 };
/* What a miss costs, who served it, what share translation is, and why. */
void answer_tell_line(const struct report *report, const struct answer_line *line, struct emit *out);
/* A cold walk beside the usual one, in the figures of the deepest level; nothing if no level has walks. */
void answer_tell_cold(const struct report *report, const struct answer *answer, struct emit *out);
/* What the ranges are over; nothing if no line has one. */
void answer_tell_ranges(const struct report *report, const struct answer *answer, struct emit *out);

#endif
