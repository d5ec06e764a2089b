/* SPDX-License-Identifier: Apache-2.0 */
/* The machine, its storage and its tables; see guest.h. */
#include "tests/timing/guest.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/power.h"
#include "experiment/program.h"
#include "experiment/tables.h"
#include "hypervisor/account.h"
#include "machine/console.h"
#include "machine/machine.h"
#include "machine/machine_report.h"

enum { ENTRY = 0x4000, ARGUMENTS = 0x8000, KERNEL = 0x10000, TABLES = 1 << 20, DATA = 16 << 20, LPID = 1, PID = 1 };
#define DATA_BYTES_MOST (1ULL << 30)
#define DATA_EA (4ULL << 30)
#define GUEST_DATA (8ULL << 30)

/* The hypervisor loads the arguments and leaves for the kernel.  The simulator call at the kernel's end ends
 * the run. */
static const char frame[] =
    ".org 0x300\n b =die\n.org 0x400\n b =die\n.org 0x600\n b =die\n.org 0x700\n b =die\n"
    ".org 0xc00\n rfid\n"
    ".org 0xe00\n b =die\n.org 0xe20\n b =die\n.org 0xe40\n b =die\n"
    "die:\n li r3,31\n li r4,1\n .word 0x000eaeb0\n"
    ".org 0x4000\n"
    " li r31,0\n ori r31,r31,0x8000\n"
    " ld r3,0(r31)\n mtspr 318,r3\n ld r3,8(r31)\n mtspr 464,r3\n ld r3,16(r31)\n mtspr 319,r3\n"
    " ld r3,24(r31)\n mtspr 48,r3\n ld r3,32(r31)\n mtspr 315,r3\n ld r3,40(r31)\n mtspr 314,r3\n"
    " lis r3,32767\n mtdec r3\n"
    " ld r20,48(r31)\n ld r21,56(r31)\n ld r22,64(r31)\n ld r23,72(r31)\n ld r24,80(r31)\n ld r25,88(r31)\n"
    " mtctr r23\n li r4,0\n li r5,1\n li r6,2\n li r7,3\n li r10,0\n li r11,0\n li r26,0\n isync\n hrfid\n"
    ".org 0x10000\n"
    "%s\n"
    " li r3,31\n li r4,0\n .word 0x000eaeb0\n";

void guest_config(struct config *config)
{
    config_default(config);
    config->model = MODEL_CORE;
    config->mem = DATA + DATA_BYTES_MOST;
}

static u64 tree(struct table_builder *b, u64 data, u64 target, u64 bytes, unsigned shift)
{
    u64 root = tables_tree(b), low = DATA > 1ULL << shift ? DATA : 1ULL << shift;

    tables_map(b, root, 0, low, 0, shift, true);
    tables_map(b, root, data, bytes > 1ULL << shift ? bytes : 1ULL << shift, target, shift, true);
    return root;
}

/* Partition table: LPID 0 is the host, which translates by process scope alone, LPID 1 the guest. */
static u64 make_tables(struct table_builder *b, const struct guest *g)
{
    const bool nested = g->translation == GUEST_NESTED;
    u64 partitions = tables_alloc(b, 4096), processes = tables_alloc(b, 4096), lpid = nested ? LPID : 0;
    u64 outer = nested ? tree(b, GUEST_DATA, DATA, g->footprint, g->partition_shift) : tables_tree(b) & ~31ULL;

    tables_put(b, partitions + lpid * 16, PATE0_HR | outer);
    tables_put(b, partitions + lpid * 16 + 8, processes);
    tables_put(b, processes + PID * 16, tree(b, DATA_EA, nested ? GUEST_DATA : DATA, g->footprint, g->process_shift));
    return partitions;
}

static u64 msr_of(enum guest_translation translation)
{
    if (translation == GUEST_REAL) return MSR_SF | MSR_HV | MSR_FP | MSR_VEC | MSR_VSX;
    return MSR_SF | MSR_FP | MSR_IR | MSR_DR | (translation == GUEST_HOST ? MSR_HV | MSR_PR : 0);
}

static void put_arguments(struct table_builder *b, const struct guest *g, u64 partitions)
{
    const u64 argument[] = {LPCR_HR | LPCR_UPRT,
                            partitions,
                            g->translation == GUEST_NESTED ? LPID : 0,
                            PID,
                            msr_of(g->translation),
                            KERNEL,
                            g->translation == GUEST_REAL ? DATA : DATA_EA,
                            (u64)__builtin_ctzll(g->step),
                            g->footprint / g->step - 1,
                            g->turns,
                            1103515245,
                            12345};

    for (unsigned k = 0; k < ARRAY_SIZE(argument); k++) tables_put(b, ARGUMENTS + k * 8, argument[k]);
}

static void read_caches(struct machine *m, struct guest_run *r)
{
    struct report report = {0};

    ck_assert(machine_report(m, &report));
    memcpy(r->caches, report.caches, sizeof r->caches);
    report_free(&report);
}

static struct variant_cycles sum_of(const struct report_variant *v)
{
    struct variant_cycles sum = {0};

    for (unsigned level = 0; level < REPORT_LEVELS; level++) {
        sum.timed += v->level[level].timed;
        sum.walks_free += v->level[level].walks_free;
    }
    return sum;
}

static void add_variants(void *self, struct machine *m)
{
    const struct guest_variants *variants = self;

    for (unsigned k = 0; k < variants->count; k++)
        ck_assert(machine_vary(m, variants->list[k].option, variants->list[k].value));
}

static void take_variants(void *self, struct machine *m)
{
    struct guest_variants *variants = self;
    struct report r = {.end = "test"};

    ck_assert(machine_report(m, &r));
    ck_assert_uint_eq(r.variant_count, variants->count + 1);
    variants->as_it_is = sum_of(&r.variants[0]);
    for (unsigned k = 0; k < variants->count; k++) variants->list[k].cycles = sum_of(&r.variants[k + 1]);
    report_free(&r);
}

static struct guest_run run(const struct config *config, const struct machine_segment *segment, u64 entry,
                            const struct guest_eyes *eyes)
{
    struct console *console = console_new(&(struct console_config){.terminal_fd = -1});
    struct machine *m = machine_new_bare(
        config,
        &(struct machine_bare){.segments = segment, .segment_count = 1, .entry = entry, .state = BARE_HYPERVISOR},
        console, NULL);
    struct guest_run r = {0};
    const struct account_book *book;
    enum machine_end end;

    ck_assert_ptr_nonnull(m);
    if (eyes->before) eyes->before(eyes->self, m);
    end = machine_run(m, &(struct machine_limits){.max_insns = UINT64_MAX, .max_cycles = UINT64_MAX}, NULL);
    ck_assert_msg(end == MACHINE_OFF, "%s", machine_death(m));
    book = machine_accounts(m);
    for (unsigned k = 0; k < book->count; k++) counters_add(&r.counters, &book->list[k]->counters);
    r.cycles = r.counters.cycles - r.counters.idle_cycles;
    read_caches(m, &r);
    if (eyes->after) eyes->after(eyes->self, m);
    machine_free(m);
    console_free(console);
    return r;
}

void guest_open(struct guest_image *image, const struct guest *guest)
{
    static char text[1 << 17];
    struct table_builder b = {.memory = calloc(1, DATA), .next = TABLES, .size = DATA};

    ck_assert_ptr_nonnull(b.memory);
    ck_assert_int_lt(snprintf(text, sizeof text, frame, guest->kernel), sizeof text);
    ck_assert(program_assemble(text, b.memory, TABLES));
    put_arguments(&b, guest, make_tables(&b, guest));
    ck_assert(!b.full);
    *image = (struct guest_image){b.memory, b.next};
}

void guest_close(struct guest_image *image)
{
    free(image->bytes);
}

static const struct guest_eyes nobody;

static struct guest_run run_image(const struct config *config, const struct guest_image *image,
                                  const struct guest_eyes *eyes)
{
    const struct machine_segment segment = {.blob = {"guest", image->bytes, image->size}, .memory_size = image->size};

    return run(config, &segment, ENTRY, eyes);
}

struct guest_run guest_run_varied(const struct config *config, const struct guest_image *image,
                                  struct guest_variants *variants)
{
    const struct guest_eyes eyes = {.before = add_variants, .after = take_variants, .self = variants};

    return run_image(config, image, &eyes);
}

struct guest_run guest_run_image(const struct config *config, const struct guest_image *image)
{
    return run_image(config, image, &nobody);
}

struct guest_run guest_run_seen(const struct config *config, const struct guest *guest, const struct guest_eyes *eyes)
{
    struct guest_image image;
    struct guest_run r;

    guest_open(&image, guest);
    r = run_image(config, &image, eyes);
    guest_close(&image);
    return r;
}

struct guest_run guest_run(const struct config *config, const struct guest *guest)
{
    return guest_run_seen(config, guest, &nobody);
}

struct guest_run guest_run_words(const struct config *config, const u32 *words, size_t count, u64 at)
{
    u8 *bytes = malloc(count * 4);
    struct machine_segment segment = {.blob = {"guest", bytes, count * 4}, .ra = at, .memory_size = count * 4};
    struct guest_run r;

    ck_assert_ptr_nonnull(bytes);
    for (size_t k = 0; k < count; k++) put_be32(bytes + 4 * k, words[k]);
    r = run(config, &segment, at, &nobody);
    free(bytes);
    return r;
}
