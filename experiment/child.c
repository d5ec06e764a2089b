/* SPDX-License-Identifier: Apache-2.0 */
/* See child.h.  Nobody waits for a signal: its end is looked for every few milliseconds, as is that of its time. */
#define _GNU_SOURCE /* posix_spawn_file_actions_addchdir_np() */
#include "experiment/child.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STEP_MS = 5, PATIENCE_MS = 2000 };

extern char **environ;

static int plan(posix_spawn_file_actions_t *a, const struct child *c)
{
    int why = posix_spawn_file_actions_addopen(a, STDIN_FILENO, "/dev/null", O_RDONLY, 0);

    if (!why) why = posix_spawn_file_actions_addopen(a, STDOUT_FILENO, c->out, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (!why) why = posix_spawn_file_actions_addopen(a, STDERR_FILENO, c->err, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (!why) why = posix_spawn_file_actions_addchdir_np(a, c->directory);
    return why;
}

static int start(const struct child *c, pid_t *pid)
{
    char *const *arguments = (char *const *)(uintptr_t)c->arguments; /* it only reads them */
    posix_spawn_file_actions_t a;
    int why = posix_spawn_file_actions_init(&a);

    if (why) return why;
    why = plan(&a, c);
    if (!why) why = posix_spawn(pid, c->program, &a, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&a);
    return why;
}

static s64 now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (s64)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Has it ended?  What wait() refuses to say of it is an end, too. */
static bool has_ended(pid_t pid, int *status)
{
    pid_t got = waitpid(pid, status, WNOHANG);

    return got == pid || (got < 0 && errno != EINTR);
}

static bool ends_within(pid_t pid, s64 ms, const volatile sig_atomic_t *interrupted, int *status)
{
    static const struct timespec step = {.tv_nsec = STEP_MS * 1000000L};
    s64 until = now_ms() + ms;

    while (!has_ended(pid, status)) {
        if (now_ms() >= until || (interrupted && *interrupted)) return false;
        nanosleep(&step, NULL);
    }
    return true;
}

/* First asked to end, so that it says where it was; then it is not asked. */
static void end(pid_t pid, int *status)
{
    kill(pid, SIGTERM);
    if (ends_within(pid, PATIENCE_MS, NULL, status)) return;
    kill(pid, SIGKILL);
    while (waitpid(pid, status, 0) < 0 && errno == EINTR) {
    }
}

enum child_end child_run(const struct child *c, int *number)
{
    int status = 0;
    pid_t pid;

    *number = start(c, &pid);
    if (*number) return CHILD_NOT_STARTED;
    if (!ends_within(pid, (s64)c->seconds * 1000, c->interrupted, &status)) {
        end(pid, &status);
        return c->interrupted && *c->interrupted ? CHILD_INTERRUPTED : CHILD_TOO_LONG;
    }
    *number = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    return WIFSIGNALED(status) ? CHILD_KILLED : CHILD_EXITED;
}
