/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frame of nestbench: which measures, the regions told to the simulator, the time, a line for each measure.
 *
 *     nestbench: level=1 measure=chase-16m ops=131072 ticks=81920 ns_per_op=1.2 footprint_kib=16384
 *     nestbench: level=0 measure=mmio skipped="no hypervisor above"
 *
 * A region is told through the callthru word (docs/RESULTS.md), with 0x4e42 ("NB"), the level and the measure's number
 * as its tag, and a name of these.  On a machine that does not know the word it is an illegal instruction: then
 * without.
 */
#define _GNU_SOURCE
#include "nestbench.h"

#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "p9guest.h"

enum { MAX_CHOSEN = 64, MAX_LEVEL = 255, MAX_SCALE = 100000 };
#define TAG 0x4e42000000000000u
#define TIMEBASE_HZ 512000000u /* Power ISA leaves it open; every POWER9 has this one */

struct options {
    unsigned level;
    uint64_t scale; /* percent */
    bool is_list, no_marks;
    unsigned chosen_count;
    const char *chosen[MAX_CHOSEN];
};

static const struct measure *const tables[] = {memory_measures, program_measures, kernel_measures, wake_measures,
                                               device_measures};
#define EACH_MEASURE(m)                                                                                                \
    for (size_t each_ = 0; each_ < sizeof tables / sizeof *tables; each_++)                                            \
        for (const struct measure *m = tables[each_]; m->name; m++)

_Noreturn void die(const char *what)
{
    fflush(stdout);
    fprintf(stderr, "nestbench: %s\n", what);
    exit(1);
}

bool cannot(struct run *run, const char *why)
{
    run->why = why;
    return false;
}

void run_on(int cpu)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (sched_setaffinity(0, sizeof set, &set)) die("cannot bind a thread to its CPU");
}

/* ---- the simulator ---- */

static sigjmp_buf no_simulator;

static void on_illegal(int signal)
{
    (void)signal;
    siglongjmp(no_simulator, 1);
}

static bool simulator_listens(void)
{
    struct sigaction action = {.sa_handler = on_illegal}, before;
    bool listens = false;

    sigaction(SIGILL, &action, &before);
    if (!sigsetjmp(no_simulator, 1)) {
        p9_time();
        listens = true;
    }
    sigaction(SIGILL, &before, NULL);
    return listens;
}

/* ---- one measure ---- */

/* Timebase ticks for so many operations. The clock is read inside the region, so the region is the longer of the two,
 * by the few instructions between. */
static uint64_t timed(struct run *run, uint64_t ops, uint64_t tag, bool marks)
{
    uint64_t before, ticks;

    if (marks) p9_region_begin(tag);
    before = __builtin_ppc_get_timebase();
    run->measure->work(run, ops);
    ticks = __builtin_ppc_get_timebase() - before;
    if (marks) p9_region_end(tag);
    return ticks;
}

static void name_region(const struct run *run, uint64_t tag)
{
    char name[64];
    int length = snprintf(name, sizeof name, "level%u.%s", run->level, run->measure->name);

    p9_region_name(tag, name, (unsigned long)length);
}

/* Each line has left this level before the next measure begins: printing is no part of it. */
static void flush(void)
{
    fflush(stdout);
    tcdrain(STDOUT_FILENO);
}

static bool measure(struct run *run, const struct options *o, bool marks)
{
    const struct measure *m = run->measure;
    uint64_t ops = m->ops * o->scale / 100, warm_up = m->warm_up * o->scale / 100;
    uint64_t tag = TAG | (uint64_t)o->level << 32 | m->number, ticks, tenths;

    if (!m->footprint) arena_drop(run);
    run->why = NULL;
    run->most = 0;
    if (m->open && !m->open(run)) {
        printf("nestbench: level=%u measure=%s skipped=\"%s\"\n", o->level, m->name, run->why);
        flush();
        return false;
    }
    if (run->most && ops > run->most) ops = run->most;
    if (!ops) ops = 1;
    if (marks) name_region(run, tag);
    m->work(run, warm_up ? warm_up : 1);
    if (m->is_cold) forget_translations(run);
    ticks = timed(run, ops, tag, marks);
    tenths = (uint64_t)((unsigned __int128)ticks * 10000000000u / TIMEBASE_HZ / ops);
    printf("nestbench: level=%u measure=%s ops=%llu ticks=%llu ns_per_op=%llu.%llu", o->level, m->name,
           (unsigned long long)ops, (unsigned long long)ticks, (unsigned long long)(tenths / 10),
           (unsigned long long)(tenths % 10));
    if (m->footprint) printf(" footprint_kib=%zu", m->footprint / KIB);
    if (m->footprint && m->is_huge) printf(" huge_kib=%lu", arena_huge_kib(run));
    printf("\n");
    if (m->close) m->close(run);
    flush();
    return true;
}

/* ---- what there is to run on ---- */

static size_t huge_page_size(void)
{
    FILE *f = fopen("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", "r");
    unsigned long size = 0;

    if (f && fscanf(f, "%lu", &size) != 1) size = 0;
    if (f) fclose(f);
    return size & (size - 1) ? 0 : size;
}

static void find_cpus(struct run *run)
{
    cpu_set_t set;

    if (sched_getaffinity(0, sizeof set, &set)) die("cannot see its CPUs");
    run->cpu_count = (unsigned)CPU_COUNT(&set);
    for (int cpu = 0, found = 0; cpu < CPU_SETSIZE && found < 2; cpu++)
        if (CPU_ISSET(cpu, &set)) run->cpu[found++] = cpu;
    run_on(run->cpu[0]);
}

static bool answers_to(const struct measure *m, const char *word)
{
    return !strcmp(m->name, word) || (m->set && !strcmp(m->set, word));
}

static bool is_chosen(const struct options *o, const struct measure *m)
{
    for (unsigned k = 0; k < o->chosen_count; k++)
        if (answers_to(m, o->chosen[k])) return true;
    return !o->chosen_count && !m->on_request;
}

static int run_measures(const struct options *o)
{
    struct run run = {.level = o->level, .page_size = (size_t)sysconf(_SC_PAGESIZE), .huge_size = huge_page_size()};
    bool marks = !o->no_marks && simulator_listens();
    unsigned made = 0, skipped = 0;

    find_cpus(&run);
    printf("nestbench: level=%u cpus=%u page=%zu huge=%zu marks=%s scale=%llu\n", o->level, run.cpu_count,
           run.page_size, run.huge_size, marks ? "yes" : "no", (unsigned long long)o->scale);
    flush();
    EACH_MEASURE(m) {
        if (!is_chosen(o, m)) continue;
        run.measure = m;
        if (measure(&run, o, marks)) made++;
        else skipped++;
    }
    printf("nestbench: level=%u made=%u skipped=%u\n", o->level, made, skipped);
    flush();
    return 0;
}

/* ---- arguments ---- */

static int list(void)
{
    EACH_MEASURE(m) {
        printf("%-20s %3u %8llu x %s", m->name, m->number, (unsigned long long)m->ops, m->operation);
        if (m->set) printf(m->on_request ? " [%s only]" : " [%s]", m->set);
        printf("\n");
    }
    return 0;
}

static _Noreturn void usage(const char *what, const char *word)
{
    fprintf(stderr,
            "nestbench: %s%s\n"
            "usage: nestbench [--level N] [--scale PERCENT] [--no-marks] [--list] [MEASURE|SET...]\n",
            what, word);
    exit(2);
}

static uint64_t number(const char *option, const char *text, uint64_t from, uint64_t to)
{
    char *end;
    unsigned long long value = text ? strtoull(text, &end, 10) : 0;

    if (!text || text[0] < '0' || text[0] > '9' || *end || value < from || value > to)
        usage("not a number for ", option);
    return value;
}

static bool is_measure(const char *name)
{
    EACH_MEASURE(m)
        if (answers_to(m, name)) return true;
    return false;
}

int main(int argc, char **argv)
{
    struct options o = {.scale = 100};

    if (argc == 2 && !strcmp(argv[1], "--nothing")) return 0; /* what the measure `exec` starts */
    for (int k = 1; k < argc; k++) {
        if (!strcmp(argv[k], "--list")) o.is_list = true;
        else if (!strcmp(argv[k], "--no-marks")) o.no_marks = true;
        else if (!strcmp(argv[k], "--level")) o.level = (unsigned)number("--level", argv[++k], 0, MAX_LEVEL);
        else if (!strcmp(argv[k], "--scale")) o.scale = number("--scale", argv[++k], 1, MAX_SCALE);
        else if (argv[k][0] == '-') usage("unknown option ", argv[k]);
        else if (!is_measure(argv[k])) usage("no such measure: ", argv[k]);
        else if (o.chosen_count < MAX_CHOSEN) o.chosen[o.chosen_count++] = argv[k];
        else usage("too many measures", "");
    }
    return o.is_list ? list() : run_measures(&o);
}
