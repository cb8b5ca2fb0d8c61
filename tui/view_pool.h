/*
 * view_pool.h - what the forms of the pool share: how its items stand in an area.
 *
 * Items (pool_items.h) stand in rows: as lines, one a row; as cells "1a 2i 3."; or, where those
 * do not fit either, as a map of one letter a slot. Where not all fit, "+12 more" has a place.
 */
#ifndef SLOTOP_TUI_VIEW_POOL_H
#define SLOTOP_TUI_VIEW_POOL_H

#include "tui/pool_items.h"
#include "tui/view_parts.h"

enum { POOL_MARGIN = 1, POOL_LABEL_MOST = 6 };

struct pool_grid {
    enum pool_form form;
    size_t count;    /* items */
    size_t per_row;  /* > 0 */
    size_t rows;     /* rows of items that are seen; 0: there is no room */
    size_t rows_all; /* that there are */
    size_t top;      /* the first that is seen */
    size_t hidden;   /* items that are not seen */
    int label_width; /* of a cell; of the label that begins a row of the map */
};

struct pool_grid view_pool_grid(const struct pen *pen, struct area area, enum pool_form form);
/* Rows that all items take in this width. */
size_t view_pool_rows_all(const struct pen *pen, int width, enum pool_form form);
/* The place of the item under the cursor; SIZE_MAX where the pool has not the focus. */
size_t view_pool_cursor(const struct pen *pen);

/* In an area below the title. */
void view_draw_pool_lines(struct pen *pen, struct area area, const struct pool_grid *grid);
void view_draw_pool_cells(struct pen *pen, struct area area, const struct pool_grid *grid);
/* In the title of the pool: heads of the columns, when GC comes by. */
void view_draw_pool_heads(struct pen *pen, struct area area);
/* What the letters mean, of those that are there, at the right of the title, behind `column`. */
void view_draw_pool_legend(struct pen *pen, struct area area, int column);
/* The bar of what is left of an entry's TTL. */
void view_draw_bar(struct pen *pen, struct area area, enum role role, const struct entry *entry);
/* How many minutes a column of the swimlane is, in so much room; 0: there is too little. */
int view_lane_minutes(int room);
/* The lane of an item; its axis, with the time of day; what the letters mean, right in a title
 * behind `column`. */
void view_draw_lane(struct pen *pen, struct area area, size_t place);
void view_draw_lane_axis(struct pen *pen, struct area area);
void view_draw_lane_legend(struct pen *pen, struct area area, int column);
/* The same above the lines, with the heads of the columns beside it. */
void view_draw_pool_axis(struct pen *pen, struct area area);
/* The width of the lanes in lines of this width; 0: no room. */
int view_lane_width(const struct pen *pen, struct area area);
/* Says why there are no slots; returns the lines used. */
int view_draw_pool_reason(struct pen *pen, struct area area);

#endif
