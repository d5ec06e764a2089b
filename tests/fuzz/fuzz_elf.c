/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as an ELF file: read or refused, and what is accepted lies in the file and in memory; its symbols are names
 * that can be printed, and each address that one of them holds is found again.  The first byte says
 * which fields are set right before (class, byte order, machine), so that the interesting checks are reached at once.
 */
#include <elf.h>
#include <stdlib.h>

#include "loader/elf.h"
#include "loader/symbols.h"
#include "tests/fuzz/seeds.h"
#include "tests/support/elf.h"

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

static void look_at_symbols(const struct image *image, u64 offset)
{
    struct symbols s = {0};
    char text[SYMBOL_TEXT];
    u32 added;

    if (symbols_read(&s, image, offset, &added) && added) {
        symbols_name(&s, 0, text); /* which sorts them */
        for (u32 k = 0; k < s.count; k++) {
            const struct symbol *symbol = &s.list[k];

            if (symbol->end <= symbol->address) abort();
            symbols_name(&s, symbol->address, text);
            if (!*text || strlen(text) >= SYMBOL_TEXT) abort();
            for (const char *c = text; *c; c++)
                if (*c <= ' ' || *c > '~') abort();
            symbols_span(&s, symbol->address, symbol->end - 1, text);
            if (!*text) abort();
        }
    }
    symbols_close(&s);
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
    look_at_symbols(&image, (u64)data[0] << 56);
    image_close(&image);
    return 0;
}

/* Every fourth seed: no segment, but symbols. */
static size_t with_symbols(u8 *bytes, size_t max, unsigned variety)
{
    struct elf_file f;

    if (max < 1 + sizeof f.bytes) return 0;
    elf_start(&f);
    for (unsigned k = 0; k < 1 + variety % 5; k++)
        elf_symbol(&f, k & 1 ? "label" : "function", k & 1 ? STB_LOCAL : STB_GLOBAL, k & 1 ? STT_NOTYPE : STT_FUNC,
                   ELF_TEXT_ADDRESS + 64 * k + variety % 3, k & 1 ? 0 : 100);
    bytes[0] = 1;
    memcpy(bytes + 1, f.bytes, sizeof f.bytes);
    return 1 + sizeof f.bytes;
}

/* An executable of one to three segments in big-endian order; the first byte is what help_along() reads. */
static size_t good_input(u8 *bytes, size_t max, unsigned variety)
{
    unsigned segments = 1 + variety % 3;
    size_t headers = sizeof(Elf64_Ehdr) + segments * sizeof(Elf64_Phdr), size = 1 + headers + 64;
    u8 *e = bytes + 1, *p = e + sizeof(Elf64_Ehdr);

    if (variety % 4 == 3) return with_symbols(bytes, max, variety / 4);
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
