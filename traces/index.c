/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking a place up in an index; see index.h.  Nothing in it is believed: it is read entry by entry, and what it says
 * of the trace is tried there by stream_go() and the trace's reader, which look at everything themselves.
 */
#include "traces/index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/hash.h"
#include "base/log.h"
#include "traces/index_format.h"

char *index_name(const char *path, const char *suffix)
{
    size_t size = strlen(path) + sizeof INDEX_SUFFIX + strlen(suffix);
    char *name = malloc(size);

    if (name) snprintf(name, size, "%s" INDEX_SUFFIX "%s", path, suffix);
    return name;
}

static u64 mixed(u64 digest, const u8 *bytes, size_t size)
{
    size_t k = 0;

    for (; k + 8 <= size; k += 8) digest = hash_mix(digest, get_le(bytes + k, 8));
    return size == k ? digest : hash_mix(digest, get_le(bytes + k, (unsigned)(size - k)));
}

bool index_take_file(const char *path, struct index_head *head)
{
    struct stat is;
    u8 *bytes;
    size_t n;
    FILE *f;

    if (stat(path, &is) || !S_ISREG(is.st_mode) || !(f = fopen(path, "rb"))) return false;
    bytes = malloc(INDEX_SAMPLE);
    head->size = (u64)is.st_size;
    head->digest = head->size;
    for (unsigned end = 0; bytes && end < 2; end++) {
        if (end && head->size > INDEX_SAMPLE && fseeko(f, -(off_t)INDEX_SAMPLE, SEEK_END)) break;
        n = fread(bytes, 1, INDEX_SAMPLE, f);
        head->digest = mixed(head->digest, bytes, n);
    }
    free(bytes);
    fclose(f);
    return bytes;
}

static bool unusable(const char *path, const char *what)
{
    return p9_error("%s: %s, so it is not used; `p9sim trace index` makes a new one", path, what);
}

static bool read_head(FILE *f, const char *index, const char *path, unsigned flags, struct index_head *head)
{
    u8 bytes[INDEX_HEAD];
    struct index_head now;

    if (fread(bytes, 1, sizeof bytes, f) != sizeof bytes || memcmp(bytes, INDEX_MAGIC, 8) != 0)
        return unusable(index, "is no index");
    if (bytes[8] != INDEX_VERSION) return unusable(index, "is an index of another version");
    head->flags = bytes[9];
    head->size = get_le(bytes + 16, 8);
    head->digest = get_le(bytes + 24, 8);
    head->table = get_le(bytes + 32, 8);
    head->count = get_le(bytes + 40, 8);
    if (head->count > INDEX_MOST || head->table > INT64_MAX / 2) return unusable(index, "is damaged");
    if (!index_take_file(path, &now)) return false;
    if (now.size != head->size || now.digest != head->digest)
        return unusable(index, "is of another file than there is now");
    return head->flags == flags || unusable(index, "was made for the other order of page sizes (--as-qtlib)");
}

static void read_qtrace(const u8 *from, struct index_qtrace *q)
{
    q->iar = get_le(from, 8);
    q->page = get_le(from + 8, 8);
    q->version = (u32)get_le(from + 16, 4);
    q->rpn = (u32)get_le(from + 20, 4);
    q->behind_prefix = from[24] & 1;
    q->has_rpn = from[25] & 1;
    q->shift = from[26] & 63;
    q->guest_shift = from[27] & 63;
    q->where_shift = from[28] & 63;
}

/* Entry number n, without its window, which lies at *window. */
static bool read_entry(FILE *f, const struct index_head *head, u64 n, struct index_entry *e, u64 *window)
{
    u8 from[INDEX_ENTRY];

    if (fseeko(f, (off_t)(head->table + n * INDEX_ENTRY), SEEK_SET)) return false;
    if (fread(from, 1, sizeof from, f) != sizeof from) return false;
    e->number = get_le(from, 8);
    e->at = get_le(from + 8, 8);
    e->place.at = get_le(from + 16, 8);
    e->place.file_at = get_le(from + 24, 8);
    *window = get_le(from + 32, 8);
    e->place.window_size = (u32)get_le(from + 40, 4);
    e->place.kind = from[44];
    e->place.bits = from[45];
    read_qtrace(from + 48, &e->qtrace);
    return *window <= INT64_MAX / 2 && e->place.window_size <= STREAM_WINDOW;
}

/* The last one whose number is not behind; numbers rise.  -1: none; -2: it cannot be read. */
static s64 look_up(FILE *f, const struct index_head *head, u64 number, struct index_entry *e)
{
    s64 low = -1, high = (s64)head->count;
    u64 window;

    while (high - low > 1) {
        s64 middle = low + (high - low) / 2;

        if (!read_entry(f, head, (u64)middle, e, &window)) return -2;
        if (e->number <= number) low = middle;
        else high = middle;
    }
    if (low < 0) return low;
    if (!read_entry(f, head, (u64)low, e, &window) || e->number > number) return -2;
    if (!e->place.window_size) return low;
    if (fseeko(f, (off_t)window, SEEK_SET)) return -2;
    return fread(e->place.window, 1, e->place.window_size, f) == e->place.window_size ? low : -2;
}

bool index_find(const char *path, unsigned flags, u64 number, struct index_entry *entry)
{
    struct index_head head = {0};
    char *index = index_name(path, "");
    s64 found = -1;
    FILE *f = index ? fopen(index, "rb") : NULL;

    if (f && read_head(f, index, path, flags, &head)) {
        found = look_up(f, &head, number, entry);
        if (found == -2) (void)unusable(index, "is damaged");
    }
    if (f) fclose(f);
    free(index);
    return found >= 0;
}
