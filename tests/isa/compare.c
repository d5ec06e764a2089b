/* SPDX-License-Identifier: Apache-2.0 */
/* See compare.h. */
#include "tests/isa/compare.h"

#include <stdio.h>

bool same_result(const struct isa_case *a, const struct isa_case *b)
{
    return a->outcome == b->outcome && a->address == b->address && a->at == b->at &&
           !memcmp(a->storage, b->storage, CASE_STORAGE) && !memcmp(a->gpr, b->gpr, sizeof a->gpr) &&
           !memcmp(a->vsr, b->vsr, sizeof a->vsr) && a->lr == b->lr && a->ctr == b->ctr && a->tar == b->tar &&
           a->vrsave == b->vrsave && a->xer == b->xer && a->cr == b->cr && a->vscr == b->vscr && a->fpscr == b->fpscr;
}

void parts_note(struct parts *p, const struct isa_case *a, const struct isa_case *b)
{
    p->count++;
    p->outcome |= a->outcome != b->outcome || a->at != b->at;
    p->address |= a->address != b->address;
    p->storage |= memcmp(a->storage, b->storage, CASE_STORAGE) != 0;
    p->gpr |= memcmp(a->gpr, b->gpr, sizeof a->gpr) != 0;
    p->vsr |= memcmp(a->vsr, b->vsr, sizeof a->vsr) != 0;
    p->other |= a->lr != b->lr || a->ctr != b->ctr || a->tar != b->tar || a->vrsave != b->vrsave;
    p->fpscr |= a->fpscr ^ b->fpscr;
    p->cr |= a->cr ^ b->cr;
    p->xer |= a->xer ^ b->xer;
    p->vscr |= a->vscr ^ b->vscr;
}

void parts_show(const struct parts *p, const char *name)
{
    if (!p->count) return;
    printf("%-12s %6u differ in%s%s%s%s%s%s", name, p->count, p->outcome ? " outcome" : "",
           p->address ? " address" : "", p->storage ? " storage" : "", p->gpr ? " gpr" : "", p->vsr ? " vsr" : "",
           p->other ? " lr/ctr/tar/vrsave" : "");
    if (p->fpscr) printf(" fpscr(%llx)", (unsigned long long)p->fpscr);
    if (p->cr) printf(" cr(%llx)", (unsigned long long)p->cr);
    if (p->xer) printf(" xer(%llx)", (unsigned long long)p->xer);
    if (p->vscr) printf(" vscr(%llx)", (unsigned long long)p->vscr);
    printf("\n");
}

static void show_word(const char *name, u64 in, u64 a, u64 b)
{
    if (a == b) return;
    printf("    %-8s in %016llx  first %016llx  second %016llx\n", name, (unsigned long long)in, (unsigned long long)a,
           (unsigned long long)b);
}

void show_inputs(const struct isa *isa, const struct isa_case *in)
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

void show_difference(const struct isa *isa, const struct isa_case *in, const struct isa_case *a,
                     const struct isa_case *b, const char *who)
{
    char text[100], name[16];

    isa_disassemble(isa, in->word, 0, text, sizeof text);
    printf("%s  %08x  %s  (%s)\n", isa_row(isa, in->row)->name, in->word, text, who);
    show_inputs(isa, in);
    show_word("outcome", 0, a->outcome, b->outcome);
    show_word("at", 0, a->at, b->at);
    show_word("address", 0, a->address, b->address);
    for (unsigned n = 0; n < 32; n++)
        snprintf(name, sizeof name, "r%u", n), show_word(name, in->gpr[n], a->gpr[n], b->gpr[n]);
    for (unsigned n = 0; n < 64; n++)
        for (unsigned d = 0; d < 2; d++) {
            snprintf(name, sizeof name, "vs%u.%u", n, d);
            show_word(name, in->vsr[n][d], a->vsr[n][d], b->vsr[n][d]);
        }
    show_word("tar", in->tar, a->tar, b->tar);
    show_word("vrsave", in->vrsave, a->vrsave, b->vrsave);
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
