/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which records of a run or of a trace are wanted, in words that are joined by "and":
 *
 *     level=K  lpid=N  pid=N  thread=N  state=NAME     of the context in which an instruction was executed; the LPID in
 *                                                      force, which is 0 in hypervisor state
 *     pc=A  pc=A..B  pc=SYMBOL                         its address: A, or from A up to B, which is not in it any more
 *     ea=A  ea=A..B                                    one of its accesses to storage touches these bytes
 *     walks                                            one of its translations, its fetch's too, took a walk
 *
 * What is no instruction belongs to one: an interrupt to the instruction in front of it, everything else to the one
 * that follows.  Records of context are always wanted, since without them nobody knows what the others mean.
 */
#ifndef P9_TRACES_FILTER_H
#define P9_TRACES_FILTER_H

#include "base/compiler.h"
#include "traces/context.h"

enum filter_word {
    FILTER_LEVEL = 1,
    FILTER_LPID = 2,
    FILTER_PID = 4,
    FILTER_THREAD = 8,
    FILTER_STATE = 16,
    FILTER_PC = 32,
    FILTER_EA = 64,
    FILTER_WALKS = 128
};
struct filter {
    unsigned words; /* enum filter_word: those that were given; 0: everything is wanted */
    u64 level, lpid, pid, thread, state;
    u64 pc_from, pc_last, ea_from, ea_last;
};

/* Who knows where a symbol is: from its first byte up to *end.  find may be NULL. */
struct filter_symbols {
    bool (*find)(void *self, const char *name, u64 *from, u64 *end);
    void *self;
};

/* More words, "level=1,state=os,walks", as `option` gives them.  False after an error line. */
must_use bool filter_read(struct filter *f, const char *option, const char *text, const struct filter_symbols *symbols);

/* What a trace must say for this filter (enum trace_lacks); a word that needs it is in *word. */
unsigned filter_needs(const struct filter *f, const char **word);

/* A filter at work on records in their order. */
struct picker {
    struct filter filter;
    u64 every, first; /* of so many instructions that complete the first ones; every = 0: all */
    u64 position;     /* instructions that have completed */
    struct contexts contexts;
    struct trace_context at;    /* of the record that was looked at last */
    bool left[CONTEXT_THREADS]; /* the thread's last instruction was not wanted */
};

/* Is record k wanted?  To be asked once for each, in order. */
bool picker_takes(struct picker *p, const struct retire_block *block, size_t k);

extern const char filter_help[]; /* lines for the help */

#endif
