/* SPDX-License-Identifier: Apache-2.0 */
/* See nested.h. */
#include "hypervisor/nested.h"

#include <stdlib.h>
#include <string.h>

#include "base/power.h"
#include "hypervisor/exits.h"
#include "hypervisor/rows.h"
#include "mmu/xlate.h"
#include "stats/rows.h"

static u64 cycles_of(const struct exit_cost *cost)
{
    u64 sum = cost->idle_cycles + cost->elsewhere_cycles;

    for (unsigned k = 0; k < EXIT_LEVELS; k++) sum += cost->cycles[k];
    return sum;
}

bool nested_open(struct nested *n, u64 soon)
{
    memset(n, 0, sizeof *n);
    n->soon = soon;
    n->level = calloc(EXIT_LEVELS, sizeof *n->level);
    for (unsigned k = 0; k < PARTITIONS_MAX; k++) n->party[k].caller = NO_PARTY;
    return n->level != NULL;
}

void nested_close(struct nested *n)
{
    free(n->level);
    free(n->shadow);
    hash_close(&n->index);
}

/* ---- shadow entries ---- */
static u64 page_of(u64 gra, unsigned shift)
{
    return (gra & ~((1ULL << shift) - 1)) | shift;
}

static u64 hash_of(u32 partition, u64 page)
{
    return page ^ (u64)partition << 50;
}

static u64 hash_of_number(const void *self, u32 row)
{
    const struct nested *n = self;

    return hash_of(n->shadow[row].partition, n->shadow[row].page);
}

static bool is_key(const void *self, u32 row, const void *wanted)
{
    const struct nested *n = self;
    const struct shadow_entry *s = &n->shadow[row], *key = wanted;

    return s->page == key->page && s->partition == key->partition;
}

/* One more in the list, if there is room for it. */
static bool list_shadow(struct nested *n, const struct shadow_entry *made)
{
    if (n->shadow_count == SHADOWS_MAX) return false;
    if (!n->shadow) n->shadow = calloc(SHADOWS_MAX, sizeof *n->shadow);
    if (!n->shadow || !hash_room(&n->index, n->shadow_count, hash_of_number, n)) {
        n->starved = true;
        return false;
    }
    n->shadow[n->shadow_count] = *made;
    hash_add(&n->index, hash_of(made->partition, made->page), n->shadow_count++);
    return true;
}

/* An entry for this page was made where none was. */
static void shadow_made(struct nested *n, const struct partition *guest, u64 page)
{
    struct nested_level *l = &n->level[guest->level];
    struct shadow_entry key = {.page = page, .partition = guest->id, .alive = true}, *s;
    u32 row = hash_find(&n->index, hash_of(guest->id, page), is_key, n, &key);

    if (row == HASH_NONE) {
        if (list_shadow(n, &key)) l->made_first++;
        else l->unlisted++;
        return;
    }
    s = &n->shadow[row];
    l->made_again++;
    if (s->alive) l->made_again_unseen++;
    else if (n->party[guest->id].instructions - s->killed_at <= n->soon) l->made_again_soon++;
    s->alive = true;
}

/* Those of this guest that [first, last] names and whose entry is gone. */
static void shadows_killed(struct nested *n, struct guest_tables *tables, u32 id, u64 first, u64 last)
{
    const struct nested_party *guest = &n->party[id];
    struct nested_level *l = &n->level[guest->partition->level];

    if (!tables || n->of_lpid[guest->partition->lpid % PARTITION_LPIDS] != id + 1) return;
    for (u32 k = 0; k < n->shadow_count; k++) {
        struct shadow_entry *s = &n->shadow[k];
        unsigned shift = s->page & 63;
        u64 gra = s->page & ~63ULL;
        struct table_leaf leaf;

        if (s->partition != id || !s->alive || gra > last || gra + (1ULL << shift) - 1 < first) continue;
        leaf = tables->partition(tables, guest->partition->lpid, gra);
        if (leaf.valid && leaf.shift == shift) continue;
        s->alive = false;
        s->killed_at = guest->instructions;
        l->killed++;
    }
}

/* ---- invalidations by hypercall ---- */
static void end_invalidation(struct nested *n, struct guest_tables *tables, const struct exit_open *open,
                             const struct exit_seen *seen, const struct exit_cost *cost)
{
    const struct guest_call *call = &open->nested.call;
    bool is_counted = false;

    for (u32 id = 0; id < PARTITIONS_MAX; id++) {
        const struct nested_party *guest = &n->party[id];
        struct nested_level *l;

        if (!guest->partition || guest->caller != open->guest->id) continue;
        if (!call->every_number && guest->lpid_there != call->number) continue;
        shadows_killed(n, tables, id, call->first, call->last);
        if (is_counted) continue; /* the call is one, whomever else it names */
        is_counted = true;
        l = &n->level[guest->partition->level];
        l->calls++;
        l->calls_address += call->by_address;
        l->calls_all += !call->by_address;
        l->calls_tlbies += seen->thread == open->thread ? seen->at.tlbies - open->at.tlbies : 0;
        exit_cost_add(&l->calls_cost, cost);
    }
}

/* ---- episodes ---- */
static void finish(struct nested *n, struct nested_episode *e)
{
    struct fault_episodes *f;
    enum fault_kind kind = e->emulated     ? FAULT_KIND_EMULATED
                           : e->handled_by ? FAULT_KIND_REFLECTED
                           : e->made       ? FAULT_KIND_SHADOW
                                           : FAULT_KIND_OTHER;

    if (!e->is_on) return;
    f = &n->level[e->level].episodes[kind];
    f->exits += e->exits;
    exit_cost_add(&f->cost, &e->cost);
    histogram_add(&f->time, e->cycles);
    e->is_on = false;
}

void nested_settle(struct nested *n, struct exit_thread *thread)
{
    finish(n, &thread->nested.episode);
}

/* The returning instruction counts as the guest's, so one completed instruction is none of it. */
static bool goes_on(const struct nested_episode *e, const struct exit_seen *seen)
{
    return e->is_on && e->partition == seen->guest->id && e->processor == seen->processor && e->nia == seen->nia &&
           seen->at.completed - e->entered <= 1;
}

static void begin_episode(struct nested *n, struct exit_open *open, struct exit_thread *thread,
                          const struct exit_seen *seen)
{
    struct nested_episode *e = &open->nested.episode, *last = &thread->nested.episode;

    if (goes_on(last, seen)) {
        *e = *last;
        last->is_on = false;
        return;
    }
    finish(n, last);
    if (!seen->fault.is_fault) return;
    *e = (struct nested_episode){.is_on = true,
                                 .partition = seen->guest->id,
                                 .level = seen->guest->level,
                                 .processor = seen->processor,
                                 .nia = seen->nia};
}

/* ---- faults ---- */
static bool permits(const struct table_leaf *leaf, const struct fault_seen *f)
{
    u8 wanted = f->store ? PROT_WRITE_OK : f->fetch && !f->for_table ? PROT_EXEC_OK : PROT_READ_OK;

    return leaf->valid && (leaf->prot & wanted);
}

static void begin_fault(struct nested *n, struct guest_tables *tables, struct nested_exit *x,
                        const struct exit_seen *seen)
{
    const struct nested_party *guest = &n->party[seen->guest->id];
    const struct nested_party *caller = guest->caller == NO_PARTY ? NULL : &n->party[guest->caller];
    struct nested_level *l = &n->level[seen->guest->level];
    const struct fault_seen *f = &seen->fault;

    x->fault = *f;
    ++*(f->fetch ? &l->instruction : &l->data);
    l->for_table += f->for_table;
    if (!tables || !f->has_address) return;
    x->before = tables->partition(tables, seen->guest->lpid, f->gra);
    if (seen->guest->level < 2) return;
    if (caller && caller->ptcr)
        x->parent = tables->nested(tables, caller->partition->lpid, caller->ptcr, guest->lpid_there, f->gra);
    l->parent_reads += x->parent.reads;
    if (!x->parent.is_known) l->parent_unknown++;
    else if (!x->parent.valid) l->parent_had_not++;
    else if (!permits(&x->parent, f)) l->parent_forbade++;
    else l->parent_had++;
}

/* The vectors of an interrupt that a hypervisor made up for its guest, with LPCR[AIL] 0 or 3 (III 6.5). */
static bool is_vector(u64 nia)
{
    enum { VECTORS_END = 0x3000, VECTOR_SPACING = 0x20 };

    if (nia >= 0xc000000000004000ULL) nia -= 0xc000000000004000ULL;
    return nia < VECTORS_END && nia % VECTOR_SPACING == 0;
}

/* Behind the instruction, or interrupted there at once. */
static bool went_past(const struct exit_open *open, const struct exit_seen *seen)
{
    return seen->nia == open->nia + 4 || (is_vector(seen->nia) && seen->srr0 == open->nia + 4);
}

static void end_fault(struct nested *n, struct guest_tables *tables, struct exit_open *open,
                      const struct exit_seen *seen)
{
    struct nested_level *l = &n->level[seen->guest->level];
    const struct nested_exit *x = &open->nested;
    const struct fault_seen *f = &x->fault;
    struct nested_episode *e = &open->nested.episode;
    struct table_leaf now = {0};

    l->handled_by[open->handled_by]++;
    if (x->parent.is_known) {
        l->parent_had_and_alone += permits(&x->parent, f) && !open->handled_by;
        l->parent_lacked_and_reflected += !permits(&x->parent, f) && open->handled_by;
    }
    if (tables && f->has_address) now = tables->partition(tables, seen->guest->lpid, f->gra);
    if (now.valid && (!x->before.valid || x->before.shift != now.shift)) {
        l->made++;
        e->made = true;
        shadow_made(n, seen->guest, page_of(f->gra, now.shift));
    } else if (permits(&now, f) && !permits(&x->before, f)) {
        l->upgraded++;
        e->made = true;
    } else if (!f->fetch && went_past(open, seen)) {
        l->emulated++;
        e->emulated = true;
        open->reason = EXIT_EMULATED_MMIO;
    } else if (seen->nia != open->nia) {
        l->injected++;
    } else {
        l->unchanged++;
    }
}

/* ---- what exits.c tells ---- */
void nested_left(struct nested *n, struct guest_tables *tables, struct exit_open *open, struct exit_thread *thread,
                 const struct exit_seen *seen)
{
    struct nested_party *party = &n->party[seen->guest->id];
    struct nested_exit *x = &open->nested;

    *x = (struct nested_exit){.call = seen->call};
    party->partition = seen->guest;
    n->of_lpid[seen->guest->lpid % PARTITION_LPIDS] = seen->guest->id + 1;
    if (thread->is_known && thread->in_guest) party->instructions += seen->at.completed - thread->at.completed;
    begin_episode(n, open, thread, seen);
    if (seen->fault.is_fault) begin_fault(n, tables, x, seen);
    if (seen->call.kind == GUEST_CALL_SET_TABLE) party->ptcr = seen->call.table;
}

void nested_entered(struct nested *n, struct guest_tables *tables, struct exit_open *open, struct exit_thread *thread,
                    const struct exit_seen *seen, const struct exit_cost *cost)
{
    struct nested_episode *e = &open->nested.episode;

    if (open->nested.fault.is_fault) end_fault(n, tables, open, seen);
    if (open->nested.call.kind == GUEST_CALL_INVALIDATE) end_invalidation(n, tables, open, seen, cost);
    if (!e->is_on) return;
    e->exits++;
    if (open->handled_by > e->handled_by) e->handled_by = open->handled_by;
    exit_cost_add(&e->cost, cost);
    e->cycles += cycles_of(cost);
    e->entered = seen->at.completed;
    if (e->emulated) finish(n, e);
    else thread->nested.episode = *e;
}

void nested_called(struct nested *n, const struct partition *guest, const struct exit_open *caller)
{
    struct nested_party *party = &n->party[guest->id];

    party->partition = guest;
    n->of_lpid[guest->lpid % PARTITION_LPIDS] = guest->id + 1;
    party->caller = caller->guest->id;
    if (caller->nested.call.kind == GUEST_CALL_ENTER) party->lpid_there = caller->nested.call.request.number;
}

/* ---- state ---- */

static const struct state_row fault_rows[] = {
    STATE(struct fault_seen, is_fault), STATE(struct fault_seen, has_address), STATE(struct fault_seen, fetch),
    STATE(struct fault_seen, store),    STATE(struct fault_seen, for_table),   STATE(struct fault_seen, gra),
};
static const struct state_table fault_seen_state = STATE_TABLE(struct fault_seen, fault_rows);

static const struct state_row leaf_rows[] = {
    STATE(struct table_leaf, is_known), STATE(struct table_leaf, valid), STATE(struct table_leaf, shift, .most = 63),
    STATE(struct table_leaf, prot),     STATE(struct table_leaf, reads),
};
static const struct state_table table_leaf_state = STATE_TABLE(struct table_leaf, leaf_rows);

static const struct state_row episode_rows[] = {
    STATE(struct nested_episode, is_on),
    STATE(struct nested_episode, partition, .most = PARTITIONS_MAX - 1),
    STATE(struct nested_episode, level, .most = EXIT_LEVELS - 1),
    STATE(struct nested_episode, thread),
    STATE(struct nested_episode, processor),
    STATE(struct nested_episode, nia),
    STATE(struct nested_episode, exits),
    STATE(struct nested_episode, entered),
    STATE(struct nested_episode, handled_by, .most = EXIT_LEVELS - 1),
    STATE(struct nested_episode, made),
    STATE(struct nested_episode, emulated),
    STATE_PART(struct nested_episode, cost, struct exit_cost, exit_cost_state),
    STATE(struct nested_episode, cycles),
};
static const struct state_table nested_episode_state = STATE_TABLE(struct nested_episode, episode_rows);

static const struct state_row exit_rows[] = {
    STATE_PART(struct nested_exit, fault, struct fault_seen, fault_seen_state),
    STATE_PART(struct nested_exit, before, struct table_leaf, table_leaf_state),
    STATE_PART(struct nested_exit, parent, struct table_leaf, table_leaf_state),
    STATE_PART(struct nested_exit, call, struct guest_call, guest_call_state),
    STATE_PART(struct nested_exit, episode, struct nested_episode, nested_episode_state),
};
const struct state_table nested_exit_state = STATE_TABLE(struct nested_exit, exit_rows);

static const struct state_row thread_rows[] = {
    STATE_PART(struct nested_thread, episode, struct nested_episode, nested_episode_state),
};
const struct state_table nested_thread_state = STATE_TABLE(struct nested_thread, thread_rows);

/* A hypervisor that has a table is a partition that was seen. */
static bool party_restored(struct state_reader *r, void *self)
{
    const struct nested_party *party = self;

    if (party->caller >= PARTITIONS_MAX && party->caller != NO_PARTY)
        return state_refuse(r, "a guest whose caller is nobody");
    return !party->ptcr || party->partition || state_refuse(r, "a partition table of nobody");
}

static const struct state_row party_rows[] = {
    STATE_WITH(struct nested_party, partition), /* whether it was seen: of the tree, by its place here */
    STATE(struct nested_party, ptcr),           STATE(struct nested_party, caller),
    STATE(struct nested_party, lpid_there),     STATE(struct nested_party, instructions),
};
const struct state_table nested_party_state = STATE_TABLE(struct nested_party, party_rows, .restored = party_restored);

static const struct state_row shadow_rows[] = {
    STATE(struct shadow_entry, page),
    STATE(struct shadow_entry, partition, .most = PARTITIONS_MAX - 1),
    STATE(struct shadow_entry, alive),
    STATE(struct shadow_entry, killed_at),
};
const struct state_table shadow_entry_state = STATE_TABLE(struct shadow_entry, shadow_rows);

static void save_levels(struct state_writer *w, const void *self)
{
    state_put_list(w, &nested_level_state, ((const struct nested *)self)->level, EXIT_LEVELS);
}

static bool restore_levels(struct state_reader *r, void *self)
{
    struct nested *n = self;

    if (state_get_count(r, &nested_level_state, EXIT_LEVELS) != EXIT_LEVELS)
        return state_refuse(r, "of another number of levels");
    for (unsigned k = 0; k < EXIT_LEVELS; k++)
        if (!state_get(r, &nested_level_state, &n->level[k])) return false;
    return true;
}

static void save_shadows(struct state_writer *w, const void *self)
{
    const struct nested *n = self;

    state_put_list(w, &shadow_entry_state, n->shadow, n->shadow_count);
}

static bool restore_shadows(struct state_reader *r, void *self)
{
    struct nested *n = self;
    u64 count = state_get_count(r, &shadow_entry_state, SHADOWS_MAX);
    struct shadow_entry s;

    n->shadow_count = 0;
    hash_close(&n->index);
    for (u64 k = 0; k < count; k++) {
        if (!state_get(r, &shadow_entry_state, &s)) return false;
        if (hash_find(&n->index, hash_of(s.partition, s.page), is_key, n, &s) != HASH_NONE)
            return state_refuse(r, "two shadow entries of one page");
        if (!list_shadow(n, &s)) return state_refuse(r, "the host has no memory for it");
    }
    return !r->failed;
}

static const struct state_row rows[] = {
    STATE_DERIVED(struct nested, soon), /* an option */
    STATE_CALL(struct nested, level, save_levels, restore_levels),
    STATE_WITH(struct nested, party), /* exits.c */
    STATE(struct nested, of_lpid),
    STATE_CALL(struct nested, shadow, save_shadows, restore_shadows),
    STATE_WITH(struct nested, shadow_count),
    STATE_WITH(struct nested, index),
    STATE(struct nested, starved),
};
const struct state_table nested_state = STATE_TABLE(struct nested, rows);
