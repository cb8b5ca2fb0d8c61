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

static bool is_in_bar(const struct pen *pen, const struct command *command)
{
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

/* What finds room first: the ways out, what changes something, the rest. */
enum rank { RANK_WAY_OUT, RANK_CHANGE, RANK_OTHER, RANK_COUNT };

static enum rank rank_of(const struct command *command)
{
    if (command->id == COMMAND_HELP || command->id == COMMAND_QUIT)
        return RANK_WAY_OUT;
    return command->flags & COMMAND_CHANGES ? RANK_CHANGE : RANK_OTHER;
}

/* The commands that find room, in the order of the table. */
static void choose_commands(const struct pen *pen, int room, int gap, bool chosen[KEYMAP_COMMANDS])
{
    char name[KEYMAP_LABEL_SIZE];
    for (enum rank rank = RANK_WAY_OUT; rank < RANK_COUNT; rank++) {
        for (size_t i = 0; i < command_count; i++) {
            if (rank_of(&commands[i]) != rank || !is_in_bar(pen, &commands[i]))
                continue;
            int width = hint_width(hint_of(pen, &commands[i], name), pen->cells->ascii);
            if (width > room)
                continue;
            chosen[i] = true;
            room -= width + gap;
        }
    }
}

static void draw_commands(struct bar *bar)
{
    struct pen *pen = bar->pen;
    struct hint hints[2];
    char name[KEYMAP_LABEL_SIZE];
    bool chosen[KEYMAP_COMMANDS] = {false};
    bar->gap = bar->end < NARROW ? 1 : ITEM_GAP;
    draw_hints(bar, hints, hints_of_pane(pen, hints));
    choose_commands(pen, bar->end - bar->column, bar->gap, chosen);
    for (size_t i = 0; i < command_count; i++) {
        if (chosen[i])
            draw_hint(bar, hint_of(pen, &commands[i], name));
    }
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

static struct bar bar_in(struct pen *pen, struct area area, int wanted)
{
    return (struct bar){
        .pen = pen,
        .row = area.row,
        .column = area.column + MARGIN,
        .end = area.column + area.width,
        .gap = ITEM_GAP,
        .wanted = wanted,
    };
}

void view_draw_keys(struct pen *pen, struct area area)
{
    struct bar bar = bar_in(pen, area, -1);
    draw(&bar);
}

uint32_t view_key_at(const struct pen *pen, struct area area, int column)
{
    struct cells nothing = {.width = pen->cells->width, .ascii = pen->cells->ascii};
    struct pen looking = view_pen(pen->view, &nothing);
    struct bar bar = bar_in(&looking, area, column);
    draw(&bar);
    return bar.key;
}
