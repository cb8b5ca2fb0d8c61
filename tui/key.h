/*
 * key.h - keys and other events as the program sees them, without curses.
 *
 * A key is a Unicode code point (control keys as their code, 0x1b Escape, 0x7f Backspace) or one
 * of enum key_code.
 */
#ifndef SLOTOP_TUI_KEY_H
#define SLOTOP_TUI_KEY_H

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

enum { KEY_ENTER = '\r', KEY_ESCAPE = 0x1b, KEY_TAB = '\t' };
#define KEY_CTRL(letter) ((letter) & 0x1f)

enum event_kind {
    EVENT_KEY,
    EVENT_PASTE,    /* one code point of pasted text: never a command */
    EVENT_RESIZE,   /* the terminal has a new size */
    EVENT_FILES,    /* `parts`: enum state_part, or-ed: look again */
    EVENT_TIME,     /* something visible is due */
    EVENT_RESUMED,  /* continued after a stop: redraw all */
    EVENT_QUIT,     /* SIGTERM, SIGHUP, SIGINT: leave now */
    EVENT_INPUT_END, /* the terminal is gone */
};

struct event {
    enum event_kind kind;
    uint32_t key;   /* KEY, PASTE */
    unsigned parts; /* FILES */
    int signal;     /* QUIT */
};

enum { KEY_NAME_SIZE = 16 };
/* "i", "Enter", "F9", "^R", "PgDn", "Space". Returns name. */
const char *key_name(uint32_t key, char name[KEY_NAME_SIZE]);

#endif
