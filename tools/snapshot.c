/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SIGUSR1: the results so far.  Making a report ends what is open - the last slices, the stretch that a tower is in -
 * and so would change the report that comes at the end.  So a child of this process makes it: it has the whole machine
 * as it is now, writes what a run that ended here would write, and is gone.  The run waits for it, and then goes on as
 * if nothing had been.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/checking.h"
#include "tools/session.h"
#include "tools/terminal.h"
#include "tools/tracing.h"

/* In the child. */
static bool write_so_far(struct session *s, struct machine *m)
{
    const struct machine_limits here = {0};
    enum exit_status status = EXIT_FINE;
    char text[512] = "still running: the results so far (SIGUSR1)";
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

    checking_mute(s->checking);
    tracing_mute(s->tracing); /* the trace is the run's alone, and so are the threads that pack it */
    if (nowhere < 0 || dup2(nowhere, STDOUT_FILENO) < 0) return p9_error("SIGUSR1: /dev/null: %s", strerror(errno));
    (void)machine_run(m, &here, NULL); /* it goes nowhere, but hands over what it has not told yet */
    machine_finish(m);
    if (s->judge && s->judge->judge) s->judge->judge(s->judge->self, MACHINE_STOPPED, text, sizeof text, &status);
    return session_write_results(s, m, text, EXIT_FINE);
}

static bool wait_for(pid_t child)
{
    int status;

    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return p9_error("SIGUSR1: %s", strerror(errno));
    return WIFEXITED(status) && !WEXITSTATUS(status);
}

void session_snapshot(struct session *s, struct machine *m)
{
    pid_t child;

    terminal_snapshot = 0;
    progress_clear_line(&s->progress);
    if (!s->options->out) {
        log_say(&s->log, LOG_WARNING, "SIGUSR1: there is no --out to write the results so far into");
        return;
    }
    console_flush(s->console);
    fflush(stdout);
    fflush(stderr);
    child = fork();
    if (child < 0) {
        p9_error("SIGUSR1: the host cannot make a process for the results so far: %s", strerror(errno));
    } else if (!child) {
        _exit(write_so_far(s, m) ? EXIT_FINE : EXIT_BAD_INPUT);
    } else if (wait_for(child)) {
        log_say(&s->log, LOG_INFO, "SIGUSR1: results so far (%.6f s of guest time, %" PRIu64 " instructions) in %s",
                machine_seconds(m), machine_completed(m), s->options->out);
    }
}
