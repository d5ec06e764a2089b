/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mfspr and mtspr, Book III 4.4.4.  Who may touch what:
 *
 *   number is...           problem state                   supervisor (HV=0)         hypervisor
 *   defined, allowed       done                            done                      done
 *   defined, not allowed   bit 0x10: program, else HEAI    see below
 *   hypervisor resource    program (privileged)            EVIRT=1 HEAI, else no-op  done
 *   ultravisor resource    program (privileged)            EVIRT=1 HEAI, else no-op  HEAI if secure memory is on
 *   undefined              bit 0x10: program, else HEAI    EVIRT=1 HEAI, else no-op  as supervisor
 *   0, mfspr of 4 5 6      HEAI                            HEAI                      HEAI
 *   808..811               no-op everywhere (reserved for hints)
 */
#include "core/state/spr.h"

#include "core/state/context.h"
#include "core/state/fabric.h"
#include "core/state/fault.h"
#include "core/state/spr_hooks.h"

#define SPR(name_, number_, read_, write_, scope_, reset_, mask_, gate_, get_, put_, text_)                            \
    {.name = #name_,                                                                                                   \
     .text = text_,                                                                                                    \
     .number = number_,                                                                                                \
     .read = SPR_##read_,                                                                                              \
     .write = SPR_##write_,                                                                                            \
     .scope = SPR_##scope_,                                                                                            \
     .gate = GATE_##gate_,                                                                                             \
     .offset = offsetof(struct sprs, name_),                                                                           \
     .reset = reset_,                                                                                                  \
     .mask = mask_,                                                                                                    \
     .get = spr_get_##get_,                                                                                            \
     .put = spr_put_##put_},
#define SPR_ALIAS(name_, number_, read_, write_, mask_, gate_, get_, put_, text_)                                      \
    {.name = #name_,                                                                                                   \
     .text = text_,                                                                                                    \
     .number = number_,                                                                                                \
     .read = SPR_##read_,                                                                                              \
     .write = SPR_##write_,                                                                                            \
     .is_alias = true,                                                                                                 \
     .gate = GATE_##gate_,                                                                                             \
     .mask = mask_,                                                                                                    \
     .get = spr_get_##get_,                                                                                            \
     .put = spr_put_##put_},
const struct spr_row spr_rows[] = {
#include "core/state/spr.def"
};
#undef SPR
#undef SPR_ALIAS
const unsigned spr_row_count = ARRAY_SIZE(spr_rows);

/* Row number + 1 of each SPR number, made by the compiler from the rows themselves. */
enum spr_index {
#define SPR(name, ...) INDEX_##name,
#define SPR_ALIAS(name, ...) INDEX_##name,
#include "core/state/spr.def"
#undef SPR
#undef SPR_ALIAS
};
static const u8 row_of_number[1032] = {
#define SPR(name, number, ...) [number] = INDEX_##name + 1,
#define SPR_ALIAS(name, number, ...) [number] = INDEX_##name + 1,
#include "core/state/spr.def"
#undef SPR
#undef SPR_ALIAS
};

const struct spr_row *spr_scratch(unsigned index)
{
    return &spr_rows[INDEX_SCRATCH0 + index];
}

const struct spr_row *spr_find(unsigned number)
{
    if (number >= 1024 || !row_of_number[number]) return NULL;
    return &spr_rows[row_of_number[number] - 1];
}

u64 spr_peek(struct thread *t, const struct spr_row *row)
{
    return row->get(t, row);
}

bool thread_is_ultravisor(const struct thread *t)
{
    return (t->msr & (MSR_S | MSR_HV | MSR_PR)) == (MSR_S | MSR_HV);
}

static bool is_hypervisor(const struct thread *t)
{
    return (t->msr & (MSR_HV | MSR_PR)) == MSR_HV;
}

static bool may_access(const struct thread *t, enum spr_privilege needed)
{
    switch (needed) {
    case SPR_P: return true;
    case SPR_S: return !(t->msr & MSR_PR);
    case SPR_H: return is_hypervisor(t);
    case SPR_U: return is_hypervisor(t) && (thread_is_ultravisor(t) || !(t->spr.SMFCTRL & SMFCTRL_E));
    case SPR_N: break;
    }
    return false;
}

/* The access is not allowed, or the number is not defined: the table above.  mfspr of 4, 5 and 6 read POWER's clock and
 * decrementer, which systems may want to emulate; mtspr of them is nothing special. */
static enum spr_result refuse(struct thread *t, enum spr_privilege needed, unsigned number, bool write)
{
    bool exists = needed != SPR_N, illegal = !exists && (number == 0 || (!write && number >= 4 && number <= 6));

    if (t->msr & MSR_PR) {
        if (!(number & 0x10)) return SPR_ILLEGAL;
        fault_privileged(t);
        return SPR_FAULT;
    }
    if (exists && (t->msr & MSR_HV)) return SPR_ILLEGAL;
    return illegal || (t->spr.LPCR & LPCR_EVIRT) ? SPR_ILLEGAL : SPR_NOTHING;
}

bool facility_allowed(struct thread *t, enum facility facility)
{
    bool hypervisor = is_hypervisor(t);

    if (!hypervisor && !(t->spr.HFSCR & FACILITY_BIT(facility))) return fault_hypervisor_facility(t, facility) == NEXT;
    switch (facility) {
    case FACILITY_TM:
        if (!(t->msr & MSR_TM)) return fault_facility(t, facility) == NEXT;
        break;
    case FACILITY_DSCR:
    case FACILITY_TAR:
    case FACILITY_EBB:
        if ((t->msr & MSR_PR) && !(t->spr.FSCR & FACILITY_BIT(facility))) return fault_facility(t, facility) == NEXT;
        break;
    case FACILITY_BHRB:
        if ((t->msr & MSR_PR) && !(t->spr.MMCR0 & MMCR0_BHRBA)) return fault_facility(t, facility) == NEXT;
        break;
    default: break;
    }
    return true;
}

/*
 * Problem-state access to the performance monitor, MMCR0[PMCC] (III 9.4.4):
 *   00  read; a write is illegal         01  nothing: facility unavailable
 *   10  read and write                   11  as 10, but PMC5 and PMC6 are not available
 * The read-only names are never writable here: their rows say so.
 */
static enum spr_result pmu_gate(struct thread *t, enum spr_gate gate, bool write)
{
    u64 pmcc = GETFIELD(MMCR0_PMCC, t->spr.MMCR0);

    if (!facility_allowed(t, FACILITY_PM)) return SPR_FAULT;
    if (!(t->msr & MSR_PR)) return SPR_DONE;
    if (pmcc == 1 || (pmcc == 3 && gate == GATE_PMU_RW56)) {
        fault_facility(t, FACILITY_PM);
        return SPR_FAULT;
    }
    return write && pmcc == 0 ? SPR_ILLEGAL : SPR_DONE;
}

static enum spr_result pass_gate(struct thread *t, const struct spr_row *row, bool write)
{
    static const u8 facility_of[] = {
        [GATE_DSCR] = FACILITY_DSCR, [GATE_TAR] = FACILITY_TAR, [GATE_EBB] = FACILITY_EBB,    [GATE_TM] = FACILITY_TM,
        [GATE_MSGP] = FACILITY_MSGP, [GATE_PM] = FACILITY_PM,   [GATE_HDSCR] = FACILITY_DSCR,
    };

    if (row->gate == GATE_NONE) return SPR_DONE;
    if (row->gate >= GATE_PMU_R) return pmu_gate(t, (enum spr_gate)row->gate, write);
    return facility_allowed(t, (enum facility)facility_of[row->gate]) ? SPR_DONE : SPR_FAULT;
}

/* Registers of problem state that came after a version of the architecture, under a PCR: as if they were not there
 * (III 2.5).  2.06 brought AMR's second number; 2.07 DSCR's, TAR, PPR32, event-based branches, SIER, MMCR2 and TM. */
static bool is_withheld(const struct thread *t, unsigned number)
{
    switch (number) {
    case 13: return t->pcr_withheld & WITHHELD_AFTER_2_05;
    case 3:
    case 768:
    case 769:
    case 815:
    case 898: return t->pcr_withheld & WITHHELD_AFTER_2_06;
    default: break;
    }
    if (number >= 800 && number <= 806) return t->pcr_withheld & WITHHELD_AFTER_2_06;
    return number >= 128 && number <= 131 && (t->pcr_withheld & (WITHHELD_AFTER_2_06 | WITHHELD_TM));
}

/* One clock for all threads (II 6.1): what they read of it must never go backwards. */
static bool is_time_base(const struct spr_row *row)
{
    return row->get == spr_get_tb || row->get == spr_get_tbu;
}

enum spr_result spr_read(struct thread *t, unsigned number, u64 *value)
{
    const struct spr_row *row = spr_find(number);
    enum spr_result gate;

    if (number >= 808 && number <= 811) return SPR_NOTHING;
    if (unlikely(t->pcr_withheld) && is_withheld(t, number)) return refuse(t, SPR_N, number, false);
    if (!row || !may_access(t, (enum spr_privilege)row->read))
        return refuse(t, row ? (enum spr_privilege)row->read : SPR_N, number, false);
    gate = pass_gate(t, row, false);
    if (gate != SPR_DONE) return gate;
    if (is_time_base(row) && !fabric_in_order(t)) return SPR_FAULT;
    *value = row->get(t, row);
    return SPR_DONE;
}

enum spr_result spr_write(struct thread *t, unsigned number, u64 value)
{
    const struct spr_row *row = spr_find(number);
    enum spr_result result;

    if (number >= 808 && number <= 811) return SPR_NOTHING;
    if (unlikely(t->pcr_withheld) && is_withheld(t, number)) return refuse(t, SPR_N, number, true);
    if (!row || !may_access(t, (enum spr_privilege)row->write))
        return refuse(t, row ? (enum spr_privilege)row->write : SPR_N, number, true);
    result = pass_gate(t, row, true);
    if (result != SPR_DONE) return result;
    return row->put(t, row, value);
}
