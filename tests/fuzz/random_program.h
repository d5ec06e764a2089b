/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random guests.  Everything about one - the machine, its storage, its registers, its tables - follows from a seed, so
 * a case that found something is repeated by its number alone.
 *
 * Storage of a bare guest (2 MiB):
 *   0x00000   interrupt vectors (again at 0x4000 for LPCR[AIL] = 3): handlers that step over what failed, or noise
 *   0x10000   code, entered at LAUNCH by a return from interrupt into a random state; 0x17000 is where scv leads
 *   0x20000   data
 *   0x80000   partition table, process table; a tree for process scope at 0x90000, one for partition scope at 0xc0000
 *   0x100000  more data; a hashed page table at 0x140000 if the case has one
 */
#ifndef P9_TESTS_RANDOM_PROGRAM_H
#define P9_TESTS_RANDOM_PROGRAM_H

#include "core/isa/decode.h"
#include "machine/config.h"
#include "machine/console.h"
#include "machine/machine.h"

enum {
    GUEST_BYTES = 2 << 20,
    GUEST_CODE = 0x10000,
    GUEST_CODE_BYTES = 0x10000,
    GUEST_TABLES = 0x80000,
    GUEST_TABLES_END = 0x100000,
    GUEST_LAUNCH = GUEST_CODE
};

enum random_kind {
    RANDOM_ANY,  /* whatever hurts: noise in tables, devices, several threads */
    RANDOM_TAME, /* one thread, no devices: every port and model must agree */
};

struct random_case {
    u64 seed, state; /* state: of the generator */
    const struct isa *isa;
    enum random_kind kind;
    bool board, hash_table, noisy_vectors, noisy_tables, noisy_code, le, vectors_le;
    struct config config;
    struct machine_segment segment;
    struct machine_bare bare;
    struct machine_powernv powernv;
    u8 image[GUEST_BYTES];
};

/* Make the case of this seed. code: if not NULL, words to lay over the beginning of the code. */
void random_case_make(struct random_case *c, const struct isa *isa, u64 seed, enum random_kind kind);
void random_case_code(struct random_case *c, const u8 *bytes, size_t size);

/* A machine in the state that the case says; NULL after an error line. The case must outlive it. */
struct machine *random_case_machine(struct random_case *c, struct console *console, struct log *log);

u64 random_next(struct random_case *c);

#endif
