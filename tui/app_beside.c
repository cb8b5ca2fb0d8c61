/* What only wide screens show beside the rest: how hard the pool was pressed, and why the newest
 * fallback is one. Made when something changed, for drawing has no memory. Whatever the cursor is
 * on, it stays: a move is not worth so many lines. */
#include "tui/app_part.h"

#include <string.h>

#define DAY_MS 86400000.0

static size_t count_events(const struct app *app)
{
    const struct history *history = app->state->around.history;
    size_t count = 0;
    if (history)
        (void)history_events(history, &count);
    return count;
}

static void find_pressure(struct app *app, int64_t now_ms)
{
    struct ui *ui = &app->ui;
    const struct history *history = app->state->around.history;
    size_t count = 0;
    const struct history_event *events = history ? history_events(history, &count) : NULL;
    ui->has_pressure = history && pressure_find(&app->state->model, events, count,
                                                (double)now_ms - DAY_MS, &ui->pressure, NULL) == 0;
}

static bool is_fallback(const struct app *app, struct str session_id)
{
    const struct document *shown = state_shown(app->state);
    size_t row = model_find_row(&app->state->model, &shown->registry, session_id);
    return row < app->state->model.entry_count && entry_is_fallback(&shown->registry.entries[row]);
}

/* The one that fell back last, of those that are fallbacks still; of what was before the history,
 * the one that findings name. Absent: there is none. */
static struct str newest_fallback(const struct app *app)
{
    const struct model *model = &app->state->model;
    const struct history *history = app->state->around.history;
    size_t count = 0;
    if (model->counts.fallback == 0)
        return (struct str){0};
    const struct history_event *events = history ? history_events(history, &count) : NULL;
    for (size_t i = count; i > 0; i--) {
        if (events[i - 1].kind == EVENT_FELL_BACK && is_fallback(app, events[i - 1].session_id))
            return events[i - 1].session_id;
    }
    for (size_t i = 0; i < model->finding_count; i++) {
        if (is_fallback(app, model->findings[i].subject))
            return model->findings[i].subject;
    }
    return (struct str){0};
}

static void explain(struct app *app, struct str session_id, int64_t now_ms)
{
    struct ui *ui = &app->ui;
    struct why_words words;
    ui->has_side_why = session_id.data && app_explain(app, session_id, now_ms, &words, NULL) == 0;
    if (!ui->has_side_why)
        return;
    why_words_done(&ui->side_why);
    ui->side_why = words;
}

/* The time alone does not tell: chats may be read in the millisecond of the registry. */
static bool is_made_of_this(const struct app *app, const struct made_beside *made)
{
    const struct model *model = &app->state->model;
    return made->model_now_ms != 0 && made->model_now_ms == model->now_ms &&
           made->model_version == model->version && made->events == count_events(app);
}

void app_fit_beside(struct app *app, int width, int64_t now_ms)
{
    struct ui *ui = &app->ui;
    struct made_beside *made = &ui->beside;
    if (app->past.frozen) { /* it would tell of what came later */
        ui->has_pressure = ui->has_side_why = false;
        made->model_now_ms = 0;
        return;
    }
    if (width < UI_SIDE_WIDTH || app->is_slow || !app->state->has_model)
        return;
    if (is_made_of_this(app, made))
        return;
    find_pressure(app, now_ms);
    explain(app, newest_fallback(app), now_ms);
    *made = (struct made_beside){app->state->model.now_ms, app->state->model.version,
                                 count_events(app)};
}
