/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every unprivileged row against an independent implementation: QEMU in user mode executes the same instruction on the
 * same registers and storage (case.h, harness.c), and whatever differs afterwards fails the test.
 *
 *     isa_qemu HARNESS [-n cases per row] [-s seed] [-q qemu] [row ...]
 *     isa_qemu --rows
 *
 * Each case is also executed through the other ports, so the fast and the traced text are compared with each other, in
 * big-endian mode as well.  (QEMU rounds xs*sp twice; one draw in a million shows it.)
 * Where QEMU is known to be wrong, or the book leaves the result undefined, the case is not made or not compared; the
 * reasons stand beside the names below and in docs/DIVERGENCES.md.  Exit 77 (skipped) if there is no QEMU.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/isa/disasm.h"
#include "tests/isa/case.h"
#include "tests/isa/decimal.h"
#include "tests/support/slow_stub.h"

enum { OPCODE_OE = 0x400 };

static u64 draw(u64 *seed)
{
    *seed ^= *seed << 13, *seed ^= *seed >> 7, *seed ^= *seed << 17;
    return *seed * 0x2545f4914f6cdd1dULL;
}

/* ---- operands ---- */

static u64 bcd_digits(u64 *seed)
{
    u64 v = 0;
    for (unsigned k = 0; k < 16; k++) v = v << 4 | draw(seed) % 10;
    return v;
}

static u64 double_value(u64 *seed)
{
    static const u64 special[] = {
        0,
        1,
        0x000fffffffffffff,
        0x0010000000000000,
        0x3ff0000000000000,
        0x3ff8000000000000,
        0x4000000000000000,
        0x7fefffffffffffff,
        0x7ff0000000000000,
        0x7ff8000000000000,
        0x7ff0000000000001,
        0x7ff4000000000000,
        0x41dfffffffc00000,
        0x41e0000000000000,
        0x43e0000000000000,
        0x43f0000000000000,
        0x36a0000000000000,
        0x3810000000000000,
        0x380fffffffffffff,
        0x47efffffe0000000,
        0x47effffff0000000,
        0x3fe0000000000000,
    };
    u64 r = draw(seed);

    switch (r & 7) {
    case 0:
    case 1: return special[(r >> 8) % ARRAY_SIZE(special)] | (r >> 3 & 1) << 63;
    case 2: return (draw(seed) & 0x800fffffffffffffULL) | (1023 - 70 + (r >> 8) % 140) << 52;
    case 3: return (draw(seed) & 0x800fffffe0000000ULL) | (1023 - 30 + (r >> 8) % 60) << 52; /* a single */
    case 4: return (draw(seed) & 0x800ff00000000000ULL) | (1023 - 2 + (r >> 8) % 40) << 52;  /* short */
    case 5: return (draw(seed) & 0x800fffffffffffffULL) | (896 - 30 + (r >> 8) % 40) << 52;  /* near single denormals */
    default: return draw(seed);
    }
}

static u32 single_value(u64 *seed)
{
    static const u32 special[] = {0,          1,          0x007fffff, 0x00800000, 0x3f800000,
                                  0x3fc00000, 0x7f7fffff, 0x7f800000, 0x7fc00000, 0x7f800001,
                                  0x4f000000, 0x5f000000, 0x4effffff, 0x3f000000, 0x4b000000};
    u64 r = draw(seed);

    switch (r & 3) {
    case 0: return special[(r >> 8) % ARRAY_SIZE(special)] | (u32)(r >> 3 & 1) << 31;
    case 1: return ((u32)draw(seed) & 0x807fffff) | (u32)(127 - 30 + (r >> 8) % 60) << 23;
    default: return (u32)draw(seed);
    }
}

static u64 integer_value(u64 *seed)
{
    static const u64 special[] = {0,
                                  1,
                                  2,
                                  ~0ULL,
                                  ~1ULL,
                                  0x7f,
                                  0x80,
                                  0xff,
                                  0x7fff,
                                  0x8000,
                                  0x7fffffff,
                                  0x80000000,
                                  0xffffffff,
                                  0x100000000,
                                  0xffffffff80000000,
                                  0x7fffffffffffffff,
                                  0x8000000000000000};
    u64 r = draw(seed);

    switch (r & 7) {
    case 0:
    case 1: return special[(r >> 8) % ARRAY_SIZE(special)];
    case 2: return draw(seed) >> (r >> 8 & 63);
    case 3: return (u64)((s64)draw(seed) >> (r >> 8 & 63));
    case 4: return (draw(seed) & 0xff) * 0x0101010101010101ULL;
    case 5: return (draw(seed) & 0xffffffff) * 0x0000000100000001ULL;
    default: return draw(seed);
    }
}

static void fill_vsr(u64 *v, u64 *seed)
{
    u64 r = draw(seed);

    switch (r % 8) {
    case 0:
    case 1: v[0] = double_value(seed), v[1] = double_value(seed); break;
    case 2:
    case 3:
        for (unsigned k = 0; k < 2; k++) {
            v[k] = (u64)single_value(seed) << 32;
            v[k] |= single_value(seed);
        }
        break;
    case 4:
        v[0] = r & 0x100 ? 0 : bcd_digits(seed);
        v[1] = (bcd_digits(seed) & ~15ULL) | (10 + (r >> 16) % 6);
        break;
    case 5:
        v[0] = (draw(seed) & 0x8000ffffffffffffULL) | (0x3fff - 140 + (r >> 16) % 280) << 48, v[1] = draw(seed);
        break;
    default: v[0] = integer_value(seed), v[1] = integer_value(seed); break;
    }
}

/* Control bits, sticky bits and result flags that belong together (VX is the sum of its kinds); exceptions disabled. */
static u64 fpscr_value(u64 *seed)
{
    u64 r = draw(seed), v = draw(seed) & 3;

    if (r & 1) v |= (draw(seed) & 0x1e) << 24 | (draw(seed) & 0x1f) << 12;
    if (r & 6) return v;
    return v | 1ULL << 24 | 1ULL << 29 | 1ULL << 31;
}

/* ---- words ---- */

static bool name_is(const char *name, const char *const *list)
{
    for (; *list; list++)
        if (!strcmp(name, *list)) return true;
    return false;
}

static bool pattern_has(const struct pattern *p, const char *field)
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
/* QEMU 7.2 user mode aborts on an alignment interrupt, so these get aligned operands ... */
static const char *const aligned_only[] = {"lbarx",  "lharx",  "lwarx",  "ldarx",  "lqarx", "stbcx_",
                                           "sthcx_", "stwcx_", "stdcx_", "stqcx_", "lq",    "stq",
                                           "lwat",   "ldat",   "stwat",  "stdat",  NULL};
static const char *const conditional_stores[] = {"stbcx_", "sthcx_", "stwcx_", "stdcx_", "stqcx_", NULL};

/* The load that makes the reservation for a conditional store of the same operands: into r31.  None for stqcx.:
 * QEMU 7.2 compares the halves of the quadword in the wrong order in little-endian mode and never stores (10.0 agrees
 * with us). */
static u32 matching_reserve(const char *name, u32 word)
{
    u32 operands = word & 0x001ff800;

    if (field_of(word, 16) == 31 || field_of(word, 11) == 31) return 0;
    if (!strcmp(name, "stbcx_")) return 0x7fe00068 | operands;
    if (!strcmp(name, "sthcx_")) return 0x7fe000e8 | operands;
    if (!strcmp(name, "stwcx_")) return 0x7fe00028 | operands;
    if (!strcmp(name, "stdcx_")) return 0x7fe000a8 | operands;
    return 0;
}

/* QEMU 7.2 lets the first element's flags decide for the others. */
static const char *const same_elements[] = {"xvcvdpsxds", "xvcvdpsxws", "xvcvdpuxds", "xvcvdpuxws", "xvcvspsxds",
                                            "xvcvspsxws", "xvcvspuxds", "xvcvspuxws", NULL};

/* Put the operand of a storage access inside the window: registers and, where needed, the register numbers. */
static void aim(struct isa_case *c, const char *name, const char *syntax, const struct pattern *p, u64 *seed)
{
    u64 r = draw(seed), ea = CASE_STORAGE_AT + 64 + (r & (r & 0x300 ? 0x70 : 0x7f));
    u32 ra, rb;

    if ((r & 0xc00) == 0) ea = CASE_STORAGE_AT + 64 + (r & 0x7c);
    if (name_is(name, aligned_only)) ea &= ~15ULL;
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

/* Branches go to the slot behind the next instruction. */
static void aim_branch(struct isa_case *c, const char *name, unsigned k, u64 *seed)
{
    u64 target = CASE_CIA(k) + 8;

    if (!strcmp(name, "b")) c->word = (c->word & 0xfc000001) | 8;
    if (!strcmp(name, "bc")) c->word = (c->word & 0xffff0001) | 8;
    c->ctr = draw(seed) % 3;
    if (!strcmp(name, "bclr")) c->lr = target | (draw(seed) & 3);
    if (!strcmp(name, "bcctr")) c->ctr = target | (draw(seed) & 3);
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
    if (!strncmp(name, "xsrqp", 5) && (word >> 9 & 3) == 3)
        word &= ~0x200u; /* QEMU reads FPSCR[RN] in another encoding */
    if (!strncmp(name, "bcd", 3) && field_of(word, 16) == field_of(word, 11)) word ^= 1u << 16;
    if (!strncmp(name, "bcd", 3) && field_of(word, 21) == field_of(word, 11)) word ^= 1u << 21;
    if (!strcmp(name, "addex")) word &= ~0x600u;
    if (!strcmp(name, "mtocrf") || !strcmp(name, "mfocrf")) word = (word & ~0xff000u) | 0x1000u << (r & 7);
    if (!strcmp(name, "bcctr")) word |= 4u << 21;
    if (!strcmp(name, "dcbf")) word &= ~(2u << 21);
    if (last_index(name) >= 0 && name[strlen(name) - 1] != 'x')
        word = with_field(word, 16, (u32)(r % (unsigned)(last_index(name) + 1)));
    return word;
}

/* Operands of the decimal rows: invalid digits make the result undefined; QEMU reads a source that it has already
 * overwritten (bcdctsq. and bcdcpsgn. with VRT = VRB) and rounds a shift by more than all digits (bcdsr.). */
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

static void make_case(const struct isa *isa, unsigned row, unsigned k, u64 *seed, struct isa_case *c)
{
    const struct pattern *p = isa_pattern(isa, row);
    const struct insn_row *r = isa_row(isa, row);
    struct insn i = {0};

    do {
        memset(c, 0, sizeof *c);
        c->row = row;
        c->word = ((u32)(draw(seed) >> 16) & ~p->mask & ~p->reserved) | p->value;
        c->word = tame(c->word, r->name, seed);
        for (unsigned n = 0; n < 32; n++) c->gpr[n] = integer_value(seed);
        for (unsigned n = 0; n < 64; n++) fill_vsr(c->vsr[n], seed);
        for (unsigned n = 0; n < CASE_STORAGE; n += 8) {
            u64 v = n & 64 ? double_value(seed) : integer_value(seed);
            memcpy(c->storage + n, &v, 8);
        }
        c->lr = draw(seed), c->ctr = integer_value(seed), c->cr = draw(seed) & 0xffffffff;
        c->xer = draw(seed) & 0xe00c007f;
        c->fpscr = fpscr_value(seed);
        c->vscr = draw(seed) & 0x00010001;
        if (r->issue_class == CLASS_LD || r->issue_class == CLASS_ST || r->issue_class == CLASS_CACHE)
            if (pattern_has(p, "RA")) aim(c, r->name, r->syntax, p, seed);
        if (r->issue_class == CLASS_BR) aim_branch(c, r->name, k, seed);
    } while (isa_decode(isa, c->word, &i) != row);
    if (strchr(r->syntax, '(')) c->gpr[i.ra] -= (u64)(s64)i.imm;
    if (name_is(r->name, conditional_stores) && (draw(seed) & 3)) c->before = matching_reserve(r->name, c->word);
    if (last_index(r->name) >= 0 && r->name[strlen(r->name) - 1] == 'x')
        c->gpr[i.ra] = (c->gpr[i.ra] & ~15ULL) | draw(seed) % (unsigned)(last_index(r->name) + 1);
    if (!strncmp(r->name, "bcd", 3)) fill_decimal(c, r->name, &i, seed);
    if (name_is(r->name, same_elements)) c->vsr[i.xb][1] = c->vsr[i.xb][0] = (c->vsr[i.xb][0] >> 32) * 0x100000001ULL;
    if (!strncmp(r->name, "fnm", 3) || !strncmp(r->name, "xsnm", 4) || !strncmp(r->name, "xvnm", 4)) c->fpscr &= ~2ULL;
    if (is_decimal(r)) fill_decimal_float(c, r, &i, seed);
    if (!strcmp(r->name, "cbcdtd")) c->gpr[i.rs] = bcd_digits(seed);
}

/* ---- our side ---- */

static void state_in(struct stub *stub, const struct isa_case *c, unsigned k, bool mapped, bool le)
{
    struct thread *t = &stub->thread;

    stub_reset(stub, le);
    stub->base = CASE_STORAGE_AT;
    stub->cia = CASE_CIA(k);
    stub->mapped = mapped;
    memcpy(stub->storage, c->storage, CASE_STORAGE);
    memcpy(t->gpr, c->gpr, sizeof t->gpr);
    t->lr = c->lr, t->ctr = c->ctr;
    for (unsigned n = 0; n < 8; n++) t->cr[n] = c->cr >> (28 - 4 * n) & 15;
    t->so = c->xer >> 31 & 1, t->ov = c->xer >> 30 & 1, t->ca = c->xer >> 29 & 1;
    t->ov32 = c->xer >> 19 & 1, t->ca32 = c->xer >> 18 & 1;
    t->xer_rest = c->xer & 127;
    for (unsigned n = 0; n < 64; n++) VSR_D(t->vsr[n], 0) = c->vsr[n][0], VSR_D(t->vsr[n], 1) = c->vsr[n][1];
    t->fpscr = c->fpscr;
    t->vscr = (u32)c->vscr;
    t->msr |= MSR_FE0 | MSR_FE1; /* as QEMU user mode has them */
}

static void state_out(const struct stub *stub, struct isa_case *c)
{
    const struct thread *t = &stub->thread;

    memcpy(c->storage, stub->storage, CASE_STORAGE);
    memcpy(c->gpr, t->gpr, sizeof t->gpr);
    c->lr = t->lr, c->ctr = t->ctr, c->cr = 0;
    for (unsigned n = 0; n < 8; n++) c->cr = c->cr << 4 | t->cr[n];
    c->xer =
        (u64)t->so << 31 | (u64)t->ov << 30 | (u64)t->ca << 29 | (u64)t->ov32 << 19 | (u64)t->ca32 << 18 | t->xer_rest;
    for (unsigned n = 0; n < 64; n++) c->vsr[n][0] = VSR_D(t->vsr[n], 0), c->vsr[n][1] = VSR_D(t->vsr[n], 1);
    c->fpscr = t->fpscr;
    c->vscr = t->vscr;
}

static enum case_outcome outcome_of_fault(unsigned fault)
{
    switch (fault) {
    case STUB_TRAP: return CASE_TRAPPED;
    case STUB_ALIGNMENT: return CASE_MISALIGNED;
    case STUB_STORAGE: return CASE_REFUSED;
    case STUB_FP_ENABLED: return CASE_FP_EXCEPTION;
    default: return CASE_ILLEGAL;
    }
}

enum { TRACED_BE = PORT_COUNT }; /* the traced port in big-endian mode */

static void run_ours(struct stub *stub, const struct isa *isa, struct isa_case *c, unsigned k, unsigned port)
{
    enum stub_outcome outcome;
    bool le = port == PORT_traced || port == PORT_fast_le;

    if (port == TRACED_BE) port = PORT_traced;
    state_in(stub, c, k, port != PORT_traced || (k & 1), le);
    if (c->before) {
        stub->cia -= 4;
        (void)stub_execute(stub, isa, c->before, port);
        stub->cia += 4;
    }
    outcome = stub_execute(stub, isa, c->word, port);
    state_out(stub, c);
    if (outcome == STUB_FAULTED) c->outcome = outcome_of_fault(stub->thread.fault.row);
    else c->outcome = outcome == STUB_JUMPED && stub->thread.nia != CASE_CIA(k) + 4 ? CASE_BRANCHED : CASE_WENT_ON;
}

/* ---- comparison ---- */

/* Doubleword 1 of the target of a scalar operation is undefined: ours is zero, QEMU keeps what was there. */
static bool is_scalar(const char *name)
{
    static const char *const others[] = {"mtvsrd", "mtvsrwa", "mtvsrwz", NULL};
    return !strncmp(name, "xs", 2) || !strncmp(name, "lxs", 3) || name_is(name, others);
}

/* A quiet NaN followed by a signalling one: QEMU does not see the second. */
static const char *const quiet_first[] = {"xsmaxjdp", "xsminjdp", "xsmaxcdp", "xsmincdp", NULL};

static bool is_float(const struct insn_row *r)
{
    return r->issue_class == CLASS_FP || r->issue_class == CLASS_FPDIV || r->issue_class == CLASS_VFP ||
           r->issue_class == CLASS_VFPDIV || r->issue_class == CLASS_QP;
}

/* Vectors whose elements both overflow and underflow; singles that QEMU rounds to double precision first. */
static bool has_wrong_underflow(const char *name)
{
    size_t length = strlen(name);
    return !strncmp(name, "xv", 2) || (name[0] == 'f' && name[length - 1] == 's') || !strcmp(name + length - 2, "sp");
}

/* FPSCR bits in which QEMU 7.2 departs from the book (docs/DIVERGENCES.md): FX of a sticky bit that was set already,
 * FR, and FI and FPRF of all but double-precision arithmetic. */
enum {
    FPSCR_FX_BIT = 1 << 31,
    FPSCR_FR = 1 << 18,
    FPSCR_FI = 1 << 17,
    FPSCR_FPRF_BITS = 31 << 12,
    CR1_FX = 1 << 27,
    FPSCR_NI = 4,
    FPSCR_OX_UX = 3 << 27
};

static u64 fpscr_not_compared(const char *name)
{
    static const char *const classes_agree[] = {
        "fadd",    "fsub",    "fmul",     "fdiv",      "fmadd",     "fmsub",     "fsqrt",     "xsadddp", "xssubdp",
        "xsmuldp", "xsdivdp", "xssqrtdp", "xsmaddadp", "xsmaddmdp", "xsmsubadp", "xsmsubmdp", NULL};
    u64 bits = (u32)FPSCR_FX_BIT | FPSCR_FR | FPSCR_NI;
    return name[0] == 'd' || name_is(name, classes_agree) ? bits : bits | FPSCR_FI | FPSCR_FPRF_BITS;
}

static void forget_undefined(const struct isa *isa, const struct isa_case *in, struct isa_case *a, struct isa_case *b)
{
    struct insn i = {0};

    isa_decode(isa, in->word, &i);
    if (is_scalar(isa_row(isa, in->row)->name)) a->vsr[i.xt & 63][1] = b->vsr[i.xt & 63][1] = 0;
    if (!strcmp(isa_row(isa, in->row)->name, "bcdus_"))
        a->cr &= ~0xf0ULL, b->cr &= ~0xf0ULL; /* QEMU: last digit as sign */
    if (is_float(isa_row(isa, in->row))) {
        u64 drop = fpscr_not_compared(isa_row(isa, in->row)->name);
        a->fpscr &= ~drop, b->fpscr &= ~drop;
        a->cr &= ~(u64)CR1_FX, b->cr &= ~(u64)CR1_FX;
        if (has_wrong_underflow(isa_row(isa, in->row)->name))
            a->fpscr &= ~(u64)FPSCR_OX_UX, b->fpscr &= ~(u64)FPSCR_OX_UX;
        if (!strncmp(isa_row(isa, in->row)->name, "fctiw", 5))
            a->vsr[i.frt][0] &= 0xffffffff, b->vsr[i.frt][0] &= 0xffffffff;
    }
    if (is_decimal(isa_row(isa, in->row))) forget_decimal_defects(b, isa_row(isa, in->row), &i);
    if (name_is(isa_row(isa, in->row)->name, quiet_first)) a->fpscr = b->fpscr = 0;
    a->vscr &= 0x00010001; /* QEMU keeps reserved bits as well */
    b->vscr &= 0x00010001;
}

static bool same_result(const struct isa_case *a, const struct isa_case *b)
{
    if (a->outcome != b->outcome || memcmp(a->storage, b->storage, CASE_STORAGE)) return false;
    if (a->outcome > CASE_BRANCHED) return true; /* after an interrupt the harness has no registers */
    return !memcmp(a->gpr, b->gpr, sizeof a->gpr) && !memcmp(a->vsr, b->vsr, sizeof a->vsr) && a->lr == b->lr &&
           a->ctr == b->ctr && a->xer == b->xer && a->cr == b->cr && a->vscr == b->vscr && a->fpscr == b->fpscr;
}

static void show_word(const char *name, u64 in, u64 a, u64 b)
{
    if (a == b) return;
    printf("    %-8s in %016llx  ours %016llx  qemu %016llx\n", name, (unsigned long long)in, (unsigned long long)a,
           (unsigned long long)b);
}

static void show_inputs(const struct isa *isa, const struct isa_case *in)
{
    const struct pattern *p = isa_pattern(isa, in->row);
    struct insn i = {0};

    isa_decode(isa, in->word, &i);
    printf("    in:");
    for (unsigned k = 0; k < p->pieces; k++) {
        const struct field *f = p->piece[k].field;
        struct operand o;
        unsigned n;
        if (!operand_read(f->name, &o) || f->insert || f->is_imm) continue;
        n = ((const u8 *)&i)[f->slot];
        if (o.kind == OPERAND_GPR) printf(" r%u=%016llx", n, (unsigned long long)in->gpr[n]);
        if (o.kind == OPERAND_VR) n += 32;
        if (o.kind == OPERAND_VR || o.kind == OPERAND_VSR || o.kind == OPERAND_FPR)
            printf(" vs%u=%016llx_%016llx", n, (unsigned long long)in->vsr[n][0], (unsigned long long)in->vsr[n][1]);
    }
    printf(" cr=%08llx xer=%08llx fpscr=%llx\n", (unsigned long long)in->cr, (unsigned long long)in->xer,
           (unsigned long long)in->fpscr);
}

static void show_difference(const struct isa *isa, const struct isa_case *in, const struct isa_case *a,
                            const struct isa_case *b, const char *who)
{
    char text[100], name[16];

    isa_disassemble(isa, in->word, 0, text, sizeof text);
    printf("%s  %08x  %s  (%s)\n", isa_row(isa, in->row)->name, in->word, text, who);
    show_inputs(isa, in);
    show_word("outcome", 0, a->outcome, b->outcome);
    if (a->outcome > CASE_BRANCHED || b->outcome > CASE_BRANCHED) return;
    for (unsigned n = 0; n < 32; n++)
        snprintf(name, sizeof name, "r%u", n), show_word(name, in->gpr[n], a->gpr[n], b->gpr[n]);
    for (unsigned n = 0; n < 64; n++)
        for (unsigned d = 0; d < 2; d++) {
            snprintf(name, sizeof name, "vs%u.%u", n, d);
            show_word(name, in->vsr[n][d], a->vsr[n][d], b->vsr[n][d]);
        }
    show_word("lr", in->lr, a->lr, b->lr);
    show_word("ctr", in->ctr, a->ctr, b->ctr);
    show_word("cr", in->cr, a->cr, b->cr);
    show_word("xer", in->xer, a->xer, b->xer);
    show_word("vscr", in->vscr, a->vscr, b->vscr);
    show_word("fpscr", in->fpscr, a->fpscr, b->fpscr);
    for (unsigned n = 0; n < CASE_STORAGE; n += 8) {
        snprintf(name, sizeof name, "+%u", n);
        show_word(name, get_be64(in->storage + n), get_be64(a->storage + n), get_be64(b->storage + n));
    }
}

/* Divisions without a result: RT and CR0 are undefined. */
static bool result_is_undefined(struct stub *stub, const struct isa *isa, const struct isa_case *c, unsigned k)
{
    const char *name = isa_row(isa, c->row)->name;
    struct isa_case probe = *c;
    struct insn i = {0};

    isa_decode(isa, c->word, &i);
    if (is_decimal(isa_row(isa, c->row))) return decimal_differs(c, isa_row(isa, c->row), &i);
    if (!strcmp(name, "lwat") || !strcmp(name, "ldat")) { /* QEMU extends the number that reports a bound wrongly */
        run_ours(stub, isa, &probe, k, PORT_traced);
        return i.imm >= 24 && (probe.gpr[i.rt] == 0x80000000 || probe.gpr[i.rt] == 1ULL << 63);
    }
    if (!strncmp(name, "div", 3)) {
        probe.word |= OPCODE_OE;
        run_ours(stub, isa, &probe, k, PORT_traced);
        return probe.xer >> 30 & 1;
    }
    if (strncmp(name, "mod", 3)) return false;
    if (name[4] == 'w') return !(u32)c->gpr[i.rb] || (u32)c->gpr[i.rb] == ~0U;
    return !c->gpr[i.rb] || c->gpr[i.rb] == ~0ULL;
}

/* ---- rows ---- */

/* Not compared:
 *   darn                   random
 *   copy paste.            QEMU 7.2 refuses them, we have them without an accelerator
 *   bctar                  the harness travels by TAR
 *   lmw stmw lsw* stsw*    interrupt in little-endian mode, which QEMU 7.2 user mode does not survive
 *   dst* icbt              hints that QEMU does not have
 *   estimates              any value within the bound is right
 *   vrldmi                 QEMU (also 10.0) forgets to insert: its table names the function of vrldnm
 *   xststdcsp xsn*qpo      docs/DIVERGENCES.md
 *   wait                   QEMU user mode stops there
 *   callthru               the simulator's own
 *   reserved_nop           half of them are illegal in QEMU 7.2
 */
static const char *const not_compared[] = {
    "darn",       "copy",   "paste_",    "bctar",      "lmw",        "stmw",         "lswi",      "lswx",
    "stswi",      "stswx",  "wait",      "callthru",   "dst",        "dstt",         "dstst",     "dststt",
    "icbt",       "fre",    "fres",      "frsqrte",    "frsqrtes",   "xsredp",       "xsresp",    "xsrsqrtedp",
    "xsrsqrtesp", "xvredp", "xvresp",    "xvrsqrtedp", "xvrsqrtesp", "vrefp",        "vrsqrtefp", "vlogefp",
    "vexptefp",   "vrldmi", "xststdcsp", "xsnmaddqpo", "xsnmsubqpo", "reserved_nop", NULL};

static bool is_compared(const struct insn_row *r)
{
    if (r->flags & (PRIVILEGED | HYPERVISOR)) return false;
    return r->issue_class != CLASS_SYS && r->issue_class != CLASS_SPR && !name_is(r->name, not_compared);
}

/* Names of the rows that have cases, one per line: docs/ISA.md and its test ask. */
static int print_rows(struct isa *isa)
{
    for (unsigned row = 0; row < isa_row_count(isa); row++)
        if (is_compared(isa_row(isa, row))) puts(isa_row(isa, row)->name);
    isa_free(isa);
    return 0;
}

struct run {
    const struct isa *isa;
    const char *qemu, *harness;
    unsigned each;
    u64 seed;
    struct stub stub;
};

static bool run_qemu(struct run *run, struct isa_case *cases, size_t count)
{
    char path[] = "/tmp/p9sim-isa-XXXXXX", command[600];
    int fd = mkstemp(path), status = -1;
    size_t bytes = count * sizeof *cases;

    if (fd >= 0 && write(fd, cases, bytes) == (ssize_t)bytes) {
        snprintf(command, sizeof command, "'%s' -cpu power9 '%s' %s", run->qemu, run->harness, path);
        status = system(command);
        if (status == 0 && pread(fd, cases, bytes, 0) != (ssize_t)bytes) status = -1;
    }
    close(fd);
    unlink(path);
    return status == 0;
}

/* Halve the batch until one case is left that stops QEMU. */
static void show_crash(struct run *run, const struct isa_case *in, size_t count)
{
    struct isa_case *copy = malloc(count * sizeof *copy);
    char text[100];

    while (copy && count > 1) {
        size_t half = count / 2;
        memcpy(copy, in, half * sizeof *copy);
        if (run_qemu(run, copy, half)) in += half, half = count - half;
        count = half;
    }
    free(copy);
    isa_disassemble(run->isa, in->word, 0, text, sizeof text);
    printf("QEMU does not survive %s  %08x  %s\n", isa_row(run->isa, in->row)->name, in->word, text);
    show_inputs(run->isa, in);
}

/* A batch holds the cases of several rows, so that one start of QEMU serves many. */
static unsigned compare_batch(struct run *run, const struct isa_case *in, const struct isa_case *theirs, size_t count)
{
    unsigned failures = 0, of_row = 0, row = ROW_NONE;

    for (size_t k = 0; k < count; k++) {
        struct isa_case traced = in[k], fast = in[k], traced_be, fast_be, reference;
        if (in[k].row != row) row = in[k].row, of_row = 0;
        run_ours(&run->stub, run->isa, &traced, (unsigned)k, PORT_traced);
        run_ours(&run->stub, run->isa, &fast, (unsigned)k, PORT_fast_le);
        if (!same_result(&traced, &fast)) {
            failures++;
            if (of_row++ < 2) show_difference(run->isa, &in[k], &traced, &fast, "traced port against fast port");
        }
        traced_be = fast_be = in[k];
        run_ours(&run->stub, run->isa, &traced_be, (unsigned)k, TRACED_BE);
        run_ours(&run->stub, run->isa, &fast_be, (unsigned)k, PORT_fast_be);
        if (!same_result(&traced_be, &fast_be)) {
            failures++;
            if (of_row++ < 2)
                show_difference(run->isa, &in[k], &traced_be, &fast_be, "big-endian, traced against fast");
        }
        if (result_is_undefined(&run->stub, run->isa, &in[k], (unsigned)k)) continue;
        reference = theirs[k];
        forget_undefined(run->isa, &in[k], &traced, &reference);
        if (!same_result(&traced, &reference)) {
            failures++;
            if (of_row++ < 2) show_difference(run->isa, &in[k], &traced, &reference, "QEMU");
        }
    }
    return failures;
}

static unsigned run_rows(struct run *run, const bool *chosen)
{
    struct isa_case *in = calloc(CASES_MAX, sizeof *in), *theirs = calloc(CASES_MAX, sizeof *in);
    unsigned failures = 0, rows = 0;
    size_t count = 0, total = 0;

    if (!in || !theirs) return 1;
    for (unsigned row = 0; row <= isa_row_count(run->isa); row++) {
        bool last = row == isa_row_count(run->isa);
        u64 seed = run->seed ^ (0x9e3779b97f4a7c15ULL * (row + 1));
        if (!last && !chosen[row]) continue;
        if (count && (last || count + run->each > CASES_MAX)) {
            memcpy(theirs, in, count * sizeof *in);
            if (!run_qemu(run, theirs, count)) {
                show_crash(run, in, count);
                failures++;
            } else {
                failures += compare_batch(run, in, theirs, count);
            }
            total += count;
            count = 0;
        }
        if (last) break;
        rows++;
        for (unsigned k = 0; k < run->each; k++, count++) make_case(run->isa, row, (unsigned)count, &seed, &in[count]);
    }
    printf("%u rows, %zu cases, %u differences (seed %llu)\n", rows, total, failures, (unsigned long long)run->seed);
    free(in);
    free(theirs);
    return failures;
}

int main(int argc, char **argv)
{
    struct run *run = calloc(1, sizeof *run);
    struct isa *isa = isa_new();
    char command[300];
    bool *chosen;
    int option;
    unsigned failures;

    if (!run || !isa) return 1;
    if (argc == 2 && !strcmp(argv[1], "--rows")) return print_rows(isa);
    *run = (struct run){.isa = isa, .qemu = "qemu-ppc64le", .each = 150, .seed = 1};
    while ((option = getopt(argc, argv, "n:s:q:")) != -1) {
        if (option == 'n') run->each = (unsigned)atoi(optarg);
        else if (option == 's') run->seed = strtoull(optarg, NULL, 0);
        else if (option == 'q') run->qemu = optarg;
        else return 2;
    }
    if (optind >= argc || run->each < 1 || run->each > CASES_MAX)
        return printf("usage: isa_qemu HARNESS [-n N] [-s SEED] [ROW ...]\n"), 2;
    run->harness = argv[optind++];
    snprintf(command, sizeof command, "'%s' --version >/dev/null 2>&1", run->qemu);
    if (system(command) != 0) return printf("no %s: skipped\n", run->qemu), 77;
    chosen = calloc(isa_row_count(isa), sizeof *chosen);
    if (!chosen) return 1;
    for (unsigned row = 0; row < isa_row_count(isa); row++) {
        chosen[row] = optind >= argc && is_compared(isa_row(isa, row));
        for (int k = optind; k < argc; k++) chosen[row] |= !strcmp(argv[k], isa_row(isa, row)->name);
    }
    failures = run_rows(run, chosen);
    free(chosen);
    free(run);
    isa_free(isa);
    return failures ? 1 : 0;
}
