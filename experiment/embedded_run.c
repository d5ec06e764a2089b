/* SPDX-License-Identifier: Apache-2.0 */
/* The embedded experiment in a machine of its own, for whoever compares runs; see embedded.h. */
#include <stdio.h>

#include "base/log.h"
#include "experiment/embedded.h"
#include "machine/console.h"
#include "machine/machine_report.h"

static bool run_to_its_end(const struct embedded_run *run, struct machine *machine, const struct console *console)
{
    const struct machine_limits limits = {.max_insns = run->most_insns, .max_cycles = UINT64_MAX};

    if (machine_run(machine, &limits, NULL) == MACHINE_OFF) return true;
    if (console_stop_reason(console)) return false; /* a signal: whoever sent it knows, and other runs end with it */
    return p9_error("uncertainty: a run of the experiment did not end well");
}

bool embedded_run(const struct embedded_run *run, struct report *report)
{
    const struct console_config nowhere = {.where = "none", .terminal_fd = -1, .interrupted = run->interrupted};
    struct log quiet = {.to = stderr, .level = LOG_ERROR};
    struct console *console = console_new(&nowhere);
    struct machine *machine = console ? machine_new_bare(run->config, &run->e->bare, console, &quiet) : NULL;
    bool ok = machine && (!run->prepare || run->prepare(run->self, machine));

    ok = ok && run_to_its_end(run, machine, console) && machine_report(machine, report);
    machine_free(machine);
    console_free(console);
    return ok;
}
