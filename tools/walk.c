/* SPDX-License-Identifier: Apache-2.0 */
/* p9sim walk: one translation explained, in a machine that has run to a point, or in tables that a test has made. */
#include <inttypes.h>
#include <stdio.h>

#include "bus/bus.h"
#include "core/state/msr.h"
#include "mmu/explain.h"
#include "mmu/mmu.h"
#include "tools/explain.h"
#include "tools/session.h"

static bool parse_access(const char *text, enum access *access)
{
    static const char *const names[] = {"fetch", "load", "store"};

    for (unsigned k = 0; k < ARRAY_SIZE(names); k++) {
        *access = (enum access)k;
        if (!strcmp(text, names[k])) return true;
    }
    return p9_error("--access %.40s: give load, store or fetch", text);
}

static bool parse_request(const struct options *o, struct xlate_req *req)
{
    *req = (struct xlate_req){.access = ACCESS_LOAD, .size = 1};
    if (!o->ea) return p9_error("walk: --ea is missing: which effective address?");
    return cli_number("ea", o->ea, &req->ea) && (!o->access || parse_access(o->access, &req->access));
}

/* ---- tables from files ---------------------------------------------------------------------------------------------
 */

static bool parse_register(const char *option, const char *text, u64 *value)
{
    return !text || cli_number(option, text, value);
}

static bool parse_context(const struct options *o, struct xlate_ctx *ctx)
{
    u64 lpid = 0, pid = 0;

    ctx->msr = MSR_SF | MSR_IR | MSR_DR;
    ctx->lpcr = ctx->ptcr = 0;
    if (!parse_register("msr", o->msr, &ctx->msr) || !parse_register("lpcr", o->lpcr, &ctx->lpcr) ||
        !parse_register("ptcr", o->ptcr, &ctx->ptcr) || !parse_register("lpid", o->lpid, &lpid) ||
        !parse_register("pid", o->pid, &pid))
        return false;
    if (lpid > 0xfff) return p9_error("--lpid: 0x%" PRIx64 " has more than 12 bits", lpid);
    if (pid > 0xfffff) return p9_error("--pid: 0x%" PRIx64 " has more than 20 bits", pid);
    ctx->lpid = (u32)lpid;
    ctx->pid = (u32)pid;
    return true;
}

/* "FILE@ADDR" into main storage. */
static bool load_piece(struct ram *ram, const char *spec)
{
    const char *at = strrchr(spec, '@');
    char path[4096];
    struct image image;
    u64 ra;
    bool ok;

    if (!at || at == spec || (size_t)(at - spec) >= sizeof path) return p9_error("--ram %.100s: write FILE@ADDR", spec);
    snprintf(path, sizeof path, "%.*s", (int)(at - spec), spec);
    if (!cli_number("ram", at + 1, &ra) || !image_open(&image, path, IMAGE_UNPACK, ram->size_bytes)) return false;
    ok = ram_store(ram, ra, image.bytes, image.size) ||
         p9_error("--ram %.100s: does not fit into %" PRIu64 " MiB of memory", spec, ram->size_bytes >> 20);
    image_close(&image);
    return ok;
}

static enum exit_status explain_files(const struct options *o, struct xlate_req req)
{
    struct slb no_slb = {0};
    struct xlate_ctx ctx = {.slb = &no_slb};
    struct ram ram;
    struct bus bus = {.ram = &ram};
    bool ok = true;

    if (!parse_context(o, &ctx) || !ram_open(&ram, o->config.mem)) return EXIT_BAD_INPUT;
    for (unsigned k = 0; k < o->ram.count && ok; k++) ok = load_piece(&ram, o->ram.item[k]);
    ctx.bus = &bus;
    if (ok) mmu_explain(stdout, &ctx, req, NULL);
    ram_close(&ram);
    return ok ? EXIT_FINE : EXIT_BAD_INPUT;
}

/* ---- a machine -----------------------------------------------------------------------------------------------------
 */

static struct machine *make_machine(const struct options *o, struct session *s, struct program *p, struct firmware *f)
{
    if (o->words.count)
        return session_program(p, o, o->words.item[0]) ? machine_new_bare(&o->config, &p->bare, s->console, &s->log)
                                                       : NULL;
    return session_firmware(f, o) ? machine_new_powernv(&o->config, &f->what, s->console, &s->log) : NULL;
}

static enum exit_status explain_machine(struct options *o, struct xlate_req req)
{
    struct program program = {0};
    struct firmware firmware = {0};
    struct session session;
    struct machine *machine = NULL;
    enum exit_status status = EXIT_BAD_INPUT;

    if (!o->at && !o->config.max_insns)
        return p9_error("walk: --at is missing: after how many instructions?"), EXIT_BAD_INPUT;
    if (o->at && !config_set(&o->config, "max_insns", o->at, "--at")) return EXIT_BAD_INPUT;
    if (session_open(&session, o) && session_symbols(&session, NULL))
        machine = make_machine(o, &session, &program, &firmware);
    if (machine) {
        status = session_run(&session, machine);
        if (status == EXIT_LIMIT) status = EXIT_FINE; /* that is what was asked for */
        if (!explain_access(o, machine_thread(machine, 0), req)) status = EXIT_BAD_INPUT;
    }
    machine_free(machine);
    session_close(&session);
    session_program_close(&program);
    session_firmware_close(&firmware);
    return status;
}

static int run(struct options *options)
{
    struct xlate_req req;

    if (!options->console) options->console = "none";
    if (!parse_request(options, &req) || !explain_options_are_good(options)) return EXIT_BAD_INPUT;
    return options->ram.count ? explain_files(options, req) : explain_machine(options, req);
}

#define AT(field) offsetof(struct options, field)
static const struct cli_row rows[] = {
    {"ea", "ADDR", NULL, KIND_TEXT, AT(ea), NULL, "the effective address"},
    {"access", "KIND", NULL, KIND_TEXT, AT(access), NULL, "load (default), store or fetch"},
    {"assume-leaf", "[SCOPE=]SIZE", NULL, KIND_LIST, AT(assume_leaf), NULL,
     "also price it with leaves of 4K, 64K, 2M or 1G; SCOPE: process (default) or partition"},
    {"at", "N", NULL, KIND_TEXT, AT(at), NULL, "run the machine for N instructions first"},
    {"ram", "FILE@ADDR", NULL, KIND_LIST, AT(ram), NULL,
     "no machine: main storage out of files, registers out of the options below"},
    {"ptcr", "VALUE", NULL, KIND_TEXT, AT(ptcr), NULL, "Partition Table Control Register"},
    {"lpcr", "VALUE", NULL, KIND_TEXT, AT(lpcr), NULL, "Logical Partitioning Control Register"},
    {"msr", "VALUE", NULL, KIND_TEXT, AT(msr), NULL, "Machine State Register (default: SF, IR, DR)"},
    {"lpid", "N", NULL, KIND_TEXT, AT(lpid), NULL, "Logical Partition Identification Register"},
    {"pid", "N", NULL, KIND_TEXT, AT(pid), NULL, "Process Identification Register"},
    {.name = NULL},
};
static const struct cli_row *const tables[] = {rows, cli_firmware_rows, cli_machine_rows, cli_run_rows, NULL};

const struct command command_walk = {
    .name = "walk",
    .arguments = "--ea ADDR (--at N [FILE] | --ram FILE@ADDR...) [options]",
    .summary = "Explain one translation, step by step: every table entry, the rights, the result.",
    .details = "With FILE the machine is that bare program, without it firmware and kernel as for `run`.\n",
    .tables = tables,
    .words_most = 1,
    .run = run,
};
