/* SPDX-License-Identifier: Apache-2.0 */
/* The style of report.html and the pieces that its tables are made of; see html.h. */
#include "stats/html.h"

#include <inttypes.h>
#include <stdio.h>

/* Shades are translucent, so that the same ten steps keep the text readable on light and on dark paper. */
const char html_style[] =
    ":root{color-scheme:light dark;--paper:#fff;--ink:#1b1f24;--soft:#5b6470;--line:#d5dae0;--tint:#f3f5f8;"
    "--mark:#0b57a4;--bad:#b3261e;--heat:226,100,20;--c0:#8b96a3;--c1:#2f8f5b;--c2:#0b57a4;--c3:#c2571a;--c4:#7b3fa0}\n"
    "@media (prefers-color-scheme:dark){:root{--paper:#14171b;--ink:#e4e8ed;--soft:#9aa5b1;--line:#343b44;"
    "--tint:#1d2228;--mark:#7ab7ff;--bad:#ff8a80;--heat:255,140,60;--c0:#707b88;--c1:#4fb582;--c2:#5aa2f2;--c3:#f0935a;"
    "--c4:#b98adb}}\n"
    "*{box-sizing:border-box}body{margin:0 auto;max-width:78rem;padding:1.5rem;background:var(--paper);"
    "color:var(--ink);font:16px/1.5 system-ui,sans-serif}\n"
    "h1{font-size:1.6rem;margin:0 0 .2rem}h2{font-size:1.2rem;margin:2.4rem 0 .5rem}"
    "h3{font-size:1.02rem;margin:1.6rem 0 .3rem}p{max-width:72ch;margin:.5rem 0}\n"
    ".soft,caption,figcaption{color:var(--soft)}.bad{color:var(--bad);font-weight:600}a{color:var(--mark)}"
    ".lean{font-size:.88rem;border-left:3px solid var(--mark);padding-left:.7rem;color:var(--soft)}\n"
    ":focus-visible{outline:3px solid var(--mark);outline-offset:2px}"
    "summary{cursor:pointer;padding:.4rem 0}tr:target th{color:var(--mark)}\n"
    "nav{position:sticky;top:0;z-index:2;background:var(--paper);border-bottom:1px solid var(--line);margin:.4rem 0}"
    "nav ul{display:flex;flex-wrap:wrap;gap:.1rem 1rem;padding:.35rem 0;margin:0;list-style:none;font-size:.9rem}"
    "h2,h3,tr,p{scroll-margin-top:5rem}sup{line-height:0}sup a{text-decoration:none}\n"
    "h2:first-of-type{margin-top:.8rem}table.dense{font-size:.78rem}.dense th,.dense td{padding:.25rem .35rem}.dense "
    "thead th{min-width:3.2rem}.dense th[scope=row]{min-width:7rem}.dense td.meter{min-width:4.5rem}\n"
    ".answer{padding:0;margin:.7rem 0;list-style:none}.answer li{margin:.35rem 0;padding-left:.8rem;border-left:3px "
    "solid var(--c2);max-width:125ch}\n"
    ".cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.8rem;margin:1.2rem 0;padding:0;"
    "list-style:none}\n"
    ".cards li{border:1px solid var(--line);border-radius:.5rem;padding:.7rem .9rem;background:var(--tint)}\n"
    ".cards b{display:block;font-size:1.35rem;font-variant-numeric:tabular-nums}.cards span{color:var(--soft)}\n"
    ".wide{overflow-x:auto}.wide+.wide{margin-top:1.2rem}table{border-collapse:collapse;width:100%;font-size:.92rem;"
    "font-variant-numeric:tabular-nums}\n"
    "caption{text-align:left;padding:.2rem 0}th,td{padding:.3rem .6rem;border-bottom:1px solid var(--line);"
    "text-align:right;white-space:nowrap}\n"
    "thead th{background:var(--tint);border-bottom:2px solid var(--line);white-space:normal}"
    "th[scope=row],th.text,td.text{text-align:left}"
    "th[scope=row]{white-space:normal;min-width:10rem}thead th{min-width:4.6rem}td.meter{min-width:6.5rem}caption "
    "span{display:block;position:sticky;left:0;width:fit-content;max-width:calc(100vw - 2.2rem)}\n"
    "td.text{white-space:normal}td.prose{white-space:normal;text-align:left;min-width:12rem;overflow-wrap:anywhere}tr:"
    "hover td:not(.heat):not(.who),tr:hover th{background-color:"
    "var(--tint)}tr.base td,tr.base th{font-weight:700}\n"
    ".name{display:block;font-weight:400;max-width:21rem;overflow-wrap:anywhere}tr.rest th{font-weight:400}\n"
    ".bar{display:block;height:.35rem;margin-left:auto;background:var(--c2)}\n"
    "td.meter small,th .name{font-size:.82em;color:var(--soft);font-weight:400}\n"
    "td.heat{vertical-align:top}td.heat b,td.heat small{display:block}\n"
    ".h0{background:rgba(var(--heat),0)}.h1{background:rgba(var(--heat),.05)}.h2{background:rgba(var(--heat),.1)}"
    ".h3{background:rgba(var(--heat),.15)}.h4{background:rgba(var(--heat),.2)}.h5{background:rgba(var(--heat),.25)}"
    ".h6{background:rgba(var(--heat),.3)}.h7{background:rgba(var(--heat),.36)}.h8{background:rgba(var(--heat),.42)}"
    ".h9{background:rgba(var(--heat),.48)}\n"
    "figure{margin:.8rem 0}.stack{display:flex;height:1.7rem;border:1px solid var(--soft);border-radius:.25rem;"
    "overflow:hidden;margin:.15rem 0 .7rem}.stack span,.key{display:block;height:100%;flex:none}\n"
    ".key{display:inline-block;width:1.1rem;height:.8rem;border:1px solid var(--soft);margin-right:.35rem}"
    ".keys{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;padding:0;margin:.3rem 0 .8rem;list-style:none}\n"
    ".s0{background:var(--c0)}.s1{background:repeating-linear-gradient(90deg,var(--c1) 0 4px,var(--paper) 4px 6px)}"
    ".s2{background:var(--c2)}.s3{background:repeating-linear-gradient(45deg,var(--c3) 0 5px,var(--paper) 5px 7px)}"
    ".s4{background:repeating-linear-gradient(0deg,var(--c4) 0 3px,var(--paper) 3px 5px)}.s5{background:var(--tint)}\n"
    ".curves{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(20rem,100%),1fr));gap:1rem}"
    ".curves figure{margin:0}svg{display:block;width:100%;max-width:34rem;height:auto;color:var(--ink)}"
    "svg text{fill:currentColor;font-size:11px}svg .axis{stroke:var(--soft);fill:none}"
    "svg .grid{stroke:var(--line);fill:none}svg .tick{fill:var(--soft)}"
    "svg .line{stroke:var(--c2);stroke-width:2;fill:none}svg .dot{fill:var(--c2)}"
    "svg .base{fill:var(--paper);stroke:var(--c3);stroke-width:2.5}\n"
    "svg .l0{stroke:var(--c1)}svg .l1{stroke:var(--c2)}svg .l2{stroke:var(--c3)}svg "
    "path.l2.line{stroke-width:5;opacity:.55}svg .f0{fill:var(--c1)}"
    "svg .f1{fill:var(--c2)}svg .faint{opacity:.35}svg .part{stroke-dasharray:5 4}"
    ".k0{background:var(--c1)}.k1{background:var(--c2)}.k2{background:var(--c3)}\n"
    "td.who{vertical-align:top}td.who b,td.who small{display:block}.w0{background:rgba(var(--heat),.42)}"
    ".w1{background:rgba(47,143,91,.3)}.w2{background:rgba(60,130,220,.3)}.w3{background:rgba(128,128,128,.3)}\n"
    ".stack,.key,.bar,td.heat,td.who,svg{print-color-adjust:exact;-webkit-print-color-adjust:exact;"
    "forced-color-adjust:none}\n"
    "@media (min-width:50rem){.first th[scope=row]{white-space:nowrap}}\n"
    "@media (max-width:50rem){nav ul{flex-wrap:nowrap;overflow-x:auto;white-space:nowrap}h2,h3,tr,p{scroll-margin-top:"
    "3rem}}\n"
    "@media (max-width:34rem){body{padding:1rem;font-size:15px}th,td{padding:.3rem .45rem}.name{max-width:10rem}}\n"
    "@media print{html{font-size:9.5pt}body{max-width:none;padding:0;font-size:1rem}th[scope=row],thead th,td.meter{"
    "min-width:0}.wide{overflow:visible}h2,h3,caption{break-after:avoid}"
    "tr,figure,.cards li{break-inside:avoid}nav{display:none}th,td{padding:.15rem .3rem;white-space:normal}"
    "td.prose{min-width:6rem}}\n";

/* Groups of three digits, with thin spaces that do not break. */
void html_number(struct emit *e, u64 value)
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%" PRIu64, value);

    for (int k = 0; k < n; k++) emit_text(e, "%s%c", k && (n - k) % 3 == 0 ? "&#8239;" : "", digits[k]);
}

void html_cell(struct emit *e, u64 value)
{
    emit_text(e, "<td>");
    html_number(e, value);
    emit_text(e, "</td>");
}

void html_text_cell(struct emit *e, const char *text)
{
    emit_text(e, "<td class=text>");
    emit_escaped(e, text);
    emit_text(e, "</td>");
}

void html_prose_cell(struct emit *e, const char *text)
{
    emit_text(e, "<td class=prose>");
    emit_escaped(e, text);
    emit_text(e, "</td>");
}

void html_rate(struct emit *e, u64 events, u64 completed)
{
    if (completed) emit_text(e, "<td>%.4f</td>", 1000.0 * (double)events / (double)completed);
    else emit_text(e, "<td>-</td>");
}

void html_percent(struct emit *e, u64 part, u64 whole)
{
    if (whole) emit_text(e, "%.2f&#8239;%%", 100.0 * (double)part / (double)whole);
    else emit_text(e, "-");
}

void html_meter(struct emit *e, u64 part, u64 whole)
{
    emit_text(e, "<td class=meter>");
    html_number(e, part);
    emit_text(e, "<span class=bar aria-hidden=true style=\"width:%.1f%%\"></span></td>",
              whole ? 100.0 * (double)part / (double)whole : 0);
}

/* More columns than these are set smaller, so that a page 1280 pixels wide has room for them. */
enum { COLUMNS_AT_EASE = 9 };

static void head_start(struct emit *e, const char *caption, unsigned columns)
{
    emit_text(e, "<div class=wide tabindex=0 role=region aria-label=\"");
    emit_escaped(e, caption);
    emit_text(e, "\"><table%s><caption><span>",
              columns > COLUMNS_AT_EASE ? " class=dense" : ""); /* which stays in sight while the table scrolls */
    emit_escaped(e, caption);
    emit_text(e, "</span></caption><thead><tr>");
}

static void head_column(struct emit *e, const char *name, bool holds_text)
{
    emit_text(e, holds_text ? "<th scope=col class=text>" : "<th scope=col>");
    emit_escaped(e, name);
    emit_text(e, "</th>");
}

void html_head(struct emit *e, const char *caption, const char *const *columns, unsigned count)
{
    head_start(e, caption, count);
    for (unsigned k = 0; k < count; k++) {
        bool is_marked = columns[k][0] == '<';
        head_column(e, columns[k] + is_marked, k == 0 || is_marked);
    }
    emit_text(e, "</tr></thead><tbody>\n");
}

void html_head_levels(const struct page *p, const char *caption, const char *first)
{
    head_start(p->e, caption, p->levels + 2);
    head_column(p->e, first, true);
    for (unsigned k = 0; k < p->levels; k++) {
        char name[32];
        snprintf(name, sizeof name, "Level %u", p->level[k].level);
        head_column(p->e, name, false);
    }
    if (p->levels > 1) head_column(p->e, "All", false);
    emit_text(p->e, "</tr></thead><tbody>\n");
}

void html_foot(struct emit *e)
{
    emit_text(e, "</tbody></table></div>\n");
}
