/* SPDX-License-Identifier: Apache-2.0 */
/* See digest.h. */
#include "base/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

enum { PIECE_BYTES = 1 << 16 };

static void finish(struct sha256_ctx *context, char out[DIGEST_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    u8 digest[SHA256_DIGEST_SIZE];

    sha256_digest(context, sizeof digest, digest);
    for (unsigned k = 0; k < sizeof digest; k++) {
        out[2 * k] = digits[digest[k] >> 4];
        out[2 * k + 1] = digits[digest[k] & 15];
    }
    out[DIGEST_TEXT - 1] = 0;
}

void digest_of(const void *bytes, u64 size, char out[DIGEST_TEXT])
{
    struct sha256_ctx context;

    sha256_init(&context);
    sha256_update(&context, size, bytes);
    finish(&context, out);
}

static bool read_all(int fd, struct sha256_ctx *context, u64 *bytes)
{
    u8 piece[PIECE_BYTES];
    struct stat st;
    ssize_t n;

    if (fstat(fd, &st) || !S_ISREG(st.st_mode)) return false;
    *bytes = 0;
    while ((n = read(fd, piece, sizeof piece)) > 0 || (n < 0 && errno == EINTR)) {
        if (n < 0) continue;
        sha256_update(context, (size_t)n, piece);
        *bytes += (u64)n;
    }
    return n == 0;
}

bool digest_of_file(const char *path, u64 *bytes, char out[DIGEST_TEXT])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not hang us: it is refused */
    struct sha256_ctx context;
    bool ok;

    if (fd < 0) return p9_error("%s: %s", path, strerror(errno));
    sha256_init(&context);
    errno = 0;
    ok = read_all(fd, &context, bytes);
    if (!ok) p9_error("%s: %s", path, errno ? strerror(errno) : "is not a plain file");
    close(fd);
    finish(&context, out);
    return ok;
}

bool digest_is_one(const char *text)
{
    return strspn(text, "0123456789abcdef") == DIGEST_TEXT - 1 && !text[DIGEST_TEXT - 1];
}
