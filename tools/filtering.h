/* SPDX-License-Identifier: Apache-2.0 */
/* Options that say which instructions (traces/filter.h), with the names of symbols. */
#ifndef P9_TOOLS_FILTERING_H
#define P9_TOOLS_FILTERING_H

#include "loader/symbols.h"
#include "tools/cli.h"
#include "traces/filter.h"

/* The words of an option that may be given several times.  False after an error line. */
must_use bool filtering_read(struct filter *filter, const char *option, const struct text_list *list,
                             struct symbols *symbols);

#endif
