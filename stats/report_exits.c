/* SPDX-License-Identifier: Apache-2.0 */
/* The exits from a partition to whoever runs it, in stats.txt and stats.json. */
#include "stats/report_parts.h"

void report_json_exits(const struct report *r, struct emit *e)
{
    emit_open(e, "exits", '[');
    for (unsigned k = 0; k < r->exit_count; k++) {
        const struct report_exit *x = &r->exits[k];
        emit_open(e, NULL, '{');
        emit_u64(e, "level", x->level);
        emit_string(e, "reason", x->reason);
        emit_u64(e, "count", x->count);
        emit_u64(e, "handled_by", x->handled_by);
        emit_u64(e, "cycles", x->cycles);
        emit_u64(e, "misses_after", x->misses_after);
        emit_close(e, '}');
    }
    emit_close(e, ']');
}
