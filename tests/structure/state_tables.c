/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints every table of state rows (base/state.h), for tests/structure/state_rows, which compares them with what the
 * compiler says of the structs:
 *
 *     table struct uart 64
 *     value ier 8 1 1            kind, member, offset, bytes of the member, bytes of an element
 *
 * A table that a row of another one names is found through it; others are named in state_tables.def.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/state.h"

#define TABLE(table) extern const struct state_table table;
#include "tests/structure/state_tables.def"
#undef TABLE

static const struct state_table *const roots[] = {
#define TABLE(table) &(table),
#include "tests/structure/state_tables.def"
#undef TABLE
};

enum { TABLES_MAX = 512 };
static const struct state_table *printed[TABLES_MAX];
static unsigned tables;

static const char *const kinds[] = {
    [STATE_IS_VALUE] = "value", [STATE_IS_PART] = "part", [STATE_IS_CALL] = "call", [STATE_IS_DERIVED] = "derived"};

static bool print(const struct state_table *t)
{
    const char *fault = state_table_fault(t);
    bool ok = true;

    for (unsigned k = 0; k < tables; k++)
        if (printed[k] == t) return true;
    if (tables == TABLES_MAX) return false;
    printed[tables++] = t;
    if (fault) {
        printf("%s: %s\n", t->name, fault);
        return false;
    }
    printf("table %s %u\n", t->name, t->size);
    for (unsigned k = 0; k < t->count; k++) {
        const struct state_row *row = &t->row[k];
        printf("%s %s %u %u %u\n", kinds[row->kind], row->name, row->offset, row->bytes, row->element);
    }
    for (unsigned k = 0; k < t->count && ok; k++)
        if (t->row[k].part) ok = print(t->row[k].part);
    return ok;
}

int main(void)
{
    bool ok = true;

    for (unsigned k = 0; k < ARRAY_SIZE(roots); k++) ok &= print(roots[k]);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
