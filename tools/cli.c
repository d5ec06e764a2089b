/* SPDX-License-Identifier: Apache-2.0 */
/* Parser and help of the command line; see cli.h. */
#include "tools/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/near.h"
#include "machine/checkpoint.h"
#include "tools/replay.h"

#define AT(field) offsetof(struct options, field)
#define END_OF_ROWS                                                                                                    \
    {                                                                                                                  \
        .name = NULL                                                                                                   \
    }

const struct cli_row cli_machine_rows[] = {
    {"mem", "SIZE", "MEM_SIZE", KIND_CONFIG, 0, "mem", "main storage, for example 2G"},
    {"cores", "N", "CPUS", KIND_CONFIG, 0, "cores", "cores (1..24)"},
    {"threads", "N", "THREADS", KIND_CONFIG, 0, "threads", "hardware threads per core (1, 2 or 4)"},
    {"model", "none|mmu|core", NULL, KIND_CONFIG, 0, "model",
     "how much of the processor is modelled; core@WHEN: as mmu until then; core@regions: as mmu but in regions"},
    {"sample", "PERIOD[,WINDOW[,WARMUP]]", NULL, KIND_CONFIG, 0, "sample_period",
     "with --model core: in each PERIOD instructions of a thread time WARMUP (4000) and measure WINDOW (1000); the "
     "report "
     "has estimates with intervals"},
    {"max-insns", "N", NULL, KIND_CONFIG, 0, "max_insns", "end after so many instructions (exit status 4)"},
    {"max-seconds", "S", NULL, KIND_CONFIG, 0, "max_seconds", "end after so much guest time (exit status 4)"},
    {"panic", "end|go-on", NULL, KIND_CONFIG, 0, "panic",
     "when level 0's kernel has panicked: end the run (exit status 3), or go on, as its panic= says"},
    {"no-reboot", NULL, NULL, KIND_CONFIG, 0, "no_reboot", "a restart that the guest asks for ends the run"},
    {"config", "FILE", NULL, KIND_TEXT | OF_HOST, AT(config_file), NULL,
     "read options from FILE (may be a pipe): lines name = value; a config.txt repeats its run"},
    {"accept-changed", NULL, NULL, KIND_FLAG | OF_HOST, AT(accept_changed), NULL,
     "with a config.txt of an earlier run: take its files although they have changed"},
    {"set", "NAME=VALUE", NULL, KIND_LIST | OF_HOST, AT(set), NULL, "set any option that `p9sim config` lists"},
    END_OF_ROWS,
};

const struct cli_row cli_run_rows[] = {
    {"out", "DIR", NULL, KIND_TEXT | OF_HOST, AT(out), NULL,
     "where the results go, instead of those of an earlier run; one run at a time"},
    {"console", "WHERE", NULL, KIND_TEXT | OF_HOST, AT(console), NULL, "stdio, file:PATH or none"},
    {"input", "FILE", NULL, KIND_TEXT | OF_FILE, AT(input), NULL,
     "typed into the console as the guest takes it; may be a pipe; `-`: standard input"},
    {"expect", "TEXT=ACTION", NULL, KIND_LIST, AT(expect), NULL,
     "when the guest prints TEXT: type:REPLY, mark:NAME or stop"},
    {"progress", NULL, NULL, KIND_FLAG | OF_HOST, AT(progress), NULL, "a line on stderr that tells how far it is"},
    {"progress-file", "FILE", NULL, KIND_TEXT | OF_HOST, AT(progress_file), NULL,
     "keep how far it is in FILE, as JSON, once a second"},
    {"what-if", "NAME=VALUE,...", NULL, KIND_LIST, AT(what_if), NULL,
     "also count what each value of a tlb_, pwc_ ... option would have made of the same ERAT misses; with --model core "
     "also what each value of an option of it would have made of the same instructions"},
    {"symbols", "FILE[@OFFSET]", NULL, KIND_LIST | OF_FILE, AT(symbols), NULL,
     "also name code addresses of the report by this ELF file, as it was linked or moved by OFFSET"},
    {"checkpoint", "FILE@WHEN", NULL, KIND_LIST | OF_HOST, AT(checkpoint), NULL,
     "save the machine into FILE: after so many instructions, or `call`: whenever the guest asks (callthru 4101)"},
    {"checkpoint-base", "FILE", NULL, KIND_TEXT | OF_HOST, AT(checkpoint_base), NULL,
     "save only what has changed since that checkpoint; with --restore: where the base is now"},
    {"trace", "FILE[,format=F]", NULL, KIND_TEXT | OF_HOST, AT(trace), NULL,
     "write what happens, instruction by instruction: F is state (everything; the default), state,values (with what "
     "registers and storage held), qtrace, or commit (text with what each instruction changed; docs/FORMATS.md)"},
    {"trace-from", "WHEN", NULL, KIND_TEXT | OF_HOST, AT(trace_from), NULL,
     "begin the trace then (see `p9sim help when`)"},
    {"trace-until", "WHEN", NULL, KIND_TEXT | OF_HOST, AT(trace_until), NULL, "end it then; the run goes on"},
    {"trace-only", "WORDS", NULL, KIND_LIST | OF_HOST, AT(trace_only), NULL,
     "only these instructions: level=K, lpid=N, pid=N, state=NAME, thread=N, pc=A..B, pc=NAME, ea=A..B, walks, with "
     "commas between them; all of them must hold"},
    {"trace-sample", "N,M", NULL, KIND_TEXT | OF_HOST, AT(trace_sample), NULL, "of every N instructions the first M"},
    {"log-insns", "N", NULL, KIND_TEXT | OF_HOST, AT(log_insns), NULL,
     "when the guest dies (exit status 3), print its last N instructions to stderr, with names from its image and "
     "--symbols; a run that ends otherwise prints nothing"},
    {"check-against", "FILE", NULL, KIND_TEXT | OF_HOST, AT(check_against), NULL,
     "compare what happens with this trace, and stop where they part (exit status 5; `p9sim help trace diff`)"},
    {"check-from", "WHEN", NULL, KIND_TEXT | OF_HOST, AT(check_from), NULL,
     "begin then: what --trace-from was when the trace was written"},
    {"konata", "FILE@FROM,TO", NULL, KIND_TEXT | OF_HOST, AT(konata), NULL,
     "with --model core: which stage of the pipeline each instruction was in between two WHENs, for the viewer Konata"},
    {"folded", "FILE", NULL, KIND_TEXT | OF_HOST, AT(folded), NULL,
     "with --model core: the cycles of each level, partition, state and symbol as folded stacks, for flame graphs; and "
     "into FILE.walks those that walks exposed"},
    {"quiet", NULL, NULL, KIND_FLAG | OF_HOST, AT(quiet), NULL, "no progress, no closing line"},
    END_OF_ROWS,
};

const struct cli_row cli_firmware_rows[] = {
    {"bios", "FILE", "SKIBOOT", KIND_TEXT | OF_FILE, AT(bios), NULL,
     "firmware: skiboot.lid, or any flat file that is entered at 0x10"},
    {"kernel", "FILE", "SKIBOOT_ZIMAGE", KIND_TEXT | OF_FILE, AT(kernel), NULL,
     "vmlinux or a zImage that skiboot can start"},
    {"initrd", "FILE[,FILE...]", "SKIBOOT_INITRD", KIND_TEXT | OF_FILE, AT(initrd), NULL,
     "initial ramdisk; several are joined, a squashfs becomes /disk.img"},
    {"append", "STRING", "LINUX_CMDLINE", KIND_TEXT, AT(append), NULL,
     "command line of the kernel (default console=hvc0)"},
    {"dtb", "FILE", NULL, KIND_TEXT | OF_FILE, AT(dtb), NULL, "a device tree instead of the board's own"},
    {"dump-dtb", "FILE", NULL, KIND_TEXT | OF_HOST, AT(dump_dtb), NULL, "write the board's device tree to FILE"},
    END_OF_ROWS,
};

const struct cli_row cli_restore_rows[] = {
    {"restore", "FILE", NULL, KIND_TEXT | OF_FILE, AT(restore), NULL,
     "go on with the machine that --checkpoint has saved: it brings its images and its options; --set, --model and the "
     "options of a run are this run's"},
    END_OF_ROWS,
};

static void *field(struct options *options, const struct cli_row *row)
{
    return (char *)options + row->offset;
}

const struct cli_row *cli_find(const struct command *command, const char *name, size_t length)
{
    for (const struct cli_row *const *table = command->tables; *table; table++)
        for (const struct cli_row *row = *table; row->name; row++)
            if (strlen(row->name) == length && !strncmp(row->name, name, length)) return row;
    return NULL;
}

const struct command *cli_verb(const struct command *command, const char *name)
{
    size_t n = strlen(command->name) + 1; /* "trace " */

    for (const struct command *const *verb = command->verbs; *verb; verb++)
        if (!strcmp((*verb)->name + n, name)) return *verb;
    return NULL;
}

/* An option that this subcommand has not: the nearest of those that it has. */
static enum exit_status no_such_option(const struct command *command, const char *typed)
{
    const char *begin = typed + strspn(typed, "-");
    char name[NEAR_LETTERS];
    struct near near;

    snprintf(name, sizeof name, "%.*s", (int)strcspn(begin, "="), begin);
    near = near_to(name);
    for (const struct cli_row *const *table = command->tables; *table; table++)
        for (const struct cli_row *row = *table; row->name; row++) near_offer(&near, row->name);
    p9_error("%s: there is no option %.80s%s%s%s; see `p9sim help %s`", command->name, typed,
             near.best ? " (did you mean --" : "", near.best ? near.best : "", near.best ? "?)" : "", command->name);
    return EXIT_USAGE;
}

static enum exit_status usage_error(const struct command *command, const char *what, const char *which)
{
    p9_error("%s: %s %.80s; see `p9sim help %s`", command->name, what, which, command->name);
    return EXIT_USAGE;
}

/* What it says is built into a machine: images, and some options. */
static bool is_fixed(const struct cli_row *row)
{
    if (row->kind == KIND_CONFIG) return checkpoint_fixes(option_find(row->config));
    return row >= cli_firmware_rows && row < cli_firmware_rows + ARRAY_SIZE(cli_firmware_rows);
}

/* "core@WHEN": the model is core, and the rest says since when. */
static const char *model_of(struct options *options, const char *value)
{
    bool is_later = !strncmp(value, "core@", 5);

    options->core_at = is_later ? value + 5 : NULL;
    options->core_given = !strcmp(value, "core");
    return is_later ? "core" : value;
}

/* "PERIOD[,WINDOW[,WARMUP]]": a row for each. */
static bool set_sample(struct config *config, const char *text, const char *where)
{
    static const char *const rows[] = {"sample_period", "sample_window", "sample_warmup"};
    char value[32];

    for (unsigned k = 0; k < ARRAY_SIZE(rows); k++) {
        size_t length = strcspn(text, ",");

        if (length >= sizeof value) break;
        snprintf(value, sizeof value, "%.*s", (int)length, text);
        if (!config_set(config, rows[k], value, where)) return false;
        text += length;
        if (!*text++) return true;
    }
    return p9_error("%s: write PERIOD[,WINDOW[,WARMUP]], in instructions", where);
}

static enum exit_status store(struct options *options, const struct cli_row *row, const char *value, const char *where)
{
    struct text_list *list = field(options, row);

    if (options->restored && is_fixed(row)) {
        p9_error("%s: a restored machine has its own; leave it out", where);
        return EXIT_BAD_INPUT;
    }
    switch (row->kind & KIND_BITS) {
    case KIND_FLAG: *(bool *)field(options, row) = true; return EXIT_FINE;
    case KIND_TEXT: *(const char **)field(options, row) = value; return EXIT_FINE;
    case KIND_CONFIG:
        options->mem_given |= !strcmp(row->config, "mem");
        if (value && !strcmp(row->config, "model")) value = model_of(options, value);
        if (value && !strcmp(row->config, "sample_period"))
            return set_sample(&options->config, value, where) ? EXIT_FINE : EXIT_BAD_INPUT;
        return config_set(&options->config, row->config, value ? value : "on", where) ? EXIT_FINE : EXIT_BAD_INPUT;
    case KIND_LIST: break;
    }
    if (list->count == LIST_MAX) {
        p9_error("--%s: at most %d of them", row->name, LIST_MAX);
        return EXIT_USAGE;
    }
    list->item[list->count++] = value;
    return EXIT_FINE;
}

static enum exit_status take_environment(const struct command *command, struct options *options)
{
    enum exit_status status = EXIT_FINE;

    if (options->restored) return status; /* they are for machines that are made */
    for (const struct cli_row *const *table = command->tables; *table; table++)
        for (const struct cli_row *row = *table; row->name && status == EXIT_FINE; row++) {
            const char *value = row->environment ? getenv(row->environment) : NULL;
            if (value && *value) status = store(options, row, value, row->environment);
        }
    return status;
}

/* The last value of an option among the arguments, which are not looked at otherwise yet; NULL: it is not there. */
static const char *value_of(const struct command *command, const char *name, int argc, char **argv)
{
    size_t n = strlen(name);
    const char *value = NULL;

    if (!cli_find(command, name, n)) return NULL;
    for (int k = 0; k < argc && strcmp(argv[k], "--") != 0; k++) {
        if (strncmp(argv[k], "--", 2) != 0 || strncmp(argv[k] + 2, name, n) != 0) continue;
        if (argv[k][n + 2] == '=') value = argv[k] + n + 3;
        else if (!argv[k][n + 2] && k + 1 < argc) value = argv[k + 1];
    }
    return value;
}

/* Does such a flag stand among the arguments? */
static bool has_flag(const struct command *command, const char *name, int argc, char **argv)
{
    if (!cli_find(command, name, strlen(name))) return false;
    for (int k = 0; k < argc && strcmp(argv[k], "--") != 0; k++)
        if (!strncmp(argv[k], "--", 2) && !strcmp(argv[k] + 2, name)) return true;
    return false;
}

/* Does this name of the environment decide something: is its value in force, and not what would be anyway? */
static bool is_in_force(const struct cli_row *row, const char *value, struct options *options)
{
    struct config alone;
    const struct option_row *option;

    if (row->kind != KIND_CONFIG) return *(const char **)field(options, row) == value;
    option = option_find(row->config);
    config_default(&alone);
    return config_set(&alone, row->config, value, row->environment) && config_get(&alone, option) != option->fallback &&
           config_get(&alone, option) == config_get(&options->config, option);
}

/* Names that a shell has set long ago are easily forgotten, so what they change is said. */
static void tell_environment(const struct command *command, int argc, char **argv, struct options *options)
{
    if (options->restored) return;
    for (const struct cli_row *const *table = command->tables; *table; table++)
        for (const struct cli_row *row = *table; row->name; row++) {
            const char *value = row->environment ? getenv(row->environment) : NULL;

            if (!value || !*value || value_of(command, row->name, argc, argv) || !is_in_force(row, value, options))
                continue;
            p9_error("%s=%s from the environment: --%s %s", row->environment, value, row->name, value);
        }
}

/* A restored machine brings its options, which those of this run then change. */
static enum exit_status take_checkpoint(const struct command *command, int argc, char **argv, struct options *options)
{
    const char *path = value_of(command, "restore", argc, argv);
    const struct recipe *wanted = &options->replay->wanted;

    for (unsigned k = 0; !path && k < wanted->images; k++) {
        if (strcmp(wanted->image[k].role, "restore") != 0) continue;
        path = options->restore = replay_find(options, k);
        if (!path) return EXIT_BAD_INPUT;
    }
    if (!path) return EXIT_FINE;
    options->restored = checkpoint_open(
        path, value_of(command, "checkpoint", argc, argv) ? NULL : value_of(command, "checkpoint-base", argc, argv));
    if (!options->restored) return EXIT_BAD_INPUT;
    options->config = *checkpoint_config(options->restored);
    return EXIT_FINE;
}

/* --set and --config can name what is built into the machine as well. */
static bool keeps_what_is_fixed(const struct options *options)
{
    char value[CONFIG_VALUE_MAX];

    if (!options->restored) return true;
    EACH_OPTION(row) {
        u64 its_own = config_get(checkpoint_config(options->restored), row);

        if (!checkpoint_fixes(row) || config_get(&options->config, row) == its_own) continue;
        config_format(row, its_own, value);
        return p9_error("%s: a restored machine has its own (%s); leave it out", row->name, value);
    }
    return true;
}

/* Of an earlier run: it is no option, but belongs to the program that it started. */
static bool is_argument(const struct command *command, const char *name)
{
    return command->starts_a_program && !strcmp(name, REPLAY_ARGUMENT);
}

static bool take_words_of_program(struct options *options)
{
    const struct recipe *wanted = &options->replay->wanted;

    for (unsigned k = 0; k < wanted->options; k++) {
        if (!is_argument(options->command, wanted->option[k].name)) continue;
        if (options->words.count == LIST_MAX) return p9_error("%s: too many arguments", options->replay->path);
        options->words.item[options->words.count++] = wanted->option[k].value;
    }
    return true;
}

/* --config comes before all other options wherever it stands, so that these override the file. */
static enum exit_status take_config_file(struct options *options)
{
    const struct replay *r = options->replay;
    char where[300];

    if (r->text && !config_parse(&options->config, r->text, r->size, r->path)) return EXIT_BAD_INPUT;
    for (unsigned k = 0; k < r->wanted.options; k++) {
        const struct recipe_option *o = &r->wanted.option[k];
        const struct cli_row *row = cli_find(options->command, o->name, strlen(o->name));
        enum exit_status status;

        if (is_argument(options->command, o->name)) continue; /* take_files() has the program before it */
        if (!row || row->kind & OF_HOST) {
            p9_error("%s: p9sim %s has no option --%s", r->path, options->command->name, o->name);
            return EXIT_BAD_INPUT;
        }
        snprintf(where, sizeof where, "%.200s: --%.60s", r->path, o->name);
        status = store(options, row, o->value, where);
        if (status != EXIT_FINE) return status;
    }
    return EXIT_FINE;
}

/* A file that the earlier run had, for the option that named it then. */
static bool take_file(struct options *options, const struct cli_row *row, unsigned n)
{
    const struct recipe_image *image = &options->replay->wanted.image[n];
    const char *path = replay_find(options, n), **text;
    struct text_list *list;

    if (!path) return false;
    if ((row->kind & KIND_BITS) == KIND_LIST) {
        list = field(options, row);
        if (list->count == LIST_MAX) return p9_error("--%s: at most %d of them", row->name, LIST_MAX);
        return (list->item[list->count++] = replay_joined(options, path, image->note, "")) != NULL;
    }
    text = field(options, row);
    for (unsigned k = 0; k < n; k++) /* the second of an initial ramdisk joins the first */
        if (!strcmp(options->replay->wanted.image[k].role, image->role))
            return (*text = replay_joined(options, *text, ",", path)) != NULL;
    *text = path;
    return true;
}

/* The files of the run that --config repeats, but for those whose options the command line gives. */
static enum exit_status take_files(const struct command *command, int argc, char **argv, struct options *options)
{
    const struct recipe *wanted = &options->replay->wanted;
    bool has_program = options->words.count;

    for (unsigned k = 0; k < wanted->images; k++) {
        const char *role = wanted->image[k].role;
        const struct cli_row *row = cli_find(command, role, strlen(role));

        if (!strcmp(role, "restore") || (!strcmp(role, "program") && has_program)) continue;
        if (!strcmp(role, "library") && command->starts_a_program) { /* found again by the program that needs it */
            if (!has_program && !replay_find(options, k)) return EXIT_BAD_INPUT;
            continue;
        }
        if (!strcmp(role, "program") && options->words.count < command->words_most) {
            const char *path = replay_find(options, k);
            if (!path) return EXIT_BAD_INPUT;
            options->words.item[options->words.count++] = path;
            if (!take_words_of_program(options)) return EXIT_BAD_INPUT;
        } else if (!row || !(row->kind & OF_FILE)) {
            p9_error("%s: p9sim %s reads no file for \"%s\"", options->replay->path, command->name, role);
            return EXIT_BAD_INPUT;
        } else if (!value_of(command, role, argc, argv) && !take_file(options, row, k)) {
            return EXIT_BAD_INPUT;
        }
    }
    return EXIT_FINE;
}

/* One option at argv[*at]; *at is moved to what it consumed last. */
static enum exit_status take_option(const struct command *command, int argc, char **argv, int *at,
                                    struct options *options)
{
    const char *name = argv[*at] + 2, *equals = strchr(name, '=');
    const struct cli_row *row = cli_find(command, name, equals ? (size_t)(equals - name) : strlen(name));
    char where[64];
    enum exit_status status;

    if (!row) return no_such_option(command, argv[*at]);
    if (!row->argument && equals) return usage_error(command, "this option takes no value:", argv[*at]);
    if (row->argument && !equals && *at + 1 >= argc)
        return usage_error(command, "a value is missing behind", argv[*at]);
    snprintf(where, sizeof where, "--%s", row->name);
    status = store(options, row, !row->argument ? NULL : equals ? equals + 1 : argv[++*at], where);
    if (status == EXIT_FINE && (row->kind & KIND_BITS) == KIND_LIST && row->offset == AT(set) &&
        !config_assign(&options->config, options->set.item[options->set.count - 1], "--set"))
        status = EXIT_BAD_INPUT;
    return status;
}

int cli_own_arguments(const struct command *command, int argc, char **argv)
{
    int k = 0;

    while (command->starts_a_program && k < argc && argv[k][0] == '-' && argv[k][1] && strcmp(argv[k], "--") != 0) {
        const char *name = argv[k] + strspn(argv[k], "-");
        const struct cli_row *row = cli_find(command, name, strlen(name)); /* with "=" it is none */
        k += row && row->argument ? 2 : 1;
    }
    return command->starts_a_program && k < argc ? k : argc;
}

/* What is no option. */
static enum exit_status take_words(const struct command *command, int argc, char **argv, struct options *options)
{
    for (int k = 0; k < argc; k++) {
        if (options->words.count == command->words_most || options->words.count == LIST_MAX)
            return usage_error(command, "too many arguments:", argv[k]);
        options->words.item[options->words.count++] = argv[k];
    }
    return EXIT_FINE;
}

static enum exit_status take_arguments(const struct command *command, int argc, char **argv, struct options *options)
{
    enum exit_status status = EXIT_FINE;
    bool only_words = false;

    for (int k = 0; k < argc && status == EXIT_FINE; k++) {
        if (!only_words && !strcmp(argv[k], "--")) only_words = true;
        else if (!only_words && !strncmp(argv[k], "--", 2)) status = take_option(command, argc, argv, &k, options);
        else if (!only_words && argv[k][0] == '-' && argv[k][1]) return no_such_option(command, argv[k]);
        else status = take_words(command, 1, argv + k, options);
    }
    return status;
}

static enum exit_status parse(const struct command *command, int argc, char **argv, struct options *options)
{
    int all = argc;
    enum exit_status status = EXIT_FINE;

    argc = cli_own_arguments(command, argc, argv);
    if (!replay_open(options, value_of(command, "config", argc, argv))) return EXIT_BAD_INPUT;
    options->accept_changed = has_flag(command, "accept-changed", argc, argv);
    status = take_checkpoint(command, argc, argv, options);
    if (status == EXIT_FINE) status = take_environment(command, options);
    if (status == EXIT_FINE) status = take_config_file(options);
    if (status == EXIT_FINE) status = take_arguments(command, argc, argv, options);
    if (argc < all && !strcmp(argv[argc], "--")) argc++;
    if (status == EXIT_FINE) status = take_words(command, all - argc, argv + argc, options);
    if (status == EXIT_FINE) status = take_files(command, argc, argv, options);
    if (status == EXIT_FINE && options->words.count < command->words_least)
        return usage_error(command, "an argument is missing:", command->arguments);
    if (status == EXIT_FINE && (!keeps_what_is_fixed(options) || !config_check(&options->config)))
        status = EXIT_BAD_INPUT;
    if (status == EXIT_FINE && !options->quiet) tell_environment(command, argc, argv, options);
    return status;
}

enum exit_status cli_parse(const struct command *command, int argc, char **argv, struct options *options)
{
    struct qemu_words *words = &options->from_qemu;

    options->command = command;
    if (qemu_words(words, command, argc, argv)) return parse(command, words->count, words->item, options);
    return words->starved ? EXIT_BAD_INPUT : EXIT_USAGE;
}

void cli_release(struct options *options)
{
    checkpoint_close(options->restored);
    options->restored = NULL;
    replay_close(options);
    qemu_words_free(&options->from_qemu);
}

static void help_verbs(const struct command *command)
{
    putchar('\n');
    for (const struct command *const *verb = command->verbs; *verb; verb++)
        printf("  %s %s\n      %s\n", (*verb)->name, (*verb)->arguments, (*verb)->summary);
    printf("\n`p9sim help %s VERB` tells more.\n", command->name);
}

void cli_help(const struct command *command)
{
    printf("usage: p9sim %s %s\n\n%s\n", command->name, command->arguments, command->summary);
    if (command->details) printf("\n%s", command->details);
    if (command->verbs) {
        help_verbs(command);
        return;
    }
    printf("\noptions:\n");
    for (const struct cli_row *const *table = command->tables; *table; table++)
        for (const struct cli_row *row = *table; row->name; row++) {
            char left[80];
            snprintf(left, sizeof left, "--%s%s%s", row->name, row->argument ? " " : "",
                     row->argument ? row->argument : "");
            printf("  %-26s %s", left, row->text);
            if (row->environment) printf(" [%s]", row->environment);
            putchar('\n');
        }
}

bool cli_number(const char *option, const char *text, u64 *value)
{
    static const char suffixes[] = "KMGT";
    const char *suffix;
    char *end;

    errno = 0;
    *value = strtoull(text, &end, 0);
    suffix = *end && !end[1] ? strchr(suffixes, *end & ~0x20) : NULL;
    if (suffix && *suffix) {
        unsigned shift = 10 * (unsigned)(suffix - suffixes + 1);
        if (*value >> (64 - shift)) errno = ERANGE;
        *value <<= shift;
        end++;
    }
    if (*text < '0' || *text > '9' || *end || errno)
        return p9_error("--%s: \"%.60s\" is not a number of 64 bits (write 4096, 0x1000 or 4K)", option, text);
    return true;
}
