/* SPDX-License-Identifier: Apache-2.0 */
/* The log of the pipeline for Konata (core/timing/konata.h), of instructions that the model of the core has placed. */
#include <stdlib.h>

#include "base/log.h"
#include "core/timing/konata.h"
#include "traces/export.h"

struct pipeline {
    struct exporter exporter;
    struct output *to;
    const struct isa *isa;
    struct konata konata;
};

static void take(struct exporter *e, const struct export_insn *i)
{
    struct pipeline *p = (struct pipeline *)e;

    p->konata.watcher.step(p->konata.watcher.self, i->step);
}

static bool finish(struct exporter *e)
{
    struct pipeline *p = (struct pipeline *)e;
    struct emit text = {0};
    bool ok;

    konata_write(&p->konata, p->isa, &text);
    ok = !text.failed || p9_error("the host has no memory for the log of the pipeline");
    if (ok) output_bytes(p->to, text.bytes, text.size);
    if (ok && p->konata.left_out)
        p9_error("the log holds the first %u instructions; %llu more are left out (--from and --count choose them)",
                 p->konata.count, (unsigned long long)p->konata.left_out);
    emit_free(&text);
    konata_close(&p->konata);
    free(p);
    return ok;
}

struct exporter *export_pipeline(struct output *to, const struct isa *isa)
{
    struct pipeline *p = calloc(1, sizeof *p);

    if (!p) {
        p9_error("the host has no memory for the log of the pipeline");
        return NULL;
    }
    p->exporter = (struct exporter){.take = take, .finish = finish, .timed = true};
    p->to = to;
    p->isa = isa;
    konata_open(&p->konata);
    return &p->exporter;
}
