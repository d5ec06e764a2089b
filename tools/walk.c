/* SPDX-License-Identifier: Apache-2.0 */
/* p9sim walk: one translation explained, in a machine that has run to a point, or in tables that a test has made. */
#include <inttypes.h>
#include <stdio.h>

#include "base/power.h"
#include "core/state/context.h"
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
 * A machine that never runs: its storage holds the files, its registers are those of the options.
 */

static bool parse_register(const char *option, const char *text, u64 *value)
{
    return !text || cli_number(option, text, value);
}

struct registers {
    u64 msr, lpcr, ptcr, lpid, pid;
};

static bool parse_registers(const struct options *o, struct registers *r)
{
    *r = (struct registers){.msr = MSR_SF | MSR_IR | MSR_DR};
    if (!parse_register("msr", o->msr, &r->msr) || !parse_register("lpcr", o->lpcr, &r->lpcr) ||
        !parse_register("ptcr", o->ptcr, &r->ptcr) || !parse_register("lpid", o->lpid, &r->lpid) ||
        !parse_register("pid", o->pid, &r->pid))
        return false;
    if (r->lpid > 0xfff) return p9_error("--lpid: 0x%" PRIx64 " has more than 12 bits", r->lpid);
    if (r->pid > 0xfffff) return p9_error("--pid: 0x%" PRIx64 " has more than 20 bits", r->pid);
    return true;
}

/* "FILE@ADDR"; the path is written into path. */
static bool open_piece(const char *spec, u64 most, char path[4096], struct image *image, struct machine_segment *to)
{
    const char *at = strrchr(spec, '@');
    u64 ra;

    if (!at || at == spec || (size_t)(at - spec) >= 4096) return p9_error("--ram %.100s: write FILE@ADDR", spec);
    snprintf(path, 4096, "%.*s", (int)(at - spec), spec);
    if (!cli_number("ram", at + 1, &ra) || !image_open(image, path, IMAGE_UNPACK, most)) return false;
    *to = (struct machine_segment){.blob = {path, image->bytes, image->size}, .ra = ra, .memory_size = image->size};
    return true;
}

/* The address of the instruction is not among the options; where a fetch is refused it is the one that was fetched. */
static void set_registers(struct thread *t, const struct registers *r, struct xlate_req req)
{
    t->nia = req.access == ACCESS_FETCH ? req.ea : 0;
    t->spr.LPCR = r->lpcr;
    t->spr.PTCR = r->ptcr;
    t->spr.LPIDR = r->lpid;
    t->spr.PIDR = r->pid;
    thread_set_msr(t, r->msr);
    thread_context_changed(t);
}

static enum exit_status explain_pieces(const struct options *o, const struct machine_segment *pieces, unsigned count,
                                       struct xlate_req req)
{
    struct machine_bare bare = {.segments = pieces, .segment_count = count, .state = BARE_HYPERVISOR};
    struct log log = {.to = stderr, .level = LOG_ERROR};
    struct console *console = NULL;
    struct machine *machine = NULL;
    struct registers registers;
    bool ok = parse_registers(o, &registers);

    if (ok) console = console_new(&(struct console_config){.where = "none", .terminal_fd = -1});
    if (console) machine = machine_new_bare(&o->config, &bare, console, &log);
    if (machine) {
        set_registers(machine_thread(machine, 0), &registers, req);
        ok = explain_access(o, machine_thread(machine, 0), req);
        if (ok && req.access != ACCESS_FETCH && machine_thread(machine, 0)->fault.row)
            puts("  (SRR0 or HSRR0 is the address of the instruction, which --ram does not know: taken as 0)");
    }
    machine_free(machine);
    if (console) console_free(console);
    return ok && machine ? EXIT_FINE : EXIT_BAD_INPUT;
}

static enum exit_status explain_files(const struct options *o, struct xlate_req req)
{
    static char path[LIST_MAX][4096];
    struct image image[LIST_MAX] = {{0}};
    struct machine_segment piece[LIST_MAX];
    enum exit_status status = EXIT_BAD_INPUT;
    bool ok = true;

    for (unsigned k = 0; k < o->ram.count && ok; k++)
        ok = open_piece(o->ram.item[k], o->config.mem, path[k], &image[k], &piece[k]);
    if (ok) status = explain_pieces(o, piece, o->ram.count, req);
    for (unsigned k = 0; k < o->ram.count; k++) image_close(&image[k]);
    return status;
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
        return p9_error("walk: --at is missing: when (see `p9sim help when`)?"), EXIT_BAD_INPUT;
    if (session_open(&session, o)) machine = make_machine(o, &session, &program, &firmware);
    if (machine && session_symbols(&session, o->words.count ? &program.image : &firmware.kernel) &&
        (!o->at || session_stop_at(&session, machine, "--at", o->at, NULL))) {
        status = session_run(&session, machine);
        if (status == EXIT_LIMIT) status = EXIT_FINE; /* that is what was asked for */
        if (o->at && !machine_reached(machine, 0)) printf("(the run ended before --at %s)\n", o->at);
        if (!explain_access(o, machine_standing(machine), req)) status = EXIT_BAD_INPUT;
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
    {"at", "WHEN", NULL, KIND_TEXT, AT(at), NULL, "run the machine to this moment first (`p9sim help when`)"},
    {"ram", "FILE@ADDR", NULL, KIND_LIST | OF_FILE, AT(ram), NULL,
     "a machine that never ran: main storage out of files, registers out of the options below"},
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
    .arguments = "--ea ADDR (--at WHEN [FILE] | --ram FILE@ADDR...) [options]",
    .summary = "Explain one translation, step by step: every table entry, the rights, the result.",
    .details = "With FILE the machine is that bare program, without it firmware and kernel as for `run`.\n",
    .tables = tables,
    .words_most = 1,
    .run = run,
};
