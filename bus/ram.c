/* SPDX-License-Identifier: Apache-2.0 */
/* Sparse main storage on an anonymous, unreserved mapping; see ram.h. */
#include "bus/ram.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"

static void *reserve(u64 size_bytes)
{
    void *p = mmap(NULL, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return p == MAP_FAILED ? NULL : p;
}

bool ram_open(struct ram *ram, u64 size_bytes)
{
    *ram = (struct ram){.size_bytes = size_bytes};
    if (size_bytes < 65536 || size_bytes > RAM_MAX_BYTES || size_bytes % 65536)
        return p9_error("--mem: %llu bytes is not a multiple of 64 KiB between 64 KiB and 1 TiB",
                        (unsigned long long)size_bytes);
    ram->host = reserve(size_bytes);
    ram->page_flags = reserve(size_bytes >> RAM_PAGE_SHIFT);
    if (ram->host && ram->page_flags) return true;
    p9_error("--mem: the host does not reserve %llu MiB of address space (%s); ask for less",
             (unsigned long long)(size_bytes >> 20), strerror(errno));
    ram_close(ram);
    return false;
}

void ram_close(struct ram *ram)
{
    if (ram->host) munmap(ram->host, ram->size_bytes);
    if (ram->page_flags) munmap(ram->page_flags, ram->size_bytes >> RAM_PAGE_SHIFT);
    ram->host = NULL;
    ram->page_flags = NULL;
}

void ram_reset(struct ram *ram)
{
    /* MADV_DONTNEED on a private anonymous mapping reads as zero afterwards. */
    madvise(ram->host, ram->size_bytes, MADV_DONTNEED);
    madvise(ram->page_flags, ram->size_bytes >> RAM_PAGE_SHIFT, MADV_DONTNEED);
}

u64 ram_touched_bytes(const struct ram *ram)
{
    enum { CHUNK_PAGES = 65536 };
    u64 page = (u64)sysconf(_SC_PAGESIZE), touched = 0, pages = (ram->size_bytes + page - 1) / page;
    unsigned char *resident = malloc(CHUNK_PAGES);

    for (u64 at = 0; resident && at < pages; at += CHUNK_PAGES) {
        u64 n = pages - at < CHUNK_PAGES ? pages - at : CHUNK_PAGES;
        if (mincore(ram->host + at * page, n * page, resident)) break;
        for (u64 k = 0; k < n; k++) touched += resident[k] & 1 ? page : 0;
    }
    free(resident);
    return touched;
}

bool ram_load(const struct ram *ram, u64 ra, void *to, u64 size_bytes)
{
    if (!ram_holds(ram, ra, size_bytes)) return false;
    memcpy(to, ram->host + ra, size_bytes);
    return true;
}

bool ram_store(struct ram *ram, u64 ra, const void *from, u64 size_bytes)
{
    if (!ram_holds(ram, ra, size_bytes)) return false;
    if (!size_bytes) return true;
    memcpy(ram->host + ra, from, size_bytes);
    ram_written(ram, ra, size_bytes);
    return true;
}
