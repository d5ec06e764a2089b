# SPDX-License-Identifier: Apache-2.0
# A few hundred steps of the chase of tests/bench: for golden cycles of the model core.
    .set SHIFT, 12
    .set TABLE_BITS, 9
    .set PAGES, 272
    .set NODES, 256
    .set STRIDE, 4224
    .set STEPS, 600
    .include "chase.inc"
