# SPDX-License-Identifier: Apache-2.0
#
# The example of docs/REGRESSION.md: 192 pages of 4 KiB, each loaded from twice, through a radix tree of the host.  More pages
# than the D-ERAT has entries, fewer than the TLB: the second round finds every translation in the TLB.  The rounds are the
# region "rounds".  Assembled by
#     powerpc64le-linux-gnu-as -mbig -mpower9 -o pages.o pages.S && powerpc64le-linux-gnu-objcopy -O binary pages.o pages.bin
    .set PARTITION_TABLE, 0x200000
    .set PROCESS_TABLE, 0x201000
    .set LEVEL_2, 0x202000
    .set LEVEL_3, 0x203000
    .set LEVEL_4, 0x204000
    .set ROOT, 0x210000
    .set PAGES, 192
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
    .macro SIMULATOR what
    li 3, \what
    .long 0x000eaeb0
    .endm

    bl 1f
    .ascii "rounds\0\0"
1:  mflr 5                                                      # 4100: the region of this tag has this name
    li 4, 1
    li 6, 6
    SIMULATOR 4100
    PUT PARTITION_TABLE, 1 << 63
    PUT PARTITION_TABLE + 8, PROCESS_TABLE
    PUT PROCESS_TABLE, 2 << 61 | 5 << 5 | ROOT | 13
    PUT ROOT, 1 << 63 | LEVEL_2 | 9
    PUT LEVEL_2 + 8, 1 << 63 | LEVEL_3 | 9                      # 0x40000000
    PUT LEVEL_3, 1 << 63 | LEVEL_4 | 9
    LI64 5, LEVEL_4 - 8
    LI64 6, 0xc000000000400187                                  # leaf of 0x400000; R and C are set
    li 7, PAGES
    mtctr 7
2:  stdu 6, 8(5)
    addi 6, 6, 0x1000
    bdnz 2b
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
    li 4, 1
    SIMULATOR 4096                                              # the region begins
    li 8, 2
3:  LI64 5, 0x40000000
    mtctr 7
4:  ld 6, 0(5)
    addi 5, 5, 0x1000
    bdnz 4b
    addic. 8, 8, -1
    bne 3b
    li 4, 1
    SIMULATOR 4097                                              # and ends
    li 4, 0
    SIMULATOR 31
