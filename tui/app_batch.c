/* One action on all that is tagged: what it would come to, and the question. app_batch_edit.c does
 * it. */
#include "tui/app_part.h"

#include "core/consequence.h"

#include <stdlib.h>
#include <string.h>

enum {
    RECORD_ROOM = 512, /* of the journal's line for a session, beside the entry twice */
    BATCH_MAX = 2000, /* an edit holds the server up: it is over in half a second, or is not made */
};

/* What an action on the tags is about, as the registry is now. */
struct batch {
    const struct action *action;
    size_t *rows;        /* of the model: those for which it makes sense */
    size_t count;        /* of them */
    size_t changed;      /* not as they were seen when they were tagged */
    size_t senseless;    /* as they were, but it would do nothing */
    const char *why_not; /* of the first of these */
    bool has_reasons;    /* others have other reasons */
    size_t journal_len;  /* bytes that undoing it needs, about */
};

static const struct registry *registry_of(const struct app *app)
{
    return &state_shown(app->state)->registry;
}

static void sort_in(const struct app *app, const struct tag *tag, struct batch *batch)
{
    const struct model *model = &app->state->model;
    size_t row = model_find_row(model, registry_of(app), tag_session_id(tag));
    const struct entry *entry = row == SIZE_MAX ? NULL : model_entry(model, registry_of(app), row);
    const char *why_not = entry ? app_why_not(app, batch->action, row) : NULL;
    if (!entry || !tag_holds(tag, entry)) {
        batch->changed++;
    } else if (why_not) {
        batch->has_reasons |= batch->why_not && strcmp(batch->why_not, why_not) != 0;
        batch->why_not = batch->why_not ? batch->why_not : why_not;
        batch->senseless++;
    } else {
        batch->rows[batch->count++] = row;
        batch->journal_len += 2 * (size_t)entry->value_len + RECORD_ROOM;
    }
}

/* The caller frees its rows. False without memory. */
static bool collect(const struct app *app, const struct action *action, struct batch *ret_batch)
{
    const struct tags *tags = &app->ui.tags;
    struct batch batch = {.action = action, .rows = calloc(tags->marked + 1, sizeof(size_t))};
    if (!batch.rows)
        return false;
    for (size_t i = 0; i < tags->count; i++)
        if (tags->items[i].marks)
            sort_in(app, &tags->items[i], &batch);
    *ret_batch = batch;
    return true;
}

/* ---- words ---- */

/* Their reason up to its full stop, where all have the same. */
static void add_senseless(const struct batch *batch, struct buffer *out)
{
    if (batch->has_reasons) {
        buffer_addf(out, "%zu for which it makes no sense", batch->senseless);
        return;
    }
    buffer_addf(out, "%zu %s ", batch->senseless, batch->senseless == 1 ? "is" : "are");
    buffer_add(out, batch->why_not, strcspn(batch->why_not, "."));
}

/* "1 changed since it was tagged, 2 already released" */
static void add_skipped(const struct batch *batch, struct buffer *out)
{
    if (batch->changed > 0)
        buffer_addf(out, "%zu changed since %s tagged", batch->changed,
                    batch->changed == 1 ? "it was" : "they were");
    if (batch->changed > 0 && batch->senseless > 0)
        buffer_addf(out, ", ");
    if (batch->senseless > 0)
        add_senseless(batch, out);
}

/* How many of the tagged the filter hides: an action is about them, too. */
static size_t count_hidden(const struct app *app)
{
    size_t seen = 0;
    if (app->rows.count == app->rows.total)
        return 0;
    for (size_t i = 0; i < app->rows.count; i++) {
        const struct entry *entry =
            model_entry(&app->state->model, registry_of(app), app->rows.entries[i]);
        seen += tags_find(&app->ui.tags, entry_session_id(entry)) != NULL;
    }
    return app->ui.tags.marked - seen;
}

static void add_outlook(const struct app *app, const struct batch *batch, struct buffer *out)
{
    struct consequence_many many = {batch->rows, batch->count, batch->action->kind};
    consequence_add_many(registry_of(app), &app->state->model, &many, out);
    if (batch->changed + batch->senseless == 0)
        return;
    buffer_addf(out, " Skipped: ");
    add_skipped(batch, out);
    buffer_add_char(out, '.');
}

/* How many sessions like these one edit can take, and one line of the journal can take back. */
static size_t most_at_once(const struct batch *batch)
{
    size_t average_len = batch->journal_len / batch->count;
    size_t most = JOURNAL_LINE_MAX_BYTES / average_len;
    return most < BATCH_MAX ? most : BATCH_MAX;
}

/* Why it cannot be done; false if it can. */
static bool add_refusal(const struct app *app, const struct batch *batch, struct buffer *out)
{
    char key[KEYMAP_LABEL_SIZE];
    if (batch->count == 0) {
        buffer_addf(out, "Nothing to %s: ", command_by_id(batch->action->command)->label);
        add_skipped(batch, out);
        buffer_add_char(out, '.');
        if (batch->changed > 0)
            buffer_addf(out, " %s twice tags one as it is now.",
                        keymap_label(&app->ui.keymap, COMMAND_TAG, key));
    } else if (batch->count > most_at_once(batch)) {
        size_t most = most_at_once(batch);
        buffer_addf(out, "Not done: %zu sessions are too many for one edit. Tag at most %zu",
                    batch->count, most);
        if (most == BATCH_MAX) /* else it is the journal that cannot hold them */
            buffer_addf(out, "; 'slotop %s' in a shell takes more",
                        command_by_id(batch->action->command)->name);
        buffer_add_char(out, '.');
    } else {
        return false;
    }
    return true;
}

bool app_batch_add_outlook(struct app *app, const struct action *action, struct buffer *out)
{
    struct batch batch;
    if (!collect(app, action, &batch)) {
        out->failed = true;
        return false;
    }
    bool can = !add_refusal(app, &batch, out);
    if (can)
        add_outlook(app, &batch, out);
    free(batch.rows);
    return can;
}

/* ---- the question ---- */

static void add_question(const struct app *app, const struct batch *batch, struct buffer *out)
{
    const struct model *model = &app->state->model;
    size_t marked = app->ui.tags.marked;
    size_t hidden = count_hidden(app);
    if (marked == 1) {
        words_question(app, batch->action, model_entry(model, registry_of(app), batch->rows[0]),
                       model->now_ms, out);
        return;
    }
    buffer_addf(out, "%s ", batch->action->wish);
    if (batch->count < marked)
        buffer_addf(out, "%zu of the %zu tagged sessions", batch->count, marked);
    else
        buffer_addf(out, "the %zu tagged sessions", marked);
    if (hidden > 0)
        buffer_addf(out, ", of which the filter hides %zu", hidden);
    buffer_addf(out, "? ");
    add_outlook(app, batch, out);
}

void app_batch_ask(struct app *app, const struct action *action)
{
    struct ui *ui = &app->ui;
    struct batch batch;
    buffer_clear(&ui->question);
    if (!collect(app, action, &batch)) {
        ui_say(ui, TONE_ERROR, "Not done: out of memory.");
        return;
    }
    ui->pending.kind = action->kind;
    if (!add_refusal(app, &batch, ui_message(ui, TONE_WARNING))) {
        add_question(app, &batch, &ui->question);
        app_ask(app, PENDING_TAGS);
    }
    free(batch.rows);
}

void app_batch(struct app *app, const struct command *command, int64_t now_ms)
{
    (void)app_keep_range(app);
    app_refresh(app, now_ms);
    if (!app->state->has_model)
        return;
    if (command->id == COMMAND_MENU)
        app_menu(app, command, now_ms);
    else if (!app_cannot_change(app))
        app_batch_ask(app, app_action(command->id));
}
