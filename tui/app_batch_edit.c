/* One action on all that is tagged: the edit, and what came of it. */
#include "tui/app_part.h"

#include "tui/record.h"

#include <stdlib.h>

enum { LABELS_MAX = 4 /* slots that are named; of more their number */ };

/* Operations for all that is tagged, and what became of them. */
struct deeds {
    const struct action *action;
    struct operation *operations;
    struct outcome *outcomes;
    size_t count;
    struct store_report report;
};

static const struct registry *registry_of(const struct app *app)
{
    return &state_shown(app->state)->registry;
}

static void deeds_done(struct deeds *deeds)
{
    for (size_t i = 0; deeds->outcomes && i < deeds->count; i++)
        outcome_done(&deeds->outcomes[i]);
    free(deeds->outcomes);
    free(deeds->operations);
}

/* A chat that the registry knows nothing of: there is no entry to change. */
static bool is_forgotten(const struct app *app, const struct tag *tag)
{
    const struct model *model = &app->state->model;
    size_t row = model_find_row(model, registry_of(app), tag_session_id(tag));
    return row != SIZE_MAX && model_is_forgotten(model, row);
}

static bool make_operations(const struct app *app, int64_t now_ms, struct deeds *deeds)
{
    const struct tags *tags = &app->ui.tags;
    deeds->operations = calloc(tags->marked + 1, sizeof(*deeds->operations));
    deeds->outcomes = calloc(tags->marked + 1, sizeof(*deeds->outcomes));
    if (!deeds->operations || !deeds->outcomes)
        return false;
    for (size_t i = 0; i < tags->count; i++) {
        const struct tag *tag = &tags->items[i];
        if (!tag->marks || is_forgotten(app, tag))
            continue;
        deeds->operations[deeds->count++] = (struct operation){
            .kind = deeds->action->kind,
            .session_id = tag_session_id(tag),
            .now_ms = now_ms,
            .has_guard = true,
            .guard_state = (enum entry_state)tag->state,
            .guard_last_active_at_ms = tag->last_active_at_ms,
        };
    }
    return true;
}

/* Whether the file, as it was loaded after the edit, has what it made of the session. */
static bool still_holds(const struct app *app, const struct deeds *deeds,
                        const struct change_record *change)
{
    const struct entry *entry = registry_get(registry_of(app), change->session_id);
    if (deeds->action->kind == OPERATION_PURGE)
        return !entry;
    return entry && entry->state == deeds->action->after;
}

/* What came of it. */
struct effect {
    size_t done, rewritten, changed; /* `changed` meanwhile, so not done */
    const struct change_record *first_changed;
    enum entry_state first_seen; /* its state when it was tagged */
    bool *is_freed;              /* per slot of the pool */
    size_t freed;
};

static void note_freed(const struct app *app, const struct change_record *change,
                       struct effect *effect)
{
    const struct model *model = &app->state->model;
    bool was_live = change->from == STATE_ACTIVE || change->from == STATE_IDLE;
    size_t place = was_live ? model_slot_place(model, change->slot_id) : SIZE_MAX;
    if (place == SIZE_MAX || model->slots[place].holder_count > 0 || effect->is_freed[place])
        return;
    effect->is_freed[place] = true;
    effect->freed++;
}

/* What was done is no longer tagged; what changed meanwhile stays so. */
static void judge(struct app *app, const struct deeds *deeds, size_t at, struct effect *effect)
{
    const struct change_record *change = &deeds->outcomes[at].changes[0];
    bool is_conflict = change->kind == ERROR_CONFLICT || change->kind == ERROR_NOT_FOUND;
    if (change->changed && still_holds(app, deeds, change)) {
        effect->done++;
        note_freed(app, change, effect);
    } else if (change->changed) {
        effect->rewritten++;
    } else if (is_conflict && effect->changed++ == 0) {
        effect->first_changed = change;
        effect->first_seen = deeds->operations[at].guard_state;
    }
    if (!is_conflict)
        tags_remove(&app->ui.tags, change->session_id, TAG_KEPT);
}

static void add_sessions(size_t count, struct buffer *out)
{
    buffer_addf(out, "%zu %s", count, count == 1 ? "session" : "sessions");
}

/* "; slots 1, 2 are free" */
static void add_freed(const struct app *app, const struct effect *effect, struct buffer *out)
{
    const struct model *model = &app->state->model;
    const char *before = effect->freed == 1 ? "; slot " : "; slots ";
    if (effect->freed > LABELS_MAX)
        buffer_addf(out, "; %zu slots", effect->freed);
    for (size_t i = 0; effect->freed <= LABELS_MAX && i < model->slot_count; i++) {
        if (!effect->is_freed[i])
            continue;
        buffer_addf(out, "%s", before);
        buffer_add_str(out, model->slots[i].label);
        before = ", ";
    }
    if (effect->freed > 0)
        buffer_addf(out, effect->freed == 1 ? " is free" : " are free");
}

/* "0c9d4a7e was used meanwhile", of the first. */
static void add_first_changed(const struct app *app, const struct effect *effect,
                              struct buffer *out)
{
    const struct change_record *first = effect->first_changed;
    buffer_add(out, first->session_id.data,
               model_short_len(&app->state->model, registry_of(app), first->session_id));
    if (!first->has_entry)
        buffer_addf(out, " is gone");
    else if (first->to == effect->first_seen)
        buffer_addf(out, " was used meanwhile");
    else
        buffer_addf(out, " is %s now", words_state(first->to));
}

static void add_changed(const struct app *app, const struct effect *effect, struct buffer *out)
{
    if (effect->changed == 0)
        return;
    buffer_add_char(out, ' ');
    if (effect->changed > 1)
        buffer_addf(out, "%zu changed: ", effect->changed);
    add_first_changed(app, effect, out);
    buffer_addf(out, effect->changed > 1 ? ", ...; skipped" : ": skipped");
    buffer_addf(out, app->ui.tags.marked > 0 ? ", and still tagged." : ".");
}

static void add_done(const struct app *app, const struct deeds *deeds, const struct effect *effect,
                     struct buffer *out)
{
    size_t tried = effect->done + effect->rewritten + effect->changed;
    if (effect->done == 0 && effect->rewritten == 0) {
        buffer_addf(out, "%s.", tried > 0 ? "Not done" : "Not done: it makes no sense any more");
        return;
    }
    buffer_addf(out, "%s ", deeds->action->done);
    if (effect->done < tried)
        buffer_addf(out, "%zu of ", effect->done);
    add_sessions(tried, out);
    add_freed(app, effect, out);
    buffer_add_char(out, '.');
    if (effect->rewritten > 0)
        buffer_addf(out, " %zu %s written again since.", effect->rewritten,
                    effect->rewritten == 1 ? "was" : "were");
}

static void add_dry_run(struct app *app, const struct deeds *deeds, struct buffer *out)
{
    buffer_addf(out, "Dry run: nothing was changed. Without it: %s what is tagged. ",
                deeds->action->wish);
    (void)app_batch_add_outlook(app, deeds->action, out);
}

static void add_effect(struct app *app, const struct deeds *deeds, struct buffer *out)
{
    struct effect effect = {.is_freed = calloc(app->state->model.slot_count + 1, sizeof(bool))};
    if (!effect.is_freed) {
        out->failed = true;
        return;
    }
    for (size_t i = 0; i < deeds->count; i++)
        judge(app, deeds, i, &effect);
    if (effect.rewritten + effect.changed > 0)
        app->ui.tone = TONE_WARNING;
    add_done(app, deeds, &effect, out);
    add_changed(app, &effect, out);
    free(effect.is_freed);
}

static void tell(struct app *app, const struct deeds *deeds, const struct recorded *recorded)
{
    struct buffer *out = ui_message(&app->ui, TONE_GOOD);
    if (app->state->store.dry_run) {
        add_dry_run(app, deeds, out);
        return;
    }
    if (words_is_loaded(app->state)) {
        add_effect(app, deeds, out);
    } else {
        app->ui.tone = TONE_WARNING;
        buffer_addf(out, "%s what was tagged; but now the registry is %s.", deeds->action->done,
                    document_state_name(app->state->document.state));
    }
    words_add_report(&deeds->report, &app->ui);
    app_add_way_back(app, recorded, COMMAND_UNDO);
    if (out->failed)
        ui_say(&app->ui, TONE_ERROR, "Done, but there is no memory to say what came of it.");
}

/* Does it as one edit, writes it down, looks at what came of it. */
static void perform(struct app *app, struct deeds *deeds, int64_t now_ms)
{
    struct error error = {0};
    struct recorded recorded = {0};
    struct record record = {
        .command = command_by_id(deeds->action->command)->name,
        .time_ms = now_ms,
        .store = &app->state->store,
        .outcomes = deeds->outcomes,
        .count = deeds->count,
        .report = &deeds->report,
    };
    int hold = record_begin(app->journal, &app->state->store);
    int result = store_apply(app_store(app, now_ms), deeds->operations, deeds->count, NULL,
                             deeds->outcomes, &deeds->report, &error);
    if (result == 0)
        recorded = app_record(app, &record);
    record_end(hold);
    bool is_seen = app_look_again(app, PART_REGISTRY, CAUSE_EDIT, now_ms);
    if (result == 0 && is_seen) {
        tell(app, deeds, &recorded);
    } else if (result == 0) {
        words_done_unseen(app, deeds->action);
        app_add_way_back(app, &recorded, COMMAND_UNDO);
    } else {
        words_failed(&error, &app->ui);
        words_add_no_copy(&deeds->report, &app->ui);
    }
}

void app_batch_now(struct app *app, int64_t now_ms)
{
    struct deeds deeds = {.action = app_action_of(app->ui.pending.kind)};
    if (make_operations(app, now_ms, &deeds))
        perform(app, &deeds, now_ms);
    else
        ui_say(&app->ui, TONE_ERROR, "Not done: out of memory.");
    deeds_done(&deeds);
}
