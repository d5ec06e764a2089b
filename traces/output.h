/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where an export goes: a file, packed by gzip if its name ends in ".gz", or standard output.  A plain file is written
 * under another name first, so nobody finds half of it; a pipe or a device gets the bytes as they come.
 */
#ifndef P9_TRACES_OUTPUT_H
#define P9_TRACES_OUTPUT_H

#include "base/bits.h"
#include "base/compiler.h"

struct output;

enum { OUTPUT_MOST = 64 << 10 }; /* bytes that are asked for at once */

/* path NULL: standard output.  NULL after an error line. */
struct output *output_open(const char *path);

/* Room for `size` bytes, good until the next call; so many of them are the output's. */
char *output_room(struct output *o, size_t size);
void output_take(struct output *o, size_t size);

/* Text, at most OUTPUT_MOST - 1 bytes. */
void output_text(struct output *o, const char *format, ...) printf_like(2, 3);
void output_bytes(struct output *o, const void *bytes, size_t size); /* as many as there are */

/* Nothing more can be written; output_close() says why. */
bool output_has_failed(struct output *o);

/* The rest is written.  whole: it is all that there was to write, else no file is left.  False after an error line. */
must_use bool output_close(struct output *o, bool whole);

/* Numbers as text, without what formats cost; what is behind them. */
char *output_hex(char *to, u64 value);
char *output_decimal(char *to, u64 value);

#endif
