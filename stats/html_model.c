/* SPDX-License-Identifier: Apache-2.0 */
/* What the figures lean on: options of the model with their provenance, beside each figure and as tables; see html.h.
 */
#include "stats/html.h"

static unsigned list_of(const struct page *p, unsigned lean, const char *provenance, const char *before)
{
    const struct report *r = p->report;
    unsigned listed = 0;

    for (unsigned k = 0; k < r->option_count; k++) {
        const struct report_option *o = &r->options[k];
        if (!(report_lean_of(r, o) & lean) || strcmp(o->provenance, provenance) != 0) continue;
        emit_text(p->e, "%s<a href=\"#option-%s\">%s</a>&#8239;=&#8239;%s", listed++ ? ", " : before, o->name, o->name,
                  o->value);
    }
    if (listed) emit_text(p->e, ". ");
    return listed;
}

static unsigned count_of(const struct page *p, unsigned lean, const char *provenance)
{
    const struct report *r = p->report;
    unsigned count = 0;

    for (unsigned k = 0; k < r->option_count; k++)
        count += report_lean_of(r, &r->options[k]) & lean && !strcmp(r->options[k].provenance, provenance);
    return count;
}

void html_leans(const struct page *p, unsigned lean)
{
    unsigned assumed = count_of(p, lean, "ASSUMED"), set = count_of(p, lean, "SET");

    emit_text(p->e, "<p class=lean>");
    if (!assumed) emit_text(p->e, "No value of the model that these figures lean on is marked ASSUMED. ");
    else
        emit_text(p->e, "<a href=\"#assumed\">&#8224;</a> Lean on %u ASSUMED value%s of the model. ", assumed,
                  assumed == 1 ? "" : "s");
    if (set) emit_text(p->e, "<a href=\"#assumed\">%u</a> changed for this run. ", set);
    emit_text(p->e, "</p>\n");
}

/* What else it could be, and when pointed at, why. */
static void could_be_cell(struct emit *e, const struct report_option *o)
{
    emit_text(e, "<td class=text title=\"");
    if (o->why) emit_escaped(e, o->why);
    emit_text(e, "\">%s</td>", o->could_be ? o->could_be : "-");
}

static void options_of(const struct page *p, bool assumed)
{
    static const char *const columns[] = {"Option",  "Value",       "Unit",  "<Could be",
                                          "<Source", "<What it is", "<From", "<Figures that lean on it"};
    const struct report *r = p->report;

    html_head(p->e, assumed ? "Model values without a confirmed source" : "All other options", columns,
              ARRAY_SIZE(columns));
    for (unsigned k = 0; k < r->option_count; k++) {
        const struct report_option *o = &r->options[k];

        if (!strcmp(o->provenance, "ASSUMED") != assumed) continue;
        emit_text(p->e, "<tr id=\"option-%s\"><th scope=row>%s</th><td>%s</td><td>%s</td>", o->name, o->name, o->value,
                  o->unit);
        could_be_cell(p->e, o);
        html_text_cell(p->e, o->provenance);
        html_prose_cell(p->e, o->text);
        html_prose_cell(p->e, o->source);
        html_text_cell(p->e, report_figures_of(o));
        emit_text(p->e, "</tr>\n");
    }
    html_foot(p->e);
}

void html_provenance(const struct page *p)
{
    emit_text(
        p->e,
        "<p>CONFIRMED: a document or a dump of real hardware says "
        "so. DERIVED: follows from such. ASSUMED: for want of better; where a figure depends on one, compare runs "
        "rather than trust a number. CHOICE: no property of POWER9. SET: a value of the model that was changed "
        "for this run.</p>\n");
    emit_text(p->e, "<p class=lean>");
    list_of(p, LEAN_ALL, "ASSUMED", "Figures marked &#8224; lean on ASSUMED values: ");
    list_of(p, LEAN_ALL, "SET", "Changed for this run: ");
    emit_text(p->e, "</p>\n");
    options_of(p, true);
    emit_text(p->e, "<h3 id=options>Options of this run</h3>\n");
    options_of(p, false);
}
