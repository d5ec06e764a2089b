/* SPDX-License-Identifier: Apache-2.0 */
/* The counters of a flood and how they are printed. */
#include <inttypes.h>
#include <math.h>

#include "core/state/interrupt.h"
#include "tests/fuzz/invariants.h"
#include "tests/fuzz/random_words.h"

static void sketch_add(u8 *sketch, u32 word)
{
    u64 z = (word + 1) * 0x9e3779b97f4a7c15ULL;
    u8 zeros;

    z = (z ^ z >> 32) * 0xd6e8feb86659fd93ULL;
    z ^= z >> 32;
    zeros = (u8)(1 + __builtin_clzll(z << 14 | 1ULL << 13));
    if (sketch[z >> 50] < zeros) sketch[z >> 50] = zeros;
}

/* HyperLogLog (Flajolet and others 2007): 0.8 % with this many cells. */
static u64 sketch_count(const u8 *sketch)
{
    double sum = 0, n = SKETCH;
    unsigned empty = 0;

    for (unsigned k = 0; k < SKETCH; k++) {
        sum += ldexp(1.0, -sketch[k]);
        empty += !sketch[k];
    }
    if (empty > SKETCH / 20) return (u64)(n * log(n / empty));
    return (u64)(0.7213 / (1 + 1.079 / n) * n * n / sum);
}

void tally_placed(struct flood_tally *tally, u32 word)
{
    tally->placed++;
    sketch_add(tally->placed_sketch, word);
}

/* The states are known from one interrupt to the next instruction that can change them. */
void tally_records(struct flood *f, const struct retire *records, size_t first, size_t end)
{
    struct flood_thread *s = NULL;

    for (unsigned k = 0; k < f->threads; k++)
        if (f->thread[k].t->traced) s = &f->thread[k];
    for (size_t k = first; k < end && s; k++) {
        const struct retire *r = &records[k];
        const struct insn_facts *facts = r->facts;

        if (r->kind != RETIRE_INSN || r->flags & RETIRE_WAITED) continue;
        HOLDS(facts->row == ROW_NONE || facts->row < isa_row_count(f->isa));
        HOLDS(!(r->cia & 3) && !(r->nia & 3));
        if (flood_is_handler(r->cia)) { /* an interrupt; our call, closed after it has chosen a state, is the way out */
            s->state_known &= facts->row == f->call_row;
            continue;
        }
        f->tally->recorded++;
        sketch_add(f->tally->executed_sketch, facts->word);
        if (facts->row == ROW_NONE) {
            s->state_known = false;
            continue;
        }
        f->tally->tried[facts->row]++;
        if (r->flags & RETIRE_FAULTED) {
            s->state_known = false;
            continue;
        }
        if (s->state_known) f->tally->done[facts->row][s->state]++;
        if (f->context_row[facts->row]) s->state_known = false;
    }
}

u64 tally_words(const struct flood_tally *tally)
{
    return tally->completed + tally->refused;
}

static void print_states(const struct flood_tally *tally)
{
    for (unsigned state = 0; state < STATES; state++)
        for (unsigned le = 0; le < 2; le++)
            printf("  %-11s %s-endian: %" PRIu64 " in 64-bit mode, %" PRIu64 " in 32-bit mode\n",
                   account_state_name((enum account_state)state), le ? "little" : "big", tally->by_state[state][le][1],
                   tally->by_state[state][le][0]);
}

static void print_vectors(const struct flood_tally *tally)
{
    for (unsigned n = 0; n < INTERRUPT_COUNT; n++) {
        const struct interrupt_row *row = &interrupt_rows[n];
        unsigned cell = row->vector == 0x17000 ? 0 : row->vector / 32;

        if (row->pending == PENDING_MEDIATED_EXTERNAL) continue; /* its vector is that of the row before */
        printf("  %05x %-22s real %" PRIu64 ", AIL=2 %" PRIu64 ", AIL=3 %" PRIu64 "\n", row->vector, row->name,
               row->vector == 0x17000 ? 0 : tally->by_vector[0][cell],
               row->vector == 0x17000 ? 0 : tally->by_vector[1][cell],
               row->vector == 0x17000 ? tally->by_vector[3][0] : tally->by_vector[2][cell]);
    }
}

static void print_rows(const struct flood_tally *tally, const struct isa *isa, bool every_row)
{
    unsigned rows = isa_row_count(isa), seen = 0, never[STATES] = {0}, untried = 0;
    u64 least = UINT64_MAX;

    for (unsigned k = 0; k < rows; k++) {
        u64 sum = 0;
        for (unsigned s = 0; s < STATES; s++) {
            sum += tally->done[k][s];
            never[s] += !tally->done[k][s];
        }
        seen += sum != 0;
        untried += !tally->tried[k];
        if (tally->tried[k] < least) least = tally->tried[k];
        if (every_row || !sum)
            printf("  %-12s tried %" PRIu64 ", completed %" PRIu64 " ultravisor, %" PRIu64 " hypervisor, %" PRIu64
                   " os, %" PRIu64 " problem\n",
                   isa_row(isa, k)->name, tally->tried[k], tally->done[k][0], tally->done[k][1], tally->done[k][2],
                   tally->done[k][3]);
    }
    printf("rows: %u, completed in some state %u; never completed as ultravisor %u, hypervisor %u, os %u, problem %u; "
           "tried at least %" PRIu64 " times, never tried %u (of the %" PRIu64 " recorded words)\n",
           rows, seen, never[0], never[1], never[2], never[3], least, untried, tally->recorded);
}

static void print_kinds(const struct flood_tally *t)
{
    static const char *const names[] = {
        "uniform", "uniform behind a frequent opcode", "rows", "loads and stores", "system", "computing rows", "mixed"};

    for (unsigned k = 0; k < WORD_KINDS; k++) printf("  in pages of %s: %" PRIu64 "\n", names[k], t->by_kind[k]);
}

void tally_print(const struct flood_tally *t, const struct isa *isa, bool every_row)
{
    print_states(t);
    print_kinds(t);
    print_vectors(t);
    print_rows(t, isa, every_row);
    printf("not counted: %" PRIu64 " instructions of handlers, %" PRIu64 " in windows that went in a circle\n",
           t->in_handlers, t->looped);
    printf("placed %" PRIu64 " words, about %" PRIu64 " different; recorded %" PRIu64 ", about %" PRIu64 " different\n",
           t->placed, sketch_count(t->placed_sketch), t->recorded, sketch_count(t->executed_sketch));
    printf("machines %" PRIu64 " (%" PRIu64 " boards), windows %" PRIu64 ", checkstops %" PRIu64 ", stops %" PRIu64
           ", threads checked %" PRIu64 ", machines given up %" PRIu64 "\n",
           t->machines, t->boards, t->windows, t->deaths, t->sleeps, t->checks, t->stuck);
    printf("executed words %" PRIu64 ": completed %" PRIu64 ", refused %" PRIu64 "; hash of all ends %016" PRIx64 "\n",
           tally_words(t), t->completed, t->refused, t->hash);
}

bool tally_is_diverse(const struct flood_tally *tally)
{
    static const u16 vectors[] = {0x300, 0x400, 0x600, 0x700, 0x800, 0xc00, 0xe40, 0xf20, 0xf40, 0xf60};

    for (unsigned s = 0; s < STATES; s++)
        for (unsigned le = 0; le < 2; le++)
            if (!tally->by_state[s][le][0] || !tally->by_state[s][le][1]) return false;
    for (unsigned k = 0; k < ARRAY_SIZE(vectors); k++)
        if (!tally->by_vector[0][vectors[k] / 32]) return false;
    return true;
}
