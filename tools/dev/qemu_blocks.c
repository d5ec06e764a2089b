/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plugin of QEMU's translator that writes address and length (in instructions) of every block it begins, as two host
 * doublewords, to the file named by its argument out=.  ("-d exec" says the same in text, some hundred times slower.)
 * The few calls of QEMU's plugin interface are declared here so that no header of QEMU is needed.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct qemu_plugin_tb;
extern void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, void (*cb)(uint64_t id, struct qemu_plugin_tb *tb));
extern void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, void (*cb)(unsigned cpu, void *data),
                                                 int flags, void *data);
extern uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);

int qemu_plugin_version = 4; /* of QEMU 10.0 */
int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv);

static FILE *out;

struct block {
    uint64_t address, instructions;
};

static void block_begins(unsigned cpu, void *data)
{
    (void)cpu;
    fwrite(data, sizeof(struct block), 1, out);
}

/* The descriptions live as long as QEMU does: it may run a block at any later time. */
static void block_is_translated(uint64_t id, struct qemu_plugin_tb *tb)
{
    struct block *block = malloc(sizeof *block);

    (void)id;
    if (!block) abort();
    *block = (struct block){qemu_plugin_tb_vaddr(tb), qemu_plugin_tb_n_insns(tb)};
    qemu_plugin_register_vcpu_tb_exec_cb(tb, block_begins, 0, block);
}

int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
    (void)info;
    if (argc != 1 || strncmp(argv[0], "out=", 4)) return 1;
    out = fopen(argv[0] + 4, "wb");
    if (!out) return 1;
    setvbuf(out, NULL, _IOFBF, 1 << 20);
    qemu_plugin_register_vcpu_tb_trans_cb(id, block_is_translated);
    return 0;
}
