/* SPDX-License-Identifier: Apache-2.0 */
/* One access of a thread that stands still, explained: the walk, what the model makes of it, the interrupt. */
#include "tools/explain.h"

#include <inttypes.h>
#include <stdio.h>
#include <strings.h>

#include "base/log.h"
#include "core/state/fault.h"
#include "core/state/interrupt.h"
#include "core/state/spr.h"
#include "mmu/explain.h"
#include "mmu/mmu.h"
#include "mmu/price.h"

static bool parse_leaf(const char *text, struct price_question *q)
{
    static const u8 shifts[] = {12, 16, 21, 30};
    bool partition = !strncmp(text, "partition=", 10);
    const char *size = partition ? text + 10 : !strncmp(text, "process=", 8) ? text + 8 : text;

    for (unsigned k = 0; k < ARRAY_SIZE(shifts); k++)
        if (!strcasecmp(size, page_size_name(shifts[k]))) {
            *(partition ? &q->partition_shift : &q->process_shift) = shifts[k];
            return true;
        }
    return p9_error("--assume-leaf %.40s: write [process=|partition=] and 4K, 64K, 2M or 1G", text);
}

static void tell_arrays(const struct mmu_price *now, struct xlate_req req)
{
    const char *side = req.access == ACCESS_FETCH ? "I" : "D";

    if (now->in_erat)
        printf("the %s-ERAT has it: nothing is read; behind it the TLB %s\n", side,
               now->in_tlb ? "has it too" : "has not");
    else if (now->in_tlb)
        printf("the %s-ERAT has not, the TLB has it: nothing is read, %llu cycles\n", side,
               (unsigned long long)now->look_up_cycles);
    else printf("neither the %s-ERAT nor the TLB has it: a walk\n", side);
}

/* The same with leaves of other sizes. */
static bool tell_assumed(const struct mmu *mmu, struct price_question q)
{
    struct mmu_price price;

    q.cold = false;
    if (!mmu_price(mmu, &q, &price)) return false;
    mmu_explain_price(stdout, "with the assumed leaves, a walk now", &price);
    q.cold = true;
    if (!mmu_price(mmu, &q, &price)) return false;
    mmu_explain_price(stdout, "with the assumed leaves, a cold walk", &price);
    return true;
}

/* What an interrupt may set, made recognizable. */
#define UNSET 0x5e7a5e7a5e7a5e7aULL
static void unset_registers(struct sprs *spr)
{
    spr->SRR0 = spr->SRR1 = spr->HSRR0 = spr->HSRR1 = spr->USRR0 = spr->USRR1 = UNSET;
    spr->DAR = spr->DSISR = spr->HDAR = spr->HDSISR = spr->ASDR = spr->HEIR = UNSET;
}

/* Registers that the fault would set, by setting them: the run is over. */
static void tell_interrupt(struct thread *t, const struct xlate *x, struct xlate_req req)
{
    static struct sprs before;

    fault_storage(t, x, req.ea, req.access);
    unset_registers(&t->spr);
    before = t->spr;
    printf("interrupt: %s\n", interrupt_rows[t->fault.row].text);
    interrupt_take(t, t->nia);
    printf("  %-8s 0x%016" PRIx64 "\n", "vector", t->nia);
    printf("  %-8s 0x%016" PRIx64 "\n", "MSR", t->msr);
    EACH_SPR(row) {
        u64 old = *(const u64 *)(const void *)((const char *)&before + row->offset), now = *spr_field(t, row);
        if (!row->is_alias && old != now) printf("  %-8s 0x%016" PRIx64 "\n", row->name, now);
    }
}

static bool assumed_leaves(const struct options *o, struct price_question *q)
{
    for (unsigned k = 0; k < o->assume_leaf.count; k++)
        if (!parse_leaf(o->assume_leaf.item[k], q)) return false;
    return true;
}

bool explain_options_are_good(const struct options *o)
{
    struct price_question ignored = {.cold = true};

    if (o->assume_leaf.count && o->config.model == MODEL_NONE)
        return p9_error("--assume-leaf: --model none has no prices; use --model mmu");
    return assumed_leaves(o, &ignored);
}

bool explain_access(const struct options *o, struct thread *t, struct xlate_req req)
{
    struct price_question q = {.req = req}, cold = {.req = req, .cold = true};
    const struct xlate_ctx *ctx = mmu_context(t->mmu);
    struct xlate x = mmu_walk(ctx, req, NULL);
    struct mmu_price now, price;
    bool modelled = o->config.model != MODEL_NONE;

    if (!assumed_leaves(o, &q)) return false;
    if (modelled &&
        (!mmu_price(t->mmu, &(struct price_question){.req = req}, &now) || !mmu_price(t->mmu, &cold, &price)))
        return false;
    mmu_explain(stdout, ctx, req, modelled ? &now : NULL);
    if (modelled && price.steps) { /* real mode asks no table */
        tell_arrays(&now, req);
        mmu_explain_price(stdout, "a walk now", &now);
        mmu_explain_price(stdout, "a cold walk", &price);
        if ((q.process_shift || q.partition_shift) && !tell_assumed(t->mmu, q)) return false;
    }
    if (x.why != XL_OK) tell_interrupt(t, &x, req);
    return true;
}
