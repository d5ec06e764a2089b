/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An address space with devices in it.  The same type serves real addresses, XSCOM and LPC; a bridge is a device whose
 * ops forward to another bus.  An access to nothing, or one that a device refuses, answers false: the caller decides
 * what that means to the guest (a machine check, an error bit), never an uninitialised value.
 *
 * A device may answer an access by accesses of its own - a bridge on another bus, an interrupt source by a store to the
 * port that firmware gave it - and a guest may aim these at any device, the same one too.  So the bus bounds them: of
 * what devices do while one access of a thread (or one alarm's, one wire's) has not returned, it lets BUS_CHAIN_MAX
 * accesses through, says so once, and answers "error" to the rest.  The longest chain that means anything is short of
 * that: fourteen sources of the PSI bridge, let go at once by one store, each forwarded to another chip.
 *
 * Byte order: `value` is what a big-endian load of that size gives - the byte at the lowest address is the most
 * significant.  A little-endian access byte-swaps before it comes here.  Devices never think about it.
 */
#ifndef P9_BUS_BUS_H
#define P9_BUS_BUS_H

#include "base/bits.h"
#include "base/log.h"
#include "base/state.h"
#include "bus/ram.h"

enum { BUS_1 = 1, BUS_2 = 2, BUS_4 = 4, BUS_8 = 8, BUS_ANY = 15 }; /* bits of region.accepts: sizes in bytes */
enum { BUS_MAX_REGIONS = 64, BUS_CHAIN_MAX = 64, BUS_NO_THREAD = 0xffffffff };

struct tree;

/* One access, as its device sees it. */
struct bus_access {
    u64 offset; /* from the base of the region */
    u32 by;     /* PIR of the thread whose access this is; BUS_NO_THREAD: a device's own, or a person's */
    u32 size;   /* 1, 2, 4 or 8 bytes */
};

struct device_ops {
    must_use bool (*read)(void *self, struct bus_access a, u64 *value); /* false: the bus answers "error" */
    must_use bool (*write)(void *self, struct bus_access a, u64 value);
    void (*reset)(void *self); /* power-on state; may be NULL */
    void (*describe)(void *self,
                     struct tree *tree); /* write its node of the device tree (devices/tree.h); may be NULL */
};

struct region {
    const char *name;
    u64 base, size;
    u8 accepts; /* BUS_1 | BUS_2 ...: sizes the device takes; others are refused by the bus */
    const struct device_ops *ops;
    void *self;
};

struct bus {
    struct region regions[BUS_MAX_REGIONS]; /* sorted by base, never overlapping */
    u64 attached[BUS_MAX_REGIONS];          /* their bases, in the order in which they were attached */
    unsigned count;
    struct ram *ram; /* real addresses only; looked at first; may be NULL */
    struct log *log; /* may be NULL */
    unsigned depth;  /* accesses to devices that have not returned */
    unsigned chain;  /* those that devices made since the outermost of them began */
    /* Is told of each access to main storage that a device makes; may be NULL. */
    void (*dma)(void *self, u64 ra, u64 size_bytes, bool write);
    void *dma_self;
};

/* Attach a region; false (after an error line) if it overlaps another or RAM, or the table is full. */
must_use bool bus_attach(struct bus *bus, const struct region *region);

/* Region that holds [addr, addr+size), or NULL. */
const struct region *bus_find(const struct bus *bus, u64 addr, unsigned size);

/* An access by a thread (its PIR), or by BUS_NO_THREAD.  size 1, 2, 4 or 8, naturally aligned or not; false if nothing
 * answers.  *value is set to all ones then. */
must_use bool bus_read(struct bus *bus, u32 by, u64 addr, unsigned size, u64 *value);
must_use bool bus_write(struct bus *bus, u32 by, u64 addr, unsigned size, u64 value);

/* A message of a device: a doubleword that it stores on its own behalf, no thread's.  False, after a line in the log,
 * if nothing takes it. */
bool bus_post(struct bus *bus, const char *from, u64 addr, u64 value);

/* What is attached is no state: building attaches it again.  No access is under way when state is saved. */
extern const struct state_table bus_state;

/* DMA by devices: RAM only, any length, in address order. */
must_use bool bus_dma_read(struct bus *bus, u64 addr, void *to, u64 size_bytes);
must_use bool bus_dma_write(struct bus *bus, u64 addr, const void *from, u64 size_bytes);

/* Call every device's reset once, in order of base address. */
void bus_reset(struct bus *bus);

/* Let every device write its node, in the order in which they were attached: in a tree, parts come as the board lists
 * them. */
void bus_describe(const struct bus *bus, struct tree *tree);

#endif
