/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every unprivileged row against an independent implementation: QEMU in user mode executes the same instruction on the
 * same registers and storage (case.h, harness.c), and whatever differs afterwards fails the test.
 *
 *     isa_qemu [-n cases per row] [-s seed] [-q qemu] [-p processes] [-e le|be] [-x shrinks] HARNESS [row ...]
 *     isa_qemu --rows
 *
 * HARNESS and qemu are names without their ends: -le and -be, le and nothing.  Every case runs in both byte orders
 * unless -e chooses one.  It is also executed through our other ports, so the fast and the traced text are compared
 * with each other.  What is not compared stands in deviations.c and docs/DIVERGENCES.md.  A difference is shrunk to the
 * simplest operands that still show it.  Exit 77 (skipped) if there is no QEMU.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/isa/disasm.h"
#include "tests/isa/compare.h"
#include "tests/isa/deviations.h"
#include "tests/isa/make.h"
#include "tests/isa/ours.h"
#include "tests/isa/runner.h"
#include "tests/isa/shrink.h"

/* What one process found. */
struct totals {
    u64 rows, cases, derived, failures;
};

struct tester {
    struct runner runner;
    unsigned each, processes, shrinks; /* shrinks: so many differences are simplified, each costs a second */
    unsigned orders;                   /* bit 0 big-endian, bit 1 little-endian */
    u64 seed;
    struct stub stub;
    struct totals totals;
    struct isa_case in[CASES_MAX], theirs[CASES_MAX];
};

static bool is_compared(const struct insn_row *r)
{
    return !(r->flags & (PRIVILEGED | HYPERVISOR)) && !qemu_lacks(r);
}

/* Names of the rows that have cases, one per line: docs/ISA.md and its test ask. */
static int print_rows(void)
{
    struct isa *isa = isa_new();

    if (!isa) return 1;
    for (unsigned row = 0; row < isa_row_count(isa); row++)
        if (is_compared(isa_row(isa, row))) puts(isa_row(isa, row)->name);
    isa_free(isa);
    return 0;
}

static void report(struct tester *t, const struct isa_case *in, const struct isa_case *a, const struct isa_case *b,
                   bool le, const char *who)
{
    struct isa_case simple = *in, one = *a, other = *b;

    if (who) {
        printf("%s, %s-endian: ", who, le ? "little" : "big");
        show_difference(t->runner.isa, in, a, b, "ports");
        return;
    }
    if (t->shrinks) t->shrinks--, shrink(&t->runner, &t->stub, le, &simple, &one, &other);
    printf("%s-endian, ours (first) and %s (second): ", le ? "little" : "big", t->runner.qemu);
    show_difference(t->runner.isa, &simple, &one, &other, "QEMU");
}

/* A batch holds the cases of several rows, so that one start of QEMU serves many. */
static void compare_batch(struct tester *t, size_t count, bool le)
{
    unsigned of_row = 0, row = ROW_NONE;
    struct parts parts = {0};

    for (size_t k = 0; k < count; k++) {
        const struct isa_case *in = &t->in[k];
        struct isa_case traced = *in, fast = *in, theirs = t->theirs[k];
        if (in->row != row) {
            if (k) parts_show(&parts, isa_row(t->runner.isa, row)->name);
            parts = (struct parts){0};
            row = in->row, of_row = 0;
        }
        run_ours(&t->stub, t->runner.isa, &traced, (unsigned)k, PORT_traced, le);
        run_ours(&t->stub, t->runner.isa, &fast, (unsigned)k, le ? PORT_fast_le : PORT_fast_be, le);
        if (!same_result(&traced, &fast)) {
            t->totals.failures++;
            if (of_row++ < 2) report(t, in, &traced, &fast, le, "traced port and fast port");
        }
        if (must_be_aligned(t->runner.isa, in, le)) {
            theirs = *in;
            theirs.outcome = CASE_MISALIGNED;
            theirs.at = CASE_CIA(k) - (in->before ? 4 : 0);
            t->totals.derived++;
        }
        if (!agrees(&t->runner, in, &traced, &theirs, le)) {
            t->totals.failures++;
            parts_note(&parts, &traced, &theirs);
            if (of_row++ < 2) report(t, in, &traced, &theirs, le, NULL);
        }
    }
    parts_show(&parts, isa_row(t->runner.isa, row)->name);
    t->totals.cases += count;
}

/* QEMU user mode does not survive an alignment interrupt: what comes out is derived from the book. */
static void run_batch(struct tester *t, size_t count)
{
    enum { NO_OPERATION = 0x60000000 };
    const struct isa *isa = t->runner.isa;

    for (unsigned le = 0; le < 2; le++) {
        if (!(t->orders >> le & 1)) continue;
        memcpy(t->theirs, t->in, count * sizeof *t->in);
        for (size_t k = 0; k < count; k++)
            if (must_be_aligned(isa, &t->in[k], le)) t->theirs[k].word = NO_OPERATION;
        if (run_qemu(&t->runner, t->theirs, count, le)) {
            compare_batch(t, count, le);
        } else {
            show_crash(&t->runner, t->in, count, le);
            t->totals.failures++;
        }
    }
    fflush(stdout);
}

/* The rows whose number among the chosen ones is `share` modulo the number of processes. */
static void run_rows(struct tester *t, const bool *chosen, unsigned share)
{
    const struct isa *isa = t->runner.isa;
    unsigned number = 0;
    size_t count = 0;

    for (unsigned row = 0; row < isa_row_count(isa); row++) {
        u64 seed = t->seed ^ (0x9e3779b97f4a7c15ULL * (row + 1));
        if (!chosen[row] || number++ % t->processes != share) continue;
        t->totals.rows++;
        for (unsigned k = 0; k < t->each; k++) {
            make_case(isa, row, (unsigned)count, &seed, &t->in[count]);
            if (++count == CASES_MAX) run_batch(t, count), count = 0;
        }
    }
    if (count) run_batch(t, count);
}

static bool run_processes(struct tester *t, const bool *chosen)
{
    struct totals *all =
        mmap(NULL, t->processes * sizeof *all, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct totals sum = {0};
    bool fine = all != MAP_FAILED;

    for (unsigned p = 0; fine && p < t->processes; p++) {
        if (t->processes > 1 && fork() != 0) continue;
        run_rows(t, chosen, p);
        all[p] = t->totals;
        if (t->processes > 1) exit(0);
    }
    for (unsigned p = 0; fine && p < t->processes; p++) {
        int status = 0;
        if (t->processes > 1 && (wait(&status) < 0 || status)) fine = false;
    }
    for (unsigned p = 0; fine && p < t->processes; p++)
        sum.rows += all[p].rows, sum.cases += all[p].cases, sum.failures += all[p].failures,
            sum.derived += all[p].derived;
    printf("%llu rows, %llu cases, %llu of them derived, %llu differences (seed %llu, %u per row, %s)\n",
           (unsigned long long)sum.rows, (unsigned long long)sum.cases, (unsigned long long)sum.derived,
           (unsigned long long)sum.failures, (unsigned long long)t->seed, t->each, t->runner.version_text);
    return fine && !sum.failures;
}

static bool *choose(const struct isa *isa, char **names, int count)
{
    bool *chosen = calloc(isa_row_count(isa), sizeof *chosen);

    for (unsigned row = 0; chosen && row < isa_row_count(isa); row++) {
        chosen[row] = !count && is_compared(isa_row(isa, row));
        for (int k = 0; k < count; k++) chosen[row] |= !strcmp(names[k], isa_row(isa, row)->name);
    }
    return chosen;
}

static bool read_options(struct tester *t, int argc, char **argv)
{
    int option;

    while ((option = getopt(argc, argv, "n:s:q:p:e:x:")) != -1) {
        if (option == 'n') t->each = (unsigned)strtoul(optarg, NULL, 0);
        else if (option == 's') t->seed = strtoull(optarg, NULL, 0);
        else if (option == 'q') t->runner.qemu = optarg;
        else if (option == 'p') t->processes = (unsigned)strtoul(optarg, NULL, 0);
        else if (option == 'x') t->shrinks = (unsigned)strtoul(optarg, NULL, 0);
        else if (option == 'e') t->orders = !strcmp(optarg, "le") ? 2 : !strcmp(optarg, "be") ? 1 : 0;
        else return false;
    }
    return optind < argc && t->each && t->processes && t->orders;
}

int main(int argc, char **argv)
{
    struct isa *isa;
    struct tester *t;
    bool *chosen, fine;

    if (argc == 2 && !strcmp(argv[1], "--rows")) return print_rows();
    isa = isa_new();
    t = calloc(1, sizeof *t);
    if (!t || !isa) return 1;
    *t = (struct tester){.runner = {.isa = isa, .qemu = "qemu-ppc64"},
                         .each = 150,
                         .processes = 1,
                         .orders = 3,
                         .shrinks = 4,
                         .seed = 1};
    if (!read_options(t, argc, argv))
        return printf("usage: isa_qemu [-n N] [-s SEED] [-q QEMU] [-p PROCESSES] [-e le|be] [-x shrinks] HARNESS [ROW "
                      "...]\n"),
               2;
    t->runner.harness = argv[optind++];
    if (!find_version(&t->runner)) return printf("no %s: skipped\n", t->runner.qemu), 77;
    chosen = choose(isa, argv + optind, argc - optind);
    if (!chosen) return 1;
    fine = run_processes(t, chosen);
    free(chosen);
    free(t);
    isa_free(isa);
    return fine ? 0 : 1;
}
