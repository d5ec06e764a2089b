/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state rows (base/state.h) of who runs and of what they did.  They point into each other, so they are restored in
 * this order:
 *
 *     partition_tree_state   the tree, with what guests call their guests.  Into a tree that is open and where nobody
 *                            points to a guest; L0 stays where it is.  The watchers are no state.
 *     account_book_state     into a book whose `tree` that is.  Of the accounts that it has the first one stays where
 * it is: it is the first one of every book, L0's own. exit_watch_state       exits in flight, the exit table, shadow
 * entries.  Into one that has seen nothing; when the translation of a thread has been restored, exit_watch_resume()
 * goes on counting its misses.
 *
 * Whoever points to a partition or an account is restored after these, by the functions below.
 */
#ifndef P9_HYPERVISOR_ROWS_H
#define P9_HYPERVISOR_ROWS_H

#include "base/state.h"

struct account;
struct account_book;
struct nesting;
struct partition;
struct partition_tree;

extern const struct state_table partition_tree_state, account_book_state, exit_watch_state;

/* A partition, or NULL, by its number. */
void partition_put(struct state_writer *w, const struct partition *partition);
must_use bool partition_get(struct state_reader *r, const struct partition_tree *tree, struct partition **partition);
/* An account by its place. */
void account_put(struct state_writer *w, const struct account_book *book, const struct account *account);
must_use bool account_get(struct state_reader *r, const struct account_book *book, struct account **account);

/* For partition.c: what guests call the partitions of a tree, when these are there. */
void nesting_save(struct state_writer *w, const struct nesting *nesting);
must_use bool nesting_restore(struct state_reader *r, struct nesting *nesting, const struct partition_tree *tree);

/* What lists are made of, and what is in these. */
extern const struct state_table partition_state, nesting_state, nest_name_state, nest_waiting_state, nest_request_state;
extern const struct state_table account_state, guest_call_state;
extern const struct state_table exits_state, exit_open_state, exit_thread_state, exit_row_state, exit_flow_state;
extern const struct state_table nested_state, nested_exit_state, nested_thread_state, nested_party_state,
    shadow_entry_state;

#endif
