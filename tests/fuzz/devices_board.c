/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cases of random_devices on the board: traffic for its devices (devices_traffic.c), between turns in which its threads
 * take what interrupts come of it.
 */
#include "machine/board_powernv.h"
#include "machine/config.h"
#include "machine/console.h"
#include "machine/machine.h"
#include "tests/fuzz/devices_traffic.h"
#include "tests/fuzz/random_devices.h"
#include "tests/support/words.h"

enum { BIOS_BYTES = 0x2000 };

static void run_a_while(void *self)
{
    struct machine *m = self;

    machine_run(m,
                &(struct machine_limits){.max_insns = machine_completed(m) + 1 + dice(3000),
                                         .max_cycles = machine_cycles(m) + 1 + dice(200000)},
                NULL);
    HOLDS(machine_thread(m, 0)->bus->depth == 0);
    for (unsigned k = 0; k < machine_thread_count(m); k++) check_thread(machine_thread(m, k));
}

/* Firmware that lets every interrupt come, and goes back behind it. */
static void write_bios(u8 bios[BIOS_BYTES])
{
    static const u32 start[] = {0x7c6000a6 /* mfmsr r3 */, W_ORI(3, 3, 0x8000), W_MTMSRD(3, 1), W_B(0)};

    memset(bios, 0, BIOS_BYTES);
    for (unsigned at = 0x100; at < BIOS_BYTES; at += 0x20) {
        bool hypervisor = at == 0x500 || at == 0x980 || (at >= 0xe00 && at < 0x1000) || at == 0x1500;
        put_be32(bios + at, hypervisor ? W_HRFID : W_RFID);
    }
    for (unsigned k = 0; k < ARRAY_SIZE(start); k++) put_be32(bios + 0x10 + 4 * k, start[k]);
}

void board_case(unsigned steps)
{
    static const u8 typed[] = "what somebody types while devices are aimed at each other\n";
    static u8 bios[BIOS_BYTES];
    struct machine_powernv what = {.bios = {"random", bios, BIOS_BYTES}};
    struct console *console = console_new(
        &(struct console_config){.terminal_fd = -1, .input = typed, .input_size = dice(2) ? sizeof typed : 0});
    struct log log = {.level = LOG_DEBUG};
    u32 pir[BOARD_MAX_CORES * THREADS_PER_CORE_MAX];
    struct traffic traffic = {.pir = pir, .run_a_while = run_a_while};
    struct machine *m;
    struct config config;

    config_default(&config);
    config.mem = BOARD_MIN_MEMORY;
    config.model = 0;
    config.cores = 1 + dice(2);
    config.threads = ONE_OF(1, 2, 4);
    config.quantum_cycles = ONE_OF(100, 1000, 20000);
    config.seed = any64();
    write_bios(bios);
    m = console ? machine_new_powernv(&config, &what, console, &log) : NULL;
    HOLDS(m != NULL);
    traffic.self = m;
    traffic.bus = machine_thread(m, 0)->bus;
    traffic.threads = machine_thread_count(m);
    for (unsigned k = 0; k < traffic.threads; k++) pir[k] = machine_thread(m, k)->pir;
    traffic_to(&traffic);
    traffic_begin();
    for (unsigned k = 0; k < steps; k++) traffic_step();
    bus_reset(traffic.bus);
    machine_free(m);
    console_free(console);
    f.boards++;
}
