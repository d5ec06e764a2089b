/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shape of every special-purpose register: how wide it is, which bits can be written, and which numbers lead to the
 * same register.  The tables below are made from what others say, not from spr.def:
 *
 *   width    the figure of Book III 4.4.4 (openpower-isa's sprs.csv is a copy of it); what is POWER9's own: the widths
 *            of kvm-unit-tests' powerpc/sprs.c, spr_write_generic32() and its kin in QEMU's cpu_init.c, and the sizes
 *            of KVM's one_reg interface.  MMCRC has 32 bits by both of the first two.  PMSR: kvm-unit-tests alone says
 *            32, but Linux reads p-states from bits 0:15 (drivers/cpufreq/powernv-cpufreq.c), so it has 64.
 *   bits     what is left of all ones: reserved fields as Linux (asm/reg.h), QEMU (cpu.h) and the book name them; 64 or
 *            32 ones where nobody names any
 *   twins    the second numbers of the figure; what problem state may see and change through its own: 9.4.4, 9.4.7 and
 *            9.4.8 of the book as QEMU quotes them (power8-pmu-regs.c.inc).  In privileged states the numbers are names
 *            of one register: QEMU (spr_read_ureg), Microwatt (one set of registers) and kvm-unit-tests, which expects
 *            779 to read what was written to 795.
 *   shared   one per core: spr_core_write_generic() and its kin in QEMU, struct p9_sprs of Linux
 *            (platforms/powernv/idle.c), init_shared_sprs of skiboot (asm/head.S); 852, 854, 885 and the scratch
 *            register behind 277 are argued
 *
 * Not here, because one witness only names them: 158 GSR (book), 316 MMCRH and 282 EAR (QEMU), 799 IMC, 861 L2QOSR and
 * 1006 TRACE (kvm-unit-tests).  177 DHDES and 312 RMOR are POWER8's; Linux's xmon reads 177 on POWER9 too.
 */
#include <check.h>
#include <stdlib.h>

#include "core/state/context.h"
#include "core/state/spr.h"
#include "tests/support/state_stub.h"
#include "tests/support/suite.h"

#define ALL ~0ULL
#define LOW 0xffffffffULL
enum { OWN_RULE = 1, READ_ONLY, WRITE_ONLY };

/* bits are those of a write in ultravisor state, by way of the register that starts with 0. */
static const struct {
    unsigned number, width, rule;
    u64 bits;
} shapes[] = {
    {1, 64, OWN_RULE, 0}, /* XER: test_spr */
    {3, 64, 0, 0x1ffffff},
    {8, 64, 0, ALL},
    {9, 64, 0, ALL},
    {13, 64, 0, ALL},
    {17, 64, 0, 0x1ffffff},
    {18, 32, 0, LOW},
    {19, 64, 0, ALL},
    {22, 32, 0, LOW}, /* DEC with LPCR[LD] = 0 */
    {26, 64, 0, ALL},
    {27, 64, 0, ALL},
    {28, 64, 0, ~3ULL},
    {29, 64, 0, ALL},
    {48, 32, 0, 0xfffff},
    {61, 64, 0, 0x5555555555555555},
    {128, 64, 0, ~3ULL},
    {129, 64, 0, ALL},
    {130, 64, 0, ALL},
    {131, 32, 0, LOW},
    {136, 32, READ_ONLY, 0},
    {144, 64, 0, 0xffff},
    {152, 32, WRITE_ONLY, 0},
    {153, 64, 0, 0xff00000000001184},
    {157, 64, 0, ALL},
    {159, 32, 0, LOW},
    {176, 64, 0, 1},
    {177, 64, 0, 1},
    {180, 64, 0, ~7ULL},
    {186, 64, 0, ALL},
    {187, 64, 0, ALL},
    {188, 32, 0, 0xfcff},
    {190, 64, 0, 0xff000000000005bf},
    {256, 32, 0, LOW},
    {259, 64, READ_ONLY, 0},
    {268, 64, READ_ONLY, 0},
    {269, 32, READ_ONLY, 0},
    {272, 64, 0, ALL},
    {273, 64, 0, ALL},
    {274, 64, 0, ALL},
    {275, 64, 0, ALL},
    {276, 64, OWN_RULE, 0}, /* SPRC takes indices: test_spr */
    {277, 64, 0, ALL},
    {283, 32, READ_ONLY, 0},
    {284, 32, WRITE_ONLY, 0}, /* the time base's numbers for writing: test_timer */
    {285, 32, WRITE_ONLY, 0},
    {286, 64, WRITE_ONLY, 0},
    {287, 32, READ_ONLY, 0},
    {304, 64, 0, ALL},
    {305, 64, 0, ALL},
    {306, 32, 0, LOW},
    {307, 64, 0, ALL},
    {308, 64, 0, ALL},
    {309, 64, 0, ALL},
    {310, 64, 0, ALL},
    {312, 64, 0, 0x00ffffffffffffff},
    {313, 64, 0, 0x00fffffffff00000},
    {314, 64, 0, ALL},
    {315, 64, 0, ALL},
    {317, 64, OWN_RULE, 0}, /* TFMR is a machine: test_timer */
    {318, 64, 0, 0x7070400003f7fe1b},
    {319, 32, 0, 0xfff},
    {336, 64, OWN_RULE, 0}, /* HMER is and-ed: test_spr */
    {337, 64, 0, ALL},
    {338, 64, 0, 0x200000000000000e},
    {339, 32, 0, LOW},
    {349, 64, 0, ALL},
    {446, 64, READ_ONLY, 0},
    {464, 64, 0, 0x0ffffffffffff01f},
    {496, 64, 0, ALL},
    {497, 64, 0, ALL},
    {505, 64, 0, 0x00fffffffff00000},
    {506, 64, 0, ALL},
    {507, 64, 0, ALL},
    {511, 64, 0, 0xc000000000000003},
    {768, 64, READ_ONLY, 0},
    {769, 64, 0, ALL},
    {770, 64, 0, ALL},
    {771, 32, 0, LOW},
    {772, 32, 0, LOW},
    {773, 32, 0, LOW},
    {774, 32, 0, LOW},
    {775, 32, 0, LOW},
    {776, 32, 0, LOW},
    {779, 64, 0, ALL},
    {780, 64, READ_ONLY, 0},
    {781, 64, READ_ONLY, 0},
    {782, 64, READ_ONLY, 0},
    {784, 64, 0, ALL},
    {785, 64, 0, ALL},
    {786, 64, 0, ALL},
    {787, 32, 0, LOW},
    {788, 32, 0, LOW},
    {789, 32, 0, LOW},
    {790, 32, 0, LOW},
    {791, 32, 0, LOW},
    {792, 32, 0, LOW},
    {795, 64, 0, ALL},
    {796, 64, 0, ALL},
    {797, 64, 0, ALL},
    {798, 64, 0, ALL},
    {800, 64, 0, 0x80000003c0000003}, /* BESCR: set */
    {801, 32, 0, 0x80000003},
    {802, 64, OWN_RULE, 0}, /* reset: test_spr */
    {803, 32, OWN_RULE, 0},
    {804, 64, 0, ~3ULL},
    {805, 64, 0, ~3ULL},
    {806, 64, 0, 0x80000003c0000003},
    {815, 64, 0, ALL},
    {816, 64, 0, ALL},
    {823, 64, 0, 0x3ff},
    {848, 64, 0, ALL},
    {849, 64, 0, ALL},
    {850, 64, 0, ALL},
    {851, 32, 0, LOW},
    {852, 64, 0, ALL},
    {853, 64, READ_ONLY, 0},
    {854, 64, 0, ALL},
    {855, 64, 0, 0x7f03ff},
    {880, 64, WRITE_ONLY, 0},
    {881, 64, WRITE_ONLY, 0},
    {882, 64, WRITE_ONLY, 0},
    {884, 64, 0, 0x00ff000000000000},
    {885, 64, 0, ALL},
    {888, 64, 0, ALL},
    {889, 64, 0, ALL},
    {890, 64, 0, ALL},
    {892, 32, 0, LOW},
    {893, 32, 0, LOW},
    {894, 64, 0, ALL},
    {895, 64, 0, ALL},
    {896, 64, 0, 0x001c000000000000}, /* the hypervisor may choose priority 7 */
    {898, 32, 0, 0x1c0000},
    {921, 32, 0, LOW},
    {922, 64, 0, ALL},
    {1008, 64, 0, ALL},
    {1023, 32, READ_ONLY, 0},
};

/* number: problem state's or the narrower one; shows bits of register `of`, shifted right; seen and changed are what
 * problem state sees and changes of it by this number. */
static const struct {
    unsigned number, of, shift;
    u64 seen, changed;
} twins[] = {
    {3, 17, 0, ALL, ALL},
    {13, 29, 0, ALL, 0x00ff00ff00ff00ff}, /* UAMOR, below */
    {131, 130, 32, LOW, LOW},
    {259, 275, 0, ALL, 0},
    {269, 268, 32, LOW, 0},
    {768, 784, 0, ALL, 0},
    {769, 785, 0, 0x4020100804020000, 0x4020100804020000},
    {770, 786, 0, ALL, 0},
    {771, 787, 0, ALL, ALL},
    {772, 788, 0, ALL, ALL},
    {773, 789, 0, ALL, ALL},
    {774, 790, 0, ALL, ALL},
    {775, 791, 0, ALL, ALL},
    {776, 792, 0, ALL, ALL},
    {779, 795, 0, 0x84000080, 0x84000080}, /* FC, PMAE, PMAO */
    {780, 796, 0, ALL, 0},
    {781, 797, 0, ALL, 0},
    {782, 798, 0, ALL, 0},
    {898, 896, 32, LOW, 0},
};

static const unsigned shared[] = {186, 277, 313, 337, 464, 505, 511, 851, 852, 854, 884, 885, 921, 922, 1008};

static struct state_stub stub;
static struct thread *t;

#define PROBLEM (MSR_SF | MSR_TM | MSR_PR | MSR_EE | MSR_IR | MSR_DR)
#define SUPERVISOR (MSR_SF | MSR_TM)
#define HYPERVISOR_STATE (MSR_SF | MSR_TM | MSR_HV)
#define ULTRAVISOR (HYPERVISOR_STATE | MSR_S)

static void setup(void)
{
    state_stub_reset(&stub);
    t = &stub.thread[0];
    t->spr.FSCR = 0x1184; /* every facility */
    t->spr.HFSCR = 0x5bf;
    t->spr.MMCR0 = SETFIELD(MMCR0_PMCC, 0ULL, 2); /* problem state may read and write its part */
    t->spr.AMOR = ~0ULL;
    t->spr.UAMOR = 0x00ff00ff00ff00ff;
    thread_set_msr(t, ULTRAVISOR);
}

static u64 get(unsigned number)
{
    u64 value = 0x5a5a5a5a5a5a5a5a;

    ck_assert_msg(spr_read(t, number, &value) == SPR_DONE, "mfspr %u", number);
    return value;
}

/* Whether the number may be written here. */
static bool put(unsigned number, u64 value)
{
    enum spr_result result = spr_write(t, number, value);

    return result == SPR_DONE || result == SPR_CONTEXT;
}

START_TEST(a_register_keeps_the_bits_that_it_has)
{
    unsigned number = shapes[_i].number;

    if (shapes[_i].rule) return;
    ck_assert(put(number, 0));
    ck_assert(put(number, ALL));
    ck_assert_msg((get(number) & shapes[_i].bits) == shapes[_i].bits &&
                      !(get(number) & ~shapes[_i].bits & (number == 884 ? ~1ULL : ALL)), /* PMCR's version is 1 */
                  "%u keeps %016llx, not %016llx", number, (unsigned long long)get(number),
                  (unsigned long long)shapes[_i].bits);
}
END_TEST

/* With ones wherever software can put them. */
START_TEST(a_register_of_32_bits_reads_with_an_upper_half_of_zeros)
{
    static const u64 states[] = {PROBLEM, SUPERVISOR, HYPERVISOR_STATE, ULTRAVISOR};
    u64 value = 0;

    for (unsigned k = 0; k < ARRAY_SIZE(shapes); k++)
        if (shapes[k].number != 318 && shapes[k].number != 511) (void)put(shapes[k].number, ALL);
    t->spr.FSCR = t->spr.HFSCR = ALL;
    t->spr.MMCR0 = SETFIELD(MMCR0_PMCC, 0ULL, 2);
    for (unsigned k = 0; k < ARRAY_SIZE(shapes); k++) {
        thread_set_msr(t, states[_i]);
        if (shapes[k].width != 32 || spr_read(t, shapes[k].number, &value) != SPR_DONE) continue;
        ck_assert_msg(!(value >> 32), "%u reads as %016llx", shapes[k].number, (unsigned long long)value);
    }
}
END_TEST

START_TEST(a_write_reaches_the_other_threads_of_the_core_if_the_register_is_the_cores)
{
    unsigned number = shapes[_i].number;
    bool is_shared = false;
    u64 before, after;

    if (shapes[_i].rule) return;
    for (unsigned k = 0; k < ARRAY_SIZE(shared); k++) is_shared |= number == shared[k];
    ck_assert(put(number, 0));
    t = &stub.thread[3];
    t->spr.FSCR = t->spr.HFSCR = ALL;
    thread_set_msr(t, ULTRAVISOR);
    before = get(number);
    t = &stub.thread[0];
    ck_assert(put(number, ALL));
    t = &stub.thread[3];
    after = get(number);
    ck_assert_msg((before != after) == is_shared, "%u", number);
}
END_TEST

START_TEST(every_row_has_a_shape_and_every_shape_a_row)
{
    unsigned rows = 0;

    EACH_SPR(row) rows += row->number < 1024;
    ck_assert_uint_eq(rows, ARRAY_SIZE(shapes));
    for (unsigned k = 0; k < ARRAY_SIZE(shapes); k++) {
        const struct spr_row *row = spr_find(shapes[k].number);
        ck_assert_msg(row, "%u", shapes[k].number);
        ck_assert_msg((row->write == SPR_N) == (shapes[k].rule == READ_ONLY), "%s", row->name);
        ck_assert_msg((row->read == SPR_N) == (shapes[k].rule == WRITE_ONLY), "%s", row->name);
    }
}
END_TEST

START_TEST(two_numbers_of_one_register_are_the_same_in_privileged_states)
{
    static const u64 states[] = {SUPERVISOR, HYPERVISOR_STATE, ULTRAVISOR};
    static const u64 values[] = {0x0123456789abcdef, ALL, 0};
    unsigned number = twins[_i].number, of = twins[_i].of;

    for (unsigned k = 0; k < ARRAY_SIZE(states); k++)
        for (unsigned v = 0; v < ARRAY_SIZE(values); v++) {
            u64 left;
            thread_set_msr(t, states[k]);
            (void)put(of, values[v]);
            ck_assert_msg(get(number) == get(of) >> twins[_i].shift, "%u of %u in state %u", number, of, k);
            (void)put(of, 0);
            if (twins[_i].shift || !put(number, values[v])) continue;
            left = get(of);
            ck_assert(put(of, 0) && put(of, values[v]));
            ck_assert_msg(get(of) == left, "%u and %u in state %u", number, of, k);
        }
}
END_TEST

static u64 bits_of(unsigned number)
{
    for (unsigned k = 0; k < ARRAY_SIZE(shapes); k++)
        if (shapes[k].number == number) return shapes[k].bits;
    return 0;
}

START_TEST(problem_state_sees_and_changes_its_part)
{
    unsigned number = twins[_i].number, of = twins[_i].of, shift = twins[_i].shift;
    u64 before, changed;

    if (of == 896 || of == 268) return; /* priorities are no bits, and time is read only: test_spr, test_timer */
    thread_set_msr(t, HYPERVISOR_STATE);
    ck_assert(put(of, of == 795 ? ~(MMCR0_PMCC | MMCR0_FC) | SETFIELD(MMCR0_PMCC, 0ULL, 2) : 0x0123456789abcdef));
    before = get(of);
    thread_set_msr(t, PROBLEM);
    ck_assert_msg(get(number) == (before >> shift & twins[_i].seen), "%u shows %016llx", number,
                  (unsigned long long)get(number));
    (void)put(number, ~(before >> shift));
    thread_set_msr(t, HYPERVISOR_STATE);
    changed = get(of) ^ before;
    ck_assert_msg(changed == (twins[_i].changed << shift & bits_of(of)), "%u changes %016llx", number,
                  (unsigned long long)changed);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("spr_widths");
    TCase *tests = tcase_create("widths");

    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, every_row_has_a_shape_and_every_shape_a_row);
    tcase_add_loop_test(tests, a_register_keeps_the_bits_that_it_has, 0, ARRAY_SIZE(shapes));
    tcase_add_loop_test(tests, a_write_reaches_the_other_threads_of_the_core_if_the_register_is_the_cores, 0,
                        ARRAY_SIZE(shapes));
    tcase_add_loop_test(tests, a_register_of_32_bits_reads_with_an_upper_half_of_zeros, 0, 4);
    tcase_add_loop_test(tests, two_numbers_of_one_register_are_the_same_in_privileged_states, 0, ARRAY_SIZE(twins));
    tcase_add_loop_test(tests, problem_state_sees_and_changes_its_part, 0, ARRAY_SIZE(twins));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
