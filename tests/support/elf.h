/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small ELF file with a symbol table, for tests: 64 bits, big-endian, one section of text and one symbol table with
 * its names.  Offsets are fixed, so that a test can spoil what it wants.
 */
#ifndef P9_TESTS_ELF_H
#define P9_TESTS_ELF_H

#include <elf.h>
#include <string.h>

#include "base/bits.h"

enum {
    ELF_TEXT_ADDRESS = 0x10000,
    ELF_TEXT_SIZE = 0x1000,
    ELF_SYMBOLS_AT = 64,
    ELF_SYMBOL_BYTES = 24,
    ELF_SYMBOLS_ROOM = 16,
    ELF_NAMES_AT = ELF_SYMBOLS_AT + ELF_SYMBOLS_ROOM * ELF_SYMBOL_BYTES,
    ELF_NAMES_ROOM = 256,
    ELF_SECTIONS_AT = ELF_NAMES_AT + ELF_NAMES_ROOM,
    ELF_SECTIONS = 4, /* none, text, symbols, names */
    ELF_FILE_BYTES = ELF_SECTIONS_AT + ELF_SECTIONS * 64
};

struct elf_file {
    u8 bytes[ELF_FILE_BYTES];
    unsigned symbols, names;
};

static inline void elf_section(struct elf_file *f, unsigned n, u32 type, u64 flags, u64 address, u64 offset, u64 size,
                               u32 link, u64 entry)
{
    u8 *s = f->bytes + ELF_SECTIONS_AT + 64 * n;

    put_be32(s + 4, type);
    put_be64(s + 8, flags);
    put_be64(s + 16, address);
    put_be64(s + 24, offset);
    put_be64(s + 32, size);
    put_be32(s + 40, link);
    put_be64(s + 48, 8);
    put_be64(s + 56, entry);
}

/* The headers say what is there by now. */
static inline void elf_finish(struct elf_file *f)
{
    elf_section(f, 1, SHT_NOBITS, SHF_ALLOC | SHF_EXECINSTR, ELF_TEXT_ADDRESS, 64, ELF_TEXT_SIZE, 0, 0);
    elf_section(f, 2, SHT_SYMTAB, 0, 0, ELF_SYMBOLS_AT, (u64)f->symbols * ELF_SYMBOL_BYTES, 3, ELF_SYMBOL_BYTES);
    elf_section(f, 3, SHT_STRTAB, 0, 0, ELF_NAMES_AT, f->names, 0, 0);
}

static inline void elf_start(struct elf_file *f)
{
    *f = (struct elf_file){.symbols = 1, .names = 1};
    memcpy(f->bytes, ELFMAG, SELFMAG);
    f->bytes[EI_CLASS] = ELFCLASS64;
    f->bytes[EI_DATA] = ELFDATA2MSB;
    f->bytes[EI_VERSION] = EV_CURRENT;
    f->bytes[17] = ET_EXEC;
    f->bytes[19] = EM_PPC64;
    put_be32(f->bytes + 20, EV_CURRENT);
    put_be64(f->bytes + 40, ELF_SECTIONS_AT);
    f->bytes[53] = 64;
    f->bytes[55] = 56;
    f->bytes[59] = 64;
    f->bytes[61] = ELF_SECTIONS;
    elf_finish(f);
}

static inline void elf_symbol(struct elf_file *f, const char *name, unsigned bind, unsigned type, u64 value, u64 size)
{
    u8 *s = f->bytes + ELF_SYMBOLS_AT + ELF_SYMBOL_BYTES * f->symbols++;

    put_be32(s, f->names);
    s[4] = (u8)(bind << 4 | type);
    s[7] = 1; /* in the text */
    put_be64(s + 8, value);
    put_be64(s + 16, size);
    memcpy(f->bytes + ELF_NAMES_AT + f->names, name, strlen(name) + 1);
    f->names += (unsigned)strlen(name) + 1;
    elf_finish(f);
}

#endif
