/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a sampled run estimates (sample.h), for people and for programs: of the whole run, each level of nesting, each
 * account and each region.  Counters of the model core are those of the few instructions that it timed; what stands
 * here is about all of them, and says how sure it is.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "stats/metrics.h"
#include "stats/report_parts.h"

bool report_is_sampled(const struct report *r)
{
    return r->model == REPORT_CORE && r->sampling.period;
}

unsigned report_metrics_of(const struct report *r)
{
    return report_is_sampled(r) ? (unsigned)METRICS_OF_SAMPLED : (unsigned)r->model;
}

void report_each_sample(const struct report *r, report_sample_seen *see, void *self)
{
    const struct report_sampling *s = &r->sampling;
    char name[128];

    see(self, "", &s->total);
    for (unsigned k = 0; k < SAMPLE_LEVELS; k++) {
        snprintf(name, sizeof name, "level%u.", k);
        if (s->level[k].instructions) see(self, name, &s->level[k]);
    }
    for (unsigned k = 0; k < r->account_count; k++) {
        report_account_name(r, &r->accounts[k], name, sizeof name);
        if (s->account[k].instructions) see(self, name, &s->account[k]);
    }
    for (unsigned k = 0; k < r->region_count; k++) {
        if (r->regions[k].name[0]) snprintf(name, sizeof name, "region.%s.", r->regions[k].name);
        else snprintf(name, sizeof name, "region%" PRIu64 ".", r->regions[k].tag);
        if (s->region[k].instructions) see(self, name, &s->region[k]);
    }
}

bool report_sample_cycles(const struct sample_cell *c, struct sample_estimate *out)
{
    const double whole = (double)c->instructions;
    bool is_there = sample_estimate(c, SAMPLE_cycles_per_instruction, out);

    out->value *= whole;
    out->half *= whole;
    return is_there;
}

/* ---- stats.txt ---- */

static void text_pair(struct emit *e, const struct sample_cell *c, enum sample_index s)
{
    struct sample_estimate x;

    if (!sample_estimate(c, s, &x)) emit_text(e, "%14s %10s", "-", "");
    else if (x.is_interval) emit_text(e, "%14.4f +-%8.4f", x.value, x.half);
    else emit_text(e, "%14.4f %10s", x.value, "few");
}

static void text_people(void *self, const char *name, const struct sample_cell *c)
{
    struct emit *e = self;

    if (!c->windows) return;
    emit_text(e, "#");
    text_pair(e, c, SAMPLE_cycles_per_instruction);
    text_pair(e, c, SAMPLE_translation_exposed_per_1000);
    text_pair(e, c, SAMPLE_walk_exposed_per_1000);
    emit_text(e, "%10" PRIu64 "%16" PRIu64 "  %.*s\n", c->windows, c->instructions, *name ? (int)strlen(name) - 1 : 3,
              *name ? name : "all");
}

void report_text_sample_people(const struct report *r, struct emit *e)
{
    const struct report_sampling *s = &r->sampling;

    if (!report_is_sampled(r)) return;
    emit_text(e,
              "# Sampled: in each %" PRIu64 " instructions of all threads %" PRIu64 " to warm up and %" PRIu64
              " measured; the model core's counters are of these alone.\n"
              "# Estimates of all instructions, and +- the interval in which the value of a run that is timed "
              "throughout lies with a confidence of 95 %%; few: fewer\n"
              "# than %d windows had a part, so none can be told.\n"
              "#%25s%25s%25s%10s%16s\n#%25s%25s%25s\n",
              s->period, s->warm_up, s->window, (int)SAMPLE_WINDOWS_LEAST, "cycles per instruction",
              "exposed to translation,", "exposed to walks,", "windows", "instructions", "", "cycles per 1000",
              "cycles per 1000");
    report_each_sample(r, text_people, e);
    emit_text(e, "#\n");
}

static void text_figure(struct emit *e, const char *name, const char *what, double value, const char *text)
{
    char whole[200];

    snprintf(whole, sizeof whole, "sampling.%s%s", name, what);
    emit_text(e, "%-44s %20.6f # %s\n", whole, value, text);
}

static void text_estimate(struct emit *e, const char *name, const char *what, const struct sample_estimate *x,
                          const char *text)
{
    char half[80];

    text_figure(e, name, what, x->value, text);
    snprintf(half, sizeof half, "%s.half", what);
    if (x->is_interval) text_figure(e, name, half, x->half, "Half of its interval of confidence (95 percent)");
}

static void text_cell(void *self, const char *name, const struct sample_cell *c)
{
    struct emit *e = self;
    struct sample_estimate x;
    char whole[200], text[160];

    snprintf(whole, sizeof whole, "sampling.%swindows", name);
    report_text_line(e, whole, c->windows, "Windows of the sample in which it had a part", "windows");
    snprintf(whole, sizeof whole, "sampling.%sinstructions", name);
    report_text_line(e, whole, c->instructions, "Instructions that they stand for", "instructions");
    if (report_sample_cycles(c, &x)) text_estimate(e, name, "cycles", &x, "Cycles, estimated (cycles)");
    EACH_SAMPLE(s)
    {
        snprintf(text, sizeof text, "Estimate: %s (%s)", sample_rows[s].text, sample_rows[s].unit);
        if (sample_estimate(c, s, &x)) text_estimate(e, name, sample_rows[s].name, &x, text);
    }
}

void report_text_sample(const struct report *r, struct emit *e)
{
    if (report_is_sampled(r)) report_each_sample(r, text_cell, e);
}

/* ---- stats.json ---- */

static void json_estimate(struct emit *e, const char *name, const struct sample_cell *c,
                          const struct sample_estimate *x)
{
    if (!c->n) {
        emit_null(e, name);
        return;
    }
    emit_open(e, name, '{');
    emit_fixed(e, "value", x->value, 6);
    if (x->is_interval) emit_fixed(e, "half", x->half, 6);
    else emit_null(e, "half");
    emit_close(e, '}');
}

static void json_cell(void *self, const char *name, const struct sample_cell *c)
{
    struct emit *e = self;
    struct sample_estimate x;
    char whose[128];

    snprintf(whose, sizeof whose, "%.*s", *name ? (int)strlen(name) - 1 : 3, *name ? name : "all");
    emit_open(e, NULL, '{');
    emit_string(e, "whose", whose);
    emit_u64(e, "windows", c->windows);
    emit_u64(e, "instructions", c->instructions);
    emit_u64(e, "measured", c->n);
    if (!report_sample_cycles(c, &x)) x = (struct sample_estimate){0};
    json_estimate(e, "cycles", c, &x);
    EACH_SAMPLE(s)
    {
        if (!sample_estimate(c, s, &x)) x = (struct sample_estimate){0};
        json_estimate(e, sample_rows[s].name, c, &x);
    }
    emit_close(e, '}');
}

static void json_about(struct emit *e)
{
    emit_open(e, "about", '{');
    EACH_SAMPLE(s)
    {
        emit_open(e, sample_rows[s].name, '{');
        emit_string(e, "unit", sample_rows[s].unit);
        emit_string(e, "text", sample_rows[s].text);
        emit_close(e, '}');
    }
    emit_close(e, '}');
}

void report_json_sample(const struct report *r, struct emit *e)
{
    const struct report_sampling *s = &r->sampling;

    if (!report_is_sampled(r)) return;
    emit_open(e, "sampling", '{');
    emit_u64(e, "period", s->period);
    emit_u64(e, "warmup", s->warm_up);
    emit_u64(e, "window", s->window);
    emit_fixed(e, "confidence", 0.95, 2);
    emit_u64(e, "windows_least", SAMPLE_WINDOWS_LEAST);
    json_about(e);
    emit_open(e, "estimates", '[');
    report_each_sample(r, json_cell, e);
    emit_close(e, ']');
    emit_close(e, '}');
}
