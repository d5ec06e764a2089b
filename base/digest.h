/* SPDX-License-Identifier: Apache-2.0 */
/* What a file is known by: SHA-256 (FIPS 180-4), as `sha256sum` prints it. The algorithm is libnettle's. */
#ifndef P9_BASE_DIGEST_H
#define P9_BASE_DIGEST_H

#include "base/bits.h"
#include "base/compiler.h"

enum { DIGEST_TEXT = 65 }; /* 64 hexadecimal digits and a 0 */

/* Of these bytes, in small letters. */
void digest_of(const void *bytes, u64 size, char out[DIGEST_TEXT]);

/* The same of a whole file, and how long it is.  False after an error line. */
must_use bool digest_of_file(const char *path, u64 *bytes, char out[DIGEST_TEXT]);

/* Is it 64 hexadecimal digits in small letters, and nothing else? */
bool digest_is_one(const char *text);

#endif
