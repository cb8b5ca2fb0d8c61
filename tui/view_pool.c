#include "tui/view_pool.h"

/* The pool: which form it takes, how high it is, its title. */
enum { FULL_LEAST_HEIGHT = 16, REASON_MOST = 4, MORE_WIDTH = 10, GROUP = 10 };

static int at_most(int value, int limit)
{
    return value < limit ? value : limit;
}

/* ---- a pool without slots ---- */

int view_draw_pool_reason(struct pen *pen, struct area area)
{
    struct line line = {.len = 0};
    const struct finding *finding = view_pool_finding(pen);
    enum role role = ROLE_WARNING;
    if (!finding) {
        line_add(&line, STR("Pool of 0: no slots here; every chat runs on the workspace agent."));
    } else {
        role = finding->severity == SEVERITY_ERROR     ? ROLE_ERROR
               : finding->severity == SEVERITY_WARNING ? ROLE_WARNING
                                                       : ROLE_TEXT;
        line_add(&line, finding->message);
        line_add(&line, STR(" "));
        line_add(&line, finding->remedy);
    }
    area.width -= POOL_MARGIN;
    area.height = at_most(area.height, REASON_MOST);
    struct flow flow = {.pen = pen, .area = area, .is_cut_last = true};
    flow_text(&flow, POOL_MARGIN + 1, role, line_str(&line));
    return flow.line;
}

static int rows_of_reason(const struct pen *pen, int width)
{
    struct cells nothing = {.width = width, .height = REASON_MOST, .ascii = pen->cells->ascii};
    struct pen measuring = view_pen(pen->view, &nothing);
    return view_draw_pool_reason(&measuring, (struct area){0, 0, width, REASON_MOST});
}

/* ---- how the items stand ---- */

static int label_width(const struct pen *pen)
{
    int widest = 1;
    for (size_t i = 0; i < pen->model->slot_count; i++) {
        int width = (int)text_width(pen->model->slots[i].label, pen->cells->ascii);
        widest = width > widest ? width : widest;
    }
    return at_most(widest, POOL_LABEL_MOST);
}

/* Items that a row of this width has room for. */
static size_t items_of_row(enum pool_form form, int width, int label)
{
    if (form == POOL_LINES)
        return 1;
    int room = form == POOL_CELLS ? (width - POOL_MARGIN) / (label + 2)
                                  : (width - POOL_MARGIN - label - 1) / (GROUP + 1) * GROUP;
    return room > 0 ? (size_t)room : 1;
}

static size_t rows_for(size_t count, size_t per_row)
{
    return (count + per_row - 1) / per_row;
}

size_t view_pool_rows_all(const struct pen *pen, int width, enum pool_form form)
{
    return rows_for(pool_item_count(pen->model), items_of_row(form, width, label_width(pen)));
}

/* Room for "+12 more": a line of its own under lines, else at the right of the cells. */
static void make_room_for_more(struct pool_grid *grid, struct area area)
{
    if (grid->form == POOL_LINES && grid->rows > 1)
        grid->rows--;
    else if (grid->form != POOL_LINES)
        grid->per_row = items_of_row(grid->form, area.width - MORE_WIDTH, grid->label_width);
    grid->rows_all = rows_for(grid->count, grid->per_row);
}

static size_t top_of(const struct pen *pen, const struct pool_grid *grid)
{
    size_t last = grid->rows_all > grid->rows ? grid->rows_all - grid->rows : 0;
    size_t top = ui_base(pen->view->ui) == UI_POOL ? pen->view->ui->pool.top : 0;
    return top < last ? top : last;
}

struct pool_grid view_pool_grid(const struct pen *pen, struct area area, enum pool_form form)
{
    struct pool_grid grid = {.form = form,
                             .count = pool_item_count(pen->model),
                             .rows = area.height > 0 ? (size_t)area.height : 0,
                             .label_width = label_width(pen)};
    grid.per_row = items_of_row(form, area.width, grid.label_width);
    grid.rows_all = rows_for(grid.count, grid.per_row);
    if (grid.rows_all > grid.rows)
        make_room_for_more(&grid, area);
    grid.top = top_of(pen, &grid);
    size_t before = grid.top * grid.per_row;
    size_t room = grid.rows * grid.per_row;
    size_t left = grid.count > before ? grid.count - before : 0;
    grid.hidden = grid.count - (left < room ? left : room);
    return grid;
}

size_t view_pool_cursor(const struct pen *pen)
{
    const struct ui *ui = pen->view->ui;
    return ui_base(ui) == UI_POOL ? ui->pool.at : SIZE_MAX;
}

/* ---- its place in the layout ---- */

static int rows_most(int height)
{
    return height / 3 > 1 ? height / 3 : 1;
}

static enum pool_form small_form(const struct pen *pen, int width, int most)
{
    return view_pool_rows_all(pen, width, POOL_CELLS) <= (size_t)most ? POOL_CELLS : POOL_MAP;
}

enum pool_form view_pool_form(const struct pen *pen, int width, int height)
{
    enum ui_size size = pen->view->ui->sizes[UI_POOL];
    if (!pen->model)
        return POOL_CELLS;
    bool fits = height >= FULL_LEAST_HEIGHT && pen->model->slot_count <= (size_t)height / 2;
    bool is_large = size >= UI_HALF && !view_is_bare(width, height);
    if (is_large || (size == UI_USUAL && fits))
        return POOL_LINES;
    return small_form(pen, width, rows_most(height));
}

/* Slots, and some of the fallbacks. */
static int height_of_lines(const struct pen *pen, int height)
{
    size_t slots = pen->model->slot_count;
    size_t fallbacks = pool_fallback_count(pen->model);
    int fallback_most = height / 6 > 2 ? height / 6 : 2;
    int shown = fallbacks < (size_t)fallback_most ? (int)fallbacks : fallback_most;
    return (int)(slots < (size_t)height ? slots : (size_t)height) + shown;
}

int view_pool_height(const struct pen *pen, int width, int height, const struct layout *layout)
{
    if (!pen->model)
        return 0;
    int title = layout->has_titles ? 1 : 0;
    int reason = pen->model->slot_count == 0 ? rows_of_reason(pen, width) : 0;
    if (reason > 0 && (layout->pool_form != POOL_LINES || pool_item_count(pen->model) == 0))
        return title + at_most(reason, rows_most(height));
    if (layout->pool_form == POOL_LINES)
        return title + reason + height_of_lines(pen, height) +
               (title && pen->view->ui->has_lanes ? 1 : 0);
    size_t rows = view_pool_rows_all(pen, width, layout->pool_form);
    int most = rows_most(height);
    return title + (rows < (size_t)most ? (int)rows : most);
}

/* ---- drawing ---- */

/* "slot 37: OVERDUE, 9f2c11d0 New Chat": what the cells have no room for. */
static void add_cursor(const struct pen *pen, struct line *line)
{
    size_t place = view_pool_cursor(pen);
    const struct model *model = pen->model;
    if (place >= pool_item_count(model))
        return;
    const struct slot *slot = pool_item_slot(model, place);
    size_t row = pool_item_row(model, place);
    if (slot) {
        line_add(line, STR(": slot "));
        line_add(line, slot->label);
        line_addf(line, " %s", pen_slot_name(pen, slot->view));
    } else {
        line_addf(line, ": %s", session_view_name(pen_view_of(pen, row)));
    }
    if (row == SIZE_MAX)
        return;
    line_add(line, STR(", "));
    line_add(line, pen_id(pen, row, 0));
    line_add(line, model_title(model, row).len > 0 ? STR(" ") : STR(""));
    line_add(line, model_title(model, row));
}

static void draw_title(struct pen *pen, struct area area, enum pool_form form)
{
    struct line title = {.len = 0};
    if (view_is_retired(pen))
        line_add(&title, STR("1 Pool retired"));
    else
        line_addf(&title, "1 Pool of %zu", pen->model->counts.slots);
    if (form == POOL_LINES && pen->view->ui->has_lanes)
        line_add(&title, STR(", 60 min"));
    if (form != POOL_LINES)
        add_cursor(pen, &title);
    int column = pen_title(pen, area, line_str(&title)) + 2;
    if (form != POOL_LINES)
        view_draw_pool_legend(pen, area, column);
    else if (pen->view->ui->has_lanes)
        view_draw_lane_legend(pen, area, column);
    else if (pool_item_count(pen->model) > 0)
        view_draw_pool_heads(pen, area);
}

/* The swimlane has its times of day above it, where panes have titles. */
static bool has_axis(const struct pen *pen, const struct layout *layout)
{
    return pen->view->ui->has_lanes && layout->pool_form == POOL_LINES && layout->has_titles;
}

void view_draw_pool(struct pen *pen, const struct layout *layout)
{
    struct area area = layout->pool;
    if (area.height < 1 || !pen->model)
        return;
    if (layout->has_titles) {
        draw_title(pen, area, layout->pool_form);
        area.row++;
        area.height--;
    }
    if (pen->model->slot_count == 0) {
        int used = view_draw_pool_reason(pen, area);
        area.row += used;
        area.height -= used;
        if (layout->pool_form != POOL_LINES)
            return;
    }
    if (has_axis(pen, layout)) {
        view_draw_pool_axis(pen, area);
        area.row++;
        area.height--;
    }
    struct pool_grid grid = view_pool_grid(pen, area, layout->pool_form);
    if (layout->pool_form == POOL_LINES)
        view_draw_pool_lines(pen, area, &grid);
    else
        view_draw_pool_cells(pen, area, &grid);
}

struct view_grid view_pool_window(const struct view *view, int width, int height)
{
    struct cells nothing = {.width = width, .height = height};
    struct pen pen = view_pen(view, &nothing);
    struct layout layout;
    struct view_grid window = {.per_row = 1};
    view_layout(&pen, width, height, &layout);
    if (!pen.model || layout.pool.height < 1 || pool_item_count(pen.model) == 0)
        return window;
    struct area area = layout.pool;
    area.height -= layout.has_titles + has_axis(&pen, &layout);
    if (pen.model->slot_count == 0)
        area.height -= rows_of_reason(&pen, area.width);
    if (pen.model->slot_count == 0 && layout.pool_form != POOL_LINES)
        return window;
    struct pool_grid grid = view_pool_grid(&pen, area, layout.pool_form);
    return (struct view_grid){.per_row = grid.per_row, .rows = grid.rows};
}

bool view_fits_lanes(const struct view *view, int width, int height)
{
    struct cells nothing = {.width = width, .height = height};
    struct pen pen = view_pen(view, &nothing);
    struct layout layout;
    view_layout(&pen, width, height, &layout);
    return pen.model && layout.pool_form == POOL_LINES && !layout.is_bare &&
           view_lane_width(&pen, layout.table.width > 0 ? layout.table : layout.pool) > 0;
}
