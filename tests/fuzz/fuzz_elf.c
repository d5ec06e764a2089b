/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as an ELF file: read or refused, and what is accepted lies in the file and in memory.  The first byte says
 * which fields are set right before (class, byte order, machine), so that the interesting checks are reached at once.
 */
#include <elf.h>
#include <stdlib.h>

#include "loader/elf.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static void help_along(u8 *bytes, u8 how)
{
    bool le = how & 2;

    memcpy(bytes, ELFMAG, SELFMAG);
    bytes[EI_CLASS] = how & 1 ? ELFCLASS64 : ELFCLASS32;
    bytes[EI_DATA] = le ? ELFDATA2LSB : ELFDATA2MSB;
    bytes[EI_VERSION] = EV_CURRENT;
    bytes[16 + !le] = ET_EXEC;
    bytes[17 - !le] = 0;
    bytes[18 + !le] = EM_PPC64;
    bytes[19 - !le] = 0;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    const u64 memory = 1 << 24;
    struct image image;
    struct elf_program program;

    if (size < 2 || !image_from(&image, "fuzz", data + 1, size - 1, IMAGE_AS_IT_IS, 1 << 20)) return 0;
    if (size > 64 && (data[0] & 4)) help_along(image.bytes, data[0]);
    if (elf_read(&image, memory, &program))
        for (unsigned k = 0; k < program.count; k++) {
            const struct elf_segment *s = &program.segment[k];
            if (s->bytes < image.bytes || s->bytes + s->size > image.bytes + image.size) abort();
            if (s->ra > memory || s->memory_size > memory - s->ra || s->size > s->memory_size) abort();
        }
    image_close(&image);
    return 0;
}
