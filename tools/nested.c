/* SPDX-License-Identifier: Apache-2.0 */
/* p9sim nested: the prepared experiments.  --embedded needs no images, --depth boots a tower of guests from them. */
#include "tools/nested.h"

#include "base/log.h"
#include "tools/cli.h"
#include "tools/replay.h"

static int run(struct options *options)
{
    if (options->embedded && options->restored) {
        p9_error("nested: --restore goes with --depth; see `p9sim help nested`");
        return EXIT_USAGE;
    }
    if (options->embedded == (options->depth != NULL) ||
        ((options->workload.count || options->backing) && !options->depth)) {
        p9_error("nested: give --depth N [--workload NAME]... [--backing KIND], or --embedded; see "
                 "`p9sim help nested`");
        return EXIT_USAGE;
    }
    if (options->config.model == MODEL_NONE) {
        p9_error("nested: --model none has no translation model to measure; use --model mmu");
        return EXIT_BAD_INPUT;
    }
    if (options->depth && options->config.model == MODEL_CORE && !options->core_at &&
        (!options->restored || options->core_given)) { /* one that is restored goes on as it was saved */
        options->core_at = "regions";
        options->config.walk_twin = 1;
    }
    if (options->embedded && options->config.model == MODEL_CORE) options->config.walk_twin = 1;
    if (!options->out) options->out = "p9out";
    if (!options->console) options->console = "stdio";
    if (!replay_note(options)) return EXIT_BAD_INPUT; /* as it was given: the tower changes --append */
    return options->embedded ? nested_embedded(options) : nested_tower(options);
}

static const struct cli_row rows[] = {
    {"depth", "N", NULL, KIND_TEXT, offsetof(struct options, depth), NULL,
     "boot a tower of guests, N levels (0..8) below the host, on the images of tools/images"},
    {"workload", "NAME", NULL, KIND_LIST, offsetof(struct options, workload), NULL,
     "a measure of nestbench to make at every level, a set of them (memory, large, programs), or none (`p9sim help "
     "workload`); without it a short list"},
    {"backing", "KIND", NULL, KIND_TEXT, offsetof(struct options, backing), NULL,
     "the pages with which each level backs its guest: base (64K), thp (2M where the kernel finds them; the default), "
     "hugetlbfs (2M set aside)"},
    {"embedded", NULL, NULL, KIND_FLAG, offsetof(struct options, embedded), NULL,
     "the built-in experiment: host, guest and nested guest, every mix of page sizes; needs no images"},
    {"uncertainty", NULL, NULL, KIND_FLAG, offsetof(struct options, uncertainty), NULL,
     "over what each assumed parameter could be: --embedded runs again (two minutes, with --model core longer) and "
     "gives "
     "costs as ranges and what decides them; a tower has what-ifs (half as long again) and its ratios to level 0 a "
     "wider range, with --model core ranges of all its cycles (several times as long)"},
    {.name = NULL},
};
static const struct cli_row *const tables[] = {
    rows, cli_firmware_rows, cli_restore_rows, cli_machine_rows, cli_run_rows, NULL};

const struct command command_nested = {
    .name = "nested",
    .arguments = "--depth N [--workload NAME]... [--backing KIND] | --embedded [options]",
    .summary = "Measure what guests of guests, and nested translation, cost.",
    .details =
        "--depth prints what each level cost and what each measure costs there, and writes the tables and the\n"
        "report into --out (default p9out): nested.txt, nested.csv, nested.json. Memory, if --mem does not say,\n"
        "follows from the depth; a run ends with 3 if a level died, and says which one.\n"
        "A tower that --checkpoint has saved goes on with --restore and the same --depth: the levels that were up\n"
        "then are up, and what is measured is what it was started with.\n"
        "With --model core the measures are timed and the boots between them run as with the model mmu\n"
        "(--model core@0 times all).\n"
        "The default workload is quick (depth 2: half a minute). `--workload large --mem 8G` is chase, update and\n"
        "stream over 512 MiB to 8 GiB, in base and huge pages, warm and right after an invalidation (five minutes);\n"
        "a level leaves out what is more than three quarters of its memory. `--workload programs`: B-tree, graph\n"
        "search, sort. --backing says what pages are behind the guests, --uncertainty how far ratios could be off.\n"
        "--embedded prints its tables and writes every cell (embedded.csv); --uncertainty adds\n"
        "embedded-uncertainty.txt, .csv and .json; a parameter that you set stays as you set it.\n",
    .tables = tables,
    .run = run,
};
