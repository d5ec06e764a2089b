# SPDX-License-Identifier: Apache-2.0
# A chase that is in another page of 4 KiB with each step: 256 of them, so that each step misses an ERAT of 64 entries and
# hits the TLB; 20 million steps. (STRIDE is not 4096, so that the nodes do not share the host's cache sets.)
    .set SHIFT, 12
    .set TABLE_BITS, 9
    .set PAGES, 272
    .set NODES, 256
    .set STRIDE, 4224
    .set STEPS, 20000000
    .include "chase.inc"
