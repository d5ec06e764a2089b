/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A recipe in a checkpoint, so that a restored machine can say what it was made of.  It is saved as its lines, which
 * say all but the paths; these follow, each of them.  Its origin follows in the same way.
 */
#include <stdlib.h>

#include "base/emit.h"
#include "base/state.h"
#include "stats/recipe.h"

enum { TEXT_MOST = 1 << 22 };

static void save_one(struct state_writer *w, const struct recipe *r)
{
    struct emit lines = {0};

    recipe_lines(r, "", &lines);
    w->failed |= lines.failed;
    state_put_number(w, lines.size);
    state_put_numbers(w, lines.bytes, 1, lines.size);
    emit_free(&lines);
    for (unsigned k = 0; k < r->images; k++) state_put_text(w, r->image[k].path);
}

static void save(struct state_writer *w, const void *self)
{
    const struct recipe *r = self;

    save_one(w, r);
    state_put_number(w, r->origin != NULL);
    if (r->origin) save_one(w, r->origin);
}

static bool restore_lines(struct state_reader *reader, struct recipe *r)
{
    u64 size = state_get_count(reader, NULL, TEXT_MOST);
    char *text = malloc(size + 1);
    bool ok = text && state_get_numbers(reader, text, 1, size);

    if (ok && !recipe_read(r, text, size, "checkpoint")) ok = state_refuse(reader, "what it was made of is no recipe");
    free(text);
    return ok;
}

static bool restore_one(struct state_reader *reader, struct recipe *r)
{
    if (!restore_lines(reader, r)) return false;
    for (unsigned k = 0; k < r->images; k++) {
        r->image[k].path = state_get_text(reader);
        if (!r->image[k].path) return false;
    }
    return true;
}

static bool restore(struct state_reader *reader, void *self)
{
    struct recipe *r = self;

    recipe_free(r);
    if (!restore_one(reader, r)) return false;
    if (!state_get_below(reader, 2, "origin")) return !reader->failed;
    r->origin = calloc(1, sizeof *r->origin);
    return r->origin && restore_one(reader, r->origin);
}

static const struct state_row rows[] = {
    STATE_WITH(struct recipe, subcommand), STATE_CALL(struct recipe, image, save, restore),
    STATE_WITH(struct recipe, option),     STATE_WITH(struct recipe, images),
    STATE_WITH(struct recipe, options),    STATE_WITH(struct recipe, origin)};
const struct state_table recipe_state = STATE_TABLE(struct recipe, rows);
