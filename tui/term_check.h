/*
 * term_check.h - can the dashboard run on this terminal? Asked before a byte is sent to it.
 */
#ifndef SLOTOP_TUI_TERM_CHECK_H
#define SLOTOP_TUI_TERM_CHECK_H

#include "core/error.h"

#include <stdbool.h>

/* -ENOTTY, -ENOENT as term_open() has them. *ret_is_ansi: it takes sequences that begin ESC [,
 * so those that turn bracketed paste on do no harm. */
int term_check(bool *ret_is_ansi, struct error *error);

#endif
