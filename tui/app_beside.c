/* What only wide screens show beside the rest: how hard the pool was pressed, and why the session
 * under the cursor fell back. Made when something changed, for drawing has no memory. */
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

/* The session under the cursor where it is on the workspace agent; absent where it is not. */
static struct str fallback_of(const struct app *app)
{
    const struct entry *entry = app_target_entry(app);
    return entry && entry_is_fallback(entry) ? entry_session_id(entry) : (struct str){0};
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

void app_fit_beside(struct app *app, int width, int64_t now_ms)
{
    struct ui *ui = &app->ui;
    struct made_beside *made = &ui->beside;
    if (app->past.frozen) { /* it would tell of what came later */
        ui->has_pressure = ui->has_side_why = false;
        made->model_now_ms = 0;
        return;
    }
    if (width < UI_SIDE_WIDTH || !app->state->has_model)
        return;
    struct str session_id = fallback_of(app);
    bool is_same_look = made->model_now_ms == app->state->model.now_ms &&
                        made->events == count_events(app) && made->model_now_ms != 0;
    bool is_same_session = str_equal(session_id, buffer_str(&made->session));
    if (is_same_look && is_same_session)
        return;
    if (!is_same_look)
        find_pressure(app, now_ms);
    explain(app, session_id, now_ms);
    made->model_now_ms = app->state->model.now_ms;
    made->events = count_events(app);
    buffer_clear(&made->session);
    buffer_add_str(&made->session, session_id);
}
