/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record of an instruction says what it did: every row of the table, in random states, executed by the run loop and
 * compared with what changed (records_case.h); and every SPR.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/state/spr.h"
#include "tests/support/suite.h"
#include "tests/support/words.h"
#include "tests/unit/records_case.h"

enum { WORDS_OF_A_ROW = 10, STATES_OF_A_WORD = 6, MORE_WORDS = 32, ROUNDS = 16 };

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
    const struct seen *s = &case_seen[number];

    if (!s->completed) return "never completed";
    if (s->claimed & ~s->changed & ~excused(row->name)) return "names as written what never changed:";
    if (s->conditional && !s->performed) return "never performed its store";
    if (s->stores && !(s->first_byte && s->last_byte)) return "its stores claim too much";
    return row->flags & VARIES && !s->varied ? "varies, says its row, and never did" : NULL;
}

static void check_row(const struct world *w, unsigned number)
{
    const char *what = missing(w, number), *name = isa_row(w->isa, number)->name;
    const struct delta idle = {.named = case_seen[number].claimed & ~case_seen[number].changed & ~excused(name)};

    if (!what) return;
    fprintf(stderr, "%s %s%s%s%s%s\n", name, what, delta_text(&idle), idle.named >> OF_GPR & 1 ? " GPR" : "",
            idle.named >> OF_VSR & 1 ? " VSR" : "", idle.named >> OF_CR & 1 ? " CR" : "");
    case_wrong++;
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
        case_run_page(c, words, used, world_state, STATES_OF_A_WORD);
        memset(words, 0, sizeof words);
        used = 0;
    }
}

START_TEST(every_row_is_recorded_as_it_changes_the_world)
{
    struct test_case *c = case_open(false);
    unsigned rows = isa_row_count(c->w->isa);

    ck_assert_uint_le(rows, ROWS_MAX);
    run_rows(c, WORDS_OF_A_ROW, true);
    for (unsigned k = 0; k < ROUNDS; k++) run_rows(c, MORE_WORDS, false);
    for (unsigned row = 0; row < rows; row++) check_row(c->w, row);
    ck_assert_uint_eq(case_wrong, 0);
    ck_assert_uint_gt(case_fetched, case_count / 10 * 9);
    case_close(c);
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
    struct test_case *c = case_open(false);
    u32 words[WORLD_WORDS];
    unsigned count = spr_words(words);

    case_run_page(c, words, count, state_of_hypervisor, 6);
    case_run_page(c, words, count, state_of_ultravisor, 6);
    case_run_page(c, words, count, world_state, 12);
    for (c->slot = 0; c->slot < count; c->slot++) {
        u32 word = words[c->slot];
        unsigned number = (word >> 16 & 31) | (word >> 6 & 0x3e0);
        const struct spr_row *row = spr_find(number);

        if ((c->slot % 2 ? row->write : row->read) == SPR_N) continue;
        state_of_ultravisor(c->w, &c->from);
        world_run(c->w, c->slot, &c->from, true, &c->learned);
        case_check(c, c->learned.completed, "the ultravisor may not");
        case_check(c, names_register(&c->learned.facts, number, c->slot % 2 == 0), "does not name its register");
    }
    ck_assert_uint_eq(case_wrong, 0);
    case_close(c);
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
    case_check(c, count[VALUE_GPR] == (unsigned)__builtin_popcount(f->gpr_in | f->gpr_out), "values of GPRs");
    case_check(c, count[VALUE_VSR] == (unsigned)__builtin_popcountll(f->vsr_in | f->vsr_out), "values of VSRs");
    case_check(c, count[VALUE_CR] == (unsigned)__builtin_popcount(f->cr_in | f->cr_out), "values of CR");
    case_check(c, bytes == accessed, "values of storage");
}

static void run_valued(struct test_case *c)
{
    world_state(c->w, &c->from);
    world_run(c->w, c->slot, &c->from, true, &c->learned);
    if (c->learned.fetched && c->learned.completed && !case_is_assisted(&c->learned)) {
        for (unsigned k = 0; k < c->learned.values; k++)
            case_check(c, value_holds(c, &c->learned.value[k]), "a value is not what it was");
        check_value_count(c);
    }
    world_undo(c->w, &c->learned);
}

START_TEST(values_are_what_registers_and_storage_held)
{
    struct test_case *c = case_open(true);
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
    ck_assert_uint_eq(case_wrong, 0);
    case_close(c);
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
