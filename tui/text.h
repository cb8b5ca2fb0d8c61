/*
 * text.h - strangers' text made harmless: what may go to a terminal, cut into glyphs.
 *
 * Session ids, titles, paths and error texts are hostile until they came through here. Control
 * characters and DEL show as ^X, C1, bidi and zero-width controls, tags, private use and lone
 * surrogates as <202E>, invalid UTF-8 as \xNN; at most two combining marks a glyph, further ones
 * dropped. Emoji come as the pictures they are joined of, without tone of skin; flags as their
 * letters: terminals disagree on all else. With `ascii`, every other non-ASCII character is '?'
 * (one per column). Widths are wcwidth()'s: main sets LC_CTYPE to a UTF-8 locale.
 */
#ifndef SLOTOP_TUI_TEXT_H
#define SLOTOP_TUI_TEXT_H

#include "core/base.h"

enum { GLYPH_BYTES = 16 };

struct glyph {
    char text[GLYPH_BYTES]; /* UTF-8, not terminated */
    uint8_t len;
    uint8_t width; /* columns: 1 or 2 */
};

/* Takes the next glyph off *rest. A harmless form of several columns ("<202E>") comes as several
 * glyphs; *state carries it between calls and starts zeroed. False at the end. */
struct text_state {
    char pending[12];
    uint8_t pending_len, pending_at;
};
bool text_next(struct str *rest, bool ascii, struct text_state *state, struct glyph *ret_glyph);

/* Columns that `text` takes when shown harmless. */
size_t text_width(struct str text, bool ascii);
/* Whether it takes at most `columns`; looks no further than needed. */
bool text_fits(struct str text, size_t columns, bool ascii);
/* What stands in the last column of a text that was cut. */
struct str text_cut_mark(bool ascii);

/* Appends `text` made harmless, at most max_columns wide (SIZE_MAX: all); where it was cut the
 * last column is '~' ('…' if not ascii). Returns the columns used. */
size_t text_safe(struct str text, size_t max_columns, bool ascii, struct buffer *out);

#endif
