/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What hypercalls say of guests and of the tree, read from the caller's registers and storage as hardware left them:
 * hv_guest_state and pt_regs of KVM-HV (Linux, asm/hvcall.h and asm/ptrace.h), operands of tlbie, the caller's
 * partition table, the banner of its kernel.
 *
 * The guest has LPID 1 and pages of 64 KiB: guest real page n is real page 64 + 2n, so that neighbours are apart and
 * what crosses a page is found in two pieces.  The state's guest number lies at byte 8 of it, the virtual processor at
 * 12, PIDR at 208; of the registers the 32 general ones come first, then the address.
 */
#include "core/state/interrupt.h"
#include "core/state/thread.h"
#include "hypervisor/guest_storage.h"
#include "hypervisor/os_term.h"
#include "hypervisor/partition.h"
#include "tests/unit/mmu_world.h"

#include "tests/support/suite.h"

enum { PAGE = 1 << 16, PAGES = 16, STATE = PAGE - 16, REGS = 3 * PAGE - 64, TABLE = 5 * PAGE };
enum {
    ENTER_NESTED = 0xf804,
    SET_TABLE = 0xf800,
    TLB_INVALIDATE = 0xf808,
    RPT_INVALIDATE = 0x448,
    REGISTER_TABLE = 0x37c
};

static struct world world;
static struct partition_tree tree;
static struct thread t;
static u8 lev; /* of sc */

static u64 host_of(u64 gra)
{
    return (64 + gra / PAGE * 2) * PAGE + gra % PAGE;
}

static void begin(void)
{
    u64 radix;

    world_open(&world, 16);
    radix = world_tree(&world, 0);
    for (u64 page = 0; page < PAGES; page++) world_map(&world, radix, 0, page * PAGE, 16, host_of(page * PAGE), L_ALL);
    world_partition(&world, 1, W_VALID | radix, 0);
    ck_assert(partition_tree_open(&tree));
    t = (struct thread){.msr = MSR_SF | MSR_HV, .partitions = &tree, .bus = &world.bus};
    t.spr.PTCR = world.patb;
    t.spr.LPCR = W_LPCR;
    t.partition = partition_l0(&tree);
    lev = 1;
}

static void end(void)
{
    partition_tree_close(&tree);
    world_close(&world);
}

static void put(u64 gra, u64 value, unsigned size, bool le)
{
    for (unsigned k = 0; k < size; k++) world.ram.host[host_of(gra + k)] = (u8)(value >> 8 * (le ? k : size - 1 - k));
}

static void enter(u32 lpid, u64 nia, u64 base)
{
    for (unsigned k = 0; k < 32; k++) t.gpr[k] = base + k;
    t.spr.PIDR = 77;
    t.spr.HSRR0 = nia;
    t.spr.LPIDR = lpid;
    partition_cross(&t, lpid);
}

/* sc 1 in the guest that runs. */
static void call(u64 number, u64 r4, u64 r5, u64 msr)
{
    t.interrupt = INTERRUPT_SYSTEM_CALL;
    t.fault.lev = lev;
    t.spr.SRR1 = msr;
    t.gpr[3] = number;
    t.gpr[4] = r4;
    t.gpr[5] = r5;
    t.gpr[6] = number == RPT_INVALIDATE; /* what: translations of a guest */
    partition_cross(&t, 0);
}

static void write_request(u32 number, u64 nia, u64 base, bool le)
{
    put(STATE, 2, 8, le);
    put(STATE + 8, number, 4, le);
    put(STATE + 12, 0, 4, le);
    put(STATE + 208, 77, 8, le);
    for (unsigned k = 0; k < 32; k++) put(REGS + k * 8, base + k, 8, le);
    put(REGS + 256, nia, 8, le);
}

static void request(u32 number, u64 nia, u64 base, bool le)
{
    write_request(number, nia, base, le);
    call(ENTER_NESTED, STATE, REGS, MSR_SF | (le ? MSR_LE : 0));
}

START_TEST(a_request_is_read_in_the_callers_byte_order_across_pages)
{
    bool le = _i;

    enter(1, 0x100, 1000);
    request(5, 0x2000, 5000, le);
    enter(2, 0x2000, 5000);
    ck_assert_ptr_eq(tree.of_lpid[2]->parent, tree.of_lpid[1]);
    ck_assert_uint_eq(tree.of_lpid[2]->level, 2);
}
END_TEST

START_TEST(other_registers_are_no_answer)
{
    enter(1, 0x100, 1000);
    request(5, 0x2000, 5000, true);
    enter(2, 0x2000, 5001);
    ck_assert_uint_eq(tree.of_lpid[2]->level, 1);
    call(0, 0, 0, MSR_SF);
    enter(3, 0x2004, 5000);
    ck_assert_uint_eq(tree.of_lpid[3]->level, 1);
}
END_TEST

START_TEST(a_program_asks_for_no_guest)
{
    enter(1, 0x100, 1000);
    write_request(5, 0x2000, 5000, true);
    call(ENTER_NESTED, STATE, REGS, MSR_SF | MSR_LE | MSR_PR);
    ck_assert_uint_eq(tree.nesting.waiting_count, 0);
}
END_TEST

START_TEST(a_call_of_the_ultravisor_asks_for_no_guest)
{
    lev = 2;
    enter(1, 0x100, 1000);
    request(5, 0x2000, 5000, true);
    ck_assert_uint_eq(tree.nesting.waiting_count, 0);
}
END_TEST

/* ---- the decoder by itself ---- */

START_TEST(a_request_is_decoded_whole)
{
    struct guest_call call;

    enter(1, 0x100, 1000);
    write_request(5, 0x2000, 5000, true);
    put(STATE + 12, 3, 4, true);
    t.pir = 9;
    t.interrupt = INTERRUPT_SYSTEM_CALL;
    t.spr.SRR1 = MSR_SF | MSR_LE;
    t.gpr[4] = STATE;
    t.gpr[5] = REGS;
    call = guest_call_of(&t, EXIT_H_ENTER_NESTED);
    ck_assert_uint_eq(call.kind, GUEST_CALL_ENTER);
    ck_assert_uint_eq(call.request.number, 5);
    ck_assert_uint_eq(call.request.token, 3);
    ck_assert_uint_eq(call.request.thread, 9);
    ck_assert_uint_eq(call.request.registers.nia, 0x2000);
    ck_assert(!call.request.registers.unknown);
    t.gpr[5] = (u64)PAGES * PAGE;
    ck_assert(guest_call_of(&t, EXIT_H_ENTER_NESTED).request.registers.unknown);
    t.gpr[4] = (u64)PAGES * PAGE;
    ck_assert_uint_eq(guest_call_of(&t, EXIT_H_ENTER_NESTED).kind, GUEST_CALL_OTHER);
}
END_TEST

/* RS, RB of tlbie (III 5.9.3.3): IS in bits 52:53, AP in 56:58. */
static const struct {
    u64 rb;
    bool every_number, by_address;
    u64 first, last;
} invalidations[] = {
    {0x12345078, false, true, 0x12345000, 0x12345fff},          /* IS 0, AP 0b011: taken for 4 KiB */
    {0x12345000 | 5 << 5, false, true, 0x12340000, 0x1234ffff}, /* 64 KiB */
    {0x12345000 | 1 << 5, false, true, 0x12200000, 0x123fffff}, /* 2 MiB */
    {0x52345000 | 2 << 5, false, true, 0x40000000, 0x7fffffff}, /* 1 GiB */
    {0x12345000 | 1 << 10, false, false, 0, ~0ULL},             /* IS 1 */
    {0x12345000 | 2 << 10 | 5 << 5, false, false, 0, ~0ULL},    /* IS 2 */
    {0x12345000 | 3 << 10, true, false, 0, ~0ULL},              /* IS 3 */
};

START_TEST(an_invalidation_is_decoded_as_hardware_reads_tlbie)
{
    struct guest_call call;

    t.gpr[5] = 0xabcd00000000004dULL;
    t.gpr[6] = invalidations[_i].rb;
    call = guest_call_of(&t, EXIT_H_TLB_INVALIDATE);
    ck_assert_uint_eq(call.kind, GUEST_CALL_INVALIDATE);
    ck_assert_uint_eq(call.number, 77);
    ck_assert_uint_eq(call.every_number, invalidations[_i].every_number);
    ck_assert_uint_eq(call.by_address, invalidations[_i].by_address);
    ck_assert_uint_eq(call.first, invalidations[_i].first);
    ck_assert_uint_eq(call.last, invalidations[_i].last);
}
END_TEST

START_TEST(an_invalidation_by_range_is_about_a_guest_only_if_it_says_so)
{
    struct guest_call call;

    t.gpr[4] = 77;
    t.gpr[6] = 1;
    t.gpr[8] = 0x10000;
    t.gpr[9] = 0x30000;
    call = guest_call_of(&t, EXIT_H_RPT_INVALIDATE);
    ck_assert_uint_eq(call.kind, GUEST_CALL_INVALIDATE);
    ck_assert(call.by_address && !call.every_number);
    ck_assert_uint_eq(call.number, 77);
    ck_assert_uint_eq(call.first, 0x10000);
    ck_assert_uint_eq(call.last, 0x2ffff);
    t.gpr[8] = 0;
    t.gpr[9] = ~0ULL;
    call = guest_call_of(&t, EXIT_H_RPT_INVALIDATE);
    ck_assert(!call.by_address);
    ck_assert_uint_eq(call.last, ~0ULL);
    t.gpr[6] = 2;
    ck_assert_uint_eq(guest_call_of(&t, EXIT_H_RPT_INVALIDATE).kind, GUEST_CALL_OTHER);
    ck_assert_uint_eq(guest_call_of(&t, EXIT_H_CEDE).kind, GUEST_CALL_OTHER);
}
END_TEST

START_TEST(pointers_to_nothing_are_ignored)
{
    static const u64 nowhere[] = {(u64)PAGES * PAGE, (u64)PAGES * PAGE - 8, ~0ULL, 1ULL << 59};

    enter(1, 0x100, 1000);
    call(ENTER_NESTED, nowhere[_i], REGS, MSR_SF);
    ck_assert_uint_eq(tree.nesting.waiting_count, 0);
    enter(1, 0x100, 1000);
    call(SET_TABLE, nowhere[_i], 0, MSR_SF);
    enter(1, 0x100, 1000);
    call(TLB_INVALIDATE, 0, 5, MSR_SF);
    enter(1, 0x100, 1000);
    ck_assert_uint_eq(tree.count, 2);
}
END_TEST

/* The caller's table is at TABLE, one page of 4 KiB: 256 entries; it clears entry 5 and says so. */
START_TEST(a_number_ends_with_its_entry_in_the_callers_table)
{
    u32 first;

    put(TABLE + 5 * 16, W_VALID, 8, false);
    enter(1, 0x100, 1000);
    call(SET_TABLE, TABLE, 0, MSR_SF);
    enter(1, 0x100, 1000);
    request(5, 0x2000, 5000, true);
    enter(2, 0x2000, 5000);
    first = tree.of_lpid[2]->id;
    call(0, 0, 0, MSR_SF);
    enter(1, 0x100, 1000);
    call(_i ? RPT_INVALIDATE : TLB_INVALIDATE, _i ? 5 : 0, _i ? 0 : 5, MSR_SF);
    ck_assert(nesting_knows(&tree.nesting, tree.of_lpid[1], 5)); /* the entry is still there */
    put(TABLE + 5 * 16, 0, 8, false);
    enter(1, 0x100, 1000);
    call(_i ? RPT_INVALIDATE : TLB_INVALIDATE, _i ? 5 : 0, _i ? 0 : 5, MSR_SF);
    ck_assert(!nesting_knows(&tree.nesting, tree.of_lpid[1], 5));
    enter(1, 0x100, 1000);
    request(5, 0x2000, 6000, true);
    enter(2, 0x2000, 6000);
    ck_assert_uint_ne(tree.of_lpid[2]->id, first);
    ck_assert_uint_eq(tree.of_lpid[2]->level, 2);
}
END_TEST

START_TEST(a_new_table_is_a_new_kernel_whose_numbers_mean_nobody_yet)
{
    enter(1, 0x100, 1000);
    request(5, 0x2000, 5000, true);
    enter(2, 0x2000, 5000);
    call(0, 0, 0, MSR_SF);
    enter(1, 0x100, 1000);
    call(SET_TABLE, TABLE, 0, MSR_SF);
    ck_assert(!nesting_knows(&tree.nesting, tree.of_lpid[1], 5));
}
END_TEST

START_TEST(a_kernel_is_known_by_its_banner)
{
    static const char decoy[] = "Linux version %s (%s)", banner[] = "Linux version 6.1.0-9-test (somebody) #1";

    for (unsigned k = 0; k < sizeof decoy; k++) put(2 * PAGE + k, (u8)decoy[k], 1, true);
    for (unsigned k = 0; k < sizeof banner; k++) put(4 * PAGE - 20 + k, (u8)banner[k], 1, true); /* in two pages */
    enter(1, 0x100, 1000);
    ck_assert_str_eq(tree.of_lpid[1]->what, "");
    call(REGISTER_TABLE, 0, 0, MSR_SF);
    ck_assert_str_eq(tree.of_lpid[1]->what, "Linux 6.1.0-9-test");
}
END_TEST

/* ---- a kernel that gives up ---- */

enum { RTAS_CALL = 2 * PAGE - 8, RTAS_TEXT = 3 * PAGE - 6 }; /* both in two pages */

static void write_os_term(u32 arguments, const char *text)
{
    put(RTAS_CALL, 0x201f, 4, false);
    put(RTAS_CALL + 4, arguments, 4, false);
    put(RTAS_CALL + 8, 1, 4, false);
    put(RTAS_CALL + 12, RTAS_TEXT, 4, false);
    for (unsigned k = 0; k <= strlen(text); k++) put(RTAS_TEXT + k, (u8)text[k], 1, false);
}

static bool gives_up(enum exit_reason reason, u64 msr, char *words, size_t size)
{
    t.interrupt = INTERRUPT_SYSTEM_CALL;
    t.spr.SRR1 = msr;
    t.gpr[4] = RTAS_CALL;
    return guest_gives_up(&t, reason, words, size);
}

START_TEST(a_kernel_that_gives_up_says_why)
{
    char words[64];

    enter(1, 0x100, 1000);
    write_os_term(1, "OS panic: sysrq triggered crash");
    ck_assert(gives_up(EXIT_H_RTAS, MSR_SF | MSR_LE, words, sizeof words));
    ck_assert_str_eq(words, "sysrq triggered crash");
    ck_assert(gives_up(EXIT_H_RTAS, MSR_SF, words, 6));
    ck_assert_str_eq(words, "sysrq");
    write_os_term(1, "OS panic: with\nmore");
    ck_assert(gives_up(EXIT_H_RTAS, MSR_SF, words, sizeof words));
    ck_assert_str_eq(words, "with");
}
END_TEST

START_TEST(other_calls_give_nothing_up)
{
    char words[64];

    enter(1, 0x100, 1000);
    write_os_term(1, "OS panic: x");
    ck_assert(!gives_up(EXIT_H_CEDE, MSR_SF, words, sizeof words));
    ck_assert(!gives_up(EXIT_H_RTAS, MSR_SF | MSR_PR, words, sizeof words));
    write_os_term(2, "OS panic: x");
    ck_assert(!gives_up(EXIT_H_RTAS, MSR_SF, words, sizeof words));
    write_os_term(1, "OS panics: x");
    ck_assert(!gives_up(EXIT_H_RTAS, MSR_SF, words, sizeof words));
    write_os_term(1, "OS panic: x");
    put(RTAS_CALL + 12, (u64)PAGES * PAGE, 4, false);
    ck_assert(!gives_up(EXIT_H_RTAS, MSR_SF, words, sizeof words));
    t.gpr[4] = (u64)PAGES * PAGE - 12;
    ck_assert(!guest_gives_up(&t, EXIT_H_RTAS, words, sizeof words));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("guest_calls");
    TCase *tests = tcase_create("guest_calls");

    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_loop_test(tests, a_request_is_read_in_the_callers_byte_order_across_pages, 0, 2);
    tcase_add_test(tests, other_registers_are_no_answer);
    tcase_add_test(tests, a_program_asks_for_no_guest);
    tcase_add_test(tests, a_call_of_the_ultravisor_asks_for_no_guest);
    tcase_add_test(tests, a_request_is_decoded_whole);
    tcase_add_loop_test(tests, an_invalidation_is_decoded_as_hardware_reads_tlbie, 0, ARRAY_SIZE(invalidations));
    tcase_add_test(tests, an_invalidation_by_range_is_about_a_guest_only_if_it_says_so);
    tcase_add_loop_test(tests, pointers_to_nothing_are_ignored, 0, 4);
    tcase_add_loop_test(tests, a_number_ends_with_its_entry_in_the_callers_table, 0, 2);
    tcase_add_test(tests, a_new_table_is_a_new_kernel_whose_numbers_mean_nobody_yet);
    tcase_add_test(tests, a_kernel_is_known_by_its_banner);
    tcase_add_test(tests, a_kernel_that_gives_up_says_why);
    tcase_add_test(tests, other_calls_give_nothing_up);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
