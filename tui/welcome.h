/*
 * welcome.h - what is said when somebody starts the dashboard for the first time, once.
 */
#ifndef SLOTOP_TUI_WELCOME_H
#define SLOTOP_TUI_WELCOME_H

#include "tui/ui.h"

/* Says the three things to know as a message, unless `dir` (slotop's state directory) has it that
 * they were said, or cannot be written so that they would be said again and again. */
void welcome(struct ui *ui, const char *dir);

#endif
