# SPDX-License-Identifier: Apache-2.0
#
# tlbie and tlbiel for a radix guest, LPID 1 (III 5.9.3.3).  Page A of the guest is guest real page G, which is at
# 0x110000.
#
# PRS = 0 names partition-scoped translations: when the hypervisor has moved G (entry in GUEST_PAGES) and named it -
# by LPID or all - the guest must see the new place, although its own tables did not change.  PRS = 1 names
# process-scoped ones: when the guest's entry for A changed (in PAGES), named by the hypervisor with RS = PID || LPID,
# or by the guest itself: tlbiel, or tlbie with LPCR[GTSE].  What is not named may be seen in its old or its new
# place.
# rows: tlbie tlbiel
.include "bare.inc"
.include "guest_pages.inc"
    EACH_HOLDS_ITS_ADDRESS
    CATCH unexpected
    SET_RADIX 1, 1 << 10                            # LPCR[GTSE]
    MOVED 0x800, 0                                  # IS = 2: by LPID
    MOVED 0x800, 2
    MOVED 0xc00, 0                                  # IS = 3: all
    MOVED 0xc00, 2
    MOVED_HERE 0x800, 2
    MOVED_HERE 0xc00, 2
    REMAPPED A, 0
    REMAPPED 0x400, 0                               # IS = 1: by PID
    REMAPPED 0x400, 2
    REMAPPED 0x800, 2
    REMAPPED 0xc00, 2
    REMAPPED_BY_GUEST tlbie, A, 0
    REMAPPED_BY_GUEST tlbie, 0x400, 2
    REMAPPED_BY_GUEST tlbie, 0xc00, 2
    REMAPPED_BY_GUEST tlbiel, A, 0
    PASS
