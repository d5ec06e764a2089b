/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random guests (random_program.h) that are saved somewhere on their way: whoever is restored must go on as if nothing
 * had happened, and its checkpoint must be the same file to the byte.
 *
 * Half of the guests are timed by the model `core`, from the start or from some moment on; half of all are saved where
 * a run has come to its end for now, the others by the machine itself in the middle of one.
 *
 *   random_checkpoint [--seed N] [--cases N] [--seconds N] [--insns N] [--hostile] [--verbose]
 *
 * --hostile: the saved state is changed at random, with checksums that are right.  It must be refused with a line, or
 * give a machine that runs, is saved again and falls over nothing.  Meant to run under the sanitizers.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "machine/checkpoint.h"
#include "machine/pack.h"
#include "machine/when.h"
#include "tests/fuzz/invariants.h"
#include "tests/fuzz/random_program.h"

enum { CASE_SECONDS = 60, MAX_INSNS = 12000, MORE_INSNS = 3000 };

static u64 last_insn = MAX_INSNS; /* --insns: to find where two runs part */

static u64 current_seed; /* for the signal handler, and messages */
static char file[64], copy[64], good[64], base[64];

void say_seed(const char *what)
{
    fprintf(stderr, "random_checkpoint: %s in the case with --seed %" PRIu64 "\n", what, current_seed);
}

static void on_alarm(int signal_number)
{
    (void)signal_number;
    say_seed("no end");
    abort();
}

/* ---- the model core ---- */

static u64 core_from; /* the instruction from which the guest is timed; 0: from the start, or never */

static u64 one_of(struct random_case *c, u64 a, u64 b, u64 d)
{
    return random_next(c) % 2 ? a : random_next(c) % 2 ? b : d;
}

/* Caches and tables so small that they fill, and numbers that let much be under way. */
static void choose_core(struct random_case *c)
{
    struct config *g = &c->config;

    core_from = 0;
    if (random_next(c) % 2) return;
    g->model = MODEL_CORE;
    g->walk_twin = random_next(c) % 4 == 0;
    g->warm = random_next(c) % 2;
    if (random_next(c) % 3 == 0) core_from = 1 + random_next(c) % MAX_INSNS;
    g->l1d_bytes = g->l1i_bytes = one_of(c, 4096, 8192, 32768);
    g->l2_bytes = one_of(c, 16384, 65536, 524288);
    g->l3_bytes = one_of(c, 20 * 16384, 20 * 4096, 20 * 65536);
    g->l1_replacement = random_next(c) % 4;
    g->l2_replacement = random_next(c) % 4;
    g->l3_replacement = random_next(c) % 4;
    g->bht_entries = one_of(c, 64, 2, 16384);
    g->tage_entries = one_of(c, 16, 0, 2048);
    g->count_entries = one_of(c, 16, 2, 512);
    g->link_stack_entries = one_of(c, 1, 4, 64);
    g->load_misses = one_of(c, 1, 4, 16);
    g->data_walkers = one_of(c, 1, 2, 4);
    g->memory_ns = one_of(c, 90, 400, 2000);
}

/* ---- machines ---- */

struct host {
    struct console *console;
    struct log log;
    struct saved_machine *saved;
    struct machine *machine;
};

static bool make(struct host *h, struct random_case *c)
{
    const struct when from = {.kind = WHEN_INSNS, .value = core_from};

    *h = (struct host){.console = console_new(&(struct console_config){.terminal_fd = -1})};
    h->machine = h->console ? random_case_machine(c, h->console, &h->log) : NULL;
    return h->machine && (!core_from || machine_core_at(h->machine, &from));
}

static bool restore(struct host *h)
{
    *h = (struct host){.console = console_new(&(struct console_config){.terminal_fd = -1})};
    h->saved = h->console ? checkpoint_open(file, NULL) : NULL;
    if (h->saved) h->machine = machine_new_restored(h->saved, checkpoint_config(h->saved), h->console, &h->log);
    return h->machine != NULL;
}

static void end(struct host *h)
{
    machine_free(h->machine);
    checkpoint_close(h->saved);
    console_free(h->console);
    *h = (struct host){0};
}

static enum machine_end run_to(struct host *h, u64 insns)
{
    const struct machine_limits limits = {.max_insns = insns,
                                          .max_cycles = machine_cycles(h->machine) + 16 * MAX_INSNS};

    return machine_run(h->machine, &limits, NULL);
}

/* The same from wherever it goes on. */
static enum machine_end run_to_end(struct host *h)
{
    return machine_run(h->machine, &(struct machine_limits){last_insn, 64 * MAX_INSNS}, NULL);
}

/* How it ended, and all that it is then: its checkpoint. */
struct outcome {
    enum machine_end end;
    u64 cycles, completed;
};

static struct outcome outcome_of(struct host *h, enum machine_end how, const char *path)
{
    HOLDS(machine_checkpoint(h->machine, path, NULL));
    return (struct outcome){how, machine_cycles(h->machine), machine_completed(h->machine)};
}

static bool are_same(const char *one, const char *other)
{
    FILE *a = fopen(one, "rb"), *b = fopen(other, "rb");
    bool same = a && b;
    int c = 0;

    while (same && c != EOF) {
        c = getc(a);
        same = c == getc(b);
    }
    if (a) fclose(a);
    if (b) fclose(b);
    return same;
}

/* ---- a case ---- */

struct tally {
    u64 cases, saved, refused, insns;
    bool verbose;
};

static void goes_on(struct random_case *c, u64 at, struct tally *t)
{
    struct host straight, stopped;
    struct outcome a, b;
    enum machine_end how;

    HOLDS(make(&straight, c));
    how = run_to(&straight, at);
    if (how == MACHINE_LIMIT) how = run_to(&straight, last_insn);
    a = outcome_of(&straight, how, good);
    t->insns += a.completed;
    if (t->verbose)
        fprintf(stderr, "seed %" PRIu64 ": saved at %" PRIu64 "; ends as %d at %" PRIu64 ", cycle %" PRIu64 " %s\n",
                current_seed, at, a.end, a.completed, a.cycles,
                machine_death(straight.machine) ? machine_death(straight.machine) : "");
    end(&straight);

    HOLDS(make(&stopped, c));
    how = run_to(&stopped, at);
    if (how == MACHINE_LIMIT) {
        HOLDS(machine_checkpoint(stopped.machine, file, NULL));
        end(&stopped);
        HOLDS(restore(&stopped));
        HOLDS(!*checkpoint_cold(stopped.saved));
        HOLDS(machine_checkpoint(stopped.machine, copy, NULL));
        HOLDS(are_same(file, copy));
        how = run_to(&stopped, last_insn);
        t->saved++;
    }
    b = outcome_of(&stopped, how, copy);
    HOLDS(a.end == b.end && a.completed == b.completed && a.cycles == b.cycles);
    HOLDS(are_same(good, copy));
    end(&stopped);
}

/* The machine saves itself on its way. */
static void goes_on_from_within(struct random_case *c, u64 at, struct tally *t)
{
    const struct when when = {.kind = WHEN_INSNS, .value = at};
    struct host straight, stopped;
    struct outcome a, b;

    unlink(file);
    HOLDS(make(&straight, c) && machine_plan_checkpoint(straight.machine, file, &when));
    a = outcome_of(&straight, run_to_end(&straight), good);
    t->insns += a.completed;
    end(&straight);
    if (access(file, F_OK) != 0) return;
    HOLDS(restore(&stopped));
    HOLDS(!*checkpoint_cold(stopped.saved));
    HOLDS(machine_checkpoint(stopped.machine, copy, NULL));
    HOLDS(are_same(file, copy));
    b = outcome_of(&stopped, run_to_end(&stopped), copy);
    HOLDS(a.end == b.end && a.completed == b.completed && a.cycles == b.cycles);
    HOLDS(are_same(good, copy));
    t->saved++;
    end(&stopped);
}

static void change(struct random_case *c, u8 *bytes, u64 size)
{
    for (u64 n = 1 + random_next(c) % 4; n; n--) {
        u64 at = random_next(c) % size, left = size - at, value = random_next(c);

        switch (random_next(c) % 5) {
        case 0: bytes[at] ^= (u8)(1 << value % 8); break;
        case 1: bytes[at] = value & 1 ? 0xff : 0; break;
        case 2: bytes[at] = (u8)(value >> 8); break;
        case 3: memset(bytes + at, value & 1 ? 0xff : (u8)(value >> 8), left < 8 ? left : 8); break;
        default:
            memcpy(bytes + at, bytes + random_next(c) % (size - (left < 8 ? left : 8)), left < 8 ? left : 8);
            break;
        }
    }
}

/* The good file with another state. */
static void put_state(struct random_case *c)
{
    static const char *const sections[] = {"images", "places", "zeroed", "pages", "log"};
    struct pack_reader r;
    struct pack_writer w;
    u64 size;
    u8 *bytes;

    HOLDS(pack_open(&r, good) && pack_create(&w, file) && pack_read(&r, "state", UINT64_MAX, &bytes, &size));
    change(c, bytes, size);
    HOLDS(pack_section(&w, "state", bytes, size));
    free(bytes);
    for (unsigned k = 0; k < ARRAY_SIZE(sections); k++) {
        HOLDS(pack_read(&r, sections[k], UINT64_MAX, &bytes, &size) && pack_section(&w, sections[k], bytes, size));
        free(bytes);
    }
    HOLDS(pack_finish(&w));
    pack_close(&r);
}

/* In most cases main storage lies in a base, so that a try packs hardly anything. */
static void is_survived(struct random_case *c, u64 at, struct tally *t)
{
    const char *below = t->cases % 4 ? base : NULL;
    struct host h;
    bool runs;

    HOLDS(make(&h, c));
    runs = run_to(&h, at) == MACHINE_LIMIT;
    HOLDS(!runs || !below || machine_checkpoint(h.machine, base, NULL));
    HOLDS(!runs || machine_checkpoint(h.machine, good, below));
    end(&h);
    for (unsigned k = 0; runs && k < 20; k++) {
        put_state(c);
        t->saved++;
        if (restore(&h)) {
            (void)run_to(&h, machine_completed(h.machine) + MORE_INSNS);
            t->insns += MORE_INSNS;
            HOLDS(machine_checkpoint(h.machine, copy, below));
        } else {
            t->refused++;
        }
        end(&h);
    }
}

struct wishes {
    u64 seed, cases, seconds;
    bool hostile, verbose;
};

static bool read_wishes(struct wishes *w, int argc, char **argv)
{
    for (int k = 1; k < argc; k++) {
        u64 *number = !strcmp(argv[k], "--seed")      ? &w->seed
                      : !strcmp(argv[k], "--cases")   ? &w->cases
                      : !strcmp(argv[k], "--seconds") ? &w->seconds
                      : !strcmp(argv[k], "--insns")   ? &last_insn
                                                      : NULL;
        if (!strcmp(argv[k], "--verbose")) w->verbose = true;
        else if (!strcmp(argv[k], "--hostile")) w->hostile = true;
        else if (number && k + 1 < argc) *number = strtoull(argv[++k], NULL, 0);
        else return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    struct wishes w = {.seed = 1, .cases = UINT64_MAX, .seconds = 10};
    struct random_case *c = calloc(1, sizeof *c);
    struct isa *isa = isa_new();
    struct tally tally = {0};
    time_t start = time(NULL);

    if (!c || !isa || !read_wishes(&w, argc, argv)) {
        fprintf(stderr,
                "usage: random_checkpoint [--seed N] [--cases N] [--seconds N] [--insns N] [--hostile] [--verbose]\n");
        return 2;
    }
    tally.verbose = w.verbose;
    snprintf(file, sizeof file, "/tmp/random_checkpoint.%ld.a", (long)getpid());
    snprintf(copy, sizeof copy, "/tmp/random_checkpoint.%ld.b", (long)getpid());
    snprintf(good, sizeof good, "/tmp/random_checkpoint.%ld.c", (long)getpid());
    snprintf(base, sizeof base, "/tmp/random_checkpoint.%ld.d", (long)getpid());
    signal(SIGALRM, on_alarm);
    if (w.hostile && !w.verbose && !freopen("/dev/null", "w", stderr)) return 2; /* a line for each refusal */
    for (u64 k = 0; k < w.cases && (u64)(time(NULL) - start) < w.seconds; k++) {
        current_seed = w.seed + k;
        alarm(CASE_SECONDS);
        random_case_make(c, isa, current_seed, RANDOM_ANY);
        choose_core(c);
        if (w.hostile) is_survived(c, 1 + random_next(c) % MAX_INSNS, &tally);
        else if (random_next(c) % 2) goes_on_from_within(c, 1 + random_next(c) % MAX_INSNS, &tally);
        else goes_on(c, 1 + random_next(c) % MAX_INSNS, &tally);
        tally.cases++;
    }
    alarm(0);
    unlink(file);
    unlink(copy);
    unlink(good);
    unlink(base);
    printf("random_checkpoint: seeds %" PRIu64 " to %" PRIu64 ": %" PRIu64 " cases, %" PRIu64 " restored, %" PRIu64
           " refused, %" PRIu64 " instructions\n",
           w.seed, current_seed, tally.cases, tally.saved - tally.refused, tally.refused, tally.insns);
    isa_free(isa);
    free(c);
    return 0;
}
