/*
 * screen.h - a program on a pty, and its screen as a terminal would show it (libvterm).
 *
 * Tests wait for content, never for time: every wait has a generous limit that only a failing
 * test reaches.
 */
#ifndef SLOTOP_TESTS_SCREEN_H
#define SLOTOP_TESTS_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct screen;

/* Starts argv[0] on a pty of this size with TERM=term; env: NULL-terminated "NAME=value" to set. */
struct screen *screen_start(char *const argv[], char *const env[], const char *term, int width,
                            int height);
/* Kills what still runs. NULL allowed. */
void screen_free(struct screen *screen);

void screen_type(struct screen *screen, const char *keys); /* bytes as typed */
/* One key of tui/key.h, as a terminal sends it in the mode that it is in. */
void screen_press(struct screen *screen, uint32_t key);
void screen_resize(struct screen *screen, int width, int height);
/* The terminal goes away: its window is closed, its connection is lost. */
void screen_hang_up(struct screen *screen);
pid_t screen_pid(const struct screen *screen);

/* Reads output until the screen shows `text` on some line; false after 30 s or when it ended. */
bool screen_wait(struct screen *screen, const char *text);
/* Until no line shows it. */
bool screen_wait_gone(struct screen *screen, const char *text);
/* Until the program ends; its wait status, or -1 after 30 s. */
int screen_wait_end(struct screen *screen);
/* True when `quiet_ms` went by without a byte of output; reads what comes meanwhile. */
bool screen_is_quiet(struct screen *screen, int quiet_ms);

bool screen_shows(struct screen *screen, const char *text);
/* Lines joined by newlines, trailing spaces cut; valid until the next call. */
const char *screen_text(struct screen *screen);
/* A number for what the screen looks like, characters and attributes; equal for equal looks. */
uint64_t screen_look(struct screen *screen);
int screen_height(const struct screen *screen);
bool screen_is_alternate(const struct screen *screen);
bool screen_cursor_visible(const struct screen *screen);
bool screen_paste_on(const struct screen *screen); /* bracketed paste */
size_t screen_bytes(const struct screen *screen);  /* output so far */
/* The kernel's settings of the line (termios) are those that the program found. */
bool screen_line_is_as_before(const struct screen *screen);
/* What is written now comes in the default colours, without attributes. */
bool screen_pen_is_plain(const struct screen *screen);

enum { SCREEN_TROUBLE_SIZE = 96 };
/* Everything above, and each mode of the terminal that was changed since the start, is as it was
 * at the start; if not, says what is not. */
bool screen_is_whole(const struct screen *screen, char ret_trouble[SCREEN_TROUBLE_SIZE]);
/* It has ended; does not wait. */
bool screen_has_ended(struct screen *screen);
/* A control byte other than the terminal's own protocol, seen raw in the output? */
const char *screen_raw(const struct screen *screen, size_t *ret_len);

#endif
