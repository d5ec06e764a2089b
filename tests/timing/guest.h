/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small bare-metal programs under the model `core`: each is a kernel (kernel.def) that goes round its loop, alone in a
 * machine, with or without translation.  What is measured is a whole run, its beginning included.
 *
 * Main storage: the program from 0x4000 on, tables from 1 MiB on, zeros from 16 MiB on, which are the kernel's data.
 * Everybody sees the first 16 MiB where they are, and the data at 4 GiB; a guest's real addresses of the data begin at
 * 8 GiB.  Loads of a chase return zero, and the zero is added to what the next address is made of, so that each load
 * depends on the one before and no list has to be written first.
 */
#ifndef P9_TESTS_TIMING_GUEST_H
#define P9_TESTS_TIMING_GUEST_H

#include "machine/config.h"
#include "stats/counters.h"
#include "stats/report.h"

enum guest_translation {
    GUEST_REAL,  /* hypervisor, MSR[IR] = MSR[DR] = 0: the data are seen at their real addresses */
    GUEST_HOST,  /* process scope alone */
    GUEST_NESTED /* process scope over partition scope */
};

struct guest {
    const char *kernel; /* assembler text (experiment/program.h), from label `loop` to a branch back to it */
    enum guest_translation translation;
    u8 process_shift, partition_shift; /* of the leaves: 12, 16, 21 */
    u64 footprint;                     /* bytes of data, a power of two up to 1 GiB */
    u64 step;                          /* bytes from place to place in the footprint, a power of two */
    u32 turns;
};

struct guest_run {
    u64 cycles; /* in which the thread was not stopped */
    struct counters counters;
    struct report_cache caches[REPORT_CACHES]; /* when it ended */
};

void guest_config(struct config *config); /* the defaults, model core, and storage for any guest */

/* What lies in storage when it starts, for several runs. */
struct guest_image {
    u8 *bytes;
    u64 size;
};
void guest_open(struct guest_image *image, const struct guest *guest);
void guest_close(struct guest_image *image);

/* The test fails if the program does not end as it should. */
struct guest_run guest_run_image(const struct config *config, const struct guest_image *image);
struct guest_run guest_run(const struct config *config, const struct guest *guest);
/* The same with somebody who is shown the machine before it runs, and after. */
struct machine;
struct guest_eyes {
    void (*before)(void *self, struct machine *machine);
    void (*after)(void *self, struct machine *machine);
    void *self;
};
struct guest_run guest_run_seen(const struct config *config, const struct guest *guest, const struct guest_eyes *eyes);

/* Beside it run these variants (machine_vary()): what they came to is filled in.  as_it_is: the one that differs in
 * nothing. */
struct guest_variant {
    const char *option;
    char value[CONFIG_VALUE_MAX];
    struct variant_cycles cycles;
};
struct guest_variants {
    struct guest_variant *list;
    unsigned count;
    struct variant_cycles as_it_is;
};
struct guest_run guest_run_varied(const struct config *config, const struct guest_image *image,
                                  struct guest_variants *variants);

/* The same of words that lie at `at` and are entered there by the hypervisor in real mode; r20 must be set by them. */
struct guest_run guest_run_words(const struct config *config, const u32 *words, size_t count, u64 at);

#endif
