/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making an index; see index.h.  The trace is read once from start to end.  When it is time for a place the stream is
 * asked for the next one (a block of deflate data, for instance), and the first record behind that which a reader can
 * begin with is what the place is for: of a qtrace any that has no walk to come, of a state trace the head of a member.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "traces/index_format.h"
#include "traces/source_parts.h"
#include "traces/state_format.h"

struct maker {
    const char *path;
    char *name, *temporary; /* of the index, and while it is written */
    FILE *to;
    struct stream_reader *stream;
    u64 every, next;          /* next: no place before this instruction */
    u64 written, count, room; /* written: bytes of the index; entries, and how many there is room for */
    u8 *table;
    bool is_noting, failed;
    struct index_entry entry;
};

static bool fail(struct maker *m, const char *what)
{
    m->failed = true;
    return p9_error("%s: %s", m->name ? m->name : m->path, what);
}

static void put(struct maker *m, const void *bytes, size_t size)
{
    if (fwrite(bytes, 1, size, m->to) != size && !m->failed) fail(m, "cannot be written");
    m->written += size;
}

/* ---- entries ---- */

static void pack_entry(const struct index_entry *e, u64 window, u8 *to)
{
    const struct index_qtrace *q = &e->qtrace;

    memset(to, 0, INDEX_ENTRY);
    put_le(to, e->number, 8);
    put_le(to + 8, e->at, 8);
    put_le(to + 16, e->place.at, 8);
    put_le(to + 24, e->place.file_at, 8);
    put_le(to + 32, window, 8);
    put_le(to + 40, e->place.window_size, 4);
    to[44] = e->place.kind;
    to[45] = e->place.bits;
    put_le(to + 48, q->iar, 8);
    put_le(to + 56, q->page, 8);
    put_le(to + 64, q->version, 4);
    put_le(to + 68, q->rpn, 4);
    to[72] = q->behind_prefix;
    to[73] = q->has_rpn;
    to[74] = q->shift;
    to[75] = q->guest_shift;
    to[76] = q->where_shift;
}

static void add_entry(struct maker *m)
{
    if (m->count == INDEX_MOST) return; /* the last place has many instructions behind it then */
    if (m->count == m->room) {
        u64 room = m->room ? 2 * m->room : 64;
        u8 *table = realloc(m->table, room * INDEX_ENTRY);

        if (!table) {
            fail(m, "the host has no memory for it");
            return;
        }
        m->table = table;
        m->room = room;
    }
    pack_entry(&m->entry, m->written, m->table + m->count++ * INDEX_ENTRY);
    put(m, m->entry.place.window, m->entry.place.window_size);
}

/* Is this where a place is wanted?  `number` instructions are before it; the caller fills in what its reader has in
 * mind, and adds the entry. */
static bool is_wanted(struct maker *m, u64 number)
{
    if (number < m->next) return false;
    if (!m->is_noting) {
        stream_note_place(m->stream, &m->entry.place);
        m->is_noting = true;
    }
    return m->entry.place.kind != STREAM_NOWHERE && stream_at(m->stream) >= m->entry.place.at;
}

static void take(struct maker *m, u64 number)
{
    m->entry.number = number;
    m->entry.at = stream_at(m->stream);
    add_entry(m);
    m->is_noting = false;
    m->next = number + m->every;
}

/* ---- a qtrace ---- */

static void keep(struct index_qtrace *q, const struct qtrace_reader *r, const struct qtrace_where *where)
{
    *q = (struct index_qtrace){.iar = r->iar,
                               .page = where->page,
                               .version = r->version,
                               .rpn = r->fetch.rpn,
                               .behind_prefix = r->behind_prefix,
                               .has_rpn = r->fetch.has_rpn,
                               .shift = r->fetch.shift,
                               .guest_shift = r->fetch.guest_shift,
                               .where_shift = where->shift};
}

static bool read_qtrace(struct maker *m, unsigned flags)
{
    struct qtrace_reader r;
    struct qtrace_where where;
    struct qtrace_header header;
    struct qtrace_insn insn;
    enum qtrace_item item;

    qtrace_read_from(&r, m->stream, m->path);
    r.as_qtlib = flags & TRACE_AS_QTLIB;
    qtrace_where_begin(&where);
    while ((item = qtrace_next(&r, &header, &insn)) == QTRACE_IS_INSN || item == QTRACE_IS_HEADER) {
        if (item == QTRACE_IS_HEADER) qtrace_where_header(&where, &header.fetch);
        else qtrace_where_insn(&where, &insn.fetch);
        if (likely(r.read < m->next) || r.fetch.walk.walks || !is_wanted(m, r.read)) continue;
        keep(&m->entry.qtrace, &r, &where);
        take(m, r.read);
    }
    return item == QTRACE_END;
}

/* ---- a state trace ---- */

static u64 insns_of(const struct retire_block *block)
{
    u64 count = 0;

    for (size_t k = 0; k < block->count; k++) count += block->record[k].kind == RETIRE_INSN;
    return count;
}

/* Blocks end in front of a member's head. */
static bool read_state(struct maker *m, const struct isa *isa)
{
    struct trace_source *source = state_source_open(m->stream, m->path, isa);
    struct retire_block block;
    bool ok = source;
    u64 number = 0;

    while (source && source->next(source, &block)) {
        size_t have = 0;
        const u8 *bytes;

        number += insns_of(&block);
        if (number < m->next || !(bytes = stream_peek(m->stream, 1, &have)) || !have) continue;
        if (*bytes == STATE_MAGIC[0] && is_wanted(m, number)) take(m, number);
        else (void)is_wanted(m, number);
    }
    if (!source) return false;
    ok = !source->failed;
    source->close(source); /* and the stream */
    m->stream = NULL;
    return ok;
}

/* ---- the file ---- */

static bool begin(struct maker *m)
{
    static const u8 nothing[INDEX_HEAD];
    int fd;

    m->name = index_name(m->path, "");
    m->temporary = index_name(m->path, ".new");
    if (!m->name || !m->temporary) return fail(m, "the host has no memory for it");
    fd = file_create(m->temporary);
    if (fd < 0) return false;
    m->to = fdopen(fd, "wb");
    if (!m->to) {
        close(fd);
        return fail(m, "cannot be written");
    }
    put(m, nothing, sizeof nothing);
    return !m->failed;
}

static bool finish(struct maker *m, const struct index_head *trace)
{
    u8 head[INDEX_HEAD] = INDEX_MAGIC;

    head[8] = INDEX_VERSION;
    head[9] = trace->flags;
    put_le(head + 16, trace->size, 8);
    put_le(head + 24, trace->digest, 8);
    put_le(head + 32, m->written, 8);
    put_le(head + 40, m->count, 8);
    put(m, m->table, m->count * INDEX_ENTRY);
    if (!m->failed && fseeko(m->to, 0, SEEK_SET)) fail(m, "cannot be written");
    put(m, head, sizeof head);
    if (fclose(m->to) && !m->failed) fail(m, "cannot be written");
    m->to = NULL;
    if (!m->failed && rename(m->temporary, m->name)) fail(m, "cannot be written");
    return !m->failed;
}

static void end(struct maker *m)
{
    if (m->stream) stream_close(m->stream);
    if (m->to) fclose(m->to);
    if (m->temporary) unlink(m->temporary);
    free(m->temporary);
    free(m->name);
    free(m->table);
    free(m);
}

static bool make(struct maker *m, const struct isa *isa, unsigned flags)
{
    struct index_head trace = {.flags = (u8)flags};
    size_t have = 0;
    const u8 *bytes = stream_peek(m->stream, STATE_MAGIC_BYTES, &have);
    bool state = bytes && have >= STATE_MAGIC_BYTES && !memcmp(bytes, STATE_MAGIC, STATE_MAGIC_BYTES);

    if (!bytes) return false;
    if (state) trace.flags = 0;
    if (!index_take_file(m->path, &trace)) return fail(m, "is no plain file, so there can be no index of it");
    if (state && stream_is_marked(m->stream)) return true;
    if (!begin(m)) return false;
    return (state ? read_state(m, isa) : read_qtrace(m, flags)) && !m->failed && (!m->count || finish(m, &trace));
}

bool index_make(const char *path, const struct isa *isa, unsigned flags, u64 every, u64 *places)
{
    struct maker *m = calloc(1, sizeof *m);
    bool ok = false;

    if (!m) return p9_error("%s: the host has no memory for its index", path);
    m->path = path;
    m->every = m->next = every;
    m->stream = stream_open(path);
    if (m->stream) ok = make(m, isa, flags);
    *places = m->count;
    end(m);
    return ok;
}
