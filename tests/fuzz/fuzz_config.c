/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as a configuration file: whatever it says, every option stays within its range. */
#include <stdlib.h>

#include "machine/config.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    struct config config;

    config_default(&config);
    if (!config_parse(&config, (const char *)data, size, "fuzz")) return 0;
    EACH_OPTION(row) {
        u64 value = config_get(&config, row);
        char text[CONFIG_VALUE_MAX];
        if (!row->words && (value < row->least || value > row->greatest)) abort();
        config_format(row, value, text);
        if (!config_set(&config, row->name, text, "fuzz") || config_get(&config, row) != value) abort();
    }
    return 0;
}
