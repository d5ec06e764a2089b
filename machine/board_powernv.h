/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The POWER9 bare-metal board: one Nimbus chip with its XSCOM, XIVE, PSI host bridge, LPC bus with serial port and BMC,
 * SBE, ChipTOD and the rest that skiboot's "QEMU POWER9" platform drives, and no PCIe host bridges.  This is the parts
 * list; what the parts do is in devices/.  The board owns the bus of real addresses, and describes itself as the
 * flattened device tree that firmware starts from.
 *
 * Entry to firmware: skiboot.lid at real address 0, entered at 0x10 by every thread (skiboot elects its master), MSR =
 * SF | HV, the device tree at BOARD_FDT_ADDRESS in r3; the kernel's ELF file lies at BOARD_KERNEL_ADDRESS as it is, the
 * initial ramdisk wherever initrd_base says.
 */
#ifndef P9_MACHINE_BOARD_POWERNV_H
#define P9_MACHINE_BOARD_POWERNV_H

#include "bus/bus.h"
#include "bus/clock.h"
#include "bus/line.h"
#include "devices/bmc.h"
#include "devices/chiptod.h"
#include "devices/core_xscom.h"
#include "devices/rng.h"
#include "devices/uart.h"
#include "devices/xscom.h"

#define BOARD_FDT_ADDRESS 0x01000000ULL
/* Where skiboot looks for a kernel without a flash image; skiboot's own image is at 0x30000000. */
#define BOARD_KERNEL_ADDRESS 0x20000000ULL
#define BOARD_INITRD_ADDRESS 0x28000000ULL /* customary; must not reach skiboot */
#define BOARD_SKIBOOT_ADDRESS 0x30000000ULL
/* For a larger initial ramdisk: behind skiboot's stacks and first allocations, reserved. */
#define BOARD_HIGH_ADDRESS 0x40000000ULL
#define BOARD_MIN_MEMORY (1ULL << 30)
enum { BOARD_FDT_MAX = 1 << 20, BOARD_MAX_CORES = CORES_MAX };

struct board_thread {
    struct line os, hv; /* external interrupt (0x500), hypervisor virtualization interrupt (0xEA0): levels */
    struct line user;   /* external event-based branch: a level */
};

struct board_config {
    struct ram *ram; /* opened; at least BOARD_MIN_MEMORY */
    struct clock *clock;
    unsigned cores, threads_per_core;   /* 1..24; 1, 2 or 4 */
    u32 pvr;                            /* 0x004e1203: Nimbus DD2.3, SMT4 */
    u32 core_mhz;                       /* nominal frequency, for the tree */
    u32 tlb_entries, tlb_ways;          /* for the tree; 0: 1024 and 4 */
    bool no_count_cache;                /* for the tree: firmware has switched it off */
    const struct board_thread *threads; /* cores * threads_per_core, core by core; copied */
    struct xscom_done hmer;             /* XSCOM status for a thread's HMER */
    struct tod_target tod;              /* ChipTOD moves its value to a core's timebase */
    struct thread_control control;      /* direct controls */
    struct console_sink console;
    struct power_control power;
    u64 start_time;               /* seconds since 1970 at power-on */
    u64 seed;                     /* of the random number generator */
    u64 initrd_base, initrd_size; /* size 0: none */
    const char *bootargs;         /* NULL: none; used by board_describe only */
    struct log *log;
};

struct board;

/* Every device of a board (self is a struct board), without main storage and the clock: the clock is restored first. */
extern const struct state_table board_state;

/* NULL after an error line. The board sets bus->ram itself. */
struct board *board_new(const struct board_config *config);
void board_free(struct board *board);

/* Power-on state of every device (main storage is the machine's). */
void board_reset(struct board *board);

/* Write the flattened device tree; false after an error line. */
must_use bool board_describe(struct board *board, void *fdt, size_t size);

/* The PIR of a thread: chip << 8 | core << 2 | thread, whatever threads_per_core is. */
static inline u32 board_pir(unsigned core, unsigned thread)
{
    return core << 2 | thread;
}

struct bus *board_bus(struct board *board);
struct rng *board_rng(struct board *board); /* darn draws from here */

/* Does the serial port take a character now - somebody listens, and its FIFO has room?  One that is typed; false: not
 * wanted now, offer it again later. */
bool board_wants_input(const struct board *board);
bool board_input(struct board *board, u8 c);

#endif
