/* SPDX-License-Identifier: Apache-2.0 */
/* p9sim nested --depth N: a tower of guests on the images of tools/images; see experiment/tower.h. */
#include "experiment/tower.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "machine/checkpoint.h"
#include "tools/nested.h"
#include "tools/session.h"

#define SAVED_NAME "tower" /* in a checkpoint */

static void judge(void *self, enum machine_end end, char *text, size_t size, enum exit_status *status)
{
    static const enum exit_status statuses[] = {[TOWER_FINE] = EXIT_FINE,
                                                [TOWER_WANTS_MEMORY] = EXIT_BAD_INPUT,
                                                [TOWER_BAD_WORKLOAD] = EXIT_BAD_INPUT,
                                                [TOWER_DIED] = EXIT_GUEST_DIED,
                                                [TOWER_LIMIT] = EXIT_LIMIT,
                                                [TOWER_STOPPED] = EXIT_FINE};
    struct tower *tower = self;
    enum tower_end how = tower_judge(tower, end, text);

    *status = statuses[how];
    snprintf(text, size, "nested: %s%s", tower->result.verdict,
             how == TOWER_WANTS_MEMORY ? "; give more with --mem" : "");
}

static void where(void *self, char *out, size_t size)
{
    tower_where(self, out, size);
}

static bool complete(void *self, struct report *report)
{
    tower_complete(self, report);
    return true;
}

static bool written(void *self, const struct report *report, const struct results *to)
{
    struct emit table = {0}, csv = {0}, json = {0}, ranges = {0};
    bool ok;

    (void)self;
    tower_table(report, &table);
    tower_csv(report->tower, &csv);
    tower_json(report, &json);
    tower_uncertainty_csv(report, &ranges);
    ok = results_save(to, RESULT_NESTED_TXT, &table) && results_save(to, RESULT_NESTED_CSV, &csv) &&
         results_save(to, RESULT_NESTED_JSON, &json) &&
         (!report->variant_count || results_save(to, RESULT_NESTED_UNCERTAINTY_CSV, &ranges));
    if (ok && table.bytes) printf("\n%s", table.bytes), fflush(stdout);
    emit_free(&table);
    emit_free(&csv);
    emit_free(&json);
    emit_free(&ranges);
    return ok;
}

/* How deep, and whether the memory can carry it. */
static bool plan_depth(struct options *o, struct tower_plan *plan)
{
    u64 depth, least;

    if (!cli_number("depth", o->depth, &depth)) return false;
    if (depth > TOWER_DEPTH_MAX)
        return p9_error("--depth %.20s: levels below the host can be 0 to %d", o->depth, TOWER_DEPTH_MAX);
    plan->depth = (unsigned)depth;
    if (o->restored) return true;
    if (!o->mem_given && o->config.mem == option_find("mem")->fallback) o->config.mem = tower_memory_bytes(plan->depth);
    least = tower_least_memory_bytes(plan->depth);
    return o->config.mem >= least ||
           p9_error("nested: --mem %" PRIu64
                    "M carries no level %u: each level gives three quarters of what is free to "
                    "the next one, and this depth wants %" PRIu64 "M at least",
                    o->config.mem >> 20, plan->depth, least >> 20);
}

/* What the tower had come to when the machine was saved. */
static bool restore_tower(struct saved_machine *checkpoint, const struct tower_plan *plan, struct tower *tower)
{
    if (!checkpoint) return true;
    return checkpoint_restore_with(checkpoint, SAVED_NAME, &tower_state, tower) &&
           (tower->result.depth == plan->depth ||
            p9_error("--depth %u: the tower that was saved has a depth of %u", plan->depth, tower->result.depth));
}

/* firmware NULL: the machine is restored. */
static enum exit_status run_tower(struct options *o, const struct tower_plan *plan, struct firmware *firmware)
{
    struct tower *tower = calloc(1, sizeof *tower);
    struct session_judge how = {judge, complete, written, where, tower};
    enum exit_status status = EXIT_BAD_INPUT;
    struct machine *machine = NULL;
    struct session session = {0};

    if (!tower) p9_error("nested: the host has no memory");
    else if (session_open(&session, o) && session_symbols(&session, firmware ? &firmware->kernel : NULL))
        machine = firmware ? machine_new_powernv(&o->config, &firmware->what, session.console, &session.log)
                           : machine_new_restored(o->restored, &o->config, session.console, &session.log);
    if (machine) {
        tower_watch(tower, plan, machine, session.console);
        machine_save_with(machine, SAVED_NAME, &tower_state, tower);
        session.judge = &how;
        if (restore_tower(o->restored, plan, tower) && (!o->uncertainty || tower_vary(machine, &o->config)))
            status = session_run(&session, machine);
    }
    machine_free(machine);
    session_close(&session);
    free(tower);
    return status;
}

int nested_tower(struct options *o)
{
    struct tower_plan plan = {
        .workload = o->workload.item, .workload_count = o->workload.count, .backing = o->backing, .append = o->append};
    enum exit_status status = EXIT_BAD_INPUT;
    struct emit bootargs = {0};
    struct firmware firmware;

    if (!plan_depth(o, &plan)) return EXIT_BAD_INPUT;
    if (o->restored && (o->workload.count || o->backing)) {
        p9_error("--%s: a tower that is restored has its own; leave it out", o->backing ? "backing" : "workload");
    } else if (o->restored) {
        status = run_tower(o, &plan, NULL);
    } else if (tower_bootargs(&plan, &bootargs)) {
        o->append = bootargs.bytes;
        o->boots_linux = true;
        o->tower = plan.depth > 0;
        if (session_firmware(&firmware, o)) status = run_tower(o, &plan, &firmware);
        session_firmware_close(&firmware);
    }
    emit_free(&bootargs);
    return status;
}
