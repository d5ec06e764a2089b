/* SPDX-License-Identifier: Apache-2.0 */
/* A program without firmware: an ELF file at its own addresses, or a flat file where the options say. */
#include <inttypes.h>

#include "tools/replay.h"
#include "tools/session.h"

static const char *const states[] = {"user", "os", "hypervisor", "ultravisor"};

static bool parse_state(const char *text, enum bare_state *state)
{
    for (unsigned k = 0; k < ARRAY_SIZE(states); k++) {
        *state = (enum bare_state)k;
        if (!strcmp(text, states[k])) return true;
    }
    return p9_error("--state %.40s: give user, os, hypervisor or ultravisor", text);
}

static bool take_elf(struct program *p, u64 memory_bytes)
{
    struct elf_program elf;

    if (!elf_read(&p->image, memory_bytes, &elf)) return false;
    for (unsigned k = 0; k < elf.count; k++)
        p->segments[k] = (struct machine_segment){.blob = {p->image.name, elf.segment[k].bytes, elf.segment[k].size},
                                                  .ra = elf.segment[k].ra,
                                                  .memory_size = elf.segment[k].memory_size};
    p->bare =
        (struct machine_bare){.segments = p->segments, .segment_count = elf.count, .entry = elf.entry, .le = elf.le};
    return true;
}

static bool take_flat(struct program *p, u64 ra)
{
    p->segments[0] = (struct machine_segment){
        .blob = {p->image.name, p->image.bytes, p->image.size}, .ra = ra, .memory_size = p->image.size};
    p->bare = (struct machine_bare){.segments = p->segments, .segment_count = 1, .entry = ra};
    return true;
}

bool session_program(struct program *p, const struct options *o, const char *path)
{
    u64 ra = 0, memory = o->config.mem;

    *p = (struct program){0};
    if (o->le && o->be) return p9_error("bare: --le and --be exclude each other");
    if (!image_open(&p->image, path, IMAGE_UNPACK, memory) || !replay_image(o, "program", &p->image, "")) return false;
    if (p->image.kind == IMAGE_ELF && o->load)
        return p9_error("--load: %s is an ELF file, it knows its addresses", p->image.name);
    if (o->load && !cli_number("load", o->load, &ra)) return false;
    if (!(p->image.kind == IMAGE_ELF ? take_elf(p, memory) : take_flat(p, ra))) return false;
    if (o->entry && !cli_number("entry", o->entry, &p->bare.entry)) return false;
    if (p->bare.entry & 3) return p9_error("--entry: 0x%" PRIx64 " is not a multiple of 4", p->bare.entry);
    if (o->le || o->be) p->bare.le = o->le;
    p->bare.state = BARE_HYPERVISOR;
    return !o->state || parse_state(o->state, &p->bare.state);
}

void session_program_close(struct program *p)
{
    image_close(&p->image);
}
