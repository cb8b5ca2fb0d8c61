#include "tui/view_parts.h"

#include "tui/key.h"

/* The key bar: what can be pressed now. */
enum { MARGIN = 1, LABEL_GAP = 1, ITEM_GAP = 2, NARROW = 60 };

struct hint {
    const char *key;
    const char *label;
};

static int hint_width(struct hint hint, bool ascii)
{
    return (int)text_width(str_of(hint.key), ascii) + LABEL_GAP +
           (int)text_width(str_of(hint.label), ascii);
}

/* The bar as it is drawn, from the left; what of it stands at a column is found on the way. */
struct bar {
    struct pen *pen;
    bool has_session; /* what the session allows belongs into it */
    int row, column, end;
    int gap;
    int wanted;   /* column */
    uint32_t key; /* of the hint there; 0: none */
};

static void draw_hint(struct bar *bar, struct hint hint)
{
    struct cells *cells = bar->pen->cells;
    int width = hint_width(hint, cells->ascii);
    int used = cells_text(cells, bar->row, bar->column, bar->end - bar->column, ROLE_KEY,
                          str_of(hint.key)) +
               LABEL_GAP;
    (void)cells_text(cells, bar->row, bar->column + used, bar->end - bar->column - used, ROLE_TEXT,
                     str_of(hint.label));
    if (bar->wanted >= bar->column && bar->wanted < bar->column + width)
        bar->key = key_by_name(str_of(hint.key));
    bar->column += width + bar->gap;
}

static void draw_hints(struct bar *bar, const struct hint *hints, size_t count)
{
    for (size_t i = 0; i < count; i++)
        draw_hint(bar, hints[i]);
}

/* Beside the table stands what tells of the session, and what can be done to it. */
static bool has_side(const struct pen *pen, const struct layout *layout)
{
    return pen->model && layout->detail.height > 1 && !view_pane_is_over(pen, layout) &&
           !view_pane_is_beside(pen, layout);
}

static bool is_reading(const struct pen *pen)
{
    enum ui_mode mode = view_mode(pen);
    return mode != UI_NORMAL && mode != UI_FILTER && mode != UI_SEARCH;
}

/* What the keys for up and down do in a pane, and what Enter does. */
static size_t hints_of_pane(const struct pen *pen, struct hint hints[2])
{
    static const struct hint scroll = {"j k", "scroll"}, move = {"j k", "move"};
    enum ui_mode mode = view_mode(pen);
    bool has_cursor =
        mode == UI_FINDINGS || mode == UI_EVENTS || mode == UI_MENU || mode == UI_POOL;
    if (mode == UI_FINDINGS && pen->model && pen->model->finding_count == 0)
        return 0;
    if (mode == UI_EVENTS && pen->view->ui->events.count == 0)
        return 0;
    hints[0] = has_cursor ? move : scroll;
    hints[1] = (struct hint){"Enter", mode == UI_MENU ? "do it" : "go there"};
    return has_cursor ? 2 : is_reading(pen);
}

/* Of no sessions there is no part and no order. */
static bool is_for_none(const struct pen *pen, enum command_id id)
{
    bool is_of_table = id == COMMAND_FILTER || id == COMMAND_SORT_NEXT;
    return is_of_table && view_mode(pen) == UI_NORMAL && pen->model &&
           model_row_count(pen->model) == 0;
}

static bool is_in_bar(const struct pen *pen, const struct command *command)
{
    if (is_for_none(pen, command->id))
        return false;
    if (!(command->flags & COMMAND_IN_BAR) || !view_can(pen, command->id))
        return false;
    if (view_mode(pen) == UI_HELP || view_mode(pen) == UI_MENU)
        return command->id == COMMAND_QUIT ||
               (command->id == COMMAND_FILTER && view_mode(pen) == UI_HELP);
    bool is_of_session =
        view_mode(pen) == UI_FINDINGS || view_mode(pen) == UI_EVENTS || view_mode(pen) == UI_POOL;
    if (is_of_session && command->id == COMMAND_WHY)
        return true;
    if (view_mode(pen) == UI_EVENTS && command->id == COMMAND_FILTER)
        return true;
    if (is_reading(pen))
        return (command->flags & COMMAND_CHANGES) || command->id == COMMAND_HELP ||
               command->id == COMMAND_QUIT;
    return true;
}

static struct hint hint_of(const struct pen *pen, const struct command *command,
                           char name[KEYMAP_LABEL_SIZE])
{
    bool leads_back = command->id == COMMAND_QUIT && is_reading(pen);
    bool searches = command->id == COMMAND_FILTER && view_mode(pen) == UI_HELP;
    return (struct hint){keymap_label(&pen->view->ui->keymap, command->id, name),
                         leads_back ? "back"
                         : searches ? "search"
                                    : command->label};
}

/* Where they stand: first what can always be done, then what comes and goes with the last change;
 * then what the session under the cursor allows, so that a move of the cursor changes nothing but
 * that; the ways out at the right. */
enum part { PART_ALWAYS, PART_UNDO, PART_SESSION, PART_WAY_OUT };

static enum part part_of(const struct command *command)
{
    if (command->id == COMMAND_HELP || command->id == COMMAND_QUIT)
        return PART_WAY_OUT;
    if (command->id == COMMAND_UNDO)
        return PART_UNDO;
    return command->flags & COMMAND_CHANGES && command->flags & COMMAND_NEEDS_SESSION ? PART_SESSION
                                                                                      : PART_ALWAYS;
}

/* Columns of the commands of a part that can be given now, a gap behind each. */
static int width_of_part(const struct bar *bar, enum part part)
{
    char name[KEYMAP_LABEL_SIZE];
    int width = 0;
    for (size_t i = 0; i < command_count; i++) {
        if (part_of(&commands[i]) == part && is_in_bar(bar->pen, &commands[i]))
            width += hint_width(hint_of(bar->pen, &commands[i], name), bar->pen->cells->ascii) +
                     bar->gap;
    }
    return width;
}

/* What a session that holds its slot allows: more than most others do. */
static int width_of_holder(const struct bar *bar)
{
    static const enum command_id ids[] = {COMMAND_IDLE, COMMAND_EXPIRE, COMMAND_RELEASE};
    char name[KEYMAP_LABEL_SIZE];
    int width = 0;
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
        width +=
            hint_width(hint_of(bar->pen, command_by_id(ids[i]), name), bar->pen->cells->ascii) +
            bar->gap;
    return width;
}

/* Draws the commands of a part that find room up to a column, in the order of the table. */
static void draw_part(struct bar *bar, enum part part, int end)
{
    char name[KEYMAP_LABEL_SIZE];
    for (size_t i = 0; i < command_count; i++) {
        if (part_of(&commands[i]) != part || !is_in_bar(bar->pen, &commands[i]))
            continue;
        struct hint hint = hint_of(bar->pen, &commands[i], name);
        if (bar->column + hint_width(hint, bar->pen->cells->ascii) <= end)
            draw_hint(bar, hint);
    }
}

static void draw_commands(struct bar *bar)
{
    struct pen *pen = bar->pen;
    struct hint hints[2];
    bar->gap = bar->end < NARROW ? 1 : ITEM_GAP;
    int ways_out = bar->end + bar->gap - width_of_part(bar, PART_WAY_OUT);
    int session = bar->has_session ? width_of_part(bar, PART_SESSION) : 0;
    if (session > 0 && session < width_of_holder(bar))
        session = width_of_holder(bar);
    draw_hints(bar, hints, hints_of_pane(pen, hints));
    draw_part(bar, PART_ALWAYS, ways_out - bar->gap - session);
    draw_part(bar, PART_UNDO, ways_out - bar->gap - session);
    if (bar->has_session)
        draw_part(bar, PART_SESSION, ways_out - bar->gap);
    bar->column = ways_out;
    draw_part(bar, PART_WAY_OUT, bar->end);
}

static void draw(struct bar *bar)
{
    static const struct hint typing[] = {{"Enter", "keep"}, {"Esc", "clear"}};
    static const struct hint searching[] = {
        {"Enter", "stay"}, {"Esc", "back"}, {"Down", "next"}, {"Up", "previous"}};
    static const struct hint line[] = {
        {"Enter", "do it"}, {"Tab", "complete"}, {"Up", "typed before"}, {"Esc", "leave"}};
    static const struct hint asking[] = {{"y", "yes"}, {"any other key", "no"}};
    switch (bar->pen->view->ui->mode) {
    case UI_FILTER:
        draw_hints(bar, typing, sizeof(typing) / sizeof(typing[0]));
        break;
    case UI_SEARCH:
        draw_hints(bar, searching, sizeof(searching) / sizeof(searching[0]));
        break;
    case UI_LINE:
        draw_hints(bar, line, sizeof(line) / sizeof(line[0]));
        break;
    case UI_CONFIRM:
        draw_hints(bar, asking, sizeof(asking) / sizeof(asking[0]));
        break;
    case UI_NORMAL:
    case UI_HELP:
    case UI_DETAIL:
    case UI_FINDINGS:
    case UI_EVENTS:
    case UI_WHY:
    case UI_MENU:
    case UI_POOL:
    case UI_MODES:
        draw_commands(bar);
        break;
    }
}

static struct bar bar_of(struct pen *pen, const struct layout *layout, int wanted)
{
    struct area area = layout->keys;
    return (struct bar){
        .pen = pen,
        .has_session = !has_side(pen, layout) && !pen->view->is_slow,
        .row = area.row,
        .column = area.column + MARGIN,
        .end = area.column + area.width,
        .gap = ITEM_GAP,
        .wanted = wanted,
    };
}

void view_draw_keys(struct pen *pen, const struct layout *layout)
{
    struct bar bar = bar_of(pen, layout, -1);
    draw(&bar);
}

uint32_t view_key_at(const struct pen *pen, const struct layout *layout, int column)
{
    struct cells nothing = {.width = pen->cells->width, .ascii = pen->cells->ascii};
    struct pen looking = view_pen(pen->view, &nothing);
    struct bar bar = bar_of(&looking, layout, column);
    draw(&bar);
    return bar.key;
}
