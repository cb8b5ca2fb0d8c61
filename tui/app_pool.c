/* The pool's cursor: it holds a slot (or a fallback), and knows whom keys act on there. */
#include "tui/app_part.h"

#include "tui/pool_items.h"

static struct str session_at(const struct app *app, size_t place)
{
    const struct model *model = &app->state->model;
    const struct registry *registry = &state_shown(app->state)->registry;
    size_t row = pool_item_row(model, place);
    return row == SIZE_MAX ? (struct str){0} : entry_session_id(model_entry(model, registry, row));
}

static void keep(struct buffer *buffer, struct str text)
{
    buffer_clear(buffer);
    buffer_add_str(buffer, text);
}

/* Takes note of what stands under the cursor. */
static void note(struct app *app)
{
    struct pool_cursor *cursor = &app->ui.pool;
    const struct registry *registry = &state_shown(app->state)->registry;
    size_t count = pool_item_count(&app->state->model);
    if (cursor->at >= count)
        cursor->at = count > 0 ? count - 1 : 0;
    keep(&cursor->item, pool_item_id(&app->state->model, registry, cursor->at));
    keep(&cursor->session, session_at(app, cursor->at));
}

void app_pool_move_to(struct app *app, size_t place)
{
    app->ui.pool.at = place;
    note(app);
    app_see(app);
}

bool app_pool_follow(struct app *app)
{
    struct pool_cursor *cursor = &app->ui.pool;
    const struct registry *registry = &state_shown(app->state)->registry;
    size_t place =
        pool_item_find(&app->state->model, registry, buffer_str(&cursor->item), cursor->at);
    bool is_same =
        place != SIZE_MAX && str_equal(session_at(app, place), buffer_str(&cursor->session));
    cursor->at = place == SIZE_MAX ? cursor->at : place;
    note(app);
    return is_same;
}

bool app_pool(struct app *app)
{
    if (!app->state->has_model || pool_item_count(&app->state->model) == 0)
        return false;
    note(app);
    app_open(app, UI_POOL);
    return true;
}

void app_pool_enter(struct app *app, int64_t now_ms)
{
    struct str session = session_at(app, app->ui.pool.at);
    if (session.data)
        app_jump_to(app, session, now_ms);
    else
        app_pool_refuse(app);
}

void app_pool_refuse(struct app *app)
{
    struct buffer *out = ui_message(&app->ui, TONE_WARNING);
    const struct model *model = &app->state->model;
    const struct registry *registry = &state_shown(app->state)->registry;
    const struct slot *slot = pool_item_slot(model, app->ui.pool.at);
    buffer_addf(out, "Slot ");
    buffer_add_str(out, slot ? slot->label : STR("?"));
    buffer_addf(out, " is free: nobody holds it.");
    if (!slot || slot->sharer_count == 0)
        return;
    struct str sharer = entry_session_id(model_entry(model, registry, slot->sharer));
    buffer_addf(out, " Session ");
    buffer_add_str(out, (struct str){sharer.data, model_short_len(model, registry, sharer)});
    buffer_addf(out, " still uses it: 2 and choose it there.");
}
