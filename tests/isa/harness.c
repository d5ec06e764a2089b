/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs under qemu-ppc64le: executes each case of a file in place.  harness FILE.  Compiled without floating point and
 * vectors, which belong to the cases; a signal handler turns interrupts into outcomes.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <ucontext.h>
#include <unistd.h>

#include "case.h"

extern unsigned run_case(struct isa_case *c, uint64_t code);
extern char run_case_resume[], stub_went_on[], stub_branched[], stub_end[];

static uint64_t *const control = (uint64_t *)CASE_CONTROL_AT;

/* The registers of the case, r13 among them, are live here: touch nothing but memory. */
static void on_signal(int number, siginfo_t *info, void *context)
{
    struct pt_regs *regs = ((ucontext_t *)context)->uc_mcontext.regs;
    unsigned long outcome = CASE_ILLEGAL;

    (void)info;
    if (number == SIGTRAP) outcome = CASE_TRAPPED;
    if (number == SIGSEGV) outcome = CASE_REFUSED;
    if (number == SIGBUS) outcome = CASE_MISALIGNED;
    if (number == SIGFPE) outcome = CASE_FP_EXCEPTION;
    regs->gpr[1] = control[0];
    regs->gpr[2] = control[1];
    regs->gpr[13] = control[2];
    regs->gpr[3] = outcome;
    regs->nip = (unsigned long)run_case_resume;
}

static void *map_at(unsigned long at, size_t size, int prot, int fd)
{
    void *p = mmap((void *)at, size, prot, (fd < 0 ? MAP_ANONYMOUS | MAP_PRIVATE : MAP_SHARED) | MAP_FIXED, fd, 0);
    if (p == MAP_FAILED) _exit(3);
    return p;
}

static void catch_signals(void)
{
    static const int numbers[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE};
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    stack_t stack = {.ss_sp = malloc(1 << 18), .ss_size = 1 << 18};

    sigaltstack(&stack, NULL);
    for (unsigned k = 0; k < sizeof numbers / sizeof numbers[0]; k++) sigaction(numbers[k], &action, NULL);
}

static uint32_t branch(uint32_t *from, uint32_t *to)
{
    return 0x48000000u | ((uint32_t)((char *)to - (char *)from) & 0x3fffffc);
}

int main(int argc, char **argv)
{
    struct stat st;
    int fd = argc > 1 ? open(argv[1], O_RDWR) : -1;
    struct isa_case *cases;
    uint32_t *code, *went_on, *branched;
    size_t count;
    uint8_t *storage;

    if (fd < 0 || fstat(fd, &st)) return 2;
    count = (size_t)st.st_size / sizeof *cases;
    cases = map_at(CASE_FILE_AT, (size_t)st.st_size, PROT_READ | PROT_WRITE, fd);
    map_at(CASE_CONTROL_AT, 65536, PROT_READ | PROT_WRITE, -1);
    storage = map_at(CASE_STORAGE_AT, 65536, PROT_READ | PROT_WRITE, -1);
    code = map_at(CASE_CODE_AT, CASE_CODE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC, -1);
    catch_signals();
    control[3] = (uint64_t)run_case_resume;
    memcpy(code, stub_went_on, (size_t)(stub_end - stub_went_on));
    went_on = code;
    branched = code + (stub_branched - stub_went_on) / 4;
    for (size_t k = 0; k < count; k++) {
        uint32_t *slot = (uint32_t *)(CASE_CIA(k) - 4);
        slot[0] = cases[k].before ? cases[k].before : 0x60000000;
        slot[1] = cases[k].word;
        slot[2] = branch(&slot[2], went_on);
        slot[3] = branch(&slot[3], branched);
    }
    __builtin___clear_cache((char *)code, (char *)code + CASE_CODE_SIZE);
    for (size_t k = 0; k < count; k++) {
        static uint64_t spare[2];
        memcpy(storage, cases[k].storage, CASE_STORAGE);
        __asm__ volatile("stdcx. %0,0,%1"
                         :
                         : "r"(0), "r"(&spare[0])
                         : "cr0", "memory"); /* no reservation is left over */
        cases[k].outcome = run_case(&cases[k], CASE_CIA(k) - 4);
        memcpy(cases[k].storage, storage, CASE_STORAGE);
    }
    return 0;
}
