/* SPDX-License-Identifier: Apache-2.0 */
/* The states in which the flood's threads are let loose: MSR, registers, SPRs; see random_words.h. */
#include "core/state/context.h"
#include "core/state/spr.h"
#include "tests/fuzz/random_words.h"

#define QUADRANT_3 0xc000000000000000ULL

/* Privilege and relocation. */
u64 flood_shape(struct flood *f)
{
    u64 msr = FLOOD_ONE_OF(f, 0, 0, MSR_HV, MSR_HV | MSR_S, MSR_S, MSR_PR, MSR_PR, MSR_PR | MSR_HV, MSR_PR | MSR_S);

    return msr | FLOOD_ONE_OF(f, 0, MSR_IR | MSR_DR, MSR_IR | MSR_DR, MSR_IR | MSR_DR, MSR_IR, MSR_DR);
}

u64 flood_msr(struct flood *f, bool le)
{
    u64 r = flood_rnd(f), msr = MSR_SF | MSR_ME | MSR_FP | MSR_VEC | MSR_VSX | MSR_RI;

    if (!(r & 0x0f)) return r >> 4 ^ r << 32;
    if (le != !(r & 0x70)) msr |= MSR_LE; /* one time in eight not the byte order in which the words were put */
    if (!(r & 0x300))
        msr ^= FLOOD_ONE_OF(f, MSR_SF, MSR_ME, MSR_FP, MSR_VEC, MSR_VSX, MSR_SE, MSR_BE, MSR_TM, MSR_RI, MSR_PMM);
    if (!(r & 0x1c00)) msr &= ~MSR_SF;
    if (r & 1 << 13) msr |= MSR_TM;
    if (r & 1 << 14) msr |= MSR_EE;
    if (r & 1 << 15) msr |= FLOOD_ONE_OF(f, MSR_FE0, MSR_FE1, MSR_FE0 | MSR_FE1);
    return msr | (r & 0x70000 ? f->shape[(r >> 20) % SHAPES] : flood_shape(f));
}

u64 flood_gpr(struct flood *f)
{
    const struct bus *bus = f->m->bus;
    u64 r = flood_rnd(f);

    if (bus->count && r >> 61 < 2) {
        const struct region *region = &bus->regions[r % bus->count];
        return region->base + (flood_below(f, r & 1 << 20 ? region->size : 0x100) & ~7ULL);
    }
    switch (r & 31) {
    case 0: return flood_rnd(f);
    case 1: return flood_code_ra[(r >> 32) % CODE_PAGES] + (r >> 8 & 0xffc);
    case 2: return (1 + (r >> 8 & 255)) * 4096 - 1 - (r >> 32 & 15);
    case 3: return QUADRANT_3 + (r >> 8) % GUEST_BYTES;
    case 4: return 1ULL << (r >> 8 & 63);
    case 5: return ~flood_rnd(f) >> (r >> 8 & 63);
    case 6:
    case 7: return r >> 8 & 63;
    case 8: return 0x20000 + ((r >> 8) % 0x5ff00 & ~FLOOD_ONE_OF(f, 0, 7, 15));
    case 9: return (1 + (r >> 8 & 3)) << 32 | flood_rnd(f) >> 40;
    default: return (r & 32 ? 0 : QUADRANT_3) + 0x28000 + ((r >> 8 & 0xffff) & ~(r & 64 ? 0ULL : 15ULL));
    }
}

void flood_gprs(struct flood *f, struct thread *t)
{
    u64 r = flood_rnd(f);

    for (unsigned k = 0; k < 32; k++) t->gpr[k] = flood_gpr(f);
    t->lr = flood_code_ra[(r & 0xff) % CODE_PAGES] + (r >> 8 & 0xffc);
    t->ctr = r >> 63 ? r >> 20 & 31 : flood_code_ra[(r >> 32 & 0xff) % CODE_PAGES] + (r >> 40 & 0xffc);
}

void flood_vsrs(struct flood *f, struct thread *t)
{
    static const u64 edges[] = {
        0, 1, PPC_BIT(0), 0x7ff0ULL << 48, 0x7ff8ULL << 48, 0x3ffULL << 52, ~0ULL, 0x7ff4ULL << 48};

    for (unsigned k = 0; k < 64; k++) {
        u64 r = flood_rnd(f), s = flood_rnd(f);
        VSR_D(t->vsr[k], 0) = r & 3 ? r : edges[r >> 2 & 7];
        VSR_D(t->vsr[k], 1) = s >> (r >> 5 & 63);
    }
}

/* As ultravisor software would: no register holds what a guest could not put there. */
void flood_set_spr(struct thread *t, unsigned number, u64 value)
{
    if (spr_write(t, number, value) == SPR_FAULT) t->fault = (struct fault){0};
}

static u64 random_lpcr(struct flood *f)
{
    u64 r = flood_rnd(f), dice = flood_rnd(f), lpcr = f->c->hash_table ? 0 : LPCR_UPRT | LPCR_HR;

    if (f->barren > BARREN_WINDOWS) r &= ~LPCR_AIL; /* in this machine the way to the moved vectors is blocked */
    if (!(dice & 7)) return r;
    if (!(dice & 0x38)) lpcr ^= LPCR_HR;
    if (!(dice & 0x3c0)) lpcr |= LPCR_MER;
    if (dice & 0x400) lpcr |= r & LPCR_AIL;
    return lpcr | (r & (LPCR_HVEE | LPCR_ILE | LPCR_EVIRT | LPCR_LD | LPCR_GTSE | LPCR_HEIC | LPCR_LPES | LPCR_HVICE |
                        LPCR_HDICE | LPCR_TC | PPC_BITMASK(47, 51)));
}

/* One register that decides what instructions may do, or how they translate. */
void flood_change_spr(struct flood *f, struct thread *t)
{
    static const u16 any[] = {190 /* HFSCR */,
                              153 /* FSCR */,
                              338 /* PCR */,
                              337 /* HMEER */,
                              29 /* AMR */,
                              61 /* IAMR */,
                              157 /* UAMOR */,
                              349 /* AMOR */,
                              855 /* PSSCR */,
                              187 /* CIABR */,
                              180 /* DAWR0 */,
                              188 /* DAWRX0 */,
                              815 /* TAR */,
                              17 /* DSCR */,
                              795 /* MMCR0 */,
                              798 /* MMCR1 */,
                              786 /* MMCRA */,
                              785 /* MMCR2 */,
                              804 /* EBBHR */,
                              806 /* BESCR */,
                              1 /* XER */,
                              186 /* RPR */,
                              313 /* HRMOR */,
                              505 /* URMOR */,
                              511 /* SMFCTRL */,
                              336 /* HMER */,
                              128 /* TFHAR */,
                              130 /* TEXASR */,
                              256 /* VRSAVE */};
    u64 noise = flood_rnd(f), address = flood_gpr(f), few = noise & flood_rnd(f);
    u64 value = FLOOD_ONE_OF(f, 0, ~0ULL, noise, noise, few, address);

    switch (flood_below(f, 8)) {
    case 0: flood_set_spr(t, 318, random_lpcr(f)); break;
    case 1: flood_set_spr(t, 319, flood_one_in(f, 8) ? flood_below(f, 4) : f->lpid); break;
    case 2: flood_set_spr(t, 48, flood_one_in(f, 8) ? flood_below(f, 8) : f->pid); break;
    case 3: flood_set_spr(t, 22, flood_one_in(f, 2) ? flood_below(f, 2000) : flood_rnd(f)); break;
    case 4: flood_set_spr(t, 310, flood_one_in(f, 2) ? flood_below(f, 5000) : flood_rnd(f)); break;
    default: flood_set_spr(t, any[flood_below(f, ARRAY_SIZE(any))], value); break;
    }
}

/* Back to where most things work. */
void flood_sane_sprs(struct flood *f, struct thread *t)
{
    const u64 vsid = 5ULL << 12, noise = flood_rnd(f);

    thread_set_msr(t, MSR_SF | MSR_HV | MSR_S | MSR_ME);
    flood_set_spr(t, 1008, flood_one_in(f, 2) ? HID0_HILE : 0);
    flood_set_spr(t, 464, 0x80000);                                                /* PTCR */
    flood_set_spr(t, 319, flood_one_in(f, 64) ? flood_rnd(f) : f->lpid);           /* LPIDR */
    flood_set_spr(t, 48, flood_one_in(f, 64) ? flood_below(f, 8) : f->pid);        /* PIDR */
    flood_set_spr(t, 313, flood_one_in(f, 64) ? 0x100000 : 0);                     /* HRMOR */
    flood_set_spr(t, 505, 0);                                                      /* URMOR */
    flood_set_spr(t, 511, FLOOD_ONE_OF(f, 0, SMFCTRL_E, SMFCTRL_E, noise));        /* SMFCTRL */
    flood_set_spr(t, 318, random_lpcr(f));                                         /* LPCR */
    flood_set_spr(t, 190, FLOOD_ONE_OF(f, ~0ULL, ~0ULL, 0, noise));                /* HFSCR */
    flood_set_spr(t, 153, FLOOD_ONE_OF(f, ~0ULL, ~0ULL, 0, noise));                /* FSCR */
    flood_set_spr(t, 29, flood_one_in(f, 4) ? flood_rnd(f) : 0);                   /* AMR */
    flood_set_spr(t, 61, flood_one_in(f, 4) ? flood_rnd(f) : 0);                   /* IAMR */
    flood_set_spr(t, 338, flood_one_in(f, 8) ? flood_rnd(f) : 0);                  /* PCR */
    flood_set_spr(t, 22, flood_one_in(f, 2) ? flood_below(f, 3000) : 0x7fffffff);  /* DEC */
    flood_set_spr(t, 310, flood_one_in(f, 4) ? flood_below(f, 5000) : 0x7fffffff); /* HDEC */
    flood_set_spr(t, 187, flood_one_in(f, 4) ? flood_rnd(f) : 0);                  /* CIABR */
    flood_set_spr(t, 188, flood_one_in(f, 4) ? flood_rnd(f) : 0);                  /* DAWRX0 */
    flood_set_spr(t, 180, flood_gpr(f));                                           /* DAWR0 */
    if (f->c->hash_table) {
        t->slb.entry[0] = (struct slb_entry){.esid = SLB_VALID, .vsid = vsid | (flood_rnd(f) & 0xc00)};
        t->slb.entry[1] = (struct slb_entry){.esid = 0xcULL << 60 | SLB_VALID, .vsid = vsid};
        thread_context_changed(t);
    }
    if (flood_one_in(f, 2))
        t->pending = (t->pending & PENDING_DERIVED) | ((u32)(flood_rnd(f) & flood_rnd(f) & flood_rnd(f)) & 0xfff &
                                                       ~(u32)(PENDING_MACHINE_CHECK | PENDING_DERIVED));
}
