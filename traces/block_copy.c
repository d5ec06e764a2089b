/* SPDX-License-Identifier: Apache-2.0 */
/* See block_copy.h.  Accesses and table reads are copied as one stretch each, and numbers into them are moved. */
#include "traces/block_copy.h"

#include <stdlib.h>

#include "base/log.h"

struct stretch {
    size_t from, to;
};

static bool grow(void **room, size_t *have, size_t wanted, size_t size)
{
    void *more;

    if (wanted <= *have) return true;
    more = realloc(*room, wanted * 2 * size);
    if (!more) return p9_error("a copy of records: the host has no memory");
    *room = more;
    *have = wanted * 2;
    return true;
}

static bool grow_records(struct block_copy *to, size_t count)
{
    size_t have = to->records, same = have, other = have;

    return grow((void **)&to->facts, &same, count, sizeof *to->facts) &&
           grow((void **)&to->value_end, &other, count, sizeof *to->value_end) &&
           grow((void **)&to->record, &to->records, count, sizeof *to->record);
}

static void include(struct stretch *s, size_t from, size_t count)
{
    if (!count) return;
    if (s->to <= s->from) *s = (struct stretch){from, from + count};
    if (from < s->from) s->from = from;
    if (from + count > s->to) s->to = from + count;
}

static bool has_accesses(const struct retire *r)
{
    return r->kind == RETIRE_INSN && r->accesses;
}

static struct stretch accesses_of(const struct retire_block *b, size_t first, size_t count)
{
    struct stretch s = {0};

    for (const struct retire *r = b->record + first; r < b->record + first + count; r++)
        if (has_accesses(r)) include(&s, r->access, r->accesses);
    return s;
}

static struct stretch reads_of(const struct retire_block *b, struct stretch accesses)
{
    struct stretch s = {0};

    for (size_t k = accesses.from; k < accesses.to; k++) include(&s, b->access[k].read, b->access[k].reads);
    return s;
}

static bool copy_accesses(struct block_copy *to, const struct retire_block *from, struct stretch s)
{
    struct stretch reads = reads_of(from, s);

    if (s.to == s.from) return true;
    if (!grow((void **)&to->access, &to->accesses, s.to - s.from, sizeof *to->access) ||
        !grow((void **)&to->read, &to->reads, reads.to - reads.from, sizeof *to->read))
        return false;
    memcpy(to->access, from->access + s.from, (s.to - s.from) * sizeof *to->access);
    if (reads.to > reads.from) memcpy(to->read, from->read + reads.from, (reads.to - reads.from) * sizeof *to->read);
    for (struct retire_access *a = to->access; reads.from && a < to->access + (s.to - s.from); a++)
        a->read = a->reads ? a->read - (u32)reads.from : 0;
    return true;
}

static void copy_records(struct block_copy *to, const struct retire_block *from, size_t first, size_t count,
                         size_t moved)
{
    memcpy(to->record, from->record + first, count * sizeof *to->record);
    for (size_t k = 0; k < count; k++) {
        struct retire *r = &to->record[k];

        if (r->kind != RETIRE_INSN) continue;
        to->facts[k] = *r->facts;
        r->facts = &to->facts[k];
        r->access = r->accesses ? (u16)(r->access - moved) : 0;
    }
}

static bool copy_values(struct block_copy *to, const struct retire_block *from, size_t first, size_t count)
{
    u32 begin = first ? from->value_end[first - 1] : 0;
    size_t values = from->value_end[first + count - 1] - begin;

    if (!grow((void **)&to->value, &to->values, values + 1, sizeof *to->value)) return false;
    if (values) memcpy(to->value, from->value + begin, values * sizeof *to->value);
    for (size_t k = 0; k < count; k++) to->value_end[k] = from->value_end[first + k] - begin;
    return true;
}

bool block_copy(struct block_copy *to, const struct retire_block *from, size_t first, size_t count)
{
    struct stretch accesses;

    if (!count) {
        to->block = (struct retire_block){.order = from->order + first, .time = from->time};
        return true;
    }
    accesses = accesses_of(from, first, count);
    if (!grow_records(to, count) || !copy_accesses(to, from, accesses) ||
        (from->value && !copy_values(to, from, first, count)))
        return false;
    copy_records(to, from, first, count, accesses.from);
    to->block = (struct retire_block){.record = to->record,
                                      .access = to->access,
                                      .read = to->read,
                                      .value = from->value ? to->value : NULL,
                                      .value_end = from->value ? to->value_end : NULL,
                                      .count = count,
                                      .kept = first ? 0 : from->kept,
                                      .order = from->order + first,
                                      .time = from->time};
    return true;
}

void block_copy_free(struct block_copy *copy)
{
    free(copy->record);
    free(copy->facts);
    free(copy->access);
    free(copy->read);
    free(copy->value);
    free(copy->value_end);
    *copy = (struct block_copy){0};
}
