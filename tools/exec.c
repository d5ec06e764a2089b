/* SPDX-License-Identifier: Apache-2.0 */
/* p9sim exec: a program of Linux on POWER, run and measured at a level of a tower; see experiment/exec.h. */
#include "experiment/exec.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "experiment/tower.h"
#include "tools/exec_cargo.h"
#include "tools/session.h"
#include "tools/replay.h"

struct job {
    struct exec exec;
    struct cargo cargo;
    struct emit bootargs;
    struct firmware firmware;
};

/* ---- what session.c asks ---- */

static void judge(void *self, enum machine_end end, char *text, size_t size, enum exit_status *status)
{
    struct job *job = self;
    char said[512];

    snprintf(said, sizeof said, "%s", text);
    switch (exec_judge(&job->exec, end, said, text, size)) {
    case EXEC_FINE: *status = EXIT_FINE; break;
    case EXEC_FAILED: *status = EXIT_GUEST_DIED; break;
    case EXEC_UNFINISHED: *status = end == MACHINE_LIMIT ? EXIT_LIMIT : EXIT_GUEST_DIED; break;
    }
}

static bool written(void *self, const struct report *report, const struct results *to)
{
    const struct job *job = self;
    struct emit table = {0};
    bool ok;

    exec_table(&job->exec, report, &table);
    ok = !table.size || results_save(to, RESULT_EXEC_TXT, &table);
    if (ok && table.bytes) printf("\n%s", table.bytes);
    fflush(stdout);
    emit_free(&table);
    return ok;
}

static void where(void *self, char *out, size_t size)
{
    const struct job *job = self;

    if (job->exec.stage == EXEC_BOOTS) snprintf(out, size, "on the way to level %u", job->exec.level);
    else snprintf(out, size, "%.40s runs", job->exec.program);
}

/* ---- what to boot ---- */

static bool plan_level(struct options *o, unsigned *level)
{
    u64 number = 0, least;

    if (o->level && !cli_number("level", o->level, &number)) return false;
    if (number > TOWER_DEPTH_MAX)
        return p9_error("--level %.20s: levels can be 0 (the host) to %d", o->level, TOWER_DEPTH_MAX);
    *level = (unsigned)number;
    if (!o->mem_given && o->config.mem == option_find("mem")->fallback && *level)
        o->config.mem = tower_memory_bytes(*level);
    least = *level ? tower_least_memory_bytes(*level) : 0;
    return o->config.mem >= least ||
           p9_error("exec: --mem %" PRIu64 "M carries no level %u, which wants %" PRIu64 "M at least",
                    o->config.mem >> 20, *level, least >> 20);
}

/* The first program of the last level is the cargo's; those above it start guests, as long as it takes. */
static bool plan_boot(struct job *job, struct options *o)
{
    emit_text(&job->bootargs, "console=hvc0 quiet");
    if (job->exec.level) emit_text(&job->bootargs, " p9.run=nested p9.depth=%u p9.limit=0", job->exec.level);
    if (o->append) emit_text(&job->bootargs, " %s", o->append);
    if (job->bootargs.failed) return p9_error("exec: the host has no memory");
    o->append = job->bootargs.bytes;
    o->boots_linux = true;
    o->tower = job->exec.level > 0;
    return true;
}

static bool load(struct job *job, const struct options *o)
{
    struct archive all = {.name = "exec", .max_bytes = o->config.mem};

    if (!session_firmware(&job->firmware, o)) return false;
    if (!job->firmware.initrd.size)
        return p9_error("exec: with --kernel the images' ramdisk is to be named too: --initrd");
    if (!archive_append(&all, job->firmware.initrd.bytes, job->firmware.initrd.size) ||
        !archive_append(&all, job->cargo.archive.bytes, job->cargo.archive.size)) {
        archive_close(&all);
        return false;
    }
    image_close(&job->firmware.initrd);
    job->firmware.initrd.bytes = all.bytes;
    job->firmware.initrd.size = all.size;
    job->firmware.what.initrd = (struct machine_blob){"initrd", all.bytes, all.size};
    return true;
}

static bool wants_symbols(const struct options *o)
{
    return o->out || o->folded || o->konata;
}

static enum exit_status run_machine(struct job *job, struct options *o)
{
    struct session_judge how = {judge, NULL, written, where, job};
    enum exit_status status = EXIT_BAD_INPUT;
    struct machine *machine = NULL;
    struct session session = {0};

    o->input = NULL; /* the program's, and so in the ramdisk */
    if (session_open(&session, o) && session_symbols(&session, &job->firmware.kernel))
        machine = machine_new_powernv(&o->config, &job->firmware.what, session.console, &session.log);
    if (machine) {
        job->cargo.symbols = wants_symbols(o) ? &session.symbols : NULL;
        exec_watch(&job->exec, session.console);
        session.judge = &how;
        status = session_run(&session, machine);
    }
    machine_free(machine);
    session_close(&session);
    return status;
}

static bool model_fits(struct options *o)
{
    if (!o->config.callthru) return p9_error("exec: callthru=off leaves no way to mark the program");
    if (o->config.model != MODEL_CORE || o->core_at) return true;
    o->core_at = "regions";
    o->config.walk_twin = 1;
    return true;
}

static int run(struct options *o)
{
    struct job *job = calloc(1, sizeof *job);
    enum exit_status status = EXIT_BAD_INPUT;
    bool own_console = !o->console; /* else the person sees all of the console, and the program's output in it */

    if (!job) p9_error("exec: the host has no memory");
    if (!o->out) o->out = "p9out";
    if (!o->console) o->console = "none";
    if (job) {
        job->exec = (struct exec){/* without its folder: results say the same wherever it lies */
                                  .program = last_part(o->words.item[0]),
                                  .to = own_console ? stdout : NULL,
                                  .mapped = cargo_mapped,
                                  .self = &job->cargo};
        if (replay_note(o) && plan_level(o, &job->exec.level) && model_fits(o) &&
            cargo_open(&job->cargo, o, job->exec.level) && plan_boot(job, o) && load(job, o))
            status = run_machine(job, o);
        session_firmware_close(&job->firmware);
        cargo_close(&job->cargo);
        emit_free(&job->bootargs);
    }
    free(job);
    return status;
}

#define AT(field) offsetof(struct options, field)
static const struct cli_row rows[] = {
    {"level", "N", NULL, KIND_TEXT, AT(level), NULL,
     "where it runs: 0 the host (the default), 1 a guest, 2 a guest of a guest ... up to 8"},
    {"file", "HOST[:GUEST]", NULL, KIND_LIST | OF_FILE, AT(file_list), NULL,
     "a file that the program finds in /tmp, where it starts, or at the path GUEST"},
    {"input", "FILE", NULL, KIND_TEXT | OF_FILE, AT(input), NULL, "the program's standard input (without: empty)"},
    {"sysroot", "DIR", NULL, KIND_LIST | OF_HOST, AT(sysroot), NULL,
     "look for shared libraries in DIR, DIR/lib, DIR/usr/lib/powerpc64le-linux-gnu ... first"},
    {.name = NULL},
};
static const struct cli_row *const tables[] = {rows, cli_firmware_rows, cli_machine_rows, cli_run_rows, NULL};

const struct command command_exec = {
    .name = "exec",
    .arguments = "[options] PROGRAM [ARGUMENTS...]",
    .summary = "Run a Linux program at a level of nesting, and say what it cost.",
    .details =
        "PROGRAM is a program for ppc64le, statically or dynamically linked, or a script (#!/bin/sh). Options stand\n"
        "in front of it. What it prints is printed as it comes (--console stdio: the whole console instead), then\n"
        "what it cost from its first instruction to its end; the results in --out (default p9out) are of that time\n"
        "alone, with the program's symbols and its libraries' known. With --model core the program is timed and the\n"
        "boot in front of it runs as with the model mmu. Images are found as `run` finds them; docs/EXEC.md tells "
        "more.\n"
        "Exit status: 0 the program's status was 0; 3 it was another one, or a signal ended it, or it was not\n"
        "started; 1 bad input, 2 usage, 4 a limit was reached, 128 + n ended by signal n.\n",
    .tables = tables,
    .words_least = 1,
    .words_most = LIST_MAX,
    .starts_a_program = true,
    .run = run,
};
