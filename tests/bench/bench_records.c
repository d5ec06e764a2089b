/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What complete records cost (core/state/retire.h): the same boot through the fast port, and with a sink that only
 * counts - instructions by class, accesses, bytes, table reads, events.
 *
 *   bench_records SKIBOOT KERNEL INITRD [BOOTARGS [INSTRUCTIONS [ROUNDS]]]
 *
 * prints for each round million instructions a second of both, by the processor time of this process, and the ratio.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/isa/insn.h"
#include "core/state/retire.h"
#include "loader/image.h"
#include "machine/config.h"
#include "machine/console.h"
#include "machine/machine.h"

struct counting {
    struct retire_sink sink;
    u64 insns, by_class[CLASS_COUNT], accesses, bytes, reads, events;
};

static u64 count(struct retire_sink *sink, const struct retire_block *block)
{
    struct counting *c = (struct counting *)sink;

    for (size_t k = 0; k < block->count; k++) {
        const struct retire *r = &block->record[k];

        if (r->kind != RETIRE_INSN) {
            c->events++;
            continue;
        }
        c->insns++;
        c->by_class[r->facts->issue_class]++;
        for (unsigned n = 0; n < r->accesses; n++) {
            const struct retire_access *a = &block->access[r->access + n];
            c->accesses++;
            c->bytes += a->size;
            c->reads += a->reads;
        }
    }
    return 0;
}

static struct machine_blob blob_of(struct image *image, const char *path)
{
    if (!image_open(image, path, IMAGE_AS_IT_IS, 1ULL << 30)) exit(EXIT_FAILURE);
    return (struct machine_blob){.name = path, .bytes = image->bytes, .size = image->size};
}

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Million instructions a second. */
static double run(const struct machine_powernv *what, u64 insns, struct counting *c)
{
    struct console *console = console_new(&(struct console_config){.terminal_fd = -1});
    struct log log = {.to = NULL};
    struct config config;
    struct machine *m;
    double start;
    u64 done;

    config_default(&config);
    m = console ? machine_new_powernv(&config, what, console, &log) : NULL;
    if (!m || (c && !machine_trace(m, &c->sink))) exit(EXIT_FAILURE);
    start = seconds();
    (void)machine_run(m, &(struct machine_limits){insns, UINT64_MAX}, NULL);
    start = seconds() - start;
    done = machine_completed(m);
    machine_free(m);
    console_free(console);
    return (double)done / start / 1e6;
}

int main(int argc, char **argv)
{
    struct machine_powernv what = {.bootargs = argc > 4 ? argv[4] : "console=hvc0"};
    u64 insns = argc > 5 ? strtoull(argv[5], NULL, 0) : 600000000;
    unsigned rounds = argc > 6 ? (unsigned)strtoul(argv[6], NULL, 10) : 3;
    struct image image[3];

    if (argc < 4) {
        fprintf(stderr, "bench_records SKIBOOT KERNEL INITRD [BOOTARGS [INSTRUCTIONS [ROUNDS]]]\n");
        return 2;
    }
    what.bios = blob_of(&image[0], argv[1]);
    what.kernel = blob_of(&image[1], argv[2]);
    what.initrd = blob_of(&image[2], argv[3]);
    while (rounds--) {
        struct counting c = {.sink.take = count};
        double fast = run(&what, insns, NULL), recorded = run(&what, insns, &c);

        printf("fast %.1f, recorded %.1f MIPS: %.3f; %" PRIu64 " instructions, %" PRIu64 " accesses of %" PRIu64
               " bytes, %" PRIu64 " table reads, %" PRIu64 " events\n",
               fast, recorded, recorded / fast, c.insns, c.accesses, c.bytes, c.reads, c.events);
    }
    return EXIT_SUCCESS;
}
