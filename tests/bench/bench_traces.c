/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What traces cost: the same boot recorded in each format into a file, and each file read again.
 *
 *   bench_traces SKIBOOT KERNEL INITRD [BOOTARGS [INSTRUCTIONS [FILE [FORMAT]]]]
 *
 * prints for each format million instructions a second by the processor time of the thread that simulates and writes
 * (compression is in others), and by that of all threads; bytes an instruction in the file and before packing; and of
 * reading, packed and not. FILE (bench.trace) is left nowhere.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/isa/decode.h"
#include "core/state/thread.h"
#include "loader/image.h"
#include "machine/config.h"
#include "machine/console.h"
#include "machine/machine.h"
#include "traces/qtrace_sink.h"
#include "traces/source.h"
#include "traces/state_sink.h"
#include "traces/stream.h"

enum format { FORMAT_QTRACE, FORMAT_STATE, FORMAT_VALUES, FORMATS };

struct timing_of_host {
    double own, all; /* seconds of this thread, of the process */
};

static double seconds(clockid_t which)
{
    struct timespec t;

    clock_gettime(which, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static struct timing_of_host begin_time(void)
{
    return (struct timing_of_host){seconds(CLOCK_THREAD_CPUTIME_ID), seconds(CLOCK_PROCESS_CPUTIME_ID)};
}

static struct timing_of_host since(struct timing_of_host start)
{
    return (struct timing_of_host){seconds(CLOCK_THREAD_CPUTIME_ID) - start.own,
                                   seconds(CLOCK_PROCESS_CPUTIME_ID) - start.all};
}

static struct machine_blob blob_of(struct image *image, const char *path)
{
    if (!image_open(image, path, IMAGE_AS_IT_IS, 1ULL << 30)) exit(EXIT_FAILURE);
    return (struct machine_blob){.name = path, .bytes = image->bytes, .size = image->size};
}

/* ---- recording ---- */

struct recording {
    struct stream_writer *stream;
    struct qtrace_sink qtrace;
    struct state_sink *state;
    u64 unpacked;
};

static struct retire_sink *begin(struct recording *r, enum format format, const char *path, bool packed,
                                 struct machine *m)
{
    const struct thread *t = machine_thread(m, 0);
    const struct qtrace_context context = {
        .msr = t->msr, .ptcr = t->spr.PTCR, .lpid = (u32)t->spr.LPIDR, .pid = (u32)t->spr.PIDR};

    r->stream = stream_create(path, packed);
    if (!r->stream) exit(EXIT_FAILURE);
    if (format == FORMAT_QTRACE) {
        qtrace_sink_open(&r->qtrace, r->stream, 0, "a boot", &context);
        return &r->qtrace.sink;
    }
    r->state = state_sink_open(r->stream, 1, format == FORMAT_VALUES);
    if (!r->state) exit(EXIT_FAILURE);
    return state_sink_of(r->state);
}

static void end(struct recording *r)
{
    if (r->state) state_sink_close(r->state);
    else qtrace_sink_close(&r->qtrace);
    r->unpacked = stream_told(r->stream);
    if (!stream_finish(r->stream)) exit(EXIT_FAILURE);
}

/* Instructions that were run. */
static u64 record(const struct machine_powernv *what, u64 insns, enum format format, const char *path, bool packed,
                  struct recording *r, struct timing_of_host *took)
{
    struct console *console = console_new(&(struct console_config){.terminal_fd = -1});
    struct log log = {.to = NULL};
    struct config config;
    struct machine *m;
    u64 done;

    config_default(&config);
    m = console ? machine_new_powernv(&config, what, console, &log) : NULL;
    if (!m || !machine_trace(m, begin(r, format, path, packed, m))) exit(EXIT_FAILURE);
    *took = begin_time();
    (void)machine_run(m, &(struct machine_limits){insns, UINT64_MAX}, NULL);
    machine_finish(m);
    end(r);
    *took = since(*took);
    done = machine_completed(m);
    machine_free(m);
    console_free(console);
    return done;
}

/* ---- reading ---- */

static void read_all(const char *path, const char *how)
{
    struct isa *isa = isa_new();
    struct trace_source *source = isa ? trace_open(path, isa, 0) : NULL;
    struct timing_of_host took = begin_time();
    struct retire_block block;
    u64 records = 0, reads = 0;

    if (!source) exit(EXIT_FAILURE);
    while (source->next(source, &block)) {
        records += block.count;
        for (size_t k = 0; k < block.count; k++) reads += block.record[k].kind == RETIRE_INSN;
    }
    if (source->failed) exit(EXIT_FAILURE);
    took = since(took);
    printf("  read %-8s %6.1f million records a second (%" PRIu64 " records, %" PRIu64 " instructions)\n", how,
           (double)records / took.all / 1e6, records, reads);
    source->close(source);
    isa_free(isa);
}

static const char *const names[FORMATS] = {"qtrace", "state", "state,values"};

static void measure(const struct machine_powernv *what, u64 insns, enum format format, const char *path)
{
    printf("%s\n", names[format]);
    for (unsigned packed = 0; packed < 2; packed++) {
        struct recording r = {0};
        struct timing_of_host took;
        u64 done = record(what, insns, format, path, packed, &r, &took);
        struct stat st;

        if (stat(path, &st)) exit(EXIT_FAILURE);
        printf("  write %-7s %6.1f MIPS, with all threads %.1f; %.3f bytes an instruction, unpacked %.2f\n",
               packed ? "packed" : "plain", (double)done / took.own / 1e6, (double)done / took.all / 1e6,
               (double)st.st_size / (double)done, (double)r.unpacked / (double)done);
        read_all(path, packed ? "packed" : "plain");
        unlink(path);
        fflush(stdout);
    }
}

int main(int argc, char **argv)
{
    struct machine_powernv what = {.bootargs = argc > 4 ? argv[4] : "console=hvc0"};
    u64 insns = argc > 5 ? strtoull(argv[5], NULL, 0) : 200000000;
    const char *path = argc > 6 ? argv[6] : "bench.trace";
    struct image image[3];

    if (argc < 4) {
        fprintf(stderr, "bench_traces SKIBOOT KERNEL INITRD [BOOTARGS [INSTRUCTIONS [FILE [FORMAT]]]]\n");
        return 2;
    }
    what.bios = blob_of(&image[0], argv[1]);
    what.kernel = blob_of(&image[1], argv[2]);
    what.initrd = blob_of(&image[2], argv[3]);
    for (unsigned format = 0; format < FORMATS; format++)
        if (argc <= 7 || !strcmp(argv[7], names[format])) measure(&what, insns, (enum format)format, path);
    return EXIT_SUCCESS;
}
