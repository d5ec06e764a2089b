/* SPDX-License-Identifier: Apache-2.0 */
/* See workload.h. */
#include "experiment/workload.h"

#include "base/emit.h"
#include "base/log.h"
#include "base/near.h"

static const struct workload {
    const char *name, *set, *operation;
} workloads[] = {
#define WORKLOAD(name, set, operation) {name, set, operation},
#include "experiment/workload.def"
#undef WORKLOAD
};

bool workload_is_there(const char *name)
{
    struct near near = near_to(name);

    for (unsigned k = 0; k < ARRAY_SIZE(workloads); k++) {
        if (*name && (!strcmp(workloads[k].name, name) || !strcmp(workloads[k].set, name))) return true;
        near_offer(&near, workloads[k].name);
        near_offer(&near, workloads[k].set);
    }
    return p9_error("--workload %.60s: nestbench has no such measure%s; `p9sim help workload` lists them", name,
                    near_words(&near));
}

void workload_help(struct emit *e)
{
    emit_text(e, "--workload names what every level does once: a measure, or a set of them.\n\n%-22s %-10s %s\n",
              "MEASURE", "SET", "ONE OPERATION");
    for (unsigned k = 0; k < ARRAY_SIZE(workloads); k++)
        emit_text(e, "%-22s %-10s %s\n", workloads[k].name, workloads[k].set, workloads[k].operation);
    emit_text(
        e,
        "\n`none` only boots. -thp: in huge pages; -cold: right after an invalidation. docs/NESTBENCH.md says more.\n");
}
