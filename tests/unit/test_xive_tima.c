/* SPDX-License-Identifier: Apache-2.0 */
/* Thread contexts: priorities, pushing and pulling, backlog, escalation, groups; and a guest that writes anything. */
#include "xive_fixture.h"
#include "tests/support/suite.h"

static struct chip *c;

static void setup(void)
{
    c = chip_new();
}
static void teardown(void)
{
    chip_free(c);
}

static void cppr(unsigned ring, u8 value)
{
    put(c, TM_HV + ring + TM_CPPR, 1, value);
}

/* Source 20 + p -> END 16 + p -> this NVT at priority p. */
static void source_of_priority(unsigned p, unsigned nvt, u32 flags)
{
    set_eas(c, 20 + p, 16 + p, p);
    set_end(c, 16 + p, END_W0_ENQUEUE | END_W0_UCOND_NOTIFY | flags, nvt, p);
    unmask(c, 20 + p);
}

START_TEST(cppr_masks_what_is_not_more_favored)
{
    open_thread(c, 0);
    source_of_priority(5, HW_NVT, 0);
    cppr(TM_PHYS, 5);
    trigger(c, 25);
    ck_assert(!c->line[0][HV_LINE]);
    ck_assert_uint_eq(get8(c, TM_HV + TM_PHYS) & 0xff, 5); /* PIPR tells all the same */
    cppr(TM_PHYS, 6);
    ck_assert(c->line[0][HV_LINE]);
    cppr(TM_PHYS, 0); /* withdrawn */
    ck_assert(!c->line[0][HV_LINE]);
    ck_assert_uint_eq(get(c, TM_HV + TM_SPC_ACK_HV, 2), 0);
    cppr(TM_PHYS, 9); /* above 7 is "everything" */
    ck_assert_uint_eq(get(c, TM_HV + TM_PHYS + TM_CPPR, 1), 0xff);
    ck_assert_uint_eq(get(c, TM_HV + TM_SPC_ACK_HV, 2), 0x8005);
}
END_TEST

START_TEST(pending_priorities_are_presented_one_after_the_other)
{
    open_thread(c, 0);
    source_of_priority(6, HW_NVT, 0);
    source_of_priority(2, HW_NVT, 0);
    trigger(c, 26);
    trigger(c, 22);
    ck_assert_uint_eq(get(c, TM_HV + TM_SPC_ACK_HV, 2), 0x8002);
    ck_assert(!c->line[0][HV_LINE]); /* 6 is not more favored than 2 */
    cppr(TM_PHYS, 0xff);
    ck_assert(c->line[0][HV_LINE]);
    ck_assert_uint_eq(get(c, TM_HV + TM_SPC_ACK_HV, 2), 0x8006);
    cppr(TM_PHYS, 0xff);
    ck_assert(!c->line[0][HV_LINE]);
}
END_TEST

START_TEST(a_thread_sees_its_own_context_and_a_disabled_or_unknown_one_none)
{
    u64 v;

    open_thread(c, 0);
    open_thread(c, 5);
    cppr(TM_PHYS, 3);
    as_thread(c, 0);
    ck_assert_uint_eq(get(c, TM_HV + TM_PHYS + TM_CPPR, 1), 0xff);
    as_thread(c, 5);
    ck_assert_uint_eq(get(c, TM_HV + TM_PHYS + TM_CPPR, 1), 3);
    put8(c, IC + PC_THREAD_EN_REG0_CLR, PPC_BIT(5));
    ck_assert(!bus_read(&c->bus, c->pir, TM_HV + TM_PHYS, 8, &v));
    put8(c, IC + PC_THREAD_EN_REG0_SET, PPC_BIT(5)); /* back, and reset */
    ck_assert_uint_eq(get(c, TM_HV + TM_PHYS + TM_CPPR, 1), 0);
    ck_assert_uint_eq(get(c, TM_HV + TM_PHYS + TM_WORD2, 1), 0);
    as_thread(c, 2);
    ck_assert(!bus_read(&c->bus, c->pir, TM_HV + TM_PHYS, 8, &v));
    as_thread(c, 0x100);
    ck_assert(!bus_read(&c->bus, c->pir, TM_HV + TM_PHYS, 8, &v));
    as_thread(c, BUS_NO_THREAD);
    ck_assert(!bus_read(&c->bus, c->pir, TM_HV + TM_PHYS, 8, &v));
}
END_TEST

START_TEST(the_indirect_pages_show_the_thread_that_is_named)
{
    u64 v;

    open_thread(c, 4);
    cppr(TM_PHYS, 4);
    as_thread(c, 0);
    ck_assert(!bus_read(&c->bus, c->pir, INDIRECT_TM + TM_PHYS, 8, &v));
    put8(c, IC + PC_TCTXT_INDIR0, PC_TCTXT_INDIR_VALID | SETFIELD(PC_TCTXT_INDIR_THRDID, 0ULL, 4));
    ck_assert_uint_eq(get8(c, INDIRECT_TM + TM_PHYS) >> 48, 4);
    ck_assert_uint_eq(get(c, INDIRECT_TM + TM_PHYS + TM_WORD2, 1), TM_VALID);
    put(c, INDIRECT_TM + TM_PHYS + TM_CPPR, 1, 7);
    as_thread(c, 4);
    ck_assert_uint_eq(get(c, TM_HV + TM_PHYS + TM_CPPR, 1), 7);
}
END_TEST

static void push(unsigned nvt)
{
    put(c, TM_HV + TM_OS + TM_WORD2, 4, 0x80000000u | nvt);
}

START_TEST(a_pushed_context_gets_external_interrupts_until_it_is_pulled)
{
    open_thread(c, 1);
    set_nvt(c, 3);
    source_of_priority(4, 3, 0);
    push(3);
    put(c, TM_OSPAGE + TM_OS + TM_CPPR, 1, 0xff);
    trigger(c, 24);
    ck_assert(c->line[1][OS_LINE]);
    ck_assert(!c->line[1][HV_LINE]);
    ck_assert_uint_eq(get4(c, TM_HV + TM_SPC_PULL_OS), 0x80000003);
    ck_assert(!c->line[1][OS_LINE]);
    ck_assert_uint_eq(get4(c, TM_HV + TM_OS + TM_WORD2), 3);
    push(3); /* IPB was kept */
    ck_assert(c->line[1][OS_LINE]);
    ck_assert_uint_eq(get(c, TM_OSPAGE + TM_SPC_ACK_OS, 2), 0x8004);
    ck_assert(!c->line[1][OS_LINE]);
    put(c, TM_OSPAGE + TM_SPC_SET_OS_PENDING, 1, 2);
    ck_assert(c->line[1][OS_LINE]);
    ck_assert_uint_eq(get(c, TM_OSPAGE + TM_SPC_ACK_OS, 2), 0x8002);
}
END_TEST

START_TEST(an_event_for_a_context_that_nobody_runs_waits_in_its_nvt)
{
    open_thread(c, 0);
    set_nvt(c, 3);
    source_of_priority(4, 3, END_W0_BACKLOG);
    source_of_priority(1, 3, END_W0_BACKLOG);
    trigger(c, 24);
    trigger(c, 21);
    ck_assert_uint_eq(get4(c, nvt_at(3) + 16), 0x4800); /* priorities 1 and 4 */
    put8(c, TM_HV + TM_OS, 0x00ff000000000000ULL);      /* words 0 and 1, as a hypervisor restores them */
    push(3);
    ck_assert(c->line[0][OS_LINE]);
    ck_assert_uint_eq(get4(c, nvt_at(3) + 16), 0);
    ck_assert_uint_eq(get(c, TM_HV + TM_SPC_ACK_OS, 2), 0x8001);
}
END_TEST

START_TEST(the_pool_context_interrupts_through_the_physical_ring)
{
    open_thread(c, 0);
    set_nvt(c, 7);
    source_of_priority(3, 7, 0);
    put(c, TM_HV + TM_POOL, 4, 0xff);
    put(c, TM_HV + TM_POOL + TM_WORD2, 4, 0x80000007);
    ck_assert_uint_eq(get4(c, TM_HV + TM_POOL + TM_WORD2), 0x80000007);
    trigger(c, 23);
    ck_assert(c->line[0][HV_LINE]);
    ck_assert_uint_eq(get(c, TM_HV + TM_SPC_ACK_HV, 2), 0x4003);
    ck_assert(!c->line[0][HV_LINE]);
    cppr(TM_PHYS, 0xff);
    ck_assert(!c->line[0][HV_LINE]);
    ck_assert_uint_eq(get8(c, TM_HV + TM_SPC_PULL_POOL), 0x8000000700000000ULL);
    ck_assert_uint_eq(get4(c, TM_HV + TM_POOL + TM_WORD2), 7);
    ck_assert_uint_eq(get(c, TM_HV + TM_SPC_PULL_PHYS, 1), TM_VALID);
    ck_assert_uint_eq(get(c, TM_HV + TM_PHYS + TM_WORD2, 1), 0);
}
END_TEST

START_TEST(less_privileged_pages_show_and_take_less)
{
    u64 v;

    open_thread(c, 0);
    push(3);
    ck_assert_uint_eq(get4(c, TM_OSPAGE + TM_OS), get4(c, TM_HV + TM_OS));
    ck_assert(!bus_read(&c->bus, c->pir, TM_OSPAGE + TM_OS + TM_WORD2, 4, &v));
    ck_assert(!bus_read(&c->bus, c->pir, TM_OSPAGE + TM_PHYS, 8, &v));
    ck_assert(!bus_write(&c->bus, c->pir, TM_OSPAGE + TM_OS + TM_WORD2, 4, 0));
    ck_assert(!bus_read(&c->bus, c->pir, TM_OSPAGE + TM_SPC_PULL_OS, 4, &v));
    ck_assert(!bus_read(&c->bus, c->pir, TM_OSPAGE + TM_SPC_ACK_HV, 2, &v));
    ck_assert(!bus_write(&c->bus, c->pir, TM_USERPAGE + TM_OS + TM_CPPR, 1, 0));
    ck_assert(!bus_read(&c->bus, c->pir, TM_USERPAGE + TM_OS, 4, &v));
    ck_assert(!bus_read(&c->bus, c->pir, TM_HV + TM_OS + TM_IPB, 1, &v)); /* no operation for that byte */
    ck_assert(!bus_read(&c->bus, c->pir, TM_HV + TM_OS + 2, 4, &v));
    ck_assert_uint_eq(get4(c, TM_HV + 0x180 + TM_OS + TM_WORD2), 0x80000003); /* another snoop port */
}
END_TEST

START_TEST(an_event_nobody_runs_escalates_and_ese_coalesces)
{
    open_thread(c, 0);
    set_nvt(c, 3);
    source_of_priority(4, 3, END_W0_BACKLOG | END_W0_ESCALATE);
    set_end(c, 40, END_W0_ENQUEUE | END_W0_UCOND_NOTIFY, HW_NVT, 6);
    put(c, end_at(20) + 16, 4, 40);
    put(c, end_at(20) + 20, 4, 0xe5c);
    trigger(c, 24);
    ck_assert_uint_eq(queue_word(c, 40, 0), 0x80000e5c);
    ck_assert(c->line[0][HV_LINE]);
    ck_assert_uint_eq(get8(c, END_ESB(20) + 0x10800), 2);
    unmask(c, 24);
    trigger(c, 24);
    ck_assert_uint_eq(queue_word(c, 40, 1), 0);
    ck_assert_uint_eq(get8(c, END_ESB(20) + 0x10800), 3);
    ck_assert_uint_eq(get8(c, END_ESB(20) + 0x10000), 1); /* EOI: escalates again */
    ck_assert_uint_eq(queue_word(c, 40, 1), 0x80000e5c);
    push(3);
    unmask(c, 24);
    put8(c, END_ESB(20) + 0x10c00, 0);
    trigger(c, 24); /* runs now: no escalation */
    ck_assert_uint_eq(queue_word(c, 40, 2), 0);
}
END_TEST

START_TEST(a_silent_gather_end_escalates_for_all_priorities_of_a_guest)
{
    open_thread(c, 0);
    set_nvt(c, 3);
    source_of_priority(4, 3, END_W0_BACKLOG | END_W0_ESCALATE | END_W0_UCOND_ESCALATE);
    put8(c, end_at(20) + 16, 23ULL << 32);
    set_end(c, 23, END_W0_SILENT | END_W0_ESCALATE | END_W0_BACKLOG, 3, 7);
    put8(c, end_at(23) + 16, 40ULL << 32 | 0x9a7);
    set_end(c, 40, END_W0_ENQUEUE | END_W0_UCOND_NOTIFY, HW_NVT, 6);
    trigger(c, 24);
    ck_assert_uint_eq(queue_word(c, 40, 0), 0x800009a7);
    ck_assert_uint_eq(get8(c, END_ESB(20) + 0x10800), 0); /* u: not asked */
    ck_assert_uint_eq(get8(c, END_ESB(23) + 0x10800), 2);
    ck_assert_uint_eq(get4(c, nvt_at(3) + 16), 0x800);
}
END_TEST

START_TEST(ends_tied_into_a_ring_and_ports_that_forward_to_themselves_come_to_an_end)
{
    set_nvt(c, 3);
    source_of_priority(4, 3, END_W0_ESCALATE | END_W0_UCOND_ESCALATE);
    put8(c, end_at(20) + 16, 20ULL << 32);
    trigger(c, 24);
    set_vsd(c, VST_END, 1, 3ULL << 62 | NOTIFY);
    set_vsd(c, VST_EAS, 1, 3ULL << 62 | NOTIFY);
    put8(c, NOTIFY, XIVE_TRIGGER_PQ_CHECKED | 1 << 28 | 9);
    put8(c, NOTIFY, TRIGGER_IS_END | 1ULL << 56);
}
END_TEST

START_TEST(a_group_event_goes_to_a_thread_that_can_take_it)
{
    as_thread(c, 0);
    set_nvt(c, 0x43); /* a group of eight: 0x40..0x47 */
    source_of_priority(4, 0x43, 0);
    put(c, end_at(20) + 28, 4, END_W7_IGNORE | 4 << 16);
    put(c, TM_HV + TM_OS + TM_WORD2, 4, 0x80000041);
    cppr(TM_OS, 2);
    as_thread(c, 5);
    put(c, TM_HV + TM_OS + TM_WORD2, 4, 0x80000046);
    cppr(TM_OS, 6);
    trigger(c, 24);
    ck_assert(!c->line[0][OS_LINE]);
    ck_assert(c->line[5][OS_LINE]);
    ck_assert_uint_eq(get(c, TM_HV + TM_SPC_ACK_OS, 2), 0x8304); /* level 3: of eight */
    ck_assert(!c->line[5][OS_LINE]);
}
END_TEST

START_TEST(a_user_context_is_found_by_its_logical_server)
{
    open_thread(c, 0);
    set_nvt(c, 3);
    push(3);
    put(c, TM_OSPAGE + TM_SPC_USER_CTX, 4, 0x80000011);
    source_of_priority(4, 3, 0);
    put(c, end_at(20) + 24, 4, END_W6_FORMAT | 3);
    put(c, end_at(20) + 28, 4, 0x11);
    ck_assert(!c->line[0][USER_LINE]);
    trigger(c, 24);
    ck_assert(c->line[0][USER_LINE]);
    ck_assert(!c->line[0][OS_LINE]);
    ck_assert_uint_eq(get(c, TM_USERPAGE + TM_SPC_ACK_EBB, 1), TM_NSR_EVENT);
    ck_assert(!c->line[0][USER_LINE]);
    ck_assert_uint_eq(get(c, TM_USERPAGE + TM_SPC_ACK_EBB, 1), 0);
    ck_assert_uint_eq(get4(c, TM_OSPAGE + TM_SPC_USER_CTX), 0x80000011);
}
END_TEST

/* xorshift: the same garbage on every host */
static u64 next_random(u64 *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    return *seed ^= *seed << 17;
}

START_TEST(a_guest_that_writes_anything_anywhere_breaks_nothing)
{
    static const u64 bases[] = {IC,       IC,        NOTIFY, IC + 0x20000, INDIRECT_TM,        TM,
                                TM_HV,    TM_OSPAGE, PC,     VC,           VC + 48 * SET_SIZE, END_TABLE,
                                END_PAGE, NVT_PAGE,  EAS};
    static const u32 pirs[] = {0, 1, 4, 5, 2, BUS_NO_THREAD};
    u64 seed = 0x9e3779b97f4a7c15ULL + (u64)_i, v;

    simple_source(c, 0);
    for (unsigned k = 0; k < 100000; k++) {
        u64 r = next_random(&seed), base = bases[r % ARRAY_SIZE(bases)], value = next_random(&seed);
        unsigned size = 1u << (r >> 8 & 3);
        u64 at = base + (base >= PC && base < IC ? r >> 16 & 0x3fffffff
                         : base == VC            ? r >> 16 & 0x3ffffff
                                                 : r >> 16 & 0xfff);

        if (r >> 60 & 1) at &= ~7ULL;
        if (r >> 61 & 1) value &= 0xffffff; /* some that are nearly sensible */
        as_thread(c, pirs[r >> 50 & 7 & 3]);
        if (r >> 58 & 1) as_thread(c, pirs[(r >> 50) % ARRAY_SIZE(pirs)]);
        if (r >> 62 & 1) (void)!bus_read(&c->bus, c->pir, at, size, &v);
        else (void)!bus_write(&c->bus, c->pir, at, size, value);
        if (k % 1000 == 999) chip_firmware(c);
        if (k % 7 == 0) xive_set_source(c->xive, (u32)value & 0x1fffff, r & 1);
        if (k % 11 == 0) (void)!bus_write(&c->scoms, c->pir, (0x5013000 + (r >> 20) % 0x300) * 8, 8, value);
        if (k % 13 == 0) xive_trigger(c->xive, (u32)r, (u32)value);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("xive_tima");
    TCase *tc = tcase_create("xive_tima");

    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, cppr_masks_what_is_not_more_favored);
    tcase_add_test(tc, pending_priorities_are_presented_one_after_the_other);
    tcase_add_test(tc, a_thread_sees_its_own_context_and_a_disabled_or_unknown_one_none);
    tcase_add_test(tc, the_indirect_pages_show_the_thread_that_is_named);
    tcase_add_test(tc, a_pushed_context_gets_external_interrupts_until_it_is_pulled);
    tcase_add_test(tc, an_event_for_a_context_that_nobody_runs_waits_in_its_nvt);
    tcase_add_test(tc, the_pool_context_interrupts_through_the_physical_ring);
    tcase_add_test(tc, less_privileged_pages_show_and_take_less);
    tcase_add_test(tc, an_event_nobody_runs_escalates_and_ese_coalesces);
    tcase_add_test(tc, a_silent_gather_end_escalates_for_all_priorities_of_a_guest);
    tcase_add_test(tc, ends_tied_into_a_ring_and_ports_that_forward_to_themselves_come_to_an_end);
    tcase_add_test(tc, a_group_event_goes_to_a_thread_that_can_take_it);
    tcase_add_test(tc, a_user_context_is_found_by_its_logical_server);
    tcase_add_loop_test(tc, a_guest_that_writes_anything_anywhere_breaks_nothing, 0, 4);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
