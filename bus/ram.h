/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Main storage from real address 0 on: sparse host memory (a page costs nothing until it is touched), up to 1 TB.  Each
 * 4 KiB page has a byte of flags: RAM_CODE says that decoded instructions of this page exist, so whoever stores into it
 * must tell the watcher; RAM_WRITABLE_CACHED says that some host-side table may hold a direct write path to the page.
 * Everything that writes without a direct write path - slow stores, loaders, device DMA - goes through ram_written(),
 * which is why a decoded page is never stale.
 */
#ifndef P9_BUS_RAM_H
#define P9_BUS_RAM_H

#include "base/bits.h"

enum { RAM_PAGE_SHIFT = 12, RAM_PAGE_SIZE = 1 << RAM_PAGE_SHIFT };
enum ram_flag { RAM_CODE = 1, RAM_WRITABLE_CACHED = 2 };
#define RAM_MAX_BYTES (1ULL << 40)

struct ram {
    u8 *host;       /* host address of real address 0 */
    u64 size_bytes; /* a multiple of 64 KiB */
    u8 *page_flags; /* one byte per 4 KiB page, enum ram_flag */
    void (*code_written)(void *self, u64 ra, u64 size_bytes);
    void *watcher;
};

/* Reserve sparse host memory; false (after an error line) if the host refuses. size: 64 KiB .. 1 TB. */
must_use bool ram_open(struct ram *ram, u64 size_bytes);
void ram_close(struct ram *ram);

/* Zero everything and give the host its memory back (machine reset). */
void ram_reset(struct ram *ram);

/* Host bytes now resident, for the report (not a simulated result). */
u64 ram_touched_bytes(const struct ram *ram);

static inline bool ram_holds(const struct ram *ram, u64 ra, u64 size_bytes)
{
    return ra < ram->size_bytes && size_bytes <= ram->size_bytes - ra;
}

/* Tell the watcher if any page of [ra, ra + size) holds decoded code. The range must lie in RAM. */
static inline void ram_written(struct ram *ram, u64 ra, u64 size_bytes)
{
    for (u64 page = ra >> RAM_PAGE_SHIFT; page <= (ra + size_bytes - 1) >> RAM_PAGE_SHIFT; page++)
        if (unlikely(ram->page_flags[page] & RAM_CODE)) {
            ram->code_written(ram->watcher, ra, size_bytes);
            return;
        }
}

/* Copies that may be of any length; false if the range does not lie in RAM (nothing is copied then). */
must_use bool ram_load(const struct ram *ram, u64 ra, void *to, u64 size_bytes);
must_use bool ram_store(struct ram *ram, u64 ra, const void *from, u64 size_bytes);

#endif
