/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See diff_parts.h.  There are two questions, of which the first one is asked of every record and must be quick: is it
 * the same; and what of it is not.  A qtrace says of an instruction where it was, its word and its first access, of a
 * walk where entries lie; a record of another format is held against it in these alone.
 */
#include <stdarg.h>
#include <stddef.h>

#include "core/state/interrupt.h"
#include "traces/diff_parts.h"

enum { FLAGS_COMPARED = RETIRE_TAKEN | RETIRE_FAULTED | RETIRE_WAITED | RETIRE_PERFORMED | RETIRE_WROTE };

void diff_tell(struct diff_lines *lines, const char *fmt, ...)
{
    va_list list;

    if (lines->count < DIFF_LINES) {
        va_start(list, fmt);
        vsnprintf(lines->line[lines->count], DIFF_LINE, fmt, list);
        va_end(list);
    }
    lines->count++;
}

static const struct retire *record_of(struct diff_at at)
{
    return &at.block->record[at.k];
}

static const struct retire_access *access_of(struct diff_at at, unsigned n)
{
    return &at.block->access[record_of(at)->access + at.passed + n];
}

/* That an instruction was fetched is told if the ERAT did not have its page, so it goes with the walks. */
static unsigned count_passed(const struct diff_rules *rules, struct diff_at at)
{
    const struct retire *r = record_of(at);
    unsigned n = 0;

    while (!rules->walks && n < r->accesses && at.block->access[r->access + n].kind == ACCESSED_FETCH) n++;
    return n;
}

/* ---- is it the same? ---- */

static bool same_step(const struct diff_rules *rules, const struct walk_read *x, const struct walk_read *y)
{
    const struct walk_step *s = &x->step, *t = &y->step;

    return s->entry_ra == t->entry_ra && s->entry == t->entry && s->address == t->address && s->kind == t->kind &&
           s->stage == t->stage && s->level == t->level && s->nested_for == t->nested_for && s->shift == t->shift &&
           (!rules->sources || x->source == y->source);
}

static bool has_real(const struct retire_access *a)
{
    return a->by != TRANSLATED_NOT && !(a->flags & ACCESS_REFUSED);
}

static bool same_access(const struct diff_rules *rules, struct diff_at a, struct diff_at b, unsigned n)
{
    const struct retire_access *x = access_of(a, n), *y = access_of(b, n);

    if (x->ea != y->ea || x->size != y->size || x->kind != y->kind || x->flags != y->flags) return false;
    if (rules->real && x->ra != y->ra && has_real(x) && has_real(y)) return false;
    if (!rules->walks) return true;
    if (x->by != y->by || x->page_shift != y->page_shift || x->reads != y->reads) return false;
    for (unsigned k = 0; k < x->reads; k++)
        if (!same_step(rules, &a.block->read[x->read + k], &b.block->read[y->read + k])) return false;
    return true;
}

static bool same_facts(const struct diff_rules *rules, const struct retire *x, const struct retire *y)
{
    if (x->facts == y->facts) return true;
    if (!rules->registers || !retire_completed(x)) return x->facts->word == y->facts->word;
    return !memcmp(x->facts, y->facts, offsetof(struct insn_facts, learned)); /* there are no gaps before that */
}

static u32 first_value(struct diff_at at)
{
    return at.k ? at.block->value_end[at.k - 1] : 0;
}

/* Of the register; of storage the number of the access among those that are compared. */
static unsigned number_of(struct diff_at at, const struct retire_value *v)
{
    return v->kind == VALUE_STORAGE ? v->number - at.passed : v->number;
}

static bool same_values(struct diff_at a, struct diff_at b)
{
    u32 n = first_value(a), m = first_value(b), count = a.block->value_end[a.k] - n;

    if (b.block->value_end[b.k] - m != count) return false;
    for (u32 k = 0; k < count; k++) {
        const struct retire_value *x = &a.block->value[n + k], *y = &b.block->value[m + k];

        if (x->kind != y->kind || number_of(a, x) != number_of(b, y) || x->size != y->size || x->offset != y->offset ||
            x->before[0] != y->before[0] || x->before[1] != y->before[1] || x->after[0] != y->after[0] ||
            x->after[1] != y->after[1])
            return false;
    }
    return true;
}

static bool same_event(const struct retire *x, const struct retire *y)
{
    u64 a[RETIRE_NUMBERS], b[RETIRE_NUMBERS];
    unsigned count = retire_numbers(x, a);

    retire_numbers(y, b);
    return !memcmp(a, b, count * sizeof *a);
}

static bool same_insn(const struct diff_rules *rules, struct diff_at a, struct diff_at b)
{
    const struct retire *x = record_of(a), *y = record_of(b);

    if (x->cia != y->cia || x->nia != y->nia || x->accesses - a.passed != y->accesses - b.passed ||
        (x->flags ^ y->flags) & FLAGS_COMPARED || !same_facts(rules, x, y))
        return false;
    if (rules->real && (x->ra != y->ra || x->fetch_shift != y->fetch_shift)) return false;
    for (unsigned k = 0; k < x->accesses - a.passed; k++)
        if (!same_access(rules, a, b, k)) return false;
    return true;
}

bool diff_is_same(const struct diff_rules *rules, struct diff_at a, struct diff_at b)
{
    const struct retire *x = record_of(a), *y = record_of(b);

    if (x->kind != y->kind || x->thread != y->thread || rules->common) return false;
    if (x->kind == RETIRE_INSN) {
        a.passed = count_passed(rules, a);
        b.passed = count_passed(rules, b);
    }
    if (rules->values && !same_values(a, b)) return false;
    return x->kind == RETIRE_INSN ? same_insn(rules, a, b) : same_event(x, y);
}

/* ---- what differs: walks ---- */

static void hold(struct diff_lines *lines, const char *of, const char *what, u64 a, u64 b)
{
    if (a != b) diff_tell(lines, "%s%s: A %llx, B %llx", of, what, (unsigned long long)a, (unsigned long long)b);
}

static void find_step(const struct diff_rules *rules, const char *of, unsigned k, const struct walk_read *x,
                      const struct walk_read *y, struct diff_lines *lines)
{
    const struct walk_step *s = &x->step, *t = &y->step;
    char name[96], other[96], what[DIFF_LINE];

    diff_step_name(s, name);
    diff_step_name(t, other);
    snprintf(what, sizeof what, "%sentry %u of its walk", of, k + 1);
    if (strcmp(name, other) != 0) {
        diff_tell(lines, "%s: A %s, B %s", what, name, other);
        return;
    }
    snprintf(what, sizeof what, "%sentry %u of its walk, %s: ", of, k + 1, name);
    hold(lines, what, "it lies at", s->entry_ra, t->entry_ra);
    hold(lines, what, "it is", s->entry, t->entry);
    hold(lines, what, "it translates", s->address, t->address);
    hold(lines, what, "log2 of the size below it", s->shift, t->shift);
    if (rules->sources && x->source != y->source)
        diff_tell(lines, "%swho had it: A %s, B %s", what, walk_source_name(x->source), walk_source_name(y->source));
}

static void find_walk(const struct diff_rules *rules, const char *of, struct diff_at a, const struct retire_access *x,
                      struct diff_at b, const struct retire_access *y, struct diff_lines *lines)
{
    static const char *const by[] = {"nobody", "the ERAT", "the TLB", "a walk", "real mode"};

    if (x->by != y->by && x->by < ARRAY_SIZE(by) && y->by < ARRAY_SIZE(by))
        diff_tell(lines, "%stranslated by: A %s, B %s", of, by[x->by], by[y->by]);
    if (x->page_shift != y->page_shift)
        diff_tell(lines, "%slog2 of the page size: A %u, B %u", of, x->page_shift, y->page_shift);
    if (x->reads != y->reads) diff_tell(lines, "%sentries of its walk, how many: A %u, B %u", of, x->reads, y->reads);
    for (unsigned k = 0; k < x->reads && k < y->reads; k++)
        if (!same_step(rules, &a.block->read[x->read + k], &b.block->read[y->read + k]))
            find_step(rules, of, k, &a.block->read[x->read + k], &b.block->read[y->read + k], lines);
}

/* ---- what differs: instructions ---- */

static void find_access(const struct diff_rules *rules, struct diff_at a, struct diff_at b, unsigned n,
                        struct diff_lines *lines)
{
    const struct retire_access *x = access_of(a, n), *y = access_of(b, n);
    char of[64];

    snprintf(of, sizeof of, "access %u, %s: ", n + 1, diff_access_name(x->kind));
    if (x->kind != y->kind)
        diff_tell(lines, "access %u: A %s, B %s", n + 1, diff_access_name(x->kind), diff_access_name(y->kind));
    hold(lines, of, "effective address", x->ea, y->ea);
    if (x->size != y->size) diff_tell(lines, "%sbytes: A %u, B %u", of, x->size, y->size);
    if (x->flags != y->flags)
        diff_tell(lines, "%show (1 as a store, 2 caching inhibited, 4 refused, 8 probed): A %x, B %x", of, x->flags,
                  y->flags);
    if (rules->real && has_real(x) && has_real(y)) hold(lines, of, "real address", x->ra, y->ra);
    if (rules->walks) find_walk(rules, of, a, x, b, y, lines);
}

static void find_flags(const struct retire *x, const struct retire *y, struct diff_lines *lines)
{
    static const struct {
        u8 flag;
        const char *text;
    } flags[] = {{RETIRE_TAKEN, "the branch was taken"},
                 {RETIRE_FAULTED, "it did not complete"},
                 {RETIRE_WAITED, "it waited for other threads"},
                 {RETIRE_PERFORMED, "the conditional store stored"},
                 {RETIRE_WROTE, "it faulted and wrote all the same"}};

    for (unsigned k = 0; k < ARRAY_SIZE(flags); k++)
        if ((x->flags ^ y->flags) & flags[k].flag)
            diff_tell(lines, "%s: only in %s", flags[k].text, x->flags & flags[k].flag ? "A" : "B");
}

static void find_value(struct diff_at a, const struct retire_value *x, const struct retire_value *y,
                       struct diff_lines *lines)
{
    char name[DIFF_NAME], of[2 * DIFF_NAME];
    bool pair = x->kind == VALUE_VSR || x->kind == VALUE_STORAGE;

    if (x->kind == VALUE_STORAGE) {
        const struct retire *r = record_of(a);
        u64 ea = x->number < r->accesses ? a.block->access[r->access + x->number].ea + x->offset : x->offset;

        snprintf(name, sizeof name, "storage at %llx", (unsigned long long)ea);
    } else {
        diff_register_name(x->kind, x->number, name);
    }
    for (unsigned d = 0; d < 2; d++) {
        snprintf(of, sizeof of, "%s%s ", name,
                 !pair                      ? ""
                 : x->kind == VALUE_STORAGE ? d ? ", bytes 8 to 15," : ", bytes 0 to 7,"
                 : d                        ? ", high half,"
                                            : ", low half,");
        hold(lines, of, "before it", x->before[d], y->before[d]);
        hold(lines, of, "behind it", x->after[d], y->after[d]);
    }
}

static void find_values(struct diff_at a, struct diff_at b, struct diff_lines *lines)
{
    u32 n = first_value(a), m = first_value(b);
    u32 has_a = a.block->value_end[a.k] - n, has_b = b.block->value_end[b.k] - m;

    if (has_a != has_b) diff_tell(lines, "values that it read and wrote, how many: A %u, B %u", has_a, has_b);
    for (u32 k = 0; k < has_a && k < has_b; k++) {
        const struct retire_value *x = &a.block->value[n + k], *y = &b.block->value[m + k];

        if (x->kind == y->kind && number_of(a, x) == number_of(b, y) && x->offset == y->offset && x->size == y->size) {
            find_value(a, x, y, lines);
        } else {
            diff_tell(lines, "values that it read and wrote are of other registers or bytes from number %u on", k + 1);
            return;
        }
    }
}

/* ---- what differs: of what a qtrace says ---- */

static const struct retire_access *find_data(struct diff_at at, bool fetch)
{
    for (unsigned k = 0; k < record_of(at)->accesses; k++) {
        const struct retire_access *a = access_of(at, k);

        if (fetch ? a->kind == ACCESSED_FETCH : a->kind != ACCESSED_FETCH && a->kind != ACCESSED_HINT) return a;
    }
    return NULL;
}

/* An entry that a qtrace has a place for. */
static bool is_said(const struct walk_step *s)
{
    return (s->kind == WALK_PDE || s->kind == WALK_PTE) && s->level && (s->stage == STAGE_PROCESS || s->nested_for);
}

static unsigned next_said(struct diff_at at, const struct retire_access *a, unsigned k)
{
    while (k < a->reads && !is_said(&at.block->read[a->read + k].step)) k++;
    return k;
}

static void find_common_walk(const char *of, struct diff_at a, const struct retire_access *x, struct diff_at b,
                             const struct retire_access *y, struct diff_lines *lines)
{
    unsigned i = 0, j = 0;
    char name[96], what[DIFF_LINE];

    if (x->by != TRANSLATED_BY_WALK || y->by != TRANSLATED_BY_WALK || !x->reads || !y->reads) return;
    for (;; i++, j++) {
        i = next_said(a, x, i);
        j = next_said(b, y, j);
        if (i == x->reads || j == y->reads) break;
        diff_step_name(&a.block->read[x->read + i].step, name);
        snprintf(what, sizeof what, "%s%s: ", of, name);
        hold(lines, what, "the entry lies at", a.block->read[x->read + i].step.entry_ra,
             b.block->read[y->read + j].step.entry_ra);
    }
    if (i < x->reads || j < y->reads) diff_tell(lines, "%sthe walk is longer in %s", of, i < x->reads ? "A" : "B");
}

static void find_common_access(const struct diff_rules *rules, const char *of, struct diff_at a, struct diff_at b,
                               bool fetch, struct diff_lines *lines)
{
    const struct retire_access *x = find_data(a, fetch), *y = find_data(b, fetch);

    if (!x != !y && !fetch) diff_tell(lines, "an access to storage: only in %s", x ? "A" : "B");
    if (!x || !y) return;
    if (!fetch) hold(lines, of, "effective address", x->ea, y->ea);
    if (!fetch && rules->real && has_real(x) && has_real(y)) {
        hold(lines, of, "real address", x->ra, y->ra);
        if (x->page_shift && y->page_shift && x->page_shift != y->page_shift)
            diff_tell(lines, "%slog2 of the page size: A %u, B %u", of, x->page_shift, y->page_shift);
    }
    if (rules->walks) find_common_walk(of, a, x, b, y, lines);
}

static void find_common(const struct diff_rules *rules, struct diff_at a, struct diff_at b, struct diff_lines *lines)
{
    const struct retire *x = record_of(a), *y = record_of(b);

    hold(lines, "", "address", x->cia, y->cia);
    hold(lines, "", "word", x->facts->word, y->facts->word);
    if (x->cia != y->cia) return; /* another instruction: nothing else need be the same */
    if (rules->real && x->ra != ~0ULL && y->ra != ~0ULL) hold(lines, "", "real address", x->ra, y->ra);
    find_common_access(rules, "its fetch: ", a, b, true, lines);
    find_common_access(rules, "its access: ", a, b, false, lines);
}

/* ---- what differs ---- */

static void find_insn(const struct diff_rules *rules, struct diff_at a, struct diff_at b, struct diff_lines *lines)
{
    const struct retire *x = record_of(a), *y = record_of(b);

    a.passed = count_passed(rules, a);
    b.passed = count_passed(rules, b);
    hold(lines, "", "address", x->cia, y->cia);
    hold(lines, "", "word", x->facts->word, y->facts->word);
    if (x->cia != y->cia) return; /* another instruction: nothing else need be the same */
    hold(lines, "", "next address", x->nia, y->nia);
    if (rules->real) {
        hold(lines, "", "real address of the instruction", x->ra, y->ra);
        if (x->fetch_shift != y->fetch_shift)
            diff_tell(lines, "log2 of the page size of the instruction: A %u, B %u", x->fetch_shift, y->fetch_shift);
    }
    find_flags(x, y, lines);
    if (rules->values) find_values(a, b, lines);
    if (rules->registers && x->facts->word == y->facts->word && retire_completed(x) && retire_completed(y))
        diff_find_registers(x->facts, y->facts, lines);
    if (x->accesses - a.passed != y->accesses - b.passed)
        diff_tell(lines, "accesses to storage, how many: A %u, B %u", x->accesses - a.passed, y->accesses - b.passed);
    for (unsigned k = 0; k < x->accesses - a.passed && k < y->accesses - b.passed; k++)
        if (!same_access(rules, a, b, k)) find_access(rules, a, b, k, lines);
}

static void find_event(struct diff_at a, struct diff_at b, struct diff_lines *lines)
{
    const struct retire *x = record_of(a), *y = record_of(b);
    u64 n[RETIRE_NUMBERS], m[RETIRE_NUMBERS];
    unsigned count = retire_numbers(x, n);
    char of[64];

    retire_numbers(y, m);
    snprintf(of, sizeof of, "%s: ", diff_kind_name(x->kind));
    for (unsigned k = 0; k < count; k++) hold(lines, of, diff_number_name(x->kind, k), n[k], m[k]);
}

unsigned diff_find(const struct diff_rules *rules, struct diff_at a, struct diff_at b, struct diff_lines *lines)
{
    const struct retire *x = record_of(a), *y = record_of(b);

    lines->count = 0;
    if (x->kind != y->kind) diff_tell(lines, "A has %s, B has %s", diff_kind_name(x->kind), diff_kind_name(y->kind));
    if (x->thread != y->thread && !rules->common)
        diff_tell(lines, "hardware thread: A %d, B %d", x->thread == RETIRE_NO_THREAD ? -1 : x->thread,
                  y->thread == RETIRE_NO_THREAD ? -1 : y->thread);
    if (lines->count) return lines->count;
    if (x->kind != RETIRE_INSN) find_event(a, b, lines);
    else if (rules->common) find_common(rules, a, b, lines);
    else find_insn(rules, a, b, lines);
    return lines->count;
}
