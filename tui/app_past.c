/*
 * Stepping through the history: the screen stands still (app_freeze.c), and shows the registry as
 * it was after one event. All that reads, reads that; nothing is changed by keys.
 */
#include "tui/app_part.h"

#include "tui/event_words.h"

static const struct history *history_of(const struct app *app)
{
    return app->state->around.history;
}

struct state *app_present(const struct app *app)
{
    return app->past.frozen ? app->past.frozen : app->state;
}

void app_past_leave(struct app *app)
{
    struct past_view *view = &app->past;
    if (!view->frozen)
        return;
    app->state = view->frozen;
    past_free(view->past);
    *view = (struct past_view){.frozen = NULL};
}

/* "As it was after this, 12 of 40: 14:26:04 e05f1a22 active -> expired; slot 4 is free." */
static void say_where(struct app *app, int64_t now_ms)
{
    size_t count;
    char time[EVENT_TIME_SIZE], forward[KEYMAP_LABEL_SIZE], live[KEYMAP_LABEL_SIZE];
    int64_t changes_in_ms;
    const struct history_event *event = &history_events(history_of(app), &count)[app->past.place];
    const struct model *model = &app->state->model;
    const struct registry *registry = &state_shown(app->state)->registry;
    struct event_words words;
    event_words_tell(event, model, registry, &words);
    struct buffer *out = ui_message(&app->ui, TONE_NONE);
    buffer_addf(out, "As it was after event %zu of %zu: %s ", app->past.place + 1, count,
                event_words_time(event->at_ms, now_ms, time, &changes_in_ms));
    if (event->session_id.data) {
        buffer_add_str(out, event_words_id(model, registry, event->session_id));
        buffer_add_char(out, ' ');
    }
    event_words_add(&words, out);
    buffer_addf(out, ". Pool and titles are those of now. %s goes forward, %s live.",
                keymap_label(&app->ui.keymap, COMMAND_PAST_FORWARD, forward),
                keymap_label(&app->ui.keymap, COMMAND_LIVE, live));
}

/* Shows the registry as it was after an event, instead of what is shown. */
static void show(struct app *app, size_t place, int64_t now_ms)
{
    struct state *frozen = app->past.frozen ? app->past.frozen : app->state;
    struct past *past;
    struct error error = {0};
    if (past_make(frozen, place, &past, &error) != 0) {
        ui_say(&app->ui, error.kind == ERROR_NOT_FOUND ? TONE_WARNING : TONE_ERROR, "%s.",
               error.text);
        return;
    }
    app_past_leave(app);
    app->past = (struct past_view){.frozen = frozen, .past = past, .place = place};
    app->state = &past->state;
    app_arrange(app, CAUSE_OPERATOR, now_ms);
    say_where(app, now_ms);
}

static void step_back(struct app *app, int64_t now_ms)
{
    size_t from = app->past.frozen ? app->past.place : SIZE_MAX;
    size_t place = past_step(history_of(app), from, true);
    if (place == SIZE_MAX) {
        ui_say(&app->ui, TONE_NONE,
               app->past.frozen ? "That is as far back as the history goes."
                                : "The history has too few events to step back in.");
        return;
    }
    if (!app->freeze.is_on)
        app_freeze(app, now_ms);
    if (app->freeze.is_on)
        show(app, place, now_ms);
}

void app_past_step(struct app *app, bool is_back, int64_t now_ms)
{
    if (is_back) {
        step_back(app, now_ms);
        return;
    }
    if (!app->past.frozen) {
        app_live(app, now_ms);
        return;
    }
    size_t place = past_step(history_of(app), app->past.place, false);
    if (place == SIZE_MAX)
        app_live(app, now_ms);
    else
        show(app, place, now_ms);
}
