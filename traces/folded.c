/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folded stacks, "level 1;LPID 3;os;copy_page 4711", as `p9sim run --folded` writes them (stats/profile.h does, for
 * both).  From a trace alone they are of instructions that completed, or of the table entries that walks read; placed
 * by the model of the core, of cycles, or of those that a walk exposed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/power.h"
#include "core/timing/timing.h"
#include "hypervisor/account.h"
#include "stats/profile.h"
#include "traces/export.h"

enum { OWNERS_MOST = 4096 }; /* partitions in one state; what comes later is the last one's */

struct owner {
    u32 level, lpid, partition;
    enum account_state state;
};
struct folded {
    struct exporter exporter;
    struct output *to;
    struct export_names names;
    bool of_walks;
    struct profile profile;
    struct owner owner[OWNERS_MOST];
    struct hash_index index;
    u32 owners;
    struct folded_thread { /* whose its last instruction was */
        u32 change, owner;
        bool known;
    } thread[CONTEXT_THREADS];
};

/* ---- owners ---- */

static u64 hash_of(const struct owner *o)
{
    return hash_mix((u64)o->level << 32 | o->lpid, (u64)o->partition << 32 | o->state);
}
static u64 hash_of_listed(const void *self, u32 row)
{
    return hash_of(&((const struct folded *)self)->owner[row]);
}
static bool is_owner(const void *self, u32 row, const void *key)
{
    const struct owner *a = &((const struct folded *)self)->owner[row], *b = key;

    return a->level == b->level && a->lpid == b->lpid && a->partition == b->partition && a->state == b->state;
}

static u32 find_owner(struct folded *f, const struct trace_context *c)
{
    const struct owner key = {c->level, context_lpid(c), c->partition, account_state_of(c->msr)};
    u64 hash = hash_of(&key);
    u32 row = hash_find(&f->index, hash, is_owner, f, &key);

    if (row != HASH_NONE) return row;
    if (f->owners == OWNERS_MOST || !hash_room(&f->index, f->owners, hash_of_listed, f)) return OWNERS_MOST - 1;
    row = f->owners++;
    f->owner[row] = key;
    hash_add(&f->index, hash, row);
    return row;
}

static u32 owner_of(struct folded *f, const struct export_insn *i)
{
    unsigned thread = i->record->thread;
    struct folded_thread *t = &f->thread[thread < CONTEXT_THREADS ? thread : CONTEXT_THREADS - 1];

    if (t->known && t->change == i->context->change) return t->owner;
    *t = (struct folded_thread){i->context->change, find_owner(f, i->context), true};
    return t->owner;
}

static void name_owner(void *self, u32 number, char *out, size_t size)
{
    const struct folded *f = self;
    const struct owner *o = &f->owner[number];

    snprintf(out, size, "level %" PRIu32 ";LPID %" PRIu32 ";%s", o->level, o->lpid, account_state_name(o->state));
}

/* ---- counting ---- */

static u64 reads_of(const struct export_insn *i)
{
    u64 reads = 0;

    for (unsigned k = 0; k < i->record->accesses; k++) {
        const struct retire_access *a = &i->block->access[i->record->access + k];

        for (unsigned n = 0; n < a->reads; n++) reads += i->block->read[a->read + n].source == WALK_FROM_STORAGE;
    }
    return reads;
}

static void take(struct exporter *e, const struct export_insn *i)
{
    struct folded *f = (struct folded *)e;
    const struct retire *r = i->record;
    const struct trace_context *c = i->context;
    u64 units = i->step ? i->step->cycles : retire_completed(r);
    u64 walks = i->step ? i->step->walk_exposed : reads_of(i);

    if (units || walks)
        profile_note(&f->profile, r->cia, owner_of(f, i), c->msr & MSR_IR && !(r->cia >> 62) ? c->pid : 0, units,
                     walks);
}

/* ---- beginning and end ---- */

static void name_symbol(void *self, u64 address, char *out, size_t size)
{
    const struct export_names *names = &((struct folded *)self)->names;

    *out = 0;
    if (names->symbol) names->symbol(names->self, address, out, size);
    profile_clean_name(out);
}

static bool finish(struct exporter *e)
{
    struct folded *f = (struct folded *)e;
    struct emit text = {0};
    bool ok;

    profile_fold(&f->profile, f->of_walks, &(struct profile_names){name_owner, name_symbol, f}, &text);
    ok = !text.failed && !f->profile.starved;
    if (ok) output_bytes(f->to, text.bytes ? text.bytes : "", text.size);
    else p9_error("the host has no memory for all of the folded stacks");
    emit_free(&text);
    profile_close(&f->profile);
    hash_close(&f->index);
    free(f);
    return ok;
}

struct exporter *export_folded(struct output *to, bool of_walks, bool timed, const struct export_names *names)
{
    struct folded *f = calloc(1, sizeof *f);

    if (!f) {
        p9_error("the host has no memory for folded stacks");
        return NULL;
    }
    f->exporter = (struct exporter){.take = take, .finish = finish, .timed = timed};
    f->to = to;
    f->of_walks = of_walks;
    f->names = *names;
    profile_open(&f->profile, PROFILE_PAGES);
    return &f->exporter;
}
