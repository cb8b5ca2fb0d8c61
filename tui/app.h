/*
 * app.h - the dashboard as a machine: events in, state and ui changed, never drawing, no waiting.
 *
 * The loop (loop.h) waits, feeds events, and draws once when app->dirty. Tests feed events by hand.
 */
#ifndef SLOTOP_TUI_APP_H
#define SLOTOP_TUI_APP_H

#include "core/journal.h"
#include "core/opens.h"
#include "core/past.h"
#include "core/promises.h"
#include "tui/command.h"
#include "tui/key.h"
#include "tui/theme.h"
#include "tui/ui.h"
#include "tui/view.h"

/* While the screen stands still: what is true meanwhile. */
struct freeze {
    bool is_on;
    int64_t at_ms;         /* the time that is on the screen */
    struct state truth;    /* the registry, looked at whenever it changes; nothing else */
    size_t saves;          /* of the registry, since */
    int64_t last_write_ms; /* where there were some */
};

/* The registry as it was after an event, in the place of the frozen one. */
struct past_view {
    struct state *frozen; /* what app->state was; NULL: the present is shown */
    struct past *past;
    size_t place; /* of the event in the history */
};

struct app {
    struct state *state; /* borrowed; loaded once before app_init */
    struct ui ui;
    struct rows rows;
    struct promises promises; /* what was done here */
    struct opens opens;       /* of the registry: how long the fence of an edit must be */
    int fence_ms;             /* from state->store at first: the longest */
    bool read_only;           /* from state->store at first */
    bool asks_always;         /* an action on one session, too: the caller sets it after app_init */
    bool is_demo;             /* the caller sets this one and the next two after app_init */
    int width, height;        /* of the screen, at the last app_fit() */
    enum theme theme;         /* wished for; whoever draws sees to it */
    enum watch_mode watch_mode;
    const struct journal *journal; /* of operations; NULL: none is kept, nothing can be undone */
    bool can_undo;                 /* something was done here, and recorded */
    bool is_unrecorded;            /* the last thing done here is not in the journal */
    int64_t watched_from_ms;       /* since when it is drawn, and so looked at; 0: not yet */
    int64_t last_write_ms;         /* at first what the file says of itself */
    bool dirty;                    /* draw; whoever draws clears it */
    bool repaint;                  /* the operator wants it drawn from nothing: term_invalidate() */
    struct buffer clipboard;       /* not empty: to be copied, by whoever draws, who clears it */
    unsigned held_parts;           /* files that changed while a question or the action menu was
                                      open: rows never move under a pending action, so they are
                                      looked at after it; or while the registry was loaded,
                                      or the screen is frozen */
    bool is_slow;                  /* the line to the terminal: the caller sets it */
    bool is_locked;                /* the operator made it read-only, and can take that back */
    struct freeze freeze;
    struct past_view past; /* only while it is frozen */
};

/* A state without a model that is not being loaded is modelled by the first app_handle() or
 * app_fit(), which know the time. -ENOMEM. */
int app_init(struct app *app, struct state *state, struct error *error);
void app_done(struct app *app);
/* The time of what is on the screen: now_ms, or when it was frozen. */
int64_t app_time_ms(const struct app *app, int64_t now_ms);
/* The last look at the registry, which a frozen screen does not show. */
const struct state *app_truth(const struct app *app);
/* Handles one event at epoch now_ms. Failures become messages on the screen. */
void app_handle(struct app *app, const struct event *event, int64_t now_ms);
/* Goes on loading a registry whose first load was begun by state_begin_loading(): call it as long
 * as state->loading.is_on, with events in between. */
void app_load_slice(struct app *app, int64_t now_ms);
/* Does what nobody waits for: call after drawing. */
void app_rest(struct app *app, int64_t now_ms);
/* The view of the app at now_ms (hour and minute are the caller's local time). */
struct view app_view(const struct app *app, int64_t now_ms, int hour, int minute);
/* Keeps cursor and scroll within what a screen of this size shows; call before drawing. */
void app_fit(struct app *app, int width, int height, int64_t now_ms);

#endif
