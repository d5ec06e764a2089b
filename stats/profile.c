/* SPDX-License-Identifier: Apache-2.0 */
/* Counting by page, and folding into stacks; see profile.h. */
#include "stats/profile.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- counting ---- */

void profile_open(struct profile *p, u32 most_pages)
{
    *p = (struct profile){.most = most_pages};
}

void profile_close(struct profile *p)
{
    for (u32 k = 0; k < p->used; k++) {
        free(p->list[k]->walks);
        free(p->list[k]);
    }
    free(p->list);
    hash_close(&p->index);
    profile_open(p, p->most);
}

struct key {
    u64 ea;
    u32 account, pid;
};

static u64 hash_of(u64 ea, u32 account, u32 pid)
{
    return hash_mix(hash_mix(0, ea), (u64)account << 32 | pid);
}

static u64 hash_of_number(const void *self, u32 row)
{
    const struct profile_page *page = ((const struct profile *)self)->list[row];

    return hash_of(page->ea, page->account, page->pid);
}

static bool is_key(const void *self, u32 row, const void *key)
{
    const struct profile_page *page = ((const struct profile *)self)->list[row];
    const struct key *k = key;

    return page->ea == k->ea && page->account == k->account && page->pid == k->pid;
}

static bool has_room(struct profile *p)
{
    u32 room = p->room ? 2 * p->room : 256;
    struct profile_page **list;

    if (p->used < p->room) return true;
    list = realloc(p->list, room * sizeof(*list));
    if (!list) return false;
    p->list = list;
    p->room = room;
    return true;
}

/* NULL: there is no room for one more. */
static struct profile_page *new_page(struct profile *p, const struct key *key)
{
    struct profile_page *page;

    if (p->used == p->most) return NULL;
    page = has_room(p) && hash_room(&p->index, p->used, hash_of_number, p) ? calloc(1, sizeof *page) : NULL;
    p->starved |= !page;
    if (!page) return NULL;
    page->ea = key->ea;
    page->account = key->account;
    page->pid = key->pid;
    hash_add(&p->index, hash_of(key->ea, key->account, key->pid), p->used);
    return p->list[p->used++] = page;
}

static struct profile_page *page_of(struct profile *p, const struct key *key)
{
    u32 row = hash_find(&p->index, hash_of(key->ea, key->account, key->pid), is_key, p, key);

    return row != HASH_NONE ? p->list[row] : p->starved ? NULL : new_page(p, key);
}

void profile_note_elsewhere(struct profile *p, u64 cia, u32 account, u32 pid, u64 cycles, u64 walks)
{
    const struct key key = {cia & ~(u64)(PROFILE_PAGE - 1), account, pid};
    struct profile_page *page = page_of(p, &key);

    if (page && walks && !page->walks) {
        page->walks = calloc(PROFILE_SLOTS, sizeof *page->walks);
        p->starved |= !page->walks;
    }
    if (page) p->last = page;
    if (page) page->cycles[cia / 4 % PROFILE_SLOTS] += cycles;
    else p->other_cycles += cycles;
    if (page && page->walks) page->walks[cia / 4 % PROFILE_SLOTS] += walks;
    else p->other_walks += walks;
}

/* ---- folding ---- */

void profile_clean_name(char *name)
{
    for (; *name; name++)
        if (*name == ';' || *name == '\n') *name = '_';
}

enum { STACK = 320 };
struct line {
    char stack[STACK];
    u64 cycles;
};
struct lines {
    struct line *list;
    size_t count, room;
    bool starved;
};

static void add_line(struct lines *l, const char *stack, u64 cycles)
{
    struct line *last = l->count ? &l->list[l->count - 1] : NULL;

    if (last && !strcmp(last->stack, stack)) { /* neighbours in a page are mostly of one symbol */
        last->cycles += cycles;
        return;
    }
    if (l->count == l->room) {
        size_t room = l->room ? 2 * l->room : 1024;
        struct line *list = realloc(l->list, room * sizeof *list);

        l->starved |= !list;
        if (!list) return;
        l->list = list;
        l->room = room;
    }
    snprintf(l->list[l->count].stack, STACK, "%s", stack);
    l->list[l->count++].cycles = cycles;
}

static void fold_page(struct lines *l, const struct profile_page *page, const u64 *cycles,
                      const struct profile_names *names)
{
    char account[160], symbol[96], stack[STACK];

    names->account(names->self, page->account, account, sizeof account);
    for (u32 k = 0; k < PROFILE_SLOTS; k++) {
        if (!cycles[k]) continue;
        names->symbol(names->self, page->ea + 4ULL * k, symbol, sizeof symbol);
        if (*symbol) snprintf(stack, sizeof stack, "%s;%s", account, symbol);
        else if (page->pid)
            snprintf(stack, sizeof stack, "%s;PID %" PRIu32 " page 0x%" PRIx64, account, page->pid, page->ea);
        else snprintf(stack, sizeof stack, "%s;page 0x%" PRIx64, account, page->ea);
        add_line(l, stack, cycles[k]);
    }
}

static int by_stack(const void *a, const void *b)
{
    return strcmp(((const struct line *)a)->stack, ((const struct line *)b)->stack);
}

static void write_lines(const struct lines *l, struct emit *e)
{
    for (size_t k = 0; k < l->count;) {
        const struct line *first = &l->list[k];
        u64 sum = 0;

        for (; k < l->count && !strcmp(l->list[k].stack, first->stack); k++) sum += l->list[k].cycles;
        emit_text(e, "%s %" PRIu64 "\n", first->stack, sum);
    }
}

void profile_fold(const struct profile *p, bool of_walks, const struct profile_names *names, struct emit *e)
{
    struct lines lines = {0};
    u64 other = of_walks ? p->other_walks : p->other_cycles;

    for (u32 k = 0; k < p->used; k++) {
        const u64 *cycles = of_walks ? p->list[k]->walks : p->list[k]->cycles;

        if (cycles) fold_page(&lines, p->list[k], cycles, names);
    }
    if (other) add_line(&lines, "other", other);
    if (lines.count) qsort(lines.list, lines.count, sizeof *lines.list, by_stack);
    write_lines(&lines, e);
    e->failed |= lines.starved;
    free(lines.list);
}
