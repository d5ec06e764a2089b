/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The option tables in the forms that an installed program has beside its help: manual pages (manual.c) and completion
 * scripts for shells (complete.c).  The build writes them with `p9sim help --man` and so on (tools/lib/pages.sh), so
 * they say what the parser does.
 */
#ifndef P9_TOOLS_MANUAL_H
#define P9_TOOLS_MANUAL_H

#include "tools/cli.h"

struct command_list {
    const struct command *const *command;
    unsigned count;
};
#define EACH_COMMAND(c, list)                                                                                          \
    for (const struct command *const *c = (list)->command; c < (list)->command + (list)->count; c++)
/* Of a command with verbs, none. */
#define EACH_CLI_ROW(row, c)                                                                                           \
    for (const struct cli_row *const *table_ = (c)->tables; *table_; table_++)                                         \
        for (const struct cli_row *row = *table_; row->name; row++)

/* To stdout, in the language of man(7): p9sim(1), and the page of one subcommand. */
void manual_overview(const struct command_list *list);
void manual_page(const struct command *command);

/* To stdout: a script that completes subcommands, options, and values that are words of a list or names of files. */
void complete_bash(const struct command_list *list);
void complete_zsh(const struct command_list *list);
void complete_fish(const struct command_list *list);

#endif
