/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The schedule of every row against llvm-mca, which reads LLVM's tables and not ours: latency, cycles of units, issue
 * ports, dispatch slots, and the throughput that follows from them.
 *
 * Each row is asked about in each of its forms (record, overflow), as a word with operands that LLVM takes for the same
 * instruction, and so are operands that schedule.def tells apart.  LLVM's own disassembler makes its text of the word.
 * What deviates stands in deviation.def with the reason, and nothing stands there that does not deviate.
 *
 * llvm-mca certifies that we have LLVM's tables, not that these are POWER9.  Exit 77 (skipped) if there is no LLVM.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/isa/disasm.h"
#include "tests/timing/mca.h"

enum deviation {
    UNKNOWN = 1,
    UNSCHEDULED = 2,
    LATENCY = 4,
    UNITS = 8,
    PORTS = 16,
    SLOTS = 32,
    THROUGHPUT = 64,
};
static const char *const kind_names[] = {"not disassembled", "not scheduled", "latency",   "units",
                                         "issue ports",      "slots",         "throughput"};

static const struct {
    unsigned kinds;
    const char *forms, *reason;
} deviations[] = {
#define DEVIATION(kinds, forms, reason) {kinds, forms, reason},
#include "tests/timing/deviation.def"
#undef DEVIATION
};

/* Operands that schedule.def tells from others of their row. */
static const struct {
    const char *name, *text;
} special[] = {{"nop", "nop"},
               {"speculation_barrier", "ori r31,r31,0"},
               {"lwsync", "lwsync"},
               {"ptesync", "ptesync"},
               {"mtmsr_ee", "mtmsr r3,1"},
               {"mtmsrd_ee", "mtmsrd r3,1"},
               {"mtxer", "mtspr 1,r3"},
               {"mfxer", "mfspr r3,1"},
               {"mttar", "mtspr 815,r3"},
               {"mftar", "mfspr r3,815"},
               {"mtlpidr", "mtspr 319,r3"},
               {"mfspr_tb", "mfspr r3,268"}};

/* One form of a row, or one of the special words. */
enum { CASES = 1400, NAME = 32 };
struct form {
    char name[NAME];
    u32 word;
    unsigned expected, seen; /* deviations: listed, and met */
    struct schedule schedule;
};
static struct form form[CASES];
static unsigned forms;

/* ---- words ---- */

/* Operands that are good for any row: registers 4, 6, 8 and 10, few bits elsewhere. */
static u32 operand_of(const struct field *f)
{
    static const struct {
        const char *field;
        u32 value;
    } chosen[] = {{"BO", 12},   {"BI", 2},  {"BF", 1}, {"BFA", 2}, {"FXM", 8}, {"FLM", 255}, {"sprl", 17},
                  {"NB", 4},    {"D", 16},  {"DS", 4}, {"DQ", 1},  {"SI", 16}, {"UI", 16},   {"LI", 4},
                  {"BD", 4},    {"SH", 3},  {"sh", 3}, {"MB", 5},  {"mb", 5},  {"ME", 20},   {"me", 20},
                  {"BHRBE", 1}, {"UIM", 1}, {"d0", 1}, {"TH", 0},  {"CT", 0},  {"IMM8", 3},  {"SIM", 3},
                  {"UIM6", 1},  {"TE", 1},  {"FC", 0}, {"dx", 0},  {"W", 0}};

    for (unsigned k = 0; k < ARRAY_SIZE(chosen); k++)
        if (!strcmp(f->name, chosen[k].field)) return chosen[k].value;
    if (f->is_imm || f->width != 5 || f->insert) return 0;
    return 4 + 2 * (f->slot - (unsigned)offsetof(struct insn, rt));
}

static u32 word_of(const struct pattern *p, bool record, bool overflow)
{
    u32 word = p->value;

    for (unsigned k = 0; k < p->pieces; k++) {
        const struct field *f = p->piece[k].field;
        u32 value = operand_of(f);

        if (!strcmp(f->name, "Rc") || !strcmp(f->name, "Rcv")) value = record;
        if (!strcmp(f->name, "OE")) value = overflow;
        word |= value << p->piece[k].shift;
    }
    return word;
}

static bool has_field(const struct pattern *p, const char *name)
{
    for (unsigned k = 0; k < p->pieces; k++)
        if (!strcmp(p->piece[k].field->name, name)) return true;
    return false;
}

static unsigned listed(const char *name)
{
    size_t length = strlen(name);

    for (unsigned k = 0; k < ARRAY_SIZE(deviations); k++)
        for (const char *at = deviations[k].forms; (at = strstr(at, name)) != NULL; at += length)
            if ((at == deviations[k].forms || at[-1] == ' ') && (!at[length] || at[length] == ' '))
                return deviations[k].kinds;
    return 0;
}

static void add_form(const struct isa *isa, const char *name, u32 word)
{
    unsigned row = isa_find(isa, word);
    struct insn_facts facts = {.word = word, .row = (u16)row, .issue_class = (u8)isa_row(isa, row)->issue_class};
    struct form *f = &form[forms++];

    snprintf(f->name, NAME, "%s", name);
    f->word = word;
    f->expected = listed(name);
    f->schedule = *schedule_of(isa, &facts);
}

static void add_row(const struct isa *isa, unsigned row)
{
    const struct pattern *p = isa_pattern(isa, row);
    bool record = has_field(p, "Rc") || has_field(p, "Rcv"), overflow = has_field(p, "OE");
    char name[NAME];

    for (unsigned oe = 0; oe <= overflow; oe++)
        for (unsigned rc = 0; rc <= record; rc++) {
            snprintf(name, NAME, "%s%s%s", isa_row(isa, row)->name, oe ? "o" : "", rc ? "." : "");
            add_form(isa, name, word_of(p, rc, oe));
        }
}

static bool add_special(const struct isa *isa, const char *name, const char *text)
{
    u32 word;

    if (!isa_assemble(isa, text, 0, &word)) return printf("%s does not assemble\n", text), false;
    add_form(isa, name, word);
    return true;
}

/* ---- what we say, in LLVM's terms ---- */

static unsigned used(const struct schedule *s, enum unit unit)
{
    return (s->unit == unit ? (unsigned)s->width * s->busy : 0) + (s->then == unit ? s->times : 0u) +
           (unit == UNIT_ALU && s->update ? 1 : 0);
}

static unsigned exec_ports(const struct schedule *s)
{
    return unit_rows[s->unit].exec * s->width + unit_rows[s->then].exec * s->times + s->data + (s->update ? 1 : 0);
}

static unsigned agen_ports(const struct schedule *s)
{
    return unit_rows[s->unit].agen * s->width + unit_rows[s->then].agen * s->times;
}

/* Third slots: those that the rule takes, and a third of those that may be any. */
static double third_slots(const struct schedule *s)
{
    switch ((enum dispatch_rule)s->rule) {
    case DISPATCH_EVEN: return (s->slots - 2) / 3.0;
    case DISPATCH_PAIR: return s->slots % 2 / 3.0;
    case DISPATCH_RESTRICTED: return s->slots / 3 + s->slots % 3 / 3.0;
    case DISPATCH_BRANCH: return 1 + (s->slots - 1) / 3.0; /* LLVM sends branches through a third slot */
    default: return s->slots / 3.0;
    }
}

static double dispatch_cycles(const struct schedule *s)
{
    double all = s->slots / (double)DISPATCH_SLOTS, own = 0;

    if (s->rule == DISPATCH_EVEN || s->rule == DISPATCH_BRANCH) own = 1 / 2.0;
    if (s->rule == DISPATCH_PAIR) own = s->slots / 2 / 2.0;
    if (s->rule == DISPATCH_RESTRICTED) own = s->slots / 3 / 2.0;
    if (s->rule == DISPATCH_ALONE) own = 1;
    return fmax(all, own);
}

static double throughput(const struct schedule *s)
{
    double most = fmax(exec_ports(s) / (double)EXEC_PORTS, agen_ports(s) / (double)AGEN_PORTS);

    most = fmax(most, dispatch_cycles(s));
    for (unsigned unit = UNIT_NONE + 1; unit < UNIT_KINDS; unit++)
        most = fmax(most, used(s, unit) / (double)unit_rows[unit].count);
    return most;
}

static bool differs(double ours, double theirs)
{
    return fabs(ours - theirs) > 0.02; /* they print two decimals of each of two or four units */
}

static unsigned compare(const struct schedule *s, const struct mca_cost *theirs)
{
    unsigned kinds = 0;

    if ((s->latency > s->update ? s->latency : s->update) != theirs->latency) kinds |= LATENCY;
    for (unsigned unit = UNIT_NONE + 1; unit < UNIT_KINDS; unit++)
        if (used(s, unit) != theirs->units[unit]) kinds |= UNITS;
    if (mca_uops(s) != theirs->uops) kinds |= UNITS;
    if (exec_ports(s) != theirs->exec || agen_ports(s) != theirs->agen) kinds |= PORTS;
    if (s->slots != theirs->slots) kinds |= SLOTS;
    if (s->rule != DISPATCH_ALONE && differs(third_slots(s), theirs->thirds)) kinds |= SLOTS;
    if (differs(throughput(s), theirs->throughput)) kinds |= THROUGHPUT;
    return kinds;
}

/* ---- asking ---- */

/* Those that are listed as not scheduled are asked one by one, because llvm-mca stops at the first. */
static void ask_unscheduled(char (*text)[MCA_TEXT])
{
    struct mca_cost cost;
    char why[MCA_WHY];

    for (unsigned k = 0; k < forms; k++)
        if (*text[k] && (form[k].expected & UNSCHEDULED) && !mca_costs(&text[k], 1, &cost, why) &&
            strstr(why, "unsupported instruction"))
            form[k].seen = UNSCHEDULED;
}

static bool ask_scheduled(char (*text)[MCA_TEXT])
{
    static char asked[CASES][MCA_TEXT];
    static struct mca_cost cost[CASES];
    static unsigned number[CASES];
    unsigned count = 0;
    char why[MCA_WHY];

    for (unsigned k = 0; k < forms; k++) {
        if (!*text[k] || form[k].seen & UNSCHEDULED) continue;
        memcpy(asked[count], text[k], MCA_TEXT);
        number[count++] = k;
    }
    if (!mca_costs(asked, count, cost, why)) return printf("llvm-mca: %s\n", why), false;
    for (unsigned k = 0; k < count; k++) form[number[k]].seen = compare(&form[number[k]].schedule, &cost[k]);
    return true;
}

static bool ask(void)
{
    static char text[CASES][MCA_TEXT];
    static u32 word[CASES];

    for (unsigned k = 0; k < forms; k++) word[k] = form[k].word;
    if (!mca_texts(word, forms, text)) return printf("llvm-mc does not answer as it used to\n"), false;
    for (unsigned k = 0; k < forms; k++)
        if (!*text[k]) form[k].seen = UNKNOWN;
    ask_unscheduled(text);
    return ask_scheduled(text);
}

/* ---- judging ---- */

static void print_kinds(unsigned kinds)
{
    for (unsigned k = 0; k < ARRAY_SIZE(kind_names); k++)
        if (kinds >> k & 1) printf(" %s", kind_names[k]);
    printf("%s\n", kinds ? "" : " nothing");
}

static unsigned judge(void)
{
    unsigned failures = 0;

    for (const struct form *f = form; f < form + forms; f++) {
        if (f->seen == f->expected) continue;
        printf("%s (%s): deviates in", f->name, f->schedule.name);
        print_kinds(f->seen);
        printf("  deviation.def says");
        print_kinds(f->expected);
        failures++;
    }
    return failures;
}

/* Each name of deviation.def is that of a form. */
static unsigned judge_names(void)
{
    unsigned failures = 0;

    for (unsigned k = 0; k < ARRAY_SIZE(deviations); k++) {
        const char *at = deviations[k].forms;
        size_t length;

        for (; (length = strcspn(at, " ")) != 0; at += length + strspn(at + length, " ")) {
            bool found = false;

            for (const struct form *f = form; f < form + forms; f++)
                found = found || (strlen(f->name) == length && !strncmp(f->name, at, length));
            if (found) continue;
            printf("deviation.def: %.*s is no form of a row\n", (int)length, at);
            failures++;
        }
    }
    return failures;
}

int main(void)
{
    struct isa *isa;
    unsigned counts[2] = {0}, rows, failures;

    if (!mca_exists()) return printf("no llvm-mca for POWER9: skipped\n"), 77;
    isa = isa_new();
    if (!isa) return printf("no memory\n"), 1;
    rows = isa_row_count(isa);
    for (unsigned row = 0; row < rows; row++) add_row(isa, row);
    for (unsigned k = 0; k < ARRAY_SIZE(special); k++)
        if (!add_special(isa, special[k].name, special[k].text)) return 1;
    if (!ask()) return 1;
    failures = judge() + judge_names();
    for (const struct form *f = form; f < form + forms; f++) {
        counts[0] += f->seen == 0;
        counts[1] += (f->seen & (UNKNOWN | UNSCHEDULED)) != 0;
    }
    printf("%u rows, %u forms: %u as llvm-mca has them, %u that it does not have, %u otherwise; %u failures\n", rows,
           forms, counts[0], counts[1], forms - counts[0] - counts[1], failures);
    isa_free(isa);
    return failures != 0;
}
