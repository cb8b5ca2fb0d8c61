#include "tui/view_pool.h"

/* The pool where there is no room for a line a slot: "1a 2i 3! 4. 5X Fa", or a letter a slot in
 * groups of ten, each row headed by the label of its first. */
enum { GROUP = 10 };

static char letter_of_slot(const struct pen *pen, enum slot_view view)
{
    switch (view) {
    case SLOT_FREE:
        return view_is_unknown(pen) ? '?' : '.';
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

/* An item as cells show it. */
struct sign {
    struct str label;
    char letter;
    enum role role;
};

static struct sign sign_of(const struct pen *pen, size_t place)
{
    const struct slot *slot = pool_item_slot(pen->model, place);
    if (slot)
        return (struct sign){slot->label, letter_of_slot(pen, slot->view),
                             slot->view == SLOT_FREE ? ROLE_DIM : view_role_of_slot(slot->view)};
    size_t row = pool_item_row(pen->model, place);
    return (struct sign){STR("F"), letter_of_fallback(pen, row), ROLE_FALLBACK};
}

static void draw_letter(struct pen *pen, int row, int column, enum role role, char letter)
{
    cells_text(pen->cells, row, column, 1, role, (struct str){&letter, 1});
}

/* " 1a", under the cursor ">1a" */
static void draw_cell(struct pen *pen, int row, int column, const struct pool_grid *grid,
                      size_t place)
{
    struct sign sign = sign_of(pen, place);
    int letter = column + POOL_MARGIN + grid->label_width;
    cells_right(pen->cells, row, column + POOL_MARGIN, grid->label_width, sign.role, sign.label);
    draw_letter(pen, row, letter, sign.role, sign.letter);
    if (place != view_pool_cursor(pen))
        return;
    draw_letter(pen, row, column, ROLE_TEXT, '>');
    cells_mark_row(pen->cells, row, column, letter + 1 - column);
}

static int map_column(const struct area *area, const struct pool_grid *grid, size_t in_row)
{
    return area->column + POOL_MARGIN + grid->label_width + 1 + (int)(in_row + in_row / GROUP);
}

/* A fallback has no label here: F tells it from slots. The sign of the cursor stands before its
 * letter, and what is behind makes room for it. */
static void draw_spot(struct pen *pen, int row, int column, size_t place)
{
    size_t cursor = view_pool_cursor(pen);
    struct sign sign = sign_of(pen, place);
    bool is_slot = pool_item_slot(pen->model, place);
    draw_letter(pen, row, column, sign.role, is_slot ? sign.letter : 'F');
    if (place != cursor)
        return;
    draw_letter(pen, row, column - 1, ROLE_TEXT, '>');
    cells_mark_row(pen->cells, row, column - 1, 2);
}

static void draw_row(struct pen *pen, struct area area, const struct pool_grid *grid, size_t row)
{
    size_t first = (grid->top + row) * grid->per_row;
    int grid_row = area.row + (int)row;
    size_t shift = view_pool_cursor(pen); /* what is from here on makes room for its sign */
    if (shift < first)
        shift = SIZE_MAX;
    if (grid->form == POOL_MAP && first < grid->count)
        cells_right(pen->cells, grid_row, area.column + POOL_MARGIN, grid->label_width, ROLE_COLUMN,
                    sign_of(pen, first).label);
    for (size_t i = 0; i < grid->per_row && first + i < grid->count; i++) {
        if (grid->form == POOL_MAP)
            draw_spot(pen, grid_row, map_column(&area, grid, i) + (shift <= first + i), first + i);
        else
            draw_cell(pen, grid_row, area.column + (int)i * (grid->label_width + 2), grid,
                      first + i);
    }
}

void view_draw_pool_cells(struct pen *pen, struct area area, const struct pool_grid *grid)
{
    struct line more = {.len = 0};
    for (size_t row = 0; row < grid->rows; row++)
        draw_row(pen, area, grid, row);
    if (grid->hidden == 0)
        return;
    line_addf(&more, "+%zu more", grid->hidden);
    cells_right(pen->cells, area.row + area.height - 1, area.column, area.width - POOL_MARGIN,
                ROLE_DIM, line_str(&more));
}

/* Returns the columns it takes. */
static int draw_legend(struct pen *pen, struct area area, int column)
{
    static const enum slot_view order[] = {SLOT_RUNNING, SLOT_ACTIVE, SLOT_IDLE,   SLOT_OVERDUE,
                                           SLOT_FREE,    SLOT_GHOST,  SLOT_SHARED, SLOT_DOUBLE};
    unsigned seen = 0;
    int start = column;
    for (size_t i = 0; i < pen->model->slot_count; i++)
        seen |= 1U << pen->model->slots[i].view;
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        const char *name = pen_slot_name(pen, order[i]);
        if (!(seen >> order[i] & 1))
            continue;
        cells_text(pen->cells, area.row, column, 1, ROLE_RULE, STR(" "));
        draw_letter(pen, area.row, column + 1, view_role_of_slot(order[i]),
                    letter_of_slot(pen, order[i]));
        (void)cells_printf(pen->cells, area.row, column + 2, area.width, ROLE_COLUMN, " %s ", name);
        column += (int)str_of(name).len + 4;
    }
    return column - start;
}

void view_draw_pool_legend(struct pen *pen, struct area area, int column)
{
    struct cells nothing = {.width = pen->cells->width, .ascii = pen->cells->ascii};
    struct pen measuring = view_pen(pen->view, &nothing);
    int width = draw_legend(&measuring, area, 0);
    if (area.column + area.width - column >= width)
        (void)draw_legend(pen, area, area.column + area.width - width);
}
