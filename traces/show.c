/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See show.h.
 *
 *          0  c000000000826e14  7d24302a  ldx     r9,r4,r6          load c00000007f5d1a10 = 7f5d1a10 64K
 *
 * What is no instruction stands between them as a comment, "# lpid 3 pid 17".
 */
#include "traces/show.h"

#include <inttypes.h>

#include "core/isa/disasm.h"

static const char *page_name(unsigned shift)
{
    switch (shift) {
    case 12: return "4K";
    case 16: return "64K";
    case 21: return "2M";
    case 24: return "16M";
    case 30: return "1G";
    default: return "page";
    }
}

static const char *access_name(const struct retire_access *a)
{
    static const char *const names[] = {"fetch", "load", "store", "reserve", "conditional store", "cache", "hint"};

    return a->kind < ARRAY_SIZE(names) ? names[a->kind] : "access";
}

static void show_access(const struct show *s, const struct retire_access *a)
{
    fprintf(s->to, "  %s %" PRIx64, access_name(a), a->ea);
    if (a->by == TRANSLATED_NOT || a->flags & ACCESS_REFUSED) return;
    fprintf(s->to, " = %" PRIx64 " %s", a->ra, page_name(a->page_shift));
    if (a->by == TRANSLATED_BY_TLB) fputs(", TLB", s->to);
    if (a->reads) fprintf(s->to, ", walk of %u", a->reads);
}

static void show_step(const struct show *s, const struct walk_step *step)
{
    static const char *const kinds[] = {"PATE", "PRTE", "PDE", "PTE", "PTEG", "STEG"};
    bool partition = step->stage == STAGE_PARTITION;

    fprintf(s->to, "#%*s%s %s L%u for %" PRIx64 " at %" PRIx64 "\n", partition ? 22 : 20, "",
            partition ? "partition" : "process", step->kind < ARRAY_SIZE(kinds) ? kinds[step->kind] : "entry",
            step->level, step->address, step->entry_ra);
}

static void show_insn(const struct show *s, const struct retire *r, const struct retire_block *block)
{
    char text[128];

    isa_disassemble(s->isa, r->facts->word, r->cia, text, sizeof text);
    fprintf(s->to, "%10" PRIu64 "  %016" PRIx64 "  %08" PRIx32 "  %-30s", s->number, r->cia, r->facts->word, text);
    for (unsigned k = 0; k < r->accesses; k++) show_access(s, &block->access[r->access + k]);
    if (r->flags & RETIRE_FAULTED) fputs("  did not complete", s->to);
    else if (r->nia != r->cia + 4) fprintf(s->to, "  -> %" PRIx64, r->nia);
    fputc('\n', s->to);
    if (!s->walks) return;
    for (unsigned k = 0; k < r->accesses; k++) {
        const struct retire_access *a = &block->access[r->access + k];
        for (unsigned n = 0; n < a->reads; n++) show_step(s, &block->read[a->read + n].step);
    }
}

static bool is_wanted(const struct show *s)
{
    return s->number >= s->from && s->number - s->from < s->count;
}

static void show_record(struct show *s, const struct retire *r, const struct retire_block *block)
{
    if (r->kind == RETIRE_INSN) {
        if (is_wanted(s)) show_insn(s, r, block);
        s->number++;
    } else if (r->kind == RETIRE_CONTEXT && is_wanted(s)) {
        fprintf(s->to, "# lpid %u pid %u\n", r->context.lpid, r->context.pid);
    }
}

bool show_block(struct show *s, const struct retire_block *block)
{
    for (size_t k = 0; k < block->count; k++) show_record(s, &block->record[k], block);
    return (s->number < s->from || s->number - s->from < s->count) && !ferror(s->to);
}
