/* SPDX-License-Identifier: Apache-2.0 */
/* Writing qtrace; see qtrace.h. */
#include <string.h>

#include "traces/qtrace.h"
#include "traces/qtrace_bits.h"
#include "traces/stream.h"

/* The longest record: a header with its comment, or an instruction with two walks and all its registers. */
enum { RECORD_MOST = QTRACE_COMMENT_MOST + 4096 };

struct cursor {
    u8 *at;
};

static void put8(struct cursor *c, u8 value)
{
    *c->at++ = value;
}
static void put16(struct cursor *c, u16 value)
{
    put_be16(c->at, value);
    c->at += sizeof value;
}
static void put32(struct cursor *c, u32 value)
{
    put_be32(c->at, value);
    c->at += sizeof value;
}
static void put64(struct cursor *c, u64 value)
{
    put_be64(c->at, value);
    c->at += sizeof value;
}

/* ---- parts ---- */

static u16 modes_of(const struct qtrace_page *page, unsigned host, unsigned guest)
{
    if (!page->walk.walks) return (u16)(QTRACE_UNDEFINED << host | QTRACE_UNDEFINED << guest);
    return (u16)(QTRACE_RADIX << host | page->walk.guest << guest);
}

static void put_walk(struct cursor *c, const struct qtrace_walk *w)
{
    bool both = w->guest == QTRACE_RADIX;

    if (!w->walks) return;
    if (both) {
        put8(c, w->ptes);
        put8(c, w->walks);
    }
    for (unsigned n = 0; n < w->walks; n++)
        for (unsigned k = 0; k < w->ptes; k++) put64(c, w->host_pte[n][k]);
    if (!both) return;
    for (unsigned n = 0; n + 1 < w->walks; n++) put64(c, w->host_ra[n]);
    for (unsigned n = 0; n < w->walks; n++) put64(c, w->guest_ra[n]);
}

static void put_values(struct cursor *c, const struct qtrace_values *v)
{
    const struct qtrace_register *entry = v->entry;

    for (unsigned kind = 0; kind < QTRACE_KINDS; kind++) put8(c, v->in[kind]);
    for (unsigned kind = 0; kind < QTRACE_KINDS; kind++) put8(c, v->out[kind]);
    for (unsigned side = 0; side < 2; side++)
        for (unsigned kind = 0; kind < QTRACE_KINDS; kind++)
            for (unsigned n = side ? v->out[kind] : v->in[kind]; n; n--, entry++) {
                bool vector = kind == QTRACE_VMX || kind == QTRACE_VSX;

                if (kind == QTRACE_GPR || kind == QTRACE_FPR) put8(c, (u8)entry->index);
                else put16(c, entry->index);
                if (vector) put64(c, entry->value[1]);
                put64(c, entry->value[0]);
            }
}

/* ---- an instruction ---- */

/* next: of the instruction behind it; NULL: nothing is known of that but its address. */
static void put_insn(struct stream_writer *stream, const struct qtrace_insn *i, const struct qtrace_page *next)
{
    struct cursor c = {stream_room(stream, RECORD_MOST)};
    const u8 *from = c.at;
    const struct qtrace_page *data = &i->data;
    bool jumped = i->nia != i->iar + 4, next_walk = next && next->has_rpn && next->walk.walks;
    bool data_walk = data->has_rpn && data->walk.walks;
    u16 flags = 0, flags2 = 0;

    if (i->termination) flags |= QF_NODE | QF_TERMINATION;
    if (i->has_ea) flags |= QF_DATA_EA;
    if (data->has_rpn) flags |= QF_DATA_RPN;
    if (jumped) flags |= QF_IAR_CHANGED | QF_NEXT_IAR;
    if (next && next->has_rpn) flags |= QF_NEXT_RPN;
    if (i->values) flags |= QF_REGISTERS;
    if (next && next->shift) flags2 |= Q2_NEXT_SHIFT;
    if (data->shift) flags2 |= Q2_DATA_SHIFT;
    if (next && next->guest_shift) flags2 |= Q2_NEXT_GUEST_SHIFT;
    if (data->guest_shift) flags2 |= Q2_DATA_GUEST_SHIFT;
    if (next_walk || data_walk) flags2 |= Q2_MORE;
    if (flags2) flags |= QF_MORE;

    put32(&c, i->word);
    put16(&c, flags);
    if (flags2) put16(&c, flags2);
    if (flags2 & Q2_MORE) {
        static const struct qtrace_page nothing;
        put16(&c, modes_of(data_walk ? data : &nothing, Q3_HOST_DATA, Q3_GUEST_DATA) |
                      modes_of(next_walk ? next : &nothing, Q3_HOST_FETCH, Q3_GUEST_FETCH));
    }
    if (i->termination) {
        put8(&c, 0); /* node */
        put8(&c, 0); /* node at which it ended */
        put8(&c, i->termination);
    }
    if (i->has_ea) put64(&c, i->ea);
    if (data_walk) put_walk(&c, &data->walk);
    if (data->has_rpn) put32(&c, data->rpn);
    if (jumped) put64(&c, i->nia);
    if (next_walk) put_walk(&c, &next->walk);
    if (next && next->has_rpn) put32(&c, next->rpn);
    if (i->values) put_values(&c, i->values);
    if (next && next->shift) put8(&c, next->shift);
    if (data->shift) put8(&c, data->shift);
    if (next && next->guest_shift) put8(&c, next->guest_shift);
    if (data->guest_shift) put8(&c, data->guest_shift);
    stream_take(stream, (size_t)(c.at - from));
}

static void let_go(struct qtrace_writer *w, const struct qtrace_page *next)
{
    if (!w->holds) return;
    put_insn(w->stream, &w->slot[w->held], next);
    w->holds = false;
    w->written++;
}

struct qtrace_insn *qtrace_room(struct qtrace_writer *w)
{
    return &w->slot[!w->held];
}

void qtrace_put_made(struct qtrace_writer *w)
{
    struct qtrace_insn *insn = qtrace_room(w);

    if (w->holds) {
        w->slot[w->held].nia = insn->iar;
        let_go(w, &insn->fetch);
    }
    if (insn->values) {
        w->held_values = *insn->values;
        insn->values = &w->held_values;
    }
    w->held = !w->held;
    w->holds = true;
}

void qtrace_put(struct qtrace_writer *w, const struct qtrace_insn *insn)
{
    *qtrace_room(w) = *insn;
    qtrace_put_made(w);
}

/* ---- a header ---- */

void qtrace_put_header(struct qtrace_writer *w, const struct qtrace_header *h)
{
    const struct qtrace_page *fetch = &h->fetch;
    u16 flags3 = modes_of(fetch, Q3_HOST_FETCH, Q3_GUEST_FETCH), flags = QH_VERSION;
    struct cursor c;
    const u8 *from;

    let_go(w, NULL);
    c.at = stream_room(w->stream, RECORD_MOST);
    from = c.at;
    if (h->has_ptcr) flags3 |= Q3_PTCR;
    if (h->has_lpid) flags3 |= Q3_LPID;
    if (h->has_pid) flags3 |= Q3_PID;
    if (h->has_iar) flags |= QH_IAR;
    if (fetch->has_rpn) flags |= QH_RPN;
    if (fetch->shift) flags |= QH_SHIFT;
    if (fetch->guest_shift) flags |= QH_GUEST_SHIFT;
    if (h->comment_size) flags |= QH_COMMENT;

    put32(&c, 0);
    put16(&c, QF_MORE);
    put16(&c, Q2_HEADER | Q2_MORE);
    put16(&c, flags3);
    put16(&c, flags);
    put32(&c, h->version ? h->version : QTRACE_VERSION);
    if (h->has_iar) put64(&c, h->iar);
    if (fetch->has_rpn) {
        put_walk(&c, &fetch->walk);
        put32(&c, fetch->rpn);
    }
    if (fetch->shift) put8(&c, fetch->shift);
    if (fetch->guest_shift) put8(&c, fetch->guest_shift);
    if (h->has_ptcr) put64(&c, h->ptcr);
    if (h->has_lpid) put64(&c, h->lpid);
    if (h->has_pid) put32(&c, h->pid);
    if (h->comment_size) {
        put16(&c, h->comment_size);
        memcpy(c.at, h->comment, h->comment_size);
        c.at += h->comment_size;
    }
    stream_take(w->stream, (size_t)(c.at - from));
}

void qtrace_begin(struct qtrace_writer *w, struct stream_writer *stream)
{
    *w = (struct qtrace_writer){.stream = stream};
}

/* qtlib's reader looks for a header behind the last byte: in a file that ends with a page of the host there is nothing
 * to look at, so such a file has one more header, which says nothing. */
void qtrace_end(struct qtrace_writer *w)
{
    enum { PAGE = 4096 };

    let_go(w, NULL);
    if (stream_told(w->stream) && stream_told(w->stream) % PAGE == 0) qtrace_put_header(w, &(struct qtrace_header){0});
}
