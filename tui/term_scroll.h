/*
 * term_scroll.h - rows that move, as a move of the terminal's: a session is used and passes others,
 * an event comes, a table scrolls.
 *
 * Curses moves blocks of three rows and more only, and writes smaller ones anew, each row whole; it
 * also has to find out which rows moved by comparing hashes. So this is done for it.
 */
#ifndef SLOTOP_TUI_TERM_SCROLL_H
#define SLOTOP_TUI_TERM_SCROLL_H

#include "core/base.h"
#include "tui/cells.h"

/* Rows top..bottom move by so many lines: up, or down where that is negative. As many become blank
 * at the other end. */
struct term_scroll {
    int top, bottom;
    int lines;
};

/* The move that saves the most bytes; false where none saves any. Both have one size. */
bool term_scroll_find(const struct cells *shown, const struct cells *wanted,
                      struct term_scroll *ret_scroll);
/* What the move makes of what is shown. Rows that became blank are like none that is wanted. */
void term_scroll_apply(const struct term_scroll *scroll, struct cells *shown);
/* The move as a terminal that knows CSI sequences takes it; the cursor is where it was. */
void term_scroll_print(const struct term_scroll *scroll, struct buffer *out);

#endif
