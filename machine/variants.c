/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Variants: what the model `core` would have made of the same instructions had one of its parameters been another.
 *
 * A variant is a pair of models that read the records which the machine's own model reads, one with walks as they are
 * and one with free walks, so that there is what each of its figures leans on: cycles, and cycles without walks.  Both
 * keep a time of their own and feed nothing back.  So the guest does the same whatever a variant says, and a difference
 * of 0.1 % between two variants is a difference and not the noise of interrupts that came elsewhere.
 *
 * Idle cycles pass in a variant as they do in the machine.  Only what decides how long things take can be varied: other
 * ERATs, TLBs and walk caches would make other records (for those there is mmu_what_if(), or another run).
 *
 * Some seventy variants take a hundred times the model's own time, so of a long stretch they time a sample: its first
 * variant_whole instructions, and of those behind one chunk of variant_every.  Where they are not asked, nothing moves
 * in them: their caches hold what the last chunk left.  What a figure is compared with is therefore not the machine's
 * own but that of a variant that differs in nothing and has seen the same chunks: the first one, which stands for the
 * model as it is.
 *
 * With several hardware threads the clocks of a variant's threads would drift apart while those of the machine's stay
 * together, and what they compete for would mean nothing; so a machine with variants has one.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/timing/timing.h"
#include "machine/machine_internal.h"

/* A model beside the machine's. */
struct beside {
    struct timing *timing;
    u64 end; /* where the last block ended, in its own time */
};

struct machine_variant {
    char option[40], value[CONFIG_VALUE_MAX];
    struct beside timed, walks_free;
    struct variant_cycles level[REPORT_LEVELS];
};

/*
 * Blocks are short: a turn ends after some instructions.  Seventy models that take turns at each would find nothing of
 * theirs in the host's caches, so records are put together, and each model reads some thousands in a row.  They are of
 * one level of nesting, and no time passes between them.
 */
enum {
    BATCH = 4096,
    BATCH_ACCESSES = BATCH + RETIRE_ACCESSES_ROOM,
    BATCH_READS = 4 * BATCH + RETIRE_READS_ROOM,
    CHUNK = 1 << 16 /* records, which are instructions for the most part */
};
_Static_assert(BATCH_ACCESSES < 65536, "a record says with 16 bits where its accesses begin");
struct batch {
    struct retire record[BATCH];
    struct insn_facts own[BATCH]; /* of record[n], if they hold this time only */
    struct retire_access access[BATCH_ACCESSES];
    struct walk_read read[BATCH_READS];
    u32 records, accesses, reads;
    unsigned level;
    u64 gap; /* that passed before it */
};

struct machine_variants {
    struct machine_variant *list; /* the first one is the model as it is */
    unsigned count;
    u64 end;     /* where the last block ended that they were asked about, in the machine's time */
    u64 stretch; /* records since the stretch began */
    struct batch batch;
};

/* ---- opening ---- */

static bool open_pair(struct machine *m, const struct config *config, struct machine_variant *v)
{
    const struct timing_listener listener = {machine_account_unseen, NULL, m};
    struct timing_config timing = config_timing(config);

    v->timed.timing = timing_open_beside(m->core.timing, &timing, &listener);
    timing.walk_free = true;
    if (v->timed.timing) v->walks_free.timing = timing_open_beside(m->core.timing, &timing, &listener);
    if (v->walks_free.timing) return true;
    timing_close(v->timed.timing);
    return false;
}

static bool add_variant(struct machine_variants *variants, const struct machine_variant *v)
{
    struct machine_variant *more = realloc(variants->list, (variants->count + 1) * sizeof *more);

    if (!more) return p9_error("variants: the host has no memory for another one");
    variants->list = more;
    more[variants->count++] = *v;
    return true;
}

static bool can_vary(const struct machine *m, const struct option_row *row, const char *name)
{
    if (!row || !option_is_of_timing(row))
        return p9_error("variants: %.40s decides nothing of how long things take under the model core", name);
    if (!m->core.timing) return p9_error("variants: %s is varied beside the model core; use --model core", name);
    return m->thread_count == 1 ||
           p9_error("variants: a machine of %u hardware threads cannot have them, because the clocks of a variant's "
                    "threads would drift apart; use --cores 1 --threads 1",
                    m->thread_count);
}

static bool open_variant(struct machine *m, const struct config *config, struct machine_variant *v)
{
    if (!open_pair(m, config, v)) return false;
    if (add_variant(m->core.variants, v)) return true;
    timing_close(v->walks_free.timing);
    timing_close(v->timed.timing);
    return false;
}

/* With the model as it is. */
static bool open_variants(struct machine *m)
{
    struct machine_variant as_it_is = {.option = ""};

    m->core.variants = calloc(1, sizeof *m->core.variants);
    if (!m->core.variants) return p9_error("variants: the host has no memory");
    return open_variant(m, m->config, &as_it_is);
}

bool machine_vary(struct machine *m, const char *option, const char *value)
{
    const struct option_row *row = option_find(option);
    struct machine_variant v = {.level = {{0}}};
    struct config config = *m->config;

    if (!can_vary(m, row, option)) return false;
    if (!config_set(&config, option, value, "variants") || !config_check(&config)) return false;
    snprintf(v.option, sizeof v.option, "%s", row->name);
    config_format(row, config_get(&config, row), v.value);
    if (!m->core.variants && !open_variants(m)) return false;
    return open_variant(m, &config, &v);
}

void machine_close_variants(struct machine *m)
{
    struct machine_variants *variants = m->core.variants;

    for (unsigned k = 0; variants && k < variants->count; k++) {
        timing_close(variants->list[k].walks_free.timing);
        timing_close(variants->list[k].timed.timing);
    }
    if (variants) free(variants->list);
    free(variants);
    m->core.variants = NULL;
}

/* ---- records ---- */

/* The batch, which begins so long after the last one ended. */
static u64 take(struct beside *b, const struct batch *batch)
{
    struct retire_sink *sink = timing_sink(b->timing);
    const struct retire_block block = {.record = batch->record,
                                       .access = batch->access,
                                       .read = batch->read,
                                       .count = batch->records,
                                       .time = b->end + batch->gap};
    u64 cycles = sink->take(sink, &block);

    b->end = block.time + cycles;
    return cycles;
}

void machine_flush_variants(struct machine *m)
{
    struct machine_variants *variants = m->core.variants;
    struct batch *batch = variants ? &variants->batch : NULL;

    if (!batch || !batch->records) return;
    for (unsigned k = 0; k < variants->count; k++) {
        struct machine_variant *v = &variants->list[k];

        v->level[batch->level].timed += take(&v->timed, batch);
        v->level[batch->level].walks_free += take(&v->walks_free, batch);
    }
    batch->records = batch->accesses = batch->reads = 0;
    batch->gap = 0;
}

static void copy_access(struct batch *batch, const struct retire_access *a, const struct retire_block *block)
{
    struct retire_access *to = &batch->access[batch->accesses++];

    *to = *a;
    to->read = batch->reads;
    if (a->reads) memcpy(batch->read + batch->reads, block->read + a->read, a->reads * sizeof *batch->read);
    batch->reads += a->reads;
}

static void copy_record(struct batch *batch, const struct retire *r, const struct retire_block *block)
{
    struct retire *to = &batch->record[batch->records];

    *to = *r;
    if (r->kind == RETIRE_INSN && r->flags & RETIRE_OWN_FACTS) {
        batch->own[batch->records] = *r->facts;
        to->facts = &batch->own[batch->records];
    }
    to->access = (u16)batch->accesses;
    for (unsigned k = 0; r->kind == RETIRE_INSN && k < r->accesses; k++)
        copy_access(batch, &block->access[r->access + k], block);
    batch->records++;
}

/* Room for another block, whatever is in it? */
static bool is_full(const struct batch *batch)
{
    return batch->records + RETIRE_BLOCK + RETIRE_SPARE > BATCH ||
           batch->accesses + RETIRE_ACCESSES_ROOM > BATCH_ACCESSES || batch->reads + RETIRE_READS_ROOM > BATCH_READS;
}

static unsigned place_of(unsigned level)
{
    return level < REPORT_LEVELS ? level : REPORT_LEVELS - 1;
}

void machine_begin_stretch(struct machine *m)
{
    if (m->core.variants) m->core.variants->stretch = 0;
}

/* Is the block with so many records part of the sample? */
static bool is_in_sample(struct machine_variants *variants, const struct config *config, u64 records)
{
    u64 at = variants->stretch;

    variants->stretch += records;
    return at < config->variant_whole || (at - config->variant_whole) / CHUNK % config->variant_every == 0;
}

void machine_time_variants(struct machine *m, const struct retire_block *block, u64 cycles)
{
    struct machine_variants *variants = m->core.variants;
    struct batch *batch = &variants->batch;
    unsigned level = place_of(m->threads[retire_thread(block)]->account->level);
    u64 gap = block->time - variants->end;

    if (!is_in_sample(variants, m->config, block->count)) return;
    if (gap || level != batch->level || is_full(batch)) machine_flush_variants(m);
    if (!batch->records) batch->gap = gap;
    batch->level = level;
    for (size_t k = 0; k < block->count; k++) copy_record(batch, &block->record[k], block);
    variants->end = block->time + cycles;
}

void machine_set_stream_of_variants(struct machine *m, unsigned thread, u64 dscr)
{
    const struct machine_variants *variants = m->core.variants;

    for (unsigned k = 0; variants && k < variants->count; k++) {
        timing_set_stream(variants->list[k].timed.timing, thread, dscr);
        timing_set_stream(variants->list[k].walks_free.timing, thread, dscr);
    }
}

void machine_warm_variants(struct machine *m, const struct retire_block *block)
{
    struct machine_variants *variants = m->core.variants;

    machine_flush_variants(m);
    for (unsigned k = 0; k < variants->count; k++) {
        timing_warm(variants->list[k].timed.timing, block);
        timing_warm(variants->list[k].walks_free.timing, block);
    }
}

/* ---- what came out ---- */

unsigned machine_variant_count(const struct machine *m)
{
    return m->core.variants ? m->core.variants->count : 0;
}

struct variant_cycles machine_variant_sum(const struct machine *m, unsigned variant)
{
    const struct machine_variant *v = &m->core.variants->list[variant];
    struct variant_cycles sum = {0};

    for (unsigned level = 0; level < REPORT_LEVELS; level++) {
        sum.timed += v->level[level].timed;
        sum.walks_free += v->level[level].walks_free;
    }
    return sum;
}

void machine_report_variant(const struct machine *m, unsigned variant, struct report_variant *to)
{
    const struct machine_variant *v = &m->core.variants->list[variant];

    snprintf(to->option, sizeof to->option, "%s", v->option);
    snprintf(to->value, sizeof to->value, "%s", v->value);
    memcpy(to->level, v->level, sizeof to->level);
}

void machine_clear_variants(struct machine *m)
{
    machine_flush_variants(m);
    for (unsigned k = 0; k < machine_variant_count(m); k++)
        memset(m->core.variants->list[k].level, 0, sizeof m->core.variants->list[k].level);
}
