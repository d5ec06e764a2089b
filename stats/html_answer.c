/* SPDX-License-Identifier: Apache-2.0 */
/* What report.html opens with: what a TLB miss costs, as figures and in sentences; see answer.h and html.h. */
#include <stdio.h>

#include "stats/answer.h"
#include "stats/html.h"

/* Behind a figure that leans on ASSUMED values: a way to them. */
#define DAGGER "<sup><a href=\"#assumed\" title=\"leans on ASSUMED values of the model\">&#8224;</a></sup>"

/* Bytes between words become marks, stress and code. */
static void put_sentences(struct emit *e, struct emit *sentences)
{
    char one[2] = {0};
    bool is_code = false;

    for (size_t k = 0; k < sentences->size; k++) {
        *one = sentences->bytes[k];
        if (*one == ANSWER_MARK) emit_text(e, DAGGER);
        else if (*one == ANSWER_STRONG) emit_text(e, "<b>");
        else if (*one == ANSWER_WEAK) emit_text(e, "</b>");
        else if (*one == '`') emit_text(e, (is_code = !is_code) ? "<code>" : "</code>");
        else if ((u8)*one < 0x80) emit_escaped(e, one);
        else emit_bytes(e, one, 1); /* of a letter of several bytes, which sentences have whole */
    }
    e->failed |= sentences->failed;
    emit_free(sentences);
}

static void put_item(struct emit *e, struct emit *sentences)
{
    if (!sentences->size) return;
    emit_text(e, "<li>");
    put_sentences(e, sentences);
    emit_text(e, "</li>\n");
}

static void figure_cell(const struct page *p, const struct answer_figure *f, const char *unit, unsigned lean)
{
    if (f->is_there)
        emit_text(p->e, "<td>%.2f%s%s</td>", f->value, unit, report_is_assumed(p->report, lean) ? DAGGER : "");
    else emit_text(p->e, "<td>-</td>");
}

static void range_cell(struct emit *e, const struct answer_figure *f)
{
    if (f->has_range) emit_text(e, "<td>%.4g to %.4g</td>", f->least, f->greatest);
    else emit_text(e, "<td>-</td>");
}

/* What is charged, or was estimated, has a range itself; of what was timed, what walks cost has one. */
static bool is_timed(const struct report *r)
{
    return r->model == REPORT_CORE && !report_is_sampled(r);
}

static const struct answer_figure *ranged(const struct report *r, const struct answer_line *l)
{
    return is_timed(r) ? &l->spared : &l->cycles;
}

/* Has the column something to say? */
static bool any_ranged(const struct report *r, const struct answer *a)
{
    for (unsigned k = 0; k < a->count; k++)
        if (ranged(r, &a->line[k])->has_range) return true;
    return false;
}

static void answer_row(const struct page *p, const struct answer_line *l, bool with_range)
{
    bool timed = is_timed(p->report);

    emit_text(p->e, "<tr><th scope=row>");
    emit_escaped(p->e, l->name);
    emit_text(p->e, "</th>");
    figure_cell(p, &l->cycles, "", LEAN_ALL);
    if (with_range && !timed) range_cell(p->e, &l->cycles);
    figure_cell(p, &l->reads, "", LEAN_READS);
    figure_cell(p, &l->entries, "", 0);
    if (timed) {
        figure_cell(p, &l->waited, "", LEAN_ALL);
        figure_cell(p, &l->spared, "", LEAN_ALL);
        if (with_range) range_cell(p->e, &l->spared);
    }
    figure_cell(p, &l->misses_per_1000, "", LEAN_MISSES);
    figure_cell(p, &l->share, "&#8239;%", LEAN_ALL);
    emit_text(p->e, "</tr>\n");
}

static void answer_table(const struct page *p, const struct answer *a)
{
    bool timed = is_timed(p->report), with_range = any_ranged(p->report, a);
    const char *columns[9];
    unsigned n = 0;

    columns[n++] = "Whose TLB misses";
    columns[n++] = "Cycles per miss";
    if (with_range && !timed) columns[n++] = "Could be";
    columns[n++] = "Table entries read";
    columns[n++] = "On the path";
    if (timed) {
        columns[n++] = "Completion waited for the walk";
        columns[n++] = "Less, were walks free";
        if (with_range) columns[n++] = "Could be";
    }
    columns[n++] = "Misses per 1000 instructions";
    columns[n++] = "Translation, of busy cycles";
    emit_text(p->e, "<div class=first>\n");
    html_head(p->e, "A TLB miss and its walk", columns, n);
    for (unsigned k = 0; k < a->count; k++) answer_row(p, &a->line[k], with_range);
    html_foot(p->e);
    emit_text(p->e, "</div>\n");
}

static void card(struct emit *e, const char *value, const char *text)
{
    emit_text(e, "<li><b>");
    emit_escaped(e, value);
    emit_text(e, "</b><span>");
    emit_escaped(e, text);
    emit_text(e, "</span></li>\n");
}

static void cards(const struct page *p)
{
    const struct report *r = p->report;
    const struct counters *total = &p->total;
    struct invariants checks = report_check(r, NULL, NULL);
    char text[64];

    emit_text(p->e, "<ul class=cards>\n");
    snprintf(text, sizeof text, "%.4f s", (double)r->cycles / ((double)r->core_mhz * 1e6));
    card(p->e, text, "guest time");
    snprintf(text, sizeof text, "%.3f M", (double)total->completed / 1e6);
    card(p->e, text, "instructions completed");
    snprintf(text, sizeof text, "%.3f",
             total->completed ? (double)(total->cycles - total->idle_cycles) / (double)total->completed : 0);
    card(p->e, text, "cycles per instruction, idle time left out");
    snprintf(text, sizeof text, "%u of %u", checks.checked - checks.failed, checks.checked);
    card(p->e, text, "invariants hold");
    emit_text(p->e, "</ul>\n");
}

void html_answer(const struct page *p)
{
    struct emit sentences = {0};
    struct answer a;

    answer_of(p->report, &a);
    if (a.count) answer_table(p, &a);
    emit_text(p->e, "<ul class=answer>\n");
    if (*a.sentence) {
        emit_text(p->e, "<li>");
        emit_escaped(p->e, a.sentence);
        emit_text(p->e, "</li>\n");
    }
    for (unsigned k = 0; k < a.count; k++) {
        answer_tell_line(p->report, &a.line[k], &sentences);
        put_item(p->e, &sentences);
    }
    answer_tell_cold(p->report, &a, &sentences);
    put_item(p->e, &sentences);
    answer_tell_ranges(p->report, &a, &sentences);
    put_item(p->e, &sentences);
    emit_text(p->e, "</ul>\n");
    cards(p);
}
