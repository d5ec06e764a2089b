/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See diff_qemu.h.  Of each side so many instructions are looked ahead as a detour may be long.  Where the sides part,
 * of all places where they are the same again for DIFF_QEMU_MEETING instructions the nearest one is taken: that with
 * the least sum of instructions passed over.
 */
#include "traces/diff_qemu.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/log.h"
#include "core/isa/disasm.h"
#include "traces/qemu_log.h"

enum { ROOM = 1 << 15, DETOURS_TOLD = 20, TEXT = 128 };
_Static_assert(ROOM >= DIFF_QEMU_RESYNC_MOST + DIFF_QEMU_MEETING + DIFF_CONTEXT_MOST, "room for what is looked ahead");

struct executed {
    u64 address, where; /* where: number of the instruction, of the log its line */
    u32 word;           /* of A */
};

/* A side's next instructions, in a ring; behind them those that were the last ones. */
struct ahead_of {
    struct executed at[ROOM];
    u64 first, end; /* ring[first % ROOM] is the next one */
    bool ended;
};

struct comparison {
    const struct diff_qemu *o;
    struct qemu_log *log;
    struct retire_block block; /* of A, and how far it was taken */
    size_t taken;
    u64 number; /* of A's next instruction */
    bool failed;
    u64 same, detours, passed_a, passed_b;
    struct ahead_of a, b;
};

/* ---- the next instructions of each side ---- */

static struct executed *add(struct ahead_of *side)
{
    return &side->at[side->end++ % ROOM];
}

/* What QEMU has a line for: not what waited, nor what could not be fetched. */
static bool is_executed(const struct comparison *c, const struct retire *r)
{
    return r->kind == RETIRE_INSN && !(r->flags & RETIRE_WAITED) && r->ra != ~0ULL &&
           (r->thread == c->o->thread || c->o->a->lacks & TRACE_LACKS_STATE);
}

static void read_a(struct comparison *c, u64 wanted)
{
    while (!c->a.ended && c->a.end - c->a.first < wanted) {
        const struct retire *r;

        if (c->taken == c->block.count) {
            c->taken = 0;
            c->a.ended = !c->o->a->next(c->o->a, &c->block);
            if (c->a.ended) c->block.count = 0;
            continue;
        }
        r = &c->block.record[c->taken++];
        if (is_executed(c, r)) *add(&c->a) = (struct executed){r->cia, c->number, r->facts->word};
        c->number += r->kind == RETIRE_INSN;
    }
    c->failed |= c->o->a->failed;
}

static void read_b(struct comparison *c, u64 wanted)
{
    bool failed = false;
    u64 address;

    while (!c->b.ended && c->b.end - c->b.first < wanted) {
        c->b.ended = !qemu_log_next(c->log, &address, &failed);
        if (!c->b.ended) *add(&c->b) = (struct executed){address, qemu_log_line(c->log), 0};
    }
    c->failed |= failed;
}

static const struct executed *peek(const struct ahead_of *side, u64 n)
{
    return side->first + n < side->end ? &side->at[(side->first + n) % ROOM] : NULL;
}

/* ---- detours ---- */

/* Are both the same from here on, for as long as it takes, or to the end of one of them? */
static bool meets(const struct comparison *c, u64 i, u64 j)
{
    for (u64 k = 0; k < DIFF_QEMU_MEETING; k++) {
        const struct executed *x = peek(&c->a, i + k), *y = peek(&c->b, j + k);

        if (!x || !y) return k > 0;
        if (x->address != y->address) return false;
    }
    return true;
}

/* The sum of what is passed over grows until they meet. */
static bool find_meeting(const struct comparison *c, u64 *i, u64 *j)
{
    u64 most = c->o->resync;

    for (u64 sum = 1; sum <= 2 * most; sum++)
        for (*i = sum > most ? sum - most : 0; *i <= sum && *i <= most; ++*i) {
            *j = sum - *i;
            if (meets(c, *i, *j)) return true;
        }
    return false;
}

static bool pass_detour(struct comparison *c)
{
    u64 i, j;

    if (!c->o->resync) return false;
    read_a(c, c->o->resync + DIFF_QEMU_MEETING);
    read_b(c, c->o->resync + DIFF_QEMU_MEETING);
    if (c->failed || !find_meeting(c, &i, &j)) return false;
    if (c->detours++ < DETOURS_TOLD)
        fprintf(c->o->to,
                "# detour at instruction %" PRIu64 ", line %" PRIu64 ", from %" PRIx64 " and %" PRIx64 ": A %" PRIu64
                " instructions, B %" PRIu64 "\n",
                peek(&c->a, 0)->where, peek(&c->b, 0)->where, peek(&c->a, 0)->address, peek(&c->b, 0)->address, i, j);
    c->passed_a += i;
    c->passed_b += j;
    c->a.first += i;
    c->b.first += j;
    return true;
}

/* ---- the report ---- */

static void show_a(const struct comparison *c, const struct executed *x)
{
    char text[TEXT], symbol[TEXT] = "";

    isa_disassemble(c->o->isa, x->word, x->address, text, sizeof text);
    if (c->o->name) c->o->name(c->o->self, x->address, symbol);
    fprintf(c->o->to, "%10" PRIu64 "  %016" PRIx64 "  %08" PRIx32 "  %s%s%s\n", x->where, x->address, x->word, text,
            *symbol ? "  # " : "", symbol);
}

static void show_b(const struct comparison *c, const struct executed *x)
{
    char symbol[TEXT] = "";

    if (c->o->name) c->o->name(c->o->self, x->address, symbol);
    fprintf(c->o->to, "line %-10" PRIu64 "  %016" PRIx64 "%s%s\n", x->where, x->address, *symbol ? "  # " : "", symbol);
}

static void tell_count(const struct comparison *c)
{
    fprintf(c->o->to, "the same: %" PRIu64 " instructions", c->same);
    if (c->o->resync)
        fprintf(c->o->to, ", but for %" PRIu64 " detours of %" PRIu64 " instructions in A and %" PRIu64 " in B",
                c->detours, c->passed_a, c->passed_b);
    fputc('\n', c->o->to);
}

static enum diff_is report(struct comparison *c, const char *log)
{
    u64 context = c->o->context, before = c->a.first < context ? c->a.first : context;

    read_a(c, context + 1);
    read_b(c, context + 1);
    tell_count(c);
    for (u64 k = c->a.first - before; k < c->a.first; k++) show_a(c, &c->a.at[k % ROOM]);
    fprintf(c->o->to, "A: %s\n", c->o->name_a);
    for (u64 k = 0; k <= context && peek(&c->a, k); k++) show_a(c, peek(&c->a, k));
    fprintf(c->o->to, "B: %s\n", log);
    for (u64 k = 0; k <= context && peek(&c->b, k); k++) show_b(c, peek(&c->b, k));
    fprintf(c->o->to, "differs at instruction %" PRIu64 " of A, line %" PRIu64 " of B:\n", peek(&c->a, 0)->where,
            peek(&c->b, 0)->where);
    fprintf(c->o->to, "  address: A %" PRIx64 ", B %" PRIx64 "\n", peek(&c->a, 0)->address, peek(&c->b, 0)->address);
    return DIFF_PARTED;
}

static enum diff_is compare(struct comparison *c, const char *log)
{
    for (;;) {
        const struct executed *x, *y;

        read_a(c, 1);
        read_b(c, 1);
        if (c->failed) return DIFF_FAILED;
        x = peek(&c->a, 0);
        y = peek(&c->b, 0);
        if (!x || !y) break;
        if (x->address == y->address) {
            c->same++;
            c->a.first++;
            c->b.first++;
        } else if (!pass_detour(c)) {
            return c->failed ? DIFF_FAILED : report(c, log);
        }
    }
    tell_count(c);
    if (peek(&c->a, 0) || peek(&c->b, 0)) fprintf(c->o->to, "%s ends there\n", peek(&c->a, 0) ? "B" : "A");
    return DIFF_SAME;
}

enum diff_is diff_qemu(const struct diff_qemu *options, const char *log)
{
    struct comparison *c = calloc(1, sizeof *c);
    enum diff_is is = DIFF_FAILED;

    if (!c) {
        p9_error("%s: the host has no memory to compare it", log);
        return is;
    }
    c->o = options;
    c->log = qemu_log_open(log, options->thread);
    if (c->log) is = compare(c, log);
    qemu_log_close(c->log);
    free(c);
    return is;
}
