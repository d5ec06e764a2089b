/* SPDX-License-Identifier: Apache-2.0 */
/* See guest_storage.h. */
#define _GNU_SOURCE /* memmem */
#include "hypervisor/guest_storage.h"

#include <ctype.h>
#include <stdio.h>

#include "bus/bus.h"
#include "core/state/thread.h"
#include "mmu/xlate.h"

/* Real mode of a guest (III 5.7.3): the effective address is the guest real address, and the top four bits are ignored.
 */
static bool translate(const struct xlate_ctx *ctx, u64 gra, u64 *ra, u64 *rest)
{
    struct xlate x = mmu_walk(ctx, (struct xlate_req){.ea = gra, .access = ACCESS_LOAD, .size = 1}, NULL);

    if (x.why != XL_OK) return false;
    *ra = x.ra;
    *rest = RAM_PAGE_SIZE - (x.ra & (RAM_PAGE_SIZE - 1)); /* no page is smaller */
    return true;
}

bool guest_read(const struct xlate_ctx *ctx, u64 gra, void *to, u64 size_bytes)
{
    u8 *out = to;

    while (size_bytes) {
        u64 ra, rest;
        if (!translate(ctx, gra, &ra, &rest)) return false;
        if (rest > size_bytes) rest = size_bytes;
        if (!ram_load(ctx->bus->ram, ra, out, rest)) return false;
        out += rest;
        gra += rest;
        size_bytes -= rest;
    }
    return true;
}

bool guest_load(const struct thread *t, u64 gra, void *to, u64 size_bytes)
{
    const struct xlate_ctx ctx = {.msr = MSR_SF,
                                  .lpcr = t->spr.LPCR,
                                  .ptcr = t->spr.PTCR,
                                  .lpid = (u32)t->spr.LPIDR,
                                  .slb = &t->slb,
                                  .bus = t->bus};

    return guest_read(&ctx, gra, to, size_bytes);
}

/* ---- what kernel is this? ---- */

/* A kernel's text and read-only data lie at the bottom of its storage. */
enum { BANNER_REACH = 64 << 20, BANNER_BLOCK = 4 << 10, BANNER_MOST = 128 };

/* "Linux version 6.1.0-40-powerpc64le (builder) (compiler) ...": the format string of the same words has no digit. */
static bool find_banner(const u8 *block, size_t size, char *out, size_t room)
{
    static const char words[] = "Linux version ";
    size_t length = sizeof words - 1, end;
    const u8 *hit = block;

    while ((hit = memmem(hit, size - (size_t)(hit - block), words, length))) {
        const u8 *version = hit + length;
        size_t left = size - (size_t)(version - block);
        for (end = 0; end < left && end < BANNER_MOST && isgraph(version[end]);) end++;
        if (end && end < left && isdigit(version[0])) {
            snprintf(out, room, "Linux %.*s", (int)end, (const char *)version);
            return true;
        }
        hit = version;
    }
    return false;
}

/* t NULL: real addresses of ram. */
static bool search(const struct thread *t, const struct ram *ram, char *out, size_t size)
{
    u8 block[BANNER_BLOCK + BANNER_MOST];
    bool found = false;

    for (u64 at = 0; !found && at < BANNER_REACH; at += BANNER_BLOCK) {
        u64 length = BANNER_BLOCK + BANNER_MOST;
        bool there = t ? guest_load(t, at, block, length) : ram_load(ram, at, block, length);
        if (!there) { /* the block alone: the one behind it may be missing */
            length = BANNER_BLOCK;
            there = t ? guest_load(t, at, block, length) : ram_load(ram, at, block, length);
        }
        if (there) found = find_banner(block, length, out, size);
    }
    return found;
}

bool guest_banner(const struct thread *t, char *out, size_t size)
{
    return search(t, NULL, out, size);
}

bool host_banner(const struct ram *ram, char *out, size_t size)
{
    return search(NULL, ram, out, size);
}
