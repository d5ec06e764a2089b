/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See exec_cargo.h.  Libraries are looked for by name: in the folders of --sysroot, in those of the host's cross
 * compiler, and among those that tools/images --library has fetched.
 */
#include "tools/exec_cargo.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "experiment/starter.h"
#include "loader/needs.h"
#include "tools/replay.h"

#define FOLDER "tmp" /* where the program finds itself, and its files */
enum { FOR_RUNNING = 0755, FOR_READING = 0644, FOLDERS_MAX = 64 };

/* ---- files ---- */

static const struct cargo_file *file_of(const struct cargo *c, const char *guest)
{
    for (unsigned k = 0; k < c->count; k++)
        if (!strcmp(c->file[k].guest, guest)) return &c->file[k];
    return NULL;
}

static u32 permissions_of(const char *host)
{
    struct stat st;

    return stat(host, &st) ? FOR_READING : (u32)(st.st_mode & 0777);
}

/* guest: a path in the guest; without a slash in front below FOLDER. */
static bool add_file(struct cargo *c, const char *role, const char *host, const char *guest, u32 permissions)
{
    struct cargo_file *f = &c->file[c->count];
    int n;

    if (c->count == CARGO_MAX) return p9_error("exec: more than %d files", CARGO_MAX);
    *f = (struct cargo_file){.role = role, .permissions = permissions};
    snprintf(f->host, sizeof f->host, "%s", host);
    n = snprintf(f->guest, sizeof f->guest, "%s%s", *guest == '/' ? "" : FOLDER "/", guest + (*guest == '/'));
    if (n >= CARGO_PATH || n == 0 || guest[strlen(guest) - 1] == '/')
        return p9_error("%.200s: \"%.100s\" is no name for it in the guest", host, guest);
    if (file_of(c, f->guest)) return p9_error("%.200s: there are two files /%.200s", host, f->guest);
    if (!image_open(&f->image, f->host, IMAGE_AS_IT_IS, c->options->config.mem)) return false;
    c->count++;
    return true;
}

const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* "HOST" or "HOST:GUEST": a file that has the whole of it as its name is meant. */
static bool add_asked(struct cargo *c, const char *spec)
{
    const char *colon = strrchr(spec, ':');
    char host[4096];

    if (!colon || !access(spec, F_OK)) return add_file(c, "file", spec, last_part(spec), permissions_of(spec));
    if (snprintf(host, sizeof host, "%.*s", (int)(colon - spec), spec) >= (int)sizeof host)
        return p9_error("--file %.100s: a file name is too long", spec);
    if (!*host || !colon[1]) return p9_error("--file %.100s: write HOST or HOST:GUEST", spec);
    return add_file(c, "file", host, colon + 1, permissions_of(host));
}

/* ---- libraries ---- */

static bool fits(const char *path)
{
    struct image image;
    bool fine;

    if (access(path, R_OK) || !image_open(&image, path, IMAGE_AS_IT_IS, 1U << 30)) return false;
    fine = needs_fits(&image);
    image_close(&image);
    return fine;
}

static bool is_in(const char *root, const char *name, char path[4096])
{
    static const char *const folders[] = {
        "", "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/lib/powerpc64le-linux-gnu", "/usr/lib/powerpc64le-linux-gnu"};

    for (unsigned k = 0; k < ARRAY_SIZE(folders); k++)
        if (snprintf(path, 4096, "%s%s/%s", root, folders[k], name) < 4096 && fits(path)) return true;
    return false;
}

/* Where tools/images --library puts what it fetches. */
static bool fetched_root(char root[4000])
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

    if (cache && *cache) return snprintf(root, 4000, "%s/p9sim/sysroot", cache) < 4000;
    return home && snprintf(root, 4000, "%s/.cache/p9sim/sysroot", home) < 4000;
}

static bool find_library(const struct options *o, const char *name, const char *who, char path[4096])
{
    char root[4000];

    for (unsigned k = 0; k < o->sysroot.count; k++)
        if (is_in(o->sysroot.item[k], name, path)) return true;
    if (is_in("/usr/powerpc64le-linux-gnu", name, path) || (fetched_root(root) && is_in(root, name, path))) return true;
    return p9_error("%s: needs %s for ppc64le, which is not here; fetch it with tools/images --library %s, or name a "
                    "folder that has it with --sysroot",
                    who, name, name);
}

/* What the file number `which` needs; what that needs comes later, when its number is reached. */
static bool add_needs(struct cargo *c, unsigned which)
{
    const char *who = c->file[which].host;
    char path[4096], guest[CARGO_PATH];
    struct needs needs;

    if (!needs_read(&c->file[which].image, &needs)) return false;
    if (*needs.loader == '/' && !*c->loader) {
        snprintf(c->loader, sizeof c->loader, "%.*s", NEEDS_NAME, needs.loader + 1);
        if (!find_library(c->options, last_part(needs.loader), who, path) ||
            !add_file(c, "library", path, needs.loader, FOR_RUNNING))
            return false;
    }
    for (unsigned k = 0; k < needs.count; k++) {
        snprintf(guest, sizeof guest, "/" STARTER_LIBRARIES "/%.*s", NEEDS_NAME, needs.library[k]);
        if (file_of(c, guest + 1) || !strcmp(needs.library[k], last_part(c->loader))) continue;
        if (!find_library(c->options, needs.library[k], who, path) || !add_file(c, "library", path, guest, FOR_READING))
            return false;
    }
    return true;
}

/* ---- the program ---- */

/* "#!/bin/sh": what is in /bin is busybox's; another interpreter has to be brought along. */
static bool script_can_run(const struct cargo *c)
{
    const struct image *i = &c->file[0].image;
    char line[128];
    const char *interpreter;

    snprintf(line, sizeof line, "%.*s", (int)(i->size < 127 ? i->size : 127), (const char *)i->bytes);
    line[strcspn(line, "\n")] = 0;
    interpreter = line + 2 + strspn(line + 2, " ");
    line[(size_t)(interpreter - line) + strcspn(interpreter, " \t\r")] = 0;
    if (!strncmp(interpreter, "/bin/", 5) || (*interpreter == '/' && file_of(c, interpreter + 1))) return true;
    return p9_error("%s: wants %s, which the guest has not; it has busybox in /bin, and what --file brings", i->name,
                    *interpreter ? interpreter : "an interpreter");
}

static bool add_program(struct cargo *c)
{
    const char *path = c->options->words.item[0];
    const struct image *image;

    if (!add_file(c, "program", path, last_part(path), FOR_RUNNING)) return false;
    image = &c->file[0].image;
    c->is_elf = image->kind == IMAGE_ELF;
    if (c->is_elf || (image->size > 2 && !memcmp(image->bytes, "#!", 2))) return true;
    return p9_error("%s: is neither a program for ppc64le (an ELF file) nor a script (#!/bin/sh)", path);
}

static bool add_all(struct cargo *c)
{
    const struct options *o = c->options;
    unsigned first;

    if (!add_program(c)) return false;
    if (c->is_elf && !add_needs(c, 0)) return false;
    first = c->count;
    for (unsigned k = 0; k < o->file_list.count; k++)
        if (!add_asked(c, o->file_list.item[k])) return false;
    if (o->input && !add_file(c, "input", o->input, "/" STARTER_INPUT, FOR_READING)) return false;
    if (!c->is_elf && !script_can_run(c)) return false;
    for (unsigned k = 1; k < c->count; k++) /* libraries of libraries, and of programs that came with --file */
        if ((k < first || needs_fits(&c->file[k].image)) && !add_needs(c, k)) return false;
    return true;
}

/* ---- the archive ---- */

/* Every folder on the way to a file, once. */
static bool put_folders(struct archive *a, const char *guest, char done[FOLDERS_MAX][CARGO_PATH], unsigned *count)
{
    for (const char *slash = strchr(guest, '/'); slash; slash = strchr(slash + 1, '/')) {
        char name[CARGO_PATH];
        bool is_known = false;

        snprintf(name, sizeof name, "%.*s", (int)(slash - guest), guest);
        for (unsigned k = 0; k < *count; k++) is_known |= !strcmp(done[k], name);
        if (is_known) continue;
        if (*count == FOLDERS_MAX) return p9_error("exec: more than %d folders", FOLDERS_MAX);
        snprintf(done[(*count)++], CARGO_PATH, "%s", name);
        if (!archive_folder(a, name)) return false;
    }
    return true;
}

static bool put_files(struct cargo *c)
{
    char done[FOLDERS_MAX][CARGO_PATH];
    unsigned folders = 0;

    if (!put_folders(&c->archive, STARTER_PATH, done, &folders)) return false;
    for (unsigned k = 0; k < c->count; k++) {
        const struct cargo_file *f = &c->file[k];
        if (!put_folders(&c->archive, f->guest, done, &folders) ||
            !archive_file(&c->archive, f->guest, f->permissions, f->image.bytes, f->image.size))
            return false;
    }
    return c->options->input || archive_file(&c->archive, STARTER_INPUT, FOR_READING, NULL, 0);
}

static bool put_starter(struct cargo *c)
{
    bool is_glibc = !strncmp(last_part(c->loader), "ld64.so", 7) || !strncmp(last_part(c->loader), "ld-linux", 8);
    enum starter_linking linking = !*c->loader ? STARTER_STATIC : is_glibc ? STARTER_GLIBC : STARTER_DYNAMIC;
    const char *words[LIST_MAX];
    struct emit init = {0}, starter = {0};
    char program[CARGO_PATH + 1];
    bool ok;

    snprintf(program, sizeof program, "/%s", c->file[0].guest);
    for (unsigned k = 0; k < c->options->words.count; k++) words[k] = k ? c->options->words.item[k] : program;
    starter_init(words, c->options->words.count, linking, &init);
    ok = (!init.failed || p9_error("exec: the host has no memory")) && starter_program(&starter) &&
         archive_file(&c->archive, STARTER_PATH, FOR_RUNNING, (u8 *)starter.bytes, starter.size) &&
         archive_file(&c->archive, "init", FOR_RUNNING, (u8 *)init.bytes, init.size);
    emit_free(&init);
    emit_free(&starter);
    return ok;
}

/* A level that starts a guest adds /guest.cpio to that guest's ramdisk: the archive as a file in another one. */
static bool wrap(struct archive *a)
{
    struct archive outer = {.name = a->name, .max_bytes = a->max_bytes};

    if (!archive_file(&outer, "guest.cpio", FOR_READING, a->bytes, a->size) || !archive_end(&outer)) {
        archive_close(&outer);
        return false;
    }
    archive_close(a);
    *a = outer;
    return true;
}

/* What made the run: every file with what it holds, and where a file that was asked for lies in the guest; and the
 * program's arguments. */
static bool note_all(const struct cargo *c)
{
    const struct options *o = c->options;
    char note[CARGO_PATH + 2];

    for (unsigned k = 0; k < c->count; k++) {
        const struct cargo_file *f = &c->file[k];

        snprintf(note, sizeof note, "%s%s", strcmp(f->role, "file") ? "" : ":/",
                 strcmp(f->role, "file") ? "" : f->guest);
        if (!replay_image(o, f->role, &f->image, note)) return false;
    }
    for (unsigned k = 1; k < o->words.count; k++)
        if (!replay_argument(o, o->words.item[k])) return false;
    return true;
}

bool cargo_open(struct cargo *c, const struct options *o, unsigned level)
{
    bool ok;

    *c = (struct cargo){.options = o, .archive = {.name = "exec", .max_bytes = o->config.mem}};
    c->file = calloc(CARGO_MAX, sizeof *c->file);
    if (!c->file) return p9_error("exec: the host has no memory");
    ok = add_all(c) && note_all(c) && put_files(c) && put_starter(c) && archive_end(&c->archive);
    for (unsigned k = 0; k < level && ok; k++) ok = wrap(&c->archive);
    return ok;
}

void cargo_close(struct cargo *c)
{
    for (unsigned k = 0; k < c->count; k++) image_close(&c->file[k].image);
    archive_close(&c->archive);
    free(c->file);
    c->file = NULL;
    c->count = 0;
}

void cargo_mapped(void *self, const char *path, u64 begin, u64 file_offset)
{
    struct cargo *c = self;
    const struct cargo_file *f = *path == '/' ? file_of(c, path + 1) : NULL;
    u64 offset;
    u32 added;

    if (!c->symbols || !f || !needs_fits(&f->image)) return;
    if (needs_moved_by(&f->image, begin, file_offset, &offset) && !symbols_read(c->symbols, &f->image, offset, &added))
        c->symbols = NULL; /* a line has said why; the others do without, too */
}
