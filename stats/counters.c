/* SPDX-License-Identifier: Apache-2.0 */
/* Rows and arithmetic over them; see counters.def. */
#include "stats/counters.h"

#include "stats/rows.h"

const struct counter_row counter_rows[] = {
#define COUNTER(field, unit, code, event, text)                                                                        \
    {#field,                                                                                                           \
     #event,                                                                                                           \
     text,                                                                                                             \
     UNIT_##unit,                                                                                                      \
     code,                                                                                                             \
     offsetof(struct counters, field),                                                                                 \
     offsetof(struct counters, field) >= offsetof(struct counters, cpi_completed)}, /* the last section's first */
#include "stats/counters.def"
#undef COUNTER
};
const unsigned counter_row_count = ARRAY_SIZE(counter_rows);

static u64 *cell(struct counters *c, const struct counter_row *row)
{
    return (u64 *)(void *)((char *)c + row->offset);
}

void counters_add(struct counters *to, const struct counters *from)
{
    EACH_COUNTER(row) *cell(to, row) += counter_get(from, row);
}

void counters_subtract(struct counters *from, const struct counters *what)
{
    EACH_COUNTER(row) *cell(from, row) -= counter_get(what, row);
}

#define COUNTER(field, unit, code, event, text) STATE(struct counters, field),
static const struct state_row rows[] = {
#include "stats/counters.def"
};
#undef COUNTER
const struct state_table counters_state = STATE_TABLE(struct counters, rows);
