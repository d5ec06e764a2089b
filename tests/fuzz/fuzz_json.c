/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a string of a document: the JSON and HTML made of them hold no control character and no stray quote. */
#include <stdlib.h>

#include "base/emit.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    char *text = strndup((const char *)data, size);
    struct emit json = {0}, html = {0};

    if (!text) return 0;
    emit_string(&json, NULL, text);
    for (size_t k = 1; k + 1 < json.size; k++) {
        if ((u8)json.bytes[k] < 0x20 || json.bytes[k] == '"') abort();
        if (json.bytes[k] == '\\') k++;
    }
    emit_escaped(&html, text);
    if (html.bytes && strpbrk(html.bytes, "<>\"'")) abort();
    emit_free(&json);
    emit_free(&html);
    free(text);
    return 0;
}
