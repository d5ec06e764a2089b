/* SPDX-License-Identifier: Apache-2.0 */
/* Options from and to text; see config.h.  The rows are config.def. */
#include "machine/config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/log.h"
#include "base/near.h"
#include "core/timing/timing.h"
#include "mmu/mmu.h" /* the numbers of the replacement policies */

enum { CONFIG_FILE_MAX = 1 << 20, LINE_MAX_BYTES = 1024 };
static const u64 NS_PER_SECOND = 1000000000, THOUSANDTHS = 1000;

#define UNIT_NONE ""
#define UNIT_BYTES "bytes"
#define UNIT_CORES "cores"
#define UNIT_THREADS "threads"
#define UNIT_MHZ "MHz"
#define UNIT_SECONDS_1970 "seconds since 1970"
#define UNIT_SECONDS "seconds"
#define UNIT_CYCLES "cycles"
#define UNIT_INSTRUCTIONS "instructions"
#define UNIT_ENTRIES "entries"
#define UNIT_WAYS "ways"
#define UNIT_CONTEXTS "contexts"
#define UNIT_PAGES "pages"
#define UNIT_SLOTS "slots"
#define UNIT_WALKERS "walkers"
#define UNIT_NANOSECONDS "ns"
#define UNIT_BYTES_PER_SECOND "bytes/s"
#define UNIT_LINES "lines"
#define UNIT_STREAMS "streams"
#define UNIT_BITS "bits"

#define RANGE(a, b) a, b, NULL
#define WORDS(list) 0, 0, list
#define ANY 0, UINT64_MAX, NULL

const struct option_row option_rows[] = {
#define OPTION(name, type, fallback, range, unit, provenance, text, source)                                            \
    {#name, OPTION_##type, fallback, range, UNIT_##unit, provenance, text, source, offsetof(struct config, name)},
#include "machine/config.def"
#undef OPTION
};
const unsigned option_row_count = ARRAY_SIZE(option_rows);

static u64 *cell(struct config *config, const struct option_row *row)
{
    return (u64 *)(void *)((char *)config + row->offset);
}

u64 config_get(const struct config *config, const struct option_row *row)
{
    return *(const u64 *)(const void *)((const char *)config + row->offset);
}

void config_default(struct config *config)
{
    EACH_OPTION(row) *cell(config, row) = row->fallback;
}

const struct option_row *option_find(const char *name)
{
    EACH_OPTION(row)
        if (!strcmp(row->name, name)) return row;
    return NULL;
}

/* ---- values from text ----------------------------------------------------------------------------------------------
 */

static bool multiply(u64 *value, u64 by)
{
    return !__builtin_mul_overflow(*value, by, value);
}

/* K M G T (either case) as powers of step, optionally followed by "B" or "iB" for bytes. */
static bool apply_suffix(const char *suffix, u64 step, u64 *value)
{
    static const char letters[] = "KMGT";
    const char *at;

    if (!*suffix) return true;
    at = strchr(letters, *suffix & ~0x20);
    if (!at || !*at) return false;
    for (const char *k = letters; k <= at; k++)
        if (!multiply(value, step)) return false;
    suffix++;
    if (step == 1024 && *suffix == 'i') suffix++;
    if (step == 1024 && *suffix == 'B') suffix++;
    return !*suffix;
}

static bool parse_number(const char *text, u64 step, u64 *value)
{
    char *end;

    if (*text < '0' || *text > '9') return false; /* strtoull takes signs and spaces, we do not */
    errno = 0;
    *value = strtoull(text, &end, text[0] == '0' && (text[1] | 0x20) == 'x' ? 16 : 10);
    return !errno && apply_suffix(end, step, value);
}

bool config_read_count(const char *text, u64 *value)
{
    return parse_number(text, 1000, value);
}

/* A decimal fraction, in parts of one: how many, a power of 10, is how exact it may be. *rest: what follows it. */
static bool parse_decimal(const char *text, u64 parts, u64 *value, const char **rest)
{
    u64 whole = 0, fraction = 0, scale = parts;
    bool digits = false;

    for (; *text >= '0' && *text <= '9'; text++, digits = true)
        if (!multiply(&whole, 10) || __builtin_add_overflow(whole, (u64)(*text - '0'), &whole)) return false;
    if (*text == '.')
        for (text++; *text >= '0' && *text <= '9' && scale > 1; text++, digits = true)
            fraction += (u64)(*text - '0') * (scale /= 10);
    *rest = text;
    return digits && multiply(&whole, parts) && !__builtin_add_overflow(whole, fraction, value);
}

bool config_read_seconds(const char *text, u64 *ns)
{
    return parse_decimal(text, NS_PER_SECOND, ns, &text) && (!*text || !strcmp(text, "s"));
}

static bool parse_thousandths(const char *text, u64 *value)
{
    return parse_decimal(text, THOUSANDTHS, value, &text) && !*text;
}

static bool parse_flag(const char *text, u64 *value)
{
    static const char *const words[2][4] = {{"off", "no", "false", "0"}, {"on", "yes", "true", "1"}};

    for (unsigned k = 0; k < 8; k++)
        if (!strcmp(text, words[k & 1][k >> 1])) {
            *value = k & 1;
            return true;
        }
    return false;
}

/* The n-th word of "a|b|c"; false if there are fewer. */
static bool nth_word(const char *words, u64 n, char *out, size_t size)
{
    while (n && (words = strchr(words, '|'))) n--, words++;
    if (!words) return false;
    snprintf(out, size, "%.*s", (int)strcspn(words, "|"), words);
    return true;
}

static bool parse_word(const struct option_row *row, const char *text, u64 *value)
{
    char word[CONFIG_VALUE_MAX];

    for (*value = 0; nth_word(row->words, *value, word, sizeof word); ++*value)
        if (!strcmp(word, text)) return true;
    return false;
}

static bool parse_value(const struct option_row *row, const char *text, u64 *value)
{
    switch (row->type) {
    case OPTION_SIZE: return parse_number(text, 1024, value);
    case OPTION_COUNT:
    case OPTION_HEX: return config_read_count(text, value);
    case OPTION_FLAG: return parse_flag(text, value);
    case OPTION_WORD: return parse_word(row, text, value);
    case OPTION_SECONDS: return config_read_seconds(text, value);
    case OPTION_DECIMAL: return parse_thousandths(text, value);
    }
    return false;
}

bool config_set(struct config *config, const char *name, const char *value, const char *where)
{
    const struct option_row *row = option_find(name);
    char range[128];
    u64 number;

    if (!row) {
        struct near near = near_to(name);
        EACH_OPTION(known) near_offer(&near, known->name);
        return p9_error("%s: there is no option \"%.60s\"%s; `p9sim config` lists them", where, name,
                        near_words(&near));
    }
    option_range(row, range, sizeof range);
    if (!parse_value(row, value, &number))
        return p9_error("%s: %s: \"%.60s\" is not a value of it; give %s (%s)", where, name, value, range, row->text);
    if (!row->words && (number < row->least || number > row->greatest))
        return p9_error("%s: %s: %.60s is out of range; give %s (%s)", where, name, value, range, row->text);
    *cell(config, row) = number;
    return true;
}

/* Cut spaces off both ends, in place. */
static char *trim(char *text)
{
    size_t n;

    text += strspn(text, " \t\r");
    for (n = strlen(text); n && strchr(" \t\r", text[n - 1]); n--) text[n - 1] = 0;
    return text;
}

bool config_assign(struct config *config, const char *assignment, const char *where)
{
    char line[LINE_MAX_BYTES], *equals;

    if (strlen(assignment) >= sizeof line) return p9_error("%s: this line is too long for an option", where);
    strcpy(line, assignment);
    equals = strchr(line, '=');
    if (!equals) return p9_error("%s: \"%.60s\" has no \"=\"; write name=value", where, trim(line));
    *equals = 0;
    return config_set(config, trim(line), trim(equals + 1), where);
}

/* ---- files ---------------------------------------------------------------------------------------------------------
 */

/* "image.kernel = ...": of whoever wrote the file, not of the machine. */
static bool has_dotted_name(const char *text, size_t size)
{
    for (size_t k = 0; k < size && !strchr("=#\"", text[k]); k++)
        if (text[k] == '.') return true;
    return false;
}

static bool parse_line(struct config *config, const char *text, size_t size, const char *where)
{
    char line[LINE_MAX_BYTES], *hash;

    if (has_dotted_name(text, size)) return true;
    if (size >= sizeof line) return p9_error("%s: this line is too long for an option", where);
    if (memchr(text, 0, size)) return p9_error("%s: this is not a text file", where);
    memcpy(line, text, size);
    line[size] = 0;
    hash = strchr(line, '#');
    if (hash) *hash = 0;
    return !*trim(line) || config_assign(config, trim(line), where);
}

bool config_parse(struct config *config, const char *text, size_t size, const char *name)
{
    const char *end = text + size;
    char where[300];

    for (unsigned number = 1; text < end; number++) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        size_t length = (size_t)((newline ? newline : end) - text);
        snprintf(where, sizeof where, "%.250s:%u", name, number);
        if (!parse_line(config, text, length, where)) return false;
        text += length + 1;
    }
    return true;
}

char *config_read(const char *path, size_t *size)
{
    FILE *file = file_read(path);
    bool ok = false;
    char *text;

    if (!file) return NULL;
    text = malloc(CONFIG_FILE_MAX + 1);
    errno = 0;
    *size = text ? fread(text, 1, CONFIG_FILE_MAX + 1, file) : 0;
    if (!text) ok = p9_error("%s: the host has no memory to read it", path);
    else if (ferror(file)) ok = p9_error("%s: cannot be read: %s", path, strerror(errno));
    else if (*size > CONFIG_FILE_MAX) ok = p9_error("%s: more than 1 MiB is no configuration file", path);
    else ok = true;
    fclose(file);
    if (ok) return text;
    free(text);
    return NULL;
}

bool config_load(struct config *config, const char *path)
{
    size_t size;
    char *text = config_read(path, &size);
    bool ok = text && config_parse(config, text, size, path);

    free(text);
    return ok;
}

/* ---- rules between options -----------------------------------------------------------------------------------------
 */

static bool is_power_of_two(u64 v)
{
    return v && !(v & (v - 1));
}

/* A set-associative array: the ways divide the entries (0 ways: fully associative). */
static bool ways_fit(const char *array, u64 entries, u64 ways)
{
    if (!ways || entries % ways == 0) return true;
    return p9_error("%s_ways: %" PRIu64 " ways do not divide %s_entries = %" PRIu64, array, ways, array, entries);
}

/* Tree-PLRU keeps a bit per node of a set in one word. */
static bool policy_fits(const char *array, u64 entries, u64 ways, u64 policy)
{
    if (policy != REPLACE_PLRU || (ways ? ways : entries) <= 64) return true;
    return p9_error("%s: plru replacement works for up to 64 ways", array);
}

/* The model core checks its own numbers; those that its threads share, when it is opened. */
static bool timing_fits(const struct config *c)
{
    const struct timing_config timing = config_timing(c);

    return timing_config_is_sane(&timing, 1);
}

static bool sampling_fits(const struct config *c)
{
    if (!c->sample_period) return true;
    if (c->model != MODEL_CORE) return p9_error("sample_period: only the model core is sampled: add --model core");
    return c->sample_warmup + c->sample_window <= c->sample_period ||
           p9_error("sample_period: %" PRIu64 " instructions do not hold a warm-up of %" PRIu64
                    " and a window of %" PRIu64,
                    c->sample_period, c->sample_warmup, c->sample_window);
}

bool config_check(const struct config *c)
{
    if (c->mem % 65536) return p9_error("mem: %" PRIu64 " bytes is not a multiple of 64 KiB", c->mem);
    if (!is_power_of_two(c->threads)) return p9_error("threads: %" PRIu64 " per core: give 1, 2 or 4", c->threads);
    if (c->tlb_halved && c->tlb_entries % (2 * c->tlb_ways))
        return p9_error("tlb_ways: %" PRIu64 " ways do not divide half of tlb_entries = %" PRIu64 " (see tlb_halved)",
                        c->tlb_ways, c->tlb_entries);
    return ways_fit("derat", c->derat_entries, c->derat_ways) && ways_fit("ierat", c->ierat_entries, c->ierat_ways) &&
           ways_fit("tlb", c->tlb_entries, c->tlb_ways) && ways_fit("pwc", c->pwc_entries, c->pwc_ways) &&
           policy_fits("derat_ways", c->derat_entries, c->derat_ways, c->erat_replacement) &&
           policy_fits("ierat_ways", c->ierat_entries, c->ierat_ways, c->erat_replacement) &&
           policy_fits("pwc_ways", c->pwc_entries, c->pwc_ways, c->pwc_replacement) && sampling_fits(c) &&
           timing_fits(c);
}

/* ---- values to text ------------------------------------------------------------------------------------------------
 */

/* The largest suffix that loses nothing. */
static void format_size(u64 value, char *out)
{
    static const char letters[] = "KMGT";
    char suffix[2] = "";

    for (unsigned k = 0; k < 4 && value && value % 1024 == 0; k++, value /= 1024) suffix[0] = letters[k];
    snprintf(out, CONFIG_VALUE_MAX, "%" PRIu64 "%s", value, suffix);
}

static void format_decimal(u64 value, u64 parts, int digits, char *out)
{
    int length = snprintf(out, CONFIG_VALUE_MAX, "%" PRIu64 ".%0*" PRIu64, value / parts, digits, value % parts);

    while (out[length - 1] == '0') out[--length] = 0;
    if (out[length - 1] == '.') out[--length] = 0;
}

void config_format(const struct option_row *row, u64 value, char out[CONFIG_VALUE_MAX])
{
    switch (row->type) {
    case OPTION_SIZE: format_size(value, out); break;
    case OPTION_COUNT: snprintf(out, CONFIG_VALUE_MAX, "%" PRIu64, value); break;
    case OPTION_HEX: snprintf(out, CONFIG_VALUE_MAX, "0x%08" PRIx64, value); break;
    case OPTION_FLAG: snprintf(out, CONFIG_VALUE_MAX, "%s", value ? "on" : "off"); break;
    case OPTION_WORD:
        if (!nth_word(row->words, value, out, CONFIG_VALUE_MAX)) snprintf(out, CONFIG_VALUE_MAX, "?");
        break;
    case OPTION_SECONDS: format_decimal(value, NS_PER_SECOND, 9, out); break;
    case OPTION_DECIMAL: format_decimal(value, THOUSANDTHS, 3, out); break;
    }
}

const char *config_provenance(const struct config *config, const struct option_row *row)
{
    static const char *const names[] = {"CONFIRMED", "DERIVED", "ASSUMED", "CHOICE"};

    return config_get(config, row) == row->fallback || row->provenance == CHOICE ? names[row->provenance] : "SET";
}

void option_range(const struct option_row *row, char *out, size_t size)
{
    char least[CONFIG_VALUE_MAX], greatest[CONFIG_VALUE_MAX];

    config_format(row, row->least, least);
    config_format(row, row->greatest, greatest);
    if (row->type == OPTION_FLAG) snprintf(out, size, "on|off");
    else if (row->words) snprintf(out, size, "%s", row->words);
    else if (row->type == OPTION_SECONDS) snprintf(out, size, "seconds, as 1.5");
    else if (!row->least && row->greatest == UINT64_MAX)
        snprintf(out, size, "a number%s%s", *row->unit ? " of " : "", row->unit);
    else snprintf(out, size, "%s..%s%s%s", least, greatest, *row->unit ? " " : "", row->unit);
}

char *config_text(const struct config *config)
{
    char value[CONFIG_VALUE_MAX], *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);

    if (!f) return NULL;
    EACH_OPTION(row) {
        config_format(row, config_get(config, row), value);
        fprintf(f, "%s = %s\n", row->name, value);
    }
    if (fclose(f)) {
        free(text);
        text = NULL;
    }
    return text;
}
