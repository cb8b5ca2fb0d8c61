/*
 * The screen stands still: rows, ages and clock stay as they were, and can be read at leisure.
 *
 * The truth goes on behind it, in a state of its own that looks at the registry alone: what happens
 * is noted, a registry that is torn is copied, and promises are kept. Nothing is changed by keys
 * meanwhile: they would act on what was, and is not any more.
 */
#include "tui/app_part.h"

#include <stdlib.h>
#include <string.h>

enum { SETTLE_MS = 50 };

int64_t app_time_ms(const struct app *app, int64_t now_ms)
{
    if (app->past.frozen)
        return (int64_t)app->past.past->at_ms;
    return app->freeze.is_on ? app->freeze.at_ms : now_ms;
}

const struct state *app_truth(const struct app *app)
{
    return app->freeze.is_on ? &app->freeze.truth : app->state;
}

/* What is between two versions goes into a history; so much for what nobody looked at. */
static void note_between(struct history *history, const struct document *before,
                         const struct document *after, int64_t now_ms)
{
    struct events events;
    if (!history || !before->has_registry || !after->has_registry ||
        events_between(&before->registry, &after->registry, now_ms, false, &events, NULL) != 0)
        return;
    (void)history_add(history, &events, NULL);
    events_done(&events);
}

/* A state that sees what this one sees, with a history of its own, in memory. */
static int open_truth(const struct state *state, int64_t now_ms, struct state *ret_truth,
                      struct error *error)
{
    struct state truth;
    int result = state_init(&truth, &state->environment, state->dir.data,
                            state->workspace_option.data, error);
    if (result != 0)
        return result;
    truth.store = (struct store){.path = truth.registry_path.data,
                                 .copies_dir = truth.copies_dir.data,
                                 .read_only = state->store.read_only,
                                 .dry_run = state->store.dry_run,
                                 .fence_ms = state->store.fence_ms};
    truth.environment.state_home = NULL;
    truth.is_streamed = state->is_streamed;
    struct state_look look = {.parts = PART_REGISTRY, .now_ms = now_ms};
    result = state_load(&truth, &look, error);
    look.parts = PART_HISTORY;
    if (result == 0)
        result = state_load(&truth, &look, error);
    if (result != 0) {
        state_done(&truth);
        return result;
    }
    note_between(truth.around.history, state_shown(state), &truth.document, now_ms);
    *ret_truth = truth;
    return 0;
}

static void freeze(struct app *app, int64_t now_ms)
{
    char key[KEYMAP_LABEL_SIZE];
    struct error error = {0};
    if (open_truth(app->state, now_ms, &app->freeze.truth, &error) != 0) {
        ui_say(&app->ui, TONE_ERROR, "%s", error.text);
        return;
    }
    app->freeze.is_on = true;
    app->freeze.at_ms = now_ms;
    app->freeze.saves = 0;
    ui_say(&app->ui, TONE_NONE,
           "Frozen: what you see stands still, and nothing is changed, until %s.",
           keymap_label(&app->ui.keymap, COMMAND_FREEZE, key));
}

/* What the truth has seen, the history has from now on. */
static void take_over_history(struct app *app)
{
    size_t count;
    struct history *history = app->state->around.history;
    const struct history_event *seen = history_events(app->freeze.truth.around.history, &count);
    if (!history || count == 0)
        return;
    struct events events = {.items = calloc(count, sizeof(*seen)), .count = count};
    if (events.items)
        memcpy(events.items, seen, count * sizeof(*seen));
    if (!events.items || history_add(history, &events, NULL) != 0)
        ui_say(&app->ui, TONE_ERROR, "Out of memory: not all that happened is known.");
    free(events.items);
}

void app_freeze_done(struct app *app)
{
    app_past_leave(app);
    if (!app->freeze.is_on)
        return;
    take_over_history(app);
    state_done(&app->freeze.truth);
    app->freeze.is_on = false;
}

static void say_live(struct app *app, size_t saves)
{
    if (saves == 0)
        ui_say(&app->ui, TONE_NONE, "Live again: nothing was saved meanwhile.");
    else
        ui_say(&app->ui, TONE_NONE, "Live again: the registry was saved %zu %s meanwhile.", saves,
               saves == 1 ? "time" : "times");
}

bool app_thaw(struct app *app, int64_t now_ms)
{
    struct freeze *freeze = &app->freeze;
    if (!freeze->is_on)
        return false;
    app_past_leave(app);
    struct state *state = app->state;
    unsigned parts = app->held_parts | PART_REGISTRY;
    struct state truth = freeze->truth;
    freeze->is_on = false;
    app->held_parts = 0;
    say_live(app, freeze->saves);
    take_over_history(app);
    app_look_again(app, parts, CAUSE_THAW, now_ms);
    if (freeze->saves > 0)
        app->last_write_ms = freeze->last_write_ms;
    note_between(state->around.history, &truth.document, &state->document, now_ms);
    state_done(&truth);
    return true;
}

void app_freeze(struct app *app, int64_t now_ms)
{
    if (!app_thaw(app, now_ms))
        freeze(app, now_ms);
}

void app_live(struct app *app, int64_t now_ms)
{
    if (!app_thaw(app, now_ms))
        ui_say(&app->ui, TONE_NONE, "It is live.");
}

void app_say_frozen(struct app *app, const struct command *command)
{
    char thaw[KEYMAP_LABEL_SIZE], key[KEYMAP_LABEL_SIZE];
    if (app->past.frozen) {
        ui_say(&app->ui, TONE_WARNING,
               "Not done: what you see is the past, which nothing changes. %s goes live, then "
               "press %s.",
               keymap_label(&app->ui.keymap, COMMAND_LIVE, thaw),
               keymap_label(&app->ui.keymap, command->id, key));
        return;
    }
    ui_say(&app->ui, TONE_WARNING,
           "Not done: what you see is frozen, and may be so no more. %s goes live, then press %s.",
           keymap_label(&app->ui.keymap, COMMAND_FREEZE, thaw),
           keymap_label(&app->ui.keymap, command->id, key));
}

/* What cannot wait is told on the frozen screen, too. */
static void warn(struct app *app, bool was_wiped, enum document_state was)
{
    const struct state *truth = &app->freeze.truth;
    enum document_state is = truth->document.state;
    char key[KEYMAP_LABEL_SIZE];
    (void)keymap_label(&app->ui.keymap, COMMAND_FREEZE, key);
    if (truth->is_wiped && !was_wiped)
        ui_say(&app->ui, TONE_ERROR,
               "Behind the frozen screen a save has wiped the registry. %s "
               "shows it.",
               key);
    else if (is != was && is != DOCUMENT_OK)
        ui_say(&app->ui, TONE_ERROR, "Behind the frozen screen the registry is %s. %s shows it.",
               document_state_name(is), key);
}

void app_look_behind(struct app *app, unsigned parts, int64_t now_ms)
{
    struct state *truth = &app->freeze.truth;
    struct file_identity before = truth->identity;
    enum document_state was = truth->document.state;
    bool was_wiped = truth->is_wiped;
    struct error error = {0};
    struct state_look look = {.parts = PART_REGISTRY, .settle_ms = SETTLE_MS, .now_ms = now_ms};
    opens_look(&app->opens, truth->store.path, now_ms);
    if (parts != 0 && !(parts & PART_REGISTRY))
        return;
    int result = state_load(truth, &look, &error);
    if (result == 0)
        result = state_keep_lost(truth, now_ms, &error);
    if (result != 0)
        ui_say(&app->ui, TONE_ERROR, "%s", error.text);
    if (!file_identity_equal(&before, &truth->identity)) {
        app->freeze.saves++;
        app->freeze.last_write_ms = now_ms;
    }
    warn(app, was_wiped, was);
    if (parts != 0)
        app_keep_promises(app, now_ms);
}
