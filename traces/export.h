/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What other tools read, made of a trace (docs/FORMATS.md, Exports).  An exporter hears of each instruction with its
 * context and number, and writes into an output that stays its caller's; of instructions it reads, nothing else.
 *
 *   bbv.c        basic-block vectors, for SimPoint         accesses.c   the stream of accesses, for models of caches
 *   folded.c     folded stacks, for flame graphs           pipeline.c   the log of the pipeline, for Konata
 */
#ifndef P9_TRACES_EXPORT_H
#define P9_TRACES_EXPORT_H

#include "core/isa/decode.h"
#include "traces/context.h"
#include "traces/output.h"

struct timing_step;

/* One instruction. */
struct export_insn {
    const struct retire *record;
    const struct retire_block *block;    /* that it is in; NULL: of one that a model has placed */
    const struct trace_context *context; /* who ran */
    const struct timing_step *step;      /* what the model of the core makes of it; NULL: nobody asked */
    u64 number;                          /* of the trace's instructions, from 0 */
};

struct exporter {
    void (*take)(struct exporter *e, const struct export_insn *i);
    /* Writes what is left and frees the exporter.  False after an error line. */
    bool (*finish)(struct exporter *e);
    bool timed; /* its instructions have a step */
};

/* How code is called: "copy_page", "" if nobody knows. */
struct export_names {
    void (*symbol)(void *self, u64 address, char *out, size_t size);
    void *self;
};

/* Each NULL after an error line. */
struct exporter *export_bbv(struct output *to, u64 interval); /* instructions, 1 or more */
enum export_accesses { ACCESSES_TEXT, ACCESSES_BINARY, ACCESSES_DIN };
struct exporter *export_accesses(struct output *to, enum export_accesses format);
/* timed: of cycles and what walks exposed of them, else of instructions and the table entries that they read. */
struct exporter *export_folded(struct output *to, bool of_walks, bool timed, const struct export_names *names);
struct exporter *export_pipeline(struct output *to, const struct isa *isa);

#endif
