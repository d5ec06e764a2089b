# SPDX-License-Identifier: Apache-2.0
# A random chase through 16 MiB in 256 pages of 64 KiB, as Linux has them; 20 million steps.
    .set SHIFT, 16
    .set TABLE_BITS, 5
    .set PAGES, 256
    .set NODES, 65536
    .set STRIDE, 256
    .set STEPS, 20000000
    .include "chase.inc"
