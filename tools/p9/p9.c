/* SPDX-License-Identifier: Apache-2.0 */
/*
 * p9: what include/p9guest.h offers, for shell scripts inside the simulated machine.  The tag of a region is made of
 * its name, so scripts need not agree on numbers.
 *
 *     p9 begin NAME                 p9 end NAME             the region NAME begins, ends
 *     p9 region NAME COMMAND...     it is what the command runs for; exit status as the shell gives it (128 + signal)
 *     p9 reset   p9 dump   p9 checkpoint   p9 exit STATUS
 *
 * Exit status: 0; 1 the simulator refused, or this is no simulator; 2 usage.
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "p9guest.h"

enum { WRONG = 1, USAGE = 2, NOT_FOUND = 127, SIGNALLED = 128 };
#define TAG (UINT64_C(0x5039) << 48) /* "P9" */

static int usage(void)
{
    fputs("usage: p9 begin NAME | end NAME | region NAME COMMAND... | reset | dump | checkpoint | exit STATUS\n",
          stderr);
    return USAGE;
}

static void on_illegal(int signal)
{
    static const char text[] = "p9: nobody listens: this is no p9sim, or callthru is off\n";

    (void)signal;
    (void)!write(STDERR_FILENO, text, sizeof text - 1);
    _exit(WRONG);
}

/* FNV-1a, of which the lower 48 bits are used. */
static uint64_t tag_of(const char *name)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (const char *c = name; *c; c++) hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
    return TAG | (hash & ((UINT64_C(1) << 48) - 1));
}

static int begin(const char *name)
{
    if (p9_region_name(tag_of(name), name, strlen(name))) {
        fprintf(stderr, "p9: the simulator has no room for the region %s\n", name);
        return WRONG;
    }
    p9_region_begin(tag_of(name));
    return 0;
}

static int end(const char *name)
{
    p9_region_end(tag_of(name));
    return 0;
}

/* The command is a child, so that somebody is there to end the region. */
static int region(const char *name, char **command)
{
    int status = begin(name);
    pid_t child = status ? -1 : fork();

    if (status) return status;
    if (!child) {
        signal(SIGILL, SIG_DFL);
        execvp(*command, command);
        fprintf(stderr, "p9: %s: %s\n", *command, strerror(errno));
        _exit(NOT_FOUND);
    }
    if (child < 0 || waitpid(child, &status, 0) < 0) {
        perror("p9");
        status = WRONG << 8;
    }
    end(name);
    return WIFSIGNALED(status) ? SIGNALLED + WTERMSIG(status) : WEXITSTATUS(status);
}

static int checkpoint(void)
{
    if (!p9_checkpoint()) return 0;
    fputs("p9: nobody gave p9sim a --checkpoint FILE@call\n", stderr);
    return WRONG;
}

static int end_run(const char *text)
{
    char *rest;
    unsigned long status = strtoul(text, &rest, 10);

    if (*text < '0' || *text > '9' || *rest || status > 255) return usage();
    p9_exit((int)status);
    return 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";

    signal(SIGILL, on_illegal);
    if (argc == 2 && !strcmp(what, "reset")) return p9_reset(), 0;
    if (argc == 2 && !strcmp(what, "dump")) return p9_dump(), 0;
    if (argc == 2 && !strcmp(what, "checkpoint")) return checkpoint();
    if (argc == 3 && !strcmp(what, "exit")) return end_run(argv[2]);
    if (argc == 3 && !strcmp(what, "begin")) return begin(argv[2]);
    if (argc == 3 && !strcmp(what, "end")) return end(argv[2]);
    if (argc >= 4 && !strcmp(what, "region")) return region(argv[2], argv + 3);
    return usage();
}
