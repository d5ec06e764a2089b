/* SPDX-License-Identifier: Apache-2.0 */
/* ELF by libelf (gelf: both classes, both byte orders); see elf.h.  Every offset of the file is checked before use. */
#include "loader/elf.h"

#include <gelf.h>

#include "base/log.h"
#include "loader/layout.h"

static const struct {
    u16 machine;
    const char *name;
} machines[] = {
    {EM_386, "i386"},      {EM_X86_64, "x86-64"}, {EM_ARM, "ARM"},   {EM_AARCH64, "AArch64"},
    {EM_RISCV, "RISC-V"},  {EM_S390, "s390"},     {EM_MIPS, "MIPS"}, {EM_SPARC, "SPARC"},
    {EM_SPARCV9, "SPARC"}, {EM_IA_64, "IA-64"},   {EM_68K, "m68k"},
};

bool elf_is_for_power(const struct image *image, u16 e_machine)
{
    if (e_machine == EM_PPC64 || e_machine == EM_PPC) return true;
    for (unsigned k = 0; k < ARRAY_SIZE(machines); k++)
        if (machines[k].machine == e_machine)
            return p9_error("%s: is for %s; p9sim runs POWER (EM_PPC64)", image->name, machines[k].name);
    return p9_error("%s: is for ELF machine %u; p9sim runs POWER (EM_PPC64)", image->name, e_machine);
}

static bool damaged(const struct image *image, const char *what)
{
    return p9_error("%s: damaged or cut-short ELF file: %s", image->name, what);
}

static bool header_is_usable(const struct image *image, const GElf_Ehdr *header)
{
    if (!elf_is_for_power(image, header->e_machine)) return false;
    if (header->e_type != ET_EXEC && header->e_type != ET_DYN)
        return p9_error("%s: is an object file, not an executable; link it first", image->name);
    return true;
}

static bool take_segment(const struct image *image, const GElf_Phdr *ph, struct elf_program *out)
{
    if (ph->p_type != PT_LOAD || !ph->p_memsz) return true;
    if (ph->p_filesz > ph->p_memsz) return damaged(image, "a segment is larger in the file than in memory");
    if (ph->p_offset > image->size || ph->p_filesz > image->size - ph->p_offset)
        return damaged(image, "a segment lies beyond the end of the file");
    if (out->count == ELF_SEGMENTS_MAX)
        return p9_error("%s: has more than %d segments to load", image->name, ELF_SEGMENTS_MAX);
    out->segment[out->count++] = (struct elf_segment){
        .bytes = image->bytes + ph->p_offset, .size = ph->p_filesz, .memory_size = ph->p_memsz, .ra = ph->p_paddr};
    return true;
}

/* e_entry is a virtual address: the same place in terms of physical ones. */
static void place_entry(const GElf_Phdr *ph, u64 e_entry, struct elf_program *out)
{
    if (ph->p_type == PT_LOAD && e_entry >= ph->p_vaddr && e_entry - ph->p_vaddr < ph->p_memsz)
        out->entry = e_entry - ph->p_vaddr + ph->p_paddr;
}

static bool read_segments(const struct image *image, Elf *elf, const GElf_Ehdr *header, struct elf_program *out)
{
    size_t count;

    if (elf_getphdrnum(elf, &count)) return damaged(image, "its program headers cannot be read");
    out->entry = header->e_entry;
    for (size_t k = 0; k < count; k++) {
        GElf_Phdr ph;
        if (!gelf_getphdr(elf, (int)k, &ph)) return damaged(image, "its program headers cannot be read");
        if (!take_segment(image, &ph, out)) return false;
        place_entry(&ph, header->e_entry, out);
    }
    return out->count || p9_error("%s: has nothing to load", image->name);
}

static bool segments_fit(const struct image *image, const struct elf_program *program, u64 memory_bytes)
{
    struct layout layout = {.memory_bytes = memory_bytes};

    for (unsigned k = 0; k < program->count; k++)
        if (!layout_add(&layout, image->name, program->segment[k].ra, program->segment[k].memory_size)) return false;
    return true;
}

bool elf_read(const struct image *image, u64 memory_bytes, struct elf_program *out)
{
    GElf_Ehdr header;
    Elf *elf;
    bool ok;

    *out = (struct elf_program){0};
    if (image->size < EI_NIDENT) return damaged(image, "it ends within its header");
    if (elf_version(EV_CURRENT) == EV_NONE) return p9_error("libelf is too old for this program");
    elf = elf_memory((char *)image->bytes, image->size);
    if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header)) {
        ok = damaged(image, "its header cannot be read");
    } else {
        out->le = header.e_ident[EI_DATA] == ELFDATA2LSB;
        out->is64 = header.e_ident[EI_CLASS] == ELFCLASS64;
        ok = header_is_usable(image, &header) && read_segments(image, elf, &header, out) &&
             segments_fit(image, out, memory_bytes);
    }
    elf_end(elf);
    return ok;
}
