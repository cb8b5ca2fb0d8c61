/* What was done here is held to: looked for in every later version, applied again where lost. */
#include "tui/app_part.h"

void app_promise(struct app *app, const struct outcome *outcomes, size_t count)
{
    struct error error = {0};
    for (size_t i = 0; i < count; i++)
        if (promises_add(&app->promises, &outcomes[i], &error) != 0)
            ui_say(&app->ui, TONE_WARNING, "Done, but not watched over from now on: %s",
                   error.text);
}

static void say_news(struct app *app, const struct promise_news *news)
{
    const struct registry *registry = &state_shown(app->state)->registry;
    struct str id = buffer_str(&news->session_id);
    const struct entry *entry = registry_get(registry, id);
    bool is_bad = news->failed > 0;
    struct buffer *message = ui_message(&app->ui, is_bad ? TONE_ERROR : TONE_WARNING);
    buffer_add(message, id.data, entry ? words_short_len(app, entry) : id.len);
    if (is_bad)
        buffer_addf(message,
                    ": the server wrote an older copy over your change, and it could not be "
                    "applied again: %s",
                    news->error.text);
    else if (news->applied > 0)
        buffer_addf(message, ": the server wrote an older copy over your change; it was applied "
                             "again and checked.");
    else
        buffer_addf(message, " has moved on since your change: the server made it %s.",
                    entry_state_name(news->moved_to));
}

void app_keep_promises(struct app *app, int64_t now_ms)
{
    struct promise_news news;
    const struct document *document = &app->state->document;
    if (app->promises.count == 0 || app->read_only || document->state != DOCUMENT_OK)
        return;
    promises_keep(&app->promises, app_store(app, now_ms), &document->registry, &news);
    if (news.applied > 0)
        app_look_again(app, PART_REGISTRY, CAUSE_OUTSIDE, now_ms);
    /* What GC makes of a released or idle session is the ordinary course, and no news. */
    bool is_live = news.moved_to == STATE_ACTIVE || news.moved_to == STATE_IDLE;
    if (news.applied > 0 || news.failed > 0 || (news.moved_on > 0 && is_live))
        say_news(app, &news);
    buffer_done(&news.session_id);
}
