#include "tui/app_part.h"

#include "tui/pool_items.h"

bool app_is_movement(enum command_id id)
{
    return id >= COMMAND_DOWN && id <= COMMAND_LAST;
}

/* Where a movement leads from `at` among 0..last. */
static size_t moved(enum command_id id, size_t at, size_t last, size_t page)
{
    bool is_page = id == COMMAND_PAGE_DOWN || id == COMMAND_PAGE_UP;
    size_t step = is_page && page > 1 ? page : 1;
    if (id == COMMAND_FIRST)
        return 0;
    if (id == COMMAND_LAST)
        return last;
    if (id == COMMAND_UP || id == COMMAND_PAGE_UP)
        return at > step ? at - step : 0;
    return at + step < last ? at + step : last;
}

void app_move(struct app *app, enum command_id id)
{
    enum { FINDING_LINES = 3 }; /* of a page, about */
    struct ui *ui = &app->ui;
    enum ui_mode filtered = ui_filtered(ui);
    size_t findings = app->state->has_model ? app->state->model.finding_count : 0;
    if (!app_is_movement(id))
        return;
    if (filtered == UI_HELP || ui->mode == UI_DETAIL || ui->mode == UI_WHY)
        ui->scroll = moved(id, ui->scroll, ui->scroll_last, ui->page_rows);
    else if (ui->mode == UI_FINDINGS && findings > 0)
        app_findings_move_to(
            app, moved(id, ui->findings.at, findings - 1, ui->page_rows / FINDING_LINES));
    else if (ui->mode == UI_POOL)
        app_pool_move_to(
            app, moved(id, ui->pool.at, pool_item_count(&app->state->model) - 1, ui->pool.page));
    else if (ui->mode == UI_MENU && ui->menu.count > 0)
        ui->menu.at = moved(id, ui->menu.at, ui->menu.count - 1, ui->menu.count);
    else if (filtered == UI_EVENTS && ui->events.count > 0)
        app_events_move_to(app, moved(id, ui->events.at, ui->events.count - 1, ui->page_rows));
    else if (ui->mode != UI_FINDINGS && filtered == UI_NORMAL && app->rows.count > 0)
        app_walk_to(app, moved(id, ui->cursor_row, app->rows.count - 1, ui->page_rows));
}

void app_set_mode(struct app *app, enum ui_mode mode)
{
    app->ui.mode = mode;
    app->ui.scroll = 0;
    app->ui.scroll_last = SIZE_MAX / 2; /* known after the next layout, which holds it in */
    app_see(app);
}

/* The higher may lie over the lower. */
static int height_of(enum ui_mode mode)
{
    static const enum ui_mode order[] = {UI_POOL, UI_FINDINGS, UI_EVENTS, UI_DETAIL,
                                         UI_WHY,  UI_MENU,     UI_HELP};
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        if (order[i] == mode)
            return (int)i + 1;
    }
    return 0;
}

void app_open(struct app *app, enum ui_mode mode)
{
    bool is_above = height_of(mode) > height_of(app->ui.mode);
    app->ui.came_from[mode] = is_above ? app->ui.mode : UI_NORMAL;
    app_set_mode(app, mode);
}

void app_leave(struct app *app)
{
    app_set_mode(app, app->ui.came_from[app->ui.mode]);
}

void app_drop_pane(struct app *app, enum ui_mode mode)
{
    struct ui *ui = &app->ui;
    enum ui_mode below = ui->came_from[mode];
    for (size_t i = 0; i < UI_MODES; i++) {
        if (ui->came_from[i] == mode)
            ui->came_from[i] = below;
    }
    if (ui->mode == mode)
        app_set_mode(app, below);
}

bool app_is_open(const struct app *app, enum ui_mode mode)
{
    const struct ui *ui = &app->ui;
    enum ui_mode pane = ui_body(ui);
    while (pane != mode && height_of(pane) > 0)
        pane = ui->came_from[pane];
    return pane == mode;
}

void app_jump_to(struct app *app, struct str session_id, int64_t now_ms)
{
    const struct registry *registry = &state_shown(app->state)->registry;
    const struct model *model = &app->state->model;
    size_t row = rows_find(&app->rows, registry, model, session_id);
    if (row == SIZE_MAX) {
        buffer_clear(&app->ui.filter);
        app_arrange(app, CAUSE_OPERATOR, now_ms);
        row = rows_find(&app->rows, registry, model, session_id);
    }
    if (ui_base(&app->ui) != UI_NORMAL) /* what filled the screen would leave the table few rows */
        app_end_full(app);
    app_set_mode(app, UI_NORMAL);
    if (row != SIZE_MAX)
        app_walk_to(app, row);
}

static void toggle_detail(struct app *app, int64_t now_ms)
{
    if (app->ui.mode == UI_DETAIL)
        app_leave(app);
    else if (app->ui.mode == UI_FINDINGS)
        app_findings_enter(app, now_ms);
    else if (app->ui.mode == UI_POOL)
        app_pool_enter(app, now_ms);
    else if (app->ui.mode == UI_EVENTS)
        app_events_enter(app, now_ms);
    else if (app->ui.mode == UI_WHY)
        return;
    else if (app->rows.count > 0)
        app_open(app, UI_DETAIL);
    else
        ui_say(&app->ui, TONE_WARNING, "No session is selected.");
}

static void sort(struct app *app, enum command_id id, int64_t now_ms)
{
    struct ui *ui = &app->ui;
    int step = id == COMMAND_SORT_NEXT ? 1 : SORT_COUNT - 1;
    if (id == COMMAND_SORT_REVERSE)
        ui->reverse = !ui->reverse;
    else
        ui->sort = (enum sort_key)(((int)ui->sort + step) % SORT_COUNT);
    app_arrange(app, CAUSE_OPERATOR, now_ms);
}

static void reload(struct app *app, int64_t now_ms)
{
    (void)app_thaw(app, now_ms);
    app_look_again(app, PART_ALL | PART_HOLDER, CAUSE_OPERATOR, now_ms);
    app->repaint = true;
    if (app->ui.tone == TONE_NONE)
        ui_say(&app->ui, TONE_GOOD, "Everything was read again.");
}

/* Whatever filled the screen does so no more. */
static void leave_pane(struct app *app)
{
    if (app->ui.mode == ui_base(&app->ui))
        app_end_full(app);
    if (app->ui.mode != UI_NORMAL)
        app_leave(app);
}

static void go_back(struct app *app, uint32_t key, int64_t now_ms)
{
    bool is_filtered =
        app->ui.mode == UI_NORMAL || app->ui.mode == UI_EVENTS || app->ui.mode == UI_HELP;
    bool is_full = app->ui.mode == UI_NORMAL && app->ui.sizes[UI_NORMAL] == UI_FULL;
    if (key == KEY_ESCAPE && app->ui.mode == UI_NORMAL &&
        (app_drop_range(app) || app_end_search(app)))
        return;
    if (key == KEY_ESCAPE && is_filtered && app_has_filter(app))
        app_set_filter(app, STR(""), now_ms);
    else if (app->ui.mode != UI_NORMAL || is_full)
        leave_pane(app);
    else if (key != KEY_ESCAPE || !app_thaw(app, now_ms))
        app->ui.quit = true;
}

/* Opens a pane, or leaves it by the key that opens it. */
static void toggle(struct app *app, enum ui_mode mode, int64_t now_ms)
{
    if (app->ui.mode == mode)
        leave_pane(app);
    else if (mode == UI_FINDINGS)
        app_findings(app);
    else if (mode == UI_WHY)
        app_why(app, now_ms);
    else
        app_open(app, mode);
}

/* The events on the whole screen, or as one of the panes, and back. */
static void show_events(struct app *app, bool is_full)
{
    enum ui_size *size = &app->ui.sizes[UI_EVENTS];
    bool is_there = app->ui.mode == UI_EVENTS;
    if (is_there && (!is_full || *size == UI_FULL)) {
        leave_pane(app);
        return;
    }
    *size = is_full ? UI_FULL : *size == UI_SMALL ? UI_USUAL : *size;
    if (!is_there)
        app_events(app);
}

/* What moves the focus, and makes its pane larger or smaller. */
static bool run_pane(struct app *app, enum command_id id)
{
    switch ((unsigned)id) {
    case COMMAND_NEXT_PANE:
    case COMMAND_PREVIOUS_PANE:
        app_focus_next(app, id == COMMAND_PREVIOUS_PANE);
        return true;
    case COMMAND_POOL:
        if (!app_focus(app, UI_POOL))
            app_say_no_pool(app);
        return true;
    case COMMAND_SESSIONS:
        (void)app_focus(app, UI_NORMAL);
        return true;
    case COMMAND_EVENTS:
    case COMMAND_EVENTS_PANE:
        show_events(app, id == COMMAND_EVENTS);
        return true;
    case COMMAND_ENLARGE:
    case COMMAND_SHRINK:
        app_resize(app, id == COMMAND_ENLARGE);
        return true;
    case COMMAND_LANES:
        app_lanes_toggle(app);
        return true;
    default:
        return false;
    }
}

static void toggle_mouse(struct app *app)
{
    char key[KEYMAP_LABEL_SIZE];
    struct ui *ui = &app->ui;
    ui->has_mouse = !ui->has_mouse;
    ui_say(ui, TONE_NONE,
           ui->has_mouse
               ? "Mouse on: click a row, a column's head or a key; the wheel scrolls. %s = "
                 "off, so that the terminal selects text again."
               : "Mouse off. %s = on.",
           keymap_label(&ui->keymap, COMMAND_MOUSE, key));
}

/* The commands that change nothing but the screen. */
static void run(struct app *app, enum command_id id, uint32_t key, int64_t now_ms)
{
    bool is_table = app->ui.mode == UI_NORMAL || app->ui.mode == UI_DETAIL;
    if (id == COMMAND_HELP)
        toggle(app, UI_HELP, now_ms);
    else if (id == COMMAND_QUIT)
        go_back(app, key, now_ms);
    else if (id == COMMAND_RELOAD)
        reload(app, now_ms);
    else if (id == COMMAND_FILTER)
        app_type_filter(app);
    else if (id == COMMAND_LINE)
        app_line(app);
    else if (app->ui.mode == UI_HELP)
        return; /* help hides what the others would change */
    else if (run_pane(app, id))
        return;
    else if (id == COMMAND_DETAIL)
        toggle_detail(app, now_ms);
    else if (id == COMMAND_FINDINGS)
        toggle(app, UI_FINDINGS, now_ms);
    else if (id == COMMAND_WHY)
        toggle(app, UI_WHY, now_ms);
    else if (id == COMMAND_COPY || id == COMMAND_COPY_COMMAND)
        app_copy(app, id == COMMAND_COPY_COMMAND);
    else if (id == COMMAND_MOUSE)
        toggle_mouse(app);
    else if (id >= COMMAND_TAG && id <= COMMAND_INVERT)
        app_tag(app, command_by_id(id), now_ms);
    else if (id >= COMMAND_SEARCH && id <= COMMAND_SEARCH_PREVIOUS)
        app_search(app, id);
    else if (id == COMMAND_FOLLOW)
        app_follow(app);
    else if (id == COMMAND_FREEZE)
        app_freeze(app, now_ms);
    else if (id == COMMAND_LIVE)
        app_live(app, now_ms);
    else if (id == COMMAND_PAST_BACK || id == COMMAND_PAST_FORWARD)
        app_past_step(app, id == COMMAND_PAST_BACK, now_ms);
    else if (id == COMMAND_LOCK)
        app_lock(app);
    else if (id == COMMAND_DISMISS)
        app_dismiss(app, now_ms);
    else if (is_table && id >= COMMAND_SORT_PREVIOUS && id <= COMMAND_SORT_REVERSE)
        sort(app, id, now_ms);
}

void app_command(struct app *app, const struct command *command, uint32_t key, int64_t now_ms)
{
    ui_be_silent(&app->ui);
    if (app_refuses_while_loading(app, command->id))
        return;
    if (app_is_movement(command->id))
        app_move(app, command->id);
    else if (!(command->flags & COMMAND_CHANGES))
        run(app, command->id, key, now_ms);
    else if (app->ui.mode != UI_HELP)
        app_act(app, command, now_ms);
}

/* A key of a mode in which keys are commands. */
static void command_key(struct app *app, uint32_t key, int64_t now_ms)
{
    const struct command *command = keymap_command(&app->ui.keymap, key);
    if (command)
        app_command(app, command, key, now_ms);
}

void app_key(struct app *app, uint32_t key, int64_t now_ms)
{
    switch (app->ui.mode) {
    case UI_CONFIRM:
        app_answer(app, key == 'y' || key == 'Y', now_ms);
        break;
    case UI_FILTER:
        app_filter_key(app, key, now_ms);
        break;
    case UI_SEARCH:
        app_search_key(app, key);
        break;
    case UI_LINE:
        app_line_key(app, key, now_ms);
        break;
    case UI_MENU:
        app_menu_key(app, key, now_ms);
        break;
    case UI_NORMAL:
    case UI_HELP:
    case UI_DETAIL:
    case UI_FINDINGS:
    case UI_EVENTS:
    case UI_WHY:
    case UI_POOL:
    case UI_MODES:
        command_key(app, key, now_ms);
        break;
    }
}

void app_paste(struct app *app, uint32_t key, int64_t now_ms)
{
    char label[KEYMAP_LABEL_SIZE];
    if (app->ui.mode == UI_FILTER)
        app_filter_type(app, key, now_ms);
    else if (app->ui.mode == UI_SEARCH)
        app_search_type(app, key);
    else if (app->ui.mode == UI_LINE)
        app_line_paste(app, key);
    else if (app->ui.mode != UI_CONFIRM)
        ui_say(&app->ui, TONE_WARNING, "Pasted text fires no keys. Press %s first to filter by it.",
               keymap_label(&app->ui.keymap, COMMAND_FILTER, label));
}
