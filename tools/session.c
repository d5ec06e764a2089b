/* SPDX-License-Identifier: Apache-2.0 */
/* See session.h. */
#include "tools/session.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "core/state/context.h"
#include "machine/checkpoint.h"
#include "machine/machine_report.h"
#include "machine/when.h"
#include "stats/report.h"
#include "tools/last_insns.h"
#include "tools/checking.h"
#include "tools/replay.h"
#include "tools/terminal.h"
#include "tools/tracing.h"

enum { INPUT_MAX = 16 << 20, STDIN_PARTNER_MS = 100 };

/* What is typed comes from a file, whole, or as it comes: from a pipe or device, `-` (standard input), or from standard
 * input that is no terminal if the console is there. *early: a byte that had to be read to know that somebody
 * writes. */
static bool open_input(struct session *s, bool on_stdio, int *stream, int *early)
{
    const char *input = s->options->input;
    struct stat st;

    *stream = *early = -1;
    if (!input) {
        if (on_stdio && !isatty(STDIN_FILENO)) *stream = STDIN_FILENO;
    } else if (!strcmp(input, "-")) {
        *stream = STDIN_FILENO;
    } else if (stat(input, &st) || S_ISREG(st.st_mode)) {
        return image_open(&s->input, input, IMAGE_AS_IT_IS, INPUT_MAX) &&
               replay_image(s->options, "input", &s->input, "");
    } else {
        *stream = file_listen(input, early);
        return *stream >= 0;
    }
    return true;
}

/* Whoever was started together with p9sim has a moment to write its first bytes. */
static void begin_stream(struct session *s, int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    if (fd < 0) return;
    poll(&p, 1, s->options->input ? FILE_PARTNER_MS : STDIN_PARTNER_MS);
    console_stream(s->console, fd, fd != STDIN_FILENO);
}

bool session_open(struct session *s, const struct options *o)
{
    struct console_config c = {.where = o->console,
                               .terminal_fd = -1,
                               .expect = o->expect.item,
                               .expect_count = o->expect.count,
                               .interrupted = &terminal_interrupted};
    bool on_stdio = !strcmp(o->console, "stdio");
    int stream, early;
    u8 first;

    *s = (struct session){
        .options = o, .folded = {-1, -1}, .log = {.to = stderr, .level = o->quiet ? LOG_ERROR : LOG_INFO}};
    if (o->out && !results_open(&s->results, o->out)) return false;
    if (!replay_note(o) || !open_input(s, on_stdio, &stream, &early)) return false;
    first = (u8)early;
    c.input = early >= 0 ? &first : s->input.bytes;
    c.input_size = early >= 0 ? 1 : s->input.size;
    c.terminal_fd = terminal_open(on_stdio && !o->input && isatty(STDOUT_FILENO));
    s->console = console_new(&c);
    if (s->console) begin_stream(s, stream);
    return s->console && progress_open(&s->progress, o, &s->results);
}

void session_close(struct session *s)
{
    for (unsigned k = 0; k < s->checkpoints; k++) free(s->checkpoint[k]);
    for (unsigned k = 0; k < ARRAY_SIZE(s->folded); k++)
        if (s->folded[k] >= 0) close(s->folded[k]);
    tracing_abandon(s->tracing);
    last_insns_close(s->last);
    checking_close(s->checking);
    symbols_close(&s->symbols);
    console_free(s->console);
    image_close(&s->input);
    results_close(&s->results);
    terminal_close();
}

/* ---- running -------------------------------------------------------------------------------------------------------
 */

/* Between two windows: the machine is whole. */
static void tell(void *self, const struct machine *m)
{
    struct session *s = self;

    (void)m;
    if (terminal_snapshot) session_snapshot(s, s->machine);
    progress_tell(&s->progress, s->machine);
}

static enum exit_status status_of(enum machine_end end)
{
    switch (end) {
    case MACHINE_GUEST_DIED: return EXIT_GUEST_DIED;
    case MACHINE_LIMIT: return EXIT_LIMIT;
    default: return EXIT_FINE;
    }
}

/* Which of the two it was, and how large. */
static void describe_limit(const struct config *c, const struct machine *m, char *out, size_t size)
{
    bool by_insns = c->max_insns && machine_completed(m) >= c->max_insns;
    const char *name = by_insns ? "max_insns" : "max_seconds";
    const struct option_row *row = option_find(name);
    char value[CONFIG_VALUE_MAX];

    config_format(row, config_get(c, row), value);
    snprintf(out, size, "a limit was reached (%s = %s%s)", name, value, by_insns ? "" : " s");
}

static void describe_end(const struct session *s, const struct machine *m, enum machine_end end, char *out, size_t size)
{
    const char *death = machine_death(m), *reason = console_stop_reason(s->console);

    switch (end) {
    case MACHINE_OFF:
        snprintf(out, size, machine_wants_reboot(m) ? "the guest asked for a restart" : "the guest powered off");
        break;
    case MACHINE_GUEST_DIED:
        if (machine_exit_code(m)) snprintf(out, size, "the guest ended with status %d", machine_exit_code(m));
        else snprintf(out, size, "the guest died: %s", death ? death : "no reason known");
        break;
    case MACHINE_LIMIT: describe_limit(&s->options->config, m, out, size); break;
    case MACHINE_REACHED: snprintf(out, size, "came to the moment it was to run to"); break;
    default:
        if (terminal_interrupted) reason = terminal_signal_name();
        snprintf(out, size, "stopped: %s", reason ? reason : "asked to");
        break;
    }
}

/* Guests whose kernels panicked, unless a judge has named the one. */
static void describe_panics(const struct machine *m, char *text, size_t size)
{
    const struct report_panic *panic;
    char words[REPORT_PANIC_TEXT + 32];
    size_t used = strlen(text);
    unsigned count;

    panic = machine_guest_panics(m, &count);
    if (!count) return;
    report_panic_tell(panic, words, sizeof words);
    if (!strstr(text, words)) snprintf(text + used, size - used, "; %s", words);
    used = strlen(text);
    if (count > 1) snprintf(text + used, size - used, "; %u more panic%s of guests", count - 1, count > 2 ? "s" : "");
}

static struct machine_limits limits_of(const struct config *c)
{
    u128 cycles = (u128)c->max_seconds * c->core_mhz / 1000; /* max_seconds is in ns */

    return (struct machine_limits){
        .max_insns = c->max_insns ? c->max_insns : UINT64_MAX,
        .max_cycles = !c->max_seconds || cycles > UINT64_MAX ? UINT64_MAX : (u64)cycles,
    };
}

enum { DATE_ROOM = 24 };

/* What equal runs may have differently; the date is written into `date`. */
static struct report_host host_of(const struct session *s, const struct machine *m, char date[DATE_ROOM])
{
    const time_t now = time(NULL);
    struct tm parts;
    const struct options *o = s->options;
    const char *empty = o->restored ? checkpoint_cold(o->restored) : "";

    if (!gmtime_r(&now, &parts) || !strftime(date, DATE_ROOM, "%Y-%m-%dT%H:%M:%SZ", &parts)) *date = 0;
    return (struct report_host){.date = date,
                                .arguments = o->arguments,
                                .argument_count = o->argument_count,
                                .out = o->out,
                                .restored = o->restore,
                                .restored_empty = *empty ? empty : NULL,
                                .seconds = progress_host_seconds() - s->progress.started,
                                .completed = machine_completed(m) - s->progress.since_insns};
}

bool session_write_results(struct session *s, struct machine *m, const char *end, enum exit_status status)
{
    char date[DATE_ROOM];
    struct report report = {
        .end = end, .exit_status = status, .recipe = &s->options->replay->made, .host = host_of(s, m, date)};
    const struct session_judge *j = s->judge;
    bool ok = machine_report(m, &report);

    if (ok) session_name(s, &report);
    if (ok && j && j->complete) ok = j->complete(j->self, &report);
    ok = ok && report_write(&report, &s->results);
    if (ok && j && j->written) ok = j->written(j->self, &report, &s->results);
    if (ok && report_check(&report, NULL, NULL).failed)
        p9_error("%s/stats.json: counters contradict each other, see its member invariants", s->options->out);
    report_free(&report);
    return ok;
}

/* A guest that died leaves its registers: of the threads that stopped for good, or of all if none did.  A kernel that
 * panicked has printed them itself. */
static void dump_dead(struct machine *m)
{
    bool any = false;

    for (unsigned n = 0; n < machine_thread_count(m); n++) any |= machine_thread(m, n)->checkstop;
    for (unsigned n = 0; n < machine_thread_count(m); n++)
        if (!any || machine_thread(m, n)->checkstop) thread_dump(stderr, machine_thread(m, n));
}

/* "tlb_entries=256,512": a variant for each value. */
static bool add_what_ifs(struct machine *m, const char *list)
{
    const char *value = strchr(list, '=');
    char setting[128];

    if (!value) return p9_error("--what-if %.60s: write NAME=VALUE[,VALUE...]", list);
    do {
        size_t length = strcspn(++value, ",");
        snprintf(setting, sizeof setting, "%.*s=%.*s", (int)strcspn(list, "="), list, (int)length, value);
        if (!machine_what_if(m, setting)) return false;
        value += length;
    } while (*value);
    return true;
}

static bool address_of(void *self, const char *name, u64 *address)
{
    return session_find(self, name, address);
}

bool session_when(struct session *s, const char *option, const char *text, struct when *when)
{
    const struct when_symbols symbols = {address_of, s};

    return when_parse(when, option, text, &symbols);
}

bool session_stop_at(struct session *s, struct machine *m, const char *option, const char *text, unsigned *number)
{
    struct when when;

    return session_when(s, option, text, &when) && machine_stop_at(m, &when, number);
}

/* FILE@WHEN, or FILE@call: when the guest asks. */
static bool plan_checkpoint(struct session *s, struct machine *m, const char *text)
{
    const struct when_symbols symbols = {address_of, s};
    char name[4096], *path;
    size_t n = strlen(text);
    bool called = n > 5 && !strcmp(text + n - 5, "@call") && strchr(text, '@') == text + n - 5;
    struct when when;

    if (called && n - 5 < sizeof name) snprintf(name, sizeof name, "%.*s", (int)(n - 5), text);
    else if (!when_parse_file(&when, "--checkpoint", text, name, &symbols)) return false;
    path = strdup(name);
    if (!path) return p9_error("--checkpoint: the host has no memory");
    s->checkpoint[s->checkpoints++] = path;
    return machine_plan_checkpoint(m, path, called ? NULL : &when);
}

static bool plan_checkpoints(struct session *s, struct machine *m)
{
    const struct text_list *list = &s->options->checkpoint;

    if (list->count) machine_checkpoint_base(m, s->options->checkpoint_base);
    else if (s->options->checkpoint_base && !s->options->restored)
        return p9_error("--checkpoint-base: is for --checkpoint and --restore");
    for (unsigned k = 0; k < list->count; k++)
        if (!plan_checkpoint(s, m, list->item[k])) return false;
    return true;
}

/* --model core@WHEN, core@regions. */
static bool plan_core(struct session *s, struct machine *m)
{
    const struct when_symbols symbols = {address_of, s};
    const char *at = s->options->core_at;
    struct when when;

    if (!at) return !s->options->core_given || machine_core_always(m);
    if (!strcmp(at, "regions")) return machine_core_at(m, NULL);
    return when_parse(&when, "--model", at, &symbols) && machine_core_at(m, &when);
}

/* FILE@FROM,TO: TO is behind the last comma. */
static bool plan_pipeline_log(struct session *s, struct machine *m)
{
    const struct when_symbols symbols = {address_of, s};
    const char *text = s->options->konata, *comma = text ? strrchr(text, ',') : NULL;
    char begin[4096 + WHEN_TEXT_MAX];
    struct when from, to;

    if (!text) return true;
    if (!comma || (size_t)(comma - text) >= sizeof begin)
        return p9_error("--konata %.100s: write FILE@FROM,TO (see `p9sim help when`)", text);
    snprintf(begin, sizeof begin, "%.*s", (int)(comma - text), text);
    return when_parse_file(&from, "--konata", begin, s->konata, &symbols) &&
           when_parse(&to, "--konata", comma + 1, &symbols) && machine_plan_pipeline_log(m, s->konata, &from, &to);
}

/* The files of --folded are made before the run, so that a bad name is told then. */
static bool folded_name(const struct session *s, unsigned k, char path[4200])
{
    return snprintf(path, 4200, "%.4096s%s", s->options->folded, k ? ".walks" : "") > 0;
}

static bool plan_profile(struct session *s, struct machine *m)
{
    char path[4200];

    if (!s->options->folded) return true;
    if (!machine_profile(m)) return false;
    for (unsigned k = 0; k < ARRAY_SIZE(s->folded); k++) {
        s->folded[k] = folded_name(s, k, path) ? file_create(path) : -1;
        if (s->folded[k] < 0) return false;
    }
    return true;
}

static void symbol_alone(void *self, u64 address, char *out, size_t size)
{
    char name[SYMBOL_TEXT];

    symbols_name(self, address, name);
    snprintf(out, size, "%.*s", (int)strcspn(name, "+"), name);
}

static bool write_folded(struct session *s, struct machine *m)
{
    const struct machine_symbols symbols = {symbol_alone, &s->symbols};
    bool whole = true;

    if (!s->options->folded) return true;
    session_unpack_names(s);
    for (unsigned k = 0; k < ARRAY_SIZE(s->folded); k++) {
        struct emit e = {0};
        char path[4200];
        bool ok = machine_fold(m, k, &symbols, &e) && folded_name(s, k, path);

        if (!ok) whole = p9_error("--folded %s: the host had no memory for all of it", s->options->folded);
        else whole &= file_put(s->folded[k], path, e.bytes ? e.bytes : "", e.size);
        if (ok) s->folded[k] = -1;
        emit_free(&e);
    }
    return whole;
}

/* Everything is ready to run, so what an earlier run has left can go. */
static bool begin_results(struct session *s)
{
    char path[4200];
    int log;

    if (!s->options->out) return true;
    if (!results_clear(&s->results)) return false;
    snprintf(path, sizeof path, "%s/%s", s->results.dir, result_name(RESULT_CONSOLE_LOG));
    log = results_create(&s->results, RESULT_CONSOLE_LOG);
    return log >= 0 && console_log(s->console, log, path) &&
           (!s->options->restored || checkpoint_write_log(s->options->restored, s->console));
}

/* Above what the guest makes of it stand a signal, and output that is lost. */
static enum exit_status status_of_host(enum exit_status status, bool whole)
{
    if (terminal_interrupted) return (enum exit_status)(EXIT_SIGNAL + terminal_interrupted);
    return whole ? status : EXIT_BAD_INPUT;
}

static void say_end(struct session *s, struct machine *m, const char *text, enum exit_status status)
{
    const char *out = s->options->out;

    log_say(&s->log, s->judge && status != EXIT_FINE ? LOG_ERROR : LOG_INFO,
            "%s after %.6f s of guest time and %" PRIu64 " instructions%s%s", text, machine_seconds(m),
            machine_completed(m), out ? "; results in " : "", out ? out : "");
}

/* It has ended; whole: nothing of its output is lost. */
static enum exit_status end_run(struct session *s, struct machine *m, enum machine_end end, bool whole)
{
    enum exit_status status = status_of(end);
    char text[512];
    bool written;

    progress_clear_line(&s->progress);
    describe_end(s, m, end, text, sizeof text);
    if (s->judge && s->judge->judge) s->judge->judge(s->judge->self, end, text, sizeof text, &status);
    checking_judge(s->checking, end, text, sizeof text, &status);
    describe_panics(m, text, sizeof text);
    status = status_of_host(status, whole);
    written = !s->options->out || session_write_results(s, m, text, status);
    progress_end(&s->progress, m, text, written ? status : EXIT_BAD_INPUT);
    if (!written) return EXIT_BAD_INPUT;
    say_end(s, m, text, status);
    if (end == MACHINE_GUEST_DIED) last_insns_show(s->last, s);
    if (end == MACHINE_GUEST_DIED && !machine_exit_code(m) && !machine_panicked(m) && !s->options->quiet) dump_dead(m);
    return status;
}

enum exit_status session_run(struct session *s, struct machine *m)
{
    struct machine_limits limits = limits_of(&s->options->config);
    struct machine_progress progress = {.tell = tell, .self = s, .asked = &terminal_snapshot};
    enum machine_end end;
    bool whole;

    for (unsigned k = 0; k < s->options->what_if.count; k++)
        if (!add_what_ifs(m, s->options->what_if.item[k])) return EXIT_BAD_INPUT;
    if (!plan_core(s, m) || !plan_checkpoints(s, m) || !plan_pipeline_log(s, m) || !plan_profile(s, m))
        return EXIT_BAD_INPUT;
    if (s->options->restored && *checkpoint_cold(s->options->restored))
        log_say(&s->log, LOG_INFO, "%s: of another configuration, so these start empty: %s", s->options->restore,
                checkpoint_cold(s->options->restored));
    if (!replay_settle(s->options, m) || !last_insns_plan(s->options, m, &s->last) ||
        !checking_plan(s, m, &s->checking) || !tracing_plan(s, m, &s->tracing) || !begin_results(s))
        return EXIT_BAD_INPUT;
    s->machine = m;
    progress_begin(&s->progress, m, s->judge);
    end = machine_run(m, &limits, &progress);
    machine_finish(m);
    whole = console_finish(s->console);
    whole &= machine_checkpoints_written(m);
    whole &= machine_pipeline_log_written(m);
    whole &= write_folded(s, m);
    whole &= tracing_finish(s->tracing, m);
    s->tracing = NULL;
    terminal_close();
    return end_run(s, m, end, whole);
}

/* ---- images --------------------------------------------------------------------------------------------------------
 */

bool session_image(struct image *image, const char *path, enum image_packing packing, u64 memory_bytes,
                   struct machine_blob *blob)
{
    if (!path) return true;
    if (!image_open(image, path, packing, memory_bytes)) return false;
    *blob = (struct machine_blob){.name = path, .bytes = image->bytes, .size = image->size};
    return true;
}
