/*
 * cli_result.h - what a change came to, as text or JSON, and the exit status it deserves.
 */
#ifndef SLOTOP_TUI_CLI_RESULT_H
#define SLOTOP_TUI_CLI_RESULT_H

#include "tui/cli_change.h"

/* Looks at the registry again (for text), prints, and returns the exit status. */
int cli_print_result(struct cli *cli, const struct change *change);

/* Notes of the store about how the edit went, as messages. */
void cli_print_report(const struct cli *cli, const struct store_report *report);

/* The exit status that the records of a change deserve: the most serious decides. */
int cli_status_of(const struct change *change);

/* Appends the array of all its change records. */
void cli_json_records(const struct cli *cli, const struct change *change, struct buffer *json);

/* For a person: how to take it back, or to do again what was taken back. */
void cli_print_way_back(const struct cli *cli, const struct change *change);

#endif
