/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What LLVM says of instructions: its disassembler (llvm-mc) makes its own text of a word, and its analyzer (llvm-mca
 * -mcpu=pwr9) says what LLVM's scheduling tables have for it.  Programs of the host, asked in few processes.
 */
#ifndef P9_TESTS_TIMING_MCA_H
#define P9_TESTS_TIMING_MCA_H

#include "core/timing/schedule.h"

enum { MCA_TEXT = 80, MCA_WHY = 200 };

/* What an instruction takes when it is executed once, summed over units of a kind. */
struct mca_cost {
    unsigned uops, latency;
    double throughput;          /* cycles from one to the next if nothing but resources holds them up */
    unsigned units[UNIT_KINDS]; /* cycles of each kind of unit */
    unsigned exec, agen;        /* issue ports */
    unsigned slots;             /* of dispatch */
    double thirds;              /* of these, third slots of superslices; slots that may be any are shared out evenly */
};

/* Are llvm-mc and llvm-mca there, and do they know the processor? */
bool mca_exists(void);

/* LLVM's text of each word, "" if it is none to LLVM.  False: no room in /tmp, or no answer that can be read. */
must_use bool mca_texts(const u32 *word, unsigned count, char (*text)[MCA_TEXT]);

/* Micro-operations as LLVM counts them: both halves of a vector operation are one each. */
static inline unsigned mca_uops(const struct schedule *s)
{
    return s->width + s->times + (s->update ? 1u : 0u);
}

/* What each of the instructions takes.  False, and why: one of them is not scheduled, or as above. */
must_use bool mca_costs(char (*text)[MCA_TEXT], unsigned count, struct mca_cost *cost, char why[MCA_WHY]);

/* Cycles that one of `count` blocks takes when it is repeated without end: of block n the texts from first[n] up to
 * first[n + 1].  False as above. */
must_use bool mca_blocks(char (*text)[MCA_TEXT], const unsigned *first, unsigned count, double *cycles,
                         char why[MCA_WHY]);

#endif
