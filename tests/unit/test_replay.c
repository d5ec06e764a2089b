/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A replay counts what the run counted: random guests (tests/fuzz/random_program.h: radix and hash, several threads,
 * faults, tables that change) run for a while, are recorded from then on, and what the replayed models count, at every
 * level and in every counter, is what the live machine counted; under the model of the core also every cycle.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "machine/machine_internal.h"
#include "machine/trace_start.h"
#include "tests/fuzz/random_program.h"
#include "tests/support/suite.h"
#include "traces/replay.h"
#include "traces/stream.h"

enum { CASES = SANITIZED ? 30 : 120, BEFORE = 1500, INSNS = 4000 };

static char path[] = "/tmp/test_replay.XXXXXX";
static struct isa *isa;

static void begin(void)
{
    int fd;

    strcpy(path, "/tmp/test_replay.XXXXXX");
    fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    isa = isa_new();
}

static void done(void)
{
    isa_free(isa);
    unlink(path);
}

/* ---- recording ---- */

static void run(struct machine *m, u64 insns)
{
    machine_run(m, &(struct machine_limits){.max_insns = insns, .max_cycles = 2000000}, NULL);
}

/* False: it had died before anything was to be recorded. */
static bool record(struct random_case *c, u64 before)
{
    struct console *console = console_new(&(struct console_config){.terminal_fd = -1});
    struct stream_writer *stream = stream_create(path, true);
    struct machine *m = random_case_machine(c, console, NULL);
    struct trace_counted *counted = calloc(1, sizeof *counted);
    struct state_sink *state;
    bool lives;

    ck_assert(m && counted);
    run(m, before);
    lives = machine_completed(m) >= before;
    state = state_sink_open(stream, m->thread_count, false);
    machine_hand_over_records(m);
    for (unsigned k = 0; k < m->thread_count; k++) {
        const struct retire context = machine_context(m, k);
        state_sink_context(state, k, &context);
    }
    ck_assert(machine_put_start(state, m, counted));
    ck_assert(machine_trace(m, state_sink_of(state)));
    if (lives) run(m, before + INSNS);
    machine_hand_over_records(m);
    ck_assert(machine_put_counted(state, m, counted));
    state_sink_close(state);
    ck_assert(stream_finish(stream));
    machine_free(m);
    console_free(console);
    free(counted);
    return lives;
}

/* ---- replaying ---- */

static void expect_equal(u64 seed, const struct trace_counted *live, const struct trace_counted *here)
{
    for (unsigned level = 0; level < TRACE_LEVELS; level++) {
        EACH_COUNTER(row)
            ck_assert_msg(counter_get(&live->counters[level], row) == counter_get(&here->counters[level], row),
                          "seed %llu: level %u %s: the run %llu, the replay %llu", (unsigned long long)seed, level,
                          row->name, (unsigned long long)counter_get(&live->counters[level], row),
                          (unsigned long long)counter_get(&here->counters[level], row));
        ck_assert_msg(!memcmp(&live->walks[level], &here->walks[level], sizeof live->walks[level]),
                      "seed %llu: level %u: the walks", (unsigned long long)seed, level);
    }
}

static struct trace_replay *open_replay(const struct config *config, const struct trace_source *source,
                                        struct trace_replay *beside)
{
    struct replay_model model = {.mmu = config_mmu(config),
                                 .timed = config->model == MODEL_CORE,
                                 .timing = config_timing(config),
                                 .twin = config->walk_twin,
                                 .pace = config->base_cpi * 65536 / 1000,
                                 .beside = config->model == MODEL_CORE ? beside : NULL};
    struct trace_start start = {0};
    struct state_reader reader;
    struct trace_replay *replay;
    const u8 *bytes;
    size_t size;

    ck_assert(source->part(source, TRACE_START, &bytes, &size));
    ck_assert(state_open(&reader, bytes, size));
    ck_assert(state_get_object(&reader, "trace", &trace_start_state, &start));
    replay = trace_replay_open(&model, &start, &reader, isa, path);
    ck_assert_ptr_nonnull(replay);
    if (!beside) ck_assert_str_eq(trace_replay_cold(replay), "");
    state_close(&reader);
    trace_start_free(&start);
    return replay;
}

static void expect_counted(u64 seed, const struct trace_source *source, struct trace_replay *replay)
{
    struct trace_counted *live = calloc(1, sizeof *live);
    struct state_reader reader;
    const u8 *bytes;
    size_t size;

    ck_assert(source->part(source, TRACE_COUNTED, &bytes, &size));
    ck_assert(state_open(&reader, bytes, size));
    ck_assert(state_get_object(&reader, "counted", &trace_counted_state, live));
    expect_equal(seed, live, &trace_replay_result(replay)->counted);
    state_close(&reader);
    free(live);
}

static struct config with_small_arrays(const struct config *config)
{
    struct config small = *config;

    small.derat_entries = small.ierat_entries = 1;
    small.derat_ways = small.ierat_ways = 0;
    small.tlb_entries = 8;
    small.tlb_ways = 2;
    small.pwc_entries = 0;
    small.pate_entries = small.prte_entries = 1;
    return small;
}

/* As it was recorded, and beside it with arrays that hold next to nothing: nearly every access walks, those of one
 * instruction too. */
static void replay_case(u64 seed, const struct config *config)
{
    const struct config small = with_small_arrays(config);
    struct trace_source *source = trace_open(path, isa, 0);
    struct trace_replay *replay = NULL, *poor = NULL;
    struct retire_block block;

    while (source->next(source, &block)) {
        if (!replay) replay = open_replay(config, source, NULL);
        if (!poor) poor = open_replay(&small, source, replay);
        trace_replay_take(replay, &block);
        trace_replay_take(poor, &block);
    }
    ck_assert(!source->failed);
    if (replay) {
        expect_counted(seed, source, replay);
        ck_assert_uint_eq(trace_replay_result(replay)->otherwise, 0);
        ck_assert_uint_eq(trace_replay_result(replay)->lost, 0);
        ck_assert_uint_eq(trace_replay_result(poor)->instructions, trace_replay_result(replay)->instructions);
    }
    trace_replay_close(poor);
    trace_replay_close(replay);
    source->close(source);
}

static void cases(enum random_kind kind, enum config_model model)
{
    struct random_case *c = calloc(1, sizeof *c);

    ck_assert_ptr_nonnull(c);
    for (u64 seed = 1; seed <= CASES; seed++) {
        random_case_make(c, isa, seed, kind);
        c->config.model = model;
        if (record(c, seed % 3 * BEFORE / 2)) replay_case(seed, &c->config);
    }
    free(c);
}

START_TEST(translation_counts_what_the_run_counted)
{
    cases(RANDOM_TAME, MODEL_MMU);
}
END_TEST

START_TEST(so_it_does_with_several_threads_and_devices)
{
    cases(RANDOM_ANY, MODEL_MMU);
}
END_TEST

START_TEST(the_core_takes_the_cycles_that_it_took)
{
    cases(RANDOM_TAME, MODEL_CORE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("replay");
    TCase *all = tcase_create("replay");

    tcase_add_unchecked_fixture(all, begin, done);
    tcase_set_timeout(all, 600);
    tcase_add_test(all, translation_counts_what_the_run_counted);
    tcase_add_test(all, so_it_does_with_several_threads_and_devices);
    tcase_add_test(all, the_core_takes_the_cycles_that_it_took);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
