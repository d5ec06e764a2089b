/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See console.h.  The terminal, or the stream that stands in for it, is looked at once in POLL_EVERY calls (a system
 * call per quantum would cost more than the quantum).  Texts are matched as they stream by (base/match.h).
 */
#include "machine/console.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/match.h"
#include "base/state.h"

enum { POLL_EVERY = 64, OUT_BYTES = 4096, TYPED_BYTES = 256, STREAM_BYTES = 4096, EXPECT_MAX = 64, CTRL_A = 1 };
enum { PATIENCE_SECONDS = 2 };

enum action { ACT_TYPE, ACT_MARK, ACT_STOP };
struct expectation {
    char *text; /* TEXT, then the action's argument behind its 0 */
    const char *argument;
    size_t length, argument_length;
    struct match match;
    enum action action;
    bool done;
};

struct queue {
    u8 *bytes;
    size_t first, count, room;
};

/* Where the guest's output goes: the person's place, and the log. */
struct sink {
    int fd; /* -1: nowhere, or given up */
    bool is_ours, lost;
    char *name; /* for messages */
    u8 bytes[OUT_BYTES];
    size_t count;
};

struct console {
    int terminal_fd;
    int stream_fd; /* -1: none, or it has come to its end */
    bool stream_is_ours, stream_looked_at;
    struct sink out, log;
    double patience_ends;         /* when a reader who does not read is given up; 0: nothing hurries */
    struct queue scripted, typed; /* from actions and --input; from the terminal or the stream */
    struct expectation *expect[EXPECT_MAX];
    unsigned expect_count;
    const char *marks[EXPECT_MAX];
    unsigned mark_first, mark_count;
    const volatile sig_atomic_t *interrupted;
    const char *stop_reason;
    bool has_input; /* it was given some, which is of this run and not of the one that is restored */
    unsigned calls; /* since the terminal was looked at */
    bool after_ctrl_a, failed;
    void (*listener)(void *self, const char *line); /* or NULL */
    void *listener_self;
    struct {
        void (*character)(void *self, char c);
        void *self;
    } tap[CONSOLE_TAPS];
    unsigned taps;
    char line[CONSOLE_LINE_MAX]; /* for the listener: what has been written of the line so far */
    size_t line_length;
};

/* ---- queues of characters ------------------------------------------------------------------------------------------
 */

/* Put bytes at the front (typed answers overtake what --input still holds) or at the end. */
static bool queue_add(struct queue *q, const void *bytes, size_t n, bool in_front)
{
    u8 *grown = malloc(q->count + n + 1);

    if (!grown) return p9_error("console: the host has no memory");
    if (q->count) memcpy(grown + (in_front ? n : 0), q->bytes + q->first, q->count);
    if (n) memcpy(grown + (in_front ? 0 : q->count), bytes, n);
    free(q->bytes);
    *q = (struct queue){.bytes = grown, .count = q->count + n, .room = q->count + n + 1};
    return true;
}

static int queue_take(struct queue *q)
{
    if (!q->count) return -1;
    q->count--;
    return q->bytes[q->first++];
}

/* ---- expectations --------------------------------------------------------------------------------------------------
 */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static char simple_escape(char c)
{
    static const char from[] = "nrte0", to[] = "\n\r\t\033\0";
    const char *at = c ? strchr(from, c) : NULL;

    return at ? to[at - from] : c;
}

size_t console_unescape(char *text)
{
    char *to = text;

    for (const char *from = text; *from; from++) {
        if (*from != '\\' || !from[1]) {
            *to++ = *from;
        } else if (*++from == 'x' && hex_digit(from[1]) >= 0 && hex_digit(from[2]) >= 0) {
            *to++ = (char)(hex_digit(from[1]) * 16 + hex_digit(from[2]));
            from += 2;
        } else {
            *to++ = simple_escape(*from);
        }
    }
    *to = 0;
    return (size_t)(to - text);
}

/* The equals sign in front of an action; TEXT itself may hold others. */
static char *find_action(char *spec, enum action *action)
{
    static const struct {
        const char *word;
        enum action action;
    } words[] = {{"=type:", ACT_TYPE}, {"=mark:", ACT_MARK}};
    size_t n = strlen(spec);

    for (unsigned k = 0; k < ARRAY_SIZE(words); k++) {
        char *at = strstr(spec, words[k].word);
        *action = words[k].action;
        if (at) return at;
    }
    *action = ACT_STOP;
    return n > 5 && !strcmp(spec + n - 5, "=stop") ? spec + n - 5 : NULL;
}

static void expectation_free(struct expectation *e)
{
    if (e) free(e->text);
    free(e);
}

static bool expectation_read(struct expectation *e, const char *spec)
{
    char *at = find_action(e->text, &e->action);

    if (!at || at == e->text)
        return p9_error("--expect \"%.80s\": write TEXT=type:REPLY, TEXT=mark:NAME or TEXT=stop", spec);
    *at = 0;
    e->argument = at + (e->action == ACT_STOP ? 5 : 6); /* of stop: empty */
    e->length = console_unescape(e->text);
    e->argument_length = console_unescape((char *)e->argument);
    if (e->length >= MATCH_MAX)
        return p9_error("--expect: a text may have %d characters, this one has %zu", MATCH_MAX - 1, e->length);
    match_begin(&e->match, e->text, e->length);
    return true;
}

static struct expectation *expectation_new(const char *spec)
{
    struct expectation *e = calloc(1, sizeof *e);

    if (e) e->text = strdup(spec);
    if (!e || !e->text) p9_error("console: the host has no memory");
    else if (expectation_read(e, spec)) return e;
    expectation_free(e);
    return NULL;
}

static void act(struct console *c, struct expectation *e)
{
    e->done = true;
    switch (e->action) {
    case ACT_TYPE:
        if (!queue_add(&c->scripted, e->argument, e->argument_length, true)) {
            c->failed = true;
            c->stop_reason = "out of host memory";
        }
        break;
    case ACT_MARK: c->marks[c->mark_count++] = e->argument; break;
    case ACT_STOP: c->stop_reason = "an expected text was printed"; break;
    }
}

/* Is an earlier expectation of the same text still waiting?  Then this one waits for it. */
static bool is_queued(const struct console *c, unsigned n)
{
    const struct expectation *e = c->expect[n];

    for (unsigned k = 0; k < n; k++)
        if (!c->expect[k]->done && c->expect[k]->length == e->length && !memcmp(c->expect[k]->text, e->text, e->length))
            return true;
    return false;
}

static void watch(struct console *c, char ch)
{
    unsigned acting[EXPECT_MAX], count = 0;

    for (unsigned k = 0; k < c->expect_count; k++) {
        struct expectation *e = c->expect[k];
        if (e->done || is_queued(c, k)) continue;
        if (match_step(&e->match, ch)) acting[count++] = k;
    }
    for (unsigned k = 0; k < count; k++) act(c, c->expect[acting[k]]); /* after the loop: each text acts once per hit */
}

/* ---- a listener ---- */

void console_listen(struct console *console, void (*line)(void *self, const char *line), void *self)
{
    console->listener = line;
    console->listener_self = self;
}

void console_tap(struct console *console, void (*character)(void *self, char c), void *self)
{
    for (unsigned k = 0; k < console->taps; k++)
        if (console->tap[k].character == character && console->tap[k].self == self) return;
    if (console->taps == CONSOLE_TAPS) return;
    console->tap[console->taps].character = character;
    console->tap[console->taps++].self = self;
}

/* A carriage return alone starts no line of its own: serial drivers write it in front of each line feed. */
static void listen(struct console *c, u8 ch)
{
    if (ch == '\n') {
        c->line[c->line_length] = 0;
        c->line_length = 0;
        c->listener(c->listener_self, c->line);
    } else if (ch != '\r' && c->line_length < CONSOLE_LINE_MAX - 1) {
        c->line[c->line_length++] = ch < ' ' || ch == 0x7f ? '?' : (char)ch;
    }
}

void console_stop(struct console *console, const char *reason)
{
    if (!console->stop_reason) console->stop_reason = reason;
}

/* ---- output --------------------------------------------------------------------------------------------------------
 */

static double now_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Nothing could be written: the reader does not read now, or a signal came.  A run goes on waiting; one that is to end
 * waits PATIENCE_SECONDS more. */
static bool may_wait(struct console *c, const struct sink *s, int error)
{
    struct pollfd p = {.fd = s->fd, .events = POLLOUT};

    if (error != EINTR && error != EAGAIN) return false;
    if (error == EAGAIN) poll(&p, 1, 100);
    if (!console_is_interrupted(c)) return true;
    if (c->patience_ends == 0) c->patience_ends = now_seconds() + PATIENCE_SECONDS;
    return now_seconds() < c->patience_ends;
}

static void give_up(struct sink *s, const char *reason)
{
    p9_error("%s: cannot be written (%s); going on without it", s->name, reason);
    if (s->is_ours) close(s->fd);
    s->fd = -1;
    s->lost = true;
}

static void sink_write(struct console *c, struct sink *s)
{
    for (size_t done = 0; done < s->count && s->fd >= 0;) {
        ssize_t n = write(s->fd, s->bytes + done, s->count - done);
        int error = errno;
        if (n > 0) done += (size_t)n;
        else if (!may_wait(c, s, error)) give_up(s, error == EINTR ? "nobody reads it" : strerror(error));
    }
    s->count = 0;
}

static void sink_put(struct console *c, struct sink *s, u8 ch, bool at_once)
{
    if (s->fd < 0) return;
    s->bytes[s->count++] = ch;
    if (at_once || s->count == OUT_BYTES) sink_write(c, s);
}

static void sink_close(struct console *c, struct sink *s)
{
    sink_write(c, s);
    if (s->fd >= 0 && s->is_ours && close(s->fd)) {
        s->is_ours = false;
        give_up(s, strerror(errno));
    }
    s->fd = -1;
}

void console_flush(struct console *console)
{
    sink_write(console, &console->out);
    sink_write(console, &console->log);
}

bool console_finish(struct console *console)
{
    sink_close(console, &console->out);
    sink_close(console, &console->log);
    return !console->out.lost && !console->log.lost && !console->failed;
}

void console_put(struct console *console, u8 ch)
{
    sink_put(console, &console->log, ch, false);
    sink_put(console, &console->out, ch, ch == '\n');
    if (console->expect_count) watch(console, (char)ch);
    if (console->listener) listen(console, ch);
    for (unsigned k = 0; k < console->taps; k++) console->tap[k].character(console->tap[k].self, (char)ch);
}

/* ---- input ---------------------------------------------------------------------------------------------------------
 */

static void help(void)
{
    fputs("\r\np9sim: Ctrl-A x  end the run   Ctrl-A h  this help   Ctrl-A Ctrl-A  send Ctrl-A\r\n", stderr);
}

static void keep_typed(struct console *c, u8 ch)
{
    if (queue_add(&c->typed, &ch, 1, false)) return;
    c->failed = true;
    c->terminal_fd = -1;
}

static void typed(struct console *c, u8 ch)
{
    if (c->after_ctrl_a) {
        c->after_ctrl_a = false;
        if (ch == 'x' || ch == 'X') c->stop_reason = "Ctrl-A x";
        else if (ch == 'h' || ch == 'H' || ch == '?') help();
        else if (ch == CTRL_A) keep_typed(c, ch);
    } else if (ch == CTRL_A) {
        c->after_ctrl_a = true;
    } else {
        keep_typed(c, ch);
    }
}

static void close_stream(struct console *c)
{
    if (c->stream_fd >= 0 && c->stream_is_ours) close(c->stream_fd);
    c->stream_fd = -1;
}

/* More is taken before the last of it has been typed: whoever has written everything is never waited for. */
static void look_at_stream(struct console *c)
{
    struct pollfd p = {.fd = c->stream_fd, .events = POLLIN};
    u8 bytes[STREAM_BYTES];
    ssize_t n;

    c->stream_looked_at = true;
    if (c->stream_fd < 0 || c->typed.count > STREAM_BYTES || poll(&p, 1, 0) <= 0) return;
    n = read(c->stream_fd, bytes, sizeof bytes);
    if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) close_stream(c);
    if (n > 0 && !queue_add(&c->typed, bytes, (size_t)n, false)) {
        c->failed = true;
        close_stream(c);
    }
}

static void look_at_terminal(struct console *c)
{
    struct pollfd p = {.fd = c->terminal_fd, .events = POLLIN};
    u8 bytes[64];
    ssize_t n;

    c->calls = 0;
    if (c->out.count) sink_write(c, &c->out);
    look_at_stream(c);
    if (c->terminal_fd < 0 || c->typed.count > TYPED_BYTES || poll(&p, 1, 0) <= 0) return;
    n = read(c->terminal_fd, bytes, sizeof bytes);
    if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) c->terminal_fd = -1; /* hung up: go on without it */
    for (ssize_t k = 0; k < n; k++) typed(c, bytes[k]);
}

int console_get(struct console *console)
{
    if (++console->calls >= POLL_EVERY) look_at_terminal(console);
    else if (!console->stream_looked_at) look_at_stream(console);
    return console->scripted.count ? queue_take(&console->scripted) : queue_take(&console->typed);
}

bool console_is_interrupted(const struct console *console)
{
    return console->interrupted && *console->interrupted;
}

bool console_wants_stop(struct console *console)
{
    if (++console->calls >= POLL_EVERY) look_at_terminal(console);
    if (!console->stop_reason && console_is_interrupted(console)) console->stop_reason = "a signal";
    return console->stop_reason != NULL;
}

const char *console_stop_reason(const struct console *console)
{
    return console->stop_reason;
}

const char *console_take_mark(struct console *console)
{
    return console->mark_first < console->mark_count ? console->marks[console->mark_first++] : NULL;
}

bool console_is_interactive(const struct console *console)
{
    return console->terminal_fd >= 0;
}

double console_wait(struct console *console, double seconds)
{
    struct pollfd p = {.fd = console->terminal_fd, .events = POLLIN};
    double start = now_seconds();

    console_flush(console);
    console->calls = POLL_EVERY; /* look as soon as we are back */
    if (console->typed.count || console->scripted.count || seconds <= 0) return 0;
    if (seconds > 3600) seconds = 3600;
    poll(&p, console->terminal_fd >= 0, (int)(seconds * 1000 + 0.5));
    return now_seconds() - start;
}

bool console_await(struct console *console)
{
    struct pollfd p = {.fd = console->stream_fd, .events = POLLIN};

    if (console->stream_fd < 0 || console->typed.count || console->scripted.count) return false;
    console_flush(console);
    console->calls = POLL_EVERY;
    poll(&p, 1, 1000);
    return true;
}

/* ---- making one ----------------------------------------------------------------------------------------------------
 */

static bool sink_open(struct sink *s, int fd, bool is_ours, const char *name)
{
    *s = (struct sink){.fd = fd, .is_ours = is_ours, .name = strdup(name)};
    return s->name || p9_error("console: the host has no memory");
}

static bool open_out(struct console *c, const char *where)
{
    int fd;

    if (!where || !strcmp(where, "none")) return true;
    if (!strcmp(where, "stdio")) return sink_open(&c->out, STDOUT_FILENO, false, "standard output");
    if (strncmp(where, "file:", 5) != 0 || !where[5])
        return p9_error("--console %.80s: give stdio, file:PATH or none", where);
    fd = file_create(where + 5);
    return fd >= 0 && sink_open(&c->out, fd, true, where + 5);
}

void console_stream(struct console *console, int fd, bool is_ours)
{
    console->stream_fd = fd;
    console->stream_is_ours = is_ours;
}

bool console_log(struct console *console, int fd, const char *name)
{
    return sink_open(&console->log, fd, true, name);
}

/* ---- the log so far ------------------------------------------------------------------------------------------------
 */

u64 console_log_size(struct console *console)
{
    off_t size;

    if (console->log.fd < 0) return 0;
    sink_write(console, &console->log);
    size = console->log.fd < 0 ? 0 : lseek(console->log.fd, 0, SEEK_END);
    return size > 0 ? (u64)size : 0;
}

bool console_log_read(const struct console *console, u64 at, void *to, size_t size)
{
    return pread(console->log.fd, to, size, (off_t)at) == (ssize_t)size;
}

bool console_log_write(const struct console *console, u64 at, const void *from, size_t size)
{
    return pwrite(console->log.fd, from, size, (off_t)at) == (ssize_t)size;
}

void console_log_append(struct console *console)
{
    if (console->log.fd >= 0) (void)lseek(console->log.fd, 0, SEEK_END);
}

static bool add_expectations(struct console *c, const struct console_config *config)
{
    if (config->expect_count > EXPECT_MAX) return p9_error("--expect: at most %d of them", EXPECT_MAX);
    for (unsigned k = 0; k < config->expect_count; k++) {
        c->expect[k] = expectation_new(config->expect[k]);
        if (!c->expect[k]) return false;
        c->expect_count++;
    }
    return true;
}

struct console *console_new(const struct console_config *config)
{
    struct console *c = calloc(1, sizeof *c);
    bool ok;

    if (!c) {
        p9_error("console: the host has no memory");
        return NULL;
    }
    c->terminal_fd = config->terminal_fd;
    c->interrupted = config->interrupted;
    c->has_input = config->input_size > 0;
    c->stream_fd = c->out.fd = c->log.fd = -1;
    ok = open_out(c, config->where) && add_expectations(c, config) &&
         (!config->input_size || queue_add(&c->scripted, config->input, config->input_size, false));
    if (ok) return c;
    console_free(c);
    return NULL;
}

void console_free(struct console *console)
{
    if (!console) return;
    close_stream(console);
    sink_close(console, &console->out);
    sink_close(console, &console->log);
    free(console->out.name);
    free(console->log.name);
    for (unsigned k = 0; k < console->expect_count; k++) expectation_free(console->expect[k]);
    free(console->scripted.bytes);
    free(console->typed.bytes);
    free(console);
}

/* ---- state ---------------------------------------------------------------------------------------------------------
 */

enum { QUEUE_MOST = 64 << 20, SPEC_MOST = 0xffff };

static void save_queue(struct state_writer *w, const void *self)
{
    const struct queue *q = self;

    state_put_number(w, q->count);
    if (q->count) state_put_numbers(w, q->bytes + q->first, 1, q->count);
}

static bool restore_queue(struct state_reader *r, void *self)
{
    u64 count = state_get_count(r, NULL, QUEUE_MOST);
    struct queue q = {.bytes = malloc(count + 1), .count = count, .room = count + 1}, *to = self;

    if (!q.bytes) return state_refuse(r, "the host has no memory for what is to be typed");
    free(to->bytes);
    *to = q;
    return state_get_numbers(r, q.bytes, 1, count);
}

static const struct state_row queue_rows[] = {
    STATE_CALL(struct queue, bytes, save_queue, restore_queue),
    STATE_WITH(struct queue, first),
    STATE_WITH(struct queue, count),
    STATE_DERIVED(struct queue, room),
};
static const struct state_table queue_state = STATE_TABLE(struct queue, queue_rows);

/* What this run was told to type takes the place of what is still to be typed. */
static void save_scripted(struct state_writer *w, const void *self)
{
    state_put(w, &queue_state, &((const struct console *)self)->scripted);
}

static bool restore_scripted(struct state_reader *r, void *self)
{
    struct console *c = self;

    if (!c->has_input) return state_get(r, &queue_state, &c->scripted);
    r->at = r->end;
    return true;
}

static void save_text(struct state_writer *w, const void *self)
{
    const struct expectation *e = self;

    state_put_number(w, e->length);
    state_put_numbers(w, e->text, 1, e->length);
    state_put_number(w, e->argument_length);
    state_put_numbers(w, e->argument, 1, e->argument_length);
}

/* Both end with a 0 of their own. */
static bool restore_text(struct state_reader *r, void *self)
{
    struct expectation *e = self;
    u64 length = state_get_count(r, NULL, MATCH_MAX - 1);
    char *argument;

    if (r->failed || !length) return state_refuse(r, "an expectation of nothing");
    e->text = calloc(1, length + 1 + SPEC_MOST + 1);
    if (!e->text) return state_refuse(r, "the host has no memory for an expectation");
    if (!state_get_numbers(r, e->text, 1, length)) return false;
    e->length = length;
    e->argument = argument = e->text + length + 1;
    e->argument_length = state_get_count(r, NULL, SPEC_MOST);
    match_begin(&e->match, e->text, e->length);
    return state_get_numbers(r, argument, 1, e->argument_length);
}

static bool expectation_restored(struct state_reader *r, void *self)
{
    const struct expectation *e = self;

    if (e->done) return true;
    return e->match.matched < e->length || state_refuse(r, "an expectation that should have acted");
}

static const struct state_row expectation_rows[] = {
    STATE_CALL(struct expectation, text, save_text, restore_text),
    STATE_WITH(struct expectation, argument),
    STATE_WITH(struct expectation, length),
    STATE_WITH(struct expectation, argument_length),
    STATE_PART(struct expectation, match, struct match, match_state),
    STATE(struct expectation, action, .most = ACT_STOP),
    STATE(struct expectation, done),
};
static const struct state_table expectation_state =
    STATE_TABLE(struct expectation, expectation_rows, .restored = expectation_restored);

/* And the marks that nobody has taken yet, as numbers of expectations. */
static void save_expectations(struct state_writer *w, const void *self)
{
    const struct console *c = self;

    state_put_number(w, c->expect_count);
    for (unsigned k = 0; k < c->expect_count; k++) state_put(w, &expectation_state, c->expect[k]);
    state_put_number(w, c->mark_count - c->mark_first);
    for (unsigned m = c->mark_first; m < c->mark_count; m++)
        for (unsigned k = 0; k < c->expect_count; k++)
            if (c->marks[m] == c->expect[k]->argument) state_put_number(w, k);
}

static bool restore_expectations(struct state_reader *r, void *self)
{
    struct console *c = self;
    u64 count, marks;

    if (c->expect_count) { /* this run watches for something else */
        r->at = r->end;
        return true;
    }
    count = state_get_count(r, &expectation_state, EXPECT_MAX);
    for (; c->expect_count < count; c->expect_count++) {
        struct expectation *e = c->expect[c->expect_count] = calloc(1, sizeof *e);

        if (!e) return state_refuse(r, "the host has no memory for an expectation");
        if (state_get(r, &expectation_state, e)) continue;
        expectation_free(e);
        return false;
    }
    marks = state_get_count(r, NULL, EXPECT_MAX);
    if (marks > count) return state_refuse(r, "more marks than expectations");
    for (c->mark_first = c->mark_count = 0; c->mark_count < marks; c->mark_count++) {
        u64 k = state_get_below(r, count, "a mark");

        if (r->failed) return false;
        c->marks[c->mark_count] = c->expect[k]->argument;
        c->expect[k]->done = true;
    }
    return !r->failed;
}

#define DERIVED(member) STATE_DERIVED(struct console, member)
static const struct state_row rows[] = {
    DERIVED(terminal_fd),
    DERIVED(stream_fd), /* of this run: */
    DERIVED(stream_is_ours),
    DERIVED(stream_looked_at),
    DERIVED(out),
    DERIVED(log),
    DERIVED(patience_ends),
    STATE_CALL(struct console, scripted, save_scripted, restore_scripted, .part = &queue_state),
    STATE_PART(struct console, typed, struct queue, queue_state),
    STATE_CALL(struct console, expect, save_expectations, restore_expectations, .part = &expectation_state),
    STATE_WITH(struct console, expect_count),
    STATE_WITH(struct console, marks),
    STATE_WITH(struct console, mark_first),
    STATE_WITH(struct console, mark_count),
    DERIVED(interrupted),
    DERIVED(stop_reason), /* it goes on */
    DERIVED(has_input),
    STATE(struct console, calls),
    STATE(struct console, after_ctrl_a),
    DERIVED(failed),
    DERIVED(listener),
    DERIVED(listener_self),
    DERIVED(tap),
    DERIVED(taps),
    STATE(struct console, line),
    STATE(struct console, line_length, .most = CONSOLE_LINE_MAX - 1),
};
const struct state_table console_state = STATE_TABLE(struct console, rows);
