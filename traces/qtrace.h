/* SPDX-License-Identifier: Apache-2.0 */
/*
 * qtrace, the trace format of POWER (github.com/antonblanchard/qtrace-tools is its public description): instructions
 * that completed, one after the other, with their words, effective and real addresses, page sizes and - where a
 * translation needed a walk of radix tables - the addresses of the table entries.
 *
 * In the file everything about a fetch stands in the record before, and what follows from the address before is not
 * said.  Here an instruction has what belongs to it: struct qtrace_insn.  docs/FORMATS.md says how they are written.
 *
 * What the format cannot say: privilege, time, values of storage, who had a table entry, LPID and PID but in headers;
 * and of the 30 entries of a cold nested walk 24: not the partition-table entry, nor the process-table entry and the
 * four that translate where that lies.
 */
#ifndef P9_TRACES_QTRACE_H
#define P9_TRACES_QTRACE_H

#include "base/bits.h"
#include "base/compiler.h"

enum { QTRACE_WALKS = 5, QTRACE_PTES = 4, QTRACE_COMMENT_MOST = 65535, QTRACE_SHIFT = 16 };

/* How one side is translated: two bits of the file. */
enum qtrace_mode { QTRACE_RADIX, QTRACE_REAL, QTRACE_HPT, QTRACE_UNDEFINED };

/*
 * Addresses of the entries of one walk, from the root on.  The host's side is radix.
 *   guest radix      walks of `ptes` entries each: those that translate where each of the guest's entries lies, the
 *                    last one the page itself; host_ra: where they lie, guest_ra: the guest's name of that, and of the
 *                    page
 *   guest real       one walk, of a guest real address
 *   guest undefined  one walk, of a process of the host
 */
struct qtrace_walk {
    u8 guest;       /* enum qtrace_mode */
    u8 walks, ptes; /* 0: there is none; walks is 1 and ptes QTRACE_PTES unless the guest is radix */
    u64 host_pte[QTRACE_WALKS][QTRACE_PTES];
    u64 host_ra[QTRACE_WALKS - 1], guest_ra[QTRACE_WALKS];
};

/* A page: what the file says of it at this place, which is what has changed. */
struct qtrace_page {
    bool has_rpn;
    u8 shift, guest_shift; /* log2 of bytes; 0: not said */
    u32 rpn;               /* real address >> shift (QTRACE_SHIFT until a shift was said) */
    struct qtrace_walk walk;
};

/* Registers, by the kinds of the format in its order. */
enum qtrace_registers { QTRACE_GPR, QTRACE_FPR, QTRACE_VMX, QTRACE_VSX, QTRACE_SPR, QTRACE_KINDS };
enum { QTRACE_REGISTERS_MOST = 96 };
struct qtrace_register {
    u16 index;
    u64 value[2]; /* [0] the low or only doubleword */
};
struct qtrace_values {
    u8 in[QTRACE_KINDS], out[QTRACE_KINDS]; /* how many of each; entries stand in this order, first those that are in */
    struct qtrace_register entry[QTRACE_REGISTERS_MOST];
};

/* Why control did not go on at the next word, or could have: 0 for whatever is no branch and was followed by it. */
enum qtrace_termination {
    QTRACE_WENT_ON = 0,
    QTRACE_UNCONDITIONAL = 0x08,
    QTRACE_EXCEPTION = 0x10,
    QTRACE_CONDITIONAL = 0x80,
    QTRACE_CONDITIONAL_TOO = 0x40, /* read as the other one */
};

struct qtrace_insn {
    u64 iar, nia; /* its address; of the next one in the trace */
    u32 word;     /* as the book has it, whatever the byte order of the guest */
    u8 termination;
    bool has_ea;
    u64 ea;
    struct qtrace_page fetch, data;
    const struct qtrace_values *values; /* NULL: there are none */
};

/* A header: at the start, and where the trace has a gap or LPID or PID changed. */
struct qtrace_header {
    u64 iar; /* of the instruction behind it */
    bool has_iar, has_lpid, has_pid, has_ptcr;
    u32 version, pid;
    u64 lpid, ptcr;
    const char *comment; /* not ended by 0; good until the next record */
    u16 comment_size;
    struct qtrace_page fetch;
};

/* ---- writing ---- */

struct stream_writer;

/* Where a writer stands.  It holds the last instruction back until it knows what follows. */
struct qtrace_writer {
    struct stream_writer *stream;
    bool holds;
    unsigned held; /* which one of slot[]; the other one is room for the next */
    struct qtrace_insn slot[2];
    struct qtrace_values held_values;
    u64 written; /* instructions that the stream has */
};

/* To a stream that stays its caller's. */
void qtrace_begin(struct qtrace_writer *w, struct stream_writer *stream);
void qtrace_put_header(struct qtrace_writer *w, const struct qtrace_header *header);
/* The next instruction; nia of the one before is taken from it unless a header stands between them. */
void qtrace_put(struct qtrace_writer *w, const struct qtrace_insn *insn);
/* The same without a copy: where the next instruction is made, with what an earlier one has left there, and that it is
 * made. */
struct qtrace_insn *qtrace_room(struct qtrace_writer *w);
void qtrace_put_made(struct qtrace_writer *w);
void qtrace_end(struct qtrace_writer *w);

/* ---- reading ---- */

/* Where instructions are fetched from: what has been said of it so far. */
struct qtrace_where {
    u64 page; /* real address of the page, ~0: nothing was said */
    u8 shift; /* log2 of its size */
};
void qtrace_where_begin(struct qtrace_where *w);
/* What an instruction's record or a header says of the page of the instruction that comes. */
void qtrace_where_insn(struct qtrace_where *w, const struct qtrace_page *fetch);
void qtrace_where_header(struct qtrace_where *w, const struct qtrace_page *fetch);

struct stream_reader;
enum qtrace_item { QTRACE_END, QTRACE_IS_HEADER, QTRACE_IS_INSN, QTRACE_BAD };

struct qtrace_reader {
    struct stream_reader *stream;
    const char *path;
    bool as_qtlib; /* page sizes of a record stand in the order in which qtlib's writer puts them */
    u32 version;
    u64 iar;                  /* of the instruction to come */
    struct qtrace_page fetch; /* of it */
    bool behind_prefix;       /* the word before was a prefix, so that a zero word is an instruction */
    u64 read;                 /* instructions so far */
    struct qtrace_values values;
};

/* A stream that begins with a header; path is for error lines. */
void qtrace_read_from(struct qtrace_reader *r, struct stream_reader *stream, const char *path);
/* What comes next.  QTRACE_BAD after an error line that says where and what. */
enum qtrace_item qtrace_next(struct qtrace_reader *r, struct qtrace_header *header, struct qtrace_insn *insn);

#endif
