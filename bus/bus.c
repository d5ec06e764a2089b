/* SPDX-License-Identifier: Apache-2.0 */
/* Regions in a sorted array, found by bisection; RAM first because nearly everything is RAM.  See bus.h. */
#include "bus/bus.h"

bool bus_attach(struct bus *bus, const struct region *region)
{
    unsigned at = 0;

    if (bus->count == BUS_MAX_REGIONS) return p9_error("bus: no room for %s", region->name);
    if (bus->ram && region->base < bus->ram->size_bytes)
        return p9_error("bus: %s at 0x%llx lies inside main storage", region->name, (unsigned long long)region->base);
    while (at < bus->count && bus->regions[at].base < region->base) at++;
    if ((at > 0 && bus->regions[at - 1].base + bus->regions[at - 1].size > region->base) ||
        (at < bus->count && region->base + region->size > bus->regions[at].base))
        return p9_error("bus: %s overlaps another region", region->name);
    memmove(&bus->regions[at + 1], &bus->regions[at], (bus->count - at) * sizeof bus->regions[0]);
    bus->regions[at] = *region;
    bus->attached[bus->count++] = region->base;
    return true;
}

const struct region *bus_find(const struct bus *bus, u64 addr, unsigned size)
{
    unsigned low = 0, high = bus->count;

    while (low < high) {
        unsigned mid = (low + high) / 2;
        const struct region *r = &bus->regions[mid];
        if (addr < r->base) high = mid;
        else if (addr - r->base >= r->size) low = mid + 1;
        else return size <= r->size - (addr - r->base) ? r : NULL;
    }
    return NULL;
}

static u64 value_from_bytes(const u8 *bytes, unsigned size)
{
    u64 value = 0;

    for (unsigned k = 0; k < size; k++) value = value << 8 | bytes[k];
    return value;
}

/* May this access reach its device?  One that comes while another has not returned was made by a device. */
static bool enter(struct bus *bus, const struct region *r, u64 addr)
{
    if (!bus->depth) bus->chain = 0;
    else if (bus->chain > BUS_CHAIN_MAX) return false;
    else if (++bus->chain > BUS_CHAIN_MAX) {
        log_guest(bus->log, "bus: devices access each other without end: that to %s at 0x%llx and what follows fail",
                  r->name, (unsigned long long)addr);
        return false;
    }
    bus->depth++;
    return true;
}

/* A device reads or writes main storage. */
static void tell_dma(const struct bus *bus, u64 ra, u64 size_bytes, bool write)
{
    if (unlikely(bus->dma)) bus->dma(bus->dma_self, ra, size_bytes, write);
}

bool bus_read(struct bus *bus, u32 by, u64 addr, unsigned size, u64 *value)
{
    const struct region *r;
    bool ok;

    if (bus->ram && ram_holds(bus->ram, addr, size)) {
        *value = value_from_bytes(bus->ram->host + addr, size);
        if (by == BUS_NO_THREAD) tell_dma(bus, addr, size, false);
        return true;
    }
    *value = ~0ULL >> (64 - 8 * size);
    r = bus_find(bus, addr, size);
    if (!r || !(r->accepts & size) || !r->ops->read || !enter(bus, r, addr)) return false;
    ok = r->ops->read(r->self, (struct bus_access){addr - r->base, by, size}, value);
    bus->depth--;
    if (!ok) *value = ~0ULL >> (64 - 8 * size);
    return ok;
}

bool bus_write(struct bus *bus, u32 by, u64 addr, unsigned size, u64 value)
{
    const struct region *r;
    bool ok;

    if (bus->ram && ram_holds(bus->ram, addr, size)) {
        for (unsigned k = 0; k < size; k++) bus->ram->host[addr + k] = (u8)(value >> 8 * (size - 1 - k));
        ram_written(bus->ram, addr, size);
        if (by == BUS_NO_THREAD) tell_dma(bus, addr, size, true);
        return true;
    }
    r = bus_find(bus, addr, size);
    if (!r || !(r->accepts & size) || !r->ops->write || !enter(bus, r, addr)) return false;
    ok = r->ops->write(r->self, (struct bus_access){addr - r->base, by, size}, value);
    bus->depth--;
    return ok;
}

bool bus_post(struct bus *bus, const char *from, u64 addr, u64 value)
{
    bool ok = bus_write(bus, BUS_NO_THREAD, addr, 8, value);

    if (!ok && !(bus->depth && bus->chain > BUS_CHAIN_MAX))
        log_guest(bus->log, "%s: nothing takes a message at 0x%llx", from, (unsigned long long)addr);
    return ok;
}

bool bus_dma_read(struct bus *bus, u64 addr, void *to, u64 size_bytes)
{
    if (!bus->ram || !ram_load(bus->ram, addr, to, size_bytes)) return false;
    tell_dma(bus, addr, size_bytes, false);
    return true;
}

bool bus_dma_write(struct bus *bus, u64 addr, const void *from, u64 size_bytes)
{
    if (!bus->ram || !ram_store(bus->ram, addr, from, size_bytes)) return false;
    tell_dma(bus, addr, size_bytes, true);
    return true;
}

void bus_reset(struct bus *bus)
{
    for (unsigned k = 0; k < bus->count; k++)
        if (bus->regions[k].ops->reset) bus->regions[k].ops->reset(bus->regions[k].self);
}

void bus_describe(const struct bus *bus, struct tree *tree)
{
    for (unsigned k = 0; k < bus->count; k++) {
        const struct region *r = bus_find(bus, bus->attached[k], 1);
        if (r && r->ops->describe) r->ops->describe(r->self, tree);
    }
}

static const struct state_row rows[] = {
    STATE_DERIVED(struct bus, regions),     STATE_DERIVED(struct bus, attached), STATE_DERIVED(struct bus, count),
    STATE_DERIVED(struct bus, ram),         STATE_DERIVED(struct bus, log),      STATE(struct bus, depth, .kept = true),
    STATE(struct bus, chain, .kept = true), STATE_DERIVED(struct bus, dma),      STATE_DERIVED(struct bus, dma_self),
};

static bool restored(struct state_reader *r, void *self)
{
    return !((struct bus *)self)->depth || state_refuse(r, "an access to a device that has not returned");
}

const struct state_table bus_state = STATE_TABLE(struct bus, rows, .restored = restored);
