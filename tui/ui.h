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
    UI_DETAIL,  /* the detail of one session over the table (where there is no room beside it) */
};

enum ui_tone { TONE_NONE, TONE_GOOD, TONE_WARNING, TONE_ERROR };

/* An action that waits for a yes. */
struct pending {
    enum operation_kind kind;
    struct buffer session_id;
    enum entry_state guard_state;
    double guard_last_active_at_ms;
};

struct ui {
    enum ui_mode mode;
    struct buffer cursor_id; /* session under the cursor; empty: none */
    size_t cursor_row;       /* where it was last: where the cursor stays when its session goes */
    size_t top_row;          /* first visible row of the table */
    size_t page_rows;        /* rows of the table at the last layout: what PgDn moves */
    size_t scroll;           /* help and detail: first visible line */
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

#endif
