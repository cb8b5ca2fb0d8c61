#include "tui/app_part.h"

#include "tui/record.h"

static const struct action actions[] = {
    {COMMAND_IDLE, OPERATION_IDLE, STATE_IDLE, "Mark idle", "Marked idle"},
    {COMMAND_EXPIRE, OPERATION_EXPIRE, STATE_EXPIRED, "Expire", "Expired"},
    {COMMAND_RELEASE, OPERATION_RELEASE, STATE_DELETED, "Release", "Released"},
    {COMMAND_PURGE, OPERATION_PURGE, STATE_DELETED, "Purge", "Purged"},
};

static const struct action *action_for(enum command_id command, enum operation_kind kind)
{
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        if (actions[i].command == command || (command == COMMAND_NONE && actions[i].kind == kind))
            return &actions[i];
    }
    return NULL;
}

/* A session in use, as far as the registry knows; a time that lies ahead counts as just now. */
static bool is_recent(const struct entry *entry, int64_t now_ms)
{
    return (double)now_ms - entry->last_active_at_ms <= UI_RECENT_USE_MS;
}

/* True, once, when the operator can hardly have seen what now stands under the cursor. */
static bool is_unseen(struct app *app, int64_t now_ms)
{
    struct seen *seen = &app->ui.seen;
    int64_t since_ms = now_ms - seen->changed_ms;
    bool is_unseen = seen->changed && since_ms >= 0 && since_ms < UI_NOTICE_MS;
    seen->changed = false;
    return is_unseen;
}

/* Holds the action with what the operator saw of the entry. False without memory. */
static bool hold(struct app *app, const struct action *action, const struct entry *entry)
{
    struct pending *pending = &app->ui.pending;
    pending->kind = action->kind;
    pending->guard_state = (enum entry_state)entry->state;
    pending->guard_last_active_at_ms = entry->last_active_at_ms;
    pending->asked_in = app->ui.mode;
    buffer_clear(&pending->session_id);
    buffer_add_str(&pending->session_id, entry->session_id);
    return !pending->session_id.failed;
}

static struct deed deed_of(const struct app *app, const struct action *action)
{
    const struct pending *pending = &app->ui.pending;
    const struct registry *registry = &state_shown(app->state)->registry;
    struct deed deed = {.action = action, .session_id = buffer_str(&pending->session_id)};
    const struct entry *entry = registry_find(registry, deed.session_id);
    deed.short_len = deed.session_id.len;
    if (entry) {
        deed.short_len = words_short_len(app, entry);
        deed.was_live = entry_is_live(entry);
        deed.was_fallback = entry_is_fallback(entry);
    }
    return deed;
}

/* Does the held action, looks at what came of it, and says so. */
static void perform(struct app *app, int64_t now_ms)
{
    const struct pending *pending = &app->ui.pending;
    struct deed deed = deed_of(app, action_for(COMMAND_NONE, pending->kind));
    struct operation operation = {
        .kind = pending->kind,
        .session_id = deed.session_id,
        .now_ms = now_ms,
        .has_guard = true,
        .guard_state = pending->guard_state,
        .guard_last_active_at_ms = pending->guard_last_active_at_ms,
    };
    struct outcome outcome = {0};
    struct store_report report = {0};
    struct error error = {0};
    struct record record = {
        .command = command_by_id(deed.action->command)->name,
        .time_ms = now_ms,
        .store = &app->state->store,
        .outcomes = &outcome,
        .count = 1,
        .report = &report,
    };
    struct recorded recorded = {0};
    struct error no_copy = {0};
    (void)state_keep_copy(app->state, now_ms, &no_copy);
    int hold = record_begin(app->journal, &app->state->store);
    int result =
        store_apply(app_store(app, now_ms), &operation, 1, NULL, &outcome, &report, &error);
    if (result == 0)
        recorded = app_record(app, &record);
    record_end(hold);
    app_look_again(app, PART_REGISTRY, CAUSE_OPERATOR, now_ms);
    if (result != 0) {
        ui_say(&app->ui, TONE_ERROR, "%s", error.text);
    } else if (outcome.changes[0].changed) {
        deed.agent_id = outcome.changes[0].slot_id;
        words_done(app, &deed, &report);
        app_add_way_back(app, &recorded, COMMAND_UNDO);
    } else {
        words_not_done(app, &deed, &outcome.changes[0]);
    }
    words_add_no_copy(&no_copy, &app->ui);
    outcome_done(&outcome);
}

static void ask(struct app *app, const struct action *action, const struct entry *entry,
                int64_t now_ms)
{
    struct ui *ui = &app->ui;
    buffer_clear(&ui->question);
    words_question(app, action, entry, now_ms, &ui->question);
    if (ui->question.failed) {
        ui_say(ui, TONE_ERROR, "Not done: out of memory.");
        return;
    }
    ui->mode = UI_CONFIRM;
}

void app_act(struct app *app, const struct command *command, int64_t now_ms)
{
    struct ui *ui = &app->ui;
    const struct action *action = action_for(command->id, 0);
    const struct entry *entry = app_cursor_entry(app);
    char key[KEY_NAME_SIZE];
    if (app->read_only) {
        ui_say(ui, TONE_WARNING, "Read-only: %s is switched off; nothing was changed.",
               command->label);
        return;
    }
    if (command->id == COMMAND_UNDO || command->id == COMMAND_REDO) {
        app_undo(app, command->id == COMMAND_REDO, now_ms);
        return;
    }
    if (command->id == COMMAND_RESTORE) {
        app_restore(app, now_ms);
        return;
    }
    if (!entry || ui->cursor_id.len == 0) {
        ui_say(ui, TONE_WARNING, "No session is selected.");
        return;
    }
    if (is_unseen(app, now_ms)) {
        ui_say(ui, TONE_WARNING,
               "Not done: this row changed just before. Look, then press %s again.",
               key_label(command->keys[0], key));
        return;
    }
    const char *why_not = words_why_not(action, entry);
    if (why_not) {
        struct buffer *message = ui_message(ui, TONE_WARNING);
        buffer_add(message, entry->session_id.data, words_short_len(app, entry));
        buffer_addf(message, " is %s", why_not);
        return;
    }
    if (!hold(app, action, entry))
        ui_say(ui, TONE_ERROR, "Not done: out of memory.");
    else if (action->kind == OPERATION_PURGE || is_recent(entry, now_ms))
        ask(app, action, entry, now_ms);
    else
        perform(app, now_ms);
}

void app_answer(struct app *app, bool yes, int64_t now_ms)
{
    struct ui *ui = &app->ui;
    ui->mode = ui->pending.asked_in;
    buffer_clear(&ui->question);
    if (!yes)
        ui_say(ui, TONE_WARNING, "Not done.");
    else if (ui->pending.copy.len > 0)
        app_restore_now(app, now_ms);
    else
        perform(app, now_ms);
    buffer_clear(&ui->pending.copy);
}
