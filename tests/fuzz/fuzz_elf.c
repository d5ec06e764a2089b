/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as an ELF file: read or refused, and what is accepted lies in the file and in memory.  The first byte says
 * which fields are set right before (class, byte order, machine), so that the interesting checks are reached at once.
 */
#include <elf.h>
#include <stdlib.h>

#include "loader/elf.h"
#include "tests/fuzz/seeds.h"

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

/* An executable of one to three segments in big-endian order; the first byte is what help_along() reads. */
static size_t good_input(u8 *bytes, size_t max, unsigned variety)
{
    unsigned segments = 1 + variety % 3;
    size_t headers = sizeof(Elf64_Ehdr) + segments * sizeof(Elf64_Phdr), size = 1 + headers + 64;
    u8 *e = bytes + 1, *p = e + sizeof(Elf64_Ehdr);

    if (size > max) return 0;
    memset(bytes, 0, size);
    help_along(e, 1);
    put_be32(e + 20, EV_CURRENT);
    put_be64(e + 24, 0x1000);
    put_be64(e + 32, sizeof(Elf64_Ehdr));
    e[52 + 1] = sizeof(Elf64_Ehdr);
    e[54 + 1] = sizeof(Elf64_Phdr);
    e[56 + 1] = (u8)segments;
    for (unsigned k = 0; k < segments; k++, p += sizeof(Elf64_Phdr)) {
        put_be32(p, PT_LOAD);
        put_be32(p + 4, PF_R | PF_X);
        put_be64(p + 8, headers);
        put_be64(p + 16, 0x1000ULL << k);
        put_be64(p + 24, 0x1000ULL << k);
        put_be64(p + 32, 64);
        put_be64(p + 40, 64 + variety / 3 % 100);
        put_be64(p + 48, 16);
    }
    return size;
}
