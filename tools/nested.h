/* SPDX-License-Identifier: Apache-2.0 */
/* The two experiments of `p9sim nested`; each is one file, and returns p9sim's exit status. */
#ifndef P9_TOOLS_NESTED_H
#define P9_TOOLS_NESTED_H

struct options;

int nested_embedded(struct options *options);
int nested_tower(struct options *options); /* --depth */

#endif
