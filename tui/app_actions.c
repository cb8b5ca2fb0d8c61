#include "tui/app_part.h"

#include "core/consequence.h"
#include "tui/record.h"

static const struct action actions[] = {
    {COMMAND_IDLE, OPERATION_IDLE, STATE_IDLE, "Mark idle", "Marked idle"},
    {COMMAND_EXPIRE, OPERATION_EXPIRE, STATE_EXPIRED, "Expire", "Expired"},
    {COMMAND_RELEASE, OPERATION_RELEASE, STATE_DELETED, "Release", "Released"},
    {COMMAND_PURGE, OPERATION_PURGE, STATE_DELETED, "Purge", "Purged"},
};

enum { ACTIONS = sizeof(actions) / sizeof(actions[0]) };

const struct action *app_action(enum command_id command)
{
    for (size_t i = 0; i < ACTIONS; i++) {
        if (actions[i].command == command)
            return &actions[i];
    }
    return NULL;
}

const struct action *app_action_of(enum operation_kind kind)
{
    for (size_t i = 0; i < ACTIONS; i++) {
        if (actions[i].kind == kind)
            return &actions[i];
    }
    return NULL;
}

bool app_is_unseen(struct app *app, const struct command *command, int64_t now_ms)
{
    char key[KEYMAP_LABEL_SIZE];
    struct seen *seen = &app->ui.seen;
    int64_t since_ms = now_ms - seen->changed_ms;
    bool is_unseen = seen->changed && since_ms >= 0 && since_ms < UI_NOTICE_MS;
    seen->changed = false;
    if (is_unseen)
        ui_say(&app->ui, TONE_WARNING,
               "Not done: this row changed just before. Look, then press %s again.",
               keymap_label(&app->ui.keymap, command->id, key));
    return is_unseen;
}

bool app_hold_entry(struct app *app, const struct entry *entry)
{
    struct pending *pending = &app->ui.pending;
    pending->guard_state = (enum entry_state)entry->state;
    pending->guard_last_active_at_ms = entry->last_active_at_ms;
    pending->what = PENDING_ONE;
    buffer_clear(&pending->session_id);
    buffer_add_str(&pending->session_id, entry_session_id(entry));
    if (pending->session_id.failed)
        ui_say(&app->ui, TONE_ERROR, "Not done: out of memory.");
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
    struct deed deed = deed_of(app, app_action_of(pending->kind));
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
    int hold = record_begin(app->journal, &app->state->store);
    int result =
        store_apply(app_store(app, now_ms), &operation, 1, NULL, &outcome, &report, &error);
    if (result == 0)
        recorded = app_record(app, &record);
    record_end(hold);
    bool is_seen = app_look_again(app, PART_REGISTRY, CAUSE_EDIT, now_ms);
    if (result != 0) {
        words_failed(&error, &app->ui);
        words_add_no_copy(&report, &app->ui);
    } else if (outcome.changes[0].changed) {
        deed.agent_id = outcome.changes[0].slot_id;
        if (is_seen)
            words_done(app, &deed, &report);
        else
            words_done_unseen(app, deed.action);
        app_add_way_back(app, &recorded, COMMAND_UNDO);
    } else {
        words_not_done(app, &deed, &outcome.changes[0]);
    }
    outcome_done(&outcome);
}

void app_ask(struct app *app, enum pending_what what)
{
    struct ui *ui = &app->ui;
    if (ui->question.failed) {
        buffer_clear(&ui->question);
        ui_say(ui, TONE_ERROR, "Not done: out of memory.");
        return;
    }
    ui->pending.what = what;
    ui->pending.asked_in = ui->mode;
    ui->mode = UI_CONFIRM;
}

static void ask(struct app *app, const struct action *action, const struct entry *entry,
                int64_t now_ms)
{
    buffer_clear(&app->ui.question);
    words_question(app, action, entry, now_ms, &app->ui.question);
    app_ask(app, PENDING_ONE);
}

/* Whether it needs a yes. */
static bool is_risky(const struct app *app, const struct action *action, size_t row)
{
    const struct registry *registry = &state_shown(app->state)->registry;
    return app->asks_always || action->kind == OPERATION_PURGE ||
           consequence_is_risky(registry, &app->state->model, row, action->kind);
}

const char *app_why_not(const struct app *app, const struct action *action, size_t row)
{
    const struct model *model = &app->state->model;
    if (model_is_forgotten(model, row))
        return "not in the registry: there is no entry to change.";
    return words_why_not(action, model_entry(model, &state_shown(app->state)->registry, row));
}

void app_refuse(struct app *app)
{
    if (ui_pane(&app->ui) == UI_FINDINGS)
        app_findings_refuse(app);
    else if (ui_pane(&app->ui) == UI_EVENTS)
        app_events_refuse(app);
    else if (ui_pane(&app->ui) == UI_POOL)
        app_pool_refuse(app);
    else
        ui_say(&app->ui, TONE_WARNING, "No session is selected.");
}

const struct entry *app_hold(struct app *app, const struct command *command, int64_t now_ms)
{
    if (!app_target_entry(app)) {
        app_refuse(app);
        return NULL;
    }
    if (app_is_unseen(app, command, now_ms))
        return NULL;
    app_refresh(app, now_ms);
    const struct entry *entry = app_target_entry(app);
    if (!entry)
        ui_say(&app->ui, TONE_ERROR, "Not done: out of memory.");
    return entry && app_hold_entry(app, entry) ? entry : NULL;
}

void app_act_on_held(struct app *app, const struct action *action, int64_t now_ms)
{
    struct pending *pending = &app->ui.pending;
    const struct model *model = &app->state->model;
    const struct registry *registry = &state_shown(app->state)->registry;
    size_t row = model_find_row(model, registry, buffer_str(&pending->session_id));
    const struct entry *entry = model_entry(model, registry, row);
    const char *why_not = app_why_not(app, action, row);
    pending->kind = action->kind;
    if (why_not) {
        struct buffer *message = ui_message(&app->ui, TONE_WARNING);
        buffer_add(message, entry_session_id(entry).data, words_short_len(app, entry));
        buffer_addf(message, " is %s", why_not);
    } else if (is_risky(app, action, row)) {
        if (!app_cannot_change(app))
            ask(app, action, entry, now_ms);
    } else {
        perform(app, now_ms);
    }
}

void app_act(struct app *app, const struct command *command, int64_t now_ms)
{
    if (app_may_not_change(app, command))
        return;
    if (command->id == COMMAND_UNDO || command->id == COMMAND_REDO)
        app_undo(app, command->id == COMMAND_REDO, now_ms);
    else if (command->id == COMMAND_RESTORE)
        app_restore(app, NULL, now_ms);
    else if (ui_acts_on_tags(&app->ui))
        app_batch(app, command, now_ms);
    else if (command->id == COMMAND_MENU)
        app_menu(app, command, now_ms);
    else if (app_hold(app, command, now_ms))
        app_act_on_held(app, app_action(command->id), now_ms);
}

void app_answer(struct app *app, bool yes, int64_t now_ms)
{
    struct ui *ui = &app->ui;
    ui->mode = ui->pending.asked_in;
    buffer_clear(&ui->question);
    bool was_lent = ui->pending.is_lent;
    ui->pending.is_lent = false;
    if (!yes && was_lent)
        app_return_tags(app);
    if (!yes)
        ui_say(ui, TONE_WARNING, "Not done.");
    else if (ui->pending.what == PENDING_COPY)
        app_restore_now(app, now_ms);
    else if (ui->pending.what == PENDING_UNLOCK)
        app_unlock(app);
    else if (ui->pending.what == PENDING_TAGS)
        app_batch_now(app, now_ms);
    else if (ui->pending.what == PENDING_GC)
        app_gc_now(app, now_ms);
    else if (ui->pending.what == PENDING_UNDO)
        app_undo_now(app, now_ms);
    else
        perform(app, now_ms);
    if (yes && was_lent && ui->tags.marked == 0) /* else what was skipped is told to be tagged */
        app_return_tags(app);
}
