/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a program that runs inside p9sim can say to the simulator: mark regions, reset and print counters, ask for a
 * checkpoint, end the run.  For C and C++, on POWER of 64 bits and either byte order; freestanding: nothing is included
 * and nothing has to be linked.
 *
 *     #include "p9guest.h"
 *     p9_region_name(1, "sort", 4);
 *     p9_region_begin(1);
 *     sort(data, count);
 *     p9_region_end(1);
 *
 * Each function is one instruction, the word 0x000eaeb0 with a command in r3.  It works in every privilege state: in
 * an application, in a kernel, in firmware, at every level of guests.  p9sim executes it at once and no time passes but
 * that of an instruction.  Everywhere else, and with the option callthru=off, it is an illegal instruction: Linux sends
 * SIGILL.
 *
 * A region counts what the whole machine does while it is open, whoever does it; the report (docs/RESULTS.md, regions)
 * tells the levels of guests apart.  Regions may overlap.  What is begun again is added up; beginning one that is open,
 * or ending one that is not, changes nothing.
 */
#ifndef P9GUEST_H
#define P9GUEST_H

enum p9_command {
    P9_WRITE_CONSOLE = 0,
    P9_EXIT = 31,
    P9_READ_CONSOLE = 60,
    P9_TIME = 70,
    P9_REGION_BEGIN = 4096,
    P9_REGION_END = 4097,
    P9_RESET = 4098,
    P9_DUMP = 4099,
    P9_REGION_NAME = 4100,
    P9_CHECKPOINT = 4101
};

/* Any command with up to three arguments; the result is what is in r3 afterwards. -1: there is no such command. */
static inline long p9_call(unsigned long command, unsigned long a, unsigned long b, unsigned long c)
{
    register unsigned long r3 __asm__("r3") = command;
    register unsigned long r4 __asm__("r4") = a;
    register unsigned long r5 __asm__("r5") = b;
    register unsigned long r6 __asm__("r6") = c;

    __asm__ volatile(".long 0x000eaeb0" : "+r"(r3) : "r"(r4), "r"(r5), "r"(r6) : "memory");
    return (long)r3;
}

/* The region with this tag begins: any number that is not used for another one. */
static inline void p9_region_begin(unsigned long tag)
{
    p9_call(P9_REGION_BEGIN, tag, 0, 0);
}

/* It ends. */
static inline void p9_region_end(unsigned long tag)
{
    p9_call(P9_REGION_END, tag, 0, 0);
}

/* Its name in the reports: at most 47 bytes of it, of letters, digits and "-._"; others become "_". 0, or -1: there are
 * too many regions. The name is read from memory as the program's own loads would: touch it before, if nothing has. */
static inline long p9_region_name(unsigned long tag, const char *name, unsigned long bytes)
{
    return p9_call(P9_REGION_NAME, tag, (unsigned long)name, bytes);
}

/* All counters begin again from zero, those of open regions too; the clocks go on. */
static inline void p9_reset(void)
{
    p9_call(P9_RESET, 0, 0, 0);
}

/* The counters that are not zero, on p9sim's standard error (not with --quiet). */
static inline void p9_dump(void)
{
    p9_call(P9_DUMP, 0, 0, 0);
}

/* Save the machine behind this instruction, into the file of --checkpoint FILE@call.  0 in the run that saves and in
 * those that go on from there alike; -1: no such file was given. */
static inline long p9_checkpoint(void)
{
    return p9_call(P9_CHECKPOINT, 0, 0, 0);
}

/* The run ends, whatever else is running: p9sim's exit status is 0 for status 0 and 3 otherwise (0..255; the status is
 * told).  The rest of this thread's turn may still run. */
static inline void p9_exit(int status)
{
    p9_call(P9_EXIT, (unsigned long)status, 0, 0);
}

/* Bytes to p9sim's console, past the guest's own: at most 65536. How many were written. */
static inline long p9_write(const char *text, unsigned long bytes)
{
    return p9_call(P9_WRITE_CONSOLE, (unsigned long)text, bytes, 0);
}

/* The next character that was typed at p9sim's console (0..255), past the guest's own; -1: none now. */
static inline long p9_read(void)
{
    return p9_call(P9_READ_CONSOLE, 0, 0, 0);
}

/* The time base, in ticks of 512 MHz: what mftb reads. */
static inline unsigned long p9_time(void)
{
    return (unsigned long)p9_call(P9_TIME, 0, 0, 0);
}

#endif
