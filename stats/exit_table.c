/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of what the exit table holds (base/state.h); those that name a reason are where the reasons are: exits.c. */
#include "stats/exit_table.h"

#include "stats/rows.h"

static const struct state_row cost_rows[] = {
    STATE(struct exit_cost, cycles),
    STATE(struct exit_cost, instructions),
    STATE(struct exit_cost, idle_cycles),
    STATE(struct exit_cost, elsewhere_cycles),
};
const struct state_table exit_cost_state = STATE_TABLE(struct exit_cost, cost_rows);

static const struct state_row tally_rows[] = {
    STATE(struct miss_tally, erat),
    STATE(struct miss_tally, tlb),
    STATE(struct miss_tally, pwc),
};
const struct state_table miss_tally_state = STATE_TABLE(struct miss_tally, tally_rows);

static const struct state_row episode_rows[] = {
    STATE(struct fault_episodes, exits),
    STATE_PART(struct fault_episodes, cost, struct exit_cost, exit_cost_state),
    STATE_PART(struct fault_episodes, time, struct histogram, histogram_state),
};
static const struct state_table fault_episodes_state = STATE_TABLE(struct fault_episodes, episode_rows);

#define LEVEL(member) STATE(struct nested_level, member)
static const struct state_row level_rows[] = {
    LEVEL(data),
    LEVEL(instruction),
    LEVEL(for_table),
    LEVEL(handled_by),
    LEVEL(made),
    LEVEL(upgraded),
    LEVEL(emulated),
    LEVEL(injected),
    LEVEL(unchanged),
    LEVEL(parent_had),
    LEVEL(parent_forbade),
    LEVEL(parent_had_not),
    LEVEL(parent_unknown),
    LEVEL(parent_had_and_alone),
    LEVEL(parent_lacked_and_reflected),
    LEVEL(parent_reads),
    LEVEL(made_first),
    LEVEL(made_again),
    LEVEL(made_again_soon),
    LEVEL(made_again_unseen),
    LEVEL(unlisted),
    LEVEL(killed),
    LEVEL(alive),
    LEVEL(calls),
    LEVEL(calls_address),
    LEVEL(calls_all),
    LEVEL(calls_tlbies),
    STATE_PART(struct nested_level, calls_cost, struct exit_cost, exit_cost_state),
    STATE_PART(struct nested_level, episodes, struct fault_episodes, fault_episodes_state),
};
const struct state_table nested_level_state = STATE_TABLE(struct nested_level, level_rows);
