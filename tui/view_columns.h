/*
 * view_columns.h - where the columns of the table stand.
 */
#ifndef SLOTOP_TUI_VIEW_COLUMNS_H
#define SLOTOP_TUI_VIEW_COLUMNS_H

#include "tui/view_parts.h"

enum {
    COLUMN_CURSOR_WIDTH = 3, /* the cursor's mark, the tag's, a blank */
    COLUMN_MARGIN = 2,       /* at the right of the table */
    COLUMN_ENDS_WIDTH = 10,
};

struct column {
    int at, width; /* width 0: no room */
};

struct columns {
    struct column session, state, slot, title, workspace, run, age, quiet, ends;
};

/* Where the bar of the cursor ends in a wide screen: with the last column of the first so many, or
 * in the title. The whole row would cost more than all else that a move changes. */
int view_columns_bar_end(const struct columns *columns);
/* Those that the operator has chosen, as far as they find room; or those that matter most. */
struct columns view_columns(const struct pen *pen, struct area area);

#endif
