/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The starter's text, its ELF header, and the script that calls it; see starter.h.  The file is one segment: header,
 * code from CODE on, strings and then storage behind the end of the file.  System calls: number in r0, arguments in r3
 * to r8; afterwards r3 is the result, or errno if CR0[SO] is set.
 */
#include "experiment/starter.h"

#include <elf.h>
#include <string.h>

#include "base/log.h"
#include "experiment/program.h"

enum {
    CODE = 0x100,
    STRINGS = 0x800, /* 64 bytes each, as the text names them */
    FILE_BYTES = 0x1000,
    MEMORY_BYTES = 0x20000, /* the second half: a buffer */
    BASE = 0x10000000
};

/*
 * r14 arguments, r15 &argv[1], r16 environment, r17 PID of the program, r18 its status, r19 file of its map, r31 BASE.
 * At BASE + 0x10000: a buffer.  Strings: 0x800 "/proc/", 0x840 digits end here and "/maps" follows, 0x880 and 0x8c0
 * begin and end of a word, 0x900 the last word with its digits up to 0x90e, 0x940 name of the region, 0x980 two
 * seconds.
 */
static const char text[] =
    ".org 0x100\n"
    " lis r31,0x1000\n ld r14,0(r1)\n addi r15,r1,16\n rldicr r16,r14,3,60\n add r16,r16,r1\n addi r16,r16,16\n"
    " li r0,2\n sc 0\n cmpdi cr0,r3,0\n bc 12,2,=program\n" /* fork */
    " mr r17,r3\n bl =wait\n andi. r4,r18,0xff\n cmpdi cr0,r4,0x7f\n bc 4,2,=ended\n"

    /* its map, by the name /proc/PID/maps, made backwards */
    " li r5,10\n addi r6,r31,0x840\n mr r7,r17\n"
    "digit:\n divdu r8,r7,r5\n mulld r9,r8,r5\n subf r9,r9,r7\n addi r9,r9,48\n stbu r9,-1(r6)\n mr r7,r8\n"
    " cmpdi cr0,r7,0\n bc 4,2,=digit\n"
    " li r8,6\n mtctr r8\n addi r9,r31,0x806\n"
    "folder:\n lbzu r8,-1(r9)\n stbu r8,-1(r6)\n bc 16,0,=folder\n"
    " li r0,5\n mr r3,r6\n li r4,0\n li r5,0\n sc 0\n mr r19,r3\n"                         /* open */
    " li r0,4\n li r3,1\n addi r4,r31,0x880\n li r5,11\n sc 0\n"                           /* write "start" */
    "more:\n li r0,3\n mr r3,r19\n addis r4,r31,1\n li r5,0x4000\n sc 0\n bc 12,3,=told\n" /* read */
    " cmpdi cr0,r3,0\n bc 12,2,=told\n"
    " mr r5,r3\n li r0,4\n li r3,1\n addis r4,r31,1\n sc 0\n b =more\n"
    "told:\n li r0,4\n li r3,1\n addi r4,r31,0x8c0\n li r5,2\n sc 0\n"

    /* the region */
    " lis r20,0x4558\n ori r20,r20,0x4543\n" /* its tag, "EXEC" */
    " li r3,4100\n mr r4,r20\n addi r5,r31,0x940\n li r6,4\n .word 0x000eaeb0\n"
    " li r3,4098\n .word 0x000eaeb0\n"
    " li r3,4096\n mr r4,r20\n .word 0x000eaeb0\n"
    " li r0,26\n li r3,17\n mr r4,r17\n li r5,0\n li r6,0\n sc 0\n" /* ptrace: let go */
    " bl =wait\n"
    " li r3,4097\n mr r4,r20\n .word 0x000eaeb0\n"

    /* how it ended */
    "ended:\n li r8,8\n mtctr r8\n addi r6,r31,0x911\n mr r7,r18\n"
    "hex:\n andi. r9,r7,15\n addi r9,r9,48\n cmpdi cr0,r9,57\n bc 4,1,=hex_digit\n addi r9,r9,39\n"
    "hex_digit:\n stbu r9,-1(r6)\n rldicl r7,r7,60,4\n bc 16,0,=hex\n"
    " li r0,4\n li r3,1\n addi r4,r31,0x900\n li r5,19\n sc 0\n"
    " li r0,162\n addi r3,r31,0x980\n li r4,0\n sc 0\n" /* nanosleep: until the console has it all */
    " li r0,88\n lis r3,-287\n ori r3,r3,0xdead\n lis r4,0x2812\n ori r4,r4,0x1969\n lis r5,0x4321\n"
    " ori r5,r5,0xfedc\n li r6,0\n sc 0\n" /* reboot: power off */
    "for_ever:\n b =for_ever\n"

    "wait:\n li r0,114\n mr r3,r17\n addis r4,r31,1\n li r5,0\n li r6,0\n sc 0\n" /* wait4 */
    " addis r4,r31,1\n lwz r18,0(r4)\n bclr 20,0\n"

    /* the child, which PTRACE_TRACEME holds at the program's first instruction */
    "program:\n li r0,26\n li r3,0\n li r4,0\n li r5,0\n li r6,0\n sc 0\n"
    " li r0,11\n ld r3,0(r15)\n mr r4,r15\n mr r5,r16\n sc 0\n" /* execve: it comes back if it fails */
    " li r0,234\n sc 0\n";

static const struct {
    unsigned at;
    const char *text;
} strings[] = {
    {0x800, "/proc/"},
    {0x840, "/maps"},
    {0x880, STARTER_OPEN "start\n"},
    {0x8c0, STARTER_CLOSE},
    {0x900, STARTER_OPEN "end 00000000" STARTER_CLOSE},
    {0x940, STARTER_REGION},
    {0x980, "\2"},
};

static void put_header(u8 *file)
{
    static const u8 identity[] = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT};
    u8 *segment = file + sizeof(Elf64_Ehdr);

    memcpy(file, identity, sizeof identity);
    put_le(file + offsetof(Elf64_Ehdr, e_type), ET_EXEC, 2);
    put_le(file + offsetof(Elf64_Ehdr, e_machine), EM_PPC64, 2);
    put_le(file + offsetof(Elf64_Ehdr, e_version), EV_CURRENT, 4);
    put_le(file + offsetof(Elf64_Ehdr, e_entry), BASE + CODE, 8);
    put_le(file + offsetof(Elf64_Ehdr, e_phoff), sizeof(Elf64_Ehdr), 8);
    put_le(file + offsetof(Elf64_Ehdr, e_flags), 2, 4); /* ABI: ELFv2 */
    put_le(file + offsetof(Elf64_Ehdr, e_ehsize), sizeof(Elf64_Ehdr), 2);
    put_le(file + offsetof(Elf64_Ehdr, e_phentsize), sizeof(Elf64_Phdr), 2);
    put_le(file + offsetof(Elf64_Ehdr, e_phnum), 1, 2);
    put_le(segment + offsetof(Elf64_Phdr, p_type), PT_LOAD, 4);
    put_le(segment + offsetof(Elf64_Phdr, p_flags), PF_R | PF_W | PF_X, 4);
    put_le(segment + offsetof(Elf64_Phdr, p_vaddr), BASE, 8);
    put_le(segment + offsetof(Elf64_Phdr, p_paddr), BASE, 8);
    put_le(segment + offsetof(Elf64_Phdr, p_filesz), FILE_BYTES, 8);
    put_le(segment + offsetof(Elf64_Phdr, p_memsz), MEMORY_BYTES, 8);
    put_le(segment + offsetof(Elf64_Phdr, p_align), 0x10000, 8);
}

bool starter_program(struct emit *out)
{
    static u8 file[FILE_BYTES];

    memset(file, 0, sizeof file);
    if (!program_assemble(text, file, STRINGS)) return false;
    for (unsigned at = CODE; at < STRINGS; at += 4) put_le(file + at, get_be32(file + at), 4);
    for (unsigned k = 0; k < ARRAY_SIZE(strings); k++)
        memcpy(file + strings[k].at, strings[k].text, strlen(strings[k].text));
    put_header(file);
    emit_bytes(out, file, sizeof file);
    return !out->failed || p9_error("exec: the host has no memory");
}

static void quote(const char *word, struct emit *out)
{
    emit_text(out, " '");
    for (const char *c = word; *c; c++)
        if (*c == '\'') emit_text(out, "'\\''");
        else emit_bytes(out, c, 1);
    emit_text(out, "'");
}

/* What ld.so would map where: it says so and ends if this name is in its environment. */
static void list_libraries(const char *program, struct emit *out)
{
    emit_text(out, "$bb printf '\\033_p9:libraries\\n'\nLD_TRACE_LOADED_OBJECTS=1");
    quote(program, out);
    emit_text(out, " </dev/null\n$bb printf '\\033\\\\'\n");
}

void starter_init(const char *const *words, unsigned count, enum starter_linking linking, struct emit *out)
{
    emit_text(out, "#!/bin/busybox sh\n"
                   "bb=/bin/busybox\n"
                   "$bb mount -t proc proc /proc\n"
                   "$bb mount -t sysfs sysfs /sys\n"
                   "$bb mount -t devtmpfs dev /dev 2>/dev/null\n"
                   "$bb mkdir -p /dev/shm\n"
                   "$bb --install -s /bin\n"
                   "echo 0 >/proc/sys/kernel/randomize_va_space\n"
                   "cd /tmp\n"
                   "export PATH=/bin HOME=/tmp\n");
    if (linking != STARTER_STATIC) emit_text(out, "export LD_LIBRARY_PATH=/" STARTER_LIBRARIES "\n");
    if (linking == STARTER_GLIBC) list_libraries(words[0], out);
    emit_text(out, "exec /" STARTER_PATH);
    for (unsigned k = 0; k < count; k++) quote(words[k], out);
    emit_text(out, " </" STARTER_INPUT "\n");
}
