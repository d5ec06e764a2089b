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

static void text_row(struct emit *e, const struct report_hot_row *row, const struct hot_row *all, bool pages)
{
    const struct hot_row *w = &row->what;
    char size[8] = "";

    if (pages) size_text(w->shift, size);
    emit_text(e, "# %12" PRIu64 " %6.2f%% %10" PRIu64 " %10" PRIu64 "  0x%016" PRIx64, w->cycles,
              all->cycles ? 100.0 * (double)w->cycles / (double)all->cycles : 0, w->walks, w->reads, w->address);
    if (pages) emit_text(e, " %-5s %-5s", size, w->fetch ? "fetch" : "data");
    else emit_text(e, " %-5s", w->fetch ? "fetch" : "data");
    emit_text(e, " L%u LPID %u %s", row->level, row->lpid, row->state);
    if (w->pid) emit_text(e, " PID %u", w->pid);
    if (pages && w->lpid != row->lpid) emit_text(e, ", of LPID %u", w->lpid);
    if (*row->name) emit_text(e, "  %s", row->name);
    emit_text(e, "\n");
}

static void text_table(struct emit *e, const struct report_hot *hot, const char *title, const char *columns, bool pages)
{
    emit_text(e, "#\n# %s by walk cycles: %u of %" PRIu64 "\n# %12s %7s %10s %10s  %s\n", title, hot->count,
              hot->distinct, "cycles", "share", "misses", "reads", columns);
    for (unsigned k = 0; k < hot->count; k++) text_row(e, &hot->row[k], &hot->all, pages);
    if (hot->other.walks)
        emit_text(e, "# %12" PRIu64 " %6.2f%% %10" PRIu64 " %10" PRIu64 "  first seen when the table was full\n",
                  hot->other.cycles, hot->all.cycles ? 100.0 * (double)hot->other.cycles / (double)hot->all.cycles : 0,
                  hot->other.walks, hot->other.reads);
}

void report_text_hot(const struct report *r, struct emit *e)
{
    if (!r->has_hot || !r->hot_pages.all.walks) return;
    text_table(e, &r->hot_pages, "Top pages", "page               size  what  for whom", true);
    text_table(e, &r->hot_code, "Top code addresses", "instruction        what  of whom", false);
    emit_text(e, "#\n");
}

static void json_sum(struct emit *e, const struct hot_row *w)
{
    emit_u64(e, "misses", w->walks);
    emit_u64(e, "reads", w->reads);
    emit_u64(e, "cycles", w->cycles);
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
    emit_close(e, '}');
}

static void json_table(struct emit *e, const char *name, const struct report_hot *hot, bool pages)
{
    emit_open(e, name, '{');
    emit_u64(e, "distinct", hot->distinct);
    emit_open(e, "all", '{');
    json_sum(e, &hot->all);
    emit_close(e, '}');
    emit_open(e, "other", '{');
    json_sum(e, &hot->other);
    emit_close(e, '}');
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
