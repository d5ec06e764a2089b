/* SPDX-License-Identifier: Apache-2.0 */
/* Sums over walk tallies; see walk_tally.h. */
#include "stats/walk_tally.h"

#include "stats/rows.h"

/* A tally is nothing but u64. */
void walk_tally_add(struct walk_tally *to, const struct walk_tally *from)
{
    u64 *sum = (u64 *)(void *)to;
    const u64 *more = (const u64 *)(const void *)from;

    for (size_t k = 0; k < sizeof *to / sizeof *sum; k++) sum[k] += more[k];
}

void walk_tally_subtract(struct walk_tally *from, const struct walk_tally *what)
{
    u64 *rest = (u64 *)(void *)from;
    const u64 *less = (const u64 *)(const void *)what;

    for (size_t k = 0; k < sizeof *from / sizeof *rest; k++) rest[k] -= less[k];
}

u64 walk_tally_reads(const struct walk_tally *tally, enum walk_source source)
{
    u64 sum = tally->partition_table[source];

    for (unsigned row = 0; row < WALK_ROWS; row++)
        for (unsigned column = 0; column < WALK_COLUMNS; column++) sum += tally->reads[source][row][column];
    return source == WALK_FROM_STORAGE ? sum + tally->group[0] + tally->group[1] : sum;
}

u64 walk_tally_cycles(const struct walk_tally *tally)
{
    u64 sum = tally->partition_table_cycles + tally->group_cycles;

    for (unsigned row = 0; row < WALK_ROWS; row++)
        for (unsigned column = 0; column < WALK_COLUMNS; column++) sum += tally->cycles[row][column];
    return sum;
}

u64 walk_tally_served(const struct walk_tally *tally, enum walk_served by)
{
    u64 sum = tally->partition_table_served[by] + tally->group_served[by];

    for (unsigned row = 0; row < WALK_ROWS; row++)
        for (unsigned column = 0; column < WALK_COLUMNS; column++) sum += tally->served[by][row][column];
    return sum;
}

const char *walk_source_name(enum walk_source source)
{
    static const char *const names[] = {"storage", "walk_cache", "tlb", "entry_cache"};

    return names[source];
}

const char *walk_served_name(enum walk_served by)
{
    static const char *const names[] = {"l2", "l3", "other", "memory"};

    return names[by];
}

static const struct state_row rows[] = {
    STATE_OF(struct walk_tally, reads, u64),
    STATE(struct walk_tally, partition_table),
    STATE(struct walk_tally, group),
    STATE_OF(struct walk_tally, cycles, u64),
    STATE(struct walk_tally, partition_table_cycles),
    STATE(struct walk_tally, group_cycles),
    STATE(struct walk_tally, length),
    STATE_OF(struct walk_tally, served, u64),
    STATE(struct walk_tally, partition_table_served),
    STATE(struct walk_tally, group_served),
    STATE(struct walk_tally, fault),
};
const struct state_table walk_tally_state = STATE_TABLE(struct walk_tally, rows);
