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

/* A terminal takes what term_scroll_print() sends, by its capabilities: a string, NULL where there
 * is none, and whether there is one of another type. Some have regions and count their rows
 * otherwise, scroll by other sequences, keep what scrolled out and bring it back; or keep in the
 * one place for a cursor where it is to be when the dashboard has ended. */
bool term_scroll_fits(const char *(*find_string)(const char *name), bool (*has)(const char *name));
/* The move that saves the most bytes; false where none saves any, or there are more than 300 rows.
 * Both have one size. */
bool term_scroll_find(const struct cells *shown, const struct cells *wanted,
                      struct term_scroll *ret_scroll);
/* What the move makes of what is shown. Rows that became blank are like none that is wanted. */
void term_scroll_apply(const struct term_scroll *scroll, struct cells *shown);
/* The move as a terminal that knows CSI sequences takes it; the cursor is where it was. */
void term_scroll_print(const struct term_scroll *scroll, struct buffer *out);

#endif
