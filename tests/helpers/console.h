/*
 * console.h - the real binary on a pty in a home of its own, beside a writer that truncates and
 * writes as the server does. The pool has three slots.
 */
#ifndef SLOTOP_TESTS_CONSOLE_H
#define SLOTOP_TESTS_CONSOLE_H

#include "tests/helpers/screen.h"
#include "tests/helpers/tree.h"

#include <stdint.h>

#define CONSOLE_STATE_DIR ".openclaw-dench"
#define CONSOLE_CURSOR ">  " /* what stands before the session under the cursor */
#define CONSOLE_REGISTRY CONSOLE_STATE_DIR "/chat-agents.json"

struct console {
    struct tree tree;
    struct screen *screen; /* NULL while nothing runs */
    int64_t base_ms;       /* lastActiveAt of what is not fresh: ten minutes ago */
    bool has_slow_line;    /* what is started finds a terminal of 4,800 baud */
};

struct console_row {
    const char *id, *agent, *state;
    int64_t last_active_ms;
};

#define CONSOLE_STARTED ".local/state/slotop/started" /* without it a start is the first one */

/* cmocka set-up and tear-down: the registry of console_save_usual(), nothing started. */
int console_set_up(void **state);
int console_tear_down(void **state);

/* Rewrites the registry in place, without a lock. */
void console_save(struct console *console, const struct console_row *rows, size_t count);
/* aaaaaaaa active on slot 1, bbbbbbbb idle on slot 2, cccccccc released: in the order of last use.
 */
void console_save_usual(struct console *console);

enum { CONSOLE_MANY = 60 };
/* Rewrites the registry with 60 sessions, and the index with their titles: "aaaaaaaa", "Chat 0" to
 * "aaaaaae5", "Chat 59" in the order of last use; the first three are active on the slots, the
 * others expired. Writes them to `rows`, to be changed and saved. */
void console_save_many(struct console *console, struct console_row rows[CONSOLE_MANY]);

/* The binary's path: what $SLOTOP says. */
const char *console_program(void);
/* Starts it with TERM=term and these arguments (to NULL), at most six. */
void console_start_with(struct console *console, char *const arguments[], const char *term,
                        int width, int height);
/* Starts it in an xterm and waits for aaaaaaaa. */
void console_start(struct console *console, int width, int height);
/* Types q, asserts that it ends well with the terminal whole, and forgets it. */
void console_quit(struct console *console);
/* Ends what runs, however. */
void console_end(struct console *console);

/* Asserts what the file has of a session: the stored state begins with `stored`; NULL: no entry. */
void console_assert_stored(struct console *console, const char *id, const char *stored);
/* Asserts that the terminal is as it was before. */
void console_assert_whole(struct console *console);

int64_t console_epoch_ms(void);

#endif
