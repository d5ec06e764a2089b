# SPDX-License-Identifier: Apache-2.0
#
# Three pages of 1 << SHIFT bytes (--defsym SHIFT=12, 16, 21 or 30) through a radix tree of the host: each is loaded from and
# stored to twice, so that the second time its translation is in the ERAT; then the second page is moved, named by tlbie, and
# all three are looked at again.  Leaves begin without R and C.
    .set BASE, 0x40000000               # 1 GiB: all three pages lie behind it
    .set PARTITION_TABLE, 0x200000
    .set PROCESS_TABLE, 0x201000
    .set ROOT, 0x210000
    .set LEVEL_2, 0x202000
    .set LEVEL_3, 0x203000
    .set LEVEL_4, 0x204000
    .set LEAF, 0xc000000000000007       # valid, leaf; read, write, execute

    .if SHIFT == 12
    .set AP, 0
    .set TABLE_BITS, 9
    .elseif SHIFT == 16
    .set AP, 5
    .set TABLE_BITS, 5
    .elseif SHIFT == 21
    .set AP, 1
    .else
    .set AP, 2
    .endif
    .if SHIFT == 30
    .set REAL, 0                        # what they show; main storage is smaller than a page of 1 GiB
    .set MOVED, 0
    .set OFFSET, 0x600000
    .elseif SHIFT == 21
    .set REAL, 0x400000
    .set MOVED, 0x600000
    .set OFFSET, 0x100000
    .else
    .set REAL, 0x400000
    .set MOVED, 0x500000
    .set OFFSET, 0x18
    .endif

    .macro LI64 reg, value
    lis \reg, ((\value) >> 48) & 0xffff
    ori \reg, \reg, ((\value) >> 32) & 0xffff
    sldi \reg, \reg, 32
    oris \reg, \reg, ((\value) >> 16) & 0xffff
    ori \reg, \reg, (\value) & 0xffff
    .endm
    .macro PUT address, value
    LI64 10, (\address)
    LI64 11, (\value)
    std 11, 0(10)
    .endm
    # Page k (0, 1, 2) shows this real address.
    .macro SHOW k, real
    .if SHIFT == 30
    PUT LEVEL_2 + 8 + 8 * \k, LEAF | (\real)
    .elseif SHIFT == 21
    PUT LEVEL_3 + 8 * \k, LEAF | (\real)
    .else
    PUT LEVEL_4 + 8 * \k, LEAF | (\real)
    .endif
    .endm
    .macro TOUCH k
    LI64 3, BASE + (\k << SHIFT) + OFFSET
    ld 4, 0(3)
    addi 4, 4, 1
    std 4, 8(3)
    .endm
    .macro TOUCH_ALL
    TOUCH 0
    TOUCH 1
    TOUCH 2
    .endm

    PUT PARTITION_TABLE, 1 << 63                                # HR; the host has no partition scope
    PUT PARTITION_TABLE + 8, PROCESS_TABLE
    PUT PROCESS_TABLE, 2 << 61 | 5 << 5 | ROOT | 13             # 52 bits
    PUT ROOT, 1 << 63 | LEVEL_2 | 9
    .if SHIFT < 30
    PUT LEVEL_2 + 8, 1 << 63 | LEVEL_3 | 9
    .endif
    .if SHIFT < 21
    PUT LEVEL_3, 1 << 63 | LEVEL_4 | TABLE_BITS
    .endif
    SHOW 0, REAL
    SHOW 1, REAL
    SHOW 2, REAL
    ptesync
    LI64 3, PARTITION_TABLE
    mtspr 464, 3                                                # PTCR
    LI64 3, 0x500000                                            # LPCR: UPRT, HR
    mtspr 318, 3
    li 3, 0
    mtspr 48, 3                                                 # PIDR
    mfmsr 3
    ori 3, 3, 0x10                                              # DR
    mtmsrd 3
    isync
    TOUCH_ALL
    TOUCH_ALL

    mfmsr 5
    li 6, 0x10
    andc 6, 5, 6
    mtmsrd 6
    isync
    SHOW 1, MOVED
    ptesync
    LI64 9, BASE + (1 << SHIFT) + (AP << 5)
    li 8, 0
    tlbie 9, 8, 0, 1, 1                                         # RIC 0, process scope, radix
    eieio
    tlbsync
    ptesync
    mtmsrd 5
    isync
    TOUCH_ALL
    li 3, 31
    li 4, 0
    .long 0x000eaeb0
