/*
 * term_read.h - events from the descriptor of a terminal, without curses.
 */
#ifndef SLOTOP_TUI_TERM_READ_H
#define SLOTOP_TUI_TERM_READ_H

#include "tui/term_input.h"

/* The next event of what the terminal has sent; false when there is none. It waits only for the
 * rest of a sequence that has begun, 25 ms at most. EVENT_INPUT_END when the terminal is gone. */
bool term_read_event(struct term_input *input, int fd, struct event *ret_event);

#endif
