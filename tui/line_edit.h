/*
 * line_edit.h - a line of text that is typed: the text, the cursor in it, the keys that edit.
 *
 * Whatever is typed or pasted, the text is UTF-8 without control characters and at most
 * LINE_EDIT_MAX bytes, and the cursor stands between two characters of it.
 */
#ifndef SLOTOP_TUI_LINE_EDIT_H
#define SLOTOP_TUI_LINE_EDIT_H

#include "core/base.h"

enum { LINE_EDIT_MAX = 1024 }; /* bytes; more is not typed */

/* Zeroed: empty. */
struct line_edit {
    char text[LINE_EDIT_MAX + 1]; /* NUL-terminated */
    size_t len;
    size_t at; /* the cursor: before this byte */
};

struct str line_edit_str(const struct line_edit *edit);
/* Cut where it is too long; what is no text is left out. The cursor stands at the end. */
void line_edit_set(struct line_edit *edit, struct str text);

/*
 * Does what a key does to a line: text, Left Right ^B ^F, Home End ^A ^E, Backspace ^H, Delete ^D,
 * ^W (the word before the cursor), ^U (all before it), ^K (all behind it). False for other keys.
 */
bool line_edit_key(struct line_edit *edit, uint32_t key);
/* A character of pasted text: a line feed, a tab is a blank, other control characters are nothing.
 */
void line_edit_paste(struct line_edit *edit, uint32_t key);
/* Puts `text` in the place of the bytes from `from` to the cursor; the cursor stands behind it.
 * False where it does not fit: the line is as before. */
bool line_edit_replace(struct line_edit *edit, size_t from, struct str text);

#endif
