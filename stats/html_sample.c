/* SPDX-License-Identifier: Apache-2.0 */
/* What a sampled run estimates, with how sure that is; see html.h. */
#include "stats/html.h"

#include <stdio.h>
#include <string.h>

bool html_has_samples(const struct page *p)
{
    return report_is_sampled(p->report);
}

static void estimate_cell(struct emit *e, bool is_there, const struct sample_estimate *x, int decimals)
{
    if (!is_there) emit_text(e, "<td>-</td>");
    else if (x->is_interval)
        emit_text(e, "<td>%.*f <small>&#177;&#8239;%.*f</small></td>", decimals, x->value, decimals, x->half);
    else emit_text(e, "<td>%.*f <small>few windows</small></td>", decimals, x->value);
}

static void name_cell(struct emit *e, const char *name)
{
    char whose[128] = "Everybody";

    if (*name) snprintf(whose, sizeof whose, "%.*s", (int)strlen(name) - 1, name);
    emit_text(e, "<tr><th scope=row>");
    emit_escaped(e, whose);
    emit_text(e, "</th>");
}

static void cell_row(void *self, const char *name, const struct sample_cell *c)
{
    struct emit *e = self;
    struct sample_estimate x;
    bool is_there = report_sample_cycles(c, &x);

    if (!is_there) return; /* thousands of regions may be shorter than a period */
    name_cell(e, name);
    html_cell(e, c->windows);
    html_cell(e, c->instructions);
    estimate_cell(e, is_there, &x, 0);
    EACH_SAMPLE(s)
    {
        is_there = sample_estimate(c, s, &x);
        estimate_cell(e, is_there, &x, 4);
    }
    emit_text(e, "</tr>\n");
}

void html_samples(const struct page *p)
{
    const char *columns[SAMPLES + 4] = {"Whose", "Windows", "Instructions", "Cycles"};
    const struct report_sampling *s = &p->report->sampling;

    EACH_SAMPLE(k) columns[k + 4] = sample_rows[k].name;
    emit_text(p->e, "<p>This run was sampled: in each ");
    html_number(p->e, s->period);
    emit_text(p->e, " instructions of all threads the model core timed ");
    html_number(p->e, s->warm_up);
    emit_text(p->e, " to warm up and measured the ");
    html_number(p->e, s->window);
    emit_text(p->e,
              " behind them; in all others caches and predictors only followed what happened. What stands here are "
              "estimates for all instructions. Between value &#8722; &#177; and value + &#177; lies with a confidence "
              "of 95 percent what a run that is timed throughout would have measured; where fewer than %d windows had "
              "a part, that cannot be told, and who had none is left out. All other figures of the model core in this "
              "report are of the instructions "
              "that it timed, warm-up included, and no figures of the whole run.</p>\n",
              (int)SAMPLE_WINDOWS_LEAST);
    html_head(p->e, "Estimates: for an instruction, or for 1000 where the name says so", columns, ARRAY_SIZE(columns));
    report_each_sample(p->report, cell_row, p->e);
    html_foot(p->e);
    html_leans(p, LEAN_ALL);
}
