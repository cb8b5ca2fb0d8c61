/* The alarm of a registry that is wiped or torn, and the key that brings back what was lost. */
#include "tui/app_part.h"

#include "core/restore.h"
#include "tui/duration.h"
#include "tui/record.h"

#include <errno.h>

enum { TRIES = 3 };

static void add_sessions(size_t count, struct buffer *out)
{
    buffer_addf(out, "%zu %s", count, count == 1 ? "session" : "sessions");
}

static void add_question(const struct restore *restore, int64_t now_ms, struct buffer *out)
{
    char age[DURATION_TEXT_SIZE];
    (void)duration_elapsed((double)(now_ms - restore->copy.saved_ms), age);
    if (restore->replaces) {
        buffer_addf(out, "Put the copy kept %s ago, with ", age);
        add_sessions(restore->count, out);
        buffer_addf(out, ", in the place of a file that the server cannot read?");
    } else {
        buffer_addf(out, "Bring back ");
        add_sessions(restore->count, out);
        buffer_addf(out, " from the copy kept %s ago? What the server has written since stays.",
                    age);
    }
}

/* The copy to be used: the named one, or the best for NULL. */
static int prepare(const struct app *app, const char *name, int64_t now_ms,
                   struct restore *ret_restore, struct error *error)
{
    const struct state *state = app->state;
    if (!state->copies_dir.data)
        return error_set(error, ERROR_NOT_FOUND, ENOENT, "no copies of the registry are kept");
    return restore_prepare(state->copies_dir.data, name, &state->document, now_ms, ret_restore,
                           error);
}

static void ask(struct app *app, const struct restore *restore, int64_t now_ms)
{
    struct ui *ui = &app->ui;
    buffer_clear(&ui->question);
    buffer_clear(&ui->pending.copy);
    add_question(restore, now_ms, &ui->question);
    buffer_addf(&ui->pending.copy, "%s", restore->copy.name);
    ui->question.failed |= ui->pending.copy.failed;
    app_ask(app, PENDING_COPY);
}

static void say_nothing(struct app *app)
{
    ui_say(&app->ui, TONE_WARNING, "Nothing to bring back: the registry has what the copies have.");
}

void app_restore(struct app *app, const char *copy, int64_t now_ms)
{
    struct error error = {0};
    struct restore restore;
    if (prepare(app, copy, now_ms, &restore, &error) != 0) {
        bool is_none = error.kind == ERROR_NOT_FOUND;
        ui_say(&app->ui, is_none ? TONE_WARNING : TONE_ERROR, "Not done: %s.", error.text);
        return;
    }
    if (restore_has_work(&restore))
        ask(app, &restore, now_ms);
    else
        say_nothing(app);
    restore_done(&restore);
}

/* How many of the entries are in the registry, as it was loaded after the edit. */
static size_t count_there(const struct app *app, const struct restore *restore)
{
    size_t there = 0;
    for (size_t i = 0; i < restore->count; i++)
        there +=
            registry_get(&app->state->document.registry, restore->operations[i].session_id) != NULL;
    return there;
}

static void say_done(struct app *app, const struct restore *restore,
                     const struct store_report *report, size_t kept)
{
    struct buffer *out = ui_message(&app->ui, TONE_GOOD);
    size_t there = count_there(app, restore);
    if (app->state->store.dry_run) {
        buffer_addf(out, "Dry run: nothing was changed. Without it: bring back ");
        add_sessions(restore->count, out);
        buffer_addf(out, ".");
        return;
    }
    buffer_addf(out, "Brought back ");
    add_sessions(restore->count, out);
    if (there < restore->count) {
        app->ui.tone = TONE_WARNING;
        buffer_addf(out, ", but the file was written again since: %zu %s in it now.", there,
                    there == 1 ? "is" : "are");
    } else {
        buffer_addf(out, "; read back from the file.");
    }
    if (kept > 0)
        buffer_addf(out, " %zu written since %s as %s.", kept, kept == 1 ? "stays" : "stay",
                    kept == 1 ? "it is" : "they are");
    words_add_report(report, &app->ui);
}

/* Writes it down, looks at what came of it, and says so. */
static void conclude(struct app *app, const struct restore *restore,
                     const struct store_report *report, int64_t now_ms)
{
    size_t kept = app->state->document.registry.count;
    struct record record = {
        .command = "restore",
        .time_ms = now_ms,
        .store = &app->state->store,
        .outcomes = restore->outcomes,
        .count = restore->count,
        .report = report,
    };
    struct recorded recorded = app_record(app, &record);
    app_look_again(app, PART_REGISTRY, CAUSE_EDIT, now_ms);
    say_done(app, restore, report, kept);
    app_add_way_back(app, &recorded, COMMAND_UNDO);
}

/* On the newest version of the file. -EEXIST: it became readable meanwhile. */
static int restore_once(struct app *app, int64_t now_ms, struct error *error)
{
    struct restore restore;
    struct store_report report;
    app_look_again(app, PART_REGISTRY, CAUSE_EDIT, now_ms);
    int result = prepare(app, app->ui.pending.copy.data, now_ms, &restore, error);
    if (result != 0)
        return result;
    if (!restore_has_work(&restore)) {
        say_nothing(app);
        goto done;
    }
    int hold = record_begin(app->journal, &app->state->store);
    result = restore_apply(app_store(app, now_ms), &restore, &report, error);
    if (result == 0)
        conclude(app, &restore, &report, now_ms);
    record_end(hold);
done:
    restore_done(&restore);
    return result;
}

void app_restore_now(struct app *app, int64_t now_ms)
{
    struct error error = {0};
    int result = -EEXIST;
    for (int tries = 0; result == -EEXIST && tries < TRIES; tries++)
        result = restore_once(app, now_ms, &error);
    if (result == 0)
        return;
    app_look_again(app, PART_REGISTRY, CAUSE_EDIT, now_ms);
    words_failed(&error, &app->ui);
}

void app_dismiss(struct app *app, int64_t now_ms)
{
    if (app->freeze.is_on) {
        app_say_frozen(app, command_by_id(COMMAND_DISMISS));
        return;
    }
    char key[KEYMAP_LABEL_SIZE];
    if (!app->state->is_wiped) {
        ui_say(&app->ui, TONE_WARNING, "There is no alarm of a wiped registry to dismiss.");
        return;
    }
    state_dismiss_wipe(app->state);
    app_look_again(app, 0, CAUSE_OPERATOR, now_ms);
    ui_say(&app->ui, TONE_GOOD, "Dismissed. The copy is kept: %s brings it back still.",
           keymap_label(&app->ui.keymap, COMMAND_RESTORE, key));
}
