/* The mouse, where the operator has turned it on. */
#include "tui/app_part.h"

enum { WHEEL_ROWS = 3 };

static void sort_by(struct app *app, enum sort_key sort, int64_t now_ms)
{
    struct ui *ui = &app->ui;
    if (ui->sort == sort)
        ui->reverse = !ui->reverse;
    ui->sort = sort;
    app_arrange(app, CAUSE_OPERATOR, now_ms);
}

/* The first click chooses a session, the next one on it, soon or late, shows it. */
static void click_row(struct app *app, size_t row, int64_t now_ms)
{
    bool is_chosen = row == app->ui.cursor_row && ui_base(&app->ui) == UI_NORMAL;
    if (is_chosen && app->ui.mode == UI_NORMAL)
        app_command(app, command_by_id(COMMAND_DETAIL), KEY_ENTER, now_ms);
    else if (app_focus(app, UI_NORMAL))
        app_walk_to(app, row);
}

/* While something is typed, only keys can be pressed: the rest would move what it is about. */
static void press(struct app *app, const struct event *event, int64_t now_ms)
{
    const struct ui *ui = &app->ui;
    struct view view = app_view(app, now_ms, 0, 0);
    struct view_hit hit = view_hit(&view, app->width, app->height, event->row, event->column);
    bool is_typing = ui->mode == UI_LINE || ui->mode == UI_FILTER || ui->mode == UI_SEARCH;
    if (hit.kind == HIT_KEY) {
        app_key(app, hit.key, now_ms);
    } else if (hit.kind == HIT_HEAD && !is_typing) {
        sort_by(app, hit.sort, now_ms);
    } else if (hit.kind == HIT_ROW && !is_typing) {
        ui_be_silent(&app->ui);
        click_row(app, hit.row, now_ms);
    }
}

void app_mouse(struct app *app, const struct event *event, int64_t now_ms)
{
    const struct ui *ui = &app->ui;
    bool is_down = event->mouse == MOUSE_WHEEL_DOWN;
    if (!ui->has_mouse || ui->mode == UI_CONFIRM)
        return; /* a question is answered by a key */
    if (event->mouse == MOUSE_PRESS) {
        press(app, event, now_ms);
        return;
    }
    for (int i = 0; i < WHEEL_ROWS && ui->mode != UI_LINE && ui->mode != UI_SEARCH; i++)
        app_move(app, is_down ? COMMAND_DOWN : COMMAND_UP);
}
