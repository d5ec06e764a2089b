/* SPDX-License-Identifier: Apache-2.0 */
/* See figures.h. A file is read whole; names and values are cut out of it where they stand. */
#include "stats/figures.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/log.h"

enum { PATH_BYTES = 4096, VALUE_MAX = 64 };

size_t figure_place_length(const char *name)
{
    const char *dot = strrchr(name, '.');

    return dot ? (size_t)(dot - name) : 0;
}

const char *figure_what(const char *name)
{
    const char *dot = strrchr(name, '.');

    return dot ? dot + 1 : name;
}

/* ---- lines ---- */

static bool is_digits(const char *text)
{
    return *text && !text[strspn(text, "0123456789")];
}

/* "12", "-0.25", "1e9"; nothing that strtod() would take besides. */
static bool read_value(struct figure *f)
{
    char *end;

    if (strlen(f->value) > VALUE_MAX || !f->value[strcspn(f->value, "0123456789")] ||
        f->value[strspn(f->value, "+-.0123456789eE")])
        return false;
    f->number = strtod(f->value, &end);
    if (*end || !isfinite(f->number)) return false;
    errno = 0;
    f->whole = is_digits(f->value) ? strtoull(f->value, NULL, 10) : 0;
    f->is_whole = is_digits(f->value) && !errno;
    return true;
}

static bool add(struct figures *f, const struct figure *figure, size_t *room)
{
    if (f->count == *room) {
        size_t more = *room ? 2 * *room : 1024;
        struct figure *grown = realloc(f->item, more * sizeof *grown);

        if (!grown) return p9_error("the host has no memory for the figures of a run");
        f->item = grown;
        *room = more;
    }
    f->item[f->count++] = *figure;
    return true;
}

/* The line up to here is "NAME VALUE", and what stands behind is for people. */
static bool cut_line(char *line, char *end, struct figure *f)
{
    while (end > line && end[-1] == ' ') end--;
    *f = (struct figure){.name = line, .about = ""};
    for (char *at = end; at > line && !f->value; at--)
        if (at[-1] == ' ') f->value = at;
    if (!f->value || f->value == line) return false;
    line[end - line] = 0;
    if (!read_value(f)) {
        line[end - line] = ' ';
        return false;
    }
    for (end = line + (f->value - line); end > line && end[-1] == ' ';) *--end = 0;
    return end > line;
}

/* Names are what people and guests have given, and may have blanks and '#' in them. */
static bool read_line(char *line, struct figure *f)
{
    for (char *mark = strstr(line, " # "); mark; mark = strstr(mark + 1, " # "))
        if (cut_line(line, mark, f)) {
            f->about = mark + 3;
            return true;
        }
    return cut_line(line, line + strlen(line), f);
}

static bool take_line(struct figures *f, char *line, size_t *room, const char *name, unsigned number)
{
    struct figure figure;

    line += strspn(line, " \t");
    if (!*line || *line == '#') return true;
    if (!read_line(line, &figure))
        return p9_error("%s: line %u is not \"NAME NUMBER # TEXT\", as lines of a stats.txt are", name, number);
    return add(f, &figure, room);
}

/* Equal names keep the order of the file, in which their addresses rise. */
static int by_name(const void *a, const void *b)
{
    const struct figure *x = a, *y = b;
    int order = strcmp(x->name, y->name);

    return order ? order : (x->name > y->name) - (x->name < y->name);
}

/* The second of a name is NAME~2, which there is no room for where it stands. */
static bool tell_apart(struct figures *f)
{
    unsigned nth = 1;

    for (size_t k = 1; k < f->count; k++) {
        const char *first = f->item[k - nth].name;
        char *longer;

        if (strcmp(first, f->item[k].name) != 0) {
            nth = 1;
            continue;
        }
        longer = malloc(strlen(first) + 16);
        if (!longer) return p9_error("the host has no memory for the figures of a run");
        sprintf(longer, "%s~%u", first, ++nth);
        f->item[k].name = longer;
        f->item[k].is_apart = true;
    }
    return true;
}

bool figures_parse(struct figures *f, char *bytes, size_t size, const char *name)
{
    size_t room = 0;
    unsigned number = 0;

    *f = (struct figures){.bytes = bytes};
    if (!bytes || strlen(bytes) != size) return p9_error("%s: has a zero byte; it is no stats.txt", name);
    for (char *line = bytes, *end; *line; line = end) {
        end = line + strcspn(line, "\n");
        if (*end) *end++ = 0;
        if (!take_line(f, line, &room, name, ++number)) return false;
    }
    if (!f->count) return p9_error("%s: has no figures", name);
    qsort(f->item, f->count, sizeof *f->item, by_name);
    if (!tell_apart(f)) return false;
    qsort(f->item, f->count, sizeof *f->item, by_name);
    return true;
}

/* ---- files ---- */

static char *read_all(const char *path, size_t *size)
{
    FILE *file = file_read(path);
    struct emit all = {0};
    char part[65536];
    size_t n;
    bool ok = file;

    while (ok && (n = fread(part, 1, sizeof part, file)) > 0) {
        emit_bytes(&all, part, n);
        if (all.failed) ok = p9_error("%s: the host has no memory to read it", path);
        else if (all.size > FIGURES_FILE_MAX) ok = p9_error("%s: is larger than what a run leaves", path);
    }
    if (ok && ferror(file)) ok = p9_error("%s: %s", path, strerror(errno));
    if (file) fclose(file);
    if (ok && !all.size) ok = p9_error("%s: is empty", path);
    *size = all.size;
    if (ok) return all.bytes;
    emit_free(&all);
    return NULL;
}

static bool read_json(struct figures *f, char *bytes, size_t size, const char *path)
{
    struct emit lines = {0};
    bool ok = figures_of_json(bytes, size, path, &lines);

    free(bytes);
    if (ok && !lines.bytes) ok = p9_error("%s: has no figures", path);
    if (ok && lines.failed) ok = p9_error("%s: the host has no memory to read it", path);
    if (ok) return figures_parse(f, lines.bytes, lines.size, path);
    emit_free(&lines);
    return false;
}

bool figures_read(struct figures *f, const char *path)
{
    char inside[PATH_BYTES];
    struct stat st;
    size_t size;
    char *bytes;

    *f = (struct figures){.count = 0};
    if (!stat(path, &st) && S_ISDIR(st.st_mode)) {
        if ((size_t)snprintf(inside, sizeof inside, "%s/stats.txt", path) >= sizeof inside)
            return p9_error("this path is too long");
        path = inside;
        if (stat(path, &st))
            return p9_error("%s: %s; give the --out directory of a finished run", path, strerror(errno));
    }
    bytes = read_all(path, &size);
    if (!bytes) return false;
    if (bytes[strspn(bytes, " \t\r\n")] == '{') return read_json(f, bytes, size, path);
    return figures_parse(f, bytes, size, path);
}

void figures_free(struct figures *f)
{
    for (size_t k = 0; k < f->count; k++)
        if (f->item[k].is_apart) free((char *)(uintptr_t)f->item[k].name);
    free(f->item);
    free(f->bytes);
    *f = (struct figures){.count = 0};
}

static int to_name(const void *key, const void *item)
{
    return strcmp(key, ((const struct figure *)item)->name);
}

const struct figure *figures_find(const struct figures *f, const char *name)
{
    return f->count ? bsearch(name, f->item, f->count, sizeof *f->item, to_name) : NULL;
}
