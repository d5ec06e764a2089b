/* SPDX-License-Identifier: Apache-2.0 */
/* Which sources this program was made of: found out whenever it is built (cmake/commit.cmake). */
#ifndef P9_BASE_COMMIT_H
#define P9_BASE_COMMIT_H

/* "commit 7a055dfa7af1", with "-dirty" if files differed from that commit; or "unknown commit": built outside of git.
 * The same sources at the same commit give the same words, whatever tags or branches a clone has. */
extern const char p9_commit[];

#endif
