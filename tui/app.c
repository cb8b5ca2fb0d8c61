#include "tui/app_part.h"

#include <math.h>

enum {
    SETTLE_MS = 50, /* a save in progress is over long before; longer and keys would wait */
    NS_PER_MS = 1000000,
};

int app_init(struct app *app, struct state *state, struct error *error)
{
    *app = (struct app){.state = state,
                        .read_only = state->store.read_only,
                        .fence_ms = state->store.fence_ms,
                        .dirty = true};
    opens_init(&app->opens);
    ui_init(&app->ui);
    if (state->identity.exists)
        app->last_write_ms = state->identity.mtime_ns / NS_PER_MS;
    if (!state->has_model)
        return 0;
    app_arrange(app, CAUSE_OPERATOR, 0);
    if (app->ui.tone == TONE_ERROR) {
        app_done(app);
        return error_no_memory(error, "listing the sessions");
    }
    return 0;
}

void app_done(struct app *app)
{
    app_freeze_done(app);
    promises_done(&app->promises);
    opens_done(&app->opens);
    rows_done(&app->rows);
    ui_done(&app->ui);
    buffer_done(&app->clipboard);
}

size_t app_target(const struct app *app)
{
    const struct state *state = app->state;
    if (!state->has_model)
        return SIZE_MAX;
    return ui_target(&app->ui, &state->model, &state_shown(state)->registry);
}

const struct entry *app_target_entry(const struct app *app)
{
    const struct registry *registry = &state_shown(app->state)->registry;
    size_t row = app_target(app);
    return row == SIZE_MAX ? NULL : model_entry(&app->state->model, registry, row);
}

static bool is_as_seen(const struct seen *seen, const struct entry *entry)
{
    double a = seen->last_active_at_ms, b = entry->last_active_at_ms;
    return entry->state == seen->state && (a == b || (isnan(a) && isnan(b)));
}

void app_see(struct app *app)
{
    const struct entry *entry = app_target_entry(app);
    app->ui.seen.changed = false;
    if (!entry)
        return;
    app->ui.seen.state = (enum entry_state)entry->state;
    app->ui.seen.last_active_at_ms = entry->last_active_at_ms;
}

static void drop_rows(struct app *app)
{
    rows_done(&app->rows);
    app->rows = (struct rows){0};
    buffer_clear(&app->ui.cursor_id);
}

void app_move_to(struct app *app, size_t row)
{
    struct ui *ui = &app->ui;
    const struct registry *registry = &state_shown(app->state)->registry;
    buffer_clear(&ui->cursor_id);
    if (app->rows.count == 0)
        return;
    ui->cursor_row = row < app->rows.count ? row : app->rows.count - 1;
    const struct entry *entry =
        model_entry(&app->state->model, registry, app->rows.entries[ui->cursor_row]);
    buffer_add_str(&ui->cursor_id, entry_session_id(entry));
    if (ui->cursor_id.failed) {
        drop_rows(app);
        ui_say(ui, TONE_ERROR, "Out of memory: the sessions cannot be shown.");
        return;
    }
    app_see(app);
}

/* The table's cursor follows its session; false when that is gone, and it stays where it was, or
 * goes to another one that is followed. */
static bool follow_row(struct app *app)
{
    struct ui *ui = &app->ui;
    const struct registry *registry = &state_shown(app->state)->registry;
    size_t row = app_follow_row(app);
    bool is_first = !ui->cursor_id.data; /* never on a session: that of "" is none of it */
    bool is_gone = row == SIZE_MAX || is_first;
    bool is_same = !is_gone && str_equal(entry_session_id(model_entry(&app->state->model, registry,
                                                                      app->rows.entries[row])),
                                         buffer_str(&ui->cursor_id));
    if (is_gone && app_is_open(app, UI_DETAIL)) {
        app_drop_pane(app, UI_DETAIL);
        ui_say(ui, TONE_WARNING, "The session that was shown is no longer in the table.");
    }
    app_move_to(app, is_gone ? ui->cursor_row : row);
    app_follow_scroll(app);
    return is_same;
}

/* What keys act on follows its session, and what panes tell of is told anew. */
static void follow(struct app *app, enum cause cause, int64_t now_ms)
{
    struct ui *ui = &app->ui;
    struct seen seen = ui->seen;
    enum ui_mode pane = ui_pane(ui);
    bool is_same = follow_row(app);
    app_tags_follow(app);
    if (app_is_open(app, UI_WHY))
        app_why_follow(app, now_ms);
    if (app_is_open(app, UI_FINDINGS)) {
        bool is_same_finding = app_findings_follow(app);
        is_same = pane == UI_FINDINGS ? is_same_finding : is_same;
    }
    if (app_is_open(app, UI_POOL)) {
        bool is_same_holder = app_pool_follow(app);
        is_same = pane == UI_POOL ? is_same_holder : is_same;
    }
    if (app_is_open(app, UI_EVENTS)) {
        bool is_same_event = app_events_follow(app);
        is_same = pane == UI_EVENTS ? is_same_event : is_same;
    }
    is_same = (is_same || pane == UI_WHY) && pane == ui_pane(ui);
    app_see(app);
    const struct entry *entry = app_target_entry(app);
    if ((cause != CAUSE_OUTSIDE && cause != CAUSE_THAW) || !entry)
        return;
    bool is_new = !is_same || !is_as_seen(&seen, entry);
    ui->seen.changed = is_new || seen.changed;
    ui->seen.changed_ms = is_new ? now_ms : seen.changed_ms;
}

void app_arrange(struct app *app, enum cause cause, int64_t now_ms)
{
    struct ui *ui = &app->ui;
    const struct registry *registry = &state_shown(app->state)->registry;
    if (rows_build(&app->rows, registry, &app->state->model, ui->sort, ui->reverse,
                   buffer_str(&ui->filter)) != 0) {
        drop_rows(app);
        ui_say(ui, TONE_ERROR, "Out of memory: the sessions cannot be listed.");
        return;
    }
    follow(app, cause, now_ms);
}

/* Rows and model are indexes into the registry: those of a former one must not stay. */
static void model_again(struct app *app, enum cause cause, int64_t now_ms)
{
    struct state *state = app->state;
    struct error error = {0};
    if (state->loading.is_on)
        return;
    if (state_model(state, now_ms, &error) == 0) {
        app_arrange(app, cause, now_ms);
        return;
    }
    if (state->has_model)
        model_done(&state->model);
    state->has_model = false;
    drop_rows(app);
    ui_say(&app->ui, TONE_ERROR, "%s", error.text);
}

void app_refresh(struct app *app, int64_t now_ms)
{
    if (!app->state->has_model || app->state->model.now_ms != now_ms)
        model_again(app, CAUSE_OPERATOR, now_ms);
}

bool app_look_again(struct app *app, unsigned parts, enum cause cause, int64_t now_ms)
{
    struct state *state = app->state;
    struct file_identity before = state->identity;
    struct error error = {0};
    struct state_look look = {
        .parts = parts,
        .settle_ms = SETTLE_MS,
        .now_ms = now_ms,
        .is_ours = cause == CAUSE_EDIT,
        .is_told = cause == CAUSE_THAW,
    };
    int result = parts ? state_load(state, &look, &error) : 0;
    if (!file_identity_equal(&before, &state->identity))
        app->last_write_ms = now_ms;
    if (result == 0)
        result = state_keep_lost(state, now_ms, &error);
    opens_look(&app->opens, state->store.path, now_ms); /* our own opening is one, too */
    if (!parts || !state->has_model || cause == CAUSE_THAW)
        model_again(app, cause, now_ms);
    if (result != 0)
        ui_say(&app->ui, TONE_ERROR, "%s", error.text);
    app->dirty = true;
    return result == 0 && state->has_model;
}

const struct store *app_store(struct app *app, int64_t now_ms)
{
    struct store *store = &app_present(app)->store;
    opens_look(&app->opens, store->path, now_ms);
    store->fence_ms = app->fence_ms;
    if (app->fence_ms > OPENS_QUIET_FENCE_MS && opens_were_none(&app->opens, now_ms, app->fence_ms))
        store->fence_ms = OPENS_QUIET_FENCE_MS;
    return store;
}

/* Under a question nothing moves, and neither under the action menu, which is one. What is being
 * loaded is there as soon as it is loaded. */
static bool is_held(const struct app *app)
{
    return app->state->loading.is_on || app->ui.mode == UI_CONFIRM || app->ui.mode == UI_MENU;
}

/* Time alone makes entries overdue, a clock that was set back live again. */
static void handle_time(struct app *app, int64_t now_ms)
{
    const struct state *state = app->state;
    bool is_set_back = state->has_model && now_ms < state->model.now_ms;
    if (!is_held(app) && !app->freeze.is_on && state->has_model &&
        (is_set_back || (double)now_ms >= state->model.next_change_ms))
        app_look_again(app, 0, CAUSE_OUTSIDE, now_ms);
}

static void handle_files(struct app *app, unsigned parts, int64_t now_ms)
{
    if (is_held(app) || app->freeze.is_on)
        app->held_parts |= parts;
    if (app->freeze.is_on)
        app_look_behind(app, parts, now_ms);
    if (is_held(app) || app->freeze.is_on)
        return;
    app_look_again(app, parts, CAUSE_OUTSIDE, now_ms);
    if (parts & PART_REGISTRY)
        app_keep_promises(app, now_ms);
}

/* Looks at what has changed while nothing could move. */
static void look_at_held(struct app *app, int64_t now_ms)
{
    unsigned parts = app->held_parts;
    if (is_held(app) || app->freeze.is_on || parts == 0)
        return;
    app->held_parts = 0;
    handle_files(app, parts, now_ms);
}

void app_handle(struct app *app, const struct event *event, int64_t now_ms)
{
    if (!app->state->has_model)
        model_again(app, CAUSE_OPERATOR, now_ms);
    app->dirty = true;
    switch (event->kind) {
    case EVENT_KEY:
        app_disturb_finding(app);
        app_key(app, event->key, now_ms);
        break;
    case EVENT_MOUSE:
        app_disturb_finding(app);
        app_mouse(app, event, now_ms);
        break;
    case EVENT_PASTE:
        app_paste(app, event->key, now_ms);
        break;
    case EVENT_FILES:
        handle_files(app, event->parts, now_ms);
        break;
    case EVENT_TIME:
    case EVENT_RESUMED:
        handle_time(app, now_ms);
        break;
    case EVENT_RESIZE:
        break;
    case EVENT_QUIT:
    case EVENT_INPUT_END:
        app->ui.quit = true;
        break;
    }
    look_at_held(app, now_ms);
}

struct view app_view(const struct app *app, int64_t now_ms, int hour, int minute)
{
    return (struct view){
        .state = app->state,
        .ui = &app->ui,
        .rows = &app->rows,
        .watch_mode = app->watch_mode,
        .is_demo = app->is_demo,
        .read_only = app->read_only,
        .has_journal = app->journal,
        .can_undo = app->can_undo,
        .is_frozen = app->freeze.is_on,
        .is_slow = app->is_slow,
        .past_of_ms = app->past.frozen ? app->freeze.at_ms : 0,
        .now_ms = app_time_ms(app, now_ms),
        .last_write_ms = app->last_write_ms,
        .clock_hour = hour,
        .clock_minute = minute,
    };
}

/* The slot under the cursor is in sight; false where the pool is not. */
static bool fit_pool(struct ui *ui, const struct view *view, int width, int height)
{
    struct view_grid grid = view_pool_window(view, width, height);
    if (grid.rows == 0)
        return false;
    size_t row = ui->pool.at / grid.per_row;
    if (row < ui->pool.top)
        ui->pool.top = row;
    else if (row - ui->pool.top >= grid.rows)
        ui->pool.top = row - grid.rows + 1;
    ui->pool.page = grid.per_row > 1 ? grid.per_row : grid.rows;
    return true;
}

/* The lines of a pane's cursor are in sight, the first of them at any rate. What cannot be seen is
 * not open: its keys would do what nobody expects. */
static void fit_pane(struct app *app, const struct view *view, int width, int height)
{
    struct ui *ui = &app->ui;
    struct view_span span = view_cursor_span(view, width, height);
    bool is_pane = ui->mode == UI_FINDINGS || ui->mode == UI_EVENTS || ui->mode == UI_WHY ||
                   ui->mode == UI_MENU;
    if ((is_pane && span.room == 0) ||
        (ui->mode == UI_POOL && !fit_pool(ui, view, width, height))) {
        app_open(app, UI_NORMAL);
        ui_say(ui, TONE_WARNING, "Too little room for that pane.");
    }
    ui->scroll_last = view_scroll_max(view, width, height);
    if (ui->scroll + span.room < span.first + span.count)
        ui->scroll = span.first + span.count - span.room;
    if (span.count > 0 && ui->scroll > span.first)
        ui->scroll = span.first;
    if (ui->scroll > ui->scroll_last)
        ui->scroll = ui->scroll_last;
}

/* Of a large registry the texts are in the file alone. */
static void fetch_text(struct app *app)
{
    const struct state *state = app->state;
    size_t row = app_target(app);
    buffer_clear(&app->ui.stored);
    if (app->past.frozen)
        buffer_addf(&app->ui.stored, "(the history does not keep texts)");
    if (app->past.frozen || row == SIZE_MAX || state_shown(state)->bytes.len > 0 ||
        model_is_forgotten(&state->model, row))
        return;
    if (!state_add_text(state, &state_shown(state)->registry.entries[row], &app->ui.stored))
        buffer_addf(&app->ui.stored, "(being read again)");
}

void app_fit(struct app *app, int width, int height, int64_t now_ms)
{
    struct ui *ui = &app->ui;
    if (!app->state->has_model)
        model_again(app, CAUSE_OPERATOR, now_ms);
    app->width = width;
    app->height = height;
    app_fit_beside(app, width, now_ms);
    app_fit_finding(app, width, height, now_ms);
    fetch_text(app);
    app_lanes_fit(app, width, height, app_time_ms(app, now_ms));
    struct view view = app_view(app, now_ms, 0, 0);
    fit_pane(app, &view, width, height);
    look_at_held(app, now_ms); /* a menu without room is closed */
    ui->page_rows = view_page_rows(&view, width, height);
    size_t seen = view_seen_rows(&view, width, height); /* the cursor is never under a message */
    size_t last_top = app->rows.count > seen ? app->rows.count - seen : 0;
    if (ui->cursor_row < ui->top_row)
        ui->top_row = ui->cursor_row;
    else if (ui->cursor_row - ui->top_row >= seen)
        ui->top_row = ui->cursor_row - seen + 1;
    if (ui->top_row > last_top)
        ui->top_row = last_top;
    ui->cursor_line = ui->cursor_row - ui->top_row;
}
