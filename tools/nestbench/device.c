/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a guest asks of the hypervisor above it, down to a single load or call of a user program:
 *
 *   mmio   a load from a virtio device's registers (num_queues of its common configuration, Virtio 1.1 4.1.4.3: reading
 *          it does nothing).  The page is not backed by storage: the load faults, KVM hands it to QEMU, QEMU answers.
 *   rtas   a read of PCI configuration space, which a pSeries kernel does through RTAS: in a guest the hypercall H_RTAS
 *          that KVM hands to QEMU.
 *   dawr   a hardware breakpoint of perf switched on and off: the kernel writes DAWR0 twice, a guest's through the
 *          hypercall H_SET_MODE, which KVM answers by itself.  In L0 the same operation writes the register.
 */
#include <dirent.h>
#include <fcntl.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "nestbench.h"

enum { PCI_VENDOR_VIRTIO = 0x1af4, PCI_CAPABILITIES = 0x34, PCI_CAP_VENDOR = 9, CONFIG_BYTES = 256 };
enum { VIRTIO_COMMON = 1, NUM_QUEUES = 18 };
static const char devices[] = "/sys/bus/pci/devices";

/* A file of a PCI device's folder; -1 if it is not there. */
static int open_file(const char *device, const char *file, int flags)
{
    char path[512];

    snprintf(path, sizeof path, "%s/%s/%s", devices, device, file);
    return open(path, flags);
}

/* The first virtio device, its configuration space, and its name; false if there is none. */
static bool find_virtio(char *name, size_t size, unsigned char *config)
{
    DIR *folder = opendir(devices);
    struct dirent *entry;
    bool found = false;

    while (folder && !found && (entry = readdir(folder))) {
        int fd = entry->d_name[0] == '.' ? -1 : open_file(entry->d_name, "config", O_RDONLY);
        if (fd < 0) continue;
        memset(config, 0, CONFIG_BYTES);
        found = read(fd, config, CONFIG_BYTES) >= 64 && (config[0] | config[1] << 8) == PCI_VENDOR_VIRTIO;
        close(fd);
        if (found) snprintf(name, size, "%s", entry->d_name);
    }
    if (folder) closedir(folder);
    return found;
}

/* In L0 a device is the machine's own. */
static bool needs_virtio(struct run *run, char *name, size_t size, unsigned char *config)
{
    if (run->level == 0) return cannot(run, "no hypervisor above");
    return find_virtio(name, size, config) || cannot(run, "no virtio device");
}

/* ---- emulated MMIO ---- */

/* Where the common configuration lies: BAR and offset in it (Virtio 1.1 4.1.4). */
static bool find_common(const unsigned char *config, unsigned *bar, uint32_t *offset)
{
    unsigned at = config[PCI_CAPABILITIES] & ~3u;

    for (unsigned turn = 0; at && at + 16 <= CONFIG_BYTES && turn < 48; turn++, at = config[at + 1] & ~3u) {
        if (config[at] != PCI_CAP_VENDOR || config[at + 3] != VIRTIO_COMMON) continue;
        *bar = config[at + 4];
        *offset = (uint32_t)config[at + 8] | (uint32_t)config[at + 9] << 8 | (uint32_t)config[at + 10] << 16 |
                  (uint32_t)config[at + 11] << 24;
        return *bar < 6;
    }
    return false;
}

/* The real address at which a BAR begins, from the device's file `resource`: a line for each. */
static bool bar_address(const char *device, unsigned bar, unsigned long long *address)
{
    char text[1024] = "", *line = text;
    int fd = open_file(device, "resource", O_RDONLY);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);

    if (fd >= 0) close(fd);
    for (; n > 0 && line && bar; bar--)
        if ((line = strchr(line, '\n'))) line++;
    return n > 0 && line && sscanf(line, "%llx", address) == 1 && *address;
}

static bool set_enabled(const char *device, const char *value)
{
    int fd = open_file(device, "enable", O_WRONLY);
    bool ok = fd >= 0 && write(fd, value, 1) == 1;

    if (fd >= 0) close(fd);
    return ok;
}

static char mapped_device[256]; /* as long as a measure is under way */

static bool open_mmio(struct run *run)
{
    unsigned char config[CONFIG_BYTES];
    unsigned long long address;
    char file[16];
    uint32_t offset;
    unsigned bar;
    int fd;

    if (!needs_virtio(run, mapped_device, sizeof mapped_device, config)) return false;
    if (!find_common(config, &bar, &offset)) return cannot(run, "the virtio device is of the old kind");
    if (!bar_address(mapped_device, bar, &address)) return cannot(run, "the virtio device has no address");
    if (!set_enabled(mapped_device, "1")) return cannot(run, "the virtio device cannot be enabled");
    snprintf(file, sizeof file, "resource%u", bar);
    fd = open_file(mapped_device, file, O_RDWR | O_SYNC);
    run->data = fd < 0 ? MAP_FAILED : mmap(NULL, run->page_size, PROT_READ, MAP_SHARED, fd, 0);
    if (fd >= 0) close(fd);
    if (run->data == MAP_FAILED) {
        set_enabled(mapped_device, "0");
        return cannot(run, "the kernel does not map the virtio device");
    }
    run->device = (volatile uint16_t *)(run->data + (address + offset + NUM_QUEUES) % run->page_size);
    return true;
}

static void read_device(struct run *run, uint64_t ops)
{
    for (; ops; ops--) run->sum += *run->device;
}

static void close_mmio(struct run *run)
{
    munmap(run->data, run->page_size);
    set_enabled(mapped_device, "0");
}

/* ---- a hypercall that QEMU answers ---- */

static bool open_rtas(struct run *run)
{
    unsigned char config[CONFIG_BYTES];
    char name[256];

    if (!needs_virtio(run, name, sizeof name, config)) return false;
    run->fd[0] = open_file(name, "config", O_RDONLY);
    return run->fd[0] >= 0 || cannot(run, "no configuration space");
}

static void read_config(struct run *run, uint64_t ops)
{
    uint32_t word;

    for (; ops; ops--) {
        if (pread(run->fd[0], &word, sizeof word, 0) != sizeof word) die("configuration space cannot be read");
        run->sum += word;
    }
}

static void close_fd(struct run *run)
{
    close(run->fd[0]);
}

/* ---- a hypercall that KVM answers ---- */

static uint64_t watched; /* nobody touches it while it is watched */

/* A guest's kernel takes every POWER9 for an early one, on which a watchpoint could stop the machine, unless it is told
 * otherwise. True: it has been, and its hypervisor lets it. */
static bool allow_dawr(void)
{
    static const char debug[] = "/sys/kernel/debug", file[] = "/sys/kernel/debug/powerpc/dawr_enable_dangerous";
    int fd = open(file, O_WRONLY);
    bool ok;

    if (fd < 0 && !mount("debugfs", debug, "debugfs", 0, NULL)) fd = open(file, O_WRONLY);
    ok = fd >= 0 && write(fd, "Y", 1) == 1;
    if (fd >= 0) close(fd);
    return ok;
}

static bool open_dawr(struct run *run)
{
    struct perf_event_attr attr = {
        .type = PERF_TYPE_BREAKPOINT,
        .size = sizeof attr,
        .bp_type = HW_BREAKPOINT_W,
        .bp_addr = (uintptr_t)&watched,
        .bp_len = HW_BREAKPOINT_LEN_8,
        .disabled = 1,
        .exclude_kernel = 1,
        .exclude_hv = 1,
    };

    run->fd[0] = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
    if (run->fd[0] < 0 && run->level > 0 && allow_dawr())
        run->fd[0] = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
    return run->fd[0] >= 0 || cannot(run, "the kernel has no hardware breakpoints");
}

static void switch_breakpoint(struct run *run, uint64_t ops)
{
    for (; ops; ops--)
        if (ioctl(run->fd[0], PERF_EVENT_IOC_ENABLE, 0) || ioctl(run->fd[0], PERF_EVENT_IOC_DISABLE, 0))
            die("a breakpoint cannot be switched");
}

const struct measure device_measures[] = {
    MEASURE(96, "mmio", "one load from a device that QEMU emulates", 200, 20, open_mmio, read_device, close_mmio),
    MEASURE(97, "rtas", "one hypercall that QEMU answers", 200, 20, open_rtas, read_config, close_fd),
    MEASURE(98, "dawr", "a breakpoint on and off: two hypercalls that KVM answers", 200, 20, open_dawr,
            switch_breakpoint, close_fd),
    {.name = NULL},
};
