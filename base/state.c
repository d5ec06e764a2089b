/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walks over rows; see state.h.  The saved form:
 *
 *   whole    u32 tables, table...; u32 objects, object...
 *   table    text name; u16 rows, row...
 *   row      text name; u8 kind; u8 element; u32 count; u16 table (parts only: one that came before)
 *   object   text name; u16 table; u64 size; so many bytes: one of the table
 *   a value  count elements; a part: count of its table; a call: u32 size, so many bytes
 *   text     u8 length, bytes
 *
 * Only parts that came before may be named, so no table holds itself, and no description is deeper than
 * STATE_NESTED_MAX.  Every row takes at least one byte, so no count makes a reader turn round and round for nothing.
 */
#include "base/state.h"

#include <stdarg.h>
#include <stdlib.h>

/* ---- rows ---- */

static u32 elements(const struct state_row *row)
{
    return row->element ? row->bytes / row->element : 0;
}

static const void *member(const struct state_row *row, const void *self)
{
    return (const u8 *)self + row->offset;
}

static void *member_to_change(const struct state_row *row, void *self)
{
    return (u8 *)self + row->offset;
}

static bool is_number_size(u32 element)
{
    return element == 1 || element == 2 || element == 4 || element == 8 || element == 16;
}

static const char *row_fault(const struct state_row *row)
{
    if (strlen(row->name) > STATE_NAME_MAX) return "a name is too long";
    switch (row->kind) {
    case STATE_IS_DERIVED: return NULL;
    case STATE_IS_CALL: return row->save && row->restore ? NULL : "a call needs both functions";
    case STATE_IS_VALUE:
        if (!is_number_size(row->element)) return "a value is no number (STATE_OF, STATE_PART?)";
        break;
    case STATE_IS_PART:
        if (!row->part || row->element != row->part->size) return "a part is not what its table describes";
        break;
    }
    if (!elements(row) || row->bytes % row->element) return "a member is no array of its elements";
    if (row->boolean && row->element != 1) return "a bool of more than one byte";
    return NULL;
}

const char *state_table_fault(const struct state_table *table)
{
    const char *fault = table->count ? NULL : "no rows";

    for (unsigned k = 0; k < table->count && !fault; k++) {
        fault = row_fault(&table->row[k]);
        for (unsigned n = 0; n < k && !fault; n++)
            if (!strcmp(table->row[n].name, table->row[k].name)) fault = "two rows of one name";
    }
    return fault;
}

/* ---- reset ---- */

void state_reset(const struct state_table *table, void *self)
{
    for (unsigned k = 0; k < table->count; k++) {
        const struct state_row *row = &table->row[k];
        u8 *at = member_to_change(row, self);

        if (row->kept) continue;
        if (row->kind == STATE_IS_VALUE) memset(at, 0, row->bytes);
        if (row->kind != STATE_IS_PART) continue;
        for (u32 n = 0; n < elements(row); n++) state_reset(row->part, at + (size_t)n * row->element);
    }
}

/* ---- comparing ---- */

static bool same_parts(const struct state_row *row, const u8 *a, const u8 *b)
{
    for (u32 n = 0; n < elements(row); n++)
        if (!state_same(row->part, a + (size_t)n * row->element, b + (size_t)n * row->element)) return false;
    return true;
}

bool state_same(const struct state_table *table, const void *a, const void *b)
{
    for (unsigned k = 0; k < table->count; k++) {
        const struct state_row *row = &table->row[k];

        if (row->kind == STATE_IS_VALUE && memcmp(member(row, a), member(row, b), row->bytes) != 0) return false;
        if (row->kind == STATE_IS_PART && !same_parts(row, member(row, a), member(row, b))) return false;
    }
    return true;
}

/* ---- dump ---- */

static u64 number_at(const void *at, u32 element)
{
    u64 d;
    u32 w;
    u16 h;

    switch (element) {
    case 1: return *(const u8 *)at;
    case 2: memcpy(&h, at, 2); return h;
    case 4: memcpy(&w, at, 4); return w;
    default: memcpy(&d, at, 8); return d;
    }
}

static void dump_number(FILE *to, const u8 *at, u32 element)
{
    if (element <= 8) {
        fprintf(to, "%0*llx\n", (int)(2 * element), (unsigned long long)number_at(at, element));
        return;
    }
    fprintf(to, "%016llx %016llx\n", (unsigned long long)number_at(at + (HOST_IS_LE ? 8 : 0), 8),
            (unsigned long long)number_at(at + (HOST_IS_LE ? 0 : 8), 8));
}

static bool is_zero(const u8 *at, size_t size)
{
    for (size_t k = 0; k < size; k++)
        if (at[k]) return false;
    return true;
}

static void dump_row(FILE *to, const struct state_row *row, const void *self, const char *name)
{
    const u8 *at = member(row, self);
    bool many = elements(row) > 1;
    char path[STATE_NAME_MAX + 64];

    for (u32 n = 0; n < elements(row); n++, at += row->element) {
        if (many) snprintf(path, sizeof path, "%.200s.%.80s[%u]", name, row->name, n);
        else snprintf(path, sizeof path, "%.200s.%.80s", name, row->name);
        if (row->kind == STATE_IS_PART) {
            state_dump(to, row->part, at, path);
        } else if (!is_zero(at, row->element)) {
            fprintf(to, "%s ", path);
            dump_number(to, at, row->element);
        }
    }
}

void state_dump(FILE *to, const struct state_table *table, const void *self, const char *name)
{
    for (unsigned k = 0; k < table->count; k++)
        if (table->row[k].kind == STATE_IS_VALUE || table->row[k].kind == STATE_IS_PART)
            dump_row(to, &table->row[k], self, name);
}

/* ---- hash ---- */

u64 state_hash_bytes(u64 hash, const void *bytes, size_t size)
{
    const u8 *p = bytes;

    for (size_t k = 0; k < size; k++) hash = (hash ^ p[k]) * 0x100000001b3ULL;
    return hash;
}

/* One number as it is saved. */
static void little_endian(void *to, const void *from, u32 element)
{
    const u8 *in = from;
    u8 *out = to;

    for (u32 k = 0; k < element; k++) out[k] = in[HOST_IS_LE ? k : element - 1 - k];
}

static u64 hash_numbers(u64 hash, const struct state_row *row, const u8 *at)
{
    u8 number[16];

    if (HOST_IS_LE) return state_hash_bytes(hash, at, row->bytes);
    for (u32 n = 0; n < elements(row); n++) {
        little_endian(number, at + (size_t)n * row->element, row->element);
        hash = state_hash_bytes(hash, number, row->element);
    }
    return hash;
}

static u64 hash_call(u64 hash, const struct state_row *row, const void *self)
{
    struct state_writer w = {.tables = 0};

    row->save(&w, self);
    hash = state_hash_bytes(hash, w.body.at, w.body.size);
    state_bytes_free(&w.body);
    return hash;
}

u64 state_hash(u64 hash, const struct state_table *table, const void *self)
{
    for (unsigned k = 0; k < table->count; k++) {
        const struct state_row *row = &table->row[k];
        const u8 *at = member(row, self);

        if (row->kind == STATE_IS_VALUE && row->arch) hash = hash_numbers(hash, row, at);
        if (row->kind == STATE_IS_CALL && row->arch) hash = hash_call(hash, row, self);
        if (row->kind != STATE_IS_PART) continue;
        for (u32 n = 0; n < elements(row); n++) hash = state_hash(hash, row->part, at + (size_t)n * row->element);
    }
    return hash;
}

/* ---- bytes that grow ---- */

void state_bytes_free(struct state_bytes *b)
{
    free(b->at);
    *b = (struct state_bytes){0};
}

/* Where so many bytes can be written; NULL: there is no memory, now and from now on. */
static u8 *room_for(struct state_bytes *b, size_t size)
{
    if (b->failed) return NULL;
    if (size > b->room - b->size) {
        size_t room = b->room ? b->room : 4096;
        u8 *more;

        while (room - b->size < size) room *= 2;
        more = realloc(b->at, room);
        b->failed = !more;
        if (!more) return NULL;
        b->at = more;
        b->room = room;
    }
    b->size += size;
    return b->at + b->size - size;
}

static void put_numbers(struct state_bytes *b, const void *from, u32 element, size_t count)
{
    u8 *to = count ? room_for(b, element * count) : NULL;

    if (!to || !from) return;
    if (HOST_IS_LE) memcpy(to, from, element * count);
    else
        for (size_t n = 0; n < count; n++) little_endian(to + n * element, (const u8 *)from + n * element, element);
}

static void put_number(struct state_bytes *b, u64 value, u32 element)
{
    u8 *to = room_for(b, element);

    for (u32 k = 0; to && k < element; k++) to[k] = (u8)(value >> 8 * k);
}

static void put_name(struct state_bytes *b, const char *name)
{
    size_t n = strlen(name);

    if (n > STATE_NAME_MAX) n = STATE_NAME_MAX;
    put_number(b, n, 1);
    put_numbers(b, name, 1, n);
}

/* ---- saving ---- */

/* The table's number in the file; parts come before what they are in. */
static unsigned number_of(struct state_writer *w, const struct state_table *table)
{
    for (unsigned k = 0; k < w->tables; k++)
        if (w->table[k] == table) return k;
    for (unsigned k = 0; k < table->count; k++)
        if (table->row[k].part) (void)number_of(w, table->row[k].part);
    if (w->tables == STATE_TABLES_MAX) {
        w->failed = true;
        return 0;
    }
    w->table[w->tables] = table;
    return w->tables++;
}

static void put_row(struct state_writer *w, const struct state_row *row, const void *self)
{
    const u8 *at = member(row, self);
    size_t mark;

    switch (row->kind) {
    case STATE_IS_VALUE: put_numbers(&w->body, at, row->element, elements(row)); break;
    case STATE_IS_PART:
        for (u32 n = 0; n < elements(row); n++)
            for (unsigned k = 0; k < row->part->count; k++)
                put_row(w, &row->part->row[k], at + (size_t)n * row->element);
        break;
    case STATE_IS_CALL:
        mark = w->body.size;
        put_number(&w->body, 0, 4);
        row->save(w, self);
        if (!w->body.failed) {
            u64 size = w->body.size - mark - 4;
            w->failed |= size >> 32 != 0;
            for (u32 k = 0; k < 4; k++) w->body.at[mark + k] = (u8)(size >> 8 * k);
        }
        break;
    case STATE_IS_DERIVED: break;
    }
}

void state_put(struct state_writer *w, const struct state_table *table, const void *self)
{
    (void)number_of(w, table);
    for (unsigned k = 0; k < table->count; k++) put_row(w, &table->row[k], self);
}

void state_put_object(struct state_writer *w, const char *name, const struct state_table *table, const void *self)
{
    size_t mark;

    put_name(&w->body, name);
    put_number(&w->body, number_of(w, table), 2);
    mark = w->body.size;
    put_number(&w->body, 0, 8);
    state_put(w, table, self);
    w->objects++;
    if (w->body.failed) return;
    for (u32 k = 0; k < 8; k++) w->body.at[mark + k] = (u8)((u64)(w->body.size - mark - 8) >> 8 * k);
}

void state_put_number(struct state_writer *w, u64 value)
{
    put_number(&w->body, value, 8);
}

void state_put_numbers(struct state_writer *w, const void *from, unsigned element, size_t count)
{
    put_numbers(&w->body, from, element, count);
}

void state_put_list(struct state_writer *w, const struct state_table *table, const void *first, size_t count)
{
    (void)number_of(w, table); /* an empty list is one of a table, too */
    state_put_number(w, count);
    for (size_t n = 0; n < count; n++) state_put(w, table, (const u8 *)first + n * table->size);
}

void state_put_text(struct state_writer *w, const char *text)
{
    size_t n = text ? strlen(text) : 0;

    if (n > 0xffff) n = 0xffff;
    put_number(&w->body, n, 2);
    put_numbers(&w->body, text, 1, n);
}

static void describe_row(struct state_writer *w, struct state_bytes *b, const struct state_row *row)
{
    bool sized = row->kind != STATE_IS_CALL;

    put_name(b, row->name);
    put_number(b, row->kind, 1);
    put_number(b, row->kind == STATE_IS_VALUE ? row->element : 0, 1);
    put_number(b, sized ? elements(row) : 1, 4);
    if (row->kind == STATE_IS_PART) put_number(b, number_of(w, row->part), 2);
}

static void describe(struct state_writer *w, struct state_bytes *b, const struct state_table *table)
{
    unsigned rows = 0;

    for (unsigned k = 0; k < table->count; k++) rows += table->row[k].kind != STATE_IS_DERIVED;
    put_name(b, table->name);
    put_number(b, rows, 2);
    for (unsigned k = 0; k < table->count; k++)
        if (table->row[k].kind != STATE_IS_DERIVED) describe_row(w, b, &table->row[k]);
}

bool state_written(struct state_writer *w, struct state_bytes *whole)
{
    *whole = (struct state_bytes){0};
    put_number(whole, w->tables, 4);
    for (unsigned k = 0; k < w->tables; k++) describe(w, whole, w->table[k]);
    put_number(whole, w->objects, 4);
    put_numbers(whole, w->body.at, 1, w->body.size);
    if (w->failed || w->body.failed || whole->failed) state_bytes_free(whole);
    state_bytes_free(&w->body);
    *w = (struct state_writer){0};
    return whole->at != NULL;
}

/* ---- reading numbers ---- */

bool state_refuse(struct state_reader *r, const char *fmt, ...)
{
    va_list args;

    if (r->failed) return false;
    r->failed = true;
    va_start(args, fmt);
    vsnprintf(r->why, sizeof r->why, fmt, args);
    va_end(args);
    return false;
}

static size_t left(const struct state_reader *r)
{
    return (size_t)(r->end - r->at);
}

/* So many bytes; NULL after a failure. */
static const u8 *take(struct state_reader *r, size_t size)
{
    if (r->failed) return NULL;
    if (size > left(r)) {
        state_refuse(r, "its state ends too early");
        return NULL;
    }
    r->at += size;
    return r->at - size;
}

static u64 get_number(struct state_reader *r, u32 element)
{
    const u8 *from = take(r, element);
    u64 value = 0;

    for (u32 k = 0; from && k < element; k++) value |= (u64)from[k] << 8 * k;
    return value;
}

static bool get_numbers(struct state_reader *r, void *to, u32 element, size_t count)
{
    const u8 *from = count > left(r) / element ? take(r, SIZE_MAX) : take(r, element * count);

    if (!from) return false;
    if (!count) return true;
    if (HOST_IS_LE) memcpy(to, from, element * count);
    else
        for (size_t n = 0; n < count; n++) little_endian((u8 *)to + n * element, from + n * element, element);
    return true;
}

u64 state_get_number(struct state_reader *r)
{
    return get_number(r, 8);
}

u64 state_get_below(struct state_reader *r, u64 limit, const char *what)
{
    u64 value = state_get_number(r);

    if (!r->failed && value >= limit)
        state_refuse(r, "%s: %llu is not below %llu", what, (unsigned long long)value, (unsigned long long)limit);
    return r->failed ? 0 : value;
}

bool state_get_numbers(struct state_reader *r, void *to, unsigned element, size_t count)
{
    return get_numbers(r, to, element, count);
}

char *state_get_text(struct state_reader *r)
{
    size_t n = (size_t)get_number(r, 2);
    const u8 *from = take(r, n);
    char *text;

    if (!from) return NULL;
    if (memchr(from, 0, n)) {
        state_refuse(r, "a text with a 0 in it");
        return NULL;
    }
    text = malloc(n + 1);
    if (!text) {
        state_refuse(r, "the host has no memory for it");
        return NULL;
    }
    memcpy(text, from, n);
    text[n] = 0;
    return text;
}

/* ---- descriptions ---- */

struct name {
    const u8 *at;
    u8 size;
};
struct schema_row {
    struct name name;
    u8 kind, element;
    u32 count;
    u16 part;
    const struct state_row *ours; /* NULL: nobody wants it */
};
struct state_schema {
    struct name name;
    struct schema_row *row;
    unsigned rows, depth;
    u64 least; /* bytes of one, if calls write nothing */
    const struct state_table *ours;
};
struct state_object {
    struct name name;
    u16 table;
    const u8 *at, *end;
};

static struct name get_name(struct state_reader *r)
{
    u8 size = (u8)get_number(r, 1);
    const u8 *at = take(r, size);

    return (struct name){at, at ? size : 0};
}

static bool is_name(const struct name *name, const char *text)
{
    return strlen(text) == name->size && !memcmp(name->at, text, name->size);
}

/* Its least size in bytes; 0: it cannot be. */
static u64 read_row(struct state_reader *r, struct schema_row *row, unsigned number, unsigned *depth)
{
    u64 each;

    row->name = get_name(r);
    row->kind = (u8)get_number(r, 1);
    row->element = (u8)get_number(r, 1);
    row->count = (u32)get_number(r, 4);
    if (row->kind == STATE_IS_PART) row->part = (u16)get_number(r, 2);
    if (r->failed || !row->count) return 0;
    switch (row->kind) {
    case STATE_IS_CALL: return row->count == 1 ? 4 : 0;
    case STATE_IS_VALUE: return is_number_size(row->element) ? (u64)row->element * row->count : 0;
    case STATE_IS_PART:
        if (row->part >= number) return 0;
        if (*depth <= r->schema[row->part].depth) *depth = r->schema[row->part].depth + 1;
        each = r->schema[row->part].least;
        return each > UINT32_MAX ? 0 : each * row->count;
    default: return 0;
    }
}

static bool read_schema(struct state_reader *r, unsigned number)
{
    struct state_schema *s = &r->schema[number];

    s->name = get_name(r);
    s->rows = (unsigned)get_number(r, 2);
    if (r->failed) return false;
    if (!s->rows || s->rows > left(r)) return state_refuse(r, "a table without rows");
    s->row = calloc(s->rows, sizeof *s->row);
    if (!s->row) return state_refuse(r, "the host has no memory for it");
    for (unsigned k = 0; k < s->rows; k++) {
        u64 least = read_row(r, &s->row[k], number, &s->depth);
        if (!least)
            return state_refuse(r, "%.*s has a row that cannot be", (int)s->name.size, (const char *)s->name.at);
        s->least += least;
    }
    return s->depth < STATE_NESTED_MAX || state_refuse(r, "its tables lie too deep in each other");
}

static bool read_object(struct state_reader *r, struct state_object *o)
{
    u64 size;

    o->name = get_name(r);
    o->table = (u16)get_number(r, 2);
    size = get_number(r, 8);
    o->at = take(r, size > SIZE_MAX ? SIZE_MAX : (size_t)size);
    if (!o->at) return false;
    o->end = o->at + size;
    return o->table < r->schemas || state_refuse(r, "an object of no table");
}

enum { OBJECT_LEAST = 1 + 2 + 8 }; /* bytes in the file */

bool state_open(struct state_reader *r, const void *bytes, size_t size)
{
    unsigned tables, objects;

    *r = (struct state_reader){.at = bytes, .end = (const u8 *)bytes + size};
    tables = (unsigned)get_number(r, 4);
    if (r->failed) return false;
    if (tables > STATE_TABLES_MAX) return state_refuse(r, "more than %d tables", STATE_TABLES_MAX);
    r->schema = calloc(tables + 1, sizeof *r->schema);
    if (!r->schema) return state_refuse(r, "the host has no memory for it");
    r->schemas = tables;
    for (unsigned k = 0; k < tables; k++)
        if (!read_schema(r, k)) return false;
    objects = (unsigned)get_number(r, 4);
    if (r->failed) return false;
    if (objects > left(r) / OBJECT_LEAST) return state_refuse(r, "its state ends too early");
    r->object = calloc((size_t)objects + 1, sizeof *r->object);
    if (!r->object) return state_refuse(r, "the host has no memory for it");
    r->objects = objects;
    for (unsigned k = 0; k < objects; k++)
        if (!read_object(r, &r->object[k])) return false;
    return r->at == r->end || state_refuse(r, "something lies behind its last object");
}

void state_close(struct state_reader *r)
{
    for (unsigned k = 0; k < r->schemas; k++) free(r->schema[k].row);
    free(r->schema);
    free(r->object);
    r->schema = NULL;
    r->object = NULL;
    r->schemas = r->objects = 0;
}

/* ---- restoring ---- */

static struct state_schema *find_schema(struct state_reader *r, const struct state_table *table)
{
    for (unsigned k = 0; k < r->schemas; k++)
        if (r->schema[k].ours == table) return &r->schema[k];
    for (unsigned k = 0; k < r->schemas; k++)
        if (is_name(&r->schema[k].name, table->name)) return &r->schema[k];
    return NULL;
}

static struct schema_row *find_row(const struct state_schema *s, const char *name)
{
    for (unsigned k = 0; k < s->rows; k++)
        if (is_name(&s->row[k].name, name)) return &s->row[k];
    return NULL;
}

static bool is_of_one_shape(const struct state_reader *r, const struct schema_row *theirs, const struct state_row *ours)
{
    if (theirs->kind != ours->kind) return false;
    if (ours->kind == STATE_IS_CALL) return true;
    if (theirs->count != elements(ours)) return false;
    if (ours->kind == STATE_IS_VALUE) return theirs->element == ours->element;
    return is_name(&r->schema[theirs->part].name, ours->part->name);
}

/* Find for each row of ours the one of the file. */
static bool match(struct state_reader *r, struct state_schema *s, const struct state_table *table)
{
    char missing[STATE_WHY - 100] = "";

    if (s->ours == table) return true;
    for (unsigned k = 0; k < s->rows; k++) s->row[k].ours = NULL;
    for (unsigned k = 0; k < table->count; k++) {
        const struct state_row *ours = &table->row[k];
        struct schema_row *theirs = find_row(s, ours->name);
        size_t used = strlen(missing);

        if (ours->kind == STATE_IS_DERIVED) continue;
        if (theirs && is_of_one_shape(r, theirs, ours)) theirs->ours = ours;
        else if (used < sizeof missing)
            snprintf(missing + used, sizeof missing - used, "%s%s%s", used ? ", " : "", ours->name,
                     theirs ? " (it has another shape)" : "");
    }
    if (*missing) return state_refuse(r, "of a version whose %s lacks %s", table->name, missing);
    s->ours = table;
    return true;
}

static bool skip(struct state_reader *r, const struct state_schema *s);

static bool skip_row(struct state_reader *r, const struct schema_row *row)
{
    u64 size;

    if (row->kind == STATE_IS_PART) {
        for (u32 n = 0; n < row->count; n++)
            if (!skip(r, &r->schema[row->part])) return false;
        return true;
    }
    size = row->kind == STATE_IS_CALL ? get_number(r, 4) : (u64)row->element * row->count;
    return take(r, (size_t)size) != NULL;
}

static bool skip(struct state_reader *r, const struct state_schema *s)
{
    for (unsigned k = 0; k < s->rows; k++)
        if (!skip_row(r, &s->row[k])) return false;
    return true;
}

/* Each number is looked at before it is in its place: even to read a bool that is 2 would be undefined. */
static bool get_value(struct state_reader *r, const struct state_table *table, const struct state_row *row, u8 *at)
{
    u64 most = row->boolean ? 1 : row->most ? row->most : ~0ULL;
    const u8 *from = take(r, row->bytes);
    u8 number[16];

    if (!from) return false;
    if (HOST_IS_LE && most == ~0ULL) {
        memcpy(at, from, row->bytes);
        return true;
    }
    for (u32 n = 0; n < row->bytes; n += row->element) {
        little_endian(number, from + n, row->element);
        if (number_at(number, row->element) > most)
            return state_refuse(r, "%s: %s has a value that it cannot have", table->name, row->name);
        memcpy(at + n, number, row->element);
    }
    return true;
}

static bool call(struct state_reader *r, const struct state_table *table, const struct state_row *row, void *self)
{
    const u8 *end = r->end;
    u64 size = get_number(r, 4);
    bool ok;

    if (r->failed || size > left(r)) return state_refuse(r, "its state ends too early");
    r->end = r->at + size;
    ok = row->restore(r, self) && !r->failed;
    if (!ok) return state_refuse(r, "%s: %s cannot be restored", table->name, row->name);
    if (r->at != r->end) return state_refuse(r, "%s: %s is longer than it should be", table->name, row->name);
    r->end = end;
    return true;
}

static bool get_row(struct state_reader *r, const struct state_table *table, const struct state_row *row, void *self)
{
    u8 *at = member_to_change(row, self);

    switch (row->kind) {
    case STATE_IS_VALUE: return get_value(r, table, row, at);
    case STATE_IS_PART:
        for (u32 n = 0; n < elements(row); n++)
            if (!state_get(r, row->part, at + (size_t)n * row->element)) return false;
        return true;
    case STATE_IS_CALL: return call(r, table, row, self);
    default: return true;
    }
}

bool state_get(struct state_reader *r, const struct state_table *table, void *self)
{
    struct state_schema *s = find_schema(r, table);

    if (r->failed) return false;
    if (!s) return state_refuse(r, "of a version that has no %s", table->name);
    if (!match(r, s, table)) return false;
    for (unsigned k = 0; k < s->rows; k++)
        if (!(s->row[k].ours ? get_row(r, table, s->row[k].ours, self) : skip_row(r, &s->row[k]))) return false;
    return !table->restored || table->restored(r, self) || state_refuse(r, "%s cannot be restored", table->name);
}

static const struct state_object *find_object(const struct state_reader *r, const char *name)
{
    for (unsigned k = 0; k < r->objects; k++)
        if (is_name(&r->object[k].name, name)) return &r->object[k];
    return NULL;
}

bool state_has_object(const struct state_reader *r, const char *name)
{
    return find_object(r, name) != NULL;
}

bool state_get_object(struct state_reader *r, const char *name, const struct state_table *table, void *self)
{
    const struct state_object *o = find_object(r, name);

    if (r->failed) return false;
    if (!o) return state_refuse(r, "it has no %s", name);
    if (!is_name(&r->schema[o->table].name, table->name))
        return state_refuse(r, "%s is no %s there", name, table->name);
    r->at = o->at;
    r->end = o->end;
    if (!state_get(r, table, self)) return false;
    return r->at == r->end || state_refuse(r, "%s is longer than it should be", name);
}

u64 state_get_count(struct state_reader *r, const struct state_table *table, u64 most)
{
    u64 count = state_get_number(r), least = 1;

    if (r->failed) return 0;
    if (table) {
        const struct state_schema *s = find_schema(r, table);
        if (!s) return state_refuse(r, "of a version that has no %s", table->name);
        least = s->least;
    }
    if (count <= most && count <= left(r) / least) return count;
    return state_refuse(r, "a list of %llu %s, which is too long", (unsigned long long)count,
                        table ? table->name : "numbers");
}

void *state_get_list(struct state_reader *r, const struct state_table *table, u64 most, u64 *count)
{
    u8 *list;

    *count = state_get_count(r, table, most);
    if (!*count) return NULL;
    list = calloc(*count, table->size);
    if (!list) state_refuse(r, "the host has no memory for it");
    for (u64 n = 0; list && n < *count; n++)
        if (!state_get(r, table, list + n * table->size)) {
            free(list);
            list = NULL;
        }
    if (!list) *count = 0;
    return list;
}
