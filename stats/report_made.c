/* SPDX-License-Identifier: Apache-2.0 */
/* What made the results (recipe.h), in the documents of a run. */
#include <inttypes.h>

#include "stats/recipe.h"
#include "stats/report.h"

void report_text_made_by(const struct report *r, struct emit *e)
{
    if (r->recipe) recipe_lines(r->recipe, "# ", e);
    if (r->recipe && r->recipe->origin) {
        emit_text(e, "# The checkpoint is of:\n");
        recipe_lines(r->recipe->origin, "#   ", e);
    }
}

static void json_recipe(const struct recipe *r, struct emit *e)
{
    emit_string(e, "subcommand", r && *r->subcommand ? r->subcommand : NULL);
    emit_open(e, "images", '[');
    for (unsigned k = 0; r && k < r->images; k++) {
        emit_open(e, NULL, '{');
        emit_string(e, "role", r->image[k].role);
        emit_u64(e, "bytes", r->image[k].bytes);
        emit_string(e, "sha256", r->image[k].digest);
        if (*r->image[k].note) emit_string(e, "at", r->image[k].note);
        emit_close(e, '}');
    }
    emit_close(e, ']');
    emit_open(e, "options", '[');
    for (unsigned k = 0; r && k < r->options; k++) {
        emit_open(e, NULL, '{');
        emit_string(e, "name", r->option[k].name);
        emit_string(e, "value", r->option[k].value);
        emit_close(e, '}');
    }
    emit_close(e, ']');
}

void report_json_made_by(const struct report *r, struct emit *e)
{
    emit_open(e, "made_by", '{');
    emit_string(e, "version", r->version);
    emit_string(e, "commit", r->commit);
    json_recipe(r->recipe, e);
    if (r->recipe && r->recipe->origin) {
        emit_open(e, "checkpoint_of", '{');
        json_recipe(r->recipe->origin, e);
        emit_close(e, '}');
    }
    emit_close(e, '}');
}
