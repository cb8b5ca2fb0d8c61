/* What no key does: allocate, touch, resume and ensure one session; and the walks over all of them,
 * of which it is asked first. */
#include "tui/app_part.h"

#include "tui/cli_change.h"
#include "tui/record.h"

/* An operation, and what became of it. */
struct doing {
    const struct command *command;
    struct operation operation;
    struct outcome outcome;
    struct store_report report;
    struct recorded recorded;
};

static enum operation_kind kind_of(enum command_id id)
{
    switch ((unsigned)id) {
    case COMMAND_ALLOCATE:
        return OPERATION_ALLOCATE;
    case COMMAND_TOUCH:
        return OPERATION_TOUCH;
    case COMMAND_RESUME:
        return OPERATION_RESUME;
    default:
        return OPERATION_ENSURE;
    }
}

static int apply(struct app *app, struct doing *doing, int64_t now_ms, struct error *error)
{
    const struct state *state = app->state;
    struct pool pool = model_pool(&state->pool, &state->workspace);
    struct record record = {
        .command = doing->command->name,
        .time_ms = now_ms,
        .store = &state->store,
        .outcomes = &doing->outcome,
        .count = 1,
        .report = &doing->report,
    };
    int result = change_check_pool(state, doing->operation.kind, error);
    int hold = record_begin(app->journal, &state->store);
    if (result == 0)
        result = store_apply(app_store(app, now_ms), &doing->operation, 1, &pool, &doing->outcome,
                             &doing->report, error);
    if (result == 0)
        doing->recorded = app_record(app, &record);
    record_end(hold);
    return result;
}

/* ---- words ---- */

/* "slot 3", or the agent where that is none of the pool. */
static void add_place(const struct app *app, struct str agent_id, struct buffer *out)
{
    const struct model *model = &app->state->model;
    size_t place = app->state->has_model ? model_slot_place(model, agent_id) : SIZE_MAX;
    if (place == SIZE_MAX) {
        buffer_add_str(out, agent_id);
        return;
    }
    buffer_addf(out, "slot ");
    buffer_add_str(out, model->slots[place].label);
}

static void add_short_id(const struct app *app, struct str session_id, struct buffer *out)
{
    size_t len =
        model_short_len(&app->state->model, &state_shown(app->state)->registry, session_id);
    buffer_add(out, session_id.data, len < session_id.len ? len : session_id.len);
}

/* Why it was not done; false where it was. */
static bool add_refusal(struct app *app, const struct doing *doing, struct buffer *out)
{
    const struct change_record *change = &doing->outcome.changes[0];
    bool is_done = doing->outcome.change_count > 0 && change->kind == ERROR_NONE &&
                   (change->changed || doing->operation.kind == OPERATION_ENSURE ||
                    doing->operation.kind == OPERATION_ALLOCATE);
    if (is_done)
        return false;
    app->ui.tone = TONE_WARNING;
    buffer_addf(out, "Not done: ");
    add_short_id(app, doing->operation.session_id, out);
    buffer_addf(out, ": %s.",
                doing->outcome.change_count > 0 && change->reason ? change->reason
                                                                  : "nothing had to change");
    return true;
}

/* Where the session is now, as the file says after the edit. */
static void add_effect(struct app *app, const struct doing *doing, struct buffer *out)
{
    const struct registry *registry = &state_shown(app->state)->registry;
    const struct entry *entry = registry_get(registry, doing->operation.session_id);
    if (!entry || !entry_is_live(entry)) {
        app->ui.tone = TONE_WARNING;
        buffer_addf(out, entry ? ", but it was written again since: it is not live now."
                               : ", but it was written again since: it is gone.");
        return;
    }
    buffer_addf(out, ": %s, on ", entry_state_name((enum entry_state)entry->state));
    add_place(app, entry_chat_agent_id(entry), out);
    buffer_addf(out, entry_is_fallback(entry) ? ", for no slot is free." : ".");
}

static void tell(struct app *app, const struct doing *doing)
{
    static const char *const done[] = {
        [OPERATION_ALLOCATE] = "Allocated ",
        [OPERATION_TOUCH] = "Touched ",
        [OPERATION_RESUME] = "Resumed ",
        [OPERATION_ENSURE] = "Ensured ",
    };
    struct buffer *out = ui_message(&app->ui, TONE_GOOD);
    if (add_refusal(app, doing, out))
        return;
    if (app->state->store.dry_run)
        buffer_addf(out, "Dry run: nothing was changed. ");
    buffer_addf(out, "%s", done[doing->operation.kind]);
    add_short_id(app, doing->operation.session_id, out);
    add_effect(app, doing, out);
}

/* ---- doing it ---- */

static void perform(struct app *app, struct doing *doing, int64_t now_ms,
                    void (*say)(struct app *app, const struct doing *doing))
{
    struct error error = {0};
    int result = apply(app, doing, now_ms, &error);
    app_look_again(app, PART_REGISTRY, CAUSE_EDIT, now_ms);
    if (result == 0) {
        say(app, doing);
        words_add_report(&doing->report, &app->ui);
        app_add_way_back(app, &doing->recorded, COMMAND_UNDO);
    } else {
        words_failed(&error, &app->ui);
        words_add_no_copy(&doing->report, &app->ui);
    }
    outcome_done(&doing->outcome);
}

void app_single(struct app *app, const struct single *single, int64_t now_ms)
{
    struct doing doing = {
        .command = single->command,
        .operation = {.kind = kind_of(single->command->id),
                      .now_ms = now_ms,
                      .has_ttl = single->has_ttl,
                      .ttl_ms = single->ttl_ms},
    };
    struct buffer id = {0}; /* outlives the look at the file */
    buffer_add_str(&id, single->session_id);
    doing.operation.session_id = buffer_str(&id);
    if (single->seen) {
        doing.operation.has_guard = true;
        doing.operation.guard_state = (enum entry_state)single->seen->state;
        doing.operation.guard_last_active_at_ms = single->seen->last_active_at_ms;
    }
    if (id.failed)
        ui_say(&app->ui, TONE_ERROR, "Not done: out of memory.");
    else
        perform(app, &doing, now_ms, tell);
    buffer_done(&id);
}

/* ---- walks ---- */

/* What it would change: a dry run knows. */
static int preview(struct app *app, const struct operation *operation, struct outcome *ret_outcome,
                   struct error *error)
{
    struct store store = app->state->store;
    struct store_report report = {0};
    store.dry_run = true;
    return store_apply(&store, operation, 1, NULL, ret_outcome, &report, error);
}

static void ask_gc(struct app *app, const struct outcome *outcome)
{
    struct buffer *out = &app->ui.question;
    buffer_clear(out);
    buffer_addf(out, "Do what GC does: expire %zu past %s TTL, purge %zu released? ",
                outcome->expired_count, outcome->expired_count == 1 ? "its" : "their",
                outcome->purged_count);
    buffer_addf(out, "The server does the same every 5 minutes.");
    app_ask(app, PENDING_GC);
}

/* They are tagged, as the sessions that a line names are. */
static void ask_tagged(struct app *app, enum command_id id, const struct outcome *outcome)
{
    const struct registry *registry = &state_shown(app->state)->registry;
    app_lend_tags(app);
    for (size_t i = 0; i < outcome->change_count; i++) {
        const struct entry *entry = registry_get(registry, outcome->changes[i].session_id);
        if (entry && !tags_add(&app->ui.tags, entry, TAG_KEPT)) {
            app_return_tags(app);
            ui_say(&app->ui, TONE_ERROR, "Not done: out of memory.");
            return;
        }
    }
    app_ask_lent(app, app_action(id));
}

void app_walk(struct app *app, enum operation_kind kind, int64_t before_ms, int64_t now_ms)
{
    struct operation operation = {.kind = kind, .now_ms = now_ms, .before_ms = before_ms};
    struct outcome outcome = {0};
    struct error error = {0};
    app_refresh(app, now_ms);
    if (preview(app, &operation, &outcome, &error) != 0)
        words_failed(&error, &app->ui);
    else if (outcome.change_count == 0)
        ui_say(&app->ui, TONE_NONE,
               kind == OPERATION_EXPIRE_DUE ? "Nothing is past its TTL."
               : kind == OPERATION_GC       ? "Nothing is past its TTL, nothing is released."
                                            : "No expired entry is that old.");
    else if (kind == OPERATION_GC)
        ask_gc(app, &outcome);
    else
        ask_tagged(app, kind == OPERATION_EXPIRE_DUE ? COMMAND_EXPIRE : COMMAND_PURGE, &outcome);
    outcome_done(&outcome);
}

static void tell_gc(struct app *app, const struct doing *doing)
{
    struct buffer *out = ui_message(&app->ui, TONE_GOOD);
    if (app->state->store.dry_run)
        buffer_addf(out, "Dry run: nothing was changed. ");
    buffer_addf(out, "Expired %zu, purged %zu.", doing->outcome.expired_count,
                doing->outcome.purged_count);
}

void app_gc_now(struct app *app, int64_t now_ms)
{
    struct doing doing = {
        .command = command_by_id(COMMAND_GC),
        .operation = {.kind = OPERATION_GC, .now_ms = now_ms},
    };
    perform(app, &doing, now_ms, tell_gc);
}
