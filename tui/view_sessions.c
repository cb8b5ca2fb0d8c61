#include "tui/view_columns.h"

/* The table. */
enum {
    COUNT_WIDTH = 16, /* of "Sessions 8", which is always there */
    SORT_ROOM = 30,   /* how they are sorted, and some of the rule */
    SORT_WIDTH = 44,  /* from here on the title tells how it is sorted */
};

static int between(int least, int value, int most)
{
    return value > most ? most : value < least ? least : value;
}

static void draw_cell(struct pen *pen, int row, struct column column, enum role role,
                      struct str text)
{
    cells_text(pen->cells, row, column.at, column.width, role, text);
}

/* What tells slots apart stands at the end of their names: where there is no room the beginning
 * goes (text.h: its mark takes a column). The name of a workspace's agent loses its end, as all
 * texts do. */
static void draw_slot(struct pen *pen, int row, struct column column, size_t index)
{
    const struct entry *entry = pen_entry(pen, index);
    bool ascii = pen->cells->ascii;
    size_t place = model_slot_place(pen->model, entry_chat_agent_id(entry));
    struct str label = rows_slot_label(pen->model, entry, place);
    bool is_agent = str_equal(label, entry_chat_agent_id(entry));
    struct text_state state = {{0}, 0, 0};
    struct glyph glyph;
    if (is_agent || column.width < 2 || text_fits(label, (size_t)column.width, ascii)) {
        draw_cell(pen, row, column, ROLE_TEXT, label);
        return;
    }
    while (!text_fits(label, (size_t)column.width - 1, ascii))
        (void)text_next(&label, ascii, &state, &glyph);
    cells_text(pen->cells, row, column.at, 1, ROLE_TEXT, text_cut_mark(ascii));
    cells_text(pen->cells, row, column.at + 1, column.width - 1, ROLE_TEXT, label);
}

static void draw_time(struct pen *pen, int row, struct column column, enum role role,
                      const char *text)
{
    cells_right(pen->cells, row, column.at, column.width, role, str_of(text));
}

static void draw_heads(struct pen *pen, int row, struct area area, const struct columns *columns)
{
    cells_fill(pen->cells, row, area.column, area.width, ROLE_COLUMN, ' ');
    draw_cell(pen, row, columns->session, ROLE_COLUMN, STR("SESSION"));
    draw_cell(pen, row, columns->state, ROLE_COLUMN, STR("STATE"));
    draw_cell(pen, row, columns->slot, ROLE_COLUMN, STR("SLOT"));
    draw_cell(pen, row, columns->title, ROLE_COLUMN, STR("TITLE"));
    draw_cell(pen, row, columns->workspace, ROLE_COLUMN, STR("WORKSPACE"));
    draw_cell(pen, row, columns->run, ROLE_COLUMN, STR("RUN"));
    draw_time(pen, row, columns->age, ROLE_COLUMN, "AGE");
    draw_time(pen, row, columns->quiet, ROLE_COLUMN, "QUIET");
    draw_time(pen, row, columns->ends, ROLE_COLUMN,
              columns->ends.width < COLUMN_ENDS_WIDTH ? "EXPIRES" : "EXPIRES IN");
}

/* Times are drawn only where they are seen, so that nobody wakes up for the others. */
static void draw_times(struct pen *pen, int row, const struct columns *columns, size_t index)
{
    char text[DURATION_TEXT_SIZE];
    const struct entry *entry = pen_entry(pen, index);
    double used_ms = model_used_ms(pen->model, pen->registry, index);
    if (columns->age.width)
        draw_time(pen, row, columns->age, ROLE_TEXT, pen_elapsed(pen, entry->created_at_ms, text));
    if (columns->quiet.width)
        draw_time(pen, row, columns->quiet, ROLE_TEXT, pen_elapsed(pen, used_ms, text));
    if (!columns->ends.width)
        return;
    pen_changes_at_end(pen, entry);
    bool is_past = entry_is_live(entry) && pen_until(pen, entry_expires_at_ms(entry)) < 0;
    draw_time(pen, row, columns->ends, is_past ? pen_role_of(pen, VIEW_OVERDUE) : ROLE_TEXT,
              pen_time_left(pen, entry, text));
}

/* The workspace whose index has the chat, else whose agent the entry names. */
static struct str workspace_of(const struct pen *pen, size_t index)
{
    const struct chat *chat = model_chat(pen->model, index);
    struct str agent = entry_workspace_agent_id(pen_entry(pen, index));
    if (chat)
        return pen->view->state->around.chats.folders[chat->folder].workspace;
    return agent.data ? agent : STR("-");
}

static void draw_chat(struct pen *pen, int row, const struct columns *columns, size_t index)
{
    struct line run = {.len = 0};
    bool is_running = model_run(pen->model, index).is_running;
    if (columns->workspace.width)
        draw_cell(pen, row, columns->workspace, ROLE_TEXT, workspace_of(pen, index));
    if (!columns->run.width)
        return;
    pen_add_run(pen, &run, index);
    draw_cell(pen, row, columns->run, is_running ? ROLE_RUNNING : ROLE_TEXT, line_str(&run));
}

/* What is looked for stands out. */
static bool is_match(const struct pen *pen, size_t index)
{
    const struct search *search = &pen->view->ui->search;
    return search->text.len > 0 &&
           filter_matches(&search->filter, pen->registry, pen->model, index);
}

/* Only the word for its state tells a row that is over from others: a slow line would have to be
 * sent all of it again when it ends. */
static void draw_row(struct pen *pen, int row, struct area area, const struct columns *columns,
                     size_t index)
{
    const struct entry *entry = pen_entry(pen, index);
    enum session_view view = pen_view_of(pen, index);
    enum role found = is_match(pen, index) ? ROLE_KEY : ROLE_TEXT;
    draw_cell(pen, row, columns->session, found, pen_id(pen, index, columns->session.width));
    draw_cell(pen, row, columns->state, pen_role_of(pen, view), str_of(session_view_name(view)));
    draw_slot(pen, row, columns->slot, index);
    if (columns->title.width)
        (void)pen_chat_title(pen, row, columns->title.at, columns->title.width, found, index);
    draw_chat(pen, row, columns, index);
    draw_times(pen, row, columns, index);
    if (tags_find(&pen->view->ui->tags, entry_session_id(entry)))
        cells_text(pen->cells, row, area.column + 1, 1, ROLE_KEY, STR("*"));
    bool is_here = ui_base(pen->view->ui) == UI_NORMAL; /* elsewhere another session is meant */
    if (is_here && str_equal(entry_session_id(entry), buffer_str(&pen->view->ui->cursor_id))) {
        cells_text(pen->cells, row, area.column, 1, ROLE_TEXT, STR(">"));
        bool is_wide = pen->cells->width >= UI_SIDE_WIDTH;
        cells_mark_row(pen->cells, row, area.column,
                       is_wide ? view_columns_bar_end(columns) - area.column : area.width);
    }
}

/* By the short id; whether it is among the rows, too. */
static void add_follow(const struct pen *pen, struct line *line)
{
    const struct ui *ui = pen->view->ui;
    size_t row = model_find_row(pen->model, pen->registry, buffer_str(&ui->follow_id));
    bool is_here = str_equal(buffer_str(&ui->follow_id), buffer_str(&ui->cursor_id));
    if (row == SIZE_MAX)
        return;
    line_addf(line, " follow ");
    line_add(line, pen_id(pen, row, 0));
    line_addf(line, is_here ? " " : " (hidden) ");
}

void view_add_marks(const struct pen *pen, struct line *line)
{
    const struct ui *ui = pen->view->ui;
    if (ui->range.is_on)
        line_addf(line, " range %zu ", ui->tags.ranged);
    if (ui->tags.marked > (ui->range.is_on ? ui->tags.ranged : 0))
        line_addf(line, " tagged %zu ", ui->tags.marked);
    if (ui->follow_id.len > 0)
        add_follow(pen, line);
}

static int width_of(const struct pen *pen, const struct line *line)
{
    return (int)text_width(line_str(line), pen->cells->ascii);
}

/* "Sessions 3 of 8 /ref", and at the right what is marked, and how they are sorted where there is
 * room for that, too. */
static void draw_title(struct pen *pen, struct area area)
{
    const struct view *view = pen->view;
    const struct rows *rows = view->rows;
    struct str filter = buffer_str(&view->ui->filter);
    struct line title = {.len = 0};
    struct line right = {.len = 0};
    if (filter.len > 0)
        line_addf(&title, "2 Sessions %zu of %zu  /", rows->count, rows->total);
    else
        line_addf(&title, "2 Sessions %zu", rows->total);
    line_add(&title, filter);
    view_add_marks(pen, &right);
    bool has_marks = right.len > 0;
    int needed = SORT_ROOM + (has_marks ? width_of(pen, &title) + width_of(pen, &right) : 0);
    if (area.width >= between(SORT_WIDTH, needed, INT16_MAX))
        line_addf(&right, " sort %s %c ", sort_key_name(view->ui->sort),
                  view->ui->reverse ? '^' : 'v');
    struct area room = area;
    int width =
        between(0, width_of(pen, &right), area.width > COUNT_WIDTH ? area.width - COUNT_WIDTH : 0);
    room.width -= width > 0 ? width + 2 : 0;
    pen_rule(pen, area);
    (void)pen_title(pen, room, line_str(&title));
    cells_text(pen->cells, area.row, area.column + area.width + 1 - COLUMN_MARGIN - width, width,
               ROLE_COLUMN, line_str(&right));
}

/* What to read where there are no rows. */
static void draw_empty(struct pen *pen, struct area area)
{
    const struct state *state = pen->view->state;
    struct line line = {.len = 0};
    struct str filter = buffer_str(&pen->view->ui->filter);
    if (pen->view->rows->total > 0) {
        line_add(&line, STR("No match for /"));
        line_add(&line, filter);
        line_add(&line, STR(". Esc clears the filter."));
    } else if (state->document.state == DOCUMENT_MISSING) {
        line_add(&line, STR("No sessions yet. The registry appears when the first chat starts: "));
        line_add(&line, buffer_str(&state->registry_path));
    } else if (state->document.state == DOCUMENT_OK) {
        line_add(&line, STR("No sessions yet: the registry has no entries."));
    } else {
        line_add(&line, STR("Nothing to show: no good copy was seen since slotop started. "));
        line_add(&line, buffer_str(&state->registry_path));
    }
    area.width--;
    struct flow flow = {.pen = pen, .area = area, .is_cut_last = true};
    flow_text(&flow, COLUMN_CURSOR_WIDTH, ROLE_DIM, line_str(&line));
}

/* What is left of the room, below all rows. */
static void draw_rest(struct pen *pen, struct area area)
{
    if (pen->view->ui->filter.len == 0 && pen->view->rows->count > 0)
        view_draw_summary(pen, area);
}

void view_draw_table(struct pen *pen, const struct layout *layout)
{
    struct area area = layout->table;
    if (area.height < 1 || !pen->model)
        return;
    if (layout->has_titles) {
        draw_title(pen, area);
        area.row++;
        area.height--;
    }
    const struct rows *rows = pen->view->rows;
    struct columns columns = view_columns(pen, area);
    draw_heads(pen, area.row, area, &columns);
    struct area body = {area.row + 1, area.column, area.width, area.height - 1};
    if (rows->count == 0)
        draw_empty(pen, body);
    for (int i = 0; i < body.height; i++) {
        size_t at = pen->view->ui->top_row + (size_t)i;
        if (at >= rows->count) {
            draw_rest(pen, (struct area){body.row + i, body.column, body.width, body.height - i});
            return;
        }
        draw_row(pen, body.row + i, body, &columns, rows->entries[at]);
    }
}
