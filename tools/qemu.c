/* SPDX-License-Identifier: Apache-2.0 */
/* QEMU's options, a row each; see qemu.h. */
#include "tools/qemu.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "tools/cli.h"

/* Of an option that p9sim has under another name: the name, or how to make words of its value. Of one that it has not:
 * what there is instead. */
struct qemu_row {
    const char *name; /* without the dash */
    bool has_value;
    const char *same; /* an option of ours that takes the same value; NULL: see make */
    bool (*make)(struct qemu_words *words, const char *value);
    const char *instead;
};

static bool put(struct qemu_words *w, char *word)
{
    w->item[w->count++] = word;
    return true;
}

static bool starve(struct qemu_words *w)
{
    w->starved = true;
    return p9_error("the host has no memory for the command line");
}

/* A new word, "--mem=512M". */
static bool put_new(struct qemu_words *w, const char *option, const char *value)
{
    size_t size = strlen(option) + strlen(value) + 4;
    char *word;

    if (w->made_count == ARRAY_SIZE(w->made)) return p9_error("-%s: there are too many options", option);
    word = malloc(size);
    if (!word) return starve(w);
    snprintf(word, size, "--%s=%s", option, value);
    w->made[w->made_count++] = word;
    return put(w, word);
}

static bool nothing(struct qemu_words *w, const char *value)
{
    (void)w;
    (void)value;
    return true;
}

/* -m 2048 are MiB; -m 2G; -m size=2G. */
static bool memory(struct qemu_words *w, const char *value)
{
    char text[64];

    if (!strncmp(value, "size=", 5)) value += 5;
    if (strchr(value, ',')) return p9_error("-m %.60s: there is no memory to plug in; give a size alone", value);
    snprintf(text, sizeof text, "%.60s%s", value, *value && !value[strspn(value, "0123456789")] ? "M" : "");
    return put_new(w, "mem", text);
}

/* One "key=N" of -smp; a number alone is cpus. */
static bool smp_part(const char *part, size_t length, u64 *cpus, u64 *cores, u64 *threads)
{
    static const char *const names[] = {"cpus=", "cores=", "threads=", "sockets=", "maxcpus="};
    u64 sockets = 1, most, *const values[] = {cpus, cores, threads, &sockets, &most};
    u64 *to = cpus;
    char *end;

    for (unsigned k = 0; k < ARRAY_SIZE(names); k++)
        if (!strncmp(part, names[k], strlen(names[k]))) {
            to = values[k];
            length -= strlen(names[k]);
            part += strlen(names[k]);
            break;
        }
    *to = strtoull(part, &end, 10);
    if (*part < '0' || *part > '9' || end != part + length || !*to)
        return p9_error("-smp: \"%.*s\" is no number of processors; write -smp N[,cores=N][,threads=N]", (int)length,
                        part);
    return sockets == 1 || p9_error("-smp: there is one chip (sockets=1); give it more --cores");
}

/* What is not said follows from what is: cpus = cores * threads, and a core has one thread. */
static bool processors(struct qemu_words *w, const char *value)
{
    u64 cpus = 0, cores = 0, threads = 0;
    char number[24];

    for (const char *at = value;; at++) {
        size_t length = strcspn(at, ",");
        if (!smp_part(at, length, &cpus, &cores, &threads)) return false;
        at += length;
        if (!*at) break;
    }
    if (!threads) threads = cpus && cores && cpus % cores == 0 ? cpus / cores : 1;
    if (!cores) cores = cpus && cpus >= threads ? cpus / threads : 1;
    if (cpus && cpus != cores * threads)
        return p9_error("-smp %.60s: %" PRIu64 " processors are not %" PRIu64 " cores of %" PRIu64 " threads", value,
                        cpus, cores, threads);
    snprintf(number, sizeof number, "%" PRIu64, cores);
    if (!put_new(w, "cores", number)) return false;
    snprintf(number, sizeof number, "%" PRIu64, threads);
    return put_new(w, "threads", number);
}

static bool machine(struct qemu_words *w, const char *value)
{
    (void)w;
    if (!strncmp(value, "type=", 5)) value += 5;
    return !strcmp(value, "powernv9") || !strcmp(value, "powernv") ||
           p9_error("-machine %.60s: p9sim is a powernv9, whose properties are options (`p9sim config`)", value);
}

static bool serial(struct qemu_words *w, const char *value)
{
    if (!strcmp(value, "stdio") || !strcmp(value, "mon:stdio")) return put_new(w, "console", "stdio");
    if (!strcmp(value, "none") || !strcmp(value, "null")) return put_new(w, "console", "none");
    if (!strncmp(value, "file:", 5)) return put_new(w, "console", value);
    return p9_error("-serial %.60s: the console is stdio, file:PATH or none (--console)", value);
}

static const char no_disk[] = "there are no disks; files come as ramdisks (--initrd A,B; a squashfs becomes /disk.img)";
static const char no_network[] = "there is no network";
static const char no_debugger[] =
    "there is no gdb server; p9sim walk explains, --max-insns and --checkpoint FILE@WHEN stop "
    "and save";

static const struct qemu_row rows[] = {
    {"m", true, NULL, memory, NULL},
    {"smp", true, NULL, processors, NULL},
    {"kernel", true, "kernel", NULL, NULL},
    {"initrd", true, "initrd", NULL, NULL},
    {"append", true, "append", NULL, NULL},
    {"bios", true, "bios", NULL, NULL},
    {"dtb", true, "dtb", NULL, NULL},
    {"M", true, NULL, machine, NULL},
    {"machine", true, NULL, machine, NULL},
    {"nographic", false, NULL, nothing, NULL},
    {"nodefaults", false, NULL, nothing, NULL},
    {"serial", true, NULL, serial, NULL},
    {"drive", true, NULL, NULL, no_disk},
    {"blockdev", true, NULL, NULL, no_disk},
    {"hda", true, NULL, NULL, no_disk},
    {"cdrom", true, NULL, NULL, no_disk},
    {"netdev", true, NULL, NULL, no_network},
    {"nic", true, NULL, NULL, no_network},
    {"net", true, NULL, NULL, no_network},
    {"device", true, NULL, NULL, "the board's devices are all that there are (docs/BOARD.md)"},
    {"s", false, NULL, NULL, no_debugger},
    {"S", false, NULL, NULL, no_debugger},
    {"gdb", true, NULL, NULL, no_debugger},
    {"cpu", true, NULL, NULL,
     "the processor is a POWER9 DD2.3; how much of it is modelled is --model, its version --set pvr="},
    {"accel", true, NULL, NULL, "every instruction is simulated; how much of the processor is modelled is --model"},
    {"enable-kvm", false, NULL, NULL, "every instruction is simulated"},
    {"d", true, NULL, NULL,
     "what happened is in --out (docs/RESULTS.md); --konata logs each instruction of --model core"},
    {"D", true, NULL, NULL, "what happened is in --out (docs/RESULTS.md)"},
    {"icount", true, NULL, NULL, "guest time always follows the cycles of the model (--set base_cpi=, core_mhz=)"},
    {"rtc", true, NULL, NULL, "the clock begins at --set start_time="},
    {"no-reboot", false, NULL, NULL, "a guest that restarts itself boots again; --expect TEXT=stop ends a run"},
    {"loadvm", true, NULL, NULL, "a machine is saved by --checkpoint FILE@WHEN and goes on with --restore FILE"},
    {"monitor", true, NULL, NULL, "there is no monitor; at a terminal Ctrl-A h tells what there is"},
    {"qmp", true, NULL, NULL, "there is no monitor"},
    {"display", true, NULL, NULL, "there is no display; the console is stdio (--console)"},
    {"vga", true, NULL, NULL, "there is no display; the console is stdio (--console)"},
};

static const struct qemu_row *find(const char *word)
{
    if (word[0] != '-' || word[1] == '-') return NULL;
    for (const struct qemu_row *row = rows; row < rows + ARRAY_SIZE(rows); row++)
        if (!strcmp(row->name, word + 1)) return row;
    return NULL;
}

/* The option at argv[k], and its value behind it. */
static bool translate(struct qemu_words *w, const struct command *command, const struct qemu_row *row,
                      const char *value)
{
    if (row->has_value && !value) {
        p9_error("%s: a value is missing behind -%s", command->name, row->name);
        return false;
    }
    if (!row->has_value) value = "";
    if (row->instead) return p9_error("%s: -%s: %s", command->name, row->name, row->instead);
    return row->make ? row->make(w, value) : put_new(w, row->same, value);
}

/* Does the word behind this one belong to it? */
static bool takes_next(const struct command *command, const char *word)
{
    const struct cli_row *row = strncmp(word, "--", 2) ? NULL : cli_find(command, word + 2, strlen(word + 2));

    return row && row->argument;
}

bool qemu_words(struct qemu_words *w, const struct command *command, int argc, char **argv)
{
    bool has_machine = cli_find(command, "mem", 3) != NULL, only_words = false;

    *w = (struct qemu_words){.item = calloc(2 * (size_t)argc + 1, sizeof *w->item)};
    if (!w->item) return starve(w);
    for (int k = 0; k < argc; k++) {
        const struct qemu_row *row = has_machine && !only_words ? find(argv[k]) : NULL;

        only_words |= !strcmp(argv[k], "--");
        if (row) {
            if (!translate(w, command, row, k + 1 < argc ? argv[k + 1] : NULL)) return false;
            k += row->has_value;
            continue;
        }
        put(w, argv[k]);
        if (!only_words && takes_next(command, argv[k]) && k + 1 < argc) put(w, argv[++k]);
    }
    return true;
}

void qemu_words_free(struct qemu_words *w)
{
    for (unsigned k = 0; k < w->made_count; k++) free(w->made[k]);
    free(w->item);
    *w = (struct qemu_words){.count = 0};
}
