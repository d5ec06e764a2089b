/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A boot that is recorded from one instruction to another, in the middle of which a single bit of a register changes,
 * as a particle or a mistake of ours would change it:
 *
 *   fault_trace TRACE SKIBOOT KERNEL INITRD FROM UNTIL [AT REGISTER BIT [values]]
 *
 * writes the state trace of all that was executed.  `p9sim trace diff` must find the place.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loader/image.h"
#include "machine/config.h"
#include "machine/console.h"
#include "machine/machine.h"
#include "traces/state_sink.h"
#include "traces/stream.h"

static struct machine_blob blob_of(struct image *image, const char *path)
{
    if (!image_open(image, path, IMAGE_AS_IT_IS, 1ULL << 30)) exit(EXIT_FAILURE);
    return (struct machine_blob){.name = path, .bytes = image->bytes, .size = image->size};
}

static u64 number_at(int argc, char **argv, int k)
{
    return argc > k ? strtoull(argv[k], NULL, 0) : 0;
}

static void run_to(struct machine *m, u64 insns)
{
    if (machine_completed(m) < insns) (void)machine_run(m, &(struct machine_limits){insns, UINT64_MAX}, NULL);
}

int main(int argc, char **argv)
{
    struct console *console = console_new(&(struct console_config){.terminal_fd = -1});
    struct machine_powernv what = {.bootargs = "console=hvc0"};
    struct log log = {.to = NULL};
    bool values = argc > 10 && !strcmp(argv[10], "values"), whole;
    struct stream_writer *stream;
    struct state_sink *state;
    struct config config;
    struct image image[3];
    struct retire context;
    struct machine *m;

    if (argc < 7) return 2;
    what.bios = blob_of(&image[0], argv[2]);
    what.kernel = blob_of(&image[1], argv[3]);
    what.initrd = blob_of(&image[2], argv[4]);
    config_default(&config);
    m = console ? machine_new_powernv(&config, &what, console, &log) : NULL;
    stream = stream_create(argv[1], true);
    state = m && stream ? state_sink_open(stream, 1, values) : NULL;
    if (!state) return EXIT_FAILURE;
    run_to(m, number_at(argc, argv, 5));
    context = machine_context(m, 0);
    state_sink_context(state, 0, &context);
    if (!machine_trace(m, state_sink_of(state))) return EXIT_FAILURE;
    if (argc > 9) {
        run_to(m, number_at(argc, argv, 7));
        machine_thread(m, 0)->gpr[number_at(argc, argv, 8) & 31] ^= 1ULL << (number_at(argc, argv, 9) & 63);
    }
    run_to(m, number_at(argc, argv, 6));
    state_sink_close(state);
    whole = stream_finish(stream);
    machine_free(m);
    console_free(console);
    return whole ? EXIT_SUCCESS : EXIT_FAILURE;
}
