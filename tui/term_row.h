/*
 * term_row.h - a row of cells as it costs a terminal the least, and looks the same.
 */
#ifndef SLOTOP_TUI_TERM_ROW_H
#define SLOTOP_TUI_TERM_ROW_H

#include "tui/cells.h"

#include <wchar.h>

/*
 * A few blanks between two words get the role of what is before them, where nobody can see that: to
 * change attributes for them would cost more than they do. Blanks at the end stay: a terminal
 * clears them at once. `shows_blanks`: in which roles a blank looks other than one without any; one
 * under the cursor does in each.
 */
void term_row_smooth(struct cell *row, int width, const bool shows_blanks[ROLE_COUNT]);

/* A cell's characters, at most so many; a blank where there are none. Ends with a NUL. */
void term_row_text(const struct cell *cell, size_t most, wchar_t ret_text[]);

#endif
