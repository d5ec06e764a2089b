/* SPDX-License-Identifier: Apache-2.0 */
/* Being woken: by the timer of one's own CPU, and by another CPU. */
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "nestbench.h"

enum { SHORT_NS = 20000, LONG_NS = 1000000 };

static bool open_timer(struct run *run)
{
    /* The kernel may otherwise be 50 us late on purpose. */
    return !prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0) || cannot(run, "no exact sleeps");
}

static void sleep_for(long ns, uint64_t ops)
{
    const struct timespec time = {.tv_nsec = ns};

    for (; ops; ops--)
        if (clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL)) die("clock_nanosleep failed");
}

/* So short that an idle guest spins instead of giving its CPU away. */
static void sleep_short(struct run *run, uint64_t ops)
{
    (void)run;
    sleep_for(SHORT_NS, ops);
}
static void sleep_long(struct run *run, uint64_t ops)
{
    (void)run;
    sleep_for(LONG_NS, ops);
}

/* ---- two threads, each on a CPU of its own, that wake each other ---- */

struct partner {
    pthread_t thread;
    int cpu, in, out;    /* in < 0: through the words below */
    _Atomic int turn[2]; /* 1: go on, -1: the measure is over; a cache line of their own is of no use here */
};

static struct partner the_partner; /* as the process has one of it, so has the bench */

static void futex_wait(_Atomic int *word, int seen)
{
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
}

static void futex_pass(_Atomic int *word, int value)
{
    atomic_store(word, value);
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/* Waits until it is our turn, takes it; false: the measure is over. */
static bool futex_turn(_Atomic int *word)
{
    int seen;

    while (!(seen = atomic_load(word))) futex_wait(word, 0);
    atomic_store(word, 0);
    return seen > 0;
}

static void *answer(void *self)
{
    struct partner *p = self;
    char c;

    run_on(p->cpu);
    if (p->in < 0) {
        while (futex_turn(&p->turn[0])) futex_pass(&p->turn[1], 1);
    } else {
        while (read(p->in, &c, 1) == 1)
            if (write(p->out, &c, 1) != 1) break;
    }
    return NULL;
}

static bool start_partner(struct run *run)
{
    struct partner *p = &the_partner;

    p->cpu = run->cpu[1];
    p->turn[0] = p->turn[1] = 0;
    run->partner = p;
    return !pthread_create(&p->thread, NULL, answer, p) || cannot(run, "no second thread");
}

static bool open_futex(struct run *run)
{
    if (run->cpu_count < 2) return cannot(run, "needs 2 CPUs");
    the_partner.in = the_partner.out = -1;
    return start_partner(run);
}

static void ping_futex(struct run *run, uint64_t ops)
{
    for (; ops; ops--) {
        futex_pass(&run->partner->turn[0], 1);
        futex_turn(&run->partner->turn[1]);
    }
}

static void close_futex(struct run *run)
{
    futex_pass(&run->partner->turn[0], -1);
    pthread_join(run->partner->thread, NULL);
}

static bool open_ipi_pipe(struct run *run)
{
    int there[2], back[2];

    if (run->cpu_count < 2) return cannot(run, "needs 2 CPUs");
    if (pipe(there) || pipe(back)) return cannot(run, "no pipes");
    the_partner.in = there[0];
    the_partner.out = back[1];
    run->fd[0] = back[0];
    run->fd[1] = there[1];
    run->fd[2] = there[0];
    run->fd[3] = back[1];
    return start_partner(run);
}

static void ping_ipi_pipe(struct run *run, uint64_t ops)
{
    char c = 0;

    for (; ops; ops--)
        if (write(run->fd[1], &c, 1) != 1 || read(run->fd[0], &c, 1) != 1) die("the other end of a pipe is gone");
}

static void close_ipi_pipe(struct run *run)
{
    close(run->fd[1]);
    pthread_join(run->partner->thread, NULL);
    close(run->fd[0]);
    close(run->fd[2]);
    close(run->fd[3]);
}

const struct measure wake_measures[] = {
    MEASURE(64, "timer", "one sleep of 20 us", 100, 10, open_timer, sleep_short, NULL),
    MEASURE(67, "timer-1ms", "one sleep of 1 ms", 50, 5, open_timer, sleep_long, NULL),
    MEASURE(65, "ipi-futex", "one round trip between two CPUs", 300, 30, open_futex, ping_futex, close_futex),
    MEASURE(66, "ipi-pipe", "one round trip between two CPUs", 300, 30, open_ipi_pipe, ping_ipi_pipe, close_ipi_pipe),
    {.name = NULL},
};
