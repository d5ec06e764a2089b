/* SPDX-License-Identifier: Apache-2.0 */
/* Devices, tables, calls and lines of hostile guests (random_devices.c) as a libFuzzer target. */
#define P9_LIBFUZZER
#include "tests/fuzz/random_devices.c"
