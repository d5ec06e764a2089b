/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public face (include/p9sim.h) on top of the machine: errors, options, making machines and running them.  What can
 * be asked of one that stands still is public_state.c.  A caller may pass anything but a wild pointer: each function
 * looks at its arguments first.
 */
#include <stdlib.h>

#include "loader/initrd.h"
#include "machine/console.h"
#include "machine/public_internal.h"

const char *p9_version(void)
{
    return P9_VERSION;
}

/* ---- errors --------------------------------------------------------------------------------------------------------
 */

/* Of a thread of the host: what the last call that failed has said, and whom to tell. */
static _Thread_local struct {
    char text[LOG_TEXT];
    bool begun; /* the text is not of this call */
    p9_error_fn *tell;
    void *self;
} said;

static void take_error(const char *line)
{
    size_t length = said.begun ? 0 : strlen(said.text);

    snprintf(said.text + length, sizeof said.text - length, "%s%s", length ? "\n" : "", line);
    said.begun = false;
    if (said.tell) said.tell(said.self, line);
}

void public_take_errors(void)
{
    log_errors_to(take_error);
    said.begun = true;
}

const char *p9_last_error(void)
{
    return said.text;
}

void p9_on_error(p9_error_fn *tell, void *self)
{
    said.tell = tell;
    said.self = self;
}

/* ---- options -------------------------------------------------------------------------------------------------------
 */

struct p9_config *p9_config_new(void)
{
    struct p9_config *config = malloc(sizeof *config);

    public_take_errors();
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
    if (!public_begin(config && name && value, __func__)) return false;
    return config_set(&config->config, name, value, __func__);
}

bool p9_config_load(struct p9_config *config, const char *path)
{
    return public_begin(config && path, __func__) && config_load(&config->config, path);
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
    m->log = (struct log){.to = NULL};
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
    struct p9_machine *m = public_begin(config && path, __func__) ? new_handle(config, console) : NULL;

    if (!m) return NULL;
    if (read_program(m, path)) m->machine = machine_new_bare(&m->config, &m->bare, m->console, &m->log);
    return finished(m);
}

static bool read_images(struct p9_machine *m, const char *const path[PUBLIC_IMAGES])
{
    struct machine_blob *blob[PUBLIC_IMAGES] = {&m->powernv.bios, &m->powernv.kernel, &m->powernv.initrd};

    for (unsigned k = 0; k < PUBLIC_IMAGES; k++) {
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
    struct p9_machine *m = public_begin(config && firmware, __func__) ? new_handle(config, console) : NULL;

    if (!m) return NULL;
    m->command_line = command_line ? strdup(command_line) : NULL; /* a reboot asks for it again */
    m->powernv.bootargs = m->command_line;
    if (command_line && !m->command_line) p9_error("the host has no memory for a machine");
    else if (read_images(m, (const char *const[PUBLIC_IMAGES]){firmware, kernel, initrd}))
        m->machine = machine_new_powernv(&m->config, &m->powernv, m->console, &m->log);
    return finished(m);
}

void p9_machine_free(struct p9_machine *m)
{
    if (!m) return;
    machine_free(m->machine);
    console_free(m->console);
    for (unsigned k = 0; k < PUBLIC_IMAGES; k++) {
        image_close(&m->image[k]);
        free(m->path[k]);
    }
    free(m->command_line);
    free(m);
}

/* ---- running -------------------------------------------------------------------------------------------------------
 */

/* A request to stop is looked at that often: some milliseconds of the host's time, if the guest is busy. */
enum { LOOK_CYCLES = 1 << 20 };

/* Where a run that ends behind instruction `end` stands still next: there, to ask, or to look whether it is to stop. */
static struct machine_limits next_halt(const struct p9_machine *m, u64 end)
{
    return (struct machine_limits){.max_insns = m->ask && m->ask_at < end ? m->ask_at : end,
                                   .max_cycles = machine_cycles(m->machine) + LOOK_CYCLES};
}

/* Behind instruction `from`, or more of them than were wanted at a time: the next question comes so many later. */
static void plan_question(struct p9_machine *m, u64 from)
{
    m->ask_at = m->ask_every < UINT64_MAX - from ? from + m->ask_every : UINT64_MAX;
}

/* Whoever is asked about this moment says so. What is called may ask for other questions. */
static bool goes_on(struct p9_machine *m)
{
    if (!m->ask || machine_completed(m->machine) < m->ask_at) return true;
    plan_question(m, m->ask_at);
    return m->ask(m->ask_self, m);
}

static enum p9_end run_to(struct p9_machine *m, u64 end)
{
    do {
        struct machine_limits limits = next_halt(m, end);

        if (atomic_exchange(&m->stop, false)) return P9_END_STOPPED;
        m->end = machine_run(m->machine, &limits, NULL);
        if (m->end == MACHINE_GUEST_DIED) return P9_END_GUEST_DIED;
        if (m->end == MACHINE_STOPPED) return P9_END_STOPPED;
        if (m->end != MACHINE_LIMIT) return P9_END_OFF;
        if (!goes_on(m)) return P9_END_STOPPED;
    } while (machine_completed(m->machine) < end);
    return P9_END_LIMIT;
}

enum p9_end p9_machine_run(struct p9_machine *m, uint64_t instructions)
{
    u64 now, end = UINT64_MAX;
    enum p9_end why;

    if (!public_begin(m != NULL, __func__)) return P9_END_ERROR;
    now = machine_completed(m->machine);
    if (instructions && instructions < UINT64_MAX - now) end = now + instructions;
    why = run_to(m, end);
    console_flush(m->console);
    return why;
}

bool p9_machine_ask(struct p9_machine *m, uint64_t instructions, p9_go_on_fn *ask, void *self)
{
    if (!public_begin(m != NULL, __func__)) return false;
    if (ask && !instructions) return p9_error("%s: every 0 instructions; give 1 or more", __func__);
    m->ask = ask;
    m->ask_self = self;
    m->ask_every = instructions;
    plan_question(m, machine_completed(m->machine));
    return true;
}

void p9_machine_stop(struct p9_machine *m)
{
    if (m) atomic_store(&m->stop, true);
}
