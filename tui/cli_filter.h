/*
 * cli_filter.h - which entries `list` shows: --state, --slot and --fallback, all of which must
 * hold.
 */
#ifndef SLOTOP_TUI_CLI_FILTER_H
#define SLOTOP_TUI_CLI_FILTER_H

#include "core/model.h"
#include "tui/options.h"

struct filter {
    bool is_set;     /* there is something to pass */
    uint32_t traits; /* --state: the entry must have one of these; 0: not asked */
    struct str slot; /* --slot; absent: not asked */
    bool fallback;
    int64_t now_ms;
};

/* Reads the options of `list`. -EINVAL, ERROR_USAGE for a state word that nobody knows. */
int filter_parse(const struct options *options, int64_t now_ms, struct filter *ret_filter,
                 struct error *error);
bool filter_passes(const struct filter *filter, const struct document *document,
                   const struct model *model, size_t entry_index);

#endif
