/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names for addresses, out of the symbol tables of ELF files: "copy_page+0x40".  An address belongs to the symbol whose
 * extent holds it; labels of assembly code have no size and reach to the next symbol of their section.  The files are
 * untrusted: one that is damaged is one line of error, and what is taken of it stays inside it.
 *
 * Addresses are those that the file was linked for, plus an offset that the caller gives (a program that was loaded
 * elsewhere).  Linux for POWER is linked for where it runs, 0xc000000000000000 and above, in hosts and guests alike.
 */
#ifndef P9_LOADER_SYMBOLS_H
#define P9_LOADER_SYMBOLS_H

#include "loader/image.h"

struct symbol {
    u64 address, end; /* of what belongs to it; end > address */
    u32 name;         /* offset in names */
    u8 entry;         /* bytes to its local entry point (ELFv2 ABI 3.4.1): where it is called within its own file */
    u8 rank;          /* of several at one place: the lowest, then the shortest, then the first */
};

struct symbols {
    struct symbol *list; /* by address once sorted, one at each */
    char *names;
    u32 count, room;
    u64 names_size, names_room;
    bool sorted;
};

/* Add those of an ELF file, moved by offset.  False after an error line: no ELF file for POWER, or damaged. *added: how
 * many; a file without a symbol table adds none. */
must_use bool symbols_read(struct symbols *s, const struct image *image, u64 offset, u32 *added);

/* Add one. False if the host has no memory. */
must_use bool symbols_add(struct symbols *s, const char *name, u64 address, u64 size);

/* "name+0x40", or "" if no symbol holds the address. */
enum { SYMBOL_TEXT = 96 };
void symbols_name(struct symbols *s, u64 address, char out[SYMBOL_TEXT]);

/* What lies in a page: "first..last", the symbols of its first and of its last named byte; "" if none is known. */
void symbols_span(struct symbols *s, u64 first, u64 last, char out[SYMBOL_TEXT]);

/* Where the function of that name is entered in any case: at its local entry point, which follows the global one.  Of
 * several the one that is seen in most places (global, with a size), then the lowest.  False: there is none. */
bool symbols_find(const struct symbols *s, const char *name, u64 *address);

void symbols_close(struct symbols *s);

#endif
