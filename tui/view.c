#include "tui/view_parts.h"

#include <math.h>

enum {
    BARE_WIDTH = 40, /* less than this: the first line and the last */
    BARE_HEIGHT = 8,
    TITLED_HEIGHT = 12,
    TWO_LINES_HEIGHT = 10, /* message and keys on lines of their own */
    SIDE_WIDTH = 120,      /* from here on the detail stands beside the table */
    SIDE_LEAST = 48,       /* a whole session id has room */
    SIDE_MOST = 64,
};

static int least(int a, int b)
{
    return a < b ? a : b;
}

enum ui_mode view_mode(const struct pen *pen)
{
    const struct ui *ui = pen->view->ui;
    if (ui_filters_events(ui))
        return UI_EVENTS;
    return ui->mode == UI_CONFIRM ? ui->pending.asked_in : ui->mode;
}

/* ---- the layout ---- */

static int finding_height(const struct pen *pen, int width, int height)
{
    enum { SHORT = 16, TALL = 24, MOST = 3 };
    struct cells nothing = {.width = width, .ascii = pen->cells->ascii};
    struct pen measuring = view_pen(pen->view, &nothing);
    struct line line;
    enum role role;
    bool is_listed = pen->model && view_mode(pen) == UI_FINDINGS; /* with all others */
    if (is_listed || !view_finding(pen, false, &line, &role))
        return 0;
    struct flow flow = {.pen = &measuring, .area = {0, 0, width - 1, INT16_MAX}};
    flow_text(&flow, 3, role, line_str(&line));
    return least(flow.line, height < SHORT ? 1 : height < TALL ? MOST - 1 : MOST);
}

static void lay_bare(const struct pen *pen, int width, int height, struct layout *layout)
{
    layout->is_bare = true;
    layout->pool_is_cells = true;
    layout->message = (struct area){height - 1, 0, width, 1};
    layout->keys = layout->message;
    layout->keys.height = 0;
    if (height > 2 && pen->model)
        layout->pool = (struct area){1, 0, width, height - 2};
    layout->finding = layout->message;
    layout->finding.height = height > 1 && !view_has_message(pen);
}

/* The body between the first lines and the last ones: pool above table, the detail beside them. */
static void lay_body(const struct pen *pen, struct area body, struct layout *layout)
{
    int left = body.width;
    if (body.width >= SIDE_WIDTH) {
        int side = least(body.width / 3 > SIDE_LEAST ? body.width / 3 : SIDE_LEAST, SIDE_MOST);
        left -= side + 1;
        layout->detail = (struct area){body.row, body.column + left + 1, side, body.height};
    }
    int screen = pen->cells->height;
    int table_least = layout->has_titles ? 3 : 2;
    int wanted = view_pool_height(pen, left, screen, layout);
    int pool = least(wanted, body.height - table_least > 0 ? body.height - table_least : 0);
    layout->pool = (struct area){body.row, body.column, left, pool};
    layout->table = (struct area){body.row + pool, body.column, left, body.height - pool};
}

static void lay_out(struct pen *pen, int width, int height, struct layout *ret_layout)
{
    *ret_layout = (struct layout){.is_bare = false};
    if (width < BARE_WIDTH || height < BARE_HEIGHT) {
        lay_bare(pen, width, height, ret_layout);
        return;
    }
    int bottom = height >= TWO_LINES_HEIGHT ? 2 : 1;
    int finding = finding_height(pen, width, height);
    ret_layout->has_titles = height >= TITLED_HEIGHT;
    ret_layout->pool_is_cells = view_pool_is_cells(pen, height);
    ret_layout->finding = (struct area){1, 0, width, finding};
    ret_layout->message = (struct area){height - bottom, 0, width, 1};
    ret_layout->keys = (struct area){height - 1, 0, width, 1};
    ret_layout->body = (struct area){1 + finding, 0, width, height - bottom - 1 - finding};
    struct area upper = ret_layout->body;
    upper.height -= view_strip_height(pen, height);
    ret_layout->events =
        (struct area){upper.row + upper.height, 0, width, ret_layout->body.height - upper.height};
    lay_body(pen, upper, ret_layout);
}

void view_layout(struct pen *pen, int width, int height, struct layout *ret_layout)
{
    lay_out(pen, width, height, ret_layout);
    int lines = view_message_lines(pen, width);
    ret_layout->covered_row = ret_layout->message.row + 1 - (lines > 0 ? lines : 1);
}

/* ---- drawing ---- */

/* The lines below the title of a text that fills the body. */
static struct area inside_of(struct area body)
{
    return (struct area){body.row + 1, body.column + 2, body.width - 4, body.height - 1};
}

/* Beside the table or over it, as the pane that is open wants. */
static struct area inside_of_pane(const struct pen *pen, const struct layout *layout)
{
    struct area side = layout->detail;
    return view_pane_is_beside(pen, layout)
               ? (struct area){side.row + 1, side.column + 1, side.width - 2, side.height - 1}
               : inside_of(layout->body);
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

/* The pane that is open, in an area below its title. */
static void draw_pane(struct pen *pen, const struct layout *layout, struct area titled)
{
    struct area inside = inside_of_pane(pen, layout);
    struct view_span cursor;
    int last = last_scroll(pen, inside);
    int scroll = pen->view->ui->scroll < (size_t)last ? (int)pen->view->ui->scroll : last;
    struct line title = {.len = 0};
    view_add_pane_title(pen, &title);
    (void)pen_title(pen, titled, line_str(&title));
    if (last > 0) {
        struct line place = {.len = 0};
        line_addf(&place, "%d-%d of %d", scroll + 1, scroll + inside.height, last + inside.height);
        line_add(&place, (struct str){"", 1}); /* ends the text */
        pen_head_right(pen, titled.row, titled.column, titled.width - 2, place.text);
    }
    (void)view_draw_pane(pen, uncovered(layout, inside), scroll, &cursor);
}

/* The line between the panes, joined to the rules that meet it. */
static void draw_wall(struct pen *pen, const struct layout *layout)
{
    struct area area = layout->detail;
    for (int i = 0; i < area.height; i++) {
        int row = area.row + i;
        const char *glyph = "\xe2\x94\x82";
        if (i == 0)
            glyph = "\xe2\x94\xac";
        else if (row == layout->table.row && layout->has_titles)
            glyph = "\xe2\x94\xa4";
        cells_repeat(pen->cells, row, area.column - 1, 1, ROLE_RULE, glyph, i == 0 ? '+' : '|');
    }
    if (uncovered(layout, layout->events).height > 0)
        cells_repeat(pen->cells, layout->events.row, area.column - 1, 1, ROLE_RULE, "\xe2\x94\xb4",
                     '+');
}

/* The detail at the side of pool and table, or the pane that is open there. */
static void draw_side(struct pen *pen, const struct layout *layout)
{
    struct area area = layout->detail;
    if (area.height < 2)
        return;
    struct area inside = {area.row + 1, area.column + 1, area.width - 2, area.height - 1};
    if (view_pane_is_beside(pen, layout)) {
        draw_pane(pen, layout, area);
        draw_wall(pen, layout);
        return;
    }
    (void)pen_title(pen, area, STR("Session"));
    draw_wall(pen, layout);
    if (view_draw_detail(pen, uncovered(layout, inside), 0) > inside.height)
        pen_head_right(pen, area.row, area.column, area.width - 2, "Enter = more");
}

static void draw_all(struct pen *pen, const struct layout *layout)
{
    int width = pen->cells->width;
    bool is_question_alone = layout->is_bare && pen->cells->height == 1 && view_has_message(pen);
    if (!is_question_alone)
        view_draw_header(pen, width);
    view_draw_finding(pen, layout->finding);
    if (view_pane_is_over(pen, layout)) {
        draw_pane(pen, layout, layout->body);
    } else {
        struct layout seen = *layout;
        seen.pool = uncovered(layout, layout->pool);
        seen.table = uncovered(layout, layout->table);
        view_draw_pool(pen, &seen);
        view_draw_table(pen, &seen);
        view_draw_strip(pen, uncovered(layout, layout->events));
        if (pen->model)
            draw_side(pen, layout);
    }
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

size_t view_scroll_max(const struct view *view, int width, int height)
{
    struct cells nothing = {.width = width, .height = height};
    struct pen pen = view_pen(view, &nothing);
    struct layout layout;
    view_layout(&pen, width, height, &layout);
    if (!view_pane_is_over(&pen, &layout) && !view_pane_is_beside(&pen, &layout))
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
    if (!view_pane_is_over(&pen, &layout) && !view_pane_is_beside(&pen, &layout))
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
    view_layout(&pen, width, height, &layout);
    draw_all(&pen, &layout);
    return pen.next_ms;
}
