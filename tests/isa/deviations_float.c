/* SPDX-License-Identifier: Apache-2.0 */
/* See deviations.h: floating point, binary and decimal. */
#include "tests/isa/deviations_float.h"

/* Doubleword 1 of the target of a scalar operation is undefined: ours is zero, QEMU keeps what was there. */
static bool is_scalar(const char *name)
{
    static const char *const others[] = {"mtvsrd", "mtvsrwa", "mtvsrwz", NULL};
    return !strncmp(name, "xs", 2) || !strncmp(name, "lxs", 3) || name_is(name, others);
}

bool is_single(const char *name)
{
    size_t n = strlen(name);
    return !strcmp(name, "frsp") || !strcmp(name, "xsrsp") ||
           (starts(name, "xs") && !strcmp(name + n - 2, "sp") && !starts(name, "xscv") && !starts(name, "xstst")) ||
           (starts(name, "f") && name[n - 1] == 's' && !starts(name, "fab") && !starts(name, "fnab")) ||
           starts(name, "xscvsxdsp") || starts(name, "xscvuxdsp");
}

static bool is_vector_float(const struct insn_row *r)
{
    return r->issue_class == CLASS_VFP || r->issue_class == CLASS_VFPDIV;
}

static bool is_float(const struct insn_row *r)
{
    return r->issue_class == CLASS_FP || r->issue_class == CLASS_FPDIV || is_vector_float(r) ||
           r->issue_class == CLASS_QP;
}

/* Rows that round: they set FR, FI and XX (I 4.3.6), as no other row does. */
bool rounds(const struct insn_row *r)
{
    static const char *const prefixes[] = {"fadd",   "fsub",   "fmul",   "fdiv", "fsqrt", "fmadd", "fmsub", "fnm",
                                           "frsp",   "fcf",    "fct",    "fri",  "xsadd", "xssub", "xsmul", "xsdiv",
                                           "xssqrt", "xsmadd", "xsmsub", "xsnm", "xsrsp", "xsrdp", "xsrqp", "xscv"};
    if (!strcmp(r->name, "xscvspdpn") || !strcmp(r->name, "xscvdpspn")) return false;
    for (unsigned k = 0; k < ARRAY_SIZE(prefixes); k++)
        if (starts(r->name, prefixes[k])) return true;
    return is_decimal(r) && !starts(r->name, "dcmp") && !starts(r->name, "dtst") && !starts(r->name, "dsc") &&
           !starts(r->name, "dxex") && !starts(r->name, "diex") && !starts(r->name, "ddedpd");
}

bool negates(const char *name)
{
    return starts(name, "fnm") || starts(name, "xsnm") || starts(name, "xvnm");
}

/* ---- FX, FR, FI ---- */

/* FX is set when an exception bit goes from 0 to 1 (I 4.2.2); QEMU sets it whenever an exception occurs, and not by
 * mtfsb1.  What it has to be follows from the bits of QEMU itself, and so does CR1. */
static void derive_fx(struct view *v)
{
    u32 before = (u32)v->in->fpscr, after = (u32)v->theirs->fpscr;

    if (starts(v->row->name, "mtfsf") || starts(v->row->name, "mtfsb0") || starts(v->row->name, "mffs") ||
        starts(v->row->name, "mcrfs"))
        return;
    if (strcmp(v->row->name, "mtfsb1") || v->i->bt) after = (after & ~FPSCR_FX) | (before & FPSCR_FX);
    if (after & ~before & FPSCR_EXCEPTIONS) after |= FPSCR_FX;
    v->theirs->fpscr = (v->theirs->fpscr & ~0xffffffffULL) | after;
    if (v->i->rc && !is_vector_float(v->row) && strstr(v->row->syntax, "%r"))
        v->theirs->cr = (v->theirs->cr & ~(u64)0x0f000000) | (u64)(after >> 28) << 24;
}

/* QEMU has no FR: it is compared with the host's arithmetic (host.c).  Here only: an exact result was not incremented.
 * Vector instructions leave FR and FI alone (7.6), and so do comparisons. */
static void derive_fr(struct view *v)
{
    const u64 both = FPSCR_FR | FPSCR_FI;

    if (is_vector_float(v->row)) {
        v->theirs->fpscr = (v->theirs->fpscr & ~both) | (v->in->fpscr & both);
    } else if (starts(v->row->name, "fcmp")) {
        const u64 stay = both | FPRF_CODE(0x10);
        v->theirs->fpscr = (v->theirs->fpscr & ~stay) | (v->in->fpscr & stay);
    } else if (rounds(v->row)) {
        v->theirs->fpscr &= ~(u64)FPSCR_FR;
        if (v->theirs->fpscr & FPSCR_FI) v->theirs->fpscr |= v->ours->fpscr & FPSCR_FR;
    }
}

/* ---- FPRF ---- */

static u32 class_of_double(u64 v, bool single)
{
    u64 magnitude = v & ~(1ULL << 63);
    bool negative = v >> 63;

    if (magnitude > 0x7ff0000000000000ULL) return FPRF_CODE(0x11);
    if (magnitude == 0x7ff0000000000000ULL) return FPRF_CODE(negative ? 0x09 : 0x05);
    if (!magnitude) return FPRF_CODE(negative ? 0x12 : 0x02);
    if (magnitude < (single ? 0x3810000000000000ULL : 0x0010000000000000ULL)) return FPRF_CODE(negative ? 0x18 : 0x14);
    return FPRF_CODE(negative ? 0x08 : 0x04);
}

static bool to_integer(const char *name)
{
    static const char *const rows[] = {"fct", "xscvdpsx", "xscvdpux", "xscvqps", "xscvqpu", "dctfix"};

    for (unsigned k = 0; k < ARRAY_SIZE(rows); k++)
        if (starts(name, rows[k])) return true;
    return false;
}

/* The class of a single is that in the single's range (A.1), where QEMU takes the double image's; QEMU does not set it
 * at all for three conversions, and sets or leaves it in conversions to integers, where it is 0 on POWER9. */
static void derive_fprf(struct view *v)
{
    const char *name = v->row->name;
    u64 result = v->theirs->vsr[starts(name, "f") ? v->i->frt : v->i->xt & 63][0], fprf = v->theirs->fpscr & FPSCR_FPRF;

    if (v->theirs->outcome == CASE_FP_EXCEPTION &&
        fpscr_suppresses(v->theirs->fpscr, v->theirs->fpscr & FPSCR_EXCEPTIONS & ~(u32)v->in->fpscr))
        return;
    if (to_integer(name)) fprf = 0;
    if (starts(name, "fcf") && strcmp(name, "fcfid")) fprf = class_of_double(result, is_single(name));
    if (is_single(name) && fprf == class_of_double(result, false)) fprf = class_of_double(result, true);
    v->theirs->fpscr = (v->theirs->fpscr & ~(u64)FPSCR_FPRF) | fprf;
}

/* ---- enabled exceptions ---- */

/* A vector instruction that interrupts leaves its target (7.4), where QEMU may have written it.  QEMU stops at the
 * first element with an enabled invalid operation, so it may not have seen the others. */
static void enabled_in_vector(struct view *v)
{
    u64 theirs = v->theirs->fpscr, ours = v->ours->fpscr;

    if (!is_vector_float(v->row) || v->theirs->outcome != CASE_FP_EXCEPTION) return;
    memcpy(v->theirs->vsr[v->i->xt & 63], v->in->vsr[v->i->xt & 63], 16);
    if (fpscr_suppresses(theirs, theirs & FPSCR_EXCEPTIONS) && !(theirs & ~ours & FPSCR_EXCEPTIONS))
        v->theirs->fpscr = fpscr_summarised(theirs | (ours & FPSCR_EXCEPTIONS));
}

/* QEMU reports an overflow of one element instead of an underflow of another. */
static void underflow_beside_overflow(struct view *v)
{
    u64 theirs = v->theirs->fpscr;

    if (!is_vector_float(v->row) || !(theirs & FPSCR_OX) || !(v->ours->fpscr & FPSCR_UX)) return;
    v->theirs->fpscr = theirs = fpscr_summarised(theirs | FPSCR_UX);
    if (!(theirs & FPSCR_FEX) || v->theirs->outcome != CASE_WENT_ON) return;
    v->theirs->outcome = CASE_FP_EXCEPTION;
    v->theirs->at = v->ours->at;
}

static bool fits_single(u64 v)
{
    u64 magnitude = v & ~(1ULL << 63);
    unsigned exponent = (unsigned)(magnitude >> 52);

    if (!magnitude || exponent == 0x7ff) return true;
    return exponent >= 897 && exponent <= 1150 && !(v & 0x1fffffff);
}

/* An enabled overflow or underflow of an operation that rounds to single adjusts the exponent by 192, which is not
 * enough for every double operand: if one is no single the result is undefined (I 4.3.5.2).  For frsp, xsrsp, xscvdpsp
 * and xscvdphp QEMU adjusts by another number; host.c has these. */
static void adjusted_single(struct view *v)
{
    const char *name = v->row->name;
    bool to_narrow = starts(name, "xscvqpdp") || !strcmp(name, "frsp") || !strcmp(name, "xsrsp") ||
                     !strcmp(name, "xscvdpsp") || !strcmp(name, "xscvdphp");
    unsigned target = starts(name, "f") ? v->i->frt : starts(name, "xscvqp") ? v->i->vrt + 32u : v->i->xt & 63;
    const u64 open = FPSCR_FPRF | FPSCR_FR | FPSCR_FI | FPSCR_XX | FPSCR_FX;
    bool fits;

    if (!is_single(name) && !to_narrow) return;
    if (!(v->theirs->fpscr >> 22 & v->theirs->fpscr & (FPSCR_OE | FPSCR_UE))) return;
    if (starts(name, "f"))
        fits = (!strstr(v->row->syntax, "FRA") || fits_single(v->in->vsr[v->i->fra & 31][0])) &&
               (!strstr(v->row->syntax, "FRC") || fits_single(v->in->vsr[v->i->frc & 31][0])) &&
               (!strstr(v->row->syntax, "FRB") || fits_single(v->in->vsr[v->i->frb & 31][0]));
    else
        fits = (!strstr(v->row->syntax, " A,") || fits_single(v->in->vsr[v->i->xa & 63][0])) &&
               (!strchr(name, 'm') || name[3] == 'u' || fits_single(v->in->vsr[target][0])) &&
               fits_single(v->in->vsr[v->i->xb & 63][0]);
    if (fits && !to_narrow) return;
    v->theirs->vsr[target][0] = v->ours->vsr[target][0];
    v->theirs->fpscr = (v->theirs->fpscr & ~open) | (v->ours->fpscr & open);
}

/* QEMU rounds the VSX single-precision sum, product and quotient to double and then to single.  With single operands
 * this is the same (and no others are defined: I 7.6); with others a difference is this one if QEMU's number is the one
 * that was rounded twice. */
static void rounded_twice(struct view *v)
{
    const char *name = v->row->name;
    struct fp_env e = {0, 0, 0, (u8)(v->in->fpscr & FPSCR_RN)};
    u64 a = v->in->vsr[v->i->xa & 63][0], b = v->in->vsr[v->i->xb & 63][0], *theirs = v->theirs->vsr[v->i->xt & 63];
    u64 wide;

    if (!strcmp(name, "xsaddsp") || !strcmp(name, "xssubsp")) wide = fp_add_d(&e, a, b, name[2] == 's');
    else if (!strcmp(name, "xsmulsp")) wide = fp_mul_d(&e, a, b);
    else if (!strcmp(name, "xsdivsp")) wide = fp_div_d(&e, a, b);
    else if (!strcmp(name, "xscvsxdsp") || !strcmp(name, "xscvuxdsp"))
        wide = fp_int_to_double(&e, b, name[4] == 's'), a = 1;
    else return;
    if ((fits_single(a) && fits_single(b)) || fp_is_nan_d(wide)) return;
    if ((v->in->fpscr & (FPSCR_OE | FPSCR_UE)) || fp_round_to_single(&e, wide) == theirs[0]) *v->theirs = *v->ours;
}

static bool has_snan(const struct view *v, unsigned n)
{
    const char *name = v->row->name;
    const u64 *r = v->in->vsr[n];
    bool words = starts(name, "xv") && !strcmp(name + strlen(name) - 2, "sp");

    if (strstr(name, "qp")) return fp_is_snan_q((u128)r[0] << 64 | r[1]);
    for (unsigned k = 0; k < (starts(name, "xv") ? 2 : 1); k++)
        if (words ? fp_is_snan_f((u32)r[k]) || fp_is_snan_f((u32)(r[k] >> 32)) : fp_is_snan_d(r[k])) return true;
    return false;
}

/* Infinity times zero plus a signalling NaN: QEMU reports the product only. */
static void product_and_nan(struct view *v)
{
    const struct insn *i = v->i;
    bool nan;

    if (!strstr(v->row->name, "madd") && !strstr(v->row->name, "msub")) return;
    if (is_decimal(v->row) || v->row->name[0] == 'v' || !(v->theirs->fpscr & FPSCR_VXIMZ)) return;
    if (v->row->name[0] == 'f') nan = has_snan(v, i->fra) || has_snan(v, i->frb) || has_snan(v, i->frc);
    else if (strstr(v->row->name, "qp"))
        nan = has_snan(v, 32u + i->vra) || has_snan(v, 32u + i->vrb) || has_snan(v, 32u + i->vrt);
    else nan = has_snan(v, i->xa & 63) || has_snan(v, i->xb & 63) || has_snan(v, i->xt & 63);
    if (nan && (v->ours->fpscr & FPSCR_VXSNAN)) v->theirs->fpscr |= FPSCR_VXSNAN;
}

/* A signalling NaN behind a quiet one: either counts (7.6.1), QEMU does not look at the second. */
static void second_nan(struct view *v)
{
    u64 a = v->in->vsr[v->i->xa & 63][0], b = v->in->vsr[v->i->xb & 63][0];

    if (strcmp(v->row->name, "xsmaxjdp") && strcmp(v->row->name, "xsminjdp")) return;
    if (!fp_is_nan_d(a) || fp_is_snan_d(a) || !fp_is_snan_d(b)) return;
    v->theirs->fpscr = fpscr_summarised(v->theirs->fpscr | FPSCR_VXSNAN);
    if (!(v->in->fpscr & FPSCR_VE)) return;
    memcpy(v->theirs->vsr[v->i->xt & 63], v->in->vsr[v->i->xt & 63], 16);
    v->theirs->outcome = CASE_FP_EXCEPTION;
    v->theirs->at = v->ours->at;
}

/* The first doubleword of a pair belongs to the even register; in little-endian order QEMU takes it for the odd one. */
static void pair_in_order(struct view *v)
{
    bool load = starts(v->row->name, "lfdp"), indexed = strchr(v->row->name, 'x') != NULL;
    u64 *even, *odd, first, ea;
    u8 *stored, half[8];

    if (!v->le || v->theirs->outcome != CASE_WENT_ON || (!load && !starts(v->row->name, "stfdp"))) return;
    ea = (v->i->ra ? v->in->gpr[v->i->ra] : 0) + (indexed ? v->in->gpr[v->i->rb] : (u64)(s64)v->i->imm);
    if (load) {
        even = v->theirs->vsr[v->i->frt & 31];
        odd = v->theirs->vsr[(v->i->frt + 1) & 31];
        first = even[0];
        even[0] = odd[0];
        odd[0] = first;
    } else if (ea >= CASE_STORAGE_AT && ea <= CASE_PAGE_END - 16) {
        stored = v->theirs->storage + (ea - CASE_STORAGE_AT);
        memcpy(half, stored, 8);
        memcpy(stored, stored + 8, 8);
        memcpy(stored + 8, half, 8);
    }
}

/* Of two zeros the second is the result; QEMU's maximum takes the first. */
static void maximum_of_zeros(struct view *v)
{
    u64 a = v->in->vsr[v->i->xa & 63][0], b = v->in->vsr[v->i->xb & 63][0];

    if (!strcmp(v->row->name, "xsmaxcdp") && !((a | b) << 1)) v->theirs->vsr[v->i->xt & 63][0] = b;
}

/* QEMU takes a denormal result of a maximum or minimum for an underflow if that is enabled. */
static void denormal_maximum(struct view *v)
{
    static const char *const rows[] = {"xvmaxdp", "xvmindp", "xvmaxsp", "xvminsp", "xsmaxdp", "xsmindp", NULL};

    if (!name_is(v->row->name, rows) || !(v->in->fpscr & FPSCR_UE)) return;
    if ((v->theirs->fpscr & FPSCR_UX) && v->theirs->outcome == CASE_FP_EXCEPTION) *v->theirs = *v->ours;
}

/* FR and FI are 0 if an enabled exception suppresses the result (4.4.1); QEMU leaves FI in some. */
static void suppressed(struct view *v)
{
    u64 theirs = v->theirs->fpscr;

    if (is_vector_float(v->row) || !rounds(v->row) || v->theirs->outcome != CASE_FP_EXCEPTION) return;
    if (fpscr_suppresses(theirs, theirs & FPSCR_EXCEPTIONS)) v->theirs->fpscr = theirs & ~(u64)(FPSCR_FR | FPSCR_FI);
}

/* 7.2: the first invalid element's flags stay for those behind it. */
static void flags_of_first_element(struct view *v)
{
    static const char *const rows[] = {"xvcvdpsxds", "xvcvdpsxws", "xvcvdpuxds", "xvcvdpuxws", "xvcvspsxds",
                                       "xvcvspsxws", "xvcvspuxds", "xvcvspuxws", NULL};
    if (v->version < 10 && name_is(v->row->name, rows) && (v->theirs->fpscr & FPSCR_VX_ALL))
        memcpy(v->theirs->vsr[v->i->xt & 63], v->ours->vsr[v->i->xt & 63], 16);
}

/* These deliver no result in QEMU if an inexact one is an enabled exception (4.4.5 delivers it). */
static void inexact_without_result(struct view *v)
{
    static const char *const rows[] = {"xsrqpix", "xsrsp",  "xscvqpdp", "xscvqpdpo", "fcfid",
                                       "fcfidu",  "fcfids", "fcfidus",  NULL};
    unsigned target = v->row->name[0] == 'f' ? v->i->frt : v->i->xt & 63;
    u64 theirs = v->theirs->fpscr;

    if (!name_is(v->row->name, rows) || v->theirs->outcome != CASE_FP_EXCEPTION) return;
    if (!(theirs & FPSCR_XX) || !(v->in->fpscr & FPSCR_XE)) return;
    if (starts(v->row->name, "xscvqp") || v->row->issue_class == CLASS_QP) target = 32 + v->i->vrt;
    memcpy(v->theirs->vsr[target], v->ours->vsr[target], 16);
    v->theirs->fpscr = (theirs & ~(u64)FPSCR_FPRF) | (v->ours->fpscr & FPSCR_FPRF);
}

/* QEMU's ordered comparisons of VSX registers set FEX and defer the interrupt for ever; and they write the target. */
static void deferred_comparison(struct view *v)
{
    if (!starts(v->row->name, "xvcmpg") && strcmp(v->row->name, "xscmpodp") && !starts(v->row->name, "xscmpg")) return;
    if (!(v->theirs->fpscr & FPSCR_FEX)) return;
    if (starts(v->row->name, "xscmpg")) memcpy(v->theirs->vsr[v->i->xt & 63], v->in->vsr[v->i->xt & 63], 16);
    if (v->theirs->outcome != CASE_WENT_ON) return;
    v->theirs->outcome = CASE_FP_EXCEPTION;
    v->theirs->at = v->ours->at;
    if (starts(v->row->name, "xvcmp") && v->i->rc) v->theirs->cr = (v->theirs->cr & ~0xf0ULL) | (v->ours->cr & 0xf0);
}

/* QEMU has no enabled exceptions in decimal arithmetic: it sets FEX and goes on.  What is due follows from the bits: an
 * interrupt; the target and FPRF stay if the operation was invalid or divided by zero; an adjusted exponent is not
 * compared. */
static void enabled_in_decimal(struct view *v)
{
    u64 theirs = fpscr_summarised(v->theirs->fpscr), keep = FPSCR_FPRF;
    bool pair = strstr(v->row->syntax, "FRTp") != NULL;

    if (!is_decimal(v->row)) return;
    v->theirs->fpscr = theirs;
    if ((theirs & FPSCR_UE) && !(theirs & (FPSCR_FI | FPSCR_UX)) && (v->ours->fpscr & FPSCR_UX) &&
        ((theirs & FPSCR_FPRF) == FPRF_CODE(0x14) || (theirs & FPSCR_FPRF) == FPRF_CODE(0x18)))
        v->theirs->fpscr = theirs = fpscr_summarised(theirs | FPSCR_UX); /* tiny and exact: that is one if enabled */
    if (!(theirs & FPSCR_FEX) || v->theirs->outcome != CASE_WENT_ON) return;
    v->theirs->outcome = CASE_FP_EXCEPTION;
    v->theirs->at = v->ours->at;
    if (!rounds(v->row)) return;
    if (fpscr_suppresses(theirs, theirs & FPSCR_EXCEPTIONS)) {
        for (unsigned n = 0; n <= pair; n++)
            memcpy(v->theirs->vsr[(v->i->frt + n) & 31], v->in->vsr[(v->i->frt + n) & 31], 16);
        v->theirs->fpscr = (theirs & ~(keep | FPSCR_FR | FPSCR_FI)) | (v->in->fpscr & keep);
    } else if (theirs >> 22 & theirs & (FPSCR_OE | FPSCR_UE)) {
        for (unsigned n = 0; n <= pair; n++)
            v->theirs->vsr[(v->i->frt + n) & 31][0] = v->ours->vsr[(v->i->frt + n) & 31][0];
        keep |= FPSCR_FR | FPSCR_FI | FPSCR_XX;
        v->theirs->fpscr = (theirs & ~keep) | (v->ours->fpscr & keep);
    }
}

/* The upper word of a word conversion is undefined: ours is a copy, QEMU's an extension. */
static void word_result(struct view *v)
{
    u64 *ours = &v->ours->vsr[v->i->frt & 31][0], *theirs = &v->theirs->vsr[v->i->frt & 31][0];

    if (starts(v->row->name, "fctiw") && (u32)*ours == (u32)*theirs) *theirs = *ours;
}

static void decimal_defects(struct view *v)
{
    if (!is_decimal(v->row)) return;
    forget_decimal_defects(v->in, v->theirs, v->row, v->i);
    if (decimal_differs(v->in, v->row, v->i)) *v->theirs = *v->ours;
}

/* QEMU does not stop at the signalling NaN (I 4.6.8: VXVC only if VE is 0). */
static void ordered_comparison(struct view *v)
{
    u64 theirs = v->theirs->fpscr;

    if ((strcmp(v->row->name, "fcmpo") && !starts(v->row->name, "dcmpo")) || !(theirs & FPSCR_VXSNAN) ||
        !(theirs & FPSCR_VE))
        return;
    if (v->theirs->outcome == CASE_FP_EXCEPTION && !(v->in->fpscr & FPSCR_VXVC))
        v->theirs->fpscr = theirs & ~(u64)FPSCR_VXVC;
}

/* QEMU's mtfsb1 cannot set NI. */
static void set_ni(struct view *v)
{
    if (!strcmp(v->row->name, "mtfsb1") && v->i->bt == 29) v->theirs->fpscr |= FPSCR_NI;
}

/* QEMU matches every number below the single's normal range, whatever DCMX asks for. */
static void class_of_tiny(struct view *v)
{
    u64 magnitude = v->in->vsr[v->i->xb & 63][0] & ~(1ULL << 63), bit = 2ULL << (28 - 4 * v->i->bf);

    if (strcmp(v->row->name, "xststdcsp") || !magnitude || magnitude >= 897ULL << 52) return;
    v->theirs->cr = (v->theirs->cr & ~bit) | (v->ours->cr & bit);
    v->theirs->fpscr = (v->theirs->fpscr & ~(u64)FPRF_CODE(2)) | (v->ours->fpscr & FPRF_CODE(2));
}

/* With VSCR[NJ], what is tiny before rounding is zero (6.6.2); QEMU 10 looks after rounding (its vec_status has no
 * ftz_detection), so that the smallest normal number may come out. */
static void tiny_before_rounding(struct view *v)
{
    u64 *ours = v->ours->vsr[32 + (v->i->vrt & 31)], *theirs = v->theirs->vsr[32 + (v->i->vrt & 31)];

    if (v->row->name[0] != 'v' || v->row->issue_class != CLASS_VFP || !(v->in->vscr & 0x10000) || v->version < 10)
        return;
    for (unsigned n = 0; n < 4; n++) {
        unsigned shift = n & 1 ? 0 : 32;
        u32 one = (u32)(ours[n / 2] >> shift), other = (u32)(theirs[n / 2] >> shift);
        if (!(one << 1) && other == (one | 0x00800000)) theirs[n / 2] ^= (u64)0x00800000 << shift;
    }
}

/* xsnmsubqpo: see prepare_for_qemu(). */
static void negate_quad(struct view *v)
{
    u64 *theirs = v->theirs->vsr[32 + (v->i->vrt & 31)];
    u64 magnitude = theirs[0] & ~(1ULL << 63);
    bool suppressed = fpscr_suppresses(v->theirs->fpscr, v->theirs->fpscr & FPSCR_EXCEPTIONS & ~(u32)v->in->fpscr);
    u32 class = (u32)(v->theirs->fpscr & FPSCR_FPRF);

    if (strcmp(v->row->name, "xsnmsubqpo") || suppressed) return;
    if (magnitude > 0x7fff000000000000ULL || (magnitude == 0x7fff000000000000ULL && theirs[1])) return;
    theirs[0] ^= 1ULL << 63;
    class ^= class & FPRF_CODE(2) ? FPRF_CODE(0x10) : FPRF_CODE(0xc);
    v->theirs->fpscr = (v->theirs->fpscr & ~(u64)FPSCR_FPRF) | class;
}

/* The zero that a sum cancels to has the sign of the rounding direction (4.3.6), and QEMU was given the other one. */
static void negated_zero(struct view *v)
{
    const char *name = v->row->name;
    unsigned target = starts(name, "f") ? v->i->frt : v->i->xt & 63;
    bool word = strlen(name) > 2 && starts(name, "xv") && !strcmp(name + strlen(name) - 2, "sp");
    u64 signs = word ? 0x8000000080000000ULL : 1ULL << 63;
    u64 *ours = v->ours->vsr[target], *theirs = v->theirs->vsr[target];

    if (!negates(name) || !(v->in->fpscr & 2)) return;
    if (strstr(name, "qp")) {
        target = 32 + v->i->vrt, ours = v->ours->vsr[target], theirs = v->theirs->vsr[target];
        if ((ours[0] ^ theirs[0]) == signs && !(ours[0] & ~signs) && !ours[1] && !theirs[1]) theirs[0] = ours[0];
    } else {
        for (unsigned n = 0; n < 2; n++) {
            u64 differ = ours[n] ^ theirs[n], high = word ? 0x7fffffff00000000ULL : ~signs, low = 0x7fffffff;
            if ((differ >> 63) && !(ours[n] & high) && !(theirs[n] & high)) theirs[n] ^= 1ULL << 63;
            if (word && (differ & 0x80000000) && !(ours[n] & low) && !(theirs[n] & low)) theirs[n] ^= 0x80000000;
        }
    }
    if (!starts(name, "xv") && (v->theirs->fpscr & FPRF_CODE(0xf)) == FPRF_CODE(2))
        v->theirs->fpscr = (v->theirs->fpscr & ~(u64)FPRF_CODE(0x10)) | (v->ours->fpscr & FPRF_CODE(0x10));
}

void reconcile_float(struct view *v)
{
    if (is_scalar(v->row->name)) v->theirs->vsr[v->i->xt & 63][1] = v->ours->vsr[v->i->xt & 63][1];
    word_result(v);
    set_ni(v);
    decimal_defects(v);
    enabled_in_decimal(v);
    ordered_comparison(v);
    class_of_tiny(v);
    pair_in_order(v);
    maximum_of_zeros(v);
    denormal_maximum(v);
    inexact_without_result(v);
    deferred_comparison(v);
    tiny_before_rounding(v);
    rounded_twice(v);
    product_and_nan(v);
    second_nan(v);
    suppressed(v);
    flags_of_first_element(v);
    negate_quad(v);
    negated_zero(v);
    reconcile_estimate(v);
    underflow_beside_overflow(v);
    enabled_in_vector(v);
    if (is_float(v->row)) derive_fprf(v), derive_fr(v), derive_fx(v);
    adjusted_single(v);
}
