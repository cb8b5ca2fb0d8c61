/*
 * term_palette.h - colours of ours in the terminal's palette, as bytes to send and to take back.
 *
 * Curses' own way, init_color(), ends in resetting the whole palette, also what the operator's
 * shell has set; here each number is put back alone. The sequences are OSC 4 and OSC 104.
 */
#ifndef SLOTOP_TUI_TERM_PALETTE_H
#define SLOTOP_TUI_TERM_PALETTE_H

#include "core/base.h"

enum { PALETTE_COLORS = 256 };

/* Zero-initialised: no colour is changed. */
struct term_palette {
    struct buffer on;  /* sets the colours */
    struct buffer off; /* takes them back */
    bool is_set[PALETTE_COLORS];
};

/* Notes that a number (below PALETTE_COLORS) is 0xRRGGBB; the first word on a number holds. Without
 * memory the palette is given up as a whole, and stays the terminal's own. */
void term_palette_set(struct term_palette *palette, int number, int rgb);
/* Is this how a terminal's description sets and resets colours (initc and oc; NULL: not at all)? */
bool term_palette_fits(const char *set, const char *reset);
void term_palette_done(struct term_palette *palette);

#endif
