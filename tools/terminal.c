/* SPDX-License-Identifier: Apache-2.0 */
/* See terminal.h.  A signal handler can only see file-scope state: this is the one place in p9sim that has some. */
#include "tools/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

volatile sig_atomic_t terminal_interrupted;

static struct termios saved;
static volatile sig_atomic_t is_raw;

void terminal_close(void)
{
    if (!is_raw) return;
    is_raw = 0;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &saved);
}

static void end_at_once(int number)
{
    terminal_close(); /* tcsetattr is safe in a handler (POSIX 2.4.3) */
    signal(number, SIG_DFL);
    raise(number);
}

static void asked_to_end(int number)
{
    if (terminal_interrupted) end_at_once(number);
    terminal_interrupted = 1;
}

static void catch_signals(const int *numbers, unsigned count, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};

    sigemptyset(&action.sa_mask);
    for (unsigned k = 0; k < count; k++) sigaction(numbers[k], &action, NULL);
}

int terminal_open(bool raw)
{
    static const int polite[] = {SIGINT, SIGTERM, SIGHUP}, rude[] = {SIGQUIT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    struct termios now;

    catch_signals(polite, sizeof polite / sizeof *polite, asked_to_end);
    signal(SIGPIPE, SIG_IGN);
    if (!raw || !isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &saved)) return -1;
    catch_signals(rude, sizeof rude / sizeof *rude, end_at_once);
    atexit(terminal_close);
    now = saved;
    now.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IGNCR | IXON | ISTRIP | BRKINT);
    now.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ECHONL | ISIG | IEXTEN);
    now.c_cc[VMIN] = 1;
    now.c_cc[VTIME] = 0;
    if (tcsetattr(STDIN_FILENO, TCSADRAIN, &now)) return -1;
    is_raw = 1;
    return STDIN_FILENO;
}
