/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The POWER9 XIVE (generation 1): the external interrupt virtualization engine of one chip.  An event travels
 *
 *     source (ESB: two bits P and Q) -> EAS (who gets it) -> END (an event queue in main storage) -> NVT (whom to tell)
 *            -> a thread context in the TIMA whose CAM line matches -> exception line of that thread
 *
 * The tables behind the first four arrows lie in main storage where firmware put them; the engine reads and writes them
 * there on every step, which is what a write-through cache looks like to software, so cache watches and scrubs complete
 * at once.  Thread contexts live in the device.
 *
 * Three exception lines leave per thread: the user ring (external event-based branch), the OS ring (External interrupt,
 * 0x500) and the hypervisor rings, pool and physical (Hypervisor Virtualization interrupt, 0xEA0).  They are levels: a
 * line stays up until software acknowledges the event in the TIMA, raises CPPR over it or pulls the context.
 */
#ifndef P9_DEVICES_XIVE_H
#define P9_DEVICES_XIVE_H

#include "bus/bus.h"
#include "bus/line.h"

struct xive_thread {
    u32 pir;          /* the PIR as an access names it: chip << 8 | core << 2 | thread */
    struct line os;   /* external interrupt */
    struct line hv;   /* hypervisor virtualization interrupt */
    struct line user; /* event-based branch */
};

struct xive_config {
    u32 chip_id;                       /* 0..15 */
    unsigned thread_count;             /* hardware threads of this chip */
    const struct xive_thread *threads; /* copied */
    struct bus *bus;                   /* real addresses: tables and queues by DMA, windows attached here */
    struct log *log;                   /* may be NULL */
};

struct xive;

extern const struct state_table xive_state; /* self is a struct xive */

/* NULL after an error line.  Power-on state: no BAR valid, nothing answers but XSCOM. */
struct xive *xive_new(const struct xive_config *config);
void xive_free(struct xive *xive);

/*
 * Attach everything: on config.bus the whole windows that the BARs of this chip may point into (IC, PC and VC, and TM
 * for the first chip only, all chips have it at one address); on `xscom`, whose addresses are SCOM numbers times 8, the
 * registers at 0x5013000.  An access in a window but outside the programmed and valid BAR is refused.
 */
must_use bool xive_attach(struct xive *xive, struct bus *xscom);

/* A further chip: its threads are found by notifications and by TIMA accesses, too. Call before anything runs. */
void xive_join(struct xive *first, struct xive *other);

/* SCOM registers alone, for a board that attaches them itself: offset is (SCOM number - 0x5013000) * 8, size 8. */
extern const struct device_ops xive_xscom_ops;
enum { XIVE_SCOM_BASE = 0x5013000, XIVE_SCOM_COUNT = 0x300 };

/*
 * An event whose source has done its own P/Q check (PSI, PHB have ESB pages of their own): look up EAS block/index and
 * route.  This is also what a doubleword store to the notify port does (the second page of the IC BAR, offsets
 * 0..0x7f8; PSI's ESB_NOTIF_ADDR points there): value = XIVE_TRIGGER_PQ_CHECKED | block << 28 | index, big-endian.
 */
#define XIVE_TRIGGER_PQ_CHECKED PPC_BIT(1)
void xive_trigger(struct xive *xive, u32 block, u32 index);

/* A level source whose P/Q bits are in this XIVE's own state bit table (index in the chip's block). */
void xive_set_source(struct xive *xive, u32 index, bool level);

#endif
