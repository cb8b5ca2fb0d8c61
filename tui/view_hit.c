#include "tui/view_parts.h"

static bool is_in(struct area area, int row, int column)
{
    return row >= area.row && row < area.row + area.height && column >= area.column &&
           column < area.column + area.width;
}

static struct view_hit hit_table(const struct pen *pen, const struct layout *layout, int row,
                                 int column)
{
    const struct view *view = pen->view;
    int head = layout->table.row + layout->has_titles;
    size_t at = view->ui->top_row + (size_t)(row - head - 1);
    if (row < head)
        return (struct view_hit){.kind = HIT_NONE};
    if (row == head) {
        enum sort_key sort = view_head_at(pen, layout->table, column);
        return (struct view_hit){.kind = sort == SORT_COUNT ? HIT_NONE : HIT_HEAD, .sort = sort};
    }
    return (struct view_hit){.kind = at < view->rows->count ? HIT_ROW : HIT_NONE, .row = at};
}

struct view_hit view_hit(const struct view *view, int width, int height, int row, int column)
{
    struct cells nothing = {.width = width, .height = height};
    struct pen pen = view_pen(view, &nothing);
    struct layout layout;
    struct view_hit none = {.kind = HIT_NONE};
    view_layout(&pen, width, height, &layout);
    if (is_in(layout.keys, row, column)) {
        uint32_t key = view_key_at(&pen, &layout, column);
        return (struct view_hit){.kind = key ? HIT_KEY : HIT_NONE, .key = key};
    }
    bool is_seen = pen.model && !view_pane_is_over(&pen, &layout) && row < layout.covered_row;
    return is_seen && is_in(layout.table, row, column) ? hit_table(&pen, &layout, row, column)
                                                       : none;
}
