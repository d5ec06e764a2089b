/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random words in their billions (random_words.h): no crash, no hang, no sanitizer report, threads in order.
 *
 *   random_words [--seed N] [--machines N] [--words N] [--seconds N] [--rows]
 *
 * Every seed is a machine that lives for WORDS_PER_MACHINE words; what goes wrong says the seed, and
 * `random_words --seed N --machines 1` repeats it.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

#include "core/run/run.h"
#include "core/state/timer.h"
#include "core/state/context.h"
#include "tests/fuzz/invariants.h"
#include "tests/fuzz/random_words.h"
#include "tests/support/words.h"

enum { MACHINE_SECONDS = 120, WORDS_PER_MACHINE = 2000000, WINDOWS_PER_MACHINE = 50000, REPAIR_WINDOWS = 256 };

static u64 current_seed; /* for the signal handler only */

void say_seed(const char *what)
{
    fprintf(stderr, "random_words: %s in the machine with --seed %" PRIu64 "\n", what, current_seed);
}

static volatile sig_atomic_t asked_to_end;

/* SIGINT, SIGTERM: print what there is. */
static void on_request(int signal_number)
{
    (void)signal_number;
    asked_to_end = 1;
}

static void on_alarm(int signal_number)
{
    (void)signal_number;
    say_seed("no end");
    abort();
}

/* The dead live again, the sleeping wake - half of them by an interrupt - and nobody is held. */
static void revive(struct flood *f, struct flood_thread *s)
{
    struct thread *t = s->t;

    f->tally->deaths += t->checkstop;
    if (t->checkstop) flood_let_loose(f, s);
    t->checkstop = t->held = false;
    t->barren_interrupts = 0;
    if (!t->stopped) return;
    f->tally->sleeps++;
    if (word_source_next(&f->words) & 1) t->stopped = false;
    else thread_raise(t, 1U << (word_source_next(&f->words) % 9));
}

static void after_window(struct flood *f, struct flood_thread *s)
{
    u64 ran = s->t->completed - s->counted, way = (s->t->nia - s->began) / 4;
    bool looped = !s->calls && (!ran || way < ran || way > ran + FLOOD_WINDOW);

    f->barren += looped && !ran && !s->t->stopped;
    flood_settle(f, s, looped);
    if (s->t->traced && retire_count(s->t->ring) > f->drained) {
        tally_records(f, s->t->ring->record, f->drained, retire_count(s->t->ring));
        f->drained = retire_count(s->t->ring);
    }
    if (looped || s->t->checkstop || !(word_source_next(&f->words) & 0x3ff)) flood_let_loose(f, s);
    else if (!s->calls) flood_follow(f, s, s->t->nia);
    revive(f, s);
    s->calls = 0;
    s->began = s->t->nia;
    if (f->tally->windows % 64 == 0) {
        check_thread(s->t);
        f->tally->checks++;
    }
}

/* Only one thread at a time is recorded, because f->drained is of one ring. */
static void choose_port(struct flood *f)
{
    bool taken = false;

    for (unsigned k = 0; k < f->threads; k++) {
        struct flood_thread *s = &f->thread[k];
        bool wants = !taken && f->page_traced[s->page];

        if (s->t->traced != wants) thread_record(s->t, wants);
        taken |= wants;
    }
}

static void one_window(struct flood *f)
{
    struct machine_limits limits = {.max_insns = UINT64_MAX, .max_cycles = machine_cycles(f->m) + f->m->quantum};
    enum machine_end end;

    f->m->end = MACHINE_RUNNING; /* a machine of ours does not stay dead, nor off */
    choose_port(f);
    for (unsigned k = 0; k < f->threads; k++) timer_update(f->thread[k].t); /* it may have been set by hand */
    end = machine_run(f->m, &limits, NULL);
    HOLDS(end != MACHINE_RUNNING);
    f->drained = 0; /* machine_run() has handed over what was left */
    f->tally->windows++;
    for (unsigned k = 0; k < f->threads; k++) after_window(f, &f->thread[k]);
    for (unsigned k = 0; k < CODE_PAGES; k++)
        if (f->page_uses[k] >= page_lasts(f, k)) flood_refill(f, k);
    if (f->tally->windows % REPAIR_WINDOWS == 0) flood_repair(f);
}

static u64 milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (u64)now.tv_sec * 1000 + (u64)now.tv_nsec / 1000000;
}

/* Of processor time, so that other work on the host is not taken for a hang. */
static void set_alarm(unsigned seconds)
{
    setitimer(ITIMER_PROF, &(struct itimerval){.it_value = {.tv_sec = seconds}}, NULL);
}

/* How far the machine has come: in words, or in windows if hardly any get executed; or time is up. */
static bool goes_on(const struct flood *f, u64 until, u64 windows_before, u64 deadline)
{
    u64 windows = f->tally->windows - windows_before;

    if (asked_to_end || (windows % REPAIR_WINDOWS == 0 && milliseconds() >= deadline)) return false;
    return tally_words(f->tally) < until && windows < WINDOWS_PER_MACHINE;
}

static void run_machine(struct flood *f, u64 seed, u64 deadline)
{
    struct console *console = console_new(&(struct console_config){.terminal_fd = -1});
    struct log log = {.to = NULL, .level = LOG_ERROR};
    u64 until = tally_words(f->tally) + WORDS_PER_MACHINE, before = f->tally->windows;

    random_case_make(f->c, f->isa, seed, RANDOM_ANY);
    f->barren = 0;
    f->words.state = seed ^ 0x5851f42d4c957f2dULL;
    flood_prepare(f);
    f->m = console ? random_case_machine(f->c, console, &log) : NULL;
    HOLDS(f->m != NULL);
    flood_attach(f);
    f->tally->machines++;
    f->tally->boards += f->c->board;
    while (goes_on(f, until, before, deadline)) one_window(f);
    f->tally->stuck += f->tally->windows - before >= WINDOWS_PER_MACHINE;
    f->tally->hash = f->tally->hash * 31 + machine_state_hash(f->m);
    machine_free(f->m);
    console_free(console);
}

struct wishes {
    u64 seed, machines, words, seconds;
    bool rows;
};

static bool read_wishes(struct wishes *w, int argc, char **argv)
{
    for (int k = 1; k < argc; k++) {
        u64 *number = !strcmp(argv[k], "--seed")       ? &w->seed
                      : !strcmp(argv[k], "--machines") ? &w->machines
                      : !strcmp(argv[k], "--words")    ? &w->words
                      : !strcmp(argv[k], "--seconds")  ? &w->seconds
                                                       : NULL;
        if (!strcmp(argv[k], "--rows")) w->rows = true;
        else if (number && k + 1 < argc) *number = strtoull(argv[++k], NULL, 0);
        else return false;
    }
    return true;
}

static bool flood_open(struct flood *f)
{
    static const char *const context[] = {"rfid", "hrfid", "urfid", "rfscv",  "mtmsr", "mtmsrd",   "sc",
                                          "scv",  "rfebb", "stop",  "tbegin", "tend",  "treclaim", "trechkpt"};
    struct isa *isa = isa_new();

    f->isa = isa;
    f->c = calloc(1, sizeof *f->c);
    f->tally = calloc(1, sizeof *f->tally);
    if (!isa || !f->c || !f->tally || isa_row_count(isa) > WORD_ROWS_MAX) return false;
    for (unsigned k = 0; k < isa_row_count(isa); k++)
        for (unsigned n = 0; n < ARRAY_SIZE(context); n++)
            f->context_row[k] |= !strncmp(isa_row(isa, k)->name, context[n], strlen(context[n]));
    f->call_row = isa_find(isa, W_CALLTHRU);
    word_source_open(&f->words, isa, 0);
    return true;
}

int main(int argc, char **argv)
{
    struct wishes w = {.seed = 1, .machines = UINT64_MAX, .words = UINT64_MAX, .seconds = 10};
    struct flood *f = calloc(1, sizeof *f);
    u64 start = milliseconds(), spent = 0;
    int status = 0;

    if (!f || !flood_open(f) || !read_wishes(&w, argc, argv)) {
        fprintf(stderr, "usage: random_words [--seed N] [--machines N] [--words N] [--seconds N] [--rows]\n");
        return 2;
    }
    signal(SIGPROF, on_alarm);
    signal(SIGINT, on_request);
    signal(SIGTERM, on_request);
    for (u64 k = 0; k < w.machines && tally_words(f->tally) < w.words && spent < w.seconds * 1000 && !asked_to_end;
         k++) {
        current_seed = w.seed + k;
        set_alarm(MACHINE_SECONDS);
        run_machine(f, current_seed, start + w.seconds * 1000);
        spent = milliseconds() - start;
        if (k % 256 == 255)
            fprintf(stderr, "random_words: seed %" PRIu64 ", %" PRIu64 " words, %" PRIu64 " s\n", current_seed,
                    tally_words(f->tally), spent / 1000);
    }
    set_alarm(0);
    tally_print(f->tally, f->isa, w.rows);
    printf("random_words: seeds %" PRIu64 " to %" PRIu64 ", %" PRIu64 " words in %" PRIu64 ".%03" PRIu64
           " s: %.2f million a second\n",
           w.seed, current_seed, tally_words(f->tally), spent / 1000, spent % 1000,
           (double)tally_words(f->tally) / (double)(spent ? spent : 1) / 1000);
    if (f->tally->machines > 3 && !tally_is_diverse(f->tally)) {
        fprintf(stderr, "random_words: a privilege state, byte order or interrupt is missing\n");
        status = 1;
    }
    isa_free((struct isa *)(uintptr_t)f->isa);
    free(f->tally);
    free(f->c);
    free(f);
    return status;
}
