/* The pool over the last hour, made anew when a minute or the registry has moved on. */
#include "tui/app_part.h"

enum { MINUTE_MS = 60000 };

void app_lanes_toggle(struct app *app)
{
    app->ui.has_lanes = !app->ui.has_lanes;
    app->ui.lanes_model_ms = 0;
}

static void make(struct app *app, int64_t now_ms)
{
    struct ui *ui = &app->ui;
    const struct state *state = app->state;
    struct lanes_sources sources = {
        .model = &state->model,
        .registry = &state_shown(state)->registry,
        .beat = state->beat,
        .watched_from_ms = app->watched_from_ms,
        .now_ms = now_ms,
    };
    struct error error = {0};
    if (state->around.history)
        sources.events = history_events(state->around.history, &sources.event_count);
    struct lanes lanes;
    if (lanes_make(&sources, &lanes, &error) != 0) {
        ui->has_lanes = false;
        ui_say(ui, TONE_ERROR, "%s.", error.text);
        return;
    }
    lanes_done(&ui->lanes);
    ui->lanes = lanes;
    ui->lanes_model_ms = state->model.now_ms;
}

void app_lanes_fit(struct app *app, int width, int height, int64_t now_ms)
{
    struct ui *ui = &app->ui;
    if (app->watched_from_ms == 0)
        app->watched_from_ms = now_ms;
    if (!ui->has_lanes || !app->state->has_model)
        return;
    struct view view = app_view(app, now_ms, 0, 0);
    if (!view_fits_lanes(&view, width, height)) {
        ui->has_lanes = false;
        ui_say(ui, TONE_WARNING,
               "The swimlane needs a line for each slot, and 52 columns: 1 and + "
               "make room.");
        return;
    }
    bool is_now =
        ui->lanes.items && ui->lanes.end_ms - now_ms <= MINUTE_MS && ui->lanes.end_ms > now_ms;
    if (!is_now || ui->lanes_model_ms != app->state->model.now_ms)
        make(app, now_ms);
}
