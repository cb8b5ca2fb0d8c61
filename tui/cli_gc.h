/*
 * cli_gc.h - `gc`: one pass of the garbage collection, or one a beat until stopped.
 */
#ifndef SLOTOP_TUI_CLI_GC_H
#define SLOTOP_TUI_CLI_GC_H

#include "tui/cli.h"

/*
 * Runs a pass at once; with --every again at each beat (gc.h), a line a pass, until SIGTERM, SIGINT
 * or SIGHUP, which is the end that was wanted: 0. A pass that fails is a message, and the next one
 * is tried; a refusal (read-only) or an output that cannot be written ends it.
 * Sleeps in between, and never in the middle of an edit: the signals wait for its end.
 */
int cli_gc(struct cli *cli);

#endif
