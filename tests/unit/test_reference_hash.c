/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hash translation against plain lists, after each step of random sequences: what an access answers, what it costs,
 * every counter, R and C in storage, and what ERATs, TLB, segment and table-entry caches hold.  The lists are those of
 * hash_reference.h.
 *
 * One sequence is 40 steps of four threads on two cores in two partitions - one whose segments are in SLBs, one with
 * segment tables besides - in virtual mode and in the virtual real mode area: accesses, context switches, changes of
 * page table, segment table, process- and partition-table entries (without invalidation, so that stale entries are
 * compared too), slbmte, slbie, slbieg, slbiag, slbia of every IH, tlbie and tlbiel with R = 0 in every form and some
 * with R = 1.
 *
 * usage: test_reference_hash [SEQUENCES [SEED]]
 */
#include "tests/support/suite.h"
#include "tests/unit/hash_reference.h"

/* ---- comparison ---- */
static void compare_list(const struct xarray *x, const struct ref_list *l)
{
    unsigned seen = 0;

    for (u32 line = 0; line < x->tags.lines; line++) {
        const struct translation *h = &x->entry[line];
        const struct ref_entry *e = NULL;

        if (!x->tags.line[line].valid) continue;
        seen++;
        for (unsigned k = 0; k < l->count && !e; k++) {
            const struct ref_entry *c = &l->entry[k];
            if (c->ea == h->ea && c->shift == h->shift && c->lpid == h->lpid && c->pid == h->pid &&
                c->set == line / x->tags.ways && (c->class == REF_VIRTUAL) == (h->class == CLASS_HASH))
                e = c;
        }
        if (!e)
            ck_abort_msg("sequence %llu: an entry for %llx, which the lists do not hold", (unsigned long long)p.number,
                         (unsigned long long)h->ea);
        SAME(h->ra, e->ra);
        SAME(h->gra, e->gra);
        SAME(h->eaa, e->rights);
        SAME(h->key, e->partition_rights);
        SAME(h->attr, e->attr);
        SAME(h->changed, e->changed);
    }
    SAME(seen, l->count);
}

static void compare(void)
{
    EACH_COUNTER(row)
        if (counter_get(&p.n, row) != counter_get(&p.ref.n, row))
            ck_abort_msg("sequence %llu: %s is %llu, by the lists %llu", (unsigned long long)p.number, row->name,
                         (unsigned long long)counter_get(&p.n, row), (unsigned long long)counter_get(&p.ref.n, row));
    SAME(p.stall, p.ref.stall);
    for (unsigned c = 0; c < REF_CORES; c++) {
        compare_list(&p.system->core[c].hash_tlb, &p.ref.core[c].tlb);
        SAME(p.system->core[c].pate.used, p.ref.core[c].pate.count);
        SAME(p.system->core[c].prte.used, p.ref.core[c].prte.count);
    }
    for (unsigned t = 0; t < REF_THREADS; t++) {
        unsigned segments = 0;

        compare_list(&p.system->mmu[t].derat.x, &p.ref.thread[t].erat[0]);
        compare_list(&p.system->mmu[t].ierat.x, &p.ref.thread[t].erat[1]);
        for (unsigned k = 0; k < SEGMENTS_CACHED; k++) segments += p.system->mmu[t].segment[k].valid;
        SAME(segments, p.segments[t]);
    }
}

/* ---- steps ---- */
static u64 random_ra(void)
{
    return dice(24) ? DATA + dice(DATA) : 1ULL << 44;
}

static u64 random_flags(void)
{
    u64 flags = (dice(3) ? 2 : dice(4) | dice(2) << 63) | H_KEY(dice(3) ? 0 : dice(32)) | (dice(3) ? H_R : 0) | H_M;

    if (!dice(12)) flags |= dice(2) ? H_G | H_I : dice(2) ? H_N : H_W | H_I;
    return flags | (flags & H_R && dice(2) ? H_C : 0);
}

static void add_place(u64 at)
{
    ck_assert_uint_lt(p.places, PLACES);
    p.original[p.places] = world_get(&p.w, at);
    p.place[p.places++] = at;
}

static void build(void)
{
    static const struct hseg of_processes = {0x777777, true, 12},
                             tables[PIDS] = {{0x51001, false, 12}, {0x52002, true, 16}};
    u64 processes;

    world_open(&p.w, 8);
    p.places = 0;
    for (unsigned n = 0; n < 2; n++) {
        u32 lpid = LPID_SLB + n;

        p.hpt[n] = hpt_open(&p.w, lpid, 0);
        world_put(&p.w, p.w.patb + lpid * 16, p.hpt[n].base | 5 << 5);
        for (unsigned k = 0; k < ARRAY_SIZE(kinds) + 1; k++)
            for (u64 page = 0; page < 5; page++) {
                const struct hseg *s = k < ARRAY_SIZE(kinds) ? &kinds[k] : &VRMA;
                unsigned shift = s->base_shift == 12 && page == 4   ? 16
                                 : s->base_shift == 16 && page == 3 ? 24
                                                                    : s->base_shift;
                u64 at =
                    hpt_put(&p.w, &p.hpt[n], s, page << (shift == 12 ? 12 : shift), shift, random_ra(), random_flags());
                add_place(at);
                add_place(at + 8);
            }
    }
    processes = segment_processes(&p.w, &p.hpt[1], LPID_TABLE, &of_processes, 0);
    for (u32 pid = 0; pid < PIDS; pid++) {
        p.stab[pid] = segment_table(&p.w, &p.hpt[1], tables[pid], pid << 16, pid);
        segment_process(&p.w, processes, pid, &p.stab[pid]);
        add_place(processes + pid * 16);
        add_place(processes + pid * 16 + 8);
        for (u64 n = 0; n < 2 * ESIDS; n++) {
            u64 at = segment_put(&p.w, &p.stab[pid], n << 40, &kinds[dice(ARRAY_SIZE(kinds))],
                                 dice(3) ? 0 : dice(8) << 9 | dice(2) * S_CLASS);
            add_place(at);
            add_place(at + 8);
        }
    }
    for (u64 k = 0; k < 4; k++) add_place(p.w.patb + LPID_SLB * 16 + k * 8);
    ck_assert_uint_le(p.w.next, DATA);
}

static void step_context(unsigned t)
{
    struct xlate_ctx c = p.w.ctx;

    c.lpid = LPID_SLB + (u32)dice(2);
    c.lpcr = c.lpid == LPID_TABLE ? SEGMENT_LPCR : 0;
    c.pid = (u32)dice(dice(20) ? PIDS : PIDS + 1);
    c.msr = dice(5) ? (dice(2) ? MSR_HV : 0) | MSR_IR | MSR_DR | (dice(2) ? MSR_PR : 0) : 0;
    c.amr = dice(3) ? 0 : dice(1ULL << 31) << 33 ^ dice(1ULL << 31);
    c.iamr = dice(3) ? 0 : (dice(1ULL << 31) << 33 ^ dice(1ULL << 31)) & 0x5555555555555555;
    c.slb = &p.slb[t];
    mmu_set_context(mmu_of_thread(p.system, t), &c);
    p.ref.thread[t].ctx = c;
}

static u64 random_ea(unsigned t)
{
    u64 offset = dice(5) << (dice(3) ? 12 : dice(2) ? 16 : 24) | dice(2) << 12 | dice(512) << 3;

    return p.ref.thread[t].ctx.msr & MSR_DR ? offset | dice(dice(8) ? ESIDS : 2 * ESIDS) << 40
                                            : offset | (dice(30) ? 0 : 1ULL << 41);
}

static void step_access(unsigned t)
{
    enum access access = dice(2) ? ACCESS_LOAD : dice(2) ? ACCESS_STORE : ACCESS_FETCH;
    u64 ea = random_ea(t), words[4];
    struct answer o = {.why = XL_OK};
    struct xlate x;
    bool ok = expected(t, ea, access, &o);

    for (unsigned k = 0; k < o.rcs; k++) words[k] = world_get(&p.w, o.rc_at[k]) | (ok ? o.rc_set[k] : 0);
    SAME(mmu_translate(mmu_of_thread(p.system, t), ea, access, 8, &x, &p.stall), ok);
    SAME(x.why, o.why);
    for (unsigned k = 0; k < o.rcs; k++) SAME(world_get(&p.w, o.rc_at[k]), words[k]);
    p.accesses++;
    p.answers += ok;
    if (ok) {
        SAME(x.ra, o.ra);
        SAME(x.page_shift, o.page.shift);
        SAME(x.attr, o.page.attr);
        return;
    }
    SAME(x.stage, o.stage);
    SAME(x.for_table, o.for_table);
    if (o.stage == STAGE_PARTITION) SAME(x.segment, o.segment);
}

static void step_tlbie(unsigned t)
{
    const struct hseg *s = dice(6) ? &kinds[dice(ARRAY_SIZE(kinds))] : &VRMA;
    unsigned shift = dice(3) ? s->base_shift : s->base_shift == 12 ? 16 : 24;
    struct tlbie_op op = {.ric = dice(3) ? 0 : (u8)dice(4),
                          .prs = dice(2),
                          .r = !dice(6),
                          .local = dice(2),
                          .hv = dice(3),
                          .lpid = LPID_SLB + (u32)dice(2)};
    u64 is = dice(3) ? 0 : dice(4);

    op.rs = dice(PIDS) << 32 | (LPID_SLB + dice(2));
    op.rb = is ? is << 10 | dice(40) << 12 : hpt_rb(s, random_ea(t) & 0xfffffff, shift) & ~(3ULL << 10);
    if (!is && !dice(12)) op.rb ^= dice(8) << 5;
    mmu_tlbie(mmu_of_thread(p.system, t), &op);
    tlbie(t, &op);
}

static void step_segment(unsigned t)
{
    u64 ea = dice(2 * ESIDS) << 40, size = 1ULL << (dice(2) ? 40 : 28), rb = ea | (size >> 40 ? 1 << 25 : 0);
    u32 lpid = LPID_SLB + (u32)dice(2), pid = (u32)dice(PIDS);
    struct aim a = {.by = BY_EA, .lpid = lpid, .pid = pid, .first = ea, .last = ea + size - 1};
    struct mmu *mmu = mmu_of_thread(p.system, t);
    unsigned ih = (unsigned)dice(8);

    switch (dice(6)) {
    case 0: mmu_slbieg(mmu, rb, lpid, pid); break;
    case 1:
        mmu_slbiag(mmu, lpid);
        a = (struct aim){.by = BY_EA, .any_pid = true, .lpid = lpid, .last = ~0ULL};
        break;
    case 2:
        slb_drop_all(&p.slb[t], ih);
        mmu_slbia(mmu, ih);
        p.ref.n.slbia++;
        a = (struct aim){.by = ih == 3 ? BY_CLASS : ih == 6 ? GUESTS : EVERYTHING, .any_lpid = true, .any_pid = true};
        if (ih != 7) remove_segments(t, &a);
        remove_from_erats(t, &a);
        return;
    default: { /* slbie, and slbmte */
        unsigned shift = 28;

        for (unsigned k = 0; k < 32; k++) {
            struct slb_entry *e = &p.slb[t].entry[k];
            if (!(e->esid & SLB_VALID) || (e->esid ^ ea) >> (e->vsid >> 62 & 1 ? 40 : 28)) continue;
            if (e->vsid >> 62 & 1) shift = 40;
        }
        if (rb & 1 << 25) shift = 40;
        SAME(slb_drop(&p.slb[t], rb), shift);
        mmu_slbie(mmu, rb, shift);
        p.ref.n.slbie++;
        a = (struct aim){.by = BY_EA, .any_lpid = true, .any_pid = true, .first = ea, .last = ea + (1ULL << shift) - 1};
        remove_segments(t, &a);
        remove_from_erats(t, &a);
        if (ea >> 40 < ESIDS && dice(6))
            hseg_slb(&p.slb[t], (unsigned)(ea >> 40), ea, &kinds[dice(ARRAY_SIZE(kinds))],
                     (dice(3) ? 0 : dice(8) << 9) | dice(2) * S_CLASS);
        return;
    }
    }
    p.ref.n.slbie++;
    for (unsigned k = 0; k < REF_THREADS; k++) {
        remove_segments(k, &a);
        remove_from_erats(k, &a);
    }
}

static void step_tables(void)
{
    unsigned k = (unsigned)dice(p.places);
    u64 at = p.place[k], now = p.original[k];

    if (at >= p.w.patb && at < p.w.patb + 4096) now ^= dice(3) || at & 8 ? 0 : 1ULL << 63;
    else if (dice(2)) now ^= at & 8 ? 1ULL << (dice(2) ? dice(12) : 63) : dice(2) ? 1 : SLB_VALID;
    world_put(&p.w, at, now);
}

static void step(void)
{
    unsigned t = (unsigned)dice(REF_THREADS), what = (unsigned)dice(100);

    if (what < 8) step_context(t);
    else if (what < 14) step_tables();
    else if (what < 24) step_tlbie(t);
    else if (what < 34) step_segment(t);
    else step_access(t);
    compare();
}

/* ---- sequences ---- */
static void choose_config(void)
{
    static const u32 ways[] = {0, 1, 2, 4}, sizes[] = {4, 8, 16, 32};
    struct mmu_config *c = &p.config;

    *c = mmu_config_default();
    c->derat_entries = sizes[dice(3)];
    c->derat_ways = ways[dice(4)];
    c->ierat_entries = sizes[dice(2)];
    c->ierat_ways = ways[dice(3)];
    c->tlb_entries = 2 * sizes[dice(4)];
    c->tlb_ways = ways[dice(4)];
    c->pate_entries = 1 + (u32)dice(2);
    c->prte_entries = 1 + (u32)dice(4);
    c->tlb_replacement = dice(2) ? REPLACE_LRU : REPLACE_FIFO;
    c->pwc_replacement = dice(2) ? REPLACE_LRU : REPLACE_FIFO;
    c->tlbiel_spares_erat = dice(2);
    c->needless_insns = 0;
    c->contexts = 4;
}

static void start_sequence(void)
{
    const struct mmu_config *c = &p.config;

    for (unsigned k = 0; k < p.places; k++) world_put(&p.w, p.place[k], p.original[k]);
    mmu_system_reset(p.system);
    p.ref = (struct ref){.config = c, .w = &p.w};
    for (unsigned k = 0; k < REF_CORES; k++) {
        ref_list_open(&p.ref.core[k].tlb, c->tlb_entries, c->tlb_ways, c->tlb_replacement);
        ref_list_open(&p.ref.core[k].pate, c->pate_entries, 0, c->pwc_replacement);
        ref_list_open(&p.ref.core[k].prte, c->prte_entries, 0, c->pwc_replacement);
    }
    memset(p.slb, 0, sizeof p.slb);
    memset(p.segments, 0, sizeof p.segments);
    p.n = (struct counters){0};
    p.stall = 0;
    for (unsigned t = 0; t < REF_THREADS; t++) {
        ref_list_open(&p.ref.thread[t].erat[0], c->derat_entries, c->derat_ways, REPLACE_FIFO);
        ref_list_open(&p.ref.thread[t].erat[1], c->ierat_entries, c->ierat_ways, REPLACE_FIFO);
        mmu_set_counters(mmu_of_thread(p.system, t), &p.n, NULL, 0);
        for (u64 n = 0; n < ESIDS; n++) hseg_slb(&p.slb[t], (unsigned)n, n << 40, &kinds[dice(ARRAY_SIZE(kinds))], 0);
        step_context(t);
    }
}

static u64 sequences = 2000, seed = 1;

START_TEST(after_every_step_the_arrays_hold_what_the_lists_hold)
{
    const struct counters *n = &p.total;

    p.random = seed;
    for (p.number = 0; p.number < sequences;) {
        build();
        choose_config();
        p.system = mmu_system_new(&p.config, &p.w.bus, REF_CORES, REF_PER_CORE);
        ck_assert_ptr_nonnull(p.system);
        for (unsigned k = 0; k < PER_WORLD && p.number < sequences; k++, p.number++) {
            start_sequence();
            for (unsigned s = 0; s < STEPS; s++) step();
            counters_add(&p.total, &p.n);
        }
        mmu_system_free(p.system);
        world_close(&p.w);
    }
    const u64 events[] = {n->derat_miss_4k, n->derat_miss_64k, n->derat_miss_16m, n->ierat_miss,
                          n->tlb_hit,       n->itlb_miss,      n->walk_faults,    n->walk_reads_pwc,
                          n->rc_updates,    n->tlbie_hash,     n->tlbiel_hash,    n->slbia,
                          n->slbie,         n->tlb_killed,     n->erat_killed,    n->table_entries_killed,
                          n->segment_walks, n->segments_killed};
    for (unsigned k = 0; k < ARRAY_SIZE(events); k++)
        ck_assert_msg(events[k] > p.number / 20, "event %u is rare: %llu", k, (unsigned long long)events[k]);
    ck_assert_uint_gt(p.answers * 3, p.accesses);
}
END_TEST

int main(int argc, char **argv)
{
    Suite *s = suite_create("reference_hash");
    TCase *c = tcase_create("sequences");

    if (argc > 1) sequences = strtoull(argv[1], NULL, 0);
    if (argc > 2) seed = strtoull(argv[2], NULL, 0);
    tcase_set_timeout(c, 3000);
    tcase_add_test(c, after_every_step_the_arrays_hold_what_the_lists_hold);
    suite_add_tcase(s, c);
    return run_suite(s);
}
