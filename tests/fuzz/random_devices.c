/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest reaches more of the simulator than its instructions: every register of every device, tables in main storage
 * that devices and the account of guests read, simulator calls, the lines it prints.  Random cases aim these at each
 * other; none may crash, hang or bring the books out of order.  Meant to run under the sanitizers.
 *
 *   random_devices [--seed N] [--cases N] [--seconds N] [--steps N]
 *
 * A case that fails says its seed.  Built with P9_LIBFUZZER the choices are drawn from libFuzzer's input.
 */
#include "tests/fuzz/case_limits.h"
#include "tests/fuzz/random_devices.h"

#include <inttypes.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

enum { CASE_SECONDS = 60 };

struct random_devices f;

void say_seed(const char *what)
{
    fprintf(stderr, "random_devices: %s in the case with --seed %" PRIu64 "\n", what, f.seed);
}

static void run_case(unsigned steps)
{
    if (dice(2)) board_case(steps);
    else guests_case(steps);
    f.cases++;
}

#ifdef P9_LIBFUZZER

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    f.random = 1;
    f.bytes = data;
    f.left = size;
    run_case(150);
    return 0;
}

#else

static void on_alarm(int number)
{
    (void)number;
    say_seed("no end");
    abort();
}

int main(int argc, char **argv)
{
    struct case_limits limits = {.seed = 1, .cases = UINT64_MAX, .seconds = 10, .steps = 1000};
    time_t start = time(NULL);

    if (!case_limits_read(&limits, "random_devices", argc, argv)) return 2;
    signal(SIGALRM, on_alarm);
    while (f.cases < limits.cases && (u64)(time(NULL) - start) < limits.seconds) {
        f.seed = limits.seed + f.cases;
        f.random = f.seed * 0x9e3779b97f4a7c15ULL;
        alarm(CASE_SECONDS);
        run_case((unsigned)limits.steps);
    }
    alarm(0);
    printf("random_devices: seeds %" PRIu64 " to %" PRIu64 ": %" PRIu64 " cases, %" PRIu64 " of the board with %" PRIu64
           " accesses, %" PRIu64 " answered, %" PRIu64 " chains cut; %" PRIu64 " exits of guests, %" PRIu64
           " partitions, %" PRIu64 " of them deep, %" PRIu64 " lines believed\n",
           limits.seed, f.seed, f.cases, f.boards, f.accesses, f.answered, f.refused_chains, f.exits, f.partitions,
           f.deep, f.believed);
    return f.cases < 100 || (f.refused_chains && f.exits && f.deep && f.believed) ? 0 : 1;
}

#endif
