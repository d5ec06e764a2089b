/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The PSI host bridge of POWER9.  Its link to a service processor is not there; what matters is that the interrupts of
 * the chip's slow devices come through it: fourteen level sources, each with a 4 KiB ESB page of its own, that notify
 * the XIVE by a store to a port which firmware names (ESB_NOTIF_ADDR).
 *
 * Registers are seen by XSCOM at 0x5012900 and, once the BAR is set, in a 1 MB window; both show the same storage:
 * SCOM register n is offset (n - 0xa) * 8 of the window.
 */
#ifndef P9_DEVICES_PSI_H
#define P9_DEVICES_PSI_H

#include "bus/bus.h"
#include "bus/line.h"

#define PSI_WINDOW_BASE 0x0006030203000000ULL
#define PSI_WINDOW_SIZE 0x0000000000100000ULL
#define PSI_ESB_BASE 0x00060302031c0000ULL
#define PSI_ESB_SIZE 0x0000000000010000ULL
enum { PSI_SCOM_BASE = 0x5012900, PSI_SCOM_COUNT = 0x100, PSI_REGISTERS = 32 };

enum psi_source {
    PSI_FSP,
    PSI_OCC,
    PSI_FSI,
    PSI_LPC_ERROR,
    PSI_LOCAL_ERROR,
    PSI_GLOBAL_ERROR,
    PSI_EXTERNAL,
    PSI_LPC_SIRQ0,
    PSI_LPC_SIRQ1,
    PSI_LPC_SIRQ2,
    PSI_LPC_SIRQ3,
    PSI_SBE_I2C,
    PSI_DIO,
    PSI_PSU,
    PSI_SOURCES,
};

struct psi_config {
    struct bus *bus;   /* windows are attached here, notifications are stores to it */
    struct bus *scoms; /* registers by XSCOM */
};

struct psi {
    struct psi_config config;
    u64 bar, regs[PSI_REGISTERS]; /* regs: by offset in the window / 8 */
    u32 levels;                   /* bit n: source n is asserted */
    u8 pq[PSI_SOURCES];           /* P in bit 1, Q in bit 0 */
};

extern const struct state_table psi_state;

must_use bool psi_init(struct psi *psi, const struct psi_config *config);
void psi_reset(struct psi *psi);

/* The wire into source n. */
struct line psi_line(struct psi *psi, enum psi_source n);

#endif
