/* SPDX-License-Identifier: Apache-2.0 */
/* The program p9sim: finds the subcommand and lets it work.  What they do is in the file of their name. */
#include <stdio.h>

#include "base/log.h"
#include "tools/cli.h"

static const struct command *const commands[] = {
    &command_run,    /* run.c */
    &command_bare,   /* bare.c */
    &command_dis,    /* dis.c */
    &command_nested, /* nested.c */
    &command_walk,   /* walk.c */
    &command_report, /* report.c */
    &command_config, /* config.c */
};

static const struct command *find(const char *name)
{
    for (unsigned k = 0; k < ARRAY_SIZE(commands); k++)
        if (!strcmp(commands[k]->name, name)) return commands[k];
    return NULL;
}

static void print_commands(void)
{
    printf("usage: p9sim SUBCOMMAND [options]\n\nA cycle-approximate POWER9 simulator.\n\n");
    for (unsigned k = 0; k < ARRAY_SIZE(commands); k++) printf("  %-8s %s\n", commands[k]->name, commands[k]->summary);
    printf("\n`p9sim help SUBCOMMAND` tells more; `p9sim --version` prints the version.\n");
}

static int help(int argc, char **argv)
{
    const struct command *command = argc > 0 ? find(argv[0]) : NULL;

    if (argc > 0 && !command) {
        p9_error("help: there is no subcommand %.40s; see `p9sim help`", argv[0]);
        return EXIT_USAGE;
    }
    if (command) cli_help(command);
    else print_commands();
    return EXIT_FINE;
}

/* Is --help among the options, in front of a "--"? */
static bool asks_for_help(int argc, char **argv)
{
    for (int k = 0; k < argc && strcmp(argv[k], "--") != 0; k++)
        if (!strcmp(argv[k], "--help") || !strcmp(argv[k], "-h")) return true;
    return false;
}

int main(int argc, char **argv)
{
    const struct command *command;
    struct options options = {0};
    enum exit_status status;

    if (argc < 2) {
        p9_error("which subcommand? see `p9sim help`");
        return EXIT_USAGE;
    }
    if (!strcmp(argv[1], "help") || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
        return help(argc - 2, argv + 2);
    if (!strcmp(argv[1], "--version")) {
        printf("p9sim %s\n", P9_VERSION);
        return EXIT_FINE;
    }
    command = find(argv[1]);
    if (!command) {
        p9_error("there is no subcommand %.40s; see `p9sim help`", argv[1]);
        return EXIT_USAGE;
    }
    if (asks_for_help(argc - 2, argv + 2)) {
        cli_help(command);
        return EXIT_FINE;
    }
    config_default(&options.config);
    status = cli_parse(command, argc - 2, argv + 2, &options);
    if (status != EXIT_FINE) return status;
    status = (enum exit_status)command->run(&options);
    if (fflush(stdout) && status == EXIT_FINE) {
        p9_error("the output cannot be written");
        status = EXIT_BAD_INPUT;
    }
    return status;
}
