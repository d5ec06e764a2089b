/* SPDX-License-Identifier: Apache-2.0 */
/* Makes random guests from a seed; see random_program.h for what they look like. */
#include "tests/fuzz/random_program.h"

#include "bus/bus.h"
#include "core/state/context.h"
#include "core/state/spr.h"
#include "tests/support/words.h"

#define RTS52 (2ULL << 61 | 5ULL << 5) /* 52-bit trees: 21 = 52 - 31 in two pieces */
enum { R_C = 0x180, PRIVILEGED_PAGE = 8, READ = 4, WRITE = 2, EXECUTE = 1 };
enum {
    PARTITION_TABLE = GUEST_TABLES,
    PROCESS_TABLE = 0x81000,
    PROCESS_TREE = 0x90000,
    PARTITION_TREE = 0xc0000,
    HASH_TABLE = 0x140000,
    HPT_VSID = 5
};

/* splitmix64: every seed, 0 too, gives a good sequence. */
u64 random_next(struct random_case *c)
{
    u64 z = c->state += 0x9e3779b97f4a7c15ULL;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
    return z ^ z >> 31;
}

static u64 below(struct random_case *c, u64 n)
{
    return random_next(c) % n;
}
static bool one_in(struct random_case *c, u64 n)
{
    return !below(c, n);
}
static u64 one_of(struct random_case *c, const u64 *list, size_t n)
{
    return list[below(c, n)];
}
#define ONE_OF(c, ...) one_of(c, (const u64[]){__VA_ARGS__}, sizeof((const u64[]){__VA_ARGS__}) / sizeof(u64))

/* ---- instructions ---- */

static bool has_field(const struct pattern *p, const char *name)
{
    for (unsigned k = 0; k < p->pieces; k++)
        if (!strcmp(p->piece[k].field->name, name)) return true;
    return false;
}

/* Some instruction of this row. Branches stay near, so that random code is not left with the first of them. */
static u32 word_of_row(struct random_case *c, unsigned row)
{
    const struct pattern *p = isa_pattern(c->isa, row);
    u32 noise = (u32)random_next(c), word;

    if (!one_in(c, 16)) noise &= ~p->reserved;
    word = p->value | (noise & ~p->mask);
    if (has_field(p, "LI")) word = (word & 0xfc000001) | (noise & (one_in(c, 2) ? 0x3fc : 0x3fffc00 >> 12 << 2));
    if (has_field(p, "BD"))
        word = (word & 0xffff0001) | (one_in(c, 2) ? noise & 0x1fc : (0x10000 - (noise & 0xfc)) & 0xfffc);
    return word;
}

static u32 word_of_spr(struct random_case *c)
{
    const struct spr_row *row = &spr_rows[below(c, spr_row_count)];
    unsigned r = (unsigned)below(c, 32);

    return one_in(c, 2) ? W_MTSPR(row->number & 1023U, r) : W_MFSPR(r, row->number & 1023U);
}

/* A load or store that is likely to reach storage: r1 to r7 hold addresses. */
static u32 word_of_storage(struct random_case *c)
{
    static const u8 opcode[] = {32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 44,
                                45, 46, 47, 48, 50, 52, 54, 57, 58, 61, 62};
    u32 op = opcode[below(c, sizeof opcode)];

    return op << 26 | (u32)below(c, 32) << 21 | (u32)(1 + below(c, 7)) << 16 | (u32)(random_next(c) & 0x1ff);
}

static u32 word_of_class(struct random_case *c, enum issue_class class)
{
    unsigned row = (unsigned)below(c, isa_row_count(c->isa));

    while (isa_row(c->isa, row)->issue_class != class) row = (row + 1) % isa_row_count(c->isa);
    return word_of_row(c, row);
}

static u32 random_word(struct random_case *c)
{
    switch (below(c, c->noisy_code ? 6 : 24)) {
    case 0: return (u32)random_next(c);
    case 1: return (u32)ONE_OF(c, 4, 19, 31, 31, 59, 60, 63) << 26 | ((u32)random_next(c) & 0x03ffffff);
    case 2: return word_of_spr(c);
    case 3: return word_of_class(c, CLASS_SYS);
    case 4: return word_of_class(c, CLASS_BR);
    case 5:
    case 6:
    case 7:
    case 8: return word_of_storage(c);
    default: return word_of_row(c, (unsigned)below(c, isa_row_count(c->isa)));
    }
}

static void put_word(struct random_case *c, u64 ra, u32 word, bool le)
{
    put_be32(c->image + ra, le ? swap32(word) : word);
}

/* ---- storage ---- */

/* A handler that goes on behind the instruction that failed: add 4 to (H)SRR0 and return. */
static void put_handler(struct random_case *c, u64 ra, bool hypervisor, bool le)
{
    unsigned srr0 = hypervisor ? 314 : 26, scratch = (unsigned)(28 + below(c, 4));

    put_word(c, ra, W_MFSPR(scratch, srr0), le);
    put_word(c, ra + 4, W_ADDI(scratch, scratch, 4), le);
    put_word(c, ra + 8, W_MTSPR(srr0, scratch), le);
    put_word(c, ra + 12, one_in(c, 8) ? random_word(c) : W_MTSPR(22, scratch),
             le); /* DEC, so that it is not for ever due */
    put_word(c, ra + 16, hypervisor ? W_HRFID : W_RFID, le);
}

static bool saves_in_hsrr(u64 vector)
{
    return vector == 0x980 || (vector >= 0xe00 && vector <= 0xea0) || vector == 0xf80 || vector == 0x1500;
}

static void fill_vectors(struct random_case *c)
{
    bool le = c->vectors_le;

    for (u64 at = 0; at < 0x6000; at += 4) put_word(c, at, random_word(c), le);
    if (c->noisy_vectors) return;
    for (u64 vector = 0x100; vector < 0x1800; vector += vector >= 0xe00 && vector < 0x1000 ? 0x20 : 0x80) {
        put_handler(c, vector, saves_in_hsrr(vector), le);
        put_handler(c, 0x4000 + vector, saves_in_hsrr(vector), le);
    }
}

static void fill_code(struct random_case *c)
{
    for (u64 at = GUEST_CODE; at < GUEST_CODE + GUEST_CODE_BYTES; at += 4) put_word(c, at, random_word(c), c->le);
    for (u64 vector = 0x17000; vector < 0x18000; vector += 0x20) {
        put_word(c, vector, W_MTSPR(26, 20), c->le);
        put_word(c, vector + 4, 0x4c0000a4, c->le); /* rfscv */
    }
}

/* Four levels that map the first 2 MiB onto themselves, with random rights; the tables only where noise is welcome. */
static void fill_tree(struct random_case *c, u64 root)
{
    u64 level2 = root + 0x10000, level3 = level2 + 0x1000, level4 = level3 + 0x1000;

    put_be64(c->image + root, PTE_VALID | level2 | 9);
    put_be64(c->image + level2, PTE_VALID | level3 | 9);
    put_be64(c->image + level3, PTE_VALID | level4 | 9);
    for (u64 page = 1; page < 16; page++) /* 2 MiB pages beyond, most of them over nothing */
        put_be64(c->image + level3 + page * 8, PTE_VALID | PTE_LEAF | below(c, 4) << 21 | R_C | ONE_OF(c, 0, 7, 15, 6));
    for (u64 page = 0; page < GUEST_BYTES >> 12; page++) {
        u64 rights = one_in(c, 8) ? below(c, 16) : READ | WRITE | EXECUTE | (one_in(c, 8) ? PRIVILEGED_PAGE : 0);
        u64 rc = one_in(c, 8) ? below(c, 4) << 7 : R_C, target = one_in(c, 16) ? below(c, 512) : page;
        bool table = (target << 12) >= GUEST_TABLES && (target << 12) < GUEST_TABLES_END;
        if (one_in(c, 32) || (table && c->kind == RANDOM_TAME)) continue;
        if (one_in(c, 64)) rights |= below(c, 4) << 4; /* storage attributes */
        put_be64(c->image + level4 + page * 8, PTE_VALID | PTE_LEAF | target << 12 | rc | rights);
    }
}

static void fill_tables(struct random_case *c)
{
    memset(c->image + GUEST_TABLES, 0, GUEST_TABLES_END - GUEST_TABLES);
    for (unsigned lpid = 0; lpid < 8; lpid++) {
        put_be64(c->image + PARTITION_TABLE + lpid * 16, PATE0_HR | RTS52 | PARTITION_TREE | 13);
        put_be64(c->image + PARTITION_TABLE + lpid * 16 + 8, PROCESS_TABLE);
    }
    for (unsigned pid = 0; pid < 16; pid++) put_be64(c->image + PROCESS_TABLE + pid * 16, RTS52 | PROCESS_TREE | 13);
    fill_tree(c, PROCESS_TREE);
    fill_tree(c, PARTITION_TREE);
    if (!c->noisy_tables) return;
    for (u64 k = one_in(c, 4) ? 200 : 1 + below(c, 4); k; k--) {
        u64 at = GUEST_TABLES + (below(c, GUEST_TABLES_END - GUEST_TABLES) & ~7ULL);
        if (one_in(c, 2))
            at = ONE_OF(c, PARTITION_TABLE, PROCESS_TABLE, PROCESS_TREE + 0x10000, PROCESS_TREE + 0x11000,
                        PARTITION_TREE + 0x10000, PARTITION_TREE + 0x12000) +
                 below(c, 16) * 8;
        put_be64(c->image + at, random_next(c));
    }
}

/* A hashed page table of 256 KiB that maps segment HPT_VSID as the trees do, and much that is noise. */
static void fill_hash_table(struct random_case *c)
{
    for (unsigned lpid = 0; lpid < 8; lpid++) put_be64(c->image + PARTITION_TABLE + lpid * 16, HASH_TABLE);
    for (u64 page = 0; page < GUEST_BYTES >> 12; page++) {
        u64 at = HASH_TABLE + ((HPT_VSID ^ page) & 2047) * 128 + below(c, 8) * 16;
        put_be64(c->image + at, (u64)HPT_VSID << 12 | (one_in(c, 16) ? below(c, 128) : 1));
        put_be64(c->image + at + 8, page << 12 | (one_in(c, 8) ? below(c, 512) : 0x182));
    }
}

static void fill_storage(struct random_case *c)
{
    for (u64 at = 0; at < GUEST_BYTES; at += 8) {
        u64 value = one_in(c, 4) ? below(c, GUEST_BYTES) : random_next(c);
        put_be64(c->image + at, value);
    }
    fill_vectors(c);
    fill_code(c);
    fill_tables(c);
    if (c->hash_table) fill_hash_table(c);
}

/* ---- the machine ---- */

static void choose_machine(struct random_case *c)
{
    struct config *g = &c->config;

    config_default(g);
    g->mem = c->board ? 1ULL << 30 : GUEST_BYTES;
    g->seed = random_next(c);
    g->model = below(c, 2);
    g->callthru = one_in(c, 2);
    g->quantum_cycles = ONE_OF(c, 100, 333, 1000, 20000);
    if (c->kind == RANDOM_TAME) {
        g->tlb_hit_cycles = g->walk_read_cycles = 0;
        return;
    }
    g->cores = ONE_OF(c, 1, 1, 2);
    g->threads = ONE_OF(c, 1, 1, 2, 4);
    g->derat_entries = ONE_OF(c, 1, 4, 64);
    g->ierat_entries = ONE_OF(c, 1, 4, 64);
    g->erat_replacement = below(c, 4);
    g->tlb_entries = ONE_OF(c, 8, 64, 1024);
    g->tlb_halved = one_in(c, 2);
    g->pwc_entries = ONE_OF(c, 4, 64);
    g->rc_by_software = one_in(c, 4);
    g->tlbiel_spares_erat = one_in(c, 2);
    g->tlb_guest_real = one_in(c, 2);
    g->host_contexts = ONE_OF(c, 1, 2, 64);
}

void random_case_make(struct random_case *c, const struct isa *isa, u64 seed, enum random_kind kind)
{
    c->seed = c->state = seed;
    c->isa = isa;
    c->kind = kind;
    random_next(c);
    c->board = kind == RANDOM_ANY && one_in(c, 8);
    c->noisy_vectors = one_in(c, 8);
    c->noisy_tables = kind == RANDOM_ANY && one_in(c, 2);
    c->hash_table = kind == RANDOM_ANY && one_in(c, 4);
    c->noisy_code = one_in(c, 4);
    c->le = one_in(c, 2);
    c->vectors_le = one_in(c, 4);
    choose_machine(c);
    fill_storage(c);
    c->segment =
        (struct machine_segment){.blob = {"random", c->image, GUEST_BYTES}, .ra = 0, .memory_size = GUEST_BYTES};
    c->bare = (struct machine_bare){
        .segments = &c->segment, .segment_count = 1, .entry = GUEST_LAUNCH, .le = c->le, .state = BARE_ULTRAVISOR};
    c->powernv = (struct machine_powernv){.bios = {"random", c->image, GUEST_BYTES}};
    put_word(c, GUEST_LAUNCH, (u32)ONE_OF(c, W_RFID, W_HRFID, 0x4c000264 /* urfid */), c->le);
}

void random_case_code(struct random_case *c, const u8 *bytes, size_t size)
{
    if (size > GUEST_CODE_BYTES - 4) size = GUEST_CODE_BYTES - 4;
    memcpy(c->image + GUEST_LAUNCH + 4, bytes, size);
}

/* ---- registers ---- */

static u64 random_msr(struct random_case *c)
{
    u64 msr = MSR_SF | MSR_ME | MSR_FP | MSR_VEC | MSR_VSX | MSR_RI | (c->le ? MSR_LE : 0);

    if (one_in(c, 8)) return random_next(c);
    if (one_in(c, 4))
        msr ^= ONE_OF(c, MSR_SF, MSR_ME, MSR_FP, MSR_VEC, MSR_VSX, MSR_LE, MSR_SE, MSR_BE, MSR_TM, MSR_TS_SUSPENDED);
    msr |= ONE_OF(c, 0, MSR_HV, MSR_HV, MSR_HV | MSR_S, MSR_S, MSR_PR, MSR_PR, MSR_PR | MSR_HV, MSR_PR | MSR_S);
    msr |= ONE_OF(c, 0, 0, MSR_IR | MSR_DR, MSR_IR | MSR_DR, MSR_IR, MSR_DR) | ONE_OF(c, 0, MSR_EE) |
           ONE_OF(c, 0, MSR_FE0 | MSR_FE1);
    return msr;
}

static u64 random_register(struct random_case *c, const struct bus *bus)
{
    if (bus->count && one_in(c, 3)) {
        const struct region *r = &bus->regions[below(c, bus->count)];
        return r->base + (below(c, one_in(c, 2) ? r->size : 0x100) & ~7ULL);
    }
    switch (below(c, 12)) {
    case 0: return random_next(c);
    case 1: return below(c, 64);
    case 2: return GUEST_CODE + (below(c, GUEST_CODE_BYTES) & ~3ULL);
    case 3: return (1 + below(c, 256)) * 4096 - 1 - below(c, 20);
    case 4: return 0xc000000000000000ULL + below(c, GUEST_BYTES);
    case 5: return 1ULL << below(c, 64);
    case 6: return ~random_next(c) >> below(c, 64);
    default: return 0x20000 + (below(c, 0x60000) & ~(u64)ONE_OF(c, 0, 7, 15));
    }
}

static void write_spr(struct thread *t, const char *name, u64 value)
{
    EACH_SPR(row)
        if (!strcmp(row->name, name) && spr_write(t, row->number, value) == SPR_FAULT) return;
}

static void set_registers(struct random_case *c, struct thread *t)
{
    bool devices = t->bus->count && one_in(c, 2);
    static const struct bus none;

    for (unsigned k = 0; k < 32; k++) t->gpr[k] = random_register(c, devices ? t->bus : &none);
    for (unsigned k = 0; k < 64; k++) {
        VSR_D(t->vsr[k], 0) = one_in(c, 4)
                                  ? ONE_OF(c, 0, 1, PPC_BIT(0), 0x7ff0ULL << 48, 0x7ff8ULL << 48, 0x3ffULL << 52, ~0ULL)
                                  : random_next(c);
        VSR_D(t->vsr[k], 1) = random_next(c) >> below(c, 64);
    }
    for (unsigned k = 0; k < 8; k++) t->cr[k] = (u8)below(c, 16);
    if (c->hash_table) {
        t->slb.entry[0] = (struct slb_entry){.esid = SLB_VALID, .vsid = (u64)HPT_VSID << 12 | (random_next(c) & 0xc00)};
        t->slb.entry[1] = (struct slb_entry){.esid = 0xcULL << 60 | SLB_VALID, .vsid = (u64)HPT_VSID << 12};
        for (unsigned k = 2; k < 8; k++)
            t->slb.entry[k] =
                (struct slb_entry){.esid = (random_next(c) & SLB_ESID) | SLB_VALID, .vsid = random_next(c)};
    }
    t->lr = GUEST_CODE + (below(c, GUEST_CODE_BYTES) & ~3ULL);
    t->ctr = one_in(c, 2) ? below(c, 20) : GUEST_CODE + (below(c, GUEST_CODE_BYTES) & ~3ULL);
}

/* As ultravisor software would set them, so no register holds what a guest could not put there. */
static void set_sprs(struct random_case *c, struct thread *t)
{
    static const char *const names[] = {"HFSCR", "FSCR",  "AMR",    "IAMR", "UAMOR", "AMOR",  "PSSCR",
                                        "CIABR", "DAWR0", "DAWRX0", "TAR",  "DSCR",  "HMEER", "PCR",
                                        "MMCR0", "EBBHR", "BESCR",  "XER",  "RPR"};
    u64 msr = random_msr(c);

    for (size_t k = 0; k < ARRAY_SIZE(names); k++)
        if (one_in(c, 4)) write_spr(t, names[k], one_in(c, 3) ? random_next(c) : one_in(c, 2) ? ~0ULL : 0);
    write_spr(t, "HID0", one_in(c, 32) ? random_next(c) : c->vectors_le ? HID0_HILE : 0);
    write_spr(t, "DEC", one_in(c, 2) ? below(c, 2000) : random_next(c) & 0x7fffffff);
    if (one_in(c, 3)) write_spr(t, "HDEC", below(c, 5000));
    write_spr(t, "PTCR", one_in(c, 16) ? random_next(c) : PARTITION_TABLE);
    write_spr(t, "LPIDR", one_in(c, 16) ? random_next(c) : below(c, 4));
    write_spr(t, "PIDR", one_in(c, 16) ? random_next(c) : below(c, 8));
    write_spr(t, "LPCR",
              one_in(c, 8) ? random_next(c)
                           : (c->hash_table ? 0 : LPCR_UPRT | LPCR_HR) | (c->vectors_le ? LPCR_ILE : 0) |
                                 ONE_OF(c, 0, LPCR_AIL) |
                                 (random_next(c) & (LPCR_HDICE | LPCR_LPES | LPCR_GTSE | LPCR_EVIRT | LPCR_LD |
                                                    LPCR_HVICE | PPC_BITMASK(47, 52))));
    if (one_in(c, 4)) write_spr(t, "SMFCTRL", one_in(c, 2) ? random_next(c) : ~0ULL);
    if (one_in(c, 16)) write_spr(t, "HRMOR", one_in(c, 2) ? random_next(c) : 0x10000);
    if (one_in(c, 64)) write_spr(t, "URMOR", random_next(c));
    /* A monitor that alerts soon: instructions, cycles, branches, which every model counts alike. */
    if (one_in(c, 3)) {
        static const char *const counters[] = {"PMC1", "PMC2", "PMC4", "PMC5", "PMC6"};
        for (size_t k = 0; k < ARRAY_SIZE(counters); k++) write_spr(t, counters[k], 0x80000000ULL - below(c, 3000));
        write_spr(t, "MMCR1", 0x000d0000021e005eULL);
        write_spr(t, "MMCR0", (random_next(c) & 0x7fffffff & ~MMCR0_TBEE) | (one_in(c, 2) ? MMCR0_PMAE : 0));
        write_spr(t, "EBBHR", GUEST_CODE + (below(c, GUEST_CODE_BYTES) & ~3ULL));
        write_spr(t, "BESCR", BESCR_GE | BESCR_PME | (random_next(c) & BESCR_VALID));
    }
    for (unsigned k = 0; k < 3; k++) {
        static const char *const pc[] = {"SRR0", "HSRR0", "USRR0"}, *const image[] = {"SRR1", "HSRR1", "USRR1"};
        write_spr(t, pc[k], GUEST_LAUNCH + 4);
        write_spr(t, image[k], msr);
    }
}

struct machine *random_case_machine(struct random_case *c, struct console *console, struct log *log)
{
    struct machine *m = c->board ? machine_new_powernv(&c->config, &c->powernv, console, log)
                                 : machine_new_bare(&c->config, &c->bare, console, log);
    u64 state = c->state;

    if (!m) return NULL;
    for (unsigned k = 0; k < machine_thread_count(m); k++) {
        struct thread *t = machine_thread(m, k);
        t->held = false;
        t->nia = GUEST_LAUNCH;
        thread_set_msr(t, MSR_SF | MSR_HV | MSR_S | (c->le ? MSR_LE : 0));
        set_registers(c, t);
        set_sprs(c, t);
        thread_facilities_changed(t);
        thread_watch_changed(t);
        thread_context_changed(t);
    }
    c->state = state; /* every machine of this case starts alike */
    return m;
}
