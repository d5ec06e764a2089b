/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A walk as text.  The walk is watched, not repeated: one line for each table entry as it is read, partition-scoped
 * reads indented under the process-scoped read that needs them, then the answer or the reason of the fault.
 */
#include "mmu/explain.h"

#include "mmu/price.h"
#include "mmu/walk.h"

struct teller {
    struct observer who; /* first */
    FILE *to;
    unsigned step;
    bool hash;
    const struct mmu_price *price; /* or NULL */
};

static const char *const attr_names[] = {"normal", "strong access order", "non-idempotent I/O", "tolerant I/O"};
static const char *const class_names[] = {
    [CLASS_BAD_EA] = "not a valid quadrant",        [CLASS_HASH] = "hash translation",
    [CLASS_VRMA] = "virtual real mode area (hash)", [CLASS_NO_PARTITION] = "guest without a partition",
    [CLASS_HV_REAL] = "hypervisor real mode",       [CLASS_UV_REAL] = "ultravisor real mode",
    [CLASS_GUEST_REAL] = "guest real mode",         [CLASS_VIRTUAL] = "virtual mode"};

static unsigned long long ll(u64 v)
{
    return v;
}

const char *page_size_name(u8 shift)
{
    switch (shift) {
    case 12: return "4K";
    case 16: return "64K";
    case 21: return "2M";
    case 24: return "16M";
    case 30: return "1G";
    case 34: return "16G";
    default: return "-";
    }
}

static void tell_root(FILE *to, u64 entry)
{
    u64 rts = GETFIELD(ROOT_RTS1, entry) << 3 | GETFIELD(ROOT_RTS2, entry);

    fprintf(to, " RTS %llu (%llu bits) base 0x%llx RPDS %llu", ll(rts), ll(rts + 31), ll(entry & ROOT_RPDB),
            ll(GETFIELD(ROOT_RPDS, entry)));
}

static void tell_leaf(FILE *to, u64 entry)
{
    fprintf(to, " leaf RPN 0x%llx R=%d C=%d ATT=%llu EAA=%c%c%c%c", ll(entry & PTE_RPN), !!(entry & PTE_R),
            !!(entry & PTE_C), ll(GETFIELD(PTE_ATT, entry)), entry & PTE_EAA_PRIV ? 'p' : '-',
            entry & (PTE_EAA_READ | PTE_EAA_RW) ? 'r' : '-', entry & PTE_EAA_RW ? 'w' : '-',
            entry & PTE_EAA_EXEC ? 'x' : '-');
}

/* Who would answer this step, at the end of its line. */
static void tell_source(const struct teller *t)
{
    static const char *const sources[WALK_SOURCES] = {"storage", "walk cache", "TLB", "entry cache"};

    if (t->price && t->step <= t->price->steps) fprintf(t->to, " [%s]", sources[t->price->source[t->step - 1]]);
}

static void tell_group(FILE *to, const struct walk_step *s)
{
    static const char *const purposes[] = {"", "process table, ", "segment table, "};

    if (s->kind == WALK_PTEG)
        fprintf(to, " %s%s group for virtual address ..%llx", purposes[s->nested_for],
                s->level == 1 ? "primary" : "secondary", ll(s->address));
    else
        fprintf(to, " %s group of segments of %s for 0x%llx", s->level <= 2 ? "primary" : "secondary",
                s->shift == 28 ? "256 MiB" : "1 TiB", ll(s->address));
    fprintf(to, " at 0x%llx = 0x%016llx", ll(s->entry_ra), ll(s->entry));
}

static void tell_step(struct observer *who, const struct walk_step *s)
{
    static const char *const kinds[] = {"PATE", "PRTE", "PDE", "PTE", "PTEG", "STEG"};
    struct teller *t = (struct teller *)(void *)who;
    bool inner = s->stage == STAGE_PARTITION && s->kind != WALK_PATE;

    fprintf(t->to, "%3u %s%-9s %-4s", ++t->step, inner ? "    " : "",
            s->stage == STAGE_PARTITION ? "partition" : "process", kinds[s->kind]);
    if (s->kind == WALK_PTEG || s->kind == WALK_STEG) {
        tell_group(t->to, s);
        tell_source(t);
        fputc('\n', t->to);
        return;
    }
    if (s->level) fprintf(t->to, " L%u for 0x%llx", s->level, ll(s->address));
    else fprintf(t->to, " [%llu]", ll(s->address));
    fprintf(t->to, " at 0x%llx = 0x%016llx", ll(s->entry_ra), ll(s->entry));
    if (s->kind == WALK_PATE) fprintf(t->to, " HR=%d", !!(s->entry & PATE0_HR));
    if (s->kind == WALK_PATE && !(s->entry & PATE0_HR))
        fprintf(t->to, " hashed page table at 0x%llx of 2^%llu bytes", ll(s->entry & PATE0_HTABORG),
                ll(GETFIELD(PATE0_HTABSIZE, s->entry) + 18));
    else if (s->kind == WALK_PATE || (s->kind == WALK_PRTE && !t->hash)) tell_root(t->to, s->entry);
    else if (s->kind == WALK_PRTE) fprintf(t->to, " segment table");
    else if (!(s->entry & PTE_VALID)) fprintf(t->to, " not valid");
    else if (s->entry & PTE_LEAF) tell_leaf(t->to, s->entry);
    else fprintf(t->to, " next 0x%llx NLS %llu", ll(s->entry & PDE_NLB), ll(GETFIELD(PDE_NLS, s->entry)));
    tell_source(t);
    fputc('\n', t->to);
}

static void tell_fault(FILE *to, const struct xlate *x)
{
    static const char *const stages[] = {"real storage", "process scope", "partition scope"};

    fprintf(to, "fault: %s - %s; refused by %s", xlate_why_name(x->why), xlate_why_text(x->why), stages[x->stage]);
    if (x->for_table) fprintf(to, " while reading a process-scoped table");
    if (x->segment) fprintf(to, ", segment 0x%016llx", ll(x->segment));
    else if (x->stage == STAGE_PARTITION) fprintf(to, ", guest real 0x%llx", ll(x->gra));
    fputc('\n', to);
}

void mmu_explain_price(FILE *to, const char *what, const struct mmu_price *price)
{
    fprintf(to, "%s: %llu of %u table entries read from storage, %llu cycles after %llu of the TLB look-up\n", what,
            ll(price->reads), price->steps, ll(price->cycles), ll(price->look_up_cycles));
}

void mmu_explain(FILE *to, const struct xlate_ctx *ctx, struct xlate_req req, const struct mmu_price *price)
{
    static const char *const accesses[] = {"fetch", "load", "store"};
    struct teller t = {.who = {tell_step}, .to = to, .price = price};
    struct effective e = xlate_effective(ctx, req.ea, req.access);
    struct xlate x;

    t.hash = class_is_hash(e.class);
    fprintf(to, "%s at 0x%llx: %s, LPID %u PID %u, %s state\n", accesses[req.access], ll(req.ea), class_names[e.class],
            e.lpid, e.pid, ctx->msr & MSR_PR ? "problem" : "privileged");
    x = mmu_walk(ctx, req, &t.who);
    if (x.why != XL_OK) {
        tell_fault(to, &x);
        return;
    }
    fprintf(to, "real 0x%llx", ll(x.ra));
    if (x.partition_shift) fprintf(to, " guest real 0x%llx", ll(x.gra));
    fprintf(to, " page %s (process %s, partition %s) %c%c%c %s\n", page_size_name(x.page_shift),
            page_size_name(x.process_shift), page_size_name(x.partition_shift), x.prot & PROT_READ_OK ? 'r' : '-',
            x.prot & PROT_WRITE_OK ? 'w' : '-', x.prot & PROT_EXEC_OK ? 'x' : '-', attr_names[x.attr & 3]);
    for (unsigned k = 0; k < x.rc_count; k++)
        fprintf(to, "would set%s%s in the entry at 0x%llx\n", x.rc[k].set & PTE_R ? " R" : "",
                x.rc[k].set & PTE_C ? " C" : "", ll(x.rc[k].entry_ra));
}
