/* SPDX-License-Identifier: Apache-2.0 */
/* See file.h.  O_NONBLOCK lets open() return at once; it is taken off again before the first byte that matters. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

enum { STEP_MS = 10, NONE = -1 };

static bool make_blocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    return flags >= 0 && !fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
}

/* Does anybody write into this pipe?  Nobody does if nothing can be read from it and it is at its end at the same time;
 * if one byte has come just now it is kept in *early. */
static bool is_written(int fd, int *early)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    u8 byte;
    ssize_t n;

    if (poll(&p, 1, FILE_PARTNER_MS)) return true; /* data, or a writer who has come and gone */
    n = read(fd, &byte, 1);
    if (n == 1) *early = byte;
    return n != 0;
}

static bool is_readable(int fd, const char *path, int *early)
{
    struct stat st;

    if (fstat(fd, &st)) return p9_error("%s: %s", path, strerror(errno));
    if (S_ISDIR(st.st_mode)) return p9_error("%s: is a directory; give a file", path);
    if (S_ISFIFO(st.st_mode) && !is_written(fd, early)) return p9_error("%s: nobody writes into this pipe", path);
    return make_blocking(fd) || p9_error("%s: %s", path, strerror(errno));
}

int file_listen(const char *path, int *early)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    *early = NONE;
    if (fd < 0) p9_error("%s: %s", path, strerror(errno));
    else if (is_readable(fd, path, early)) return fd;
    else close(fd);
    return NONE;
}

FILE *file_read(const char *path)
{
    int early, fd = file_listen(path, &early);
    FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;

    if (fd >= 0 && !file) {
        p9_error("%s: the host has no memory to read it", path);
        close(fd);
    }
    if (!file) return NULL;
    if (early != NONE) ungetc(early, file);
    return file;
}

static bool is_pipe(const char *path)
{
    struct stat st;

    return !stat(path, &st) && S_ISFIFO(st.st_mode);
}

int file_create(const char *path)
{
    static const struct timespec step = {.tv_nsec = STEP_MS * 1000000L};
    int fd = NONE, why = 0;

    for (unsigned waited = 0; waited < FILE_PARTNER_MS; waited += STEP_MS) {
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0666);
        why = errno;
        if (fd >= 0 || why != ENXIO || !is_pipe(path)) break; /* ENXIO: a pipe without a reader */
        nanosleep(&step, NULL);
    }
    if (fd >= 0 && make_blocking(fd)) return fd;
    if (fd >= 0) why = errno, close(fd);
    p9_error("%s: %s", path, why == ENXIO ? "nobody reads from this pipe" : strerror(why));
    return NONE;
}

/* A write that a signal has cut short is not taken up again: the process was asked to end. */
bool file_put(int fd, const char *name, const void *bytes, size_t size)
{
    const u8 *at = bytes;
    bool ok = true;
    int reason = 0;

    while (ok && size) {
        ssize_t n = write(fd, at, size);
        ok = n > 0;
        if (!ok) reason = errno;
        else at += n, size -= (size_t)n;
    }
    if (close(fd) && ok) ok = false, reason = errno;
    return ok || p9_error("%s: cannot be written: %s", name, strerror(reason));
}

static bool is_special(const char *path)
{
    struct stat st;

    return !stat(path, &st) && !S_ISREG(st.st_mode);
}

bool file_replace(const char *path, const void *bytes, size_t size)
{
    char temporary[4096];
    bool special = is_special(path), ok;
    int fd;

    if ((size_t)snprintf(temporary, sizeof temporary, "%s.%ld", path, (long)getpid()) >= sizeof temporary)
        return p9_error("%.80s...: this path is too long", path);
    fd = file_create(special ? path : temporary);
    if (fd < 0) return false;
    ok = file_put(fd, path, bytes, size);
    if (special) return ok;
    if (ok && rename(temporary, path)) ok = p9_error("%s: cannot be written: %s", path, strerror(errno));
    if (!ok) unlink(temporary);
    return ok;
}
