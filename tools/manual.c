/* SPDX-License-Identifier: Apache-2.0 */
/* Manual pages out of the option tables; see manual.h. */
#include "tools/manual.h"

#include <ctype.h>
#include <stdio.h>

#include "machine/when.h"

/* Text as roff wants it: a backslash is one, dashes can be typed, no line begins with a request.  In running text a
 * single dash is a hyphen. */
static void put_text(const char *text, bool runs)
{
    char before = '\n';

    for (; *text; before = *text++) {
        bool is_option = text[1] == '-' || before == '-';

        if (before == '\n' && (*text == '.' || *text == '\'')) fputs("\\&", stdout);
        if (*text == '\\') fputs("\\e", stdout);
        else if (*text == '-' && (!runs || is_option)) fputs("\\-", stdout);
        else putchar(*text);
    }
}

static void put_laid_out(const char *text)
{
    puts(".nf");
    put_text(text, false);
    puts(".fi");
}

/* "Run a bare-metal program." as NAME has it: no capital, no full stop. */
static void put_summary(const char *summary)
{
    char text[256];
    size_t n = (size_t)snprintf(text, sizeof text, "%s", summary);

    if (n && n < sizeof text && text[n - 1] == '.') text[n - 1] = 0;
    if (!isupper((unsigned char)text[1])) text[0] = (char)tolower((unsigned char)text[0]);
    put_text(text, true);
    putchar('\n');
}

/* name: "p9sim" or "p9sim-run". */
static void put_head(const char *name, const char *summary)
{
    char title[40];
    size_t n = 0;

    for (; name[n] && n + 1 < sizeof title; n++) title[n] = (char)toupper((unsigned char)name[n]);
    title[n] = 0;
    printf(".\\\" SPDX-License-Identifier: Apache-2.0\n.TH \"");
    put_text(title, false);
    printf("\" 1 \"%s\" \"p9sim %s\" \"p9sim\"\n.SH NAME\n", P9_VERSION_DATE, P9_VERSION);
    put_text(name, false);
    printf(" \\- ");
    put_summary(summary);
}

static void put_option(const struct cli_row *row)
{
    printf(".TP\n.B \\-\\-");
    put_text(row->name, false);
    if (row->argument) putchar(' ');
    if (row->argument) put_text(row->argument, false);
    putchar('\n');
    put_text(row->text, true);
    if (row->environment) printf(" (default: $%s)", row->environment);
    putchar('\n');
}

static void put_description(const struct command *command)
{
    put_text(command->summary, true);
    if (command->details) printf("\n.PP\n");
    else putchar('\n');
    if (command->details) put_laid_out(command->details);
}

/* Of a command with verbs: each has a part with its options. */
static void put_verb(const struct command *verb)
{
    printf(".SH P9SIM ");
    put_text(verb->name, false);
    putchar(' ');
    put_text(verb->arguments, false);
    putchar('\n');
    put_description(verb);
    EACH_CLI_ROW(row, verb) put_option(row);
}

void manual_page(const struct command *command)
{
    char name[40];
    bool begun = false;

    snprintf(name, sizeof name, "p9sim-%s", command->name);
    put_head(name, command->summary);
    printf(".SH SYNOPSIS\n.B p9sim %s\n", command->name);
    put_text(command->arguments, false);
    printf("\n.SH DESCRIPTION\n");
    put_description(command);
    for (const struct command *const *verb = command->verbs; verb && *verb; verb++) put_verb(*verb);
    EACH_CLI_ROW(row, command)
    {
        if (!begun) puts(".SH OPTIONS");
        begun = true;
        put_option(row);
    }
    puts(".SH SEE ALSO\n.BR p9sim (1)");
}

static void put_statuses(void)
{
    static const char *const status[][2] = {
        {"0", "the guest powered off, or exited with 0"},
        {"1", "bad input, or output that could not be written; one line on stderr says which"},
        {"2", "the command line is wrong"},
        {"3", "the guest died"},
        {"4", "a limit was reached"},
        {"128 + n", "ended by signal n, with the results so far"},
    };

    puts(".SH EXIT STATUS");
    for (unsigned k = 0; k < ARRAY_SIZE(status); k++) printf(".TP\n.B %s\n%s\n", status[k][0], status[k][1]);
}

void manual_overview(const struct command_list *list)
{
    const char *between = "";

    put_head("p9sim", "a cycle-approximate POWER9 simulator");
    printf(
        ".SH SYNOPSIS\n.B p9sim\nSUBCOMMAND [options]\n.br\n.B p9sim help\n[SUBCOMMAND | when]\n.SH "
        "DESCRIPTION\n"
        "p9sim boots unmodified firmware and kernels, guests of them included, and says what their translations and\n"
        "their instructions cost.\n.SH SUBCOMMANDS\n");
    EACH_COMMAND(c, list)
    {
        printf(".TP\n.B %s\n", (*c)->name);
        put_text((*c)->summary, true);
        printf("\nSee\n.BR p9sim\\-%s (1).\n", (*c)->name);
    }
    puts(".SH MOMENTS");
    put_laid_out(when_help);
    put_statuses();
    puts(".SH SEE ALSO");
    EACH_COMMAND(c, list)
    {
        printf("%s.BR p9sim\\-%s (1)", between, (*c)->name);
        between = ",\n";
    }
    puts(",\n.BR pkg-config (1)\nfor programs that embed a machine (library p9sim).");
}
