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
    const char *format; /* "qtrace" */
    unsigned lacks;     /* enum trace_lacks */
    bool failed;
};

enum { TRACE_AS_QTLIB = 1 }; /* page sizes in the order in which qtlib's writer puts them (docs/FORMATS.md) */

/* NULL after an error line. */
struct trace_source *trace_open(const char *path, const struct isa *isa, unsigned flags);

/* Two traces that stand at their start: whole parts of their files that are the same, byte by byte, hold the same
 * records, and are passed over without reading them, but for the last one.  *insns: instructions that were passed over.
 * False: there is nothing to pass over. */
bool trace_skip_same(struct trace_source *a, struct trace_source *b, u64 *insns);

#endif
