/* SPDX-License-Identifier: Apache-2.0 */
/* The book of accounts; see account.h. */
#include "hypervisor/account.h"

#include <stdlib.h>

#include "base/power.h"
#include "hypervisor/partition.h"
#include "hypervisor/rows.h"
#include "stats/rows.h"

enum { ROOM_LEAST = 64 };

struct account_key {
    u32 partition;
    enum account_state state;
    u32 pid;
};

static u64 hash_of(const struct account_key *key)
{
    return (u64)key->partition << 34 | (u64)key->state << 32 | key->pid;
}

static u64 hash_of_number(const void *self, u32 row)
{
    const struct account_book *book = self;
    const struct account *a = book->list[row];

    return hash_of(&(struct account_key){a->partition->id, a->state, a->pid});
}

static bool is_key(const void *self, u32 row, const void *wanted)
{
    const struct account_book *book = self;
    const struct account *a = book->list[row];
    const struct account_key *key = wanted;

    return a->pid == key->pid && a->state == key->state && a->partition->id == key->partition;
}

static bool grow_list(struct account_book *book)
{
    unsigned room = book->room ? book->room * 2 : ROOM_LEAST;
    struct account **list = realloc(book->list, room * sizeof *list);

    if (!list) return false;
    book->list = list;
    book->room = room;
    return true;
}

static struct account_family *family_of(struct account_book *book, const struct partition *partition,
                                        enum account_state state)
{
    struct account_family *f;

    for (unsigned k = 0; k < book->families; k++)
        if (book->family[k].partition == partition && book->family[k].state == state) return &book->family[k];
    if (book->families == book->family_room) {
        unsigned room = book->family_room ? book->family_room * 2 : ROOM_LEAST;
        f = realloc(book->family, room * sizeof *f);
        if (!f) return NULL;
        book->family = f;
        book->family_room = room;
    }
    f = &book->family[book->families++];
    *f = (struct account_family){.partition = partition, .state = state, .number = book->count};
    return f;
}

static struct account *make(struct account_book *book, const struct account_family *family, u32 pid)
{
    const struct partition *partition = family->partition;
    struct account *account;

    if (book->count == book->room && !grow_list(book)) return NULL;
    if (!hash_room(&book->index, book->count, hash_of_number, book)) return NULL;
    account = calloc(1, sizeof *account);
    if (!account) return NULL;
    account->partition = partition;
    account->level = partition->level;
    account->number = family->number;
    account->state = family->state;
    account->pid = pid;
    book->list[book->count] = account;
    hash_add(&book->index, hash_of_number(book, book->count), book->count);
    book->count++;
    return account;
}

/* Not found: a new one if there is room for it, else that of the others. */
static struct account *newcomer(struct account_book *book, const struct partition *partition, enum account_state state,
                                u32 pid)
{
    struct account_family *family = family_of(book, partition, state);
    bool has_room = family && family->count < ACCOUNT_PIDS && book->count < ACCOUNTS_MAX;
    struct account *account = has_room ? make(book, family, pid) : NULL;

    if (account) {
        family->count++;
        return account;
    }
    if (family && !family->others) family->others = make(book, family, ACCOUNT_OTHERS);
    book->starved |= has_room || !family || !family->others;
    if (family && family->others) return family->others;
    return book->count ? book->list[book->count - 1] : NULL;
}

struct account *account_find(struct account_book *book, const struct partition *partition, enum account_state state,
                             u32 pid)
{
    struct account_key key = {partition->id, state, pid};
    u32 row = hash_find(&book->index, hash_of(&key), is_key, book, &key);

    return row != HASH_NONE ? book->list[row] : newcomer(book, partition, state, pid);
}

enum account_state account_state_of(u64 msr)
{
    if (msr & MSR_PR) return ACCOUNT_PROBLEM;
    if (!(msr & MSR_HV)) return ACCOUNT_OS;
    return msr & MSR_S ? ACCOUNT_ULTRAVISOR : ACCOUNT_HYPERVISOR;
}

const char *account_state_name(enum account_state state)
{
    static const char *const names[] = {"ultravisor", "hypervisor", "os", "problem"};

    return names[state];
}

void account_book_clear(struct account_book *book)
{
    for (unsigned k = 0; k < book->count; k++) free(book->list[k]);
    free(book->list);
    hash_close(&book->index);
    free(book->family);
    *book = (struct account_book){0};
}

/* ---- state ---- */

void account_put(struct state_writer *w, const struct account_book *book, const struct account *account)
{
    u32 place = 0;

    while (place < book->count && book->list[place] != account) place++;
    state_put_number(w, place);
}

bool account_get(struct state_reader *r, const struct account_book *book, struct account **account)
{
    u64 place = state_get_below(r, book->count, "an account");

    *account = r->failed ? NULL : book->list[place];
    return !r->failed;
}

static const struct state_row account_rows[] = {
    STATE_DERIVED(struct account, number),
    STATE_WITH(struct account, partition), /* its number, before the account */
    STATE_DERIVED(struct account, level),
    STATE(struct account, state, .most = ACCOUNT_STATES - 1),
    STATE(struct account, pid),
    STATE_PART(struct account, counters, struct counters, counters_state),
    STATE_PART(struct account, walks, struct walk_tally, walk_tally_state),
};
const struct state_table account_state = STATE_TABLE(struct account, account_rows);

static void save_list(struct state_writer *w, const void *self)
{
    const struct account_book *book = self;

    state_put_number(w, book->count);
    for (unsigned k = 0; k < book->count; k++) {
        partition_put(w, book->list[k]->partition);
        state_put(w, &account_state, book->list[k]);
    }
}

/* One more in the list, whose memory may be there; its family follows from it. */
static bool enter(struct state_reader *r, struct account_book *book, struct account *account,
                  const struct account *saved)
{
    struct account_key key = {saved->partition->id, saved->state, saved->pid};
    struct account_family *family;

    if (hash_find(&book->index, hash_of(&key), is_key, book, &key) != HASH_NONE)
        return state_refuse(r, "two accounts of one process");
    family = family_of(book, saved->partition, saved->state);
    if (!family || !hash_room(&book->index, book->count, hash_of_number, book))
        return state_refuse(r, "the host has no memory for it");
    if (saved->pid == ACCOUNT_OTHERS) family->others = account;
    else if (++family->count > ACCOUNT_PIDS) return state_refuse(r, "more processes than there is room for");
    *account = *saved;
    account->level = saved->partition->level;
    account->number = family->number;
    hash_add(&book->index, hash_of(&key), book->count++);
    return true;
}

static bool restore_account(struct state_reader *r, struct account_book *book, unsigned had)
{
    struct partition *partition;
    struct account saved = {0}, *account;

    if (!partition_get(r, book->tree, &partition) || !state_get(r, &account_state, &saved)) return false;
    if (!partition) return state_refuse(r, "an account of nobody");
    if (book->count == book->room && !grow_list(book)) return state_refuse(r, "the host has no memory for it");
    account = book->count < had ? book->list[book->count] : calloc(1, sizeof *account);
    if (!account) return state_refuse(r, "the host has no memory for it");
    saved.partition = partition;
    book->list[book->count] = account;
    if (enter(r, book, account, &saved)) return true;
    if (book->count >= had) free(account);
    return false;
}

enum { FAMILIES_MAX = PARTITIONS_MAX * ACCOUNT_STATES };

static bool restore_list(struct state_reader *r, void *self)
{
    struct account_book *book = self;
    u64 count = state_get_count(r, NULL, ACCOUNTS_MAX + FAMILIES_MAX);
    unsigned had = book->count ? 1 : 0;
    bool ok = true;

    for (unsigned k = 1; k < book->count; k++) free(book->list[k]);
    hash_close(&book->index);
    book->count = book->families = 0;
    for (u64 k = 0; k < count && ok; k++) ok = restore_account(r, book, had);
    if (!book->count) book->count = had; /* what is there has an owner */
    return ok && !r->failed;
}

static const struct state_row rows[] = {
    STATE_CALL(struct account_book, list, save_list, restore_list),
    STATE_WITH(struct account_book, count),
    STATE_WITH(struct account_book, room),
    STATE_WITH(struct account_book, index),
    STATE_DERIVED(struct account_book, family), /* of the list */
    STATE_DERIVED(struct account_book, families),
    STATE_DERIVED(struct account_book, family_room),
    STATE(struct account_book, starved),
    STATE_DERIVED(struct account_book, tree),
};
const struct state_table account_book_state = STATE_TABLE(struct account_book, rows);
