/* SPDX-License-Identifier: Apache-2.0 */
/* See match.h. */
#include "base/match.h"

#include "base/state.h"

/* Whoever restores calls match_begin() first, and checks that `matched` is less than `length` then. */
static const struct state_row rows[] = {
    STATE_DERIVED(struct match, text),
    STATE_DERIVED(struct match, length),
    STATE(struct match, matched),
    STATE_DERIVED(struct match, back),
};
const struct state_table match_state = STATE_TABLE(struct match, rows);

void match_begin(struct match *m, const char *text, size_t length)
{
    m->text = text;
    m->length = length;
    m->matched = 0;
    m->back[0] = 0;
    for (size_t k = 1, same = 0; k < length; k++) {
        m->back[k] = (u16)same;
        while (same && text[k] != text[same]) same = m->back[same];
        if (text[k] == text[same]) same++;
    }
}

bool match_step(struct match *m, char c)
{
    while (m->matched && m->text[m->matched] != c) m->matched = m->back[m->matched];
    if (m->text[m->matched] == c) m->matched++;
    if (m->matched < m->length) return false;
    m->matched = 0;
    return true;
}
