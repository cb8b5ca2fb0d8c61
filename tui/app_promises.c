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

/* "71aa02bd and 2 more". */
static void add_whose(const struct app *app, const struct promise_count *count,
                      struct buffer *message)
{
    struct str id = buffer_str(&count->session_id);
    const struct entry *entry = registry_get(&state_shown(app->state)->registry, id);
    if (message->len > 0)
        buffer_add_char(message, ' ');
    buffer_add(message, id.data, entry ? words_short_len(app, entry) : id.len);
    if (count->count > 1)
        buffer_addf(message, " and %zu more", count->count - 1);
}

static void add_moved_on(const struct app *app, const struct promise_news *news,
                         struct buffer *message)
{
    bool is_one = news->moved_on.count == 1;
    add_whose(app, &news->moved_on, message);
    buffer_addf(message, " %s moved on since your change", is_one ? "has" : "have");
    if (!is_one)
        buffer_addf(message, ": look at them.");
    else if (news->moved_to == STATE_OTHER)
        buffer_addf(message, ": somebody gave it a state that is none of the server's.");
    else
        buffer_addf(message, ": the server made it %s.", entry_state_name(news->moved_to));
}

static void say_news(struct app *app, const struct promise_news *news)
{
    bool is_bad = news->failed.count > 0;
    struct buffer *message = ui_message(&app->ui, is_bad ? TONE_ERROR : TONE_WARNING);
    if (is_bad) {
        add_whose(app, &news->failed, message);
        buffer_addf(message,
                    ": the server wrote an older copy over your change, and it could not be "
                    "applied again: %s",
                    news->error.text);
    }
    if (news->moved_on.count > 0)
        add_moved_on(app, news, message);
    if (news->applied.count > 0) {
        add_whose(app, &news->applied, message);
        buffer_addf(message, ": the server wrote an older copy over your change; it was applied "
                             "again and checked.");
    }
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
    if (news.applied.count > 0 && app->freeze.is_on)
        app_look_behind(app, 0, now_ms);
    else if (news.applied.count > 0)
        app_look_again(app, PART_REGISTRY, CAUSE_OUTSIDE, now_ms);
    /* What ended since is the ordinary course, and no news. */
    if (news.applied.count + news.failed.count + news.moved_on.count > 0)
        say_news(app, &news);
    promise_news_done(&news);
}
