/* The panes of the dashboard: which one has the focus, and how large it is. */
#include "tui/app_part.h"

#include "tui/pool_items.h"

enum { PANES = 4 };

/* In the order of Tab and of their numbers. */
static const enum ui_mode panes[PANES] = {UI_POOL, UI_NORMAL, UI_EVENTS, UI_FINDINGS};

static const struct limits {
    enum ui_size least, most;
    const char *name;
} limits[UI_MODES] = {
    [UI_POOL] = {UI_SMALL, UI_FULL, "pool"},
    [UI_NORMAL] = {UI_USUAL, UI_FULL, "table"},
    [UI_EVENTS] = {UI_SMALL, UI_FULL, "events"},
    [UI_FINDINGS] = {UI_HALF, UI_FULL, "findings"},
};

bool app_focus(struct app *app, enum ui_mode pane)
{
    if (app->ui.mode == pane)
        return true;
    if (app->ui.mode == UI_EVENTS) /* E gave them the screen, not half of it from now on */
        app_end_full(app);
    if (pane == UI_POOL)
        return app_pool(app);
    if (pane == UI_EVENTS)
        app_events(app);
    else if (pane == UI_FINDINGS)
        app_findings(app);
    else
        app_open(app, UI_NORMAL);
    return true;
}

static int place_of(enum ui_mode pane)
{
    for (int i = 0; i < PANES; i++) {
        if (panes[i] == pane)
            return i;
    }
    return 0;
}

void app_focus_next(struct app *app, bool is_back)
{
    int place = place_of(ui_base(&app->ui));
    int step = is_back ? PANES - 1 : 1;
    do
        place = (place + step) % PANES;
    while (!app_focus(app, panes[place]));
}

void app_say_no_pool(struct app *app)
{
    ui_say(&app->ui, TONE_WARNING,
           "The pool has no slots and no fallbacks: there is nothing to "
           "choose there.");
}

/* One pane at a time is enlarged: what another one has of the screen is taken back. */
static void set_size(struct ui *ui, enum ui_mode pane, enum ui_size size)
{
    for (int i = 0; size > UI_USUAL && i < PANES; i++) {
        if (ui->sizes[panes[i]] > UI_USUAL)
            ui->sizes[panes[i]] = UI_USUAL;
    }
    ui->sizes[pane] = size;
}

void app_resize(struct app *app, bool is_larger)
{
    char key[KEYMAP_LABEL_SIZE];
    struct ui *ui = &app->ui;
    enum ui_mode pane = ui_base(ui);
    const struct limits *limit = &limits[pane];
    int size = (int)ui->sizes[pane];
    int at = size < (int)limit->least ? (int)limit->least : size;
    int next = at + (is_larger ? 1 : -1);
    if (next > (int)limit->most) {
        ui_say(ui, TONE_NONE, "The %s has the whole screen already: %s shrinks it.", limit->name,
               keymap_label(&ui->keymap, COMMAND_SHRINK, key));
    } else if (next < (int)limit->least) {
        ui_say(ui, TONE_NONE, "The %s is as small as it gets: %s enlarges it.", limit->name,
               keymap_label(&ui->keymap, COMMAND_ENLARGE, key));
    } else {
        set_size(ui, pane, (enum ui_size)next);
        if (is_larger && next == UI_HALF)
            ui_say(ui, TONE_NONE, "Enlarged: %s again takes the whole screen.",
                   keymap_label(&ui->keymap, COMMAND_ENLARGE, key));
        if (pane == UI_EVENTS && next == UI_SMALL) {
            app_open(app, UI_NORMAL);
            ui_say(ui, TONE_NONE, "The events are put away: %s brings them back.",
                   keymap_label(&ui->keymap, COMMAND_EVENTS_PANE, key));
        }
    }
}

void app_end_full(struct app *app)
{
    enum ui_mode pane = ui_base(&app->ui);
    if (app->ui.sizes[pane] == UI_FULL)
        app->ui.sizes[pane] = UI_USUAL;
}
