/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the folder: the bits of qtrace's flag words, by what they say is there; numbers are big-endian. */
#ifndef P9_TRACES_QTRACE_BITS_H
#define P9_TRACES_QTRACE_BITS_H

enum qtrace_flags { /* the first word of flags of an instruction */
                    QF_IAR_CHANGED = 0x8000,
                    QF_NODE = 0x4000,
                    QF_TERMINATION = 0x2000,
                    QF_PROCESSOR = 0x1000,
                    QF_DATA_EA = 0x0800,
                    QF_DATA_VSID = 0x0400,
                    QF_DATA_RPN = 0x0200,
                    QF_LENGTH = 0x0100,
                    QF_DATA = 0x0080,
                    QF_NEXT_IAR = 0x0040,
                    QF_NEXT_VSID = 0x0020,
                    QF_NEXT_RPN = 0x0010,
                    QF_REGISTERS = 0x0008,
                    QF_MORE = 0x0001, /* the second word */
                    QF_KNOWN = 0xfff9
};
enum qtrace_flags2 {
    Q2_SEQUENTIAL_RPN = 0x4000,
    Q2_ERROR = 0x1000,
    Q2_NEXT_SHIFT = 0x0200,
    Q2_DATA_SHIFT = 0x0100,
    Q2_SEQUENTIAL_SHIFT = 0x0020,
    Q2_NEXT_GUEST_SHIFT = 0x0008,
    Q2_DATA_GUEST_SHIFT = 0x0004,
    Q2_HEADER = 0x0002,
    Q2_MORE = 0x0001, /* the third word: how pages were translated */
    Q2_KNOWN = 0x532f
};
enum qtrace_flags3 { /* enum qtrace_mode of each side, by the shift of its two bits */
                     Q3_HOST_DATA = 14,
                     Q3_GUEST_DATA = 12,
                     Q3_HOST_FETCH = 10,
                     Q3_GUEST_FETCH = 8,
                     Q3_PTCR = 0x0080,
                     Q3_LPID = 0x0040,
                     Q3_PID = 0x0020,
};
enum qtrace_header_flags {
    QH_MAGIC = 0x8000,
    QH_VERSION = 0x4000,
    QH_IAR = 0x2000,
    QH_VSID = 0x1000,
    QH_RPN = 0x0800,
    QH_SHIFT = 0x0040,
    QH_GUEST_SHIFT = 0x0010,
    QH_COMMENT = 0x0002,
    QH_KNOWN = 0xf852
};
/* From this version on register blocks count VSX registers. */
enum { QTRACE_WITH_VSX = 0x07000000, QTRACE_VERSION = 0x07010000, QTRACE_VSID_BYTES = 7 };

#endif
