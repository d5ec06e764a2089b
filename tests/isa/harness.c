/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs under QEMU user mode: executes each case of a file in place.  harness FILE.  Compiled without floating point and
 * vectors, which belong to the cases, and without a C library, so that one compiler makes it for both byte orders.  A
 * signal handler turns interrupts into outcomes and takes the registers from the signal frame.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>

#include "case.h"

extern unsigned run_case(struct isa_case *c, uint64_t code);
extern char run_case_resume[], run_case_forget[], stub_went_on[], stub_branched[], stub_end[];
void harness_main(uint64_t *stack);

/* At CASE_BORDER_AT, see harness_run.S. */
struct border {
    uint64_t r1, r2, r13, resume, ctr, r3, r31;
    struct isa_case *current;
};
#define BORDER ((volatile struct border *)(CASE_BORDER_AT + 0x100))

static long system_call(long number, long a, long b, long c, long d, long e, long f)
{
    register long r0 __asm__("r0") = number;
    register long r3 __asm__("r3") = a;
    register long r4 __asm__("r4") = b;
    register long r5 __asm__("r5") = c;
    register long r6 __asm__("r6") = d;
    register long r7 __asm__("r7") = e;
    register long r8 __asm__("r8") = f;

    __asm__ volatile("sc\n\tbns+ 1f\n\tneg 3,3\n1:"
                     : "+r"(r0), "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6), "+r"(r7), "+r"(r8)
                     :
                     : "memory", "cr0", "ctr", "xer", "r9", "r10", "r11", "r12");
    return r3;
}

static _Noreturn void leave(int status)
{
    for (;;) system_call(SYS_exit_group, status, 0, 0, 0, 0, 0);
}

static void copy(void *to, const void *from, size_t size)
{
    uint64_t *t = to;
    const uint64_t *f = from;
    for (size_t k = 0; k < size / 8; k++) t[k] = f[k];
}

/* Doubleword n (0 is the high one) of a quadword as stvx leaves it. */
static uint64_t half(const uint64_t *quadword, unsigned n)
{
    return quadword[__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 1 - n : n];
}

static void take_registers(struct isa_case *c, const ucontext_t *u)
{
    const unsigned long *gp = u->uc_mcontext.gp_regs;
    const uint64_t *fp = (const uint64_t *)u->uc_mcontext.fp_regs, *vr = (const uint64_t *)u->uc_mcontext.v_regs;
    uint64_t vscr[2] __attribute__((aligned(16))), tar, vrsave;

    for (unsigned n = 0; n < 32; n++) c->gpr[n] = gp[n];
    c->at = gp[32], c->ctr = gp[35], c->lr = gp[36], c->xer = gp[37], c->cr = gp[38];
    for (unsigned n = 0; n < 32; n++) {
        c->vsr[n][0] = fp[n];
        c->vsr[n][1] = vr[2 * 34 + n];
        c->vsr[32 + n][0] = half(vr + 2 * n, 0);
        c->vsr[32 + n][1] = half(vr + 2 * n, 1);
    }
    c->fpscr = fp[32];
    __asm__ volatile(".machine push\n\t.machine power9\n\tmfvscr 0\n\tstvx 0,0,%2\n\tmfspr %0,815\n\tmfspr %1,256\n\t"
                     ".machine pop"
                     : "=&r"(tar), "=&r"(vrsave)
                     : "b"(vscr)
                     : "memory");
    c->vscr = half(vscr, 1) & 0xffffffff;
    c->tar = tar, c->vrsave = vrsave;
}

/* The registers of the case, r13 among them, are live here: touch nothing but memory.  It never returns to the kernel.
 */
static void on_signal(int number, siginfo_t *info, void *context)
{
    const ucontext_t *u = context;
    struct isa_case *c = BORDER->current;
    unsigned long outcome = CASE_ILLEGAL;

    if (number == SIGTRAP) outcome = CASE_TRAPPED;
    if (number == SIGSEGV) outcome = CASE_REFUSED;
    if (number == SIGBUS) outcome = CASE_MISALIGNED;
    if (number == SIGFPE) outcome = CASE_FP_EXCEPTION;
    if (number == SIGFPE && u->uc_mcontext.gp_regs[32] == (unsigned long)run_case_forget) return;
    take_registers(c, u);
    c->address = number == SIGSEGV ? (uint64_t)info->si_addr : 0;
    {
        register volatile struct border *border __asm__("r4") = BORDER;
        register unsigned long result __asm__("r3") = outcome;
        register char *resume __asm__("r5") = run_case_resume;
        __asm__ volatile("ld 1,0(4)\n\tld 2,8(4)\n\tld 13,16(4)\n\tmtctr 5\n\tbctr"
                         :
                         : "r"(border), "r"(result), "r"(resume)
                         : "memory");
    }
    __builtin_unreachable();
}

static void *map_at(unsigned long at, size_t size, int prot, int fd)
{
    int flags = (fd < 0 ? MAP_ANONYMOUS | MAP_PRIVATE : MAP_SHARED) | MAP_FIXED;
    if (system_call(SYS_mmap, (long)at, (long)size, prot, flags, fd, 0) != (long)at) leave(3);
    return (void *)at;
}

static void catch_signals(void)
{
    static const int numbers[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE};
    static uint64_t stack[1 << 15];
    struct {
        void (*handler)(int, siginfo_t *, void *);
        unsigned long flags, restorer, mask;
    } action = {on_signal, SA_SIGINFO | SA_ONSTACK | SA_NODEFER, 0, 0};
    stack_t alternative = {.ss_sp = stack, .ss_size = sizeof stack};

    system_call(SYS_sigaltstack, (long)&alternative, 0, 0, 0, 0, 0);
    for (unsigned k = 0; k < sizeof numbers / sizeof numbers[0]; k++)
        system_call(SYS_rt_sigaction, numbers[k], (long)&action, 0, 8, 0, 0);
}

/* An absolute branch: the stubs lie in the first 32 KiB. */
static uint32_t branch_to(unsigned long at)
{
    return 0x48000002u | (uint32_t)at;
}

static void write_slots(const struct isa_case *cases, size_t count)
{
    enum { LD_R3 = 0xe8600000, MTCTR_R3 = 0x7c6903a6, NOTHING = 0x60000000 };
    unsigned long border = (unsigned long)BORDER;

    for (size_t k = 0; k < count; k++) {
        uint32_t *slot = (uint32_t *)(CASE_CIA(k) - 16);
        slot[0] = (uint32_t)LD_R3 | (uint32_t)(border + offsetof(struct border, ctr));
        slot[1] = MTCTR_R3;
        slot[2] = (uint32_t)LD_R3 | (uint32_t)(border + offsetof(struct border, r3));
        slot[3] = cases[k].before ? cases[k].before : NOTHING;
        slot[4] = cases[k].word;
        slot[5] = branch_to(CASE_WENT_ON_AT);
        slot[6] = branch_to(CASE_BRANCHED_AT);
    }
    __builtin___clear_cache((char *)CASE_CODE_AT, (char *)CASE_CODE_AT + CASE_CODE_SIZE);
}

/* The stack as the kernel hands it over: the number of arguments, then pointers to them. */
void harness_main(uint64_t *stack)
{
    const char *name = stack[0] > 1 ? (const char *)stack[2] : 0;
    long fd = name ? system_call(SYS_open, (long)name, O_RDWR, 0, 0, 0, 0) : -1;
    long size = fd < 0 ? 0 : system_call(SYS_lseek, fd, 0, 2, 0, 0, 0);
    size_t count = (size_t)size / sizeof(struct isa_case);
    uint8_t *storage = (uint8_t *)CASE_STORAGE_AT;
    struct isa_case *cases;

    if (!count || count > CASES_MAX) leave(2);
    cases = map_at(CASE_FILE_AT, (size_t)size, PROT_READ | PROT_WRITE, (int)fd);
    map_at(CASE_BORDER_AT, 65536, PROT_READ | PROT_WRITE | PROT_EXEC, -1);
    map_at(CASE_PAGE_AT, CASE_PAGE_END - CASE_PAGE_AT, PROT_READ | PROT_WRITE, -1);
    map_at(CASE_CODE_AT, CASE_CODE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC, -1);
    catch_signals();
    BORDER->resume = (uint64_t)run_case_resume;
    copy((void *)CASE_WENT_ON_AT, stub_went_on, (size_t)(stub_branched - stub_went_on));
    copy((void *)CASE_BRANCHED_AT, stub_branched, (size_t)(stub_end - stub_branched));
    write_slots(cases, count);
    for (size_t k = 0; k < count; k++) {
        static uint64_t spare;
        copy(storage, cases[k].storage, CASE_STORAGE);
        __asm__ volatile("stdcx. %0,0,%1" : : "r"(0), "r"(&spare) : "cr0", "memory"); /* no reservation is left over */
        BORDER->current = &cases[k];
        BORDER->ctr = cases[k].ctr;
        BORDER->r3 = cases[k].gpr[3];
        cases[k].at = cases[k].address = 0;
        cases[k].outcome = run_case(&cases[k], CASE_CIA(k) - 16);
        copy(cases[k].storage, storage, CASE_STORAGE);
    }
    leave(0);
}
