/* SPDX-License-Identifier: Apache-2.0 */
/* The program p9sim: finds the subcommand and lets it work.  What they do is in the file of their name. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/commit.h"
#include "base/emit.h"
#include "base/log.h"
#include "base/near.h"
#include "experiment/workload.h"
#include "machine/when.h"
#include "tools/cli.h"
#include "tools/manual.h"
#include "tools/terminal.h"

static const struct command *const commands[] = {
    &command_run,    /* run.c */
    &command_bare,   /* bare.c */
    &command_dis,    /* dis.c */
    &command_nested, /* nested.c */
    &command_exec,   /* exec.c */
    &command_walk,   /* walk.c */
    &command_trace,  /* trace.c */
    &command_report, /* report.c */
    &command_status, /* status.c */
    &command_config, /* config.c */

    &command_compare, /* compare.c */
    &command_suite,   /* suite.c */
};

static const struct command *find(const char *name)
{
    for (unsigned k = 0; k < ARRAY_SIZE(commands); k++)
        if (!strcmp(commands[k]->name, name)) return commands[k];
    return NULL;
}

static int no_subcommand(const char *who, const char *typed)
{
    struct near near = near_to(typed);

    for (unsigned k = 0; k < ARRAY_SIZE(commands); k++) near_offer(&near, commands[k]->name);
    p9_error("%sthere is no subcommand %.40s%s; see `p9sim help`", who, typed, near_words(&near));
    return EXIT_USAGE;
}

static void print_commands(void)
{
    printf("usage: p9sim SUBCOMMAND [options]\n\nA cycle-approximate POWER9 simulator.\n\n");
    for (unsigned k = 0; k < ARRAY_SIZE(commands); k++) printf("  %-8s %s\n", commands[k]->name, commands[k]->summary);
    printf("\n`p9sim help SUBCOMMAND` tells more, `p9sim help when` what a WHEN is, `p9sim help workload` "
           "what guests can be made to do; `p9sim --version` prints the version.\n");
}

static int help_workload(void)
{
    struct emit e = {0};

    workload_help(&e);
    if (e.bytes) fputs(e.bytes, stdout);
    emit_free(&e);
    return EXIT_FINE;
}

/* help --man [SUBCOMMAND], --bash, --zsh, --fish: for the build, which makes pages and scripts of it (manual.h). */
static bool print_for_installation(const char *form, const struct command *command)
{
    const struct command_list all = {commands, ARRAY_SIZE(commands)};

    if (!strcmp(form, "--man") && command) manual_page(command);
    else if (!strcmp(form, "--man")) manual_overview(&all);
    else if (!strcmp(form, "--bash")) complete_bash(&all);
    else if (!strcmp(form, "--zsh")) complete_zsh(&all);
    else if (!strcmp(form, "--fish")) complete_fish(&all);
    else return false;
    return true;
}

/* `p9sim trace` and what is behind it: the command of the verb, or, after an error line, NULL. */
static const struct command *find_verb(const struct command *command, const char *typed)
{
    const struct command *verb = typed ? cli_verb(command, typed) : NULL;
    struct near near;

    if (verb) return verb;
    if (!typed) {
        p9_error("%s: what is to be done? see `p9sim help %s`", command->name, command->name);
        return NULL;
    }
    near = near_to(typed);
    for (const struct command *const *v = command->verbs; *v; v++)
        near_offer(&near, (*v)->name + strlen(command->name) + 1);
    p9_error("%s: there is no %.40s%s; see `p9sim help %s`", command->name, typed, near_words(&near), command->name);
    return NULL;
}

static int help(int argc, char **argv)
{
    const struct command *command = argc > 0 ? find(argv[0]) : NULL;

    if (argc > 0 && print_for_installation(argv[0], argc > 1 ? find(argv[1]) : NULL)) return EXIT_FINE;
    if (argc > 0 && !strcmp(argv[0], "when")) {
        fputs(when_help, stdout);
        return EXIT_FINE;
    }
    if (argc > 0 && !strcmp(argv[0], "workload")) return help_workload();
    if (argc > 0 && !command) return no_subcommand("help: ", argv[0]);
    if (command && command->verbs && argc > 1) {
        command = find_verb(command, argv[1]);
        if (!command) return EXIT_USAGE;
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

/* What was printed is out, or the person is told: the one place where every subcommand's output is looked after. */
static int finish(int status)
{
    bool lost = ferror(stdout); /* an earlier part */

    errno = 0;
    lost |= fclose(stdout) != 0;
    if (terminal_interrupted) return EXIT_SIGNAL + terminal_interrupted;
    if (!lost || status == EXIT_BAD_INPUT || status == EXIT_USAGE) return status;
    p9_error("standard output: cannot be written%s%s", errno ? ": " : "", errno ? strerror(errno) : "");
    return EXIT_BAD_INPUT;
}

static int run_command(int argc, char **argv)
{
    const struct command *command = find(argv[1]);
    struct options options = {.arguments = (const char *const *)argv, .argument_count = (unsigned)argc};
    enum exit_status status;
    int behind = 2; /* the subcommand's name */

    if (!command) return no_subcommand("", argv[1]);
    if (command->verbs && (argc < 3 || argv[2][0] != '-')) {
        command = find_verb(command, argv[2]);
        if (!command) return EXIT_USAGE;
        behind++;
    }
    if (asks_for_help(cli_own_arguments(command, argc - behind, argv + behind), argv + behind)) {
        cli_help(command);
        return EXIT_FINE;
    }
    if (command->verbs) return find_verb(command, argv[2]) ? EXIT_FINE : EXIT_USAGE;
    config_default(&options.config);
    status = cli_parse(command, argc - behind, argv + behind, &options);
    if (status == EXIT_FINE) status = (enum exit_status)command->run(&options);
    cli_release(&options);
    return status;
}

static int run(int argc, char **argv)
{
    if (argc < 2) {
        p9_error("which subcommand? see `p9sim help`");
        return EXIT_USAGE;
    }
    if (!strcmp(argv[1], "help") || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
        return help(argc - 2, argv + 2);
    if (strcmp(argv[1], "--version") != 0) return run_command(argc, argv);
    printf("p9sim %s (%s)\n", P9_VERSION, p9_commit);
    return EXIT_FINE;
}

int main(int argc, char **argv)
{
    terminal_hold_descriptors();
    return finish(run(argc, argv));
}
