/* SPDX-License-Identifier: Apache-2.0 */
/* See results.h.  Everything goes by the directory's descriptor: it may be renamed while the run lasts. */
#include "stats/results.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/emit.h"
#include "base/file.h"
#include "base/log.h"

enum { PATH_BYTES = 4096, NAME_BYTES = 64 };

static const char *const names[RESULT_COUNT] = {
#define RESULT(row, name) [RESULT_##row] = (name),
#include "stats/results.def"
#undef RESULT
};

const char *result_name(enum result which)
{
    return names[which];
}

/* ---- the directory ---- */

static bool make_directory(const char *dir)
{
    char path[PATH_BYTES];
    size_t n = strlen(dir);

    if (!n || n >= sizeof path) return p9_error("--out: %s", n ? "this path is too long" : "give a directory");
    for (size_t k = 1; k <= n; k++) {
        if (dir[k] != '/' && dir[k]) continue;
        memcpy(path, dir, k);
        path[k] = 0;
        if (mkdir(path, 0777) && errno != EEXIST) return p9_error("--out %s: %s", dir, strerror(errno));
    }
    return true;
}

/* A file system that knows no locks is as good as it is: only a lock that somebody else holds is a refusal. Whoever
 * asks results_in_use() holds it for an instant. */
static bool lock(int fd, const char *dir)
{
    static const struct timespec instant = {.tv_nsec = 20000000};

    for (unsigned k = 0; k < 5; k++) {
        if (!flock(fd, LOCK_EX | LOCK_NB) || errno != EWOULDBLOCK) return true;
        nanosleep(&instant, NULL);
    }
    return p9_error("--out %s: another p9sim writes its results there; wait for its end or give another directory",
                    dir);
}

bool results_in_use(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool in_use = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK;

    if (fd >= 0) close(fd);
    return in_use;
}

bool results_open(struct results *r, const char *dir)
{
    *r = (struct results){.fd = -1};
    if (!make_directory(dir)) return false;
    r->dir = strdup(dir);
    if (!r->dir) return p9_error("--out: the host has no memory");
    r->fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (r->fd < 0)
        return p9_error("--out %s: %s", dir, errno == ENOTDIR ? "is a file; give a directory" : strerror(errno));
    if (faccessat(r->fd, ".", W_OK | X_OK, 0)) return p9_error("--out %s: %s", dir, strerror(errno));
    return lock(r->fd, dir);
}

void results_close(struct results *r)
{
    if (r->dir && r->fd >= 0) close(r->fd);
    free(r->dir);
    *r = (struct results){.fd = -1};
}

/* ---- what earlier runs have left ---- */

/* "stats.json", or ".stats.json.1234" of a process that was killed. */
static bool is_ours(const char *name)
{
    for (unsigned k = 0; k < RESULT_COUNT; k++) {
        size_t n = strlen(names[k]);
        if (!strcmp(name, names[k])) return true;
        if (*name == '.' && !strncmp(name + 1, names[k], n) && name[n + 1] == '.' && name[n + 2] &&
            !name[n + 2 + strspn(name + n + 2, "0123456789")])
            return true;
    }
    return false;
}

static bool remove_file(const struct results *r, const char *name)
{
    if (!unlinkat(r->fd, name, 0) || errno == ENOENT) return true;
    return p9_error("%s/%s: is in the way and cannot be removed: %s", r->dir, name, strerror(errno));
}

bool results_clear(const struct results *r)
{
    int fd = openat(r->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = fd >= 0 ? fdopendir(fd) : NULL;
    bool ok = list || p9_error("%s: cannot be read: %s", r->dir, strerror(errno));

    for (struct dirent *entry; ok && list && (entry = readdir(list));)
        if (is_ours(entry->d_name)) ok = remove_file(r, entry->d_name);
    if (list) closedir(list);
    else if (fd >= 0) close(fd);
    return ok;
}

/* ---- files ---- */

static int create(const struct results *r, const char *name)
{
    int fd = openat(r->fd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);

    if (fd < 0) p9_error("%s/%s: %s", r->dir, name, strerror(errno));
    return fd;
}

bool results_remove(const struct results *r, enum result which)
{
    return remove_file(r, names[which]);
}

int results_create(const struct results *r, enum result which)
{
    return remove_file(r, names[which]) ? create(r, names[which]) : -1;
}

/* Written under the other name and closed; then that name becomes the right one. */
static bool write_and_rename(const struct results *r, const char *temporary, const char *name, const struct emit *e)
{
    char path[PATH_BYTES];
    int fd = create(r, temporary);

    if (fd < 0) return false;
    snprintf(path, sizeof path, "%.4000s/%s", r->dir, name);
    if (!file_put(fd, path, e->bytes, e->size)) return false;
    return !renameat(r->fd, temporary, r->fd, name) || p9_error("%s: cannot be written: %s", path, strerror(errno));
}

bool results_save(const struct results *r, enum result which, const struct emit *e)
{
    char temporary[NAME_BYTES];

    if (e->failed) return p9_error("%s/%s: the host has no memory for it", r->dir, names[which]);
    snprintf(temporary, sizeof temporary, ".%s.%ld", names[which], (long)getpid());
    if (!remove_file(r, temporary)) return false;
    if (write_and_rename(r, temporary, names[which], e)) return true;
    unlinkat(r->fd, temporary, 0);
    return false;
}
