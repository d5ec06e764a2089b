/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See shrink.h.  Each round tries every single simplification of the case in one start of QEMU, then all that did no
 * harm together; if they do harm together it keeps the first alone.  It ends when no simplification is left.
 */
#include "tests/isa/shrink.h"

#include <stdlib.h>

#include "core/isa/fpscr.h"

enum { TRIES = 600, ROUNDS = 40, WORDS = offsetof(struct isa_case, address) / 8 };

/* Simpler values of a doubleword, simplest first.  Of a register of bits (plain) only some of its bits. */
static unsigned simpler(u64 v, bool plain, u64 *out)
{
    static const u64 values[] = {0, 1, 0x3ff0000000000000ULL, 0x3f80000000000000ULL, 0x2238000000000000ULL};
    u64 sign = v & (1ULL << 63);
    unsigned n = 0;

    if (plain) {
        if (v) out[n++] = 0, out[n++] = v & (v - 1), out[n++] = v & ~(1ULL << (63 - __builtin_clzll(v)));
        return n;
    }
    for (unsigned k = 0; k < ARRAY_SIZE(values); k++) {
        if (v == values[k]) return n;
        out[n++] = values[k];
    }
    if (sign) out[n++] = v & ~sign;
    out[n++] = v & 0xffffffff00000000ULL;
    out[n++] = v & 0xffffffff;
    out[n++] = v & 0xfff0000000000000ULL;
    out[n++] = v & ~0xfffffffULL;
    out[n++] = v & (v - 1);
    for (unsigned k = 0; k < n;) {
        if (out[k] != v) k++;
        else out[k] = out[--n];
    }
    return n;
}

static bool is_plain(size_t word)
{
    enum { LR = 32, VSRS = 38, TAR = VSRS + 128 };
    return (word >= LR && word < VSRS) || word >= TAR;
}

/* Registers that make an address stay: elsewhere there is other storage. */
static bool makes_address(const struct isa *isa, const struct isa_case *c, size_t word)
{
    enum issue_class class = isa_row(isa, c->row)->issue_class;

    if (class != CLASS_LD && class != CLASS_ST && class != CLASS_CACHE) return false;
    return word == (c->word >> 16 & 31) || word == (c->word >> 11 & 31);
}

static unsigned tries_of(const struct isa *isa, const struct isa_case *c, struct isa_case *tries)
{
    static const u8 zero[8];
    unsigned n = 0;

    if (c->before) tries[n] = *c, tries[n++].before = 0;
    for (unsigned k = 0; k < CASE_STORAGE; k += 8) {
        if (!memcmp(c->storage + k, zero, 8) || n == TRIES) continue;
        tries[n] = *c;
        memset(tries[n++].storage + k, 0, 8);
    }
    for (size_t k = 0; k < WORDS; k++) {
        u64 values[16];
        unsigned count;
        if (makes_address(isa, c, k)) continue;
        count = simpler(((const u64 *)c)[k], is_plain(k), values);
        for (unsigned m = 0; m < count && n < TRIES; m++) {
            tries[n] = *c;
            ((u64 *)&tries[n])[k] = values[m];
            tries[n].fpscr = fpscr_summarised(tries[n].fpscr);
            n++;
        }
    }
    return n;
}

/* Take over into *to what `try` changed of `from`, unless it was changed already. */
static void merge(struct isa_case *to, const struct isa_case *from, const struct isa_case *try)
{
    const u8 *a = (const u8 *)from, *b = (const u8 *)try;
    u8 *t = (u8 *)to;

    for (size_t k = 0; k < sizeof *to; k += 8)
        if (memcmp(a + k, b + k, 8) && !memcmp(t + k, a + k, 8)) memcpy(t + k, b + k, 8);
}

struct shrinker {
    struct runner *r;
    struct stub *stub;
    bool le;
    struct isa_case *tries, *theirs, *ours;
};

/* Run the first n tries; bit per try in differs[].  False if QEMU failed. */
static bool run_tries(struct shrinker *s, unsigned n, bool *differs)
{
    memcpy(s->theirs, s->tries, n * sizeof *s->tries);
    if (!run_qemu(s->r, s->theirs, n, s->le)) return false;
    for (unsigned m = 0; m < n; m++) {
        s->ours[m] = s->tries[m];
        run_ours(s->stub, s->r->isa, &s->ours[m], m, PORT_traced, s->le);
        differs[m] = !agrees(s->r, &s->tries[m], &s->ours[m], &s->theirs[m], s->le);
    }
    return true;
}

void shrink(struct runner *r, struct stub *stub, bool le, struct isa_case *c, struct isa_case *ours,
            struct isa_case *theirs)
{
    struct isa_case *all = malloc((TRIES + 1) * 3 * sizeof *all);
    struct shrinker s = {r, stub, le, all, all + TRIES + 1, all + 2 * (TRIES + 1)};
    bool differs[TRIES + 1] = {false};

    for (unsigned round = 0; all && round < ROUNDS; round++) {
        unsigned n = tries_of(r->isa, c, s.tries), first = n;
        struct isa_case merged = *c;
        if (!n || !run_tries(&s, n, differs)) break;
        for (unsigned m = n; m-- > 0;)
            if (differs[m]) first = m;
        if (first == n) break;
        for (unsigned m = 0; m < n; m++)
            if (differs[m]) merge(&merged, c, &s.tries[m]);
        s.tries[1] = s.tries[first];
        s.tries[0] = merged;
        if (!run_tries(&s, 2, differs) || (!differs[0] && !differs[1])) break;
        n = differs[0] ? 0 : 1;
        *c = s.tries[n], *ours = s.ours[n], *theirs = s.theirs[n];
    }
    free(all);
}
