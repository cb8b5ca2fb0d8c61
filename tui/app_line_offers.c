/* What may follow "restore" and "undo" in the line after ':': the copies and operations there are.
 */
#include "tui/app_part.h"

#include "core/undo.h"
#include "tui/duration.h"

static const char *age_of(const struct app *app, int64_t at_ms, char text[DURATION_TEXT_SIZE])
{
    return duration_elapsed((double)(app->state->model.now_ms - at_ms), text);
}

/* Takes both buffers. Without memory there is one less. */
static void offer(struct line_offers *offers, struct buffer *word, struct buffer *note)
{
    bool has_room = offers->count < LINE_CANDIDATES_MAX && !word->failed && !note->failed;
    struct line_candidate item = {{0}, {0}};
    if (has_room) {
        item.word = arena_copy(&offers->arena, buffer_str(word));
        item.note = arena_copy(&offers->arena, buffer_str(note));
    }
    if (item.word.data && item.note.data)
        offers->items[offers->count++] = item;
    buffer_done(word);
    buffer_done(note);
}

/* Copies, the newest first, by their numbers. */
static void add_copies(struct app *app, struct line_offers *offers)
{
    enum { KB = 1000 };
    struct error error;
    struct copies copies;
    char age[DURATION_TEXT_SIZE];
    if (!app->state->copies_dir.data ||
        copies_scan(app->state->copies_dir.data, &copies, &error) != 0)
        return;
    for (size_t i = 0; i < copies.count; i++) {
        const struct copy *copy = &copies.items[i];
        struct buffer word = {0}, note = {0};
        buffer_addf(&word, "%llu", (unsigned long long)copy->number);
        buffer_addf(&note, "kept %s ago, %llu KB: %s", age_of(app, copy->saved_ms, age),
                    (unsigned long long)(copy->bytes + KB - 1) / KB, copy->reason);
        offer(offers, &word, &note);
    }
    copies_done(&copies);
}

/* The walk through the journal. */
struct listing {
    const struct app *app;
    struct line_offers *offers;
};

static bool add_operation(void *context, const struct journal_operation *operation)
{
    const struct listing *listing = context;
    struct buffer word = {0}, note = {0};
    char id[JOURNAL_ID_SIZE], age[DURATION_TEXT_SIZE];
    buffer_addf(&word, "%s", journal_id_text(operation->id, id));
    buffer_add_str(&note, operation->command);
    buffer_addf(&note, " of %zu session%s, %s ago, by ", operation->change_count,
                operation->change_count == 1 ? "" : "s",
                age_of(listing->app, operation->time_ms, age));
    buffer_add_str(&note, operation->user);
    offer(listing->offers, &word, &note);
    return listing->offers->count < LINE_CANDIDATES_MAX;
}

/* Operations on this registry that can be taken back, the newest first. */
static void add_operations(struct app *app, struct line_offers *offers)
{
    struct listing listing = {app, offers};
    struct buffer registry = {0};
    struct journal_log log = {0};
    struct error error;
    if (!app->journal || journal_open_log(app->journal, &log, &error) != 0)
        return;
    journal_registry(app->state->store.path, &registry);
    struct undo_wish wish = {.registry = buffer_str(&registry)};
    if (!registry.failed)
        (void)undo_each(&log, &wish, add_operation, &listing, &error);
    buffer_done(&registry);
    journal_close_log(&log);
}

bool app_line_find_offers(struct app *app, const struct command *command)
{
    struct line_offers *offers = &app->ui.prompt.offers;
    bool is_one = command && (command->id == COMMAND_RESTORE || command->id == COMMAND_UNDO);
    if (!is_one || command == offers->of || !app->state->has_model)
        return false;
    line_offers_done(offers);
    offers->of = command;
    if (command->id == COMMAND_RESTORE)
        add_copies(app, offers);
    else
        add_operations(app, offers);
    return true;
}
