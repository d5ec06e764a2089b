/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which guests' kernels have panicked.  Two things are heard of it:
 *
 *   The call        by which the kernel tells its own hypervisor (hypervisor/os_term.h): it comes from a
 *                   partition, whose level is known.
 *   The text        on the console, long afterwards, when every level above has passed it on; it says nothing of who
 *                   wrote it.  panic.c hands it on when it is certain that it is not level 0's.
 *
 * The words are the same, so each text is taken for that of a call before it, or for that of the next one.  A text to
 * which no call belongs - a kernel that panics before it has RTAS, or that is no pseries kernel - is of level 1 or of a
 * deeper one; and where no guest has ever run it is nobody's panic, but something that was printed.
 */
#include "core/state/thread.h"
#include "hypervisor/os_term.h"
#include "machine/machine_internal.h"

static const char opening[] = "Kernel panic - not syncing: ";

/* What was printed has been cut earlier than what was told, or later. */
static bool same_words(const char *a, const char *b)
{
    enum { CUT = PANIC_TEXT / 2 };
    size_t length_a = strlen(a), length_b = strlen(b), shorter = length_a < length_b ? length_a : length_b;

    return shorter >= CUT ? !strncmp(a, b, shorter) : !strcmp(a, b);
}

/* One of which only the other thing has been heard. */
static struct report_panic *other_half(struct guest_panics *g, const char *words, bool is_told)
{
    for (u32 k = 0; k < g->count; k++) {
        struct report_panic *p = &g->list[k];

        if (p->is_told == is_told && p->is_printed != is_told && same_words(p->words, words)) return p;
    }
    return NULL;
}

static void note(struct guest_panics *g, const struct report_panic *panic)
{
    if (g->count < GUEST_PANICS) g->list[g->count++] = *panic;
}

void machine_guest_told(struct machine *m, const struct partition *from, u64 cycle, const char *words)
{
    struct report_panic panic = {
        .level = from->level, .is_told = true, .partition = from->id, .lpid = from->lpid, .cycle = cycle};
    struct report_panic *heard = other_half(&m->guest_panics, words, false);

    snprintf(panic.words, sizeof panic.words, "%s", words);
    panic.is_printed = heard != NULL;
    if (heard) *heard = panic;
    else note(&m->guest_panics, &panic);
    if (!log_guest_begin(m->log, LOG_INFO)) return;
    log_say(m->log, LOG_INFO, "level %u (LPID %u%s%s) panicked: %s", from->level, from->lpid, *from->what ? ", " : "",
            from->what, panic.words);
    log_guest_end(m->log);
}

void machine_guest_calls(struct machine *m, const struct guest_exit *exit)
{
    char words[REPORT_PANIC_TEXT];

    if (guest_gives_up(exit->thread, exit->reason, words, sizeof words))
        machine_guest_told(m, exit->from, exit->cycle, words);
}

void machine_guest_printed(struct machine *m, const char *text)
{
    struct report_panic panic = {.level = 1, .is_printed = true, .cycle = m->panic.begun}, *told;
    const char *words = strncmp(text, opening, strlen(opening)) != 0 ? text : text + strlen(opening);
    bool any_guest = m->partitions.count > 1;

    told = other_half(&m->guest_panics, words, true);
    if (told) {
        told->is_printed = true;
        return;
    }
    snprintf(panic.words, sizeof panic.words, "%s", words);
    if (any_guest) note(&m->guest_panics, &panic); /* said at the end: its kernel may still tell */
    if (any_guest || !log_guest_begin(m->log, LOG_INFO)) return;
    log_say(m->log, LOG_INFO, "level 0 runs on and no guest has run, so this was only printed: %s", text);
    log_guest_end(m->log);
}

const struct report_panic *machine_guest_panics(const struct machine *m, unsigned *count)
{
    *count = m->guest_panics.count;
    return m->guest_panics.list;
}

/* ---- state ---- */

static bool panic_restored(struct state_reader *r, void *self)
{
    const struct report_panic *p = self;

    for (const char *c = p->words; c < p->words + sizeof p->words; c++) {
        if (!*c) return true;
        if (*c < ' ' || *c > '~') break;
    }
    return state_refuse(r, "a guest's panic without an end");
}

static const struct state_row panic_rows[] = {
    STATE(struct report_panic, level, .most = PARTITION_DEEPEST),
    STATE(struct report_panic, is_told),
    STATE(struct report_panic, partition, .most = PARTITIONS_MAX - 1),
    STATE(struct report_panic, lpid, .most = PARTITION_LPIDS - 1),
    STATE(struct report_panic, is_printed),
    STATE(struct report_panic, cycle),
    STATE(struct report_panic, words),
};
static const struct state_table report_panic_state =
    STATE_TABLE(struct report_panic, panic_rows, .restored = panic_restored);

static const struct state_row rows[] = {
    STATE_PART(struct guest_panics, list, struct report_panic, report_panic_state),
    STATE(struct guest_panics, count, .most = GUEST_PANICS),
};
const struct state_table guest_panics_state = STATE_TABLE(struct guest_panics, rows);
