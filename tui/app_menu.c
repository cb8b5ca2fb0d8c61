/* The action menu: what can be done to one session, or to all that are tagged; what each comes to,
 * what makes no sense now. */
#include "tui/app_part.h"

#include "core/consequence.h"

/* A menu in the making: one buffer for every text, kept in the arena. */
struct maker {
    struct app *app;
    size_t row;
    struct buffer text;
    bool failed;
};

static struct str keep(struct maker *maker)
{
    struct str kept = {0};
    if (!maker->text.failed)
        kept = arena_copy(&maker->app->ui.menu.arena, buffer_str(&maker->text));
    maker->failed |= !kept.data;
    buffer_clear(&maker->text);
    return kept;
}

static const struct registry *registry_of(const struct app *app)
{
    return &state_shown(app->state)->registry;
}

/* What it comes to, and why it will be asked about. */
static void add_consequence(struct maker *maker, const struct action *action)
{
    const struct model *model = &maker->app->state->model;
    const struct registry *registry = registry_of(maker->app);
    struct buffer *out = &maker->text;
    consequence_add(registry, model, maker->row, action->kind, out);
    size_t len = out->len;
    buffer_addf(out, " Asks first: ");
    size_t before = out->len;
    consequence_add_risk(registry, model, maker->row, action->kind, out);
    if (out->failed)
        return;
    if (out->len > before)
        buffer_add_char(out, '.');
    else
        out->len = len;
}

static void add_item(struct maker *maker, const struct command *command)
{
    struct menu *menu = &maker->app->ui.menu;
    const struct action *action = app_action(command->id);
    if (!action || menu->count == UI_MENU_MOST)
        return;
    struct menu_item *item = &menu->items[menu->count++];
    *item = (struct menu_item){.command = command};
    if (maker->row == SIZE_MAX) {
        item->can = app_batch_add_outlook(maker->app, action, &maker->text);
        item->text = keep(maker);
        return;
    }
    const char *why_not = app_why_not(maker->app, action, maker->row);
    item->can = !why_not;
    if (why_not)
        buffer_addf(&maker->text, "Not now: it is %s", why_not);
    else
        add_consequence(maker, action);
    item->text = keep(maker);
}

/* The first slot that a new chat gets; absent for none. */
static struct str free_label(const struct model *model)
{
    for (size_t i = 0; i < model->slot_count; i++) {
        if (model->slots[i].holder_count == 0)
            return model->slots[i].label;
    }
    return (struct str){0};
}

/* For a chat on the workspace agent everybody wants it moved, and nothing can do that. */
static void add_note(struct maker *maker, const struct entry *entry)
{
    struct buffer *out = &maker->text;
    struct str label = free_label(&maker->app->state->model);
    if (!entry_is_fallback(entry))
        return;
    buffer_addf(out, "Nothing in the server moves a chat to another agent. What helps is a new "
                     "chat: ");
    if (label.data) {
        buffer_addf(out, "it gets slot ");
        buffer_add_str(out, label);
        buffer_addf(out, ", which is free.");
    } else {
        buffer_addf(out, "it gets a slot as soon as one is free.");
    }
}

static void add_title(struct maker *maker, const struct entry *entry)
{
    size_t tagged = maker->app->ui.tags.marked;
    if (!entry) {
        buffer_addf(&maker->text, "%zu tagged %s", tagged, tagged == 1 ? "session" : "sessions");
        return;
    }
    struct str title = model_title(&maker->app->state->model, maker->row);
    buffer_add(&maker->text, entry_session_id(entry).data, words_short_len(maker->app, entry));
    if (title.len > 0) {
        buffer_add_char(&maker->text, ' ');
        buffer_add_str(&maker->text, title);
    }
}

/* The first one that makes sense is under the cursor. */
static void point(struct menu *menu)
{
    menu->at = 0;
    while (menu->at < menu->count && !menu->items[menu->at].can)
        menu->at++;
    if (menu->at == menu->count)
        menu->at = 0;
}

/* For one session, or all that are tagged: NULL. */
static bool fill(struct app *app, const struct entry *entry)
{
    struct menu *menu = &app->ui.menu;
    struct maker maker = {.app = app, .row = entry ? app_target(app) : SIZE_MAX};
    arena_done(&menu->arena);
    *menu = (struct menu){.count = 0};
    add_title(&maker, entry);
    menu->title = keep(&maker);
    for (size_t i = 0; i < command_count; i++)
        add_item(&maker, &commands[i]);
    if (entry)
        add_note(&maker, entry);
    menu->note = keep(&maker);
    buffer_done(&maker.text);
    point(menu);
    return !maker.failed;
}

void app_menu(struct app *app, const struct command *command, int64_t now_ms)
{
    if (app_cannot_change(app))
        return;
    const struct entry *entry = NULL;
    bool is_of_tags = ui_acts_on_tags(&app->ui);
    if (is_of_tags)
        app->ui.pending.what = PENDING_TAGS;
    else
        entry = app_hold(app, command, now_ms);
    if (!entry && !is_of_tags)
        return;
    if (fill(app, entry))
        app_open(app, UI_MENU);
    else
        ui_say(&app->ui, TONE_ERROR, "Not done: out of memory.");
}

/* With what the operator saw of the session when the menu opened: nothing was looked at since. */
static void choose(struct app *app, const struct menu_item *item, int64_t now_ms)
{
    if (!item->can) {
        struct buffer *message = ui_message(&app->ui, TONE_WARNING);
        buffer_add_str(message, item->text);
        return;
    }
    const struct action *action = app_action(item->command->id);
    app_leave(app);
    if (app->ui.pending.what == PENDING_TAGS)
        app_batch_ask(app, action);
    else
        app_act_on_held(app, action, now_ms);
}

void app_menu_key(struct app *app, uint32_t key, int64_t now_ms)
{
    struct menu *menu = &app->ui.menu;
    const struct command *command = keymap_command(&app->ui.keymap, key);
    ui_be_silent(&app->ui);
    if (!command)
        return;
    if (command->id == COMMAND_QUIT || command->id == COMMAND_MENU) {
        app_leave(app);
        return;
    }
    if (command->id == COMMAND_COPY_COMMAND && menu->count > 0) {
        app_copy_action(app, menu->items[menu->at].command);
        return;
    }
    if (key == KEY_ENTER && menu->count > 0) {
        choose(app, &menu->items[menu->at], now_ms);
        return;
    }
    for (size_t i = 0; i < menu->count; i++) {
        if (menu->items[i].command != command)
            continue;
        menu->at = i;
        choose(app, &menu->items[i], now_ms);
        return;
    }
    app_move(app, command->id);
}
