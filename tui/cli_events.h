/*
 * cli_events.h - `events`: what happened to the registry, told line by line.
 */
#ifndef SLOTOP_TUI_CLI_EVENTS_H
#define SLOTOP_TUI_CLI_EVENTS_H

#include "tui/cli.h"

/*
 * Prints what slotops have seen (core/history.h) and what operators have done (core/journal.h) in
 * one row; what both tell is told once, by the operator. With -f it then goes on with what happens,
 * and keeps that, until SIGTERM, SIGINT or SIGHUP (status 0) or until nobody reads any more
 * (ERROR_SYSTEM, quiet). Where nothing is kept nothing is printed.
 */
int cli_events(struct cli *cli);

#endif
