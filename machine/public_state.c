/* SPDX-License-Identifier: Apache-2.0 */
/* The public face (include/p9sim.h) of a machine that stands still: facts, results, registers and storage. */
#include <strings.h>

#include "bus/ram.h"
#include "core/state/context.h"
#include "core/state/spr.h"
#include "core/state/spr_hooks.h"
#include "machine/machine_report.h"
#include "machine/public_internal.h"
#include "stats/report.h"
#include "stats/results.h"

uint64_t p9_machine_completed(const struct p9_machine *m)
{
    return m ? machine_completed(m->machine) : 0;
}
double p9_machine_seconds(const struct p9_machine *m)
{
    return m ? machine_seconds(m->machine) : 0;
}
uint64_t p9_machine_hash(const struct p9_machine *m)
{
    return m ? machine_state_hash(m->machine) : 0;
}
unsigned p9_machine_threads(const struct p9_machine *m)
{
    return m ? machine_thread_count(m->machine) : 0;
}

const char *p9_machine_death(const struct p9_machine *m)
{
    if (!m || m->end != MACHINE_GUEST_DIED) return NULL;
    return machine_death(m->machine) ? machine_death(m->machine) : "the guest died";
}

static const char *end_text(const struct p9_machine *m)
{
    if (m->end == MACHINE_OFF) return "the guest powered off";
    return p9_machine_death(m) ? p9_machine_death(m) : "still running";
}

static bool find_counter(const struct report *report, const char *name, uint64_t *value)
{
    struct counters total = report_total(report);

    EACH_COUNTER(row) {
        if (strcmp(row->name, name) != 0) continue;
        *value = counter_get(&total, row);
        return true;
    }
    return p9_error("p9_machine_counter: there is no counter %.60s", name);
}

bool p9_machine_counter(struct p9_machine *m, const char *name, uint64_t *value)
{
    struct report report = {0};
    bool found;

    if (!public_begin(m && name && value, __func__)) return false;
    report.end = end_text(m);
    found = machine_report(m->machine, &report) && find_counter(&report, name, value);
    report_free(&report);
    return found;
}

bool p9_machine_report(struct p9_machine *m, const char *directory)
{
    struct report report = {0};
    struct results results;
    bool ok;

    if (!public_begin(m && directory, __func__)) return false;
    report.end = end_text(m);
    ok = results_open(&results, directory) && machine_report(m->machine, &report) && report_write(&report, &results);
    report_free(&report);
    results_close(&results);
    return ok;
}

/* ---- registers -----------------------------------------------------------------------------------------------------
 */

/* The thread of this number; NULL after an error line. */
static struct thread *thread_of(const struct p9_machine *m, unsigned n, const char *function)
{
    if (n < machine_thread_count(m->machine)) return machine_thread(m->machine, n);
    p9_error("%s: there is no thread %u; the machine has %u, from 0 on", function, n, machine_thread_count(m->machine));
    return NULL;
}

static u64 *gpr_of(const struct p9_machine *m, unsigned thread, unsigned number, const char *function)
{
    struct thread *t = thread_of(m, thread, function);

    if (t && number < ARRAY_SIZE(t->gpr)) return &t->gpr[number];
    if (t) p9_error("%s: there is no general register %u; they are 0 to 31", function, number);
    return NULL;
}

bool p9_machine_gpr(struct p9_machine *m, unsigned thread, unsigned number, uint64_t *value)
{
    const u64 *gpr = public_begin(m && value, __func__) ? gpr_of(m, thread, number, __func__) : NULL;

    if (gpr) *value = *gpr;
    return gpr != NULL;
}

bool p9_machine_set_gpr(struct p9_machine *m, unsigned thread, unsigned number, uint64_t value)
{
    u64 *gpr = public_begin(m != NULL, __func__) ? gpr_of(m, thread, number, __func__) : NULL;

    if (gpr) *gpr = value;
    return gpr != NULL;
}

bool p9_machine_pc(struct p9_machine *m, unsigned thread, uint64_t *value)
{
    const struct thread *t = public_begin(m && value, __func__) ? thread_of(m, thread, __func__) : NULL;

    if (t) *value = t->nia & t->ea_mask;
    return t != NULL;
}

bool p9_machine_set_pc(struct p9_machine *m, unsigned thread, uint64_t value)
{
    const struct thread *t = public_begin(m != NULL, __func__) ? thread_of(m, thread, __func__) : NULL;

    if (!t) return false;
    if (value & 3) return p9_error("%s: 0x%llx is not a multiple of 4", __func__, (unsigned long long)value);
    if (value & ~t->ea_mask)
        return p9_error("%s: 0x%llx is beyond 4 GiB, and the thread is in 32-bit mode", __func__,
                        (unsigned long long)value);
    machine_set_pc(m->machine, thread, value);
    return true;
}

bool p9_machine_msr(struct p9_machine *m, unsigned thread, uint64_t *value)
{
    const struct thread *t = public_begin(m && value, __func__) ? thread_of(m, thread, __func__) : NULL;

    if (t) *value = t->msr;
    return t != NULL;
}

bool p9_machine_set_msr(struct p9_machine *m, unsigned thread, uint64_t value)
{
    const struct thread *t = public_begin(m != NULL, __func__) ? thread_of(m, thread, __func__) : NULL;

    if (!t) return false;
    if (value & ~MSR_VALID)
        return p9_error("%s: POWER9's MSR has no bits 0x%llx", __func__, (unsigned long long)(value & ~MSR_VALID));
    if ((value ^ t->msr) & MSR_TS) return p9_error("%s: MSR[TS] belongs to transactions; leave it as it is", __func__);
    machine_set_msr(m->machine, thread, value);
    return true;
}

/* The register of this name in any case of letters; NULL after an error line. */
static const struct spr_row *spr_of(const char *name, const char *function)
{
    EACH_SPR(row) {
        if (!strcasecmp(row->name, name)) return row;
    }
    p9_error("%s: there is no special-purpose register %.40s", function, name);
    return NULL;
}

bool p9_machine_spr(struct p9_machine *m, unsigned thread, const char *name, uint64_t *value)
{
    struct thread *t = public_begin(m && name && value, __func__) ? thread_of(m, thread, __func__) : NULL;
    const struct spr_row *row = t ? spr_of(name, __func__) : NULL;

    if (!row) return false;
    if (row->get == spr_get_nothing) return p9_error("%s: %s cannot be read", __func__, row->name);
    *value = spr_peek(t, row);
    return true;
}

bool p9_machine_set_spr(struct p9_machine *m, unsigned thread, const char *name, uint64_t value)
{
    const struct thread *t = public_begin(m && name, __func__) ? thread_of(m, thread, __func__) : NULL;
    const struct spr_row *row = t ? spr_of(name, __func__) : NULL;

    if (!row) return false;
    if (row->put == spr_put_nothing) return p9_error("%s: %s cannot be written", __func__, row->name);
    return machine_set_spr(m->machine, thread, row, value) ||
           p9_error("%s: %s cannot be written in this state", __func__, row->name);
}

/* ---- storage -------------------------------------------------------------------------------------------------------
 */

static bool outside(const struct p9_machine *m, uint64_t address, size_t size, const char *function)
{
    return p9_error("%s: %zu bytes at 0x%llx do not lie in main storage, which has %llu", function, size,
                    (unsigned long long)address, (unsigned long long)machine_ram(m->machine)->size_bytes);
}

bool p9_machine_read(const struct p9_machine *m, uint64_t address, void *to, size_t size)
{
    if (!public_begin(m && to, __func__)) return false;
    return ram_load(machine_ram(m->machine), address, to, size) || outside(m, address, size, __func__);
}

bool p9_machine_write(struct p9_machine *m, uint64_t address, const void *from, size_t size)
{
    if (!public_begin(m && from, __func__)) return false;
    return machine_write(m->machine, address, from, size) || outside(m, address, size, __func__);
}
