/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The report for people: one HTML file that needs nothing else - no script, no font, no network - follows the reader's
 * light or dark setting, prints, and reads well to a screen reader (captions, header cells, one heading order).  It
 * holds no figure of the host, so that two equal runs give equal files.
 */
#include <inttypes.h>
#include <stdio.h>

#include "stats/report.h"

static const char style[] =
    ":root{--paper:#fff;--ink:#1b1f24;--soft:#5b6470;--line:#d5dae0;--tint:#f3f5f8;--mark:#0b57a4;--bad:#b3261e}\n"
    "@media (prefers-color-scheme:dark){:root{--paper:#14171b;--ink:#e4e8ed;--soft:#9aa5b1;--line:#343b44;"
    "--tint:#1d2228;--mark:#7ab7ff;--bad:#ff8a80}}\n"
    "*{box-sizing:border-box}body{margin:0 "
    "auto;max-width:78rem;padding:1.5rem;background:var(--paper);color:var(--ink);"
    "font:16px/1.5 system-ui,sans-serif}\n"
    "h1{font-size:1.6rem;margin:0 0 .2rem}h2{font-size:1.2rem;margin:2.2rem 0 .5rem}p{max-width:70ch}\n"
    ".soft,caption{color:var(--soft)}.bad{color:var(--bad);font-weight:600}a{color:var(--mark)}\n"
    ".cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:.8rem;margin:1.2rem 0;padding:0;"
    "list-style:none}\n"
    ".cards li{border:1px solid var(--line);border-radius:.5rem;padding:.7rem .9rem;background:var(--tint)}\n"
    ".cards b{display:block;font-size:1.35rem;font-variant-numeric:tabular-nums}.cards span{color:var(--soft)}\n"
    ".wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.92rem;font-variant-numeric:tabular-"
    "nums}\n"
    "caption{text-align:left;padding:.2rem 0}th,td{padding:.3rem .6rem;border-bottom:1px solid var(--line);"
    "text-align:right;white-space:nowrap}\n"
    "thead th{background:var(--tint);border-bottom:2px solid var(--line)}th[scope=row],.text{text-align:left}\n"
    ".text{white-space:normal}td.text:last-child{min-width:16rem}tr:hover td,tr:hover th{background:var(--tint)}\n"
    "@media print{body{max-width:none;padding:0;font-size:10pt}.wide{overflow:visible}h2{break-after:avoid}"
    "tr{break-inside:avoid}}\n";

/* 1234567 as 1 234 567, with thin spaces that do not break. */
static void number(struct emit *e, u64 value)
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%" PRIu64, value);

    for (int k = 0; k < n; k++) emit_text(e, "%s%c", k && (n - k) % 3 == 0 ? "&#8239;" : "", digits[k]);
}

static void cell(struct emit *e, u64 value)
{
    emit_text(e, "<td>");
    number(e, value);
    emit_text(e, "</td>");
}

static void text_cell(struct emit *e, const char *text)
{
    emit_text(e, "<td class=text>");
    emit_escaped(e, text);
    emit_text(e, "</td>");
}

/* The first column names its row; a further one whose name begins with "<" holds text, set from the left. */
static void head(struct emit *e, const char *caption, const char *const *columns, unsigned count)
{
    emit_text(e, "<div class=wide tabindex=0 role=region aria-label=\"");
    emit_escaped(e, caption);
    emit_text(e, "\"><table><caption>");
    emit_escaped(e, caption);
    emit_text(e, "</caption><thead><tr>");
    for (unsigned k = 0; k < count; k++) {
        bool holds_text = k == 0 || columns[k][0] == '<';

        emit_text(e, holds_text ? "<th scope=col class=text>" : "<th scope=col>");
        emit_escaped(e, columns[k] + (columns[k][0] == '<'));
        emit_text(e, "</th>");
    }
    emit_text(e, "</tr></thead><tbody>\n");
}

static void foot(struct emit *e)
{
    emit_text(e, "</tbody></table></div>\n");
}

/* Events for a thousand instructions. */
static void rate(struct emit *e, u64 events, u64 completed)
{
    if (completed) emit_text(e, "<td>%.4f</td>", 1000.0 * (double)events / (double)completed);
    else emit_text(e, "<td>-</td>");
}

static void card(struct emit *e, const char *value, const char *text)
{
    emit_text(e, "<li><b>");
    emit_escaped(e, value);
    emit_text(e, "</b><span>");
    emit_escaped(e, text);
    emit_text(e, "</span></li>\n");
}

static void cards(const struct report *r, struct emit *e, const struct counters *total)
{
    struct invariants checks = report_check(r, NULL, NULL);
    char text[64];

    emit_text(e, "<ul class=cards>\n");
    snprintf(text, sizeof text, "%.4f s", (double)r->cycles / ((double)r->core_mhz * 1e6));
    card(e, text, "guest time");
    snprintf(text, sizeof text, "%.3f M", (double)total->completed / 1e6);
    card(e, text, "instructions completed");
    snprintf(text, sizeof text, "%.3f",
             total->completed ? (double)(total->cycles - total->idle_cycles) / (double)total->completed : 0);
    card(e, text, "cycles per instruction, idle time left out");
    snprintf(text, sizeof text, "%.3f",
             total->completed ? 1000.0 * (double)total->tlb_miss / (double)total->completed : 0);
    card(e, text, "TLB misses per 1000 instructions");
    snprintf(text, sizeof text, "%.2f",
             total->walks ? (double)(total->walk_reads + total->walk_reads_pwc) / (double)total->walks : 0);
    card(e, text, "table entries per walk");
    snprintf(text, sizeof text, "%u of %u", checks.checked - checks.failed, checks.checked);
    card(e, text, "invariants hold");
    emit_text(e, "</ul>\n");
}

static void failure(void *self, const char *sentence)
{
    emit_text(self, "<li class=bad>");
    emit_escaped(self, sentence);
    emit_text(self, "</li>\n");
}

static void invariants(const struct report *r, struct emit *e)
{
    struct invariants checks = report_check(r, NULL, NULL);

    emit_text(
        e, "<h2 id=checks>Do the figures agree with each other?</h2>\n<p>%u relations between counters were checked, ",
        checks.checked);
    if (!checks.failed) {
        emit_text(e, "all of them hold.</p>\n");
        return;
    }
    emit_text(e, "<span class=bad>%u fail: what depends on these counters is wrong.</span></p>\n<ul>\n", checks.failed);
    report_check(r, failure, e);
    emit_text(e, "</ul>\n");
}

static void accounts(const struct report *r, struct emit *e)
{
    static const char *const columns[] = {"Who",         "LPID",       "Instructions", "Cycles",          "Idle cycles",
                                          "ERAT misses", "TLB misses", "Walk reads",   "Cycles for walks"};

    emit_text(e, "<h2 id=accounts>Who ran</h2>\n");
    head(e, "Partitions and their privilege states", columns, ARRAY_SIZE(columns));
    for (unsigned k = 0; k < r->account_count; k++) {
        const struct counters *c = &r->accounts[k].counters;
        emit_text(e, "<tr><th scope=row>level %u, ", r->accounts[k].level);
        emit_escaped(e, r->accounts[k].state);
        emit_text(e, "</th><td>%u</td>", r->accounts[k].lpid);
        cell(e, c->completed);
        cell(e, c->cycles);
        cell(e, c->idle_cycles);
        cell(e, c->derat_miss + c->ierat_miss);
        cell(e, c->tlb_miss);
        cell(e, c->walk_reads);
        cell(e, c->walk_cycles);
        emit_text(e, "</tr>\n");
    }
    foot(e);
}

static void counters(struct emit *e, const struct counters *total)
{
    static const char *const columns[] = {"Counter", "Count", "Per 1000 instructions", "<PMU event", "<What it is"};

    emit_text(e, "<h2 id=counters>Counters</h2>\n");
    head(e, "All counters, sum over everybody; SIM_ marks what real hardware does not count", columns,
         ARRAY_SIZE(columns));
    EACH_COUNTER(row)
    {
        emit_text(e, "<tr><th scope=row>%s</th>", row->name);
        cell(e, counter_get(total, row));
        rate(e, counter_get(total, row), total->completed);
        text_cell(e, row->event);
        text_cell(e, row->text);
        emit_text(e, "</tr>\n");
    }
    foot(e);
}

static void exits(const struct report *r, struct emit *e)
{
    static const char *const columns[] = {"From level",       "<Reason", "Count",
                                          "Handled by level", "Cycles",  "Misses after"};

    if (!r->exit_count) return;
    emit_text(e, "<h2 id=exits>Ways into a hypervisor</h2>\n");
    head(e, "Exits by reason", columns, ARRAY_SIZE(columns));
    for (unsigned k = 0; k < r->exit_count; k++) {
        const struct report_exit *x = &r->exits[k];
        emit_text(e, "<tr><th scope=row>%u</th>", x->level);
        text_cell(e, x->reason);
        cell(e, x->count);
        cell(e, x->handled_by);
        cell(e, x->cycles);
        cell(e, x->misses_after);
        emit_text(e, "</tr>\n");
    }
    foot(e);
}

static void regions(const struct report *r, struct emit *e)
{
    static const char *const columns[] = {"Tag",         "Times",      "Instructions", "Cycles",
                                          "ERAT misses", "TLB misses", "Walk reads"};

    if (!r->region_count) return;
    emit_text(e, "<h2 id=regions>Regions that the guest named</h2>\n");
    head(e, "Between region begin and region end", columns, ARRAY_SIZE(columns));
    for (unsigned k = 0; k < r->region_count; k++) {
        const struct counters *c = &r->regions[k].counters;
        emit_text(e, "<tr><th scope=row>%" PRIu64 "%s</th>", r->regions[k].tag,
                  r->regions[k].open ? " (not ended)" : "");
        cell(e, r->regions[k].times);
        cell(e, c->completed);
        cell(e, c->cycles);
        cell(e, c->derat_miss + c->ierat_miss);
        cell(e, c->tlb_miss);
        cell(e, c->walk_reads);
        emit_text(e, "</tr>\n");
    }
    foot(e);
}

static void threads(const struct report *r, struct emit *e)
{
    static const char *const columns[] = {"Thread (PIR)", "Instructions", "Cycles", "Idle cycles"};

    emit_text(e, "<h2 id=threads>Hardware threads</h2>\n");
    head(e, "What each thread did", columns, ARRAY_SIZE(columns));
    for (unsigned k = 0; k < r->thread_count; k++) {
        emit_text(e, "<tr><th scope=row>%u</th>", r->threads[k].pir);
        cell(e, r->threads[k].completed);
        cell(e, r->threads[k].cycles);
        cell(e, r->threads[k].idle_cycles);
        emit_text(e, "</tr>\n");
    }
    foot(e);
}

static void options_of(const struct report *r, struct emit *e, bool assumed)
{
    static const char *const columns[] = {"Option", "Value", "Unit", "<Source", "<What it is", "<From"};

    head(e, assumed ? "Model values without a confirmed source" : "All other options", columns, ARRAY_SIZE(columns));
    for (unsigned k = 0; k < r->option_count; k++) {
        const struct report_option *o = &r->options[k];
        if (!strcmp(o->provenance, "ASSUMED") != assumed) continue;
        emit_text(e, "<tr><th scope=row>%s</th><td>%s</td><td>%s</td>", o->name, o->value, o->unit);
        text_cell(e, o->provenance);
        text_cell(e, o->text);
        text_cell(e, o->source);
        emit_text(e, "</tr>\n");
    }
    foot(e);
}

static void marks(const struct report *r, struct emit *e)
{
    static const char *const columns[] = {"Mark", "Cycle", "Instructions before it"};

    if (!r->mark_count) return;
    emit_text(e, "<h2 id=marks>Marks</h2>\n");
    head(e, "Texts that were waited for", columns, ARRAY_SIZE(columns));
    for (unsigned k = 0; k < r->mark_count; k++) {
        emit_text(e, "<tr><th scope=row>");
        emit_escaped(e, r->marks[k].name);
        emit_text(e, "</th>");
        cell(e, r->marks[k].cycle);
        cell(e, r->marks[k].completed);
        emit_text(e, "</tr>\n");
    }
    foot(e);
}

void report_html(const struct report *r, struct emit *e)
{
    struct counters total = report_total(r);

    emit_text(e,
              "<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
              "<meta name=viewport content=\"width=device-width,initial-scale=1\">\n<title>p9sim report</title>\n"
              "<style>\n%s</style>\n</head>\n<body>\n<main>\n<h1>p9sim report</h1>\n<p class=soft>p9sim ",
              style);
    emit_escaped(e, r->version);
    emit_text(e, " &#183; ");
    emit_escaped(e, r->end);
    emit_text(e, "</p>\n");
    cards(r, e, &total);
    accounts(r, e);
    exits(r, e);
    regions(r, e);
    marks(r, e);
    counters(e, &total);
    threads(r, e);
    invariants(r, e);
    emit_text(e,
              "<h2 id=assumed>What these figures lean on</h2>\n<p>The following values of the model are assumptions. "
              "Where a figure depends on them, compare runs rather than trust a number.</p>\n");
    options_of(r, e, true);
    emit_text(e, "<h2 id=options>Options of this run</h2>\n");
    options_of(r, e, false);
    emit_text(e, "</main>\n</body>\n</html>\n");
}
