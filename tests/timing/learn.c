/* SPDX-License-Identifier: Apache-2.0 */
/* Executing an instruction where its access must succeed; see learn.h. */
#include "tests/timing/learn.h"

#include <string.h>

/* Where accesses go: in the middle of the stub's storage, good for the largest alignment. */
enum { TARGET = STUB_BASE + STUB_SIZE / 2 };

static bool has_displacement(const struct pattern *p)
{
    for (unsigned k = 0; k < p->pieces; k++)
        if (p->piece[k].field->is_imm) return true;
    return false;
}

/* RA + displacement, or RA + RB, is TARGET.  What is no access does not mind. */
static void aim(struct stub *stub, const struct isa *isa, const struct insn *i)
{
    u64 *gpr = stub->thread.gpr;

    for (unsigned k = 0; k < 32; k++) gpr[k] = 0;
    if (has_displacement(isa_pattern(isa, i->row))) gpr[i->ra & 31] = TARGET - (u64)(s64)i->imm;
    else if (i->ra == 0) gpr[i->rb & 31] = TARGET;
    else gpr[i->ra & 31] = i->ra == i->rb ? TARGET / 2 : TARGET;
}

static struct insn_facts with_class(const struct isa *isa, struct insn_facts facts)
{
    const struct insn_row *row = isa_row(isa, facts.row);

    facts.issue_class = (u8)row->issue_class;
    facts.is = (u8)((row->flags & LOADS ? IS_LOAD : 0) | (row->flags & STORES ? IS_STORE : 0));
    facts.learned = true;
    return facts;
}

bool learn(struct stub *stub, const struct isa *isa, u32 word, struct learned *out)
{
    struct insn insn = {0};

    if (isa_decode(isa, word, &insn) == ROW_NONE) return false;
    stub_reset(stub, true);
    aim(stub, isa, &insn);
    if (stub_execute(stub, isa, word, PORT_learning) != STUB_DONE) return false;
    if (stub->ring.accesses > ARRAY_SIZE(out->access)) return false;
    *out = (struct learned){.facts = with_class(isa, stub->ring.now), .accesses = (u8)stub->ring.accesses};
    for (unsigned k = 0; k < out->accesses; k++) out->access[k] = stub->access[k];
    return true;
}
