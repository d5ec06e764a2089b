/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accesses to storage; see lint.h.  That a page is constant is asked with a table of translations seen lately: a page
 * named again in the same context must lie where it lay, until something is invalidated or what translation depends on
 * changes.  A walk may find a page elsewhere only then, too: software that moves a page has to invalidate it first.
 */
#include <inttypes.h>
#include <string.h>

#include "base/hash.h"
#include "traces/lint_parts.h"

/* ---- rows ---- */

unsigned lint_bytes_of(const struct insn_row *row)
{
    static const struct {
        u8 bytes;
        const char *names; /* each between blanks */
    } sizes[] = {
        {1, " lbz lbzu lbzx lbzux stb stbu stbx stbux lbarx stbcx. lbzcix stbcix lvebx stvebx lxsibzx stxsibx "},
        {2, " lhz lhzu lhzx lhzux lha lhau lhax lhaux lhbrx sth sthu sthx sthux sthbrx lharx sthcx. lhzcix sthcix "
            "lvehx stvehx lxsihzx stxsihx "},
        {4, " lwz lwzu lwzx lwzux lwa lwax lwaux lwbrx stw stwu stwx stwux stwbrx lwarx stwcx. lwzcix stwcix lvewx "
            "stvewx lfs lfsu lfsx lfsux stfs stfsu stfsx stfsux lfiwax lfiwzx stfiwx lxsspx stxsspx lxssp stxssp "},
        {8,
         " ld ldu ldx ldux std stdu stdx stdux ldbrx stdbrx ldarx stdcx. ldcix stdcix lfd lfdu lfdx lfdux stfd stfdu "
         "stfdx stfdux lxsdx stxsdx lxsd stxsd lxvdsx "},
        {16,
         " lq stq lqarx stqcx. lvx lvxl stvx stvxl lxv stxv lxvx stxvx lxvd2x stxvd2x lxvw4x stxvw4x lxvh8x stxvh8x "
         "lxvb16x stxvb16x "},
    };
    char word[32];

    snprintf(word, sizeof word, " %s ", row->name);
    for (unsigned k = 0; k < ARRAY_SIZE(sizes); k++)
        if (strstr(sizes[k].names, word)) return sizes[k].bytes;
    return 0;
}

/* ---- pages ---- */

static bool is_page(u8 shift)
{
    return shift == 12 || shift == 16 || shift == 21 || shift == 24 || shift == 30 || shift == 34;
}

static void lint_page(struct lint *l, u64 ea, u64 ra, u8 shift)
{
    LINT(l, LINT_page, is_page(shift) && !((ea ^ ra) & ((1ULL << (shift & 63)) - 1)),
         "%" PRIx64 " is told to lie at %" PRIx64 " in a page of 2^%u bytes", ea, ra, shift);
}

static void lint_constant(struct lint *l, const struct lint_thread *t, u64 ea, u64 ra)
{
    u64 page = ea >> 12, context = t->context ^ l->epoch << 32;
    struct lint_page *p = &l->page[(page ^ page >> 14 ^ t->context) % LINT_PAGES];

    if (p->page == page && p->context == context)
        LINT(l, LINT_constant, p->ra_page == ra >> 12, "%" PRIx64 " lies at %" PRIx64 " and lay in the page %" PRIx64,
             ea, ra, p->ra_page << 12);
    *p = (struct lint_page){page, context, ra >> 12};
}

/* ---- accesses ---- */

static bool moves(const struct retire_access *a)
{
    return a->kind >= ACCESSED_LOAD && a->kind <= ACCESSED_CONDITIONAL;
}

static void lint_access(struct lint *l, const struct lint_thread *t, const struct retire_access *a,
                        const struct retire_block *block)
{
    bool is_translated = a->by != TRANSLATED_NOT && !(a->flags & ACCESS_REFUSED);

    if (is_translated && a->page_shift) {
        lint_page(l, a->ea, a->ra, a->page_shift);
        if (l->is_asked[LINT_constant] && t->has_msr) lint_constant(l, t, a->ea, a->ra);
    }
    if (unlikely(a->reads)) lint_walk(l, a, block);
}

/* Of an instruction that completed: what its accesses are together. */
static void lint_together(struct lint *l, const struct retire *r, unsigned data, unsigned moved, unsigned bytes)
{
    const struct insn_facts *f = r->facts;
    unsigned wanted = f->row == ROW_NONE ? 0 : l->bytes[f->row];

    if (f->is & (IS_LOAD | IS_STORE)) {
        LINT(l, LINT_access, data || !wanted, "%08x loads or stores, but no access is told", f->word);
        if (wanted && moved)
            LINT(l, LINT_size, bytes == wanted, "%08x accesses %u bytes, not %u", f->word, bytes, wanted);
    } else {
        LINT(l, LINT_access, !moved || f->issue_class == CLASS_CACHE || f->issue_class == CLASS_SYS,
             "%08x neither loads nor stores, but an access is told", f->word);
    }
}

void lint_accesses(struct lint *l, struct lint_thread *t, const struct retire *r, const struct retire_block *block)
{
    unsigned data = 0, moved = 0, bytes = 0;
    bool conditional = false;

    if (r->ra != ~0ULL && r->fetch_shift) lint_page(l, r->cia, r->ra, r->fetch_shift);
    for (unsigned k = 0; k < r->accesses; k++) {
        const struct retire_access *a = &block->access[r->access + k];

        lint_access(l, t, a, block);
        data += a->kind != ACCESSED_FETCH;
        moved += moves(a);
        bytes += moves(a) ? a->size : 0;
        conditional |= a->kind == ACCESSED_CONDITIONAL;
    }
    if (likely(retire_completed(r))) lint_together(l, r, data, moved, bytes);
    if (unlikely(r->flags & RETIRE_PERFORMED))
        LINT(l, LINT_flags, conditional, "%08x has stored, but is no conditional store", r->facts->word);
}
