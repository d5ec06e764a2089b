/* SPDX-License-Identifier: Apache-2.0 */
/* The pages and the instructions that walks cost most for: two tables with bars; see html.h and stats/hot.h. */
#include "stats/html.h"

#include <inttypes.h>
#include <stdio.h>

static void who(struct emit *e, const struct report *r, const struct report_hot_row *row, bool pages)
{
    emit_text(e, "<td class=text>level %u, ", row->level);
    emit_escaped(e, row->state);
    if (row->lpid) emit_text(e, ", LPID %u", row->lpid);
    if (row->what.pid) emit_text(e, ", PID %u", row->what.pid);
    if (pages && row->what.lpid != row->lpid) emit_text(e, ", page of LPID %u", row->what.lpid);
    html_partition_name(e, r, row->lpid);
    emit_text(e, "</td>");
}

static void size_cell(struct emit *e, u8 shift)
{
    static const char *const units[] = {"", "KiB", "MiB", "GiB"};

    if (shift) emit_text(e, "<td>%u&#8239;%s</td>", 1u << shift % 10, units[shift / 10]);
    else emit_text(e, "<td>fault</td>");
}

static void figures(struct emit *e, const struct report_hot *hot, const struct hot_row *w)
{
    const struct hot_row *all = &hot->all;

    html_meter(e, w->cycles, all->cycles);
    if (hot->taken && w->error) html_cell(e, w->error);
    else if (hot->taken) emit_text(e, "<td>-</td>");
    emit_text(e, "<td>");
    html_percent(e, w->cycles, all->cycles);
    emit_text(e, "</td>");
    html_cell(e, w->walks);
    html_cell(e, w->reads);
    if (w->walks) emit_text(e, "<td>%.2f</td>", (double)w->reads / (double)w->walks);
    else emit_text(e, "<td>-</td>");
}

static void row_of(struct emit *e, const struct report *r, const struct report_hot *hot,
                   const struct report_hot_row *row, bool pages)
{
    emit_text(e, "<tr><th scope=row><code>0x%016" PRIx64 "</code>", row->what.address);
    if (*row->name) {
        emit_text(e, " <span class=name>");
        emit_escaped(e, row->name);
        emit_text(e, "</span>");
    }
    emit_text(e, "</th>");
    figures(e, hot, &row->what);
    if (pages) size_cell(e, row->what.shift);
    html_text_cell(e, row->what.fetch ? "fetch" : "data");
    who(e, r, row, pages);
    emit_text(e, "</tr>\n");
}

/* What lies below the rows. */
static void rest(struct emit *e, const struct report_hot *hot, bool pages)
{
    struct hot_row left = report_hot_rest(hot);

    if (!left.walks) return;
    emit_text(e, "<tr class=rest><th scope=row>");
    if (hot->taken) emit_text(e, "all others");
    else html_number(e, hot->distinct - hot->count), emit_text(e, " more");
    emit_text(e, "</th>");
    figures(e, hot, &left);
    emit_text(e, "%s", pages ? "<td></td><td></td><td></td></tr>\n" : "<td></td><td></td></tr>\n");
}

static void head(struct emit *e, const struct report_hot *hot, const char *caption, bool pages)
{
    const char *columns[10];
    unsigned n = 0;

    columns[n++] = pages ? "Page" : "Instruction";
    columns[n++] = hot->taken ? "Cycles of walks, at least" : "Cycles of walks";
    if (hot->taken) columns[n++] = "Could be more by";
    columns[n++] = "Share";
    columns[n++] = "TLB misses";
    columns[n++] = "Table reads";
    columns[n++] = "Reads per walk";
    if (pages) columns[n++] = "Page size";
    columns[n++] = "<For";
    columns[n++] = "<Whose access";
    html_head(e, caption, columns, n);
}

static void nothing_stands_out(struct emit *e, const struct report_hot *hot, bool pages)
{
    emit_text(e, "<p>No table: no few %s stand out. The first %u certainly have ", pages ? "pages" : "instructions",
              hot->count);
    html_percent(e, hot->all.cycles - report_hot_rest(hot).cycles, hot->all.cycles);
    emit_text(e, " of all cycles of walks, and a table is shown from a tenth on.</p>\n");
}

static void table_of(struct emit *e, const struct report *r, const struct report_hot *hot, const char *caption,
                     bool pages)
{
    if (!report_hot_is_worth_showing(hot)) {
        nothing_stands_out(e, hot, pages);
        return;
    }
    if (hot->taken)
        emit_text(e, "<p>There were more than the rows of the table. Figures are since a row was given to its "
                     "address: at least so much; for what it can have cost before there is a bound. Rows of which "
                     "more could be error than is certain are left out.</p>\n");
    head(e, hot, caption, pages);
    for (unsigned k = 0; k < hot->count; k++) row_of(e, r, hot, &hot->row[k], pages);
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

    emit_text(p->e, "<p>Every walk is charged to the page that was missing "
                    "and to the instruction whose access, or whose fetch, missed it, without sampling; bars are the "
                    "share of all cycles of walks. Names come from the symbol tables of the kernel or program and of "
                    "<code>--symbols</code>.</p>\n");
    emit_text(p->e, "<h3>Pages</h3>\n");
    table_of(p->e, r, &r->hot_pages, "Top pages by cycles of walks", true);
    emit_text(p->e, "<h3>Code addresses</h3>\n");
    table_of(p->e, r, &r->hot_code, "Top code addresses by cycles of walks", false);
    html_leans(p, LEAN_ALL);
}
