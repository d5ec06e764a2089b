/* SPDX-License-Identifier: Apache-2.0 */
/* Any file as what a run has left: lines of a stats.txt, or a stats.json whose figures are such lines. */
#include <stdlib.h>
#include <string.h>

#include "stats/figures.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    struct figures figures;
    struct emit lines = {0};
    char *bytes = malloc(size + 1);

    if (!bytes) return 0;
    memcpy(bytes, data, size);
    bytes[size] = 0;
    if (figures_of_json(bytes, size, "input", &lines) && lines.bytes) {
        (void)!figures_parse(&figures, lines.bytes, lines.size, "input");
        figures_free(&figures);
    } else {
        emit_free(&lines);
    }
    if (figures_parse(&figures, bytes, size, "input"))
        for (size_t k = 0; k < figures.count; k++)
            if (!figures_find(&figures, figures.item[k].name)) abort();
    figures_free(&figures);
    return 0;
}
