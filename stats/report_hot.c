/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pages and the instructions that walks cost most for, in stats.txt and stats.json.  In stats.txt they are comments
 * in columns, because their names are addresses and not figures that a script would ask for.
 */
#include <inttypes.h>
#include <stdio.h>

#include "stats/report_parts.h"

/* "64K"; a walk that ended in a fault has none. */
static void size_text(u8 shift, char out[8])
{
    static const char units[] = " KMG";

    if (shift) snprintf(out, 8, "%u%c", 1u << shift % 10, units[shift / 10]);
    else snprintf(out, 8, "fault");
}

struct hot_row report_hot_rest(const struct report_hot *hot)
{
    struct hot_row rest = hot->all;

    for (unsigned k = 0; k < hot->count; k++) {
        rest.walks -= hot->row[k].what.walks;
        rest.reads -= hot->row[k].what.reads;
        rest.cycles -= hot->row[k].what.cycles;
    }
    return rest;
}

bool report_hot_is_worth_showing(const struct report_hot *hot)
{
    enum { WORTH = 10 }; /* rows that certainly have a tenth of all cycles */

    return (hot->all.cycles - report_hot_rest(hot).cycles) * WORTH >= hot->all.cycles;
}

static void text_figures(struct emit *e, const struct report_hot *hot, const struct hot_row *w)
{
    emit_text(e, "# %12" PRIu64, w->cycles);
    if (hot->taken) emit_text(e, " %12" PRIu64, w->error);
    emit_text(e, " %6.2f%% %10" PRIu64 " %10" PRIu64,
              hot->all.cycles ? 100.0 * (double)w->cycles / (double)hot->all.cycles : 0, w->walks, w->reads);
}

static void text_row(struct emit *e, const struct report *r, const struct report_hot *hot,
                     const struct report_hot_row *row, bool pages)
{
    const struct hot_row *w = &row->what;
    char size[8] = "";

    if (pages) size_text(w->shift, size);
    text_figures(e, hot, w);
    emit_text(e, "  0x%016" PRIx64, w->address);
    if (pages) emit_text(e, " %-5s %-5s", size, w->fetch ? "fetch" : "data");
    else emit_text(e, " %-5s", w->fetch ? "fetch" : "data");
    emit_text(e, " L%u LPID %u %s", row->level, row->lpid, row->state);
    if (w->pid) emit_text(e, " PID %u", w->pid);
    if (pages && w->lpid != row->lpid) emit_text(e, ", of LPID %u", w->lpid);
    if (*report_partition_name(r, row->lpid)) emit_text(e, " (%s)", report_partition_name(r, row->lpid));
    if (*row->name) emit_text(e, "  %s", row->name);
    emit_text(e, "\n");
}

static void text_table(struct emit *e, const struct report *r, const struct report_hot *hot, const char *title,
                       const char *columns, bool pages)
{
    struct hot_row rest = report_hot_rest(hot);

    emit_text(e, "#\n# %s by walk cycles: ", title);
    if (!report_hot_is_worth_showing(hot)) {
        emit_text(e, "no table, for no few of them stand out: the first %u certainly have %.2f%% of all\n", hot->count,
                  100.0 * (double)(hot->all.cycles - rest.cycles) / (double)hot->all.cycles);
        return;
    }
    emit_text(e, "%u of %s%" PRIu64 "\n# %12s", hot->count, hot->taken ? "more than " : "", hot->distinct,
              hot->taken ? "cycles, least" : "cycles");
    if (hot->taken) emit_text(e, " %12s", "error");
    emit_text(e, " %7s %10s %10s  %s\n", "share", "misses", "reads", columns);
    for (unsigned k = 0; k < hot->count; k++) text_row(e, r, hot, &hot->row[k], pages);
    if (!rest.walks) return;
    text_figures(e, hot, &rest);
    emit_text(e, "  all others\n");
}

void report_text_hot(const struct report *r, struct emit *e)
{
    if (!r->has_hot || !r->hot_pages.all.walks) return;
    text_table(e, r, &r->hot_pages, "Top pages", "page               size  what  for whom", true);
    text_table(e, r, &r->hot_code, "Top code addresses", "instruction        what  of whom", false);
    emit_text(e, "#\n");
}

static void json_sum(struct emit *e, const struct hot_row *w)
{
    emit_u64(e, "misses", w->walks);
    emit_u64(e, "reads", w->reads);
    emit_u64(e, "cycles", w->cycles);
}

static void json_named_sum(struct emit *e, const char *name, const struct hot_row *w)
{
    emit_open(e, name, '{');
    json_sum(e, w);
    emit_close(e, '}');
}

/* JSON has no 64-bit integers that every reader keeps whole: an address is a string. */
static void json_row(struct emit *e, const struct report_hot_row *row, bool pages)
{
    const struct hot_row *w = &row->what;
    char address[24];

    snprintf(address, sizeof address, "0x%016" PRIx64, w->address);
    emit_open(e, NULL, '{');
    emit_string(e, "address", address);
    if (*row->name) emit_string(e, "symbol", row->name);
    else emit_null(e, "symbol");
    emit_string(e, "for", w->fetch ? "fetch" : "data");
    emit_u64(e, "level", row->level);
    emit_u64(e, "lpid", row->lpid);
    emit_string(e, "state", row->state);
    emit_u64(e, "pid", w->pid);
    if (pages) {
        emit_u64(e, "page_lpid", w->lpid);
        if (w->shift) emit_u64(e, "page_bytes", 1ULL << w->shift);
        else emit_null(e, "page_bytes");
    }
    json_sum(e, w);
    emit_u64(e, "cycles_error", w->error);
    emit_close(e, '}');
}

static void json_table(struct emit *e, const char *name, const struct report_hot *hot, bool pages)
{
    emit_open(e, name, '{');
    emit_u64(e, "distinct", hot->distinct);
    emit_bool(e, "exact", !hot->taken && !hot->other.walks);
    json_named_sum(e, "all", &hot->all);
    json_named_sum(e, "other", &hot->other);
    emit_open(e, "top", '[');
    for (unsigned k = 0; k < hot->count; k++) json_row(e, &hot->row[k], pages);
    emit_close(e, ']');
    emit_close(e, '}');
}

void report_json_hot(const struct report *r, struct emit *e)
{
    if (!r->has_hot) {
        emit_null(e, "hot");
        return;
    }
    emit_open(e, "hot", '{');
    json_table(e, "pages", &r->hot_pages, true);
    json_table(e, "code", &r->hot_code, false);
    emit_close(e, '}');
}
