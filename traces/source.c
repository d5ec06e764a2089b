/* SPDX-License-Identifier: Apache-2.0 */
/* Which format it is; see source.h. */
#include "traces/source.h"

#include "traces/source_parts.h"
#include "traces/state_format.h"
#include "traces/stream.h"

/* A qtrace begins with a zero word; of whatever is neither it says what is wrong. */
struct trace_source *trace_open(const char *path, const struct isa *isa, unsigned flags)
{
    struct stream_reader *stream = stream_open(path);
    struct trace_source *source;
    const u8 *bytes;
    size_t have = 0;

    if (!stream) return NULL;
    bytes = stream_peek(stream, STATE_MAGIC_BYTES, &have);
    if (bytes && have >= STATE_MAGIC_BYTES && !memcmp(bytes, STATE_MAGIC, STATE_MAGIC_BYTES))
        source = state_source_open(stream, path, isa);
    else source = bytes ? qtrace_source_open(stream, path, isa, flags) : NULL;
    if (!source) stream_close(stream);
    return source;
}

bool trace_seek(struct trace_source *source, u64 number, u64 *found)
{
    return source->seek && source->seek(source, number, found);
}
