/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Branch prediction of a core; see branch.h.
 *
 * TAGE (Seznec and Michaud: tagged counters by geometric lengths of history) as follows.  Each of its tables is looked
 * up by a hash of the address and of the last 8, 25, 80 or 256 bits of the thread's history.  The longest history whose
 * entry has the branch's tag provides the direction, unless that entry is new and new entries have done worse lately
 * than what the next shorter one says.  After a misprediction the branch gets an entry in a table of longer history, in
 * place of one that is not useful.  A conditional branch adds its direction to the history, an indirect one two bits of
 * its target, so that the pattern cache tells the ways apart on which an indirect branch was reached.
 *
 * The next-address structure replaces at random: with 8 entries a chain of n branches then takes what it takes on a
 * real POWER9 - 1 cycle each up to n = 8, 2.4 at 12, 3 from some 20 on - where LRU would make it 3 from 9 on.
 *
 * What POWER9 does with the hints of BO is not known.  Here they override the tables (option), as the book says that
 * they are likely to do (Book I 2.4).
 */
#include "core/timing/branch.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/hash.h"
#include "base/log.h"
#include "core/timing/rows.h"

enum {
    TABLES = 4,
    HISTORY_WORDS = 4,
    NEXT_ADDRESS_MAX = 64,
    NEXT_FILTER = 256,
    LINK_STACK_MAX = 1024,
    ENTRIES_MAX = 1 << 20,
    BHT_TAKEN = 2, /* counters of 2 and 3 say taken */
    COUNTER_MAX = 3,
    COUNTER_MIN = -4,
    TRUST_MAX = 7,
    PATTERN_TABLE = 1 /* whose history the pattern cache uses */
};

struct tage_entry {
    u16 tag;
    s8 counter; /* 0 and above: taken */
    u8 useful;
};

struct count_entry {
    u64 target;
    u16 tag;       /* of the pattern cache */
    u8 confidence; /* 0: to be replaced */
    u8 pattern;    /* of the count cache: 2 and 3: ask the pattern cache first */
};

struct branch_thread {
    u64 history[HISTORY_WORDS]; /* the latest bit is the lowest of the first word */
    u32 top;                    /* of the link stack */
};

struct branch_unit {
    struct branch_config config;
    u8 *bht;
    struct tage_entry *tage[TABLES]; /* all in one piece of memory */
    struct count_entry *count, *pattern;
    u64 *link_stack; /* thread after thread */
    struct branch_thread thread[BRANCH_THREADS];
    u64 next_ea[NEXT_ADDRESS_MAX], next_target[NEXT_ADDRESS_MAX];
    u32 next_used;             /* of these */
    u8 next_hash[NEXT_FILTER]; /* how many of these have this hash: mostly none, and that is quickly seen */
    u64 random;
    s8 trust;                    /* in new entries of the TAGE: below 0 the next shorter history is asked instead */
    u32 tage_shift, count_shift; /* the places of a table are the highest bits of a hash */
    u16 tag_filler;              /* what of a tag is not of the hash: all ones */
};

/* ---- history ---- */

inline_hot void history_push(u64 history[HISTORY_WORDS], bool bit)
{
    history[3] = history[3] << 1 | history[2] >> 63;
    history[2] = history[2] << 1 | history[1] >> 63;
    history[1] = history[1] << 1 | history[0] >> 63;
    history[0] = history[0] << 1 | bit;
}

/* The last 8, 25, 80 or 256 bits in 64: turned, so that patterns with a period of a power of two do not cancel out. */
inline_hot u64 history_of(const u64 history[HISTORY_WORDS], int table)
{
    switch (table) {
    case 0: return history[0] & 0xff;
    case 1: return history[0] & 0x1ffffff;
    case 2: return history[0] ^ rotl64(history[1] & 0xffff, 29);
    default: return history[0] ^ rotl64(history[1], 29) ^ rotl64(history[2], 13) ^ rotl64(history[3], 47);
    }
}

/* ---- direction ---- */

static u32 random_below(struct branch_unit *u, u32 limit)
{
    u->random ^= u->random << 13;
    u->random ^= u->random >> 7;
    u->random ^= u->random << 17;
    return (u32)((u->random >> 32) * limit >> 32);
}

static void learn_bit(u8 *counter, bool yes)
{
    if (yes && *counter < 3) ++*counter;
    if (!yes && *counter > 0) --*counter;
}

static void learn_signed(s8 *counter, bool yes, int least, int most)
{
    if (yes && *counter < most) ++*counter;
    if (!yes && *counter > least) --*counter;
}

static u8 *bht_of(const struct branch_unit *u, u64 ea)
{
    return &u->bht[ea >> 2 & (u->config.bht - 1)];
}

/* Where the branch is in the tables, and which of them know it: bit n is table n. */
struct look_up {
    u64 hash[TABLES];
    u32 known;
};

inline_hot struct tage_entry *entry_of(const struct branch_unit *u, const struct look_up *l, int k)
{
    return &u->tage[k][l->hash[k] >> u->tage_shift];
}

inline_hot u16 tag_of(const struct branch_unit *u, u64 hash)
{
    return (u16)hash | u->tag_filler;
}

inline_hot void look_in(const struct branch_unit *u, const struct branch_thread *t, u64 address, int k,
                        struct look_up *l)
{
    l->hash[k] = hash_mix(address, history_of(t->history, k));
    l->known |= (u32)(entry_of(u, l, k)->tag == tag_of(u, l->hash[k])) << k;
}

inline_hot void look_up(const struct branch_unit *u, const struct branch_thread *t, u64 ea, struct look_up *l)
{
    const u64 address = (ea >> 2) * HASH_MULTIPLIER;

    l->known = 0;
    look_in(u, t, address, 0, l);
    look_in(u, t, address, 1, l);
    look_in(u, t, address, 2, l);
    look_in(u, t, address, 3, l);
}

/* It has not made up its mind yet. */
static bool is_new(const struct tage_entry *e)
{
    return !e->useful && (e->counter == 0 || e->counter == -1);
}

/* An entry in a table of longer history that has no use for its own, the first or (so that two branches of one place do
 * not take it from each other for ever) the second one; if all have a use, they have less of it from now on. */
static noinline_cold void allocate(struct branch_unit *u, const struct look_up *l, int provider, bool taken)
{
    int first = provider + 1 + (int)random_below(u, 2);

    if (first >= TABLES) first = TABLES - 1;
    for (int k = first; k < TABLES; k++)
        if (!entry_of(u, l, k)->useful) {
            *entry_of(u, l, k) = (struct tage_entry){.tag = tag_of(u, l->hash[k]), .counter = taken ? 0 : -1};
            return;
        }
    for (int k = first; k < TABLES; k++) entry_of(u, l, k)->useful--;
}

/* The table of the longest history in `known`, -1: there is none. */
inline_hot int longest_of(u32 known)
{
    return known ? 31 - __builtin_clz(known) : -1;
}

/* The provider and the next shorter one do not agree: who is right? */
static void learn_to_trust(struct branch_unit *u, struct tage_entry *e, bool right)
{
    if (is_new(e)) learn_signed(&u->trust, right, -TRUST_MAX - 1, TRUST_MAX);
    learn_bit(&e->useful, right);
}

/* The TAGE predicts and learns; bht: what the BHT says. */
static bool tage(struct branch_unit *u, const struct branch_thread *t, u64 ea, bool bht, bool taken)
{
    struct look_up l;
    bool final = bht;
    int provider;

    look_up(u, t, ea, &l);
    provider = longest_of(l.known);
    if (provider >= 0) {
        struct tage_entry *e = entry_of(u, &l, provider);
        int next = longest_of(l.known & ~(1u << provider));
        bool longest = e->counter >= 0, shorter = next < 0 ? bht : entry_of(u, &l, next)->counter >= 0;

        final = u->trust < 0 && is_new(e) ? shorter : longest;
        if (longest != shorter) learn_to_trust(u, e, longest == taken);
        learn_signed(&e->counter, taken, COUNTER_MIN, COUNTER_MAX);
    }
    if (final != taken && provider < TABLES - 1) allocate(u, &l, provider, taken);
    return final;
}

/* What the BHT says, and what is said when the TAGE has spoken. */
struct direction {
    bool early, final;
};

static struct direction direction_of(struct branch_unit *u, struct branch_thread *t, const struct branch *b)
{
    struct direction d = {true, true};

    if (b->kind != BRANCH_CONDITIONAL && !b->conditional) return d;
    if (u->config.static_hints && b->hint >= HINT_NOT_TAKEN) {
        d.early = d.final = b->hint == HINT_TAKEN;
    } else {
        u8 *bht = bht_of(u, b->ea);

        d.early = *bht >= BHT_TAKEN;
        d.final = u->config.tage ? tage(u, t, b->ea, d.early, b->taken) : d.early;
        learn_bit(bht, b->taken);
    }
    history_push(t->history, b->taken);
    return d;
}

/* ---- targets ---- */

static u64 *link_stack_of(const struct branch_unit *u, unsigned thread)
{
    return &u->link_stack[(size_t)thread * u->config.link_stack];
}

static u64 pop(struct branch_unit *u, unsigned thread)
{
    struct branch_thread *t = &u->thread[thread];
    u64 target = link_stack_of(u, thread)[t->top];

    t->top = (t->top ? t->top : u->config.link_stack) - 1;
    return target;
}

static void push(struct branch_unit *u, unsigned thread, u64 ea)
{
    struct branch_thread *t = &u->thread[thread];

    t->top = t->top + 1 < u->config.link_stack ? t->top + 1 : 0;
    link_stack_of(u, thread)[t->top] = ea;
}

static void learn_target(struct count_entry *e, u16 tag, u64 target)
{
    if (e->tag == tag && e->target == target) learn_bit(&e->confidence, true);
    else if (e->confidence) e->confidence--;
    else {
        e->tag = tag;
        e->target = target;
    }
}

/* The count cache, or the pattern cache where it has done better for this branch. */
static u64 predict_indirect(struct branch_unit *u, struct branch_thread *t, u64 ea, u64 target)
{
    const u64 address = (ea >> 2) * HASH_MULTIPLIER, hash = hash_mix(address, history_of(t->history, PATTERN_TABLE));
    struct count_entry *e = &u->count[hash_mix(address, 0) >> u->count_shift], *p = &u->pattern[hash >> u->count_shift];
    u16 tag = tag_of(u, hash);
    bool by_pattern = p->tag == tag && p->target == target, by_address = e->target == target;
    u64 predicted = p->tag == tag && e->pattern >= 2 ? p->target : e->target;

    if (by_pattern != by_address) learn_bit(&e->pattern, by_pattern);
    learn_target(e, 0, target);
    learn_target(p, tag, target);
    return predicted;
}

static bool indirect_known(struct branch_unit *u, struct branch_thread *t, const struct branch *b)
{
    bool known = u->config.count_cache && predict_indirect(u, t, b->ea, b->target) == b->target;
    u64 mixed = b->target * HASH_MULTIPLIER;

    history_push(t->history, mixed >> 63);
    history_push(t->history, mixed >> 62 & 1);
    return known;
}

/* Of a taken branch: was its target known? */
static bool target_known(struct branch_unit *u, unsigned thread, const struct branch *b)
{
    bool known = true;

    if (b->kind == BRANCH_RETURN) known = pop(u, thread) == b->target;
    else if (b->kind == BRANCH_INDIRECT) known = indirect_known(u, &u->thread[thread], b);
    if (b->call) push(u, thread, b->ea + 4);
    return known;
}

/* ---- the next-address structure ---- */

static u8 *filter_of(struct branch_unit *u, u64 ea)
{
    return &u->next_hash[(ea >> 2 ^ ea >> 10) % NEXT_FILTER];
}

/* The entry of this branch, or next_used: there is none. */
static u32 next_find(struct branch_unit *u, u64 ea)
{
    u32 k = 0;

    if (!*filter_of(u, ea)) return u->next_used;
    while (k < u->next_used && u->next_ea[k] != ea) k++;
    return k;
}

static void next_remove(struct branch_unit *u, u32 k)
{
    --*filter_of(u, u->next_ea[k]);
    u->next_used--;
    u->next_ea[k] = u->next_ea[u->next_used];
    u->next_target[k] = u->next_target[u->next_used];
}

static void next_add(struct branch_unit *u, u64 ea, u64 target)
{
    u32 k = u->next_used;

    if (!u->config.next_address) return;
    if (k == u->config.next_address) {
        k = random_below(u, k);
        --*filter_of(u, u->next_ea[k]);
    } else u->next_used++;
    ++*filter_of(u, ea);
    u->next_ea[k] = ea;
    u->next_target[k] = target;
}

/* Is what the structure says right?  Then it learns: it has taken branches alone. */
static bool next_address(struct branch_unit *u, const struct branch *b)
{
    u32 k = next_find(u, b->ea);
    bool found = k < u->next_used, right = found == b->taken;

    if (found && b->taken) {
        right = u->next_target[k] == b->target;
        u->next_target[k] = b->target;
    } else if (found) next_remove(u, k);
    else if (b->taken) next_add(u, b->ea, b->target);
    return right;
}

/* ---- the question ---- */

static u32 cycles_of(const struct branch_unit *u, struct direction d, bool next_right, bool taken)
{
    if (d.early != d.final) return u->config.tage_cycles;
    if (!next_right) return u->config.bht_cycles;
    return taken ? u->config.next_address_cycles : 1;
}

struct branch_outcome branch_predict(struct branch_unit *u, unsigned thread, const struct branch *b)
{
    struct direction d = direction_of(u, &u->thread[thread], b);
    bool known = !b->taken || target_known(u, thread, b), next_right = next_address(u, b);

    if (d.final != b->taken || !known)
        return (struct branch_outcome){
            .mispredicted = true, .target_wrong = d.final == b->taken, .predicted_taken = d.final};
    return (struct branch_outcome){.bubble = (u8)(cycles_of(u, d, next_right, b->taken) - 1),
                                   .predicted_taken = d.final};
}

/* ---- numbers ---- */

struct branch_config branch_config_default(void)
{
    return (struct branch_config){
        .next_address = 8,
        .bht = 16384,
        .tage = 2048,
        .tage_tag_bits = 10,
        .count_cache = true,
        .count_entries = 512,
        .link_stack = 64,
        .static_hints = true,
        .next_address_cycles = 1,
        .bht_cycles = 3,
        .tage_cycles = 5,
    };
}

static bool number_fits(const char *name, u64 value, u64 least, u64 most)
{
    if (value >= least && value <= most) return true;
    p9_error("%s: %" PRIu64 "; give %" PRIu64 "..%" PRIu64, name, value, least, most);
    return false;
}

static bool power_fits(const char *name, u32 value)
{
    if (!number_fits(name, value, 2, ENTRIES_MAX)) return false;
    if (!(value & (value - 1))) return true;
    p9_error("%s: %u is not a power of two", name, value);
    return false;
}

bool branch_config_is_sane(const struct branch_config *c)
{
    return number_fits("next_address_entries", c->next_address, 0, NEXT_ADDRESS_MAX) &&
           power_fits("bht_entries", c->bht) && (!c->tage || power_fits("tage_entries", c->tage)) &&
           number_fits("tage_tag_bits", c->tage_tag_bits, 4, 15) && power_fits("count_entries", c->count_entries) &&
           number_fits("link_stack_entries", c->link_stack, 1, LINK_STACK_MAX) &&
           number_fits("next_address_cycles", c->next_address_cycles, 1, 255) &&
           number_fits("bht_cycles", c->bht_cycles, 1, 255) && number_fits("tage_cycles", c->tage_cycles, 1, 255);
}

struct branch_unit *branch_open(const struct branch_config *config)
{
    struct branch_unit *u;

    if (!branch_config_is_sane(config)) return NULL;
    u = calloc(1, sizeof *u);
    if (u) {
        u->config = *config;
        u->tage_shift = config->tage ? 64 - (u32)__builtin_ctz(config->tage) : 0;
        u->count_shift = 64 - (u32)__builtin_ctz(config->count_entries);
        u->tag_filler = (u16)(0xffffu << config->tage_tag_bits);
        u->bht = calloc(config->bht, sizeof *u->bht);
        u->tage[0] = calloc((size_t)TABLES * config->tage + 1, sizeof *u->tage[0]);
        for (unsigned k = 1; u->tage[0] && k < TABLES; k++) u->tage[k] = u->tage[k - 1] + config->tage;
        u->count = calloc(config->count_entries, sizeof *u->count);
        u->pattern = calloc(config->count_entries, sizeof *u->pattern);
        u->link_stack = calloc((size_t)BRANCH_THREADS * config->link_stack, sizeof *u->link_stack);
        if (u->bht && u->tage[0] && u->count && u->pattern && u->link_stack) {
            branch_reset(u);
            return u;
        }
    }
    p9_error("no memory for the branch prediction of a core");
    branch_close(u);
    return NULL;
}

void branch_close(struct branch_unit *u)
{
    if (!u) return;
    free(u->bht);
    free(u->tage[0]);
    free(u->count);
    free(u->pattern);
    free(u->link_stack);
    free(u);
}

void branch_reset(struct branch_unit *u)
{
    memset(u->bht, 0, u->config.bht * sizeof *u->bht);
    memset(u->tage[0], 0, ((size_t)TABLES * u->config.tage + 1) * sizeof *u->tage[0]);
    memset(u->count, 0, u->config.count_entries * sizeof *u->count);
    memset(u->pattern, 0, u->config.count_entries * sizeof *u->pattern);
    memset(u->link_stack, 0, (size_t)BRANCH_THREADS * u->config.link_stack * sizeof *u->link_stack);
    memset(u->thread, 0, sizeof u->thread);
    memset(u->next_hash, 0, sizeof u->next_hash);
    u->next_used = 0;
    u->random = 1;
    u->trust = 0;
}

/* ---- what must hold ---- */

const char *branch_check(const struct branch_unit *u)
{
    u32 filtered = 0;

    MUST_HOLD(u->next_used <= u->config.next_address);
    for (u32 k = 0; k < NEXT_FILTER; k++) filtered += u->next_hash[k];
    MUST_HOLD(filtered == u->next_used);
    for (u32 k = 0; k < u->next_used; k++)
        for (u32 n = 0; n < k; n++) MUST_HOLD(u->next_ea[k] != u->next_ea[n]);
    for (unsigned thread = 0; thread < BRANCH_THREADS; thread++)
        MUST_HOLD(u->thread[thread].top < u->config.link_stack);
    return NULL;
}

/* ---- rows (base/state.h) ---- */

#define CONFIG(member) STATE(struct branch_config, member)
static const struct state_row config_rows[] = {
    CONFIG(next_address),        CONFIG(bht),           CONFIG(tage),        CONFIG(tage_tag_bits),
    CONFIG(count_cache),         CONFIG(count_entries), CONFIG(link_stack),  CONFIG(static_hints),
    CONFIG(next_address_cycles), CONFIG(bht_cycles),    CONFIG(tage_cycles),
};
const struct state_table branch_config_state = STATE_TABLE(struct branch_config, config_rows);

bool branch_tables_fit(const struct branch_config *then, const struct branch_config *now)
{
    return then->next_address == now->next_address && then->bht == now->bht && then->tage == now->tage &&
           then->tage_tag_bits == now->tage_tag_bits && then->count_entries == now->count_entries &&
           then->link_stack == now->link_stack;
}

static const struct state_row tage_rows[] = {
    STATE(struct tage_entry, tag),
    STATE(struct tage_entry, counter),
    STATE(struct tage_entry, useful),
};
static const struct state_table tage_state = STATE_TABLE(struct tage_entry, tage_rows);

static const struct state_row count_rows[] = {
    STATE(struct count_entry, target),
    STATE(struct count_entry, tag),
    STATE(struct count_entry, confidence),
    STATE(struct count_entry, pattern),
};
static const struct state_table count_state = STATE_TABLE(struct count_entry, count_rows);

static void save_numbers(struct state_writer *w, const void *self)
{
    const struct branch_unit *u = self;

    state_put_numbers(w, u->bht, 1, u->config.bht);
    state_put_numbers(w, u->link_stack, 8, (size_t)BRANCH_THREADS * u->config.link_stack);
}

static bool restore_numbers(struct state_reader *r, void *self)
{
    struct branch_unit *u = self;

    return state_get_numbers(r, u->bht, 1, u->config.bht) &&
           state_get_numbers(r, u->link_stack, 8, (size_t)BRANCH_THREADS * u->config.link_stack);
}

static void save_tage(struct state_writer *w, const void *self)
{
    const struct branch_unit *u = self;

    for (size_t k = 0; k < (size_t)TABLES * u->config.tage; k++) state_put(w, &tage_state, &u->tage[0][k]);
}

static bool restore_tage(struct state_reader *r, void *self)
{
    struct branch_unit *u = self;

    for (size_t k = 0; k < (size_t)TABLES * u->config.tage; k++)
        if (!state_get(r, &tage_state, &u->tage[0][k])) return false;
    return true;
}

static void save_targets(struct state_writer *w, const void *self)
{
    const struct branch_unit *u = self;

    for (u32 k = 0; k < u->config.count_entries; k++) {
        state_put(w, &count_state, &u->count[k]);
        state_put(w, &count_state, &u->pattern[k]);
    }
}

static bool restore_targets(struct state_reader *r, void *self)
{
    struct branch_unit *u = self;

    for (u32 k = 0; k < u->config.count_entries; k++)
        if (!state_get(r, &count_state, &u->count[k]) || !state_get(r, &count_state, &u->pattern[k])) return false;
    return true;
}

static const struct state_row thread_rows[] = {STATE(struct branch_thread, history), STATE(struct branch_thread, top)};
static const struct state_table thread_state = STATE_TABLE(struct branch_thread, thread_rows);

static const struct state_row unit_rows[] = {
    STATE_DERIVED(struct branch_unit, config),
    STATE_CALL(struct branch_unit, bht, save_numbers, restore_numbers),
    STATE_CALL(struct branch_unit, tage, save_tage, restore_tage, .part = &tage_state),
    STATE_CALL(struct branch_unit, count, save_targets, restore_targets, .part = &count_state),
    STATE_WITH(struct branch_unit, pattern),
    STATE_WITH(struct branch_unit, link_stack),
    STATE_PART(struct branch_unit, thread, struct branch_thread, thread_state),
    STATE(struct branch_unit, next_ea),
    STATE(struct branch_unit, next_target),
    STATE(struct branch_unit, next_used),
    STATE_DERIVED(struct branch_unit, next_hash), /* of next_ea */
    STATE(struct branch_unit, random),
    STATE(struct branch_unit, trust),
    STATE_DERIVED(struct branch_unit, tage_shift), /* of the configuration */
    STATE_DERIVED(struct branch_unit, count_shift),
    STATE_DERIVED(struct branch_unit, tag_filler),
};
static bool unit_restored(struct state_reader *r, void *self)
{
    struct branch_unit *u = self;

    if (u->next_used > u->config.next_address) return state_refuse(r, "a next-address structure that is too full");
    memset(u->next_hash, 0, sizeof u->next_hash);
    for (u32 k = 0; k < u->next_used; k++) ++*filter_of(u, u->next_ea[k]);
    return true;
}
const struct state_table branch_unit_state = STATE_TABLE(struct branch_unit, unit_rows, .restored = unit_restored);
