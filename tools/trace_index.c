/* SPDX-License-Identifier: Apache-2.0 */
/* p9sim trace index: where instructions are in a trace, for whoever wants to begin at one of them. */
#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "tools/trace.h"
#include "traces/index.h"

static int run(struct options *options)
{
    const char *path = options->words.item[0];
    struct isa *isa = isa_new();
    u64 places = 0;
    bool ok = isa && index_make(path, isa, options->as_qtlib ? TRACE_AS_QTLIB : 0, INDEX_EVERY, &places);

    if (isa) isa_free(isa);
    if (!ok) return EXIT_BAD_INPUT;
    if (places) printf("%s.p9idx: %" PRIu64 " places\n", path, places);
    else printf("%s: needs no index: it is short, or a packed state trace\n", path);
    return EXIT_FINE;
}

static const struct cli_row *const tables[] = {trace_file_rows, NULL};

const struct command command_trace_index = {
    .name = "trace index",
    .arguments = "FILE",
    .summary = "Write FILE.p9idx, by which a qtrace or a file that is not packed by p9sim is entered in its middle.",
    .details = "It is used wherever a trace is read from an instruction on, and holds for the file as it is now.\n",
    .tables = tables,
    .words_least = 1,
    .words_most = 1,
    .run = run,
};
