/* SPDX-License-Identifier: Apache-2.0 */
/*
 * p9sim as a library: the public face.  Opaque handles, plain C types, nothing of the inside.  Several machines may
 * live in one process; each belongs to one thread of the host at a time.  A function that fails has written one line to
 * stderr that says why, and returns NULL or false.
 *
 *     struct p9_config *config = p9_config_new();
 *     p9_config_set(config, "mem", "256M");
 *     struct p9_machine *machine = p9_machine_bare(config, "program.elf", NULL);
 *     if (machine && p9_machine_run(machine, 1000000) == P9_END_OFF) p9_machine_report(machine, "results");
 *     p9_machine_free(machine);
 *     p9_config_free(config);
 */
#ifndef P9SIM_H
#define P9SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct p9_config;
struct p9_machine;

const char *p9_version(void);

/* Options: those of `p9sim config`. */
struct p9_config *p9_config_new(void);
void p9_config_free(struct p9_config *config);
bool p9_config_set(struct p9_config *config, const char *name, const char *value);
bool p9_config_load(struct p9_config *config, const char *path);

/* A bare program (ELF, or flat at address 0), and the board with firmware, kernel and ramdisk (the last three may be
 * NULL).  The options are copied.  console: "stdio", "file:PATH", or NULL for none. */
struct p9_machine *p9_machine_bare(const struct p9_config *config, const char *path, const char *console);
struct p9_machine *p9_machine_powernv(const struct p9_config *config, const char *firmware, const char *kernel,
                                      const char *initrd, const char *command_line, const char *console);
void p9_machine_free(struct p9_machine *machine);

enum p9_end {
    P9_END_OFF,        /* powered off, or the program ended with status 0 */
    P9_END_GUEST_DIED, /* checkstop, or another status */
    P9_END_LIMIT,      /* so many instructions were executed; may be run on */
};

/* Run for exactly so many further instructions (of all threads in their turns), or to the end; 0: without limit. */
enum p9_end p9_machine_run(struct p9_machine *machine, uint64_t instructions);

uint64_t p9_machine_completed(const struct p9_machine *machine); /* instructions, all threads */
double p9_machine_seconds(const struct p9_machine *machine);     /* guest time */
uint64_t p9_machine_hash(const struct p9_machine *machine);      /* of registers and storage */

/* A general register of a thread; false if there is no such thread or register. */
bool p9_machine_gpr(struct p9_machine *machine, unsigned thread, unsigned number, uint64_t *value);

/* Main storage by real address; false if it does not lie there. */
bool p9_machine_read(const struct p9_machine *machine, uint64_t address, void *to, size_t size);

/* A counter by its name in stats.txt, sum over everybody; false if there is none of that name. */
bool p9_machine_counter(struct p9_machine *machine, const char *name, uint64_t *value);

/* Write stats.txt, stats.json, report.html ... into a directory, over those that are there. False if somebody else is
 * writing there at that moment (p9sim --out does so for as long as it runs). */
bool p9_machine_report(struct p9_machine *machine, const char *directory);

#ifdef __cplusplus
}
#endif

#endif
