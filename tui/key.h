/*
 * key.h - keys and other events as the program sees them, without curses.
 *
 * A key is a Unicode code point (control keys as their code, 0x1b Escape, 0x7f Backspace) or one
 * of enum key_code.
 */
#ifndef SLOTOP_TUI_KEY_H
#define SLOTOP_TUI_KEY_H

#include "core/base.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum key_code {
    KEY_CODE_BASE = 0x110000,
    KEY_CODE_UP,
    KEY_CODE_DOWN,
    KEY_CODE_LEFT,
    KEY_CODE_RIGHT,
    KEY_CODE_PAGE_UP,
    KEY_CODE_PAGE_DOWN,
    KEY_CODE_HOME,
    KEY_CODE_END,
    KEY_CODE_BACKSPACE,
    KEY_CODE_DELETE,
    KEY_CODE_INSERT,
    KEY_CODE_BACK_TAB,
    KEY_CODE_F1, /* F1..F12 follow one another */
    KEY_CODE_F12 = KEY_CODE_F1 + 11,
};

enum { KEY_ENTER = '\r', KEY_ESCAPE = 0x1b, KEY_TAB = '\t', KEY_RUBOUT = 0x7f };
#define KEY_CTRL(letter) ((letter)&0x1f)

enum event_kind {
    EVENT_KEY,
    EVENT_PASTE,     /* one code point of pasted text: never a command */
    EVENT_MOUSE,     /* `mouse`, at `row` and `column`, both from 0 */
    EVENT_RESIZE,    /* the terminal has a new size */
    EVENT_FILES,     /* `parts`: enum state_part, or-ed: look again */
    EVENT_TIME,      /* something visible is due */
    EVENT_RESUMED,   /* continued after a stop: redraw all */
    EVENT_QUIT,      /* SIGTERM, SIGHUP, SIGINT: leave now */
    EVENT_INPUT_END, /* the terminal is gone */
};

enum mouse_kind { MOUSE_PRESS, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };

struct event {
    enum event_kind kind;
    uint32_t key;   /* KEY, PASTE */
    unsigned parts; /* FILES */
    int signal;     /* QUIT */
    enum mouse_kind mouse;
    int row, column; /* MOUSE */
};

enum { KEY_NAME_SIZE = 16 };
/* "i", "Enter", "F9", "^R", "PgDn", "Space"; "é" as UTF-8; what no terminal sends is "?".
 * Returns name. (Not "key_name": that symbol is curses'.) */
const char *key_label(uint32_t key, char name[KEY_NAME_SIZE]);

/* The key of such a label; also "Ctrl-R" and "C-r" for "^R", and names in any case. 0: none. */
uint32_t key_by_name(struct str name);

/* True for a code point that is text: no control character, no surrogate, no key_code. */
bool key_is_text(uint32_t key);

enum { KEY_UTF8_SIZE = 4 };
/* Writes a code point as UTF-8 and returns its length; 0 for what is no code point. */
size_t key_encode(uint32_t key, char bytes[KEY_UTF8_SIZE]);

/* Takes UTF-8 byte by byte, as a terminal delivers it. Starts zeroed. */
struct key_decoder {
    uint32_t code_point;
    uint32_t minimum; /* smaller ones were written too long: not UTF-8 */
    int missing;      /* bytes that are still to come */
};
/* True when `byte` completes a code point. What is not UTF-8 vanishes. */
bool key_decode(struct key_decoder *decoder, unsigned char byte, uint32_t *ret_code_point);

#endif
