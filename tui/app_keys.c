#include "tui/app_part.h"

enum { CTRL_C = KEY_CTRL('C'), CTRL_H = KEY_CTRL('H'), CTRL_U = KEY_CTRL('U'), DELETE_BYTE = 0x7f };

static bool is_movement(enum command_id id)
{
    return id >= COMMAND_DOWN && id <= COMMAND_LAST;
}

/* Where a movement leads from `at` among 0..last. */
static size_t moved(enum command_id id, size_t at, size_t last, size_t page)
{
    bool is_page = id == COMMAND_PAGE_DOWN || id == COMMAND_PAGE_UP;
    size_t step = is_page && page > 1 ? page : 1;
    if (id == COMMAND_FIRST)
        return 0;
    if (id == COMMAND_LAST)
        return last;
    if (id == COMMAND_UP || id == COMMAND_PAGE_UP)
        return at > step ? at - step : 0;
    return at + step < last ? at + step : last;
}

static void move(struct app *app, enum command_id id)
{
    struct ui *ui = &app->ui;
    if (ui->mode == UI_HELP || ui->mode == UI_DETAIL)
        ui->scroll = moved(id, ui->scroll, ui->scroll_last, ui->page_rows);
    else if (app->rows.count > 0)
        app_move_to(app, moved(id, ui->cursor_row, app->rows.count - 1, ui->page_rows));
}

static void set_mode(struct app *app, enum ui_mode mode)
{
    app->ui.mode = mode;
    app->ui.scroll = 0;
    app->ui.scroll_last = SIZE_MAX / 2; /* known after the next layout, which holds it in */
}

static void clear_filter(struct app *app, int64_t now_ms)
{
    buffer_clear(&app->ui.filter);
    app_arrange(app, CAUSE_OPERATOR, now_ms);
}

static void toggle_detail(struct app *app)
{
    if (app->ui.mode == UI_DETAIL)
        set_mode(app, UI_NORMAL);
    else if (app->rows.count > 0)
        set_mode(app, UI_DETAIL);
    else
        ui_say(&app->ui, TONE_WARNING, "No session is selected.");
}

static void sort(struct app *app, enum command_id id, int64_t now_ms)
{
    struct ui *ui = &app->ui;
    int step = id == COMMAND_SORT_NEXT ? 1 : SORT_COUNT - 1;
    if (id == COMMAND_SORT_REVERSE)
        ui->reverse = !ui->reverse;
    else
        ui->sort = (enum sort_key)(((int)ui->sort + step) % SORT_COUNT);
    app_arrange(app, CAUSE_OPERATOR, now_ms);
}

static void reload(struct app *app, int64_t now_ms)
{
    app_look_again(app, PART_ALL, CAUSE_OPERATOR, now_ms);
    app->repaint = true;
    if (app->ui.tone == TONE_NONE)
        ui_say(&app->ui, TONE_GOOD, "Everything was read again.");
}

static void go_back(struct app *app, uint32_t key, int64_t now_ms)
{
    if (app->ui.mode != UI_NORMAL)
        set_mode(app, UI_NORMAL);
    else if (key == KEY_ESCAPE && app->ui.filter.len > 0)
        clear_filter(app, now_ms);
    else
        app->ui.quit = true;
}

/* The commands that change nothing but the screen. */
static void run(struct app *app, enum command_id id, uint32_t key, int64_t now_ms)
{
    if (id == COMMAND_HELP)
        set_mode(app, app->ui.mode == UI_HELP ? UI_NORMAL : UI_HELP);
    else if (id == COMMAND_QUIT)
        go_back(app, key, now_ms);
    else if (id == COMMAND_RELOAD)
        reload(app, now_ms);
    else if (app->ui.mode == UI_HELP)
        return; /* help hides what the others would change */
    else if (id == COMMAND_DETAIL)
        toggle_detail(app);
    else if (id == COMMAND_FILTER)
        set_mode(app, UI_FILTER);
    else if (id == COMMAND_DISMISS)
        app_dismiss(app, now_ms);
    else if (id >= COMMAND_SORT_PREVIOUS && id <= COMMAND_SORT_REVERSE)
        sort(app, id, now_ms);
}

/* A key of a mode in which keys are commands. */
static void command_key(struct app *app, uint32_t key, int64_t now_ms)
{
    const struct command *command = command_by_key(key);
    if (!command || !(command->flags & COMMAND_ON_SCREEN))
        return;
    ui_be_silent(&app->ui);
    if (is_movement(command->id))
        move(app, command->id);
    else if (!(command->flags & COMMAND_CHANGES))
        run(app, command->id, key, now_ms);
    else if (app->ui.mode != UI_HELP)
        app_act(app, command, now_ms);
}

static void type(struct app *app, uint32_t key, int64_t now_ms)
{
    char bytes[KEY_UTF8_SIZE];
    struct buffer *filter = &app->ui.filter;
    size_t len = key_is_text(key) ? key_encode(key, bytes) : 0;
    if (len == 0 || filter->len + len > UI_FILTER_MAX || !buffer_reserve(filter, len))
        return;
    buffer_add(filter, bytes, len);
    app_arrange(app, CAUSE_OPERATOR, now_ms);
}

static void rub_out(struct app *app, int64_t now_ms)
{
    struct buffer *filter = &app->ui.filter;
    bool is_middle = true;
    while (is_middle && filter->len > 0) {
        is_middle = ((unsigned char)filter->data[--filter->len] & 0xc0) == 0x80;
        filter->data[filter->len] = '\0';
    }
    app_arrange(app, CAUSE_OPERATOR, now_ms);
}

static void filter_key(struct app *app, uint32_t key, int64_t now_ms)
{
    const struct command *command = key >= KEY_CODE_BASE ? command_by_key(key) : NULL;
    ui_be_silent(&app->ui);
    if (key == KEY_ENTER) {
        set_mode(app, UI_NORMAL);
    } else if (key == KEY_ESCAPE || key == CTRL_C) {
        set_mode(app, UI_NORMAL);
        clear_filter(app, now_ms);
    } else if (key == KEY_CODE_BACKSPACE || key == DELETE_BYTE || key == CTRL_H) {
        rub_out(app, now_ms);
    } else if (key == CTRL_U) {
        clear_filter(app, now_ms);
    } else if (command && is_movement(command->id)) {
        move(app, command->id);
    } else {
        type(app, key, now_ms);
    }
}

void app_key(struct app *app, uint32_t key, int64_t now_ms)
{
    switch (app->ui.mode) {
    case UI_CONFIRM:
        app_answer(app, key == 'y' || key == 'Y', now_ms);
        break;
    case UI_FILTER:
        filter_key(app, key, now_ms);
        break;
    case UI_NORMAL:
    case UI_HELP:
    case UI_DETAIL:
        command_key(app, key, now_ms);
        break;
    }
}

void app_paste(struct app *app, uint32_t key, int64_t now_ms)
{
    if (app->ui.mode == UI_FILTER)
        type(app, key, now_ms);
    else if (app->ui.mode != UI_CONFIRM)
        ui_say(&app->ui, TONE_WARNING, "Pasted text fires no keys. Press / first to filter by it.");
}
