/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The embedded experiment: what a dependent load costs in translation natively (process scope alone), in a guest
 * (process scope over partition scope) and in a guest's guest (the same hardware walk over a partition-scoped shadow
 * tree that the hypervisor fills on each guest's first touch), for every mix of leaf sizes and footprints from 64 KiB
 * to 4 GiB, cold and warm.
 *
 * Tables, partition table and data lie in the machine's main storage as an operating system would put them there; a
 * small hypervisor in assembler text (embedded.c) runs one experiment after the other, and the loops mark themselves as
 * regions, so everything that is known of a region is known of each cell.
 */
#ifndef P9_EXPERIMENT_EMBEDDED_H
#define P9_EXPERIMENT_EMBEDDED_H

#include <signal.h>

#include "machine/config.h"
#include "machine/machine.h"
#include "stats/answer.h"
#include "stats/report.h"
#include "stats/report_embedded.h"

struct mmu;
struct mmu_price;

enum embedded_who { EMBEDDED_HOST, EMBEDDED_GUEST, EMBEDDED_NESTED };
enum embedded_phase {
    EMBEDDED_SINGLE_COLD, /* one load, nothing cached */
    EMBEDDED_SINGLE_WALK, /* one load, only partition- and process-table entries cached */
    EMBEDDED_TOUCH,       /* nested: first touch, the hypervisor fills the shadow tree */
    EMBEDDED_COLD,        /* each node once, right after everything was invalidated */
    EMBEDDED_WARM         /* again, in another order of magnitude of loads */
};
/* LPIDs: of the guest on pages of 4K, the other sizes behind it; of the guest's guest on 4K on 4K, then 4K on
 * 64K ... */
enum { EMBEDDED_FIRST_GUEST = 1, EMBEDDED_FIRST_NESTED = 16 };
enum { EMBEDDED_SIZES = 4, EMBEDDED_FOOTPRINTS = 9, EMBEDDED_CELLS_MAX = 1024 };

struct embedded_cell {
    enum embedded_who who;
    enum embedded_phase phase;
    u8 process_shift; /* leaf of the program's own tables */
    u8 guest_shift;   /* nested: leaf of the first guest's partition-scoped tree, which the hypervisor reads; else 0 */
    u8 partition_shift; /* leaf of the host's partition-scoped tree; 0: none */
    u64 footprint_bytes, nodes, loads;
};

/* The program, its tables and what they measure. cell[k] is region k of the report. */
struct embedded {
    struct embedded_cell cell[EMBEDDED_CELLS_MAX];
    unsigned cells;
    u8 *memory; /* of main storage from 0 on */
    u64 memory_bytes;
    struct machine_segment segment;
    struct machine_bare bare;
};
#define EMBEDDED_MEMORY_BYTES (8ULL << 30) /* main storage that the machine must have */

/* False after an error line. */
must_use bool embedded_open(struct embedded *e);
void embedded_close(struct embedded *e);
void embedded_shorten(struct embedded *e, unsigned cells); /* it ends behind its first cells */

/* Run it to its end in a machine of its own, under other options: prepare (may be NULL) sees the machine before.
 * interrupted: may be NULL; most_insns: it cannot need more.  False after an error line, or, without one, if
 * interrupted; report_free() in any case. */
struct embedded_run {
    const struct embedded *e;
    const struct config *config;
    u64 most_insns;
    const volatile sig_atomic_t *interrupted;
    bool (*prepare)(void *self, struct machine *machine);
    void *self;
};
must_use bool embedded_run(const struct embedded_run *run, struct report *report);

/* Names of its places, for reports: it runs at real addresses that equal its effective ones. */
void embedded_labels(void (*tell)(void *self, const char *name, u64 from, u64 to), void *self);

/* One access of the guest's guest with these leaves (4K 64K 2M 1G are 0 to 3) of its guest and of the host, for whoever
 * explains it: what the registers are when it makes it. */
struct embedded_access {
    u64 msr, ea;
    u32 lpid, pid;
    u8 process_shift, guest_shift, host_shift;
};
struct embedded_access embedded_nested_access(unsigned guest, unsigned host);

/* One cold miss of that access, priced by the model: false after an error line.  The thread's context is as before. */
must_use bool embedded_nested_price(struct mmu *mmu, unsigned guest, unsigned host, struct mmu_price *price);

/* The region of a cell in the report of its run; NULL: the run did not get there. */
const struct report_region *embedded_region(const struct report *report, unsigned cell);

/* The number of the cell that is like this one (nodes and loads aside); -1: there is none that was run. */
int embedded_find(const struct embedded *e, const struct report *report, const struct embedded_cell *like);

/* Of each load of a cell that was run.  FOR_WALKS: what it would have taken less, had walks been free (model core);
 * AS_MMU: what the model mmu would have charged for the same look-ups and reads. */
enum embedded_figure {
    EMBEDDED_TRANSLATION, /* cycles of walks and of look-ups in the TLB */
    EMBEDDED_FOR_WALKS,   /* cycles */
    EMBEDDED_AS_MMU,      /* cycles */
    EMBEDDED_ALL,         /* cycles */
    EMBEDDED_READS        /* table entries from storage */
};
double embedded_figure(const struct embedded *e, const struct report *report, unsigned cell,
                       enum embedded_figure figure);

/* The number of the host's cell with the same pages of its own, phase and footprint; `cell` itself if it is the
 * host's. */
unsigned embedded_host_of(const struct embedded *e, unsigned cell);
/* "guest, pages of 64K on 2M"; "16M". */
void embedded_name(const struct embedded_cell *cell, char *out, size_t size);
void embedded_name_footprint(u64 bytes, char *out, size_t size);

/* What a cell is, as comma-separated values. */
#define EMBEDDED_CSV_CELL "tag,who,phase,process_page,guest_page,host_page,footprint_bytes,nodes,loads"
void embedded_csv_cell(const struct embedded *e, unsigned cell, struct emit *out);

/* What a TLB miss costs who, warm, with the largest footprint: the answer with which the report opens.  No lines: the
 * run did not get there. */
void embedded_answer(const struct embedded *e, const struct report *report, struct answer *answer);

/* The same figures as pictures (stats/report_embedded.h), and the names of partitions.  ranges says what else a figure
 * could be, or false; it may be NULL.  walk: of embedded_nested_price(). */
struct embedded_ranges {
    bool (*of)(const void *self, unsigned cell, enum embedded_figure figure, double *least, double *greatest);
    const void *self;
};
void embedded_picture(const struct embedded *e, const struct report *report, const struct mmu_price *walk,
                      const struct embedded_ranges *ranges, struct report_embedded *out);
/* Each partition of the report is called what it is; the names are out's. */
void embedded_name_partitions(struct report_embedded *out, struct report *report);

/* Tables for people (text), and every cell as comma-separated values. */
void embedded_table(const struct embedded *e, const struct report *report, struct emit *out);
void embedded_csv(const struct embedded *e, const struct report *report, struct emit *out);

#endif
