/* SPDX-License-Identifier: Apache-2.0 */
/* p9sim run: firmware, and what it boots, on the POWER9 board. */
#include "machine/checkpoint.h"
#include "tools/session.h"

/* A machine that was saved needs none of the images. */
static enum exit_status restore(struct options *options)
{
    struct session session;
    struct machine *machine = NULL;
    enum exit_status status = EXIT_BAD_INPUT;

    if (session_open(&session, options) && session_symbols(&session, NULL))
        machine = machine_new_restored(options->restored, &options->config, session.console, &session.log);
    if (machine) status = session_run(&session, machine);
    machine_free(machine);
    session_close(&session);
    return status;
}

static int run(struct options *options)
{
    struct session session;
    struct firmware firmware;
    struct machine *machine = NULL;
    enum exit_status status = EXIT_BAD_INPUT;

    if (!options->out) options->out = "p9out";
    if (!options->console) options->console = "stdio";
    if (options->restored) return restore(options);
    /* With an empty command line Debian's kernel uses a built-in one, which names consoles that this board has not. */
    if (!options->append) options->append = "console=hvc0";
    if (session_firmware(&firmware, options)) {
        if (session_open(&session, options) && session_symbols(&session, &firmware.kernel))
            machine = machine_new_powernv(&options->config, &firmware.what, session.console, &session.log);
        if (machine && firmware.kernel.size && !firmware.initrd.size)
            log_say(&session.log, LOG_INFO,
                    "no ramdisk (--initrd): the kernel must find its root elsewhere, or it panics");
        if (machine) status = session_run(&session, machine);
        machine_free(machine);
        session_close(&session);
    }
    session_firmware_close(&firmware);
    return status;
}

static const struct cli_row *const tables[] = {cli_firmware_rows, cli_restore_rows, cli_machine_rows, cli_run_rows,
                                               NULL};

const struct command command_run = {
    .name = "run",
    .arguments = "[options]",
    .summary = "Boot firmware and, if there is one, a kernel.",
    .details =
        "Without image options the images come from $P9SIM_IMAGES or images/ (made by tools/images); with --kernel\n"
        "alone there is no ramdisk. With --bios nothing comes from there: that firmware starts with the kernel and\n"
        "the ramdisk that are named beside it, or without.\n"
        "At a terminal: Ctrl-A x ends the run, Ctrl-A h helps.\n"
        "What earlier runs have left in --out (default p9out) is removed when the run begins, by the names that\n"
        "p9sim writes; one run at a time may write there.\n"
        "Exit status: 0 powered off, 1 bad input or lost output, 2 usage, 3 the guest died, 4 a limit was\n"
        "reached, 5 parted from --check-against, 128 + n ended by signal n, with the results so far.\n",
    .tables = tables,
    .run = run,
};
