/* SPDX-License-Identifier: Apache-2.0 */
/* See when.h.  One row for each word in front of an equals sign; what has none is a number or a time. */
#include "machine/when.h"

#include <stdio.h>

#include "base/log.h"
#include "hypervisor/account.h"
#include "machine/config.h"
#include "machine/console.h"

const char when_help[] =
    "WHEN, in every option that says when:\n"
    "  N                  behind instruction N of all threads together (5M, 0x1000)\n"
    "  1.5s               when guest time has come to so many seconds\n"
    "  pc=ADDR[#K]        before the instruction at an effective address (for the K-th time), in any partition\n"
    "  pc=SYMBOL[#K]      the same by name, out of the kernel's or --symbols' table\n"
    "  text=TEXT          when the console has printed TEXT (\\n, \\r, \\t, \\xNN as in --expect)\n"
    "  region=NAME[:end]  when the region of that name or tag begins (ends)\n"
    "  level=K            when a partition of level K runs for the first time\n"
    "  insn-in=K:N        behind instruction N of those that level K has executed\n"
    "  lpid=N, pid=N      when a guest with that LPID, a process with that PID first runs\n"
    "  state=NAME         when a thread is first in that state: ultravisor, hypervisor, os or problem\n"
    "Each is exact: between two instructions, the same ones in every run.\n";

struct reader {
    struct when *when;
    const char *option;
    const struct when_symbols *symbols;
};

static bool no_number(const struct reader *r, const char *text, const char *what)
{
    return p9_error("%s: \"%.60s\" is no %s (see `p9sim help when`)", r->option, text, what);
}

static bool read_pc(const struct reader *r, const char *text)
{
    const char *hash = strrchr(text, '#');
    size_t length = hash ? (size_t)(hash - text) : strlen(text);
    char name[WHEN_TEXT_MAX];

    r->when->count = 1;
    if (hash && (!config_read_count(hash + 1, &r->when->count) || !r->when->count))
        return no_number(r, hash + 1, "number of times");
    if (!length || length >= sizeof name) return no_number(r, text, "address or symbol");
    memcpy(name, text, length);
    name[length] = 0;
    if (config_read_count(name, &r->when->value)) {
        if (r->when->value & 3) return p9_error("%s: pc=%s: instructions lie at multiples of 4", r->option, name);
        return true;
    }
    if (r->symbols && r->symbols->find && r->symbols->find(r->symbols->self, name, &r->when->value)) return true;
    return p9_error("%s: pc=%.60s: neither an address nor a symbol that is known (give its file with --symbols)",
                    r->option, name);
}

static bool keep_text(const struct reader *r, const char *text, size_t length)
{
    struct when *w = r->when;

    if (!length || length >= sizeof w->text)
        return p9_error("%s: give 1 to %zu characters behind the equals sign", r->option, sizeof w->text - 1);
    memcpy(w->text, text, length);
    w->text[length] = 0;
    w->length = length;
    return true;
}

static bool read_text(const struct reader *r, const char *text)
{
    if (!keep_text(r, text, strlen(text))) return false;
    r->when->length = console_unescape(r->when->text);
    return true;
}

static bool read_region(const struct reader *r, const char *text)
{
    size_t n = strlen(text);

    r->when->at_end = n >= 4 && !strcmp(text + n - 4, ":end");
    return keep_text(r, text, r->when->at_end ? n - 4 : n);
}

static bool read_level_insns(const struct reader *r, const char *text)
{
    const char *colon = strchr(text, ':');
    char level[8];

    if (!colon || (size_t)(colon - text) >= sizeof level) return no_number(r, text, "LEVEL:N");
    snprintf(level, sizeof level, "%.*s", (int)(colon - text), text);
    return (config_read_count(level, &r->when->value) && config_read_count(colon + 1, &r->when->count) &&
            r->when->count) ||
           no_number(r, text, "LEVEL:N");
}

static bool read_state(const struct reader *r, const char *text)
{
    for (u64 k = 0; k < ACCOUNT_STATES; k++) {
        r->when->value = k;
        if (!strcmp(text, account_state_name((enum account_state)k))) return true;
    }
    return p9_error("%s: state=%.60s: give ultravisor, hypervisor, os or problem", r->option, text);
}

static bool read_value(const struct reader *r, const char *text)
{
    return config_read_count(text, &r->when->value) || no_number(r, text, "number");
}

static const struct {
    const char *word;
    enum when_kind kind;
    bool (*read)(const struct reader *r, const char *text);
} words[] = {
    {"pc=", WHEN_PC, read_pc},
    {"text=", WHEN_TEXT, read_text},
    {"region=", WHEN_REGION, read_region},
    {"level=", WHEN_LEVEL, read_value},
    {"insn-in=", WHEN_LEVEL_INSNS, read_level_insns},
    {"lpid=", WHEN_LPID, read_value},
    {"pid=", WHEN_PID, read_value},
    {"state=", WHEN_STATE, read_state},
};

bool when_parse(struct when *w, const char *option, const char *text, const struct when_symbols *symbols)
{
    const struct reader r = {w, option, symbols};
    size_t n = strlen(text);

    *w = (struct when){.kind = WHEN_INSNS};
    for (unsigned k = 0; k < ARRAY_SIZE(words); k++) {
        size_t length = strlen(words[k].word);
        if (strncmp(text, words[k].word, length) != 0) continue;
        w->kind = words[k].kind;
        return words[k].read(&r, text + length);
    }
    if (n && text[n - 1] == 's' && text[0] >= '0' && text[0] <= '9') {
        w->kind = WHEN_SECONDS;
        return config_read_seconds(text, &w->value) || no_number(&r, text, "time");
    }
    return config_read_count(text, &w->value) || no_number(&r, text, "moment: give N, Ss, pc=, text=, region=, ...");
}

bool when_parse_file(struct when *w, const char *option, const char *text, char path[4096],
                     const struct when_symbols *symbols)
{
    const char *at = strchr(text, '@');

    if (!at || at == text || (size_t)(at - text) >= 4096)
        return p9_error("%s %.100s: write FILE@WHEN (see `p9sim help when`)", option, text);
    snprintf(path, 4096, "%.*s", (int)(at - text), text);
    return when_parse(w, option, at + 1, symbols);
}
