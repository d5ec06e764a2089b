/* SPDX-License-Identifier: Apache-2.0 */
/* See filter.h.  One row for each word. */
#include "traces/filter.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"

const char filter_help[] =
    "WORDS say which instructions, separated by commas and joined by `and`:\n"
    "  level=K, lpid=N, pid=N   executed at that level, in the partition with that LPID (0: the host), in that "
    "process\n"
    "  state=NAME, thread=N     in ultravisor, hypervisor, os or problem state; on that hardware thread\n"
    "  pc=A, pc=A..B, pc=NAME   at an address, from one up to another (which is not in it), in a function\n"
    "  ea=A, ea=A..B            that touch these bytes of storage, by effective address\n"
    "  walks                    that walked the tables\n";

enum { NAME_MAX_BYTES = 256 };
struct reader {
    struct filter *filter;
    const char *option;
    const struct filter_symbols *symbols;
};

static bool number(const char *text, u64 *value)
{
    char *end;

    errno = 0;
    *value = strtoull(text, &end, 0);
    return *text >= '0' && *text <= '9' && !*end && !errno;
}

/* A number, or the extent of a symbol. */
static bool place(const struct reader *r, const char *text, u64 *from, u64 *end)
{
    if (number(text, from)) {
        *end = *from + 1;
        return true;
    }
    return r->symbols && r->symbols->find && r->symbols->find(r->symbols->self, text, from, end);
}

static bool read_range(const struct reader *r, const char *word, const char *text, u64 *from, u64 *last)
{
    const char *dots = strstr(text, "..");
    char begin[NAME_MAX_BYTES];
    u64 end = 0, unused;
    bool ok;

    snprintf(begin, sizeof begin, "%.*s", dots ? (int)(dots - text) : (int)strlen(text), text);
    ok = place(r, begin, from, &end) && (!dots || place(r, dots + 2, &end, &unused));
    if (!ok)
        return p9_error("%s: %s=%.80s: write A or A..B, each a number or a symbol that is known (--symbols)", r->option,
                        word, text);
    *last = end - 1;
    return *last >= *from || p9_error("%s: %s=%.80s: nothing lies between them", r->option, word, text);
}

static bool read_pc(const struct reader *r, const char *text)
{
    return read_range(r, "pc", text, &r->filter->pc_from, &r->filter->pc_last);
}

static bool read_ea(const struct reader *r, const char *text)
{
    return read_range(r, "ea", text, &r->filter->ea_from, &r->filter->ea_last);
}

static bool read_state(const struct reader *r, const char *text)
{
    for (r->filter->state = 0; r->filter->state < TRACE_STATES; r->filter->state++)
        if (!strcmp(text, context_state_name((enum trace_state)r->filter->state))) return true;
    return p9_error("%s: state=%.60s: give ultravisor, hypervisor, os or problem", r->option, text);
}

static bool read_number(const struct reader *r, const char *text, u64 *to)
{
    return number(text, to) || p9_error("%s: \"%.60s\" is no number", r->option, text);
}

static bool read_level(const struct reader *r, const char *text)
{
    return read_number(r, text, &r->filter->level);
}

static bool read_lpid(const struct reader *r, const char *text)
{
    return read_number(r, text, &r->filter->lpid);
}

static bool read_pid(const struct reader *r, const char *text)
{
    return read_number(r, text, &r->filter->pid);
}

static bool read_thread(const struct reader *r, const char *text)
{
    return read_number(r, text, &r->filter->thread);
}

static const struct {
    const char *word;
    enum filter_word bit;
    bool (*read)(const struct reader *r, const char *text); /* NULL: nothing follows the word */
    unsigned needs;                                         /* enum trace_lacks */
} words[] = {
    {"level=", FILTER_LEVEL, read_level, TRACE_LACKS_STATE},
    {"lpid=", FILTER_LPID, read_lpid, 0},
    {"pid=", FILTER_PID, read_pid, 0},
    {"thread=", FILTER_THREAD, read_thread, 0},
    {"state=", FILTER_STATE, read_state, TRACE_LACKS_STATE},
    {"pc=", FILTER_PC, read_pc, 0},
    {"ea=", FILTER_EA, read_ea, 0},
    {"walks", FILTER_WALKS, NULL, 0},
};

static bool read_word(const struct reader *r, const char *text)
{
    for (unsigned k = 0; k < ARRAY_SIZE(words); k++) {
        size_t n = strlen(words[k].word);

        if (strncmp(text, words[k].word, n) != 0 || (!words[k].read && text[n])) continue;
        if (r->filter->words & words[k].bit)
            return p9_error("%s: %s is there twice; words are joined by `and`", r->option, words[k].word);
        r->filter->words |= words[k].bit;
        return !words[k].read || words[k].read(r, text + n);
    }
    return p9_error(
        "%s: there is no word \"%.60s\"; there are level=, lpid=, pid=, thread=, state=, pc=, ea= and walks", r->option,
        text);
}

bool filter_read(struct filter *f, const char *option, const char *text, const struct filter_symbols *symbols)
{
    const struct reader r = {f, option, symbols};
    char word[NAME_MAX_BYTES];

    do {
        size_t n = strcspn(text, ",");

        if (n >= sizeof word) return p9_error("%s: a word is too long: %.60s", option, text);
        snprintf(word, sizeof word, "%.*s", (int)n, text);
        if (!read_word(&r, word)) return false;
        text += n;
    } while (*text++);
    return true;
}

unsigned filter_needs(const struct filter *f, const char **word)
{
    for (unsigned k = 0; k < ARRAY_SIZE(words); k++) {
        if (!(f->words & words[k].bit) || !words[k].needs) continue;
        *word = words[k].word;
        return words[k].needs;
    }
    return 0;
}

/* ---- records ---- */

static bool context_is_wanted(const struct filter *f, const struct trace_context *c, unsigned thread)
{
    return !(f->words & FILTER_LEVEL && c->level != f->level) &&
           !(f->words & FILTER_LPID && context_lpid(c) != f->lpid) && !(f->words & FILTER_PID && c->pid != f->pid) &&
           !(f->words & FILTER_THREAD && thread != f->thread) &&
           !(f->words & FILTER_STATE && (u64)context_state(c) != f->state);
}

static bool touches(const struct filter *f, const struct retire_access *a)
{
    u64 last = a->ea + (a->size ? a->size - 1 : 0);

    return a->kind != ACCESSED_FETCH && a->ea <= f->ea_last && last >= f->ea_from;
}

static bool accesses_are_wanted(const struct filter *f, const struct retire *r, const struct retire_access *access)
{
    bool touched = false, walked = false;

    for (unsigned k = 0; k < r->accesses; k++) {
        touched |= touches(f, &access[k]);
        walked |= access[k].reads || access[k].by == TRANSLATED_BY_WALK;
    }
    return (touched || !(f->words & FILTER_EA)) && (walked || !(f->words & FILTER_WALKS));
}

static bool insn_is_wanted(const struct filter *f, const struct retire *r, const struct retire_block *block)
{
    if (f->words & FILTER_PC && (r->cia < f->pc_from || r->cia > f->pc_last)) return false;
    if (!(f->words & (FILTER_EA | FILTER_WALKS))) return true;
    return accesses_are_wanted(f, r, &block->access[r->access]);
}

/* The instruction that an event at k stands before; NULL: an interrupt comes first, or it is not in this block. */
static const struct retire *insn_behind(const struct retire_block *block, size_t k)
{
    for (size_t n = k; n < block->count; n++) {
        const struct retire *r = &block->record[n];

        if (r->kind == RETIRE_INSN) return r;
        if (r->kind == RETIRE_INTERRUPT || r->kind == RETIRE_EVENT_BRANCH) break;
    }
    return NULL;
}

static bool is_sampled(const struct picker *p)
{
    return !p->every || p->position % p->every < p->first;
}

static bool is_wanted(struct picker *p, const struct retire_block *block, size_t k)
{
    const struct retire *r = &block->record[k], *insn;
    unsigned thread = contexts_thread(r);

    if (!p->filter.words && !p->every) return true;
    if (r->kind == RETIRE_CONTEXT || r->kind == RETIRE_REGISTER) return true;
    if (r->kind == RETIRE_INTERRUPT || r->kind == RETIRE_EVENT_BRANCH) return !p->left[thread];
    if (!is_sampled(p) || !context_is_wanted(&p->filter, &p->at, thread)) return false;
    if (!(p->filter.words & (FILTER_PC | FILTER_EA | FILTER_WALKS))) return true;
    insn = insn_behind(block, k);
    return insn && insn_is_wanted(&p->filter, insn, block);
}

bool picker_takes(struct picker *p, const struct retire_block *block, size_t k)
{
    const struct retire *r = &block->record[k];
    bool wanted;

    p->at = *contexts_meet(&p->contexts, block, k);
    wanted = is_wanted(p, block, k);
    if (r->kind == RETIRE_INSN) p->left[contexts_thread(r)] = !wanted;
    if (retire_completed(r)) p->position++;
    contexts_pass(&p->contexts, block, k);
    return wanted;
}
