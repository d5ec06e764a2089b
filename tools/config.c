/* SPDX-License-Identifier: Apache-2.0 */
/* p9sim config: every option, its value, and where the value comes from. */
#include <stdio.h>

#include "stats/counters.h"
#include "tools/cli.h"

static void print_events(void)
{
    EACH_COUNTER(row) {
        if (row->code) printf("0x%05x  %-24s %-22s %s\n", row->code, row->event, row->name, row->text);
        else printf("-        %-24s %-22s %s\n", row->event, row->name, row->text);
    }
}

static void explain_option(const struct option_row *row, const char *provenance, const char *range, const char *value)
{
    const struct plausible *plausible = plausible_find(row->name);

    printf("# %s\n# %s; %s: %s\n", row->text, range, provenance, row->source);
    if (plausible) printf("# could be %s: %s\n", plausible->values, plausible->why);
    printf("%s = %s\n\n", row->name, value);
}

static void print_options(const struct config *config, bool explain)
{
    EACH_OPTION(row) {
        char value[CONFIG_VALUE_MAX], range[128];
        config_format(row, config_get(config, row), value);
        option_range(row, range, sizeof range);
        if (explain) explain_option(row, config_provenance(config, row), range, value);
        else printf("%-20s = %-12s # %-9s %s\n", row->name, value, config_provenance(config, row), row->text);
    }
}

static int run(struct options *options)
{
    if (options->events) print_events();
    else print_options(&options->config, options->explain);
    return EXIT_FINE;
}

#define AT(field) offsetof(struct options, field)
static const struct cli_row rows[] = {
    {"explain", NULL, NULL, KIND_FLAG, AT(explain), NULL, "with range, source and provenance"},
    {"events", NULL, NULL, KIND_FLAG, AT(events), NULL, "every counter: PMU code, event name, counter, meaning"},
    {.name = NULL},
};
static const struct cli_row *const tables[] = {rows, cli_machine_rows, NULL};

const struct command command_config = {
    .name = "config",
    .arguments = "[--explain | --events] [options]",
    .summary = "Print every option in force; the output can be given to --config.",
    .tables = tables,
    .run = run,
};
