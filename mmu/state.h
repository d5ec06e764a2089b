/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Saving and restoring the translation model (base/state.h).  It may be restored into another configuration: an array
 * whose geometry is the same comes back warm, the others start empty, as do the host-side tables unless both ERATs are
 * warm.
 *
 * Host-side tables lead to decoded pages, which belong to somebody else; by number they are the same ones.
 */
#ifndef P9_MMU_STATE_H
#define P9_MMU_STATE_H

#include "base/state.h"
#include "mmu/mmu.h"

/* The tables, for the test that compares them with their structs. */
extern const struct state_table mmu_state, mmu_slots_state, mmu_system_state, mmu_xarray_state, mmu_geometry_state;

struct mmu_code_pages {
    u32 (*number_of)(const void *self, const struct insn *page);
    struct insn *(*page)(const void *self, u64 number); /* NULL: there is none with instructions */
    bool (*is_traced)(const struct insn *page);         /* decoded for the traced port */
    bool complete;                                      /* restoring: they are those that there were */
    const void *self;
};

/* pages: NULL: without the host-side tables. */
void mmu_save(struct mmu_system *system, struct state_writer *w, const struct mmu_code_pages *pages);

/* What starts empty, in words, or "". */
struct mmu_cold {
    char what[400];
};
void mmu_note_cold(struct mmu_cold *cold, const char *what); /* each kind once: what stands before a comma */
/* Main storage has been restored, and the decoded pages; pages NULL: there are none, and host-side tables are empty, a
 * mmu_set_context() of each thread has to follow.  False: r->why. */
must_use bool mmu_restore(struct mmu_system *system, struct state_reader *r, const struct mmu_code_pages *pages,
                          struct mmu_cold *cold);

/* After that: this is the thread's SLB, and these are its tables. */
struct hostmap mmu_restored(struct mmu *mmu, const struct slb *slb);

#endif
