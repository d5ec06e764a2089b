/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Linux's perf makes of the performance monitor: a loop of known length is counted, sampled, and its branches are
 * recorded; and stores to a watched doubleword are counted (DAWR0).  Prints one line for each; tests/boot/boot decides.
 */
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { TURNS = 2000000, PERIOD = 100003, DATA_BYTES = 512 << 10 };

static int open_event(uint64_t config, int group, uint64_t period, uint64_t sample_type)
{
    struct perf_event_attr attr = {
        .type = PERF_TYPE_HARDWARE,
        .size = sizeof attr,
        .config = config,
        .sample_period = period,
        .sample_type = sample_type,
        .disabled = group < 0,
        .exclude_kernel = 1,
        .exclude_hv = 1,
        .branch_sample_type =
            (sample_type & PERF_SAMPLE_BRANCH_STACK) ? PERF_SAMPLE_BRANCH_USER | PERF_SAMPLE_BRANCH_ANY : 0,
    };

    return (int)syscall(SYS_perf_event_open, &attr, 0, -1, group, 0);
}

/* Three instructions a turn, one of them a taken branch but for the last. */
extern char loop_first[], loop_last[];
static void __attribute__((noinline)) loop(void)
{
    uint64_t turns = TURNS;

    __asm__ volatile("mtctr %0\n"
                     "loop_first: addi %0, %0, 1\n"
                     "xor %0, %0, %0\n"
                     "loop_last: bdnz loop_first\n"
                     : "+r"(turns)
                     :
                     : "ctr");
}

static uint64_t value_of(int fd)
{
    uint64_t value = 0;

    return read(fd, &value, sizeof value) == sizeof value ? value : 0;
}

static void count(void)
{
    static const uint64_t what[] = {PERF_COUNT_HW_CPU_CYCLES, PERF_COUNT_HW_INSTRUCTIONS,
                                    PERF_COUNT_HW_BRANCH_INSTRUCTIONS, PERF_COUNT_HW_CACHE_REFERENCES};
    int fd[4];

    for (unsigned k = 0; k < 4; k++) {
        fd[k] = open_event(what[k], k ? fd[0] : -1, 0, 0);
        if (fd[k] < 0) {
            perror("perf: open");
            return;
        }
    }
    ioctl(fd[0], PERF_EVENT_IOC_ENABLE, PERF_IOC_FLAG_GROUP);
    loop();
    ioctl(fd[0], PERF_EVENT_IOC_DISABLE, PERF_IOC_FLAG_GROUP);
    printf("perf: %llu cycles, %llu instructions, %llu branches, %llu loads\n", (unsigned long long)value_of(fd[0]),
           (unsigned long long)value_of(fd[1]), (unsigned long long)value_of(fd[2]),
           (unsigned long long)value_of(fd[3]));
    for (unsigned k = 0; k < 4; k++) close(fd[k]);
}

static void sample(const char *name, uint64_t config, uint64_t more)
{
    int fd = open_event(config, -1, PERIOD, PERF_SAMPLE_IP | more);
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    unsigned samples = 0, inside = 0, branches = 0, back = 0, lost = 0;
    struct perf_event_mmap_page *ring;

    if (fd < 0) {
        perror("perf: open to sample");
        return;
    }
    ring = mmap(NULL, page + DATA_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (ring == MAP_FAILED) {
        perror("perf: mmap");
        return;
    }
    ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
    loop();
    ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
    for (uint64_t at = 0; at < ring->data_head;) {
        const char *data = (const char *)ring + page + at % DATA_BYTES;
        const struct perf_event_header *header = (const void *)data;
        const uint64_t *words = (const void *)(data + sizeof *header);

        if (header->type == PERF_RECORD_LOST) lost++;
        if (header->type == PERF_RECORD_SAMPLE) {
            samples++;
            inside += words[0] >= (uintptr_t)loop_first && words[0] <= (uintptr_t)loop_last;
            if (more) {
                const struct perf_branch_entry *entry = (const void *)(words + 2);
                for (uint64_t k = 0; k < words[1]; k++, branches++)
                    back += entry[k].from == (uintptr_t)loop_last && entry[k].to == (uintptr_t)loop_first;
            }
        }
        if (!header->size) break;
        at += header->size;
    }
    printf("perf: %s: %u samples, %u in the loop, %u branches, %u of the loop, %u lost\n", name, samples, inside,
           branches, back, lost);
    close(fd);
}

static void watch(void)
{
    static volatile uint64_t watched;
    struct perf_event_attr attr = {
        .type = PERF_TYPE_BREAKPOINT,
        .size = sizeof attr,
        .bp_type = HW_BREAKPOINT_W,
        .bp_addr = (uintptr_t)&watched,
        .bp_len = 8,
        .exclude_kernel = 1,
        .exclude_hv = 1,
    };
    int fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);

    if (fd < 0) {
        perror("perf: open a watchpoint");
        return;
    }
    for (uint64_t k = 0; k < 10; k++) watched = k, (void)watched; /* loads do not count */
    printf("perf: watchpoint: %llu stores\n", (unsigned long long)value_of(fd));
    close(fd);
}

int main(void)
{
    count();
    watch();
    sample("cycles", PERF_COUNT_HW_CPU_CYCLES, 0);
    sample("instructions", PERF_COUNT_HW_INSTRUCTIONS, 0);
    sample("branch stacks", PERF_COUNT_HW_INSTRUCTIONS, PERF_SAMPLE_BRANCH_STACK);
    return 0;
}
