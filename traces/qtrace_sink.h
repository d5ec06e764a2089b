/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of one hardware thread as qtrace (qtrace.h): instructions that completed, each with its first access to
 * storage.  A walk stands where an access or a fetch missed the TLB.  Of tlbie and tlbiel the values of RB and RS are
 * there, as readers of the format want them, of no other instruction.
 */
#ifndef P9_TRACES_QTRACE_SINK_H
#define P9_TRACES_QTRACE_SINK_H

#include "core/state/retire.h"
#include "traces/qtrace.h"

/* The state in which records begin. */
struct qtrace_context {
    u64 msr, ptcr;
    u32 lpid, pid;
};

struct qtrace_sink {
    struct retire_sink sink;
    struct qtrace_writer writer;
    const char *comment; /* of the first header */
    unsigned thread;     /* whose records are taken */
    u64 ptcr;
    bool hv;          /* MSR[HV]: then the LPID in force is 0 */
    u32 lpid, pid;    /* LPIDR, PIDR */
    bool interrupted; /* since the last instruction */
    bool is_coming;   /* an instruction that is not recorded yet has changed the context to */
    struct qtrace_context coming;
    bool moved; /* LPID or PID are not those of the last header */
    bool gap;   /* a header stands before the next instruction */
    u8 shift;   /* of the page of the last instruction, and */
    u32 rpn;    /* which page that was, as a reader has it in mind */
    struct qtrace_values values;
    bool has_values;     /* of the next instruction */
    u64 taken, left_out; /* instructions in the trace; real addresses that do not fit into it */
};

void qtrace_sink_open(struct qtrace_sink *s, struct stream_writer *stream, unsigned thread, const char *comment,
                      const struct qtrace_context *context);
/* Something is missing before the next record. */
void qtrace_sink_gap(struct qtrace_sink *s, const struct qtrace_context *context);
void qtrace_sink_close(struct qtrace_sink *s);

#endif
