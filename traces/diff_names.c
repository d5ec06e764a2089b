/* SPDX-License-Identifier: Apache-2.0 */
/* See diff_parts.h: what a report calls things. */
#include "core/state/interrupt.h"
#include "core/state/spr.h"
#include "traces/diff_parts.h"

/* ---- registers ---- */

static const char *named(unsigned bit)
{
    static const char *const names[] = {"CTR",
                                        "LR",
                                        "XER[CA]",
                                        "XER[OV]",
                                        "XER[SO]",
                                        "XER",
                                        "FPSCR",
                                        "VSCR",
                                        "MSR",
                                        "an SPR",
                                        "the SLB",
                                        "the reservation",
                                        "the transaction's registers",
                                        "the branch history",
                                        "doorbells",
                                        "the stop",
                                        "the simulator's call"};

    return bit < ARRAY_SIZE(names) ? names[bit] : "a register";
}

void diff_register_name(unsigned kind, unsigned number, char out[DIFF_NAME])
{
    const struct spr_row *row = kind == VALUE_SPR ? spr_find(number) : NULL;

    switch (kind) {
    case VALUE_GPR: snprintf(out, DIFF_NAME, "r%u", number); break;
    case VALUE_VSR: snprintf(out, DIFF_NAME, "vs%u", number); break;
    case VALUE_CR: snprintf(out, DIFF_NAME, "cr%u", number); break;
    case VALUE_NAMED: snprintf(out, DIFF_NAME, "%s", named(number)); break;
    default:
        if (row) snprintf(out, DIFF_NAME, "%s", row->name);
        else snprintf(out, DIFF_NAME, "SPR %u", number);
        break;
    }
}

/* Those of a kind that only one side has. */
static void find_set(const char *what, unsigned kind, u64 a, u64 b, struct diff_lines *lines)
{
    char name[DIFF_NAME];

    for (u64 rest = a ^ b; rest; rest &= rest - 1) {
        unsigned n = (unsigned)__builtin_ctzll(rest);

        diff_register_name(kind, n, name);
        diff_tell(lines, "%s %s: only in %s", what, name, a >> n & 1 ? "A" : "B");
    }
}

static void find_sprs(const char *what, const u16 *a, const u16 *b, struct diff_lines *lines)
{
    char x[DIFF_NAME], y[DIFF_NAME];

    for (unsigned k = 0; k < FACTS_SPRS; k++) {
        if (a[k] == b[k]) continue;
        snprintf(x, sizeof x, "none");
        snprintf(y, sizeof y, "none");
        if (a[k] != FACTS_NO_SPR) diff_register_name(VALUE_SPR, a[k], x);
        if (b[k] != FACTS_NO_SPR) diff_register_name(VALUE_SPR, b[k], y);
        diff_tell(lines, "%s an SPR: A %s, B %s", what, x, y);
    }
}

void diff_find_registers(const struct insn_facts *a, const struct insn_facts *b, struct diff_lines *lines)
{
    find_set("reads", VALUE_GPR, a->gpr_in, b->gpr_in, lines);
    find_set("reads", VALUE_VSR, a->vsr_in, b->vsr_in, lines);
    find_set("reads", VALUE_CR, a->cr_in, b->cr_in, lines);
    find_set("reads", VALUE_NAMED, a->named_in, b->named_in, lines);
    find_set("writes", VALUE_GPR, a->gpr_out, b->gpr_out, lines);
    find_set("writes", VALUE_VSR, a->vsr_out, b->vsr_out, lines);
    find_set("writes", VALUE_CR, a->cr_out, b->cr_out, lines);
    find_set("writes", VALUE_NAMED, a->named_out, b->named_out, lines);
    if (a->named_in & b->named_in & NAMED_SPR) find_sprs("reads", a->spr_in, b->spr_in, lines);
    if (a->named_out & b->named_out & NAMED_SPR) find_sprs("writes", a->spr_out, b->spr_out, lines);
    if (a->is != b->is)
        diff_tell(lines, "what the book calls it (1 load, 2 store, 4 branch): A %u, B %u", a->is, b->is);
}

/* ---- accesses and walks ---- */

const char *diff_access_name(unsigned kind)
{
    static const char *const names[] = {"fetch", "load", "store", "reserve", "conditional store", "cache", "hint"};

    return kind < ARRAY_SIZE(names) ? names[kind] : "access";
}

void diff_step_name(const struct walk_step *s, char out[96])
{
    static const char *const kinds[] = {"PATE", "PRTE", "PDE", "PTE", "PTEG", "STEG"};
    const char *kind = s->kind < ARRAY_SIZE(kinds) ? kinds[s->kind] : "entry", *scope;
    char wanted[40] = "";

    scope = s->stage == STAGE_PARTITION ? "partition-scoped " : s->stage == STAGE_PROCESS ? "process-scoped " : "";
    if (s->stage == STAGE_PARTITION && s->kind != WALK_PATE) {
        if (s->nested_for == 15) snprintf(wanted, sizeof wanted, ", for the page itself");
        else if (!s->nested_for) snprintf(wanted, sizeof wanted, ", for the process-table entry");
        else snprintf(wanted, sizeof wanted, ", for the process-scoped level %u", s->nested_for);
    }
    if (s->kind == WALK_PATE || s->kind == WALK_PRTE) snprintf(out, 96, "%s%s%s", scope, kind, wanted);
    else snprintf(out, 96, "%s%s of level %u%s", scope, kind, s->level, wanted);
}

/* ---- events ---- */

static const struct {
    const char *name, *number[RETIRE_NUMBERS];
} kinds[] = {
    [RETIRE_INSN] = {"an instruction", {"address", "next address", "real address"}},
    [RETIRE_INTERRUPT] = {"an interrupt", {"it would have gone on at", "handler", "new MSR", "which one"}},
    [RETIRE_EVENT_BRANCH] = {"an event-based branch", {"it would have gone on at", "handler", "new MSR", "which one"}},
    [RETIRE_RETURN] = {"a return", {"from", "to", "new MSR"}},
    [RETIRE_CONTEXT] = {"a change of context", {"MSR", "LPIDR", "PIDR", "partition", "level"}},
    [RETIRE_INVALIDATION] = {"an invalidation", {"RB", "RS", "LPIDR", "which one", "RIC", "PRS", "R", "MSR[HV]"}},
    [RETIRE_BARRIER] = {"a barrier", {"which one"}},
    [RETIRE_RC] = {"a write of R or C", {"the entry lies at", "the entry was", "bits that were set"}},
    [RETIRE_DMA] = {"DMA", {"real address", "bytes", "to main storage"}},
    [RETIRE_IDLE] = {"idle time", {"cycles"}},
    [RETIRE_STREAM] = {"a write of DSCR", {"DSCR"}},
    [RETIRE_REGISTER] = {"a change of a register of translation", {"SPR", "value"}},
    [RETIRE_SEGMENT] = {"an SLB entry", {"number", "ESID", "VSID"}},
};

const char *diff_kind_name(unsigned kind)
{
    return kind < ARRAY_SIZE(kinds) ? kinds[kind].name : "something";
}

const char *diff_number_name(unsigned kind, unsigned k)
{
    const char *name = kind < ARRAY_SIZE(kinds) && k < RETIRE_NUMBERS ? kinds[kind].number[k] : NULL;

    return name ? name : "a number";
}

void diff_show_event(FILE *to, const struct retire *r)
{
    u64 numbers[RETIRE_NUMBERS];
    unsigned count = retire_numbers(r, numbers);

    fprintf(to, "# %s", diff_kind_name(r->kind));
    if (r->kind == RETIRE_INTERRUPT) fprintf(to, ", %s", interrupt_rows[r->interrupt.number].text);
    for (unsigned k = 0; k < count; k++)
        fprintf(to, "%s %s %llx", k ? "," : ":", diff_number_name(r->kind, k), (unsigned long long)numbers[k]);
    fputc('\n', to);
}
