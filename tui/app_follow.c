/* Following: the cursor stays on one session, and that at its line, until the operator moves it. */
#include "tui/app_part.h"

static void add_short_id(const struct app *app, struct str session_id, struct buffer *out)
{
    buffer_add(out, session_id.data,
               model_short_len(&app->state->model, &state_shown(app->state)->registry, session_id));
}

void app_follow(struct app *app)
{
    struct ui *ui = &app->ui;
    bool is_on = ui->follow_id.len > 0;
    struct str session_id = buffer_str(is_on ? &ui->follow_id : &ui->cursor_id);
    if (ui->mode != UI_NORMAL || session_id.len == 0) {
        ui_say(ui, TONE_WARNING,
               ui->mode == UI_NORMAL ? "No session is selected."
                                     : "A session is followed in the table: Esc leads there.");
        return;
    }
    struct buffer *out = ui_message(ui, TONE_NONE);
    buffer_addf(out, is_on ? "No longer following " : "Following ");
    add_short_id(app, session_id, out);
    buffer_addf(out, is_on ? "." : " until you move the cursor.");
    buffer_clear(&ui->follow_id);
    if (!is_on)
        buffer_add_str(&ui->follow_id, buffer_str(&ui->cursor_id));
    if (ui->follow_id.failed) {
        buffer_clear(&ui->follow_id);
        ui_say(ui, TONE_ERROR, "Not done: out of memory.");
    }
}

/* It is not among the rows. Where only the filter hides it, it may come back. */
static void lose(struct app *app)
{
    struct str id = buffer_str(&app->ui.follow_id);
    if (model_find_row(&app->state->model, &state_shown(app->state)->registry, id) != SIZE_MAX)
        return;
    struct buffer *out = ui_message(&app->ui, TONE_WARNING);
    buffer_add_str(out, id);
    buffer_addf(out, ", which was followed, is gone.");
    buffer_clear(&app->ui.follow_id);
}

size_t app_follow_row(struct app *app)
{
    const struct ui *ui = &app->ui;
    const struct registry *registry = &state_shown(app->state)->registry;
    if (ui->follow_id.len > 0) {
        size_t row =
            rows_find(&app->rows, registry, &app->state->model, buffer_str(&ui->follow_id));
        if (row != SIZE_MAX)
            return row;
        lose(app);
    }
    return rows_find(&app->rows, registry, &app->state->model, buffer_str(&ui->cursor_id));
}

void app_follow_scroll(struct app *app)
{
    struct ui *ui = &app->ui;
    if (ui->follow_id.len > 0 && str_equal(buffer_str(&ui->follow_id), buffer_str(&ui->cursor_id)))
        ui->top_row = ui->cursor_row > ui->cursor_line ? ui->cursor_row - ui->cursor_line : 0;
}
