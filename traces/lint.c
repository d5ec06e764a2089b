/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where control goes; see lint.h.  Each thread has in mind where its last record has led: an instruction's next
 * address, an interrupt's handler.  Events of an instruction stand before its record (a return, a context, R and C), so
 * they wait for it; a context behind an interrupt is the interrupt's.
 */
#include "traces/lint.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/power.h"
#include "core/state/interrupt.h"
#include "traces/lint_parts.h"

const struct lint_rule_row lint_rules[LINT_RULES] = {
#define LINT_RULE(name, needs, text) {#name, needs, text},
#include "traces/lint.def"
#undef LINT_RULE
};

void lint_violation(struct lint *l, enum lint_rule rule, const char *fmt, ...)
{
    va_list list;

    l->violated[rule]++;
    if (l->told >= l->most) return;
    l->told++;
    fprintf(l->to, "%s: instruction %" PRIu64 " at %016" PRIx64 ": %s: ", l->path, l->number, l->cia,
            lint_rules[rule].name);
    va_start(list, fmt);
    vfprintf(l->to, fmt, list);
    va_end(list);
    fputc('\n', l->to);
}

/* ---- instructions ---- */

enum { OPCODE_BC = 16, OPCODE_B = 18, VECTORS_END = 0x1a000, VECTOR_UNIT = 0x20 };
#define EA_QUADRANT PPC_BITMASK(0, 1)

static u64 sign_extended(u64 value, unsigned bits)
{
    u64 sign = 1ULL << (bits - 1);

    return ((value & (2 * sign - 1)) ^ sign) - sign;
}

/* Where a direct branch leads if it is taken. */
static u64 target_of(const struct retire *r)
{
    u32 word = r->facts->word;
    u64 offset = word >> 26 == OPCODE_B ? sign_extended(word & 0x3fffffc, 26) : sign_extended(word & 0xfffc, 16);

    return word & 2 ? offset : r->cia + offset;
}

/* Equal, or equal as addresses of 32-bit mode. */
static bool is_at(u64 is, u64 wanted)
{
    return is == wanted || is == (u32)wanted;
}

/* Can an interrupt's handler be there? */
static bool is_vector(u64 address)
{
    u64 at = address & ~EA_QUADRANT;

    return at >= 0x100 && at < VECTORS_END && at % VECTOR_UNIT == 0;
}

static bool leads_well(const struct lint *l, const struct retire *r)
{
    u8 leads = l->leads[r->facts->row];

    if (is_at(r->nia, r->cia + 4) || leads == LEADS_ANYWHERE) return r->nia % 4 == 0;
    if (leads == LEADS_TO_TARGET && is_at(r->nia, target_of(r))) return true;
    /* A qtrace has no interrupts: the instruction that was interrupted leads to the handler, or was in the parts that
     * were left out. */
    return l->lacks & TRACE_LACKS_STATE && (leads == LEADS_ON || is_vector(r->nia) || l->lacks & LINT_NEEDS_ALL);
}

static bool is_taken_well(const struct retire *r)
{
    bool branch = r->facts->is & IS_BRANCH;

    if (r->flags & RETIRE_TAKEN) return branch;
    return !branch || is_at(r->nia, r->cia + 4);
}

static u8 kind_of(const struct insn_row *row)
{
    return (u8)((row->flags & LOADS ? IS_LOAD : 0U) | (row->flags & STORES ? IS_STORE : 0U) |
                (row->flags & BRANCHES ? IS_BRANCH : 0U));
}

static void lint_facts(struct lint *l, const struct retire *r)
{
    const struct insn_facts *f = r->facts;

    if (f->row == ROW_NONE) {
        LINT(l, LINT_facts, !retire_completed(r), "it completed, but no instruction has the word %08x", f->word);
        return;
    }
    LINT(l, LINT_facts, f->is == l->is[f->row], "%08x is told as kind %u, not %u", f->word, f->is, l->is[f->row]);
    for (unsigned k = 0; k < FACTS_SPRS; k++) {
        if (f->spr_in[k] == FACTS_NO_SPR && f->spr_out[k] == FACTS_NO_SPR) break;
        LINT(l, LINT_registers,
             (f->spr_in[k] < 1024 || f->spr_in[k] == FACTS_NO_SPR) &&
                 (f->spr_out[k] < 1024 || f->spr_out[k] == FACTS_NO_SPR),
             "%08x names registers %u, %u", f->word, f->spr_in[k], f->spr_out[k]);
    }
}

static void lint_return(struct lint *l, struct lint_thread *t, const struct retire *r)
{
    if (!t->has_return) return;
    t->has_return = false;
    LINT(l, LINT_return, t->from == r->cia && t->to == r->nia && l->leads[r->facts->row] == LEADS_ANYWHERE,
         "the return from %" PRIx64 " to %" PRIx64 " is none of this instruction, which leads to %" PRIx64, t->from,
         t->to, r->nia);
}

/* What gave up privilege before this record must have written MSR; how a machine was entered is not known. */
static void lint_less(struct lint *l, struct lint_thread *t, const struct retire *r)
{
    if (!t->is_waiting) return;
    t->is_waiting = false;
    LINT(l, LINT_privilege, !r->facts->learned || r->facts->named_out & NAMED_MSR,
         "privilege changed, but %08x does not write MSR", r->facts->word);
}

static void lint_rc(struct lint *l, struct lint_thread *t, const struct retire *r, const struct retire_block *block)
{
    for (unsigned n = 0; n < t->rc_count; n++) {
        bool found = false;

        for (unsigned k = 0; k < r->accesses && !found; k++) {
            const struct retire_access *a = &block->access[r->access + k];
            for (unsigned s = 0; s < a->reads && !found; s++)
                found = block->read[a->read + s].step.entry_ra == (t->rc[n] & ~7ULL) ||
                        (block->read[a->read + s].step.kind >= WALK_PTEG &&
                         block->read[a->read + s].step.entry_ra >> 7 == t->rc[n] >> 7);
        }
        LINT(l, LINT_rc, found, "bits were set in an entry at %" PRIx64 ", which no walk of it has read", t->rc[n]);
    }
    t->rc_count = 0;
}

static void lint_insn(struct lint *l, struct lint_thread *t, const struct retire *r, const struct retire_block *block)
{
    bool completed = retire_completed(r);

    l->cia = r->cia;
    if (t->has_next) LINT(l, LINT_place, r->cia == t->next, "the last record has led to %" PRIx64, t->next);
    lint_facts(l, r);
    if (likely(completed)) {
        LINT(l, LINT_next, leads_well(l, r), "%08x leads to %" PRIx64, r->facts->word, r->nia);
        LINT(l, LINT_taken, is_taken_well(r), "%08x, which leads to %" PRIx64 ", is told as %staken", r->facts->word,
             r->nia, r->flags & RETIRE_TAKEN ? "" : "not ");
    } else {
        LINT(l, LINT_flags, r->nia == r->cia, "it did not complete and has led to %" PRIx64, r->nia);
    }
    if (unlikely(t->has_return)) lint_return(l, t, r);
    if (unlikely(t->is_waiting)) lint_less(l, t, r);
    if (unlikely(t->rc_count)) lint_rc(l, t, r, block);
    lint_accesses(l, t, r, block);
    t->next = r->nia;
    t->has_next = true;
    t->is_interrupted = false;
    l->number++;
}

/* ---- events ---- */

static bool goes_to_vector(const struct retire *r)
{
    u32 vector = interrupt_rows[r->interrupt.number].vector, number = r->interrupt.number;
    u64 to = r->interrupt.to & ~EA_QUADRANT;

    if (number == INTERRUPT_SYSTEM_CALL_VECTORED) return (to & ~0xfe0ULL) == 0x17000 || (to & ~0xfe0ULL) == 0x3000;
    return to == vector || to == (vector | 0x18000) || to == (vector | 0x4000);
}

static void take_interrupt(struct lint *l, struct lint_thread *t, const struct retire *r)
{
    if (t->has_next)
        LINT(l, LINT_interrupt, is_at(r->interrupt.from, t->next),
             "interrupt %u comes from %" PRIx64 ", but the last record has led to %" PRIx64, r->interrupt.number,
             r->interrupt.from, t->next);
    LINT(l, LINT_interrupt, goes_to_vector(r), "interrupt %s goes to %" PRIx64,
         interrupt_rows[r->interrupt.number].name, r->interrupt.to);
    t->next = r->interrupt.to;
    t->has_next = true;
    t->is_interrupted = true;
    t->coming_msr = r->interrupt.msr;
}

/* Privileged states from the least to the most; ultravisor state is the hypervisor's with S. */
static unsigned rank_of(u64 msr)
{
    if (msr & MSR_PR) return 0;
    if (!(msr & MSR_HV)) return 1;
    return msr & MSR_S ? 3 : 2;
}

static void lint_privilege(struct lint *l, struct lint_thread *t, u64 msr)
{
    unsigned was = rank_of(t->msr), is = rank_of(msr);

    if (!t->has_msr) return;
    if (t->is_interrupted) {
        LINT(l, LINT_privilege, rank_of(t->coming_msr) == is,
             "the interrupt says MSR %" PRIx64 ", the context behind it %" PRIx64, t->coming_msr, msr);
        return;
    }
    LINT(l, LINT_privilege, is <= was, "MSR goes from %" PRIx64 " to %" PRIx64 " without an interrupt", t->msr, msr);
    if (is < was) t->is_waiting = true;
}

static void lint_partition(struct lint *l, const struct retire *r)
{
    u32 partition = r->context.partition, level = r->context.level;
    u8 *known;

    LINT(l, LINT_partition, partition || !level, "the host is at level %u", level);
    if (partition >= LINT_PARTITIONS || level >= LINT_NO_LEVEL) return;
    known = &l->level[partition];
    LINT(l, LINT_partition, *known == LINT_NO_LEVEL || *known == level, "partition %u is at level %u and was at %u",
         partition, level, *known);
    *known = (u8)level;
}

static void take_context(struct lint *l, struct lint_thread *t, const struct retire *r)
{
    u64 msr = r->context.msr;

    if (l->lacks & TRACE_LACKS_STATE) { /* a header, which may stand behind a gap */
        t->has_next = false;
        return;
    }
    lint_privilege(l, t, msr);
    lint_partition(l, r);
    if (t->has_msr && msr == t->msr && r->context.lpid == t->lpid && r->context.pid == t->pid) l->epoch++;
    t->msr = msr;
    t->lpid = r->context.lpid;
    t->pid = r->context.pid;
    t->has_msr = true;
    t->context = hash_mix(hash_mix(msr & (MSR_HV | MSR_PR | MSR_S | MSR_IR | MSR_DR | MSR_SF), t->lpid), t->pid);
}

static void take_event(struct lint *l, struct lint_thread *t, const struct retire *r)
{
    switch ((enum retire_kind)r->kind) {
    case RETIRE_INTERRUPT: take_interrupt(l, t, r); break;
    case RETIRE_EVENT_BRANCH:
        t->next = r->interrupt.to;
        t->has_next = true;
        break;
    case RETIRE_RETURN:
        t->from = r->back.from;
        t->to = r->back.to;
        t->has_return = true;
        break;
    case RETIRE_CONTEXT: take_context(l, t, r); break;
    case RETIRE_INVALIDATION: l->epoch++; break;
    case RETIRE_RC:
        if (t->rc_count < LINT_RC) t->rc[t->rc_count++] = r->rc.entry_ra;
        break;
    default: break;
    }
}

/* ---- blocks ---- */

static void learn_lacks(struct lint *l)
{
    l->lacks = l->source->lacks | (l->source->has_gaps ? LINT_NEEDS_ALL : 0U);
    for (unsigned k = 0; k < LINT_RULES; k++) l->is_asked[k] = !(lint_rules[k].needs & l->lacks);
}

void lint_block(struct lint *l, const struct retire_block *block)
{
    unsigned number = retire_thread(block);
    struct lint_thread *t = &l->thread[number % STATE_THREADS];

    if (unlikely(l->source->has_gaps && !(l->lacks & LINT_NEEDS_ALL))) learn_lacks(l);
    LINT(l, LINT_order, block->order >= l->order && block->time >= t->time,
         "a block begins with record %" PRIu64 " at %" PRIu64 " cycles, behind record %" PRIu64 " at %" PRIu64,
         block->order, block->time, l->order, t->time);
    l->order = block->order + block->count;
    t->time = block->time;
    for (size_t k = 0; k < block->count; k++) {
        const struct retire *r = &block->record[k];

        if (unlikely(r->thread != number))
            LINT(l, LINT_thread, r->thread == RETIRE_NO_THREAD && r->kind == RETIRE_DMA,
                 "a record of thread %u in a block of thread %u", r->thread, number);
        if (likely(r->kind == RETIRE_INSN)) lint_insn(l, t, r, block);
        else take_event(l, t, r);
    }
}

/* ---- to begin and to end ---- */

static enum lint_leads leads_of(const struct insn_row *row)
{
    static const char *const anywhere[] = {"rfid", "rfscv", "hrfid", "urfid", "rfebb", "stop", "attn"};

    if (row->flags & TRANSACTIONAL) return LEADS_ANYWHERE;
    for (unsigned k = 0; k < ARRAY_SIZE(anywhere); k++)
        if (!strcmp(row->name, anywhere[k])) return LEADS_ANYWHERE;
    if (!(row->flags & BRANCHES)) return LEADS_ON;
    return !strncmp(row->pattern, "16 ", 3) || !strncmp(row->pattern, "18 ", 3) ? LEADS_TO_TARGET : LEADS_ANYWHERE;
}

static bool learn_rows(struct lint *l)
{
    unsigned count = isa_row_count(l->isa);

    l->bytes = calloc(count + 1, 1);
    l->leads = calloc(ROW_NONE + 1, 1);
    l->is = calloc(count + 1, 1);
    if (!l->bytes || !l->leads || !l->is) return false;
    for (unsigned row = 0; row < count; row++) {
        l->bytes[row] = (u8)lint_bytes_of(isa_row(l->isa, row));
        l->is[row] = kind_of(isa_row(l->isa, row));
        l->leads[row] = (u8)leads_of(isa_row(l->isa, row));
    }
    return true;
}

struct lint *lint_open(FILE *to, const char *path, const struct isa *isa, const struct trace_source *source, u64 most)
{
    struct lint *l = calloc(1, sizeof *l);

    if (l) *l = (struct lint){.to = to, .path = path, .isa = isa, .source = source, .most = most};
    if (!l || !learn_rows(l)) {
        lint_close(l);
        p9_error("%s: the host has no memory for it", path);
        return NULL;
    }
    memset(l->level, LINT_NO_LEVEL, sizeof l->level);
    learn_lacks(l);
    return l;
}

void lint_close(struct lint *l)
{
    if (!l) return;
    free(l->bytes);
    free(l->leads);
    free(l->is);
    free(l);
}

u64 lint_violations(const struct lint *l)
{
    u64 sum = 0;

    for (unsigned k = 0; k < LINT_RULES; k++) sum += l->violated[k];
    return sum;
}

void lint_summary(const struct lint *l)
{
    u64 sum = lint_violations(l);

    if (sum > l->told) fprintf(l->to, "... and %" PRIu64 " more\n", sum - l->told);
    fprintf(l->to, "%-12s %14s %10s  %s\n", "rule", "checked", "violated", "");
    for (unsigned k = 0; k < LINT_RULES; k++) {
        if (l->is_asked[k])
            fprintf(l->to, "%-12s %14" PRIu64 " %10" PRIu64 "  %s\n", lint_rules[k].name, l->checked[k], l->violated[k],
                    lint_rules[k].text);
        else
            fprintf(l->to, "%-12s %14s %10s  %s\n", lint_rules[k].name, "skipped", "-",
                    lint_rules[k].needs & l->source->lacks ? "the format does not say it" : "parts were left out");
    }
    fprintf(l->to, "%" PRIu64 " instructions, %" PRIu64 " violations\n", l->number, sum);
}
