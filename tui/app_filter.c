/* The filter that is typed after '/': of the table, of the events, of help. */
#include "tui/app_part.h"

static struct buffer *current(struct app *app)
{
    struct ui *ui = &app->ui;
    switch ((unsigned)ui_filtered(ui)) {
    case UI_EVENTS:
        return &ui->events.filter;
    case UI_HELP:
        return &ui->help_filter;
    default:
        return &ui->filter;
    }
}

/* What it shows now. */
static void apply(struct app *app, int64_t now_ms)
{
    switch ((unsigned)ui_filtered(&app->ui)) {
    case UI_EVENTS:
        app_events_arrange(app);
        break;
    case UI_HELP:
        app->ui.scroll = 0;
        break;
    default:
        app_arrange(app, CAUSE_OPERATOR, now_ms);
        break;
    }
}

bool app_has_filter(struct app *app)
{
    return current(app)->len > 0;
}

void app_set_filter(struct app *app, struct str text, int64_t now_ms)
{
    struct buffer *filter = current(app);
    struct str cut = {text.data, text.len < UI_FILTER_MAX ? text.len : UI_FILTER_MAX};
    while (cut.len < text.len && cut.len > 0 && ((unsigned char)text.data[cut.len] & 0xc0) == 0x80)
        cut.len--;
    buffer_clear(filter);
    buffer_add_str(filter, cut);
    if (filter->failed) {
        buffer_clear(filter);
        ui_say(&app->ui, TONE_ERROR, "Not done: out of memory.");
    }
    apply(app, now_ms);
}

void app_type_filter(struct app *app)
{
    enum ui_mode filtered = ui_filtered(&app->ui);
    app->ui.came_from[UI_FILTER] = filtered;
    app_set_mode(app, UI_FILTER);
}

void app_filter_type(struct app *app, uint32_t key, int64_t now_ms)
{
    if (ui_type(current(app), key))
        apply(app, now_ms);
}

static void rub_out(struct app *app, int64_t now_ms)
{
    ui_rub_out(current(app));
    apply(app, now_ms);
}

void app_filter_key(struct app *app, uint32_t key, int64_t now_ms)
{
    const struct command *command =
        key >= KEY_CODE_BASE ? keymap_command(&app->ui.keymap, key) : NULL;
    ui_be_silent(&app->ui);
    if (key == KEY_ENTER) {
        app_leave(app);
    } else if (key == KEY_ESCAPE || key == KEY_CTRL('C')) {
        app_set_filter(app, STR(""), now_ms);
        app_leave(app);
    } else if (key == KEY_CODE_BACKSPACE || key == KEY_RUBOUT || key == KEY_CTRL('H')) {
        rub_out(app, now_ms);
    } else if (key == KEY_CTRL('U')) {
        app_set_filter(app, STR(""), now_ms);
    } else if (command && app_is_movement(command->id)) {
        app_move(app, command->id);
    } else {
        app_filter_type(app, key, now_ms);
    }
}
