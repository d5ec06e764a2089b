/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why becomes what: each function describes one interrupt in t->fault.  The mapping of translation failures:
 *
 *   why           DSISR/HDSISR        SRR1/HSRR1 of a fetch   interrupt
 *   NO_ENTRY      33                  33                      storage
 *   PROTECTION    36                  36                      storage
 *   KEY           42                  42                      storage
 *   PROTECTION_KEY 36 42              36 42                   storage
 *   NO_EXECUTE    -                   35                      storage
 *   BAD_CONFIG    44                  44                      storage
 *   SET_RC        45                  45                      storage
 *   BAD_EA        -                   -                       segment (radix: III 5.7.5.1)
 *   NO_SEGMENT    -                   -                       segment
 *   NO_STORAGE    -                   -                       machine check
 *
 * Bit 38 says "store".  A refusal at partition scope is a hypervisor storage interrupt with the guest real address in
 * ASDR, or the VSID doubleword of the segment if the partition is hashed; bit 46 then says that the address was that of
 * a process-scoped table entry (6.5.16, 6.5.17): of a hashed partition the process table or a segment table, whoever is
 * told.
 */
#include "core/state/fault.h"

#include "base/power.h"
#include "core/state/interrupt.h"

static enum next raise_fault(struct thread *t, enum interrupt row, u64 srr1)
{
    t->fault = (struct fault){.row = (u16)row, .srr1 = srr1};
    return FAULT;
}

static enum next raise_emulation_assist(struct thread *t, u32 word)
{
    t->fault = (struct fault){.row = INTERRUPT_EMULATION_ASSIST, .heir = word, .sets_heir = true};
    return FAULT;
}

enum next fault_illegal(struct thread *t, u32 word)
{
    return raise_emulation_assist(t, word);
}
/* The guest is told, unless its hypervisor wants to emulate the instruction (III 2.2, LPCR[EVIRT]; 6.5.9, 6.5.18). */
enum next fault_hypervisor(struct thread *t, u32 word)
{
    return (t->spr.LPCR & LPCR_EVIRT) ? raise_emulation_assist(t, word) : fault_privileged(t);
}
enum next fault_privileged(struct thread *t)
{
    return raise_fault(t, INTERRUPT_PROGRAM, SRR1_PRIVILEGED);
}
enum next fault_trap(struct thread *t)
{
    return raise_fault(t, INTERRUPT_PROGRAM, SRR1_TRAP);
}
enum next fault_fp_enabled(struct thread *t)
{
    return raise_fault(t, INTERRUPT_PROGRAM, SRR1_FP_ENABLED);
}
enum next fault_fp_waiting(struct thread *t)
{
    raise_fault(t, INTERRUPT_PROGRAM, SRR1_FP_ENABLED | SRR1_NEXT);
    t->fault.completed = t->fault.at_nia = true;
    return FAULT;
}
enum next fault_tm_bad_thing(struct thread *t)
{
    return raise_fault(t, INTERRUPT_PROGRAM, SRR1_TM_BAD_THING);
}
/* HSRR0 is the address behind the instruction although it did nothing: Linux takes 4 off (book3s_hv_tm.c). */
enum next fault_soft_patch(struct thread *t, u32 word)
{
    t->fault = (struct fault){.row = INTERRUPT_SOFT_PATCH, .completed = true, .heir = word, .sets_heir = true};
    return FAULT;
}
/* HFSCR is asked before the MSR, as for the other facilities. */
enum next fault_fp_unavailable(struct thread *t)
{
    if (t->withheld & MSR_FP) return fault_hypervisor_facility(t, FACILITY_FP);
    return raise_fault(t, INTERRUPT_FP_UNAVAILABLE, 0);
}
enum next fault_vec_unavailable(struct thread *t)
{
    if (t->withheld & MSR_VEC) return fault_hypervisor_facility(t, FACILITY_VECTOR);
    return raise_fault(t, INTERRUPT_VECTOR_UNAVAILABLE, 0);
}
enum next fault_vsx_unavailable(struct thread *t)
{
    if (t->withheld & MSR_VSX) return fault_hypervisor_facility(t, FACILITY_VECTOR);
    return raise_fault(t, INTERRUPT_VSX_UNAVAILABLE, 0);
}

enum next fault_trace(struct thread *t, u64 srr1)
{
    return raise_fault(t, INTERRUPT_TRACE, srr1);
}

/* The cause goes into the status register at once: nothing else reads it before the handler does. */
enum next fault_facility(struct thread *t, unsigned cause)
{
    t->spr.FSCR = SETFIELD(FSCR_IC, t->spr.FSCR, cause);
    return raise_fault(t, INTERRUPT_FACILITY_UNAVAILABLE, 0);
}

enum next fault_hypervisor_facility(struct thread *t, unsigned cause)
{
    t->spr.HFSCR = SETFIELD(FSCR_IC, t->spr.HFSCR, cause);
    return raise_fault(t, INTERRUPT_HFACILITY_UNAVAILABLE, 0);
}

enum next fault_system_call(struct thread *t, unsigned lev)
{
    t->fault = (struct fault){.row = INTERRUPT_SYSTEM_CALL, .completed = true, .lev = (u8)lev};
    if (t->spr.SMFCTRL & SMFCTRL_E) t->fault.srr1 = SETFIELD(PPC_BITMASK(42, 43), 0ULL, lev & 3);
    return FAULT;
}

enum next fault_system_call_vectored(struct thread *t, unsigned lev)
{
    t->fault = (struct fault){.row = INTERRUPT_SYSTEM_CALL_VECTORED, .completed = true, .lev = (u8)lev};
    return FAULT;
}

bool fault_alignment(struct thread *t, u64 ea, bool store)
{
    (void)store; /* DSISR is not set since ISA 3.0 */
    t->fault = (struct fault){.row = INTERRUPT_ALIGNMENT, .dar = ea, .sets_dar = true};
    return false;
}

/* POWER9: SRR1[42] = 1 sends software to DSISR; for fetches SRR1[36, 43:45] name the error (Linux mce_power.c). */
#define SRR1_LOAD_STORE_ERROR PPC_BIT(42)
#define SRR1_FETCH_FROM_NOWHERE SETFIELD(PPC_BITMASK(43, 45), 0ULL, 1)
#define DSISR_UNCORRECTABLE PPC_BIT32(16)
bool fault_machine_check(struct thread *t, u64 ea, enum access access)
{
    t->fault = (struct fault){.row = INTERRUPT_MACHINE_CHECK, .srr1 = SRR1_FETCH_FROM_NOWHERE};
    if (access == ACCESS_FETCH) return false;
    t->fault.srr1 = SRR1_LOAD_STORE_ERROR;
    t->fault.dar = ea;
    t->fault.dsisr = DSISR_UNCORRECTABLE;
    t->fault.sets_dar = t->fault.sets_dsisr = true;
    return false;
}

static u32 cause_bits(enum xlate_why why)
{
    switch (why) {
    case XL_NO_ENTRY: return DSISR_NO_ENTRY;
    case XL_PROTECTION: return DSISR_PROTECTION;
    case XL_KEY: return DSISR_KEY;
    case XL_PROTECTION_KEY: return DSISR_PROTECTION | DSISR_KEY;
    case XL_NO_EXECUTE: return SRR1_NO_EXECUTE;
    case XL_BAD_CONFIG: return DSISR_BAD_CONFIG;
    case XL_SET_RC: return DSISR_SET_RC;
    default: return 0;
    }
}

static bool fault_segment(struct thread *t, u64 ea, enum access access)
{
    if (access == ACCESS_FETCH) t->fault = (struct fault){.row = INTERRUPT_INSTRUCTION_SEGMENT};
    else t->fault = (struct fault){.row = INTERRUPT_DATA_SEGMENT, .dar = ea, .sets_dar = true};
    return false;
}

/*
 * Which scope refused decides who is told.  Radix: partition scope is the hypervisor's.  Hash: the one page table is
 * the partition's own business unless LPCR[VPM] virtualises it (real mode: VPM0's place was taken by ISA 3.0, always
 * virtualised); the hypervisor's own accesses are always data and instruction storage interrupts.
 */
static bool is_for_hypervisor(const struct thread *t, const struct xlate *x, enum access access)
{
    bool relocated = t->msr & (access == ACCESS_FETCH ? MSR_IR : MSR_DR);

    if (x->stage != STAGE_PARTITION) return false;
    if (t->spr.LPCR & LPCR_HR) return true;
    if (t->msr & MSR_HV) return false;
    return !relocated || (t->spr.LPCR & LPCR_VPM1);
}

bool fault_storage(struct thread *t, const struct xlate *x, u64 ea, enum access access)
{
    u32 cause = cause_bits(x->why);
    bool hypervisor = is_for_hypervisor(t, x, access);

    if (x->why == XL_NO_SEGMENT || x->why == XL_BAD_EA) return fault_segment(t, ea, access);
    if (x->why == XL_NO_STORAGE) return fault_machine_check(t, ea, access);
    if (x->for_table) cause |= DSISR_PROCESS_TABLE; /* radix: always the hypervisor's */
    t->fault = (struct fault){.asdr = x->segment ? x->segment : x->gra & ~0xfffULL, .sets_asdr = hypervisor};
    if (access == ACCESS_FETCH) {
        t->fault.row = hypervisor ? INTERRUPT_HINSTRUCTION_STORAGE : INTERRUPT_INSTRUCTION_STORAGE;
        t->fault.srr1 = cause;
        return false;
    }
    /* Reading a table entry is refused only for the writing of R or C into it: to the hypervisor that is a store. */
    if (x->for_table ? x->why == XL_PROTECTION || x->why == XL_SET_RC : access == ACCESS_STORE) cause |= DSISR_STORE;
    t->fault.row = hypervisor ? INTERRUPT_HDATA_STORAGE : INTERRUPT_DATA_STORAGE;
    t->fault.dsisr = cause;
    t->fault.dar = ea;
    t->fault.sets_dar = t->fault.sets_dsisr = true;
    return false;
}

bool fault_watchpoint(struct thread *t, u64 ea, bool store)
{
    t->fault = (struct fault){.row = INTERRUPT_DATA_STORAGE,
                              .dar = ea,
                              .dsisr = DSISR_WATCHPOINT | (store ? DSISR_STORE : 0),
                              .sets_dar = true,
                              .sets_dsisr = true};
    return false;
}

/* DSISR bit 37: load and reserve, store conditional or atomic memory operation where the storage does not take it
 * (III 6.5.3). */
bool fault_storage_attribute(struct thread *t, u64 ea, enum access access)
{
    t->fault = (struct fault){.row = INTERRUPT_DATA_STORAGE,
                              .dar = ea,
                              .dsisr = DSISR_ATTRIBUTE | (access == ACCESS_STORE ? DSISR_STORE : 0),
                              .sets_dar = true,
                              .sets_dsisr = true};
    return false;
}
