/*
 * term_input.h - what a terminal sends, made events: bytes in, keys out. Knows no curses, no
 * descriptor and no time.
 *
 * Keys that are sequences come from the terminal's description (term_input_learn()) and from those
 * that terminals send whatever their description says. Alt with a key and sequences that nobody
 * knows are swallowed, for their letters would be commands. What is pasted between the marks of
 * bracketed paste is text, never a key.
 *
 * Sequence: feed bytes, take events until there is none; when term_input_waits() and nothing
 * follows within ESCAPE's time, take again with `is_over`.
 */
#ifndef SLOTOP_TUI_TERM_INPUT_H
#define SLOTOP_TUI_TERM_INPUT_H

#include "tui/key.h"

enum {
    TERM_INPUT_BYTES = 256,   /* that wait to be taken */
    TERM_INPUT_LEARNED = 64,  /* sequences of the terminal's description */
    TERM_INPUT_SEQUENCE = 16, /* bytes of one */
};

struct term_sequence {
    char bytes[TERM_INPUT_SEQUENCE];
    size_t len;
    uint32_t key;
};

/* Starts zeroed. */
struct term_input {
    struct term_sequence learned[TERM_INPUT_LEARNED];
    size_t learned_count;
    char bytes[TERM_INPUT_BYTES];
    size_t len;
    struct key_decoder decoder;
    bool in_paste;
};

/* Takes note of the keys of this terminal: find() gives the string of a capability by its terminfo
 * name, NULL for none. What does not begin with Escape, or is too long, is left out. */
void term_input_learn_keys(struct term_input *input, const char *(*find)(const char *name));

/* Where the next bytes go, and for how many there is room; at least one once all events are taken.
 * The caller adds what it put there to `len`. */
char *term_input_room(struct term_input *input, size_t *ret_room);

/* The next event: EVENT_KEY, EVENT_PASTE or EVENT_MOUSE. False where none is complete. `is_over`:
 * nothing more comes that belongs to what is there: then all of it is used up. */
bool term_input_next(struct term_input *input, bool is_over, struct event *ret_event);
/* True when what is there may be the beginning of more. */
bool term_input_waits(const struct term_input *input);
/* Forgets what waits: the terminal was somebody else's meanwhile. */
void term_input_forget(struct term_input *input);

#endif
