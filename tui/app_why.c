/* The why pane: one session's fallback explained, by its id, anew whenever anything changed. */
#include "tui/app_part.h"

int app_explain(const struct app *app, struct str session_id, int64_t now_ms,
                struct why_words *ret_words, struct error *error)
{
    struct why_sources sources = state_why_sources(
        app_present(app), app->past.frozen ? app->freeze.at_ms : app_time_ms(app, now_ms));
    struct why why;
    int result = why_explain(&sources, session_id, &why, error);
    if (result != 0)
        return result;
    result = why_words_make(&sources, &why, ret_words, error);
    why_done(&why);
    return result;
}

/* The words for a session; those of before stay where that fails. */
static int explain(struct app *app, struct str session_id, int64_t now_ms, struct error *error)
{
    struct why_words words;
    int result = app_explain(app, session_id, now_ms, &words, error);
    if (result != 0)
        return result;
    why_words_done(&app->ui.why);
    app->ui.why = words;
    return 0;
}

static void say_failure(struct app *app, const struct error *error)
{
    bool is_unknown = error->kind == ERROR_NOT_FOUND;
    ui_say(&app->ui, is_unknown ? TONE_WARNING : TONE_ERROR, "%s.", error->text);
}

void app_why_session(struct app *app, struct str session_id, int64_t now_ms)
{
    struct error error = {0};
    if (explain(app, session_id, now_ms, &error) == 0)
        app_open(app, UI_WHY);
    else
        say_failure(app, &error);
}

void app_why(struct app *app, int64_t now_ms)
{
    const struct entry *entry = app_target_entry(app);
    if (!entry && app->ui.mode != UI_NORMAL)
        app_refuse(app);
    else if (!entry)
        ui_say(&app->ui, TONE_WARNING, "No session is selected: there is nothing to explain.");
    else
        app_why_session(app, entry_session_id(entry), now_ms);
}

void app_why_follow(struct app *app, int64_t now_ms)
{
    struct error error = {0};
    if (explain(app, app->ui.why.session_id, now_ms, &error) == 0)
        return;
    app_drop_pane(app, UI_WHY);
    say_failure(app, &error);
}
