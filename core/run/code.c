/* SPDX-License-Identifier: Apache-2.0 */
/* A hash of decoded pages over a bounded pool; see code.h for the rules that keep it coherent. */
#include "core/run/code.h"

#include <sys/mman.h>

#include "base/assert.h"
#include "base/hash.h"
#include "base/log.h"
#include "mmu/mmu.h"

static unsigned bucket_of(u64 ra, unsigned variant)
{
    return hash_place(ra >> RAM_PAGE_SHIFT, CODE_BUCKETS) ^ variant;
}

static struct code_bucket *bucket_at(struct code *code, u64 ra, unsigned variant)
{
    return &code->bucket[bucket_of(ra, variant)];
}

static u64 key_of(u64 ra, unsigned variant, u8 pcr_withheld)
{
    return ra | (u64)pcr_withheld << 4 | 1 << 3 | variant;
}

static size_t pool_bytes(const struct code *code)
{
    return code->max_pages * sizeof *code->pool;
}

enum { PAGE_FACTS = PAGE_INSNS + 1 };
static size_t facts_bytes(const struct code *code)
{
    return (size_t)code->max_pages * PAGE_FACTS * sizeof *code->facts;
}

/* Address space, of which only what is touched becomes storage of the host. NULL after an error line. */
static void *reserve(size_t bytes, const char *what)
{
    void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (at != MAP_FAILED) return at;
    p9_error("%s: the host does not reserve %zu MiB of address space", what, bytes >> 20);
    return NULL;
}

bool code_open(struct code *code, const struct isa *isa, struct ram *ram, unsigned max_pages)
{
    *code = (struct code){.isa = isa, .ram = ram, .max_pages = max_pages};
    code->pool = reserve(pool_bytes(code), "decoded pages");
    if (!code->pool) return false;
    /* Guests jump all over it: with pages of 4 KiB the host would wait for its own TLB. If it has no larger ones, fine.
     */
    (void)madvise(code->pool, pool_bytes(code), MADV_HUGEPAGE);
    ram->code_written = code_written;
    ram->watcher = code;
    return true;
}

void code_close(struct code *code)
{
    if (code->pool) munmap(code->pool, pool_bytes(code));
    if (code->facts) munmap(code->facts, facts_bytes(code));
    code->pool = NULL;
    code->facts = NULL;
    code->pages = 0;
}

struct insn_facts *code_facts(const struct code *code, const struct insn *page)
{
    return code->facts ? code->facts + (size_t)(code_page_at(code, page) - code->pool) * PAGE_FACTS : NULL;
}

void code_reset(struct code *code)
{
    code->pages = code->hand = 0;
    memset(code->bucket, 0, sizeof code->bucket);
}

static void unlink_page(struct code *code, struct code_page *page)
{
    struct code_bucket *bucket = bucket_at(code, page->ra, page->variant);
    struct code_page **at = &bucket->first;

    if (*at == page) bucket->key = 0;
    while (*at != page) at = &(*at)->next;
    *at = page->next;
}

static bool is_decoded(struct code *code, u64 ra)
{
    for (unsigned v = 0; v < CODE_VARIANTS; v++)
        for (struct code_page *p = bucket_at(code, ra, v)->first; p; p = p->next)
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
        page = &code->pool[code->hand];
        code->hand = (code->hand + 1) % code->pages;
    } while (is_current(code, page));
    mmu_forget_fetch(code->mmus, page->insn);
    unlink_page(code, page);
    if (!is_decoded(code, page->ra)) code->ram->page_flags[page->ra >> RAM_PAGE_SHIFT] &= (u8)~RAM_CODE;
    return page;
}

static struct code_page *new_page(struct code *code)
{
    return code->pages < code->max_pages ? &code->pool[code->pages++] : recycle(code);
}

static unsigned slot_of(u64 ea)
{
    return (unsigned)(ea & (RAM_PAGE_SIZE - 1)) >> 2;
}

static u64 sum_of(const struct insn_row *row)
{
    return (row->flags & LOADS ? 1ULL << SUM_LOADS_SHIFT : 0) | (row->flags & STORES ? 1ULL << SUM_STORES_SHIFT : 0) |
           (row->flags & BRANCHES ? 1ULL << SUM_BRANCHES_SHIFT : 0);
}

static bool is_traced(const struct code_page *page)
{
    return page->variant >= CODE_TRACED_BE;
}

/* facts: of the instruction; NULL: it is not to be learned. */
inline_hot insn_fn *meaning_of(const struct code *code, const struct code_page *page, unsigned row,
                               const struct insn_facts *facts)
{
    static const u8 port_of[] = {PORT_fast_be, PORT_fast_le, PORT_traced, PORT_traced};

    if (row == ROW_NONE) return code->illegal;
    if (page->pcr_withheld && isa_is_withheld(isa_row(code->isa, row), page->pcr_withheld)) return code->illegal;
    if (unlikely(facts && !facts->learned)) return code->learn;
    return isa_row(code->isa, row)->fn[port_of[page->variant]];
}

struct insn_facts code_facts_of(const struct code *code, u32 word, unsigned row)
{
    struct insn_facts facts = {.word = word, .row = (u16)row};
    const struct insn_row *of;

    if (row == ROW_NONE) return facts;
    of = isa_row(code->isa, row);
    facts.issue_class = (u8)of->issue_class;
    facts.is = (u8)((of->flags & LOADS ? IS_LOAD : 0) | (of->flags & STORES ? IS_STORE : 0) |
                    (of->flags & BRANCHES ? IS_BRANCH : 0));
    return facts;
}

static u32 swapped_if_le(const struct code_page *page, u32 word)
{
    return page->variant == CODE_FAST_LE || page->variant == CODE_TRACED_LE ? swap32(word) : word;
}

static void decode_page(struct code *code, struct code_page *page)
{
    const u8 *bytes = code->ram->host + page->ra;
    struct insn_facts *facts = is_traced(page) ? code_facts(code, page->insn) : NULL;
    u64 sums = 0;

    if (facts && code->redecodes) code->redecodes(code->redecodes_self);
    for (unsigned k = 0; k < PAGE_INSNS; k++) {
        struct insn *i = &page->insn[k];
        u32 stored = get_be32(bytes + 4 * k), word = swapped_if_le(page, stored);

        if (!page->decoded || page->word[k] != stored) {
            isa_decode(code->isa, word, i);
            if (facts) facts[k] = code_facts_of(code, word, i->row);
        }
        page->word[k] = stored;
        i->sums = sums;
        i->fn = meaning_of(code, page, i->row, facts ? &facts[k] : NULL);
        if (i->fn != code->illegal) sums += sum_of(isa_row(code->isa, i->row));
    }
    page->insn[PAGE_INSNS] = (struct insn){.fn = code->leave, .sums = sums, .row = ROW_NONE};
    page->stale = false;
    page->decoded = true;
    for (unsigned k = 0; k < code->watched_count; k++) page->insn[slot_of(code->watched[k])].fn = code->pause;
}

/* From now on every store to this page is seen by code_written(). */
static void guard(struct code *code, u64 ra)
{
    u8 *flags = &code->ram->page_flags[ra >> RAM_PAGE_SHIFT];

    if (*flags & RAM_CODE) return;
    *flags |= RAM_CODE;
    mmu_code_page(code->mmus, ra);
}

/* The page in its bucket, now first; NULL: it is not there. */
static struct code_page *find_page(struct code_bucket *bucket, u64 ra, unsigned variant, unsigned pcr_withheld)
{
    struct code_page **at = &bucket->first, *page;

    while (*at && ((*at)->ra != ra || (*at)->variant != variant || (*at)->pcr_withheld != pcr_withheld))
        at = &(*at)->next;
    page = *at;
    if (!page || page == bucket->first) return page;
    *at = page->next;
    page->next = bucket->first;
    bucket->first = page;
    bucket->key = 0;
    return page;
}

static struct code_page *add_page(struct code *code, u64 ra, unsigned variant, unsigned pcr_withheld)
{
    struct code_page *page = new_page(code);
    struct code_bucket *bucket = bucket_at(code, ra, variant);

    page->ra = ra;
    page->variant = (u8)variant;
    page->pcr_withheld = (u8)pcr_withheld;
    page->decoded = false;
    page->stale = true;
    page->next = bucket->first;
    bucket->first = page;
    bucket->key = 0;
    return page;
}

struct code_page *code_page(struct code *code, u64 ra, enum code_variant variant, unsigned pcr_withheld)
{
    struct code_bucket *bucket = bucket_at(code, ra, variant);
    u64 key = key_of(ra, variant, (u8)pcr_withheld);
    struct code_page *page;

    if (likely(bucket->key == key)) return bucket->first;
    page = find_page(bucket, ra, variant, pcr_withheld);
    if (!page) page = add_page(code, ra, variant, pcr_withheld);
    if (page->stale) {
        guard(code, ra);
        decode_page(code, page);
    }
    bucket->key = key;
    return page;
}

void code_restore_page(struct code *code, u64 ra, enum code_variant variant, unsigned pcr_withheld, bool stale)
{
    struct code_page *page = add_page(code, ra, variant, pcr_withheld);

    if (!stale) {
        guard(code, ra);
        decode_page(code, page);
        return;
    }
    for (unsigned k = 0; k < PAGE_INSNS; k++) page->insn[k] = (struct insn){.fn = code->stale, .row = ROW_NONE};
    page->insn[PAGE_INSNS] = (struct insn){.fn = code->leave, .row = ROW_NONE};
}

/* What it was decoded from, which storage may not hold any more; where nothing was learned that makes no difference. */
static void restore_stale(struct code *code, struct code_page *page, const struct insn_facts *const facts[PAGE_INSNS])
{
    struct insn_facts *to = code_facts(code, page->insn);

    for (unsigned k = 0; k < PAGE_INSNS; k++) {
        u32 stored = get_be32(code->ram->host + page->ra + 4 * k);
        u32 word = facts[k] ? facts[k]->word : swapped_if_le(page, stored);
        struct insn *i = &page->insn[k];

        isa_decode(code->isa, word, i);
        to[k] = facts[k] ? *facts[k] : code_facts_of(code, word, i->row);
        page->word[k] = swapped_if_le(page, word);
        i->fn = code->stale;
    }
    page->decoded = true;
}

bool code_restore_facts(struct code *code, unsigned n, const struct insn_facts *const facts[PAGE_INSNS])
{
    struct code_page *page = &code->pool[n];
    struct insn_facts *to = code_facts(code, page->insn);

    if (!is_traced(page)) return false;
    if (page->stale) {
        restore_stale(code, page, facts);
        return true;
    }
    for (unsigned k = 0; k < PAGE_INSNS; k++) {
        if (!facts[k]) continue;
        if (facts[k]->word != to[k].word) return false;
        to[k] = *facts[k];
        code_learned(code, &page->insn[k]);
    }
    return true;
}

static void make_stale(struct code *code, struct code_page *page)
{
    struct code_bucket *bucket = bucket_at(code, page->ra, page->variant);

    if (page->stale) return;
    page->stale = true;
    if (bucket->first == page) bucket->key = 0;
    mmu_forget_fetch(code->mmus, page->insn);
    for (unsigned k = 0; k < PAGE_INSNS; k++) page->insn[k].fn = code->stale;
}

bool code_keep_facts(struct code *code, void (*redecodes)(void *self), void *self)
{
    if (!code->facts) code->facts = reserve(facts_bytes(code), "facts of decoded instructions");
    if (!code->facts) return false;
    code->redecodes = redecodes;
    code->redecodes_self = self;
    for (unsigned k = 0; k < code->pages; k++) {
        make_stale(code, &code->pool[k]);
        code->pool[k].decoded = false; /* it has no facts yet */
    }
    return true;
}

void code_written(void *self, u64 ra, u64 size_bytes)
{
    struct code *code = self;

    for (u64 at = ra & ~(u64)(RAM_PAGE_SIZE - 1); at < ra + size_bytes; at += RAM_PAGE_SIZE) {
        if (!(code->ram->page_flags[at >> RAM_PAGE_SHIFT] & RAM_CODE)) continue;
        for (unsigned v = 0; v < CODE_VARIANTS; v++)
            for (struct code_page *p = bucket_at(code, at, v)->first; p; p = p->next)
                if (p->ra == at && p->variant == v) make_stale(code, p);
        /* Nothing of it is decoded any more: stores may be fast again until it is next entered. */
        code->ram->page_flags[at >> RAM_PAGE_SHIFT] &= (u8)~RAM_CODE;
    }
}

/* ---- standing still ---- */

struct code_page *code_page_at(const struct code *code, const struct insn *i)
{
    return &code->pool[(size_t)((const u8 *)i - (const u8 *)code->pool) / sizeof *code->pool];
}

insn_fn *code_meaning(const struct code *code, const struct insn *i)
{
    const struct code_page *page = code_page_at(code, i);
    const struct insn_facts *facts = is_traced(page) ? code_facts(code, page->insn) : NULL;

    return meaning_of(code, page, i->row, facts ? facts + (i - page->insn) : NULL);
}

void code_set_pause(struct code *code, const struct insn *i, bool pause)
{
    struct code_page *page = code_page_at(code, i);
    struct insn *slot = &page->insn[i - page->insn];

    if (page->stale) return;
    for (unsigned k = 0; k < code->watched_count; k++) pause |= slot_of(code->watched[k]) == slot - page->insn;
    slot->fn = pause ? code->pause : code_meaning(code, i);
}

void code_learned(struct code *code, const struct insn *i)
{
    struct code_page *page = code_page_at(code, i);

    code_facts(code, page->insn)[i - page->insn].learned = true;
    if (page->stale || page->insn[i - page->insn].fn != code->learn) return;
    page->insn[i - page->insn].fn = code_meaning(code, i);
}

bool code_is_watched(const struct code *code, u64 ea)
{
    for (unsigned k = 0; k < code->watched_count; k++)
        if (code->watched[k] == ea) return true;
    return false;
}

static void set_slots(struct code *code, u64 ea)
{
    for (unsigned k = 0; k < code->pages; k++) code_set_pause(code, &code->pool[k].insn[slot_of(ea)], false);
}

bool code_watch(struct code *code, u64 ea)
{
    if (code_is_watched(code, ea)) return true;
    if (code->watched_count == CODE_WATCHED) return false;
    code->watched[code->watched_count++] = ea;
    set_slots(code, ea);
    return true;
}

void code_unwatch(struct code *code, u64 ea)
{
    for (unsigned k = 0; k < code->watched_count; k++) {
        if (code->watched[k] != ea) continue;
        code->watched[k] = code->watched[--code->watched_count];
        set_slots(code, ea);
        return;
    }
}

/* ---- developers' builds ---- */

/* No store went unseen: what was decoded is what storage holds. */
static void check_word(const struct code *code, const struct code_page *page, unsigned k)
{
    P9_ASSERT(page->word[k] == get_be32(code->ram->host + page->ra + 4 * k));
}

static void check_guard(const struct code *code, const struct code_page *page)
{
    P9_ASSERT(page->decoded && !page->stale);
    P9_ASSERT(code->ram->page_flags[page->ra >> RAM_PAGE_SHIFT] & RAM_CODE);
}

void code_check_page(const struct code *code, struct insn *first, const struct insn *i)
{
    const struct code_page *page = code_page_of(first);

    P9_ASSERT(page >= code->pool && page < code->pool + code->pages);
    check_guard(code, page);
    check_word(code, page, (unsigned)(i - first));
}

void code_check(struct code *code)
{
    P9_ASSERT(code->pages <= code->max_pages);
    for (unsigned n = 0; n < code->pages; n++) {
        struct code_page *page = &code->pool[n];
        struct code_bucket *bucket = bucket_at(code, page->ra, page->variant);
        const struct code_page *found = bucket->first;

        while (found && found != page) found = found->next;
        P9_ASSERT(found == page);
        if (bucket->key == key_of(page->ra, page->variant, page->pcr_withheld)) P9_ASSERT(bucket->first == page);
        if (page->stale) continue;
        check_guard(code, page);
        for (unsigned k = 0; k < PAGE_INSNS; k++) {
            check_word(code, page, k);
            P9_ASSERT(page->insn[k].sums <= page->insn[k + 1].sums);
        }
    }
}
