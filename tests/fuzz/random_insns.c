/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guest is untrusted: random guests (random_program.h) must neither crash nor hang the simulator, nor bring its own
 * books out of order.  Meant to run under the sanitizers.
 *
 *   random_insns [--seed N] [--cases N] [--seconds N] [--insns N] [--verbose]
 *
 * A case that fails says its seed; `random_insns --seed N --cases 1` repeats it.  Built with P9_FUZZ this is a
 * libFuzzer target as well: the first eight bytes of the input are the seed, the others are laid over the code.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "core/state/retire.h"
#include "hypervisor/account.h"
#include "tests/fuzz/invariants.h"
#include "tests/fuzz/random_program.h"

enum { CASE_SECONDS = 60 };

static u64 current_seed; /* for the signal handler only */

void say_seed(const char *what)
{
    fprintf(stderr, "random_insns: %s in the case with --seed %" PRIu64 "\n", what, current_seed);
}

/* Records make sense by themselves, in blocks or at once, with values or without. */
struct checking_sink {
    struct retire_sink sink;
    const struct isa *isa;
    u64 records, next; /* of completed instructions; number of the record to come */
};
static void check_record(const struct checking_sink *c, const struct retire_block *block, const struct retire *r)
{
    HOLDS(r->facts->row == ROW_NONE || r->facts->row < isa_row_count(c->isa));
    HOLDS(!(r->cia & 3) && !(r->nia & 3));
    for (unsigned n = 0; n < r->accesses; n++) {
        const struct retire_access *a = &block->access[r->access + n];
        for (unsigned step = 0; step < a->reads; step++) HOLDS(block->read[a->read + step].source < WALK_SOURCES);
    }
}

static void check_values(const struct retire_block *block, size_t k)
{
    const struct retire *r = &block->record[k];
    u32 first = k ? block->value_end[k - 1] : 0, end = block->value_end[k];

    HOLDS(first <= end && (end == first || r->kind == RETIRE_INSN));
    for (u32 n = first; n < end; n++) {
        const struct retire_value *v = &block->value[n];
        if (v->kind != VALUE_STORAGE) continue;
        HOLDS(v->number < r->accesses && v->size && v->size <= sizeof v->before);
        HOLDS(v->offset + v->size <= block->access[r->access + v->number].size);
    }
}

static u64 take_records(struct retire_sink *sink, const struct retire_block *block)
{
    struct checking_sink *c = (struct checking_sink *)(void *)sink;

    HOLDS(block->order == c->next);
    c->next += block->count;
    for (size_t k = 0; k < block->count; k++) {
        if (sink->values) check_values(block, k);
        if (block->record[k].kind != RETIRE_INSN) continue;
        check_record(c, block, &block->record[k]);
        c->records += retire_completed(&block->record[k]);
    }
    return 0;
}

static void check_machine(struct random_case *c, struct machine *m, u64 max_insns)
{
    struct account_book *book = machine_accounts(m);
    u64 sum = 0, most = max_insns;

    for (unsigned k = 0; k < machine_thread_count(m); k++) {
        check_thread(machine_thread(m, k));
        most += 2048; /* a limit is looked at where a page or a straight run ends */
    }
    HOLDS(machine_completed(m) <= most);
    for (unsigned k = 0; k < book->count; k++) sum += book->list[k]->counters.completed;
    HOLDS(c->config.callthru || c->board || sum == machine_completed(m));
}

/* ---- a case ---- */

struct tally {
    u64 cases, insns, records, ends[MACHINE_STOPPED + 1];
    bool verbose;
};

static void run_case(struct random_case *c, u64 max_insns, struct tally *tally)
{
    struct console *console = console_new(&(struct console_config){.terminal_fd = -1});
    struct log log = {.to = NULL, .level = LOG_DEBUG};
    struct checking_sink sink = {.sink = {.take = take_records}, .isa = c->isa};
    struct machine_limits limits = {.max_insns = max_insns, .max_cycles = max_insns * 16};
    struct machine *m = console ? random_case_machine(c, console, &log) : NULL;
    enum machine_end end;

    HOLDS(m != NULL);
    if (random_next(c) % 4 == 0) {
        sink.sink.at_once = random_next(c) % 4 == 0;
        sink.sink.values = random_next(c) % 4 == 0;
        HOLDS(machine_trace(m, &sink.sink));
    }
    end = machine_run(m, &limits, NULL);
    check_machine(c, m, max_insns);
    HOLDS(end != MACHINE_RUNNING && (end != MACHINE_GUEST_DIED || machine_death(m)));
    tally->cases++;
    tally->insns += machine_completed(m);
    tally->records += sink.records;
    tally->ends[end]++;
    if (end == MACHINE_GUEST_DIED && tally->verbose)
        fprintf(stderr, "random_insns: died after %" PRIu64 " instructions: %s\n", machine_completed(m),
                machine_death(m));
    if (tally->verbose && getenv("DUMP")) thread_dump(stderr, machine_thread(m, 0));
    machine_free(m);
    console_free(console);
}

#ifdef P9_LIBFUZZER

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct random_case c;
    static const struct isa *isa;
    struct tally tally = {0};

    if (!isa) isa = isa_new();
    if (!isa || size < 8) return 0;
    current_seed = get_be64(data);
    random_case_make(&c, isa, current_seed, RANDOM_ANY);
    random_case_code(&c, data + 8, size - 8);
    run_case(&c, 5000, &tally);
    return 0;
}

#else

static void on_alarm(int signal_number)
{
    (void)signal_number;
    say_seed("no end");
    abort();
}

struct wishes {
    u64 seed, cases, seconds, insns;
    bool verbose;
};

static bool read_wishes(struct wishes *w, int argc, char **argv)
{
    for (int k = 1; k < argc; k++) {
        u64 *number = !strcmp(argv[k], "--seed")      ? &w->seed
                      : !strcmp(argv[k], "--cases")   ? &w->cases
                      : !strcmp(argv[k], "--seconds") ? &w->seconds
                      : !strcmp(argv[k], "--insns")   ? &w->insns
                                                      : NULL;
        if (!strcmp(argv[k], "--verbose")) w->verbose = true;
        else if (number && k + 1 < argc) *number = strtoull(argv[++k], NULL, 0);
        else return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    struct wishes w = {.seed = 1, .cases = UINT64_MAX, .seconds = 10, .insns = 20000};
    struct random_case *c = calloc(1, sizeof *c);
    struct isa *isa = isa_new();
    struct tally tally = {0};
    time_t start = time(NULL);

    if (!c || !isa || !read_wishes(&w, argc, argv)) {
        fprintf(stderr, "usage: random_insns [--seed N] [--cases N] [--seconds N] [--insns N] [--verbose]\n");
        return 2;
    }
    tally.verbose = w.verbose;
    signal(SIGALRM, on_alarm);
    for (u64 k = 0; k < w.cases && (u64)(time(NULL) - start) < w.seconds; k++) {
        current_seed = w.seed + k;
        if (w.verbose) fprintf(stderr, "random_insns: seed %" PRIu64 "\n", current_seed);
        alarm(CASE_SECONDS);
        random_case_make(c, isa, current_seed, RANDOM_ANY);
        run_case(c, w.insns, &tally);
    }
    alarm(0);
    printf("random_insns: seeds %" PRIu64 " to %" PRIu64 ": %" PRIu64 " cases, %" PRIu64 " instructions (%" PRIu64
           " recorded); ended by the limit %" PRIu64 ", died %" PRIu64 ", powered off %" PRIu64 "\n",
           w.seed, current_seed, tally.cases, tally.insns, tally.records, tally.ends[MACHINE_LIMIT],
           tally.ends[MACHINE_GUEST_DIED], tally.ends[MACHINE_OFF]);
    isa_free(isa);
    free(c);
    return 0;
}

#endif
