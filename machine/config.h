/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options of the machine as a struct, made from config.def.  Every field is a u64 whatever its type, so that one
 * piece of code sets, checks, prints and documents all of them: a count, bytes, a register value, 0 or 1, the index
 * of a word, nanoseconds, or thousandths.
 *
 * A configuration file has lines `name = value`; `#` starts a comment.  Whatever is wrong is one line on stderr that
 * says where, what, and what would be right.
 */
#ifndef P9_MACHINE_CONFIG_H
#define P9_MACHINE_CONFIG_H

#include "base/bits.h"

struct mmu_config;
struct timing_config;

enum config_model { MODEL_NONE, MODEL_MMU, MODEL_CORE };
enum config_panic { PANIC_END, PANIC_GO_ON };

struct config {
#define OPTION(name, type, fallback, range, unit, provenance, text, source) u64 name;
#include "machine/config.def"
#undef OPTION
};

enum option_type { OPTION_COUNT, OPTION_SIZE, OPTION_HEX, OPTION_FLAG, OPTION_WORD, OPTION_SECONDS, OPTION_DECIMAL };
enum provenance { CONFIRMED, DERIVED, ASSUMED, CHOICE };

struct option_row {
    const char *name;
    enum option_type type;
    u64 fallback;
    u64 least, greatest;
    const char *words; /* "a|b|c" for OPTION_WORD, else NULL */
    const char *unit;  /* "entries"; "" if it has none */
    enum provenance provenance;
    const char *text, *source;
    size_t offset;
};
extern const struct option_row option_rows[];
extern const unsigned option_row_count;
#define EACH_OPTION(row) for (const struct option_row *row = option_rows; row < option_rows + option_row_count; row++)

enum { CONFIG_VALUE_MAX = 32 }; /* room for any value as text */

void config_default(struct config *config);
const struct option_row *option_find(const char *name); /* NULL: there is none */
u64 config_get(const struct config *config, const struct option_row *row);

/* Values as options take them: "5M" or "0x1000" is a count, "1.5" or "1.5s" are seconds, in nanoseconds. False if text
 * is none, without a message. */
must_use bool config_read_count(const char *text, u64 *value);
must_use bool config_read_seconds(const char *text, u64 *ns);

/* Set one option from text. where says who asks, for the message: "--set", "my.conf:12". */
must_use bool config_set(struct config *config, const char *name, const char *value, const char *where);

/* "name=value", spaces allowed around both. */
must_use bool config_assign(struct config *config, const char *assignment, const char *where);

/* A whole file, or its text. Lines up to the first error have been applied when it returns false.  Lines whose names
 * have a dot are not of the machine (config.txt has some, stats/recipe.h) and are passed over. */
must_use bool config_load(struct config *config, const char *path);
must_use char *config_read(const char *path, size_t *size); /* the text, to be freed; NULL after an error line */
must_use bool config_parse(struct config *config, const char *text, size_t size, const char *name);

/* The rules between options (for example: mem is a multiple of 64 KiB). */
must_use bool config_check(const struct config *config);

/* The rows that are fields of the translation model's configuration. */
struct mmu_config config_mmu(const struct config *config);

bool option_is_of_mmu(const struct option_row *row); /* it is one of these */

/* The rows of the model `core`, caches and branch prediction included. */
struct timing_config config_timing(const struct config *config);

/* Under the model `core` it decides how long things take, and nothing of what happens or is counted: one of these rows,
 * or the price of a TLB look-up. */
bool option_is_of_timing(const struct option_row *row);

/* What else an option could be: the rows of plausible.def. */
struct plausible {
    const char *option, *values, *why; /* values: "16|128", the ends of a range or the other words */
};
extern const struct plausible plausible_rows[];             /* ends with a row without option */
const struct plausible *plausible_find(const char *option); /* NULL: nobody says */
/* The n-th of its values, as config_set() takes it; false: it has fewer. */
must_use bool plausible_value(const struct plausible *row, unsigned n, char out[CONFIG_VALUE_MAX]);

/* Every option, as a configuration file, to be freed. NULL: no memory. */
char *config_text(const struct config *config);

/* The value as config_set() takes it back. */
void config_format(const struct option_row *row, u64 value, char out[CONFIG_VALUE_MAX]);

/* Where the value in force comes from: the row's provenance, or "SET" if it is not the default. */
const char *config_provenance(const struct config *config, const struct option_row *row);

/* "16..65536 entries", "none|mmu", "on|off". */
void option_range(const struct option_row *row, char *out, size_t size);

#endif
