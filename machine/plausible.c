/* SPDX-License-Identifier: Apache-2.0 */
/* What else parameters of the models could be, out of plausible.def; see config.h. */
#include <stdio.h>

#include "machine/config.h"

const struct plausible plausible_rows[] = {
#define PLAUSIBLE(option, values, why) {#option, values, why},
#include "machine/plausible.def"
#undef PLAUSIBLE
    {.option = NULL},
};

const struct plausible *plausible_find(const char *option)
{
    for (const struct plausible *row = plausible_rows; row->option; row++)
        if (!strcmp(row->option, option)) return row;
    return NULL;
}

bool plausible_value(const struct plausible *row, unsigned n, char out[CONFIG_VALUE_MAX])
{
    const char *at = row->values;

    for (; n; n--) {
        at = strchr(at, '|');
        if (!at) return false;
        at++;
    }
    snprintf(out, CONFIG_VALUE_MAX, "%.*s", (int)strcspn(at, "|"), at);
    return true;
}
