/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program, its tables and its list of experiments; what it measures is told by embedded_result.c.
 *
 * Main storage: the program from 0 on, its list at LIST, what the nested guests' shadow trees need at SHADOWS, all
 * tables from TABLES on, and 4 GiB of zeros at DATA.  Everybody sees the first 256 MiB where they are (tables and
 * code), and the data at DATA_EA; a guest's real addresses of the data begin at GUEST_DATA, those of a guest's guest at
 * NESTED_DATA.
 *
 * A node is one place in the footprint; there are as many as 4 KiB pages, but at most NODES_MAX, evenly spread, and
 * they are visited in the order of a full-period congruential generator.  Each load returns zero, and the zero is added
 * to the generator's state, so every load depends on the one before, as in a pointer chase.
 */
#include "experiment/embedded.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "base/log.h"
#include "base/power.h"
#include "experiment/program.h"
#include "experiment/tables.h"

enum {
    ENTRY = 0x4000,
    LIST = 0x20000, /* struct list_head, then entries */
    ENTRY_BYTES = 128,
    SHADOWS = 0x60000,
    SHADOW_BYTES = 256,
    TABLES = 1 << 24,
    LOW_BYTES = 256 << 20,
    NODES_MAX = 4096,
    WARM_ROUNDS = 4,
    PROCESS_TABLE_BYTES = 4096
};
#define DATA (4ULL << 30)
#define DATA_BYTES (4ULL << 30)
#define DATA_EA (4ULL << 30)
#define GUEST_DATA (16ULL << 30)
#define NESTED_DATA (32ULL << 30)
#define QUADRANT_1 (1ULL << 62)

static const u8 shifts[EMBEDDED_SIZES] = {12, 16, 21, 30};

/*
 * r31 is the place in the list; r10 to r12 and r20 to r25 belong to the loop.  An entry of the list:
 *    0 MSR (0: the end)   8 LPID   16 PID   24 address of the data   32 log2 of the nodes' distance   40 nodes - 1
 *   48 loads   56 tag   64 what to invalidate first (0 nothing, 1 everything, 2 all but table-entry caches)
 *   72 shadow block or 0   80 the shadow tree is to be emptied first
 * A shadow block: 0 leaves of the guest's own partition-scoped tree, 8 their shift, 16 and 24 those of the host's tree,
 *   32 and 40 those of the shadow tree, 48 where the data of the guest's guest begins, 56 the guest's, 64 what makes a
 *   leaf, 72.. saved registers.
 */
static const char program[] =
    ".org 0x300\n b =die\n"
    ".org 0x400\n b =die\n"
    ".org 0x600\n b =die\n"
    ".org 0x700\n b =die\n"
    ".org 0x800\n b =die\n"
    ".org 0x900\n b =die\n"
    ".org 0xc00\n b =next\n"
    ".org 0xe00\n b =shadow\n"
    ".org 0xe20\n b =die\n"
    ".org 0xe40\n b =die\n"
    ".org 0xf80\n b =die\n"
    "die:\n"
    " li r3,31\n li r4,1\n .word 0x000eaeb0\n"

    /* The hypervisor of the guest's guest: LPAR-scoped fault of a page that the shadow tree does not have yet. */
    ".org 0x2000\n"
    "shadow:\n"
    " mtspr 304,r1\n mfspr r1,305\n"
    " std r2,72(r1)\n std r3,80(r1)\n std r4,88(r1)\n std r5,96(r1)\n std r6,104(r1)\n std r7,112(r1)\n std "
    "r8,120(r1)\n"
    " mfspr r2,816\n clrrdi r2,r2,12\n" /* ASDR: the real address that the guest's guest wanted */
    " ld r3,48(r1)\n subf r3,r3,r2\n"   /* offset in the data */
    " ld r4,0(r1)\n ld r5,8(r1)\n srd r6,r3,r5\n sldi r6,r6,3\n ldx r6,r4,r6\n" /* the guest's entry for it */
    " li r7,1\n sld r7,r7,r5\n addi r7,r7,-1\n and r7,r3,r7\n"
    " clrldi r6,r6,7\n clrrdi r6,r6,12\n or r6,r6,r7\n" /* real address in the guest */
    " ld r4,56(r1)\n subf r6,r4,r6\n"
    " ld r4,16(r1)\n ld r5,24(r1)\n srd r7,r6,r5\n sldi r7,r7,3\n ldx r7,r4,r7\n" /* our own entry for that */
    " li r8,1\n sld r8,r8,r5\n addi r8,r8,-1\n and r8,r6,r8\n"
    " clrldi r7,r7,7\n clrrdi r7,r7,12\n or r7,r7,r8\n"            /* real address */
    " ld r4,32(r1)\n ld r5,40(r1)\n srd r7,r7,r5\n sld r7,r7,r5\n" /* of the smaller page of both */
    " ld r8,64(r1)\n or r7,r7,r8\n srd r3,r3,r5\n sldi r3,r3,3\n stdx r7,r4,r3\n ptesync\n"
    " ld r2,72(r1)\n ld r3,80(r1)\n ld r4,88(r1)\n ld r5,96(r1)\n ld r6,104(r1)\n ld r7,112(r1)\n ld r8,120(r1)\n"
    " mfspr r1,304\n hrfid\n"

    /* The list: head 0 LPCR, 8 PTCR, 16 and 24 multiplier and increment, 32 where the loop is. */
    ".org 0x4000\n"
    " lis r31,2\n ld r3,0(r31)\n mtspr 318,r3\n ld r3,8(r31)\n mtspr 464,r3\n"
    " ld r24,16(r31)\n ld r25,24(r31)\n ld r26,32(r31)\n isync\n"
    "next:\n"
    " addi r31,r31,128\n"
    " ld r3,0(r31)\n cmpdi r3,0\n beq =end\n"
    " lis r4,32767\n mtdec r4\n"
    " ld r4,8(r31)\n mtspr 319,r4\n ld r4,16(r31)\n mtspr 48,r4\n"
    " ld r20,24(r31)\n ld r21,32(r31)\n ld r22,40(r31)\n ld r23,48(r31)\n"
    " ld r9,72(r31)\n mtspr 305,r9\n"
    " ld r4,80(r31)\n cmpdi r4,0\n beq =keep_shadow\n"
    " ld r4,32(r9)\n ld r5,40(r9)\n addi r6,r22,1\n mtctr r6\n li r7,0\n li r8,0\n"
    "empty:\n"
    " sld r6,r7,r21\n srd r6,r6,r5\n sldi r6,r6,3\n stdx r8,r4,r6\n addi r7,r7,1\n bdnz =empty\n"
    "keep_shadow:\n"
    " ld r4,64(r31)\n li r7,3072\n li r8,0\n cmpdi r4,1\n beq =drop_all\n cmpdi r4,2\n bne =start\n"
    " tlbie r7,r8,0,1,1\n tlbie r7,r8,0,0,1\n tlbie r7,r8,1,1,1\n tlbie r7,r8,1,0,1\n b =dropped\n"
    "drop_all:\n"
    " tlbie r7,r8,2,1,1\n tlbie r7,r8,2,0,1\n"
    "dropped:\n"
    " eieio\n tlbsync\n ptesync\n"
    "start:\n"
    " li r10,0\n ld r4,56(r31)\n mtctr r23\n"
    " mtspr 314,r26\n mtspr 315,r3\n hrfid\n"
    "end:\n"
    " li r3,31\n li r4,0\n .word 0x000eaeb0\n"

    ".org 0x10000\n"
    "chase_begin:\n"
    " li r3,4096\n .word 0x000eaeb0\n"
    "chase:\n"
    " mulld r10,r10,r24\n add r10,r10,r25\n and r10,r10,r22\n sld r11,r10,r21\n ldx r12,r20,r11\n add r10,r10,r12\n"
    " bdnz =chase\n"
    " li r3,4097\n .word 0x000eaeb0\n sc 1\n";

/* What the tables are, once they are made. */
struct stage {
    struct embedded *e;
    struct table_builder b;
    u64 host_processes, guest_processes, nested_processes, partitions;
    u64 leaves[EMBEDDED_SIZES];       /* of the data, in the host's partition-scoped tree with leaves of that size */
    u64 guest_leaves[EMBEDDED_SIZES]; /* in a guest's partition-scoped tree for its guest */
    u64 list;                         /* next entry */
};

static void put(struct stage *s, u64 ra, u64 value)
{
    tables_put(&s->b, ra, value);
}

/* A tree that shows the first 256 MiB where they are, and the data. */
static u64 tree_of(struct stage *s, u64 data, u64 target, unsigned shift, bool fill, u64 *leaves)
{
    u64 tree = tables_tree(&s->b), low = LOW_BYTES > 1ULL << shift ? LOW_BYTES : 1ULL << shift;

    tables_map(&s->b, tree, 0, low, 0, shift, true);
    *leaves = tables_map(&s->b, tree, data, DATA_BYTES, target, shift, fill);
    return tree;
}

static void partition(struct stage *s, u32 lpid, u64 tree, u64 process_table)
{
    put(s, s->partitions + lpid * 16, PATE0_HR | tree);
    put(s, s->partitions + lpid * 16 + 8, process_table);
}

/* PIDs 1 to 4: the leaf sizes. */
static u64 process_table(struct stage *s, u64 target)
{
    u64 table = tables_alloc(&s->b, PROCESS_TABLE_BYTES), ignored;

    for (unsigned k = 0; k < EMBEDDED_SIZES; k++)
        put(s, table + (k + 1) * 16, tree_of(s, DATA_EA, target, shifts[k], true, &ignored));
    return table;
}

static unsigned smaller(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static void shadow(struct stage *s, unsigned guest, unsigned host)
{
    unsigned n = guest * EMBEDDED_SIZES + host, size = smaller(guest, host);
    u64 block = SHADOWS + n * SHADOW_BYTES, leaves, tree = tree_of(s, NESTED_DATA, 0, shifts[size], false, &leaves);
    const u64 members[] = {s->guest_leaves[guest], shifts[guest], s->leaves[host], shifts[host], leaves,
                           shifts[size],           NESTED_DATA,   GUEST_DATA,      TABLES_LEAF};

    for (unsigned k = 0; k < ARRAY_SIZE(members); k++) put(s, block + k * 8, members[k]);
    partition(s, EMBEDDED_FIRST_NESTED + n, tree, s->nested_processes);
}

static void make_tables(struct stage *s)
{
    u64 unused;

    s->partitions = tables_alloc(&s->b, 4096);
    s->host_processes = process_table(s, DATA);
    s->guest_processes = process_table(s, GUEST_DATA);
    s->nested_processes = process_table(s, NESTED_DATA);
    unused = tables_tree(&s->b); /* of LPID 0: nothing of the host's is translated by it */
    partition(s, 0, unused & ~31ULL, s->host_processes);
    for (unsigned k = 0; k < EMBEDDED_SIZES; k++) {
        partition(s, EMBEDDED_FIRST_GUEST + k, tree_of(s, GUEST_DATA, DATA, shifts[k], true, &s->leaves[k]),
                  s->guest_processes);
        tree_of(s, NESTED_DATA, GUEST_DATA, shifts[k], true, &s->guest_leaves[k]);
    }
    for (unsigned guest = 0; guest < EMBEDDED_SIZES; guest++)
        for (unsigned host = 0; host < EMBEDDED_SIZES; host++) shadow(s, guest, host);
}

/* ---- the list ---- */
static const u64 drop[] = {[EMBEDDED_SINGLE_COLD] = 1,
                           [EMBEDDED_SINGLE_WALK] = 2,
                           [EMBEDDED_TOUCH] = 1,
                           [EMBEDDED_COLD] = 1,
                           [EMBEDDED_WARM] = 0};

static bool is_single(enum embedded_phase phase)
{
    return phase == EMBEDDED_SINGLE_COLD || phase == EMBEDDED_SINGLE_WALK;
}

/* Single loads are made by the hypervisor in its real mode through quadrant 1, so that no fetch walks for them. */
static u64 msr_of(enum embedded_who who, enum embedded_phase phase)
{
    if (is_single(phase)) return MSR_SF | MSR_HV | MSR_DR;
    return who == EMBEDDED_HOST ? MSR_SF | MSR_HV | MSR_PR | MSR_IR | MSR_DR : MSR_SF | MSR_IR | MSR_DR;
}

static unsigned log2_of(u64 power)
{
    return (unsigned)__builtin_ctzll(power);
}

static void add(struct stage *s, struct embedded_cell cell, unsigned process, unsigned guest, unsigned host)
{
    u64 pages = cell.footprint_bytes >> 12, at = s->list, shadow_block = 0, lpid = 0;

    cell.nodes = is_single(cell.phase) ? 1 : pages < NODES_MAX ? pages : NODES_MAX;
    cell.loads = cell.nodes * (cell.phase == EMBEDDED_WARM ? WARM_ROUNDS : 1);
    cell.process_shift = shifts[process];
    if (cell.who != EMBEDDED_HOST) cell.partition_shift = shifts[host], lpid = EMBEDDED_FIRST_GUEST + host;
    if (cell.who == EMBEDDED_NESTED) {
        cell.guest_shift = shifts[guest];
        lpid = EMBEDDED_FIRST_NESTED + guest * EMBEDDED_SIZES + host;
        shadow_block = SHADOWS + (guest * EMBEDDED_SIZES + host) * SHADOW_BYTES;
    }
    put(s, at, msr_of(cell.who, cell.phase));
    put(s, at + 8, lpid);
    put(s, at + 16, process + 1);
    put(s, at + 24, DATA_EA | (is_single(cell.phase) && lpid ? QUADRANT_1 : 0));
    put(s, at + 32, log2_of(cell.footprint_bytes / cell.nodes));
    put(s, at + 40, cell.nodes - 1);
    put(s, at + 48, cell.loads);
    put(s, at + 56, s->e->cells);
    put(s, at + 64, drop[cell.phase]);
    put(s, at + 72, shadow_block);
    put(s, at + 80, cell.phase == EMBEDDED_TOUCH);
    s->list += ENTRY_BYTES;
    s->e->cell[s->e->cells++] = cell;
}

static void add_footprints(struct stage *s, enum embedded_who who, unsigned process, unsigned guest, unsigned host)
{
    struct embedded_cell cell = {.who = who};

    for (unsigned k = 0; k < EMBEDDED_FOOTPRINTS; k++) {
        cell.footprint_bytes = 65536ULL << (2 * k);
        if (who == EMBEDDED_NESTED) cell.phase = EMBEDDED_TOUCH, add(s, cell, process, guest, host);
        cell.phase = EMBEDDED_COLD, add(s, cell, process, guest, host);
        cell.phase = EMBEDDED_WARM, add(s, cell, process, guest, host);
    }
}

static void add_single(struct stage *s, enum embedded_who who, unsigned process, unsigned host)
{
    struct embedded_cell cell = {.who = who, .footprint_bytes = 4096};

    cell.phase = EMBEDDED_SINGLE_COLD, add(s, cell, process, 0, host);
    cell.phase = EMBEDDED_SINGLE_WALK, add(s, cell, process, 0, host);
}

enum { NESTED_PROCESS = 1 }; /* the guest's guest has 64 KiB pages, as Linux on POWER */

static void make_list(struct stage *s)
{
    s->list = LIST + ENTRY_BYTES;
    for (unsigned p = 0; p < EMBEDDED_SIZES; p++) add_single(s, EMBEDDED_HOST, p, 0);
    for (unsigned p = 0; p < EMBEDDED_SIZES; p++)
        for (unsigned h = 0; h < EMBEDDED_SIZES; h++) add_single(s, EMBEDDED_GUEST, p, h);
    for (unsigned p = 0; p < EMBEDDED_SIZES; p++) add_footprints(s, EMBEDDED_HOST, p, 0, 0);
    for (unsigned p = 0; p < EMBEDDED_SIZES; p++)
        for (unsigned h = 0; h < EMBEDDED_SIZES; h++) add_footprints(s, EMBEDDED_GUEST, p, 0, h);
    for (unsigned g = 0; g < EMBEDDED_SIZES; g++)
        for (unsigned h = 0; h < EMBEDDED_SIZES; h++) add_footprints(s, EMBEDDED_NESTED, NESTED_PROCESS, g, h);
}

static void make_head(struct stage *s)
{
    const u64 head[] = {LPCR_HR | LPCR_UPRT, s->partitions, 1103515245, 12345, 0x10000};

    for (unsigned k = 0; k < ARRAY_SIZE(head); k++) put(s, LIST + k * 8, head[k]);
}

bool embedded_open(struct embedded *e)
{
    struct stage s = {.e = e, .b = {.next = TABLES, .size = LOW_BYTES}};

    *e = (struct embedded){.memory_bytes = LOW_BYTES};
    e->memory = mmap(NULL, e->memory_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (e->memory == MAP_FAILED) {
        e->memory = NULL;
        return p9_error("embedded experiment: the host has no memory for its tables");
    }
    s.b.memory = e->memory;
    if (!program_assemble(program, e->memory, LIST)) return false;
    make_tables(&s);
    make_list(&s);
    make_head(&s);
    if (s.b.full) return p9_error("embedded experiment: its tables do not fit into %u MiB", LOW_BYTES >> 20);
    e->segment =
        (struct machine_segment){.blob = {"embedded experiment", e->memory, s.b.next}, .memory_size = s.b.next};
    e->bare =
        (struct machine_bare){.segments = &e->segment, .segment_count = 1, .entry = ENTRY, .state = BARE_HYPERVISOR};
    return true;
}

void embedded_shorten(struct embedded *e, unsigned cells)
{
    if (cells >= e->cells) return;
    put_be64(e->memory + LIST + ENTRY_BYTES * (1 + (u64)cells), 0);
    e->cells = cells;
}

void embedded_labels(void (*tell)(void *self, const char *name, u64 from, u64 to), void *self)
{
    program_labels(program, tell, self);
}

struct embedded_access embedded_nested_access(unsigned guest, unsigned host)
{
    return (struct embedded_access){.msr = msr_of(EMBEDDED_NESTED, EMBEDDED_WARM),
                                    .ea = DATA_EA,
                                    .lpid = EMBEDDED_FIRST_NESTED + guest * EMBEDDED_SIZES + host,
                                    .pid = NESTED_PROCESS + 1,
                                    .process_shift = shifts[NESTED_PROCESS],
                                    .guest_shift = shifts[guest],
                                    .host_shift = shifts[host]};
}

void embedded_close(struct embedded *e)
{
    if (e->memory) munmap(e->memory, e->memory_bytes);
    e->memory = NULL;
}
