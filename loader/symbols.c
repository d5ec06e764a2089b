/* SPDX-License-Identifier: Apache-2.0 */
/* Symbol tables by libelf, kept as one sorted list; see symbols.h. */
#include "loader/symbols.h"

#include <gelf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "base/log.h"
#include "loader/elf.h"

enum { SYMBOLS_MAX = 1 << 22, NAME_MAX_KEPT = 72, BACK_MAX = 16, RANK_LABEL = 2 };

static bool damaged(const struct image *image, const char *what)
{
    return p9_error("%s: damaged or cut-short ELF file: %s", image->name, what);
}

static bool no_memory(void)
{
    return p9_error("the host has no memory for the symbols");
}

/* ---- the list ---- */
static bool have_room(struct symbols *s, size_t length)
{
    if (s->count == s->room) {
        u32 room = s->room ? 2 * s->room : 1024;
        struct symbol *list = realloc(s->list, room * sizeof *list);

        if (!list) return no_memory();
        s->list = list;
        s->room = room;
    }
    if (s->names_room - s->names_size <= length) {
        u64 room = 2 * s->names_room + length + 4096;
        char *names = realloc(s->names, room);

        if (!names) return no_memory();
        s->names = names;
        s->names_room = room;
    }
    return true;
}

/* Long names are cut, and what is no printable ASCII is replaced: they go to terminals and into JSON. */
static bool add(struct symbols *s, const char *name, struct symbol symbol)
{
    size_t length = strnlen(name, NAME_MAX_KEPT);

    if (s->count == SYMBOLS_MAX) return p9_error("more than %d symbols", SYMBOLS_MAX);
    if (!have_room(s, length)) return false;
    symbol.name = (u32)s->names_size;
    for (size_t k = 0; k < length; k++) s->names[s->names_size++] = name[k] > ' ' && name[k] < 0x7f ? name[k] : '?';
    s->names[s->names_size++] = 0;
    s->list[s->count++] = symbol;
    s->sorted = false;
    return true;
}

bool symbols_add(struct symbols *s, const char *name, u64 address, u64 size)
{
    if (!size) size = 1;
    return add(s, name, (struct symbol){.address = address, .end = address + size > address ? address + size : ~0ULL});
}

void symbols_close(struct symbols *s)
{
    free(s->list);
    free(s->names);
    *s = (struct symbols){0};
}

/* ---- out of a file ---- */
static u8 rank_of(const GElf_Sym *sym, u64 size)
{
    bool is_sized = size != 0, is_global = GELF_ST_BIND(sym->st_info) != STB_LOCAL;

    return (u8)((is_sized ? 0 : RANK_LABEL) + (is_global ? 0 : 1));
}

/* st_other bits 5 to 7: none up to 1, then 4, 8 ... 64 bytes. */
static u8 local_entry(const GElf_Sym *sym)
{
    unsigned shift = sym->st_other >> 5;

    return GELF_ST_TYPE(sym->st_info) == STT_FUNC && shift > 1 && shift < 7 ? (u8)(1U << shift) : 0;
}

/* The file says what it is about: functions, objects and labels that lie in a section which is loaded. */
static bool take(struct symbols *s, const struct image *image, Elf *elf, const GElf_Shdr *table, const GElf_Sym *sym,
                 u64 offset)
{
    unsigned type = GELF_ST_TYPE(sym->st_info);
    const char *name;
    GElf_Shdr home;
    Elf_Scn *section;
    u64 size = sym->st_size, left;

    if (type != STT_NOTYPE && type != STT_FUNC && type != STT_OBJECT && type != STT_GNU_IFUNC) return true;
    if (sym->st_shndx == SHN_UNDEF || sym->st_shndx >= SHN_LORESERVE) return true;
    section = elf_getscn(elf, sym->st_shndx);
    if (!section || !gelf_getshdr(section, &home))
        return damaged(image, "a symbol lies in a section that is not there");
    if (!(home.sh_flags & SHF_ALLOC) || sym->st_value < home.sh_addr || sym->st_value - home.sh_addr >= home.sh_size)
        return true; /* thread-local, or a mark at the end of its section */
    name = elf_strptr(elf, table->sh_link, sym->st_name);
    if (!name) return damaged(image, "the name of a symbol lies outside its table");
    if (!*name) return true;
    left = home.sh_size - (sym->st_value - home.sh_addr);
    if (!size || size > left) size = left;
    if (sym->st_value + offset + size < sym->st_value + offset) return true; /* moved beyond the end of all addresses */
    return add(s, name,
               (struct symbol){.address = sym->st_value + offset,
                               .end = sym->st_value + offset + size,
                               .entry = local_entry(sym),
                               .rank = rank_of(sym, sym->st_size)});
}

static bool read_table(struct symbols *s, const struct image *image, Elf *elf, Elf_Scn *section,
                       const GElf_Shdr *header, u64 offset)
{
    size_t one = gelf_fsize(elf, ELF_T_SYM, 1, EV_CURRENT);
    Elf_Data *data;

    if (header->sh_entsize != one) return damaged(image, "its symbol table has entries of an impossible size");
    if (header->sh_offset > image->size || header->sh_size > image->size - header->sh_offset)
        return damaged(image, "its symbol table lies beyond the end of the file");
    data = elf_getdata(section, NULL);
    if (!data) return damaged(image, "its symbol table cannot be read");
    for (size_t k = 1; k < header->sh_size / one; k++) {
        GElf_Sym sym;

        if (!gelf_getsym(data, (int)k, &sym)) return damaged(image, "its symbol table cannot be read");
        if (!take(s, image, elf, header, &sym, offset)) return false;
    }
    return true;
}

/* The full table; the one for dynamic linking if that was stripped. */
static bool read_tables(struct symbols *s, const struct image *image, Elf *elf, u64 offset)
{
    static const u32 kinds[] = {SHT_SYMTAB, SHT_DYNSYM};
    u32 before = s->count;

    for (unsigned kind = 0; kind < ARRAY_SIZE(kinds) && s->count == before; kind++) {
        for (Elf_Scn *section = elf_nextscn(elf, NULL); section; section = elf_nextscn(elf, section)) {
            GElf_Shdr header;

            if (!gelf_getshdr(section, &header)) return damaged(image, "its section headers cannot be read");
            if (header.sh_type == kinds[kind] && !read_table(s, image, elf, section, &header, offset)) return false;
        }
    }
    return true;
}

/* libelf gives no section at all if the table of sections is cut off. */
static bool sections_are_there(const struct image *image, Elf *elf, const GElf_Ehdr *header)
{
    size_t count, one;

    if (elf_getshdrnum(elf, &count)) return damaged(image, "its section headers cannot be read");
    one = gelf_fsize(elf, ELF_T_SHDR, 1, EV_CURRENT);
    if (header->e_shoff && (header->e_shoff > image->size || count > (image->size - header->e_shoff) / one))
        return damaged(image, "its section headers lie beyond the end of the file");
    return true;
}

bool symbols_read(struct symbols *s, const struct image *image, u64 offset, u32 *added)
{
    u32 before = s->count;
    GElf_Ehdr header;
    Elf *elf;
    bool ok;

    *added = 0;
    if (image->kind != IMAGE_ELF) return p9_error("%s: is no ELF file, so it has no symbols", image->name);
    if (elf_version(EV_CURRENT) == EV_NONE) return p9_error("libelf is too old for this program");
    elf = elf_memory((char *)image->bytes, image->size);
    if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header))
        ok = damaged(image, "its header cannot be read");
    else
        ok = elf_is_for_power(image, header.e_machine) && sections_are_there(image, elf, &header) &&
             read_tables(s, image, elf, offset);
    elf_end(elf);
    *added = s->count - before;
    return ok;
}

/* ---- asking ---- */
static int by_address(const void *a, const void *b)
{
    const struct symbol *x = a, *y = b;

    if (x->address != y->address) return x->address < y->address ? -1 : 1;
    if (x->rank != y->rank) return x->rank - y->rank;
    if (x->end != y->end) return x->end < y->end ? -1 : 1;
    return x->name < y->name ? -1 : x->name > y->name;
}

/* A label inside something of known extent ends with it. */
static void clip_label(struct symbols *s, u32 k)
{
    struct symbol *label = &s->list[k];

    for (u32 back = 1; back <= k && back <= BACK_MAX; back++) {
        const struct symbol *around = &s->list[k - back];
        if (around->rank < RANK_LABEL && around->end > label->address && around->end < label->end)
            label->end = around->end;
    }
}

static void sort(struct symbols *s)
{
    u32 kept = 0;

    if (s->count) qsort(s->list, s->count, sizeof *s->list, by_address);
    for (u32 k = 0; k < s->count; k++)
        if (!kept || s->list[kept - 1].address != s->list[k].address) s->list[kept++] = s->list[k];
    s->count = kept;
    for (u32 k = 0; k < kept; k++)
        if (s->list[k].rank >= RANK_LABEL) clip_label(s, k);
    s->sorted = true;
}

/* How many symbols begin at the address or before it. */
static u32 up_to(const struct symbols *s, u64 address)
{
    u32 low = 0, high = s->count;

    while (low < high) {
        u32 middle = low + (high - low) / 2;
        if (s->list[middle].address > address) high = middle;
        else low = middle + 1;
    }
    return low;
}

/* A label inside a function must not hide it, nor a short object what lies around it. */
static const struct symbol *holder(const struct symbols *s, u64 address)
{
    const struct symbol *best = NULL;
    u32 count = up_to(s, address);

    for (u32 back = 0; back < count && back < BACK_MAX; back++) {
        const struct symbol *symbol = &s->list[count - 1 - back];

        if (address >= symbol->end || (symbol->rank >= RANK_LABEL && back)) continue;
        best = symbol;
        if (symbol->rank < RANK_LABEL) break;
    }
    return best;
}

void symbols_name(struct symbols *s, u64 address, char out[SYMBOL_TEXT])
{
    const struct symbol *best;
    int length;

    if (!s->sorted) sort(s);
    *out = 0;
    best = holder(s, address);
    if (!best) return;
    length = snprintf(out, SYMBOL_TEXT, "%s", s->names + best->name);
    if (address != best->address)
        snprintf(out + length, SYMBOL_TEXT - (size_t)length, "+0x%" PRIx64, address - best->address);
}

void symbols_span(struct symbols *s, u64 first, u64 last, char out[SYMBOL_TEXT])
{
    const struct symbol *from, *to;
    u32 before, until;

    if (!s->sorted) sort(s);
    *out = 0;
    from = holder(s, first);
    before = up_to(s, first);
    until = up_to(s, last);
    if (!from && before < until) from = &s->list[before];
    if (!from) return;
    to = holder(s, last);
    if (!to) to = before < until ? &s->list[until - 1] : from;
    if (to == from) snprintf(out, SYMBOL_TEXT, "%s", s->names + from->name);
    else snprintf(out, SYMBOL_TEXT, "%.44s..%.44s", s->names + from->name, s->names + to->name);
}

bool symbols_find(const struct symbols *s, const char *name, u64 *address)
{
    const struct symbol *best = NULL;

    for (const struct symbol *k = s->list; k < s->list + s->count; k++) {
        if (strcmp(s->names + k->name, name) != 0) continue;
        if (!best || k->rank < best->rank || (k->rank == best->rank && k->address < best->address)) best = k;
    }
    if (best) *address = best->address + best->entry;
    return best;
}
