/* SPDX-License-Identifier: Apache-2.0 */
/* See recipe.h. */
#include "stats/recipe.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/emit.h"
#include "base/log.h"

/* ---- lists ---------------------------------------------------------------------------------------------------------
 */

static bool no_memory(void)
{
    return p9_error("the host has no memory to note what the run is made of");
}

bool recipe_image(struct recipe *r, const char *role, const char *note, u64 bytes, const char *digest, const char *path)
{
    struct recipe_image *grown = realloc(r->image, (r->images + 1) * sizeof *grown), *i;

    if (!grown) return no_memory();
    r->image = grown;
    i = &grown[r->images];
    *i = (struct recipe_image){.bytes = bytes, .path = path ? strdup(path) : NULL};
    if (path && !i->path) return no_memory();
    r->images++;
    snprintf(i->role, sizeof i->role, "%s", role);
    snprintf(i->note, sizeof i->note, "%s", note);
    snprintf(i->digest, sizeof i->digest, "%s", digest);
    return true;
}

bool recipe_option(struct recipe *r, const char *name, const char *value)
{
    struct recipe_option *grown = realloc(r->option, (r->options + 1) * sizeof *grown), *o;

    if (!grown) return no_memory();
    r->option = grown;
    o = &grown[r->options];
    *o = (struct recipe_option){.value = strdup(value)};
    if (!o->value) return no_memory();
    r->options++;
    snprintf(o->name, sizeof o->name, "%s", name);
    return true;
}

void recipe_free(struct recipe *r)
{
    for (unsigned k = 0; k < r->images; k++) free(r->image[k].path);
    for (unsigned k = 0; k < r->options; k++) free(r->option[k].value);
    free(r->image);
    free(r->option);
    if (r->origin) recipe_free(r->origin);
    free(r->origin);
    *r = (struct recipe){.images = 0};
}

unsigned recipe_count(const struct recipe *r, const char *name)
{
    unsigned count = 0;

    for (unsigned k = 0; k < r->images; k++) count += !strcmp(r->image[k].role, name);
    for (unsigned k = 0; k < r->options; k++) count += !strcmp(r->option[k].name, name);
    return count;
}

static bool same_image(const struct recipe_image *a, const struct recipe_image *b)
{
    return !strcmp(a->role, b->role) && !strcmp(a->note, b->note) && a->bytes == b->bytes &&
           !strcmp(a->digest, b->digest);
}

static bool same_option(const struct recipe_option *a, const struct recipe_option *b)
{
    return !strcmp(a->name, b->name) && !strcmp(a->value, b->value);
}

bool recipe_holds(const struct recipe *whole, const struct recipe *part)
{
    unsigned at = 0;

    for (unsigned k = 0; k < part->images; k++) {
        while (at < whole->images && !same_image(&whole->image[at], &part->image[k])) at++;
        if (at++ >= whole->images) return false;
    }
    at = 0;
    for (unsigned k = 0; k < part->options; k++) {
        while (at < whole->options && !same_option(&whole->option[at], &part->option[k])) at++;
        if (at++ >= whole->options) return false;
    }
    return true;
}

/* ---- to text and back ----------------------------------------------------------------------------------------------
 */

static void quoted(const char *text, struct emit *e)
{
    emit_text(e, "\"");
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') emit_text(e, "\\%c", *text);
        else if ((u8)*text < ' ' || *text == 0x7f) emit_text(e, "\\x%02x", (u8)*text);
        else emit_bytes(e, text, 1);
    }
    emit_text(e, "\"");
}

void recipe_lines(const struct recipe *r, const char *margin, struct emit *e)
{
    if (*r->subcommand) emit_text(e, "%srun.subcommand = %s\n", margin, r->subcommand);
    for (unsigned k = 0; k < r->images; k++) {
        const struct recipe_image *i = &r->image[k];

        emit_text(e, "%simage.%s = %" PRIu64 " bytes, sha256 %s%s%s\n", margin, i->role, i->bytes, i->digest,
                  *i->note ? " " : "", i->note);
    }
    for (unsigned k = 0; k < r->options; k++) {
        emit_text(e, "%soption.%s = ", margin, r->option[k].name);
        quoted(r->option[k].value, e);
        emit_text(e, "\n");
    }
}

static const char *behind(const char *name, const char *prefix)
{
    return strncmp(name, prefix, strlen(prefix)) ? NULL : name + strlen(prefix);
}

bool recipe_owns(const char *name)
{
    return behind(name, "run.") || behind(name, "image.") || behind(name, "option.");
}

/* "NUMBER bytes, sha256 DIGEST [NOTE]" */
static bool read_image(struct recipe *r, const char *role, const char *value, const char *where)
{
    char digest[DIGEST_TEXT], note[RECIPE_NOTE] = "";
    u64 bytes;

    if (sscanf(value, "%" SCNu64 " bytes, sha256 %64s %63s", &bytes, digest, note) < 2 || !digest_is_one(digest))
        return p9_error("%s: \"%.80s\" does not say which file; write NUMBER bytes, sha256 DIGITS", where, value);
    return recipe_image(r, role, note, bytes, digest, NULL);
}

static bool unquote(const char *value, char *out)
{
    unsigned code;

    if (*value++ != '"') return false;
    for (; *value && *value != '"'; value++) {
        if (*value != '\\') *out++ = *value;
        else if (*++value == '"' || *value == '\\') *out++ = *value;
        else if (*value == 'x' && sscanf(value + 1, "%2x", &code) == 1 && code && value[2])
            *out++ = (char)code, value += 2;
        else return false;
    }
    *out = 0;
    return *value == '"' && !value[1 + strspn(value + 1, " \t\r")];
}

static bool read_option(struct recipe *r, const char *name, const char *value, const char *where)
{
    char *text = malloc(strlen(value) + 1);
    bool ok;

    if (!text) return no_memory();
    ok = unquote(value, text) || p9_error("%s: \"%.80s\" is not a text between quotation marks", where, value);
    ok = ok && recipe_option(r, name, text);
    free(text);
    return ok;
}

/* One line, whose name is one of ours. */
static bool read_line(struct recipe *r, const char *line, const char *where)
{
    char name[RECIPE_NAME + 8];
    const char *value = strchr(line, '='), *of;

    if (!value) return p9_error("%s: \"%.60s\" has no \"=\"; write name=value", where, line);
    snprintf(name, sizeof name, "%.*s", (int)strcspn(line, " \t="), line);
    value += 1 + strspn(value + 1, " \t");
    of = behind(name, "image.");
    if (of) return read_image(r, of, value, where);
    of = behind(name, "option.");
    if (of) return read_option(r, of, value, where);
    if (strcmp(name, "run.subcommand") != 0) return p9_error("%s: there is no line \"%.60s\"", where, name);
    snprintf(r->subcommand, sizeof r->subcommand, "%.*s", (int)strcspn(value, " \t\r"), value);
    return true;
}

bool recipe_read(struct recipe *r, const char *text, size_t size, const char *name)
{
    const char *end = text + size;
    char where[300], line[RECIPE_LINE];

    for (unsigned number = 1; text < end; number++) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        size_t length = (size_t)((newline ? newline : end) - text);

        snprintf(where, sizeof where, "%.250s:%u", name, number);
        memcpy(line, text, length < sizeof line ? length : sizeof line - 1);
        line[length < sizeof line ? length : sizeof line - 1] = 0;
        text += length + 1;
        if (!recipe_owns(line + strspn(line, " \t"))) continue;
        if (length >= sizeof line) return p9_error("%s: this line is too long", where);
        if (!read_line(r, line + strspn(line, " \t"), where)) return false;
    }
    return true;
}
