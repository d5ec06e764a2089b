/* SPDX-License-Identifier: Apache-2.0 */
/* Any expectation and any output: the first line is the expectation, the rest is printed by the guest and typed. */
#include <stdlib.h>

#include "machine/console.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    const u8 *newline = memchr(data, '\n', size);
    size_t n = newline ? (size_t)(newline - data) : size;
    char *spec = strndup((const char *)data, n);
    const char *expect[2] = {spec, spec};
    struct console *c;

    if (!spec) return 0;
    c = console_new(&(struct console_config){
        .terminal_fd = -1, .expect = expect, .expect_count = 2, .input = data, .input_size = size});
    for (size_t k = n; c && k < size; k++) {
        console_put(c, data[k]);
        if (k & 1) console_get(c);
    }
    while (c && console_take_mark(c)) continue;
    console_free(c);
    free(spec);
    return 0;
}
