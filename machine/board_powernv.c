/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts list of the POWER9 board and their wiring; see board_powernv.h.
 *
 *     real addresses   0 .. memory          main storage; HOMER and the OCC's common area at its top
 *                      0006010000000000 ..  XIVE: VC, PC, IC, TM windows (devices/xive.c)
 *                      0006030000000000     LPC (OPB window, 4 GB)
 *                      0006030203000000     PSI host bridge registers, 00060302031c0000 its ESB pages
 *                      00060302031d0000     NX random numbers
 *                      000603fc00000000     XSCOM
 *     XSCOM            ChipTOD 40000, SBE 50008 and d0050, OCC 6c080, ECCB b0020, NX 20110xx, PSI 5012900, PBA 5012b00,
 *                      XIVE 5013000, quads 10000000.., cores 20000000..
 *     LPC IO           BMC e4 (interrupt 10), serial port 3f8 (interrupt 4)
 *     PSI sources      LPC serial interrupts 7..10 and LPC errors 3, SBE doorbell 13, OCC 1; out: store to the XIVE
 */
#include "machine/board_powernv.h"

#include <stdlib.h>

#include "devices/lpc.h"
#include "devices/nx_rng.h"
#include "devices/occ.h"
#include "devices/psi.h"
#include "devices/sbe.h"
#include "devices/xive.h"
#include "machine/board_tree.h"

enum { UART_BASE = 0x3f8, UART_IRQ = 4, BT_BASE = 0xe4, BT_IRQ = 10 };

struct board {
    struct board_config config;
    struct bus bus;
    struct xscom xscom;
    struct lpc lpc;
    struct psi psi;
    struct uart uart;
    struct bmc bmc;
    struct sbe sbe;
    struct chiptod chiptod;
    struct occ occ;
    struct nx_rng nx;
    struct rng rng;
    struct cores cores;
    struct xive *xive;
};

static bool config_is_sane(const struct board_config *c)
{
    if (c->cores < 1 || c->cores > BOARD_MAX_CORES)
        return p9_error("board: %u cores: a chip has 1 to %d", c->cores, BOARD_MAX_CORES);
    if (c->threads_per_core != 1 && c->threads_per_core != 2 && c->threads_per_core != 4)
        return p9_error("board: %u threads per core: 1, 2 or 4", c->threads_per_core);
    if (c->ram->size_bytes < BOARD_MIN_MEMORY)
        return p9_error("board: %llu MiB of memory: firmware needs at least 1024",
                        (unsigned long long)c->ram->size_bytes >> 20);
    if ((c->pvr & 0xffff0000) != 0x004e0000) return p9_error("board: PVR 0x%08x is not a POWER9 (0x004eTMmm)", c->pvr);
    return true;
}

/* The areas hostboot would have set up: OCC common area at the top of storage, aligned to its size, HOMER below it. */
static u64 occ_common_base(const struct board_config *c)
{
    return (c->ram->size_bytes - OCC_COMMON_SIZE) & ~(OCC_COMMON_SIZE - 1);
}
static u64 homer_base(const struct board_config *c)
{
    return occ_common_base(c) - HOMER_SIZE;
}

/* Firmware reserves both areas and gives up where they overlap. */
static bool initrd_fits(const struct board_config *c)
{
    u64 room = homer_base(c) - c->initrd_base;

    if (!c->initrd_size || (c->initrd_base < homer_base(c) && c->initrd_size <= room)) return true;
    return p9_error(
        "a ramdisk of %llu bytes at 0x%llx does not fit into %llu MiB of memory; give the machine more (--mem)",
        (unsigned long long)c->initrd_size, (unsigned long long)c->initrd_base,
        (unsigned long long)c->ram->size_bytes >> 20);
}

static bool attach_lpc(struct board *b)
{
    struct lpc_config lpc = {.bus = &b->bus,
                             .scoms = &b->xscom.scoms,
                             .log = b->config.log,
                             .error = psi_line(&b->psi, PSI_LPC_ERROR),
                             .phandle = BOARD_PHANDLE_LPC};

    for (unsigned k = 0; k < LPC_ROUTES; k++) lpc.serirq[k] = psi_line(&b->psi, PSI_LPC_SIRQ0 + k);
    return lpc_init(&b->lpc, &lpc) &&
           uart_init(&b->uart, &(struct uart_config){.io = &b->lpc.io,
                                                     .base = UART_BASE,
                                                     .sink = b->config.console,
                                                     .irq = lpc_interrupt_line(&b->lpc, UART_IRQ)}) &&
           bmc_init(&b->bmc, &(struct bmc_config){.io = &b->lpc.io,
                                                  .base = BT_BASE,
                                                  .clock = b->config.clock,
                                                  .irq = lpc_interrupt_line(&b->lpc, BT_IRQ),
                                                  .start_time = b->config.start_time,
                                                  .power = b->config.power,
                                                  .log = b->config.log});
}

static bool attach_xive(struct board *b)
{
    unsigned per_core = b->config.threads_per_core, count = b->config.cores * per_core;
    struct xive_thread threads[BOARD_MAX_CORES * THREADS_PER_CORE_MAX];

    for (unsigned k = 0; k < count; k++)
        threads[k] = (struct xive_thread){.pir = board_pir(k / per_core, k % per_core),
                                          .os = b->config.threads[k].os,
                                          .hv = b->config.threads[k].hv,
                                          .user = b->config.threads[k].user};
    b->xive = xive_new(
        &(struct xive_config){.thread_count = count, .threads = threads, .bus = &b->bus, .log = b->config.log});
    return b->xive && xive_attach(b->xive, &b->xscom.scoms);
}

static void checkstop(void *self, unsigned n, bool level)
{
    const struct power_control *power = &((struct board *)self)->config.power;

    (void)n;
    if (level && power->request) power->request(power->self, POWER_CHECKSTOP);
}

static bool attach_all(struct board *b)
{
    const struct board_config *c = &b->config;
    struct bus *scoms = &b->xscom.scoms;

    return xscom_init(&b->xscom, &(struct xscom_config){.bus = &b->bus,
                                                        .pvr = c->pvr,
                                                        .done = c->hmer,
                                                        .checkstop = {.set = checkstop, .to = b},
                                                        .log = c->log}) &&
           chiptod_init(&b->chiptod,
                        &(struct chiptod_config){.scoms = scoms, .clock = c->clock, .target = c->tod, .log = c->log}) &&
           psi_init(&b->psi, &(struct psi_config){.bus = &b->bus, .scoms = scoms}) && attach_lpc(b) && attach_xive(b) &&
           sbe_init(&b->sbe,
                    &(struct sbe_config){
                        .scoms = scoms, .clock = c->clock, .irq = psi_line(&b->psi, PSI_PSU), .log = c->log}) &&
           occ_init(&b->occ, &(struct occ_config){.scoms = scoms,
                                                  .ram = c->ram,
                                                  .core_mhz = c->core_mhz,
                                                  .homer_base = homer_base(c),
                                                  .occ_common_base = occ_common_base(c),
                                                  .irq = psi_line(&b->psi, PSI_OCC)}) &&
           nx_rng_init(&b->nx, &b->rng, &b->bus, scoms) &&
           cores_init(&b->cores, &(struct cores_config){.scoms = scoms,
                                                        .cores = c->cores,
                                                        .control = c->control,
                                                        .threads_per_core = c->threads_per_core,
                                                        .log = c->log});
}

static void save_xive(struct state_writer *w, const void *self)
{
    state_put(w, &xive_state, ((const struct board *)self)->xive);
}

static bool restore_xive(struct state_reader *r, void *self)
{
    return state_get(r, &xive_state, ((struct board *)self)->xive);
}

/* A device is state by a row here, and of its struct each member by a row in its file. */
static const struct state_row rows[] = {
    STATE_DERIVED(struct board, config),
    STATE_PART(struct board, bus, struct bus, bus_state),
    STATE_PART(struct board, xscom, struct xscom, xscom_state),
    STATE_PART(struct board, lpc, struct lpc, lpc_state),
    STATE_PART(struct board, psi, struct psi, psi_state),
    STATE_PART(struct board, uart, struct uart, uart_state),
    STATE_PART(struct board, bmc, struct bmc, bmc_state),
    STATE_PART(struct board, sbe, struct sbe, sbe_state),
    STATE_PART(struct board, chiptod, struct chiptod, chiptod_state),
    STATE_PART(struct board, occ, struct occ, occ_state),
    STATE_PART(struct board, nx, struct nx_rng, nx_rng_state),
    STATE_PART(struct board, rng, struct rng, rng_state),
    STATE_PART(struct board, cores, struct cores, cores_state),
    STATE_CALL(struct board, xive, save_xive, restore_xive, .part = &xive_state, .arch = true),
};

static bool restored(struct state_reader *r, void *self)
{
    (void)r;
    clock_restored(((struct board *)self)->config.clock); /* the alarms of its devices have their deadlines */
    return true;
}

const struct state_table board_state = STATE_TABLE(struct board, rows, .restored = restored);

struct board *board_new(const struct board_config *config)
{
    struct board *b;

    if (!config_is_sane(config) || !initrd_fits(config)) return NULL;
    b = calloc(1, sizeof *b);
    if (!b) {
        p9_error("board: out of host memory");
        return NULL;
    }
    b->config = *config;
    b->bus = (struct bus){.ram = config->ram, .log = config->log};
    rng_seed(&b->rng, config->seed);
    if (!attach_all(b)) {
        board_free(b);
        return NULL;
    }
    return b;
}

void board_free(struct board *board)
{
    if (!board) return;
    if (board->xive) xive_free(board->xive);
    free(board);
}

void board_reset(struct board *board)
{
    bus_reset(&board->bus);
}
struct bus *board_bus(struct board *board)
{
    return &board->bus;
}
struct rng *board_rng(struct board *board)
{
    return &board->rng;
}
bool board_wants_input(const struct board *board)
{
    return uart_wants_input(&board->uart);
}
bool board_input(struct board *board, u8 c)
{
    return uart_receive(&board->uart, c);
}

bool board_describe(struct board *board, void *fdt, size_t size)
{
    return board_tree_write(&(struct board_tree){.config = &board->config,
                                                 .homer_base = homer_base(&board->config),
                                                 .occ_common_base = occ_common_base(&board->config),
                                                 .bus = &board->bus},
                            fdt, size);
}
