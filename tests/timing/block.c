/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making and finding basic blocks; see block.h.
 *
 * Registers of made blocks: 1 is the base of accesses and never written, in a chain only the first of a file is, and of
 * independent instructions each writes another of `results` and reads one of `constants`, which nobody writes.
 */
#include "tests/timing/block.h"

#include <stdio.h>
#include <string.h>

#include "core/isa/disasm.h"
#include "core/timing/schedule.h"

const char *const block_kind_names[BLOCK_KINDS] = {"chain", "independent", "mixed", "found"};

enum file { FILE_NONE, FILE_GPR, FILE_FPR, FILE_VR, FILE_VSR, FILES };
static const struct template
{
    enum file file;
    const char *text;
}
templates[] = {
#define TEMPLATE(file, text) {FILE_##file, text},
#include "tests/timing/template.def"
#undef TEMPLATE
};

/* ---- making ---- */

struct maker {
    u64 seed;
    enum block_kind kind;
    enum file file;    /* of a chain */
    unsigned spread;   /* how many registers mixed blocks use */
    unsigned position; /* of the instruction in its block */
};

static unsigned draw(struct maker *m, unsigned below)
{
    m->seed ^= m->seed << 13, m->seed ^= m->seed >> 7, m->seed ^= m->seed << 17;
    return (unsigned)(m->seed * 0x2545f4914f6cdd1dULL >> 33) % below;
}

/* GPR 3 and up; 1 is the base. */
enum { FIRST = 3, RESULTS = 16, CONSTANTS = 8, BASE = 1 };

static unsigned result(struct maker *m)
{
    if (m->kind == BLOCK_CHAIN) return FIRST;
    if (m->kind == BLOCK_INDEPENDENT) return FIRST + m->position % RESULTS;
    return FIRST + draw(m, m->spread);
}

/* first: of the instruction.  A chain goes through the first source. */
static unsigned source(struct maker *m, bool first)
{
    if (m->kind == BLOCK_MIXED) return FIRST + draw(m, m->spread);
    if (m->kind == BLOCK_CHAIN && first) return FIRST;
    return FIRST + RESULTS + draw(m, CONSTANTS);
}

/* The base of an access: in mixed blocks one of four is computed by the block. */
static unsigned base(struct maker *m)
{
    return m->kind == BLOCK_MIXED && draw(m, 4) == 0 ? source(m, true) : BASE;
}

static const char *prefix_of(enum file file)
{
    static const char *const prefixes[FILES] = {"", "r", "f", "v", "vs"};

    return prefixes[file];
}

static void expand(struct maker *m, const struct template *t, char out[64])
{
    static const char others[] = "GFVX";
    bool first = true;
    char *at = out;

    for (const char *c = t->text; *c; c++) {
        const char *other = strchr(others, *c);

        if (*c == 'D') at += sprintf(at, "%s%u", prefix_of(t->file), result(m));
        else if (*c == 'S') at += sprintf(at, "%s%u", prefix_of(t->file), source(m, first)), first = false;
        else if (*c == 'B') at += sprintf(at, "r%u", base(m));
        else if (other) at += sprintf(at, "%s%u", prefix_of(FILE_GPR + (enum file)(other - others)), source(m, true));
        else *at++ = *c;
    }
    *at = 0;
}

/* A chain takes what reads and writes its file; independent and mixed blocks take anything. */
static bool suits(const struct maker *m, const struct template *t)
{
    return m->kind != BLOCK_CHAIN || (t->file == m->file && strchr(t->text, 'S'));
}

static u32 make_insn(const struct isa *isa, struct maker *m)
{
    const struct template *t;
    char text[64];
    u32 word;

    do t = &templates[draw(m, ARRAY_SIZE(templates))];
    while (!suits(m, t));
    expand(m, t, text);
    if (!isa_assemble(isa, text, 0, &word)) {
        fprintf(stderr, "template.def: %s does not assemble\n", text);
        return 0;
    }
    return word;
}

void blocks_make(const struct isa *isa, enum block_kind kind, u64 seed, struct block *block, unsigned count)
{
    struct maker m = {.seed = seed, .kind = kind};

    for (unsigned n = 0; n < count; n++) {
        struct block *b = &block[n];

        *b = (struct block){.kind = kind, .count = 3 + draw(&m, BLOCK_INSNS - 2)};
        snprintf(b->name, BLOCK_NAME, "%s %u", block_kind_names[kind], n);
        m.file = FILE_GPR + (enum file)draw(&m, FILES - FILE_GPR);
        m.spread = 2 + draw(&m, RESULTS - 1);
        for (m.position = 0; m.position < b->count; m.position++) b->word[m.position] = make_insn(isa, &m);
    }
}

/* ---- finding ---- */

/* "   11028:<TAB>20 00 21 d8 <TAB>stfd ...": address and word. */
static bool read_line(const char *line, unsigned long long *address, u32 *word)
{
    unsigned byte[4];

    if (sscanf(line, " %llx:\t%x %x %x %x \t", address, &byte[0], &byte[1], &byte[2], &byte[3]) != 5) return false;
    *word = byte[0] | byte[1] << 8 | byte[2] << 16 | byte[3] << 24;
    return true;
}

static bool is_straight(const struct isa *isa, u32 word)
{
    struct insn_facts facts = {.word = word, .row = (u16)isa_find(isa, word)};
    const struct insn_row *row;
    const struct schedule *s;

    if (facts.row == ROW_NONE) return false;
    row = isa_row(isa, facts.row);
    facts.issue_class = (u8)row->issue_class;
    s = schedule_of(isa, &facts);
    return !(row->flags & (BRANCHES | PRIVILEGED | HYPERVISOR | SETTLES | VARIES | REFINES)) &&
           s->serial == SERIAL_NONE;
}

static bool is_known(const struct block *block, unsigned count, const struct block *b)
{
    for (unsigned k = 0; k < count; k++)
        if (block[k].count == b->count && !memcmp(block[k].word, b->word, sizeof b->word)) return true;
    return false;
}

/* All straight runs in the order of the text, of which every stride-th is kept. */
static unsigned find(const struct isa *isa, FILE *text, const char *path, unsigned stride, struct block *block,
                     unsigned room)
{
    struct block b = {.kind = BLOCK_FOUND};
    const char *file = strrchr(path, '/');
    unsigned count = 0, met = 0;
    unsigned long long address;
    char line[400];
    u32 word;

    while (count < room && fgets(line, sizeof line, text)) {
        bool is_insn = read_line(line, &address, &word), goes_on = is_insn && is_straight(isa, word);

        if (goes_on && b.count < BLOCK_INSNS) {
            if (!b.count) snprintf(b.name, BLOCK_NAME, "%.20s+0x%llx", file ? file + 1 : path, address);
            b.word[b.count++] = word;
            continue;
        }
        if (b.count >= 4 && met++ % stride == 0 && !is_known(block, count, &b)) block[count++] = b;
        memset(b.word, 0, sizeof b.word);
        b.count = 0;
    }
    return count;
}

unsigned blocks_find(const struct isa *isa, const char *path, unsigned stride, struct block *block, unsigned room)
{
    char command[400];
    FILE *text;
    unsigned found;

    snprintf(command, sizeof command, "powerpc64le-linux-gnu-objdump -d -z %s 2>/dev/null", path);
    text = popen(command, "r");
    if (!text) return 0;
    found = find(isa, text, path, stride, block, room);
    pclose(text);
    return found;
}
