/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A log of the pipeline between two moments of a run (core/timing/konata.h).  The moments are stops of the machine's
 * own: where it stands still, whatever was executed before is handed over first, so the log begins and ends exactly
 * there.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "core/timing/konata.h"
#include "machine/machine_internal.h"

struct pipeline_log {
    struct konata konata;
    const char *path;
    int fd;
    unsigned from, to; /* numbers of stops */
    bool on, over;
};

bool machine_plan_pipeline_log(struct machine *m, const char *path, const struct when *from, const struct when *to)
{
    struct pipeline_log *log;

    if (!m->core.timing) return p9_error("--konata %s: only --model core has a pipeline", path);
    log = calloc(1, sizeof *log);
    if (!log) return p9_error("--konata: the host has no memory");
    m->pipeline_log = log;
    konata_open(&log->konata);
    log->path = path;
    log->fd = -1;
    if (!machine_stop_inside(m, from, &log->from) || !machine_stop_inside(m, to, &log->to)) return false;
    log->fd = file_create(path);
    return log->fd >= 0;
}

void machine_look_at_pipeline_log(struct machine *m)
{
    struct pipeline_log *log = m->pipeline_log;

    if (likely(!log || log->over)) return;
    if (!log->on && machine_reached(m, log->from)) {
        machine_hand_over_records(m);
        machine_watch_steps(m, &log->konata.watcher);
        log->on = true;
    }
    if (!log->on || !machine_reached(m, log->to)) return;
    machine_hand_over_records(m);
    machine_watch_steps(m, NULL);
    log->over = true;
}

bool machine_pipeline_log_written(struct machine *m)
{
    struct pipeline_log *log = m->pipeline_log;
    struct emit e = {0};
    bool ok;

    if (!log) return true;
    konata_write(&log->konata, m->isa, &e);
    if (e.failed) ok = p9_error("%s: the host had no memory for it", log->path);
    else ok = file_put(log->fd, log->path, e.bytes, e.size);
    if (!e.failed) log->fd = -1; /* file_put() has closed it */
    if (!log->on)
        log_say(m->log, LOG_ERROR, "%s: the moment at which it was to begin never came; it is empty", log->path);
    if (log->konata.left_out)
        log_say(m->log, LOG_ERROR, "%s: holds the first %u instructions; %llu more are left out", log->path,
                log->konata.count, (unsigned long long)log->konata.left_out);
    emit_free(&e);
    return ok;
}

void machine_close_pipeline_log(struct machine *m)
{
    struct pipeline_log *log = m->pipeline_log;

    if (!log) return;
    konata_close(&log->konata);
    if (log->fd >= 0) close(log->fd);
    free(log);
    m->pipeline_log = NULL;
}
