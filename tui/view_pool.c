#include "tui/view_parts.h"

#include <math.h>
#include <stdio.h>

/* One line a slot: "  1 active    ■■■■■■····    24m  9f2c11d0      41m". */
enum {
    MARGIN = 2,
    STATE_WIDTH = 8,
    TIME_WIDTH = 6,
    GAP = 2,
    BAR_LEAST = 5,
    BAR_MOST = 40,
    HOLDER_LEAST = 8,
    LABEL_MOST = 10,
};

#define BAR_HORIZON_MS 1e15

struct columns {
    int label, label_width;
    int state;
    int bar, bar_width; /* 0: no room for it */
    int left;
    int holder, holder_width;
    int age;
};

static int label_width(const struct pen *pen)
{
    int widest = 1;
    for (size_t i = 0; i < pen->model->slot_count; i++) {
        int width = (int)text_width(pen->model->slots[i].label, pen->cells->ascii);
        widest = width > widest ? width : widest;
    }
    return widest < LABEL_MOST ? widest : LABEL_MOST;
}

static struct columns columns_of(const struct pen *pen, struct area area)
{
    struct columns columns = {.label = area.column + MARGIN, .label_width = label_width(pen)};
    columns.state = columns.label + columns.label_width + 1;
    columns.bar = columns.state + STATE_WIDTH + GAP;
    columns.age = area.column + area.width - MARGIN - TIME_WIDTH;
    int room = columns.age - columns.bar - TIME_WIDTH - 2 * GAP - HOLDER_LEAST - GAP;
    int bar = area.width / 4 < room ? area.width / 4 : room;
    if (bar >= BAR_LEAST)
        columns.bar_width = bar < BAR_MOST ? bar : BAR_MOST;
    columns.left = columns.bar + (columns.bar_width ? columns.bar_width + GAP : 0);
    columns.holder = columns.left + TIME_WIDTH + GAP;
    columns.holder_width = columns.age - GAP - columns.holder;
    return columns;
}

/* How much of the TTL is left, in cells: full at first, empty only past the end. */
static int bar_fill(double left_ms, double ttl_ms, int width)
{
    if (!(ttl_ms > 0))
        return 0;
    double cells = ceil(left_ms * width / ttl_ms);
    return cells >= width ? width : cells > 0 ? (int)cells : 0;
}

/* Milliseconds until the bar is a cell shorter. The estimate by division may be off by rounding. */
static int64_t bar_next_ms(double left_ms, double ttl_ms, int width)
{
    int fill = bar_fill(left_ms, ttl_ms, width);
    if (fill == 0)
        return INT64_MAX;
    double guess = left_ms - ttl_ms * (fill - 1) / width;
    if (!(guess < BAR_HORIZON_MS))
        return INT64_MAX;
    int64_t ms = (int64_t)guess > 2 ? (int64_t)guess - 2 : 1;
    while (bar_fill(left_ms - (double)ms, ttl_ms, width) == fill)
        ms++;
    return ms;
}

static void draw_bar(struct pen *pen, int row, const struct columns *columns, enum role role,
                     const struct entry *entry)
{
    int width = columns->bar_width;
    double left_ms = pen_until(pen, entry_expires_at_ms(entry));
    int fill = width;
    if (!isnan(left_ms)) {
        fill = bar_fill(left_ms, entry->idle_ttl_ms, width);
        pen_changes_in(pen, bar_next_ms(left_ms, entry->idle_ttl_ms, width));
    }
    if (left_ms < 0) {
        cells_repeat(pen->cells, row, columns->bar, width, role, "!", '!');
        return;
    }
    cells_repeat(pen->cells, row, columns->bar, fill, role, "\xe2\x96\xa0", '#');
    cells_repeat(pen->cells, row, columns->bar + fill, width - fill, ROLE_DIM, "\xc2\xb7", '.');
}

static void draw_time(struct pen *pen, int row, int column, enum role role, const char *text)
{
    cells_right(pen->cells, row, column, TIME_WIDTH, role, str_of(text));
}

/* What a held slot and a fallback have in common. Returns the column behind the holder's id. */
static int draw_holder(struct pen *pen, int row, const struct columns *columns, enum role role,
                       size_t index)
{
    char text[DURATION_TEXT_SIZE];
    const struct entry *entry = pen_entry(pen, index);
    pen_changes_at_end(pen, entry);
    draw_bar(pen, row, columns, role, entry);
    bool is_past = pen_until(pen, entry_expires_at_ms(entry)) < 0;
    draw_time(pen, row, columns->left, is_past ? role : ROLE_TEXT, pen_time_left(pen, entry, text));
    draw_time(pen, row, columns->age, ROLE_DIM, pen_elapsed(pen, entry->created_at_ms, text));
    /* The short id, so that what else there is to say stands beside it. */
    return columns->holder + cells_text(pen->cells, row, columns->holder, columns->holder_width,
                                        ROLE_TEXT, pen_id(pen, index, 0));
}

/* What else there is to say, where there is room to say all of it. */
static bool draw_note(struct pen *pen, int row, int column, const struct columns *columns,
                      enum role role, const struct line *note)
{
    int width = columns->holder + columns->holder_width - column;
    if (width < 1 || !text_fits(line_str(note), (size_t)width, pen->cells->ascii))
        return false;
    cells_text(pen->cells, row, column, width, role, line_str(note));
    return true;
}

static void draw_free(struct pen *pen, int row, const struct columns *columns,
                      const struct slot *slot)
{
    struct line note = {.len = 0};
    if (slot->is_duplicate)
        line_add(&note, STR("listed twice"));
    else if (!slot->has_last)
        return;
    else {
        line_add(&note, STR("last "));
        line_add(&note, pen_id(pen, slot->last_holder, 0));
    }
    struct line with_state = note;
    if (!slot->is_duplicate)
        line_addf(&with_state, ", %s",
                  session_view_name(model_view(pen->model, slot->last_holder)));
    if (!draw_note(pen, row, columns->holder, columns, ROLE_DIM, &with_state))
        (void)draw_note(pen, row, columns->holder, columns, ROLE_DIM, &note);
}

static void draw_slot(struct pen *pen, int row, const struct columns *columns,
                      const struct slot *slot)
{
    enum role role = view_role_of_slot(slot->view);
    cells_text(pen->cells, row, columns->label, columns->label_width, ROLE_TEXT, slot->label);
    cells_text(pen->cells, row, columns->state, STATE_WIDTH, role,
               str_of(slot_view_name(slot->view)));
    if (slot->holder_count == 0) {
        draw_free(pen, row, columns, slot);
        return;
    }
    int column = draw_holder(pen, row, columns, role, slot->holder);
    struct line note = {.len = 0};
    if (slot->holder_count > 1)
        line_addf(&note, " + %zu more", slot->holder_count - 1);
    else if (slot->is_duplicate)
        line_add(&note, STR(" listed twice"));
    (void)draw_note(pen, row, column, columns, role, &note);
}

static void draw_fallback(struct pen *pen, int row, const struct columns *columns, size_t index)
{
    const struct entry *entry = pen_entry(pen, index);
    enum session_view view = model_view(pen->model, index);
    enum role role = view_role_of(view);
    struct line note = {.len = 0};
    cells_text(pen->cells, row, columns->label, columns->label_width, ROLE_FALLBACK, STR("F"));
    cells_text(pen->cells, row, columns->state, STATE_WIDTH, role, str_of(session_view_name(view)));
    int column = draw_holder(pen, row, columns, role, index);
    line_add(&note, STR(" on "));
    line_add(&note, entry->chat_agent_id);
    (void)draw_note(pen, row, column, columns, ROLE_DIM, &note);
}

static void draw_title(struct pen *pen, struct area area, const struct columns *columns)
{
    struct line title = {.len = 0};
    line_addf(&title, "Pool of %zu", pen->model->counts.slots);
    (void)pen_title(pen, area, line_str(&title));
    pen_head_right(pen, area.row, columns->left, TIME_WIDTH,
                   columns->bar_width ? "TTL LEFT" : "LEFT");
    pen_head(pen, area.row, columns->holder, columns->holder_width, "HOLDER");
    pen_head_right(pen, area.row, columns->age, TIME_WIDTH, "AGE");
}

void view_draw_pool_lines(struct pen *pen, struct area area)
{
    struct columns columns = columns_of(pen, area);
    int row = area.row;
    int end = area.row + area.height;
    draw_title(pen, area, &columns);
    if (pen->model->slot_count == 0) {
        struct area reason = {row + 1, area.column, area.width, area.height - 1};
        row += view_draw_pool_reason(pen, reason);
    }
    for (size_t i = 0; i < pen->model->slot_count && ++row < end; i++)
        draw_slot(pen, row, &columns, &pen->model->slots[i]);
    size_t room = end - row > 1 ? (size_t)(end - row - 1) : 0;
    size_t count = pen->model->fallback_count;
    size_t shown = count <= room ? count : room > 0 ? room - 1 : 0;
    for (size_t i = 0; i < shown; i++)
        draw_fallback(pen, ++row, &columns, pen->model->fallbacks[i]);
    if (shown < count && room > 0) {
        cells_text(pen->cells, ++row, columns.label, 1, ROLE_FALLBACK, STR("F"));
        cells_printf(pen->cells, row, columns.state, area.width, ROLE_FALLBACK,
                     "+%zu more fallbacks", count - shown);
    }
}
