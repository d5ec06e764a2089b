/* SPDX-License-Identifier: Apache-2.0 */
/* What report.html opens with: what a TLB miss costs, as figures and in sentences; see answer.h and html.h. */
#include <stdio.h>

#include "stats/answer.h"
#include "stats/html.h"

/* Behind a figure that leans on ASSUMED values: a way to them. */
#define DAGGER "<sup><a href=\"#assumed\" title=\"leans on ASSUMED values of the model\">&#8224;</a></sup>"

/* Sentences of answer_tell_line(): their bytes between words become marks and stress. */
static void put_sentences(struct emit *e, struct emit *sentences)
{
    char one[2] = {0};

    for (size_t k = 0; k < sentences->size; k++) {
        *one = sentences->bytes[k];
        if (*one == ANSWER_MARK) emit_text(e, DAGGER);
        else if (*one == ANSWER_STRONG) emit_text(e, "<b>");
        else if (*one == ANSWER_WEAK) emit_text(e, "</b>");
        else if ((u8)*one < 0x80) emit_escaped(e, one);
        else emit_bytes(e, one, 1); /* of a letter of several bytes, which sentences have whole */
    }
    e->failed |= sentences->failed;
    emit_free(sentences);
}

static void figure_cell(struct emit *e, const struct answer_figure *f, const char *unit)
{
    if (f->is_there) emit_text(e, "<td>%.2f%s</td>", f->value, unit);
    else emit_text(e, "<td>-</td>");
}

static void range_cell(struct emit *e, const struct answer_figure *f)
{
    if (f->has_range) emit_text(e, "<td>%.4g to %.4g</td>", f->least, f->greatest);
    else emit_text(e, "<td>-</td>");
}

static void answer_row(struct emit *e, const struct answer_line *l)
{
    emit_text(e, "<tr><th scope=row>");
    emit_escaped(e, l->name);
    emit_text(e, "</th><td><b>");
    if (l->cycles.is_there) emit_text(e, "%.1f</b></td>", l->cycles.value);
    else emit_text(e, "-</b></td>");
    range_cell(e, &l->cycles);
    figure_cell(e, &l->reads, "");
    figure_cell(e, &l->entries, "");
    figure_cell(e, &l->waited, "");
    figure_cell(e, &l->spared, "");
    figure_cell(e, &l->misses_per_1000, "");
    figure_cell(e, &l->share, "&#8239;%");
    emit_text(e, "</tr>\n");
}

static void answer_table(const struct page *p, const struct answer *a)
{
    static const char *const columns[] = {"Whose TLB misses", "Cycles a miss",   "Could be",
                                          "Entries read",     "On the path",     "Completion waited",
                                          "Were walks free",  "Misses per 1000", "Translation, of busy cycles"};

    html_head(p->e, "A TLB miss: its cycles, and of a walk the table entries read and on its path", columns,
              ARRAY_SIZE(columns));
    for (unsigned k = 0; k < a->count; k++) answer_row(p->e, &a->line[k]);
    html_foot(p->e);
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
        emit_text(p->e, "<li>");
        answer_tell_line(p->report, &a.line[k], &sentences);
        put_sentences(p->e, &sentences);
        emit_text(p->e, "</li>\n");
    }
    emit_text(p->e, "</ul>\n");
    answer_tell_cold(p->report, &a, &sentences);
    if (sentences.size) {
        emit_text(p->e, "<p>");
        put_sentences(p->e, &sentences);
        emit_text(p->e, "</p>\n");
    }
    cards(p);
}
