/* SPDX-License-Identifier: Apache-2.0 */
/* p9sim bare: a program without firmware or devices, for tests and small experiments. */
#include <inttypes.h>
#include <stdio.h>

#include "tools/session.h"

static void dump_registers(const struct thread *t)
{
    u64 xer =
        t->xer_rest | (u64)t->so << 31 | (u64)t->ov << 30 | (u64)t->ca << 29 | (u64)t->ov32 << 19 | (u64)t->ca32 << 18;
    u32 cr = 0;

    for (unsigned k = 0; k < 8; k++) cr = cr << 4 | t->cr[k];
    printf("nia   %016" PRIx64 "\nmsr   %016" PRIx64 "\ncr    %08" PRIx32 "\n", t->nia, t->msr, cr);
    printf("lr    %016" PRIx64 "\nctr   %016" PRIx64 "\nxer   %016" PRIx64 "\nfpscr %016" PRIx64 "\nvscr  %08" PRIx32
           "\n",
           t->lr, t->ctr, xer, t->fpscr, t->vscr);
    for (unsigned k = 0; k < 32; k++) printf("r%-4u %016" PRIx64 "\n", k, t->gpr[k]);
    for (unsigned k = 0; k < 64; k++)
        printf("vs%-3u %016" PRIx64 "%016" PRIx64 "\n", k, VSR_D(t->vsr[k], 0), VSR_D(t->vsr[k], 1));
}

static int run(struct options *options)
{
    struct program program = {0};
    struct session session;
    struct machine *machine = NULL;
    enum exit_status status = EXIT_BAD_INPUT;

    if (!options->console) options->console = "stdio";
    if (session_program(&program, options, options->words.item[0])) {
        if (session_open(&session, options) && session_symbols(&session, &program.image))
            machine = machine_new_bare(&options->config, &program.bare, session.console, &session.log);
        if (machine) status = session_run(&session, machine);
        if (machine && options->dump_regs) dump_registers(machine_thread(machine, 0));
        machine_free(machine);
        session_close(&session);
    }
    session_program_close(&program);
    return status;
}

#define AT(field) offsetof(struct options, field)
static const struct cli_row rows[] = {
    {"entry", "ADDR", NULL, KIND_TEXT, AT(entry), NULL, "where to start (default: the file's entry, or where it lies)"},
    {"load", "ADDR", NULL, KIND_TEXT, AT(load), NULL, "real address of a flat file (default 0)"},
    {"le", NULL, NULL, KIND_FLAG, AT(le), NULL, "start in little-endian mode (default: as the ELF file says)"},
    {"be", NULL, NULL, KIND_FLAG, AT(be), NULL, "start in big-endian mode"},
    {"state", "STATE", NULL, KIND_TEXT, AT(state), NULL, "user, os, hypervisor (default) or ultravisor"},
    {"dump-regs", NULL, NULL, KIND_FLAG | OF_HOST, AT(dump_regs), NULL, "print the registers at the end, one a line"},
    {.name = NULL},
};
static const struct cli_row *const tables[] = {rows, cli_machine_rows, cli_run_rows, NULL};

const struct command command_bare = {
    .name = "bare",
    .arguments = "FILE [options]",
    .summary = "Run a bare-metal ELF or flat image: main storage, threads, translation, no devices.",
    .details =
        "The program talks through the callthru word 0x000eaeb0 (r3 = 0 writes r5 bytes at r4, 31 exits with r4).\n"
        "Results are written only with --out.\n",
    .tables = tables,
    .words_least = 1,
    .words_most = 1,
    .run = run,
};
