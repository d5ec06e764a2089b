/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Branch prediction of a core: given a branch and what it does, what did the front end lose?  The branch is predicted
 * and learned from in one call, in program order: predictors are trained when a branch is predicted, not when it
 * completes, and history is always the right one (hardware repairs it after a misprediction).
 *
 * What decides, from early to late:
 *   next-address structure (BTAC)   a few taken branches with their targets: the target is fetched the cycle after
 *   branch history table (BHT)      two-bit counters by address; link stack and count cache answer at the same time
 *   TAGE                            four tables of tagged counters by address and 8 to 256 branches of global history;
 *                                   the longest history that knows the branch overrides the BHT, two cycles later
 * The names and the three costs are IBM's, the sizes of the tables mostly are not known (machine/config.def).  Tables
 * are shared by the threads of a core; history and link stack are a thread's own.
 */
#ifndef P9_TIMING_BRANCH_H
#define P9_TIMING_BRANCH_H

#include "base/bits.h"

enum branch_kind {
    BRANCH_CONDITIONAL, /* bc: target in the word */
    BRANCH_ALWAYS,      /* b, bl: target in the word */
    BRANCH_RETURN,      /* bclr with BH = 0 */
    BRANCH_INDIRECT     /* bcctr, bctar, bclr with BH = 1 */
};

enum branch_hint { HINT_NONE, HINT_NOT_TAKEN = 2, HINT_TAKEN = 3 }; /* the bits `at` of BO; 1 is reserved, as none */

struct branch {
    u64 ea, target; /* target: if taken */
    enum branch_kind kind;
    enum branch_hint hint;
    bool conditional; /* BO looks at CR or CTR; of BRANCH_CONDITIONAL it is implied */
    bool call;        /* LK = 1, and no bcl 20,31,$+4: the address behind it is put on the link stack */
    bool taken;
};

struct branch_outcome {
    u8 bubble;         /* predicted right: what follows is fetched 1 + bubble cycles after the branch; else 0 */
    bool mispredicted; /* in direction or target */
    bool target_wrong; /* mispredicted, and the direction was right */
    bool predicted_taken;
};

enum { BRANCH_THREADS = 4 };

struct branch_config {
    u32 next_address;  /* entries of the next-address structure, 0..64 */
    u32 bht;           /* counters, a power of two from 2 to 2**20 */
    u32 tage;          /* entries of each of the four tables, a power of two from 2 to 2**20, or 0: there is no TAGE */
    u32 tage_tag_bits; /* 4..15 */
    bool count_cache;  /* off: a taken BRANCH_INDIRECT is always mispredicted */
    u32 count_entries; /* of the count cache (by address), and as many of the pattern cache (by address and history); a
                          power of two from 2 to 2**20 */
    u32 link_stack;    /* entries per thread, 1..1024 */
    bool static_hints; /* a hint overrides the tables, which do not learn from the branch then */
    /* From the fetch of the branch to the fetch of what follows, 1..255 */
    u32 next_address_cycles, bht_cycles, tage_cycles;
};
struct branch_config branch_config_default(void); /* as machine/config.def */
/* False after an error line that names the number that does not fit. */
must_use bool branch_config_is_sane(const struct branch_config *config);

struct branch_unit; /* of one core */

/* NULL after an error line: the configuration is not sane, or the host has no memory. */
struct branch_unit *branch_open(const struct branch_config *config);
void branch_close(struct branch_unit *u); /* may be NULL */
void branch_reset(struct branch_unit *u); /* as after branch_open() */

/* thread: 0..3, of the core. */
struct branch_outcome branch_predict(struct branch_unit *u, unsigned thread, const struct branch *b);

/* What does not hold of the state, or NULL. */
const char *branch_check(const struct branch_unit *u);

#endif
