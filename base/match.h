/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Has a stream of characters just ended with a text?  One step per character, with the failure table of Knuth, Morris
 * and Pratt; nothing of the stream is kept.
 */
#ifndef P9_BASE_MATCH_H
#define P9_BASE_MATCH_H

#include "base/bits.h"

struct state_table;

enum { MATCH_MAX = 256 };
struct match {
    const char *text;    /* length characters, which may be 0; must live as long */
    size_t length;       /* 1 to MATCH_MAX - 1 */
    size_t matched;      /* characters of text that the stream ends with now */
    u16 back[MATCH_MAX]; /* after a mismatch at k characters, back[k] of them still match */
};

extern const struct state_table match_state; /* how far the stream has come; the text is the owner's */

/* Look for it from now on. */
void match_begin(struct match *match, const char *text, size_t length);

/* The next character has come: true if the stream ends with the text now.  What comes later may share nothing with this
 * hit, so "aa" is found twice in "aaaa". */
bool match_step(struct match *match, char c);

#endif
