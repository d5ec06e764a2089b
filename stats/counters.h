/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The counters as a struct, made from counters.def.  Each account (partition x privilege state) has one; the thread and
 * its translation increment through a pointer that an account switch replaces, so nothing is tested per event.
 */
#ifndef P9_STATS_COUNTERS_H
#define P9_STATS_COUNTERS_H

#include "base/bits.h"

struct counters {
#define COUNTER(field, unit, code, event, text) u64 field;
#include "stats/counters.def"
#undef COUNTER
};

/* How much of the processor was modelled (--model): what belongs to more than that is left out of reports. */
enum report_model { REPORT_NONE, REPORT_MMU, REPORT_CORE };

enum counter_unit { UNIT_EVENTS, UNIT_CYCLES, UNIT_INSTRUCTIONS };
struct counter_row {
    const char *name, *event, *text;
    enum counter_unit unit;
    u32 code;
    size_t offset;
    bool of_core; /* only the model core counts it */
};
extern const struct counter_row counter_rows[];
extern const unsigned counter_row_count;
#define EACH_COUNTER(row)                                                                                              \
    for (const struct counter_row *row = counter_rows; row < counter_rows + counter_row_count; row++)

#define EACH_COUNTER_OF(row, model)                                                                                    \
    EACH_COUNTER(row)                                                                                                  \
        if (!row->of_core || (model) == REPORT_CORE)

static inline u64 counter_get(const struct counters *c, const struct counter_row *row)
{
    return *(const u64 *)(const void *)((const char *)c + row->offset);
}

void counters_add(struct counters *to, const struct counters *from);
void counters_subtract(struct counters *from, const struct counters *what);

#endif
