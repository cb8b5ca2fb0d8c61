/*
 * cli_status.h - one snapshot of everything: workspace, registry, pool, counts, findings.
 */
#ifndef SLOTOP_TUI_CLI_STATUS_H
#define SLOTOP_TUI_CLI_STATUS_H

#include "tui/cli.h"

/* Prints it to cli->output even where the registry cannot be used, which is ERROR_UNUSABLE then.
 * Returns the exit status. */
int cli_status(struct cli *cli);

#endif
