/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What figures lean on: which options of the model decide which kind of figure.  Misses of the TLB come from what
 * misses the ERAT, walks from TLB misses, so a figure leans on everything before it as well: whoever shows it says so
 * in its mask.  Under the model core every cycle leans on the pipeline, the caches and the predictors, and the prices
 * that the model mmu charges decide nothing.
 */
#include <stdio.h>

#include "stats/report_parts.h"

/* The models in which an option decides something, a bit each. */
enum {
    IN_NONE = 1 << REPORT_NONE,
    IN_MMU = 1 << REPORT_MMU,
    IN_CORE = 1 << REPORT_CORE,
};

/* Options by the beginnings of their names. */
static const struct family {
    const char *begins;
    unsigned lean, models;
    const char *figures;
} families[] = {
    {"derat_", LEAN_ERAT, IN_MMU | IN_CORE, "ERAT misses and all that follows from them"},
    {"ierat_", LEAN_ERAT, IN_MMU | IN_CORE, "ERAT misses and all that follows from them"},
    {"erat_", LEAN_ERAT, IN_MMU | IN_CORE, "ERAT misses and all that follows from them"},
    {"base_cpi", LEAN_CYCLES, IN_NONE | IN_MMU, "cycles"},
    {"tlb_hit_cycles", LEAN_CYCLES, IN_MMU | IN_CORE, "cycles"},
    {"walk_read_cycles", LEAN_CYCLES, IN_MMU, "cycles"},
    {"tlb_guest_real", LEAN_TLB | LEAN_WALK, IN_MMU | IN_CORE, "TLB misses, table reads, cycles"},
    {"tlb_", LEAN_TLB, IN_MMU | IN_CORE, "TLB misses, table reads, cycles"},
    {"pwc_", LEAN_WALK, IN_MMU | IN_CORE, "table reads, cycles"},
    {"pate_", LEAN_WALK, IN_MMU | IN_CORE, "table reads, cycles"},
    {"prte_", LEAN_WALK, IN_MMU | IN_CORE, "table reads, cycles"},
    {"walk", LEAN_WALK, IN_MMU | IN_CORE, "table reads, cycles"},
    {"rc_by_software", 0, IN_MMU | IN_CORE, "refused translations, reference and change updates"},
};
static const struct family of_core = {"", LEAN_CYCLES, IN_CORE, "cycles, where table reads were served"};

static bool begins(const char *text, const char *with)
{
    return !strncmp(text, with, strlen(with));
}

/* config.def marks the options of the model core in their texts. */
static const struct family *family_of(const struct report_option *o)
{
    if (begins(o->text, "Model core:")) return &of_core;
    for (unsigned k = 0; k < ARRAY_SIZE(families); k++)
        if (begins(o->name, families[k].begins)) return &families[k];
    return NULL;
}

unsigned report_lean_of(const struct report *r, const struct report_option *o)
{
    const struct family *f = family_of(o);

    return f && f->models >> r->model & 1 ? f->lean : 0;
}

bool report_is_assumed(const struct report *r, unsigned lean)
{
    for (unsigned k = 0; k < r->option_count; k++)
        if (report_lean_of(r, &r->options[k]) & lean && !strcmp(r->options[k].provenance, "ASSUMED")) return true;
    return false;
}

const char *report_figures_of(const struct report_option *o)
{
    const struct family *f = family_of(o);

    return f ? f->figures : "-";
}

/* For people: lines of bounded length. */
void report_text_leans(const struct report *r, const char *margin, struct emit *e)
{
    enum { WIDTH = 110 };
    size_t used = WIDTH;
    bool any = false;

    for (unsigned k = 0; k < r->option_count; k++) {
        const struct report_option *o = &r->options[k];
        char item[128];

        if (!report_lean_of(r, o) || strcmp(o->provenance, "ASSUMED") != 0) continue;
        if (!any) emit_text(e, "%sThese figures lean on ASSUMED values of the model:", margin);
        any = true;
        snprintf(item, sizeof item, " %.80s=%s", o->name, o->value);
        if (used + strlen(item) > WIDTH) used = 4, emit_text(e, "\n%s ", margin);
        used += strlen(item);
        emit_text(e, "%s", item);
    }
    if (any) emit_text(e, "\n");
}
