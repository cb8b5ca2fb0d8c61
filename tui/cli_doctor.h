/*
 * cli_doctor.h - `doctor`: everything that is wrong, and with --fix the mending of what is safe to
 * mend.
 *
 * Safe is what takes nothing from anybody: expiring what is past its TTL, as the next GC does;
 * releasing entries whose chats are gone; removing expired entries last used more than a day ago.
 * All of it is one edit and one record of the journal; everything else keeps its remedy.
 */
#ifndef SLOTOP_TUI_CLI_DOCTOR_H
#define SLOTOP_TUI_CLI_DOCTOR_H

#include "tui/cli.h"

/*
 * Prints the findings; with --fix what was changed and the findings that are left. With --json an
 * array of findings; with --fix {"changes":[change records],"findings":[…]}.
 * Returns the exit status: ERROR_UNUSABLE for a registry that cannot be used, ERROR_REFUSED after a
 * No, what hindered the edit, ERROR_NOT_FOUND where a finding is a warning or worse, else 0.
 */
int cli_doctor(struct cli *cli);

#endif
