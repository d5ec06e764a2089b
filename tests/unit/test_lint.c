/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each rule of traces/lint.def finds what breaks it, and nothing in what does not.  Records are written out by hand;
 * the walk is a process of a guest: the host has its tables at 0x10000 on, the guest at 0x40000 on, which lie at
 * 0x240000.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/power.h"
#include "core/state/interrupt.h"
#include "tests/support/suite.h"
#include "traces/lint.h"

enum { NOP = 0x60000000, B_16 = 0x48000010, BLR = 0x4e800020, LD = 0xe8640000, STDCX = 0x7c6021ad, RFID = 0x4c000024 };

static struct isa *isa;
static struct lint *lint;
static struct trace_source source;
static FILE *out;
static char *text;
static size_t size;

static struct retire record[16];
static struct retire_access access_[16];
static struct walk_read read_[64];
static struct insn_facts facts[16];
static unsigned records, accesses, reads;

static void begin(void)
{
    isa = isa_new();
    source = (struct trace_source){.format = "state"};
    records = accesses = reads = 0;
}

static void done(void)
{
    fclose(out);
    free(text);
    out = NULL;
    isa_free(isa);
}

static void open_lint(u64 most)
{
    if (out) fclose(out);
    if (out) free(text);
    out = open_memstream(&text, &size);
    lint = lint_open(out, "t", isa, &source, most);
    ck_assert_ptr_nonnull(lint);
}

static struct retire *insn(u32 word, u64 cia, u64 nia)
{
    struct insn_facts *f = &facts[records];
    struct retire *r = &record[records++];
    const struct insn_row *row;

    *f = (struct insn_facts){.word = word, .row = (u16)isa_find(isa, word), .learned = true};
    row = isa_row(isa, f->row);
    f->issue_class = (u8)row->issue_class;
    f->is = (u8)((row->flags & LOADS ? IS_LOAD : 0) | (row->flags & STORES ? IS_STORE : 0) |
                 (row->flags & BRANCHES ? IS_BRANCH : 0));
    for (unsigned k = 0; k < FACTS_SPRS; k++) f->spr_in[k] = f->spr_out[k] = FACTS_NO_SPR;
    *r = (struct retire){.cia = cia, .nia = nia, .ra = cia, .facts = f, .kind = RETIRE_INSN, .fetch_shift = 16};
    r->access = (u16)accesses;
    if (f->is & IS_BRANCH && nia != cia + 4) r->flags = RETIRE_TAKEN;
    return r;
}

static struct insn_facts *facts_of(const struct retire *r)
{
    return &facts[r - record];
}

static struct retire_access *access_of(struct retire *r, u64 ea, u64 ra)
{
    struct retire_access *a = &access_[accesses++];

    *a = (struct retire_access){
        .ea = ea, .ra = ra, .size = 8, .kind = ACCESSED_LOAD, .by = TRANSLATED_BY_ERAT, .page_shift = 16};
    a->read = reads;
    r->accesses++;
    return a;
}

static struct retire *event(enum retire_kind kind)
{
    struct retire *r = &record[records++];

    *r = (struct retire){.kind = (u8)kind, .access = (u16)accesses};
    return r;
}

static void context(u64 msr)
{
    struct retire *r = event(RETIRE_CONTEXT);

    r->context.msr = msr;
    r->context.lpid = r->context.pid = 1;
    r->context.partition = r->context.level = 1;
}

/* What the block breaks: names of rules, each followed by a blank, in the order of lint.def. */
static const char *broken(void)
{
    static char names[256];
    char *at = names;

    *at = 0;
    for (unsigned k = 0; k < LINT_RULES; k++) {
        char line[64], *found;
        unsigned long long checked, violated = 0;

        snprintf(line, sizeof line, "\n%-12s ", lint_rules[k].name);
        found = strstr(text, line);
        ck_assert_ptr_nonnull(found);
        if (sscanf(found + strlen(line), "%llu %llu", &checked, &violated) == 2 && violated)
            at += sprintf(at, "%s ", lint_rules[k].name);
    }
    return names;
}

static void expect(const char *rules)
{
    const struct retire_block block = {.record = record, .access = access_, .read = read_, .count = records};

    open_lint(20);
    lint_block(lint, &block);
    lint_summary(lint);
    fflush(out);
    ck_assert_str_eq(broken(), rules);
    ck_assert_int_eq(lint_violations(lint) != 0, *rules != 0);
    lint_close(lint);
}

/* ---- control ---- */

START_TEST(what_holds_together_breaks_nothing)
{
    context(MSR_SF | MSR_IR | MSR_DR | MSR_PR);
    insn(NOP, 0x1000, 0x1004);
    insn(B_16, 0x1004, 0x1014);
    access_of(insn(LD, 0x1014, 0x1018), 0x20008, 0x50008);
    access_of(insn(LD, 0x1018, 0x101c), 0x20008, 0x50008);
    insn(BLR, 0x101c, 0x8000);
    expect("");
}
END_TEST

START_TEST(an_instruction_that_nothing_leads_to_is_found)
{
    insn(NOP, 0x1000, 0x1004);
    insn(NOP, 0x1008, 0x100c);
    expect("place ");
    ck_assert_ptr_nonnull(
        strstr(text, "t: instruction 1 at 0000000000001008: place: the last record has led to 1004\n"));
}
END_TEST

START_TEST(parts_that_were_left_out_are_no_finding)
{
    source.has_gaps = true;
    insn(NOP, 0x1000, 0x1004);
    insn(NOP, 0x1008, 0x100c);
    expect("");
}
END_TEST

START_TEST(an_interrupt_explains_where_control_is)
{
    struct retire *r;

    context(MSR_SF | MSR_PR);
    insn(NOP, 0x1000, 0x1004);
    r = event(RETIRE_INTERRUPT);
    r->interrupt.from = 0x1004;
    r->interrupt.to = 0x500;
    r->interrupt.number = INTERRUPT_EXTERNAL;
    r->interrupt.msr = MSR_SF | MSR_HV;
    context(MSR_SF | MSR_HV);
    insn(NOP, 0x500, 0x504);
    expect("");
}
END_TEST

START_TEST(an_interrupt_from_elsewhere_or_to_no_vector_is_found)
{
    for (unsigned k = 0; k < 2; k++) {
        struct retire *r;

        records = 0;
        insn(NOP, 0x1000, 0x1004);
        r = event(RETIRE_INTERRUPT);
        r->interrupt.from = k ? 0x1004 : 0x1008;
        r->interrupt.to = k ? 0x520 : 0x500;
        r->interrupt.number = INTERRUPT_EXTERNAL;
        expect("interrupt ");
    }
}
END_TEST

START_TEST(a_branch_that_misses_its_target_is_found)
{
    insn(B_16, 0x1000, 0x1020);
    expect("next ");
}
END_TEST

START_TEST(what_is_no_branch_does_not_jump)
{
    insn(NOP, 0x1000, 0x1020);
    expect("next ");
}
END_TEST

START_TEST(a_branch_that_is_not_told_as_taken_is_found)
{
    insn(B_16, 0x1000, 0x1010)->flags = 0;
    expect("taken ");
}
END_TEST

START_TEST(facts_that_are_not_those_of_the_word_are_found)
{
    facts_of(insn(NOP, 0x1000, 0x1004))->is = IS_BRANCH;
    expect("facts ");
}
END_TEST

START_TEST(a_register_that_there_is_not_is_found)
{
    facts_of(insn(NOP, 0x1000, 0x1004))->spr_in[0] = 1024;
    expect("registers ");
}
END_TEST

START_TEST(what_did_not_complete_leads_nowhere)
{
    insn(NOP, 0x1000, 0x1004)->flags = RETIRE_FAULTED;
    expect("flags ");
}
END_TEST

START_TEST(a_return_that_no_instruction_makes_is_found)
{
    struct retire *r = event(RETIRE_RETURN);

    r->back.from = 0x1000;
    r->back.to = 0x8000;
    insn(RFID, 0x1000, 0x9000);
    expect("return ");
}
END_TEST

START_TEST(privilege_without_an_interrupt_is_found)
{
    context(MSR_SF | MSR_PR);
    insn(NOP, 0x1000, 0x1004);
    context(MSR_SF);
    insn(NOP, 0x1004, 0x1008);
    expect("privilege ");
}
END_TEST

START_TEST(privilege_is_given_up_by_what_writes_msr)
{
    struct retire *r;

    context(MSR_SF);
    insn(NOP, 0x1000, 0x1004);
    context(MSR_SF | MSR_PR);
    r = insn(RFID, 0x1004, 0x1008);
    facts_of(r)->named_out = NAMED_MSR;
    expect("");
    facts_of(r)->named_out = 0;
    expect("privilege ");
}
END_TEST

START_TEST(a_partition_of_two_levels_is_found)
{
    context(MSR_SF);
    context(MSR_SF);
    record[1].context.level = 2;
    expect("partition ");
}
END_TEST

START_TEST(a_record_of_another_thread_is_found)
{
    insn(NOP, 0x1000, 0x1004);
    insn(NOP, 0x1004, 0x1008)->thread = 1;
    expect("thread ");
}
END_TEST

START_TEST(blocks_out_of_order_are_found)
{
    const struct retire_block late = {.record = record, .access = access_, .read = read_, .count = 1, .order = 7};

    insn(NOP, 0x1000, 0x1000);
    record[0].flags = RETIRE_WAITED;
    open_lint(20);
    lint_block(lint, &late);
    lint_block(lint, &late);
    lint_summary(lint);
    fflush(out);
    ck_assert_str_eq(broken(), "order ");
    lint_close(lint);
}
END_TEST

/* ---- storage ---- */

START_TEST(a_load_without_an_address_is_found)
{
    insn(LD, 0x1000, 0x1004);
    expect("access ");
}
END_TEST

START_TEST(an_access_of_what_accesses_nothing_is_found)
{
    access_of(insn(NOP, 0x1000, 0x1004), 0x20000, 0x50000);
    expect("access ");
}
END_TEST

START_TEST(an_access_of_another_size_is_found)
{
    access_of(insn(LD, 0x1000, 0x1004), 0x20000, 0x50000)->size = 4;
    expect("size ");
}
END_TEST

START_TEST(a_real_address_that_ends_otherwise_is_found)
{
    access_of(insn(LD, 0x1000, 0x1004), 0x20000, 0x50008);
    expect("page ");
}
END_TEST

START_TEST(a_page_that_moves_is_found_unless_something_was_invalidated)
{
    for (unsigned k = 0; k < 2; k++) {
        records = accesses = 0;
        context(MSR_SF | MSR_DR);
        access_of(insn(LD, 0x1000, 0x1004), 0x20000, 0x50000);
        if (k) event(RETIRE_INVALIDATION);
        access_of(insn(LD, 0x1004, 0x1008), 0x20000, 0x60000);
        expect(k ? "" : "constant ");
    }
}
END_TEST

START_TEST(only_a_conditional_store_tells_that_it_stored)
{
    insn(NOP, 0x1000, 0x1004)->flags = RETIRE_PERFORMED;
    expect("flags ");
}
END_TEST

/* ---- walks ---- */

enum { HOST = 0x10000, GUEST_TABLES = 0x40000, GUEST_PAGES = 0x20000000, MOVED = 0x200000 };
#define ROOT(at) (PPC_BIT(0) | (at) | 13)
#define DIRECTORY(at) (PTE_VALID | (at) | 9)

static struct walk_step *step(enum walk_kind kind, enum stage stage, unsigned level, u64 at, u64 entry, u64 address)
{
    struct walk_step *s = &read_[reads++].step;

    *s = (struct walk_step){.kind = kind, .stage = stage, .level = (u8)level, .entry_ra = at, .entry = entry};
    s->address = address;
    return s;
}

/* The host's tree: tables at HOST, 0x20000, 0x21000; pages of 2M, of which page n lies at page n + 1. */
static void host_walk(u64 address, unsigned nested_for)
{
    u64 page = address >> 21;

    step(WALK_PDE, STAGE_PARTITION, 1, HOST, DIRECTORY(0x20000ULL), address);
    step(WALK_PDE, STAGE_PARTITION, 2, 0x20000 + (address >> 30) * 8, DIRECTORY(0x21000ULL), address);
    step(WALK_PTE, STAGE_PARTITION, 3, 0x21000 + (page & 511) * 8, PTE_VALID | PTE_LEAF | (page + 1) << 21, address);
    for (unsigned k = 1; k <= 3; k++) read_[reads - k].step.nested_for = (u8)nested_for;
}

/* A guest's process: EA 0x20000 in a page of 2M of the guest at GUEST_PAGES. */
static struct retire_access *guest_walk(void)
{
    struct retire_access *a = access_of(insn(LD, 0x1000, 0x1004), 0x20000, GUEST_PAGES + MOVED + 0x20000);

    a->page_shift = 21;
    a->by = TRANSLATED_BY_WALK;
    step(WALK_PATE, STAGE_PARTITION, 0, 0x8000, ROOT(HOST), 1);
    host_walk(0x80010, 0);
    step(WALK_PRTE, STAGE_PROCESS, 0, 0x80010 + MOVED, ROOT(GUEST_TABLES), 1);
    host_walk(GUEST_TABLES, 1);
    step(WALK_PDE, STAGE_PROCESS, 1, GUEST_TABLES + MOVED, DIRECTORY(0x50000ULL), 0x20000);
    host_walk(0x50000, 2);
    step(WALK_PDE, STAGE_PROCESS, 2, 0x50000 + MOVED, DIRECTORY(0x51000ULL), 0x20000);
    host_walk(0x51000, 3);
    step(WALK_PTE, STAGE_PROCESS, 3, 0x51000 + MOVED, PTE_VALID | PTE_LEAF | GUEST_PAGES, 0x20000);
    host_walk(GUEST_PAGES + 0x20000, 15);
    a->reads = (u8)reads;
    return a;
}

START_TEST(a_walk_of_a_guest_is_followed_to_the_page)
{
    guest_walk();
    ck_assert_uint_eq(reads, 20);
    expect("");
}
END_TEST

START_TEST(an_entry_in_another_table_is_found)
{
    guest_walk();
    read_[2].step.entry_ra += 0x1000;
    expect("table ");
}
END_TEST

START_TEST(an_entry_of_another_address_is_found)
{
    guest_walk();
    read_[2].step.entry_ra += 8;
    expect("index table ");
}
END_TEST

START_TEST(a_guests_entry_that_the_host_has_elsewhere_is_found)
{
    guest_walk();
    read_[8].step.entry_ra += 0x1000 * 16;
    expect("nested ");
}
END_TEST

START_TEST(a_walk_for_another_page_is_found)
{
    guest_walk()->ra += 0x200000;
    expect("answer ");
}
END_TEST

START_TEST(a_walk_with_a_level_too_many_is_found)
{
    guest_walk();
    read_[8].step.level = 6;
    expect("walk ");
}
END_TEST

START_TEST(a_hashed_entry_that_lies_between_two_is_found)
{
    for (unsigned k = 0; k < 2; k++) {
        struct retire_access *a;

        records = accesses = reads = 0;
        a = access_of(insn(LD, 0x1000, 0x1004), 0x20000, 0x50000);
        step(WALK_PTEG, STAGE_PARTITION, 1, 0x7f080010 + k * 8, 1, 0x20000);
        a->reads = 1;
        expect(k ? "index " : "");
    }
}
END_TEST

START_TEST(bits_are_set_in_an_entry_of_the_walk)
{
    for (unsigned k = 0; k < 2; k++) {
        struct retire *r;

        records = accesses = reads = 0;
        r = event(RETIRE_RC);
        r->rc.entry_ra = 0x51000 + MOVED + k * 8;
        guest_walk();
        expect(k ? "rc " : "");
    }
}
END_TEST

/* ---- what is told ---- */

START_TEST(no_more_findings_are_told_than_were_asked_for)
{
    const struct retire_block block = {.record = record, .access = access_, .read = read_, .count = 3};
    unsigned lines = 0;

    for (unsigned k = 0; k < 3; k++) insn(LD, 0x1000 + 4 * k, 0x1004 + 4 * k);
    open_lint(2);
    lint_block(lint, &block);
    lint_summary(lint);
    fflush(out);
    for (const char *at = text; (at = strstr(at, "t: instruction")); at++) lines++;
    ck_assert_uint_eq(lines, 2);
    ck_assert_ptr_nonnull(strstr(text, "... and 1 more\n"));
    ck_assert_ptr_nonnull(strstr(text, "3 instructions, 3 violations\n"));
    lint_close(lint);
}
END_TEST

START_TEST(what_a_format_does_not_say_is_skipped)
{
    source.lacks = TRACE_LACKS_STATE;
    context(MSR_SF | MSR_PR);
    context(MSR_SF);
    insn(NOP, 0x1000, 0x500); /* an interrupt, then */
    expect("");
    ck_assert_ptr_nonnull(strstr(text, "privilege           skipped"));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("lint");
    TCase *t = tcase_create("lint");

    tcase_add_checked_fixture(t, begin, done);
    tcase_add_test(t, what_holds_together_breaks_nothing);
    tcase_add_test(t, an_instruction_that_nothing_leads_to_is_found);
    tcase_add_test(t, parts_that_were_left_out_are_no_finding);
    tcase_add_test(t, an_interrupt_explains_where_control_is);
    tcase_add_test(t, an_interrupt_from_elsewhere_or_to_no_vector_is_found);
    tcase_add_test(t, a_branch_that_misses_its_target_is_found);
    tcase_add_test(t, what_is_no_branch_does_not_jump);
    tcase_add_test(t, a_branch_that_is_not_told_as_taken_is_found);
    tcase_add_test(t, facts_that_are_not_those_of_the_word_are_found);
    tcase_add_test(t, a_register_that_there_is_not_is_found);
    tcase_add_test(t, what_did_not_complete_leads_nowhere);
    tcase_add_test(t, a_return_that_no_instruction_makes_is_found);
    tcase_add_test(t, privilege_without_an_interrupt_is_found);
    tcase_add_test(t, privilege_is_given_up_by_what_writes_msr);
    tcase_add_test(t, a_partition_of_two_levels_is_found);
    tcase_add_test(t, a_record_of_another_thread_is_found);
    tcase_add_test(t, blocks_out_of_order_are_found);
    tcase_add_test(t, a_load_without_an_address_is_found);
    tcase_add_test(t, an_access_of_what_accesses_nothing_is_found);
    tcase_add_test(t, an_access_of_another_size_is_found);
    tcase_add_test(t, a_real_address_that_ends_otherwise_is_found);
    tcase_add_test(t, a_page_that_moves_is_found_unless_something_was_invalidated);
    tcase_add_test(t, only_a_conditional_store_tells_that_it_stored);
    tcase_add_test(t, a_walk_of_a_guest_is_followed_to_the_page);
    tcase_add_test(t, an_entry_in_another_table_is_found);
    tcase_add_test(t, an_entry_of_another_address_is_found);
    tcase_add_test(t, a_guests_entry_that_the_host_has_elsewhere_is_found);
    tcase_add_test(t, a_walk_for_another_page_is_found);
    tcase_add_test(t, a_walk_with_a_level_too_many_is_found);
    tcase_add_test(t, a_hashed_entry_that_lies_between_two_is_found);
    tcase_add_test(t, bits_are_set_in_an_entry_of_the_walk);
    tcase_add_test(t, no_more_findings_are_told_than_were_asked_for);
    tcase_add_test(t, what_a_format_does_not_say_is_skipped);
    suite_add_tcase(s, t);
    return run_suite(s);
}
