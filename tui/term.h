/*
 * term.h - the terminal: the one module that knows curses.
 *
 * Puts changed cells on the screen, turns keys into events, and gives the terminal back whole on
 * every way out. How a role looks is the theme's (theme.h), at the depth of colour that the
 * terminal has by its description; what is bold or reversed repeats what words already say.
 */
#ifndef SLOTOP_TUI_TERM_H
#define SLOTOP_TUI_TERM_H

#include "core/error.h"
#include "tui/cells.h"
#include "tui/key.h"
#include "tui/theme.h"

struct term; /* opaque */

struct term_look {
    bool color; /* false: attributes only, whatever the theme */
    enum theme theme;
    bool true_color; /* COLORTERM says so: the theme's colours replace some of the palette (beyond
                        its first 16), and those alone are put back with the terminal */
};

/*
 * Takes the terminal over: alternate screen, raw keys, bracketed paste.
 * Fails with -ENOTTY where standard input or output is no terminal, -ENOENT where TERM is unset
 * or unknown (the sentence says what to do); the terminal is untouched then.
 */
int term_open(const struct term_look *look, struct term **ret_term, struct error *error);
/* Gives it back. NULL allowed. */
void term_close(struct term *term);
/* Ctrl-Z: gives the terminal back, stops this process group as the terminal would, takes it over
 * again when continued. Where no shell could continue it (an orphaned process group, as under
 * `ssh -t host slotop`) the kernel does not stop it, and this returns at once. */
void term_suspend(struct term *term);
/* The size in cells, after asking the kernel (for EVENT_RESIZE). */
void term_size(struct term *term, int *ret_width, int *ret_height);
/* Shows `cells`: gives curses only rows that differ from the last ones shown, which sends what
 * differs in them, and flushes once. */
void term_show(struct term *term, const struct cells *cells);
/* Forgets what is shown and sets the terminal up again, whatever others did to it meanwhile: the
 * next term_show() repaints all. */
void term_invalidate(struct term *term);
/* Sends a sequence that draws nothing, past curses; false where the terminal knows no such ones. */
bool term_send(const struct term *term, struct str sequence);
/* Another look from the next picture on, which is painted from nothing. */
void term_restyle(struct term *term, const struct term_look *look);
/* Has the terminal report what the mouse does, or not any more; on every way out it does not. */
void term_use_mouse(struct term *term, bool on);
/* The next key without waiting. False when none is pending; EVENT_INPUT_END when the terminal is
 * gone; Ctrl-Z is done here and comes as EVENT_RESUMED. Alt with a key and sequences that nobody
 * knows are swallowed: neither their Escape nor their letters are keys. */
bool term_next_event(struct term *term, struct event *ret_event);
/* What the terminal's line says of itself (term_line.h). */
bool term_is_slow(const struct term *term);
/* The descriptor keys come from. */
int term_fd(const struct term *term);

#endif
