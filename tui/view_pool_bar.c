#include "tui/view_pool.h"

#include <math.h>

/* Whatever ends later than this does not move while anybody looks. */
#define BAR_HORIZON_MS 1e15

/* How much of the TTL is left, in cells: full at first, empty only past the end. */
static int bar_fill(double left_ms, double ttl_ms, int width)
{
    if (!(ttl_ms > 0))
        return 0;
    double cells = ceil(left_ms * width / ttl_ms);
    return cells >= width ? width : cells > 0 ? (int)cells : 0;
}

/* Milliseconds until the bar is a cell shorter. The estimate by division may be off by rounding. */
static int64_t bar_next_ms(double left_ms, double ttl_ms, int width)
{
    int fill = bar_fill(left_ms, ttl_ms, width);
    if (fill == 0)
        return INT64_MAX;
    double guess = left_ms - ttl_ms * (fill - 1) / width;
    if (!(guess < BAR_HORIZON_MS))
        return INT64_MAX;
    int64_t ms = (int64_t)guess > 2 ? (int64_t)guess - 2 : 1;
    while (bar_fill(left_ms - (double)ms, ttl_ms, width) == fill)
        ms++;
    return ms;
}

void view_draw_bar(struct pen *pen, struct area area, enum role role, const struct entry *entry)
{
    int row = area.row, width = area.width;
    double left_ms = pen_until(pen, entry_expires_at_ms(entry));
    int fill = width;
    if (!isnan(left_ms)) {
        fill = bar_fill(left_ms, entry_idle_ttl_ms(entry), width);
        pen_changes_in(pen, bar_next_ms(left_ms, entry_idle_ttl_ms(entry), width));
    }
    if (left_ms < 0) {
        cells_repeat(pen->cells, row, area.column, width, role, "!", '!');
        return;
    }
    cells_repeat(pen->cells, row, area.column, fill, role, "\xe2\x96\xa0", '#');
    cells_repeat(pen->cells, row, area.column + fill, width - fill, ROLE_TEXT, "\xc2\xb7", '.');
}
