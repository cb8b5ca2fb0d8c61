/* The search: rows stay where they are, the cursor goes to the next that matches. */
#include "tui/app_part.h"

static bool matches(const struct app *app, size_t row)
{
    return filter_matches(&app->ui.search.filter, &state_shown(app->state)->registry,
                          &app->state->model, app->rows.entries[row]);
}

bool app_end_search(struct app *app)
{
    struct search *search = &app->ui.search;
    if (search->text.len == 0)
        return false;
    buffer_clear(&search->text);
    filter_done(&search->filter);
    return true;
}

/* Counts what matches, up to the cursor and in all. */
static void count(struct app *app)
{
    struct search *search = &app->ui.search;
    search->found = search->place = 0;
    for (size_t row = 0; row < app->rows.count; row++) {
        if (!matches(app, row))
            continue;
        search->found++;
        if (row == app->ui.cursor_row)
            search->place = search->found;
    }
}

/* The first match from `row` on, round the ends; SIZE_MAX for none. */
static size_t find(const struct app *app, size_t row, bool is_back)
{
    size_t rows = app->rows.count;
    for (size_t i = 0; i < rows; i++) {
        size_t at = is_back ? (row + rows - i) % rows : (row + i) % rows;
        if (matches(app, at))
            return at;
    }
    return SIZE_MAX;
}

static void go_to_origin(struct app *app)
{
    const struct search *search = &app->ui.search;
    size_t row = rows_find(&app->rows, &state_shown(app->state)->registry, &app->state->model,
                           buffer_str(&search->origin_id));
    app_walk_to(app, row == SIZE_MAX ? search->origin_row : row);
}

/* What was typed changed: the first match from where it began. */
static void apply(struct app *app)
{
    struct search *search = &app->ui.search;
    struct filter filter;
    if (filter_parse(buffer_str(&search->text), false, &filter, NULL) != 0) {
        (void)app_end_search(app);
        ui_say(&app->ui, TONE_ERROR, "Out of memory: nothing can be looked for.");
        return;
    }
    filter_done(&search->filter);
    search->filter = filter;
    go_to_origin(app);
    size_t row = search->text.len > 0 ? find(app, app->ui.cursor_row, false) : SIZE_MAX;
    if (row != SIZE_MAX)
        app_walk_to(app, row);
    count(app);
}

static void begin(struct app *app)
{
    struct search *search = &app->ui.search;
    (void)app_end_search(app);
    buffer_clear(&search->origin_id);
    buffer_add_str(&search->origin_id, buffer_str(&app->ui.cursor_id));
    search->origin_row = app->ui.cursor_row;
    search->found = search->place = 0;
    app_open(app, UI_SEARCH);
}

/* "Match 2 of 7." */
static void tell(struct app *app, const char *how)
{
    const struct search *search = &app->ui.search;
    ui_say(&app->ui, TONE_NONE, "Match %zu of %zu%s.", search->place, search->found, how);
}

static void say_none(struct app *app)
{
    struct buffer *out = ui_message(&app->ui, TONE_WARNING);
    buffer_addf(out, "No session shown matches ");
    buffer_add_str(out, buffer_str(&app->ui.search.text));
    buffer_addf(out, ".");
}

/* To the next match behind the cursor, or before it. */
static void step(struct app *app, bool is_back)
{
    size_t from = app->ui.cursor_row;
    size_t rows = app->rows.count;
    size_t row = rows > 0 ? find(app, is_back ? from + rows - 1 : from + 1, is_back) : SIZE_MAX;
    if (row == SIZE_MAX) {
        say_none(app);
        return;
    }
    app_walk_to(app, row);
    count(app);
    if (app->ui.search.found == 1)
        tell(app, "");
    else if (!is_back && row <= from)
        tell(app, ", from the top again");
    else if (is_back && row >= from)
        tell(app, ", from the end again");
    else
        tell(app, "");
}

void app_search(struct app *app, enum command_id id)
{
    if (app->ui.mode != UI_NORMAL)
        ui_say(&app->ui, TONE_WARNING, "A search is of the table: Esc leads there.");
    else if (id == COMMAND_SEARCH || app->ui.search.text.len == 0)
        begin(app);
    else
        step(app, id == COMMAND_SEARCH_PREVIOUS);
}

void app_search_type(struct app *app, uint32_t key)
{
    struct buffer *text = &app->ui.search.text;
    if (ui_type(text, key))
        apply(app);
    else if (text->failed)
        ui_say(&app->ui, TONE_ERROR, "Out of memory: nothing more can be typed.");
}

static void keep(struct app *app)
{
    app_leave(app);
    if (app->ui.search.text.len == 0)
        return;
    if (app->ui.search.found == 0)
        say_none(app);
    else
        tell(app, "");
}

void app_search_key(struct app *app, uint32_t key)
{
    enum { CTRL_C = KEY_CTRL('C'), CTRL_H = KEY_CTRL('H'), CTRL_U = KEY_CTRL('U'), RUB_OUT = 0x7f };
    struct search *search = &app->ui.search;
    bool is_next = key == KEY_CODE_DOWN || key == KEY_CODE_F1 + 2;
    ui_be_silent(&app->ui);
    if (key == KEY_ENTER) {
        keep(app);
    } else if (key == KEY_ESCAPE || key == CTRL_C) {
        go_to_origin(app);
        (void)app_end_search(app);
        app_leave(app);
    } else if (key == KEY_CODE_BACKSPACE || key == RUB_OUT || key == CTRL_H) {
        ui_rub_out(&search->text);
        apply(app);
    } else if (key == CTRL_U) {
        buffer_clear(&search->text);
        apply(app);
    } else if ((is_next || key == KEY_CODE_UP) && search->text.len > 0) {
        step(app, !is_next);
    } else {
        app_search_type(app, key);
    }
}
