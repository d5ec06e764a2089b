/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where instructions are in a trace that does not say so itself: files of other producers, whatever is not packed, and
 * qtraces.  An index is a file beside the trace, FILE.p9idx, with a place for about every so many instructions and what
 * a reader has in mind there; docs/FORMATS.md has its bytes.  It is looked at when somebody seeks (trace_seek()), holds
 * for the file that it was made of, and is not needed for anything.
 */
#ifndef P9_TRACES_INDEX_H
#define P9_TRACES_INDEX_H

#include "core/isa/decode.h"
#include "traces/qtrace.h"
#include "traces/stream.h"

enum { INDEX_EVERY = 1000000 };

/* What a reader of qtrace has in mind at a place; of state traces, which begin anew there, zeros. */
struct index_qtrace {
    u64 iar, page; /* of the instruction to come; the page fetched from (struct qtrace_where) */
    u32 version, rpn;
    u8 behind_prefix, has_rpn, shift, guest_shift, where_shift;
};

struct index_entry {
    u64 number, at; /* instructions before it; unpacked bytes before it */
    struct index_qtrace qtrace;
    struct stream_place place; /* at or before it */
};

/* Makes the index of a trace, a place every `every` instructions at the closest; flags as of trace_open().  *places:
 * how many; 0, and no file: the trace finds its way by itself (stream_seek()), or is shorter.  False after an error
 * line; then there is no new index. */
must_use bool index_make(const char *path, const struct isa *isa, unsigned flags, u64 every, u64 *places);

/* The last place at or before instruction `number`.  False: there is no index, or none that is before it, or, after a
 * line, it is not one of this file as it is. */
must_use bool index_find(const char *path, unsigned flags, u64 number, struct index_entry *entry);

#endif
