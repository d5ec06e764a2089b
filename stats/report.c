/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of a run, and what their writers share; see report.h. Each document has a file of its own: report_text.c,
 * report_json.c, report_timeline.c, html.c; config.txt is short enough to be here.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "stats/recipe.h"
#include "stats/report_parts.h"
#include "stats/results.h"

const char *counter_unit_name(enum counter_unit unit)
{
    static const char *const names[] = {"events", "cycles", "instructions"};

    return names[unit];
}

void report_panic_tell(const struct report_panic *p, char *out, size_t size)
{
    snprintf(out, size, "level %u%s panicked: %s", p->level, p->is_told ? "" : " or deeper", p->words);
}

double report_seconds(const struct report *r, u64 cycles)
{
    return (double)cycles / ((double)r->core_mhz * 1e6);
}

void report_config(const struct report *r, struct emit *e)
{
    emit_text(e,
              "# Of p9sim %s, %s. Given to --config it repeats the run: the files are looked for where they\n"
              "# were (stats.json beside this file) and in the images directory, by their SHA-256.\n",
              r->version, r->commit);
    if (r->recipe) recipe_lines(r->recipe, "", e);
    if (r->recipe && r->recipe->origin) {
        emit_text(e, "# The checkpoint is of:\n");
        recipe_lines(r->recipe->origin, "#   ", e);
    }
    for (unsigned k = 0; k < r->option_count; k++) {
        const struct report_option *o = &r->options[k];
        emit_text(e, "\n# %s%s%s%s\n# %s: %s\n%s = %s\n", o->text, *o->unit ? " (" : "", o->unit, *o->unit ? ")" : "",
                  o->provenance, o->source, o->name, o->value);
    }
}

bool report_write(const struct report *report, const struct results *to)
{
    static const struct {
        enum result name;
        void (*fill)(const struct report *, struct emit *);
    } files[] = {{RESULT_CONFIG_TXT, report_config},
                 {RESULT_STATS_TXT, report_text},
                 {RESULT_STATS_JSON, report_json},
                 {RESULT_TIMELINE_JSON, report_timeline},
                 {RESULT_REPORT_HTML, report_html}};

    for (unsigned k = 0; k < ARRAY_SIZE(files); k++) {
        struct emit e = {0};
        bool ok;
        files[k].fill(report, &e);
        ok = results_save(to, files[k].name, &e);
        emit_free(&e);
        if (!ok) return false;
    }
    return !report->incomplete || p9_error("%s: the host had no memory to count %s; what is there is not complete",
                                           to->dir, report->incomplete);
}

void report_free(struct report *r)
{
    free(r->options);
    free(r->threads);
    free(r->partitions);
    free(r->accounts);
    free(r->processes);
    free(r->exits);
    free(r->nested);
    free(r->flows);
    for (unsigned k = 0; k < r->region_count; k++) {
        free(r->regions[k].levels);
        free(r->regions[k].what_if);
        free(r->regions[k].variant);
    }
    free(r->regions);
    free(r->what_if);
    free(r->sampling.account);
    free(r->sampling.region);
    free(r->variants);
    free(r->marks);
    timeline_free(&r->timeline);
    *r = (struct report){0};
}
