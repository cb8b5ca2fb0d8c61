#include "tui/view_parts.h"

/* The line that is typed after ':', and above it what could follow, or what was wrong. */
enum { MARGIN = 1, GAP = 2, LIST_MOST = 8, LIST_SHARE = 3, WORD_MOST = 28, WORD_SHARE = 2 };

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* What a command takes and does, once its name is there. */
static bool add_usage(const struct pen *pen, struct line *line)
{
    const struct command *command = pen->view->ui->prompt.completion.command;
    if (!command)
        return false;
    line_addf(line, "%s %s%s%s", command->name, command->arguments,
              command->arguments[0] ? "  " : " ", command->summary);
    return true;
}

static int list_lines(const struct pen *pen)
{
    const struct line_completion *completion = &pen->view->ui->prompt.completion;
    int room = least(pen->cells->height / LIST_SHARE, LIST_MOST);
    struct line usage = {.len = 0};
    if (pen->view->ui->message.len > 0)
        return least(view_text_lines(pen, pen->cells->width - 2 * MARGIN,
                                     buffer_str(&pen->view->ui->message)),
                     room > 1 ? room : 1);
    if (completion->count == 0)
        return add_usage(pen, &usage);
    return least((int)completion->count, room > 1 ? room : 1);
}

int view_line_lines(const struct pen *pen)
{
    return pen->cells->height > 1 ? 1 + list_lines(pen) : 1;
}

/* The first candidate that is shown, so that the chosen one is. */
static size_t first_shown(const struct prompt *prompt, size_t lines)
{
    if (prompt->chosen == SIZE_MAX || prompt->chosen < lines)
        return 0;
    return prompt->chosen - lines + 1;
}

static int word_columns(const struct pen *pen, int width)
{
    const struct line_completion *completion = &pen->view->ui->prompt.completion;
    int widest = 1;
    for (size_t i = 0; i < completion->count; i++) {
        int columns = (int)text_width(completion->items[i].word, pen->cells->ascii);
        widest = columns > widest ? columns : widest;
    }
    return least(least(widest, WORD_MOST), width / WORD_SHARE);
}

static void draw_candidates(struct pen *pen, struct area area)
{
    const struct prompt *prompt = &pen->view->ui->prompt;
    const struct line_completion *completion = &prompt->completion;
    size_t lines = (size_t)area.height;
    size_t first = first_shown(prompt, lines);
    int word_width = word_columns(pen, area.width);
    struct line more = {.len = 0};
    if (completion->total > lines)
        line_addf(&more, "%zu in all", completion->total);
    cells_right(pen->cells, area.row, area.column, area.width - MARGIN, ROLE_DIM, line_str(&more));
    for (size_t i = 0; i < lines && first + i < completion->count; i++) {
        const struct line_candidate *item = &completion->items[first + i];
        int row = area.row + (int)i;
        int column = area.column + MARGIN + 1;
        int note = column + word_width + GAP;
        cells_text(pen->cells, row, column, word_width, ROLE_KEY, item->word);
        int room = area.width - MARGIN - note;
        if (i == 0 && more.len > 0)
            room -= (int)more.len + GAP;
        cells_text(pen->cells, row, note, room, ROLE_DIM, item->note);
        if (first + i == prompt->chosen) {
            cells_text(pen->cells, row, column - 1, 1, ROLE_TEXT, STR(">"));
            cells_mark_row(pen->cells, row, area.column, area.width);
        }
    }
}

static void draw_error(struct pen *pen, struct area area)
{
    struct flow flow = {
        .pen = pen,
        .area = {area.row, area.column + MARGIN, area.width - 2 * MARGIN, area.height},
        .is_cut_last = true,
    };
    flow_text(&flow, 0, ROLE_ERROR, buffer_str(&pen->view->ui->message));
}

static void draw_list(struct pen *pen, struct area area)
{
    const struct ui *ui = pen->view->ui;
    struct line usage = {.len = 0};
    for (int i = 0; i < area.height; i++)
        cells_fill(pen->cells, area.row + i, area.column, area.width, ROLE_TEXT, ' ');
    if (ui->message.len > 0)
        draw_error(pen, area);
    else if (ui->prompt.completion.count > 0)
        draw_candidates(pen, area);
    else if (add_usage(pen, &usage))
        cells_text(pen->cells, area.row, area.column + MARGIN + 1, area.width - 2 * MARGIN - 1,
                   ROLE_DIM, line_str(&usage));
}

/* By its title operators know a chat. */
static void add_title(const struct pen *pen, size_t index, struct line *line)
{
    enum { BYTES = 24, WIDTH_LEAST = 80 };
    struct str title = model_title(pen->model, index);
    size_t len = title.len < BYTES ? title.len : BYTES;
    while (len > 0 && len < title.len && ((unsigned char)title.data[len] & 0xc0) == 0x80)
        len--;
    if (pen->cells->width < WIDTH_LEAST || len == 0)
        return;
    line_addf(line, " ");
    line_add(line, (struct str){title.data, len});
    line_addf(line, "%s", len < title.len ? "..." : "");
}

/* No session is named, and the command is, or may become, one that is about a session. */
static bool is_about_target(const struct prompt *prompt)
{
    const struct command *command = prompt->completion.command;
    struct str line = line_edit_str(&prompt->edit);
    size_t at = 0;
    while (at < line.len && line.data[at] != ' ')
        at++;
    while (at < line.len && line.data[at] == ' ')
        at++;
    if (at < line.len || (command && command->id == COMMAND_ALLOCATE))
        return false;
    return !command || command->flags & COMMAND_NEEDS_SESSION || command->arguments[0] == 'S';
}

/* The session that the command is about where none is named: it stands under the cursor. */
static void add_target(const struct pen *pen, struct line *line)
{
    size_t index;
    const struct entry *entry = pen_selected(pen, &index);
    if (!is_about_target(&pen->view->ui->prompt))
        return;
    if (pen->view->ui->tags.marked > 1 && view_mode(pen) == UI_NORMAL) {
        line_addf(line, "on %zu tagged", pen->view->ui->tags.marked);
    } else if (entry) {
        line_addf(line, "on ");
        line_add(line, pen_id(pen, index, 0));
        add_title(pen, index, line);
    }
}

/* Where the text begins to be seen, so that the cursor is: the end of what is before it shows. */
static struct str seen_before(const struct pen *pen, struct str before, int room)
{
    struct text_state state = {{0}, 0, 0};
    struct glyph glyph;
    while (room > 0 && !text_fits(before, (size_t)room, pen->cells->ascii))
        (void)text_next(&before, pen->cells->ascii, &state, &glyph);
    return before;
}

static void draw_text(struct pen *pen, struct area area, int room)
{
    const struct line_edit *edit = &pen->view->ui->prompt.edit;
    struct cells *cells = pen->cells;
    int column = area.column + MARGIN;
    int end = column + room;
    struct str behind = {edit->text + edit->at, edit->len - edit->at};
    column += cells_text(cells, area.row, column, 1, ROLE_KEY, STR(":"));
    struct str before = seen_before(pen, (struct str){edit->text, edit->at}, end - column - 1);
    column += cells_text(cells, area.row, column, end - column - 1, ROLE_TEXT, before);
    if (behind.len > 0)
        cells_text(cells, area.row, column, end - column, ROLE_TEXT, behind);
    else
        cells_text(cells, area.row, column, 1, ROLE_KEY, STR("_"));
    cells_mark_row(cells, area.row, column, 1);
}

void view_draw_line(struct pen *pen, struct area area)
{
    enum { TARGET_LEAST = 40 };
    int list = view_line_lines(pen) - 1;
    struct line target = {.len = 0};
    int room = area.width - 2 * MARGIN;
    if (area.width >= TARGET_LEAST)
        add_target(pen, &target);
    cells_fill(pen->cells, area.row, area.column, area.width, ROLE_TEXT, ' ');
    cells_right(pen->cells, area.row, area.column, area.width - MARGIN, ROLE_DIM,
                line_str(&target));
    room -= target.len > 0 ? (int)text_width(line_str(&target), pen->cells->ascii) + GAP : 0;
    draw_text(pen, area, room);
    draw_list(pen, (struct area){area.row - list, area.column, area.width, list});
}
