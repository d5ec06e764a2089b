/* SPDX-License-Identifier: Apache-2.0 */
/*
 * p9sim trace replay: a state trace through the models of translation and of the core, with the options of the run that
 * it is of or with others, any number of configurations in one pass (traces/replay.h).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "mmu/mmu.h"
#include "tools/trace.h"
#include "traces/replay.h"

enum { COLUMNS = 1 + LIST_MAX };

struct replays {
    const struct options *options;
    const char *path;
    struct isa *isa;
    struct trace_source *source;
    struct trace_start start;
    struct config recorded;
    const u8 *bytes; /* of the start */
    size_t size;
    bool bare;    /* it does not say how the machine stood, and no table entries: a qtrace */
    bool changed; /* the first configuration is not the run's */
    struct column {
        const char *name;
        struct config config;
        struct trace_replay *replay;
    } column[COLUMNS];
    unsigned columns;
    struct trace_counted *live; /* NULL: the trace does not say */
};

/* ---- configurations ---- */

/* "NAME=VALUE,NAME=VALUE" */
static bool assign_list(struct config *config, const char *text, const char *where)
{
    char one[128];

    while (*text) {
        size_t length = strcspn(text, ",");

        if (length >= sizeof one) return p9_error("%s %.100s: write NAME=VALUE[,NAME=VALUE...]", where, text);
        snprintf(one, sizeof one, "%.*s", (int)length, text);
        if (!config_assign(config, one, where)) return false;
        text += length + (text[length] == ',');
    }
    return true;
}

/* What the machine is made of is in the records. */
static bool is_replayable(const struct replays *r, const struct config *config)
{
    static const char *const fixed[] = {"cores", "threads", "mem"};

    for (unsigned k = 0; k < ARRAY_SIZE(fixed); k++) {
        const struct option_row *row = option_find(fixed[k]);

        if (config_get(config, row) != config_get(&r->recorded, row))
            return p9_error("%s: %s is what the run had; a replay cannot have another", r->path, fixed[k]);
    }
    if (config->model == MODEL_NONE) return p9_error("trace replay: the model none has nothing that could be replayed");
    return config_check(config);
}

static bool added(struct replays *r, const char *name, const struct config *config)
{
    struct column *c = &r->column[r->columns++];

    c->name = name;
    c->config = *config;
    return true;
}

static bool add_column(struct replays *r, const char *name, const struct config *config)
{
    struct column *c = &r->column[r->columns];
    struct replay_model model = {.mmu = config_mmu(config),
                                 .timed = config->model == MODEL_CORE,
                                 .timing = config_timing(config),
                                 .twin = config->walk_twin,
                                 .pace = config->base_cpi * 65536 / 1000};
    struct state_reader arrays;
    bool cold = r->options->cold, ok;

    for (unsigned k = 0; model.timed && !model.beside && k < r->columns; k++)
        if (r->column[k].config.model == MODEL_CORE) model.beside = r->column[k].replay;

    if (!is_replayable(r, config)) return false;
    if (r->bare) {
        c->replay = trace_replay_open_bare(&model, r->isa, r->path);
        return c->replay && added(r, name, config);
    }
    ok = state_open(&arrays, r->bytes, r->size) || p9_error("%s: cannot be replayed: %s", r->path, arrays.why);
    if (ok) c->replay = trace_replay_open(&model, &r->start, cold ? NULL : &arrays, r->isa, r->path);
    state_close(&arrays);
    return c->replay && added(r, name, config);
}

static bool add_columns(struct replays *r)
{
    const struct options *o = r->options;
    struct config config = r->recorded;

    if (o->replay_model && !config_set(&config, "model", o->replay_model, "--model")) return false;
    for (unsigned k = 0; k < o->set.count; k++)
        if (!assign_list(&config, o->set.item[k], "--set")) return false;
    r->changed = o->cold || memcmp(&config, &r->recorded, sizeof config) != 0;
    if (!add_column(r, r->changed ? "as set" : "as recorded", &config)) return false;
    for (unsigned k = 0; k < o->variant.count; k++) {
        struct config beside = config;

        if (!assign_list(&beside, o->variant.item[k], "--variant") || !add_column(r, o->variant.item[k], &beside))
            return false;
    }
    return true;
}

/* ---- the start, which comes before the first block ---- */

static bool read_start(struct replays *r)
{
    struct state_reader reader;
    bool ok;

    config_default(&r->recorded);
    r->recorded.cores = r->recorded.threads = 1; /* of a qtrace */
    r->bare = !r->source->part;
    if (r->bare) return true;
    if (!r->source->part(r->source, TRACE_START, &r->bytes, &r->size))
        return p9_error("%s: does not say how the machine stood; record it with this p9sim", r->path);
    ok =
        (state_open(&reader, r->bytes, r->size) && state_get_object(&reader, "trace", &trace_start_state, &r->start)) ||
        p9_error("%s: cannot be replayed: %s", r->path, reader.why);
    state_close(&reader);
    return ok && config_parse(&r->recorded, r->start.config, strlen(r->start.config), r->path);
}

static bool read_counted(struct replays *r)
{
    const u8 *bytes;
    size_t size;
    struct state_reader reader;
    bool ok;

    if (r->bare || !r->source->part(r->source, TRACE_COUNTED, &bytes, &size)) return true;
    r->live = calloc(1, sizeof *r->live);
    if (!r->live) return p9_error("%s: the host has no memory to replay it", r->path);
    ok = (state_open(&reader, bytes, size) && state_get_object(&reader, "counted", &trace_counted_state, r->live)) ||
         p9_error("%s: what the run has counted cannot be read: %s", r->path, reader.why);
    state_close(&reader);
    return ok;
}

/* ---- the table ---- */

static const struct counters *counters_of(const struct replays *r, unsigned column, unsigned level)
{
    return &trace_replay_result(r->column[column].replay)->counted.counters[level];
}

static int width_of(const struct replays *r, unsigned column)
{
    int width = (int)strlen(r->column[column].name);

    return width < 18 ? 18 : width;
}

static void print_row(const struct replays *r, const struct counter_row *row, unsigned level)
{
    u64 any = r->live ? counter_get(&r->live->counters[level], row) : 0;

    for (unsigned k = 0; k < r->columns; k++) any |= counter_get(counters_of(r, k, level), row);
    if (!any) return;
    printf("%u  %-24s", level, row->name);
    if (r->live) printf(" %18" PRIu64, counter_get(&r->live->counters[level], row));
    for (unsigned k = 0; k < r->columns; k++)
        printf(" %*" PRIu64, width_of(r, k), counter_get(counters_of(r, k, level), row));
    putchar('\n');
}

static void print_table(const struct replays *r)
{
    printf("%-27s", "level, counter");
    if (r->live) printf(" %18s", "the run");
    for (unsigned k = 0; k < r->columns; k++) printf(" %*s", width_of(r, k), r->column[k].name);
    putchar('\n');
    for (unsigned level = 0; level < TRACE_LEVELS; level++)
        EACH_COUNTER(row) print_row(r, row, level);
}

/* With the run's own options and arrays a replay counts what the run has counted. */
static bool compare(const struct replays *r)
{
    const struct replay_result *result = trace_replay_result(r->column[0].replay);
    unsigned unlike = 0;

    if (r->bare) {
        printf(
            "a %s: arrays and caches began empty, invalidations are not in it, of a nested walk it has 24 entries of "
            "30, and which of its guests is at which level it does not say\n",
            r->source->format);
        return true;
    }
    if (!r->live) {
        printf("the trace was cut off: it does not say what the run has counted\n");
        return true;
    }
    if (r->source->has_gaps)
        printf("the trace does not have all instructions, so it is not asked whether they count the same\n");
    if (r->changed || r->source->has_gaps) return true;
    for (unsigned level = 0; level < TRACE_LEVELS; level++) {
        EACH_COUNTER(row) {
            u64 live = counter_get(&r->live->counters[level], row);
            u64 here = counter_get(&result->counted.counters[level], row);

            unlike += live != here;
            if (live != here)
                printf("unlike the run: level %u %s: %" PRIu64 " there, %" PRIu64 " here\n", level, row->name, live,
                       here);
        }
        if (!memcmp(&r->live->walks[level], &result->counted.walks[level], sizeof r->live->walks[level])) continue;
        unlike++;
        printf("unlike the run: level %u: entries of walks\n", level);
    }
    if (!unlike) printf("every counter of every level is what the run has counted\n");
    return !unlike;
}

/* ---- the pass ---- */

static bool replay_all(struct replays *r)
{
    struct retire_block block;

    if (!r->source->next(r->source, &block)) return !r->source->failed && p9_error("%s: has no records", r->path);
    if (!read_start(r) || !add_columns(r)) return false;
    do {
        for (unsigned k = 0; k < r->columns; k++) trace_replay_take(r->column[k].replay, &block);
    } while (r->source->next(r->source, &block));
    return !r->source->failed && read_counted(r);
}

static bool tell(struct replays *r)
{
    print_table(r);
    for (unsigned k = 0; k < r->columns; k++) {
        const struct replay_result *result = trace_replay_result(r->column[k].replay);

        printf("%s: %" PRIu64 " instructions; %" PRIu64 " translations were served otherwise than the trace says",
               r->column[k].name, result->instructions, result->otherwise);
        if (result->unknown) printf("; of %" PRIu64 " walks the trace says nothing", result->unknown);
        if (result->lost)
            printf("; %" PRIu64 " failed, because the trace does not have their table entries", result->lost);
        if (*trace_replay_cold(r->column[k].replay))
            printf("; begin empty: %s", trace_replay_cold(r->column[k].replay));
        putchar('\n');
    }
    return compare(r);
}

static int run(struct options *options)
{
    struct replays *r = calloc(1, sizeof *r);
    enum exit_status status = EXIT_BAD_INPUT;

    if (!r) {
        p9_error("trace replay: the host has no memory");
        return EXIT_BAD_INPUT;
    }
    r->options = options;
    r->path = options->words.item[0];
    r->isa = isa_new();
    r->source = trace_open_file(options, r->path, r->isa);
    if (r->source && replay_all(r)) status = tell(r) ? EXIT_FINE : EXIT_DIFFERS;
    for (unsigned k = r->columns; k-- > 0;) trace_replay_close(r->column[k].replay);
    trace_start_free(&r->start);
    free(r->live);
    if (r->source) r->source->close(r->source);
    if (r->isa) isa_free(r->isa);
    free(r);
    return status;
}

static const struct cli_row rows[] = {
    {"model", "mmu|core", NULL, KIND_TEXT | OF_HOST, offsetof(struct options, replay_model), NULL,
     "another model than the run had"},
    {"set", "NAME=VALUE", NULL, KIND_LIST | OF_HOST, offsetof(struct options, set), NULL,
     "another value of an option of the model"},
    {"variant", "NAME=VALUE[,...]", NULL, KIND_LIST | OF_HOST, offsetof(struct options, variant), NULL,
     "one more configuration beside the first, that differs from it so"},
    {"cold", NULL, NULL, KIND_FLAG | OF_HOST, offsetof(struct options, cold), NULL,
     "begin with empty arrays and caches, not with those that the run had"},
    {.name = NULL},
};
static const struct cli_row *const tables[] = {rows, trace_file_rows, NULL};

const struct command command_trace_replay = {
    .name = "trace replay",
    .arguments = "FILE",
    .summary = "What other arrays, caches or a pipeline would have made of a trace, without executing it again.",
    .details =
        "A state trace says how arrays and caches stood when it begins, so with the options of its run a replay\n"
        "counts what the run has counted; if it does not, the exit status is 5.\n",
    .tables = tables,
    .words_least = 1,
    .words_most = 1,
    .run = run,
};
