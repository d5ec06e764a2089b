/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One meaning, several ways to run it: random guests must end in the same state in the fast and the traced port, with
 * and without the translation model (its latencies set to zero, so that interrupts come at the same instruction), and -
 * through the hashes that --print writes - in a build whose bodies return to the loop instead of jumping to each other.
 *
 *   equivalence [--seed N] [--cases N] [--seconds N] [--wild] [--halting] [--print]
 *
 * --wild: guests with several threads, noise in their tables, latencies and small arrays; the ports must agree all the
 * same.
 *
 * --halting: the guest stands still behind random instructions on the way - exactly those - and ends as it does
 * without: the same state, time, counts of every account and records of walks, in every port and model.
 *
 * The models may differ for one reason that the architecture allows: a guest that changes its tables without tlbie may
 * go on with what an ERAT or TLB kept.  So cases whose tables changed, reference and change bits apart, or that pointed
 * the hardware to other tables, are compared between ports only.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "bus/ram.h"
#include "hypervisor/account.h"
#include "tests/fuzz/random_program.h"

enum { MAX_INSNS = 20000 };

struct outcome {
    enum machine_end end;
    u64 hash, completed, cycles, tables;
    u64 counted;  /* --halting: what every account has counted */
    bool inexact; /* --halting: it stood still elsewhere than it was told */
};

/* The tables without their reference and change bits, and the registers that lead to them. */
static u64 hash_tables(struct machine *m)
{
    const struct thread *t = machine_thread(m, 0);
    const u8 *host = machine_ram(m)->host;
    u64 hash = t->spr.PTCR * 31 + t->spr.HRMOR * 37 + t->spr.URMOR;

    for (u64 ra = GUEST_TABLES; ra < GUEST_TABLES_END; ra += 8)
        hash = (hash ^ (get_be64(host + ra) & ~0x180ULL)) * 0x100000001b3ULL;
    return hash;
}

static u64 hash_bytes(u64 hash, const void *bytes, size_t size)
{
    for (size_t k = 0; k < size; k++) hash = (hash ^ ((const u8 *)bytes)[k]) * 0x100000001b3ULL;
    return hash;
}

static u64 hash_accounts(struct machine *m)
{
    const struct account_book *book = machine_accounts(m);
    u64 hash = 0;

    for (unsigned k = 0; k < book->count; k++) {
        hash = hash_bytes(hash, &book->list[k]->counters, sizeof(struct counters));
        hash = hash_bytes(hash, &book->list[k]->walks, sizeof(struct walk_tally));
    }
    return hash;
}

/* Pieces of one instruction to two pages of them. */
static enum machine_end run_in_pieces(struct random_case *c, struct machine *m, const struct machine_limits *limits,
                                      bool *inexact)
{
    for (;;) {
        struct machine_limits piece = *limits;
        u64 pieces = random_next(c) % 12, done = machine_completed(m);
        enum machine_end end;

        piece.max_insns = done + 1 + random_next(c) % (1ULL << pieces);
        if (piece.max_insns > limits->max_insns) piece.max_insns = limits->max_insns;
        end = machine_run(m, &piece, NULL);
        done = machine_completed(m);
        if (random_next(c) % 4 == 0) (void)machine_accounts(m); /* to look at it changes nothing either */
        if (end != MACHINE_LIMIT || machine_cycles(m) >= limits->max_cycles) return end;
        *inexact |= done != piece.max_insns;
        if (done >= limits->max_insns) return end;
    }
}

static struct outcome run(struct random_case *c, enum config_model model, bool traced, bool in_pieces,
                          u64 *tables_before)
{
    struct console *console = console_new(&(struct console_config){.terminal_fd = -1});
    struct log log = {.to = NULL};
    struct machine_limits limits = {.max_insns = MAX_INSNS, .max_cycles = MAX_INSNS * 8};
    struct outcome o = {0};
    struct machine *m;

    c->config.model = model;
    m = console ? random_case_machine(c, console, &log) : NULL;
    if (!m) exit(EXIT_FAILURE);
    *tables_before = hash_tables(m);
    if (traced && !machine_trace(m, NULL)) exit(1);
    o.end = in_pieces ? run_in_pieces(c, m, &limits, &o.inexact) : machine_run(m, &limits, NULL);
    o.counted = hash_accounts(m);
    o.hash = machine_state_hash(m);
    o.completed = machine_completed(m);
    o.cycles = machine_cycles(m);
    o.tables = hash_tables(m);
    machine_free(m);
    console_free(console);
    return o;
}

static bool same(const struct outcome *a, const struct outcome *b)
{
    return a->end == b->end && a->hash == b->hash && a->completed == b->completed && a->cycles == b->cycles;
}

static const struct {
    const char *name;
    enum config_model model;
    bool traced;
} ways[] = {{"fast, no model", MODEL_NONE, false}, {"traced, no model", MODEL_NONE, true},
            {"fast, mmu", MODEL_MMU, false},       {"traced, mmu", MODEL_MMU, true},
            {"core", MODEL_CORE, false},           {"core, traced", MODEL_CORE, true}};
enum { WAYS = ARRAY_SIZE(ways) };

static bool compare(struct random_case *c, bool print, u64 *models_compared)
{
    struct outcome o[WAYS];
    u64 before = 0;
    bool good = true;

    for (unsigned k = 0; k < WAYS; k++) o[k] = run(c, ways[k].model, ways[k].traced, false, &before);
    if (c->kind == RANDOM_ANY) before = ~o[0].tables; /* the models' times differ: ports only */
    for (unsigned k = 1; k < WAYS; k++) {
        unsigned with = ways[k].traced ? k - 1 : 0;

        if (ways[k].model == MODEL_CORE && !ways[k].traced) continue; /* its time is its own */
        if (k == 2 && (o[0].tables != before || o[2].tables != before)) continue;
        *models_compared += k == 2;
        if (same(&o[with], &o[k])) continue;
        fprintf(stderr,
                "equivalence: --seed %" PRIu64 ": %s ends %d after %" PRIu64 " (%016" PRIx64
                "), %s ends %d after %" PRIu64 " (%016" PRIx64 ")\n",
                c->seed, ways[with].name, (int)o[with].end, o[with].completed, o[with].hash, ways[k].name,
                (int)o[k].end, o[k].completed, o[k].hash);
        good = false;
    }
    if (print) printf("%" PRIu64 " %016" PRIx64 " %016" PRIx64 "\n", c->seed, o[0].hash, o[2].hash);
    return good;
}

/* Each way whole, and in pieces. */
static bool compare_halting(struct random_case *c)
{
    bool good = true;
    u64 before;

    for (unsigned k = 0; k < WAYS; k++) {
        struct outcome whole = run(c, ways[k].model, ways[k].traced, false, &before),
                       pieces = run(c, ways[k].model, ways[k].traced, true, &before);

        if (same(&whole, &pieces) && whole.counted == pieces.counted && !pieces.inexact) continue;
        fprintf(stderr,
                "equivalence: --halting --seed %" PRIu64 ": %s ends %d after %" PRIu64 " at %" PRIu64 " (%016" PRIx64
                " %016" PRIx64 "), in pieces %d after %" PRIu64 " at %" PRIu64 " (%016" PRIx64 " %016" PRIx64 ")%s\n",
                c->seed, ways[k].name, (int)whole.end, whole.completed, whole.cycles, whole.hash, whole.counted,
                (int)pieces.end, pieces.completed, pieces.cycles, pieces.hash, pieces.counted,
                pieces.inexact ? ", and stands still elsewhere than it was told" : "");
        good = false;
    }
    return good;
}

int main(int argc, char **argv)
{
    struct random_case *c = calloc(1, sizeof *c);
    struct isa *isa = isa_new();
    u64 seed = 1, cases = UINT64_MAX, seconds = UINT64_MAX, done = 0, bad = 0, models = 0;
    time_t start = time(NULL);
    enum random_kind kind = RANDOM_TAME;
    bool print = false, halting = false;

    for (int k = 1; k < argc; k++) {
        u64 *number = !strcmp(argv[k], "--seed") ? &seed : !strcmp(argv[k], "--cases") ? &cases : &seconds;
        if (!strcmp(argv[k], "--print")) print = true;
        else if (!strcmp(argv[k], "--wild")) kind = RANDOM_ANY;
        else if (!strcmp(argv[k], "--halting")) halting = true;
        else if (k + 1 < argc) *number = strtoull(argv[++k], NULL, 0);
    }
    if (!c || !isa) return EXIT_FAILURE;
    for (; done < cases && (u64)(time(NULL) - start) < seconds; done++) {
        random_case_make(c, isa, seed + done, kind);
        if (c->board) continue; /* 1 GiB to look through */
        bad += halting ? !compare_halting(c) : !compare(c, print, &models);
    }
    fprintf(stderr,
            "equivalence: seeds %" PRIu64 " to %" PRIu64 ": %" PRIu64 " differ (the models compared in %" PRIu64 ")\n",
            seed, seed + done - 1, bad, models);
    isa_free(isa);
    free(c);
    return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}
