/* SPDX-License-Identifier: Apache-2.0 */
/* The book of accounts; see account.h. */
#include "hypervisor/account.h"

#include <stdlib.h>

#include "base/power.h"
#include "hypervisor/partition.h"

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
