/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The LPC host controller of POWER9 and the OPB bus in front of it.  A thread reaches the OPB in two ways: through the
 * 4 GB window at LPC_WINDOW_BASE, and through the ECCB engine's four SCOM registers.  On the OPB lie the OPB master
 * (interrupt routing), the host controller (errors, serial interrupts) and three windows into the LPC bus:
 *
 *     c0010000 OPB master    c0011000 arbiter    c0012000 host controller
 *     d0010000 LPC IO (64 KiB)    e0000000 LPC memory (256 MiB)    f0000000 LPC firmware (16 x 256 MiB, by IDSEL)
 *
 * LPC devices attach to io, mem and fw.  A device's interrupt is one of 17 serialised interrupts; the controller
 * latches it, and the OPB master routes it to one of four lines into the PSI host bridge.  Errors of the controller
 * itself go out on a fifth line.
 */
#ifndef P9_DEVICES_LPC_H
#define P9_DEVICES_LPC_H

#include "bus/bus.h"
#include "bus/line.h"

#define LPC_WINDOW_BASE 0x0006030000000000ULL
#define LPC_WINDOW_SIZE 0x0000000100000000ULL
enum { LPC_ECCB_SCOM = 0xb0020, LPC_ECCB_SCOM_COUNT = 4, LPC_SERIRQ_COUNT = 17, LPC_ROUTES = 4 };

struct lpc_config {
    struct bus *bus;                /* real addresses: the OPB window is attached here */
    struct bus *scoms;              /* XSCOM: the ECCB engine is attached here; NULL: none */
    struct line error;              /* host controller interrupt */
    struct line serirq[LPC_ROUTES]; /* serialised interrupts after routing */
    u32 phandle;                    /* what the device tree calls the controller */
    struct log *log;
};

struct lpc {
    struct bus io, mem, fw; /* devices attach here */
    struct lpc_config config;
    u32 fw_idsel, fw_read_size, serirq_control, irq_mask, irq_status, error_address; /* host controller */
    u32 route0, route1, opb_status, opb_mask, opb_polarity, opb_input;               /* OPB master */
    u32 inputs; /* wires now high, bit as irq_status */
    u64 eccb_status, eccb_data;
};

extern const struct state_table lpc_state; /* without the devices behind it */

must_use bool lpc_init(struct lpc *lpc, const struct lpc_config *config);
void lpc_reset(struct lpc *lpc);

/* The wire that an LPC device raises for serialised interrupt n (0..16). */
struct line lpc_interrupt_line(struct lpc *lpc, unsigned n);

/* OPB accesses, as the windows make them (offset: the OPB address); false: nothing answered (and the controller noted a
 * no-response error). */
must_use bool lpc_opb_read(struct lpc *lpc, struct bus_access a, u64 *value);
must_use bool lpc_opb_write(struct lpc *lpc, struct bus_access a, u64 value);

#endif
