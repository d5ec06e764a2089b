/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tlbie, tlbiel and slbia (Book III 5.9.3), and the machine's own invalidations.
 *
 *   RIC  0 TLB and ERAT   1 page-walk cache   2 both, and the process- (PRS=1) or partition-table (PRS=0) entry cache,
 *        with it the SLB entries that hardware made from the segment tables of those processes
 *        3 a cluster of hash entries: here as 0 for everything of the partition
 *   IS   RB[52:53]: 0 by address and AP   1 by PID   2 by LPID   3 all (a guest's 3 is its own LPID: as 2)
 *   PRS  1 process-scoped translations, 0 partition-scoped ones - and whatever was made with their help, so an EA
 *        translation of a guest goes when the guest real page under it is named
 *   R    1 radix translations, 0 hash translations and nothing else: by virtual address and page size (IS=0), or all of
 *        a partition, or all.  Software that drops everything says so four times (PRS 0 and 1, R 0 and 1).  Table
 *        entries (RIC=2) go in either form; directories are radix.
 *
 * Of real storage without translation (hypervisor real mode) an ERAT keeps entries too; only slbia drops them.
 *
 * Reserved forms (for radix: RIC=3; RIC=1 and 2 with IS=0; PRS=0 with IS=1) are invalid instruction forms, whose result
 * is boundedly undefined (Book I 1.8.2, III 5.9.3.3); here they drop what the valid fields say, directories and table
 * entries by PID and LPID, and are counted.  So an AP that is no page size names every page.
 *
 * tlbiel with IS > 0 works on one congruence class of the TLB, RB[40:51]; software goes through all of them.  POWER9
 * leaves the ERAT alone then, and Linux follows with slbia: the configuration tlbiel_spares_erat does that.  By default
 * the ERAT is cleaned too, which the architecture always allows.
 */
#include "base/power.h"
#include "bus/bus.h"
#include "mmu/model.h"
#include "mmu/slb.h"

enum { CLASSES = 128, HASH_CLASSES = 256 }; /* congruence classes that software steps through */
#define ALL_CLASSES (~0U)

static unsigned shift_of_ap(u64 ap)
{
    switch (ap) {
    case 0: return 12;
    case 5: return 16;
    case 1: return 21;
    case 2: return 30;
    default: return EA_BITS;
    }
}

/*
 * IS=0, R=0 (III 5.9.3.3).  L=0: a segment of 4 KiB base pages, AP is L || LP of the actual page size.  L=1: LP says
 * base and actual size together, as in the page-table entry.
 */
static void name_virtual_page(struct kill *k, u64 rb)
{
    static const u8 ap_shift[8] = {12, 0, 0, 0, 24, 16, 34, 0};
    unsigned shift = ap_shift[GETFIELD(RB_AP, rb)];
    u64 va = rb & RB_EPN;

    if (rb & RB_L) {
        unsigned lp = (unsigned)GETFIELD(RB_LP, rb);

        shift = (lp & 15) == 1 ? 16 : lp == 8 || lp == 0 ? 24 : lp == 3 ? 34 : 0;
        va = (rb & PPC_BITMASK(0, 43)) | GETFIELD(RB_AVAL_16, rb) << 16;
    }
    k->hash = shift ? KILL_HASH_VA : KILL_HASH;
    if (!shift) return;
    k->first = va & ~((1ULL << shift) - 1);
    k->last = k->first + (1ULL << shift) - 1;
    k->any_address = false;
}

static struct kill kill_of(const struct tlbie_op *op)
{
    unsigned is = (unsigned)GETFIELD(RB_IS, op->rb);
    struct kill k = {.partition_scope = !op->prs,
                     .pid = (u32)GETFIELD(RS_PID, op->rs),
                     .lpid = op->hv && !op->local ? (u32)GETFIELD(RS_LPID, op->rs) : op->lpid,
                     .any_address = is != RB_IS_ADDRESS,
                     .any_pid = is >= RB_IS_LPID || !op->prs};

    k.lpid &= 0xfff;
    k.pid &= 0xfffff;
    k.any_lpid = is == RB_IS_ALL && op->hv;
    if (!op->r) {
        k.any_pid = k.any_address = k.no_radix = true;
        k.hash = KILL_HASH;
        if (is == RB_IS_ADDRESS && op->ric != 3) name_virtual_page(&k, op->rb);
        return k;
    }
    if (is == RB_IS_ADDRESS) {
        u64 size = 1ULL << shift_of_ap(GETFIELD(RB_AP, op->rb));

        k.first = op->rb & RB_EPN & (op->prs ? EA_IN_TREE : REAL_MODE_EA) & ~(size - 1);
        k.last = k.first + size - 1;
    }
    return k;
}

/* ---- one array, one thread, one core ---- */
/* By the tag alone, which is most of the answer: page and number of its size, LPID and PID (erat.c). */
inline_hot bool line_may_be_named(const struct assoc_line *l, const struct kill *k)
{
    u64 first = l->key[0] & EA_IN_TREE & HOST_PAGE_MASK;

    if (!l->valid) return false;
    if (k->everything) return true;
    if (!k->any_lpid && (u32)(l->key[1] >> 32) != k->lpid) return false;
    if (k->hash) return true;
    if (k->partition_scope) return true;
    if (!k->any_pid && (u32)l->key[1] != k->pid) return false;
    return k->any_address || (first <= k->last && first + (1ULL << page_shifts[l->key[0] & PAGE_SIZE_MASK]) > k->first);
}

static u64 erat_kill(struct mmu *m, struct erat *erat, const struct kill *k)
{
    u32 found[PROBE_MAX], count;
    u64 killed = 0, now = *m->instructions;

    if (!erat->x.tags.used) return 0;
    if (xarray_probe(&erat->x, k, found, &count)) {
        for (u32 n = 0; n < count; n++) {
            xarray_bury(&erat->x, found[n], now);
            erat_remove(m, erat, found[n]);
        }
        return count;
    }
    for (u32 line = 0; line < erat->x.tags.lines; line++)
        if (line_may_be_named(&erat->x.tags.line[line], k) && kill_names(k, &erat->x.entry[line])) {
            xarray_bury(&erat->x, line, now);
            erat_remove(m, erat, line);
            killed++;
        }
    return killed;
}

/* n: the counters of the thread whose instruction it is. */
static void thread_kill(struct mmu *m, const struct kill *k, struct counters *n)
{
    u64 data, fetches;

    m->fetched = false;
    if (m->config->model == MMU_MODEL_NONE) {
        contexts_kill(m, k);
        return;
    }
    data = erat_kill(m, &m->derat, k);
    fetches = erat_kill(m, &m->ierat, k);
    n->derat_killed += data;
    n->ierat_killed += fetches;
    n->erat_killed += data + fetches;
}

static u64 set_kill(struct xarray *tlb, const struct kill *k, u32 set, u64 now)
{
    u64 killed = 0;

    for (u32 line = set * tlb->tags.ways; line < (set + 1) * tlb->tags.ways; line++)
        if (line_may_be_named(&tlb->tags.line[line], k) && kill_names(k, &tlb->entry[line])) {
            xarray_bury(tlb, line, now);
            xarray_remove(tlb, line);
            killed++;
        }
    return killed;
}

/* With fewer sets than classes the higher classes are empty, with more a class has several sets. */
static u64 tlb_kill(struct xarray *tlb, const struct kill *k, unsigned classes, unsigned class, u64 now)
{
    u32 found[PROBE_MAX], count;
    u64 killed = 0;

    if (!tlb->tags.used) return 0;
    if (class == ALL_CLASSES && xarray_probe(tlb, k, found, &count)) {
        for (u32 n = 0; n < count; n++) {
            xarray_bury(tlb, found[n], now);
            xarray_remove(tlb, found[n]);
        }
        return count;
    }
    for (u32 set = class == ALL_CLASSES ? 0 : class; set < tlb->tags.sets; set += class == ALL_CLASSES ? 1 : classes)
        killed += set_kill(tlb, k, set, now);
    return killed;
}

/* Which arrays, and in which of their classes. */
struct reach {
    bool tlb, directories, table_entries;
    unsigned class;
    u64 now;
};

static void arrays_kill(struct mmu_core *core, struct counters *n, const struct reach *r, const struct kill *k)
{
    if (r->tlb && !k->no_radix) n->tlb_killed += tlb_kill(&core->tlb, k, CLASSES, r->class, r->now);
    if (r->tlb && (k->hash || k->everything))
        n->tlb_killed += tlb_kill(&core->hash_tlb, k, HASH_CLASSES, r->class, r->now);
    if (r->directories) n->pwc_killed += pwc_kill(core, k);
    if (r->table_entries) n->table_entries_killed += table_entries_kill(core, k);
}

static const struct segment_kill every_segment = {.any_lpid = true, .any_pid = true, .last = ~0ULL};

/* What hardware made from a process table that is named by tlbie with RIC = 2: of all threads of a core. */
static void core_segments_kill(struct mmu *from, unsigned core, const struct kill *k)
{
    struct mmu_system *s = from->system;
    const struct segment_kill segments = {
        .any_lpid = k->any_lpid, .any_pid = k->any_pid, .lpid = k->lpid, .pid = k->pid, .last = ~0ULL};
    unsigned per_core = s->threads / s->cores;

    for (unsigned n = core * per_core; n < (core + 1) * per_core; n++)
        from->counters->segments_killed += segments_kill(&s->mmu[n], &segments);
}

static void core_kill(struct mmu *from, struct mmu_core *core, const struct tlbie_op *op, const struct kill *k,
                      unsigned class)
{
    struct mmu_system *s = from->system;
    size_t number = (size_t)(core - s->core);
    struct reach r = {.tlb = op->ric != 1,
                      .directories = op->r && (op->ric == 1 || op->ric == 2),
                      .table_entries = op->ric == 2,
                      .class = class};

    if (from->config->model == MMU_MODEL_NONE) return;
    if (op->ric == 2) core_segments_kill(from, (unsigned)number, k);
    r.now = core_instructions(&s->mmu[number * (s->threads / s->cores)]);
    arrays_kill(core, from->counters, &r, k);
    for (unsigned n = 0; n < s->what_ifs; n++)
        arrays_kill(&s->what_if[n]->core[number], &s->what_if[n]->counters[from->level], &r, k);
}

/* ---- instructions ---- */
/* Software steps through the classes with the same operands: nothing was filled since, so nothing is left to drop. */
static bool is_repeated(struct mmu *m, const struct tlbie_op *op, const struct kill *k)
{
    const u64 now[4] = {op->rb & ~RB_SET, op->rs,
                        (u64)op->lpid << 32 | (u64)op->hv << 2 | (u64)op->r << 1 | k->partition_scope, m->fills};

    if (!memcmp(now, m->last_tlbiel, sizeof now)) return true;
    memcpy(m->last_tlbiel, now, sizeof now);
    return false;
}

/* Of radix: clusters; directories or table entries by address; partition scope by PID. */
static bool form_is_invalid(const struct tlbie_op *op, unsigned is)
{
    return op->r && (op->ric == 3 || (op->ric && is == RB_IS_ADDRESS) || (!op->prs && is == RB_IS_PID));
}

static void count_tlbie(struct counters *n, const struct tlbie_op *op)
{
    unsigned is = (unsigned)GETFIELD(RB_IS, op->rb), by = is == RB_IS_ALL && !op->hv ? RB_IS_LPID : is;
    unsigned scope = !op->r ? 2 : !op->prs;
    u64 *const kinds[2][4] = {{&n->tlbie_address, &n->tlbie_pid, &n->tlbie_lpid, &n->tlbie_all},
                              {&n->tlbiel_address, &n->tlbiel_pid, &n->tlbiel_lpid, &n->tlbiel_all}};
    u64 *const scopes[2][3] = {{&n->tlbie_process, &n->tlbie_partition, &n->tlbie_hash},
                               {&n->tlbiel_process, &n->tlbiel_partition, &n->tlbiel_hash}};

    ++*(op->local ? &n->tlbiel : &n->tlbie);
    ++*kinds[op->local][by];
    ++*scopes[op->local][scope];
    n->tlbi_walk_cache += op->ric == 1;
    n->tlbi_tables += op->ric == 2;
    n->tlbi_reserved += form_is_invalid(op, is);
}

static void tlbiel(struct mmu *m, const struct tlbie_op *op, const struct kill *k)
{
    bool by_class = GETFIELD(RB_IS, op->rb) != RB_IS_ADDRESS;
    unsigned class = by_class ? (unsigned)GETFIELD(RB_SET, op->rb) : ALL_CLASSES;

    core_kill(m, m->core, op, k, class);
    if (op->ric == 1 || (by_class && m->config->tlbiel_spares_erat) || (by_class && is_repeated(m, op, k))) return;
    thread_kill(m, k, m->counters);
}

/*
 * The erratum of all POWER9 that Linux calls P9_TLBIE_ERAT_BUG: a filter keeps a broadcast tlbie from threads that do
 * not run its PID or LPID, and is wrong while the other threads of the core change theirs.  Only tlbie of PID 0
 * (process scope) or LPID 0 (partition scope) passes it always, which is why Linux adds one to each; it then cleans
 * whatever was missed.  Here the filter is wrong from the other thread's mtpidr or mtlpidr to the next broadcast.  (Its
 * companion, P9_TLBIE_STQ_BUG, is about stores in flight, which this model does not have: a store is done when it is
 * executed.)
 */
static bool erratum_hides(struct mmu *m, const struct kill *k)
{
    const struct mmu_system *s = m->system;
    const struct kill radix = {
        .partition_scope = k->partition_scope, .any_lpid = true, .any_pid = true, .any_address = true};
    bool passes = k->any_lpid || (k->partition_scope ? !k->lpid : !k->pid && !k->any_pid);

    if (k->no_radix) return false;
    for (unsigned n = 0; n < s->threads && !passes; n++)
        if (s->mmu[n].core == m->core && &s->mmu[n] != m && s->mmu[n].moved) return m->missed = true;
    if (passes && m->missed) {
        struct counters nobody = {0}; /* what is late was another instruction's */

        thread_kill(m, &radix, &nobody);
        m->missed = false;
    }
    return false;
}

void mmu_tlbie(struct mmu *m, const struct tlbie_op *op)
{
    struct mmu_system *system = m->system;
    const struct kill k = kill_of(op);

    count_tlbie(m->counters, op);
    m->tlbies += !op->local;
    if (op->local) {
        tlbiel(m, op, &k);
        return;
    }
    for (unsigned core = 0; core < system->cores; core++) core_kill(m, &system->core[core], op, &k, ALL_CLASSES);
    for (unsigned thread = 0; op->ric != 1 && thread < system->threads; thread++) {
        struct mmu *its = &system->mmu[thread];

        if (likely(!m->config->erratum_tlbie_erat) || !erratum_hides(its, &k)) thread_kill(its, &k, m->counters);
    }
    for (unsigned thread = 0; m->config->erratum_tlbie_erat && thread < system->threads; thread++)
        system->mmu[thread].moved = false;
}

/* ---- segments ---- */
/* In thread m: entries that hardware made of these segments, and what was translated by them; counted where from runs.
 */
static void forget_segments(struct mmu *from, struct mmu *m, const struct segment_kill *segments, const struct kill *k)
{
    from->counters->segments_killed += segments_kill(m, segments);
    thread_kill(m, k, from->counters);
}

void mmu_slbie(struct mmu *m, u64 ea, unsigned shift)
{
    u64 size = 1ULL << shift;
    struct kill k = {.hash = KILL_HASH_EA,
                     .no_radix = true,
                     .any_lpid = true,
                     .any_pid = true,
                     .first = ea & ~(size - 1),
                     .last = ea | (size - 1)};
    const struct segment_kill segments = {.any_lpid = true, .any_pid = true, .first = k.first, .last = k.last};

    m->counters->slbie++;
    forget_segments(m, m, &segments, &k);
}

void mmu_slbieg(struct mmu *m, u64 rb, u32 lpid, u32 pid)
{
    u64 size = 1ULL << (GETFIELD(SLBIE_SEGMENT_SIZE, rb) & 1 ? 40 : 28);
    const struct segment_kill segments = {
        .lpid = lpid & 0xfff, .pid = pid & 0xfffff, .first = rb & ~(size - 1), .last = rb | (size - 1)};
    struct kill k = {.hash = KILL_HASH_EA,
                     .no_radix = true,
                     .lpid = segments.lpid,
                     .pid = segments.pid,
                     .first = segments.first,
                     .last = segments.last};

    m->counters->slbie++;
    for (unsigned thread = 0; thread < m->system->threads; thread++)
        forget_segments(m, &m->system->mmu[thread], &segments, &k);
}

void mmu_slbiag(struct mmu *m, u32 lpid)
{
    const struct segment_kill segments = {.any_pid = true, .lpid = lpid & 0xfff, .last = ~0ULL};
    struct kill k = {
        .hash = KILL_HASH_EA, .no_radix = true, .any_pid = true, .lpid = segments.lpid, .last = segments.last};

    m->counters->slbie++;
    for (unsigned thread = 0; thread < m->system->threads; thread++)
        forget_segments(m, &m->system->mmu[thread], &segments, &k);
}

/*
 * slbia IH (5.9.3.1): 3 drops the ERAT entries of user processes (radix) and of segments of class 1 (hash), 6 those of
 * guests, 7 all; of SLB entries made by hardware 3 drops those of class 1, 7 none.  The others are about segments; the
 * ERAT entries made from them go too, so all are dropped.
 */
void mmu_slbia(struct mmu *m, unsigned ih)
{
    struct kill k = {.everything = ih != 3 && ih != 6,
                     .user_only = ih == 3,
                     .partition_scope = ih == 6,
                     .any_lpid = true,
                     .any_pid = true,
                     .any_address = true,
                     .hash = ih == 3   ? KILL_HASH_CLASS_1
                             : ih == 6 ? KILL_HASH_GUESTS
                                       : KILL_HASH};

    struct segment_kill segments = every_segment;

    segments.class_1 = ih == 3;
    m->counters->slbia++;
    if (ih != 7) m->counters->segments_killed += segments_kill(m, &segments);
    thread_kill(m, &k, m->counters);
}

void mmu_flush_all(struct mmu_system *system)
{
    const struct kill k = {.everything = true};
    const struct reach all = {.tlb = true, .directories = true, .table_entries = true, .class = ALL_CLASSES};
    struct counters nobody = {0}; /* no instruction */

    for (unsigned core = 0; core < system->cores && system->config.model == MMU_MODEL_MMU; core++) {
        arrays_kill(&system->core[core], &nobody, &all, &k);
        for (unsigned n = 0; n < system->what_ifs; n++) arrays_kill(&system->what_if[n]->core[core], &nobody, &all, &k);
    }
    for (unsigned thread = 0; thread < system->threads; thread++) {
        (void)segments_kill(&system->mmu[thread], &every_segment);
        thread_kill(&system->mmu[thread], &k, &nobody);
    }
}

/* ---- the machine ---- */
void mmu_code_page(struct mmu_system *system, u64 ra)
{
    struct ram *ram = system->bus->ram;
    u64 page = ra & HOST_PAGE_MASK;

    if (!ram || !ram_holds(ram, page, RAM_PAGE_SIZE)) return;
    if (!(ram->page_flags[page >> RAM_PAGE_SHIFT] & RAM_WRITABLE_CACHED)) return;
    ram->page_flags[page >> RAM_PAGE_SHIFT] &= (u8)~RAM_WRITABLE_CACHED;
    for (unsigned thread = 0; thread < system->threads; thread++) contexts_drop_stores(&system->mmu[thread], page);
}

void mmu_forget_fetch(struct mmu_system *system, const struct insn *page)
{
    for (unsigned thread = 0; thread < system->threads; thread++) contexts_drop_fetches(&system->mmu[thread], page);
}
