/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An instruction is one block:
 *
 *     INSN(add, "31 RT RA RB OE 266 Rc", "add%o%r RT, RA, RB", FX, 0) { ...meaning in C... }
 *
 * name     a C identifier, unique; '.' becomes '_': stwcx_  (the syntax string has the real mnemonic)
 * pattern  the book's field line (core/isa/pattern.h): the first number is the primary opcode (6 bits), names have the
 *          width of their field, '/' is one reserved bit each, n:w is the number n in w bits, and one bare number takes
 *          what is left of 32
 * syntax   drives the disassembler and the test assembler: %o = 'o' if OE, %r = '.' if Rc, %l = 'l' if LK, %a = 'a' if
 *          AA; operands are field names: RT prints rN or N as objdump does (see disasm.c), D(RA) forms included
 * class    the issue class (class.def), which a timing model asks for; it brings flags along
 * flags    enum insn_flag, or-ed: what everybody else asks for
 *
 * This header and port.h are compiled once per port: PORT names the port (fast_be, fast_le, traced, learning).  The
 * body is an ordinary function of (struct thread *t, const struct insn *i); it reads operands only through F(...),
 * reaches the world only through port.h, computes first, accesses next and commits last, and returns NEXT, JUMP (t->nia
 * set) or FAULT.  The wrapper that INSN writes around it checks the facility and privilege flags and dispatches what
 * follows.
 *
 * A chapter that defines BODY_INLINE before including this header has its bodies inlined into the dispatching wrapper:
 * right for short bodies; elsewhere the flag SHORT_BODY asks for it row by row.  A body that hands the address of a
 * local variable to a function which is not inlined must not be inlined so, because the compiler could then not turn
 * the dispatch into a jump (tests/structure checks it).
 */
#ifndef P9_CORE_ISA_INSN_H
#define P9_CORE_ISA_INSN_H

#include "core/state/fault.h"
#include "core/state/thread.h"

typedef enum next insn_fn(struct thread *t, const struct insn *i);

/* A decoded instruction. Field names share bytes where no form has both. */
struct insn {
    insn_fn *fn;
    u64 sums; /* packed class counts of the page before this instruction (core/run) */
    s32 imm;  /* SI UI D DS DQ LI BD d SIM UIM(16-bit) spr fxm crm ... sign-extended or not, as the field table says */
    union {
        u8 rt, rs, to, bo, bt, frt, frs, vrt, vrs, xt, xs;
    };
    union {
        u8 ra, bi, ba, fra, vra, xa;
    };
    union {
        u8 rb, sh, bb, frb, vrb, xb;
    };
    union {
        u8 fc, frc, vrc, xc, mb, bc;
    }; /* third register operand FRC VRC XC RC, rotate begin, isel's BC */
    union {
        u8 me, bfa, shb;
    };
    union {
        u8 bf, th;
    };
    union {
        u8 l, dm, uim, w;
    }; /* L, DM, SHW, UIM (vector), W ... */
    union {
        u8 x, r, ps;
    }; /* a second small field: ST, R, PS, RIC... */
    union {
        u8 rc, lk;
    };
    union {
        u8 oe, aa;
    };
    u16 row;
};

/* The straight run up to, not including, instruction i is over: it enters the counters, and local time is exact. */
inline_hot void insn_end_run(struct thread *t, const struct insn *i)
{
    t->completed += (u64)(i - t->run_start);
    t->class_sums += i->sums - t->run_start->sums;
    t->run_start = i;
}

enum issue_class {
#define ISSUE_CLASS(name, flags, text) CLASS_##name,
#include "core/isa/class.def"
#undef ISSUE_CLASS
    CLASS_COUNT
};

enum insn_flag {
    UPDATES_RA = 1 << 0,          /* load or store with update */
    INVALID_IF_RA_IS_RT = 1 << 1, /* invalid form: HEAI */
    REFINES = 1 << 2,             /* a special case of a broader row; must overlap one with fewer fixed bits */
    NEEDS_FP = 1 << 3,            /* facility: checked before the body */
    NEEDS_VEC = 1 << 4,
    NEEDS_VSX = 1 << 5,
    PRIVILEGED = 1 << 6,       /* program interrupt in problem state */
    HYPERVISOR = 1 << 7,       /* as PRIVILEGED, and HEAI if privileged but not hypervisor */
    NEEDS_VSX_OR_VEC = 1 << 9, /* ISA 3.0: TX/SX selects which of MSR[VSX] (VSR 0-31) and MSR[VEC] (32-63) is needed */
    INVALID_IF_RT_ODD = 1 << 10, /* quadword and pair forms */
    INVALID_IF_RB_ODD = 1 << 11,
    INVALID_IF_RB_IS_RT = 1 << 12,
    NEEDS_FP_OR_VEC = 1 << 13, /* mfvsrd, mtvsrd ...: TX/SX selects which of MSR[FP] and MSR[VEC] is needed */
    INVALID_IF_RA_ODD = 1 << 14,
    UNTRACED = 1 << 15,   /* returns and stop: no trace interrupt follows (III 6.5.15) */
    SHORT_BODY = 1 << 16, /* no property of the instruction: its body is inlined into the dispatching wrapper */
    /* Newly available in problem state in that version: PCR can take it away (III 2.5). VSX rows need no flag: 2.06. */
    SINCE_2_06 = 1 << 17,
    SINCE_2_07 = 1 << 18,
    SINCE_3_0 = 1 << 19,
    TRANSACTIONAL = 1 << 20, /* PCR has a bit of its own for these */
    /* What the book calls it, however much it moves: so it is counted, and told by a trace interrupt. */
    LOADS = 1 << 21,
    STORES = 1 << 22,
    BRANCHES = 1 << 23, /* MSR[BE] traces it */
    VARIES = 1 << 8,    /* values decide which registers it reads or writes: it is learned each time (retire.h) */
    SETTLES = 1 << 24,  /* its body may ask what was counted, or change who it is counted for: the run ends before it */
};

/* The flags of a row that come with its class. */
enum class_flags {
#define ISSUE_CLASS(name, flags, text) FLAGS_##name = (flags),
#include "core/isa/class.def"
#undef ISSUE_CLASS
};

/* One row of the instruction table, written by INSN() beside the meaning. */
enum { PORT_fast_be, PORT_fast_le, PORT_traced, PORT_learning, PORT_COUNT };
struct insn_row {
    const char *name, *pattern, *syntax;
    enum issue_class issue_class;
    u32 flags;
    insn_fn *fn[PORT_COUNT];
};

#ifdef PORT /* ---- below: only for chapters, which are compiled once per port ---- */

#define INSN_CAT_(a, b) a##_##b
#define INSN_CAT(a, b) INSN_CAT_(a, b)
#define MAYBE_UNUSED __attribute__((unused)) /* rfid needs no operand, msgsync nothing at all */
#define SEM(name) INSN_CAT(PORT, name)
#define BODY_KIND static inline __attribute__((always_inline))
#ifdef BODY_INLINE
#define BODY_IS_SHORT(flags) true
#else
#define BODY_IS_SHORT(flags) (((flags)&SHORT_BODY) != 0)
#endif

#ifdef PORT_OWNS_TABLE
#define INSN_ROW(name_, pattern_, syntax_, class_, flags_)                                                             \
    enum next fast_be_##name_(struct thread *, const struct insn *);                                                   \
    enum next fast_le_##name_(struct thread *, const struct insn *);                                                   \
    enum next traced_##name_(struct thread *, const struct insn *);                                                    \
    enum next learning_##name_(struct thread *, const struct insn *);                                                  \
    extern const struct insn_row row_##name_;                                                                          \
    const struct insn_row row_##name_ = {#name_,                                                                       \
                                         pattern_,                                                                     \
                                         syntax_,                                                                      \
                                         CLASS_##class_,                                                               \
                                         FLAGS_##class_ | (flags_),                                                    \
                                         {fast_be_##name_, fast_le_##name_, traced_##name_, learning_##name_}};
#else
#define INSN_ROW(name_, pattern_, syntax_, class_, flags_)
#endif

#define INSN(name_, pattern_, syntax_, class_, flags_)                                                                 \
    INSN_ROW(name_, pattern_, syntax_, class_, flags_)                                                                 \
    BODY_KIND enum next INSN_CAT(body, name_)(struct thread * t, const struct insn *i);                                \
    static __attribute__((noinline)) enum next INSN_CAT(long, name_)(struct thread * t, const struct insn *i)          \
    {                                                                                                                  \
        return INSN_CAT(body, name_)(t, i);                                                                            \
    }                                                                                                                  \
    enum next SEM(name_)(struct thread * t, const struct insn *i);                                                     \
    enum next SEM(name_)(struct thread * t, const struct insn *i)                                                      \
    {                                                                                                                  \
        if ((FLAGS_##class_ | (flags_)) & SETTLES) port_settle(t, i);                                                  \
        if (!port_allows(t, i, (flags_))) return port_dispatch(t, i, FAULT);                                           \
        if (BODY_IS_SHORT(flags_)) return port_dispatch(t, i, INSN_CAT(body, name_)(t, i));                            \
        return port_dispatch(t, i, INSN_CAT(long, name_)(t, i));                                                       \
    }                                                                                                                  \
    BODY_KIND enum next INSN_CAT(body, name_)(MAYBE_UNUSED struct thread * t, MAYBE_UNUSED const struct insn *i)

#include "core/isa/port.h"
#endif

#endif
