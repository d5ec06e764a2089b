/* SPDX-License-Identifier: Apache-2.0 */
/* The book of accounts; see account.h. */
#include "hypervisor/account.h"

#include <stdlib.h>

#include "core/state/msr.h"

static unsigned cell_of(u32 lpid, enum account_state state)
{
    return (lpid << 2 | state) & (ACCOUNT_CELLS - 1);
}

static struct account *search_or_make(struct account_book *book, u32 lpid, enum account_state state)
{
    struct account *account;

    for (unsigned k = 0; k < book->count; k++)
        if (book->list[k]->lpid == lpid && book->list[k]->state == state) return book->list[k];
    account = book->count < ACCOUNTS_MAX ? calloc(1, sizeof *account) : NULL;
    if (!account) return book->count ? book->list[book->count - 1] : NULL;
    account->number = book->count;
    account->lpid = lpid;
    account->state = state;
    account->level = lpid ? 1 : 0;
    book->list[book->count++] = account;
    return account;
}

struct account *account_find(struct account_book *book, u32 lpid, enum account_state state)
{
    struct account **cell = &book->cell[cell_of(lpid, state)];

    if (!*cell || (*cell)->lpid != lpid || (*cell)->state != state) *cell = search_or_make(book, lpid, state);
    return *cell;
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
    *book = (struct account_book){0};
}
