#include "tui/view_parts.h"

enum {
    MARGIN = 1,
    MESSAGE_MOST = 3,    /* lines, where the screen is wide */
    MESSAGE_CELLS = 480, /* so much of a message has room on all others, too */
    ITEM_GAP = 2,
};

/* Whether the rules would do something with the entry, by its state. */
static bool allows(enum command_id id, const struct entry *entry)
{
    bool is_object = entry->shape == ENTRY_OBJECT;
    switch ((unsigned)id) {
    case COMMAND_IDLE:
        return is_object && (entry->state == STATE_ACTIVE || entry->state == STATE_OTHER);
    case COMMAND_EXPIRE:
        return entry_is_live(entry);
    case COMMAND_RELEASE:
        return is_object && entry->state != STATE_DELETED;
    case COMMAND_PURGE:
        return !entry_is_live(entry);
    default:
        return true;
    }
}

bool view_can(const struct pen *pen, enum command_id id)
{
    const struct command *command = command_by_id(id);
    size_t index;
    const struct entry *entry = pen_selected(pen, &index);
    if (pen->view->state->loading.is_on)
        return id == COMMAND_HELP || id == COMMAND_QUIT;
    if (pen->view->is_frozen && (command->flags & COMMAND_CHANGES))
        return false;
    if (id == COMMAND_LIVE)
        return pen->view->is_frozen;
    if (id == COMMAND_RESTORE)
        return !pen->view->read_only && state_can_restore(pen->view->state);
    if ((command->flags & COMMAND_CHANGES) &&
        (pen->view->read_only || pen->view->state->document.state != DOCUMENT_OK))
        return false;
    if (id == COMMAND_UNDO)
        return pen->view->can_undo;
    if (id == COMMAND_TAG)
        return pen->view->rows->count > 0;
    if (id == COMMAND_UNTAG)
        return pen->view->ui->tags.marked > 0;
    if ((command->flags & COMMAND_CHANGES) && ui_acts_on_tags(pen->view->ui))
        return true;
    if (id == COMMAND_MENU || id == COMMAND_WHY || id == COMMAND_DETAIL)
        return entry;
    if (!(command->flags & COMMAND_NEEDS_SESSION))
        return true;
    return entry && !model_is_forgotten(pen->model, index) && allows(id, entry);
}

/* ---- the line above it ---- */

static const struct str answer = {"y = yes, any other key = no",
                                  sizeof("y = yes, any other key = no") - 1};

static enum role role_of_tone(enum ui_tone tone)
{
    static const enum role roles[] = {
        [TONE_NONE] = ROLE_TEXT,
        [TONE_GOOD] = ROLE_GOOD,
        [TONE_WARNING] = ROLE_WARNING,
        [TONE_ERROR] = ROLE_ERROR,
    };
    return roles[tone];
}

static bool is_typing(const struct ui *ui)
{
    return ui->mode == UI_FILTER || ui->mode == UI_SEARCH;
}

bool view_has_message(const struct pen *pen)
{
    const struct ui *ui = pen->view->ui;
    return ui->mode == UI_CONFIRM || is_typing(ui) || ui->mode == UI_LINE || ui->message.len > 0;
}

int view_text_lines(const struct pen *pen, int width, struct str text)
{
    struct cells nothing = {.width = pen->cells->width, .ascii = pen->cells->ascii};
    struct pen measuring = view_pen(pen->view, &nothing);
    struct flow flow = {.pen = &measuring, .area = {0, 0, width, INT16_MAX}};
    flow_text(&flow, 0, ROLE_TEXT, text);
    return flow.line;
}

/* Empties the area's row and so many above it, over what is there, and draws into them. */
static void draw_lines(struct pen *pen, struct area area, int lines, enum role role,
                       struct str text)
{
    struct area inside = {area.row - lines + 1, area.column + MARGIN, area.width - 2 * MARGIN,
                          lines};
    for (int i = 0; i < lines; i++)
        cells_fill(pen->cells, inside.row + i, area.column, area.width, ROLE_TEXT, ' ');
    struct flow flow = {.pen = pen, .area = inside, .is_cut_last = true};
    flow_text(&flow, 0, role, text);
}

static int between(int least, int value, int most)
{
    return value > most ? most : value < least ? least : value;
}

/* How many lines a question may take, and how many another sentence: they grow upwards rather than
 * being cut. Who is asked has to read what the answer comes to, and nothing else. */
static int most_lines(const struct pen *pen)
{
    int height = pen->cells->height;
    int width = pen->cells->width;
    if (pen->view->ui->mode == UI_CONFIRM)
        return between(1, height - 1, height);
    if (pen->view->past_of_ms) /* it stays for as long as the past is looked at */
        return between(1, height / 4, MESSAGE_MOST);
    return between(1, height / 2, between(MESSAGE_MOST, MESSAGE_CELLS / width, MESSAGE_CELLS));
}

/* The question and what answers it; the answer first where there is one line for both. */
static void add_question(const struct pen *pen, struct line *line)
{
    bool is_alone = most_lines(pen) == 1;
    if (is_alone)
        line_add(line, STR("y = yes: "));
    line_add(line, buffer_str(&pen->view->ui->question));
    if (!is_alone) {
        line_add(line, STR("  "));
        line_add(line, answer);
    }
}

int view_message_lines(const struct pen *pen, int width)
{
    const struct ui *ui = pen->view->ui;
    struct line line = {.len = 0};
    if (ui->mode == UI_LINE)
        return view_line_lines(pen);
    if (!view_has_message(pen) || is_typing(ui))
        return view_has_message(pen);
    if (ui->mode == UI_CONFIRM)
        add_question(pen, &line);
    struct str text = ui->mode == UI_CONFIRM ? line_str(&line) : buffer_str(&ui->message);
    return between(1, view_text_lines(pen, width - 2 * MARGIN, text), most_lines(pen));
}

/* However long the question, what answers it is always seen. */
static void draw_question(struct pen *pen, struct area area, int lines)
{
    struct line line = {.len = 0};
    add_question(pen, &line);
    draw_lines(pen, area, lines, ROLE_ASK, line_str(&line));
    if (lines == 1 || view_text_lines(pen, area.width - 2 * MARGIN, line_str(&line)) <= lines)
        return;
    struct area above = area;
    above.row--;
    draw_lines(pen, above, lines - 1, ROLE_ASK, buffer_str(&pen->view->ui->question));
    draw_lines(pen, area, 1, ROLE_ASK, answer);
}

/* What is typed, and how much it finds. */
static struct str add_input(const struct pen *pen, struct line *count)
{
    const struct ui *ui = pen->view->ui;
    const struct rows *rows = pen->view->rows;
    if (ui->mode == UI_SEARCH) {
        if (ui->search.found > 0)
            line_addf(count, "match %zu of %zu", ui->search.place, ui->search.found);
        else if (ui->search.text.len > 0)
            line_addf(count, "no match");
        return buffer_str(&ui->search.text);
    }
    if (ui_filtered(ui) == UI_HELP) /* what it finds stands above it */
        return buffer_str(&ui->help_filter);
    bool is_of_events = ui_filtered(ui) == UI_EVENTS;
    line_addf(count, "%zu of %zu", is_of_events ? ui->events.count : rows->count,
              is_of_events ? ui->events.total : rows->total);
    return buffer_str(is_of_events ? &ui->events.filter : &ui->filter);
}

/* The end of what is typed is what must be seen. */
static void draw_input(struct pen *pen, struct area area)
{
    struct line count = {.len = 0};
    struct cells *cells = pen->cells;
    struct str text = add_input(pen, &count);
    struct str prompt = pen->view->ui->mode == UI_SEARCH ? STR("search: ") : STR("/");
    int room = area.width - 2 * MARGIN - 1 - (int)prompt.len - (int)count.len - ITEM_GAP;
    struct text_state state = {{0}, 0, 0};
    struct glyph glyph;
    while (room > 0 && !text_fits(text, (size_t)room, cells->ascii))
        (void)text_next(&text, cells->ascii, &state, &glyph);
    cells_fill(cells, area.row, area.column, area.width, ROLE_TEXT, ' ');
    int column = area.column + MARGIN;
    column += cells_text(cells, area.row, column, (int)prompt.len, ROLE_KEY, prompt);
    column += cells_text(cells, area.row, column, room, ROLE_TEXT, text);
    cells_text(cells, area.row, column, 1, ROLE_KEY, STR("_"));
    cells_mark_row(cells, area.row, column, 1);
    cells_right(cells, area.row, area.column, area.width - MARGIN, ROLE_DIM, line_str(&count));
}

static void draw_message(struct pen *pen, const struct layout *layout)
{
    const struct ui *ui = pen->view->ui;
    struct area area = layout->message;
    int lines = area.row + 1 - layout->covered_row;
    if (ui->mode == UI_CONFIRM)
        draw_question(pen, area, lines);
    else if (ui->mode == UI_LINE)
        view_draw_line(pen, area);
    else if (is_typing(ui))
        draw_input(pen, area);
    else if (ui->message.len > 0)
        draw_lines(pen, area, lines, role_of_tone(ui->tone), buffer_str(&ui->message));
}

/* Where the table has no title, what it would say of filter and marks is told here. False for
 * nothing. */
static bool add_untitled(const struct pen *pen, const struct layout *layout, struct line *line)
{
    const struct rows *rows = pen->view->rows;
    struct str filter = buffer_str(&pen->view->ui->filter);
    if (layout->has_titles || layout->is_bare)
        return false;
    view_add_marks(pen, line);
    if (filter.len > 0) {
        line_addf(line, " %zu of %zu  Esc clears /", rows->count, rows->total);
        line_add(line, filter);
    }
    return line->len > 0;
}

int view_untitled_width(const struct pen *pen, const struct layout *layout)
{
    struct line untitled = {.len = 0};
    return add_untitled(pen, layout, &untitled)
               ? (int)text_width(line_str(&untitled), pen->cells->ascii)
               : 0;
}

void view_draw_bottom(struct pen *pen, const struct layout *layout)
{
    struct line untitled = {.len = 0};
    if (layout->keys.height > 0)
        view_draw_keys(pen, layout);
    if (view_has_message(pen))
        draw_message(pen, layout);
    else if (add_untitled(pen, layout, &untitled))
        cells_text(pen->cells, layout->message.row, 0, layout->message.width, ROLE_DIM,
                   line_str(&untitled));
}
