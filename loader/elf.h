/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An ELF executable as the machine needs it: what goes to which real address, and where to start.  32 and 64 bits, both
 * byte orders.  Segments lie at their physical addresses (skiboot and Linux link kernels at 0xc000000000000000 with
 * physical addresses from 0); an entry that is such a virtual address is turned into the real one.
 */
#ifndef P9_LOADER_ELF_H
#define P9_LOADER_ELF_H

#include "loader/image.h"

enum { ELF_SEGMENTS_MAX = 64 };

struct elf_segment {
    const u8 *bytes;       /* inside the image */
    u64 size, memory_size; /* memory_size >= size: the rest is zero */
    u64 ra;
};

struct elf_program {
    struct elf_segment segment[ELF_SEGMENTS_MAX]; /* in order of the file; those of no size are left out */
    unsigned count;
    u64 entry;
    bool le, is64;
};

/* Is e_machine POWER's?  False after an error line that names the other processor, for whoever reads ELF files. */
must_use bool elf_is_for_power(const struct image *image, u16 e_machine);

/* False after an error line: not for POWER, not an executable, damaged, segments that overlap or lie beyond memory. */
must_use bool elf_read(const struct image *image, u64 memory_bytes, struct elf_program *out);

#endif
