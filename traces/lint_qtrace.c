/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Termination codes of a qtrace; see lint.h.  Records say whether a branch was taken and no more, so the file is read
 * once more as it is.  As other readers do, this one forgives a conditional code of an unconditional branch, and none
 * of a branch that was not taken.
 */
#include <inttypes.h>

#include "traces/lint_parts.h"
#include "traces/qtrace.h"
#include "traces/stream.h"

enum { OPCODE_BC = 16, OPCODE_B = 18, OPCODE_XL = 19, BO_ALWAYS = 0x14 };
enum { BCLR = 16, BCCTR = 528, BCTAR = 560 };

static bool is_branch(u32 word)
{
    unsigned opcode = word >> 26, extended = word >> 1 & 0x3ff;

    if (opcode == OPCODE_XL) return extended == BCLR || extended == BCCTR || extended == BCTAR;
    return opcode == OPCODE_BC || opcode == OPCODE_B;
}

static bool is_always(u32 word)
{
    return word >> 26 == OPCODE_B || (word >> 21 & BO_ALWAYS) == BO_ALWAYS;
}

static bool fits(const struct qtrace_insn *i)
{
    bool leads_on = i->nia == i->iar + 4;

    switch ((enum qtrace_termination)i->termination) {
    case QTRACE_WENT_ON: return leads_on;
    case QTRACE_CONDITIONAL: return is_branch(i->word);
    case QTRACE_UNCONDITIONAL: return is_branch(i->word) && is_always(i->word);
    default: return !is_branch(i->word) || !leads_on;
    }
}

bool lint_terminations(struct lint *l, bool as_qtlib)
{
    struct stream_reader *stream = stream_open(l->path);
    struct qtrace_reader reader;
    struct qtrace_header header;
    struct qtrace_insn insn;
    enum qtrace_item item;
    u64 number = l->number;

    if (!stream) return false;
    qtrace_read_from(&reader, stream, l->path);
    reader.as_qtlib = as_qtlib;
    l->number = 0;
    while ((item = qtrace_next(&reader, &header, &insn)) == QTRACE_IS_INSN || item == QTRACE_IS_HEADER) {
        if (item == QTRACE_IS_HEADER) continue;
        l->cia = insn.iar;
        LINT(l, LINT_termination, fits(&insn), "%08x leads to %" PRIx64 " with termination code %02x", insn.word,
             insn.nia, insn.termination);
        l->number++;
    }
    l->number = number;
    stream_close(stream);
    return item == QTRACE_END;
}
