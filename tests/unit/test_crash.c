/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process that ends by a signal gives the terminal back first, also if the signal says that its stack is used up.
 * Each child gets a terminal of its own as standard input.
 */
#define _GNU_SOURCE /* posix_openpt */
#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/bits.h"
#include "tests/support/suite.h"
#include "tools/terminal.h"

static int new_terminal(int *master)
{
    *master = posix_openpt(O_RDWR | O_NOCTTY);
    ck_assert_int_ge(*master, 0);
    ck_assert(!grantpt(*master) && !unlockpt(*master));
    return open(ptsname(*master), O_RDWR | O_NOCTTY);
}

static volatile unsigned depth_wanted = 1u << 30;

__attribute__((noinline)) static unsigned use_stack(unsigned depth)
{
    volatile char room[1024];

    room[depth % sizeof room] = (char)depth;
    return depth < depth_wanted ? use_stack(depth + 1) + (unsigned)room[depth % sizeof room] : 0;
}

static void raise_it(int number)
{
    raise(number);
}

static void end_of_stack(int number)
{
    (void)number;
    use_stack(0);
}

/* How a child ends in which this happens while the terminal is raw; was the terminal given back? */
static bool is_given_back(void (*happens)(int), int number, int *status)
{
    struct termios before, after;
    int master, slave = new_terminal(&master);
    pid_t child;

    ck_assert(!tcgetattr(slave, &before));
    child = fork();
    if (!child) {
        const struct rlimit small = {1 << 20, 1 << 20}, none = {0, 0};
        setrlimit(RLIMIT_STACK, &small);
        setrlimit(RLIMIT_CORE, &none);
        dup2(slave, STDIN_FILENO);
        if (terminal_open(true) != STDIN_FILENO) _exit(1);
        tcgetattr(slave, &after);
        if (after.c_lflag & ICANON) _exit(2);
        happens(number);
        _exit(3);
    }
    ck_assert_int_eq(waitpid(child, status, 0), child);
    ck_assert(!tcgetattr(slave, &after));
    close(slave);
    close(master);
    return before.c_lflag == after.c_lflag && before.c_iflag == after.c_iflag;
}

START_TEST(a_deadly_signal_gives_the_terminal_back)
{
    static const int deadly[] = {SIGQUIT, SIGILL, SIGABRT, SIGFPE, SIGSEGV, SIGBUS, SIGXCPU, SIGUSR2, SIGPROF, SIGSYS};

    for (unsigned k = 0; k < ARRAY_SIZE(deadly); k++) {
        int status;
        ck_assert_msg(is_given_back(raise_it, deadly[k], &status), "signal %d", deadly[k]);
        ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == deadly[k], "signal %d", deadly[k]);
    }
}
END_TEST

START_TEST(the_end_of_the_stack_gives_the_terminal_back)
{
    int status;

    ck_assert(is_given_back(end_of_stack, 0, &status));
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("crash");
    TCase *tests = tcase_create("crash");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_deadly_signal_gives_the_terminal_back);
    tcase_add_test(tests, the_end_of_the_stack_gives_the_terminal_back);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
