#include "tui/view_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PLACE_SIZE = 48 }; /* "1-9 of 20", of the largest numbers */

/* The lines below the title of a text that fills the body. */
static struct area inside_of(struct area body)
{
    return (struct area){body.row + 1, body.column + 2, body.width - 4, body.height - 1};
}

/* Beside the table, below it, or over it, as the pane that is open wants: with its title. */
static struct area area_of_pane(const struct pen *pen, const struct layout *layout)
{
    if (view_pane_is_beside(pen, layout))
        return layout->detail;
    return view_events_are_in_strip(pen, layout) ? layout->events : layout->body;
}

static struct area inside_of_pane(const struct pen *pen, const struct layout *layout)
{
    struct area side = layout->detail;
    return view_pane_is_beside(pen, layout)
               ? (struct area){side.row + 1, side.column + 1, side.width - 2, side.height - 1}
               : inside_of(area_of_pane(pen, layout));
}

static int lines_of_text(const struct pen *pen, struct area area, struct view_span *ret_cursor)
{
    struct cells nothing = {
        .width = pen->cells->width, .height = pen->cells->height, .ascii = pen->cells->ascii};
    struct pen measuring = view_pen(pen->view, &nothing);
    return view_draw_pane(&measuring, area, 0, ret_cursor);
}

static int last_scroll(const struct pen *pen, struct area area)
{
    struct view_span cursor;
    int lines = lines_of_text(pen, area, &cursor);
    return lines > area.height ? lines - area.height : 0;
}

/* What a message covers is not drawn: nobody need wake up for it. */
static struct area uncovered(const struct layout *layout, struct area area)
{
    if (area.row + area.height > layout->covered_row)
        area.height = layout->covered_row > area.row ? layout->covered_row - area.row : 0;
    return area;
}

/* The title of the pane that is open, cut where it would meet "1-9 of 20". */
static void draw_pane_title(struct pen *pen, struct area area, const char *place)
{
    struct line title = {.len = 0};
    int width = (int)strlen(place);
    struct area room = area;
    room.width -= width;
    view_add_pane_title(pen, &title);
    pen_rule(pen, area);
    (void)pen_title(pen, room, line_str(&title));
    if (width > 0)
        pen_head_right(pen, area.row, area.column, area.width - 2, place);
}

/* The pane that is open, in an area below its title. */
static void draw_pane(struct pen *pen, const struct layout *layout)
{
    struct area titled = area_of_pane(pen, layout);
    struct area inside = inside_of_pane(pen, layout);
    struct view_span cursor;
    int last = last_scroll(pen, inside);
    int scroll = pen->view->ui->scroll < (size_t)last ? (int)pen->view->ui->scroll : last;
    char place[PLACE_SIZE] = "";
    if (last > 0)
        (void)snprintf(place, sizeof(place), "%d-%d of %d", scroll + 1, scroll + inside.height,
                       last + inside.height);
    pen->has_focus = true;
    draw_pane_title(pen, titled, place);
    (void)view_draw_pane(pen, uncovered(layout, inside), scroll, &cursor);
    pen->has_focus = false;
}

/* The line at the left of an area, joined to the rules that meet it; the last of them is below. */
static void draw_wall(struct pen *pen, const struct layout *layout, struct area area)
{
    for (int i = 0; i < area.height; i++) {
        int row = area.row + i;
        const char *glyph = "\xe2\x94\x82";
        if (i == 0)
            glyph = "\xe2\x94\xac";
        else if (row == layout->table.row && layout->has_titles)
            glyph = "\xe2\x94\xa4";
        cells_repeat(pen->cells, row, area.column - 1, 1, ROLE_RULE, glyph, i == 0 ? '+' : '|');
    }
    int below = area.row + area.height;
    bool has_rule = below == layout->table.row ? layout->has_titles
                                               : below == layout->events.row &&
                                                     uncovered(layout, layout->events).height > 0;
    if (has_rule)
        cells_repeat(pen->cells, below, area.column - 1, 1, ROLE_RULE, "\xe2\x94\xb4", '+');
}

/* The detail beside the pool, or the pane that is open there. */
static void draw_side(struct pen *pen, const struct layout *layout)
{
    struct area area = layout->detail;
    if (area.height < 2)
        return;
    if (view_pane_is_beside(pen, layout)) {
        draw_pane(pen, layout);
    } else {
        struct area inside = {area.row + 1, area.column + 1, area.width - 2, area.height - 1};
        (void)pen_title(pen, area, STR("Session"));
        size_t row;
        if (pen_selected(pen, &row))
            pen_head_right(pen, area.row, area.column, area.width - 2, "Enter = more");
        view_draw_side_detail(pen, uncovered(layout, inside));
    }
    draw_wall(pen, layout, area);
}

static void draw_strip(struct pen *pen, const struct layout *layout)
{
    struct area why = uncovered(layout, layout->why);
    if (view_events_are_in_strip(pen, layout))
        draw_pane(pen, layout);
    else
        view_draw_strip(pen, uncovered(layout, layout->events));
    if (why.height < 1)
        return;
    view_draw_side_why(pen, why);
    draw_wall(pen, layout, why);
}

/* All panes side by side. */
static void draw_panes(struct pen *pen, const struct layout *layout)
{
    enum ui_mode mode = view_mode(pen);
    struct layout seen = *layout;
    seen.pool = uncovered(layout, layout->pool);
    seen.table = uncovered(layout, layout->table);
    pen->has_focus = mode == UI_POOL;
    view_draw_pool(pen, &seen);
    pen->has_focus = mode == UI_NORMAL || mode == UI_FILTER || mode == UI_SEARCH;
    view_draw_table(pen, &seen);
    pen->has_focus = false;
    draw_strip(pen, layout);
    if (pen->model)
        draw_side(pen, layout);
}

/* There is nothing to show yet, and nothing is said that is not known. */
static void draw_loading(struct pen *pen, struct area body)
{
    enum { MB = 1000000, INDENT = 2 };
    const struct state_loading *loading = &pen->view->state->loading;
    struct line line = {.len = 0};
    struct flow flow = {.pen = pen, .area = body, .is_cut_last = true};
    line_addf(&line, "The registry is being loaded: %llu of %llu MB.",
              (unsigned long long)(loading->read_bytes / MB),
              (unsigned long long)(loading->size_bytes / MB));
    if (body.height > 0)
        flow_text(&flow, INDENT, ROLE_DIM, line_str(&line));
}

static void draw_all(struct pen *pen, const struct layout *layout)
{
    int width = pen->cells->width;
    bool is_question_alone = layout->is_bare && pen->cells->height == 1 && view_has_message(pen);
    if (!is_question_alone)
        view_draw_header(pen, width);
    view_draw_finding(pen, layout->finding);
    if (pen->view->state->loading.is_on && view_mode(pen) != UI_HELP)
        draw_loading(pen, layout->body);
    else if (view_pane_is_over(pen, layout))
        draw_pane(pen, layout);
    else
        draw_panes(pen, layout);
    view_draw_bottom(pen, layout);
    bool is_held = pen->view->ui->mode == UI_CONFIRM || pen->view->ui->mode == UI_MENU;
    if (pen->model && !is_held && !isnan(pen->model->next_change_ms))
        pen_changes_in(pen,
                       (int64_t)fmax(1, pen->model->next_change_ms - (double)pen->view->now_ms));
}

void view_draw(const struct view *view, struct cells *cells)
{
    struct pen pen = view_pen(view, cells);
    struct layout layout;
    cells_clear(cells);
    view_layout(&pen, cells->width, cells->height, &layout);
    draw_all(&pen, &layout);
}

size_t view_page_rows(const struct view *view, int width, int height)
{
    struct cells nothing = {.width = width, .height = height};
    struct pen pen = view_pen(view, &nothing);
    struct layout layout;
    view_layout(&pen, width, height, &layout);
    int rows = layout.table.height - 1 - layout.has_titles;
    return rows > 1 ? (size_t)rows : 1;
}

size_t view_seen_rows(const struct view *view, int width, int height)
{
    struct cells nothing = {.width = width, .height = height};
    struct pen pen = view_pen(view, &nothing);
    struct layout layout;
    view_layout(&pen, width, height, &layout);
    bool is_asked = view->ui->mode == UI_CONFIRM || view->ui->mode == UI_LINE;
    struct area table = is_asked ? layout.table : uncovered(&layout, layout.table);
    int rows = table.height - 1 - layout.has_titles;
    return rows > 1 ? (size_t)rows : 1;
}

size_t view_scroll_max(const struct view *view, int width, int height)
{
    struct cells nothing = {.width = width, .height = height};
    struct pen pen = view_pen(view, &nothing);
    struct layout layout;
    view_layout(&pen, width, height, &layout);
    if (!view_has_pane(&pen, &layout))
        return 0;
    return (size_t)last_scroll(&pen, inside_of_pane(&pen, &layout));
}

struct view_span view_cursor_span(const struct view *view, int width, int height)
{
    struct cells nothing = {.width = width, .height = height};
    struct pen pen = view_pen(view, &nothing);
    struct layout layout;
    struct view_span cursor = {.count = 0};
    view_layout(&pen, width, height, &layout);
    if (!view_has_pane(&pen, &layout))
        return cursor;
    struct area inside = inside_of_pane(&pen, &layout);
    (void)lines_of_text(&pen, inside, &cursor);
    int room = uncovered(&layout, inside).height;
    cursor.room = room > 1 ? (size_t)room : 1;
    return cursor;
}

int64_t view_next_change_ms(const struct view *view, int width, int height)
{
    struct cells nothing = {.width = width, .height = height};
    struct pen pen = view_pen(view, &nothing);
    struct layout layout;
    if (view->is_frozen)
        return INT64_MAX;
    view_layout(&pen, width, height, &layout);
    draw_all(&pen, &layout);
    return pen.next_ms;
}
