/*
 * cli_confirm.h - the question before a change that deserves one; the default is No.
 *
 * Asked only of a person (standard input and error are terminals), without --yes and --dry-run:
 * for several sessions, for every purge, and where consequence.h calls it risky: a hold is taken
 * from a session with a run in progress, or used in the last minute.
 */
#ifndef SLOTOP_TUI_CLI_CONFIRM_H
#define SLOTOP_TUI_CLI_CONFIRM_H

#include "tui/cli_change.h"

/* True when operations of this kind may lead to a question. */
bool cli_asks(const struct cli *cli, enum operation_kind kind);
/* Puts a question, a sentence, and waits for the answer. Returns 0 to go on, ERROR_REFUSED after a
 * No. */
int cli_ask(struct cli *cli, struct str question);
/* Returns 0 to go on, ERROR_REFUSED after a No. The state has a model, with chats and traces. */
int cli_confirm(struct cli *cli, const struct change *change);

#endif
