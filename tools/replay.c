/* SPDX-License-Identifier: Apache-2.0 */
/* See replay.h. */
#include "tools/replay.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/log.h"
#include "machine/checkpoint.h"
#include "tools/session.h"

#define SAVED_NAME "recipe" /* in a checkpoint */
enum { HOST_PART_BYTES = 1 << 18 };

static bool no_memory(void)
{
    return p9_error("the host has no memory to note what the run is made of");
}

/* ---- where files were: the member host.paths of stats.json ---------------------------------------------------------
 */

/* A string of our own JSON behind its quotation mark; *at is moved behind it.  NULL: it is none that names a file. */
static char *json_string(const char **at, const char *end)
{
    char *text = malloc((size_t)(end - *at) + 1), *to = text;
    bool whole = text != NULL;
    unsigned code;

    for (; *at < end && **at != '"'; ++*at) {
        if (**at == '\\' && ++*at < end && **at == 'u') {
            whole &= end - *at > 4 && sscanf(*at + 1, "%4x", &code) == 1 && code && code < 0x80;
            if (!whole) break;
            *to++ = (char)code;
            *at += 4;
        } else if (whole) {
            *to++ = **at;
        }
    }
    if (!whole || *at >= end) {
        free(text);
        return NULL;
    }
    *to = 0;
    ++*at;
    return text;
}

static void take_paths(struct replay *r, const char *at, const char *end)
{
    while (at < end && *at != ']' && r->were < REPLAY_PATHS) {
        bool is_null = *at == 'n';
        char *path = *at++ == '"' ? json_string(&at, end) : NULL;

        if (path || is_null) r->was[r->were++] = path;
    }
}

/* Beside config.txt lies stats.json, if it is where the run has left it. That it is not is no error. */
static bool read_paths(struct replay *r)
{
    static const char member[] = "\"paths\": [";
    const char *slash = strrchr(r->path, '/');
    char name[PATH_MAX], *text, *paths;
    struct stat st;
    FILE *file;

    snprintf(name, sizeof name, "%.*sstats.json", slash ? (int)(slash - r->path) + 1 : 0, r->path);
    file = stat(name, &st) || !S_ISREG(st.st_mode) ? NULL : fopen(name, "r");
    if (!file) return true;
    text = calloc(1, HOST_PART_BYTES + 1);
    if (text && fread(text, 1, HOST_PART_BYTES, file)) {
        paths = strstr(text, member);
        if (paths) take_paths(r, paths + sizeof member - 1, text + strlen(text));
    }
    free(text);
    fclose(file);
    return text || no_memory();
}

/* ---- the earlier run -----------------------------------------------------------------------------------------------
 */

static bool open_file(struct options *o, const char *path)
{
    struct replay *r = o->replay;

    r->path = path;
    r->text = config_read(path, &r->size);
    if (!r->text || !recipe_read(&r->wanted, r->text, r->size, path)) return false;
    if (*r->wanted.subcommand && strcmp(r->wanted.subcommand, o->command->name) != 0) {
        if (strcmp(o->command->name, "config") != 0)
            p9_error("%s: is of `p9sim %s`; of it only the options of the machine are taken", path,
                     r->wanted.subcommand);
        recipe_free(&r->wanted);
    }
    return !r->wanted.images || read_paths(r);
}

bool replay_open(struct options *o, const char *config_path)
{
    o->replay = calloc(1, sizeof *o->replay);
    if (!o->replay) return no_memory();
    return !config_path || open_file(o, config_path);
}

void replay_close(struct options *o)
{
    struct replay *r = o->replay;

    if (!r) return;
    recipe_free(&r->made);
    recipe_free(&r->wanted);
    for (unsigned k = 0; k < r->were; k++) free(r->was[k]);
    for (unsigned k = 0; k < r->found_count; k++) free(r->found[k]);
    free(r->text);
    free(r);
    o->replay = NULL;
}

const char *replay_joined(const struct options *o, const char *first, const char *between, const char *then)
{
    struct replay *r = o->replay;
    size_t size = strlen(first) + strlen(between) + strlen(then) + 1;
    char *joined = r->found_count < REPLAY_PATHS ? malloc(size) : NULL;

    if (!joined) {
        no_memory();
        return NULL;
    }
    snprintf(joined, size, "%s%s%s", first, between, then);
    r->found[r->found_count++] = joined;
    return joined;
}

/* Does a file of this name hold the same bytes?  If not, but it is there: what it holds. */
static bool is_that_file(const char *path, const struct recipe_image *image, char other[DIGEST_TEXT])
{
    struct stat st;
    u64 bytes;

    if (stat(path, &st) || !S_ISREG(st.st_mode)) return false;
    return digest_of_file(path, &bytes, other) && bytes == image->bytes && !strcmp(other, image->digest);
}

/* What the files of these options are called in the images directory. */
static const struct {
    const char *role, *name;
} usual[] = {{"bios", "skiboot.lid"}, {"kernel", "vmlinux"}, {"initrd", "initrd.img"}, {"initrd", "guest-disk.img"}};

/* One of the names that such a file may have now, the n-th; false: there are no more. */
static bool candidate(const struct replay *r, const struct recipe_image *image, unsigned n, char out[PATH_MAX])
{
    char dir[4000];

    *out = 0;
    if (n < r->were) return snprintf(out, PATH_MAX, "%s", r->was[n] ? r->was[n] : "") >= 0;
    if (n - r->were >= ARRAY_SIZE(usual)) return false;
    if (strcmp(usual[n - r->were].role, image->role) != 0) return true;
    session_images_directory(dir, sizeof dir);
    return snprintf(out, PATH_MAX, "%.4000s/%s", dir, usual[n - r->were].name) >= 0;
}

static const char *refuse(const struct replay *r, const struct recipe_image *image, const char *path,
                          const char *digest)
{
    bool is_program = !strcmp(image->role, "program");
    const char *dashes = is_program ? "" : "--", *name = is_program ? "FILE" : image->role;

    if (*digest)
        p9_error(
            "%s: %s%s: %s is another file now (SHA-256 %.12s..., it was %.12s...); name the right one with %s%s, or "
            "take it with --accept-changed",
            r->path, dashes, name, path, digest, image->digest, dashes, name);
    else
        p9_error("%s: %s%s: the file of %" PRIu64
                 " bytes with SHA-256 %.12s... is neither where it was nor in the images "
                 "directory; name it with %s%s",
                 r->path, dashes, name, image->bytes, image->digest, dashes, name);
    return NULL;
}

const char *replay_find(const struct options *o, unsigned n)
{
    const struct replay *r = o->replay;
    const struct recipe_image *image = &r->wanted.image[n];
    char path[PATH_MAX], changed[PATH_MAX] = "", digest[DIGEST_TEXT], first[DIGEST_TEXT] = "";

    for (unsigned k = 0; candidate(r, image, k, path); k++) {
        *digest = 0;
        if (is_that_file(path, image, digest)) return replay_joined(o, path, "", "");
        /* Another file that lies where this one did, or where one of its kind lies. */
        if (!*digest || *changed || (k < r->were && k != n)) continue;
        snprintf(changed, sizeof changed, "%s", path);
        memcpy(first, digest, sizeof first);
    }
    return o->accept_changed && *changed ? replay_joined(o, changed, "", "") : refuse(r, image, changed, first);
}

/* ---- this run ------------------------------------------------------------------------------------------------------
 */

static bool note_row(const struct options *o, const struct cli_row *row)
{
    const void *field = (const char *)o + row->offset;
    const struct text_list *list = field;
    struct recipe *made = &o->replay->made;

    switch (row->kind) { /* whatever has more bits is not asked for */
    case KIND_FLAG: return !*(const bool *)field || recipe_option(made, row->name, "");
    case KIND_TEXT: return !*(const char *const *)field || recipe_option(made, row->name, *(const char *const *)field);
    case KIND_LIST:
        for (unsigned k = 0; k < list->count; k++)
            if (!recipe_option(made, row->name, list->item[k])) return false;
        return true;
    case KIND_CONFIG: break; /* with the options of the machine; but what goes beyond these: */
    }
    if (strcmp(row->config, "model") != 0 || !(o->core_at || o->core_given)) return true;
    if (!o->core_at) return recipe_option(made, row->name, "core");
    const char *model = replay_joined(o, "core", "@", o->core_at);
    return model && recipe_option(made, row->name, model);
}

bool replay_note(const struct options *o)
{
    if (o->replay->noted) return true;
    o->replay->noted = true;
    snprintf(o->replay->made.subcommand, sizeof o->replay->made.subcommand, "%s", o->command->name);
    for (const struct cli_row *const *table = o->command->tables; *table; table++)
        for (const struct cli_row *row = *table; row->name; row++)
            if (!(row->kind & (OF_FILE | OF_HOST)) && !note_row(o, row)) return false;
    return true;
}

static bool note_file(const struct options *o, const char *role, const char *note, const char *path, u64 bytes,
                      const char *digest)
{
    char *whole = realpath(path, NULL);
    bool ok = recipe_image(&o->replay->made, role, note, bytes, digest, whole ? whole : path);

    free(whole);
    return ok;
}

bool replay_image(const struct options *o, const char *role, const struct image *image, const char *note)
{
    return note_file(o, role, note, image->name, image->file_bytes, image->digest);
}

bool replay_argument(const struct options *o, const char *word)
{
    return recipe_option(&o->replay->made, REPLAY_ARGUMENT, word);
}

bool replay_initrd(const struct options *o, const struct initrd_parts *parts)
{
    for (unsigned k = 0; k < parts->count; k++)
        if (!note_file(o, "initrd", "", parts->part[k].path, parts->part[k].bytes, parts->part[k].digest)) return false;
    return true;
}

/* ---- a restored run ------------------------------------------------------------------------------------------------
 */

/* Limits end a run, they do not change it. */
static bool same_machine(const struct config *a, const struct config *b)
{
    EACH_OPTION(row) {
        if (!strcmp(row->name, "max_insns") || !strcmp(row->name, "max_seconds")) continue;
        if (config_get(a, row) != config_get(b, row)) return false;
    }
    return true;
}

/* `run --restore` also goes on with what another subcommand has begun, if that needs nothing but the machine. */
static bool same_subcommand(const struct recipe *saved, const struct recipe *now)
{
    return !strcmp(saved->subcommand, now->subcommand) ||
           (!strcmp(saved->subcommand, "bare") && !strcmp(now->subcommand, "run"));
}

/* Does something begin anew at the restore, or end there, so that the run is not the one that was saved? */
static bool begins_anew(const struct options *o, const struct recipe *saved, const struct recipe *now)
{
    static const char *const said_again[] = {"expect", "input"}, *const not_saved[] = {"what-if", "uncertainty"};
    bool anew = o->config.sample_period != 0 || recipe_count(saved, "symbols") != recipe_count(now, "symbols");

    for (unsigned k = 0; k < ARRAY_SIZE(said_again); k++) anew |= recipe_count(now, said_again[k]) != 0;
    for (unsigned k = 0; k < ARRAY_SIZE(not_saved); k++)
        anew |= recipe_count(now, not_saved[k]) || recipe_count(saved, not_saved[k]);
    return anew;
}

static bool note_checkpoint(const struct options *o, struct recipe *saved)
{
    struct recipe *made = &o->replay->made;
    char digest[DIGEST_TEXT];
    u64 bytes;

    if (saved->origin) recipe_free(saved->origin);
    free(saved->origin);
    saved->origin = NULL;
    if (*saved->subcommand) {
        made->origin = malloc(sizeof *saved);
        if (!made->origin) return no_memory();
        *made->origin = *saved;
        *saved = (struct recipe){.images = 0};
    }
    return digest_of_file(o->restore, &bytes, digest) && note_file(o, "restore", "", o->restore, bytes, digest);
}

static bool settle_restored(const struct options *o)
{
    struct recipe saved = {.images = 0}, *made = &o->replay->made;
    bool ok = !checkpoint_has(o->restored, SAVED_NAME) ||
              checkpoint_restore_with(o->restored, SAVED_NAME, &recipe_state, &saved);

    if (ok && same_subcommand(&saved, made) && same_machine(&o->config, checkpoint_config(o->restored)) &&
        recipe_holds(&saved, made) && !begins_anew(o, &saved, made)) {
        recipe_free(made);
        *made = saved;
        return true;
    }
    ok = ok && note_checkpoint(o, &saved);
    recipe_free(&saved);
    return ok;
}

bool replay_settle(const struct options *o, struct machine *machine)
{
    if (!replay_note(o) || (o->restored && !settle_restored(o))) return false;
    machine_save_with(machine, SAVED_NAME, &recipe_state, &o->replay->made);
    return true;
}
