/* SPDX-License-Identifier: Apache-2.0 */
/* See terminal.h.  A signal handler can only see file-scope state: this is the one place in p9sim that has some. */
#include "tools/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { HANDLER_STACK_BYTES = 1 << 16, TICK_SECONDS = 1 };

volatile sig_atomic_t terminal_interrupted, terminal_snapshot;

static struct termios saved;
static volatile sig_atomic_t is_raw;

/* The signals that ask a process to end, and those that end it at once unless something is done. */
static const struct {
    int number;
    const char *name;
} polite[] = {{SIGINT, "SIGINT"}, {SIGTERM, "SIGTERM"}, {SIGHUP, "SIGHUP"}};
static const int deadly[] = {SIGQUIT, SIGILL,  SIGTRAP, SIGABRT, SIGBUS,    SIGFPE,  SIGSEGV, SIGSYS,
                             SIGXCPU, SIGUSR2, SIGPIPE, SIGPOLL, SIGVTALRM, SIGPROF, SIGPWR,  SIGSTKFLT};

const char *terminal_signal_name(void)
{
    for (unsigned k = 0; k < sizeof polite / sizeof *polite; k++)
        if (polite[k].number == terminal_interrupted) return polite[k].name;
    return "a signal";
}

/* Only how input is treated was changed, so there is no output to wait for: TCSADRAIN would wait for ever on a terminal
 * that Ctrl-S has stopped. */
void terminal_close(void)
{
    if (!is_raw) return;
    is_raw = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &saved);
}

static void end_at_once(int number)
{
    terminal_close(); /* tcsetattr is safe in a handler (POSIX 2.4.3) */
    signal(number, SIG_DFL);
    raise(number); /* it is blocked here: it ends the process when this returns */
}

/* A write to somebody who does not read may have begun just before the signal came; from now on none lasts longer than
 * a tick. */
static void tick(int number)
{
    (void)number;
    alarm(TICK_SECONDS);
}

static void asked_to_end(int number)
{
    if (terminal_interrupted) end_at_once(number);
    terminal_interrupted = number;
    alarm(TICK_SECONDS);
}

static void asked_to_tell(int number)
{
    (void)number;
    terminal_snapshot = 1;
}

/* What was ignored when the process began (nohup, a shell's background jobs) stays ignored. */
static void catch_signal(int number, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags}, before;

    sigemptyset(&action.sa_mask);
    if (!sigaction(number, NULL, &before) && before.sa_handler != SIG_IGN) sigaction(number, &action, NULL);
}

/* A handler needs a stack even if the program has used its own up; a sanitizer may have brought one. */
static void give_handlers_a_stack(void)
{
    static char bytes[HANDLER_STACK_BYTES];
    const stack_t stack = {.ss_sp = bytes, .ss_size = sizeof bytes};
    stack_t before;

    if (!sigaltstack(NULL, &before) && before.ss_flags & SS_DISABLE) sigaltstack(&stack, NULL);
}

int terminal_open(bool raw)
{
    struct termios now;

    signal(SIGPIPE, SIG_IGN);
    signal(SIGALRM, SIG_DFL); /* even if it was ignored: the ticks are ours */
    catch_signal(SIGALRM, tick, 0);
    for (unsigned k = 0; k < sizeof polite / sizeof *polite; k++) catch_signal(polite[k].number, asked_to_end, 0);
    if (!raw || !isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &saved)) return -1;
    give_handlers_a_stack();
    for (unsigned k = 0; k < sizeof deadly / sizeof *deadly; k++) catch_signal(deadly[k], end_at_once, SA_ONSTACK);
    atexit(terminal_close);
    now = saved;
    now.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IGNCR | IXON | ISTRIP | BRKINT);
    now.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ECHONL | ISIG | IEXTEN);
    now.c_cc[VMIN] = 1;
    now.c_cc[VTIME] = 0;
    is_raw = 1; /* first: a signal in between finds what to give back */
    if (!tcsetattr(STDIN_FILENO, TCSANOW, &now)) return STDIN_FILENO;
    is_raw = 0;
    return -1;
}

/* Open the wrong way round, so that whoever uses it is told (EBADF) instead of being served. */
void terminal_hold_descriptors(void)
{
    catch_signal(SIGUSR1, asked_to_tell, SA_RESTART); /* first: until then it would end the process */
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            (void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    signal(SIGXFSZ, SIG_IGN);
}
