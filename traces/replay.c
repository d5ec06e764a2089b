/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See replay.h.  A thread here is what translation needs of one: its context, its SLB, and whom its events are counted
 * for.  The order within an instruction is the run's: its fetch was translated before what it did itself - a return, an
 * invalidation, a change of context, which stand before its record -, its own accesses behind.
 */
#include "traces/replay.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/power.h"
#include "bus/bus.h"
#include "core/isa/decode.h"
#include "core/state/interrupt.h"
#include "core/state/spr.h"
#include "mmu/invalidate.h"
#include "mmu/story.h"
#include "stats/counters.h"
#include "traces/replay_parts.h"

/* ---- whom events are counted for ---- */

static unsigned place_of(u32 level)
{
    return level < TRACE_LEVELS ? level : TRACE_LEVELS - 1;
}

static u64 cycles_of(const struct trace_replay *r, const struct replay_thread *t)
{
    return (u64)((u128)t->completed * r->model.pace >> 16) + t->stall_cycles;
}

/* Loads, stores and branches of a block in one number, by the bits of insn_facts.is. */
enum { SUM_STORES = 20, SUM_BRANCHES = 40, SUM_BITS = (1 << SUM_STORES) - 1 };
static const u64 sum_of[] = {0,
                             1,
                             1ULL << SUM_STORES,
                             1 | 1ULL << SUM_STORES,
                             1ULL << SUM_BRANCHES,
                             1 | 1ULL << SUM_BRANCHES,
                             1ULL << SUM_STORES | 1ULL << SUM_BRANCHES,
                             1 | 1ULL << SUM_STORES | 1ULL << SUM_BRANCHES};

static void unpack_sums(struct replay_thread *t)
{
    t->counters->loads += t->sums & SUM_BITS;
    t->counters->stores += t->sums >> SUM_STORES & SUM_BITS;
    t->counters->branches += t->sums >> SUM_BRANCHES;
    t->sums = 0;
}

/* What the thread has done since the last time is its level's. */
static void settle(struct trace_replay *r, struct replay_thread *t)
{
    u64 cycles = cycles_of(r, t);

    unpack_sums(t);
    t->counters->completed += t->completed - t->counted_completed;
    t->counters->cycles += cycles - t->counted_cycles;
    t->counted_completed = t->completed;
    t->counted_cycles = cycles;
}

static void count_for(struct trace_replay *r, struct replay_thread *t, u32 level)
{
    unsigned place = place_of(level);

    t->level = level;
    t->counters = &r->result.counted.counters[place];
    t->walks = &r->result.counted.walks[place];
    mmu_set_counters(t->mmu, t->counters, t->walks, level);
}

/* ---- table entries ---- */

static void put_doubleword(struct trace_replay *r, u64 ra, u64 value)
{
    if (ra & 7 || !ram_holds(&r->ram, ra, 8)) return;
    put_be64(r->ram.host + ra, value);
}

/* What a walk of the run read is where it lay.  A group in which the run has not found what it looked for is empty: the
 * entries that are in it come when they are needed. */
static void put_entry(struct trace_replay *r, const struct walk_step *s)
{
    bool is_group = s->kind == WALK_PTEG || s->kind == WALK_STEG;

    if (is_group && s->absent) {
        for (unsigned n = 0; n < 128; n += 8) put_doubleword(r, s->entry_ra + n, 0);
        return;
    }
    put_doubleword(r, s->entry_ra, s->entry);
    if (walk_has_second(s->kind)) put_doubleword(r, s->entry_ra + 8, s->second);
}

static void put_entries(struct trace_replay *r, const struct retire_access *a, const struct retire_block *block)
{
    for (unsigned k = 0; k < a->reads; k++) put_entry(r, &block->read[a->read + k].step);
}

/* ---- translation ---- */

static bool is_in_slot(const struct replay_thread *t, const struct retire_access *a)
{
    const struct host_slot *map = a->flags & ACCESS_AS_STORE ? t->map.store : t->map.load;

    return map[a->ea >> 12 & HOST_SLOT_MASK].tag == (a->ea & HOST_PAGE_MASK);
}

/* The same access as the model has it; how it was translated is in the story. */
static bool translate(struct trace_replay *r, struct replay_thread *t, const struct retire_access *a,
                      enum access access)
{
    struct xlate x;
    u64 stall = 0;
    bool ok = mmu_translate(t->mmu, a->ea, access, a->size ? a->size : 1, &x, &stall);

    t->stall_cycles += stall;
    r->result.lost += !ok && !(a->flags & ACCESS_REFUSED);
    return ok;
}

/* Is it one that was not translated at all: a hint, or a real address (lbzcix)? */
static bool is_untranslated(const struct retire_access *a)
{
    return a->kind == ACCESSED_HINT || (a->by == TRANSLATED_NOT && !(a->flags & ACCESS_REFUSED));
}

/* Was it served otherwise in the run: by another array, or an entry of its walk by another one? */
static bool was_otherwise(const struct replay_thread *t, const struct retire_access *a,
                          const struct retire_block *block, u32 read)
{
    if (a->by != t->story.by || a->reads != t->story.reads - read) return true;
    for (unsigned k = 0; k < a->reads; k++)
        if (block->read[a->read + k].source != t->story.read[read + k].source) return true;
    return false;
}

/* Where the story of the next translation begins: behind the others of the block, if they are kept. */
static u32 begin_story(struct replay_thread *t)
{
    if (!t->block) t->story.reads = 0;
    return t->story.reads;
}

static void access_again(struct trace_replay *r, struct replay_thread *t, const struct retire_access *a,
                         const struct retire_block *block)
{
    u32 read = begin_story(t);

    if (is_untranslated(a) || (unlikely(r->walks) && replay_is_real(a))) {
        if (t->block) replay_keep_access(t, a);
        return;
    }
    if (unlikely(r->walks)) replay_walk_of(r, t, a, block);
    else put_entries(r, a, block);
    if (likely(is_in_slot(t, a))) {
        r->result.otherwise += a->by != TRANSLATED_BY_ERAT;
        if (t->block) replay_keep_slot(t, a);
        return;
    }
    (void)translate(r, t, a, a->flags & ACCESS_AS_STORE ? ACCESS_STORE : ACCESS_LOAD);
    r->result.otherwise += was_otherwise(t, a, block, read);
    if (t->block) replay_keep_translated(t, a, read);
}

/* The fetch that the instruction's record has, which is its first access; NULL: the run's ERAT held its page. */
inline_hot const struct retire_access *fetch_of(const struct retire *insn, const struct retire_block *block)
{
    const struct retire_access *first = &block->access[insn->access];

    return insn->accesses && first->kind == ACCESSED_FETCH ? first : NULL;
}

/* Host-side tables want a decoded page behind a fetch; which one, nobody asks. */
static struct insn *const some_page = (struct insn *)(void *)&retire_register;

static noinline_cold void look_for_page(struct trace_replay *r, struct replay_thread *t, const struct retire *insn,
                                        const struct retire_block *block)
{
    const struct retire_access *told = fetch_of(insn, block);
    struct retire_access fetch = {.ea = insn->cia,
                                  .ra = insn->ra,
                                  .size = 4,
                                  .kind = ACCESSED_FETCH,
                                  .by = TRANSLATED_BY_ERAT,
                                  .page_shift = insn->fetch_shift};
    const struct fetch_slot *slot = &t->map.fetch[insn->cia >> 12 & FETCH_SLOT_MASK];
    u64 page = insn->cia & HOST_PAGE_MASK;
    u32 read = begin_story(t);
    bool is_known = t->fetch_page != ~0ULL;

    t->fetch_page = page;
    t->moved = t->looks = false;
    if (!told && !is_known) return; /* the run was in this page already */
    if (told) fetch = *told;
    if (unlikely(r->walks)) {
        if (insn->ra == ~0ULL || replay_is_real(&fetch)) return; /* nobody knows where it was; or in real mode */
        replay_walk_of(r, t, &fetch, block);
    } else if (told) {
        put_entries(r, told, block);
    }
    if (slot->tag == (page | HOST_TRACED)) {
        r->result.otherwise += told != NULL;
        return;
    }
    if (translate(r, t, &fetch, ACCESS_FETCH)) mmu_install_fetch(t->mmu, page, some_page, true);
    r->result.otherwise += was_otherwise(t, &fetch, block, read);
    if (t->block && t->story.by != TRANSLATED_BY_ERAT) replay_keep_translated(t, &fetch, read);
}

inline_hot void fetch_again(struct trace_replay *r, struct replay_thread *t, const struct retire *insn,
                            const struct retire_block *block)
{
    t->fetched = true;
    if (unlikely(fetch_of(insn, block) || (insn->cia & HOST_PAGE_MASK) != t->fetch_page || t->looks))
        look_for_page(r, t, insn, block);
}

/* ---- context ---- */

static void use_context(struct replay_thread *t)
{
    t->map = mmu_set_context(t->mmu, &t->ctx);
    t->moved = t->synchronised = true;
    t->looks |= t->interrupted;
}

static void set_register(struct replay_thread *t, u32 spr, u64 value)
{
    switch (spr) {
    case SPRN_LPCR: t->ctx.lpcr = value; break;
    case SPRN_PTCR: t->ctx.ptcr = value; break;
    case SPRN_HRMOR: t->ctx.hrmor = value; break;
    case SPRN_URMOR: t->ctx.urmor = value; break;
    case SPRN_AMR: t->ctx.amr = value; break;
    case SPRN_IAMR: t->ctx.iamr = value; break;
    default: break;
    }
}

static void change_context(struct trace_replay *r, struct replay_thread *t, const struct retire *c)
{
    u32 partition = r->walks ? c->context.lpid : c->context.partition;
    u32 level = r->walks ? partition != 0 : c->context.level;

    if (partition != t->partition) {
        t->counters->guest_exits += t->partition != 0;
        t->counters->guest_entries += partition != 0;
        t->partition = partition;
    }
    if (level != t->level) {
        settle(r, t);
        count_for(r, t, level);
    }
    t->ctx.msr = r->walks ? MSR_IR | MSR_DR | (c->context.lpid ? 0 : MSR_HV) : c->context.msr;
    t->ctx.lpid = c->context.lpid;
    t->ctx.pid = c->context.pid;
    use_context(t);
}

static void invalidate(struct replay_thread *t, const struct retire *r)
{
    u64 rb = r->invalidation.rb, rs = r->invalidation.rs;
    u32 lpid = r->invalidation.hv ? (u32)rs : r->invalidation.lpid;
    const struct tlbie_op op = {.rb = rb,
                                .rs = rs,
                                .ric = r->invalidation.ric,
                                .prs = r->invalidation.prs,
                                .r = r->invalidation.r,
                                .local = r->invalidation.what == INVALIDATE_TLBIEL,
                                .hv = r->invalidation.hv,
                                .lpid = r->invalidation.lpid};

    switch ((enum retire_invalidation)r->invalidation.what) {
    case INVALIDATE_TLBIE:
    case INVALIDATE_TLBIEL: mmu_tlbie(t->mmu, &op); break;
    case INVALIDATE_SLBIE: mmu_slbie(t->mmu, rb, slb_drop(&t->slb, rb)); break;
    case INVALIDATE_SLBIEG: mmu_slbieg(t->mmu, rb, lpid, (u32)(rs >> 32)); break;
    case INVALIDATE_SLBIAG: mmu_slbiag(t->mmu, lpid); break;
    case INVALIDATE_SLBIA:
        slb_drop_all(&t->slb, (unsigned)rb & 7);
        mmu_slbia(t->mmu, (unsigned)rb & 7);
        break;
    }
}

static void take_interrupt(struct replay_thread *t, const struct retire *r)
{
    t->counters->interrupts++;
    t->counters->data_storage += r->interrupt.number == INTERRUPT_DATA_STORAGE;
    t->counters->instruction_storage += r->interrupt.number == INTERRUPT_INSTRUCTION_STORAGE;
    t->interrupted = true;
    t->interrupt_msr = r->interrupt.msr;
}

static void take_event(struct trace_replay *r, struct replay_thread *t, const struct retire *e)
{
    switch ((enum retire_kind)e->kind) {
    case RETIRE_INTERRUPT: take_interrupt(t, e); break;
    case RETIRE_CONTEXT: change_context(r, t, e); break;
    case RETIRE_INVALIDATION: invalidate(t, e); break;
    case RETIRE_REGISTER: set_register(t, e->reg.spr, e->reg.value); break;
    case RETIRE_SEGMENT:
        if (e->segment.index < SLB_ENTRIES)
            t->slb.entry[e->segment.index] = (struct slb_entry){e->segment.esid, e->segment.vsid};
        break;
    case RETIRE_IDLE:
        t->stall_cycles += e->idle_cycles;
        t->now += e->idle_cycles;
        t->counters->idle_cycles += e->idle_cycles;
        break;
    case RETIRE_BARRIER: t->synchronised |= e->barrier == BARRIER_ISYNC; break;
    default: break;
    }
}

/* Events that an instruction makes itself stand before its record; those of an interrupt follow it. */
static bool is_of_instruction(const struct replay_thread *t, const struct retire *e)
{
    switch ((enum retire_kind)e->kind) {
    case RETIRE_CONTEXT: return !t->interrupted || e->context.msr != t->interrupt_msr;
    case RETIRE_REGISTER:
    case RETIRE_SEGMENT:
    case RETIRE_INVALIDATION: return true;
    default: return false;
    }
}

/* The instruction that made the event n; NULL: none of this block did. */
static const struct retire *insn_behind(const struct retire_block *block, size_t n)
{
    for (; n < block->count; n++) {
        const struct retire *r = &block->record[n];

        if (r->kind == RETIRE_INSN) return r;
        if (r->kind == RETIRE_INTERRUPT || r->kind == RETIRE_IDLE) return NULL;
    }
    return NULL;
}

/* ---- records ---- */

/* Behind a change of context instructions go on from the page that they are in until the straight run ends (core/run):
 * with a jump, or with an instruction that synchronises, as those that change contexts do, but for mtspr. */
static bool ends_run(const struct replay_thread *t, const struct retire *insn)
{
    bool is_mtspr = (insn->facts->word & 0xfc0007fe) == 0x7c0003a6;

    return insn->nia != insn->cia + 4 || (t->synchronised && !is_mtspr);
}

static void count_insn(struct replay_thread *t, const struct retire *insn)
{
    bool completed = !(insn->flags & (RETIRE_FAULTED | RETIRE_WAITED));

    t->completed += completed;
    t->insns++;
    if (likely(completed)) t->sums += sum_of[insn->facts->is & (IS_LOAD | IS_STORE | IS_BRANCH)];
}

static void take_insn(struct trace_replay *r, struct replay_thread *t, const struct retire *insn,
                      const struct retire_block *block)
{
    if (!t->fetched) fetch_again(r, t, insn, block);
    t->fetched = t->interrupted = false;
    for (unsigned k = 0; k < insn->accesses; k++) {
        const struct retire_access *a = &block->access[insn->access + k];

        if (a->kind == ACCESSED_FETCH) continue;
        t->counters->derat_access_extra += (a->flags & ACCESS_CROSSED) != 0;
        t->counters->derat_access_extra += a->kind == ACCESSED_CACHE;
        access_again(r, t, a, block);
        if (t->block && insn->access + k < block->kept) t->block->kept = t->block->accesses;
    }
    t->looks |= t->moved && ends_run(t, insn);
    t->synchronised = false;
    count_insn(t, insn);
}

static void take_record(struct trace_replay *r, struct replay_thread *t, const struct retire_block *block, size_t k)
{
    const struct retire *record = &block->record[k], *insn;

    if (likely(record->kind == RETIRE_INSN)) {
        take_insn(r, t, record, block);
    } else {
        insn = is_of_instruction(t, record) && !t->fetched ? insn_behind(block, k + 1) : NULL;
        if (insn) fetch_again(r, t, insn, block);
        if (record->kind == RETIRE_CONTEXT && t->interrupted && record->context.msr == t->interrupt_msr)
            t->interrupted = false;
        take_event(r, t, record);
    }
    if (t->block) replay_keep_record(t, record);
}

void trace_replay_take(struct trace_replay *r, const struct retire_block *block)
{
    unsigned number = retire_thread(block);
    struct replay_thread *t = &r->thread[number];

    if (number >= r->threads) return;
    if (t->block) replay_begin_block(t);
    for (size_t k = 0; k < block->count; k++) take_record(r, t, block, k);
    unpack_sums(t);
    r->result.instructions += t->insns;
    t->insns = 0;
    if (t->block) replay_time_block(r, t, block);
}

const struct replay_result *trace_replay_result(struct trace_replay *r)
{
    for (unsigned k = 0; k < r->threads; k++) settle(r, &r->thread[k]);
    return &r->result;
}

const char *trace_replay_cold(const struct trace_replay *r)
{
    return r->cold.what;
}

/* ---- opening ---- */

static bool no_access(void *self, struct bus_access a, u64 *value)
{
    (void)self, (void)a, (void)value;
    return false;
}
static bool no_store(void *self, struct bus_access a, u64 value)
{
    (void)self, (void)a, (void)value;
    return false;
}

/* Where the run had devices, somebody answers here too. */
static bool attach_regions(struct trace_replay *r, const struct trace_start *start)
{
    static const struct device_ops ops = {.read = no_access, .write = no_store};
    bool ok = true;

    for (u64 k = 0; ok && k < start->regions; k++)
        ok = bus_attach(&r->bus, &(struct region){.name = "recorded",
                                                  .base = start->region[k].base,
                                                  .size = start->region[k].size,
                                                  .accepts = BUS_ANY,
                                                  .ops = &ops,
                                                  .self = r});
    return ok;
}

static void begin_thread(struct trace_replay *r, unsigned n, const struct trace_thread *from)
{
    struct replay_thread *t = &r->thread[n];

    t->mmu = mmu_of_thread(r->mmus, n);
    t->number = n;
    t->slb = from->slb;
    t->partition = from->partition;
    t->completed = t->counted_completed = from->completed;
    t->end = from->end;
    t->twin_end = from->twin_end;
    t->ctx = (struct xlate_ctx){.msr = from->msr, .lpid = from->lpid, .pid = from->pid, .slb = &t->slb, .bus = &r->bus};
    for (unsigned k = 0; k < RETIRE_REGISTERS; k++) set_register(t, retire_register[k], from->reg[k]);
    count_for(r, t, from->level);
    t->counted_cycles = cycles_of(r, t);
    mmu_set_clock(t->mmu, &t->completed);
    use_context(t);
    t->moved = t->synchronised = t->looks = false;
    t->fetch_page = ~0ULL;
    t->story.read = t->read;
    mmu_tell(t->mmu, &t->story);
}

static bool warm(struct trace_replay *r, struct state_reader *arrays, const char *name)
{
    if (!arrays || !state_has_object(arrays, "mmu")) return true;
    return mmu_restore(r->mmus, arrays, NULL, &r->cold) || p9_error("%s: cannot be replayed: %s", name, arrays->why);
}

static bool open_all(struct trace_replay *r, const struct trace_start *start, struct state_reader *arrays,
                     const char *name)
{
    r->thread = calloc(start->threads, sizeof *r->thread);
    if (!r->thread) return p9_error("%s: the host has no memory to replay it", name);
    r->threads = (unsigned)start->threads;
    if (!ram_open(&r->ram, start->ram_bytes)) return false;
    r->bus.ram = &r->ram;
    if (!attach_regions(r, start)) return false;
    r->mmus = mmu_system_new(&r->model.mmu, &r->bus, start->cores, start->threads_per_core);
    if (!r->mmus || !warm(r, arrays, name)) return false;
    for (u64 k = 0; k < start->entries; k++) put_doubleword(r, start->entry[k].ra, start->entry[k].value);
    for (unsigned n = 0; n < r->threads; n++) begin_thread(r, n, &start->thread[n]);
    return !r->model.timed || replay_open_timing(r, start, arrays, name);
}

struct trace_replay *trace_replay_open(const struct replay_model *model, const struct trace_start *start,
                                       struct state_reader *arrays, const struct isa *isa, const char *name)
{
    struct trace_replay *r = calloc(1, sizeof *r);

    if (!r) {
        p9_error("%s: the host has no memory to replay it", name);
        return NULL;
    }
    r->model = *model;
    r->isa = isa;
    if (r->model.timed) r->model.pace = 0;
    if (open_all(r, start, arrays, name)) return r;
    trace_replay_close(r);
    return NULL;
}

struct trace_replay *trace_replay_open_bare(const struct replay_model *model, const struct isa *isa, const char *name)
{
    enum { RAM_SHIFT = 36, REAL_SHIFT = 60 };
    struct trace_thread thread = {.msr = MSR_HV | MSR_IR | MSR_DR};
    struct trace_region rest = {1ULL << RAM_SHIFT, (1ULL << REAL_SHIFT) - (1ULL << RAM_SHIFT)};
    const struct trace_start start = {.ram_bytes = 1ULL << RAM_SHIFT,
                                      .cores = 1,
                                      .threads_per_core = 1,
                                      .thread = &thread,
                                      .threads = 1,
                                      .region = &rest,
                                      .regions = 1};
    struct trace_replay *r;

    thread.reg[0] = LPCR_HR; /* retire_register[0] */
    r = trace_replay_open(model, &start, NULL, isa, name);
    if (!r || replay_open_walks(r)) return r;
    p9_error("%s: the host has no memory to replay it", name);
    trace_replay_close(r);
    return NULL;
}

void trace_replay_close(struct trace_replay *r)
{
    if (!r) return;
    replay_close_timing(r);
    mmu_system_free(r->mmus);
    ram_close(&r->ram);
    free(r->walks);
    free(r->thread);
    free(r);
}
