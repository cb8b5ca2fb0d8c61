#include "tui/view_parts.h"

/* Where everything stands: sizes that fit what there is to show, and what the operator enlarged. */
enum {
    BARE_WIDTH = 40, /* less than this: the first line and the last */
    BARE_HEIGHT = 8,
    TITLED_HEIGHT = 12,
    TWO_LINES_HEIGHT = 10, /* message and keys on lines of their own */
    SIDE_LEAST = 48,       /* a whole session id has room */
    SIDE_MOST = 64,
    STRIP_LEAST = 3, /* title, an event, one more: less is no pane to be in */
};

static int least(int a, int b)
{
    return a < b ? a : b;
}

static int largest(int a, int b)
{
    return a > b ? a : b;
}

static enum ui_size size_of(const struct pen *pen, enum ui_mode pane)
{
    return pen->view->ui->sizes[pane];
}

enum ui_mode view_mode(const struct pen *pen)
{
    return ui_body(pen->view->ui);
}

/* Something may stand beside pool and table; not over a slow line. */
static bool is_wide(const struct pen *pen, int width)
{
    return width >= UI_SIDE_WIDTH && !pen->view->is_slow;
}

/* The pane of findings stands beside the table, if it is open. */
static bool has_side(const struct pen *pen, int width)
{
    return is_wide(pen, width) && size_of(pen, UI_FINDINGS) != UI_FULL;
}

/* Findings are listed in the body, with all others. */
static bool are_listed(const struct pen *pen, int width)
{
    return pen->model && view_mode(pen) == UI_FINDINGS && !has_side(pen, width);
}

static int lines_of_finding(const struct pen *pen, int width, int height)
{
    enum { SHORT = 16, TALL = 24, MOST = 3 };
    struct cells nothing = {.width = width, .ascii = pen->cells->ascii};
    struct pen measuring = view_pen(pen->view, &nothing);
    struct line line;
    enum role role;
    int pressure = view_pressure_width(pen, width);
    if (are_listed(pen, width) || !view_finding(pen, &line, &role))
        return pressure > 0;
    struct flow flow = {.pen = &measuring, .area = {0, 0, width - 1 - pressure, INT16_MAX}};
    flow_text(&flow, 3, role, line_str(&line));
    return least(flow.line, height < SHORT ? 1 : height < TALL ? MOST - 1 : MOST);
}

int view_finding_lines(const struct view *view, int width, int height)
{
    struct cells nothing = {.width = width, .height = height};
    struct pen pen = view_pen(view, &nothing);
    return view_is_bare(width, height) ? 0 : lines_of_finding(&pen, width, height);
}

/* With those that it has not needed for so short a time that rows are not to move yet. */
static int finding_height(struct pen *pen, int width, int height)
{
    const struct finding_place *place = &pen->view->ui->finding_place;
    int lines = lines_of_finding(pen, width, height);
    bool is_held = place->width == width && place->height == height && place->lines > lines;
    if (!is_held || are_listed(pen, width))
        return lines;
    if (place->until_ms > pen->view->now_ms)
        pen_changes_in(pen, place->until_ms - pen->view->now_ms);
    return place->lines;
}

static void lay_bare(const struct pen *pen, int width, int height, struct layout *layout)
{
    layout->is_bare = true;
    layout->pool_form = view_pool_form(pen, width, height);
    layout->message = (struct area){height - 1, 0, width, 1};
    layout->keys = layout->message;
    layout->keys.height = 0;
    if (height > 2 && pen->model)
        layout->pool = (struct area){1, 0, width, height - 2};
    layout->finding = layout->message;
    layout->finding.height = height > 1 && !view_has_message(pen);
}

bool view_is_bare(int width, int height)
{
    return width < BARE_WIDTH || height < BARE_HEIGHT;
}

static bool fills_all(const struct pen *pen, enum ui_mode pane)
{
    return ui_base(pen->view->ui) == pane && size_of(pen, pane) == UI_FULL;
}

/* Pool above table; `beside`: lines that what stands beside the pool wants, too. */
static void stack(const struct pen *pen, struct area area, int beside, struct layout *layout)
{
    int screen = pen->cells->height;
    int table_least = layout->has_titles ? 3 : 2;
    int wanted = largest(view_pool_height(pen, area.width, screen, layout), beside);
    if (size_of(pen, UI_POOL) >= UI_HALF)
        wanted = largest(wanted, area.height / 2);
    int pool = least(wanted, largest(area.height - table_least, 0));
    layout->pool = (struct area){area.row, area.column, area.width, pool};
    layout->table = (struct area){area.row + pool, area.column, area.width, area.height - pool};
}

static int side_width(int width)
{
    return least(largest(width / 3, SIDE_LEAST), SIDE_MOST);
}

/* The body between the first lines and the last ones: pool above table. In a wide screen a pane
 * that is open stands beside both of them; else the detail beside the pool, so that the table has
 * whole lines, which terminals can scroll. */
static void lay_body(const struct pen *pen, struct area body, struct layout *layout)
{
    bool has_room = is_wide(pen, body.width);
    bool is_open = view_pane_is_narrow(pen);
    int side = side_width(body.width);
    struct area left = body;
    if (has_room)
        left.width -= side + 1;
    layout->pool_form = view_pool_form(pen, left.width, pen->cells->height);
    stack(pen, left, has_room && !is_open ? VIEW_SIDE_LINES : 0, layout);
    if (!has_room)
        return;
    layout->detail = (struct area){body.row, body.column + left.width + 1, side,
                                   is_open ? body.height : layout->pool.height};
    if (!is_open)
        layout->table.width = body.width;
}

/* Why the newest fallback is one, at the right of the last events. */
static void lay_why(const struct pen *pen, struct layout *layout)
{
    enum { LEAST = 5 };
    struct area *events = &layout->events;
    int side = side_width(events->width);
    if (!is_wide(pen, events->width) || !pen->view->ui->has_side_why || events->height < LEAST ||
        view_pane_is_narrow(pen))
        return;
    events->width -= side + 1;
    layout->why = (struct area){events->row, events->width + 1, side, events->height};
}

/* Lines of the events below the table, title included. */
static int strip_height(const struct pen *pen, int height, int body)
{
    int usual = view_strip_height(pen, height);
    if (size_of(pen, UI_EVENTS) == UI_SMALL || size_of(pen, UI_NORMAL) >= UI_HALF)
        return 0;
    if (size_of(pen, UI_EVENTS) < UI_HALF || !view_knows_events(pen))
        return usual;
    return largest(usual, body / 2 >= STRIP_LEAST ? body / 2 : 0);
}

static void lay_panes(const struct pen *pen, int height, struct layout *layout)
{
    struct area upper = layout->body;
    if (fills_all(pen, UI_POOL) || fills_all(pen, UI_NORMAL)) {
        layout->pool_form = POOL_LINES;
        *(fills_all(pen, UI_POOL) ? &layout->pool : &layout->table) = layout->body;
        return;
    }
    upper.height -= strip_height(pen, height, upper.height);
    layout->events =
        (struct area){upper.row + upper.height, 0, upper.width, layout->body.height - upper.height};
    lay_why(pen, layout);
    lay_body(pen, upper, layout);
}

static void lay_out(struct pen *pen, int width, int height, struct layout *ret_layout)
{
    *ret_layout = (struct layout){.is_bare = false};
    if (view_is_bare(width, height)) {
        lay_bare(pen, width, height, ret_layout);
        return;
    }
    int bottom = height >= TWO_LINES_HEIGHT ? 2 : 1;
    int finding = finding_height(pen, width, height);
    ret_layout->has_titles = height >= TITLED_HEIGHT;
    ret_layout->finding = (struct area){1, 0, width, finding};
    ret_layout->message = (struct area){height - bottom, 0, width, 1};
    ret_layout->keys = (struct area){height - 1, 0, width, 1};
    ret_layout->body = (struct area){1 + finding, 0, width, height - bottom - 1 - finding};
    lay_panes(pen, height, ret_layout);
}

/* On a line that is also for messages the keys have what is left. */
static void lay_keys(const struct pen *pen, struct layout *layout)
{
    struct area *keys = &layout->keys;
    if (keys->row != layout->message.row)
        return;
    int words = view_untitled_width(pen, layout);
    int taken = view_has_message(pen) ? keys->width : words > 0 ? words + 1 : 0;
    keys->column += taken;
    keys->width = largest(0, keys->width - taken);
    keys->height = keys->width > 0 ? keys->height : 0;
}

/* A message leaves the row under the cursor in sight: app_fit() sees to it that it is there. */
static void leave_a_row(const struct pen *pen, struct layout *layout)
{
    enum ui_mode mode = pen->view->ui->mode;
    int below = layout->table.row + layout->has_titles + 2;
    bool is_seen = layout->table.height > 1 + layout->has_titles && !view_pane_is_over(pen, layout);
    if (is_seen && mode != UI_CONFIRM && mode != UI_LINE)
        layout->covered_row = largest(layout->covered_row, least(below, layout->message.row));
}

void view_layout(struct pen *pen, int width, int height, struct layout *ret_layout)
{
    lay_out(pen, width, height, ret_layout);
    lay_keys(pen, ret_layout);
    int lines = view_message_lines(pen, width);
    ret_layout->covered_row = ret_layout->message.row + 1 - (lines > 0 ? lines : 1);
    leave_a_row(pen, ret_layout);
}

bool view_events_are_in_strip(const struct pen *pen, const struct layout *layout)
{
    return view_mode(pen) == UI_EVENTS && layout->events.height >= STRIP_LEAST &&
           size_of(pen, UI_EVENTS) != UI_FULL;
}
