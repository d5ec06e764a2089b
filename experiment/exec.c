/* SPDX-License-Identifier: Apache-2.0 */
/* What comes over the console, told apart: words of the starter, output of the program, failures; see exec.h. */
#include "experiment/exec.h"

#include <inttypes.h>
#include <string.h>
#include <sys/wait.h>

#include "experiment/starter.h"
#include "machine/console.h"

/* ---- words of the starter ---- */

/* A line of /proc/PID/maps: "10000000-10010000 r-xp 00000000 00:02 1234    /tmp/program". */
static void hear_mapping(struct exec *e, const char *line)
{
    u64 begin, end, offset;
    char rights[5], path[256];

    if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %*s %*s %255s", &begin, &end, rights, &offset, path) != 5)
        return;
    if (*path == '/' && strchr(rights, 'x') && e->mapped) e->mapped(e->self, path, begin, offset);
}

static void hear_start(struct exec *e, char *map)
{
    char *rest;

    for (char *line = strtok_r(map, "\r\n", &rest); line; line = strtok_r(NULL, "\r\n", &rest)) hear_mapping(e, line);
    e->stage = EXEC_RUNS;
}

static void hear_end(struct exec *e, const char *digits)
{
    unsigned status;

    if (sscanf(digits, "%8x", &status) != 1) return;
    if (e->stage == EXEC_RUNS) e->stage = EXEC_ENDED;
    else e->stage = EXEC_REFUSED;
    e->status = e->stage == EXEC_ENDED ? status : (u32)WEXITSTATUS((int)status);
    console_stop(e->console, "the program has ended");
}

/* A line of ld.so's list: "libc.so.6 => /lib64/libc.so.6 (0x00007fff00000000)", or without what stands in front. */
static void hear_libraries(struct exec *e, char *list)
{
    char *rest, path[256];
    u64 begin;

    for (char *line = strtok_r(list, "\r\n", &rest); line; line = strtok_r(NULL, "\r\n", &rest)) {
        const char *at = strchr(line, '/');
        if (at && sscanf(at, "%255s (0x%" SCNx64 ")", path, &begin) == 2 && e->mapped)
            e->mapped(e->self, path, begin, 0);
    }
}

static void hear_word(struct exec *e)
{
    e->word[e->word_length] = 0;
    if (e->stage == EXEC_BOOTS && !strncmp(e->word, "start", 5)) hear_start(e, e->word + 5);
    else if (e->stage == EXEC_BOOTS && !strncmp(e->word, "libraries", 9)) hear_libraries(e, e->word + 9);
    else if (e->stage <= EXEC_RUNS && !strncmp(e->word, "end ", 4)) hear_end(e, e->word + 4);
}

/* ---- character by character ---- */

/* Serial drivers of each level put a carriage return in front of a line feed. */
static void print(struct exec *e, char c)
{
    if (!e->to || e->stage != EXEC_RUNS) return;
    if (c == '\r') {
        e->returns++;
        return;
    }
    for (; e->returns && c != '\n'; e->returns--) putc('\r', e->to);
    e->returns = 0;
    putc(c, e->to);
    if (c == '\n') fflush(e->to);
}

static void take_word(struct exec *e, char c)
{
    static const size_t open = sizeof STARTER_OPEN - 1;

    if (e->word_length == EXEC_WORD_MAX - 1) e->in_word = false; /* no word of the starter's */
    else e->word[e->word_length++] = c;
    if (e->word_length >= open && !memcmp(e->word + e->word_length - open, STARTER_OPEN, open)) e->word_length = 0;
    if (c != '\\' || e->word_length < 2 || e->word[e->word_length - 2] != *STARTER_CLOSE) return;
    e->word_length -= 2;
    e->in_word = false;
    hear_word(e);
}

static void take(void *self, char c)
{
    static const char open[] = STARTER_OPEN;
    struct exec *e = self;

    if (e->in_word) {
        take_word(e, c);
        return;
    }
    if (c == open[e->matched]) {
        if (open[++e->matched]) return;
        e->matched = e->word_length = 0;
        e->in_word = true;
        return;
    }
    for (size_t k = 0; k < e->matched; k++) print(e, open[k]); /* it was something else */
    e->matched = c == *open;
    if (!e->matched) print(e, c);
}

/* Before the program runs, lines tell why it never will. */
static void hear_line(void *self, const char *line)
{
    struct exec *e = self;
    const char *at = strstr(line, "p9sim: level "), *failed = at ? strstr(at, " failed: ") : NULL;

    if (e->stage != EXEC_BOOTS) return;
    if (!failed) at = strstr(line, "Kernel panic - not syncing: ");
    if (!at) return;
    snprintf(e->lost, sizeof e->lost, "%.200s", failed ? at + strlen("p9sim: ") : at);
    e->stage = EXEC_LOST;
    console_stop(e->console, "the program was not started");
}

void exec_watch(struct exec *e, struct console *console)
{
    e->console = console;
    console_tap(console, take, e);
    console_listen(console, hear_line, e);
}

/* ---- how it ended ---- */

static enum exec_end judge_status(const struct exec *e, char *out, size_t size)
{
    int status = (int)e->status;

    if (WIFSIGNALED(status)) {
        const char *name = strsignal(WTERMSIG(status));
        snprintf(out, size, "%s was ended by signal %d (%s)%s", e->program, WTERMSIG(status), name ? name : "unknown",
                 WCOREDUMP(status) ? ", core dumped" : "");
        return EXEC_FAILED;
    }
    snprintf(out, size, "%s ended with status %d", e->program, WEXITSTATUS(status));
    return WEXITSTATUS(status) ? EXEC_FAILED : EXEC_FINE;
}

enum exec_end exec_judge(const struct exec *e, enum machine_end end, const char *machine_text, char *out, size_t size)
{
    switch (e->stage) {
    case EXEC_ENDED: return judge_status(e, out, size);
    case EXEC_REFUSED:
        snprintf(out, size, "the guest's kernel could not start %s: %s", e->program, strerror((int)e->status));
        return EXEC_FAILED;
    case EXEC_LOST: snprintf(out, size, "%s was not started: %s", e->program, e->lost); return EXEC_FAILED;
    default: break;
    }
    snprintf(out, size, "%s %s: %s", e->program, e->stage == EXEC_RUNS ? "did not end" : "was not started",
             machine_text);
    return end == MACHINE_LIMIT || end == MACHINE_STOPPED || end == MACHINE_REACHED ? EXEC_UNFINISHED : EXEC_FAILED;
}
