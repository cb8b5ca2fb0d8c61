/*
 * term_line.h - whether the line to a terminal is slow, by what it says of itself.
 */
#ifndef SLOTOP_TUI_TERM_LINE_H
#define SLOTOP_TUI_TERM_LINE_H

#include <stdbool.h>
#include <termios.h>

/*
 * A serial line of at most 9,600 baud is slow. A pseudo-terminal has no speed: it tells what
 * somebody set. 9,600 baud are what macOS gives each terminal and ssh passes on, so that only less
 * is meant: `stty 4800`. `fd` is the terminal, `line` its settings.
 */
bool term_line_is_slow(int fd, const struct termios *line);

#endif
