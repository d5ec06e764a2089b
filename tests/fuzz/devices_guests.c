/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cases of random_devices without a board: a hypervisor works off a list.  Each entry enters a guest or the
 * hypervisor's own code with given registers, and what runs there makes a hypercall, a simulator call or an access.
 * The account of guests of guests follows what these say - hypercalls of KVM-HV with structures, tables and addresses
 * of every kind, changes of the tables in between - and a tower reads along what is printed.
 *
 * Storage:  0 vectors   10000 code, a kind in each 256 bytes   20000 and 30000 the threads' lists   40000 register
 * blocks   50000 hv_guest_state and pt_regs   58000 guests' own partition tables   60000 lines   100000 tables
 */
#include "tests/fuzz/random_devices.h"

#include "core/state/spr.h"
#include "experiment/program.h"
#include "experiment/tables.h"
#include "experiment/tower.h"
#include "machine/config.h"
#include "machine/console.h"
#include "machine/machine.h"
#include "machine/machine_report.h"
#include "stats/report.h"
#include "tests/support/words.h"

enum {
    IMAGE_BYTES = 6 << 20,
    ENTRY = 0x4000,
    CODE = 0x10000,
    CODES = 10,
    LISTS = 0x20000,
    LIST_BYTES = 0x10000,
    ENTRY_BYTES = 256,
    BLOCKS = 0x40000,
    BLOCK_BYTES = 256,
    BLOCK_COUNT = 64,
    STATES = 0x50000,
    STATE_BYTES = 0x200,
    REGS = 0x54000,
    PLACES = 8,
    GUEST_TABLES = 0x58000,
    LINES = 0x60000,
    LINE_BYTES = 0x400,
    LINE_COUNT = 32,
    SCRATCH = 0x6f000,
    TABLES = 0x100000,
    PARTITIONS = 8,
    HSPRG0 = 304
};

/*
 * An entry of the list: 0 go on (0: the end)   8 LPIDR   16 PIDR   24.. SPRG0-3   56 HSRR0   64 HSRR1   72 block
 * 80 where to store first   88 what   96 whether to invalidate   104 LPCR   112 HDEC  120 RS   128 RB   136 PTCR
 */
static const char program[] =
    ".org 0x100\n b =next\n"
    ".org 0x200\n li r31,9\n sldi r31,r31,60\n ori r31,r31,4096\n mtspr 315,r31\n" /* MSR[ME] again */
    " li r31,16384\n mtspr 314,r31\n hrfid\n"
    ".org 0x300\n b =next\n"
    ".org 0x380\n b =next\n"
    ".org 0x400\n b =next\n"
    ".org 0x480\n b =next\n"
    ".org 0x500\n b =next\n"
    ".org 0x600\n b =next\n"
    ".org 0x700\n b =next\n"
    ".org 0x800\n b =next\n"
    ".org 0x900\n b =next\n"
    ".org 0x980\n b =next\n"
    ".org 0xc00\n b =next\n"
    ".org 0xd00\n b =next\n"
    ".org 0xe00\n b =next\n"
    ".org 0xe20\n b =next\n"
    ".org 0xe40\n b =next\n"
    ".org 0xe60\n b =next\n"
    ".org 0xe80\n b =next\n"
    ".org 0xf60\n b =next\n"
    ".org 0xf80\n b =next\n"
    ".org 0x4000\n"
    "next:\n"
    " mfspr r31,304\n addi r31,r31,256\n mtspr 304,r31\n"
    " ld r3,0(r31)\n cmpdi r3,0\n beq =end\n"
    " ld r4,80(r31)\n ld r5,88(r31)\n std r5,0(r4)\n"
    " ld r4,104(r31)\n mtspr 318,r4\n ld r4,136(r31)\n mtspr 464,r4\n isync\n"
    " ld r4,112(r31)\n mtspr 310,r4\n"
    " ld r4,96(r31)\n cmpdi r4,0\n beq =keep\n"
    " ld r4,120(r31)\n ld r5,128(r31)\n tlbie r5,r4,2,0,1\n eieio\n tlbsync\n ptesync\n"
    "keep:\n"
    " ld r4,8(r31)\n mtspr 319,r4\n ld r4,16(r31)\n mtspr 48,r4\n"
    " ld r4,24(r31)\n mtspr 272,r4\n ld r4,32(r31)\n mtspr 273,r4\n ld r4,40(r31)\n mtspr 274,r4\n"
    " ld r4,48(r31)\n mtspr 275,r4\n ld r4,56(r31)\n mtspr 314,r4\n ld r4,64(r31)\n mtspr 315,r4\n"
    " ld r30,72(r31)\n"
    " ld r0,0(r30)\n ld r1,8(r30)\n ld r2,16(r30)\n ld r3,24(r30)\n ld r4,32(r30)\n ld r5,40(r30)\n ld r6,48(r30)\n"
    " ld r7,56(r30)\n ld r8,64(r30)\n ld r9,72(r30)\n ld r10,80(r30)\n ld r11,88(r30)\n ld r12,96(r30)\n"
    " ld r13,104(r30)\n ld r14,112(r30)\n ld r15,120(r30)\n ld r16,128(r30)\n ld r17,136(r30)\n ld r18,144(r30)\n"
    " ld r19,152(r30)\n ld r20,160(r30)\n ld r21,168(r30)\n ld r22,176(r30)\n ld r23,184(r30)\n ld r24,192(r30)\n"
    " ld r25,200(r30)\n ld r26,208(r30)\n ld r27,216(r30)\n ld r28,224(r30)\n ld r29,232(r30)\n ld r31,248(r30)\n"
    " ld r30,240(r30)\n"
    " hrfid\n"
    "end:\n"
    " li r3,31\n li r4,0\n .word 0x000eaeb0\n b =end\n";

/* What runs where an entry leads: r3 and on come from its block. */
static const u32 codes[CODES][4] = {
    {0x44000022 /* sc 1 */, W_B(-4)},
    {W_CALLTHRU, 0x44000022, W_B(-8)},
    {0x44000022, 0x44000022, W_B(-8)},
    {W_CALLTHRU, W_CALLTHRU, 0x44000022, W_B(-4)},
    {W_LD(3, 0, 4), 0x44000022, W_B(-4)},
    {W_STD(3, 0, 4), 0x44000022, W_B(-4)},
    {0x44000002 /* sc */, 0x44000042 /* sc 2 */, W_B(-8)},
    {0x00000000, 0x44000022, W_B(-4)},
    {W_LI(9, 40), W_MTCTR(9), W_BDNZ(0), 0x44000022},
    {W_B(0)}, /* in a guest, until HDEC ends it */
};

static u8 *image;
static u64 partition_table, trees[PARTITIONS];
static struct { /* what the structures of H_ENTER_NESTED ask for */
    u64 block, nia, pid;
} asked[PLACES];

static void put(u64 at, u64 value)
{
    put_be64(image + at, value);
}

/* ---- values ---- */

/* An address that a guest may name: its structures, the ends of pages, of storage and of what is mapped, anything. */
static u64 guest_address(void)
{
    u64 end = 1ULL << ONE_OF(12, 16, 20, 21, 22, 23, 30, 52, 60, 63);

    switch (dice(8)) {
    case 0: return any64();
    case 1: return end - dice(600);
    case 2: return ~0ULL - dice(600);
    case 3: return LINES + dice(LINE_COUNT) * LINE_BYTES;
    case 4: return TABLES + dice(IMAGE_BYTES - TABLES);
    case 5: return dice(1 << 16);
    case 6: return 0x10000000 + dice(64 << 20);
    default: return ONE_OF(STATES + dice(PLACES) * STATE_BYTES, REGS + dice(PLACES) * STATE_BYTES, GUEST_TABLES);
    }
}

static u64 guest_number(void)
{
    return ONE_OF(0, 1, 2, 3, 4, 5, 6, 7, 255, 4095, 4096, 0xffffffff, any64());
}

/* ---- lines ---- */

static const char *number(char text[32])
{
    static const char *const odd[] = {"0",
                                      "1",
                                      "2",
                                      "3",
                                      "4",
                                      "7",
                                      "8",
                                      "31",
                                      "4294967295",
                                      "4294967296",
                                      "-1",
                                      "+1",
                                      " 2",
                                      "",
                                      "1e9",
                                      "0x2",
                                      "00000001",
                                      "2147483648",
                                      "999999999",
                                      "18446744073709551615",
                                      "18446744073709551616",
                                      "99999999999999999999999999999999"};

    snprintf(text, 32, "%s", odd[dice(ARRAY_SIZE(odd))]);
    return text;
}

static size_t make_line(char *out, size_t room)
{
    static const char *const names[] = {
        "syscall", "chase-16m", "x", "", "an-awfully-long-name-of-a-measure-that-is-none-of-ours", "%s%n", "A", "fork"};
    const char *name = names[dice(ARRAY_SIZE(names))];
    char a[32], b[32], c[32];
    int n;

    number(a), number(b), number(c);
    switch (dice(12)) {
    case 0: n = snprintf(out, room, "p9sim: level %s up\n", a); break;
    case 1: n = snprintf(out, room, "p9sim: level %s starts level %s with %s MiB\n", a, b, c); break;
    case 2: n = snprintf(out, room, "p9sim: level %s saw level %s end (status %s)\n", a, b, c); break;
    case 3: n = snprintf(out, room, "p9sim: level %s failed: not enough memory %s\n", a, b); break;
    case 4: n = snprintf(out, room, "p9sim: level %s failed: %300s\n", a, b); break;
    case 5: n = snprintf(out, room, "nestbench: level=%s measure=%s ops=%s ticks=%s\n", a, name, b, c); break;
    case 6: n = snprintf(out, room, "nestbench: level=%s measure=%s skipped=\"%200s\"\n", a, name, b); break;
    case 7: n = snprintf(out, room, "x nestbench: no such measure: %s\n", dice(8) ? "" : name); break;
    case 8: n = snprintf(out, room, "[1] Kernel panic - not syncing: %*s\n", (int)dice(700), a); break;
    case 9: n = snprintf(out, room, "p9sim: level 0 up\np9sim: level 1 up\np9sim: level %s up\n", a); break;
    case 10:
        n = snprintf(out, room,
                     "p9sim: level 0 starts level 1 with %s MiB\np9sim: level 0 saw level 1 end (status 0)\n", a);
        break;
    default: n = snprintf(out, room, "%*s", (int)dice((u64)room), "p9sim: level "); break;
    }
    n = n < 0 ? 0 : (size_t)n < room ? n : (int)room - 1;
    if (n && !dice(6)) out[dice((u64)n)] = (char)dice(256);
    if (n && !dice(6)) n = (int)dice((u64)n);
    return (size_t)n;
}

/* ---- storage ---- */

static void make_tables(void)
{
    struct table_builder b = {.memory = image, .next = TABLES, .size = IMAGE_BYTES};
    u64 processes;

    partition_table = tables_alloc(&b, 4096);
    processes = tables_alloc(&b, 4096);
    for (unsigned k = 0; k < PARTITIONS; k++) {
        unsigned shift = (unsigned)ONE_OF(12, 16, 21);
        trees[k] = tables_tree(&b);
        tables_map(&b, trees[k], 0, 2 << 20, 0, shift, true);
        tables_map(&b, trees[k], 0x10000000, 64 << 20, dice(2) ? 0 : any64() & PPC_BITMASK(8, 33), 21, true);
        put(partition_table + k * 16, PATE0_HR | trees[k]);
        put(partition_table + k * 16 + 8, processes);
        put(processes + k * 16, trees[k]);
    }
    HOLDS(!b.full);
    if (dice(2)) return;
    for (u64 n = 1 + dice(40); n; n--) { /* spoilt: a guest's own, and those that hardware walks */
        u64 at = ONE_OF(TABLES + (dice(b.next - TABLES) & ~7ULL), partition_table + dice(16) * 8,
                        (trees[dice(PARTITIONS)] & PPC_BITMASK(4, 55)) + dice(4) * 8);
        put(at, ONE_OF(any64(), get_be64(image + at) ^ 1ULL << dice(64), PTE_VALID | (at & ~0xfffULL) | 9));
    }
}

/* What H_ENTER_NESTED points to, in either byte order, and a partition table of a guest's own. */
static void make_structures(void)
{
    for (u64 k = 0; k < PLACES; k++) {
        u64 state = STATES + k * STATE_BYTES, regs = REGS + k * STATE_BYTES;
        bool le = dice(2);

        asked[k].block = BLOCKS + dice(BLOCK_COUNT) * BLOCK_BYTES;
        asked[k].nia = CODE + dice(CODES) * 256;
        asked[k].pid = dice(4);

        for (u64 at = 0; at < STATE_BYTES; at += 8) put(state + at, any64());
        put(state + 8, guest_number() << 32 | dice(4));
        put(state + 208, asked[k].pid);
        memcpy(image + regs, image + asked[k].block, BLOCK_BYTES);
        put(regs + 256, asked[k].nia);
        for (u64 at = 0; le && at < STATE_BYTES; at += 8) {
            put(state + at, swap64(get_be64(image + state + at)));
            put(regs + at, swap64(get_be64(image + regs + at)));
        }
        put(GUEST_TABLES + k * 16, ONE_OF(0, any64(), PATE0_HR | trees[dice(PARTITIONS)], PATE0_HR | GUEST_TABLES | 31,
                                          PATE0_HR | guest_address()));
    }
    for (u64 k = 0; k < LINE_COUNT; k++) make_line((char *)image + LINES + k * LINE_BYTES, LINE_BYTES);
    if (!dice(4)) memcpy(image + SCRATCH, "Linux version 6.1.0 (x) #1", 26);
}

static void make_block(u64 block, bool plain)
{
    u64 number_of_call =
        ONE_OF(0xf800, 0xf804, 0xf804, 0xf804, 0xf808, 0xf80c, 0x448, 0x37c, 0x380, 0xe0, 0xf0000, any64());

    for (unsigned k = 0; k < 32; k++) put(block + k * 8, plain ? dice(1 << 20) : guest_address());
    if (plain) return;
    put(block + 24,
        dice(3) ? number_of_call : ONE_OF(0, 0, 60, 70, 4096, 4097, 4098, 4099, 4100, 4101, dice(16) ? 0 : 31));
    for (unsigned k = 4; k < 10; k++)
        if (dice(2)) put(block + k * 8, dice(2) ? guest_number() : ONE_OF(0, 1, 0x400, 0xc00, 1ULL << 63, any64()));
    if (dice(2)) {
        u64 k = dice(PLACES);
        put(block + 32, STATES + k * STATE_BYTES);
        put(block + 40, REGS + (dice(4) ? k : dice(PLACES)) * STATE_BYTES);
    }
    if (get_be64(image + block + 24) == 0) { /* print */
        put(block + 32, dice(8) ? LINES + dice(LINE_COUNT) * LINE_BYTES : guest_address());
        put(block + 40, dice(8) ? dice(200) : ONE_OF(65535, 65536, 65537, ~0ULL, any64()));
    }
}

static bool is_simulator_call(u64 block)
{
    u64 r3 = get_be64(image + block + 24);

    return r3 < 0x48 || (r3 >= 4096 && r3 <= 4101);
}

static void make_entry(u64 at)
{
    put(at, 1);
    put(at + 8, dice(16) ? dice(PARTITIONS) : guest_number());
    put(at + 16, dice(4));
    for (unsigned k = 0; k < 4; k++) put(at + 24 + k * 8, dice(3));
    put(at + 56, dice(64) ? CODE + dice(CODES) * 256 : guest_address());
    put(at + 64, MSR_SF | MSR_ME |
                     ONE_OF(0, 0, 0, 0, MSR_HV, MSR_HV | MSR_PR, MSR_PR, MSR_IR | MSR_DR, MSR_IR | MSR_DR | MSR_PR) |
                     ONE_OF(0, 0, 0, MSR_EE) | (dice(16) ? 0 : MSR_LE));
    put(at + 72, BLOCKS + dice(BLOCK_COUNT) * BLOCK_BYTES);
    if (dice(4)) /* simulator calls are made by the word for them, hypercalls by sc */
        put(at + 56, CODE + (is_simulator_call(get_be64(image + at + 72)) ? ONE_OF(1, 3) : ONE_OF(0, 0, 4, 5)) * 256);
    put(at + 80, SCRATCH);
    if (!dice(4)) {
        put(at + 80, ONE_OF(partition_table + dice(16) * 8, GUEST_TABLES + dice(16) * 8, guest_address() & ~7ULL));
        put(at + 88, ONE_OF(0, 0, any64(), PATE0_HR | trees[dice(PARTITIONS)]));
        put(at + 96, dice(2));
    }
    put(at + 104, dice(64) ? LPCR_UPRT | LPCR_EVIRT | LPCR_HR | LPCR_HDICE : any64());
    put(at + 112, dice(2000));
    put(at + 120, guest_number());
    put(at + 128, ONE_OF(0xc00, 0x800, 0x400, 0, any64()));
    put(at + 136, dice(64) ? partition_table : any64());
}

/* What a request of H_ENTER_NESTED is answered by: the registers that it asks for, under some LPID. */
static void make_answer(u64 at)
{
    unsigned k = (unsigned)dice(PLACES);

    put(at + 16, asked[k].pid);
    put(at + 56, asked[k].nia);
    put(at + 72, asked[k].block);
}

static void make_image(unsigned steps)
{
    unsigned entries = steps / 4 < LIST_BYTES / ENTRY_BYTES - 2 ? steps / 4 : LIST_BYTES / ENTRY_BYTES - 2;

    memset(image, 0, IMAGE_BYTES);
    HOLDS(program_assemble(program, image, CODE));
    for (unsigned k = 0; k < CODES; k++)
        for (unsigned n = 0; n < 4; n++) put_be32(image + CODE + k * 256 + n * 4, codes[k][n]);
    make_tables();
    for (unsigned k = 0; k < BLOCK_COUNT; k++) make_block(BLOCKS + k * BLOCK_BYTES, k < 16);
    make_structures();
    for (unsigned list = 0; list < 2; list++)
        for (unsigned k = 1; k <= entries; k++) {
            make_entry(LISTS + list * LIST_BYTES + k * ENTRY_BYTES);
            if (!dice(3)) make_answer(LISTS + list * LIST_BYTES + k * ENTRY_BYTES);
        }
}

/* ---- the end: everything that can be told is told ---- */

static void say_sentence(void *self, const char *sentence)
{
    (void)self;
    fprintf(stderr, "random_devices: %s\n", sentence);
}

static void tell(struct tower *tower, struct machine *m, enum machine_end end)
{
    static void (*const documents[])(const struct report *, struct emit *) = {
        report_text, report_json, report_html, report_config, report_timeline, tower_table};
    struct report report = {.end = "it ended"};
    char text[512] = "the machine ended", where[80];

    tower_where(tower, where, sizeof where);
    tower_judge(tower, end, text);
    HOLDS(machine_report(m, &report));
    tower_complete(tower, &report);
    for (unsigned k = 0; k < ARRAY_SIZE(documents); k++) {
        struct emit e = {0};
        if (dice(4)) continue; /* they take as long as the run */
        documents[k](&report, &e);
        HOLDS(!e.failed);
        emit_free(&e);
    }
    HOLDS(!report_check(&report, say_sentence, NULL).failed);
    f.partitions += report.partition_count;
    f.exits += report.switches.exits;
    f.believed += tower->result.stretch_count + tower->result.measure_count;
    for (unsigned k = 0; k < report.partition_count; k++) f.deep += report.partitions[k].level > 1;
    report_free(&report);
}

static struct machine *new_machine(const struct config *config, struct console *console, struct log *log)
{
    static struct machine_segment segment;
    struct machine *m;

    segment = (struct machine_segment){.blob = {"random", image, IMAGE_BYTES}, .memory_size = IMAGE_BYTES};
    m = machine_new_bare(
        config,
        &(struct machine_bare){.segments = &segment, .segment_count = 1, .entry = ENTRY, .state = BARE_HYPERVISOR},
        console, log);

    HOLDS(m != NULL);
    for (unsigned k = 0; k < machine_thread_count(m) && k < 2; k++) {
        struct thread *t = machine_thread(m, k);
        HOLDS(spr_write(t, HSPRG0, LISTS + k * LIST_BYTES) != SPR_FAULT);
        if (!k) continue;
        t->held = false;
        t->nia = ENTRY;
        thread_set_msr(t, machine_thread(m, 0)->msr);
        thread_context_changed(t);
    }
    return m;
}

void guests_case(unsigned steps)
{
    static struct tower tower;
    static struct config config;
    struct tower_plan plan = {.depth = (unsigned)dice(TOWER_DEPTH_MAX + 1)};
    struct console *console = console_new(&(struct console_config){.terminal_fd = -1});
    struct log log = {.level = LOG_DEBUG};
    struct machine *m;
    enum machine_end end;

    if (!image) image = malloc(IMAGE_BYTES);
    HOLDS(console && image);
    config_default(&config);
    config.mem = 8 << 20;
    config.model = dice(2);
    config.threads = ONE_OF(1, 2);
    config.quantum_cycles = ONE_OF(100, 1000, 20000);
    config.host_contexts = ONE_OF(1, 64);
    config.seed = any64();
    make_image(steps);
    m = new_machine(&config, console, &log);
    tower_watch(&tower, &plan, m, console);
    end = machine_run(m, &(struct machine_limits){.max_insns = 300ULL * steps, .max_cycles = 3000ULL * steps}, NULL);
    for (unsigned k = 0; k < machine_thread_count(m); k++) check_thread(machine_thread(m, k));
    tell(&tower, m, end);
    machine_free(m);
    console_free(console);
}
