/* SPDX-License-Identifier: Apache-2.0 */
/* See slow_stub.h.  Addresses are compared before anything is touched, so a wild access is a refusal and no crash. */
#include "tests/support/slow_stub.h"

#include "base/compiler.h"
#include "core/isa/slow.h"
#include "core/state/context.h"
#include "core/state/fault.h"
#include "mmu/invalidate.h"

static struct stub *stub_of(const struct thread *t)
{
    return container_of((struct thread *)t, struct stub, thread);
}

/* ---- fault.h ---- */

static enum next note_fault(struct thread *t, enum stub_fault kind)
{
    t->fault.row = (u16)kind;
    return FAULT;
}

enum next fault_illegal(struct thread *t, u32 word)
{
    return (void)word, note_fault(t, STUB_ILLEGAL);
}
enum next fault_privileged(struct thread *t)
{
    return note_fault(t, STUB_PRIVILEGED);
}
enum next fault_trap(struct thread *t)
{
    return note_fault(t, STUB_TRAP);
}
enum next fault_fp_enabled(struct thread *t)
{
    return note_fault(t, STUB_FP_ENABLED);
}
enum next fault_tm_bad_thing(struct thread *t)
{
    return note_fault(t, STUB_TRAP);
}
enum next fault_soft_patch(struct thread *t, u32 word)
{
    return (void)word, note_fault(t, STUB_SOFT_PATCH);
}
enum next fault_fp_waiting(struct thread *t)
{
    return note_fault(t, STUB_TRAP);
}
enum next fault_trace(struct thread *t, u64 srr1)
{
    (void)srr1;
    return note_fault(t, STUB_TRAP);
}
enum next fault_hypervisor(struct thread *t, u32 word)
{
    return (void)word, note_fault(t, STUB_HYPERVISOR);
}
enum next fault_fp_unavailable(struct thread *t)
{
    return note_fault(t, STUB_UNAVAILABLE);
}
enum next fault_vec_unavailable(struct thread *t)
{
    return note_fault(t, STUB_UNAVAILABLE);
}
enum next fault_vsx_unavailable(struct thread *t)
{
    return note_fault(t, STUB_UNAVAILABLE);
}
enum next fault_facility(struct thread *t, unsigned cause)
{
    return (void)cause, note_fault(t, STUB_UNAVAILABLE);
}
enum next fault_hypervisor_facility(struct thread *t, unsigned cause)
{
    return (void)cause, note_fault(t, STUB_UNAVAILABLE);
}
enum next fault_system_call(struct thread *t, unsigned lev)
{
    return (void)lev, note_fault(t, STUB_SYSTEM_CALL);
}
enum next fault_system_call_vectored(struct thread *t, unsigned lev)
{
    return (void)lev, note_fault(t, STUB_SYSTEM_CALL);
}
bool fault_alignment(struct thread *t, u64 ea, bool store)
{
    return (void)ea, (void)store, note_fault(t, STUB_ALIGNMENT) == NEXT;
}
bool fault_storage(struct thread *t, const struct xlate *x, u64 ea, enum access access)
{
    stub_of(t)->fault_ea = ea;
    return (void)x, (void)access, note_fault(t, STUB_STORAGE) == NEXT;
}
bool fault_storage_attribute(struct thread *t, u64 ea, enum access access)
{
    stub_of(t)->fault_ea = ea;
    return (void)access, note_fault(t, STUB_STORAGE) == NEXT;
}
bool fault_machine_check(struct thread *t, u64 ea, enum access access)
{
    stub_of(t)->fault_ea = ea;
    return (void)access, note_fault(t, STUB_STORAGE) == NEXT;
}

/* ---- what the system chapter reaches in core/run and mmu ---- */

void thread_context_changed(struct thread *t)
{
    (void)t;
}
void thread_watch_changed(struct thread *t)
{
    (void)t;
}
void thread_partition_invalidated(struct thread *t, u32 lpid)
{
    (void)t, (void)lpid;
}
bool needs_caching(struct thread *t, u64 ea, unsigned size, enum access access)
{
    return (void)size, touch_block(t, ea, access);
}
bool watch_allows(struct thread *t, u64 ea, unsigned size, bool load, bool store)
{
    return (void)t, (void)ea, (void)size, (void)load, (void)store, true;
}
void mmu_tlbie(struct mmu *mmu, const struct tlbie_op *op)
{
    (void)mmu, (void)op;
}
void mmu_slbie(struct mmu *mmu, u64 ea, unsigned shift)
{
    (void)mmu, (void)ea, (void)shift;
}
void mmu_slbieg(struct mmu *mmu, u64 rb, u32 lpid, u32 pid)
{
    (void)mmu, (void)rb, (void)lpid, (void)pid;
}
void mmu_slbiag(struct mmu *mmu, u32 lpid)
{
    (void)mmu, (void)lpid;
}
void mmu_slbia(struct mmu *mmu, unsigned ih)
{
    (void)mmu, (void)ih;
}

/* ---- slow.h ---- */

static u8 *reach(const struct thread *t, u64 ea, unsigned size)
{
    struct stub *stub = stub_of(t);

    if (stub->refuse || ea < stub->base || ea > stub->base + STUB_SIZE - size) return NULL;
    return stub->storage + (ea - stub->base);
}

bool slow_load(struct thread *t, u64 ea, unsigned size)
{
    const u8 *at = reach(t, ea, size);
    u64 half[2] = {0, 0};

    if (!at) return fault_storage_attribute(t, ea, ACCESS_LOAD);
    for (unsigned k = 0; k < size; k++) {
        half[0] = half[0] << 8 | half[1] >> 56;
        half[1] = half[1] << 8 | at[t->le ? size - 1 - k : k];
    }
    t->slow_value[0] = half[1];
    t->slow_value[1] = half[0];
    return true;
}

bool slow_store(struct thread *t, u64 ea, unsigned size, u64 low, u64 high)
{
    u8 *at = reach(t, ea, size);

    if (!at) return fault_storage_attribute(t, ea, ACCESS_STORE);
    for (unsigned k = 0; k < size; k++) at[t->le ? k : size - 1 - k] = (u8)(k < 8 ? low >> 8 * k : high >> 8 * (k - 8));
    return true;
}

bool load_and_reserve(struct thread *t, u64 ea, unsigned size)
{
    if (ea & (size - 1)) return fault_alignment(t, ea, false);
    if (!slow_load(t, ea, size)) return false;
    t->reserved = true;
    t->reserve_ra = ea & ~127ULL;
    return true;
}

bool store_conditional(struct thread *t, u64 ea, unsigned size, u64 low, u64 high, bool *done)
{
    if (ea & (size - 1)) return fault_alignment(t, ea, true);
    if (!reach(t, ea, size)) return fault_storage_attribute(t, ea, ACCESS_STORE);
    *done = t->reserved && t->reserve_ra == (ea & ~127ULL);
    t->reserved = false;
    return !*done || slow_store(t, ea, size, low, high);
}

bool zero_block(struct thread *t, u64 ea)
{
    u8 *at = reach(t, ea & ~127ULL, 128);

    if (!at) return fault_storage_attribute(t, ea, ACCESS_STORE);
    memset(at, 0, 128);
    return true;
}

bool touch_block(struct thread *t, u64 ea, enum access access)
{
    return reach(t, ea, 1) ? true : fault_storage_attribute(t, ea, access);
}

bool load_cache_inhibited(struct thread *t, u64 ea, unsigned size)
{
    return slow_load(t, ea, size);
}
bool store_cache_inhibited(struct thread *t, u64 ea, unsigned size, u64 value)
{
    return slow_store(t, ea, size, value, 0);
}
u64 port_random(struct thread *t)
{
    return 0x0123456789abcdefULL ^ t->completed;
}
enum next slow_callthru(struct thread *t)
{
    return fault_illegal(t, stub_of(t)->word);
}
void thread_take_time(struct thread *t)
{
    (void)t;
}
u32 slow_word(const struct thread *t, const struct insn *i)
{
    return (void)i, stub_of(t)->word;
}
enum next slow_jump(struct thread *t, const struct insn *i)
{
    return (void)t, (void)i, JUMP;
}

/* The fast ports go on to the next instruction by themselves: this one ends it. */
static enum next stop_here(struct thread *t, const struct insn *i)
{
    stub_of(t)->stopped = true;
    t->at = i;
    return NEXT;
}

void stub_reset(struct stub *stub, bool le)
{
    struct thread *t = &stub->thread;

    memset(stub, 0, sizeof *stub);
    for (unsigned k = 0; k < HOST_SLOTS; k++) stub->load[k].tag = stub->store[k].tag = HOST_NO_PAGE;
    stub->base = STUB_BASE;
    stub->cia = STUB_CIA;
    stub_copied(stub);
    t->ea_mask = ~0ULL;
    t->le = le;
    t->msr = MSR_SF | MSR_PR | MSR_VEC | MSR_VSX | MSR_FP | (le ? MSR_LE : 0);
}

void stub_copied(struct stub *stub)
{
    struct thread *t = &stub->thread;

    t->map = (struct hostmap){.load = stub->load, .store = stub->store, .shift = stub->shift};
    t->ring = &stub->ring;
    t->page = stub->page;
    stub->ring.access = stub->access;
    stub->ring.ram = (uintptr_t)stub->storage - stub->base; /* real addresses are effective ones */
}

static void map_storage(struct stub *stub)
{
    for (u64 ea = stub->base; ea < stub->base + STUB_SIZE; ea += 4096) {
        bool map = stub->mapped && !stub->refuse;
        struct host_slot slot = {map ? ea : HOST_NO_PAGE, (uintptr_t)stub->storage - stub->base};
        stub->load[(ea >> 12) & HOST_SLOT_MASK] = stub->store[(ea >> 12) & HOST_SLOT_MASK] = slot;
    }
}

enum stub_outcome stub_execute(struct stub *stub, const struct isa *isa, u32 word, unsigned port)
{
    struct thread *t = &stub->thread;
    unsigned row = isa_decode(isa, word, &stub->page[0]);
    enum next n;

    t->page_ea = stub->cia;
    map_storage(stub);
    stub->word = word;
    stub->stopped = false;
    retire_forget(&stub->ring);
    stub->ring.now = (struct insn_facts){.word = word, .row = (u16)row};
    stub->ring.ram = (uintptr_t)stub->storage - stub->base;
    t->run_start = stub->page;
    t->limit = 0;
    if (row == ROW_NONE) {
        fault_illegal(t, word);
        return STUB_FAULTED;
    }
    stub->page[0].fn = isa_row(isa, row)->fn[port];
    stub->page[1].fn = stop_here;
    n = stub->page[0].fn(t, stub->page);
    return n == FAULT ? STUB_FAULTED : n == JUMP ? STUB_JUMPED : STUB_DONE;
}
