/*
 * loop.h - waits on descriptors and time, feeds the app, draws once per round.
 *
 * A round: sleep in poll(2) until the terminal, a signal, the watch or the clock has something, or
 * something visible is due; turn all of it into events; draw if the app became dirty. Where
 * nothing is due there is no timeout: no system call is made until something happens. Whenever it
 * is awake and the last one is some seconds old, the watch's safety net is called.
 */
#ifndef SLOTOP_TUI_LOOP_H
#define SLOTOP_TUI_LOOP_H

#include "tui/app.h"
#include "tui/term.h"

struct loop_options {
    bool has_now; /* --now: the clock stands still */
    int64_t now_ms;
    bool ascii;
    bool in_tmux;          /* TMUX is set: between us and the terminal */
    struct term_look look; /* as term_open() had it */
};

/*
 * Runs the dashboard until the operator leaves or a signal says so. Owns the signals meanwhile:
 * SIGTERM, SIGHUP, SIGINT and SIGQUIT leave, SIGTSTP suspends, SIGWINCH and
 * SIGCONT redraw, SIGPIPE is ignored; those that were ignored before stay so, and all is as before
 * afterwards. Returns the exit status: 0, or 128 + the signal's number (SIGHUP's when the terminal
 * is gone); 6 with *error when something below fails. The terminal is the caller's to close.
 */
int loop_run(struct app *app, struct term *term, const struct loop_options *options,
             struct error *error);

#endif
