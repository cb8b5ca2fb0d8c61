/* What was done here is held to: looked for in every later version, applied again where lost. */
#include "tui/app_part.h"

#include "core/undo.h"
#include "tui/record.h"

void app_promise(struct app *app, const struct outcome *outcomes, size_t count)
{
    struct error error = {0};
    size_t first = count > PROMISES_MAX ? count - PROMISES_MAX : 0; /* more are not remembered */
    for (size_t i = first; i < count; i++)
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
    else if (news->moved_to == STATE_OTHER)
        buffer_addf(message, " has moved on since your change: somebody gave it a state that is "
                             "none of the server's.");
    else
        buffer_addf(message, " has moved on since your change: the server made it %s.",
                    entry_state_name(news->moved_to));
}

/* The journal, asked who changed a session last. */
struct takeover {
    const struct app *app;
    bool is_open;
    int hold; /* another slotop that is at it is waited for: it records when it is done */
    struct journal_log log;
    struct buffer registry;
};

static void open_takeover(struct takeover *takeover)
{
    const struct app *app = takeover->app;
    takeover->is_open = true;
    takeover->hold = record_begin(app->journal, &app->state->store);
    journal_registry(app->state->store.path, &takeover->registry);
    if (journal_open_log(app->journal, &takeover->log, NULL) != 0)
        takeover->log = (struct journal_log){0};
}

static void takeover_done(struct takeover *takeover)
{
    if (!takeover->is_open)
        return;
    record_end(takeover->hold);
    journal_close_log(&takeover->log);
    buffer_done(&takeover->registry);
}

/* An undo by another slotop looks like an older copy of the server's. */
static bool is_taken_back(void *context, struct str session_id)
{
    struct takeover *takeover = context;
    const struct journal *journal = takeover->app->journal;
    bool is_by_other = false;
    if (!journal)
        return false;
    if (!takeover->is_open)
        open_takeover(takeover);
    return !takeover->registry.failed &&
           undo_is_by_other(&takeover->log, journal, buffer_str(&takeover->registry), session_id,
                            &is_by_other, NULL) == 0 &&
           is_by_other;
}

void app_keep_promises(struct app *app, int64_t now_ms)
{
    struct promise_news news;
    const struct document *document = &app_truth(app)->document;
    if (app->promises.count == 0 || document->state != DOCUMENT_OK)
        return;
    struct takeover takeover = {.app = app, .hold = -1};
    promises_let_go(&app->promises, &document->registry, is_taken_back, &takeover);
    promises_keep(&app->promises, app_store(app, now_ms), &document->registry, &news);
    takeover_done(&takeover);
    if (news.applied > 0 && app->freeze.is_on)
        app_look_behind(app, 0, now_ms);
    else if (news.applied > 0)
        app_look_again(app, PART_REGISTRY, CAUSE_OUTSIDE, now_ms);
    /* What GC makes of a session is the ordinary course, and no news. */
    bool is_ended = news.moved_to == STATE_EXPIRED || news.moved_to == STATE_DELETED;
    if (news.applied > 0 || news.failed > 0 || (news.moved_on > 0 && !is_ended))
        say_news(app, &news);
    buffer_done(&news.session_id);
}
