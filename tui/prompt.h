/*
 * prompt.h - the line after ':' as the operator sees it: what is typed, what could follow, what was
 * typed before. Plain data; app_line.c changes it, the view reads it.
 */
#ifndef SLOTOP_TUI_PROMPT_H
#define SLOTOP_TUI_PROMPT_H

#include "tui/line_complete.h"
#include "tui/line_edit.h"
#include "tui/line_history.h"

struct prompt {
    struct line_edit edit;
    struct line_completion completion; /* of the word at the cursor */
    struct line_offers offers;         /* for the command that is typed */
    size_t chosen;                     /* by Tab, among its items; SIZE_MAX: none */
    struct line_history history;
    size_t history_at;       /* the line of it that is shown; its `count`: none is */
    struct line_edit typed;  /* what was there before one was shown */
    struct buffer target_id; /* the session that keys acted on when it was opened; empty: none */
};

#endif
