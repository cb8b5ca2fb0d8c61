#include "tui/view_parts.h"

#include "tui/event_words.h"

/* What happened, newest first, a line each: time, by whom, session, what, title. One role, but for
 * what alarms, and columns as narrow as their words: a line that comes costs a slow line few
 * bytes. */
enum {
    TIME_COLUMNS = 9,
    ID_COLUMNS = 8,
    BY_COLUMNS = 6,
    WHAT_COLUMNS = 32, /* "active -> released; frees slot 4" */
    TITLE_LEAST = 8,
    STEPS_WIDTH = 100, /* the strip tells of stepping through the history */
};

struct columns {
    int gap, id, title, by; /* widths; 0: not shown */
};

static struct columns columns_of(const struct pen *pen, int width)
{
    enum { WIDE = 100 };
    struct columns columns = {.gap = width < WIDE ? 1 : 2, .id = ID_COLUMNS};
    int left = width - TIME_COLUMNS - columns.id - 2 * columns.gap;
    if (left >= WHAT_COLUMNS + columns.gap + BY_COLUMNS) {
        columns.by = BY_COLUMNS;
        left -= BY_COLUMNS + columns.gap;
    }
    int title = left - WHAT_COLUMNS - columns.gap;
    if (view_knows_chats(pen) && title >= TITLE_LEAST)
        columns.title = title;
    return columns;
}

static void draw_time(struct pen *pen, int row, int column, double at_ms)
{
    char text[EVENT_TIME_SIZE];
    int64_t changes_in_ms;
    struct str time = str_of(event_words_time(at_ms, pen->view->now_ms, text, &changes_in_ms));
    pen_changes_in(pen, changes_in_ms);
    cells_text(pen->cells, row, column, TIME_COLUMNS, ROLE_TEXT, time);
}

/* The id of an event whose session has no row: the beginning of a UUID, or all. */
static struct str id_of(const struct pen *pen, const struct history_event *event, size_t row)
{
    static const struct registry none;
    return row == SIZE_MAX ? event_words_id(pen->model, &none, event->session_id)
                           : pen_id(pen, row, ID_COLUMNS);
}

static void draw_what(struct pen *pen, struct area area, bool is_brief,
                      const struct history_event *event)
{
    struct event_words words;
    struct line line = {.len = 0};
    event_words_tell(event, pen->model, pen->registry, &words);
    for (size_t i = is_brief ? words.optional_count : 0; i < words.count; i++)
        line_add(&line, words.parts[i]);
    enum role role = event_words_role(event);
    bool is_calm = role == ROLE_RUNNING || role == ROLE_IDLE || role == ROLE_EXPIRED;
    cells_text(pen->cells, area.row, area.column, area.width, is_calm ? ROLE_TEXT : role,
               line_str(&line));
}

static void draw_title(struct pen *pen, int row, int column, int width, size_t index)
{
    if (index != SIZE_MAX)
        (void)pen_chat_title(pen, row, column, width, ROLE_TEXT, index);
    else
        cells_text(pen->cells, row, column, width, ROLE_TEXT, STR("-"));
}

/* `is_brief`: without the state before, for a glance. */
static void draw_event(struct pen *pen, int row, struct area area, bool is_brief,
                       const struct history_event *event)
{
    struct columns columns = columns_of(pen, area.width);
    int column = area.column + TIME_COLUMNS + columns.gap;
    int end = area.column + area.width;
    draw_time(pen, row, area.column, event->at_ms);
    if (columns.by > 0) {
        cells_text(pen->cells, row, column, columns.by, ROLE_TEXT,
                   str_of(event_words_by(event->by)));
        column += columns.by + columns.gap;
    }
    if (!event->session_id.data) {
        draw_what(pen, (struct area){row, column, end - column, 1}, is_brief, event);
        return;
    }
    size_t index = model_find_row(pen->model, pen->registry, event->session_id);
    cells_text(pen->cells, row, column, columns.id, ROLE_TEXT, id_of(pen, event, index));
    column += columns.id + columns.gap;
    int what = columns.title > 0 ? WHAT_COLUMNS : end - column;
    draw_what(pen, (struct area){row, column, what, 1}, is_brief, event);
    draw_title(pen, row, column + what + columns.gap, columns.title, index);
}

static const struct history_event *all_events(const struct pen *pen, size_t *ret_count)
{
    const struct history *history = pen->view->state->around.history;
    *ret_count = 0;
    return history ? history_events(history, ret_count) : NULL;
}

static int draw_none(struct pen *pen, struct area area, int scroll)
{
    struct flow flow = {.pen = pen, .area = area, .skip = scroll};
    struct line line = {.len = 0};
    const struct buffer *filter = &pen->view->ui->events.filter;
    if (filter->len > 0) {
        line_addf(&line, "No event matches ");
        line_add(&line, buffer_str(filter));
        line_addf(&line, ". Esc clears the filter.");
    } else {
        line_addf(&line, "No events yet: slotop lists here what happens while it runs, and what it "
                         "kept of it before.");
    }
    flow_text(&flow, 0, ROLE_TEXT, line_str(&line));
    return flow.line;
}

int view_draw_events(struct pen *pen, struct area area, int scroll, struct view_span *ret_cursor)
{
    const struct events_pane *pane = &pen->view->ui->events;
    size_t count;
    const struct history_event *events = all_events(pen, &count);
    *ret_cursor = (struct view_span){.count = 0};
    if (pane->count == 0)
        return draw_none(pen, area, scroll);
    for (int i = 0; i < area.height && (size_t)(scroll + i) < pane->count; i++) {
        size_t at = (size_t)(scroll + i);
        int row = area.row + i;
        if (pane->shown[at] >= count)
            continue;
        draw_event(pen, row, area, false, &events[pane->shown[at]]);
        if (at == pane->at) {
            cells_text(pen->cells, row, area.column - 1, 1, ROLE_TEXT, STR(">"));
            cells_mark_row(pen->cells, row, area.column - 1, area.width + 2);
        }
    }
    *ret_cursor = (struct view_span){pane->at, 1, 0};
    return (int)pane->count;
}

void view_add_events_title(const struct pen *pen, struct line *line)
{
    char key[KEYMAP_LABEL_SIZE];
    const struct events_pane *pane = &pen->view->ui->events;
    line_addf(line, "3 Events: %zu", pane->count);
    if (pane->filter.len > 0) {
        line_addf(line, " of %zu match ", pane->total);
        line_add(line, buffer_str(&pane->filter));
    }
    if (pane->at == 0)
        line_addf(line, ", follow on");
    else
        line_addf(line, ", %s = newest, follow",
                  keymap_label(&pen->view->ui->keymap, COMMAND_FIRST, key));
}

bool view_knows_events(const struct pen *pen)
{
    return pen->model && pen->view->state->around.history;
}

int view_strip_height(const struct pen *pen, int height)
{
    enum { LEAST_HEIGHT = 30, LEAST = 4, MOST = 8, SHARE = 2 }; /* a line for so many more */
    int lines = LEAST + (height - LEAST_HEIGHT) / SHARE;
    if (height < LEAST_HEIGHT || pen->view->is_slow || !view_knows_events(pen))
        return 0;
    return lines < MOST ? lines : MOST;
}

/* A busy server makes many touches; and in the past nothing has come later. */
static bool is_worth_a_line(const struct pen *pen, const struct history_event *event)
{
    bool is_later = pen->view->past_of_ms && event->at_ms > (double)pen->view->now_ms;
    return event->kind != EVENT_USED && !is_later;
}

/* The newest that is; NULL: none. */
static const struct history_event *newest(const struct pen *pen)
{
    size_t count;
    const struct history_event *events = all_events(pen, &count);
    while (count > 0 && !is_worth_a_line(pen, &events[count - 1]))
        count--;
    return count > 0 ? &events[count - 1] : NULL;
}

void view_draw_last_event(struct pen *pen, struct area area)
{
    struct area inside = {area.row, area.column + 1, area.width - 2, 1};
    const struct history_event *event = view_knows_events(pen) ? newest(pen) : NULL;
    if (event)
        draw_event(pen, area.row, inside, true, event);
}

void view_draw_strip(struct pen *pen, struct area area)
{
    size_t count;
    const struct history_event *events = all_events(pen, &count);
    struct area inside = {area.row + 1, area.column + 2, area.width - 4, area.height - 1};
    int row = inside.row;
    char key[KEYMAP_LABEL_SIZE];
    struct line all = {.len = 0};
    if (area.height < 1)
        return;
    (void)pen_title(pen, area, STR("3 Events"));
    if (area.width >= STEPS_WIDTH)
        line_addf(&all, "%s = back in time   ",
                  keymap_label(&pen->view->ui->keymap, COMMAND_PAST_BACK, key));
    line_addf(&all, "%s = all", keymap_label(&pen->view->ui->keymap, COMMAND_EVENTS, key));
    line_add(&all, (struct str){"", 1}); /* ends the text */
    pen_head_right(pen, area.row, area.column, area.width - 2, line_str(&all).data);
    for (size_t i = count; i > 0 && row < inside.row + inside.height; i--) {
        if (is_worth_a_line(pen, &events[i - 1]))
            draw_event(pen, row++, inside, true, &events[i - 1]);
    }
    if (row == inside.row && inside.height > 0)
        cells_text(pen->cells, row, inside.column, inside.width, ROLE_DIM, STR("No events yet."));
}
