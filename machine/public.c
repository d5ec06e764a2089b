/* SPDX-License-Identifier: Apache-2.0 */
/* The public face (include/p9sim.h) on top of the machine: handles, names and nothing else. */
#include "include/p9sim.h"

#include <stdlib.h>

#include "bus/ram.h"
#include "loader/elf.h"
#include "loader/initrd.h"
#include "machine/config.h"
#include "machine/console.h"
#include "machine/machine.h"
#include "machine/machine_report.h"
#include "stats/report.h"
#include "stats/results.h"

enum { IMAGES = 3 };

struct p9_config {
    struct config config;
};

struct p9_machine {
    struct config config;
    struct console *console;
    struct log log;
    struct image image[IMAGES];
    char *path[IMAGES]; /* for messages: of the images, which keep their names */
    struct machine_segment segments[ELF_SEGMENTS_MAX];
    struct machine_bare bare;
    struct machine_powernv powernv;
    char *command_line;
    struct machine *machine;
    enum machine_end end;
};

const char *p9_version(void)
{
    return P9_VERSION;
}

struct p9_config *p9_config_new(void)
{
    struct p9_config *config = malloc(sizeof *config);

    if (config) config_default(&config->config);
    else p9_error("the host has no memory for options");
    return config;
}

void p9_config_free(struct p9_config *config)
{
    free(config);
}

bool p9_config_set(struct p9_config *config, const char *name, const char *value)
{
    return config_set(&config->config, name, value, "p9_config_set");
}

bool p9_config_load(struct p9_config *config, const char *path)
{
    return config_load(&config->config, path);
}

/* ---- machines ------------------------------------------------------------------------------------------------------
 */

static struct p9_machine *new_handle(const struct p9_config *config, const char *console)
{
    struct p9_machine *m;

    if (!config_check(&config->config)) return NULL;
    m = calloc(1, sizeof *m);
    if (!m) {
        p9_error("the host has no memory for a machine");
        return NULL;
    }
    m->config = config->config;
    m->log = (struct log){.to = stderr, .level = LOG_ERROR};
    m->console = console_new(&(struct console_config){.where = console, .terminal_fd = -1});
    if (m->console) return m;
    p9_machine_free(m);
    return NULL;
}

/* The machine that was made, or nothing at all. */
static struct p9_machine *finished(struct p9_machine *m)
{
    if (m->machine) return m;
    p9_machine_free(m);
    return NULL;
}

/* The caller's string may end before the machine does. NULL after an error line. */
static const char *keep_path(struct p9_machine *m, unsigned n, const char *path)
{
    m->path[n] = strdup(path);
    if (!m->path[n]) p9_error("the host has no memory for a machine");
    return m->path[n];
}

static bool read_program(struct p9_machine *m, const char *given)
{
    struct image *image = &m->image[0];
    struct elf_program elf = {.count = 1};
    const char *path = keep_path(m, 0, given);

    if (!path || !image_open(image, path, IMAGE_UNPACK, m->config.mem)) return false;
    if (image->kind == IMAGE_ELF && !elf_read(image, m->config.mem, &elf)) return false;
    if (image->kind != IMAGE_ELF)
        elf.segment[0] = (struct elf_segment){.bytes = image->bytes, .size = image->size, .memory_size = image->size};
    for (unsigned k = 0; k < elf.count; k++)
        m->segments[k] = (struct machine_segment){.blob = {path, elf.segment[k].bytes, elf.segment[k].size},
                                                  .ra = elf.segment[k].ra,
                                                  .memory_size = elf.segment[k].memory_size};
    m->bare = (struct machine_bare){.segments = m->segments,
                                    .segment_count = elf.count,
                                    .entry = elf.entry,
                                    .le = elf.le,
                                    .state = BARE_HYPERVISOR};
    return true;
}

struct p9_machine *p9_machine_bare(const struct p9_config *config, const char *path, const char *console)
{
    struct p9_machine *m = new_handle(config, console);

    if (!m) return NULL;
    if (read_program(m, path)) m->machine = machine_new_bare(&m->config, &m->bare, m->console, &m->log);
    return finished(m);
}

static bool read_images(struct p9_machine *m, const char *const path[IMAGES])
{
    struct machine_blob *blob[IMAGES] = {&m->powernv.bios, &m->powernv.kernel, &m->powernv.initrd};

    for (unsigned k = 0; k < IMAGES; k++) {
        struct image *image = &m->image[k];
        const char *name = path[k] ? keep_path(m, k, path[k]) : NULL;
        if (!path[k]) continue;
        if (!name || !(k == 2 ? initrd_join(image, name, m->config.mem, NULL)
                              : image_open(image, name, IMAGE_UNPACK, m->config.mem)))
            return false;
        *blob[k] = (struct machine_blob){name, image->bytes, image->size};
    }
    return true;
}

struct p9_machine *p9_machine_powernv(const struct p9_config *config, const char *firmware, const char *kernel,
                                      const char *initrd, const char *command_line, const char *console)
{
    struct p9_machine *m = new_handle(config, console);

    if (!m) return NULL;
    m->command_line = command_line ? strdup(command_line) : NULL; /* a reboot asks for it again */
    m->powernv.bootargs = m->command_line;
    if (command_line && !m->command_line) p9_error("the host has no memory for a machine");
    else if (read_images(m, (const char *const[IMAGES]){firmware, kernel, initrd}))
        m->machine = machine_new_powernv(&m->config, &m->powernv, m->console, &m->log);
    return finished(m);
}

void p9_machine_free(struct p9_machine *m)
{
    if (!m) return;
    machine_free(m->machine);
    console_free(m->console);
    for (unsigned k = 0; k < IMAGES; k++) {
        image_close(&m->image[k]);
        free(m->path[k]);
    }
    free(m->command_line);
    free(m);
}

enum p9_end p9_machine_run(struct p9_machine *m, uint64_t instructions)
{
    u64 limit = machine_completed(m->machine) + instructions;
    const struct machine_limits limits = {.max_insns = instructions ? limit : UINT64_MAX, .max_cycles = UINT64_MAX};

    m->end = machine_run(m->machine, &limits, NULL);
    console_flush(m->console);
    switch (m->end) {
    case MACHINE_GUEST_DIED: return P9_END_GUEST_DIED;
    case MACHINE_LIMIT: return P9_END_LIMIT;
    default: return P9_END_OFF;
    }
}

/* ---- facts ---------------------------------------------------------------------------------------------------------
 */

uint64_t p9_machine_completed(const struct p9_machine *m)
{
    return machine_completed(m->machine);
}
double p9_machine_seconds(const struct p9_machine *m)
{
    return machine_seconds(m->machine);
}
uint64_t p9_machine_hash(const struct p9_machine *m)
{
    return machine_state_hash(m->machine);
}

bool p9_machine_gpr(struct p9_machine *m, unsigned thread, unsigned number, uint64_t *value)
{
    if (thread >= machine_thread_count(m->machine) || number > 31) return false;
    *value = machine_thread(m->machine, thread)->gpr[number];
    return true;
}

bool p9_machine_read(const struct p9_machine *m, uint64_t address, void *to, size_t size)
{
    return ram_load(machine_ram(m->machine), address, to, size);
}

static const char *end_text(const struct p9_machine *m)
{
    if (m->end == MACHINE_OFF) return "the guest powered off";
    if (m->end == MACHINE_GUEST_DIED) return machine_death(m->machine) ? machine_death(m->machine) : "the guest died";
    return "still running";
}

bool p9_machine_counter(struct p9_machine *m, const char *name, uint64_t *value)
{
    struct report report = {.end = end_text(m)};
    bool found = false;

    if (machine_report(m->machine, &report)) {
        struct counters total = report_total(&report);
        EACH_COUNTER(row) {
            if (strcmp(row->name, name) != 0) continue;
            *value = counter_get(&total, row);
            found = true;
        }
    }
    report_free(&report);
    return found;
}

bool p9_machine_report(struct p9_machine *m, const char *directory)
{
    struct report report = {.end = end_text(m)};
    struct results results;
    bool ok =
        results_open(&results, directory) && machine_report(m->machine, &report) && report_write(&report, &results);

    report_free(&report);
    results_close(&results);
    return ok;
}
