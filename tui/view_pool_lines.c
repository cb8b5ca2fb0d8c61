#include "tui/view_pool.h"

#include <math.h>
#include <stdio.h>

/*
 * One line a slot: "  1 active    ■■■■··     24m  9f2c11d0      41m". Where chats are known, a
 * note stands before the holder, and the title in the place of the age:
 * "  1 active    ■■■■··     24m  frees ~26m   9f2c11d0 Refund copy for EU". What changes with a
 * state stands together, in few columns and in one role: over a slow line each jump and each
 * attribute costs as much as a word.
 */
enum {
    MARGIN = 2,
    STATE_WIDTH = 8,
    TIME_WIDTH = 6,
    GAP = 2,
    BAR_LEAST = 5,
    BAR_MOST = 6,
    HOLDER_LEAST = 8,
    TITLE_LEAST = 12,
    NOTE_WIDTH = 12,
    GC_WIDTH = 140, /* of the screen: the title tells of GC */
    LABEL_MOST = 10,
};

struct columns {
    int label, label_width;
    int state;
    int bar, bar_width; /* 0: no room for it */
    int left;
    int holder, holder_width;
    int age;
    int note, note_width; /* 0: no room, or no titles */
    bool has_lane;        /* in the place of the bar */
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

static int least(int a, int b)
{
    return a < b ? a : b;
}

static void place_bar(struct columns *columns, int width)
{
    if (width >= BAR_LEAST)
        columns->bar_width = least(width, BAR_MOST);
    columns->left = columns->bar + (columns->bar_width ? columns->bar_width + GAP : 0);
    columns->holder = columns->left + TIME_WIDTH + GAP;
}

/* The note where a title of some length has room before it. */
static void place_titles(struct columns *columns, struct area area, bool is_slow)
{
    const int holder_least = HOLDER_LEAST + 1 + TITLE_LEAST;
    int end = area.column + area.width - MARGIN;
    int room = end - columns->bar - TIME_WIDTH - 2 * GAP - holder_least;
    place_bar(columns, is_slow ? 0 : room);
    if (!is_slow && end - columns->holder >= NOTE_WIDTH + GAP + holder_least) {
        columns->note_width = NOTE_WIDTH;
        columns->note = columns->holder;
        columns->holder += NOTE_WIDTH + GAP;
    }
    columns->holder_width = end - columns->holder;
}

/* As narrow as it can be: an hour in columns of a minute is worth the room. */
static struct columns place_lanes(struct columns columns, struct area area)
{
    int end = area.column + area.width - 1;
    columns.bar = columns.state + STATE_WIDTH + 1;
    int minutes = view_lane_minutes(end - columns.bar - TIME_WIDTH - 2 - HOLDER_LEAST);
    columns.has_lane = minutes > 0;
    columns.bar_width = minutes > 0 ? LANES_MINUTES / minutes : 0;
    columns.left = columns.bar + columns.bar_width + 1;
    columns.holder = columns.left + TIME_WIDTH + 1;
    columns.holder_width = end - columns.holder;
    return columns;
}

int view_lane_width(const struct pen *pen, struct area area)
{
    struct columns columns = {.label = area.column + MARGIN, .label_width = label_width(pen)};
    columns.state = columns.label + columns.label_width + 1;
    return place_lanes(columns, area).bar_width;
}

static struct columns columns_of(const struct pen *pen, struct area area)
{
    struct columns columns = {.label = area.column + MARGIN, .label_width = label_width(pen)};
    columns.state = columns.label + columns.label_width + 1;
    if (pen->view->ui->has_lanes)
        return place_lanes(columns, area);
    columns.bar = columns.state + STATE_WIDTH + GAP;
    if (view_knows_chats(pen)) {
        place_titles(&columns, area, pen->view->is_slow);
        return columns;
    }
    columns.age = area.column + area.width - MARGIN - TIME_WIDTH;
    int room = columns.age - columns.bar - TIME_WIDTH - 2 * GAP - HOLDER_LEAST - GAP;
    place_bar(&columns, pen->view->is_slow ? 0 : room);
    columns.holder_width = columns.age - GAP - columns.holder;
    return columns;
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
    /* A bar says how long; only an alarm repaints all of it. */
    bool is_calm = role == ROLE_RUNNING || role == ROLE_IDLE;
    if (!columns->has_lane)
        view_draw_bar(pen, (struct area){row, columns->bar, columns->bar_width, 1},
                      is_calm ? ROLE_TEXT : role, entry);
    bool is_past = pen_until(pen, entry_expires_at_ms(entry)) < 0;
    draw_time(pen, row, columns->left, is_past ? role : ROLE_TEXT, pen_time_left(pen, entry, text));
    if (columns->age)
        draw_time(pen, row, columns->age, ROLE_TEXT, pen_elapsed(pen, entry->created_at_ms, text));
    /* The short id, so that what else there is to say stands beside it. */
    return columns->holder + cells_text(pen->cells, row, columns->holder, columns->holder_width,
                                        ROLE_TEXT, pen_id(pen, index, 0));
}

/* What else there is to say, where there is room to say all of it. */
static void draw_note(struct pen *pen, int row, int column, const struct columns *columns,
                      enum role role, const struct line *note)
{
    int width = columns->holder + columns->holder_width - column;
    if (width > 0 && text_fits(line_str(note), (size_t)width, pen->cells->ascii))
        cells_text(pen->cells, row, column, width, role, line_str(note));
}

/* "e05f1a22 Draft reply" from this column on. Returns the column behind it. */
static int draw_session(struct pen *pen, int row, int column, int end, enum role role, size_t index)
{
    column += cells_text(pen->cells, row, column, end - column, role, pen_id(pen, index, 0));
    if (view_knows_chats(pen) && end - column > 1) {
        column++;
        column += pen_chat_title(pen, row, column, end - column, role, index);
    }
    return column;
}

/* The title of a holder, behind its id. */
static void draw_chat(struct pen *pen, int row, int column, const struct columns *columns,
                      size_t index)
{
    int end = columns->holder + columns->holder_width;
    if (columns->age == 0 && end - column > 1)
        (void)pen_chat_title(pen, row, column + 1, end - column - 1, ROLE_TEXT, index);
}

/* Who held it last, where a holder stands, so that nothing moves when it ends its hold; false where
 * there is no room to say so. */
static bool draw_last(struct pen *pen, int row, const struct columns *columns,
                      const struct slot *slot)
{
    const struct str words = STR("left by");
    if (columns->has_lane || columns->holder - columns->bar <= (int)words.len)
        return false;
    int column =
        columns->holder + cells_text(pen->cells, row, columns->holder, columns->holder_width,
                                     ROLE_TEXT, pen_id(pen, slot->last_holder, 0));
    cells_text(pen->cells, row, columns->bar, (int)words.len, ROLE_TEXT, words);
    draw_chat(pen, row, column, columns, slot->last_holder);
    return true;
}

/* Free for the server; who is pinned to it may use it all the same. */
static void draw_free(struct pen *pen, int row, const struct columns *columns,
                      const struct slot *slot)
{
    int column = columns->holder;
    int end = columns->holder + columns->holder_width;
    bool is_used = slot->sharer_count > 0;
    enum role role = is_used ? ROLE_WARNING : ROLE_DIM;
    if (slot->is_duplicate)
        cells_text(pen->cells, row, column, end - column, role, STR("listed twice"));
    else if (!is_used && !slot->has_last)
        return;
    else if (is_used || !draw_last(pen, row, columns, slot)) {
        column += cells_text(pen->cells, row, column, end - column, role,
                             is_used ? STR("still used by ") : STR("last "));
        (void)draw_session(pen, row, column, end, role, is_used ? slot->sharer : slot->last_holder);
    }
}

/* "Onboarding + 6be0917a Old tab" behind the holder's id: both titles get their share. */
static void draw_sharer(struct pen *pen, int row, int column, const struct columns *columns,
                        const struct slot *slot)
{
    enum { ID_WIDTH = 8, PLUS_WIDTH = 3 };
    int end = columns->holder + columns->holder_width;
    int own = (int)text_width(model_title(pen->model, slot->holder), pen->cells->ascii);
    int other = (int)text_width(model_title(pen->model, slot->sharer), pen->cells->ascii);
    struct line more = {.len = 0};
    if (slot->sharer_count > 1)
        line_addf(&more, " and %zu more", slot->sharer_count - 1);
    end -= (int)more.len;
    int room = end - column - 1 - PLUS_WIDTH - ID_WIDTH - 1;
    int half = room - other > room / 2 ? room - other : room / 2;
    if (half > 0 && own > 0) {
        column++;
        column += cells_text(pen->cells, row, column, least(own, half), ROLE_TEXT,
                             model_title(pen->model, slot->holder));
    }
    column += cells_text(pen->cells, row, column, end - column, ROLE_ERROR, STR(" + "));
    column = draw_session(pen, row, column, end, ROLE_ERROR, slot->sharer);
    cells_text(pen->cells, row, column, (int)more.len, ROLE_ERROR, line_str(&more));
}

/* What its traces say, or GC; that a run is seen wins, for the rest of the line tells that there
 * is no end of it. */
static void add_run_or_gc(struct pen *pen, struct line *note, size_t index, double gc_ms)
{
    struct run run = model_run(pen->model, index);
    bool is_over = pen_until(pen, entry_expires_at_ms(pen_entry(pen, index))) < 0;
    if (run.is_running || run.is_stalled)
        pen_add_run(pen, note, index);
    else if (!isnan(gc_ms))
        (void)pen_add_gc(pen, note, is_over ? "GC in" : "frees", gc_ms);
    else if (view_has_looked(pen, index))
        line_add(note, STR("no run"));
}

static void draw_held(struct pen *pen, int row, const struct columns *columns,
                      const struct slot *slot)
{
    enum role role = view_role_of_slot(slot->view);
    struct line note = {.len = 0};
    int column = draw_holder(pen, row, columns, role, slot->holder);
    bool is_first = pen->model->next_free_slot < pen->model->slot_count &&
                    str_equal(pen->model->slots[pen->model->next_free_slot].id, slot->id);
    if (slot->view == SLOT_SHARED) {
        draw_sharer(pen, row, column, columns, slot);
        return;
    }
    if (slot->holder_count > 1 && columns->age)
        line_addf(&note, " + %zu more", slot->holder_count - 1);
    else if (slot->holder_count > 1)
        line_addf(&note, "%zu holders", slot->holder_count);
    else if (slot->is_duplicate)
        line_addf(&note, "%slisted twice", columns->age ? " " : "");
    else if (columns->note_width)
        add_run_or_gc(pen, &note, slot->holder,
                      slot->view == SLOT_OVERDUE || is_first ? slot->frees_at_ms : NAN);
    if (columns->age)
        draw_note(pen, row, column, columns, role, &note);
    draw_chat(pen, row, column, columns, slot->holder);
    bool is_run = model_run(pen->model, slot->holder).is_running;
    bool is_told = is_run || slot->holder_count > 1 || slot->view == SLOT_OVERDUE;
    cells_text(pen->cells, row, columns->note, columns->note_width, is_told ? role : ROLE_TEXT,
               line_str(&note));
}

static void draw_slot(struct pen *pen, int row, const struct columns *columns,
                      const struct slot *slot)
{
    cells_text(pen->cells, row, columns->label, columns->label_width, ROLE_TEXT, slot->label);
    cells_text(pen->cells, row, columns->state, STATE_WIDTH, view_role_of_slot(slot->view),
               str_of(pen_slot_name(pen, slot->view)));
    if (slot->holder_count == 0)
        draw_free(pen, row, columns, slot);
    else
        draw_held(pen, row, columns, slot);
}

static void draw_fallback(struct pen *pen, int row, const struct columns *columns, size_t index)
{
    const struct entry *entry = pen_entry(pen, index);
    enum session_view view = pen_view_of(pen, index);
    enum role role = view_role_of(view);
    struct line note = {.len = 0};
    cells_text(pen->cells, row, columns->label, columns->label_width, ROLE_FALLBACK, STR("F"));
    cells_text(pen->cells, row, columns->state, STATE_WIDTH, role, str_of(session_view_name(view)));
    int column = draw_holder(pen, row, columns, role, index);
    if (columns->age) {
        line_add(&note, STR(" on "));
        line_add(&note, entry_chat_agent_id(entry));
        draw_note(pen, row, column, columns, ROLE_DIM, &note);
        return;
    }
    if (columns->note_width)
        add_run_or_gc(pen, &note, index, NAN);
    draw_chat(pen, row, column, columns, index);
    cells_text(pen->cells, row, columns->note, columns->note_width,
               model_run(pen->model, index).is_running ? ROLE_RUNNING : ROLE_TEXT, line_str(&note));
}

/* When GC comes by next, and which slot it frees first. */
static void draw_gc(struct pen *pen, struct area area, const struct columns *columns)
{
    struct line line = {.len = 0};
    const struct model *model = pen->model;
    int end = area.column + area.width - MARGIN;
    int64_t before_ms = pen->next_ms;
    bool has_room = pen->cells->width >= GC_WIDTH && !pen->view->is_slow;
    if (!has_room || columns->age || isnan(model->next_gc_ms))
        return;
    (void)pen_add_gc(pen, &line, "GC in", model->next_gc_ms);
    if (model->next_free_slot < model->slot_count) {
        const struct slot *slot = &model->slots[model->next_free_slot];
        bool is_next = slot->frees_at_ms <= model->next_gc_ms;
        line_add(&line, is_next ? STR(" frees slot ") : STR(", slot "));
        line_add(&line, slot->label);
        if (!is_next)
            (void)pen_add_gc(pen, &line, " frees", slot->frees_at_ms);
    }
    int width = (int)text_width(line_str(&line), pen->cells->ascii);
    int column = end - width;
    if (column <= columns->holder + GAP + (int)sizeof("HOLDER")) {
        pen->next_ms = before_ms;
        return;
    }
    cells_text(pen->cells, area.row, column - 1, 1, ROLE_RULE, STR(" "));
    cells_text(pen->cells, area.row, column, width, ROLE_COLUMN, line_str(&line));
    cells_text(pen->cells, area.row, end, 1, ROLE_RULE, STR(" "));
}

void view_draw_pool_axis(struct pen *pen, struct area area)
{
    struct columns columns = columns_of(pen, area);
    cells_fill(pen->cells, area.row, area.column, area.width, ROLE_COLUMN, ' ');
    view_draw_lane_axis(pen, (struct area){area.row, columns.bar, columns.bar_width, 1});
    cells_right(pen->cells, area.row, columns.left, TIME_WIDTH, ROLE_COLUMN, STR("LEFT"));
    cells_text(pen->cells, area.row, columns.holder, columns.holder_width, ROLE_COLUMN,
               STR("HOLDER"));
}

void view_draw_pool_heads(struct pen *pen, struct area area)
{
    struct columns columns = columns_of(pen, area);
    pen_head_right(pen, area.row, columns.left, TIME_WIDTH,
                   columns.bar_width ? "TTL LEFT" : "LEFT");
    pen_head(pen, area.row, columns.holder, columns.holder_width, "HOLDER");
    if (columns.age)
        pen_head_right(pen, area.row, columns.age, TIME_WIDTH, "AGE");
    draw_gc(pen, area, &columns);
}

static void draw_item(struct pen *pen, int row, const struct columns *columns, size_t place)
{
    const struct slot *slot = pool_item_slot(pen->model, place);
    if (columns->has_lane)
        view_draw_lane(pen, (struct area){row, columns->bar, columns->bar_width, 1}, place);
    if (slot)
        draw_slot(pen, row, columns, slot);
    else
        draw_fallback(pen, row, columns, pool_item_row(pen->model, place));
}

/* What is below the last line; only fallbacks, where all slots are seen. */
static void draw_more(struct pen *pen, int row, const struct columns *columns,
                      const struct pool_grid *grid)
{
    bool are_fallbacks = grid->top == 0 && grid->rows >= pen->model->slot_count;
    enum role role = are_fallbacks ? ROLE_FALLBACK : ROLE_DIM;
    if (are_fallbacks)
        cells_text(pen->cells, row, columns->label, 1, role, STR("F"));
    cells_printf(pen->cells, row, columns->state, pen->cells->width, role, "+%zu more%s",
                 grid->hidden, are_fallbacks ? " fallbacks" : "");
}

void view_draw_pool_lines(struct pen *pen, struct area area, const struct pool_grid *grid)
{
    struct columns columns = columns_of(pen, area);
    size_t cursor = view_pool_cursor(pen);
    for (size_t i = 0; i < grid->rows && grid->top + i < grid->count; i++) {
        int row = area.row + (int)i;
        draw_item(pen, row, &columns, grid->top + i);
        if (grid->top + i != cursor)
            continue;
        cells_text(pen->cells, row, area.column, 1, ROLE_TEXT, STR(">"));
        cells_mark_row(pen->cells, row, area.column, area.width);
    }
    if (grid->hidden > 0 && (int)grid->rows < area.height)
        draw_more(pen, area.row + (int)grid->rows, &columns, grid);
}
