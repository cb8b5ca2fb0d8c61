/* Locked: the operator makes the dashboard read-only, and can take that back. */
#include "tui/app_part.h"

/* The store itself refuses then, whoever asks. */
static void set_locked(struct app *app, bool is_locked)
{
    app->is_locked = app->read_only = app_present(app)->store.read_only = is_locked;
}

void app_lock(struct app *app)
{
    char key[KEYMAP_LABEL_SIZE];
    struct ui *ui = &app->ui;
    if (app->read_only && !app->is_locked) {
        ui_say(ui, TONE_WARNING, "Started read-only: it stays so for this run.");
    } else if (app->is_locked) {
        buffer_clear(&ui->question);
        buffer_addf(&ui->question, "Unlock? Keys that change the registry do so again.");
        app_ask(app, PENDING_UNLOCK);
    } else {
        set_locked(app, true);
        ui_say(ui, TONE_GOOD, "Locked: nothing is changed from here until %s unlocks it.",
               keymap_label(&ui->keymap, COMMAND_LOCK, key));
    }
}

void app_unlock(struct app *app)
{
    set_locked(app, false);
    ui_say(&app->ui, TONE_WARNING, "Unlocked: keys that change the registry do so again.");
}

static void say_read_only(struct app *app, const struct command *command)
{
    char key[KEYMAP_LABEL_SIZE];
    struct buffer *out = ui_message(&app->ui, TONE_WARNING);
    const char *what = command->id == COMMAND_MENU ? "the action menu"
                       : command->label[0]         ? command->label
                                                   : command->name;
    buffer_addf(out, "Read-only: %s is switched off; nothing was changed.", what);
    if (app->is_locked)
        buffer_addf(out, " %s unlocks it.", keymap_label(&app->ui.keymap, COMMAND_LOCK, key));
}

bool app_may_not_change(struct app *app, const struct command *command)
{
    if (app->read_only)
        say_read_only(app, command);
    else if (app->freeze.is_on)
        app_say_frozen(app, command);
    return app->read_only || app->freeze.is_on;
}

bool app_cannot_change(struct app *app)
{
    const struct document *document = &app->state->document;
    if (document->state == DOCUMENT_OK)
        return false;
    ui_say(&app->ui, TONE_WARNING, "The registry is %s: no session of it can be changed now.",
           document_state_name(document->state));
    return true;
}
