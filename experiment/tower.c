/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What to boot, and what the guests say of themselves while it runs; see tower.h.  The lines are those of
 * tools/initramfs/init and tools/nestbench.  They may stand behind other text, because levels share one console.
 */
#include "experiment/tower.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "experiment/workload.h"
#include "machine/console.h"
#include "machine/machine_report.h"

enum { MIB_SHIFT = 20, STEP_MIB = 256, LEAST_MIB = 256, BENCH_MIB = 1024, WORKLOAD_MAX = 40 };

/* ---- memory --------------------------------------------------------------------------------------------------------
 * The init of each level gives three quarters of what is free to the next one, in whole steps of 256 MiB; a level that
 * would get less is not started.  What is not free was measured on the stock images (MemAvailable at 1, 2, 4, 8 and
 * 16 GiB): 215 MiB of L0, firmware and the guest disk among them, and 160 MiB at most of a guest; each level also pays
 * about a two-hundredth of its memory for its page structures.
 */
static u64 given(u64 mib, unsigned level)
{
    u64 taken = (level ? 160 : 215) + mib / 200;

    return mib > taken ? (mib - taken) * 3 / 4 / STEP_MIB * STEP_MIB : 0;
}

/* Memory of the deepest level. */
static u64 deepest(u64 mib, unsigned depth)
{
    for (unsigned level = 0; level < depth && mib; level++) mib = given(mib, level);
    return mib;
}

static u64 least_for(unsigned depth, u64 wanted, u64 step)
{
    u64 mib = 1024; /* less is not enough for firmware */

    while (deepest(mib, depth) < wanted) mib += step;
    return mib << MIB_SHIFT;
}

u64 tower_memory_bytes(unsigned depth)
{
    return depth ? least_for(depth, BENCH_MIB, 1024) : 2048ULL << MIB_SHIFT;
}

u64 tower_least_memory_bytes(unsigned depth)
{
    return least_for(depth, depth ? LEAST_MIB : 0, STEP_MIB);
}

/* ---- the command line of the kernel ---- */

/* A few of each kind: loads beyond the reach of TLB and ERAT, the kernel, interrupts, KVM, a device of the level below.
 */
static const char *const usual[] = {"chase-16m", "chase-16m-cold", "chase-128m", "chase-128m-thp", "chase-512m",
                                    "btree-64m", "syscall",        "pipe",       "fork",           "mmap",
                                    "mprotect",  "timer",          "dawr",       "rtas",           "mmio"};

static bool is_name(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_");

    return length && !name[length] && length <= WORKLOAD_MAX;
}

static bool only_boots(const struct tower_plan *plan)
{
    return plan->workload_count == 1 && !strcmp(plan->workload[0], "none");
}

static bool check_workloads(const struct tower_plan *plan)
{
    for (unsigned k = 0; k < plan->workload_count; k++) {
        const char *name = plan->workload[k];
        if (!strcmp(name, "none") && plan->workload_count > 1)
            return p9_error("--workload none: stands alone, or not at all");
        if (!is_name(name))
            return p9_error("--workload %.60s: is no name of a measure of nestbench (docs/NESTBENCH.md)", name);
        if (strcmp(name, "none") != 0 && !workload_is_there(name)) return false;
    }
    return true;
}

/* The kernel keeps 2047 characters of its command line. */
bool tower_bootargs(const struct tower_plan *plan, struct emit *out)
{
    const char *const *names = plan->workload_count ? plan->workload : usual;
    unsigned count = plan->workload_count ? plan->workload_count : ARRAY_SIZE(usual);

    if (!check_workloads(plan)) return false;
    if (plan->backing && !tower_backing_of(plan->backing))
        return p9_error("--backing %.60s: guests are backed by base, thp or hugetlbfs", plan->backing);
    if (plan->backing && !plan->depth) return p9_error("--backing: a tower of depth 0 has no guest to back");
    emit_text(out, "console=hvc0 quiet p9.run=nested p9.depth=%u p9.work=", plan->depth);
    emit_text(out, only_boots(plan) ? "poweroff" : "bench");
    for (unsigned k = 0; k < count && !only_boots(plan); k++) emit_text(out, "%s%s", k ? "," : " p9.bench=", names[k]);
    if (plan->backing) emit_text(out, " p9.back=%s", plan->backing);
    if (plan->append) emit_text(out, " %s", plan->append);
    return (!out->failed && out->size < 2048) || p9_error("nested: the kernel's command line would be too long");
}

/* ---- stretches ---- */

static bool levels_now(const struct tower *t, struct region_level now[TOWER_LEVELS])
{
    unsigned count;
    struct region_level *levels = machine_levels(t->machine, &count);

    memset(now, 0, TOWER_LEVELS * sizeof *now);
    for (unsigned k = 0; levels && k < count && k < TOWER_LEVELS; k++) now[k] = levels[k];
    free(levels);
    return levels;
}

/* The stretch that has run up to here ends, another one begins. */
void tower_turn(struct tower *t, enum tower_kind kind, unsigned level)
{
    struct region_level now[TOWER_LEVELS];
    struct tower_stretch *s = &t->result.stretch[t->result.stretch_count];

    if (t->result.stretch_count == TOWER_STRETCHES || !levels_now(t, now)) return; /* it goes on as it was */
    *s = (struct tower_stretch){t->kind, t->level, t->begun, machine_cycles(t->machine), {{0}}};
    for (unsigned k = 0; k < TOWER_LEVELS; k++) {
        s->level[k] = now[k].counters;
        counters_subtract(&s->level[k], &t->before[k].counters);
        t->before[k] = now[k];
    }
    t->result.stretch_count++;
    t->begun = s->end;
    t->kind = kind;
    t->level = level;
}

/* ---- what levels say of themselves ---- */

/* The first failure is the cause of those that follow. */
static void fail(struct tower *t, enum tower_end how, const char *fmt, ...) printf_like(3, 4);
static void fail(struct tower *t, enum tower_end how, const char *fmt, ...)
{
    va_list arguments;

    if (t->failed) return;
    t->failed = true;
    t->failure = how;
    va_start(arguments, fmt);
    vsnprintf(t->result.verdict, sizeof t->result.verdict, fmt, arguments);
    va_end(arguments);
}

/* The last panic there was: as the guest told it, or else as it was printed; "": none. */
static void last_panic(const struct tower *t, char *out, size_t size)
{
    unsigned count;
    const struct report_panic *panic = machine_guest_panics(t->machine, &count);

    if (count) report_panic_tell(&panic[count - 1], out, size);
    else snprintf(out, size, "%s", t->panic);
}

static void hear_failure(struct tower *t, unsigned level, const char *why)
{
    char panic[REPORT_PANIC_TEXT + 32];
    bool memory = strstr(why, "not enough memory") != NULL;

    last_panic(t, panic, sizeof panic);
    fail(t, memory ? TOWER_WANTS_MEMORY : TOWER_DIED, "level %u %s: %.110s%s%.110s", level,
         memory                         ? "cannot be started"
         : t->result.level[level].is_up ? "failed"
                                        : "failed before it was up",
         why, *panic ? "; " : "", panic);
}

/* "level 1 " is behind us. */
static void hear_level(struct tower *t, unsigned level, const char *what)
{
    unsigned other, mib;
    char backing[16] = "";
    int status;

    if (!strcmp(what, "up")) {
        if (t->result.level[level].is_up) return; /* once is enough: a guest may print what it likes */
        t->result.level[level].is_up = true;
        tower_turn(t, TOWER_WORK, level);
    } else if (sscanf(what, "starts level %u with %u MiB in pages of %15[a-z]", &other, &mib, backing) >= 2 &&
               other == level + 1 && other <= t->result.depth) {
        t->result.level[other].memory_mib = mib;
        t->result.level[other].backing = tower_backing_of(backing);
        tower_turn(t, TOWER_BOOT, other);
    } else if (sscanf(what, "saw level %u end (status %d)", &other, &status) == 2 && other == level + 1 &&
               other <= t->result.depth && !t->ended[other]) {
        t->ended[other] = true;
        tower_turn(t, TOWER_END, level);
    } else if (!strncmp(what, "failed: ", 8)) {
        hear_failure(t, level, what + 8);
    }
}

/* ---- what nestbench says ---- */

static struct tower_measure *measure_of(struct tower *t, const char *name)
{
    struct tower_measure *m = t->result.measure;

    for (unsigned k = 0; k < t->result.measure_count; k++, m++)
        if (!strcmp(m->name, name)) return m;
    if (t->result.measure_count == TOWER_MEASURES) return NULL;
    t->result.measure_count++;
    snprintf(m->name, sizeof m->name, "%s", name);
    return m;
}

/* What the line of a measure says of its storage. */
static void hear_storage(struct tower_cell *c, const char *what)
{
    const char *footprint = strstr(what, " footprint_kib="), *huge = strstr(what, " huge_kib=");

    if (footprint) (void)!sscanf(footprint, " footprint_kib=%" SCNu64, &c->footprint_kib);
    c->tells_huge = huge && sscanf(huge, " huge_kib=%" SCNu64, &c->huge_kib) == 1;
}

/* "nestbench: " is behind us. */
static void hear_bench(struct tower *t, const char *what)
{
    char name[TOWER_NAME], why[80];
    u64 ops, ticks;
    unsigned level;
    int at = 0;
    struct tower_measure *m;

    if (sscanf(what, "no such measure: %47s", name) == 1) {
        fail(t, TOWER_BAD_WORKLOAD, "--workload %s: nestbench has no such measure (docs/NESTBENCH.md)", name);
        console_stop(t->console, "a workload is unknown");
        return;
    }
    if (sscanf(what, "level=%u measure=%47[a-z0-9_-] %n", &level, name, &at) != 2 || !at || level > t->result.depth ||
        !(m = measure_of(t, name)))
        return;
    if (sscanf(what + at, "ops=%" SCNu64 " ticks=%" SCNu64, &ops, &ticks) == 2 && ops) {
        if (m->cell[level].ops) return;
        m->cell[level].ops = ops;
        m->cell[level].ticks = ticks;
        hear_storage(&m->cell[level], what + at);
    } else if (sscanf(what + at, "skipped=\"%79[^\"]\"", why) == 1) {
        snprintf(m->cell[level].skipped, sizeof m->cell[level].skipped, "%s", why);
    }
}

static void hear(void *self, const char *line)
{
    struct tower *t = self;
    const char *at = strstr(line, "p9sim: level "), *bench = strstr(line, "nestbench: ");
    unsigned level;
    int used = 0;

    if (at && sscanf(at, "p9sim: level %u %n", &level, &used) == 1 && used && level <= t->result.depth)
        hear_level(t, level, at + used);
    else if (bench) hear_bench(t, bench + strlen("nestbench: "));
    else if ((at = strstr(line, "Kernel panic - not syncing: "))) snprintf(t->panic, sizeof t->panic, "%s", at);
}

void tower_watch(struct tower *t, const struct tower_plan *plan, struct machine *m, struct console *console)
{
    *t = (struct tower){.result.depth = plan->depth, .machine = m, .console = console};
    console_listen(console, hear, t);
}

void tower_where(const struct tower *t, char *out, size_t size)
{
    static const char *const doing[TOWER_KINDS] = {"comes up", "works", "ends"};

    snprintf(out, size, "level %u %s", t->level, doing[t->kind]);
}
