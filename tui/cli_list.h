/*
 * cli_list.h - entries as they are stored: all, some, or one.
 */
#ifndef SLOTOP_TUI_CLI_LIST_H
#define SLOTOP_TUI_CLI_LIST_H

#include "tui/cli.h"

/* `list`: ERROR_NOT_FOUND when there were filters and nothing passed them. */
int cli_list(struct cli *cli);
/* `show SESSION`: the entry; ERROR_NOT_FOUND (and null in JSON) where there is none. */
int cli_show(struct cli *cli);

#endif
