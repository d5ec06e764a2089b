/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is state, said once per struct.  Beside a struct stands a table with a row for each of its members:
 *
 *     static const struct state_row rows[] = {
 *         STATE_ARCH(struct uart, ier),                  numbers that the guest can tell, or arrays of them
 *         STATE(struct uart, polled),                    those that it cannot
 *         STATE(struct uart, mode, .most = UART_MODES),  what is used as an index says how far it goes
 *         STATE_PART(struct uart, alarm, alarm_state),   structs (or arrays of them) with a table of their own
 *         STATE_CALL(struct uart, queue, save_queue, restore_queue),  what is dynamic (.part = &table: of its items)
 *         STATE_DERIVED(struct uart, log),               pointers into the host, and what follows from the rest
 *     };
 *     const struct state_table uart_state = STATE_TABLE(struct uart, rows, .restored = uart_restored);
 *
 * Reset, dump, hash, save and restore are walks over the rows.  tests/structure/state_rows compares the tables with
 * what the compiler says of the structs, so a member without a row is found, and so is a pointer that calls itself a
 * number.
 *
 * The saved form.  A description of every table that is used (name, and of each row name, kind, size of an element and
 * how many), then objects by name.  Whoever reads it matches rows by name: it skips what it does not know, in whatever
 * order things come, and says which rows are missing.  Numbers are little-endian.  What a call writes is its own
 * affair, but its length is written before it.
 *
 * What is read is not to be trusted.  A number above `most`, a bool that is neither 0 nor 1, a list that is longer than
 * what is there could hold, a call that does not read exactly what is its own: each ends the reading, with a line that
 * says where.  Whoever takes numbers from a call checks them, and refuses with state_refuse().
 */
#ifndef P9_BASE_STATE_H
#define P9_BASE_STATE_H

#include <stdio.h>

#include "base/bits.h"
#include "base/compiler.h"

struct state_reader;
struct state_table;
struct state_writer;

/* Of a call: self is the struct, not the member, and one call may take care of several members (STATE_WITH). */
typedef void state_save(struct state_writer *w, const void *self);
typedef bool state_restore(struct state_reader *r, void *self); /* false: state_refuse() has been called, or r failed */

enum state_kind { STATE_IS_VALUE, STATE_IS_PART, STATE_IS_CALL, STATE_IS_DERIVED };

struct state_row {
    const char *name;
    enum state_kind kind;
    u32 offset, bytes; /* of the member */
    u32 element;       /* bytes of one: 1, 2, 4, 8 or 16; of a part the size of its struct */
    bool boolean;
    bool arch; /* the guest can tell: it belongs into a hash that does not depend on how the guest was run */
    bool kept; /* a reset leaves it alone */
    u64 most;  /* no element may be above it; 0: any value */
    const struct state_table
        *part; /* of a call: the table of what it writes, which is described even if there is none */
    state_save *save;
    state_restore *restore;
};

struct state_table {
    const char *name; /* "struct uart" */
    u32 size;
    unsigned count;
    const struct state_row *row;
    /* After a restore, when the rows (and those of the parts) have their values: compute what is derived from them
     * alone. False after state_refuse(). May be NULL. */
    bool (*restored)(struct state_reader *r, void *self);
};

/* ---- how rows are written ---- */

#define STATE_MEMBER_(type, member) (((type *)0)->member)
#define STATE_ROW_(type, member, kind_)                                                                                \
    .name = #member, .kind = (kind_), .offset = offsetof(type, member), .bytes = sizeof STATE_MEMBER_(type, member)
/* Arrays become pointers here, so this tells them from single numbers. */
#define STATE_ELEMENT_(type, member)                                                                                   \
    _Generic(STATE_MEMBER_(type, member), u8 * : 1, s8 * : 1, char * : 1, bool * : 1, u16 * : 2, s16 * : 2, u32 * : 4, \
             s32 * : 4, u64 * : 8, s64 * : 8, u128 * : 16, default                                                     \
             : sizeof STATE_MEMBER_(type, member))
#define STATE_BOOLEAN_(type, member) _Generic(STATE_MEMBER_(type, member), bool : true, bool * : true, default : false)

#define STATE(type, member, ...)                                                                                       \
    {                                                                                                                  \
        STATE_ROW_(type, member, STATE_IS_VALUE), .element = STATE_ELEMENT_(type, member),                             \
                                                  .boolean = STATE_BOOLEAN_(type, member), __VA_ARGS__                 \
    }
/* Numbers that the guest can tell. */
#define STATE_ARCH(type, member, ...) STATE(type, member, .arch = true, ##__VA_ARGS__)
/* Numbers that the first macro does not know for an array: of more than one dimension, of an enum or a union. */
#define STATE_OF(type, member, number, ...)                                                                            \
    {                                                                                                                  \
        STATE_ROW_(type, member, STATE_IS_VALUE), .element = sizeof(number), __VA_ARGS__                               \
    }
#define STATE_PART(type, member, struct_, table, ...)                                                                  \
    {                                                                                                                  \
        STATE_ROW_(type, member, STATE_IS_PART), .element = sizeof(struct_), .part = &(table), __VA_ARGS__             \
    }
#define STATE_CALL(type, member, save_, restore_, ...)                                                                 \
    {                                                                                                                  \
        STATE_ROW_(type, member, STATE_IS_CALL), .save = (save_), .restore = (restore_), __VA_ARGS__                   \
    }
/* Another row's call takes care of it; a reset does not touch it. */
#define STATE_WITH(type, member) STATE_DERIVED(type, member)
#define STATE_DERIVED(type, member)                                                                                    \
    {                                                                                                                  \
        STATE_ROW_(type, member, STATE_IS_DERIVED)                                                                     \
    }
#define STATE_TABLE(type, rows, ...)                                                                                   \
    {                                                                                                                  \
        .name = #type, .size = sizeof(type), .count = sizeof(rows) / sizeof *(rows), .row = (rows), __VA_ARGS__        \
    }

/* ---- walks ---- */

/* Every row but calls and those that are kept to zero. */
void state_reset(const struct state_table *table, void *self);

/* What is not zero, a line each; arrays by number, calls not at all. */
void state_dump(FILE *to, const struct state_table *table, const void *self, const char *name);

/* The rows that the guest can tell, of a call all that it writes: FNV-1a, going on from `hash`. */
#define STATE_HASH_START 0xcbf29ce484222325ULL
u64 state_hash(u64 hash, const struct state_table *table, const void *self);
u64 state_hash_bytes(u64 hash, const void *bytes, size_t size);

/* Are all rows of numbers and parts the same in both?  Calls are not asked. */
must_use bool state_same(const struct state_table *table, const void *a, const void *b);

/* Is the table written as it should be: sizes of numbers, parts that fit, calls with both functions, no name twice.
 * NULL: it is; or what is wrong. */
const char *state_table_fault(const struct state_table *table);

/* ---- saving ---- */

enum { STATE_TABLES_MAX = 256, STATE_NAME_MAX = 255, STATE_NESTED_MAX = 16, STATE_WHY = 400 };

struct state_bytes {
    u8 *at;
    size_t size, room;
    bool failed; /* no memory */
};

struct state_writer {
    struct state_bytes body;
    const struct state_table *table[STATE_TABLES_MAX]; /* those that are used, parts before what they are in */
    unsigned tables;
    u32 objects;
    bool failed; /* no memory, or more tables than there is room for */
};

/* All zeros is a writer of nothing. */
void state_put_object(struct state_writer *w, const char *name, const struct state_table *table, const void *self);
/* Description and objects as one piece; false: the host has no memory.  The writer is of nothing again. */
must_use bool state_written(struct state_writer *w, struct state_bytes *whole);
void state_bytes_free(struct state_bytes *bytes);

/* For calls. */
void state_put(struct state_writer *w, const struct state_table *table, const void *self);
void state_put_number(struct state_writer *w, u64 value);
void state_put_numbers(struct state_writer *w, const void *from, unsigned element, size_t count);
void state_put_list(struct state_writer *w, const struct state_table *table, const void *first, size_t count);
void state_put_text(struct state_writer *w,
                    const char *text); /* NULL is ""; at most 64 KiB - 1, what is longer is cut */

/* ---- restoring ---- */

struct state_object; /* of the file */
struct state_schema; /* of a table of the file */

struct state_reader {
    const u8 *at, *end;
    struct state_schema *schema;
    unsigned schemas;
    struct state_object *object;
    unsigned objects;
    bool failed;
    char why[STATE_WHY]; /* one line, without the name of the file */
};

/* The bytes stay the caller's, until state_close().  False: why says what is wrong; state_close() is fine then. */
must_use bool state_open(struct state_reader *r, const void *bytes, size_t size);
void state_close(struct state_reader *r);

/* False: r->why.  What self holds then is undefined, but it can be closed. */
must_use bool state_get_object(struct state_reader *r, const char *name, const struct state_table *table, void *self);
must_use bool state_has_object(const struct state_reader *r, const char *name);

/* For calls.  After a failure numbers read as 0. */
must_use bool state_get(struct state_reader *r, const struct state_table *table, void *self);
u64 state_get_number(struct state_reader *r);
u64 state_get_below(struct state_reader *r, u64 limit, const char *what); /* refuses others, and answers 0 */
must_use bool state_get_numbers(struct state_reader *r, void *to, unsigned element, size_t count);
/* How many follow: a number that state_put_number() wrote, at most `most`, and no more than what is left can hold -
 * things of this table, or numbers of one byte and more (NULL).  So it may be asked for as memory. */
u64 state_get_count(struct state_reader *r, const struct state_table *table, u64 most);
/* What state_put_list() wrote, in new memory for exactly so many; NULL if there are none, or after a failure (count is
 * 0 then). */
void *state_get_list(struct state_reader *r, const struct state_table *table, u64 most, u64 *count);
/* A new string; NULL after a failure. */
char *state_get_text(struct state_reader *r);
/* Always false; only the first reason is kept. */
bool state_refuse(struct state_reader *r, const char *fmt, ...) printf_like(2, 3);

#endif
