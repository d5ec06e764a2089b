/* SPDX-License-Identifier: Apache-2.0 */
/* See runner.h. */
#include "tests/isa/runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/isa/compare.h"
#include "tests/isa/deviations.h"

bool find_version(struct runner *r)
{
    char command[300], line[80] = "";
    const char *at;

    for (unsigned le = 0; le < 2; le++) {
        FILE *f;
        snprintf(command, sizeof command, "'%s%s' --version 2>/dev/null", r->qemu, le ? "le" : "");
        f = popen(command, "r");
        if (f && !fgets(line, sizeof line, f)) line[0] = 0;
        if (!f || pclose(f) != 0) return false;
    }
    at = strstr(line, "version ");
    if (!at) return false;
    r->version = (unsigned)strtoul(at + 8, NULL, 10);
    line[strcspn(line, "\n")] = 0;
    snprintf(r->version_text, sizeof r->version_text, "QEMU %s", at + 8);
    return true;
}

/* The file is in the harness's byte order; the storage of a case is bytes. */
static void swap_order(struct isa_case *cases, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        u64 *wide = (u64 *)&cases[k];
        u32 *narrow = &cases[k].word;
        for (size_t n = 0; n < offsetof(struct isa_case, word) / 8; n++) wide[n] = __builtin_bswap64(wide[n]);
        for (size_t n = 0; n < 4; n++) narrow[n] = __builtin_bswap32(narrow[n]);
    }
}

bool run_qemu(struct runner *r, struct isa_case *cases, size_t count, bool le)
{
    char path[] = "/tmp/p9sim-isa-XXXXXX", command[600];
    int fd = mkstemp(path), status = -1;
    size_t bytes = count * sizeof *cases;

    for (size_t k = 0; k < count; k++) prepare_for_qemu(r->isa, &cases[k]);
    if (!le) swap_order(cases, count);
    if (fd >= 0 && write(fd, cases, bytes) == (ssize_t)bytes) {
        snprintf(command, sizeof command, "'%s%s' -cpu power9 -B 0x100000000000 '%s-%s' %s", r->qemu, le ? "le" : "",
                 r->harness, le ? "le" : "be", path);
        status = system(command);
        if (status == 0 && pread(fd, cases, bytes, 0) != (ssize_t)bytes) status = -1;
    }
    close(fd);
    unlink(path);
    if (!le) swap_order(cases, count);
    return status == 0;
}

void show_crash(struct runner *r, const struct isa_case *in, size_t count, bool le)
{
    struct isa_case *copy = malloc(count * sizeof *copy);
    char text[100];

    while (copy && count > 1) {
        size_t half = count / 2;
        memcpy(copy, in, half * sizeof *copy);
        if (run_qemu(r, copy, half, le)) in += half, half = count - half;
        count = half;
    }
    free(copy);
    isa_disassemble(r->isa, in->word, 0, text, sizeof text);
    printf("%s, %s-endian, does not survive %s  %08x  %s\n", r->qemu, le ? "little" : "big",
           isa_row(r->isa, in->row)->name, in->word, text);
    show_inputs(r->isa, in);
}

bool agrees(const struct runner *r, const struct isa_case *in, struct isa_case *ours, struct isa_case *theirs, bool le)
{
    struct insn i = {0};
    struct view v = {isa_row(r->isa, in->row), &i, r->version, le, in, ours, theirs};

    isa_decode(r->isa, in->word, &i);
    if (theirs->outcome == CASE_REFUSED && theirs->address < CASE_PAGE_END) theirs->address = CASE_PAGE_END;
    reconcile(&v);
    return same_result(ours, theirs);
}
