/*
 * loop.h - waits on descriptors and time, feeds the app, draws once per round.
 */
#ifndef SLOTOP_TUI_LOOP_H
#define SLOTOP_TUI_LOOP_H

#include "tui/app.h"
#include "tui/term.h"

struct loop_options {
    bool has_now; /* --now: the clock stands still */
    int64_t now_ms;
    bool ascii;
};

/*
 * Runs the dashboard until the operator leaves or a signal says so. Sleeps without a timeout when
 * nothing visible is due. Returns the exit status: 0, or 128 + signal's number for SIGTERM,
 * SIGHUP and SIGINT from outside; 6 with *error when something below fails.
 */
int loop_run(struct app *app, struct term *term, const struct loop_options *options,
             struct error *error);

#endif
