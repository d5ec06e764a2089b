/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Schedules by row: see schedule.h.
 *
 * Row numbers are known when this file is compiled (isa_list.h has the rows in the order of struct isa), so what
 * schedule.def says becomes constant arrays, and the compiler refuses names that are no rows and rows named twice.
 */
#include "core/timing/schedule.h"

#include "core/state/spr.h"

const struct unit_row unit_rows[UNIT_KINDS] = {
#define UNIT(name, count, exec, agen, text) {#name, count, exec, agen, text},
#include "core/timing/unit.def"
#undef UNIT
};

enum {
#define ISA_ROW(name) ROW_##name,
#include "isa_list.h"
#undef ISA_ROW
    ROWS
};

/* The five kinds of rows of schedule.def; each table below takes one and skips the others. */
#define SCHEDULE(...)
#define FOR_CLASS(...)
#define FOR_ROW(...)
#define FOR_RECORD(...)
#define FOR_WORD(...)

#undef SCHEDULE
enum schedule_number {
#define SCHEDULE(name, ...) SCHEDULE_##name,
#include "core/timing/schedule.def"
#undef SCHEDULE
    SCHEDULES
};
const struct schedule schedules[] = {
#define SCHEDULE(name_, unit_, width_, latency_, busy_, slots_, rule_, source_, text_, ...)                            \
    {.name = #name_,                                                                                                   \
     .unit = UNIT_##unit_,                                                                                             \
     .width = width_,                                                                                                  \
     .latency = latency_,                                                                                              \
     .busy = busy_,                                                                                                    \
     .slots = slots_,                                                                                                  \
     .rule = DISPATCH_##rule_,                                                                                         \
     .source = SOURCE_##source_,                                                                                       \
     .text = text_,                                                                                                    \
     __VA_ARGS__},
#include "core/timing/schedule.def"
#undef SCHEDULE
};
const unsigned schedule_count = SCHEDULES;
#define SCHEDULE(...)

/* A row of the class, and its record form. */
#undef FOR_CLASS
static const u8 of_class[CLASS_COUNT][2] = {
#define FOR_CLASS(class, schedule, record) [CLASS_##class] = {SCHEDULE_##schedule, SCHEDULE_##record},
#include "core/timing/schedule.def"
#undef FOR_CLASS
};
#define FOR_CLASS(...)

/* Number + 1 of the schedule; 0: the row says nothing. */
#undef FOR_ROW
static const u8 of_row[ROWS] = {
#define FOR_ROW(row, schedule) [ROW_##row] = SCHEDULE_##schedule + 1,
#include "core/timing/schedule.def"
#undef FOR_ROW
};
#define FOR_ROW(...)

#undef FOR_RECORD
static const u8 of_record[ROWS] = {
#define FOR_RECORD(row, schedule) [ROW_##row] = SCHEDULE_##schedule + 1,
#include "core/timing/schedule.def"
#undef FOR_RECORD
};
#define FOR_RECORD(...)

#undef FOR_WORD
static const struct {
    u16 row, schedule;
    u32 mask, value;
} of_word[] = {
#define FOR_WORD(row, bits, schedule) {ROW_##row, SCHEDULE_##schedule, bits},
#include "core/timing/schedule.def"
#undef FOR_WORD
};

static const struct schedule *by_word(const struct insn_facts *facts)
{
    for (unsigned k = 0; k < ARRAY_SIZE(of_word); k++)
        if (of_word[k].row == facts->row && (facts->word & of_word[k].mask) == of_word[k].value)
            return &schedules[of_word[k].schedule];
    return NULL;
}

static bool is_record_form(const struct isa *isa, u32 word)
{
    struct insn insn = {0};

    isa_decode(isa, word, &insn);
    return insn.rc != 0;
}

const struct schedule *schedule_of(const struct isa *isa, const struct insn_facts *facts)
{
    const struct schedule *special;
    bool record;

    if (facts->row == ROW_NONE) return &schedules[SCHEDULE_NOTHING];
    special = by_word(facts);
    if (special) return special;
    record = is_record_form(isa, facts->word);
    if (record && of_record[facts->row]) return &schedules[of_record[facts->row] - 1];
    if (of_row[facts->row]) return &schedules[of_row[facts->row] - 1];
    return &schedules[of_class[facts->issue_class][record]];
}
