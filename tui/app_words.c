#include "tui/app_part.h"

#include "core/consequence.h"
#include "tui/duration.h"

enum { TITLE_BYTES = 48 };

size_t words_short_len(const struct app *app, const struct entry *entry)
{
    return model_short_len(&app->state->model, &state_shown(app->state)->registry,
                           entry_session_id(entry));
}

const char *words_state(enum entry_state state)
{
    return state == STATE_DELETED ? "released" : entry_state_name(state);
}

static void add_short_id(const struct app *app, const struct entry *entry, struct buffer *out)
{
    buffer_add(out, entry_session_id(entry).data, words_short_len(app, entry));
}

const char *words_why_not(const struct action *action, const struct entry *entry)
{
    bool is_live = entry_is_live(entry);
    if (action->kind == OPERATION_PURGE)
        return is_live ? "live. Release it first, then purge it." : NULL;
    if (entry->state == STATE_DELETED)
        return action->kind == OPERATION_RELEASE ? "already released." : "released, not live.";
    if (entry->state == action->after)
        return action->kind == OPERATION_IDLE ? "already idle." : "already expired.";
    if (entry->state == STATE_EXPIRED && action->kind == OPERATION_IDLE)
        return "expired, not live.";
    return NULL;
}

/* The pool's slot that is this agent; NULL when there is none. */
static const struct slot *slot_of(const struct app *app, struct str agent_id)
{
    const struct model *model = &app->state->model;
    size_t place = app->state->has_model ? model_slot_place(model, agent_id) : SIZE_MAX;
    return place == SIZE_MAX ? NULL : &model->slots[place];
}

static void add_slot(const struct slot *slot, struct buffer *out)
{
    buffer_addf(out, "slot ");
    buffer_add_str(out, slot->label);
}

/* What becomes of the place of a session that is marked idle. */
static void add_keeps(const struct app *app, struct str agent_id, bool is_fallback,
                      struct buffer *out)
{
    const struct slot *slot = slot_of(app, agent_id);
    if (is_fallback) {
        buffer_addf(out, "It stays on the workspace agent ");
        buffer_add_str(out, agent_id);
    } else {
        buffer_addf(out, "It keeps ");
        if (slot)
            add_slot(slot, out);
        else
            buffer_add_str(out, agent_id);
        buffer_addf(out, " until it expires");
    }
    buffer_addf(out, ".");
}

/* By its title operators know a chat. */
static void add_title(const struct app *app, size_t row, struct buffer *out)
{
    struct str title = model_title(&app->state->model, row);
    size_t len = title.len < TITLE_BYTES ? title.len : TITLE_BYTES;
    while (len < title.len && len > 0 && ((unsigned char)title.data[len] & 0xC0) == 0x80)
        len--;
    if (title.len == 0)
        return;
    buffer_addf(out, " \"");
    buffer_add(out, title.data, len);
    buffer_addf(out, len < title.len ? "...\"" : "\"");
}

/* Why it is asked, or at least that it is in use. */
static void add_use(const struct app *app, enum operation_kind kind, size_t row, int64_t now_ms,
                    struct buffer *out)
{
    const struct registry *registry = &state_shown(app->state)->registry;
    char text[DURATION_TEXT_SIZE];
    size_t before = out->len;
    buffer_addf(out, ", ");
    size_t empty = out->len;
    consequence_add_risk(registry, &app->state->model, row, kind, out);
    if (out->len > empty || out->failed)
        return;
    out->len = before;
    double since_ms = (double)now_ms - model_used_ms(&app->state->model, registry, row);
    if (since_ms <= UI_RECENT_USE_MS)
        buffer_addf(out, ", used %s ago", duration_elapsed(since_ms, text));
}

void words_question(const struct app *app, const struct action *action, const struct entry *entry,
                    int64_t now_ms, struct buffer *out)
{
    const struct registry *registry = &state_shown(app->state)->registry;
    const struct model *model = &app->state->model;
    size_t row = model_find_row(model, registry, entry_session_id(entry));
    buffer_addf(out, "%s ", action->wish);
    add_short_id(app, entry, out);
    add_title(app, row, out);
    add_use(app, action->kind, row, now_ms, out);
    buffer_addf(out, "? ");
    consequence_add(registry, model, row, action->kind, out);
}

/* The row of the session that the deed was about, as it is now; SIZE_MAX for none. */
static size_t row_of(const struct app *app, const struct deed *deed)
{
    return model_find_row(&app->state->model, &state_shown(app->state)->registry, deed->session_id);
}

/* Its chat, where one is known, goes on sending to the agent. */
static void add_pin(const struct app *app, const struct deed *deed, struct buffer *out)
{
    size_t row = row_of(app, deed);
    const struct chat *chat = row == SIZE_MAX ? NULL : model_chat(&app->state->model, row);
    if (chat && str_equal(chat->agent_id, deed->agent_id))
        buffer_addf(out, " This chat stays pinned to it until it is closed.");
}

/* What the registry, loaded after the deed, says of the slot. */
static void add_fate(const struct app *app, const struct deed *deed, struct buffer *out)
{
    const struct registry *registry = &state_shown(app->state)->registry;
    const struct slot *slot = slot_of(app, deed->agent_id);
    if (!deed->was_live) {
        buffer_addf(out, "; it held no slot.");
    } else if (deed->was_fallback) {
        buffer_addf(out, "; nothing is freed: it was on the workspace agent ");
        buffer_add_str(out, deed->agent_id);
        buffer_addf(out, ".");
    } else if (!slot) {
        buffer_addf(out, "; nothing is freed: ");
        buffer_add_str(out, deed->agent_id);
        buffer_addf(out, " is not in the pool.");
    } else {
        buffer_addf(out, "; ");
        add_slot(slot, out);
        buffer_addf(out, slot->holder_count > 0 ? " is held by " : " is free");
        if (slot->holder_count > 0)
            add_short_id(app, &registry->entries[slot->holder], out);
        buffer_addf(out, ".");
        add_pin(app, deed, out);
    }
}

/* Whether the file, as it was loaded after the deed, still says what the deed made of it. */
static bool still_holds(const struct app *app, const struct deed *deed,
                        const struct entry **ret_entry)
{
    const struct registry *registry = &state_shown(app->state)->registry;
    const struct entry *entry = registry_get(registry, deed->session_id);
    *ret_entry = entry;
    if (deed->action->kind == OPERATION_PURGE)
        return !entry;
    return entry && entry->state == deed->action->after;
}

bool words_is_loaded(const struct state *state)
{
    return state_shown(state) == &state->document && state->document.state != DOCUMENT_MISSING &&
           state->has_model;
}

void words_add_no_copy(const struct store_report *report, struct ui *ui)
{
    if (!report->no_copy[0])
        return;
    ui->tone = ui->tone == TONE_ERROR ? TONE_ERROR : TONE_WARNING;
    buffer_addf(&ui->message, " But %s.", report->no_copy);
}

void words_failed(const struct error *error, struct ui *ui)
{
    ui_say(ui, TONE_ERROR, "Failed: %s.", error->text);
}

void words_add_report(const struct store_report *report, struct ui *ui)
{
    if (report->reapplied > 0)
        buffer_addf(&ui->message,
                    " The server wrote an older copy meanwhile; applied again and checked.");
    if (report->weaker[0]) {
        ui->tone = TONE_WARNING;
        buffer_addf(&ui->message, " %s.", report->weaker);
    }
    words_add_no_copy(report, ui);
}

static void add_dry_run(const struct app *app, const struct deed *deed, struct buffer *out)
{
    size_t row = app->state->has_model ? row_of(app, deed) : SIZE_MAX;
    buffer_addf(out, "Dry run: nothing was changed. Without it: %s ", deed->action->wish);
    buffer_add(out, deed->session_id.data, deed->short_len);
    buffer_addf(out, ". ");
    if (row != SIZE_MAX)
        consequence_add(&state_shown(app->state)->registry, &app->state->model, row,
                        deed->action->kind, out);
}

void words_done(struct app *app, const struct deed *deed, const struct store_report *report)
{
    const struct entry *entry;
    struct buffer *out = ui_message(&app->ui, TONE_GOOD);
    if (app->state->store.dry_run) {
        add_dry_run(app, deed, out);
        return;
    }
    buffer_addf(out, "%s ", deed->action->done);
    buffer_add(out, deed->session_id.data, deed->short_len);
    if (!words_is_loaded(app->state)) {
        app->ui.tone = TONE_WARNING;
        buffer_addf(out, "; but now the registry is %s, so its slot is not known.",
                    document_state_name(app->state->document.state));
    } else if (!still_holds(app, deed, &entry)) {
        app->ui.tone = TONE_WARNING;
        buffer_addf(out, ", but it was written again since: now %s.",
                    entry ? words_state((enum entry_state)entry->state) : "gone");
    } else if (deed->action->kind == OPERATION_IDLE) {
        buffer_addf(out, ". ");
        add_keeps(app, deed->agent_id, deed->was_fallback, out);
    } else {
        add_fate(app, deed, out);
    }
    words_add_report(report, &app->ui);
}

void words_done_unseen(struct app *app, const struct action *action)
{
    char key[KEYMAP_LABEL_SIZE];
    ui_say(&app->ui, TONE_ERROR,
           "%s; but there is no memory to look what came of it. %s reads it again.", action->done,
           keymap_label(&app->ui.keymap, COMMAND_RELOAD, key));
}

void words_not_done(struct app *app, const struct deed *deed, const struct change_record *change)
{
    char key[KEYMAP_LABEL_SIZE];
    struct buffer *out = ui_message(&app->ui, TONE_WARNING);
    buffer_addf(out, "Not done: ");
    buffer_add(out, deed->session_id.data, deed->short_len);
    if (change->kind != ERROR_CONFLICT) {
        buffer_addf(out, ": %s.", change->reason ? change->reason : "nothing had to change");
        return;
    }
    buffer_addf(out, " changed meanwhile (now %s). Look, then press %s again.",
                change->has_entry ? words_state(change->to) : "gone",
                keymap_label(&app->ui.keymap, deed->action->command, key));
}
