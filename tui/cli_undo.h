/*
 * cli_undo.h - the command that takes back a recorded operation.
 */
#ifndef SLOTOP_TUI_CLI_UNDO_H
#define SLOTOP_TUI_CLI_UNDO_H

#include "tui/cli.h"

/* The last operation on this registry, or the named one. Returns the exit status: a conflict where
 * an entry is no longer as the operation left it, or its slot is taken. */
int cli_undo(struct cli *cli);

#endif
