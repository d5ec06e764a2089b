/* SPDX-License-Identifier: Apache-2.0 */
/* Sources, event queues and firmware's registers; thread contexts have their own tests (test_xive_tima.c). */
#include "xive_fixture.h"
#include "devices/tree.h"
#include "tests/support/suite.h"

#include <libfdt.h>

static struct chip *c;

static void setup(void)
{
    c = chip_new();
}
static void teardown(void)
{
    chip_free(c);
}

/* The table at the top of devices/xive_esb.c. */
static const struct {
    u8 before, after_trigger, after_eoi;
    bool trigger_goes_on, eoi_goes_on;
} states[] = {
    {0, 2, 0, true, false},
    {1, 1, 1, false, false},
    {2, 3, 0, false, false},
    {3, 3, 2, false, true},
};

static void set_pq(unsigned source, u64 state)
{
    get8(c, ESB(source) + 0x10000 + 0xc00 + 0x100 * state);
}

START_TEST(a_trigger_and_an_eoi_change_the_state_bits_as_the_table_says)
{
    simple_source(c, END_W0_UCOND_NOTIFY);
    set_pq(16, states[_i].before);
    ck_assert_uint_eq(pq(c, 16), states[_i].before);
    trigger(c, 16);
    ck_assert_uint_eq(pq(c, 16), states[_i].after_trigger);
    ck_assert_uint_eq(queue_word(c, 8, 0) != 0, states[_i].trigger_goes_on);
}
END_TEST

START_TEST(an_eoi_by_load_and_by_store_sends_a_queued_event)
{
    for (unsigned by_store = 0; by_store < 2; by_store++) {
        u64 answer = states[_i].eoi_goes_on;

        put(c, queue_at(8), 4, 0);
        simple_source(c, END_W0_UCOND_NOTIFY);
        set_pq(16, states[_i].before);
        if (by_store) put8(c, ESB(16) + 0x10400, 0);
        else answer = get8(c, ESB(16) + 0x10000);
        ck_assert_uint_eq(answer, states[_i].eoi_goes_on);
        ck_assert_uint_eq(pq(c, 16), states[_i].after_eoi);
        ck_assert_uint_eq(queue_word(c, 8, 0) != 0, states[_i].eoi_goes_on);
    }
}
END_TEST

START_TEST(setting_the_state_bits_returns_what_they_were)
{
    for (u64 from = 0; from < 4; from++)
        for (u64 to = 0; to < 4; to++) {
            set_pq(5, from);
            ck_assert_uint_eq(get8(c, ESB(5) + 0x10000 + 0xc00 + 0x100 * to), from);
            ck_assert_uint_eq(pq(c, 5), to);
            ck_assert_uint_eq(get(c, ESB(5) + 0x10000 + 0x800, 1), to); /* a byte load gives them, too */
            ck_assert_uint_eq(c->ram.host[SBE + 1], 0x45 | to << 4);    /* sources 4 to 7: only the second changes */
        }
    set_pq(5, 0);
    put8(c, ESB(5) + 0x10f00, 0); /* by store */
    ck_assert_uint_eq(pq(c, 5), 3);
}
END_TEST

START_TEST(store_eoi_needs_to_be_enabled)
{
    simple_source(c, 0);
    put8(c, IC + VC_SBC_CONFIG, 0);
    set_pq(16, 2);
    put8(c, ESB(16) + 0x10400, 0);
    ck_assert_uint_eq(pq(c, 16), 2);
}
END_TEST

START_TEST(a_load_from_a_trigger_page_gives_ones_and_triggers_nothing)
{
    simple_source(c, 0);
    ck_assert_uint_eq(get8(c, ESB(16)), ~0ULL);
    ck_assert_uint_eq(pq(c, 16), 0);
}
END_TEST

START_TEST(an_event_reaches_queue_and_thread_and_an_acknowledge_takes_it)
{
    simple_source(c, END_W0_UCOND_NOTIFY);
    trigger(c, 16);
    ck_assert_uint_eq(queue_word(c, 8, 0), 0x80001234);
    ck_assert(c->line[0][HV_LINE]);
    ck_assert(!c->line[0][OS_LINE]);
    ck_assert(!c->line[1][HV_LINE]);
    ck_assert_uint_eq(get(c, TM_HV + TM_SPC_ACK_HV, 2), 0x8006);
    ck_assert(!c->line[0][HV_LINE]);
    ck_assert_uint_eq(get(c, TM_HV + TM_SPC_ACK_HV, 2), 0x0006); /* nothing more */
    put(c, TM_HV + TM_PHYS + TM_CPPR, 1, 0xff);
    ck_assert(!c->line[0][HV_LINE]);
    trigger(c, 16); /* not ended: queued, not sent */
    ck_assert_uint_eq(queue_word(c, 8, 1), 0);
    get8(c, ESB(16) + 0x10000);
    ck_assert_uint_eq(queue_word(c, 8, 1), 0x80001234);
    ck_assert(c->line[0][HV_LINE]);
}
END_TEST

START_TEST(the_generation_bit_flips_when_the_queue_wraps)
{
    simple_source(c, END_W0_UCOND_NOTIFY);
    put(c, end_at(8) + 4, 4, END_W1_GENERATION | 1023); /* last entry of a 4 KiB queue */
    trigger(c, 16);
    ck_assert_uint_eq(queue_word(c, 8, 1023), 0x80001234);
    ck_assert_uint_eq(get4(c, end_at(8) + 4), 0);
    get8(c, ESB(16) + 0x10c00);
    trigger(c, 16);
    ck_assert_uint_eq(queue_word(c, 8, 0), 0x00001234);
    ck_assert_uint_eq(get4(c, end_at(8) + 4), 1);
    put(c, end_at(8), 4, get4(c, end_at(8)) | 4 << 16); /* 64 KiB: sixteen times as many */
    put(c, end_at(8) + 4, 4, 16383);
    get8(c, ESB(16) + 0x10c00);
    trigger(c, 16);
    ck_assert_uint_eq(queue_word(c, 8, 16383), 0x00001234);
    ck_assert_uint_eq(get4(c, end_at(8) + 4), END_W1_GENERATION);
}
END_TEST

START_TEST(a_masked_or_invalid_entry_drops_the_event_but_leaves_p_set)
{
    simple_source(c, END_W0_UCOND_NOTIFY);
    put8(c, EAS + 8 * 16, _i ? 0 : get8(c, EAS + 8 * 16) | EAS_MASKED);
    trigger(c, 16);
    ck_assert_uint_eq(pq(c, 16), 2);
    ck_assert_uint_eq(queue_word(c, 8, 0), 0);
    ck_assert(!c->line[0][HV_LINE]);
}
END_TEST

START_TEST(an_end_of_priority_ff_queues_but_tells_nobody)
{
    simple_source(c, END_W0_UCOND_NOTIFY);
    set_end(c, 8, END_W0_ENQUEUE | END_W0_UCOND_NOTIFY, HW_NVT, 0xff);
    trigger(c, 16);
    ck_assert_uint_eq(queue_word(c, 8, 0), 0x80001234);
    ck_assert(!c->line[0][HV_LINE]);
}
END_TEST

START_TEST(esn_coalesces_notifications_until_its_eoi)
{
    simple_source(c, 0);
    set_eas(c, 17, 8, 0x99);
    unmask(c, 17);
    trigger(c, 16);
    get(c, TM_HV + TM_SPC_ACK_HV, 2);
    put(c, TM_HV + TM_PHYS + TM_CPPR, 1, 0xff);
    trigger(c, 17);
    ck_assert_uint_eq(queue_word(c, 8, 1), 0x80000099); /* queued, but nobody is disturbed */
    ck_assert(!c->line[0][HV_LINE]);
    ck_assert_uint_eq(get8(c, END_ESB(8) + 0x800), 3);
    ck_assert_uint_eq(get8(c, END_ESB(8)), 1); /* EOI: notify again */
    ck_assert(c->line[0][HV_LINE]);
    ck_assert_uint_eq(get8(c, END_ESB(8) + 0x800), 2);
    ck_assert_uint_eq(get8(c, END_ESB(8) + 0xc00), 2);
    ck_assert_uint_eq(get8(c, END_ESB(8) + 0x800), 0);
}
END_TEST

START_TEST(a_level_source_comes_again_after_its_eoi_while_the_wire_is_up)
{
    simple_source(c, END_W0_UCOND_NOTIFY);
    xive_set_source(c->xive, 16, true);
    xive_set_source(c->xive, 16, true);
    ck_assert_uint_eq(pq(c, 16), 2);
    ck_assert_uint_eq(get8(c, ESB(16) + 0x10000), 1);
    ck_assert_uint_eq(queue_word(c, 8, 1), 0x80001234);
    xive_set_source(c->xive, 16, false);
    ck_assert_uint_eq(get8(c, ESB(16) + 0x10000), 0);
    ck_assert_uint_eq(pq(c, 16), 0);
    ck_assert_uint_eq(queue_word(c, 8, 2), 0);
}
END_TEST

START_TEST(a_source_with_bits_of_its_own_uses_the_notify_port)
{
    simple_source(c, END_W0_UCOND_NOTIFY);
    put8(c, NOTIFY + 0x230, XIVE_TRIGGER_PQ_CHECKED | 16);
    put8(c, NOTIFY + 0x230, XIVE_TRIGGER_PQ_CHECKED | 16);
    xive_trigger(c->xive, 0, 16);
    ck_assert_uint_eq(queue_word(c, 8, 2), 0x80001234);
    ck_assert_uint_eq(pq(c, 16), 0);
    put8(c, NOTIFY, 16); /* not checked: the bits in our table count */
    put8(c, NOTIFY, 16);
    ck_assert_uint_eq(pq(c, 16), 3);
    ck_assert_uint_eq(queue_word(c, 8, 3), 0x80001234);
    ck_assert_uint_eq(queue_word(c, 8, 4), 0);
    put8(c, NOTIFY + 0x800, TRIGGER_IS_END | 8ULL << 32 | 0x77); /* straight to an END */
    ck_assert_uint_eq(queue_word(c, 8, 4), 0x80000077);
}
END_TEST

START_TEST(indirect_tables_are_looked_up_page_by_page_and_holes_are_harmless)
{
    unsigned far = 2048 + 8; /* second page of ENDs */

    simple_source(c, END_W0_UCOND_NOTIFY);
    put8(c, EAS + 8 * 16, EAS_VALID | (u64)far << 32 | 0x55);
    trigger(c, 16); /* a hole */
    put8(c, END_TABLE + 8, VSD_LOCAL(0x200000ULL, 4));
    for (unsigned k = 0; k < 4; k++) put8(c, 0x200000 + 32 * 8 + 8 * k, get8(c, end_at(8) + 8 * k));
    get8(c, ESB(16) + 0x10c00);
    trigger(c, 16);
    ck_assert_uint_eq(queue_word(c, 8, 0), 0x80000055);
    put8(c, END_TABLE + 8, VSD_LOCAL(0x200000ULL, 0)); /* a page of another size: refused */
    get8(c, ESB(16) + 0x10c00);
    trigger(c, 16);
    ck_assert_uint_eq(queue_word(c, 8, 1), 0);
    put8(c, EAS + 8 * 16, EAS_VALID | 0xffffffULL << 32 | 1); /* beyond the table */
    get8(c, ESB(16) + 0x10c00);
    trigger(c, 16);
}
END_TEST

static void watch_end(u64 flags, unsigned index)
{
    put8(c, IC + VC_EQC_CWATCH_SPEC, flags | index);
}

START_TEST(a_cache_watch_replaces_an_end)
{
    watch_end(CWATCH_FULL, 9);
    ck_assert_uint_eq(get8(c, IC + VC_EQC_CWATCH_DAT0), 0);
    for (unsigned k = 4; k-- > 0;) put8(c, IC + VC_EQC_CWATCH_DAT0 + 8 * k, 0x1111 * (k + 1));
    ck_assert_uint_eq(get8(c, IC + VC_EQC_CWATCH_SPEC) & CWATCH_CONFLICT, 0);
    for (unsigned k = 0; k < 4; k++) ck_assert_uint_eq(get8(c, end_at(9) + 8 * k), 0x1111 * (k + 1));
}
END_TEST

START_TEST(an_event_under_a_full_watch_is_a_conflict_and_nothing_is_written)
{
    simple_source(c, END_W0_UCOND_NOTIFY);
    watch_end(CWATCH_FULL, 8);
    get8(c, IC + VC_EQC_CWATCH_DAT0);
    trigger(c, 16);
    put8(c, IC + VC_EQC_CWATCH_DAT0, 0);
    ck_assert_uint_eq(get8(c, IC + VC_EQC_CWATCH_SPEC), CWATCH_FULL | CWATCH_CONFLICT | 8);
    ck_assert_uint_eq(get4(c, end_at(8) + 4), END_W1_GENERATION | 1);
}
END_TEST

START_TEST(a_light_watch_changes_only_what_software_changed)
{
    u64 dat0;

    simple_source(c, END_W0_UCOND_NOTIFY);
    watch_end(0, 8);
    dat0 = get8(c, IC + VC_EQC_CWATCH_DAT0);
    trigger(c, 16); /* moves the queue's pointer in doubleword 0 */
    put8(c, IC + VC_EQC_CWATCH_DAT0 + 16, 0xabcdef);
    put8(c, IC + VC_EQC_CWATCH_DAT0, dat0);
    ck_assert_uint_eq(get8(c, end_at(8) + 16), 0xabcdef);
    ck_assert_uint_eq(get4(c, end_at(8) + 4), END_W1_GENERATION | 1);
}
END_TEST

START_TEST(a_cache_watch_replaces_an_nvt_and_the_pc_bar_shows_it)
{
    put8(c, IC + PC_VPC_CWATCH_SPEC, CWATCH_FULL | 0x81);
    get8(c, IC + PC_VPC_CWATCH_DAT0);
    for (unsigned k = 8; k-- > 0;) put8(c, IC + PC_VPC_CWATCH_DAT0 + 8 * k, k + 100);
    for (unsigned k = 0; k < 8; k++) ck_assert_uint_eq(get8(c, nvt_at(0x81) + 8 * k), k + 100);
    ck_assert_uint_eq(get8(c, PC + (0x81ULL << 16) + 8), 101);
    put(c, PC + (0x81ULL << 16) + 12, 4, 7);
    ck_assert_uint_eq(get8(c, nvt_at(0x81) + 8), 7);
}
END_TEST

START_TEST(what_firmware_polls_for_is_done_at_once)
{
    static const u32 busy[] = {VC_EQC_SCRUB_TRIG, VC_IVC_SCRUB_TRIG, VC_SBC_SCRUB_TRIG,
                               PC_VPC_SCRUB_TRIG, PC_AT_KILL,        VC_AT_MACRO_KILL};
    u64 all = 0;

    for (unsigned k = 0; k < ARRAY_SIZE(busy); k++) {
        put8(c, IC + busy[k], TRIG_VALID | 5);
        ck_assert_uint_eq(get8(c, IC + busy[k]), 5);
    }
    for (unsigned k = 0; k < 5; k++) {
        put8(c, NOTIFY + 0xc00 + 0x80 * k, 0);
        all |= VC_EQC_SYNC_IPI >> k;
    }
    ck_assert_uint_eq(get8(c, IC + VC_EQC_CONFIG), all | VC_EQC_END_s | VC_EQC_END_u);
    put8(c, IC + VC_EQC_CONFIG, 0);
    ck_assert_uint_eq(get8(c, IC + VC_EQC_CONFIG), 0);
    put8(c, IC + PC_THREAD_EN_REG0_CLR, PPC_BIT(4));
    ck_assert_uint_eq(get8(c, IC + PC_THREAD_EN_REG0), PPC_BIT(0) | PPC_BIT(1) | PPC_BIT(5));
}
END_TEST

START_TEST(a_register_is_the_same_by_scom_and_by_mmio)
{
    static const struct {
        u32 scom, offset;
    } pairs[] = {{0x10, 0x080},  {0x20, 0x100},  {0x33, 0x198},  {0x100, 0x400}, {0x110, 0x480},
                 {0x161, 0x708}, {0x200, 0x800}, {0x208, 0x840}, {0x211, 0x908}, {0x214, 0x920},
                 {0x221, 0x988}, {0x22d, 0x890}, {0x231, 0xa08}, {0x234, 0xa20}, {0x23f, 0x8b8}};
    u64 v;

    for (unsigned k = 0; k < ARRAY_SIZE(pairs); k++) {
        ck_assert(bus_read(&c->scoms, c->pir, (0x5013000ULL + pairs[k].scom) * 8, 8, &v));
        ck_assert_uint_eq(v, get8(c, IC + pairs[k].offset));
        if (pairs[k].offset < 0x180) continue; /* not the BARs we speak through */
        scom(c, pairs[k].scom, 0x1000 + k);
        ck_assert_uint_eq(get8(c, IC + pairs[k].offset), 0x1000 + k);
    }
}
END_TEST

START_TEST(nothing_answers_outside_a_valid_bar)
{
    u64 v;

    as_thread(c, 0);
    scom(c, 0x18, VC);
    ck_assert(!bus_read(&c->bus, c->pir, ESB(16) + 0x10800, 8, &v));
    scom(c, 0x19, ~((1ULL << 38) - 1) & CQ_VC_BARM_MASK);
    scom(c, 0x18, VC | CQ_BAR_VALID);
    ck_assert(!bus_read(&c->bus, c->pir, VC + (1ULL << 38), 8, &v));
    scom(c, 0x12, 0);
    ck_assert(!bus_read(&c->bus, c->pir, TM_HV + TM_PHYS, 8, &v));
    scom(c, 0x16, 0);
    ck_assert(!bus_write(&c->bus, c->pir, PC, 8, 0));
    scom(c, 0x10, 0);
    ck_assert(!bus_read(&c->bus, c->pir, IC, 8, &v));
    bus_reset(&c->bus);
    ck_assert(bus_read(&c->scoms, c->pir, 0x5013010ULL * 8, 8, &v));
    ck_assert_uint_eq(v, 0);
}
END_TEST

static void chip1_scom(struct bus *scoms, u32 number, u64 v)
{
    ck_assert(bus_write(scoms, BUS_NO_THREAD, (0x5013000ULL + number) * 8, 8, v));
}

START_TEST(events_cross_from_one_chip_to_the_other)
{
    const u64 up = 1ULL << 42; /* chip 1's windows; its block is 1 */
    struct xive_thread thread = {0x100, {chip_line, c, 6 * LINES + OS_LINE}, {chip_line, c, 6 * LINES + HV_LINE}, {0}};
    struct xive_config config = {.chip_id = 1, .thread_count = 1, .threads = &thread, .bus = &c->bus};
    struct xive *other = xive_new(&config);
    struct bus scoms = {0};

    ck_assert(xive_attach(other, &scoms));
    xive_join(c->xive, other);
    chip1_scom(&scoms, 0x10, (IC + up) | CQ_BAR_VALID | CQ_BAR_64K);
    chip1_scom(&scoms, 0x12, TM | CQ_BAR_VALID | CQ_BAR_64K);
    chip1_scom(&scoms, 0x17, ~((1ULL << 36) - 1) & CQ_PC_BARM_MASK);
    chip1_scom(&scoms, 0x16, (PC + up) | CQ_BAR_VALID);
    set_vsd(c, VST_END, 1, 3ULL << 62 | (NOTIFY + up));
    set_vsd(c, VST_NVT, 1, 3ULL << 62 | (PC + up));
    for (u64 table = VST_END; table <= VST_NVT; table++) {
        u64 address = SETFIELD(VST_TABLE_SELECT, 0ULL, table) | SETFIELD(VST_TABLE_BLOCK, 0ULL, 1);

        put8(c, IC + up + (table == VST_END ? VC_VSD_TABLE_ADDR : PC_VSD_TABLE_ADDR), address);
        put8(c, IC + up + (table == VST_END ? VC_VSD_TABLE_DATA : PC_VSD_TABLE_DATA),
             VSD_LOCAL(table == VST_END ? 0x200000ULL : 0x210000ULL, 4));
    }
    put8(c, IC + up + PC_THREAD_EN_REG0_SET, PPC_BIT(0));
    as_thread(c, 0x100);
    put(c, TM_HV + TM_PHYS + TM_WORD2, 1, TM_VALID);
    put(c, TM_HV + TM_PHYS + TM_CPPR, 1, 0xff);

    put(c, 0x210000 + 64 * 0x80, 4, NVT_W0_VALID); /* NVT 1/80: the thread of chip 1 */
    set_end(c, 8, END_W0_ENQUEUE | END_W0_UCOND_NOTIFY, 1 << NVT_INDEX_BITS | 0x80, 6);
    for (unsigned k = 0; k < 4; k++) put8(c, 0x200000 + 32 * 8 + 8 * k, get8(c, end_at(8) + 8 * k));
    set_eas(c, 16, 8, 0x11);                                           /* END 0/8 here tells the other chip's thread */
    put8(c, EAS + 8 * 17, EAS_VALID | 1ULL << 56 | 8ULL << 32 | 0x22); /* END 1/8 there */
    unmask(c, 16);
    unmask(c, 17);
    trigger(c, 16);
    ck_assert(c->line[6][HV_LINE]);
    ck_assert_uint_eq(get(c, TM_HV + TM_SPC_ACK_HV, 2), 0x8006);
    put(c, TM_HV + TM_PHYS + TM_CPPR, 1, 0xff);
    trigger(c, 17);
    ck_assert(c->line[6][HV_LINE]);
    ck_assert_uint_eq(queue_word(c, 8, 0), 0x80000022); /* both ENDs had the same, still empty queue */
    xive_free(other);
}
END_TEST

START_TEST(an_event_that_is_forwarded_to_where_it_comes_from_is_dropped)
{
    struct log log = {.level = LOG_WARNING};

    simple_source(c, END_W0_UCOND_NOTIFY);
    set_vsd(c, VST_EAS, 0, 3ULL << 62 | NOTIFY);
    c->bus.log = &log;
    trigger(c, 16);
    ck_assert_uint_eq(log.guest_said, 1);
    ck_assert(!c->line[0][HV_LINE]);
    set_vsd(c, VST_EAS, 0, VSD_LOCAL(EAS, 4));
    set_vsd(c, VST_END, 0, 3ULL << 62 | NOTIFY);
    put8(c, NOTIFY, XIVE_TRIGGER_PQ_CHECKED | 16);
    ck_assert_uint_eq(log.guest_said, 2);
    set_vsd(c, VST_END, 0, VSD_LOCAL(END_TABLE, 4) | VSD_INDIRECT);
    put8(c, NOTIFY, XIVE_TRIGGER_PQ_CHECKED | 16);
    ck_assert(c->line[0][HV_LINE]);
    ck_assert_uint_eq(log.guest_said, 2);
}
END_TEST

/* The thread whose store sets an event off has nothing to do with where the event is sent. */
START_TEST(a_forwarded_event_is_no_access_of_the_thread_that_caused_it)
{
    simple_source(c, END_W0_UCOND_NOTIFY);
    set_vsd(c, VST_EAS, 0, 3ULL << 62 | TM_HV);
    trigger(c, 16);
    ck_assert_uint_eq(get(c, TM_HV + TM_USER + TM_NSR, 1), 0); /* the first byte of the message is 0x40 */
}
END_TEST

START_TEST(the_device_tree_node_is_what_firmware_looks_for)
{
    char fdt[1024];
    struct tree tree;
    int node, length;

    tree_start(&tree, fdt, sizeof fdt);
    bus_describe(&c->scoms, &tree);
    ck_assert(tree_finish(&tree));
    node = fdt_node_offset_by_compatible(fdt, -1, "ibm,power9-xive-x");
    ck_assert_int_ge(node, 0);
    ck_assert_uint_eq(get_be32(fdt_getprop(fdt, node, "reg", &length)), 0x5013000);
    ck_assert_int_eq(length, 8);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("xive");
    TCase *tc = tcase_create("xive");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, a_trigger_and_an_eoi_change_the_state_bits_as_the_table_says, 0, 4);
    tcase_add_loop_test(tc, an_eoi_by_load_and_by_store_sends_a_queued_event, 0, 4);
    tcase_add_test(tc, setting_the_state_bits_returns_what_they_were);
    tcase_add_test(tc, store_eoi_needs_to_be_enabled);
    tcase_add_test(tc, a_load_from_a_trigger_page_gives_ones_and_triggers_nothing);
    tcase_add_test(tc, an_event_reaches_queue_and_thread_and_an_acknowledge_takes_it);
    tcase_add_test(tc, the_generation_bit_flips_when_the_queue_wraps);
    tcase_add_loop_test(tc, a_masked_or_invalid_entry_drops_the_event_but_leaves_p_set, 0, 2);
    tcase_add_test(tc, an_end_of_priority_ff_queues_but_tells_nobody);
    tcase_add_test(tc, esn_coalesces_notifications_until_its_eoi);
    tcase_add_test(tc, a_level_source_comes_again_after_its_eoi_while_the_wire_is_up);
    tcase_add_test(tc, a_source_with_bits_of_its_own_uses_the_notify_port);
    tcase_add_test(tc, indirect_tables_are_looked_up_page_by_page_and_holes_are_harmless);
    tcase_add_test(tc, a_cache_watch_replaces_an_end);
    tcase_add_test(tc, an_event_under_a_full_watch_is_a_conflict_and_nothing_is_written);
    tcase_add_test(tc, a_light_watch_changes_only_what_software_changed);
    tcase_add_test(tc, a_cache_watch_replaces_an_nvt_and_the_pc_bar_shows_it);
    tcase_add_test(tc, what_firmware_polls_for_is_done_at_once);
    tcase_add_test(tc, a_register_is_the_same_by_scom_and_by_mmio);
    tcase_add_test(tc, nothing_answers_outside_a_valid_bar);
    tcase_add_test(tc, events_cross_from_one_chip_to_the_other);
    tcase_add_test(tc, an_event_that_is_forwarded_to_where_it_comes_from_is_dropped);
    tcase_add_test(tc, a_forwarded_event_is_no_access_of_the_thread_that_caused_it);
    tcase_add_test(tc, the_device_tree_node_is_what_firmware_looks_for);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
