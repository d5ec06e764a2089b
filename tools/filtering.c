/* SPDX-License-Identifier: Apache-2.0 */
/* See filtering.h. */
#include "tools/filtering.h"

/* A function of that name: from where it begins, which may be before where it is called, up to its end. */
static bool extent(void *self, const char *name, u64 *from, u64 *end)
{
    struct symbols *s = self;
    char unused[SYMBOL_TEXT];
    u64 entry;

    symbols_name(s, 0, unused); /* labels end where the next symbol begins once they are sorted */
    if (!symbols_find(s, name, &entry)) return false;
    for (const struct symbol *k = s->list; k < s->list + s->count; k++) {
        if (k->address + k->entry != entry || strcmp(s->names + k->name, name) != 0) continue;
        *from = k->address;
        *end = k->end;
        return true;
    }
    return false;
}

bool filtering_read(struct filter *filter, const char *option, const struct text_list *list, struct symbols *symbols)
{
    const struct filter_symbols known = {extent, symbols};

    for (unsigned k = 0; k < list->count; k++)
        if (!filter_read(filter, option, list->item[k], &known)) return false;
    return true;
}
