/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XSCOM: how a thread reaches the registers of the pervasive network (SCOM registers) with ordinary cache-inhibited
 * doubleword accesses.  A register number is an address in the window divided by eight; the answer of the access -
 * done, failed and why - comes back in HMER of the thread that made it, because a store has no other way to report.
 *
 * Devices attach their registers to `scoms`, whose addresses are register numbers times eight.  Registers that nobody
 * models but that firmware touches (fault isolation, interrupt polling, chip identification) are rows of a table here.
 */
#ifndef P9_DEVICES_XSCOM_H
#define P9_DEVICES_XSCOM_H

#include "bus/bus.h"
#include "bus/line.h"

#define XSCOM_BASE 0x000603fc00000000ULL
#define XSCOM_SIZE 0x0000000400000000ULL

/* Bits of HMER that an access sets. */
#define HMER_XSCOM_FAIL PPC_BIT(8)
#define HMER_XSCOM_DONE PPC_BIT(9)
#define HMER_XSCOM_STATUS PPC_BITMASK(21, 23)
enum { XSCOM_STATUS_ADDRESS = 4 }; /* nobody answers at this register number */

/* The fault isolation register, and its bit, that a host sets to stop the machine (as on a Witherspoon). */
enum { SW_CHECKSTOP_SCOM = 0x5012000, SW_CHECKSTOP_BIT = 31 };

enum { XSCOM_PLAIN_MAX = 32, XSCOM_SAID_MAX = 64 };

struct xscom_done {
    void (*done)(void *self, u32 pir, u64 hmer_bits); /* OR these into HMER of that thread */
    void *self;
};

struct xscom_config {
    struct bus *bus; /* real addresses; the thread whose access it is gets the status */
    u32 pvr;         /* the chip's own identification agrees with it */
    struct xscom_done done;
    struct line checkstop; /* firmware or Linux stops the machine: software checkstop */
    struct log *log;       /* may be NULL */
};

struct xscom {
    struct bus scoms; /* devices attach here: address = register number * 8 */
    struct xscom_config config;
    u64 plain[XSCOM_PLAIN_MAX]; /* values of the registers that xscom.c lists */
    u32 said[XSCOM_SAID_MAX];   /* unknown registers already reported */
    unsigned said_count;
};

extern const struct state_table xscom_state; /* without the devices behind it */

/* Power-on state, window attached to config->bus; false after an error line. */
must_use bool xscom_init(struct xscom *xscom, const struct xscom_config *config);
void xscom_reset(struct xscom *xscom);

#endif
