# SPDX-License-Identifier: Apache-2.0
#
# tlbie and tlbiel with PRS = 0, IS = 0 (III 5.9.3.3): the hypervisor has moved guest real page G (entry in
# GUEST_PAGES) and names it by its guest real address.  The guest's page A is G: the guest must see the new place,
# although the address it uses was not named.
# qemu: no - drops the translation of the effective address that is the same number
# rows: tlbie tlbiel
.include "bare.inc"
.include "guest_pages.inc"
    EACH_HOLDS_ITS_ADDRESS
    CATCH unexpected
    SET_RADIX 1
    MOVED G, 0
    MOVED_HERE G, 0
    PASS
