/* SPDX-License-Identifier: Apache-2.0 */
/* See make.h. */
#include "tests/isa/make.h"

#include "tests/isa/decimal.h"
#include "tests/isa/operands.h"

bool name_is(const char *name, const char *const *list)
{
    for (; *list; list++)
        if (!strcmp(name, *list)) return true;
    return false;
}

bool pattern_has(const struct pattern *p, const char *field)
{
    for (unsigned k = 0; k < p->pieces; k++)
        if (!strcmp(p->piece[k].field->name, field)) return true;
    return false;
}

static u32 field_of(u32 word, unsigned shift)
{
    return word >> shift & 31;
}
static u32 with_field(u32 word, unsigned shift, u32 value)
{
    return (word & ~(31u << shift)) | (value & 31) << shift;
}

static const char *const lengths_in_rb[] = {"lxvl", "lxvll", "stxvl", "stxvll", NULL};
/* Anything else interrupts: mostly aligned. */
static const char *const aligned_only[] = {"lbarx",  "lharx",  "lwarx",  "ldarx",  "lqarx", "stbcx_",
                                           "sthcx_", "stwcx_", "stdcx_", "stqcx_", "lq",    "stq",
                                           "lwat",   "ldat",   "stwat",  "stdat",  NULL};
static const char *const conditional_stores[] = {"stbcx_", "sthcx_", "stwcx_", "stdcx_", "stqcx_", NULL};

/* The load that makes the reservation for a conditional store of the same operands: into r31, or r30 and r31. */
static u32 matching_reserve(const char *name, u32 word)
{
    u32 operands = word & 0x001ff800;

    if (field_of(word, 16) >= 30 || field_of(word, 11) >= 30) return 0;
    if (!strcmp(name, "stbcx_")) return 0x7fe00068 | operands;
    if (!strcmp(name, "sthcx_")) return 0x7fe000e8 | operands;
    if (!strcmp(name, "stwcx_")) return 0x7fe00028 | operands;
    if (!strcmp(name, "stdcx_")) return 0x7fe000a8 | operands;
    if (!strcmp(name, "stqcx_")) return 0x7fc00228 | operands;
    return 0;
}

/* Put the operand of a storage access inside the window: registers and, where needed, the register numbers. */
static void aim(struct isa_case *c, const char *name, const char *syntax, const struct pattern *p, u64 *seed)
{
    u64 r = draw(seed), ea = CASE_STORAGE_AT + 64 + (r & (r & 0x300 ? 0x70 : 0x7f));
    u32 ra, rb;

    if ((r & 0xc00) == 0) ea = CASE_STORAGE_AT + 64 + (r & 0x7c);
    if ((r & 0x1f000) == 0) ea = CASE_PAGE_END - 20 + (r & 0x1f);
    if (name_is(name, aligned_only) && (r & 0x7000000)) ea &= ~15ULL;
    if (strchr(syntax, '(')) {
        if (!field_of(c->word, 16)) c->word |= 1u << 16;
        c->gpr[field_of(c->word, 16)] = ea; /* the displacement is taken off by the caller */
        return;
    }
    if (pattern_has(p, "RB") && !name_is(name, lengths_in_rb)) {
        ra = field_of(c->word, 16), rb = field_of(c->word, 11);
        if (ra == rb) c->word = with_field(c->word, 11, rb = (rb + 1) & 31);
        if (ra) c->gpr[ra] = r & 0x10000 ? draw(seed) : draw(seed) & 0xff;
        c->gpr[rb] = ea - (ra ? c->gpr[ra] : 0);
        return;
    }
    if (!field_of(c->word, 16)) c->word |= 1u << 16;
    ra = field_of(c->word, 16), rb = field_of(c->word, 11);
    if (pattern_has(p, "RB") && ra == rb) c->word = with_field(c->word, 11, rb = (rb + 1) & 31);
    c->gpr[ra] = ea;
    if (pattern_has(p, "RB")) c->gpr[rb] = (draw(seed) % 20) << 56 | (draw(seed) & 0xffff);
}

/* Branches go to the slot behind the next instruction, or to the stub that stands for it. */
static void aim_branch(struct isa_case *c, const char *name, unsigned k, u64 *seed)
{
    u64 r = draw(seed), target = (r & 4 ? CASE_BRANCHED_AT : CASE_CIA(k) + 8) | (r & 3);

    if (!strcmp(name, "b")) c->word = (c->word & 0xfc000003) | (c->word & 2 ? (u32)(CASE_CIA(k) + 8) : 8);
    if (!strcmp(name, "bc")) c->word = (c->word & 0xffff0003) | (c->word & 2 ? (u32)CASE_BRANCHED_AT : 8);
    c->ctr = draw(seed) % 3 | (r & 8 ? draw(seed) << 32 : 0);
    if (!strcmp(name, "bclr")) c->lr = target;
    if (!strcmp(name, "bcctr")) c->ctr = target;
    if (!strcmp(name, "bctar")) c->tar = target;
}

/* Registers of problem state, numbers of privileged ones, and numbers that nothing has. */
static void aim_spr(struct isa_case *c, u64 *seed)
{
    static const u16 numbers[] = {1, 8, 9, 256, 815};
    u64 r = draw(seed);
    u32 n = r & 7 ? numbers[(r >> 3) % 5] : ((u32)(r >> 8) & 1023) | 16;

    if (n >= 284 && n <= 287)
        n = 272; /* QEMU lets a program read PVR, as Linux does, and 7.2 the time base's write numbers */
    c->word = with_field(with_field(c->word, 16, n), 11, n >> 5);
}

/* The largest byte index with a defined result of the element inserts and extracts. */
static int last_index(const char *name)
{
    static const struct {
        const char *name;
        int last;
    } limits[] = {
        {"vextractuh", 14}, {"vextractuw", 12}, {"vextractd", 8},  {"vinserth", 14},
        {"vinsertw", 12},   {"vinsertd", 8},    {"vextuhlx", 14},  {"vextuhrx", 14},
        {"vextuwlx", 12},   {"vextuwrx", 12},   {"xxinsertw", 12}, {"xxextractuw", 12},
    };

    for (unsigned k = 0; k < ARRAY_SIZE(limits); k++)
        if (!strcmp(limits[k].name, name)) return limits[k].last;
    return -1;
}

/* Operands that the book leaves undefined, reserved or implementation-dependent are not tried. */
static u32 tame(u32 word, const char *name, u64 *seed)
{
    static const u8 load_functions[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 24, 25};
    static const u8 store_functions[] = {0, 1, 2, 3, 4, 5, 6, 7, 24};
    u64 r = draw(seed);

    if (!strcmp(name, "lwat") || !strcmp(name, "ldat")) word = with_field(word, 11, load_functions[r % 12]);
    if (!strcmp(name, "stwat") || !strcmp(name, "stdat")) word = with_field(word, 11, store_functions[r % 9]);
    if ((!strcmp(name, "bcdctsq_") || !strcmp(name, "bcdcpsgn_")) && field_of(word, 21) == field_of(word, 11))
        word ^= 1u << 21; /* QEMU reads a source that it has already overwritten */
    if (!strcmp(name, "addex")) word &= ~0x600u;
    if (!strcmp(name, "mtocrf") || !strcmp(name, "mfocrf")) word = (word & ~0xff000u) | 0x1000u << (r & 7);
    if (!strcmp(name, "bcctr")) word |= 4u << 21;
    if (!strcmp(name, "dcbf")) word &= ~(2u << 21);
    if (last_index(name) >= 0 && name[strlen(name) - 1] != 'x')
        word = with_field(word, 16, (u32)(r % (unsigned)(last_index(name) + 1)));
    return word;
}

/* Operands of the decimal rows: invalid digits make the result undefined. */
static void fill_decimal(struct isa_case *c, const char *name, const struct insn *i, u64 *seed)
{
    static const char *const shifts[] = {"bcds_", "bcdus_", "bcdsr_", "bcdtrunc_", "bcdutrunc_", NULL};
    static const char *const unsigned_rows[] = {"bcdus_", "bcdutrunc_", NULL};
    u64 *a = c->vsr[32 + i->vra], *b = c->vsr[32 + i->vrb], r = draw(seed);

    a[0] = r & 1 ? 0 : bcd_digits(seed);
    a[1] = (bcd_digits(seed) & ~15ULL) | (10 + (r >> 8) % 6);
    b[0] = r & 2 ? 0 : bcd_digits(seed);
    b[1] = (bcd_digits(seed) & ~15ULL) | (10 + (r >> 16) % 6);
    if (name_is(name, unsigned_rows)) b[1] = bcd_digits(seed);
    if (name_is(name, shifts) && i->vra != i->vrb) a[0] = (a[0] & ~0xffULL) | (((r >> 24) % 63 - 31) & 0xff);
    if (!strcmp(name, "bcdcfn_")) {
        b[0] = 0x0030003000300030ULL | (bcd_digits(seed) & 0x000f000f000f000fULL);
        b[1] = 0x0030003000300000ULL | (bcd_digits(seed) & 0x000f000f000f0000ULL) | (r & 64 ? 0x2b : 0x2d);
    }
    if (!strcmp(name, "bcdcfz_")) {
        u64 zone = c->word >> 9 & 1 ? 0xf0f0f0f0f0f0f0f0ULL : 0x3030303030303030ULL;
        b[0] = zone | (bcd_digits(seed) & 0x0f0f0f0f0f0f0f0fULL);
        b[1] = (zone & ~0xf0ULL) | (bcd_digits(seed) & 0x0f0f0f0f0f0f0f0fULL) | (r & 64 ? 0xd0 : 0xc0);
        if (!(c->word >> 9 & 1)) b[1] = (b[1] & ~0xf0ULL) | (r & 64 ? 0x70 : 0x30);
    }
    if (!strcmp(name, "bcdcfsq_")) b[1] = draw(seed), b[0] = r & 64 ? (u64)((s64)draw(seed) >> 26) : 0 - (b[1] >> 63);
}

/* Strings that load their own address register (I 3.3.7), and update forms that QEMU refuses where POWER9 executes. */
static bool is_invalid_form(const struct isa_case *c, const struct insn_row *r, const struct insn *i)
{
    bool is_float = (r->flags & NEEDS_FP) != 0, is_load = r->issue_class == CLASS_LD;
    unsigned bytes = strcmp(r->name, "lswx") ? (i->rb ? i->rb : 32u) : (unsigned)(c->xer & 127);
    unsigned registers = (bytes + 3) / 4;

    if (r->flags & UPDATES_RA) return !i->ra || (is_load && !is_float && i->ra == i->rt);
    if (strncmp(r->name, "lsw", 3)) return false;
    return ((i->ra - i->rt) & 31u) < registers || (r->name[3] == 'x' && ((i->rb - i->rt) & 31u) < registers);
}

/* One register in several places: the same number in two fields. */
static u32 overlapped(u32 word, const struct pattern *p, u64 *seed)
{
    static const u8 shifts[] = {21, 16, 11, 6};
    u64 r = draw(seed);
    u32 copied;

    if (r & 7) return word;
    copied = with_field(word, shifts[r >> 3 & 3], field_of(word, shifts[r >> 5 & 3]));
    if (r & 0x80) copied = with_field(copied, shifts[r >> 8 & 3], field_of(copied, shifts[r >> 5 & 3]));
    return (copied & ~p->mask & ~p->reserved) | p->value;
}

static void draw_registers(struct isa_case *c, u64 *seed)
{
    for (unsigned n = 0; n < 32; n++) c->gpr[n] = integer_value(seed);
    for (unsigned n = 0; n < 64; n++) fill_vsr(c->vsr[n], seed);
    for (unsigned n = 0; n < CASE_STORAGE; n += 8) {
        u64 v = n & 64 ? double_value(seed) : integer_value(seed);
        memcpy(c->storage + n, &v, 8);
    }
    c->lr = draw(seed), c->ctr = integer_value(seed), c->cr = draw(seed) & 0xffffffff;
    c->tar = draw(seed), c->vrsave = draw(seed) & 0xffffffff;
    c->xer = draw(seed) & 0xe00fffff;
    c->fpscr = fpscr_value(seed);
    c->vscr = draw(seed) & 0x00010001;
}

void make_case(const struct isa *isa, unsigned row, unsigned k, u64 *seed, struct isa_case *c)
{
    const struct pattern *p = isa_pattern(isa, row);
    const struct insn_row *r = isa_row(isa, row);
    struct insn i = {0};

    do {
        memset(c, 0, sizeof *c);
        c->row = row;
        c->word = ((u32)(draw(seed) >> 16) & ~p->mask & ~p->reserved) | p->value;
        c->word = overlapped(c->word, p, seed);
        c->word = tame(c->word, r->name, seed);
        draw_registers(c, seed);
        if (!strcmp(r->name, "lswx") || !strcmp(r->name, "stswx")) c->xer = (c->xer & ~127ULL) | draw(seed) % 40;
        if (r->issue_class == CLASS_LD || r->issue_class == CLASS_ST || r->issue_class == CLASS_CACHE)
            if (pattern_has(p, "RA")) aim(c, r->name, r->syntax, p, seed);
        if (r->issue_class == CLASS_BR) aim_branch(c, r->name, k, seed);
        if (r->issue_class == CLASS_SPR && pattern_has(p, "sprl")) aim_spr(c, seed);
        if (!strcmp(r->name, "sc") || !strcmp(r->name, "scv")) c->gpr[0] = 0x7000 + draw(seed) % 0x1000;
        if (!strcmp(r->name, "sc")) c->word &= ~(2u << 5); /* not to the ultravisor */
    } while (isa_decode(isa, c->word, &i) != row || is_invalid_form(c, r, &i));
    if (strchr(r->syntax, '(')) c->gpr[i.ra] -= (u64)(s64)i.imm;
    if (name_is(r->name, conditional_stores) && (draw(seed) & 3)) c->before = matching_reserve(r->name, c->word);
    if (last_index(r->name) >= 0 && r->name[strlen(r->name) - 1] == 'x')
        c->gpr[i.ra] = (c->gpr[i.ra] & ~15ULL) | draw(seed) % (unsigned)(last_index(r->name) + 1);
    if (!strncmp(r->name, "bcd", 3)) fill_decimal(c, r->name, &i, seed);
    if (is_decimal(r)) fill_decimal_float(c, r, &i, seed);
    if (!strcmp(r->name, "cbcdtd")) c->gpr[i.rs] = bcd_digits(seed);
}
