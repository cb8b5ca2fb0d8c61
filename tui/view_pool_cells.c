#include "tui/view_parts.h"

#include <stdio.h>

/* The pool where there is no room for a line a slot: "1a 2i 3! 4. 5X Fa". */
enum { MARGIN = 1, LABEL_MOST = 6, FULL_LEAST_HEIGHT = 16, REASON_MOST = 4 };

static char letter_of_slot(enum slot_view view)
{
    switch (view) {
    case SLOT_FREE:
        return '.';
    case SLOT_ACTIVE:
        return 'a';
    case SLOT_RUNNING:
        return 'r';
    case SLOT_IDLE:
        return 'i';
    case SLOT_OVERDUE:
        return '!';
    case SLOT_GHOST:
        return 'g';
    case SLOT_SHARED:
        return 'S';
    case SLOT_DOUBLE:
        break;
    }
    return 'X';
}

/* Cells after one another, each a label and a letter, on as many rows as the area has. */
struct strip {
    struct pen *pen;
    struct area area;
    int row, column;
    bool is_last_row_reserved; /* for "+12 more" */
};

enum { MORE_WIDTH = 10 };

static int strip_width(const struct strip *strip, struct str label)
{
    int width = (int)text_width(label, strip->pen->cells->ascii);
    return (width < LABEL_MOST ? width : LABEL_MOST) + 1;
}

/* Moves to where a cell of this width fits; false when the area is full. */
static bool strip_make_room(struct strip *strip, int width)
{
    int end = strip->area.column + strip->area.width - MARGIN;
    if (strip->column + width > end) {
        strip->row++;
        strip->column = strip->area.column + MARGIN;
    }
    bool is_last = strip->row == strip->area.row + strip->area.height - 1;
    int kept = is_last && strip->is_last_row_reserved ? MORE_WIDTH : 0;
    return strip->row < strip->area.row + strip->area.height && strip->column + width + kept <= end;
}

static bool strip_add(struct strip *strip, struct str label, enum role role, char letter)
{
    int width = strip_width(strip, label);
    if (!strip_make_room(strip, width))
        return false;
    struct cells *cells = strip->pen->cells;
    int column = strip->column;
    column += cells_text(cells, strip->row, column, width - 1, role, label);
    cells_text(cells, strip->row, column, 1, role, (struct str){&letter, 1});
    strip->column += width + 1;
    return true;
}

static char letter_of_fallback(const struct pen *pen, size_t index)
{
    enum session_view view = model_view(pen->model, index);
    if (view == VIEW_OVERDUE)
        return '!';
    if (view == VIEW_GHOST)
        return 'g';
    if (model_run(pen->model, index).is_running)
        return 'r';
    return pen_entry(pen, index)->state == STATE_ACTIVE ? 'a' : 'i';
}

/* Draws slots, then fallbacks; returns how many of them found room. */
static size_t fill(struct strip *strip)
{
    struct pen *pen = strip->pen;
    const struct model *model = pen->model;
    size_t done = 0;
    for (size_t i = 0; i < model->slot_count; i++, done++) {
        const struct slot *slot = &model->slots[i];
        if (!strip_add(strip, slot->label, view_role_of_slot(slot->view),
                       letter_of_slot(slot->view)))
            return done;
    }
    for (size_t i = 0; i < view_fallbacks_shown(pen); i++, done++) {
        char letter = letter_of_fallback(pen, model->fallbacks[i]);
        if (!strip_add(strip, STR("F"), ROLE_FALLBACK, letter))
            return done;
    }
    return done;
}

static struct strip strip_in(struct pen *pen, struct area area)
{
    return (struct strip){
        .pen = pen, .area = area, .row = area.row, .column = area.column + MARGIN};
}

static void draw_cells(struct pen *pen, struct area area)
{
    const struct model *model = pen->model;
    size_t count = model->slot_count + view_fallbacks_shown(pen);
    struct cells nothing = {
        .width = pen->cells->width, .height = pen->cells->height, .ascii = pen->cells->ascii};
    struct pen measuring = view_pen(pen->view, &nothing);
    struct strip trial = strip_in(&measuring, area);
    struct strip strip = strip_in(pen, area);
    strip.is_last_row_reserved = fill(&trial) < count;
    size_t done = fill(&strip);
    if (done < count)
        cells_printf(pen->cells, area.row + area.height - 1, strip.column, MORE_WIDTH, ROLE_DIM,
                     "+%zu more", count - done);
}

/* Rows that all cells take. */
static int rows_of_cells(const struct pen *pen, int width)
{
    struct cells nothing = {.width = width, .height = INT16_MAX, .ascii = pen->cells->ascii};
    struct pen measuring = view_pen(pen->view, &nothing);
    struct strip strip = strip_in(&measuring, (struct area){0, 0, width, INT16_MAX});
    (void)fill(&strip);
    return strip.row + 1;
}

/* ---- a pool without slots ---- */

static int at_most(int value, int limit)
{
    return value < limit ? value : limit;
}

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
    area.width -= MARGIN;
    area.height = at_most(area.height, REASON_MOST);
    struct flow flow = {.pen = pen, .area = area, .is_cut_last = true};
    flow_text(&flow, MARGIN + 1, role, line_str(&line));
    return flow.line;
}

static int rows_of_reason(const struct pen *pen, int width)
{
    struct cells nothing = {.width = width, .height = REASON_MOST, .ascii = pen->cells->ascii};
    struct pen measuring = view_pen(pen->view, &nothing);
    return view_draw_pool_reason(&measuring, (struct area){0, 0, width, REASON_MOST});
}

/* ---- both forms ---- */

bool view_pool_is_cells(const struct pen *pen, int height)
{
    return !pen->model || height < FULL_LEAST_HEIGHT || pen->model->slot_count > (size_t)height / 2;
}

int view_pool_height(const struct pen *pen, int width, int height, const struct layout *layout)
{
    if (!pen->model)
        return 0;
    int title = layout->has_titles ? 1 : 0;
    int most = height / 3 > 1 ? height / 3 : 1;
    size_t slots = pen->model->slot_count;
    size_t fallbacks = view_fallbacks_shown(pen);
    if (slots == 0 && (layout->pool_is_cells || fallbacks == 0))
        return title + at_most(rows_of_reason(pen, width), most);
    if (layout->pool_is_cells)
        return title + at_most(rows_of_cells(pen, width), most);
    int fallback_most = height / 6 > 2 ? height / 6 : 2;
    int shown = fallbacks < (size_t)fallback_most ? (int)fallbacks : fallback_most;
    int reason = slots == 0 ? rows_of_reason(pen, width) : 0;
    return title + reason + (int)slots + shown;
}

/* What the letters mean, of those that are there. Returns the columns it takes. */
static int draw_legend(struct pen *pen, struct area area, int column)
{
    static const enum slot_view order[] = {SLOT_RUNNING, SLOT_ACTIVE, SLOT_IDLE,   SLOT_OVERDUE,
                                           SLOT_FREE,    SLOT_GHOST,  SLOT_SHARED, SLOT_DOUBLE};
    unsigned seen = 0;
    int start = column;
    for (size_t i = 0; i < pen->model->slot_count; i++)
        seen |= 1U << pen->model->slots[i].view;
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        char letter = letter_of_slot(order[i]);
        const char *name = slot_view_name(order[i]);
        if (!(seen >> order[i] & 1))
            continue;
        cells_text(pen->cells, area.row, column, 1, ROLE_RULE, STR(" "));
        cells_text(pen->cells, area.row, column + 1, 1, view_role_of_slot(order[i]),
                   (struct str){&letter, 1});
        (void)cells_printf(pen->cells, area.row, column + 2, area.width, ROLE_COLUMN, " %s ", name);
        column += (int)str_of(name).len + 4;
    }
    return column - start;
}

static void draw_title(struct pen *pen, struct area area)
{
    struct line title = {.len = 0};
    struct cells nothing = {.width = pen->cells->width, .ascii = pen->cells->ascii};
    struct pen measuring = view_pen(pen->view, &nothing);
    if (view_is_retired(pen))
        line_add(&title, STR("Pool retired"));
    else
        line_addf(&title, "Pool of %zu", pen->model->counts.slots);
    int column = pen_title(pen, area, line_str(&title)) + 2;
    int width = draw_legend(&measuring, area, 0);
    if (area.column + area.width - column >= width)
        (void)draw_legend(pen, area, area.column + area.width - width);
}

void view_draw_pool(struct pen *pen, const struct layout *layout)
{
    struct area area = layout->pool;
    if (area.height < 1 || !pen->model)
        return;
    if (!layout->pool_is_cells) {
        view_draw_pool_lines(pen, area);
        return;
    }
    if (layout->has_titles) {
        draw_title(pen, area);
        area.row++;
        area.height--;
    }
    if (pen->model->slot_count == 0)
        (void)view_draw_pool_reason(pen, area);
    else
        draw_cells(pen, area);
}
