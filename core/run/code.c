/* SPDX-License-Identifier: Apache-2.0 */
/* A hash of decoded pages over a bounded pool; see code.h for the rules that keep it coherent. */
#include "core/run/code.h"

#include <stdlib.h>

#include "base/log.h"
#include "mmu/mmu.h"

static unsigned bucket_of(u64 ra, unsigned variant)
{
    return (unsigned)(((ra >> RAM_PAGE_SHIFT) * 0x9e3779b97f4a7c15ULL >> 52) ^ variant) & (CODE_BUCKETS - 1);
}

bool code_open(struct code *code, const struct isa *isa, struct ram *ram, unsigned max_pages)
{
    *code = (struct code){.isa = isa, .ram = ram, .max_pages = max_pages};
    code->pool = calloc(max_pages, sizeof *code->pool);
    if (!code->pool) return p9_error("decoded pages: out of memory");
    ram->code_written = code_written;
    ram->watcher = code;
    return true;
}

void code_close(struct code *code)
{
    for (unsigned k = 0; k < code->pages; k++) free(code->pool[k]);
    free(code->pool);
    code->pool = NULL;
    code->pages = 0;
}

void code_reset(struct code *code)
{
    for (unsigned k = 0; k < code->pages; k++) free(code->pool[k]);
    code->pages = code->hand = 0;
    memset(code->bucket, 0, sizeof code->bucket);
}

static void unlink_page(struct code *code, struct code_page *page)
{
    struct code_page **at = &code->bucket[bucket_of(page->ra, page->variant)];

    while (*at != page) at = &(*at)->next;
    *at = page->next;
}

static bool is_decoded(const struct code *code, u64 ra)
{
    for (unsigned v = 0; v < CODE_VARIANTS; v++)
        for (struct code_page *p = code->bucket[bucket_of(ra, v)]; p; p = p->next)
            if (p->ra == ra && p->variant == v && !p->stale) return true;
    return false;
}

static bool is_current(const struct code *code, const struct code_page *page)
{
    for (unsigned k = 0; k < code->thread_count; k++)
        if (code->threads[k]->page == page->insn) return true;
    return false;
}

/* Take the page that has been kept longest and that no thread stands in. */
static struct code_page *recycle(struct code *code)
{
    struct code_page *page;

    do {
        page = code->pool[code->hand];
        code->hand = (code->hand + 1) % code->pages;
    } while (is_current(code, page));
    mmu_forget_fetch(code->mmus, page->insn);
    unlink_page(code, page);
    if (!is_decoded(code, page->ra)) code->ram->page_flags[page->ra >> RAM_PAGE_SHIFT] &= (u8)~RAM_CODE;
    return page;
}

static struct code_page *new_page(struct code *code)
{
    struct code_page *page;

    if (code->pages == code->max_pages) return recycle(code);
    page = calloc(1, sizeof *page);
    if (page) code->pool[code->pages++] = page;
    else if (code->pages > code->thread_count) page = recycle(code);
    return page;
}

static u64 class_sum(enum issue_class class)
{
    switch (class) {
    case CLASS_LD: return 1ULL << SUM_LOADS_SHIFT;
    case CLASS_ST: return 1ULL << SUM_STORES_SHIFT;
    case CLASS_BR: return 1ULL << SUM_BRANCHES_SHIFT;
    default: return 0;
    }
}

static void decode_page(struct code *code, struct code_page *page)
{
    static const u8 port_of[] = {PORT_fast_be, PORT_fast_le, PORT_traced, PORT_traced};
    bool le = page->variant == CODE_FAST_LE || page->variant == CODE_TRACED_LE;
    const u8 *bytes = code->ram->host + page->ra;
    u64 sums = 0;

    for (unsigned k = 0; k < PAGE_INSNS; k++) {
        struct insn *i = &page->insn[k];
        u32 word = get_be32(bytes + 4 * k);
        unsigned row = i->row;
        if (!page->decoded || page->word[k] != word) row = isa_decode(code->isa, le ? swap32(word) : word, i);
        page->word[k] = word;
        i->sums = sums;
        if (row == ROW_NONE || (page->pcr_withheld && isa_is_withheld(isa_row(code->isa, row), page->pcr_withheld))) {
            i->fn = code->illegal;
            continue;
        }
        i->fn = isa_row(code->isa, row)->fn[port_of[page->variant]];
        sums += class_sum(isa_row(code->isa, row)->issue_class);
    }
    page->insn[PAGE_INSNS] = (struct insn){.fn = code->leave, .sums = sums, .row = ROW_NONE};
    page->stale = false;
    page->decoded = true;
}

/* From now on every store to this page is seen by code_written(). */
static void guard(struct code *code, u64 ra)
{
    u8 *flags = &code->ram->page_flags[ra >> RAM_PAGE_SHIFT];

    if (*flags & RAM_CODE) return;
    *flags |= RAM_CODE;
    mmu_code_page(code->mmus, ra);
}

struct code_page *code_page(struct code *code, u64 ra, enum code_variant variant, unsigned pcr_withheld)
{
    struct code_page **bucket = &code->bucket[bucket_of(ra, variant)], *page;

    for (page = *bucket; page; page = page->next)
        if (page->ra == ra && page->variant == variant && page->pcr_withheld == pcr_withheld) {
            if (page->stale) {
                guard(code, ra);
                decode_page(code, page);
            }
            return page;
        }
    page = new_page(code);
    if (!page) return NULL;
    page->ra = ra;
    page->variant = (u8)variant;
    page->pcr_withheld = (u8)pcr_withheld;
    page->decoded = false;
    page->next = *bucket;
    *bucket = page;
    guard(code, ra);
    decode_page(code, page);
    return page;
}

static void make_stale(struct code *code, struct code_page *page)
{
    if (page->stale) return;
    page->stale = true;
    mmu_forget_fetch(code->mmus, page->insn);
    for (unsigned k = 0; k < PAGE_INSNS; k++) page->insn[k].fn = code->stale;
}

void code_written(void *self, u64 ra, u64 size_bytes)
{
    struct code *code = self;

    for (u64 at = ra & ~(u64)(RAM_PAGE_SIZE - 1); at < ra + size_bytes; at += RAM_PAGE_SIZE) {
        if (!(code->ram->page_flags[at >> RAM_PAGE_SHIFT] & RAM_CODE)) continue;
        for (unsigned v = 0; v < CODE_VARIANTS; v++)
            for (struct code_page *p = code->bucket[bucket_of(at, v)]; p; p = p->next)
                if (p->ra == at && p->variant == v) make_stale(code, p);
        /* Nothing of it is decoded any more: stores may be fast again until it is next entered. */
        code->ram->page_flags[at >> RAM_PAGE_SHIFT] &= (u8)~RAM_CODE;
    }
}
