/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See last_insns.h.  All threads together, from the beginning of the run; they stand without values, because with these
 * the run would take several times as long.  The registers at the end are printed anyway.
 */
#include "tools/last_insns.h"

#include <stdlib.h>

#include "core/isa/decode.h"
#include "traces/last.h"

struct last_insns {
    struct last *last;
    struct isa *isa;
    struct words *words;
    u64 count;
};

static void begins(void *self, struct machine *m)
{
    struct last_insns *l = self;

    for (unsigned k = 0; k < machine_thread_count(m); k++) {
        const struct retire context = machine_context(m, k);

        last_begin(l->last, k, &context);
    }
}

bool last_insns_plan(const struct options *o, struct machine *m, struct last_insns **last)
{
    struct last_insns *l;
    u64 count;

    *last = NULL;
    if (!o->log_insns) return true;
    if (!cli_number("log-insns", o->log_insns, &count)) return false;
    if (!count || count > LAST_MOST)
        return p9_error("--log-insns %.20s: there can be 1 to %d of them", o->log_insns, LAST_MOST);
    if (o->trace) return p9_error("--log-insns: --trace keeps all of them; leave one of the two out");
    *last = l = calloc(1, sizeof *l);
    if (!l) return p9_error("--log-insns: the host has no memory");
    l->count = count;
    l->last = last_open((unsigned)count);
    l->isa = isa_new();
    l->words = l->isa ? words_open(l->isa) : NULL;
    if (!l->last || !l->words) return p9_error("--log-insns: the host has no memory");
    return machine_plan_reading(m, &(struct machine_reader){.sink = last_sink(l->last), .begins = begins, .self = l},
                                NULL, NULL);
}

static void name(void *self, u64 address, char out[SHOW_NAME])
{
    symbols_name(self, address, out);
}

void last_insns_show(struct last_insns *l, struct session *s)
{
    struct show how = {.to = stderr};

    _Static_assert((int)SHOW_NAME >= (int)SYMBOL_TEXT, "room for a name");
    if (!l) return;
    session_unpack_names(s);
    how.words = l->words;
    if (s->symbols.count) {
        how.name = name;
        how.self = &s->symbols;
    }
    fprintf(stderr, "p9sim: the last instructions, %llu at most:\n", (unsigned long long)l->count);
    last_show(l->last, &how);
}

void last_insns_close(struct last_insns *l)
{
    if (!l) return;
    last_close(l->last);
    words_close(l->words);
    if (l->isa) isa_free(l->isa);
    free(l);
}
