/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What differs between two states of a thread, and what a record says that may differ (records_world.h).  The few
 * things that change without being named are in delta_allowed(), each with its reason.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/state/spr.h"
#include "tests/unit/records_world.h"

/* Numbers that are names of another one's register, or of a part of it. */
static const struct view {
    u16 number, of;
} views[] = {
    {SPRN_UDSCR, SPRN_DSCR},    {SPRN_UAMR, SPRN_AMR},      {SPRN_USPRG3, SPRN_SPRG3},   {SPRN_PPR32, SPRN_PPR},
    {SPRN_CTRL_R, SPRN_CTRL},   {SPRN_PSSCR_S, SPRN_PSSCR}, {SPRN_TEXASRU, SPRN_TEXASR}, {SPRN_BESCRS, SPRN_BESCR},
    {SPRN_BESCRSU, SPRN_BESCR}, {SPRN_BESCRR, SPRN_BESCR},  {SPRN_BESCRRU, SPRN_BESCR},  {SPRN_USIER, SPRN_SIER},
    {SPRN_UMMCR2, SPRN_MMCR2},  {SPRN_UMMCRA, SPRN_MMCRA},  {SPRN_UPMC1, SPRN_PMC1},     {SPRN_UPMC2, SPRN_PMC2},
    {SPRN_UPMC3, SPRN_PMC3},    {SPRN_UPMC4, SPRN_PMC4},    {SPRN_UPMC5, SPRN_PMC5},     {SPRN_UPMC6, SPRN_PMC6},
    {SPRN_UMMCR0, SPRN_MMCR0},  {SPRN_USIAR, SPRN_SIAR},    {SPRN_USDAR, SPRN_SDAR},     {SPRN_UMMCR1, SPRN_MMCR1},
};

static void add_row(struct delta *d, int row)
{
    if (row >= 0) d->spr[row / 64] |= 1ULL << (row % 64);
}

static bool has_row(const struct delta *d, unsigned row)
{
    return d->spr[row / 64] >> (row % 64) & 1;
}

int spr_row_of(unsigned number)
{
    for (unsigned k = 0; k < ARRAY_SIZE(views); k++)
        if (views[k].number == number) number = views[k].of;
    for (unsigned k = 0; k < spr_row_count; k++)
        if (spr_rows[k].number == number && !spr_rows[k].is_alias) return (int)k;
    return -1;
}

/* Of the registers that a transaction's checkpoint has (NAMED_TRANSACTION names them all). */
static void add_checkpointed(struct delta *d)
{
    static const u16 sprs[] = {SPRN_AMR, SPRN_DSCR, SPRN_PPR, SPRN_TAR, SPRN_VRSAVE};

    for (unsigned k = 0; k < ARRAY_SIZE(sprs); k++) add_row(d, spr_row_of(sprs[k]));
}

static void add_numbers(struct delta *d, const u16 numbers[FACTS_SPRS])
{
    for (unsigned k = 0; k < FACTS_SPRS && numbers[k] != FACTS_NO_SPR; k++) {
        add_row(d, spr_row_of(numbers[k]));
        if (numbers[k] != SPRN_SPRD) continue;
        for (unsigned n = 0; n < 8; n++) add_row(d, (int)(spr_scratch(n) - spr_rows)); /* which one, SPRC says */
    }
}

void delta_add_spr(struct delta *d, unsigned number)
{
    add_row(d, spr_row_of(number));
}

void delta_read(const struct insn_facts *f, struct delta *d)
{
    *d = (struct delta){.vsr = f->vsr_in, .gpr = f->gpr_in, .cr = f->cr_in, .named = f->named_in};
    if (f->named_in & NAMED_SPR) add_numbers(d, f->spr_in);
    if ((f->named_in | f->named_out) & NAMED_TRANSACTION) add_checkpointed(d);
}

void delta_allowed(const struct insn_facts *f, unsigned flags, struct delta *d)
{
    *d = (struct delta){.vsr = f->vsr_out, .gpr = f->gpr_out, .cr = f->cr_out, .named = f->named_out};
    if (f->named_out & NAMED_SPR) {
        add_numbers(d, f->spr_out);
        d->named |= NAMED_DOORBELL; /* exceptions follow from DEC, LPCR, BESCR, MMCR0 ... */
    }
    if (f->named_in & NAMED_TRANSACTION) add_checkpointed(d);
    if (flags & RETIRE_TAKEN) {
        add_row(d, spr_row_of(SPRN_CFAR)); /* a branch that was taken leaves its address (III 8.2) */
        d->named |= NAMED_HISTORY;
    }
    if (flags & RETIRE_FAULTED &&
        !(flags &
          RETIRE_WROTE)) { /* facility unavailable interrupts say why in IC before they are taken (III 6.2.12) */
        *d = (struct delta){0};
        add_row(d, spr_row_of(SPRN_FSCR));
        add_row(d, spr_row_of(SPRN_HFSCR));
    }
}

#define NAME_IF(condition, name) ((condition) ? (u32)(name) : 0)
void delta_find(const struct thread *a, const struct thread *b, struct delta *d)
{
    *d = (struct delta){0};
    for (unsigned k = 0; k < 32; k++) d->gpr |= NAME_IF(a->gpr[k] != b->gpr[k], 1U << k);
    for (unsigned k = 0; k < 64; k++) d->vsr |= a->vsr[k].q != b->vsr[k].q ? 1ULL << k : 0;
    for (unsigned k = 0; k < 8; k++) d->cr |= (u8)NAME_IF(a->cr[k] != b->cr[k], 1U << k);
    for (unsigned k = 0; k < spr_row_count; k++) {
        size_t at = spr_rows[k].offset;
        if (!spr_rows[k].is_alias && memcmp((const u8 *)&a->spr + at, (const u8 *)&b->spr + at, 8)) add_row(d, (int)k);
    }
    d->named =
        NAME_IF(a->ctr != b->ctr, NAMED_CTR) | NAME_IF(a->lr != b->lr, NAMED_LR) |
        NAME_IF(a->ca != b->ca || a->ca32 != b->ca32, NAMED_CA) |
        NAME_IF(a->ov != b->ov || a->ov32 != b->ov32, NAMED_OV) | NAME_IF(a->so != b->so, NAMED_SO) |
        NAME_IF(a->xer_rest != b->xer_rest, NAMED_XER) | NAME_IF(a->fpscr != b->fpscr, NAMED_FPSCR) |
        NAME_IF(a->vscr != b->vscr, NAMED_VSCR) | NAME_IF(a->msr != b->msr, NAMED_MSR) |
        NAME_IF(memcmp(&a->slb, &b->slb, sizeof a->slb), NAMED_SLB) |
        NAME_IF(a->reserved != b->reserved || (a->reserved && a->reserve_ra != b->reserve_ra), NAMED_RESERVATION) |
        NAME_IF(memcmp(&a->checkpoint, &b->checkpoint, sizeof a->checkpoint), NAMED_TRANSACTION) |
        NAME_IF(memcmp(a->bhrb.entry, b->bhrb.entry, sizeof a->bhrb.entry), NAMED_HISTORY) |
        NAME_IF(a->pending != b->pending, NAMED_DOORBELL) |
        NAME_IF(a->stopped != b->stopped || a->checkstop != b->checkstop || a->held != b->held, NAMED_POWER);
}

bool delta_minus(const struct delta *a, const struct delta *b, struct delta *rest)
{
    u64 sum = 0;

    *rest = (struct delta){
        .vsr = a->vsr & ~b->vsr, .gpr = a->gpr & ~b->gpr, .cr = a->cr & (u8)~b->cr, .named = a->named & ~b->named};
    for (unsigned k = 0; k < DELTA_SPRS; k++) sum |= rest->spr[k] = a->spr[k] & ~b->spr[k];
    return !(sum | rest->vsr | rest->gpr | rest->cr | rest->named);
}

bool facts_equal(const struct insn_facts *a, const struct insn_facts *b)
{
    for (unsigned k = 0; k < FACTS_SPRS; k++) {
        if (a->named_in & NAMED_SPR && a->spr_in[k] != b->spr_in[k]) return false;
        if (a->named_out & NAMED_SPR && a->spr_out[k] != b->spr_out[k]) return false;
    }
    return a->vsr_in == b->vsr_in && a->vsr_out == b->vsr_out && a->gpr_in == b->gpr_in && a->gpr_out == b->gpr_out &&
           a->named_in == b->named_in && a->named_out == b->named_out && a->cr_in == b->cr_in &&
           a->cr_out == b->cr_out && a->word == b->word && a->is == b->is && a->row == b->row &&
           a->issue_class == b->issue_class;
}

const char *delta_text(const struct delta *d)
{
    static const char *const named[] = {"CTR",         "LR",      "CA",       "OV",    "SO",  "XER",
                                        "FPSCR",       "VSCR",    "MSR",      "SPR",   "SLB", "reservation",
                                        "transaction", "history", "doorbell", "power", "host"};
    static char text[1024];
    size_t at = 0;

    text[0] = 0;
#define SAY(...) (at += at < sizeof text - 64 ? (size_t)snprintf(text + at, 64, __VA_ARGS__) : 0)
    for (unsigned k = 0; k < 32; k++)
        if (d->gpr >> k & 1) SAY(" r%u", k);
    for (unsigned k = 0; k < 64; k++)
        if (d->vsr >> k & 1) SAY(" vs%u", k);
    for (unsigned k = 0; k < 8; k++)
        if (d->cr >> k & 1) SAY(" cr%u", k);
    for (unsigned k = 0; k < ARRAY_SIZE(named); k++)
        if (d->named >> k & 1) SAY(" %s", named[k]);
    for (unsigned k = 0; k < spr_row_count; k++)
        if (has_row(d, k)) SAY(" %s", spr_rows[k].name);
    return text;
}

/* ---- disturbing ---- */

void delta_disturb(struct world *w, const struct delta *keep, struct thread *t)
{
    u64 r = world_next(w);

    for (unsigned k = 0; k < 32; k++)
        if (!(keep->gpr >> k & 1)) t->gpr[k] = world_gpr(w);
    for (unsigned k = 0; k < 64; k++)
        if (!(keep->vsr >> k & 1)) t->vsr[k] = world_vsr(w);
    for (unsigned k = 0; k < 8; k++)
        if (!(keep->cr >> k & 1)) t->cr[k] ^= 1 + (u8)world_below(w, 15);
    if (!(keep->named & NAMED_CTR)) t->ctr = world_gpr(w);
    if (!(keep->named & NAMED_LR)) t->lr = world_gpr(w);
    if (!(keep->named & NAMED_CA)) t->ca ^= 1, t->ca32 ^= r & 1;
    if (!(keep->named & NAMED_OV)) t->ov ^= 1, t->ov32 ^= r >> 1 & 1;
    if (!(keep->named & NAMED_SO)) t->so ^= 1;
    if (!(keep->named & NAMED_XER)) t->xer_rest ^= r >> 8 & PPC_BITMASK(46, 63);
    if (!(keep->named & NAMED_FPSCR)) t->fpscr = world_fpscr(w);
    if (!(keep->named & NAMED_VSCR)) t->vscr ^= 1 + (r & 0x10000 ? 0x10000 : 0);
    if (!(keep->named & NAMED_RESERVATION)) t->reserved ^= 1;
    if (!(keep->named & NAMED_SLB))
        t->slb.entry[r >> 20 & 31].vsid ^= r | 1, t->slb.entry[r >> 25 & 31].esid ^= SLB_VALID;
    if (!(keep->named & NAMED_HISTORY)) t->bhrb.entry[r >> 30 & 31] ^= r | 1;
    if (!(keep->named & NAMED_TRANSACTION)) t->checkpoint.gpr[r >> 35 & 31] ^= r | 1, t->checkpoint.vscr ^= 1;
    for (unsigned k = 0; k < world_plain_spr_count; k++) {
        int row = spr_row_of(world_plain_sprs[k]);
        u64 *field = spr_field(t, &spr_rows[row]);
        if (!has_row(keep, (unsigned)row)) *field = (*field ^ world_next(w)) & spr_rows[row].mask;
    }
}
