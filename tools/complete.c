/* SPDX-License-Identifier: Apache-2.0 */
/* Completion scripts out of the option tables; see manual.h. */
#include <stdio.h>

#include "tools/manual.h"

/* What can be completed of an option's value. */
enum value_kind { VALUE_NONE, VALUE_ANY, VALUE_FILE, VALUE_DIRECTORY, VALUE_WORDS, VALUE_OPTION };

static enum value_kind kind_of(const struct cli_row *row)
{
    if (!row->argument) return VALUE_NONE;
    if (row->offset == offsetof(struct options, set) && (row->kind & KIND_BITS) == KIND_LIST) return VALUE_OPTION;
    if (strchr(row->argument, '|') && !strpbrk(row->argument, "[=")) return VALUE_WORDS;
    if (!strncmp(row->argument, "FILE", 4)) return VALUE_FILE;
    return !strcmp(row->argument, "DIR") ? VALUE_DIRECTORY : VALUE_ANY;
}

/* Text inside of single quotes of a shell; those of `unsafe` get a backslash too.  A quote of the text itself becomes
 * the typographic one, which every shell takes as it is. */
static void put_quoted(const char *text, const char *unsafe)
{
    for (; *text; text++) {
        if (*text == '\'') {
            fputs("\xe2\x80\x99", stdout);
            continue;
        }
        if (strchr(unsafe, *text)) putchar('\\');
        putchar(*text);
    }
}

/* "a|b" as "a b". */
static void put_words(const char *words)
{
    for (; *words; words++) putchar(*words == '|' ? ' ' : *words);
}

static void put_names(const struct command_list *list, const char *between)
{
    EACH_COMMAND(c, list) printf("%s%s", (*c)->name, between);
}

/* ---- bash ---- */

static void bash_values(const struct command *command)
{
    EACH_CLI_ROW(row, command)
    {
        enum value_kind kind = kind_of(row);

        if (kind == VALUE_NONE) continue;
        printf("            --%s) ", row->name);
        if (kind == VALUE_FILE) printf("files=yes");
        else if (kind == VALUE_DIRECTORY) printf("folders=yes");
        else if (kind == VALUE_OPTION) printf("words=$_p9sim_options");
        else if (kind == VALUE_WORDS) {
            printf("words='");
            put_words(row->argument);
            putchar('\'');
        } else {
            putchar(':');
        }
        puts(" ;;");
    }
}

/* The verbs of a command, behind its name; they share its completion of options. */
static void put_verbs(const struct command *command, const char *between)
{
    for (const struct command *const *verb = command->verbs; verb && *verb; verb++)
        printf("%s%s", (*verb)->name + strlen(command->name) + 1, between);
}

static void bash_verb(const struct command *command, const struct command *verb)
{
    const char *name = verb->name + strlen(command->name) + 1;

    printf("        *:%s) case $previous in\n", name);
    bash_values(verb);
    printf("            *) files=yes words='");
    EACH_CLI_ROW(row, verb) printf("--%s ", row->name);
    printf("--help' ;;\n            esac ;;\n");
}

static void bash_verbs(const struct command *command)
{
    printf("    %s)\n        case $COMP_CWORD:${COMP_WORDS[2]} in\n        2:*) words='", command->name);
    put_verbs(command, " ");
    printf("--help' ;;\n");
    for (const struct command *const *verb = command->verbs; *verb; verb++) bash_verb(command, *verb);
    printf("        esac ;;\n");
}

static void bash_command(const struct command *command)
{
    if (command->verbs) {
        bash_verbs(command);
        return;
    }

    printf("    %s)\n        case $previous in\n", command->name);
    bash_values(command);
    printf("            *) files=yes words='");
    EACH_CLI_ROW(row, command) printf("--%s ", row->name);
    printf("--help' ;;\n        esac ;;\n");
}

void complete_bash(const struct command_list *list)
{
    printf("# SPDX-License-Identifier: Apache-2.0\n# bash completion of p9sim\n\n_p9sim_options='");
    EACH_OPTION(row) printf("%s= ", row->name);
    printf("'\n\n_p9sim() {\n"
           "    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} words= files= folders=\n"
           "    COMPREPLY=()\n    case $COMP_CWORD:${COMP_WORDS[1]} in\n    1:*) words='");
    put_names(list, " ");
    printf("help --help --version' ;;\n    2:help) words='");
    put_names(list, " ");
    printf("when workload' ;;\n    esac\n    [ \"$COMP_CWORD\" -eq 1 ] || case ${COMP_WORDS[1]} in\n");
    EACH_COMMAND(c, list) bash_command(*c);
    printf("    esac\n    case $word in -*) files= ;; esac\n"
           "    mapfile -t COMPREPLY < <(\n"
           "        compgen -W \"$words\" -- \"$word\"\n"
           "        [ -z \"$files\" ] || compgen -f -- \"$word\"\n"
           "        [ -z \"$folders\" ] || compgen -d -- \"$word\"\n    )\n"
           "    [ -z \"$files$folders\" ] || compopt -o filenames 2>/dev/null\n"
           "    case ${COMPREPLY[0]-} in *=) compopt -o nospace 2>/dev/null ;; esac\n"
           "    return 0\n}\ncomplete -F _p9sim p9sim\n");
}

/* ---- zsh ---- */

static void zsh_option(const struct cli_row *row)
{
    enum value_kind kind = kind_of(row);

    printf("        '%s--%s[", (row->kind & KIND_BITS) == KIND_LIST ? "*" : "", row->name);
    put_quoted(row->text, "[]:\\");
    putchar(']');
    if (row->argument) {
        putchar(':');
        put_quoted(row->argument, "[]:\\");
        putchar(':');
    }
    if (kind == VALUE_FILE) printf("_files");
    else if (kind == VALUE_DIRECTORY) printf("_files -/");
    else if (kind == VALUE_WORDS) {
        putchar('(');
        put_words(row->argument);
        putchar(')');
    } else if (kind == VALUE_OPTION) {
        printf("{compadd -S \"\" -- $settings}"); /* their names are put in by the shell, when it knows them */
    }
    puts("'");
}

static void zsh_rows(const char *indent, const char *name, const struct command *command)
{
    printf("%s%s) rows=(\n", indent, name);
    EACH_CLI_ROW(row, command) zsh_option(row);
    printf("        '--help[tell what it does]'\n        '*:file:_files' ) ;;\n");
}

static void zsh_command(const struct command *command)
{
    if (!command->verbs) {
        zsh_rows("    ", command->name, command);
        return;
    }
    printf("    %s)\n        if (( CURRENT == 3 )); then\n            compadd ", command->name);
    put_verbs(command, " ");
    printf("\n            return\n        fi\n        case $words[3] in\n");
    for (const struct command *const *verb = command->verbs; *verb; verb++)
        zsh_rows("        ", (*verb)->name + strlen(command->name) + 1, *verb);
    printf("        esac\n        shift words\n        (( CURRENT-- )) ;;\n");
}

void complete_zsh(const struct command_list *list)
{
    printf("#compdef p9sim\n# SPDX-License-Identifier: Apache-2.0\n\nlocal settings='");
    EACH_OPTION(row) printf("%s= ", row->name);
    printf("'\nlocal -a rows names\nnames=(\n");
    EACH_COMMAND(c, list)
    {
        printf("    '%s:", (*c)->name);
        put_quoted((*c)->summary, ":\\");
        puts("'");
    }
    printf("    'help:tell what a subcommand does' )\n"
           "if (( CURRENT == 2 )); then\n    _describe subcommand names\n    return\nfi\ncase $words[2] in\n    help) "
           "rows=("
           " '1:subcommand:(");
    put_names(list, " ");
    puts("when workload)' ) ;;");
    EACH_COMMAND(c, list) zsh_command(*c);
    printf("esac\nshift words\n(( CURRENT-- ))\n_arguments \"${rows[@]//\\$settings/$settings}\"\n");
}

/* ---- fish ---- */

/* Which words are there: __p9sim_is run; __p9sim_is trace show; __p9sim_wants trace: its verb comes next. */
static const char fish_functions[] = "function __p9sim_is\n"
                                     "    set -l words (commandline -opc)\n"
                                     "    set -e words[1]\n"
                                     "    while set -q argv[1]\n"
                                     "        test \"$words[1]\" = $argv[1]; or return 1\n"
                                     "        set -e words[1]\n"
                                     "        set -e argv[1]\n"
                                     "    end\n"
                                     "end\n"
                                     "function __p9sim_wants\n"
                                     "    test (count (commandline -opc)) = 2; and __p9sim_is $argv\n"
                                     "end\n";

static void fish_option(const char *command, const struct cli_row *row)
{
    enum value_kind kind = kind_of(row);

    printf("complete -c p9sim -n '__p9sim_is %s' -l %s", command, row->name);
    if (kind == VALUE_FILE) printf(" -r -F");
    else if (kind == VALUE_DIRECTORY) printf(" -x -a '(__fish_complete_directories)'");
    else if (kind == VALUE_WORDS) {
        printf(" -x -a '");
        put_words(row->argument);
        putchar('\'');
    } else if (kind == VALUE_OPTION) {
        printf(" -x -a \"$__p9sim_options\"");
    } else if (kind == VALUE_ANY) {
        printf(" -x");
    }
    printf(" -d '");
    put_quoted(row->text, "\\");
    puts("'");
}

/* The name of a verb has that of its command before it: what __p9sim_is wants. */
static void fish_verbs(const struct command *command)
{
    printf("complete -c p9sim -n '__p9sim_wants %s' -f -a '", command->name);
    put_verbs(command, " ");
    puts("'");
    for (const struct command *const *verb = command->verbs; *verb; verb++)
        EACH_CLI_ROW(row, *verb) fish_option((*verb)->name, row);
}

void complete_fish(const struct command_list *list)
{
    printf("# SPDX-License-Identifier: Apache-2.0\n# fish completion of p9sim\nset -g __p9sim_options '");
    EACH_OPTION(row) printf("%s= ", row->name);
    printf("'\n%s", fish_functions);
    EACH_COMMAND(c, list)
    {
        printf("complete -c p9sim -n __fish_use_subcommand -f -a %s -d '", (*c)->name);
        put_quoted((*c)->summary, "\\");
        puts("'");
    }
    printf("complete -c p9sim -n __fish_use_subcommand -f -a help -d 'Tell what a subcommand does.'\n"
           "complete -c p9sim -l help -d 'tell what it does'\n"
           "complete -c p9sim -n '__p9sim_wants help' -f -a '");
    put_names(list, " ");
    puts("when workload'");
    EACH_COMMAND(c, list)
    {
        EACH_CLI_ROW(row, *c) fish_option((*c)->name, row);
        if ((*c)->verbs) fish_verbs(*c);
    }
}
