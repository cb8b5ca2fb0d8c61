/* The journal as the dashboard uses it: writing down what was done, taking it back, doing it again.
 */
#include "tui/app_part.h"

#include "core/undo.h"
#include "tui/duration.h"
#include "tui/record.h"

#include <errno.h>
#include <stdlib.h>

struct recorded app_record(struct app *app, const struct record *record)
{
    struct recorded recorded = {0};
    app_promise(app, record->outcomes, record->count);
    int result = record_change(app->journal, record, &recorded.id, &recorded.trouble);
    if (result != 0)
        app->is_unrecorded = true;
    if (recorded.id) {
        app->can_undo = true;
        app->is_unrecorded = false;
    }
    return recorded;
}

void app_add_way_back(struct app *app, const struct recorded *recorded, enum command_id way_back)
{
    char key[KEYMAP_LABEL_SIZE];
    const struct command *command = command_by_id(way_back);
    if (recorded->id)
        buffer_addf(&app->ui.message, "  %s = %s", keymap_label(&app->ui.keymap, way_back, key),
                    command->label);
    if (recorded->trouble.kind == ERROR_NONE)
        return;
    app->ui.tone = TONE_WARNING;
    buffer_addf(&app->ui.message, " But %s.", recorded->trouble.text);
}

/* An operation that is being taken back. */
struct undoing {
    bool redo;
    uint32_t id;      /* 0: the last */
    bool is_anothers; /* the last was not made here */
    int64_t now_ms;
    struct journal_log log; /* owns the strings of the next */
    struct journal_operation undone;
    struct operation *operations; /* one for each of its changes */
    struct outcome *outcomes;
    struct store_report report;
};

/* First what was done here; then what anybody did. */
static int find(const struct app *app, struct undoing *undoing, struct error *error)
{
    struct buffer registry = {0};
    struct undo_wish wish = {.redo = undoing->redo, .id = undoing->id};
    if (undoing->id == 0)
        wish.by = app->journal;
    journal_registry(app->state->store.path, &registry);
    wish.registry = buffer_str(&registry);
    int result = registry.failed ? error_no_memory(error, "looking for the operation")
                                 : undo_find(&undoing->log, &wish, &undoing->undone, error);
    undoing->is_anothers = result == -ENOENT && undoing->id == 0;
    wish.by = NULL;
    if (undoing->is_anothers)
        result = undo_find(&undoing->log, &wish, &undoing->undone, error);
    buffer_done(&registry);
    return result;
}

static int apply(struct app *app, struct undoing *undoing, struct error *error)
{
    size_t count = undoing->undone.change_count;
    int result = undo_operations(&undoing->undone, undoing->now_ms, &undoing->operations, error);
    if (result != 0)
        return result;
    undoing->outcomes = calloc(count, sizeof(*undoing->outcomes));
    if (!undoing->outcomes)
        return error_no_memory(error, "undoing an operation");
    return store_apply(app_store(app, undoing->now_ms), undoing->operations, count, NULL,
                       undoing->outcomes, &undoing->report, error);
}

static void add_short_id(const struct app *app, struct str session_id, struct buffer *out)
{
    const struct registry *registry = &state_shown(app->state)->registry;
    const struct entry *entry = registry_get(registry, session_id);
    buffer_add(out, session_id.data, entry ? words_short_len(app, entry) : session_id.len);
}

/* The operation that is undone, or done again. */
static void add_name(const struct undoing *undoing, struct buffer *out)
{
    char id[JOURNAL_ID_SIZE];
    const struct journal_operation *undone = &undoing->undone;
    buffer_addf(out, "%s", journal_id_text(undoing->redo ? undone->undoes : undone->id, id));
    if (undoing->redo)
        return;
    buffer_addf(out, " (");
    buffer_add_str(out, undone->command);
    buffer_addf(out, ")");
}

/* A key that was meant for what was done here must not take back what somebody did days ago. */
static void ask_about(struct app *app, const struct undoing *undoing)
{
    const struct journal_operation *undone = &undoing->undone;
    struct buffer *out = &app->ui.question;
    char span[DURATION_TEXT_SIZE];
    buffer_clear(out);
    buffer_addf(out, "%s ", undoing->redo ? "Do again" : "Undo");
    add_name(undoing, out);
    buffer_addf(out, " of %zu session%s? It was not done here, but by ", undone->change_count,
                undone->change_count == 1 ? "" : "s");
    buffer_add_str(out, undone->user);
    buffer_addf(out, ", %s ago.",
                duration_elapsed((double)(undoing->now_ms - undone->time_ms), span));
    app->ui.pending.operation = undone->id;
    app->ui.pending.is_redo = undoing->redo;
    app_ask(app, PENDING_UNDO);
}

static bool is_dry(const struct app *app)
{
    return app->state->store.dry_run;
}

/* What became of the one session, or of how many. */
static void add_effect(const struct app *app, const struct undoing *undoing, size_t changed,
                       struct buffer *out)
{
    const struct change_record *first = &undoing->outcomes[0].changes[0];
    if (undoing->undone.change_count > 1) {
        buffer_addf(out, ": %zu of %zu sessions %s as they were before.", changed,
                    undoing->undone.change_count, is_dry(app) ? "would be" : "are");
        return;
    }
    buffer_addf(out, ": ");
    add_short_id(app, first->session_id, out);
    if (!first->has_entry)
        buffer_addf(out, " %s no entry again.", is_dry(app) ? "would have" : "has");
    else
        buffer_addf(out, " %s %s again.", is_dry(app) ? "would be" : "is",
                    first->to == STATE_DELETED ? "released" : entry_state_name(first->to));
}

/* Why the first that was left alone was left alone. */
static void add_refusal(const struct app *app, const struct undoing *undoing, struct buffer *out)
{
    for (size_t i = 0; i < undoing->undone.change_count; i++) {
        const struct change_record *change = &undoing->outcomes[i].changes[0];
        if (change->changed)
            continue;
        buffer_addf(out, " Left alone: ");
        add_short_id(app, change->session_id, out);
        buffer_addf(out, ", for %s.", change->reason ? change->reason : "it is so already");
        return;
    }
}

static void tell(struct app *app, const struct undoing *undoing, const struct recorded *recorded)
{
    const char *done = undoing->redo ? "Done again" : "Undone";
    size_t count = undoing->undone.change_count, changed = 0;
    for (size_t i = 0; i < count; i++)
        changed += undoing->outcomes[i].changes[0].changed;
    struct buffer *out = ui_message(&app->ui, changed == count ? TONE_GOOD : TONE_WARNING);
    if (is_dry(app))
        done = undoing->redo ? "Dry run: nothing was changed. It would do again"
                             : "Dry run: nothing was changed. It would undo";
    buffer_addf(out, "%s ", changed ? done : undoing->redo ? "Not done again:" : "Not undone:");
    add_name(undoing, out);
    if (changed)
        add_effect(app, undoing, changed, out);
    else
        buffer_addf(out, ".");
    if (changed < count)
        add_refusal(app, undoing, out);
    words_add_report(&undoing->report, &app->ui);
    app_add_way_back(app, recorded, undoing->redo ? COMMAND_UNDO : COMMAND_REDO);
}

static struct recorded record_undo(struct app *app, const struct undoing *undoing)
{
    struct record record = {
        .command = undo_word(&undoing->undone),
        .undoes = undoing->undone.id,
        .time_ms = undoing->now_ms,
        .store = &app->state->store,
        .outcomes = undoing->outcomes,
        .count = undoing->undone.change_count,
        .report = &undoing->report,
    };
    return app_record(app, &record);
}

/* Does it, writes it down, looks at what came of it. */
static int undo(struct app *app, struct undoing *undoing, struct error *error)
{
    int result = journal_open_log(app->journal, &undoing->log, error);
    if (result == 0)
        result = find(app, undoing, error);
    if (result == 0 && undoing->is_anothers) {
        ask_about(app, undoing);
        return 0;
    }
    int hold = record_begin(app->journal, &app->state->store);
    if (result == 0)
        result = apply(app, undoing, error);
    struct recorded recorded = {0};
    if (result == 0)
        recorded = record_undo(app, undoing);
    record_end(hold);
    if (result != 0)
        return result;
    app_look_again(app, PART_REGISTRY, CAUSE_EDIT, undoing->now_ms);
    tell(app, undoing, &recorded);
    return 0;
}

static void take_back(struct app *app, struct undoing undoing)
{
    struct error error = {0};
    if (!app->journal) {
        ui_say(&app->ui, TONE_WARNING, "No journal is kept here: nothing can be undone.");
        return;
    }
    if (app->is_unrecorded && undoing.id == 0) {
        ui_say(&app->ui, TONE_WARNING,
               "The last change is not in the journal: it cannot be undone from here.");
        return;
    }
    int result = undo(app, &undoing, &error);
    if (result != 0) {
        ui_say(&app->ui, result == -ENOENT ? TONE_WARNING : TONE_ERROR, "Not done: %s.",
               error.text);
        words_add_no_copy(&undoing.report, &app->ui);
    }
    for (size_t i = 0; undoing.outcomes && i < undoing.undone.change_count; i++)
        outcome_done(&undoing.outcomes[i]);
    free(undoing.outcomes);
    free(undoing.operations);
    journal_close_log(&undoing.log);
}

void app_undo(struct app *app, bool redo, int64_t now_ms)
{
    take_back(app, (struct undoing){.redo = redo, .now_ms = now_ms});
}

void app_undo_now(struct app *app, int64_t now_ms)
{
    const struct pending *pending = &app->ui.pending;
    take_back(app, (struct undoing){
                       .redo = pending->is_redo, .id = pending->operation, .now_ms = now_ms});
}

void app_undo_named(struct app *app, uint32_t id, int64_t now_ms)
{
    take_back(app, (struct undoing){.id = id, .now_ms = now_ms});
}
