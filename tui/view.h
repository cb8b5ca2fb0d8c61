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
    bool has_journal;             /* of operations: they can be undone */
    bool can_undo;                /* something was done here that can be taken back */
    int64_t past_of_ms;           /* from when the past is looked at that is shown; 0: no past */
    bool is_frozen;               /* it stands still: time alone changes nothing */
    bool is_slow;                 /* the line to the terminal: nothing is told twice (no events and
                                     nothing beside the pool, no bars and notes, no sentence about a
                                     full pool), and nothing counts seconds */
    int64_t now_ms;               /* epoch */
    int64_t last_write_ms;        /* when the registry was last seen to change, epoch; 0 never */
    int clock_hour, clock_minute; /* local time of now_ms */
};

/* Draws the whole screen. */
void view_draw(const struct view *view, struct cells *cells);

/* How many table rows the layout shows at this size, for scrolling; at least 1. */
size_t view_page_rows(const struct view *view, int width, int height);

/* How many of these a message leaves in sight; at least 1. A question may cover them all. */
size_t view_seen_rows(const struct view *view, int width, int height);

/* How many lines the finding above the pool takes at this size. The layout gives it no fewer than
 * ui->finding_place has. */
int view_finding_lines(const struct view *view, int width, int height);

/* How far the pane that is open can be scrolled; 0 without one. view_draw() itself never scrolls
 * further. */
size_t view_scroll_max(const struct view *view, int width, int height);

/* The lines of the pane that is open which its cursor is on; count 0: it has none. */
struct view_span {
    size_t first, count;
    size_t room; /* lines of the pane that show at once */
};
struct view_span view_cursor_span(const struct view *view, int width, int height);

/* How the items of the pool (pool_items.h) stand: so many a row, so many rows in sight; rows 0: not
 * at all. */
struct view_grid {
    size_t per_row, rows;
};
struct view_grid view_pool_window(const struct view *view, int width, int height);

/* The pool stands as lines that have room for lanes. */
bool view_fits_lanes(const struct view *view, int width, int height);
/* What stands at a place of the screen, for a mouse: a row of the table, the head of a column, a
 * key of the key bar. */
enum hit_kind { HIT_NONE, HIT_ROW, HIT_HEAD, HIT_KEY };
struct view_hit {
    enum hit_kind kind;
    size_t row;         /* of `rows` */
    enum sort_key sort; /* by this column */
    uint32_t key;
};
struct view_hit view_hit(const struct view *view, int width, int height, int row, int column);

/* Epoch ms of the next moment when view_draw() would draw something else only because time
 * passed: an age, a bar, the clock, an entry that becomes overdue. > now_ms; INT64_MAX for never.
 */
int64_t view_next_change_ms(const struct view *view, int width, int height);

#endif
