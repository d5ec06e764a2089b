/* SPDX-License-Identifier: Apache-2.0 */
/* Program headers and the dynamic section by libelf; see needs.h. */
#include "loader/needs.h"

#include <gelf.h>
#include <stdio.h>

#include "base/log.h"

static const struct {
    u16 machine;
    const char *name;
} machines[] = {
    {EM_386, "i386"},  {EM_X86_64, "x86-64"}, {EM_ARM, "ARM"},     {EM_AARCH64, "AArch64"}, {EM_RISCV, "RISC-V"},
    {EM_S390, "s390"}, {EM_MIPS, "MIPS"},     {EM_SPARC, "SPARC"}, {EM_SPARCV9, "SPARC"},   {EM_PPC, "32-bit POWER"},
};

static bool damaged(const struct image *image, const char *what)
{
    return p9_error("%s: damaged or cut-short ELF file: %s", image->name, what);
}

static bool wrong_machine(const struct image *image, u16 machine)
{
    for (unsigned k = 0; k < ARRAY_SIZE(machines); k++)
        if (machines[k].machine == machine)
            return p9_error("%s: is for %s; give a program for ppc64le (powerpc64le-linux-gnu-gcc makes them)",
                            image->name, machines[k].name);
    return p9_error("%s: is for ELF machine %u; give a program for ppc64le", image->name, machine);
}

static bool header_of(const struct image *image, Elf **elf, GElf_Ehdr *header)
{
    if (elf_version(EV_CURRENT) == EV_NONE) return false;
    *elf = image->kind == IMAGE_ELF ? elf_memory((char *)image->bytes, image->size) : NULL;
    return *elf && elf_kind(*elf) == ELF_K_ELF && gelf_getehdr(*elf, header);
}

static bool is_ppc64le(const GElf_Ehdr *header)
{
    return header->e_machine == EM_PPC64 && header->e_ident[EI_CLASS] == ELFCLASS64 &&
           header->e_ident[EI_DATA] == ELFDATA2LSB && (header->e_type == ET_EXEC || header->e_type == ET_DYN);
}

static bool header_is_usable(const struct image *image, const GElf_Ehdr *header)
{
    if (is_ppc64le(header)) return true;
    if (header->e_machine != EM_PPC64) return wrong_machine(image, header->e_machine);
    if (header->e_ident[EI_DATA] != ELFDATA2LSB)
        return p9_error("%s: is big-endian (ppc64); give a program for ppc64le", image->name);
    if (header->e_type == ET_REL)
        return p9_error("%s: is an object file, not an executable; link it first", image->name);
    return p9_error("%s: is no executable program", image->name);
}

/* A name out of the file: at most NEEDS_NAME - 1 printable characters. */
static bool copy_name(const struct image *image, const char *from, size_t room, char to[NEEDS_NAME])
{
    size_t n = from ? strnlen(from, room < NEEDS_NAME ? room : NEEDS_NAME) : 0;

    if (!n || n == room || n == NEEDS_NAME) return damaged(image, "the name of a library cannot be read");
    for (size_t k = 0; k < n; k++)
        if (from[k] <= ' ' || from[k] >= 0x7f) return damaged(image, "the name of a library cannot be read");
    memcpy(to, from, n);
    to[n] = 0;
    return true;
}

static bool take_loader(const struct image *image, const GElf_Phdr *ph, struct needs *out)
{
    if (ph->p_offset >= image->size || ph->p_filesz > image->size - ph->p_offset)
        return damaged(image, "the name of its loader lies beyond the end of the file");
    return copy_name(image, (const char *)image->bytes + ph->p_offset, ph->p_filesz, out->loader);
}

/* Names are addresses in memory: offsets from there into the segment that holds them. */
static bool file_offset(Elf *elf, size_t headers, u64 address, u64 *offset, u64 *left)
{
    for (size_t k = 0; k < headers; k++) {
        GElf_Phdr ph;
        if (!gelf_getphdr(elf, (int)k, &ph) || ph.p_type != PT_LOAD) continue;
        if (address < ph.p_vaddr || address - ph.p_vaddr >= ph.p_filesz) continue;
        *offset = ph.p_offset + (address - ph.p_vaddr);
        *left = ph.p_filesz - (address - ph.p_vaddr);
        return true;
    }
    return false;
}

static bool take_library(const struct image *image, u64 names, u64 names_left, u64 at, struct needs *out)
{
    const char *name;

    if (at >= names_left) return damaged(image, "the name of a library lies outside its segment");
    if (out->count == NEEDS_MAX) return p9_error("%s: needs more than %d libraries", image->name, NEEDS_MAX);
    name = (const char *)image->bytes + names + at;
    if (!copy_name(image, name, names_left - at, out->library[out->count])) return false;
    out->count += strchr(out->library[out->count], '/') == NULL; /* a path is for the loader alone */
    return true;
}

enum { ENTRY_BYTES = 16 }; /* of the dynamic section: tag and value */

static bool take_dynamic(const struct image *image, Elf *elf, size_t headers, const GElf_Phdr *ph, struct needs *out)
{
    u64 names = 0, left = 0;
    bool any = false;

    if (ph->p_offset > image->size || ph->p_filesz > image->size - ph->p_offset)
        return damaged(image, "its dynamic section lies beyond the end of the file");
    for (unsigned pass = 0; pass < 2; pass++)
        for (u64 at = 0; at + ENTRY_BYTES <= ph->p_filesz; at += ENTRY_BYTES) {
            const u8 *entry = image->bytes + ph->p_offset + at;
            u64 tag = __builtin_bswap64(get_be64(entry)), value = __builtin_bswap64(get_be64(entry + 8));

            if (tag == DT_NULL) break;
            if (!pass && tag == DT_STRTAB) any = file_offset(elf, headers, value, &names, &left);
            if (!pass || tag != DT_NEEDED) continue;
            if (!any || names >= image->size || left > image->size - names)
                return damaged(image, "the names of its libraries lie beyond the end of the file");
            if (!take_library(image, names, left, value, out)) return false;
        }
    return true;
}

static bool read_headers(const struct image *image, Elf *elf, struct needs *out)
{
    size_t count;

    if (elf_getphdrnum(elf, &count)) return damaged(image, "its program headers cannot be read");
    for (size_t k = 0; k < count; k++) {
        GElf_Phdr ph;
        if (!gelf_getphdr(elf, (int)k, &ph)) return damaged(image, "its program headers cannot be read");
        if (ph.p_type == PT_INTERP && !take_loader(image, &ph, out)) return false;
        if (ph.p_type == PT_DYNAMIC && !take_dynamic(image, elf, count, &ph, out)) return false;
    }
    return true;
}

bool needs_read(const struct image *image, struct needs *out)
{
    GElf_Ehdr header;
    Elf *elf = NULL;
    bool ok;

    *out = (struct needs){0};
    if (!header_of(image, &elf, &header)) ok = damaged(image, "its header cannot be read");
    else ok = header_is_usable(image, &header) && read_headers(image, elf, out);
    elf_end(elf);
    return ok;
}

bool needs_fits(const struct image *image)
{
    GElf_Ehdr header;
    Elf *elf = NULL;
    bool fits = header_of(image, &elf, &header) && is_ppc64le(&header);

    elf_end(elf);
    return fits;
}

bool needs_moved_by(const struct image *image, u64 address, u64 file_offset, u64 *offset)
{
    GElf_Ehdr header;
    Elf *elf = NULL;
    size_t count = 0;
    bool found = false;

    if (header_of(image, &elf, &header) && elf_getphdrnum(elf, &count)) count = 0;
    for (size_t k = 0; k < count && !found; k++) {
        GElf_Phdr ph;
        u64 first, page = 0xfff; /* a mapping begins at a page, ahead of the segment */

        if (!gelf_getphdr(elf, (int)k, &ph) || ph.p_type != PT_LOAD) continue;
        if (ph.p_align > 1) page = ph.p_align - 1;
        first = ph.p_offset & ~page;
        found = file_offset >= first && file_offset < ph.p_offset + ph.p_filesz;
        if (found) *offset = address - (ph.p_vaddr - ph.p_offset + file_offset);
    }
    elf_end(elf);
    return found;
}
