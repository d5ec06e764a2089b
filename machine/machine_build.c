/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Putting a machine together: storage, board, translation, threads, and the wires between them.  The callbacks here are
 * the only places where a device reaches a thread, always as a bit in its pending word or a note for machine.c.
 */
#include "machine/machine_internal.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/power.h"
#include "core/isa/decode.h"
#include "core/isa/hostfp.h"
#include "core/state/context.h"
#include "core/state/interrupt.h"
#include "core/state/spr.h"
#include "core/state/ebb.h"
#include "core/state/timer.h"
#include "machine/callthru.h"
#include "machine/console.h"

#define FIRMWARE_ENTRY 0x10ULL /* of skiboot.lid, loaded at 0 */

/* ---- wires ---- */

static void set_pending(struct machine *m, unsigned n, u32 bit, bool level)
{
    struct thread *t = m->threads[n];

    if (!t) return; /* the board is built, and its lines lowered, before the threads */
    if (level) fabric_raise(t, bit);
    else t->pending &= ~bit;
}

static void wire_os(void *self, unsigned n, bool level)
{
    set_pending(self, n, PENDING_EXTERNAL, level);
}
static void wire_hv(void *self, unsigned n, bool level)
{
    set_pending(self, n, PENDING_HV_VIRTUALIZATION, level);
}
static void wire_user(void *self, unsigned n, bool level)
{
    struct thread *t = ((struct machine *)self)->threads[n];

    if (!t) return;
    ebb_external(t, level);
    if (level) fabric_told(t);
}

static void xscom_status(void *self, u32 pir, u64 hmer_bits)
{
    struct thread *t = fabric_thread(&((struct machine *)self)->fabric, pir);

    if (!t) return;
    t->spr.HMER |= hmer_bits;
    hmer_changed(t);
}

/* The ChipTOD gives a core its time: the timebase of its threads reads tod when devices' clock is where it is now, so
 * that all cores agree wherever they are in their turns. */
static void load_timebase(void *self, u32 pir, u64 tod)
{
    struct machine *m = self;
    struct thread *t = fabric_thread(&m->fabric, pir);

    if (t) timer_load_tod(t, tod + timer_ticks(t) - m->clock.now_tb);
}

static bool control_stopped(void *self, u32 pir)
{
    struct thread *t = fabric_thread(&((struct machine *)self)->fabric, pir);

    return t && t->held;
}

static bool control_asleep(void *self, u32 pir)
{
    struct thread *t = fabric_thread(&((struct machine *)self)->fabric, pir);

    return t && t->stopped;
}

static void control_hold(void *self, u32 pir)
{
    struct thread *t = fabric_thread(&((struct machine *)self)->fabric, pir);

    if (!t) return;
    t->held = true;
    thread_attend(t);
    fabric_told(t);
}

static void control_start(void *self, u32 pir)
{
    struct thread *t = fabric_thread(&((struct machine *)self)->fabric, pir);

    if (!t) return;
    fabric_told(t);
    t->held = false;
}

static void control_sreset(void *self, u32 pir)
{
    struct thread *t = fabric_thread(&((struct machine *)self)->fabric, pir);

    if (!t) return;
    fabric_raise(t, PENDING_SYSTEM_RESET); /* while it is held, so that it starts now */
    t->held = false;
}

static void put_console(void *self, u8 c)
{
    struct machine *m = self;

    console_put(m->console, c);
    if (m->config->panic == PANIC_END) machine_panic_hear(m, c);
}

/* Called in the middle of a device access: remembered here, acted upon between windows. */
static void power_request(void *self, enum power_request what)
{
    struct machine *m = self;

    m->panic.asked = true;
    if (what == POWER_REBOOT) {
        m->reboot_wanted = true;
    } else if (m->end == MACHINE_RUNNING) {
        m->end = what == POWER_OFF ? MACHINE_OFF : MACHINE_GUEST_DIED;
        if (what == POWER_CHECKSTOP) m->death = "firmware stopped the machine (software checkstop)";
    }
    for (unsigned k = 0; k < m->thread_count; k++) {
        m->threads[k]->held = true;
        thread_attend(m->threads[k]);
    }
}

static u64 random_doubleword(void *self)
{
    struct machine *m = self;

    return rng_next(m->board ? board_rng(m->board) : &m->bare_rng);
}

/* ---- parts ---- */

static bool build_bus(struct machine *m)
{
    const struct config *c = m->config;
    struct board_thread wires[MACHINE_MAX_THREADS];

    if (m->bare.segments) {
        m->bare_bus = (struct bus){.ram = &m->ram, .log = m->log};
        m->bus = &m->bare_bus;
        rng_seed(&m->bare_rng, c->seed);
        return true;
    }
    for (unsigned k = 0; k < m->thread_count; k++)
        wires[k] = (struct board_thread){.os = {wire_os, m, k}, .hv = {wire_hv, m, k}, .user = {wire_user, m, k}};
    m->board = board_new(&(struct board_config){
        .ram = &m->ram,
        .clock = &m->clock,
        .cores = (unsigned)c->cores,
        .threads_per_core = (unsigned)c->threads,
        .pvr = (u32)c->pvr,
        .core_mhz = (u32)c->core_mhz,
        .tlb_entries = (u32)c->tlb_entries,
        .tlb_ways = (u32)c->tlb_ways,
        .no_count_cache = !c->count_cache,
        .threads = wires,
        .hmer = {xscom_status, m},
        .tod = {load_timebase, m},
        .control = {control_stopped, control_asleep, control_hold, control_start, control_sreset, m},
        .console = {put_console, m},
        .power = {power_request, m},
        .start_time = c->start_time,
        .seed = c->seed,
        .initrd_base = m->powernv.initrd.size ? m->initrd_ra : 0,
        .initrd_size = m->powernv.initrd.size,
        .bootargs = m->powernv.bootargs,
        .log = m->log,
    });
    if (!m->board) return false;
    m->bus = board_bus(m->board);
    return true;
}

u64 machine_pace(const struct config *c)
{
    return c->base_cpi * PACE_ONE / 1000;
}

static bool build_thread(struct machine *m, unsigned n)
{
    unsigned per_core = (unsigned)m->config->threads;
    struct thread *t;

    if (posix_memalign((void **)&t, 64, sizeof *t)) return p9_error("the host has no memory for thread %u", n);
    memset(t, 0, sizeof *t);
    m->threads[n] = t;
    t->ring = retire_open(t, n, &m->records);
    if (!t->ring) return p9_error("the host has no memory for records of thread %u", n);
    t->core = n / per_core;
    t->index_in_core = n % per_core;
    t->threads_in_core = per_core;
    t->pir = board_pir(t->core, t->index_in_core);
    t->bus = m->bus;
    t->code = &m->code;
    t->fabric = &m->fabric;
    t->in_company = m->thread_count > 1;
    t->services = &m->services;
    t->accounts = &m->accounts;
    t->partitions = &m->partitions;
    t->partition = partition_l0(&m->partitions);
    t->hot = &m->hot;
    t->log = m->log;
    t->mmu = mmu_of_thread(m->mmus, n);
    mmu_set_clock(t->mmu, &t->completed);
    t->cycles_to_tb = m->cycles_to_tb;
    t->pace = machine_pace(m->config);
    return true;
}

static bool build_threads(struct machine *m)
{
    unsigned per_core = (unsigned)m->config->threads;

    if (!partition_tree_open(&m->partitions)) return p9_error("the host has no memory for the tree of partitions");
    /* Somebody must be counted for before a thread is reset. */
    m->accounts.tree = &m->partitions;
    if (!account_find(&m->accounts, partition_l0(&m->partitions), ACCOUNT_HYPERVISOR, 0))
        return p9_error("the host has no memory for accounts");
    machine_watch_switches(m);
    m->exits = exit_watch_new(&m->partitions, m->bus, m->config->aftershock_insns, m->config->needless_insns);
    if (!m->exits) return p9_error("the host has no memory for the exit table");
    for (unsigned k = 0; k < m->thread_count; k++)
        if (!build_thread(m, k)) return false;
    for (unsigned k = 0; k < m->thread_count; k++)
        for (unsigned s = 0; s < per_core; s++) m->threads[k]->sibling[s] = m->threads[k / per_core * per_core + s];
    m->fabric = (struct fabric){.threads = m->threads, .count = m->thread_count};
    m->code.threads = m->threads;
    m->code.thread_count = m->thread_count;
    return true;
}

/* A pool that is too small for what runs decodes all the time; a whole one is a share of what the guests get. A plain
 * boot takes 2 % longer with the least one than with 1024, and stays within 100 MB above the storage it touches. */
enum { CODE_PAGES_LEAST = 768, CODE_PAGES_MOST = 1 << 20, CODE_PAGES_THREADS = 128 }; /* each thread stands in one */
#define STORAGE_PER_CODE_PAGE (2ULL << 20)
#define STORAGE_OF_A_BOOT (2ULL << 30)

static unsigned code_pages(const struct config *c)
{
    u64 share = c->mem / STORAGE_PER_CODE_PAGE;

    if (c->code_pages) return c->code_pages < CODE_PAGES_THREADS ? CODE_PAGES_THREADS : (unsigned)c->code_pages;
    return c->mem <= STORAGE_OF_A_BOOT ? CODE_PAGES_LEAST : share > CODE_PAGES_MOST ? CODE_PAGES_MOST : (unsigned)share;
}

static bool build(struct machine *m)
{
    const struct config *c = m->config;
    struct mmu_config mmu_config = config_mmu(c);

    m->thread_count = (unsigned)(c->cores * c->threads);
    m->core_mhz = c->core_mhz;
    m->quantum = c->quantum_cycles;
    m->cycles_to_tb = ((u64)TIMEBASE_HZ << 32) / (c->core_mhz * 1000000);
    m->clock.next_deadline_tb = ALARM_NEVER;
    m->services = (struct run_services){.callthru = c->callthru ? machine_callthru : NULL,
                                        .random = random_doubleword,
                                        .arrived = machine_stops_arrived,
                                        .context = machine_stops_context,
                                        .self = m};
    m->isa = isa_new();
    if (!m->isa || !ram_open(&m->ram, c->mem) || !build_bus(m)) return false;
    m->mmus = mmu_system_new(&mmu_config, m->bus, (unsigned)c->cores, (unsigned)c->threads);
    if (!m->mmus || !code_open(&m->code, m->isa, &m->ram, code_pages(c))) return false;
    m->code.mmus = m->mmus;
    run_install_stubs(&m->code);
    return build_threads(m) && machine_open_core_model(m) && machine_restart(m);
}

/* ---- images ---- */

static bool place(struct machine *m, const struct machine_blob *blob, u64 ra)
{
    if (!blob->size || ram_store(&m->ram, ra, blob->bytes, blob->size)) return true;
    return p9_error("%s: %llu bytes at 0x%llx do not fit into --mem %llu MiB; give the machine more memory", blob->name,
                    (unsigned long long)blob->size, (unsigned long long)ra,
                    (unsigned long long)m->ram.size_bytes >> 20);
}

static bool dump_tree(const char *path, const void *fdt, size_t size)
{
    int fd = file_create(path);

    return fd >= 0 && file_put(fd, path, fdt, size);
}

static bool place_tree(struct machine *m)
{
    static const u32 fdt_magic = 0xd00dfeed;
    u8 *fdt;
    bool ok;

    if (m->powernv.dtb.size) return place(m, &m->powernv.dtb, BOARD_FDT_ADDRESS);
    fdt = calloc(1, BOARD_FDT_MAX);
    if (!fdt) return p9_error("the host has no memory for the device tree");
    ok = board_describe(m->board, fdt, BOARD_FDT_MAX) && get_be32(fdt) == fdt_magic &&
         ram_store(&m->ram, BOARD_FDT_ADDRESS, fdt, get_be32(fdt + 4));
    if (ok && m->powernv.dump_dtb) ok = dump_tree(m->powernv.dump_dtb, fdt, get_be32(fdt + 4));
    free(fdt);
    return ok;
}

static bool place_powernv(struct machine *m)
{
    return place(m, &m->powernv.bios, 0) && place(m, &m->powernv.kernel, BOARD_KERNEL_ADDRESS) &&
           place(m, &m->powernv.initrd, m->initrd_ra) && place_tree(m);
}

static bool place_bare(struct machine *m)
{
    for (unsigned k = 0; k < m->bare.segment_count; k++) {
        const struct machine_segment *s = &m->bare.segments[k];
        if (!ram_holds(&m->ram, s->ra, s->memory_size ? s->memory_size : 1))
            return p9_error("%s: a segment of %llu bytes at 0x%llx does not fit into --mem %llu MiB", s->blob.name,
                            (unsigned long long)s->memory_size, (unsigned long long)s->ra,
                            (unsigned long long)m->ram.size_bytes >> 20);
        if (!place(m, &s->blob, s->ra)) return false;
    }
    return true;
}

static u64 bare_msr(const struct machine_bare *bare)
{
    static const u64 state[] = {
        [BARE_USER] = MSR_PR | MSR_HV, [BARE_OS] = 0, [BARE_HYPERVISOR] = MSR_HV, [BARE_ULTRAVISOR] = MSR_HV | MSR_S};

    return MSR_SF | MSR_ME | MSR_FP | MSR_VEC | MSR_VSX | state[bare->state] | (bare->le ? MSR_LE : 0);
}

static void start_thread(struct machine *m, struct thread *t)
{
    thread_reset(t, m->board ? FIRMWARE_ENTRY : m->bare.entry);
    t->spr.PVR = m->config->pvr;
    if (m->board) {
        t->held = false; /* the power request that led to a restart held it */
        t->gpr[3] = BOARD_FDT_ADDRESS;
    } else {
        t->held = t != m->threads[0];
        t->spr.FSCR = t->spr.HFSCR = ~FSCR_IC; /* a program without firmware finds every facility on */
        t->spr.SMFCTRL = m->bare.state == BARE_ULTRAVISOR ? SMFCTRL_E : 0;
        thread_set_msr(t, bare_msr(&m->bare));
    }
    retire_stream(t);
    thread_context_changed(t);
}

bool machine_bring_images(struct machine *m)
{
    bool ok = !m->bring_images || m->bring_images(m, m->bring_self);

    if (ok) m->bring_images = NULL;
    return ok;
}

static bool place_images(struct machine *m)
{
    if (m->restoring) return true;
    return machine_bring_images(m) && (m->board ? place_powernv(m) : place_bare(m));
}

bool machine_restart(struct machine *m)
{
    m->reboot_wanted = false;
    ram_reset(&m->ram);
    code_reset(&m->code);
    mmu_system_reset(m->mmus);
    if (m->board) board_reset(m->board);
    if (!place_images(m)) return false;
    partition_restart(&m->partitions, m->threads, m->thread_count);
    for (unsigned k = 0; k < m->thread_count; k++) start_thread(m, m->threads[k]);
    return true;
}

/* Below skiboot if it fits, else above what skiboot takes for itself and its stacks. */
static u64 initrd_address(const struct machine_powernv *what)
{
    u64 behind_kernel = (BOARD_KERNEL_ADDRESS + what->kernel.size + 0xffff) & ~0xffffULL;
    u64 at = behind_kernel > BOARD_INITRD_ADDRESS ? behind_kernel : BOARD_INITRD_ADDRESS;

    return at + what->initrd.size <= BOARD_SKIBOOT_ADDRESS ? at : BOARD_HIGH_ADDRESS;
}

static struct machine *finish(struct machine *m)
{
    if (m && !build(m)) {
        machine_free(m);
        return NULL;
    }
    return m;
}

static struct machine *new_machine(const struct config *config, struct console *console, struct log *log)
{
    struct machine *m;

    if (!hostfp_is_ieee()) {
        p9_error("the host's floating point does not round to nearest or flushes denormals (fesetround, FTZ, DAZ)");
        return NULL;
    }
    m = calloc(1, sizeof *m);
    if (!m) {
        p9_error("the host has no memory for a machine");
        return NULL;
    }
    m->config = config;
    m->console = console;
    m->log = log;
    hot_open(&m->hot, HOT_ROWS_MAX);
    return m;
}

struct machine *machine_new_powernv(const struct config *config, const struct machine_powernv *what,
                                    struct console *console, struct log *log)
{
    struct machine *m = new_machine(config, console, log);

    if (!m) return NULL;
    m->powernv = *what;
    m->initrd_ra = initrd_address(what);
    return finish(m);
}

struct machine *machine_new_bare(const struct config *config, const struct machine_bare *what, struct console *console,
                                 struct log *log)
{
    struct machine *m = new_machine(config, console, log);

    if (!m) return NULL;
    m->bare = *what;
    return finish(m);
}

struct machine *machine_new_empty(const struct config *config, const struct machine_powernv *powernv,
                                  const struct machine_bare *bare, struct console *console, struct log *log)
{
    struct machine *m = new_machine(config, console, log);

    if (!m) return NULL;
    m->powernv = *powernv;
    m->bare = *bare;
    m->initrd_ra = initrd_address(powernv);
    m->restoring = true;
    m = finish(m);
    if (m) m->restoring = false;
    return m;
}

void machine_free(struct machine *m)
{
    if (!m) return;
    for (unsigned k = 0; k < m->thread_count; k++) {
        if (m->threads[k]) retire_close(m->threads[k]->ring);
        free(m->threads[k]);
    }
    account_book_clear(&m->accounts);
    partition_tree_close(&m->partitions);
    hot_close(&m->hot);
    exit_watch_free(m->exits);
    timeline_free(&m->timeline);
    machine_free_regions(m);
    machine_free_marks(m);
    free(m->checkpoints);
    code_close(&m->code);
    machine_close_reading(m);
    machine_close_pipeline_log(m);
    machine_close_profile(m);
    machine_close_core_model(m);
    mmu_system_free(m->mmus);
    board_free(m->board);
    ram_close(&m->ram);
    isa_free(m->isa);
    free(m);
}

/* ---- records ---- */

static void drain_all(void *self)
{
    struct machine *m = self;

    for (unsigned k = 0; k < m->thread_count; k++) retire_drain(m->threads[k]->ring);
    machine_flush_variants(m);
}

/* Of a device: in the records of the thread that runs, or between them. */
static void record_dma(void *self, u64 ra, u64 size_bytes, bool write)
{
    struct machine *m = self;
    struct thread *running = m->fabric.running, *t = running ? running : m->threads[0];
    struct retire *r;

    if (!t->traced) return;
    r = retire_event(t->ring, RETIRE_DMA);
    r->dma.ra = ra;
    r->dma.bytes = size_bytes;
    r->dma.write = write;
    if (!running) r->thread = RETIRE_NO_THREAD;
}

bool machine_trace_on(struct machine *m, struct retire_sink *reader)
{
    struct retire_sink *sink = machine_sink(m, reader);

    if (!code_keep_facts(&m->code, drain_all, m)) return false;
    for (unsigned k = 0; k < m->thread_count; k++) {
        struct thread *t = m->threads[k];

        t->ring->ram = (uintptr_t)m->ram.host;
        if (!retire_set_sink(t->ring, sink)) return p9_error("the host has no memory for records with values");
        thread_record(t, true);
    }
    m->bus->dma = record_dma;
    m->bus->dma_self = m;
    return true;
}

bool machine_trace(struct machine *m, struct retire_sink *sink)
{
    m->core.reads = true;
    return machine_trace_on(m, sink);
}
