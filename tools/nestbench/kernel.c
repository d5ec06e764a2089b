/* SPDX-License-Identifier: Apache-2.0 */
/* What a process asks of the kernel of its own level: calls, switches, processes, page faults, changed rights. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nestbench.h"

enum { MAP_PAGES = 64, MPROTECT_PAGES = 16 };

#ifndef PPC_FEATURE2_SCV
#define PPC_FEATURE2_SCV 0x00100000
#endif

/* ---- null system call, by either instruction ---- */

static uint64_t getppid_sc(void)
{
    register uint64_t r0 __asm__("r0") = SYS_getppid;
    register uint64_t r3 __asm__("r3");

    __asm__ volatile("sc"
                     : "+r"(r0), "=r"(r3)
                     :
                     : "memory", "cr0", "ctr", "xer", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12");
    return r3;
}

static uint64_t getppid_scv(void)
{
    register uint64_t r0 __asm__("r0") = SYS_getppid;
    register uint64_t r3 __asm__("r3");

    __asm__ volatile(".machine push; .machine power9; scv 0; .machine pop"
                     : "+r"(r0), "=r"(r3)
                     :
                     : "memory", "cr0", "cr1", "cr5", "cr6", "cr7", "ctr", "xer", "lr", "r4", "r5", "r6", "r7", "r8",
                       "r9", "r10", "r11", "r12");
    return r3;
}

static void call_sc(struct run *run, uint64_t ops)
{
    for (; ops; ops--) run->sum += getppid_sc();
}
static void call_scv(struct run *run, uint64_t ops)
{
    for (; ops; ops--) run->sum += getppid_scv();
}

static bool open_scv(struct run *run)
{
    return (getauxval(AT_HWCAP2) & PPC_FEATURE2_SCV) || cannot(run, "the kernel has no scv");
}

/* ---- context switches: two processes on one CPU and two pipes between them ---- */

static void echo(int in, int out)
{
    char c;

    while (read(in, &c, 1) == 1)
        if (write(out, &c, 1) != 1) break;
    _exit(0);
}

static bool open_pipe(struct run *run)
{
    int there[2], back[2];

    if (pipe(there) || pipe(back)) return cannot(run, "no pipes");
    run->child = fork();
    if (run->child < 0) return cannot(run, "no second process");
    if (!run->child) {
        close(there[1]);
        echo(there[0], back[1]);
    }
    close(there[0]);
    close(back[1]);
    run->fd[0] = back[0];
    run->fd[1] = there[1];
    return true;
}

static void ping_pong(struct run *run, uint64_t ops)
{
    char c = 0;

    for (; ops; ops--)
        if (write(run->fd[1], &c, 1) != 1 || read(run->fd[0], &c, 1) != 1) die("the other end of a pipe is gone");
}

static void close_pipe(struct run *run)
{
    close(run->fd[0]);
    close(run->fd[1]);
    waitpid(run->child, NULL, 0);
}

/* ---- processes ---- */

static void await(pid_t child)
{
    int status;

    if (child < 0 || waitpid(child, &status, 0) != child || status) die("a process that it started did not end well");
}

static void fork_exit(struct run *run, uint64_t ops)
{
    (void)run;
    for (; ops; ops--) {
        pid_t child = fork();
        if (!child) _exit(0);
        await(child);
    }
}

static void fork_exec(struct run *run, uint64_t ops)
{
    (void)run;
    for (; ops; ops--) {
        pid_t child = fork();
        if (!child) {
            execl("/proc/self/exe", "nestbench", "--nothing", (char *)NULL);
            _exit(1);
        }
        await(child);
    }
}

/* ---- page faults ---- */

/* Ask for pages, touch each, give them back: MAP_PAGES operations a turn. */
static void map_touch(struct run *run, uint64_t ops)
{
    for (uint64_t n; ops; ops -= n) {
        n = ops < MAP_PAGES ? ops : MAP_PAGES;
        char *at = mmap(NULL, n * run->page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (at == MAP_FAILED) die("no memory for the page faults");
        madvise(at, n * run->page_size, MADV_NOHUGEPAGE);
        for (uint64_t k = 0; k < n; k++) at[k * run->page_size] = 1;
        munmap(at, n * run->page_size);
    }
}

static bool open_map_huge(struct run *run)
{
    char *at;

    if (!run->huge_size) return cannot(run, "the kernel has no transparent huge pages");
    at = mmap(NULL, 2 * run->huge_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED) return cannot(run, "no room for a huge page");
    run->data = at;
    run->device = NULL;
    madvise(at, 2 * run->huge_size, MADV_HUGEPAGE);
    return true;
}

/* The one whole huge page of the mapping is touched and dropped. */
static void map_touch_huge(struct run *run, uint64_t ops)
{
    size_t skip = (run->huge_size - (uintptr_t)run->data % run->huge_size) % run->huge_size;

    for (; ops; ops--) {
        run->data[skip] = 1;
        madvise(run->data + skip, run->huge_size, MADV_DONTNEED);
    }
}

static void close_map_huge(struct run *run)
{
    munmap(run->data, 2 * run->huge_size);
}

/* ---- rights taken away and given back, and the page used in between ---- */

/* Every other page can be used: each is a mapping of its own in the kernel's books, whose rights it changes as a whole.
 */
static bool open_mprotect(struct run *run)
{
    size_t step = 2 * run->page_size;

    run->data = mmap(NULL, MPROTECT_PAGES * step, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (run->data == MAP_FAILED) return cannot(run, "no room for its pages");
    for (size_t k = 0; k < MPROTECT_PAGES; k++) {
        if (mprotect(run->data + k * step, run->page_size, PROT_READ | PROT_WRITE)) die("mprotect failed");
        run->data[k * step] = 1;
    }
    return true;
}

static void mprotect_storm(struct run *run, uint64_t ops)
{
    for (uint64_t k = 0; k < ops; k++) {
        char *page = run->data + k / 2 % MPROTECT_PAGES * 2 * run->page_size;
        if (mprotect(page, run->page_size, (k & 1) ? PROT_READ | PROT_WRITE : PROT_READ)) die("mprotect failed");
        if (k & 1) *page = 1;
        else run->sum += (unsigned char)*page;
    }
}

static void close_mprotect(struct run *run)
{
    munmap(run->data, MPROTECT_PAGES * 2 * run->page_size);
}

/* The same with a thread that has run on another CPU: what was translated there has to go as well. */
struct guest_thread {
    pthread_t thread;
    int cpu;
    pthread_barrier_t here;
};

static void *sleeper(void *self)
{
    struct guest_thread *g = self;

    run_on(g->cpu);
    pthread_barrier_wait(&g->here); /* it has run there */
    pthread_barrier_wait(&g->here); /* the measure is over */
    return NULL;
}

static struct guest_thread other; /* as the process has one of it, so has the bench */

static bool open_mprotect_shared(struct run *run)
{
    if (run->cpu_count < 2) return cannot(run, "needs 2 CPUs");
    if (!open_mprotect(run)) return false;
    other.cpu = run->cpu[1];
    pthread_barrier_init(&other.here, NULL, 2);
    if (pthread_create(&other.thread, NULL, sleeper, &other)) return cannot(run, "no second thread");
    pthread_barrier_wait(&other.here);
    return true;
}

static void close_mprotect_shared(struct run *run)
{
    pthread_barrier_wait(&other.here);
    pthread_join(other.thread, NULL);
    close_mprotect(run);
}

const struct measure kernel_measures[] = {
    MEASURE(32, "syscall", "one getppid by sc", 10000, 1000, NULL, call_sc, NULL),
    MEASURE(33, "syscall-scv", "one getppid by scv", 10000, 1000, open_scv, call_scv, NULL),
    MEASURE(34, "pipe", "one round trip: two context switches", 500, 50, open_pipe, ping_pong, close_pipe),
    MEASURE(35, "fork", "one fork, exit, wait", 40, 4, NULL, fork_exit, NULL),
    MEASURE(36, "exec", "one fork, exec, exit, wait", 24, 2, NULL, fork_exec, NULL),
    MEASURE(37, "mmap", "one page mapped, touched, unmapped", 1024, MAP_PAGES, NULL, map_touch, NULL),
    MEASURE(38, "mmap-thp", "one huge page touched and dropped", 32, 2, open_map_huge, map_touch_huge, close_map_huge),
    MEASURE(39, "mprotect", "one mprotect and one use of the page", 2048, 64, open_mprotect, mprotect_storm,
            close_mprotect),
    MEASURE(40, "mprotect-shared", "the same, the process also known to another CPU", 2048, 64, open_mprotect_shared,
            mprotect_storm, close_mprotect_shared),
    {.name = NULL},
};
