/* SPDX-License-Identifier: Apache-2.0 */
/* What happened to each instruction becomes events, sorted by cycle, and these the lines of the log; see konata.h. */
#include "core/timing/konata.h"

#include <inttypes.h>
#include <stdlib.h>

#include "core/isa/disasm.h"

/* ---- keeping ---- */

static bool has_room(struct konata *k)
{
    u32 room = k->room ? 2 * k->room : 1024;
    struct konata_insn *list;

    if (k->count < k->room) return true;
    if (k->count == KONATA_MOST || k->starved) return false;
    list = realloc(k->list, room * sizeof *list);
    k->starved = !list;
    if (!list) return false;
    k->list = list;
    k->room = room;
    return true;
}

static void keep(void *self, const struct timing_step *s)
{
    struct konata *k = self;

    if (!has_room(k)) {
        k->left_out++;
        return;
    }
    k->list[k->count++] = (struct konata_insn){.cia = s->record->cia,
                                               .number = s->number,
                                               .fetched = s->fetched,
                                               .dispatched = s->dispatched,
                                               .issued = s->issued,
                                               .finished = s->finished,
                                               .completed = s->completed,
                                               .word = s->record->facts->word,
                                               .thread = s->record->thread,
                                               .flushed = !retire_completed(s->record)};
}

void konata_open(struct konata *k)
{
    *k = (struct konata){.watcher = {keep, k}};
}

void konata_close(struct konata *k)
{
    free(k->list);
    konata_open(k);
}

/* ---- events ---- */

/* In the order in which they come to one instruction. */
enum what { BEGINS, DISPATCHED, ISSUED, FINISHED, COMPLETED, WHATS };
struct event {
    u64 cycle;
    u32 insn; /* place in the list: program order, for each thread */
    u32 what;
};

static int by_cycle(const void *a, const void *b)
{
    const struct event *x = a, *y = b;

    if (x->cycle != y->cycle) return x->cycle < y->cycle ? -1 : 1;
    if (x->insn != y->insn) return x->insn < y->insn ? -1 : 1;
    return x->what < y->what ? -1 : x->what > y->what;
}

static u64 cycle_of(const struct konata_insn *i, enum what what)
{
    const u64 cycle[WHATS] = {i->fetched, i->dispatched, i->issued, i->finished, i->completed};

    return cycle[what];
}

static struct event *events_of(const struct konata *k)
{
    struct event *list = malloc(((size_t)k->count * WHATS + 1) * sizeof *list);

    for (u32 n = 0; list && n < k->count; n++)
        for (u32 what = 0; what < WHATS; what++)
            list[(size_t)n * WHATS + what] = (struct event){cycle_of(&k->list[n], what), n, what};
    if (list) qsort(list, (size_t)k->count * WHATS, sizeof *list, by_cycle);
    return list;
}

/* ---- lines ---- */

/* Numbers of the file go up in the order in which instructions begin, those of retirement as they end. */
struct numbers {
    u32 *of; /* each instruction in the file */
    u32 next;
    u64 retired;
};

static void begin_line(const struct konata_insn *i, u32 id, const struct isa *isa, struct emit *e)
{
    char text[96];

    isa_disassemble(isa, i->word, i->cia, text, sizeof text);
    emit_text(e, "I\t%" PRIu32 "\t%" PRIu64 "\t%u\n", id, i->number, i->thread);
    emit_text(e, "L\t%" PRIu32 "\t0\t%016" PRIx64 ": %s\n", id, i->cia, text);
    emit_text(e, "S\t%" PRIu32 "\t0\tF\n", id);
}

static void event_line(const struct konata *k, const struct event *event, struct numbers *numbers,
                       const struct isa *isa, struct emit *e)
{
    static const char stage[WHATS] = "FDXC";
    const struct konata_insn *i = &k->list[event->insn];
    u32 *id = &numbers->of[event->insn];

    if (event->what == BEGINS) {
        *id = numbers->next++;
        begin_line(i, *id, isa, e);
        return;
    }
    emit_text(e, "E\t%" PRIu32 "\t0\t%c\n", *id, stage[event->what - 1]);
    if (event->what != COMPLETED) emit_text(e, "S\t%" PRIu32 "\t0\t%c\n", *id, stage[event->what]);
    else emit_text(e, "R\t%" PRIu32 "\t%" PRIu64 "\t%u\n", *id, numbers->retired++, (unsigned)i->flushed);
}

static void write_events(const struct konata *k, const struct event *events, struct numbers *numbers,
                         const struct isa *isa, struct emit *e)
{
    u64 now = k->count ? events->cycle : 0;

    emit_text(e, "Kanata\t0004\nC=\t%" PRIu64 "\n", now);
    for (size_t n = 0; n < (size_t)k->count * WHATS; n++) {
        if (events[n].cycle != now) emit_text(e, "C\t%" PRIu64 "\n", events[n].cycle - now);
        now = events[n].cycle;
        event_line(k, &events[n], numbers, isa, e);
    }
}

void konata_write(const struct konata *k, const struct isa *isa, struct emit *e)
{
    struct event *events = events_of(k);
    struct numbers numbers = {.of = calloc(k->count + 1, sizeof *numbers.of)};

    e->failed |= !events || !numbers.of || k->starved;
    if (events && numbers.of) write_events(k, events, &numbers, isa, e);
    free(numbers.of);
    free(events);
}
