/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instructions of three versions of the architecture, as a program meets them: those that PCR takes away end in SIGILL.
 * Prints "isa: NAME runs" or "isa: NAME is illegal" for each; tests/boot/boot decides.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static sigjmp_buf back;

static void illegal(int signal)
{
    (void)signal;
    siglongjmp(back, 1);
}

#define TRY(name, insn, ...)                                                                                           \
    do {                                                                                                               \
        if (sigsetjmp(back, 1)) {                                                                                      \
            puts("isa: " name " is illegal");                                                                          \
            break;                                                                                                     \
        }                                                                                                              \
        __asm__ volatile(".machine push\n.machine power9\n" insn "\n.machine pop" ::: __VA_ARGS__);                    \
        puts("isa: " name " runs");                                                                                    \
    } while (0)

int main(void)
{
    struct sigaction action = {.sa_handler = illegal};

    sigaction(SIGILL, &action, NULL);
    TRY("popcntd (2.06)", "popcntd 5, 6", "r5");
    TRY("mtvsrd (2.07)", "mtvsrd 0, 6", "fr0");
    TRY("mfspr TAR (2.07)", "mfspr 5, 815", "r5");
    TRY("modud (3.0)", "modud 5, 6, 1", "r5");
    TRY("xxspltib (3.0)", "xxspltib 0, 1", "fr0");
    TRY("addpcis (3.0)", "addpcis 5, 0", "r5");
    return 0;
}
