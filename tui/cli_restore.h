/*
 * cli_restore.h - `restore`: brings back from a copy what a wiped or torn registry has lost.
 */
#ifndef SLOTOP_TUI_CLI_RESTORE_H
#define SLOTOP_TUI_CLI_RESTORE_H

#include "tui/cli.h"

/* Runs it, or lists the copies; returns the exit status. */
int cli_restore(struct cli *cli);

#endif
