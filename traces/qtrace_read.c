/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading qtrace, of whoever wrote it; see qtrace.h.  Nothing in the file is believed: a record is read from the bytes
 * that are there, and every count is looked at before it is used.
 */
#include <string.h>

#include "base/log.h"
#include "traces/qtrace.h"
#include "traces/qtrace_bits.h"
#include "traces/stream.h"

/* What is read of a record; short_: more was asked for than is there, and what was answered is 0. */
struct cursor {
    const u8 *from, *at, *end;
    bool is_short;
};

static u64 get(struct cursor *c, unsigned size)
{
    u64 value = 0;

    if ((size_t)(c->end - c->at) < size) {
        c->is_short = true;
        return 0;
    }
    for (unsigned k = 0; k < size; k++) value = value << 8 | *c->at++;
    return value;
}
static u8 get8(struct cursor *c)
{
    return (u8)get(c, 1);
}
static u16 get16(struct cursor *c)
{
    return (u16)get(c, 2);
}
static u32 get32(struct cursor *c)
{
    return (u32)get(c, 4);
}
static u64 get64(struct cursor *c)
{
    return get(c, 8);
}
static void skip(struct cursor *c, size_t size)
{
    if ((size_t)(c->end - c->at) < size) c->is_short = true;
    else c->at += size;
}

static bool bad(const struct qtrace_reader *r, const char *what, u32 value)
{
    return p9_error("%s: %s (0x%x), in the record at byte %llu, behind %llu instructions", r->path, what, value,
                    (unsigned long long)stream_at(r->stream), (unsigned long long)r->read);
}

/* ---- parts ---- */

static enum qtrace_mode mode_of(u16 flags3, unsigned shift)
{
    return (enum qtrace_mode)(flags3 >> shift & 3);
}

/* The walk of a page whose sides are translated so. */
static bool get_walk(const struct qtrace_reader *r, struct cursor *c, enum qtrace_mode host, enum qtrace_mode guest,
                     struct qtrace_walk *w)
{
    w->walks = w->ptes = 0;
    if (host != QTRACE_RADIX) return true;
    w->guest = (u8)guest;
    w->ptes = guest == QTRACE_RADIX ? get8(c) : QTRACE_PTES;
    w->walks = guest == QTRACE_RADIX ? get8(c) : 1;
    if (w->ptes > QTRACE_PTES || w->walks > QTRACE_WALKS)
        return bad(r, "a walk of more entries than radix tables have", (u32)w->walks << 8 | w->ptes);
    for (unsigned n = 0; n < w->walks; n++)
        for (unsigned k = 0; k < w->ptes; k++) w->host_pte[n][k] = get64(c);
    if (guest != QTRACE_RADIX) return true;
    for (unsigned n = 0; n + 1 < w->walks; n++) w->host_ra[n] = get64(c);
    for (unsigned n = 0; n < w->walks; n++) w->guest_ra[n] = get64(c);
    return true;
}

/* A page of which nothing is said, and one that is another's: the entries of a walk are 240 bytes, of which there are
 * none most of the time. */
static void empty_page(struct qtrace_page *page)
{
    page->has_rpn = false;
    page->shift = page->guest_shift = 0;
    page->rpn = 0;
    page->walk.guest = page->walk.walks = page->walk.ptes = 0;
}
static void copy_page(struct qtrace_page *to, const struct qtrace_page *from)
{
    if (unlikely(from->walk.walks)) {
        *to = *from;
        return;
    }
    empty_page(to);
    to->has_rpn = from->has_rpn;
    to->shift = from->shift;
    to->guest_shift = from->guest_shift;
    to->rpn = from->rpn;
}

/* RPN and, before it, the walk. */
static bool get_page(const struct qtrace_reader *r, struct cursor *c, bool has_modes, enum qtrace_mode host,
                     enum qtrace_mode guest, struct qtrace_page *page)
{
    page->walk.walks = page->walk.ptes = 0;
    if (has_modes && !get_walk(r, c, host, guest, &page->walk)) return false;
    page->has_rpn = true;
    page->rpn = get32(c);
    return true;
}

static bool get_shift(const struct qtrace_reader *r, struct cursor *c, u8 *shift)
{
    *shift = get8(c);
    if (c->is_short || (*shift >= 12 && *shift < 64)) return true;
    return bad(r, "a page of no size", *shift);
}

static void get_register(struct cursor *c, unsigned kind, struct qtrace_register *to)
{
    to->index = kind == QTRACE_GPR || kind == QTRACE_FPR ? get8(c) : get16(c);
    to->value[1] = kind == QTRACE_VMX || kind == QTRACE_VSX ? get64(c) : 0;
    to->value[0] = get64(c);
}

static void get_counts(const struct qtrace_reader *r, struct cursor *c, u8 counts[QTRACE_KINDS])
{
    for (unsigned kind = 0; kind < QTRACE_KINDS; kind++)
        counts[kind] = kind == QTRACE_VSX && r->version < QTRACE_WITH_VSX ? 0 : get8(c);
}

static bool get_values(struct qtrace_reader *r, struct cursor *c)
{
    struct qtrace_values *v = &r->values;
    unsigned count = 0;

    get_counts(r, c, v->in);
    get_counts(r, c, v->out);
    for (unsigned kind = 0; kind < QTRACE_KINDS; kind++) count += v->in[kind] + v->out[kind];
    if (count > QTRACE_REGISTERS_MOST) return bad(r, "more registers than an instruction has", count);
    count = 0;
    for (unsigned side = 0; side < 2; side++)
        for (unsigned kind = 0; kind < QTRACE_KINDS; kind++)
            for (unsigned n = side ? v->out[kind] : v->in[kind]; n; n--) get_register(c, kind, &v->entry[count++]);
    return true;
}

/* ---- a header ---- */

static bool get_header(struct qtrace_reader *r, struct cursor *c, struct qtrace_header *h)
{
    u16 flags = (skip(c, 4), get16(c)), flags2 = get16(c), flags3 = flags2 & Q2_MORE ? get16(c) : 0, has = get16(c);

    *h = (struct qtrace_header){0};
    if (c->is_short) return true;
    if (flags != QF_MORE) return bad(r, "a header with flags that no header has", flags);
    if ((flags2 & ~Q2_MORE) != Q2_HEADER) return bad(r, "a zero word that begins no header", flags2);
    if (has & ~QH_KNOWN) return bad(r, "a header with unknown parts", has & ~(u32)QH_KNOWN);
    if (has & QH_MAGIC) skip(c, 4);
    if (has & QH_VERSION) r->version = get32(c);
    h->version = r->version;
    h->has_iar = has & QH_IAR;
    if (h->has_iar) h->iar = get64(c);
    if (has & QH_VSID) skip(c, QTRACE_VSID_BYTES);
    if (has & QH_RPN &&
        !get_page(r, c, flags2 & Q2_MORE, mode_of(flags3, Q3_HOST_FETCH), mode_of(flags3, Q3_GUEST_FETCH), &h->fetch))
        return false;
    if (has & QH_SHIFT && !get_shift(r, c, &h->fetch.shift)) return false;
    if (has & QH_GUEST_SHIFT && !get_shift(r, c, &h->fetch.guest_shift)) return false;
    h->has_ptcr = flags3 & Q3_PTCR;
    h->has_lpid = flags3 & Q3_LPID;
    h->has_pid = flags3 & Q3_PID;
    if (h->has_ptcr) h->ptcr = get64(c);
    if (h->has_lpid) h->lpid = get64(c);
    if (h->has_pid) h->pid = get32(c);
    if (has & QH_COMMENT) {
        h->comment_size = get16(c);
        h->comment = (const char *)c->at;
        skip(c, h->comment_size);
    }
    return true;
}

/* ---- an instruction ---- */

static bool get_shifts(const struct qtrace_reader *r, struct cursor *c, u16 flags2, struct qtrace_page *data,
                       struct qtrace_page *next)
{
    u8 *second = r->as_qtlib ? &next->guest_shift : &data->shift;
    u8 *third = r->as_qtlib ? &data->shift : &next->guest_shift;
    u16 second_flag = r->as_qtlib ? Q2_NEXT_GUEST_SHIFT : Q2_DATA_SHIFT;
    u16 third_flag = r->as_qtlib ? Q2_DATA_SHIFT : Q2_NEXT_GUEST_SHIFT;

    if (flags2 & Q2_SEQUENTIAL_SHIFT && !get_shift(r, c, &next->shift)) return false;
    if (flags2 & Q2_NEXT_SHIFT && !get_shift(r, c, &next->shift)) return false;
    if (flags2 & second_flag && !get_shift(r, c, second)) return false;
    if (flags2 & third_flag && !get_shift(r, c, third)) return false;
    return !(flags2 & Q2_DATA_GUEST_SHIFT) || get_shift(r, c, &data->guest_shift);
}

/* qtlib's writer says that the guest's side of a fetch is real where that of the access belongs. */
static enum qtrace_mode guest_fetch_mode(const struct qtrace_reader *r, u16 flags, u16 flags3)
{
    enum qtrace_mode mode = mode_of(flags3, Q3_GUEST_FETCH);
    bool misplaced = r->as_qtlib && mode == QTRACE_UNDEFINED && !(flags & QF_DATA_RPN);

    return misplaced && mode_of(flags3, Q3_GUEST_DATA) == QTRACE_REAL ? QTRACE_REAL : mode;
}

static bool get_next_page(struct qtrace_reader *r, struct cursor *c, u16 flags, u16 flags2, u16 flags3,
                          struct qtrace_page *next)
{
    if (flags & QF_NEXT_VSID) skip(c, QTRACE_VSID_BYTES);
    return !(flags & QF_NEXT_RPN) ||
           get_page(r, c, flags2 & Q2_MORE, mode_of(flags3, Q3_HOST_FETCH), guest_fetch_mode(r, flags, flags3), next);
}

static bool get_termination(const struct qtrace_reader *r, struct cursor *c, struct qtrace_insn *i)
{
    u8 code = (skip(c, 1), get8(c));

    if (code == QTRACE_CONDITIONAL_TOO) code = QTRACE_CONDITIONAL;
    i->termination = code;
    if (c->is_short || code == QTRACE_CONDITIONAL || code == QTRACE_UNCONDITIONAL || code == QTRACE_EXCEPTION)
        return true;
    return bad(r, "a termination code that is none", code);
}

static bool get_data(const struct qtrace_reader *r, struct cursor *c, u16 flags, u16 flags2, u16 flags3,
                     struct qtrace_insn *i)
{
    u8 length = 0;

    if (flags & QF_DATA_EA) i->ea = get64(c);
    i->has_ea = flags & QF_DATA_EA;
    if (flags & QF_DATA_VSID) skip(c, QTRACE_VSID_BYTES);
    if (flags & QF_DATA_RPN &&
        !get_page(r, c, flags2 & Q2_MORE, mode_of(flags3, Q3_HOST_DATA), mode_of(flags3, Q3_GUEST_DATA), &i->data))
        return false;
    if (flags & QF_LENGTH) length = get8(c);
    if (flags & QF_DATA) skip(c, length);
    return true;
}

/* Of a record, all but the shifts at its end; next: the page of the instruction behind it. */
static bool get_insn(struct qtrace_reader *r, struct cursor *c, struct qtrace_insn *i, struct qtrace_page *next)
{
    u32 word = get32(c);
    u16 flags = get16(c), flags2 = flags & QF_MORE ? get16(c) : 0, flags3 = flags2 & Q2_MORE ? get16(c) : 0;

    empty_page(next);
    i->word = word;
    i->iar = r->iar;
    i->termination = QTRACE_WENT_ON;
    copy_page(&i->fetch, &r->fetch);
    empty_page(&i->data);
    i->values = NULL;
    if (c->is_short) return true;
    if (flags & ~QF_KNOWN) return bad(r, "an instruction with unknown flags", flags);
    if (flags2 & ~Q2_KNOWN || flags2 & Q2_HEADER) return bad(r, "an instruction with unknown flags", flags2);
    if (flags & QF_NODE) skip(c, 1);
    if (flags & QF_TERMINATION && !get_termination(r, c, i)) return false;
    if (flags & QF_PROCESSOR) skip(c, 1);
    if (!get_data(r, c, flags, flags2, flags3, i)) return false;
    i->nia = flags & QF_NEXT_IAR ? get64(c) : i->iar + 4;
    if (!get_next_page(r, c, flags, flags2, flags3, next)) return false;
    if (flags & QF_REGISTERS) {
        if (!get_values(r, c)) return false;
        i->values = &r->values;
    }
    if (flags2 & Q2_SEQUENTIAL_RPN) {
        u32 rpn = get32(c);
        if (!next->has_rpn) next->rpn = rpn;
        next->has_rpn = true;
    }
    if (flags2 & Q2_ERROR) skip(c, 1);
    return get_shifts(r, c, flags2, &i->data, next);
}

/* ---- the next record ---- */

static enum qtrace_item is_cut_off(const struct qtrace_reader *r)
{
    p9_error("%s: is cut off within the record at byte %llu, behind %llu instructions", r->path,
             (unsigned long long)stream_at(r->stream), (unsigned long long)r->read);
    return QTRACE_BAD;
}

static void take_header(struct qtrace_reader *r, const struct qtrace_header *h)
{
    r->iar = h->has_iar ? h->iar : ~0ULL;
    r->fetch = h->fetch;
    r->behind_prefix = false;
}

static bool is_prefix(u32 word)
{
    return word >> 26 == 1;
}

static void take_insn(struct qtrace_reader *r, const struct qtrace_insn *i, const struct qtrace_page *next)
{
    r->iar = i->nia;
    copy_page(&r->fetch, next);
    r->behind_prefix = is_prefix(i->word) && !r->behind_prefix;
    r->read++;
}

enum qtrace_item qtrace_next(struct qtrace_reader *r, struct qtrace_header *header, struct qtrace_insn *insn)
{
    size_t have;
    const u8 *bytes = stream_peek(r->stream, STREAM_MOST, &have);
    struct cursor c = {bytes, bytes, bytes, false};
    struct qtrace_page next;
    bool is_header;

    if (!bytes) return QTRACE_BAD;
    c.end += have;
    if (!have) return QTRACE_END;
    if (have < 4) return is_cut_off(r);
    is_header = !r->behind_prefix && !(bytes[0] | bytes[1] | bytes[2] | bytes[3]);
    if (!is_header && !r->version && !r->read && r->iar == ~0ULL && !stream_at(r->stream)) {
        bad(r, "is no qtrace: it does not begin with a header", bytes[0]);
        return QTRACE_BAD;
    }
    if (!(is_header ? get_header(r, &c, header) : get_insn(r, &c, insn, &next))) return QTRACE_BAD;
    if (c.is_short) return is_cut_off(r);
    if (is_header) take_header(r, header);
    else take_insn(r, insn, &next);
    stream_skip(r->stream, (size_t)(c.at - bytes));
    return is_header ? QTRACE_IS_HEADER : QTRACE_IS_INSN;
}

/* ---- where instructions are ---- */

void qtrace_where_begin(struct qtrace_where *w)
{
    *w = (struct qtrace_where){~0ULL, QTRACE_SHIFT};
}

void qtrace_where_insn(struct qtrace_where *w, const struct qtrace_page *fetch)
{
    if (fetch->shift) w->shift = fetch->shift;
    if (fetch->has_rpn) w->page = (u64)fetch->rpn << w->shift;
}

void qtrace_where_header(struct qtrace_where *w, const struct qtrace_page *fetch)
{
    w->page = ~0ULL;
    qtrace_where_insn(w, fetch);
}

void qtrace_read_from(struct qtrace_reader *r, struct stream_reader *stream, const char *path)
{
    *r = (struct qtrace_reader){.stream = stream, .path = path, .iar = ~0ULL};
}
