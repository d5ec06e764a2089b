/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record of an instruction says what it did: every row of the table, in random states, executed by the run loop and
 * compared with what changed (records_world.h).  Each case is executed three times: learned, with everything disturbed
 * that the record does not name as read - the results must be the same -, and described by what was learned before.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/state/interrupt.h"
#include "core/state/spr.h"
#include "tests/support/suite.h"
#include "tests/support/words.h"
#include "tests/unit/records_world.h"

enum {
    ROWS_MAX = 2048,
    WORDS_OF_A_ROW = 10,
    STATES_OF_A_WORD = 6,
    MORE_WORDS = 32,
    ROUNDS = 16,
    OF_GPR = 20,
    OF_VSR,
    OF_CR,
    KINDS
};

/* What was seen of a row, by kind: bits of enum retire_named, and OF_GPR ... for the numbered registers. */
struct seen {
    u32 claimed, changed; /* written as facts say; really written */
    unsigned completed, faulted, varied;
    bool conditional, performed;
    bool stores, first_byte, last_byte; /* of a store access: in main storage at all; they changed */
};
static struct seen seen[ROWS_MAX];
static unsigned cases, fetched;

struct test_case {
    struct world *w;
    unsigned slot;
    struct thread from, other;
    struct outcome learned, disturbed, again;
};

/* What is wrong is told once for each row; the test fails when all of them have been tried. */
static unsigned wrong;
static bool is_wrong[ROWS_MAX + 1];

static void complain(const struct test_case *c, const char *what, const char *more)
{
    static u32 last;
    unsigned row = isa_find(c->w->isa, c->w->word[c->slot]);
    bool *known = &is_wrong[row == ROW_NONE ? ROWS_MAX : row];

    if (!*known || last != c->w->word[c->slot])
        fprintf(stderr, "%s %08x (MSR %016llx): %s%s\n", row == ROW_NONE ? "-" : isa_row(c->w->isa, row)->name,
                c->w->word[c->slot], (unsigned long long)c->from.msr, what, more);
    *known = true;
    last = c->w->word[c->slot];
    wrong++;
}

static void check(const struct test_case *c, bool holds, const char *what)
{
    if (!holds) complain(c, what, "");
}

static void check_changes(const struct test_case *c, const struct thread *before, const struct outcome *o)
{
    struct delta changed, allowed, rest;

    delta_find(before, &o->after, &changed);
    delta_allowed(&o->facts, o->flags, &allowed);
    if (!delta_minus(&changed, &allowed, &rest)) complain(c, "changed without being named:", delta_text(&rest));
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
            complain(c, "stored without a record", "");
            memcpy(w->m->ram.host + WORLD_DATA, w->image + WORLD_DATA, WORLD_DATA_BYTES);
            return;
        }
}

static void check_access(const struct test_case *c, const struct outcome *o, const struct retire_access *a)
{
    if (a->kind == ACCESSED_FETCH) return;
    if (a->kind == ACCESSED_HINT) {
        check(c, !a->ra && !a->page_shift && a->by == TRANSLATED_NOT, "a hint is translated");
        return;
    }
    if (a->flags & ACCESS_REFUSED) {
        check(c, !o->completed, "completed with a refused access");
        return;
    }
    check(c, a->ra == (a->ea & (WORLD_INHIBITED - 1)) || a->ra == (a->ea & ~0xf000000000000000ULL),
          "ea and ra do not belong together");
    check(c, !(o->flags & RETIRE_PERFORMED) || a->kind == ACCESSED_CONDITIONAL, "performed");
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

    check(c, b->fetched && a->completed == b->completed && a->flags == b->flags && a->nia == b->nia,
          "goes another way if what it does not read is changed");
    check(c, same_accesses(a, b), "accesses depend on what it does not read");
    check(c, a->stored == b->stored, "what is stored depends on what it does not read");
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
    if (kinds_of(&rest)) complain(c, "what it does not read decides about", delta_text(&rest));
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

/* The hypervisor is to do the work: it counts as completed and did nothing (core/state/fault.h). */
static bool is_assisted(const struct outcome *o)
{
    return o->interrupts && o->interrupt.interrupt.number == INTERRUPT_SOFT_PATCH;
}

/* Learn, disturb, and let what was learned describe it again. */
static void run_case(struct test_case *c)
{
    const struct outcome *o = &c->learned;

    world_run(c->w, c->slot, &c->from, true, &c->learned);
    cases++;
    fetched += o->fetched;
    if (!o->fetched) return; /* no translation, or an interrupt came first */
    check(c, o->facts.word == c->w->word[c->slot], "word");
    check_changes(c, &c->from, o);
    check_stored(c, o);
    for (unsigned k = 0; k < o->accesses; k++) check_access(c, o, &o->access[k]);
    if (o->facts.row == ROW_NONE) return;
    if (!o->completed || is_assisted(o)) {
        seen[o->facts.row].faulted++;
        return;
    }
    note_row(c, &seen[o->facts.row]);
    world_undo(c->w, o);
    run_disturbed(c);
    world_run(c->w, c->slot, &c->from, false, &c->again);
    world_undo(c->w, &c->again);
    check(c, c->again.completed && facts_equal(&o->facts, &c->again.facts), "is described otherwise the second time");
    check(c, same_accesses(o, &c->again) && o->stored == c->again.stored, "does otherwise");
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

typedef void state_maker(struct world *w, struct thread *state);

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
        if (!c->learned.fetched || !c->learned.completed || is_assisted(&c->learned)) continue;
        if (!first.word) first = c->learned.facts;
        if (facts_equal(&first, &c->learned.facts)) continue;
        row = isa_row(c->w->isa, first.row);
        if (!(row->flags & VARIES))
            complain(c, "does not vary, says its row, and does:", facts_text(&first, &c->learned.facts));
        seen[first.row].varied++;
    }
}

/* ---- every row ---- */

static u32 word_of_row(struct world *w, unsigned row)
{
    const struct pattern *p = isa_pattern(w->isa, row);
    const char *name = isa_row(w->isa, row)->name;

    for (unsigned k = 0; k < 1000; k++) {
        u32 word = p->value | ((u32)world_next(w) & ~p->mask);

        if (!world_one_in(w, 16)) word &= ~p->reserved;
        if (!strcmp(name, "mfspr") || !strcmp(name, "mtspr"))
            word = p->value | (word & 0x03e00000) | W_SPR(spr_rows[world_below(w, spr_row_count)].number & 1023U);
        if (isa_find(w->isa, word) == row) return word;
    }
    ck_abort_msg("no word of row %s", name);
    return 0;
}

/* The kinds that a row names as written and that never differ from what was there, and why. */
static const struct {
    const char *row;
    u32 kinds;
    const char *why;
} never_changed[] = {
    {"callthru", NAMED_HOST, "what the host does is no register"},
    {"xvcvsxwdp", NAMED_FPSCR, "a conversion that is always exact"},
    {"xvcvuxwdp", NAMED_FPSCR, "a conversion that is always exact"},
};

static u32 excused(const char *row)
{
    u32 kinds = 0;

    for (unsigned k = 0; k < ARRAY_SIZE(never_changed); k++)
        if (!strcmp(row, never_changed[k].row)) kinds |= never_changed[k].kinds;
    return kinds;
}

/* What has not been seen of a row yet, or NULL. */
static const char *missing(const struct world *w, unsigned number)
{
    const struct insn_row *row = isa_row(w->isa, number);
    const struct seen *s = &seen[number];

    if (!s->completed) return "never completed";
    if (s->claimed & ~s->changed & ~excused(row->name)) return "names as written what never changed:";
    if (s->conditional && !s->performed) return "never performed its store";
    if (s->stores && !(s->first_byte && s->last_byte)) return "its stores claim too much";
    return row->flags & VARIES && !s->varied ? "varies, says its row, and never did" : NULL;
}

static void check_row(const struct world *w, unsigned number)
{
    const char *what = missing(w, number), *name = isa_row(w->isa, number)->name;
    const struct delta idle = {.named = seen[number].claimed & ~seen[number].changed & ~excused(name)};

    if (!what) return;
    fprintf(stderr, "%s %s%s%s%s%s\n", name, what, delta_text(&idle), idle.named >> OF_GPR & 1 ? " GPR" : "",
            idle.named >> OF_VSR & 1 ? " VSR" : "", idle.named >> OF_CR & 1 ? " CR" : "");
    wrong++;
}

static void run_page(struct test_case *c, const u32 *words, unsigned count, state_maker *make, unsigned states)
{
    for (unsigned le = 0; le < 2; le++) {
        world_place(c->w, words, le);
        for (c->slot = 0; c->slot < count; c->slot++) run_word(c, make, states);
        ck_assert_msg(!memcmp(c->w->m->ram.host, c->w->image, WORLD_BYTES),
                      "an instruction of this page stored elsewhere");
    }
}

static struct test_case *open_case(bool values)
{
    struct test_case *c = NULL;

    ck_assert_int_eq(posix_memalign((void **)&c, 64, sizeof *c), 0);
    c->w = world_open(values);
    return c;
}

static void close_case(struct test_case *c)
{
    world_close(c->w);
    free(c);
}

/* Words of each row, or of each that is not known well enough yet. */
static void run_rows(struct test_case *c, unsigned words_of_a_row, bool all)
{
    unsigned rows = isa_row_count(c->w->isa), used = 0;
    u32 words[WORLD_WORDS] = {0};

    for (unsigned row = 0; row < rows; row++) {
        for (unsigned k = 0; k < words_of_a_row && (all || missing(c->w, row)); k++)
            words[used++] = word_of_row(c->w, row);
        if (!used || (used + words_of_a_row <= WORLD_WORDS && row + 1 < rows)) continue;
        run_page(c, words, used, world_state, STATES_OF_A_WORD);
        memset(words, 0, sizeof words);
        used = 0;
    }
}

START_TEST(every_row_is_recorded_as_it_changes_the_world)
{
    struct test_case *c = open_case(false);
    unsigned rows = isa_row_count(c->w->isa);

    ck_assert_uint_le(rows, ROWS_MAX);
    run_rows(c, WORDS_OF_A_ROW, true);
    for (unsigned k = 0; k < ROUNDS; k++) run_rows(c, MORE_WORDS, false);
    for (unsigned row = 0; row < rows; row++) check_row(c->w, row);
    ck_assert_uint_eq(wrong, 0);
    ck_assert_uint_gt(fetched, cases / 10 * 9);
    close_case(c);
}
END_TEST

/* ---- every SPR ---- */

/* One row after the other: a move from it, a move to it. */
static unsigned spr_words(u32 words[WORLD_WORDS])
{
    unsigned used = 0;

    memset(words, 0, WORLD_WORDS * sizeof words[0]);
    for (unsigned k = 0; k < spr_row_count; k++) {
        if (spr_rows[k].number > 1023) continue;
        words[used++] = W_MFSPR(5, spr_rows[k].number);
        words[used++] = W_MTSPR(spr_rows[k].number, 6);
    }
    return used;
}

static bool names(const u16 numbers[FACTS_SPRS], unsigned number)
{
    for (unsigned k = 0; k < FACTS_SPRS && numbers[k] != FACTS_NO_SPR; k++)
        if (numbers[k] == number) return true;
    return false;
}

/* Of the facts learned of that move: do they name its register, as the number or as what it is a name of? */
static bool names_register(const struct insn_facts *f, unsigned number, bool from)
{
    u32 named = from ? f->named_in : f->named_out;
    u32 wanted = number == SPRN_LR    ? NAMED_LR
                 : number == SPRN_CTR ? NAMED_CTR
                 : number == SPRN_XER ? NAMED_XER | NAMED_SO | NAMED_OV | NAMED_CA
                                      : NAMED_SPR;

    if ((named & wanted) != wanted) return false;
    return wanted != NAMED_SPR || names(from ? f->spr_in : f->spr_out, number);
}

static void state_of_hypervisor(struct world *w, struct thread *state)
{
    world_state_of_software(w, state, false);
}

static void state_of_ultravisor(struct world *w, struct thread *state)
{
    world_state_of_software(w, state, true);
}

START_TEST(every_special_purpose_register_is_named_by_who_moves_it)
{
    struct test_case *c = open_case(false);
    u32 words[WORLD_WORDS];
    unsigned count = spr_words(words);

    run_page(c, words, count, state_of_hypervisor, 6);
    run_page(c, words, count, state_of_ultravisor, 6);
    run_page(c, words, count, world_state, 12);
    for (c->slot = 0; c->slot < count; c->slot++) {
        u32 word = words[c->slot];
        unsigned number = (word >> 16 & 31) | (word >> 6 & 0x3e0);
        const struct spr_row *row = spr_find(number);

        if ((c->slot % 2 ? row->write : row->read) == SPR_N) continue;
        state_of_ultravisor(c->w, &c->from);
        world_run(c->w, c->slot, &c->from, true, &c->learned);
        check(c, c->learned.completed, "the ultravisor may not");
        check(c, names_register(&c->learned.facts, number, c->slot % 2 == 0), "does not name its register");
    }
    ck_assert_uint_eq(wrong, 0);
    close_case(c);
}
END_TEST

/* ---- values ---- */

static bool value_is(const struct retire_value *v, u64 before, u64 after)
{
    return v->before[0] == before && v->after[0] == after;
}

static bool storage_value_holds(const struct test_case *c, const struct retire_value *v)
{
    const struct retire_access *a = &c->learned.access[v->number];
    u64 ra = a->ra + v->offset;

    if (v->number >= c->learned.accesses || v->offset + v->size > a->size) return false;
    return !memcmp(v->before, c->w->image + ra, v->size) && !memcmp(v->after, c->w->m->ram.host + ra, v->size);
}

/* What it says is so before and after. */
static bool value_holds(const struct test_case *c, const struct retire_value *v)
{
    const struct thread *a = &c->from, *b = &c->learned.after;
    unsigned n = v->number;

    switch ((enum retire_value_kind)v->kind) {
    case VALUE_GPR: return value_is(v, a->gpr[n], b->gpr[n]);
    case VALUE_VSR: return !memcmp(v->before, &a->vsr[n], 16) && !memcmp(v->after, &b->vsr[n], 16);
    case VALUE_CR: return value_is(v, a->cr[n], b->cr[n]);
    case VALUE_STORAGE: return storage_value_holds(c, v);
    case VALUE_NAMED:
        switch (1U << n) {
        case NAMED_CTR: return value_is(v, a->ctr, b->ctr);
        case NAMED_LR: return value_is(v, a->lr, b->lr);
        case NAMED_SO: return value_is(v, a->so, b->so);
        case NAMED_FPSCR: return value_is(v, a->fpscr, b->fpscr);
        case NAMED_VSCR: return value_is(v, a->vscr, b->vscr);
        case NAMED_MSR: return value_is(v, a->msr, b->msr);
        case NAMED_XER: return value_is(v, a->xer_rest, b->xer_rest);
        case NAMED_CA: return value_is(v, a->ca * 2U + a->ca32, b->ca * 2U + b->ca32);
        case NAMED_OV: return value_is(v, a->ov * 2U + a->ov32, b->ov * 2U + b->ov32);
        default: return true;
        }
    case VALUE_SPR: {
        int row = spr_row_of(n); /* views and what time changes have no field that says it */
        if (row < 0 || spr_rows[row].number != n || spr_find(n)->get != spr_find(SPRN_SPRG0)->get) return true;
        return value_is(v, *spr_field((struct thread *)(uintptr_t)a, &spr_rows[row]),
                        *spr_field((struct thread *)(uintptr_t)b, &spr_rows[row]));
    }
    }
    return false;
}

/* As many of a kind as registers of that kind are named. */
static void check_value_count(const struct test_case *c)
{
    const struct insn_facts *f = &c->learned.facts;
    unsigned count[VALUE_STORAGE + 1] = {0}, bytes = 0, accessed = 0;

    for (unsigned k = 0; k < c->learned.values; k++) count[c->learned.value[k].kind]++;
    for (unsigned k = 0; k < c->learned.values; k++)
        if (c->learned.value[k].kind == VALUE_STORAGE) bytes += c->learned.value[k].size;
    for (unsigned k = 0; k < c->learned.accesses; k++) {
        const struct retire_access *a = &c->learned.access[k];
        bool moves = a->kind != ACCESSED_FETCH && a->kind != ACCESSED_CACHE && a->kind != ACCESSED_HINT;
        if (moves && !(a->flags & (ACCESS_REFUSED | ACCESS_PROBED))) accessed += a->size;
    }
    check(c, count[VALUE_GPR] == (unsigned)__builtin_popcount(f->gpr_in | f->gpr_out), "values of GPRs");
    check(c, count[VALUE_VSR] == (unsigned)__builtin_popcountll(f->vsr_in | f->vsr_out), "values of VSRs");
    check(c, count[VALUE_CR] == (unsigned)__builtin_popcount(f->cr_in | f->cr_out), "values of CR");
    check(c, bytes == accessed, "values of storage");
}

static void run_valued(struct test_case *c)
{
    world_state(c->w, &c->from);
    world_run(c->w, c->slot, &c->from, true, &c->learned);
    if (c->learned.fetched && c->learned.completed && !is_assisted(&c->learned)) {
        for (unsigned k = 0; k < c->learned.values; k++)
            check(c, value_holds(c, &c->learned.value[k]), "a value is not what it was");
        check_value_count(c);
    }
    world_undo(c->w, &c->learned);
}

START_TEST(values_are_what_registers_and_storage_held)
{
    struct test_case *c = open_case(true);
    u32 words[WORLD_WORDS] = {0};
    unsigned rows = isa_row_count(c->w->isa), used = 0;

    for (unsigned row = 0; row < rows; row++) {
        words[used++] = word_of_row(c->w, row);
        if (used < WORLD_WORDS && row + 1 < rows) continue;
        world_place(c->w, words, row & 1);
        for (c->slot = 0; c->slot < used; c->slot++)
            for (unsigned k = 0; k < 6; k++) run_valued(c);
        used = 0;
    }
    ck_assert_uint_eq(wrong, 0);
    close_case(c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("records");
    TCase *tc = tcase_create("records");

    tcase_add_test(tc, every_row_is_recorded_as_it_changes_the_world);
    tcase_add_test(tc, every_special_purpose_register_is_named_by_who_moves_it);
    tcase_add_test(tc, values_are_what_registers_and_storage_held);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
