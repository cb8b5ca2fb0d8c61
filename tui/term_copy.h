/*
 * term_copy.h - the sequence that asks a terminal to put text on the clipboard (OSC 52): it works
 * over ssh, for it is the operator's terminal that does it.
 */
#ifndef SLOTOP_TUI_TERM_COPY_H
#define SLOTOP_TUI_TERM_COPY_H

#include "core/base.h"

/*
 * Appends it. Inside tmux twice: for tmux itself (its option set-clipboard on), and wrapped, for
 * tmux to hand to the terminal outside (allow-passthrough on). Whichever is off ignores its own.
 * out->failed tells.
 */
void term_copy_sequence(struct str text, bool in_tmux, struct buffer *out);

#endif
