/* SPDX-License-Identifier: Apache-2.0 */
/* The book of accounts; see account.h. */
#include "hypervisor/account.h"

#include <stdlib.h>

#include "base/power.h"
#include "hypervisor/partition.h"

enum { CELLS_LEAST = 1024, ROOM_LEAST = 64 };

/* By numbers alone, so that the same run looks the same way. */
static unsigned hash_of(u32 partition, enum account_state state, u32 pid)
{
    u64 key = ((u64)partition << 34 | (u64)state << 32 | pid) * 0x9e3779b97f4a7c15ULL;

    return (unsigned)(key >> 40);
}

/* The account, or the empty cell where it belongs. */
static struct account **cell_of(const struct account_book *book, u32 partition, enum account_state state, u32 pid)
{
    for (unsigned k = hash_of(partition, state, pid);; k++) {
        struct account **cell = &book->cell[k & (book->cells - 1)];
        if (!*cell || ((*cell)->pid == pid && (*cell)->state == state && (*cell)->partition->id == partition))
            return cell;
    }
}

static bool grow_cells(struct account_book *book)
{
    unsigned cells = book->cells ? book->cells * 2 : CELLS_LEAST;
    struct account **cell = calloc(cells, sizeof *cell);

    if (!cell) return false;
    free(book->cell);
    book->cell = cell;
    book->cells = cells;
    for (unsigned k = 0; k < book->count; k++) {
        const struct account *a = book->list[k];
        *cell_of(book, a->partition->id, a->state, a->pid) = book->list[k];
    }
    return true;
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
    if (book->count * 2 >= book->cells && !grow_cells(book)) return NULL;
    account = calloc(1, sizeof *account);
    if (!account) return NULL;
    account->partition = partition;
    account->level = partition->level;
    account->number = family->number;
    account->state = family->state;
    account->pid = pid;
    book->list[book->count++] = account;
    *cell_of(book, partition->id, family->state, pid) = account;
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
    struct account *account = book->cells ? *cell_of(book, partition->id, state, pid) : NULL;

    return account ? account : newcomer(book, partition, state, pid);
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
    free(book->cell);
    free(book->family);
    *book = (struct account_book){0};
}
