/*
 * view.h - the dashboard as a pure function: state, operator, time and size give cells.
 *
 * No clock, no globals, no allocation, no curses; any size from 1x1. The same input gives the
 * same cells, which is what the golden screens test.
 */
#ifndef SLOTOP_TUI_VIEW_H
#define SLOTOP_TUI_VIEW_H

#include "core/watch.h"
#include "tui/cells.h"
#include "tui/ui.h"

struct view {
    const struct state *state; /* with its model */
    const struct ui *ui;
    const struct rows *rows;
    enum watch_mode watch_mode;
    bool is_demo;
    bool read_only;
    bool can_undo;                /* something was done here that can be taken back */
    int64_t now_ms;               /* epoch */
    int64_t last_write_ms;        /* when the registry was last seen to change, epoch; 0 never */
    int clock_hour, clock_minute; /* local time of now_ms */
};

/* Draws the whole screen. */
void view_draw(const struct view *view, struct cells *cells);

/* How many table rows the layout shows at this size, for scrolling; at least 1. */
size_t view_page_rows(const struct view *view, int width, int height);

/* How far help or detail over the table (UI_HELP, UI_DETAIL) can be scrolled; 0 in other modes.
 * view_draw() itself never scrolls further. */
size_t view_scroll_max(const struct view *view, int width, int height);

/* Epoch ms of the next moment when view_draw() would draw something else only because time
 * passed: an age, a bar, the clock, an entry that becomes overdue. > now_ms; INT64_MAX for never.
 */
int64_t view_next_change_ms(const struct view *view, int width, int height);

#endif
