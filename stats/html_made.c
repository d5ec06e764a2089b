/* SPDX-License-Identifier: Apache-2.0 */
/* report.html: the chapter that says what made the report, with which the run can be repeated. */
#include <inttypes.h>

#include "stats/html.h"
#include "stats/recipe.h"

bool html_has_recipe(const struct page *p)
{
    return p->report->recipe != NULL;
}

static void images(const struct recipe *r, struct emit *e)
{
    static const char *const columns[] = {"<File", "Bytes", "<SHA-256"};

    if (!r->images) return;
    html_head(e, "Files that were read", columns, ARRAY_SIZE(columns));
    for (unsigned k = 0; k < r->images; k++) {
        emit_text(e, "<tr><th scope=row>");
        emit_escaped(e, r->image[k].role);
        if (*r->image[k].note) emit_text(e, " "), emit_escaped(e, r->image[k].note);
        emit_text(e, "</th>");
        html_cell(e, r->image[k].bytes);
        html_text_cell(e, r->image[k].digest);
        emit_text(e, "</tr>\n");
    }
    html_foot(e);
}

static void options(const struct recipe *r, struct emit *e)
{
    static const char *const columns[] = {"<Option", "<Value"};

    if (!r->options) return;
    html_head(e, "What it was told, besides the options of the machine", columns, ARRAY_SIZE(columns));
    for (unsigned k = 0; k < r->options; k++) {
        emit_text(e, "<tr><th scope=row>--");
        emit_escaped(e, r->option[k].name);
        emit_text(e, "</th>");
        html_prose_cell(e, r->option[k].value);
        emit_text(e, "</tr>\n");
    }
    html_foot(e);
}

void html_recipe(const struct page *p)
{
    const struct recipe *r = p->report->recipe;
    struct emit *e = p->e;

    emit_text(e, "<p>p9sim ");
    emit_escaped(e, r->subcommand);
    emit_text(e, ", version ");
    emit_escaped(e, p->report->version);
    emit_text(e, ", ");
    emit_escaped(e, p->report->commit);
    emit_text(e, ". <code>--config config.txt</code> repeats the run.</p>\n");
    images(r, e);
    options(r, e);
    if (!r->origin) return;
    emit_text(e, "<p>The checkpoint that it went on from is of p9sim ");
    emit_escaped(e, r->origin->subcommand);
    emit_text(e, ":</p>\n");
    images(r->origin, e);
    options(r->origin, e);
}
