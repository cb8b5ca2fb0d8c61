/*
 * ui.h - the operator's side of the screen: cursor, filter, pending question, last message.
 *
 * Plain data; app.c changes it, the view reads it. The cursor and a pending action hold a session
 * id with what the operator saw, never a row number.
 */
#ifndef SLOTOP_TUI_UI_H
#define SLOTOP_TUI_UI_H

#include "core/operation.h"
#include "core/state.h"
#include "tui/rows.h"

enum ui_mode {
    UI_NORMAL,
    UI_FILTER,  /* typing after '/' */
    UI_CONFIRM, /* a question waits: y does it, all else does not */
    UI_HELP,
    UI_DETAIL, /* the detail of one session over the table (where there is no room beside it) */
};

enum ui_tone { TONE_NONE, TONE_GOOD, TONE_WARNING, TONE_ERROR };

/* An action that waits for a yes. */
struct pending {
    enum operation_kind kind;
    struct buffer session_id;
    enum entry_state guard_state;
    double guard_last_active_at_ms;
    enum ui_mode asked_in; /* where the answer leads back to */
    struct buffer copy;    /* not empty: this copy is to be brought back, nothing else counts */
};

/* What the operator has seen of the entry under the cursor. An action key that comes sooner than
 * UI_NOTICE_MS after it changed by itself was meant for what stood there before. */
struct seen {
    enum entry_state state;
    double last_active_at_ms;
    bool changed;
    int64_t changed_ms;
};

enum {
    UI_NOTICE_MS = 500,       /* what a person needs to see a change and not press the key */
    UI_RECENT_USE_MS = 60000, /* sessions used within this time are acted on only after a yes */
    UI_FILTER_MAX = 256,      /* bytes of a filter; more is not typed */
};

struct ui {
    enum ui_mode mode;
    struct buffer cursor_id; /* session under the cursor; empty: none, the table has no rows */
    struct seen seen;        /* of that session */
    size_t cursor_row;       /* where it was last: where the cursor stays when its session goes */
    size_t top_row;          /* first visible row of the table */
    size_t page_rows;        /* rows of the table at the last layout: what PgDn moves */
    size_t scroll;           /* help and detail: first visible line */
    size_t scroll_last;      /* the last that it may be, at the last layout */
    enum sort_key sort;
    bool reverse;
    struct buffer filter;
    struct buffer message; /* raw text; made harmless when drawn */
    enum ui_tone tone;
    struct pending pending;
    struct buffer question; /* UI_CONFIRM: raw text */
    bool quit;
};

void ui_init(struct ui *ui);
void ui_done(struct ui *ui);

/* Replaces the message. */
void ui_say(struct ui *ui, enum ui_tone tone, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Empties the message for a new one of this tone, to be appended to what is returned. */
struct buffer *ui_message(struct ui *ui, enum ui_tone tone);
void ui_be_silent(struct ui *ui);

#endif
