/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where objdump's idea of POWER9 and ours part, line by line; docs/DIVERGENCES.md ("Text of instructions") tells it in
 * prose.  Names are shell patterns.  "Reserved bits" beyond the general rule of sweep.c are those that objdump does not
 * refuse but reads as another processor's field.
 */
#include "tests/isa/sweep.h"

#include <fnmatch.h>

/* The SPR number of mfspr and mtspr as it lies in the word, halves exchanged. */
#define SPR(n) ((u32)((n)&31) << 16 | (u32)((n) >> 5) << 11)

const struct difference differences[] = {
    /* ---- instructions that objdump refuses ---- */
    {DIFFERENCE_OURS, "callthru", ~0u, 0x000eaeb0, "the simulator's own call"},
    {DIFFERENCE_OURS, "bc", 0, 0, "BO with bits that it does not use: ignored (I 2.4)"},
    {DIFFERENCE_OURS, "bclr", 0, 0, "BO with bits that it does not use: ignored (I 2.4)"},
    {DIFFERENCE_OURS, "bcctr", 0, 0, "BO with bits that it does not use, or CTR counted down: an invalid form (I 2.4)"},
    {DIFFERENCE_OURS, "bctar", 0, 0, "BO with bits that it does not use: ignored (I 2.4)"},
    {DIFFERENCE_OURS, "m[tf]ocrf", 0, 0,
     "no or several fields: the result is undefined, not the instruction (I 3.3.17)"},
    {DIFFERENCE_OURS, "lmw", 0, 0, "RA among the registers loaded: an invalid form, executed (I 3.3.6)"},
    {DIFFERENCE_OURS, "lswi", 0, 0, "RA among the registers loaded: an invalid form, executed (I 3.3.7)"},
    {DIFFERENCE_OURS, "l*u", 0, 0, "RA = 0 or RA = RT: an invalid form (I 3.3.2), executed"},
    {DIFFERENCE_OURS, "l*ux", 0, 0, "RA = 0 or RA = RT: an invalid form (I 3.3.2), executed"},
    {DIFFERENCE_OURS, "st*u", 31 << 16, 0, "RA = 0: an invalid form (I 3.3.3), executed"},
    {DIFFERENCE_OURS, "st*ux", 31 << 16, 0, "RA = 0: an invalid form (I 3.3.3), executed"},
    {DIFFERENCE_OURS, "dcbf", 3 << 21, 2 << 21, "L = 2: a reserved value (II 4.3.2), executed as L = 0"},
    {DIFFERENCE_OURS, "sync", 3 << 21, 3 << 21, "L = 3: a reserved value (II 4.6.3), executed as L = 0"},
    {DIFFERENCE_OURS, "wait", 0, 0, "WC other than 0: reserved values (II 4.6.4), executed as WC = 0"},
    {DIFFERENCE_OURS, "lfdp", 0, 0, "phased out (I 4.6.4), but POWER9 has it"},
    {DIFFERENCE_OURS, "lfdpx", 0, 0, "phased out (I 4.6.4), but POWER9 has it"},
    {DIFFERENCE_OURS, "stfdp", 0, 0, "phased out (I 4.6.4), but POWER9 has it"},
    {DIFFERENCE_OURS, "stfdpx", 0, 0, "phased out (I 4.6.4), but POWER9 has it"},
    {DIFFERENCE_OURS, "mftb", 0, 0, "phased out (II 6.2.1); objdump gives the name to mfspr 268"},
    {DIFFERENCE_OURS, "mftbu", 0, 0, "phased out (II 6.2.1); objdump gives the name to mfspr 269"},

    {DIFFERENCE_OURS, "reserved_nop", 0, 0,
     "reserved to be no operation (I 1.8.3); objdump names only four of the eight"},

    /* ---- what objdump takes for an instruction of POWER9 ---- */
    {DIFFERENCE_THEIRS, "rfi", 0, 0, "32-bit processors: SRR1 without the high half"},
    {DIFFERENCE_THEIRS, "mtsrd", 0, 0, "64-bit bridge of the POWER3 and 970"},
    {DIFFERENCE_THEIRS, "mtsrdin", 0, 0, "64-bit bridge of the POWER3 and 970"},
    {DIFFERENCE_THEIRS, "mtsle", 0, 0, "split little endian: POWER8, gone with ISA 3.0"},
    {DIFFERENCE_THEIRS, "e[co][io]wx", 0, 0, "external control: gone with ISA 3.0"},
    {DIFFERENCE_THEIRS, "tlbia", 0, 0, "gone with ISA 3.0"},
    {DIFFERENCE_THEIRS, "tlbl[di]", 0, 0, "the 603"},
    {DIFFERENCE_THEIRS, "dcbi", 0, 0, "never part of the server processors' architecture"},
    {DIFFERENCE_THEIRS, "icswx*", 0, 0, "coprocessors of POWER7 and POWER8: gone with ISA 3.0"},
    {DIFFERENCE_THEIRS, "pbt.", 0, 0, "coprocessors of POWER8: gone with ISA 3.0"},
    {DIFFERENCE_THEIRS, "rmieg", 0, 0, "in drafts of ISA 3.0, not in 3.0B"},

    /* ---- other text ---- */
    {DIFFERENCE_TEXT, "b", 2, 2, "a negative absolute target has 64 bits"},
    {DIFFERENCE_TEXT, "bc", 2, 2, "a negative absolute target has 64 bits"},
    {DIFFERENCE_TEXT, "isel", 1, 1, "reserved bit 31: no extended mnemonic in objdump"},
    {DIFFERENCE_TEXT, "icbt", 1 << 25, 1 << 25, "reserved bit 6: part of CT in objdump"},
    {DIFFERENCE_TEXT, "dcbz", 1 << 21, 1 << 21, "reserved bit 10: dcbzl of the 970 in objdump"},
    {DIFFERENCE_TEXT, "mfspr", SPR(1022), SPR(4), "RTCU and RTCL of the 601"},
    {DIFFERENCE_TEXT, "mtspr", SPR(1022), SPR(20), "RTCU and RTCL of the 601"},
    {DIFFERENCE_TEXT, "m[tf]spr", SPR(1023), SPR(25), "SDR1: gone with ISA 3.0"},
    {DIFFERENCE_TEXT, "m[tf]spr", SPR(1023), SPR(280), "ASR of the POWER3"},
    {DIFFERENCE_TEXT, "m[tf]spr", SPR(1023), SPR(282), "EAR: gone with ISA 3.0"},
    {DIFFERENCE_TEXT, "m[tf]spr", SPR(1008), SPR(528), "block address translation of 32-bit processors"},
    {DIFFERENCE_TEXT, "reserved_nop", 0, 0,
     "POWER10's hashst, hashchk and their privileged forms: no operation (I 1.8.3)"},
};
const unsigned difference_count = ARRAY_SIZE(differences);

unsigned difference_find(enum difference_kind kind, const char *name, u32 word)
{
    unsigned k = 0;

    while (k < difference_count && (differences[k].kind != kind || fnmatch(differences[k].name, name, 0) ||
                                    (word & differences[k].mask) != differences[k].value))
        k++;
    return k;
}
