/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A trace that is read: blocks of records, as a live run hands them to its sinks (core/state/retire.h), from whatever
 * format the file has.  What a format does not say is left as zero.
 */
#ifndef P9_TRACES_SOURCE_H
#define P9_TRACES_SOURCE_H

#include "core/isa/decode.h"
#include "core/state/retire.h"

enum trace_lacks {                            /* what the records do not say */
                   TRACE_LACKS_REGISTERS = 1, /* facts name none */
                   TRACE_LACKS_STATE = 2,     /* MSR, level, partition; nor interrupts, barriers, idle cycles */
                   TRACE_LACKS_ENTRIES =
                       4, /* of a walk the contents of entries and who had them, and the tables' own entries */
};

struct trace_source {
    /* The next block, good until the next call.  False: the trace has ended, or *failed after an error line. */
    bool (*next)(struct trace_source *source, struct retire_block *block);
    void (*close)(struct trace_source *source);
    /* See trace_seek(), trace_context(); NULL: never. */
    bool (*seek)(struct trace_source *source, u64 number, u64 *found);
    const char *format; /* "qtrace" */
    unsigned lacks;     /* enum trace_lacks */
    bool has_gaps;      /* records are missing: it was filtered or sampled; known behind the first block */
    bool failed;
};

enum { TRACE_AS_QTLIB = 1 }; /* page sizes in the order in which qtlib's writer puts them (docs/FORMATS.md) */

/* NULL after an error line. */
struct trace_source *trace_open(const char *path, const struct isa *isa, unsigned flags);

/* Go on at instruction `number`, counted from 0, or a little before it: at *found.  False: this file does not say where
 * that is (it is no state trace, not packed, or a pipe); nothing has changed. */
must_use bool trace_seek(struct trace_source *source, u64 number, u64 *found);

#endif
