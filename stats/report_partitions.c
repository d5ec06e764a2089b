/* SPDX-License-Identifier: Apache-2.0 */
/* Who ran, in stats.txt and stats.json: the tree of partitions, and the processes in each. */
#include <inttypes.h>
#include <stdio.h>

#include "stats/report_embedded.h"
#include "stats/report_parts.h"

const char *report_partition_name(const struct report *r, u32 lpid)
{
    return r->embedded && lpid < REPORT_NAMED_PARTITIONS ? r->embedded->partition[lpid] : "";
}

/* ---- the tree ---- */

void report_json_partitions(const struct report *r, struct emit *e)
{
    emit_open(e, "partitions", '[');
    for (unsigned k = 0; k < r->partition_count; k++) {
        const struct report_partition *p = &r->partitions[k];
        emit_open(e, NULL, '{');
        emit_u64(e, "id", k);
        emit_u64(e, "level", p->level);
        emit_u64(e, "lpid", p->lpid);
        if (p->parent >= 0) emit_u64(e, "parent", (u64)p->parent);
        else emit_null(e, "parent");
        emit_string(e, "what", p->what[0] ? p->what : NULL);
        emit_u64(e, "first_cycle", p->first_cycle);
        emit_u64(e, "last_cycle", p->last_cycle);
        emit_u64(e, "entries", p->entries);
        emit_bool(e, "ended", p->ended);
        emit_close(e, '}');
    }
    emit_close(e, ']');
}

static void text_branch(const struct report *r, struct emit *e, unsigned n)
{
    const struct report_partition *p = &r->partitions[n];
    char who[32];

    snprintf(who, sizeof who, "%*sL%u, LPID %u", (int)(p->level < 8 ? p->level * 2 : 16), "", p->level, p->lpid);
    emit_text(e, "#   %-28s %12.6f s to %12.6f s %12" PRIu64 " entries  %s\n", who, report_seconds(r, p->first_cycle),
              report_seconds(r, p->last_cycle), p->entries, p->what[0] ? p->what : "unknown");
    for (unsigned k = n + 1; k < r->partition_count; k++)
        if (r->partitions[k].parent == (s64)n) text_branch(r, e, k); /* no deeper than the tree: 16 */
}

void report_text_tree(const struct report *r, struct emit *e)
{
    if (r->partition_count < 2) return;
    emit_text(e, "#\n# The tree of partitions: when each ran, how often it was entered, what it is\n");
    text_branch(r, e, 0);
}

void report_text_partitions(const struct report *r, struct emit *e)
{
    report_text_line(e, "partitions", r->partition_count, "Partitions that ran, the host's included", "number");
    for (unsigned k = 0; k < r->partition_count; k++) {
        const struct report_partition *p = &r->partitions[k];
        const struct {
            const char *name, *text, *unit;
            u64 value;
        } lines[] = {{"level", "Its level of nesting", "number", p->level},
                     {"lpid", "LPIDR while it ran", "number", p->lpid},
                     {"parent", "The partition whose guest it is", "number", p->parent < 0 ? 0 : (u64)p->parent},
                     {"first_cycle", "When it was first entered", "cycles", p->first_cycle},
                     {"last_cycle", "When it was last left", "cycles", p->last_cycle},
                     {"entries", "How often it was entered", "events", p->entries}};
        for (unsigned n = 0; n < ARRAY_SIZE(lines); n++) {
            char name[64];
            if (p->parent < 0 && !strcmp(lines[n].name, "parent")) continue;
            snprintf(name, sizeof name, "partition%u.%s", k, lines[n].name);
            report_text_line(e, name, lines[n].value, lines[n].text, lines[n].unit);
        }
    }
}

/* ---- accounts ---- */

void report_account_name(const struct report *r, const struct report_account *a, char *out, size_t size)
{
    bool ambiguous = false;

    for (unsigned k = 0; k < r->partition_count; k++)
        if (k != a->partition && r->partitions[k].lpid == a->lpid && r->partitions[k].level == a->level)
            ambiguous = true;
    if (ambiguous) snprintf(out, size, "level%u.lpid%u.partition%u.%s.", a->level, a->lpid, a->partition, a->state);
    else snprintf(out, size, "level%u.lpid%u.%s.", a->level, a->lpid, a->state);
}

void report_text_processes(const struct report *r, struct emit *e)
{
    for (unsigned k = 0; k < r->process_count; k++) {
        const struct report_account *a = &r->processes[k];
        char who[96], pid[32], name[160];
        const struct {
            const char *name, *text, *unit;
            u64 value;
        } lines[] = {{"completed", "Instructions completed by one process", "instructions", a->counters.completed},
                     {"cycles", "Cycles of one process", "cycles", a->counters.cycles},
                     {"tlb_miss", "TLB misses of one process", "events", a->counters.tlb_miss},
                     {"walk_cycles", "Cycles for walks of one process", "cycles", a->counters.walk_cycles}};
        report_account_name(r, a, who, sizeof who);
        if (a->pid >= 0) snprintf(pid, sizeof pid, "pid%" PRId64, a->pid);
        else snprintf(pid, sizeof pid, "others");
        for (unsigned n = 0; n < ARRAY_SIZE(lines); n++) {
            if (!lines[n].value) continue;
            snprintf(name, sizeof name, "%s%s.%s", who, pid, lines[n].name);
            report_text_line(e, name, lines[n].value, lines[n].text, lines[n].unit);
        }
    }
}
