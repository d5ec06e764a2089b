/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several hardware threads: what one does is seen by the others in the order of time, whatever the length of turns.
 *
 * Programs are lists of lines as the disassembler writes them; a line that begins with ':' names the place, and @name
 * is its address.
 *
 * rows: mftb msgsnd lwarx stwcx_ stop
 */
#include <check.h>
#include <stdlib.h>

#include "bus/ram.h"
#include "core/isa/disasm.h"
#include "machine/config.h"
#include "machine/console.h"
#include "machine/machine.h"
#include "tests/support/suite.h"

enum { LINES_MAX = 128, SHARED = 0x20000 };

struct fixture {
    struct config config;
    struct console *console;
    struct machine *machine;
    struct {
        u8 bytes[LINES_MAX * 4];
        const char *const *line;
        u64 at;
        size_t words;
    } part[2];
    struct machine_segment segments[2];
};

static bool is_label(const char *line)
{
    return line[0] == ':';
}

/* The address of a label of either part. */
static u64 address_of(const struct fixture *f, const char *name, size_t length)
{
    for (unsigned p = 0; p < 2; p++) {
        u64 at = f->part[p].at;
        for (const char *const *l = f->part[p].line; l && *l; l++) {
            if (!is_label(*l)) at += 4;
            else if (strlen(*l + 1) == length && !strncmp(*l + 1, name, length)) return at;
        }
    }
    ck_abort_msg("no label %.*s", (int)length, name);
    return 0;
}

static void assemble(struct fixture *f, struct isa *isa, unsigned p)
{
    u64 at = f->part[p].at;

    for (const char *const *l = f->part[p].line; *l; l++) {
        const char *label = strchr(*l, '@');
        char text[80];
        u32 word;

        if (is_label(*l)) continue;
        if (label)
            snprintf(text, sizeof text, "%.*s0x%llx", (int)(label - *l), *l,
                     (unsigned long long)address_of(f, label + 1, strlen(label + 1)));
        else snprintf(text, sizeof text, "%s", *l);
        ck_assert_msg(isa_assemble(isa, text, at, &word), "\"%s\" is no instruction", text);
        ck_assert_uint_lt(f->part[p].words, LINES_MAX);
        put_be32(f->part[p].bytes + 4 * f->part[p].words++, word);
        at += 4;
    }
}

/* A program at 0x10000, a handler at an interrupt's vector, in hypervisor state.  No thread runs yet. */
static void start(struct fixture *f, const char *const *program, u64 vector, const char *const *handler)
{
    struct isa *isa = isa_new();
    bool has_handler = handler != NULL;

    ck_assert_ptr_nonnull(isa);
    f->config.mem = 16 << 20;
    f->part[0].line = program;
    f->part[0].at = 0x10000;
    f->part[1].line = handler;
    f->part[1].at = vector;
    f->part[0].words = f->part[1].words = 0;
    for (unsigned p = 0; p < 1U + has_handler; p++) {
        assemble(f, isa, p);
        f->segments[p] = (struct machine_segment){.blob = {"test", f->part[p].bytes, f->part[p].words * 4},
                                                  .ra = f->part[p].at,
                                                  .memory_size = f->part[p].words * 4};
    }
    isa_free(isa);
    f->console = console_new(&(struct console_config){.terminal_fd = -1});
    ck_assert_ptr_nonnull(f->console);
    f->machine = machine_new_bare(
        &f->config,
        &(struct machine_bare){
            .segments = f->segments, .segment_count = 1 + has_handler, .entry = 0x10000, .state = BARE_HYPERVISOR},
        f->console, NULL);
    ck_assert_ptr_nonnull(f->machine);
    machine_thread(f->machine, 0)->held = true;
}

static struct thread *begin(struct fixture *f, unsigned n, const char *label)
{
    struct thread *t = machine_thread(f->machine, n);

    t->held = false;
    t->nia = address_of(f, label, strlen(label));
    t->gpr[3] = SHARED;
    return t;
}

static void run_to_the_end(struct fixture *f)
{
    const struct machine_limits limits = {.max_insns = 100000000, .max_cycles = UINT64_MAX};

    ck_assert_int_eq(machine_run(f->machine, &limits, NULL), MACHINE_OFF);
}

static void stop(struct fixture *f)
{
    machine_free(f->machine);
    console_free(f->console);
}

/* ---- the time base ---- */

/* Every thread, r10 times: take the lock, compare the time base with the last one that anybody read, leave it, work for
 * r9 turns.  r11 counts how often it went backwards. */
static const char *const reading_in_turn[] = {
    ":loop",
    "lwarx r5,0,r3",
    "cmpwi r5,0",
    "bne @loop",
    "stwcx. r12,0,r3",
    "bne @loop",
    "isync",
    "ld r6,8(r3)",
    "mftb r7",
    "cmpld r7,r6",
    "bge @fine",
    "addi r11,r11,1",
    ":fine",
    "std r7,8(r3)",
    "lwsync",
    "li r5,0",
    "stw r5,0(r3)",
    "mtctr r9",
    ":work",
    "bdnz @work",
    "addi r10,r10,-1",
    "cmpdi r10,0",
    "bne @loop",
    /* one more has finished; the last one ends the run */
    "addi r13,r3,256",
    ":count",
    "lwarx r5,0,r13",
    "addi r5,r5,-1",
    "stwcx. r5,0,r13",
    "bne @count",
    "cmpwi r5,0",
    ":others",
    "bne @others",
    "li r3,31",
    "li r4,0",
    "callthru",
    NULL,
};

static const u64 quanta[] = {100, 500, 5000, 20000};

START_TEST(the_time_base_never_goes_backwards_between_threads)
{
    struct fixture f;

    config_default(&f.config);
    f.config.cores = f.config.threads = 2;
    f.config.quantum_cycles = quanta[_i];
    start(&f, reading_in_turn, 0, NULL);
    for (unsigned n = 0; n < 4; n++) {
        struct thread *t = begin(&f, n, "loop");
        t->gpr[9] = 20 + 37 * n;
        t->gpr[10] = 2500;
        t->gpr[12] = 1;
    }
    ck_assert(ram_store((struct ram *)(uintptr_t)machine_ram(f.machine), SHARED + 256, (const u8[]){0, 0, 0, 4}, 4));
    run_to_the_end(&f);
    for (unsigned n = 0; n < 4; n++) ck_assert_uint_eq(machine_thread(f.machine, n)->gpr[11], 0);
    stop(&f);
}
END_TEST

/* ---- hand-overs ---- */

/*
 * Thread `sender` makes r10 round trips to the other one and counts the ticks in r21; r20 is a doorbell for the other.
 * What comes back is a plain store, except where the lock itself goes back and forth.
 */
static const char *const to_a_busy_thread[] = {
    ":sender",      "mftb r22",    ":again",    "msgsnd r20",       ":wait",
    "ld r5,0(r3)",  "cmpd r5,r10", "bne @wait", "addi r10,r10,-1",  "cmpdi r10,0",
    "bne @again",   ":end",        "mftb r21",  "subf r21,r22,r21", "li r3,31",
    "li r4,0",      "callthru",    ":receiver", "mtmsrd r6,1",      ":spin",
    "addi r8,r8,1", "b @spin",     NULL,
};
static const char *const answering[] = {"std r10,0(r3)", "addi r10,r10,-1", "hrfid", NULL};

static const char *const to_a_stopped_thread[] = {
    ":sender",          "mftb r22",  ":again",          "msgsnd r20",  ":wait",      "ld r5,0(r3)",
    "cmpd r5,r10",      "bne @wait", "addi r10,r10,-1", "cmpdi r10,0", "bne @again", "mftb r21",
    "subf r21,r22,r21", "li r3,31",  "li r4,0",         "callthru",    ":receiver",  "mtmsrd r6,1",
    ":asleep",          "stop",      "b @asleep",       NULL,
};

/* The word at r3 is even or odd: whose turn it is (r7), seen and passed on by load and reserve, store conditional. */
static const char *const by_reservations[] = {
    ":sender",   "mftb r22",     ":take",          "lwarx r5,0,r3", "andi. r6,r5,1",   "cmpw r6,r7",
    "bne @take", "addi r5,r5,1", "stwcx. r5,0,r3", "bne @take",     "addi r10,r10,-1", "cmpdi r10,0",
    "bne @take", "cmpwi r7,0",   ":idle",          "bne @idle",     "mftb r21",        "subf r21,r22,r21",
    "li r3,31",  "li r4,0",      "callthru",       ":receiver",     "b @take",         NULL,
};

/* The same by plain loads and stores, with some work in between: r9 turns. */
static const char *const by_plain_stores[] = {
    ":sender",      "mftb r22",     ":take",           "lwz r5,0(r3)", "andi. r6,r5,1",
    "cmpw r6,r7",   "bne @take",    "mtctr r9",        ":work",        "bdnz @work",
    "addi r5,r5,1", "stw r5,0(r3)", "addi r10,r10,-1", "cmpdi r10,0",  "bne @take",
    "cmpwi r7,0",   ":idle",        "bne @idle",       "mftb r21",     "subf r21,r22,r21",
    "li r3,31",     "li r4,0",      "callthru",        ":receiver",    "b @take",
    NULL,
};

enum { ROUNDS = 300, WORK = 3000 };

static const struct hand_over {
    const char *what;
    const char *const *program, *const *handler;
} hand_overs[] = {
    {"doorbell to a busy thread", to_a_busy_thread, answering},
    {"doorbell to a stopped thread", to_a_stopped_thread, answering},
    {"larx and stcx", by_reservations, NULL},
    {"plain stores", by_plain_stores, NULL},
};

/* Ticks for ROUNDS round trips, the sender being the first or the second thread. */
static u64 ticks_of(const struct hand_over *h, u64 quantum, unsigned sender, bool traced)
{
    struct fixture f;
    struct thread *from, *to;
    u64 ticks;

    config_default(&f.config);
    f.config.cores = 2;
    f.config.quantum_cycles = quantum;
    f.config.model = MODEL_NONE;
    start(&f, h->program, 0xe80, h->handler);
    from = begin(&f, sender, "sender");
    to = begin(&f, 1 - sender, "receiver");
    from->gpr[20] = 5 << 27 | to->pir;
    to->gpr[6] = MSR_EE;
    from->gpr[10] = to->gpr[10] = ROUNDS;
    from->gpr[9] = to->gpr[9] = WORK;
    to->gpr[7] = 1;
    from->traced = to->traced = traced;
    run_to_the_end(&f);
    ticks = from->gpr[21];
    stop(&f);
    return ticks;
}

static bool within(u64 a, u64 b, double part)
{
    double difference = (double)a - (double)b;

    return difference <= part * (double)b && -difference <= part * (double)b;
}

START_TEST(a_hand_over_takes_the_same_time_whatever_the_length_of_turns)
{
    const struct hand_over *h = &hand_overs[_i];

    for (unsigned sender = 0; sender < 2; sender++) {
        u64 at_500 = ticks_of(h, 500, sender, false);
        for (unsigned q = 0; q < ARRAY_SIZE(quanta); q++) {
            u64 ticks = ticks_of(h, quanta[q], sender, false);
            ck_assert_msg(within(ticks, at_500, 0.05), "%s: %llu ticks with turns of %llu, %llu with 500", h->what,
                          (unsigned long long)ticks, (unsigned long long)quanta[q], (unsigned long long)at_500);
        }
    }
}
END_TEST

/* A cycle for an instruction: the fewest cycles of a round trip are the instructions that follow from each other in it,
 * the most are these and, for each of two hand-overs, one turn of the loop that waits and 8 cycles ahead, or 128 ahead
 * where nobody tells. */
START_TEST(a_hand_over_takes_the_time_of_its_instructions)
{
    static const struct {
        u64 least, most;
    } cycles[] = {
        {7, 10 + 2 * 11}, {7, 10 + 11}, {10, 20 + 2 * 8}, {2 * WORK - 2 * 128, 2 * WORK + 20 + 2 * (128 + 5)}};

    for (unsigned sender = 0; sender < 2; sender++) {
        u64 ticks = ticks_of(&hand_overs[_i], 5000, sender, false);
        u64 of_a_round = (ticks * 2400 + 512 * ROUNDS - 1) / (512 * ROUNDS);
        ck_assert_msg(of_a_round >= cycles[_i].least && of_a_round <= cycles[_i].most, "%s: %llu cycles",
                      hand_overs[_i].what, (unsigned long long)of_a_round);
    }
}
END_TEST

START_TEST(the_traced_port_hands_over_at_the_same_cycle)
{
    const struct hand_over *h = &hand_overs[_i];

    ck_assert_uint_eq(ticks_of(h, 5000, 0, true), ticks_of(h, 5000, 0, false));
}
END_TEST

START_TEST(a_limit_of_instructions_ends_the_run_of_several_threads_exactly)
{
    struct machine_limits limits = {.max_cycles = UINT64_MAX};
    struct fixture f;

    config_default(&f.config);
    f.config.cores = f.config.threads = 2;
    start(&f, reading_in_turn, 0, NULL);
    for (unsigned n = 0; n < 4; n++) {
        struct thread *t = begin(&f, n, "loop");
        t->gpr[9] = 3;
        t->gpr[10] = 1000000;
        t->gpr[12] = 1;
    }
    for (limits.max_insns = 1; limits.max_insns < 500; limits.max_insns++) {
        ck_assert_int_eq(machine_run(f.machine, &limits, NULL), MACHINE_LIMIT);
        ck_assert_uint_eq(machine_completed(f.machine), limits.max_insns);
    }
    stop(&f);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("turns");
    TCase *c = tcase_create("turns");

    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, the_time_base_never_goes_backwards_between_threads, 0, ARRAY_SIZE(quanta));
    tcase_add_loop_test(c, a_hand_over_takes_the_same_time_whatever_the_length_of_turns, 0, ARRAY_SIZE(hand_overs));
    tcase_add_loop_test(c, a_hand_over_takes_the_time_of_its_instructions, 0, ARRAY_SIZE(hand_overs));
    tcase_add_loop_test(c, the_traced_port_hands_over_at_the_same_cycle, 0, ARRAY_SIZE(hand_overs));
    tcase_add_test(c, a_limit_of_instructions_ends_the_run_of_several_threads_exactly);
    suite_add_tcase(s, c);
    return run_suite(s);
}
