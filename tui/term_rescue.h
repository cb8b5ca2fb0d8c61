/*
 * term_rescue.h - gives the terminal back when the program crashes.
 *
 * A signal handler has no argument of its own to find things by, so this module keeps one static
 * struct: the only mutable global of the program. While armed, SIGSEGV, SIGBUS, SIGILL, SIGFPE,
 * SIGABRT and SIGQUIT first write the prepared bytes and the saved line settings to the terminal,
 * with nothing but async-signal-safe calls, and then take the effect they would have had.
 */
#ifndef SLOTOP_TUI_TERM_RESCUE_H
#define SLOTOP_TUI_TERM_RESCUE_H

#include "core/base.h"

#include <stdbool.h>
#include <termios.h>

enum { TERM_RESCUE_BYTES = 256 };

/* Appends a capability of the terminal, as terminfo has it, without its padding marks ("$<5>");
 * NULL: nothing. */
void term_rescue_add(struct buffer *out, const char *capability);
/* `bytes` (copied, cut to TERM_RESCUE_BYTES) leave the alternate screen and make cursor and
 * colours normal. */
void term_rescue_arm(int fd, struct str bytes, const struct termios *line);
/* The terminal is not ours any more; the signals are as they were. Harmless when not armed. */
void term_rescue_disarm(void);

#endif
