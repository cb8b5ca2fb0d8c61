/*
 * options_check.h - what makes sense together: the command, its options, its arguments.
 */
#ifndef SLOTOP_TUI_OPTIONS_CHECK_H
#define SLOTOP_TUI_OPTIONS_CHECK_H

#include "tui/options.h"

/* Takes the first of options->arguments as the command and checks the rest against it; `given`
 * has the bits of the rows of option_rows that were used. -EINVAL, ERROR_USAGE. */
int options_check(struct options *options, uint32_t given, struct error *error);

#endif
