/* SPDX-License-Identifier: Apache-2.0 */
/* The pages and the instructions that walks cost most for: two tables with bars; see html.h and stats/hot.h. */
#include "stats/html.h"

#include <inttypes.h>
#include <stdio.h>

static void who(struct emit *e, const struct report_hot_row *row, bool pages)
{
    emit_text(e, "<td class=text>level %u, ", row->level);
    emit_escaped(e, row->state);
    if (row->lpid) emit_text(e, ", LPID %u", row->lpid);
    if (row->what.pid) emit_text(e, ", PID %u", row->what.pid);
    if (pages && row->what.lpid != row->lpid) emit_text(e, ", page of LPID %u", row->what.lpid);
    emit_text(e, "</td>");
}

static void size_cell(struct emit *e, u8 shift)
{
    static const char *const units[] = {"", "KiB", "MiB", "GiB"};

    if (shift) emit_text(e, "<td>%u&#8239;%s</td>", 1u << shift % 10, units[shift / 10]);
    else emit_text(e, "<td>fault</td>");
}

static void figures(struct emit *e, const struct hot_row *w, const struct hot_row *all)
{
    html_meter(e, w->cycles, all->cycles);
    emit_text(e, "<td>");
    html_percent(e, w->cycles, all->cycles);
    emit_text(e, "</td>");
    html_cell(e, w->walks);
    html_cell(e, w->reads);
    if (w->walks) emit_text(e, "<td>%.2f</td>", (double)w->reads / (double)w->walks);
    else emit_text(e, "<td>-</td>");
}

static void row_of(struct emit *e, const struct report_hot_row *row, const struct hot_row *all, bool pages)
{
    emit_text(e, "<tr><th scope=row><code>0x%016" PRIx64 "</code>", row->what.address);
    if (*row->name) {
        emit_text(e, " <span class=name>");
        emit_escaped(e, row->name);
        emit_text(e, "</span>");
    }
    emit_text(e, "</th>");
    figures(e, &row->what, all);
    if (pages) size_cell(e, row->what.shift);
    html_text_cell(e, row->what.fetch ? "fetch" : "data");
    who(e, row, pages);
    emit_text(e, "</tr>\n");
}

/* What lies below the rows: the rest of those that were told apart, and what came too late for that. */
static void rest(struct emit *e, const struct report_hot *hot, bool pages)
{
    struct hot_row left = hot->all;
    const char *const empty = pages ? "<td></td><td></td><td></td></tr>\n" : "<td></td><td></td></tr>\n";

    left.walks -= hot->other.walks;
    left.reads -= hot->other.reads;
    left.cycles -= hot->other.cycles;
    for (unsigned k = 0; k < hot->count; k++) {
        left.walks -= hot->row[k].what.walks;
        left.reads -= hot->row[k].what.reads;
        left.cycles -= hot->row[k].what.cycles;
    }
    if (hot->distinct > hot->count) {
        emit_text(e, "<tr class=rest><th scope=row>");
        html_number(e, hot->distinct - hot->count);
        emit_text(e, " more</th>");
        figures(e, &left, &hot->all);
        emit_text(e, "%s", empty);
    }
    if (!hot->other.walks) return;
    emit_text(e, "<tr class=rest><th scope=row>first seen when the table was full</th>");
    figures(e, &hot->other, &hot->all);
    emit_text(e, "%s", empty);
}

static void table_of(struct emit *e, const struct report_hot *hot, const char *caption, bool pages)
{
    static const char *const of_pages[] = {"Page",           "Cycles of walks", "Share", "TLB misses",   "Table reads",
                                           "Reads per walk", "Page size",       "<For",  "<Whose access"};
    static const char *const of_code[] = {"Instruction", "Cycles of walks", "Share", "TLB misses",
                                          "Table reads", "Reads per walk",  "<For",  "<Whose access"};

    if (pages) html_head(e, caption, of_pages, ARRAY_SIZE(of_pages));
    else html_head(e, caption, of_code, ARRAY_SIZE(of_code));
    for (unsigned k = 0; k < hot->count; k++) row_of(e, &hot->row[k], &hot->all, pages);
    rest(e, hot, pages);
    html_foot(e);
}

bool html_has_hot(const struct page *p)
{
    return p->report->has_hot && p->total.walks;
}

void html_hot(const struct page *p)
{
    const struct report *r = p->report;

    emit_text(p->e,
              "<p>Every walk is charged to the page that was missing "
              "and to the instruction whose access, or whose fetch, missed it. Both counts are exact; bars are the "
              "share of all cycles of walks. Names come from the symbol tables of the kernel or program and of "
              "<code>--symbols</code>.</p>\n");
    emit_text(p->e, "<h3>Pages</h3>\n");
    table_of(p->e, &r->hot_pages, "Top pages by cycles of walks", true);
    emit_text(p->e, "<h3>Code addresses</h3>\n");
    table_of(p->e, &r->hot_code, "Top code addresses by cycles of walks", false);
    html_leans(p, LEAN_ALL);
}
