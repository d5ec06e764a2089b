/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line as rows: a subcommand is its name, its lines of help and a table of options; parser, environment
 * names, help text and usage errors all come from the table.  An option stores into struct options or sets a row of
 * machine/config.def.
 */
#ifndef P9_TOOLS_CLI_H
#define P9_TOOLS_CLI_H

#include "machine/config.h"
#include "tools/qemu.h"

enum { LIST_MAX = 64 };
enum exit_status {
    EXIT_FINE = 0,
    EXIT_BAD_INPUT = 1,
    EXIT_USAGE = 2,
    EXIT_GUEST_DIED = 3,
    EXIT_LIMIT = 4,
    EXIT_DIFFERS = 5, /* what was compared, or held against rules, is not as it should be */
    EXIT_SIGNAL = 128 /* and the number of the signal that ended it */
};

struct text_list {
    const char *item[LIST_MAX];
    unsigned count;
};

struct command;
struct replay;
struct saved_machine;

/* Everything that any subcommand can be told, but for the machine's own options. */
struct options {
    struct config config;
    const char *bios, *kernel, *initrd, *append, *dtb, *dump_dtb, *images;
    const char *config_file, *out, *console, *input;
    const char *entry, *load, *state, *file, *pc;
    const char *depth, *backing, *level;
    const char *restore, *checkpoint_base, *konata, *folded, *progress_file;
    const char *trace, *trace_from, *trace_until, *trace_sample, *from, *count, *most, *log_insns;
    const char *as, *interval; /* of trace export */
    const char *context, *ignore, *thread, *qemu, *resync, *check_against, *check_from;
    const char *core_at;            /* of --model core@WHEN; NULL: from the beginning */
    bool core_given;                /* --model core, in so many words: a restored run waits for nothing else */
    struct saved_machine *restored; /* of restore, opened */
    const char *junit, *jobs, *filter, *keep;
    const char *ea, *access, *at, *lpcr, *ptcr, *msr, *lpid, *pid;
    struct text_list set, expect, ram, words, what_if, assume_leaf, workload, symbols, checkpoint, file_list, sysroot;
    struct text_list variant, only, trace_only;
    const char *replay_model;
    struct text_list threshold;
    bool progress, quiet, dump_regs, le, be, explain, events, embedded, uncertainty, walks, as_qtlib;
    bool cold, commit;
    bool json, accept;
    bool boots_linux, tower; /* set by subcommands: a kernel is needed; so is a disk for guests */
    bool mem_given;          /* by name: --mem, MEM_SIZE */
    bool accept_changed;     /* --config: other files than those of the earlier run */
    struct replay *replay;   /* what the run is made of (replay.h) */
    const struct command *command;
    const char *const *arguments; /* the command line as it was typed */
    unsigned argument_count;
    struct qemu_words from_qemu; /* the words behind the subcommand, in our spelling; text options point into them */
};

/* What an option stores; and, added to it, what of it decides the results of a run and is therefore noted with them
 * (replay.h): its value, which is the same wherever the run is made; or something else. */
enum option_kind {
    KIND_FLAG,
    KIND_TEXT,
    KIND_LIST,
    KIND_CONFIG, /* a row of config.def, which is noted anyway */
    KIND_BITS = 7,
    OF_FILE = 8, /* the content of the file that it names: whoever opens it notes it */
    OF_HOST = 16 /* nothing: it says where results go, or what is said meanwhile */
};
struct cli_row {
    const char *name;        /* without the dashes */
    const char *argument;    /* what to call it in the help; NULL: none */
    const char *environment; /* a name that gives the default, or NULL */
    unsigned kind;           /* of enum option_kind */
    size_t offset;           /* in struct options */
    const char *config;      /* KIND_CONFIG: the row it sets */
    const char *text;
};

struct command {
    const char *name, *arguments, *summary;
    const char *details;                 /* more lines for `help NAME`, or NULL */
    const struct cli_row *const *tables; /* each ends with a row without name; NULL ends the list */
    unsigned words_least, words_most;    /* arguments that are no options */
    bool starts_a_program;               /* behind the first of them everything belongs to a program */
    int (*run)(struct options *options);
    const struct command *const *verbs; /* instead of run and tables: each named "NAME VERB"; NULL ends the list */
};

extern const struct cli_row cli_machine_rows[];  /* --mem --cores --threads --model --config --set */
extern const struct cli_row cli_run_rows[];      /* --out --console --input --expect ... */
extern const struct cli_row cli_firmware_rows[]; /* --bios --kernel ... */
extern const struct cli_row cli_restore_rows[];  /* --restore */

extern const struct command command_run, command_bare, command_dis, command_walk, command_config, command_nested;
extern const struct command command_report, command_status, command_trace, command_exec;
extern const struct command command_compare, command_suite;

/* Fill options from the environment, --config and the arguments behind the subcommand's name. */
enum exit_status cli_parse(const struct command *command, int argc, char **argv, struct options *options);

/* How many of the arguments are this command's: all, or those in front of a program's name. */
int cli_own_arguments(const struct command *command, int argc, char **argv);

/* What cli_parse() has opened, however it and the command ended. A machine that was restored is gone before. */
void cli_release(struct options *options);

/* The subcommand that a verb of a command names; NULL: there is none. */
const struct command *cli_verb(const struct command *command, const char *name);

/* The option of that name, or NULL. */
const struct cli_row *cli_find(const struct command *command, const char *name, size_t length);

void cli_help(const struct command *command);

/* "4096", "0x1000", "4K": a 64-bit number; false after an error line. */
must_use bool cli_number(const char *option, const char *text, u64 *value);

#endif
