/*
 * cli_why.h - `why`: who held every slot when a chat fell back, and what to do now.
 */
#ifndef SLOTOP_TUI_CLI_WHY_H
#define SLOTOP_TUI_CLI_WHY_H

#include "tui/cli.h"

/*
 * With SESSION: explains its fallback. Without: every fallback of the last day, newest first.
 * --json prints {"session","agent","at","time","cause","seen","sentence","advice","slots",
 * "nearest"}, without SESSION an array of these; times are epoch milliseconds, null where unknown.
 * Returns the exit status: ERROR_NOT_FOUND for a session that does not exist (JSON: null) or did
 * not fall back, ERROR_UNUSABLE for a registry that cannot be used, else 0.
 */
int cli_why(struct cli *cli);

#endif
