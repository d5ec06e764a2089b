/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long it takes to restore a checkpoint, up to the first instruction, and to save it again.
 *
 *   bench_checkpoint FILE [ROUNDS]
 *
 * prints for each round host seconds and the seconds of all processors that the process had, and the size.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "machine/checkpoint.h"
#include "machine/console.h"

static double seconds(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

struct watch {
    double host, processors;
};

static struct watch now(void)
{
    return (struct watch){seconds(CLOCK_MONOTONIC), seconds(CLOCK_PROCESS_CPUTIME_ID)};
}

static void tell(const char *what, const struct watch *since)
{
    const struct watch t = now();

    printf("%-8s %.3f s, %.3f s of processors\n", what, t.host - since->host, t.processors - since->processors);
}

static bool one_round(const char *path, const char *copy)
{
    struct console *console = console_new(&(struct console_config){.terminal_fd = -1});
    struct log log = {.to = NULL};
    struct watch start = now();
    struct saved_machine *saved = checkpoint_open(path, NULL);
    struct machine *m = saved ? machine_new_restored(saved, checkpoint_config(saved), console, &log) : NULL;
    struct stat st;
    bool ok = m != NULL;

    tell("restore", &start);
    if (ok) {
        start = now();
        ok = machine_checkpoint(m, copy, NULL) && !stat(copy, &st);
        tell("save", &start);
        if (ok) printf("%-8s %.1f MB\n", "size", (double)st.st_size / 1e6);
    }
    machine_free(m);
    checkpoint_close(saved);
    console_free(console);
    return ok;
}

int main(int argc, char **argv)
{
    unsigned rounds = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 3;
    char copy[4096];
    bool ok = argc > 1;

    if (!ok) fprintf(stderr, "bench_checkpoint FILE [ROUNDS]\n");
    else snprintf(copy, sizeof copy, "%s.copy", argv[1]);
    while (ok && rounds--) ok = one_round(argv[1], copy);
    if (argc > 1) unlink(copy);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
