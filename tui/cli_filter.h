/*
 * cli_filter.h - which entries `list` shows: --state, --slot, --fallback and --where, all of which
 * must hold.
 */
#ifndef SLOTOP_TUI_CLI_FILTER_H
#define SLOTOP_TUI_CLI_FILTER_H

#include "tui/filter.h"
#include "tui/options.h"

/* Reads the options of `list`. -EINVAL (ERROR_USAGE) with a sentence that names the option and what
 * in it is wrong; -ENOMEM; *ret_filter untouched on failure. Caller: filter_done(). */
int cli_filter_parse(const struct options *options, struct filter *ret_filter, struct error *error);

#endif
