/* SPDX-License-Identifier: Apache-2.0 */
/*
 * p9sim as a library: the public face.  Opaque handles, plain C types, nothing of the inside.  Several machines may
 * live in one process; each belongs to one thread of the host at a time.  docs/EMBEDDING.md has a whole program.
 *
 *     struct p9_config *config = p9_config_new();
 *     p9_config_set(config, "mem", "256M");
 *     struct p9_machine *machine = p9_machine_bare(config, "program.elf", NULL);
 *     if (machine && p9_machine_run(machine, 1000000) == P9_END_OFF) p9_machine_report(machine, "results");
 *     p9_machine_free(machine);
 *     p9_config_free(config);
 *
 * Errors: a function that fails returns NULL or false, has changed nothing, and p9_last_error() says why.  A NULL where
 * none is allowed is such an error.  Nothing is written to stderr.
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

/* Why the last function that failed on this thread of the host did: a line without an end (several, if it had more than
 * one thing to say), which the next failure on this thread replaces.  "" before the first one; never NULL. */
const char *p9_last_error(void);

/* Tell each line of an error at once as well, on this thread of the host; NULL: to nobody, as in the beginning.  The
 * text is valid during the call.  What is called may not call functions of this library but p9_last_error(). */
typedef void p9_error_fn(void *self, const char *text);
void p9_on_error(p9_error_fn *tell, void *self);

/* Options: those of `p9sim config`.  p9_config_load() reads lines name = value; of a file with an error those before it
 * are set.  p9_config_free(NULL) does nothing. */
struct p9_config *p9_config_new(void);
void p9_config_free(struct p9_config *config);
bool p9_config_set(struct p9_config *config, const char *name, const char *value);
bool p9_config_load(struct p9_config *config, const char *path);

/* A bare program (ELF, or flat at address 0), and the board with firmware, kernel and ramdisk (the last three may be
 * NULL).  The options are copied.  console: "stdio", "file:PATH", or NULL for none.  p9_machine_free(NULL) does
 * nothing. */
struct p9_machine *p9_machine_bare(const struct p9_config *config, const char *path, const char *console);
struct p9_machine *p9_machine_powernv(const struct p9_config *config, const char *firmware, const char *kernel,
                                      const char *initrd, const char *command_line, const char *console);
void p9_machine_free(struct p9_machine *machine);

/* ---- running ---- */

enum p9_end {
    P9_END_OFF,        /* powered off, or the program ended with status 0 */
    P9_END_GUEST_DIED, /* checkstop, or another status; p9_machine_death() */
    P9_END_LIMIT,      /* so many instructions were executed; may be run on */
    P9_END_STOPPED,    /* p9_machine_ask() or p9_machine_stop() wanted it; may be run on */
    P9_END_ERROR,      /* there is no machine */
};

/* Run for exactly so many further instructions (of all threads in their turns), or to the end; 0: without limit.  A
 * machine that has ended (off, died) executes nothing more and says the same again. */
enum p9_end p9_machine_run(struct p9_machine *machine, uint64_t instructions);

/* From now on ask whether to go on, each time that a run has executed so many instructions (1 ..) since this call or
 * since it was asked last; false: the run ends there.  The machine stands still meanwhile: what is asked may read and
 * write it, ask for a report, and call this function, but not run or free it.  ask NULL: no more. */
typedef bool p9_go_on_fn(void *self, struct p9_machine *machine);
bool p9_machine_ask(struct p9_machine *machine, uint64_t instructions, p9_go_on_fn *ask, void *self);

/* The run that is under way ends soon (within some milliseconds), or the next one at once; one run for one or more of
 * these calls.  Where it ends is the host's accident, what the guest does is not changed by it.  May be called from a
 * signal handler and from any thread of the host as long as the machine is not freed. */
void p9_machine_stop(struct p9_machine *machine);

/* ---- facts (0 or NULL without a machine) ---- */

uint64_t p9_machine_completed(const struct p9_machine *machine); /* instructions, all threads */
double p9_machine_seconds(const struct p9_machine *machine);     /* guest time */
uint64_t p9_machine_hash(const struct p9_machine *machine);      /* of registers and storage */
unsigned p9_machine_threads(const struct p9_machine *machine);   /* hardware threads; they are numbered from 0 */
const char *p9_machine_death(const struct p9_machine *machine);  /* why the guest died, or NULL: it did not */

/* A counter by its name in stats.txt, sum over everybody; false if there is none of that name. */
bool p9_machine_counter(struct p9_machine *machine, const char *name, uint64_t *value);

/* Write stats.txt, stats.json, report.html ... into a directory, over those that are there. False if somebody else is
 * writing there at that moment (p9sim --out does so for as long as it runs). */
bool p9_machine_report(struct p9_machine *machine, const char *directory);

/* ---- registers of a thread, between runs ----
 *
 * Reading changes nothing.  A write takes effect before the next instruction, as if the guest had made it, and the
 * thread looks for interrupts there.  false: there is no such thread or register, or what is said below. */

/* A general register, 0 .. 31. */
bool p9_machine_gpr(struct p9_machine *machine, unsigned thread, unsigned number, uint64_t *value);
bool p9_machine_set_gpr(struct p9_machine *machine, unsigned thread, unsigned number, uint64_t value);

/* Where the thread goes on: the effective address of its next instruction, a multiple of 4 and in 32-bit mode less than
 * 4 GiB.  A thread in `stop` stays there and, when something wakes it, goes on at its system reset vector. */
bool p9_machine_pc(struct p9_machine *machine, unsigned thread, uint64_t *value);
bool p9_machine_set_pc(struct p9_machine *machine, unsigned thread, uint64_t value);

/* The Machine State Register; a write may change every bit that POWER9 has but for MSR[TS], which belongs to
 * transactions. */
bool p9_machine_msr(struct p9_machine *machine, unsigned thread, uint64_t *value);
bool p9_machine_set_msr(struct p9_machine *machine, unsigned thread, uint64_t value);

/* A special-purpose register by its name in core/state/spr.def, "LPCR", "lr"; the thread's privilege does not matter.
 * A write does what mtspr would do in the thread's present state: it changes the bits that can be written, has the
 * effects of the write, and reaches all threads of the core if the register is the core's.  false also if the register
 * cannot be read or written at all (TB is written as TBL_W and TBU_W), or not while secure memory protects it. */
bool p9_machine_spr(struct p9_machine *machine, unsigned thread, const char *name, uint64_t *value);
bool p9_machine_set_spr(struct p9_machine *machine, unsigned thread, const char *name, uint64_t value);

/* ---- main storage by real address, between runs ----
 *
 * false, and nothing is copied, if a byte of it does not lie in main storage.  Written instructions are executed from
 * then on.  As with stores of the guest, translations that were made stay until they are invalidated; reservations are
 * lost. */
bool p9_machine_read(const struct p9_machine *machine, uint64_t address, void *to, size_t size);
bool p9_machine_write(struct p9_machine *machine, uint64_t address, const void *from, size_t size);

#ifdef __cplusplus
}
#endif

#endif
