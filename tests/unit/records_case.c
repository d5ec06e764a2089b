/* SPDX-License-Identifier: Apache-2.0 */
/* Cases and what is compared; see records_case.h. */
#include "tests/unit/records_case.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/state/interrupt.h"
#include "core/state/spr.h"

/* What is case_wrong is told once for each row; the test fails when all of them have been tried. */
unsigned case_wrong, case_count, case_fetched;
struct seen case_seen[ROWS_MAX];
static bool is_wrong[ROWS_MAX + 1];

void case_complain(const struct test_case *c, const char *what, const char *more)
{
    static u32 last;
    unsigned row = isa_find(c->w->isa, c->w->word[c->slot]);
    bool *known = &is_wrong[row == ROW_NONE ? ROWS_MAX : row];

    if (!*known || last != c->w->word[c->slot])
        fprintf(stderr, "%s %08x (MSR %016llx): %s%s\n", row == ROW_NONE ? "-" : isa_row(c->w->isa, row)->name,
                c->w->word[c->slot], (unsigned long long)c->from.msr, what, more);
    *known = true;
    last = c->w->word[c->slot];
    case_wrong++;
}

void case_check(const struct test_case *c, bool holds, const char *what)
{
    if (!holds) case_complain(c, what, "");
}

static void check_changes(const struct test_case *c, const struct thread *before, const struct outcome *o)
{
    struct delta changed, allowed, rest;

    delta_find(before, &o->after, &changed);
    delta_allowed(&o->facts, o->flags, &allowed);
    if (!delta_minus(&changed, &allowed, &rest)) case_complain(c, "changed without being named:", delta_text(&rest));
}

/* ---- storage ---- */

static bool lies_in(const struct outcome *o, u64 ra)
{
    for (unsigned k = 0; k < o->accesses; k++)
        if (access_stores(o, &o->access[k]) && ra - o->access[k].ra < o->access[k].size) return true;
    return false;
}

static void check_stored(const struct test_case *c, const struct outcome *o)
{
    const struct world *w = c->w;

    if (!memcmp(w->m->ram.host + WORLD_DATA, w->image + WORLD_DATA, WORLD_DATA_BYTES)) return;
    for (u64 ra = WORLD_DATA; ra < WORLD_DATA + WORLD_DATA_BYTES; ra++)
        if (w->m->ram.host[ra] != w->image[ra] && !lies_in(o, ra)) {
            case_complain(c, "stored without a record", "");
            memcpy(w->m->ram.host + WORLD_DATA, w->image + WORLD_DATA, WORLD_DATA_BYTES);
            return;
        }
}

static void check_access(const struct test_case *c, const struct outcome *o, const struct retire_access *a)
{
    if (a->kind == ACCESSED_FETCH) return;
    if (a->kind == ACCESSED_HINT) {
        case_check(c, !a->ra && !a->page_shift && a->by == TRANSLATED_NOT, "a hint is translated");
        return;
    }
    if (a->flags & ACCESS_REFUSED) {
        case_check(c, !o->completed, "completed with a refused access");
        return;
    }
    case_check(c, a->ra == (a->ea & (WORLD_INHIBITED - 1)) || a->ra == (a->ea & ~0xf000000000000000ULL),
               "ea and ra do not belong together");
    case_check(c, !(o->flags & RETIRE_PERFORMED) || a->kind == ACCESSED_CONDITIONAL, "performed");
}

/* ---- what a row claims ---- */

static u32 kinds_of(const struct delta *d)
{
    u64 sprs = 0;

    for (unsigned k = 0; k < DELTA_SPRS; k++) sprs |= d->spr[k];
    return d->named | (d->gpr ? 1U << OF_GPR : 0) | (d->vsr ? 1U << OF_VSR : 0) | (d->cr ? 1U << OF_CR : 0) |
           (sprs ? NAMED_SPR : 0);
}

static void note_row(const struct test_case *c, struct seen *s)
{
    const struct outcome *o = &c->learned;
    struct delta changed, claimed = {.gpr = o->facts.gpr_out, .vsr = o->facts.vsr_out, .cr = o->facts.cr_out};
    const u8 *now = c->w->m->ram.host, *before = c->w->image;

    delta_find(&c->from, &o->after, &changed);
    claimed.named = o->facts.named_out;
    s->completed++;
    s->performed |= (o->flags & RETIRE_PERFORMED) != 0;
    s->claimed |= kinds_of(&claimed);
    s->changed |= kinds_of(&changed);
    for (unsigned k = 0; k < o->accesses; k++) {
        const struct retire_access *a = &o->access[k];
        s->conditional |= a->kind == ACCESSED_CONDITIONAL;
        if (!access_stores(o, a)) continue;
        s->stores = true;
        s->first_byte |= now[a->ra] != before[a->ra];
        s->last_byte |= now[a->ra + a->size - 1] != before[a->ra + a->size - 1];
    }
}

/* ---- disturbed ---- */

/* Other bytes everywhere but where it read. */
static void disturb_storage(const struct world *w, const struct outcome *o)
{
    u8 *data = w->m->ram.host + WORLD_DATA;

    for (unsigned k = 0; k < WORLD_DATA_BYTES; k++) data[k] = (u8)~data[k];
    for (unsigned k = 0; k < o->accesses; k++) {
        const struct retire_access *a = &o->access[k];
        if (a->kind == ACCESSED_LOAD || a->kind == ACCESSED_RESERVE)
            memcpy(w->m->ram.host + a->ra, w->image + a->ra, a->size);
    }
}

static void restore_storage(const struct world *w)
{
    memcpy(w->m->ram.host + WORLD_DATA, w->image + WORLD_DATA, WORLD_DATA_BYTES);
}

static bool same_accesses(const struct outcome *a, const struct outcome *b)
{
    const struct retire_access *x = a->access, *y = b->access, *end_x = x + a->accesses, *end_y = y + b->accesses;

    for (;; x++, y++) {
        while (x < end_x && x->kind == ACCESSED_FETCH) x++;
        while (y < end_y && y->kind == ACCESSED_FETCH) y++;
        if (x == end_x || y == end_y) return x == end_x && y == end_y;
        if (x->ea != y->ea || x->ra != y->ra || x->size != y->size || x->kind != y->kind || x->flags != y->flags)
            return false;
    }
}

/* Registers that a record names as written have the same values in both - or, if it does not read them, have kept those
 * from before, as the target of an operation that an enabled exception suppresses does. */
static void check_same_results(struct test_case *c)
{
    const struct outcome *a = &c->learned, *b = &c->disturbed;
    struct delta differ, kept_a, kept_b, rest, read;

    case_check(c, b->fetched && a->completed == b->completed && a->flags == b->flags && a->nia == b->nia,
               "goes another way if what it does not read is changed");
    case_check(c, same_accesses(a, b), "accesses depend on what it does not read");
    case_check(c, a->stored == b->stored, "what is stored depends on what it does not read");
    check_changes(c, &c->other, b);
    delta_find(&a->after, &b->after, &differ); /* what it neither read nor wrote differs as before */
    delta_find(&c->from, &a->after, &kept_a);
    delta_find(&c->other, &b->after, &kept_b);
    kept_a.gpr |= kept_b.gpr; /* changed in either of them */
    kept_a.vsr |= kept_b.vsr;
    kept_a.cr |= kept_b.cr;
    kept_a.named |= kept_b.named;
    for (unsigned k = 0; k < DELTA_SPRS; k++) kept_a.spr[k] |= kept_b.spr[k];
    delta_read(&a->facts, &read);
    rest = (struct delta){.gpr = differ.gpr & (kept_a.gpr | read.gpr),
                          .vsr = differ.vsr & (kept_a.vsr | read.vsr),
                          .cr = differ.cr & (kept_a.cr | read.cr),
                          .named = differ.named & (kept_a.named | read.named)};
    for (unsigned k = 0; k < DELTA_SPRS; k++) rest.spr[k] = differ.spr[k] & (kept_a.spr[k] | read.spr[k]);
    if (kinds_of(&rest)) case_complain(c, "what it does not read decides about", delta_text(&rest));
}

/* What mtspr may merge with what is there, and whose value does not decide what happens next. */
static void disturb_target(struct test_case *c, const struct delta *keep)
{
    static const u16 merged[] = {SPRN_AMR,   SPRN_IAMR, SPRN_BESCR, SPRN_PPR,  SPRN_TEXASR, SPRN_HMER,
                                 SPRN_PSSCR, SPRN_PMCR, SPRN_SPRC,  SPRN_FSCR, SPRN_LPCR};
    const struct insn_facts *f = &c->learned.facts;

    if (!(f->named_out & NAMED_SPR)) return;
    for (unsigned k = 0; k < ARRAY_SIZE(merged); k++) {
        int row = spr_row_of(merged[k]);
        u64 *field = spr_field(&c->other, &spr_rows[row]), mask = spr_rows[row].mask;
        u64 value = (*field & ~mask) | (world_next(c->w) & mask);

        if (merged[k] == SPRN_IAMR && c->from.msr & MSR_IR) continue;
        if (keep->spr[row / 64] >> (row % 64) & 1 || spr_row_of(f->spr_out[0]) != row) continue;
        if (merged[k] == SPRN_LPCR) value = c->from.spr.LPCR ^ LPCR_GTSE;
        if (merged[k] == SPRN_BESCR) value &= ~BESCR_GE;
        *field = value;
    }
}

static void run_disturbed(struct test_case *c)
{
    struct delta keep;

    c->other = c->from;
    delta_read(&c->learned.facts, &keep);
    delta_disturb(c->w, &keep, &c->other);
    disturb_target(c, &keep);
    if (c->learned.accesses) disturb_storage(c->w, &c->learned);
    world_run(c->w, c->slot, &c->other, false, &c->disturbed);
    check_same_results(c);
    if (c->learned.accesses) restore_storage(c->w);
    world_undo(c->w, &c->disturbed);
}

/* ---- interrupts ---- */

/* What an interrupt writes besides the MSR: where it saves, and what says why (III 6.4.3). */
static void check_delivery(const struct test_case *c, const struct outcome *o)
{
    static const u16 written[] = {SPRN_SRR0, SPRN_SRR1,  SPRN_HSRR0, SPRN_HSRR1,  SPRN_USRR0, SPRN_USRR1,
                                  SPRN_DAR,  SPRN_DSISR, SPRN_HDAR,  SPRN_HDSISR, SPRN_ASDR,  SPRN_HEIR};
    const struct thread *t = c->w->t;
    const struct retire *r = &o->interrupt;
    bool vectored = r->interrupt.number == INTERRUPT_SYSTEM_CALL_VECTORED,
         traced = r->interrupt.number == INTERRUPT_TRACE;
    struct delta changed, allowed = {.named = NAMED_MSR | (vectored ? NAMED_LR | NAMED_CTR : 0)}, rest;

    if (!o->interrupts) return;
    for (unsigned k = 0; k < ARRAY_SIZE(written); k++) delta_add_spr(&allowed, written[k]);
    if (traced) delta_add_spr(&allowed, SPRN_SIAR), delta_add_spr(&allowed, SPRN_SDAR);
    delta_find(&o->after, t, &changed);
    if (!delta_minus(&changed, &allowed, &rest)) case_complain(c, "an interrupt wrote", delta_text(&rest));
    case_check(c, o->interrupts == 1 && r->interrupt.msr == t->msr && r->interrupt.to == t->nia,
               "interrupted otherwise");
    case_check(c, r->interrupt.from == o->nia, "the interrupt came from elsewhere");
}

/* ---- one case ---- */

static void fold(const struct insn_facts *a, const struct insn_facts *b, struct delta *read, struct delta *written)
{
    struct delta x, y;

    delta_read(a, &x);
    delta_read(b, &y);
    *read = (struct delta){.gpr = x.gpr ^ y.gpr, .vsr = x.vsr ^ y.vsr, .cr = x.cr ^ y.cr, .named = x.named ^ y.named};
    delta_allowed(a, 0, &x);
    delta_allowed(b, 0, &y);
    *written =
        (struct delta){.gpr = x.gpr ^ y.gpr, .vsr = x.vsr ^ y.vsr, .cr = x.cr ^ y.cr, .named = x.named ^ y.named};
}

/* What only one of them names. */
static const char *facts_text(const struct insn_facts *a, const struct insn_facts *b)
{
    static char text[512];
    struct delta read, written;
    int at;

    fold(a, b, &read, &written);
    at = snprintf(text, sizeof text / 2, " reads%s", delta_text(&read));
    snprintf(text + at, sizeof text - (size_t)at, " writes%s", delta_text(&written));
    return text;
}

bool case_is_assisted(const struct outcome *o)
{
    return o->interrupts && o->interrupt.interrupt.number == INTERRUPT_SOFT_PATCH;
}

/* Learn, disturb, and let what was learned describe it again. */
static void run_case(struct test_case *c)
{
    const struct outcome *o = &c->learned;

    world_run(c->w, c->slot, &c->from, true, &c->learned);
    case_count++;
    case_fetched += o->fetched;
    if (!o->fetched) return; /* no translation, or an interrupt came first */
    case_check(c, o->facts.word == c->w->word[c->slot], "word");
    check_changes(c, &c->from, o);
    check_delivery(c, o);
    check_stored(c, o);
    for (unsigned k = 0; k < o->accesses; k++) check_access(c, o, &o->access[k]);
    if (o->facts.row == ROW_NONE) return;
    if (!o->completed || case_is_assisted(o)) {
        case_seen[o->facts.row].faulted++;
        return;
    }
    note_row(c, &case_seen[o->facts.row]);
    world_undo(c->w, o);
    run_disturbed(c);
    world_run(c->w, c->slot, &c->from, false, &c->again);
    world_undo(c->w, &c->again);
    case_check(c, c->again.completed && facts_equal(&o->facts, &c->again.facts),
               "is described otherwise the second time");
    case_check(c, same_accesses(o, &c->again) && o->stored == c->again.stored, "does otherwise");
    check_changes(c, &c->from, &c->again);
}

/* Where the word goes if it has RA and RB. */
static void aim_reservation(struct test_case *c)
{
    u32 word = c->w->word[c->slot];
    const u64 *gpr = c->from.gpr;
    u64 ea = (word >> 16 & 31 ? gpr[word >> 16 & 31] : 0) + gpr[word >> 11 & 31];

    if (world_one_in(c->w, 2)) c->from.reserve_ra = ea & (WORLD_INHIBITED - 1) & ~127ULL;
}

/* All that a word was learned to do is the same, or its row varies. */
static void run_word(struct test_case *c, state_maker *make, unsigned states)
{
    struct insn_facts first = {0};
    const struct insn_row *row;

    for (unsigned k = 0; k < states; k++) {
        c->w->random = world_next(c->w);
        make(c->w, &c->from);
        aim_reservation(c);
        run_case(c);
        if (!c->learned.fetched || !c->learned.completed || case_is_assisted(&c->learned)) continue;
        if (!first.word) first = c->learned.facts;
        if (facts_equal(&first, &c->learned.facts)) continue;
        row = isa_row(c->w->isa, first.row);
        if (!(row->flags & VARIES))
            case_complain(c, "does not vary, says its row, and does:", facts_text(&first, &c->learned.facts));
        case_seen[first.row].varied++;
    }
}

void case_run_page(struct test_case *c, const u32 *words, unsigned count, state_maker *make, unsigned states)
{
    for (unsigned le = 0; le < 2; le++) {
        world_place(c->w, words, le);
        for (c->slot = 0; c->slot < count; c->slot++) run_word(c, make, states);
        ck_assert_msg(!memcmp(c->w->m->ram.host, c->w->image, WORLD_BYTES),
                      "an instruction of this page stored elsewhere");
    }
}

struct test_case *case_open(bool values)
{
    struct test_case *c = NULL;

    ck_assert_int_eq(posix_memalign((void **)&c, 64, sizeof *c), 0);
    c->w = world_open(values);
    return c;
}

void case_close(struct test_case *c)
{
    world_close(c->w);
    free(c);
}
